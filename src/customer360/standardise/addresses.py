"""Postal addresses in comparable parts, Japanese and western.

The street is kept apart from the house number, and what follows the number (building, floor,
apartment) is dropped: sources disagree on it more than on anything else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import NamedTuple

from customer360.standardise import lexicon
from customer360.standardise.countries import parse_country
from customer360.standardise.kana import fold_characters, kanji_number
from customer360.standardise.letters import fold_umlauts, strip_accents

CACHE_SIZE = 50_000


class Address(NamedTuple):
    """An address in the shape of the `address` function's result; each part may be None.

    `number` is the house number (12a, 1-2-3), `street` what it stands in (smith st, 神南), without
    the number.
    """

    country_code: str | None
    postal_code: str | None
    region: str | None
    locality: str | None
    street: str | None
    number: str | None


_JAPANESE = re.compile(r"[\u3041-\u30ff\u3400-\u9fff々]")
_BLANKS = re.compile(r"\s+")
_DIGIT = re.compile(r"\d")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－﹣ｰ", "-"))

# ---- postal codes

_NOT_ALNUM = re.compile(r"[^A-Z0-9]+")
_JP_POSTAL = re.compile(r"〒?\s*(\d{3})-?(\d{4})(?!\d)")
_ZIP_PLUS_4 = re.compile(r"\d{5}-\d{4}")
_GB_POSTAL = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")
_COUNTRY_PREFIX = re.compile(r"^(?:D|F|A|CH|B|I|E|NL|L)[\- ](?=\d)")
_POSTAL_PLACEHOLDERS = frozenset({"0000000", "00000", "9999999", "99999", "1111111", "11111", "0"})
_POSTAL_SIZES = {"JP": 7, "US": 5, "DE": 5, "FR": 5, "IT": 5, "ES": 5}


@lru_cache(CACHE_SIZE)
def parse_postal_code(text: str, country_code: str | None) -> str | None:
    """Letters and digits of a postal code in upper case; JP 7 digits, US the first 5.

    A leading zero that a spreadsheet ate is put back where the country's length is known.

    >>> parse_postal_code("〒150-0041", "JP"), parse_postal_code("sw1a 1aa", "GB")
    ('1500041', 'SW1A1AA')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    folded = text.upper().strip().removesuffix(".0")
    if folded.isdigit() and len(folded) == _POSTAL_SIZES.get(country_code or ""):
        return None if folded in _POSTAL_PLACEHOLDERS else folded
    if country_code in (None, "US") and _ZIP_PLUS_4.fullmatch(folded):
        folded = folded[:5]
    code = _NOT_ALNUM.sub("", _COUNTRY_PREFIX.sub("", folded))
    if country_code == "US" and code.isdigit() and len(code) in (8, 9):
        code = code.zfill(9)[:5]
    size = _POSTAL_SIZES.get(country_code or "")
    if size is not None and code.isdigit() and len(code) == size - 1:
        code = code.zfill(size)
    if not code or code in _POSTAL_PLACEHOLDERS or (size is not None and len(code) != size):
        return None
    return code


# ---- regions and localities


@cache
def _regions() -> dict[tuple[str, str], str]:
    """(country, folded spelling) → folded region."""
    table: dict[tuple[str, str], str] = {}
    for row in lexicon.rows("regions.csv"):
        country, region, name = row["country"], row["region"], row["name"]
        standard = region.lower()
        spellings = [region, name, row["iso"]]
        if country == "JP":
            short = region[:-1] if region != "北海道" else region
            romaji = name.lower()
            spellings += [short, *(f"{romaji}{tail}" for tail in ("to", "fu", "ken", "pref"))]
            spellings += [f"{romaji}prefecture", f"{romaji}do"]
        for spelling in spellings:
            table[country, _squeeze(spelling)] = standard
    return table


@cache
def _prefectures() -> re.Pattern[str]:
    names = [row["region"] for row in lexicon.rows("regions.csv") if row["country"] == "JP"]
    return re.compile("|".join(names))


def _squeeze(text: str) -> str:
    return "".join(c for c in strip_accents(fold_characters(text)) if c.isalnum())


@lru_cache(CACHE_SIZE)
def parse_region(text: str, country_code: str | None) -> str | None:
    """The state or prefecture: ca for California, 東京都 for Tokyo in Japan, else folded text."""
    squeezed = _squeeze(text)
    if not squeezed:
        return None
    if country_code is None:
        country_code = "JP" if _JAPANESE.search(text) else "US"
    return _regions().get((country_code, squeezed)) or _latin_text(text)


