"""Characters and sounds: one written form per character, one romanisation per reading.

`fold_characters` makes 髙橋 and 高橋, ﾀﾅｶ and たなか the same text. `kana_key` and `romaji_key`
make オオノ, Ohno, Oono, Ôno and Ono the same key, whatever system they were romanised by.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from customer360.standardise import lexicon

HIRAGANA_TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)} | {
    0x309D: 0x30FD,
    0x309E: 0x30FE,
}

_ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "g": "ガギグゲゴ",
    "s": "サシスセソ",
    "z": "ザジズゼゾ",
    "t": "タチツテト",
    "d": "ダヂヅデド",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
}
_IRREGULAR = {
    "シ": "shi", "ジ": "ji", "チ": "chi", "ツ": "tsu", "ヂ": "ji", "ヅ": "zu", "フ": "fu",
    "ヤ": "ya", "ユ": "yu", "ヨ": "yo", "ワ": "wa", "ヰ": "i", "ヱ": "e", "ヲ": "o", "ン": "n",
    "ヴ": "bu", "ァ": "a", "ィ": "i", "ゥ": "u", "ェ": "e", "ォ": "o", "ャ": "ya", "ュ": "yu",
    "ョ": "yo", "ヮ": "wa", "ヵ": "ka", "ヶ": "ke",
    "シェ": "she", "ジェ": "je", "チェ": "che", "イェ": "e", "ティ": "ti", "ディ": "di",
    "トゥ": "tu", "ドゥ": "du", "テュ": "tyu", "デュ": "dyu", "ファ": "fa", "フィ": "fi",
    "フェ": "fe", "フォ": "fo", "フュ": "fyu", "ヴァ": "ba", "ヴィ": "bi", "ヴェ": "be",
    "ヴォ": "bo", "ヴュ": "byu", "ウィ": "wi", "ウェ": "we", "ウォ": "wo", "ツァ": "tsa",
    "ツィ": "tsi", "ツェ": "tse", "ツォ": "tso", "クァ": "ka", "クヮ": "ka", "グァ": "ga",
    "グヮ": "ga", "クィ": "kui", "クェ": "kue", "クォ": "kuo",
}  # fmt: skip


def _syllables() -> dict[str, str]:
    table = {
        kana: consonant + vowel
        for consonant, row in _ROWS.items()
        for kana, vowel in zip(row, "aiueo", strict=True)
    }
    table |= _IRREGULAR
    for kana, small in ((k, s) for k in "キギシジチヂニヒビピミリ" for s in "ャュョ"):
        onset = table[kana][:-1]
        glide = table[small]
        table[kana + small] = onset + (glide[1:] if onset in ("sh", "j", "ch") else glide)
    return table


SYLLABLES = _syllables()
_KANA_UNIT = re.compile("|".join(sorted(SYLLABLES, key=len, reverse=True)) + "|[ッーヽヾ]|.", re.S)

# a run of o-sounds, or u-sounds, is one vowel; h counts when no vowel follows it (Ohno, Ohba)
_LONG_O = re.compile(r"o(?:[ou]|h(?=[^aiueo]|$))+")
_LONG_U = re.compile(r"u(?:u|h(?=[^aiueo]|$))+")
_LABIAL_N = re.compile(r"m(?=[bmp])")
_SHORTENED = re.compile(r"o[ouh]|u[uh]|m[bmp]")
_SMALL_OR_MARK = re.compile(r"[ァィゥェォャュョヮッーヽヾ]")

_NIHON = re.compile(r"tch|(?<![cs])hu|dz[iu]|[kg]wa|s[iy]|t[iuy]|z[iy]|d[iuy]|jy|w[ieo]|ye")
_TO_HEPBURN = {
    "tch": "cch", "hu": "fu", "dzi": "ji", "dzu": "zu", "kwa": "ka", "gwa": "ga", "si": "shi",
    "sy": "sh", "ti": "chi", "tu": "tsu", "ty": "ch", "zi": "ji", "zy": "j", "di": "ji",
    "du": "zu", "dy": "j", "jy": "j", "wi": "i", "we": "e", "wo": "o", "ye": "e",
}  # fmt: skip

_ROMAJI = re.compile(
    r"(?:"
    r"(?:k(?=k)|s(?=s)|t(?=[tc])|c(?=ch)|p(?=p)|g(?=g)|d(?=d)|z(?=z)|b(?=b))?"
    r"(?:(?:[kgsztdhbpmr]|n)y?|sh|ch|ts|dz|jy?|f|w|y|kw|gw)?[aiueo]"
    r"|n|m(?=[bmp])"
    r"|(?<=[ou])h(?=[bcdfghjkmnprstwyz]{1,2}[aiueo]|$)"
    r")+"
)


@cache
def _variants() -> dict[int, str]:
    return str.maketrans(lexicon.kanji_variants())


def fold_characters(text: str) -> str:
    """`text` in NFKC, lower case, standard kanji (髙 → 高), katakana; variation selectors gone.

    >>> fold_characters("髙橋 たろう ﾀﾅｶ ＡＢＣ")
    '高橋 タロウ タナカ abc'
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).lower()
    if folded.isascii():
        return folded
    return folded.translate(_character_map())


