"""docs/identity.md shows what the walk-through prints."""

import re

import pytest

from customer360.walkthrough import main
from tests.project.builds import PROJECT


def shown(text: str) -> list[str]:
    """The days and the rows of events, without frames and types."""
    return [
        line
        for line in text.splitlines()
        if line.startswith("│") or re.match(r"\d\. .*: (crm|shop)/", line)
        if "varchar" not in line
    ]


def test_the_documentation_shows_what_the_walk_through_prints(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main() == 0
    printed = shown(capsys.readouterr().out)
    assert printed == shown((PROJECT / "docs" / "identity.md").read_text("utf-8"))
    types = {line.split("│")[1].strip() for line in printed if line.startswith("│")}
    assert types == {
        "event_type",
        "minted",
        "moved",
        "merged",
        "restored",
        "split_from",
        "retired",
        "recycled",
    }