@cache
def _city_names() -> dict[str, str]:
    return {row["name"]: row["standard"] for row in lexicon.rows("city_names.csv")}


_NOT_WORD = re.compile(r"[^\w]+")
_CITY_WORDS = {"saint": "st", "sainte": "ste", "fort": "ft", "mount": "mt"}


def _latin_text(text: str) -> str | None:
    folded = strip_accents(fold_characters(text))
    words = [_CITY_WORDS.get(w, w) for w in _NOT_WORD.split(folded.replace("'", "")) if w]
    return " ".join(words) or None


_NOT_CITY = re.compile(r"\s+cedex\b.*|\b\d+(?:e|er|eme)?\b|\s+(?:shi|ku|cho|machi)$")


@lru_cache(CACHE_SIZE)
def _latin_locality(text: str) -> str | None:
    folded = _latin_text(text)
    if folded is None:
        return None
    # Paris 11e, 75011 Paris, Paris Cedex 08
    folded = _NOT_CITY.sub("", folded)
    folded = _BLANKS.sub(" ", folded).strip()
    folded = _city_names().get(folded, folded)
    return " ".join(fold_umlauts(word) for word in folded.split()) or None


# ---- Japan

_KANJI_NUMBER = re.compile(
    r"[〇零一二三四五六七八九十百]+(?=丁目|番地|号室|号棟|号)"
    r"|(?<=[目\d番地の-])[〇零一二三四五六七八九十百]+(?=番|号|の|-|$)"
    r"|[一二三四五六七八九十]+(?=条)|(?<=[東西南北])[一二三四五六七八九十]+(?=丁目)"
    r"|(?<![町村])[一二三四五六七八九十百]+(?=番[\d一二三四五六七八九十]+号)"
)
_KANJI_DIGIT = re.compile(r"[〇零一二三四五六七八九十百]")
_CHOME = re.compile(r"(?<=\d)丁目?")
_BANCHI = re.compile(r"(?<=\d)番地?ノ?")
_GO = re.compile(r"(?<=\d)号(?![室棟館線])")
_OF = re.compile(r"(?<=\d)ノ(?=\d)")
_JP_NUMBER = re.compile(r"\d+(?:-\d+)*(?![\d条])")
_BUILDING_BLANK = re.compile(r"(?<=[\d号])\s+(?!\d*-|[ノ丁番号])")
_TRIM_DASH = re.compile(r"-+(?=-|$|[^\d-])")
_LONG_DASH = re.compile(r"(?<=\d)[ー一](?=\d)")
_KE = re.compile(r"(?<=[\u3400-\u9fff々])[ガケカ](?=[\u3400-\u9fff])")
_NO = re.compile(r"(?<=[\u3400-\u9fff々])[ノ之](?=[\u3400-\u9fff])")
_AZA = re.compile(r"大字|(?<=[町村区市大])字|^字")
# names of cities that hold 市, 町 or 村 before their last character
_CITY = re.compile(
    r"(?:四日市|廿日市|八日市場|十日町|野々市|余市|市川|市原|東村山|武蔵村山|村山|村上|田村|大村|羽村|"
    r"町田|大町|八日市|蒲郡|小郡)市|"
    r"[^\d]{1,6}?郡(?:上市|山市)|大和郡山市|"
    r"[^\d]{1,5}?郡[^\d]{1,6}?[町村]|"
    r"[^\d市]{1,6}市(?:[^\d市]{1,3}区(?![画]))?|"
    r"[^\d]{1,4}区|"
    r"[^\d]{1,5}[町村](?=.)"
)
_DESIGNATED = re.compile(
    r"(札幌|仙台|さいたま|サイタマ|千葉|横浜|川崎|相模原|新潟|静岡|浜松|名古屋|京都|大阪|堺|神戸|岡山|広島|北九州|福岡|熊本)市"
    r"[^\d市]{1,5}?区"
)


def _japanese_text(text: str) -> str:
    folded = fold_characters(text.translate(_DASHES)).translate(_DASHES)
    if "ー" in folded or "一" in folded:
        folded = _LONG_DASH.sub("-", folded)
    if "ガ" in folded or "ケ" in folded or "カ" in folded:
        folded = _KE.sub("ケ", folded)
    if "ノ" in folded or "之" in folded:
        folded = _NO.sub("ノ", folded)
    return _AZA.sub("", folded) if "字" in folded else folded


