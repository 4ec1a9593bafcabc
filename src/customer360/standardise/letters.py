"""Words of any alphabet as plain letters a–z, and the keys of a Latin word."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from customer360.standardise import lexicon
from customer360.standardise.kana import is_romaji, romaji_key

CACHE_SIZE = 250_000
"""Entries that each cache of words keeps; words repeat even where whole names do not."""

LATIN_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ı": "i", "ħ": "h", "ŋ": "n",
    }
)  # fmt: skip
LETTERS = LATIN_LETTERS | str.maketrans(
    {
        # Cyrillic
        "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
        "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t",
        "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "",
        "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "є": "ye", "і": "i", "ґ": "g",
        # Greek
        "α": "a", "β": "v", "γ": "g", "δ": "d", "ε": "e", "ζ": "z", "η": "i", "θ": "th", "ι": "i",
        "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "x", "ο": "o", "π": "p", "ρ": "r", "σ": "s",
        "ς": "s", "τ": "t", "υ": "y", "φ": "f", "χ": "ch", "ψ": "ps", "ω": "o",
    }
)  # fmt: skip

# Hangul, which decomposes into letters, in the Revised Romanisation
_HANGUL_LETTERS = (
    (0x1100, "g kk n d tt r m b pp s ss - j jj ch k t p h"),
    (0x1161, "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"),
    (0x11A8, "k k k n n n t l k m l l l p l m p p t t ng t t k t p -"),
)
LETTERS |= {
    start + offset: letters.replace("-", "")
    for start, row in _HANGUL_LETTERS
    for offset, letters in enumerate(row.split())
}

_GREEK_PAIRS = re.compile("ου|αυ|ευ|αι|ει|οι|μπ|ντ|γκ|γγ")
GREEK = {
    "ου": "ou", "αυ": "av", "ευ": "ev", "αι": "ai", "ει": "ei", "οι": "oi", "μπ": "b",
    "ντ": "nt", "γκ": "gk", "γγ": "ng",
}  # fmt: skip
_NOT_A_TO_Z = re.compile(r"[^a-z]+")
_UMLAUT_SPELLED = re.compile(r"(?<![aeiouqg])([aou])e(?=[bcdfghklmnprstuwz])")


def contract_umlauts(word: str) -> str:
    """An ASCII word with spelled-out umlauts contracted, whatever the word: mueller → muller."""
    if "ae" in word or "oe" in word or "ue" in word:
        return _UMLAUT_SPELLED.sub(r"\1", word)
    return word


def strip_accents(text: str) -> str:
    """`text` without the accents of Latin letters; ß, æ, ø and their like in plain letters.

    Kana keep their voicing marks.
    """
    if text.isascii():
        return text
    stripped = "".join(
        c
        for c in unicodedata.normalize("NFD", text)
        if not unicodedata.combining(c) or c in "\u3099\u309a"
    )
    return unicodedata.normalize("NFC", stripped).translate(LATIN_LETTERS)


def fold_umlauts(word: str) -> str:
    """An ASCII word with spelled-out umlauts contracted: mueller → muller, but michael stays."""
    if word in lexicon.western_names():
        return word
    return contract_umlauts(word)


def to_ascii(word: str) -> str:
    """The lower-case letters a–z of `word`: no accents; Cyrillic, Greek, Hangul transliterated.

    >>> to_ascii("Müller"), to_ascii("Иванов")
    ('muller', 'ivanov')
    """
    word = word.lower()
    if word.isascii():
        if word.isalpha():
            return word
    else:
        stripped = unicodedata.normalize("NFD", word)
        # й and ё are letters of their own, not и and е with an accent
        stripped = stripped.replace("и\u0306", "y").replace("е\u0308", "e").replace("і\u0308", "i")
        # Мария is Maria, Дмитрий is Dmitry
        stripped = stripped.replace("ия", "иа").replace("иy", "y").replace("ыy", "y")
        stripped = "".join(c for c in stripped if not unicodedata.combining(c))
        stripped = _GREEK_PAIRS.sub(lambda m: GREEK[m[0]], stripped)
        word = stripped.translate(LETTERS)
    return _NOT_A_TO_Z.sub("", word)


@lru_cache(CACHE_SIZE)
def latin_keys(word: str) -> tuple[str, ...]:
    """Keys of one Latin word: its ASCII form, with Japanese and German spellings folded.

    A word that could be a Nihon-style romanisation but is no known Japanese name keeps its own
    spelling as a second key. A lone letter is an initial and its own key.

    >>> latin_keys("müller"), latin_keys("mueller"), latin_keys("satoh"), latin_keys("t")
    (('muller',), ('muller',), ('sato',), ('t',))
    """
    plain = to_ascii(word)
    if len(plain) <= 1:
        return (plain,) if plain else ()
    # a key is its own key
    if plain in lexicon.all_names():
        return (plain,)
    if not is_romaji(plain):
        return (contract_umlauts(plain),)
    key = romaji_key(plain)
    if key in lexicon.romaji_names() or key[0] == plain[0]:
        return (key,)
    return tuple(sorted({key, plain}))
