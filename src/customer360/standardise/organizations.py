"""Company names: the core name, its legal form, and the keys that it may match by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, islice, product
from typing import NamedTuple

from customer360.standardise import lexicon
from customer360.standardise.countries import parse_country
from customer360.standardise.kana import fold_characters, is_romaji, kana_key, romaji_key
from customer360.standardise.letters import CACHE_SIZE, fold_umlauts, strip_accents
from customer360.standardise.names import is_placeholder, placeholder_starts

MAX_KEYS = 24


class OrganizationName(NamedTuple):
    """A company name in the shape of the `organization_name` function's result.

    `name` is folded, without legal form and branch. `keys` are sorted and distinct: the whole name
    written together, its telling words, the romaji of kana and of known words, a known brand.
    `sounds` is the whole name in one folded Latin form per way to read or translate it, the
    likeliest first; `stems` the same of its beginnings, such as a parent company's name; `words`
    its words in that form. `is_branch`: the name says which site of the company is meant.
    """

    name: str
    legal_form: str | None
    keys: tuple[str, ...]
    sounds: tuple[str, ...]
    stems: tuple[str, ...]
    words: tuple[str, ...]
    is_branch: bool


class _Parts(NamedTuple):
    """A name taken apart: each word with the Latin forms that it may have."""

    name: str
    legal_form: str | None
    keys: list[str]
    words: Sequence[tuple[str, ...]]
    is_branch: bool


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
# words that come and go within one company's name
_FILL_WORDS_TEXT = "the and of de la le les du des der die das for fur pour"
_FILL_WORDS = frozenset(_FILL_WORDS_TEXT.split())
_PLACE_STARTS_TEXT = "san los las new saint st fort santa el la le bad port"
_PLACE_STARTS = frozenset(_PLACE_STARTS_TEXT.split())
_PLACE_MIDDLES_TEXT = "upon on am an der le la les sur under in"
_PLACE_MIDDLES = frozenset(_PLACE_MIDDLES_TEXT.split())
# a legal form of these codes after a name ends it, even where more words follow
_ENDING_CODES_TEXT = "LTD PLC INC LLC LLP GMBH GMBH_CO_KG KGAA SARL SAS PTY_LTD"
_ENDING_CODES = frozenset(_ENDING_CODES_TEXT.split())
_LONGEST_PLACE = 4
_MAX_SOUNDS = 24
_SHORTEST_STEM = 3

_HEAD_OFFICE = re.compile(r"(?<=..)(?:本社|本店|本部)$")
_JAPANESE_SITE = re.compile(
    r"(?<=..)(?:支店|支社|支局|支部|営業所|営業部|出張所|事業所|事業部|工場|センター店|オフィス)$"
)
_JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff々]")
_WORDS = re.compile(r"[^\W_]+")
_PUNCTUATION = re.compile(r"[^\w&+]+")
_LATIN_RUN = re.compile(r"[a-z0-9]+")
_KANA_RUN = re.compile(r"[ァ-ヺー]+")
_JAPANESE_NOISE = re.compile(r"[\s・.,'\"\-_/&+]+")
_TAIL = re.compile(r"\s*\(([^()]*)\)\s*$|\s+[-\u2013\u2014|/]\s*([^-\u2013\u2014|/]+)$")
_LONG_VOWEL = re.compile(r"([aiueo])\1+")


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
def _japanese_forms() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, str]]:
    """Patterns for a legal form at either end, and before a site; the code of each form."""
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
    return (
        re.compile(
            rf"^\s*(?P<before>{forms})\s*|\s*(?P<after>{forms})\s*$"
            rf"|^\s*\(?(?P<opening>{kana})\)\s*|\s*\((?P<closing>{kana})\)?\s*$"
        ),
        re.compile(rf"(?<=..)(?:{forms}|\((?:{kana})(?:\)|(?=[\s\u3400-\u9fff])))"),
        codes,
    )


@cache
def _aliases() -> dict[str, str]:
    """Compact folded alias → brand key."""
    return {_compact(row["alias"]): row["brand"] for row in lexicon.rows("company_aliases.csv")}


@cache
def _brands() -> frozenset[str]:
    return frozenset(_aliases().values())


@cache
def _company_words() -> dict[str, tuple[str, ...]]:
    """Word of Japanese company names → its romaji and its translations."""
    return {
        fold_characters(row["word"]): tuple(
            dict.fromkeys((row["romaji"], *map(_plain, row["english"].split())))
        )
        for row in lexicon.rows("company_words.csv")
    }


@cache
def _spoken_words() -> dict[str, tuple[str, ...]]:
    """Romaji of a word of Japanese company names → that and its translations."""
    table: dict[str, tuple[str, ...]] = {}
    for forms in _company_words().values():
        if len(forms[0]) >= 4:
            table[forms[0]] = tuple(dict.fromkeys((*table.get(forms[0], ()), *forms)))
    return table


@cache
def _terms(kind: str) -> dict[str, str]:
    return {
        row["term"]: row["standard"]
        for row in lexicon.rows("company_terms.csv")
        if row["kind"] == kind
    }


@cache
def _place_names() -> frozenset[str]:
    """Prefectures and municipalities of Japan as branches are named for them: 大阪, 新宿."""
    places: set[str] = set()
    for area, place in lexicon.japanese_places().values():
        for name in (area, *re.split(r"(?<=[市郡])", place)):
            folded = fold_characters(name)
            places.add(folded)
            places.add(re.sub(r"[都府県市区町村]$", "", folded))
    return frozenset(place for place in places if len(place) > 1 or place in ("港", "北", "南"))


def _compact(text: str) -> str:
    return _JAPANESE_NOISE.sub("", strip_accents(fold_characters(text)))


def _plain(word: str) -> str:
    """A Latin word in full, without the s of its plural, and in one romanisation."""
    word = _terms("abbreviation").get(word, word)
    if len(word) > 3 and word.endswith("s") and word[-2] != "s":
        word = word[:-1]
    return romaji_key(word) if is_romaji(word) else word


def _sound(text: str) -> str:
    """One form for all spellings: no long vowels, whether they are written or not."""
    return _LONG_VOWEL.sub(r"\1", text)


def _sounds(words: Sequence[tuple[str, ...]]) -> list[str]:
    """The ways to write `words` together, each word's likeliest form first."""
    joined = islice(product(*words), _MAX_SOUNDS)
    return list(dict.fromkeys(_sound("".join(forms)) for forms in joined))


