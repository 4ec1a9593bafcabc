"""Names of persons: split into family and given, and for each part the keys that it may match by.

A key is folded romaji or ASCII. A kanji part has a key for every plausible reading, so that
田中太郎, タナカタロウ, "TANAKA Taro" and the mailbox t.tanaka share keys. Names are never guessed
into one form: the exact form stays beside the keys.
"""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from customer360.standardise import lexicon
from customer360.standardise.kana import (
    fold_characters,
    is_romaji,
    kana_key,
    romaji_key,
)

MAX_KEYS = 8
CACHE_SIZE = 300_000

_KANJI = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff々〆]")
_KANA = re.compile(r"[\u3041-\u30ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LETTER_RUNS = re.compile(r"[^\W\d_]")


class NamePart(NamedTuple):
    """A family name or a given name.

    `exact` is the comparable written form, `script` one of kanji, kana, latin, other, `keys` the
    sorted folded keys, `nickname_keys` the keys together with the formal names they may stand for.
    """

    exact: str | None
    script: str | None
    keys: tuple[str, ...]
    nickname_keys: tuple[str, ...]


class PersonName(NamedTuple):
    """A name in the shape of the `person_name` function's result."""

    family: str | None
    given: str | None
    family_script: str | None
    given_script: str | None
    family_keys: tuple[str, ...]
    given_keys: tuple[str, ...]
    given_nickname_keys: tuple[str, ...]
    is_order_known: bool


NO_PART = NamePart(None, None, (), ())

Split = tuple[NamePart, NamePart, bool]
"""Family part, given part, whether something decided which is which."""

NO_NAME: Split = (NO_PART, NO_PART, False)


def script_of(text: str) -> str:
    """kanji where any character is, else kana, latin or other."""
    if text.isascii():
        return "latin"
    if _KANJI.search(text):
        return "kanji"
    if _KANA.search(text):
        return "kana"
    return "latin" if _LATIN.search(text) else "other"


# ---- keys of one word


_LATIN_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l",
        "ı": "i", "ħ": "h", "ŋ": "n",
    }
)  # fmt: skip
_LETTERS = _LATIN_LETTERS | str.maketrans(
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

_GREEK_PAIRS = re.compile("ου|αυ|ευ|αι|ει|οι|μπ|ντ|γκ|γγ")
_GREEK = {
    "ου": "ou", "αυ": "av", "ευ": "ev", "αι": "ai", "ει": "ei", "οι": "oi", "μπ": "b",
    "ντ": "nt", "γκ": "gk", "γγ": "ng",
}  # fmt: skip
_NOT_A_TO_Z = re.compile(r"[^a-z]+")
_UMLAUT_SPELLED = re.compile(r"(?<![aeiouqg])([aou])e(?=[bcdfghklmnprstuwz])")


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
    return unicodedata.normalize("NFC", stripped).translate(_LATIN_LETTERS)


def fold_umlauts(word: str) -> str:
    """An ASCII word with spelled-out umlauts contracted: mueller → muller, but michael stays."""
    if word in lexicon.western_names():
        return word
    return _UMLAUT_SPELLED.sub(r"\1", word)


def to_ascii(word: str) -> str:
    """The lower-case letters a–z of `word`: accents dropped, Cyrillic and Greek transliterated.

    >>> to_ascii("Müller"), to_ascii("Иванов")
    ('muller', 'ivanov')
    """
    word = word.lower()
    if not word.isascii():
        stripped = unicodedata.normalize("NFD", word)
        # й and ё are letters of their own, not и and е with an accent
        stripped = stripped.replace("и\u0306", "y").replace("е\u0308", "e").replace("і\u0308", "i")
        stripped = "".join(c for c in stripped if not unicodedata.combining(c))
        stripped = _GREEK_PAIRS.sub(lambda m: _GREEK[m[0]], stripped)
        word = stripped.translate(_LETTERS)
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
    if plain in lexicon.western_names():
        return (plain,)
    if not is_romaji(plain):
        return (_UMLAUT_SPELLED.sub(r"\1", plain),)
    key = romaji_key(plain)
    if key in lexicon.romaji_names() or key[0] == plain[0]:
        return (key,)
    return tuple(sorted({key, plain}))


@lru_cache(CACHE_SIZE)
def _kana_word_keys(word: str) -> tuple[str, ...]:
    key = to_ascii(kana_key(word))
    western = lexicon.katakana_names().get(word)
    return tuple(sorted({k for k in (key, western) if k}))


def _composed(text: str, role: str) -> list[tuple[str, float]]:
    """Readings put together character by character, with their shares, the likeliest first."""
    table = lexicon.character_readings(role)
    other = lexicon.character_readings("given" if role == "family" else "family")
    beam: list[tuple[str, float]] = [("", 1.0)]
    previous = ""
    for character in text:
        if character == "々":
            character = previous
        previous = character
        options = table.get(character) or other.get(character)
        if options is None:
            if not _KANA.match(character):
                return []
            options = ((character, 1.0),)
        beam = heapq.nlargest(
            MAX_KEYS,
            [(head + tail, p * q) for head, p in beam for tail, q in options],
            key=lambda item: item[1],
        )
    return beam


@lru_cache(CACHE_SIZE)
def kanji_keys(text: str, role: str) -> tuple[str, ...]:
    """Keys of the plausible readings of a folded kanji name, at most eight, sorted.

    Readings of the lexicon come first, then those that its characters usually have in names. A
    name with no known reading is its own key.
    """
    is_family = role == "family"
    readings = (lexicon.family_readings() if is_family else lexicon.given_readings()).get(text)
    keys: list[str] = []
    if readings is not None:
        keys = [kana_key(kana) for kana in readings.split()]
    # a surname typed into the given-name field keeps the reading that it has as a surname
    swapped = (lexicon.given_readings() if is_family else lexicon.family_readings()).get(text)
    if swapped is not None and (
        readings is None
        or (not is_family and lexicon.family_population()[text] > 20_000 and len(text) > 1)
    ):
        keys.insert(1, kana_key(swapped.split()[0]))
    if len(keys) < MAX_KEYS and (readings is None or not is_family):
        composed = _composed(text, role)
        floor = 0.1 if keys else 0.02
        keys += [kana_key(kana) for kana, share in composed if share >= floor]
        if not keys:
            keys = [kana_key(kana) for kana, _ in composed[:3]]
    kept = [key for key in dict.fromkeys(keys) if key.isascii()][:MAX_KEYS]
    return tuple(sorted(kept)) or (text,)


def with_formal_names(keys: tuple[str, ...]) -> tuple[str, ...]:
    """`keys` and the formal names that each of them may be short for (bob → bob, robert)."""
    table = lexicon.formal_names()
    if not any(key in table for key in keys):
        return keys
    return tuple(sorted({*keys, *(formal for key in keys for formal in table.get(key, ()))}))


# ---- one part of a name


_INVISIBLE = dict.fromkeys(
    [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200B, 0x200C, 0x200D, 0xFEFF, 0xAD]
)
_HYPHENS = str.maketrans(
    dict.fromkeys("‐‑‒–—―−－﹣", "-") | {"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"}
)
_KANA_HYPHEN = re.compile(r"(?<=[\u3041-\u30ff])-")
_DROPPED = re.compile(r"['\".,;:!?*_/\\|<>^~]+")
_SEPARATORS = re.compile(r"[\s\-]+")
_DIGITS = re.compile(r"\d+")


def tidy(text: str) -> str:
    """NFKC, plain hyphens and apostrophes, no invisible characters; letter case stays."""
    if text.isascii():
        return text
    # accents that stand alone would become blanks under NFKC
    text = unicodedata.normalize("NFKC", text.translate(_HYPHENS)).translate(_INVISIBLE)
    return _KANA_HYPHEN.sub("ー", text.translate(_HYPHENS))


def _words(text: str) -> list[str]:
    folded = fold_characters(text) if not text.isascii() else text.lower()
    folded = _DIGITS.sub(" ", _DROPPED.sub("", folded))
    return [word for word in _SEPARATORS.split(folded) if word and _LETTER_RUNS.search(word)]


@cache
def _word_set(kind: str) -> frozenset[str]:
    return frozenset(fold_characters(word) for word in lexicon.name_words(kind))


def _join_keys(words: list[str], *, role: str) -> tuple[str, ...]:
    """Keys of a part of several Latin words: all together, and each word that can stand alone."""
    if len(words) == 1:
        return latin_keys(words[0])
    particles = _word_set("particle")
    keys = set(latin_keys("".join(words)))
    if role == "given":
        keys.update(latin_keys(words[0]))
    else:
        alone = [w for w in words if w not in particles and len(w) > 1]
        for word in alone:
            keys.update(latin_keys(word))
        if len(alone) > 1 and len(alone) < len(words):
            keys.update(latin_keys("".join(alone)))
    return tuple(sorted(keys))


@lru_cache(CACHE_SIZE)
def make_part(text: str, role: str) -> NamePart:
    """The part that `text` is when it is known to be the family or the given name."""
    words = _words(text)
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
        keys = tuple(sorted({k for w in words for k in latin_keys(w)})) or (exact,)
    if not keys:
        keys = (exact,)
    return NamePart(exact, script, keys, with_formal_names(keys) if role == "given" else keys)


def _with_reading(part: NamePart, reading: NamePart) -> NamePart:
    """`part` with the keys of its phonetic spelling: instead of guesses, beside Latin spellings."""
    if reading.exact is None:
        return part
    if part.exact is None:
        return part
    if part.script in ("kanji", "kana"):
        return NamePart(part.exact, part.script, reading.keys, reading.nickname_keys)
    keys = tuple(sorted({*part.keys, *reading.keys}))
    nicknames = tuple(sorted({*part.nickname_keys, *reading.nickname_keys}))
    return NamePart(part.exact, part.script, keys, nicknames)


# ---- splitting what is written without a blank


def _family_score(text: str) -> float | None:
    population = lexicon.family_population().get(text)
    if population is None:
        return None
    if population:
        return math.log10(population)
    return (1.0, 2.4, 2.0, 1.5, 1.0)[min(len(text), 5) - 1]


def _given_score(text: str) -> float | None:
    weight = lexicon.given_weight().get(text)
    return None if weight is None else math.log10(weight + 1)


_UNKNOWN_FAMILY = (-2.0, -0.5, -1.0, -3.0, -5.0)
_UNKNOWN_GIVEN = (-0.6, 0.6, -0.2, -2.5, -5.0)


def split_kanji(text: str) -> tuple[str, str] | None:
    """Family and given name of a folded name without a blank; None when neither is known.

    The cut with the most bearers of the surname times attestations of the given name wins.
    """
    best: tuple[float, int] | None = None
    size = len(text)
    for cut in range(max(1, size - 5), min(5, size - 1) + 1):
        family = _family_score(text[:cut])
        given = _given_score(text[cut:])
        if family is None and given is None:
            continue
        score = (_UNKNOWN_FAMILY[cut - 1] if family is None else family) + (
            _UNKNOWN_GIVEN[size - cut - 1] if given is None else given
        )
        if best is None or score > best[0]:
            best = (score, cut)
    if best is None:
        return None
    return text[: best[1]], text[best[1] :]


@lru_cache(CACHE_SIZE)
def _kana_weights(text: str) -> lexicon.Weights:
    return lexicon.romaji_names().get(kana_key(text), lexicon.UNKNOWN)


_CANNOT_START = frozenset("ャュョァィゥェォッンー")


def split_kana(text: str) -> tuple[str, str] | None:
    """Family and given name of katakana without a blank; None when nothing speaks for a cut."""
    best: tuple[float, int] | None = None
    for cut in range(1, len(text)):
        if text[cut] in _CANNOT_START or cut > 8 or len(text) - cut > 8:
            continue
        family = _kana_weights(text[:cut])[0]
        given = _kana_weights(text[cut:])[1]
        if not family and not given:
            continue
        score = (family or -2.0) + (given or -2.0) + (0.0 if cut > 1 else -2.0)
        if best is None or score > best[0]:
            best = (score, cut)
    if best is None or best[0] < 1.0:
        return None
    return text[: best[1]], text[best[1] :]


_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


@lru_cache(CACHE_SIZE)
def split_latin(word: str) -> tuple[str, str] | None:
    """(family, given) of a lower-case word that is two names without a blank; None if it is not.

    >>> split_latin("tanakataro"), split_latin("tarotanaka"), split_latin("sunflower")
    (('tanaka', 'taro'), ('tanaka', 'taro'), None)
    """
    best: tuple[float, str, str] | None = None
    for cut in range(2, len(word) - 1):
        first, second = _latin_weights(word[:cut]), _latin_weights(word[cut:])
        for family, given, parts in (
            (first[0], second[1], (word[:cut], word[cut:])),
            (second[0], first[1], (word[cut:], word[:cut])),
        ):
            if family < 2.5 or given < 2.0:
                continue
            # short pieces fit by chance
            score = family + given - sum(3.0 for part in parts if len(part) < 3)
            if score >= 6.5 and (best is None or score > best[0]):
                best = (score, *parts)
    return None if best is None else best[1:]


@lru_cache(CACHE_SIZE)
def _latin_weights(word: str) -> lexicon.Weights:
    found = [lexicon.weights(key) for key in latin_keys(word)]
    return max((f for f, _ in found), default=0.0), max((g for _, g in found), default=0.0)


# ---- a name in one field


class _Token:
    """What one blank-separated piece of a full name is, whatever stands around it."""

    __slots__ = ("bias", "folded", "is_capitals", "is_initial", "kind", "raw", "script", "weights")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.script = script_of(raw)
        self.folded = fold_characters(raw)
        bare = self.folded.rstrip(".")
        letters = _DROPPED.sub("", raw)
        self.is_initial = self.script == "latin" and len(letters) == 1 and letters.isalpha()
        self.is_capitals = self.script == "latin" and len(letters) > 1 and letters.isupper()
        self.kind = ""
        if not self.is_initial:
            for kind in ("title", "suffix", "particle"):
                words = _word_set(kind)
                if self.folded in words or bare in words:
                    self.kind = kind
                    break
        self.weights = _token_weights(self.script, self.folded)
        self.bias = self.weights[0] - self.weights[1]


def _token_weights(script: str, folded: str) -> lexicon.Weights:
    if script == "latin":
        words = _words(folded)
        return _latin_weights(words[0]) if words else lexicon.UNKNOWN
    if script == "kana":
        western = lexicon.katakana_names().get(folded)
        return lexicon.western_names()[western] if western else _kana_weights(folded)
    if script == "kanji":
        return max(_family_score(folded) or 0.0, 0.0), max(_given_score(folded) or 0.0, 0.0)
    return lexicon.UNKNOWN


_token = lru_cache(CACHE_SIZE)(_Token)

_BRACKETS = re.compile(r"[(\[{【「『〔<](.*?)[)\]}】」』〕>]")
_MAIDEN = re.compile(
    r"(?:\b(?:née|nee|geb\.?|geborene|formerly)\s+|旧姓[:\s]*)([^\s()\[\]]+)", re.I
)
_HONORIFIC_END = re.compile(r"(?<=..)(?:様|さま|サマ|さん|氏|殿|先生|ちゃん|くん)+$")
_HYPHENATED_HONORIFIC = re.compile(r"-(?:san|sama|sensei|kun|chan)$", re.I)
_MIDDLE_DOTS = re.compile(r"[・·•=]")
_SPECIAL = re.compile(r"[^A-Za-z. ']|née|geb\.?\s|nee\s", re.I)
_PATRONYMIC = re.compile(r"(?:ович|евич|ьич|овна|евна|ична|инична)$")
_REPEATED = re.compile(r"(.)\1{2,}")
_HANGUL = re.compile(r"[가-힣]+")
_HANGUL_LONG_SURNAMES = ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문")

DECISIVE = 1.0
"""Order of magnitude by which one reading of two names must be likelier to count as known."""


def is_placeholder(text: str, *, alone: bool = True) -> bool:
    """Whether a whole field says that there is no name (Unknown, 不明, N/A, aaa).

    `alone`: nothing else names the person, so that words that may be names (Guest, None) count.
    """
    folded = " ".join(fold_characters(text).split()).strip(" .-_*?/")
    if not folded or "@" in folded or _LETTER_RUNS.search(folded) is None:
        return True
    if folded in _word_set("placeholder") or _REPEATED.fullmatch(folded):
        return True
    if not alone:
        return False
    weak = _word_set("placeholder_alone")
    if folded in weak:
        return True
    words = folded.split()
    return len(words) > 1 and all(w in weak or w in _word_set("placeholder") for w in words)


def _latin_order(tokens: list[_Token]) -> tuple[list[_Token], list[_Token], bool]:
    """Family tokens, given tokens, known: for two or more pieces without a comma."""
    capitals = [t.is_capitals or t.kind == "particle" for t in tokens]
    if any(t.is_capitals for t in tokens) and not all(
        c or t.is_initial for c, t in zip(capitals, tokens, strict=True)
    ):
        family = [t for t in tokens if t.is_capitals or t.kind == "particle"]
        given = [t for t in tokens if not (t.is_capitals or t.kind == "particle")]
        # capitals name the family only where they stand together at one end
        changes = sum(a != b for a, b in pairwise(capitals))
        if changes == 1 and family and given:
            return family, given, True
    particle = next((i for i, t in enumerate(tokens) if t.kind == "particle"), None)
    if particle is not None and particle < len(tokens) - 1:
        if particle > 0:
            return tokens[particle:], tokens[:particle], True
        end = next(i for i, t in enumerate(tokens) if t.kind != "particle" or i == len(tokens) - 1)
        if tokens[0].raw.islower() and end < len(tokens) - 1:
            return tokens[: end + 1], tokens[end + 1 :], True
    initials = [t.is_initial for t in tokens]
    if any(initials) and not all(initials):
        if initials[0]:
            last = len(tokens) - 1
            while last > 0 and initials[last]:
                last -= 1
            return tokens[last : last + 1], tokens[:last] + tokens[last + 1 :], True
        if initials[-1]:
            return tokens[:1], tokens[1:], True
        return tokens[-1:], tokens[:-1], True
    if len(tokens) == 2:
        # positive: the first piece is rather the family name than the second
        balance = tokens[0].bias - tokens[1].bias
        if balance >= DECISIVE:
            return tokens[:1], tokens[1:], True
        return tokens[1:], tokens[:1], balance <= -DECISIVE
    balance = tokens[0].bias - tokens[-1].bias
    if balance >= 2 * DECISIVE and tokens[0].weights[0] > 3:
        return tokens[:1], tokens[1:], True
    # two surnames at the end, as in Spanish
    if len(tokens) == 3 and tokens[1].bias >= 2 and tokens[2].bias >= 2 and tokens[0].bias <= -2:
        return tokens[1:], tokens[:1], True
    return tokens[-1:], tokens[:-1], balance <= -DECISIVE


def _raw(tokens: list[_Token]) -> str:
    return " ".join(t.raw for t in tokens)


def _split_single(token: _Token) -> Split:
    text = token.folded
    if token.script == "kanji":
        if token.weights[0] >= 3.5 or (len(text) <= 2 and max(token.weights) > 0):
            is_family = token.weights[0] + 1 >= token.weights[1]
        else:
            cut = split_kanji(text) if len(text) <= 8 else None
            if cut is not None:
                return make_part(cut[0], "family"), make_part(cut[1], "given"), True
            if not max(token.weights):
                return NO_NAME
            is_family = token.weights[0] >= token.weights[1]
    elif token.script == "kana":
        whole = max(token.weights)
        cut = split_kana(text)
        if cut is not None:
            joint = _kana_weights(cut[0])[0] + _kana_weights(cut[1])[1]
            if not whole or (joint > 2 * whole and len(text) > 4):
                return make_part(cut[0], "family"), make_part(cut[1], "given"), True
        if not whole:
            return NO_NAME
        is_family = token.bias >= 0
    elif token.script == "latin":
        camel = _CAMEL.findall(token.raw)
        if len(camel) == 2 and min(map(len, camel)) > 2 and camel[0].lower() != "mc":
            return _split_words([_token(piece) for piece in camel])
        if not max(token.weights) and (cut := split_latin(text)) is not None:
            return make_part(cut[0], "family"), make_part(cut[1], "given"), True
        is_family = token.bias > -DECISIVE
        if is_family and token.bias < DECISIVE:
            return make_part(token.raw, "family"), NO_PART, False
    elif _HANGUL.fullmatch(text) and 2 <= len(text) <= 5:
        cut_at = 2 if len(text) > 2 and text.startswith(_HANGUL_LONG_SURNAMES) else 1
        return make_part(text[:cut_at], "family"), make_part(text[cut_at:], "given"), True
    else:
        return make_part(token.raw, "family"), NO_PART, False
    if is_family:
        return make_part(token.raw, "family"), NO_PART, True
    return NO_PART, make_part(token.raw, "given"), True


def _split_words(tokens: list[_Token], *, is_given_first: bool = False) -> Split:
    if len(tokens) == 1:
        return _split_single(tokens[0])
    scripts = {t.script for t in tokens}
    if scripts <= {"kanji", "kana"}:
        if all(len(t.folded) == 1 for t in tokens) and len(tokens) > 2:
            return _split_single(_token("".join(t.folded for t in tokens)))
        family, given = tokens[:1], tokens[1:]
        balance = tokens[0].bias - tokens[-1].bias
        if is_given_first:
            if balance < 2 * DECISIVE:
                family, given = tokens[-1:], tokens[:-1]
        elif balance <= -2 * DECISIVE and tokens[0].weights[0] < tokens[-1].weights[0]:
            family, given = tokens[-1:], tokens[:-1]
        return make_part(_raw(family), "family"), make_part(_raw(given), "given"), True
    if "kanji" in scripts or "kana" in scripts:
        # one script repeats the other: 田中太郎 TANAKA Taro
        japanese = [t for t in tokens if t.script in ("kanji", "kana")]
        if len(japanese) < len(tokens) - 1 or len(japanese) > 1:
            return _split_words(japanese)
        split = _split_single(japanese[0])
        if split[0].exact is not None and split[1].exact is not None:
            return split
    if "other" in scripts and len(tokens) == 3 and _PATRONYMIC.search(tokens[2].folded):
        return make_part(tokens[0].raw, "family"), make_part(_raw(tokens[1:]), "given"), True
    family, given, is_known = _latin_order(tokens)
    return make_part(_raw(family), "family"), make_part(_raw(given), "given"), is_known


def _strip_words(tokens: list[_Token]) -> list[_Token]:
    start, end = 0, len(tokens)
    while start < end and tokens[start].kind == "title":
        start += 1
    while end > start + 1 and tokens[end - 1].kind in ("suffix", "title"):
        end -= 1
    return tokens[start:end]


def split_full_name(text: str) -> Split:
    """Family and given part of a name in one field.

    Decided by, in this order: a comma, capitals, a particle, an initial, the lexicon and the
    script. What is left is taken as given name first, and its order as not known.
    """
    if _SPECIAL.search(text) is None:
        tokens = _strip_words([_token(piece) for piece in text.split()])
        if not tokens or is_placeholder(_raw(tokens)):
            return NO_NAME
        return _split_words(tokens)
    return _split_special(text)


def _split_special(text: str) -> Split:
    text = tidy(text).strip()
    maiden = _MAIDEN.search(text)
    brackets = _BRACKETS.search(text)
    if brackets is not None:
        outside = _BRACKETS.sub(" ", text).strip()
        if not outside:
            outside, brackets = brackets[1], None
        if maiden is None and brackets is not None and script_of(brackets[1]) == "kana":
            return apply_reading(split_full_name(outside), brackets[1])
        text = outside
    if maiden is not None:
        family, given, is_known = split_full_name(_MAIDEN.sub(" ", text))
        former = make_part(maiden[1], "family").keys
        keys = tuple(sorted({*family.keys, *former}))
        return NamePart(family.exact, family.script, keys, keys), given, is_known
    if is_placeholder(text):
        return NO_NAME
    text = _HYPHENATED_HONORIFIC.sub("", _HONORIFIC_END.sub("", text))
    is_given_first = _MIDDLE_DOTS.search(text) is not None
    if is_given_first:
        text = _MIDDLE_DOTS.sub(" ", text)
    head, comma, tail = text.partition(",")
    if comma:
        rest = [_strip_words([_token(p) for p in piece.split()]) for piece in tail.split(",")]
        rest = [p for p in rest if p and p[0].kind not in ("suffix", "title")]
        first = _strip_words([_token(piece) for piece in head.split()])
        if first and rest:
            return make_part(_raw(first), "family"), make_part(_raw(rest[0]), "given"), True
        text = head
    tokens = _strip_words([_token(piece) for piece in text.split()])
    # 田中太郎 タナカタロウ: the second half is how the first is read
    if (
        len(tokens) == 2
        and tokens[0].script == "kanji"
        and tokens[1].script == "kana"
        and len(tokens[0].folded) >= 3
        and not tokens[0].weights[0]
    ):
        return apply_reading(_split_single(tokens[0]), tokens[1].raw)
    if len(tokens) == 4 and [t.script for t in tokens] == ["kanji", "kanji", "kana", "kana"]:
        return apply_reading(_split_words(tokens[:2]), _raw(tokens[2:]))
    if not tokens:
        return NO_NAME
    return _split_words(tokens, is_given_first=is_given_first)


def apply_reading(name: Split, reading: str) -> Split:
    """`name` with the keys of its phonetic spelling, which replace those guessed from kanji.

    The reading may be in one piece or two, in any script and either order.
    """
    family, given, is_known = name
    text = _HONORIFIC_END.sub("", _MIDDLE_DOTS.sub(" ", tidy(reading))).strip()
    if is_placeholder(text):
        return name
    if family.exact is None and given.exact is None:
        return split_full_name(reading)
    if given.exact is None or family.exact is None:
        part, role = (family, "family") if given.exact is None else (given, "given")
        spoken = _with_reading(part, make_part(text, role))
        return (spoken, given, is_known) if role == "family" else (family, spoken, is_known)
    pieces = text.replace(",", " ").split()
    if len(pieces) < 2:
        cut = _cut_reading(fold_characters(text), family, given)
        if cut is None:
            return name
        pieces = list(cut)
    first, rest = pieces[0], " ".join(pieces[1:])
    straight = make_part(first, "family"), make_part(rest, "given")
    crossed = make_part(rest, "family"), make_part(first, "given")
    if _agreement(name, crossed) > _agreement(name, straight):
        straight = crossed
    return _with_reading(family, straight[0]), _with_reading(given, straight[1]), is_known


def _agreement(name: Split, reading: tuple[NamePart, NamePart]) -> int:
    return sum(
        not set(part.keys).isdisjoint(spoken.keys)
        for part, spoken in zip(name[:2], reading, strict=True)
    )


def _cut_reading(text: str, family: NamePart, given: NamePart) -> tuple[str, str] | None:
    """Cut an unspaced reading where its halves agree with the guessed keys, else by lexicon."""
    if script_of(text) != "kana":
        return split_latin(text)
    halves = [(text[:cut], text[cut:]) for cut in range(1, len(text))]
    for first, second in halves:
        if kana_key(first) in family.keys and kana_key(second) in given.keys:
            return first, second
    for first, second in halves:
        if kana_key(first) in family.keys or kana_key(second) in given.keys:
            return first, second
    return split_kana(text)


# ---- the whole


@lru_cache(CACHE_SIZE)
def _field(text: str, role: str) -> tuple[NamePart, bool]:
    """Part of a field that holds only the family or only the given name, and whether it is weak.

    Weak: a word that is a name only beside another name (Guest, None).
    """
    tidied = tidy(text).strip()
    if is_placeholder(tidied, alone=False):
        return NO_PART, False
    maiden = _MAIDEN.search(tidied)
    tidied = _BRACKETS.sub(" ", tidied) if _BRACKETS.sub("", tidied).strip() else tidied
    if maiden is not None and role == "family":
        tidied = _MAIDEN.sub(" ", tidied)
    tidied = _HYPHENATED_HONORIFIC.sub("", _HONORIFIC_END.sub("", tidied.strip()))
    tidied = _MIDDLE_DOTS.sub(" ", tidied)
    tokens = _strip_words([_token(piece) for piece in tidied.replace(",", " ").split()])
    part = make_part(_raw(tokens), role)
    if maiden is not None and role == "family" and part.exact is not None:
        former = make_part(maiden[1], "family").keys
        keys = tuple(sorted({*part.keys, *former}))
        part = NamePart(part.exact, part.script, keys, keys)
    return part, is_placeholder(tidied)


def _without(full: str, part: str) -> str | None:
    """What is left of a full name beside one of its parts; None when it does not contain it."""
    folded, piece = fold_characters(tidy(full)).strip(), fold_characters(tidy(part)).strip()
    if piece and folded != piece:
        if folded.startswith(piece):
            return folded[len(piece) :].strip(" ,") or None
        if folded.endswith(piece):
            return folded[: -len(piece)].strip(" ,") or None
    return None


def _holds_full_name(text: str) -> bool:
    """Whether a lone field holds a whole Japanese name (田中 太郎, 田中太郎)."""
    tidied = tidy(text).strip()
    if script_of(tidied) not in ("kanji", "kana"):
        return False
    if " " in tidied or "," in tidied:
        return True
    folded = fold_characters(tidied)
    return (
        script_of(folded) == "kanji"
        and len(folded) >= 3
        and (folded not in lexicon.family_readings() and folded not in lexicon.given_readings())
    )


def split_person_name(
    full_name: str | None,
    given_name: str | None,
    family_name: str | None,
    name_reading: str | None,
) -> Split:
    """Family and given part of a record's name fields; see `parse_person_name`."""
    if family_name is not None and given_name is not None:
        family, is_family_weak = _field(family_name, "family")
        given, is_given_weak = _field(given_name, "given")
        if (is_family_weak or family.exact is None) and (is_given_weak or given.exact is None):
            name = NO_NAME
        else:
            name = family, given, True
        if name[0].exact is None and name[1].exact is None and full_name is not None:
            name = split_full_name(full_name)
    elif family_name is not None or given_name is not None:
        name = _split_lone_field(full_name, given_name, family_name)
    elif full_name is not None:
        name = split_full_name(full_name)
    else:
        name = NO_NAME
    if name_reading is not None:
        name = apply_reading(name, name_reading)
    return name


def _split_lone_field(
    full_name: str | None, given_name: str | None, family_name: str | None
) -> Split:
    lone = family_name if family_name is not None else given_name
    assert lone is not None
    role = "family" if family_name is not None else "given"
    other = "given" if role == "family" else "family"
    part, is_weak = _field(lone, role)
    if part.exact is None or is_weak:
        return NO_NAME if full_name is None else split_full_name(full_name)
    rest = _without(full_name, lone) if full_name is not None else None
    if rest is not None:
        remainder, _ = _field(rest, other)
        return (part, remainder, True) if role == "family" else (remainder, part, True)
    if _holds_full_name(lone):
        return split_full_name(lone)
    return (part, NO_PART, True) if role == "family" else (NO_PART, part, True)


def parse_person_name(
    full_name: str | None = None,
    given_name: str | None = None,
    family_name: str | None = None,
    name_reading: str | None = None,
) -> PersonName:
    """The name of a person in comparable form.

    Separate fields are trusted; otherwise the full name is split. Placeholders (Guest, 不明) and
    what cannot be split are null with no keys. Keys are sorted and distinct; a phonetic spelling
    replaces the readings that were guessed from kanji.

    >>> parse_person_name("田中太郎 様").family_keys
    ('tanaka',)
    >>> parse_person_name("TANAKA Taro").given
    'taro'
    """
    family, given, is_order_known = split_person_name(
        full_name, given_name, family_name, name_reading
    )
    return PersonName(
        family=family.exact,
        given=given.exact,
        family_script=family.script,
        given_script=given.script,
        family_keys=family.keys,
        given_keys=given.keys,
        given_nickname_keys=given.nickname_keys,
        is_order_known=is_order_known,
    )
