"""E-mail addresses: one form per mailbox, and the name that a local part may spell."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from customer360.standardise import lexicon
from customer360.standardise.letters import CACHE_SIZE, latin_keys
from customer360.standardise.names import DECISIVE
from customer360.standardise.unspaced_names import latin_weights, split_camel_case, split_latin

Keys = tuple[tuple[str, ...], tuple[str, ...]]
"""Family keys and given keys."""

NO_KEYS: Keys = ((), ())


class Email(NamedTuple):
    """An address in comparable form, in the shape of the `email` function's result."""

    address: str
    local: str
    domain: str
    is_role: bool
    family_keys: tuple[str, ...]
    given_keys: tuple[str, ...]


# dots in a row or at the end are not allowed by the standard, but old docomo addresses have them
_LOCAL_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-!#$%&'*+/=?^`{|}~"
_LOCAL_SIZE = 64
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z][a-z0-9-]+")
_NO_DOMAIN = re.compile(r"\.\.|-\.|\.-|-$|\.(?!xn--)[a-z]*[0-9-][a-z0-9-]*$|\.[a-z]{25,}$")
_WRAPPED = re.compile(r"<([^<>]+)>\s*$")
_INTERNATIONAL = re.compile(r"[^\x00-\x7f]")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_ONE_LETTER = re.compile(r"(.)\1*")
_WORDS = re.compile(r"[a-z]+")


@cache
def _roles() -> frozenset[str]:
    return frozenset(row["mailbox"] for row in lexicon.rows("role_mailboxes.csv"))


@cache
def _placeholders(part: str) -> frozenset[str]:
    return frozenset(
        row["value"] for row in lexicon.rows("email_placeholders.csv") if row["part"] == part
    )


@cache
def _nobodys() -> frozenset[str]:
    """Local parts that are no person's: those of functions and those that only fill a field."""
    return _roles() | _placeholders("local")


def is_role_mailbox(local: str) -> bool:
    """Whether the lower-case local part names a function (info, sales-jp, support2), no person."""
    return local in _roles() or _are_role_words(_words(local))


def _words(local: str) -> list[str]:
    return [local] if local.isalpha() else _WORDS.findall(local)


def _are_role_words(words: list[str]) -> bool:
    roles = _roles()
    if not words or (words[0] not in roles and words[-1] not in roles):
        return False
    # a country or language may stand beside the function
    return all(word in roles for word in words) or (len(words) == 2 and min(map(len, words)) == 2)


class _Domain(NamedTuple):
    """The part of an address after the at sign; `name` is None where no person gets mail."""

    name: str | None
    typed: str
    is_gmail: bool
    is_one_letter: bool


@lru_cache(CACHE_SIZE)
def _domain(text: str) -> _Domain | None:
    """What a lower-case domain is; None for what has not the form of one."""
    if _DOMAIN.fullmatch(text) is None:
        return None
    typed = text.removesuffix(".invalid")
    if _NO_DOMAIN.search(text) or "." not in typed:
        return _Domain(None, typed, False, False)
    if typed in _placeholders("domain") or typed.endswith((".invalid", ".localhost", ".test")):
        return _Domain(None, typed, False, False)
    return _Domain(
        name="gmail.com" if typed in _GMAIL else typed,
        typed=typed,
        is_gmail=typed in _GMAIL,
        is_one_letter=_ONE_LETTER.fullmatch(typed.partition(".")[0]) is not None,
    )


@lru_cache(CACHE_SIZE)
def _single_word_keys(word: str) -> Keys:
    """Keys of a local part of one word: a name, two names, or an initial and a surname."""
    if len(word) < 2:
        return NO_KEYS
    family, given = latin_weights(word)
    if max(family, given) >= 3.0 or (max(family, given) >= 2.0 and len(word) >= 6):
        if family - given >= DECISIVE:
            return latin_keys(word), ()
        if given - family >= DECISIVE:
            return (), latin_keys(word)
        return latin_keys(word), latin_keys(word)
    cut = split_latin(word)
    if cut is not None:
        return (cut[0],), (cut[1],)
    # ttanaka, jsmith; tanakat, smithj
    if len(word) >= 5:
        leading, trailing = latin_weights(word[1:])[0], latin_weights(word[:-1])[0]
        if max(leading, trailing) >= 4.0:
            if leading >= trailing:
                return latin_keys(word[1:]), (word[0],)
            return latin_keys(word[:-1]), (word[-1],)
    return NO_KEYS


