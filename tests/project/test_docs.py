"""The README and the docs show what the demo answers."""

import re
import shlex

import pytest

from customer360.query import main
from tests.project.builds import PROJECT, Customer360

_DOCUMENTS = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^```\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(
    r"^\.venv/bin/python -m customer360\.query ((?:--restricted )?\"[^\"]*\")\n(.*?)(?=^\.venv|\Z)",
    re.DOTALL | re.MULTILINE,
)
# what these show came of a delivery or a decision that the text before them makes
_AFTER_A_CHANGE = ("store_loyalty", "from quarantined_records", "'greentea118@post.")


def shown() -> dict[str, list[tuple[str, str]]]:
    """Of each document the arguments of the queries in it, and what it shows below."""
    return {
        path.name: [
            (arguments, below)
            for block in _BLOCK.findall(path.read_text("utf-8"))
            for arguments, below in _COMMAND.findall(block)
            if below.strip() and not any(text in arguments for text in _AFTER_A_CHANGE)
        ]
        for path in _DOCUMENTS
    }


SHOWN = {name: queries for name, queries in shown().items() if queries}


def rows_of(text: str) -> list[list[str]]:
    """The cells of a printed table; without a table, its words."""
    lines = [line for line in text.splitlines() if line.startswith("│")]
    if not lines:
        return [text.split()]
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in lines]


def is_row(row: list[str], printed: list[str]) -> bool:
    """Whether a row of a document is that of the answer; a cell may be cut short there."""
    return len(row) == len(printed) and all(
        there.startswith(cell[:-1]) if cell.endswith("…") else there == cell
        for cell, there in zip(row, printed, strict=True)
    )


@pytest.mark.parametrize("name", sorted(SHOWN))
def test_documents_show_what_the_demo_answers(
    name: str,
    demo: Customer360,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CUSTOMER360_HOME", str(demo.home))
    # the whole of each value in one line
    monkeypatch.setattr("customer360.query.MAX_WIDTH", 10_000)
    for arguments, below in SHOWN[name]:
        main(shlex.split(arguments))
        output = capsys.readouterr()
        printed = rows_of(output.out or output.err)
        missing = [
            row for row in rows_of(below) if not any(is_row(row, there) for there in printed)
        ]
        assert not missing, f"{arguments}\nanswers\n{output.out or output.err}"


def test_the_queries_of_the_documents_are_found() -> None:
    assert sum(len(queries) for queries in SHOWN.values()) > 50
    assert {"README.md", "matching.md", "segments.md"} <= set(SHOWN)