@cache
def _character_map() -> dict[int, str | int | None]:
    selectors: dict[int, str | int | None] = dict.fromkeys(
        [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]
    )
    return selectors | HIRAGANA_TO_KATAKANA | _variants()


def romanise(katakana: str) -> str:
    """Hepburn with every vowel written out: オオノ → oono. Characters that are not kana stay."""
    if _SMALL_OR_MARK.search(katakana) is None:
        return "".join([SYLLABLES.get(character, character) for character in katakana])
    parts: list[str] = []
    is_geminate = False
    for unit in _KANA_UNIT.findall(katakana):
        sound = SYLLABLES.get(unit)
        if sound is None:
            if unit == "ッ":
                is_geminate = True
            elif unit in "ヽヾ":
                parts.extend(parts[-1:])
            elif unit != "ー":
                parts.append(unit)
            continue
        if is_geminate:
            if sound[0] not in "aiueon":
                sound = sound[0] + sound
            is_geminate = False
        parts.append(sound)
    return "".join(parts)


def _shorten(hepburn: str) -> str:
    if _SHORTENED.search(hepburn) is None:
        return hepburn
    return _LABIAL_N.sub("n", _LONG_U.sub("u", _LONG_O.sub("o", hepburn)))


def kana_key(katakana: str) -> str:
    """The key of a reading in katakana: サトウ → sato, シンバシ → shinbashi, ジュン → jun.

    A single vowel is doubled (王, オウ → oo), since keys of one letter are initials.
    """
    key = _shorten(romanise(katakana))
    return key * 2 if len(key) == 1 else key


def is_romaji(word: str) -> bool:
    """Whether the lower-case ASCII `word` can be read as Japanese syllables."""
    return _ROMAJI.fullmatch(word) is not None


def romaji_key(word: str) -> str:
    """The key of a romanised Japanese word, equal to `kana_key` of its kana.

    Hepburn, Kunrei and Nihon spellings, written-out, dropped and h-marked long vowels agree.

    >>> {romaji_key(w) for w in ("ohno", "oono", "ono", "ouno")}
    {'ono'}
    """
    key = _shorten(_NIHON.sub(lambda match: _TO_HEPBURN[match[0]], word))
    return key * 2 if len(key) == 1 < len(word) else key


_NUMERALS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}


def kanji_number(kanji: str) -> str:
    """Digits of a kanji numeral up to 999: 二十三 → 23, 一〇五 → 105."""
    if not set(kanji) & {"十", "百"}:
        return "".join(str(_NUMERALS[c]) for c in kanji)
    total = current = 0
    for character in kanji:
        if character in "十百":
            total += (current or 1) * (10 if character == "十" else 100)
            current = 0
        else:
            current = _NUMERALS[character]
    return str(total + current)