def _is_place(words: Sequence[str]) -> bool:
    """Whether words after a company's name can say where a branch is."""
    return (
        0 < len(words) <= _LONGEST_PLACE
        and not any(word.isdigit() for word in words)
        and parse_country(" ".join(words)) is None
        and words[0] != "of"
        and not any(
            word in _terms("trade")
            or word in _terms("abbreviation")
            or word in _COMMON_WORDS - _FILL_WORDS - _PLACE_STARTS - _PLACE_MIDDLES
            or word in _latin_form_words() - {"am"}
            or (parse_country(word) is not None and len(word) > 2)
            for word in words
        )
    )


def _without_tail(text: str) -> tuple[str, bool]:
    """`text` without a place in brackets or after a dash at its end."""
    match = _TAIL.search(text)
    if match is None or not match.start():
        return text, False
    words = _latin_words(match[1] or match[2])
    site_words = _terms("site_after").keys() | _terms("site_before").keys()
    named = [word for word in words if word not in site_words]
    if named != words or _is_place(named):
        return text[: match.start()], True
    return text, False


def _without_site(words: list[str]) -> tuple[list[str], bool]:
    """`words` without a branch at their end: X Ltd Leeds, X Chicago Branch, X NL Köln."""
    before = _terms("site_before")
    for at in range(1, len(words)):
        if words[at] in before and _is_place(words[at + 1 :]):
            return words[:at], True
    end = _end_of_form(words)
    if words[-1] in _terms("site_after") and len(words) > 2:
        if end is not None and end < len(words) - 1:
            return words[:end], True
        return words[: _start_of_place(words[:-1])], True
    if end is not None and _is_place(words[end:]):
        return words[:end], True
    return words, False


def _end_of_form(words: Sequence[str]) -> int | None:
    """Where a legal form that cannot be part of a name ends inside `words`."""
    forms, form_words = _latin_forms(), _latin_form_words()
    for at in range(1, len(words)):
        if words[at] not in form_words:
            continue
        for size in range(min(6, len(words) - at), 0, -1):
            code = forms.get(tuple(words[at : at + size]))
            if code in _ENDING_CODES or (code is not None and size > 1):
                return at + size
    return None


