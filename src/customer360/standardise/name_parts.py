"""A family name or a given name by itself: its comparable form and its keys."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from customer360.standardise import lexicon
from customer360.standardise.kana import fold_characters, kana_key
from customer360.standardise.letters import CACHE_SIZE, latin_keys, to_ascii

MAX_KEYS = 8
_COMPOSED_SHARE = 0.02
_COMMON_SURNAME = 4.3

_KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")


class NamePart(NamedTuple):
    """A family name or a given name.

    `exact` is the comparable written form, `script` one of kanji, kana, latin, other, `keys` the
    sorted folded keys, `nickname_keys` the keys together with the formal names they may stand for.
    """

    exact: str | None
    script: str | None
    keys: tuple[str, ...]
    nickname_keys: tuple[str, ...]


NO_PART = NamePart(None, None, (), ())


def script_of(text: str) -> str:
    """kanji where any character is, else kana, latin or other."""
    if text.isascii():
        return "latin"
    if _KANJI.search(text):
        return "kanji"
    if _KANA.search(text):
        return "kana"
    return "latin" if _LATIN.search(text) else "other"


@lru_cache(CACHE_SIZE)
def _kana_word_keys(word: str) -> tuple[str, ...]:
    key = to_ascii(kana_key(word))
    western = lexicon.katakana_names().get(word)
    return tuple(sorted({k for k in (key, western) if k}))


def compose_readings(
    text: str, tables: Sequence[Mapping[str, tuple[tuple[str, float], ...]]]
) -> list[tuple[str, float]]:
    """Readings put together character by character, with their shares, the likeliest first.

    The first table that knows a character gives its readings; without any there is none.
    """
    beam: list[tuple[str, float]] = [("", 1.0)]
    previous = ""
    for character in text:
        if character == "々":
            character = previous
        previous = character
        options = next((table[character] for table in tables if character in table), None)
        if options is None:
            if not _KANA.match(character):
                return []
            options = ((character, 1.0),)
        beam = [(head + tail, p * q) for head, p in beam for tail, q in options]
        beam = sorted(beam, key=lambda item: (-item[1], item[0]))[:MAX_KEYS]
    return beam


@lru_cache(CACHE_SIZE)
def kanji_keys(text: str, role: str) -> tuple[str, ...]:
    """Keys of the plausible readings of a folded kanji name, at most eight, sorted.

    Those of the lexicon; for a name that it does not have, the readings that its characters
    usually have in names; without those the name is its own key.
    """
    is_family = role == "family"
    known, other = lexicon.family_keys(), lexicon.given_keys()
    if not is_family:
        known, other = other, known
    found = known.get(text)
    keys = found.split() if found is not None else []
    # a name typed into the wrong one of two fields keeps the reading that it has in the other
    swapped = other.get(text)
    if swapped is not None and (
        found is None
        or (not is_family and len(text) > 1 and lexicon.family_weights()[text] > _COMMON_SURNAME)
    ):
        keys.insert(1, swapped.split(" ", 1)[0])
    if found is None:
        tables = [lexicon.character_readings("family"), lexicon.character_readings("given")]
        composed = compose_readings(text, tables if is_family else tables[::-1])
        likely = [kana for kana, share in composed if share >= _COMPOSED_SHARE]
        keys += [kana_key(kana) for kana in likely or [kana for kana, _ in composed[:3]]]
    return tuple(sorted(dict.fromkeys(keys[:MAX_KEYS]))) or (text,)


def with_formal_names(keys: tuple[str, ...]) -> tuple[str, ...]:
    """`keys` and the formal names that each of them may be short for (bob → bob, robert)."""
    table = lexicon.formal_names()
    if table.keys().isdisjoint(keys):
        return keys
    return tuple(sorted({*keys, *(formal for key in keys for formal in table.get(key, ()))}))


_INVISIBLE = dict.fromkeys(
    [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0x200C, 0x200D, 0xFEFF, 0xAD]
)
_HYPHENS = str.maketrans(
    dict.fromkeys("‐‑‒–—―−－﹣", "-") | {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"}
)
_KANA_HYPHEN = re.compile(r"(?<=[\u3041-\u30ff])-")
_DROPPED = re.compile(r"['\".,;:!?*_/\\|<>^~]+")
_ONE_JAPANESE_WORD = re.compile(r"[\u3041-\u3096\u30a1-\u30f6ー\u4e00-\u9fff々]+")
_SEPARATORS = re.compile(r"[\s\-]+")
_DIGITS = re.compile(r"\d+")


def tidy(text: str) -> str:
    """NFKC, plain hyphens and apostrophes, no invisible characters; letter case stays."""
    if text.isascii():
        return text
    # accents that stand alone would become blanks under NFKC
    text = unicodedata.normalize("NFKC", text.translate(_HYPHENS)).translate(_INVISIBLE)
    return _KANA_HYPHEN.sub("ー", text.translate(_HYPHENS))


def has_letter(text: str) -> bool:
    """Whether any character is a letter of any script."""
    return _LETTER.search(text) is not None


def strip_punctuation(text: str) -> str:
    """`text` without the marks that separate no words; hyphens stay."""
    return _DROPPED.sub("", text)


def fold_words(text: str) -> list[str]:
    """The folded words of a name: split at blanks and hyphens, digits and punctuation gone."""
    if text.isascii() and text.isalpha():
        return [text.lower()]
    if _ONE_JAPANESE_WORD.fullmatch(text):
        return [fold_characters(text)]
    folded = _DIGITS.sub("", _DROPPED.sub("", fold_characters(text)))
    return [word for word in _SEPARATORS.split(folded) if word and _LETTER.search(word)]


@cache
def word_set(kind: str) -> frozenset[str]:
    """The folded words of one kind in the lexicon of words that are no names."""
    return frozenset(fold_characters(word) for word in lexicon.name_words(kind))


def _join_keys(words: list[str], *, role: str) -> tuple[str, ...]:
    """Keys of a part of several Latin words: all together, and each word that can stand alone."""
    if len(words) == 1:
        return latin_keys(words[0])
    particles = word_set("particle")
    keys = set(latin_keys("".join(words)))
    if role == "given":
        # Jun-ichi is one Japanese name, not Jun; Jean-Pierre may be called Jean
        if any(lexicon.romaji_names().get(key, lexicon.UNKNOWN)[1] >= 2 for key in keys):
            return tuple(sorted(keys))
        keys.update(latin_keys(words[0]))
        if len(words[0]) == 1:
            keys.update(latin_keys(words[1]))
    else:
        alone = [w for w in words if w not in particles and len(w) > 1]
        for word in alone:
            keys.update(latin_keys(word))
        if len(alone) > 1 and len(alone) < len(words):
            keys.update(latin_keys("".join(alone)))
    return tuple(sorted(keys))


def _korean_spellings(text: str, role: str) -> tuple[str, ...]:
    """How Koreans write the Hangul name in Latin letters by custom (김 is Kim, not Gim)."""
    customary = lexicon.korean_names(role)
    if role == "family":
        return customary.get(text, ())
    if customary.keys().isdisjoint(text):
        return ()
    return ("".join(customary[c][0] if c in customary else c for c in text),)


@lru_cache(CACHE_SIZE)
def make_part(text: str, role: str) -> NamePart:
    """The part that `text` is when it is known to be the family or the given name."""
    if text.isascii() and text.isalpha():
        exact = text.lower()
        keys = latin_keys(exact)
        return NamePart(exact, "latin", keys, with_formal_names(keys) if role == "given" else keys)
    words = fold_words(text)
    if not words:
        return NO_PART
    if len(words) > 1 and words[0] in ("mc", "mac"):
        words = [words[0] + words[1], *words[2:]]
    exact = " ".join(words)
    script = script_of(exact)
    if script == "latin":
        keys = _join_keys(words, role=role)
    elif script in ("kanji", "kana"):
        exact = exact.replace(" ", "")
        keys = kanji_keys(exact, role) if script == "kanji" else _kana_word_keys(exact)
    else:
        romanised = [*words, *_korean_spellings(exact, role)]
        keys = tuple(sorted({k for w in romanised for k in latin_keys(w)})) or (exact,)
    if not keys:
        keys = (exact,)
    return NamePart(exact, script, keys, with_formal_names(keys) if role == "given" else keys)


def add_keys(part: NamePart, other: NamePart) -> NamePart:
    """`part` with the keys of `other` beside its own."""
    keys = tuple(sorted({*part.keys, *other.keys}))
    nicknames = tuple(sorted({*part.nickname_keys, *other.nickname_keys}))
    return NamePart(part.exact, part.script, keys, nicknames)


def apply_spoken(part: NamePart, spoken: NamePart) -> NamePart:
    """`part` with the keys of its phonetic spelling: instead of guesses, beside Latin spellings."""
    if spoken.exact is None or part.exact is None:
        return part
    if part.script in ("kanji", "kana"):
        return NamePart(part.exact, part.script, spoken.keys, spoken.nickname_keys)
    return add_keys(part, spoken)
