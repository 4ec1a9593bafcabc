"""The word lists behind the library, each loaded at its first use and then kept.

The files lie in `customer360.lexica`; its README names their origin and licence.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Any

import pyarrow.parquet as pq

Weights = tuple[float, float]
"""How common a word is as (family name, given name): log10 of an order of magnitude of people."""

UNKNOWN: Weights = (0.0, 0.0)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV lexicon."""
    file = resources.files("customer360.lexica").joinpath(name)
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


@cache
def _columns(name: str) -> list[list[Any]]:
    file = resources.files("customer360.lexica").joinpath(name)
    with resources.as_file(file) as path:
        table = pq.read_table(path)
    return [column.to_numpy().tolist() for column in table.columns]


@cache
def kanji_variants() -> dict[str, str]:
    """Old or variant character → the standard one (髙 → 高)."""
    return {row["variant"]: row["standard"] for row in rows("kanji_variants.csv")}


@cache
def name_words(kind: str) -> frozenset[str]:
    """Words that are no names: of kind title, suffix, particle or placeholder."""
    return frozenset(row["word"] for row in rows("name_words.csv") if row["kind"] == kind)


@cache
def formal_names() -> dict[str, tuple[str, ...]]:
    """Nickname → the formal names it may stand for, as folded keys."""
    table: dict[str, list[str]] = {}
    for row in rows("nicknames.csv"):
        table.setdefault(row["nickname"], []).append(row["formal"])
    return {nickname: tuple(formal) for nickname, formal in table.items()}


@cache
def japanese_places() -> dict[str, tuple[str, str]]:
    """Postal code of seven digits → prefecture and municipality, as addresses have them."""
    codes, areas, places = _columns("japanese_postal_codes.parquet")
    return {
        f"{code:07}": (area, place) for code, area, place in zip(codes, areas, places, strict=True)
    }


@cache
def korean_names(role: str) -> dict[str, tuple[str, ...]]:
    """Hangul of a surname (family) or of one syllable (given) → its customary romanisations."""
    return {
        row["hangul"]: tuple(row["romanisations"].split())
        for row in rows("korean_names.csv")
        if row["role"] == role
    }


@cache
def western_names() -> dict[str, Weights]:
    """ASCII-folded name of the hand-made western list → weights."""
    return {r["name"]: (float(r["family"]), float(r["given"])) for r in rows("western_names.csv")}


@cache
def katakana_names() -> dict[str, str]:
    """Katakana spelling of a western name → that name (マイケル → michael)."""
    return {
        kana: row["name"] for row in rows("western_names.csv") for kana in row["katakana"].split()
    }


@cache
def kana_names() -> dict[str, Weights]:
    """Katakana of a Japanese name → weights."""
    kana, _, family, given = _columns("japanese_readings.parquet")
    return dict(zip(kana, zip(family, given, strict=True), strict=True))


@cache
def romaji_names() -> dict[str, Weights]:
    """Folded key of a Japanese name → weights."""
    _, keys, family, given = _columns("japanese_readings.parquet")
    return dict(zip(keys, zip(family, given, strict=True), strict=True))


@cache
def all_names() -> dict[str, Weights]:
    """Folded key of a Japanese or western name → the greater weights; nicknames are names too."""
    table = dict.fromkeys(formal_names(), UNKNOWN) | romaji_names()
    for key, (family, given) in western_names().items():
        japanese = table.get(key, UNKNOWN)
        table[key] = max(family, japanese[0]), max(given, japanese[1])
    return table


@cache
def family_keys() -> dict[str, str]:
    """Kanji of a surname → keys of its readings, blank-separated, the likeliest first."""
    kanji, keys, _ = _columns("japanese_family_names.parquet")
    return dict(zip(kanji, keys, strict=True))


@cache
def family_weights() -> dict[str, float]:
    """Kanji of a surname → log10 of its bearers."""
    kanji, _, weight = _columns("japanese_family_names.parquet")
    return dict(zip(kanji, weight, strict=True))


@cache
def given_keys() -> dict[str, str]:
    """Kanji of a given name → keys of its readings, blank-separated, the likeliest first."""
    kanji, keys, _ = _columns("japanese_given_names.parquet")
    return dict(zip(kanji, keys, strict=True))


@cache
def given_weights() -> dict[str, float]:
    """Kanji of a given name → log10 of how well it is attested."""
    kanji, _, weight = _columns("japanese_given_names.parquet")
    return dict(zip(kanji, weight, strict=True))


@cache
def character_readings(role: str) -> dict[str, tuple[tuple[str, float], ...]]:
    """Character → (reading, share) inside names of `role` (family or given)."""
    table = {}
    for kanji, kind, readings, shares in zip(*_columns("kanji_name_readings.parquet"), strict=True):
        if kind == role:
            table[kanji] = tuple(zip(readings.split(), map(float, shares.split()), strict=True))
    return table


def weights(key: str) -> Weights:
    """How common the folded Latin `key` is as a family and as a given name; 0 if unknown."""
    return all_names().get(key, UNKNOWN)
