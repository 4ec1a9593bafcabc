"""Texts as cells of a CSV file that somebody opens in a spreadsheet."""

# what a spreadsheet takes for the beginning of a formula
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(value: object) -> object:
    """The value; a text that a spreadsheet would calculate has an apostrophe before it.

    >>> cell("=1+1"), cell("1+1"), cell(-1)
    ("'=1+1", '1+1', -1)
    """
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
