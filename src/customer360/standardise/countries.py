"""Countries by code or by name in English, German, French or Japanese."""

from __future__ import annotations

from functools import cache, lru_cache

from customer360.standardise import lexicon
from customer360.standardise.kana import fold_characters
from customer360.standardise.letters import strip_accents


def _fold(text: str) -> str:
    folded = strip_accents(fold_characters(text))
    return "".join(c for c in folded if c.isalnum())


@cache
def _codes() -> dict[str, str]:
    table: dict[str, str] = {}
    for row in lexicon.rows("countries.csv"):
        for name in row["names"].split("|"):
            table[_fold(name)] = row["code"]
    for row in lexicon.rows("countries.csv"):
        table[row["alpha3"].lower()] = row["code"]
    for row in lexicon.rows("countries.csv"):
        table[row["code"].lower()] = row["code"]
    return table


@lru_cache(10_000)
def parse_country(text: str | None) -> str | None:
    """ISO 3166-1 alpha-2 code of a code or a name; None if unknown.

    >>> parse_country("Deutschland"), parse_country("jpn"), parse_country("UK")
    ('DE', 'JP', 'GB')
    """
    if text is None:
        return None
    folded = _fold(text)
    return _codes().get(folded) or _codes().get(folded.removeprefix("the"))