def _start_of_place(words: Sequence[str]) -> int:
    """Where the place begins that ends `words`: after the last word of a trade, or the last one."""
    trades = _terms("trade").keys() | _terms("abbreviation").keys() | _COMMON_WORDS - _PLACE_STARTS
    for at in range(len(words) - 1, max(0, len(words) - 1 - _LONGEST_PLACE), -1):
        if words[at - 1] in trades and words[at - 1] not in _FILL_WORDS:
            return at
    at = len(words) - 1
    if at > 1 and (words[at - 1] in _PLACE_STARTS or words[at - 1] in _PLACE_MIDDLES):
        at -= 2 if words[at - 1] in _PLACE_MIDDLES and at > 2 else 1
    return max(at, 1)


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
    text = text.replace(".-", " ").replace(".", "").replace("'", "").replace("’", "")
    text = text.replace("&", " and ").replace("+", " and ")
    words = _WORDS.findall(text)
    # noen and inoue are Japanese, no umlauts
    return [
        "and" if w in ("und", "et", "y") else w if is_romaji(w) else fold_umlauts(w) for w in words
    ]


def _latin_name(text: str) -> _Parts:
    text, is_branch = _without_tail(text)
    words, is_site = _without_site(_latin_words(text) or [""])
    words, code = _strip_latin_form(words)
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
    plain = [(_plain(word),) for word in words if word not in _FILL_WORDS] or [(compact,)]
    return _Parts(" ".join(words), code, keys, plain, is_branch or is_site)


_UNKNOWN = 3.0
_LONGEST_WORD = 20


@lru_cache(CACHE_SIZE)
def _japanese_words(text: str) -> tuple[tuple[str, ...], ...]:
    """The words of a Japanese company name, each with its Latin forms, the likeliest first.

    The division of least cost: known words of company names, surnames, runs of kana and Latin
    letters, and what is left, one character at a time.
    """
    best: list[tuple[float, int, tuple[str, ...]]] = [(0.0, 0, ())]
    for end in range(1, len(text) + 1):
        found = [
            (best[start][0] + cost, start, forms)
            for start in range(max(0, end - _LONGEST_WORD), end)
            for cost, forms in _readings(text, start, end)
        ]
        best.append(min(found, key=lambda option: (option[0], -option[1])))
    words: list[tuple[str, ...]] = []
    end = len(text)
    while end:
        _, start, forms = best[end]
        words.insert(0, forms)
        end = start
    return tuple(chain.from_iterable(map(_spoken_parts, words)))


def _readings(text: str, start: int, end: int) -> Iterator[tuple[float, tuple[str, ...]]]:
    """What text[start:end] may be as one word: its cost and Latin forms."""
    piece = text[start:end]
    forms = _company_words().get(piece)
    if forms is not None:
        yield (1.0 if end - start > 1 else 1.7), forms
    brand = _aliases().get(piece)
    if _KANA_RUN.fullmatch(piece):
        sound = kana_key(piece)
        yield 1.0 + 0.5 * (end - start), (sound,) if brand is None else (sound, brand)
        return
    if brand is not None:
        yield 1.1, (brand,)
    if _LATIN_RUN.fullmatch(piece):
        yield 1.0 + 0.1 * (end - start), (_plain(piece),)
        return
    keys = lexicon.family_keys().get(piece)
    if keys is not None:
        cost = (1.2 if start == 0 else 2.0) + (0.5 if end - start == 1 else 0.0)
        yield cost, tuple(keys.split(" ")[:4])
    if end - start == 1:
        readings = lexicon.character_readings("given").get(piece, ())
        yield _UNKNOWN, tuple(kana_key(reading) for reading, _ in readings[:2]) or (piece,)


