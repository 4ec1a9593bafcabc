"""The faults that docs/operations.md lists are tried by tests that there are."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]


def test_every_fault_names_tests_that_exist_and_says_which_are_long() -> None:
    page = (TESTS.parent / "docs" / "operations.md").read_text("utf-8")
    matrix = page.split("## Faults that are tried")[1]
    named = {name: bool(star) for name, star in re.findall(r"`(test_\w+)`(\*?)", matrix)}
    assert len(named) > 50
    there: dict[str, bool] = {}
    for path in TESTS.rglob("test_*.py"):
        for markers, name in re.findall(
            r"((?:^@.*\n(?:[ )].*\n)*)*)^def (test_\w+)", path.read_text("utf-8"), re.MULTILINE
        ):
            there[name] = "pytest.mark.long" in markers
    assert {name: there.get(name) for name in named} == named
    faults = [line for line in matrix.splitlines() if line.startswith("| ") and "**" not in line]
    assert [line for line in faults[2:] if "`test_" not in line] == []
