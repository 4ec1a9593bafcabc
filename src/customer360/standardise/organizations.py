"""Company names: the core name, its legal form, and the keys that it may match by."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from customer360.standardise import lexicon
from customer360.standardise.kana import fold_characters, kana_key, romaji_key
from customer360.standardise.letters import CACHE_SIZE, fold_umlauts, strip_accents
from customer360.standardise.names import is_placeholder, placeholder_starts

MAX_KEYS = 12


class OrganizationName(NamedTuple):
    """A company name in the shape of the `organization_name` function's result."""

    name: str
    legal_form: str | None
    keys: tuple[str, ...]


# words that many companies share: a key only where the name has nothing else
_COMMON_WORDS_TEXT = """
the and of de la le les der die das for fur pour group groupe gruppe holding holdings international
global worldwide europe european japan america american usa uk us germany deutschland france china
asia pacific national united general services service solutions systems system technologies
technology tech consulting management partners associates enterprises enterprise industries
industrie industrial trading company co corp inc ltd limited bank shop store office center centre
north south east west new my
"""
_COMMON_WORDS = frozenset(_COMMON_WORDS_TEXT.split())
_BRANCH = re.compile(
    r"(?<=..)(?:本社|本店|本部|[^\s]{1,6}(?:支店|支社|営業所|出張所|事業所|事業部|工場|センター店))$"
)
_JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff々]")
_WORDS = re.compile(r"[^\W_]+")
_PUNCTUATION = re.compile(r"[^\w&+]+")
_LATIN_RUN = re.compile(r"[a-z0-9]+")
_KANA_RUN = re.compile(r"[ァ-ヺー]+")
_JAPANESE_NOISE = re.compile(r"[\s・.,'\"\-_/&+]+")


@cache
def _latin_forms() -> dict[tuple[str, ...], str]:
    return {
        tuple(row["form"].split()): row["code"]
        for row in lexicon.rows("legal_forms.csv")
        if row["kind"] == "latin"
    }


@cache
def _latin_form_words() -> frozenset[str]:
    return frozenset(chain.from_iterable(_latin_forms()))


