"""Names of persons: which part is the family name, which the given name.

A key is folded romaji or ASCII. A kanji part has a key for every plausible reading, so that
田中太郎, タナカタロウ, "TANAKA Taro" and the mailbox t.tanaka share keys. Names are never guessed
into one form: the exact form stays beside the keys.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from customer360.standardise import lexicon
from customer360.standardise.kana import fold_characters, is_romaji, kana_key
from customer360.standardise.letters import CACHE_SIZE, latin_keys
from customer360.standardise.name_parts import (
    NO_PART,
    NamePart,
    add_keys,
    apply_spoken,
    fold_words,
    has_letter,
    make_part,
    script_of,
    strip_punctuation,
    tidy,
    word_set,
)
from customer360.standardise.unspaced_names import (
    kana_weights,
    latin_weights,
    split_camel_case,
    split_kana,
    split_kanji,
    split_latin,
)


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


Split = tuple[NamePart, NamePart, bool]
"""Family part, given part, whether something decided which is which."""

NO_NAME: Split = (NO_PART, NO_PART, False)


# ---- a name in one field


class _Token:
    """What one blank-separated piece of a full name is, whatever stands around it."""

    __slots__ = (
        "bias",
        "family",
        "folded",
        "given",
        "is_capitals",
        "is_initial",
        "is_plain",
        "is_suspect",
        "kind",
        "raw",
        "script",
        "weights",
    )

    family: NamePart
    given: NamePart

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.script = script_of(raw)
        self.folded = fold_characters(raw)
        letters = raw if raw.isalpha() else strip_punctuation(raw)
        self.is_initial = self.script == "latin" and len(letters) == 1 and letters.isalpha()
        self.is_capitals = self.script == "latin" and len(letters) > 1 and letters.isupper()
        self.kind = "" if self.is_initial else _kind(self.folded)
        self.weights = _token_weights(self.script, self.folded)
        self.bias = self.weights[0] - self.weights[1]
        self.is_suspect = _is_suspect(raw, self.folded)
        # a word that only the lexicon can place
        self.is_plain = _PLAIN_WORD.fullmatch(raw) is not None and not (
            self.kind or self.is_initial or self.is_capitals or self.is_suspect
        )

    def __getattr__(self, role: str) -> NamePart:
        # the part that the word would be, made when it is first asked for
        if role not in ("family", "given"):
            raise AttributeError(role)
        part = make_part(self.raw, role)
        setattr(self, role, part)
        return part


@cache
def _kinds() -> dict[str, str]:
    return {word: kind for kind in ("particle", "suffix", "title") for word in word_set(kind)}


def _kind(folded: str) -> str:
    """What a folded word is other than a name: title, suffix, particle, or nothing of these."""
    kinds = _kinds()
    bare = folded.rstrip(".")
    found = kinds.get(folded, "")
    return found if bare == folded else max(found, kinds.get(bare, ""), key=_KIND_ORDER.index)


_KIND_ORDER = ("", "particle", "suffix", "title")


def _is_suspect(raw: str, folded: str) -> bool:
    """Whether a word, given as typed and folded, may be a placeholder, or the start of one."""
    bare = folded.rstrip(".")
    return (
        bare in placeholder_starts()
        or folded in placeholder_starts()
        or not (raw.isalpha() or has_letter(raw))
        or (len(bare) > 2 and bare == bare[0] * len(bare))
    )


def _token_weights(script: str, folded: str) -> lexicon.Weights:
    if script == "latin":
        words = fold_words(folded)
        return latin_weights(words[0]) if words else lexicon.UNKNOWN
    if script == "kana":
        western = lexicon.katakana_names().get(folded)
        return lexicon.western_names()[western] if western else kana_weights(folded)
    if script == "kanji":
        return _kanji_weights(folded)
    return lexicon.UNKNOWN


def _kanji_weights(folded: str) -> lexicon.Weights:
    return lexicon.family_weights().get(folded, 0.0), lexicon.given_weights().get(folded, 0.0)


# by so much 林 and 治 must be commoner than 林治 as one given name
_HALVES_MARGIN = 3.0


def _is_one_kanji_name(folded: str, weights: lexicon.Weights) -> bool:
    """Whether kanji without a blank are a surname or a given name alone rather than both."""
    if weights[0] >= 3.5:
        return True
    if len(folded) > 2 or not max(weights):
        return False
    if len(folded) == 1:
        return True
    halves = _kanji_weights(folded[0])[0] + _kanji_weights(folded[1])[1]
    return halves < max(weights) + _HALVES_MARGIN


_token = lru_cache(CACHE_SIZE)(_Token)

_BRACKETS = re.compile(r"[(\[{【「『〔<](.*?)[)\]}】」』〕>]")
_MAIDEN = re.compile(
    r"(?:\b(?:née|nee|geb\.?|geborene|formerly)\s+|旧姓[:\s]*)([^\s()\[\]]+)", re.I
)
_HONORIFIC_END = re.compile(r"(?<=..)(?:様|さま|サマ|さん|氏|殿|先生|ちゃん|くん)+$")
_HYPHENATED_HONORIFIC = re.compile(r"-(?:san|sama|sensei|kun|chan)$", re.I)
_MIDDLE_DOTS = re.compile(r"[・·•=]")
_PLAIN_JAPANESE = re.compile(
    r"([\u3041-\u3096\u30a1-\u30f6ー\u4e00-\u9fff々ｦ-ﾟ]+)"
    r"(?:[ \u3000]([\u3041-\u3096\u30a1-\u30f6ー\u4e00-\u9fff々ｦ-ﾟ]+))?"
)
_HONORIFICS = ("様", "サマ", "サン", "氏", "殿", "先生", "チャン", "クン")
_PLAIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f']+")
_AFTER_LATIN = "\u0250"
_ORDINARY_CHARACTERS = "".join(
    [" .'-", *map(chr, range(0x61, 0x7B)), *map(chr, range(0x41, 0x5B))]
    + [chr(code) for code in range(0xC0, 0x250)]
)
_SPECIAL = re.compile(
    r"[^A-Za-z\u00c0-\u024f. '\-]|\bn[ée]e\s|\bgeb\.?\s|\b(?:geborene|formerly)\s"
    r"|-(?:san|sama|sensei|kun|chan)$",
    re.I,
)
_ONE_JAPANESE_WORD = re.compile(r"[\u3041-\u3096\u30a1-\u30f6ー\u4e00-\u9fff々]+")
_PATRONYMIC = re.compile(r"(?:ович|евич|ьич|овна|евна|ична|инична)$")
_REPEATED = re.compile(r"(.)\1{2,}")
_HANGUL = re.compile(r"[가-힣]+")
_HANGUL_LONG_SURNAMES = ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문")

DECISIVE = 1.0
"""Order of magnitude by which one reading of two names must be likelier to count as known."""

FAMILY_FIRST = 2.5
"""The same for a Latin surname before the given name, against the western habit."""


def is_placeholder(text: str, *, alone: bool = True) -> bool:
    """Whether a whole field says that there is no name (Unknown, 不明, N/A, aaa).

    `alone`: nothing else names the person, so that words that may be names (Guest, None) count.
    """
    folded = " ".join(fold_characters(text).split()).strip(" .-_*?/")
    if not folded or "@" in folded or not has_letter(folded):
        return True
    if folded in word_set("placeholder") or _REPEATED.fullmatch(folded):
        return True
    if not alone:
        return False
    weak = word_set("placeholder_alone")
    if folded in weak:
        return True
    words = folded.split()
    return len(words) > 1 and all(w in weak or w in word_set("placeholder") for w in words)


@cache
def placeholder_starts() -> frozenset[str]:
    """First words of placeholders: a name that starts with none of them is none."""
    words = word_set("placeholder") | word_set("placeholder_alone")
    return frozenset(word.split()[0] for word in words)


def _is_family_first(first: _Token, second: _Token) -> bool:
    """Whether each of two Latin words is known for what it would be, the surname first."""
    if first.weights[0] < 2 or second.weights[1] >= 2:
        return first.weights[0] >= 2
    # a common Japanese surname before a rare given name
    is_japanese = any(key in lexicon.romaji_names() for key in latin_keys(first.folded))
    return is_japanese and first.bias >= 4 and is_romaji(second.folded)


def _order_by_capitals(
    tokens: list[_Token], capitals: list[bool]
) -> tuple[list[_Token], list[_Token]] | None:
    """Family and given tokens where capitals stand together at one end, and so name the family."""
    if not any(t.is_capitals for t in tokens) or all(
        c or t.is_initial for c, t in zip(capitals, tokens, strict=True)
    ):
        return None
    if sum(a != b for a, b in pairwise(capitals)) != 1:
        return None
    family = [t for c, t in zip(capitals, tokens, strict=True) if c]
    return family, [t for c, t in zip(capitals, tokens, strict=True) if not c]


def _order_by_particle(tokens: list[_Token]) -> tuple[list[_Token], list[_Token]] | None:
    """Family and given tokens where a particle (van, de) begins the family name."""
    particle = next((i for i, t in enumerate(tokens) if t.kind == "particle"), None)
    if particle is None or particle == len(tokens) - 1:
        return None
    if particle > 0:
        return tokens[particle:], tokens[:particle]
    end = next(i for i, t in enumerate(tokens) if t.kind != "particle" or i == len(tokens) - 1)
    if tokens[0].raw.islower() and end < len(tokens) - 1:
        return tokens[: end + 1], tokens[end + 1 :]
    return None


def _latin_order(tokens: list[_Token]) -> tuple[list[_Token], list[_Token], bool]:
    """Family tokens, given tokens, known: for two or more pieces without a comma."""
    capitals = [t.is_capitals or t.kind == "particle" for t in tokens]
    if True in capitals:
        found = _order_by_capitals(tokens, capitals) or _order_by_particle(tokens)
        if found is not None:
            return *found, True
    initials = [t.is_initial for t in tokens]
    if True in initials and False in initials:
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
        if balance >= FAMILY_FIRST and _is_family_first(tokens[0], tokens[1]):
            return tokens[:1], tokens[1:], True
        return tokens[1:], tokens[:1], balance <= -DECISIVE
    balance = tokens[0].bias - tokens[-1].bias
    if balance >= FAMILY_FIRST and _is_family_first(tokens[0], tokens[-1]):
        return tokens[:1], tokens[1:], True
    # two surnames at the end, as in Spanish
    if len(tokens) == 3 and tokens[1].bias >= 2 and tokens[2].bias >= 2 and tokens[0].bias <= -2:
        return tokens[1:], tokens[:1], True
    return tokens[-1:], tokens[:-1], balance <= -DECISIVE


def _raw(tokens: list[_Token]) -> str:
    return " ".join(t.raw for t in tokens)


def _part(tokens: list[_Token], role: str) -> NamePart:
    if len(tokens) > 1:
        return make_part(_raw(tokens), role)
    return tokens[0].family if role == "family" else tokens[0].given


def _split_single(token: _Token) -> Split:
    text = token.folded
    if token.script == "kanji":
        if _is_one_kanji_name(text, token.weights):
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
            joint = kana_weights(cut[0])[0] + kana_weights(cut[1])[1]
            if not whole or (joint > 2 * whole and len(text) > 4):
                return make_part(cut[0], "family"), make_part(cut[1], "given"), True
        if not whole:
            return NO_NAME
        is_family = token.bias >= 0
    elif token.script == "latin":
        camel = split_camel_case(token.raw)
        if len(camel) == 2 and camel[0] != "Mac":
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


_LATIN_ALONE = {"latin"}


def _split_words(tokens: list[_Token], *, is_given_first: bool = False) -> Split:
    if len(tokens) == 1:
        return _split_single(tokens[0])
    scripts = {t.script for t in tokens}
    if scripts == _LATIN_ALONE:
        family, given, is_known = _latin_order(tokens)
        return _part(family, "family"), _part(given, "given"), is_known
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
        return _part(family, "family"), _part(given, "given"), True
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
    return _part(family, "family"), _part(given, "given"), is_known


_TRAILING_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof"})


def _strip_words(tokens: list[_Token]) -> list[_Token]:
    start, end = 0, len(tokens)
    while start < end and tokens[start].kind == "title":
        start += 1
    while end > start + 1 and (
        tokens[end - 1].kind == "suffix" or tokens[end - 1].folded.rstrip(".") in _TRAILING_TITLES
    ):
        end -= 1
    return tokens[start:end]


def _split_plain_japanese(match: re.Match[str]) -> Split | None:
    """A name of kanji or kana in one piece or two; None for what needs a closer look."""
    if match[2] is not None:
        return _split_japanese_words(_japanese_word(match[1]), _japanese_word(match[2]))
    text = fold_characters(match[1])
    if len(text) < 3 or text.endswith(_HONORIFICS) or text in placeholder_starts():
        return None
    if script_of(text) == "kanji":
        if _is_one_kanji_name(text, _kanji_weights(text)):
            return None
        cut = split_kanji(text) if len(text) <= 8 else None
    else:
        if len(text) < 5 or kana_weights(text) != lexicon.UNKNOWN:
            return None
        cut = split_kana(text)
    if cut is None:
        return None
    return make_part(cut[0], "family"), make_part(cut[1], "given"), True


def _split_japanese_words(first: _Token, second: _Token) -> Split | None:
    if first.folded in placeholder_starts() or first.script != second.script:
        return None
    if second.folded in word_set("suffix") or second.folded.endswith(_HONORIFICS):
        return None
    one, two = first.weights, second.weights
    if two[0] - two[1] - one[0] + one[1] >= 2 * DECISIVE and one[0] < two[0]:
        first, second = second, first
    return first.family, second.given, True


def _japanese_word(raw: str) -> _Token:
    """The token of kanji or kana; that of the usual width for half-width kana."""
    token = _token(raw)
    return _token(token.folded) if token.script == "other" else token


def _split_two_words(text: str) -> Split | None:
    """A name of two Latin words that only the lexicon or a comma can place; None for any other."""
    words = text.split(" ")
    if len(words) != 2 or text >= _AFTER_LATIN:
        return None
    if words[0].endswith(","):
        first, second = _token(words[0][:-1]), _token(words[1])
        if first.is_plain and second.is_plain and tidy(text) == text:
            return first.family, second.given, True
        return None
    first, second = _token(words[0]), _token(words[1])
    if not (first.is_plain and second.is_plain):
        return None
    balance = first.bias - second.bias
    if balance >= FAMILY_FIRST and _is_family_first(first, second):
        return first.family, second.given, True
    return second.family, first.given, balance <= -DECISIVE


def _is_special(text: str) -> bool:
    """Whether a name has signs or words beside Latin names, initials and their punctuation."""
    if not text.strip(_ORDINARY_CHARACTERS):
        lowered = text.lower()
        if not (
            "-" in lowered
            or "ee " in lowered
            or "ée " in lowered
            or "geb" in lowered
            or "formerly" in lowered
        ):
            return False
    return _SPECIAL.search(text) is not None


def split_full_name(text: str) -> Split:
    """Family and given part of a name in one field.

    Decided by, in this order: a comma, capitals, a particle, an initial, the lexicon and the
    script. What is left is taken as given name first, and its order as not known.
    """
    return _split_two_words(text) or _split_any(text)


def _split_any(text: str) -> Split:
    if not _is_special(text):
        tokens = _strip_words([_token(piece) for piece in text.split()])
        if not tokens or (tokens[0].is_suspect and is_placeholder(_raw(tokens))):
            return NO_NAME
        return _split_words(tokens)
    plain = _PLAIN_JAPANESE.fullmatch(text)
    if plain is not None:
        split = _split_plain_japanese(plain)
        if split is not None:
            return split
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
        return add_keys(family, make_part(maiden[1], "family")), given, is_known
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
    plain = _PLAIN_JAPANESE.fullmatch(reading)
    if plain is not None and plain[2] and family.exact is not None and given.exact is not None:
        first, second = _japanese_word(plain[1]), _japanese_word(plain[2])
        return _apply_words(name, first, second)
    if plain is not None:
        text = fold_characters(reading)
        is_nothing = text in placeholder_starts()
    else:
        text = _HONORIFIC_END.sub("", _MIDDLE_DOTS.sub(" ", tidy(reading))).strip()
        is_nothing = is_placeholder(text)
    if is_nothing:
        return name
    if family.exact is None and given.exact is None:
        return split_full_name(reading)
    if given.exact is None or family.exact is None:
        part, role = (family, "family") if given.exact is None else (given, "given")
        spoken = apply_spoken(part, make_part(text, role))
        return (spoken, given, is_known) if role == "family" else (family, spoken, is_known)
    pieces = text.replace(",", " ").split()
    if len(pieces) < 2:
        cut = _cut_reading(fold_characters(text), family, given)
        if cut is None:
            return name
        pieces = list(cut)
    return _apply_words(name, _token(pieces[0]), _token(" ".join(pieces[1:])))


def _apply_words(name: Split, first: _Token, second: _Token) -> Split:
    family, given, is_known = name
    straight = first.family, second.given
    if _agreement(name, straight) < 2:
        crossed = second.family, first.given
        if _agreement(name, crossed) > _agreement(name, straight):
            straight = crossed
    return apply_spoken(family, straight[0]), apply_spoken(given, straight[1]), is_known


def _agreement(name: Split, reading: tuple[NamePart, NamePart]) -> int:
    return sum(
        any(key in spoken.keys for key in part.keys)
        for part, spoken in zip(name[:2], reading, strict=True)
    )


def _cut_reading(text: str, family: NamePart, given: NamePart) -> tuple[str, str] | None:
    """Cut an unspaced reading where its halves agree with the guessed keys, else by lexicon."""
    if script_of(text) != "kana":
        return split_latin(text)
    agreed: int | None = None
    for cut in range(1, len(text)):
        is_family = kana_key(text[:cut]) in family.keys
        is_given = kana_key(text[cut:]) in given.keys
        if is_family and is_given:
            return text[:cut], text[cut:]
        if agreed is None and (is_family or is_given):
            agreed = cut
    if agreed is not None:
        return text[:agreed], text[agreed:]
    return split_kana(text)


# ---- the whole


def _is_bare_word(text: str) -> bool:
    """Whether a field holds one word of letters, which is a name and nothing beside."""
    if text.isascii():
        if not text.isalpha():
            return False
    elif _ONE_JAPANESE_WORD.fullmatch(text) is None or _HONORIFIC_END.search(text) is not None:
        return False
    folded = fold_characters(text)
    return not _is_suspect(text, folded) and _kind(folded) != "title"


@lru_cache(CACHE_SIZE)
def _field(text: str, role: str) -> tuple[NamePart, bool]:
    """Part of a field that holds only the family or only the given name, and whether it is weak.

    Weak: a word that is a name only beside another name (Guest, None).
    """
    if _is_bare_word(text):
        return make_part(text, role), False
    return _field_of_words(text, role)


def _field_of_words(text: str, role: str) -> tuple[NamePart, bool]:
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
        part = add_keys(part, make_part(maiden[1], "family"))
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
        and (folded not in lexicon.family_keys() and folded not in lexicon.given_keys())
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


# log10 of a given name's weight in the lexicon from which it is a name in common use
_IN_COMMON_USE = 3.5


def is_given_name(key: str) -> bool:
    """Whether the folded key is a given name in common use, and so hardly a misspelling.

    >>> is_given_name("emily"), is_given_name("emilly")
    (True, False)
    """
    return lexicon.weights(key)[1] >= _IN_COMMON_USE