def split_city(text: str) -> tuple[str | None, str]:
    """The municipality at the start of a Japanese address without its prefecture, and the rest."""
    match = _DESIGNATED.match(text) or _CITY.match(text)
    if match is None:
        return None, text
    return match[0], text[match.end() :]


def _japanese_street(text: str) -> tuple[str | None, str | None]:
    """Town and number of what follows the municipality."""
    if _KANJI_DIGIT.search(text):
        text = _KANJI_NUMBER.sub(lambda m: kanji_number(m[0]), text)
    if "丁" in text:
        text = _CHOME.sub("-", text)
    if "番" in text:
        text = _BANCHI.sub("-", text)
    if "号" in text:
        text = _GO.sub("", text)
    if "ノ" in text:
        text = _OF.sub("-", text)
    text = _TRIM_DASH.sub("", text)
    match = _JP_NUMBER.search(text)
    if match is None:
        return text or None, None
    # a fourth number is the room
    number = "-".join(piece.lstrip("0") or "0" for piece in match[0].split("-")[:3])
    town = text[: match.start()].rstrip("-,、")
    return town or None, number


def _split_prefecture(text: str, known: str | None) -> tuple[str | None, str]:
    """The prefecture, known or at the start of `text`, and the rest of `text`."""
    match = _prefectures().match(text)
    if match is None or known not in (None, match[0]):
        return known, text
    return match[0], text[match.end() :]


@lru_cache(CACHE_SIZE)
def _japanese_locality(text: str, prefecture: str | None) -> tuple[str | None, str, str]:
    """Prefecture, city and town in a locality field; what is not there is blank."""
    prefecture, city = _split_prefecture(_BLANKS.sub("", _japanese_text(text)), prefecture)
    town_city, town = split_city(city)
    return (
        (prefecture, city, "") if town_city is None or not town else (prefecture, town_city, town)
    )


def _parse_japanese(
    street: str | None, locality: str | None, region: str | None
) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    """(postal code, region, locality, street, number) of an address in Japanese script."""
    postal: str | None = None
    prefecture = parse_region(region, "JP") if region is not None else None
    rest = ""
    if street is not None:
        # the first blank after the number sets off the building
        rest = _japanese_text(street)
        found = _JP_POSTAL.match(rest)
        if found is not None:
            postal, rest = found[1] + found[2], rest[found.end() :]
        rest = rest.strip()
        if _BLANKS.search(rest):
            rest = _BLANKS.sub("", _BUILDING_BLANK.sub("\0", rest)).replace("\0", " ")
    prefecture, rest = _split_prefecture(rest, prefecture)
    city: str | None = None
    if locality is not None:
        prefecture, city, town = _japanese_locality(locality, prefecture)
        rest = town + rest
    if not city:
        city, rest = split_city(rest)
    elif rest.startswith(city):
        rest = rest[len(city) :]
    town_name, number = _japanese_street(rest)
    return postal, prefecture, city, town_name, number


# ---- elsewhere