def _spoken_parts(forms: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A word in kana may end in known words, as banks write it: ヤマグチケンセツ."""
    if len(forms) > 1 or forms[0] in _spoken_words():
        return [forms]
    words = _spoken_words()
    text = forms[0]
    tail: list[tuple[str, ...]] = []
    for _ in range(3):
        for size in range(min(len(text) - 3, _LONGEST_WORD), 3, -1):
            known = words.get(text[-size:])
            if known is not None:
                tail.insert(0, known)
                text = text[:-size]
                break
        else:
            break
    return [(text,), *tail]


def _without_japanese_site(text: str) -> tuple[str, bool]:
    """`text` without 本社 or a branch such as 大阪支店 at its end."""
    head = _HEAD_OFFICE.sub("", text)
    if head != text:
        return head.rstrip(" ("), True
    match = _JAPANESE_SITE.search(text)
    if match is None:
        return text, False
    rest = text[: match.start()]
    # after a space or a legal form the whole is a place: 山田建設㈱ 新宿西口支店
    words = re.split(r"[\s(]+(?=[^\s()]{1,10}$)", rest)
    forms = list(_japanese_forms()[1].finditer(rest))
    if forms and 0 < len(rest) - forms[-1].end() <= 10:
        return rest[: forms[-1].end()], True
    if len(words) == 2 and len(words[0]) > 1 and not _japanese_forms()[0].fullmatch(words[0]):
        return words[0], True
    for size in range(min(6, len(rest) - 2), 0, -1):
        if rest[-size:] in _place_names():
            return rest[:-size], True
    for size in range(1, min(6, len(rest) - 2)):
        if any(rest[:-size].endswith(word) for word in _company_words() if len(word) > 1):
            return rest[:-size], True
    return (rest[:-2], True) if len(rest) > 4 else (text, False)


def _japanese_name(text: str) -> _Parts:
    pattern, _, codes = _japanese_forms()
    code: str | None = None
    core, is_branch = _without_japanese_site(text)
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
    keys = [name]
    brand = _aliases().get(name)
    if brand is not None:
        keys.append(brand)
    for run in _LATIN_RUN.findall(name):
        if len(run) > 2 and run not in _COMMON_WORDS:
            keys.append(run)
    for run in _KANA_RUN.findall(name):
        if len(run) > 1:
            keys.append(kana_key(run))
            brand = _aliases().get(run)
            if brand is not None:
                keys.append(brand)
    return _Parts(name, code, keys, _japanese_words(name), is_branch)


def _is_placeholder(folded: str) -> bool:
    first = folded.split(None, 1)[0]
    if first.isalpha() and first not in placeholder_starts() and len(set(first)) > 1:
        return False
    return is_placeholder(folded, alone=False) and not any(c.isdigit() for c in folded)


def _distinct(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for key in keys if key))


def parse_organization_name(text: str | None) -> OrganizationName | None:
    """The comparable form of a company's name; None for blanks and placeholders.

    >>> parse_organization_name("株式会社アクメ").keys
    ('acme', 'akume', 'アクメ')
    >>> name = parse_organization_name("山田建設㈱ 大阪支店")
    >>> name.name, name.sounds, name.is_branch
    ('山田建設', ('yamadakensetsu', 'yamadaconstruction'), True)
    """
    if text is None:
        return None
    folded = fold_characters(text).strip()
    if not folded or _is_placeholder(folded):
        return None
    is_japanese = _JAPANESE.search(folded) is not None
    parts = _japanese_name(folded) if is_japanese else _latin_name(folded)
    if not parts.name:
        return None
    words = parts.words
    sounds = _sounds(words)
    brand = _aliases().get(parts.name.replace(" ", ""))
    if brand is not None:
        sounds.append(brand)
    if parts.name.endswith(" japan") and parts.name.removesuffix(" japan") in _brands():
        sounds.append(parts.name.removesuffix(" japan"))
    if len(words) > 1 and words[0][0] == "nihon":
        # 日本オラクル is Oracle Japan
        sounds += _sounds([*words[1:], ("japan",)])
    if not is_japanese and len(words) > 1:
        # words in another order
        sounds.append(_sound("".join(sorted(forms[0] for forms in words))))
    # a text of thousands of words is no name, and its beginnings would fill the memory
    beginnings = range(1, min(len(words), MAX_KEYS))
    stems = chain.from_iterable(_sounds(words[:count]) for count in beginnings)
    whole = set(sounds)
    keys = [*parts.keys, *(sounds[:4] if is_japanese else sounds[:1])]
    return OrganizationName(
        parts.name,
        parts.legal_form,
        tuple(sorted(_distinct(keys))[:MAX_KEYS]),
        _distinct(sounds),
        _distinct(
            stem
            for stem in stems
            if len(stem) >= _SHORTEST_STEM and stem not in _COMMON_WORDS and stem not in whole
        ),
        _distinct(_sound(forms[0]) for forms in words),
        parts.is_branch,
    )
