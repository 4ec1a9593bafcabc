"""Romanisations of one reading have one key, whatever the system."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.standardise import lexicon
from customer360.standardise.kana import (
    fold_characters,
    is_romaji,
    kana_key,
    romaji_key,
    romanise,
)

SYLLABLES = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン"
    "ガギグゲゴザジズゼゾダデドバビブベボパピプペポ"
)
# a single vowel in Latin letters is an initial
readings = st.text(SYLLABLES, min_size=2, max_size=8).filter(lambda text: text[0] != "ン")

KUNREI = {"shi": "si", "chi": "ti", "tsu": "tu", "fu": "hu", "ji": "zi"}


@given(readings)
def test_the_key_of_a_reading_is_the_key_of_its_romanisation(kana: str) -> None:
    hepburn = romanise(kana)
    assert is_romaji(hepburn)
    assert romaji_key(hepburn) == kana_key(kana)


@given(readings)
def test_kunrei_and_hepburn_have_one_key(kana: str) -> None:
    kunrei = romanise(kana)
    for hepburn, other in KUNREI.items():
        kunrei = kunrei.replace(hepburn, other)
    assert romaji_key(kunrei) == kana_key(kana)


@given(readings)
def test_hiragana_and_katakana_are_one_text(kana: str) -> None:
    hiragana = "".join(chr(ord(c) - 0x60) for c in kana)
    assert fold_characters(hiragana) == fold_characters(kana) == kana


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold_characters(text)
    assert fold_characters(once) == once


@pytest.mark.parametrize(
    "spellings",
    ["ohno oono ono ouno", "satoh sato satou", "shimbashi shinbashi sinbasi", "zyun jun jyun",
     "taroh taro tarou", "inoue inouye", "syuuhei shuhei shuuhei", "yuhki yuki yuuki"],
)  # fmt: skip
def test_spellings_of_one_name_have_one_key(spellings: str) -> None:
    assert len({romaji_key(word) for word in spellings.split()}) == 1


@pytest.mark.parametrize("pair", ["ono ohana", "iida ida", "kano kanno", "oto otto", "yuki yuko"])
def test_other_names_have_other_keys(pair: str) -> None:
    one, other = pair.split()
    assert romaji_key(one) != romaji_key(other)


def test_a_vowel_alone_is_no_initial() -> None:
    assert kana_key("オウ") == "oo"


def test_lexicon_keys_are_what_the_fold_makes_of_their_kana() -> None:
    """Fails when the fold has changed and the lexica have not been built again."""
    weights = lexicon.romaji_names()
    assert len(lexicon.kana_names()) > 50_000
    assert all(kana_key(kana) in weights for kana in lexicon.kana_names())