# a letter behind a blank is part of the number (5 a) unless it is a direction (100 N Main Street)
_HOUSE = (
    r"\d+(?:[a-z]\b|\s[a-z]\b(?!(?<=[nsew])\s+[a-z]))?"
    r"(?:\s?[-/]\s?\d+[a-z]?){0,2}(?:\s(?:bis|ter|quater)\b)?"
)
_LEADING_NUMBER = re.compile(
    rf"(?:no\.?\s*|nr\.?\s*|#\s*)?({_HOUSE})[,\s]+(?=\D|\d+(?:st|nd|rd|th)\b)"
)
_TRAILING_NUMBER = re.compile(rf"^(.*\D)[\s,]+(?:no\.?\s*|nr\.?\s*)?({_HOUSE})$")
_ONLY_NUMBER = re.compile(rf"(?:no\.?\s*|nr\.?\s*)?({_HOUSE})")
_UNIT = re.compile(
    r"[,\s]*\b(?:apt|apartment|unit|suite|ste|flat|room|rm|floor|fl|bldg|building|dept|appt|"
    r"appartement|whg|wohnung|zimmer|lot|trlr)\b\.?\s*#?\s*(?:\d+[a-z]?(?:-\d+)?|[a-z]\d*)\b[,\s]*|"
    r"[,\s]*#\s*\w+[,\s]*|[,\s]*\b\d+(?:st|nd|rd|th)\s+floor\b[,\s]*|"
    r"[,\s]*\b\d+\.?\s*(?:og|stock|etage)\b[,\s]*"
)
_UNIT_HINT = re.compile(
    r"#|\b(?:apt|apartment|unit|suite|ste|flat|room|rm|floor|fl|bldg|building|dept|appt|"
    r"appartement|whg|wohnung|zimmer|lot|trlr|og|stock|etage)\b"
)
_BOX_HINT = re.compile(r"box|postfach|boite|\bbp\b")
_PO_BOX = re.compile(
    r"\b(?:p\.?\s*o\.?\s*box|post(?:al)? box|postfach|boite postale|bp)\s*#?\s*(\w+)"
)
_UNIT_SLASH_NUMBER = re.compile(r"^(\d+[a-z]?)\s?/\s?(\d+)")
_LINE_END = re.compile(r"[,\n;]+")
_STREET_WORD = re.compile(
    r"\b(?:st|street|ave?|avenue|rd|road|dr|drive|ln|lane|blvd|boulevard|way|ct|court|pl|place|"
    r"rue|chemin|allee|quai|platz|weg|gasse|cres|crescent|close|terrace|hwy)\b|str(?:asse|\.|\b)"
)
_PLAIN_STREET = re.compile(r"(?:([0-9]+) )?([a-z]{2,}\.?(?: [a-z]{2,}\.?)*)(?: ([0-9]+))?")
# they belong to a number or to the word before them
_NUMBER_WORDS = frozenset({"bis", "ter", "quater", "no", "nr", "str", "strasse"})
_GERMAN_STREET = re.compile(r"[\s-]*(?:strasse|str)\b\.?")
_CITY_TAIL = {
    "US": re.compile(r"^(.*?)[,\s]+([a-z .'-]+?),?\s+([a-z]{2})\.?\s+(\d{5})(?:-\d{4})?$"),
    "GB": re.compile(r"^(.*?)[,\s]+([a-z .'-]+?),?\s+([a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2})$"),
    "": re.compile(r"^(.*?),\s*(?:[a-z]{1,2}-)?(\d{4,5})\s+([a-z .'-]+)$"),
}


@cache
def _street_words() -> dict[str, str]:
    return {
        row["word"]: row["standard"]
        for row in lexicon.rows("street_words.csv")
        if row["kind"] == "word"
    }


@lru_cache(CACHE_SIZE)
def _street_word(word: str) -> str:
    standard = _street_words().get(word)
    return standard if standard is not None else fold_umlauts(word)


def _street_line(pieces: list[str]) -> str:
    """Which of several lines names the street: one with a number, best with a street word too."""
    with_word = [piece for piece in pieces if _STREET_WORD.search(piece)]
    for piece in with_word:
        if _DIGIT.search(piece):
            return piece
    for piece in pieces:
        if piece[0].isdigit():
            return piece
    return with_word[0] if with_word else next(iter(pieces), "")


@lru_cache(CACHE_SIZE)
def _plain_street_word(word: str) -> str | None:
    """A word in its standard form; None where it may be part of a number or name a unit."""
    if word in _NUMBER_WORDS or _BOX_HINT.search(word) or _UNIT_HINT.search(word):
        return None
    return _street_word(_GERMAN_STREET.sub("str", word))


def _plain_street(text: str) -> tuple[str, str] | None:
    """Street and number of `12 main st` or `hauptstrasse 12`; None for what needs a closer look."""
    match = _PLAIN_STREET.fullmatch(text)
    if match is None:
        return None
    before, words, after = match.groups()
    if (before is None) == (after is None):
        return None
    standard = [_plain_street_word(word) for word in words.replace(".", "").split(" ")]
    return None if None in standard else (" ".join(standard), before or after)  # type: ignore[arg-type]


