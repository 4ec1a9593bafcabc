"""Names written without a blank, cut where the lexicon makes both halves likeliest."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from customer360.standardise import lexicon
from customer360.standardise.kana import is_romaji, kana_key, romaji_key
from customer360.standardise.letters import (
    CACHE_SIZE,
    contract_umlauts,
    fold_umlauts,
    latin_keys,
)

# on the lexicon's scale, by length: how likely an unknown text is a name nevertheless
_UNKNOWN_FAMILY = (-2.0, -0.5, -1.0, -3.0, -5.0)
_UNKNOWN_GIVEN = (-0.6, 0.6, -0.2, -2.5, -5.0)

_CANNOT_START = frozenset("ャュョァィゥェォッンー")

_KANA_UNKNOWN = -2.0
_KANA_SINGLE_SURNAME = -2.0
_KANA_FLOOR = 1.0

_LATIN_MIN_FAMILY, _LATIN_MIN_GIVEN = 2.5, 2.0
_LATIN_SHORT = 3.0
_LATIN_FLOOR = 6.5


def split_kanji(text: str) -> tuple[str, str] | None:
    """Family and given name of a folded kanji name; None when neither is known.

    The cut with the most bearers of the surname times attestations of the given name wins.

    >>> split_kanji("田中太郎"), split_kanji("佐々木希")
    (('田中', '太郎'), ('佐々木', '希'))
    """
    family_weight, given_weight = lexicon.family_weights().get, lexicon.given_weights().get
    best_cut, best_score = 0, 0.0
    size = len(text)
    for cut in range(max(1, size - 5), min(5, size - 1) + 1):
        family = family_weight(text[:cut])
        given = given_weight(text[cut:])
        if family is None:
            if given is None:
                continue
            score = _UNKNOWN_FAMILY[cut - 1] + given
        elif given is None:
            score = family + _UNKNOWN_GIVEN[size - cut - 1]
        else:
            score = family + given
        if not best_cut or score > best_score:
            best_cut, best_score = cut, score
    return (text[:best_cut], text[best_cut:]) if best_cut else None


@lru_cache(CACHE_SIZE)
def kana_weights(text: str) -> lexicon.Weights:
    """How common a reading in katakana is as a family and as a given name."""
    weights = lexicon.kana_names().get(text)
    if weights is None:
        weights = lexicon.romaji_names().get(kana_key(text), lexicon.UNKNOWN)
    return weights


def _best_kana_cut(text: str, weights: Callable[[str], lexicon.Weights | None]) -> int:
    best_cut, best_score = 0, _KANA_FLOOR
    size = len(text)
    for cut in range(max(1, size - 8), min(size, 9)):
        if text[cut] in _CANNOT_START:
            continue
        family = (weights(text[:cut]) or lexicon.UNKNOWN)[0]
        given = (weights(text[cut:]) or lexicon.UNKNOWN)[1]
        if not family and not given:
            continue
        score = (family or _KANA_UNKNOWN) + (given or _KANA_UNKNOWN)
        if cut == 1:
            score += _KANA_SINGLE_SURNAME
        if score >= best_score:
            best_cut, best_score = cut, score
    return best_cut


def split_kana(text: str) -> tuple[str, str] | None:
    """Family and given name in katakana; None when nothing speaks for a cut.

    >>> split_kana("タナカタロウ"), split_kana("オーノタロー")
    (('タナカ', 'タロウ'), ('オーノ', 'タロー'))
    """
    # long vowels may be spelled otherwise than in the lexicon: then by key
    is_spelled_out = "ー" not in text
    cut = _best_kana_cut(text, lexicon.kana_names().get if is_spelled_out else kana_weights)
    if not cut and is_spelled_out:
        cut = _best_kana_cut(text, kana_weights)
    return (text[:cut], text[cut:]) if cut else None


def latin_weights(word: str) -> lexicon.Weights:
    """How common a Latin word is as a family and as a given name, by the likeliest of its keys."""
    names = lexicon.all_names()
    known = names.get(word)
    if known is not None:
        return known
    if word.isascii() and word.isalpha() and word.islower():
        # its own spelling is no name; pieces of words are not worth a place in the cache of keys
        return names.get(
            romaji_key(word) if is_romaji(word) else contract_umlauts(word), lexicon.UNKNOWN
        )
    keys = latin_keys(word)
    if len(keys) == 1:
        return lexicon.weights(keys[0])
    found = [lexicon.weights(key) for key in keys]
    return max((f for f, _ in found), default=0.0), max((g for _, g in found), default=0.0)


def split_latin(word: str) -> tuple[str, str] | None:
    """Keys of the (family, given) names in a lower-case ASCII word; None if it is no two names.

    >>> split_latin("tanakataro"), split_latin("taroutanaka"), split_latin("sunflower")
    (('tanaka', 'taro'), ('tanaka', 'taro'), None)
    """
    key = romaji_key(word) if is_romaji(word) else fold_umlauts(word)
    weights = lexicon.all_names().get
    best: tuple[str, str] | None = None
    best_score = _LATIN_FLOOR
    for cut in range(2, len(key) - 1):
        first = weights(key[:cut])
        if first is None:
            continue
        second = weights(key[cut:])
        if second is None:
            continue
        # short pieces fit by chance
        penalty = _LATIN_SHORT * ((cut < 3) + (len(key) - cut < 3))
        if first[0] >= _LATIN_MIN_FAMILY and second[1] >= _LATIN_MIN_GIVEN:
            score = first[0] + second[1] - penalty
            if score >= best_score:
                best, best_score = (key[:cut], key[cut:]), score
        if second[0] >= _LATIN_MIN_FAMILY and first[1] >= _LATIN_MIN_GIVEN:
            score = second[0] + first[1] - penalty
            if score > best_score:
                best, best_score = (key[cut:], key[:cut]), score
    return best


_CAMEL = re.compile(r"[A-Z][a-z]{2,}(?:[A-Z][a-z]{2,})+")
_CAMEL_PIECE = re.compile(r"[A-Z][a-z]+")


def split_camel_case(text: str) -> list[str]:
    """The words of TaroTanaka; nothing where the letter case does not set words apart."""
    if text.islower() or _CAMEL.fullmatch(text) is None:
        return []
    return _CAMEL_PIECE.findall(text)