class _Word(NamedTuple):
    """What one word of a local part may be."""

    keys: tuple[str, ...]
    bias: float
    """How much rather a family than a given name, as a power of ten."""
    is_known: bool
    is_role: bool


@lru_cache(CACHE_SIZE)
def _word(text: str) -> _Word:
    family, given = latin_weights(text)
    return _Word(latin_keys(text), family - given, max(family, given) >= 2.0, text in _roles())


def _two_word_keys(first: str, second: str) -> Keys:
    if len(first) == 1 or len(second) == 1:
        initial, name = (first, second) if len(first) == 1 else (second, first)
        if len(name) < 3 or name in _roles():
            return NO_KEYS
        return _word(name).keys, (initial,)
    one, two = _word(first), _word(second)
    if one.is_role or two.is_role or not (one.is_known or two.is_known):
        return NO_KEYS
    balance = one.bias - two.bias
    if balance >= DECISIVE:
        return one.keys, two.keys
    if balance <= -DECISIVE:
        return two.keys, one.keys
    both = tuple(sorted({*one.keys, *two.keys}))
    return both, both


def local_part_keys(local: str) -> Keys:
    """Family and given keys of the name that a local part spells; none where it is no name.

    Where nothing says which of two words is the surname, both are keys of both parts. Upper case
    inside the text separates words.

    >>> local_part_keys("t.tanaka")
    (('tanaka',), ('t',))
    """
    if local.islower():
        return _word_keys(_words(local))
    words = [piece.lower() for piece in split_camel_case(local)]
    return _word_keys(words or _WORDS.findall(local.lower()))


def _word_keys(words: list[str]) -> Keys:
    if len(words) == 1:
        return _single_word_keys(words[0])
    if len(words) == 2:
        return _two_word_keys(words[0], words[1])
    # a middle name or initial
    return _two_word_keys(words[0], words[2]) if len(words) == 3 else NO_KEYS


def _clean(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    wrapped = _WRAPPED.search(text)
    if wrapped is not None:
        text = wrapped[1].strip()
    if text[:7].lower() == "mailto:":
        text = text[7:]
    local, at, domain = text.strip(" '\";,.<>()").partition("@")
    local = local.strip('"')
    if _INTERNATIONAL.search(domain):
        try:
            domain = domain.encode("idna").decode("ascii")
        except UnicodeError:
            return text
    # what Salesforce appends to addresses in sandboxes
    if domain.lower().endswith(".invalid"):
        domain = domain[: -len(".invalid")]
    return f"{local}{at}{domain}"


def _is_local_part(text: str) -> bool:
    return 0 < len(text) <= _LOCAL_SIZE and not text.strip(_LOCAL_CHARACTERS)


def parse_email(text: str | None) -> Email | None:
    """The address in `text`; None for what is no address or only stands in for one.

    Lower case, without the tag after a plus sign, Gmail without dots and under one domain.

    >>> parse_email("Taro.Tanaka+news@Gmail.com").address
    'tarotanaka@gmail.com'
    """
    if text is None:
        return None
    local, _, host = text.lower().partition("@")
    domain = _domain(host)
    if domain is None or not _is_local_part(local):
        text = _clean(text)
        local, _, host = text.lower().partition("@")
        domain = _domain(host)
        if domain is None or not _is_local_part(local):
            return None
    name, typed, is_gmail, is_one_letter = domain
    if name is None:
        return None
    if "+" in local:
        local = local.partition("+")[0] or local
    # a@a.com, xxx@xxx.com
    if is_one_letter and typed.startswith(local):
        return None
    canonical = local.replace(".", "") if is_gmail else local
    if not canonical:
        return None
    words = _words(local)
    if local in _nobodys() or _are_role_words(words):
        if local in _placeholders("local"):
            return None
        return Email(f"{canonical}@{name}", canonical, name, True, (), ())
    # as typed, since capitals may set words apart
    spelled = text[: len(local)]
    family, given = _word_keys(words) if spelled == local else local_part_keys(spelled)
    return Email(f"{canonical}@{name}", canonical, name, False, family, given)