def _latin_street(text: str) -> tuple[str | None, str | None]:
    """Street and number of the first line of a western address, already folded to ASCII."""
    box = _PO_BOX.search(text) if _BOX_HINT.search(text) else None
    if box is not None:
        return "po box", box[1]
    bare = _UNIT.sub(", ", text).strip(" ,") if _UNIT_HINT.search(text) else text
    pieces = [bare]
    if _LINE_END.search(bare):
        pieces = [piece.strip() for piece in _LINE_END.split(bare) if piece.strip()]
    # the number in a piece of its own, before the street (French, Spanish) or after it
    if len(pieces) > 1 and any(_ONLY_NUMBER.fullmatch(piece) for piece in pieces[:2]):
        pieces[:2] = [f"{pieces[0]} {pieces[1]}"]
    chosen = pieces[0] if len(pieces) == 1 else _street_line(pieces)
    number: str | None = None
    if match := _LEADING_NUMBER.match(chosen):
        number, chosen = match[1], chosen[match.end() :]
        # unit/number, as in Australia
        slash = _UNIT_SLASH_NUMBER.match(number)
        if slash is not None:
            number = slash[2]
    elif match := _TRAILING_NUMBER.match(chosen):
        chosen, number = match[1], match[2].partition("/")[0]
    elif match := _ONLY_NUMBER.fullmatch(chosen):
        chosen, number = "", match[1]
    chosen = _GERMAN_STREET.sub("str", chosen) if "str" in chosen else chosen
    words = [_street_word(word) for word in _NOT_WORD.split(chosen.replace("'", "")) if word]
    if number is not None:
        number = _BLANKS.sub("", number)
    return " ".join(words) or None, number


def _parse_latin(
    street: str | None, locality: str | None, region: str | None, country_code: str | None
) -> tuple[str | None, str | None, str | None, str | None, str | None]:
    postal: str | None = None
    area = parse_region(region, country_code) if region is not None else None
    city = _latin_locality(locality) if locality is not None else None
    road = number = None
    if street is not None:
        if street.isascii():
            text = street.lower().strip()
        else:
            text = strip_accents(fold_characters(street)).translate(_DASHES).lower().strip()
        if locality is None and "," in text:
            text, postal, area, city = _cut_tail(text, area)
        road, number = _plain_street(text) or _latin_street(text)
    return postal, area, city, road, number


def _cut_tail(text: str, area: str | None) -> tuple[str, str | None, str | None, str | None]:
    """A line that holds the whole address: what stands before the city, postal code, region."""
    if match := _CITY_TAIL["US"].match(text):
        line, _, city = match[1].rpartition(",") if "," in match[1] else (match[1], "", "")
        city = f"{city} {match[2]}".strip()
        return line or match[1], match[4], match[3], _latin_locality(city)
    if match := _CITY_TAIL["GB"].match(text):
        code = _NOT_ALNUM.sub("", match[3].upper())
        return match[1], code, area, _latin_locality(match[2])
    if match := _CITY_TAIL[""].match(text):
        return match[1], match[2], area, _latin_locality(match[3])
    return text, None, area, None


def _of_postal_code(
    postal: str, area: str | None, city: str | None
) -> tuple[str | None, str | None]:
    """Prefecture and municipality of a Japanese postal code, where they are missing or in romaji.

    What is typed stays when the code is in another prefecture.
    """
    known = lexicon.japanese_places().get(postal)
    if known is None or area not in (None, known[0]):
        return area, city
    return known[0], known[1] if city is None or city.isascii() else city


def _is_japanese(text: str | None) -> bool:
    return text is not None and not text.isascii() and _JAPANESE.search(text) is not None


def parse_address(
    street: str | None = None,
    locality: str | None = None,
    region: str | None = None,
    postal_code: str | None = None,
    country_code: str | None = None,
) -> Address | None:
    """The parts of an address in comparable form; None when every field is blank.

    Whatever the fields, what is found in the wrong one moves to its own: prefecture and city out
    of the street, the postal code out of the line. An address in Japanese script is in Japan.

    >>> found = parse_address("東京都渋谷区神南一丁目19番11号 パークビル3F")
    >>> found.region, found.locality, found.street, found.number
    ('東京都', '渋谷区', '神南', '1-19-11')
    """
    country = parse_country(country_code) if country_code is not None else None
    if country in (None, "JP") and (
        _is_japanese(street) or _is_japanese(locality) or _is_japanese(region)
    ):
        country = "JP"
        found = _parse_japanese(street, locality, region)
    else:
        found = _parse_latin(street, locality, region, country)
    postal, area, city, road, number = found
    if postal_code is not None:
        if country is None and "〒" in postal_code:
            country = "JP"
        postal = parse_postal_code(postal_code, country) or postal
    if country is None and postal is not None and _GB_POSTAL.fullmatch(postal):
        country = "GB"
    if country == "JP" and postal is not None and (area is None or city is None or city.isascii()):
        area, city = _of_postal_code(postal, area, city)
    if not (country or postal or area or city or road or number):
        return None
    return Address(country, postal, area, city, road, number)