@cache
def _japanese_forms() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for a legal form at either end, and the code of each form."""
    codes: dict[str, str] = {}
    full: list[str] = []
    short: list[str] = []
    for row in lexicon.rows("legal_forms.csv"):
        form = fold_characters(row["form"])
        if row["kind"] == "japanese":
            codes[form] = row["code"]
            full.append(re.escape(form))
        elif row["kind"] == "kana_abbreviation":
            codes[form] = row["code"]
            short.append(form)
    forms = "|".join(sorted(full, key=len, reverse=True))
    kana = "|".join(sorted(short, key=len, reverse=True))
    return re.compile(
        rf"^\s*(?P<before>{forms})\s*|\s*(?P<after>{forms})\s*$"
        rf"|^\s*\(?(?P<opening>{kana})\)\s*|\s*\((?P<closing>{kana})\)?\s*$"
    ), codes


@cache
def _aliases() -> dict[str, str]:
    """Compact folded alias → brand key."""
    return {_compact(row["alias"]): row["brand"] for row in lexicon.rows("company_aliases.csv")}


@cache
def _brands() -> frozenset[str]:
    return frozenset(_aliases().values())


@cache
def _company_words() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    table = {
        fold_characters(row["word"]): (row["romaji"], row["english"])
        for row in lexicon.rows("company_words.csv")
    }
    pattern = "|".join(sorted(map(re.escape, table), key=len, reverse=True))
    return re.compile(pattern), table


def _compact(text: str) -> str:
    return _JAPANESE_NOISE.sub("", strip_accents(fold_characters(text)))


def _strip_latin_form(words: list[str]) -> tuple[list[str], str | None]:
    """Words without the legal forms at either end; the code of the last, most telling form."""
    code: str | None = None
    forms, form_words = _latin_forms(), _latin_form_words()
    while len(words) > 1 and words[-1] in form_words:
        for size in range(min(6, len(words) - 1), 0, -1):
            found = forms.get(tuple(words[-size:]))
            if found is not None:
                code = code or found
                words = words[:-size]
                if words[-1] == "and" and len(words) > 1:
                    words = words[:-1]
                break
        else:
            break
    if code is None and len(words) > 1 and words[0] in form_words:
        # "SARL Dupont", "K.K. Acme"; a short word there may well be a name (SA Brain, AG Edwards)
        for size in range(min(3, len(words) - 1), 0, -1):
            found = forms.get(tuple(words[:size]))
            if found is not None and (
                sum(map(len, words[:size])) > 2 or found in ("KK", "YK", "GK", "SA", "SE")
            ):
                return words[size:], found
    return words, code


_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}[a-z]?\b\.?|\b[a-z](?:/[a-z])+\b")


def _latin_words(text: str) -> list[str]:
    text = strip_accents(text)
    # K.K., S.A.R.L., A/S are one word
    if "." in text or "/" in text:
        text = _DOTTED.sub(lambda m: m[0].replace(".", "").replace("/", "") + " ", text)
    text = text.replace(".", "").replace("'", "").replace("’", "")
    text = text.replace("&", " and ").replace("+", " and ")
    words = _WORDS.findall(text)
    return ["and" if w in ("und", "et", "y") else fold_umlauts(w) for w in words]


def _latin_name(text: str) -> tuple[str, str | None, list[str]]:
    words, code = _strip_latin_form(_latin_words(text))
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    compact = "".join(words)
    keys = [compact]
    if len(words) > 1:
        telling = [w for w in words if w not in _COMMON_WORDS and len(w) > 2]
        keys += telling
        if len(telling) > 1 and len(telling) < len(words):
            keys.append("".join(telling))
    brand = _aliases().get(compact)
    if brand is not None:
        keys.append(brand)
    return " ".join(words), code, keys


@lru_cache(CACHE_SIZE)
def _spoken(text: str) -> tuple[str, ...]:
    """Romaji keys of a Japanese company name as far as its words are known."""
    pattern, table = _company_words()
    romaji: list[str] = []
    english: list[str] = []
    position = 0
    while position < len(text):
        match = pattern.match(text, position)
        if match is not None:
            sound, meaning = table[match[0]]
            romaji.append(sound)
            english.append(meaning or sound)
            position = match.end()
            continue
        run = _LATIN_RUN.match(text, position) or _KANA_RUN.match(text, position)
        if run is not None:
            # a known word inside the run ends it: アクメジャパン
            inner = pattern.search(text, position + 1, run.end())
            piece = text[position : inner.start()] if inner else run[0]
            sound = piece if piece.isascii() else kana_key(piece)
            romaji.append(sound)
            english.append(_aliases().get(piece, sound))
            position += len(piece)
            continue
        following = pattern.search(text, position)
        end = following.start() if following else len(text)
        other = _KANA_RUN.search(text, position, end) or _LATIN_RUN.search(text, position, end)
        if other is not None:
            end = other.start()
        keys = lexicon.family_keys().get(text[position:end])
        if keys is None:
            return ()
        sound = keys.split(" ", 1)[0]
        romaji.append(sound)
        english.append(sound)
        position = end
    return tuple(dict.fromkeys((romaji_key("".join(romaji)), "".join(english))))


def _japanese_name(text: str) -> tuple[str, str | None, list[str]]:
    pattern, codes = _japanese_forms()
    code: str | None = None
    core = text
    for _ in range(2):
        match = pattern.search(core)
        if match is None or len(core) == len(match[0]):
            break
        code = code or codes[match[match.lastgroup or 0]]
        core = (core[: match.start()] + " " + core[match.end() :]).strip()
    if code is None:
        # アクメ Inc.
        words = core.split()
        rest, found = _strip_latin_form([_PUNCTUATION.sub("", w) for w in words])
        if found is not None and rest:
            core, code = (
                " ".join(words[-len(rest) :] if rest[-1:] == words[-1:] else words[: len(rest)]),
                found,
            )
    name = _JAPANESE_NOISE.sub("", core)
    name = re.sub(r"[()]", "", name)
    main = _JAPANESE_NOISE.sub("", _BRANCH.sub("", core))
    keys = [name]
    for form in dict.fromkeys((main, name)):
        keys += _spoken(form)
        brand = _aliases().get(form)
        if brand is not None:
            keys.append(brand)
    if main != name:
        keys.append(main)
    for run in _LATIN_RUN.findall(main):
        if len(run) > 2 and run not in _COMMON_WORDS:
            keys.append(run)
    for run in _KANA_RUN.findall(main):
        if len(run) > 1:
            keys.append(kana_key(run))
            brand = _aliases().get(run)
            if brand is not None:
                keys.append(brand)
    return name, code, keys


def _is_placeholder(folded: str) -> bool:
    first = folded.split(None, 1)[0]
    if first.isalpha() and first not in placeholder_starts() and len(set(first)) > 1:
        return False
    return is_placeholder(folded, alone=False) and not any(c.isdigit() for c in folded)


def parse_organization_name(text: str | None) -> OrganizationName | None:
    """The comparable form of a company's name; None for blanks and placeholders.

    `name` is folded and without its legal form, `keys` are sorted and distinct: the whole name
    written together, its telling words, the romaji of kana and of known words, a known brand.

    >>> parse_organization_name("株式会社アクメ").keys
    ('acme', 'akume', 'アクメ')
    """
    if text is None:
        return None
    folded = fold_characters(text).strip()
    if not folded or _is_placeholder(folded):
        return None
    if _JAPANESE.search(folded):
        name, code, keys = _japanese_name(folded)
    else:
        name, code, keys = _latin_name(folded)
    if not name:
        return None
    kept = sorted(dict.fromkeys(key for key in keys if key))[:MAX_KEYS]
    return OrganizationName(name, code, tuple(kept))
