"""Birth dates in every form that people and systems write them.

Where day and month could be either, the separator decides: slashes mean the United States' order
(2/3/1984 is 3 February), dots and hyphens the European (2.3.1984 is 2 March); a number above
twelve decides against it. Two-digit years lie in the hundred years that end today.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from customer360.standardise.kana import kanji_number

EARLIEST_YEAR = 1875
"""No living customer was born before; systems write 1753, 1800 or 0001 for unknown."""

PLACEHOLDERS = frozenset({date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31)})
"""Dates that systems write for unknown. 1970-01-01 is kept: people were born on it."""

_ERAS = {
    "明治": 1867, "明": 1867, "m": 1867, "大正": 1911, "大": 1911, "t": 1911,
    "昭和": 1925, "昭": 1925, "s": 1925, "平成": 1988, "平": 1988, "h": 1988,
    "令和": 2018, "令": 2018, "r": 2018,
}  # fmt: skip
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner janv janvier", "feb february februar févr fév février",
            "mar march mär märz mars", "apr april avr avril", "may mai", "jun june juni juin",
            "jul july juli juil juillet", "aug august août aout", "sep sept september septembre",
            "oct october okt oktober octobre", "nov november novembre",
            "dec december dez dezember déc décembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip

_TIME = r"(?:[t ]\d{1,2}:\d{2}.*)?"
_BORN = r"\s*日?(?:生(?:まれ)?)?"
_ISO = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}}){_BORN}{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?")
_THREE_NUMBERS = re.compile(rf"(\d{{1,2}})\s*([-/.])\s*(\d{{1,2}})\s*\2\s*(\d{{4}}|\d{{2}}){_TIME}")
_ERA = re.compile(
    r"(明治|大正|昭和|平成|令和|[明大昭平令mtshr])\.?\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]"
    rf"\s*(\d{{1,2}}){_BORN}"
)
_ERA_COMPACT = re.compile(r"([明大昭平令mtshr])\.?(\d{2})(\d{2})(\d{2})")
_DAY_MONTH_NAME = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|\.)?[\s\-]*([^\W\d_]+)\.?,?[\s\-]*(\d{4}|\d{2})"
)
_MONTH_NAME_DAY = re.compile(
    r"([^\W\d_]+)\.?[\s\-]*(\d{1,2})(?:st|nd|rd|th)?,?[\s\-]+(\d{4}|\d{2})"
)
_YEAR_MONTH_NAME = re.compile(r"(\d{4})[\s\-]*([^\W\d_]+)\.?[\s\-]*(\d{1,2})")
_KANJI_NUMERALS = re.compile("[〇零一二三四五六七八九十百]+")
_SIX_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{2})")


def _full_year(text: str, today: date) -> int:
    year = int(text)
    if len(text) > 2:
        return year
    century = today.year - today.year % 100
    return century + year if century + year <= today.year else century - 100 + year


def _numbers(text: str, today: date) -> tuple[int, int, int] | None:
    """(year, month, day) as written, possible or not."""
    if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _THREE_NUMBERS.fullmatch(text):
        first, separator, second, last = match.groups()
        if len(last) == 2 and int(first) > 31:
            return _full_year(first, today), int(second), int(last)
        a, b, year = int(first), int(second), _full_year(last, today)
        if a > 12 or (separator != "/" and b <= 12):
            return year, b, a
        return year, a, b
    if match := _ERA.fullmatch(text) or _ERA_COMPACT.fullmatch(text):
        year = 1 if match[2] == "元" else int(match[2])
        return _ERAS[match[1]] + year, int(match[3]), int(match[4])
    for pattern, order in (
        (_DAY_MONTH_NAME, (3, 2, 1)),
        (_MONTH_NAME_DAY, (3, 1, 2)),
        (_YEAR_MONTH_NAME, (1, 2, 3)),
    ):
        match = pattern.fullmatch(text)
        if match is not None and (month := _MONTHS.get(match[order[1]])) is not None:
            return _full_year(match[order[0]], today), month, int(match[order[2]])
    if match := _SIX_DIGITS.fullmatch(text):
        return _full_year(match[1], today), int(match[2]), int(match[3])
    return None


def _plain(text: str) -> str:
    """Full-width characters, middle dots and kanji numerals as they are usually typed."""
    folded = unicodedata.normalize("NFKC", text).replace("・", ".")
    return _KANJI_NUMERALS.sub(lambda match: kanji_number(match[0]), folded)


def parse_birth_date(text: str | None, today: date | None = None) -> date | None:
    """The day that `text` names; None when it is impossible, a placeholder or after `today`.

    >>> parse_birth_date("昭和59年2月29日")
    datetime.date(1984, 2, 29)
    """
    if text is None:
        return None
    if today is None:
        today = date.today()
    try:
        # the usual case, at a tenth of the cost
        if len(text) == 10 and text[4] == "-" and text.isascii():
            day = date(int(text[:4]), int(text[5:7]), int(text[8:]))
        else:
            folded = text if text.isascii() else _plain(text)
            numbers = _numbers(folded.strip().lower(), today)
            if numbers is None:
                return None
            day = date(*numbers)
    except ValueError:
        return None
    if day.year < EARLIEST_YEAR or day > today or day in PLACEHOLDERS:
        return None
    return day
