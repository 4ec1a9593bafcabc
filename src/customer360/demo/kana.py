"""Katakana in its other spellings: hiragana, half-width, and romaji of several schools."""

from __future__ import annotations

import unicodedata

HEPBURN = "hepburn"  # Yuko Ono
MACRON = "macron"  # Yūko Ōno
DOUBLED = "doubled"  # Yuuko Oono
PASSPORT_OH = "passport_oh"  # Yuko Ohno
KUNREI = "kunrei"  # Yuko Ono, but Sinzi, Tuda, Hukuda

ROMANISATIONS = (HEPBURN, MACRON, DOUBLED, PASSPORT_OH, KUNREI)

_SYLLABLES = """
ア=a イ=i ウ=u エ=e オ=o カ=ka キ=ki ク=ku ケ=ke コ=ko サ=sa シ=shi ス=su セ=se ソ=so
タ=ta チ=chi ツ=tsu テ=te ト=to ナ=na ニ=ni ヌ=nu ネ=ne ノ=no ハ=ha ヒ=hi フ=fu ヘ=he ホ=ho
マ=ma ミ=mi ム=mu メ=me モ=mo ヤ=ya ユ=yu ヨ=yo ラ=ra リ=ri ル=ru レ=re ロ=ro ワ=wa ヲ=o ン=n
ガ=ga ギ=gi グ=gu ゲ=ge ゴ=go ザ=za ジ=ji ズ=zu ゼ=ze ゾ=zo ダ=da ヂ=ji ヅ=zu デ=de ド=do
バ=ba ビ=bi ブ=bu ベ=be ボ=bo パ=pa ピ=pi プ=pu ペ=pe ポ=po
キャ=kya キュ=kyu キョ=kyo シャ=sha シュ=shu ショ=sho チャ=cha チュ=chu チョ=cho
ニャ=nya ニュ=nyu ニョ=nyo ヒャ=hya ヒュ=hyu ヒョ=hyo ミャ=mya ミュ=myu ミョ=myo
リャ=rya リュ=ryu リョ=ryo ギャ=gya ギュ=gyu ギョ=gyo ジャ=ja ジュ=ju ジョ=jo
ビャ=bya ビュ=byu ビョ=byo ピャ=pya ピュ=pyu ピョ=pyo
"""
_HEPBURN_SYLLABLES: dict[str, str] = {
    kana: latin for kana, _, latin in (pair.partition("=") for pair in _SYLLABLES.split())
}
_KUNREI_SYLLABLES = _HEPBURN_SYLLABLES | {
    "シ": "si",
    "チ": "ti",
    "ツ": "tu",
    "フ": "hu",
    "ジ": "zi",
    "ヂ": "zi",
    "シャ": "sya",
    "シュ": "syu",
    "ショ": "syo",
    "チャ": "tya",
    "チュ": "tyu",
    "チョ": "tyo",
    "ジャ": "zya",
    "ジュ": "zyu",
    "ジョ": "zyo",
}
#: the u belongs to the next word (no-ue, matsu-ura): no school writes one long vowel
_SEPARATE_VOWELS = ("イノウエ", "マツウラ")
_LONG = {"ou": "o", "oo": "o", "uu": "u"}
_MACRONS = {"o": "ō", "u": "ū"}

_FULL_WIDTH = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
    "ァィゥェォャュョッー・"
)
_HALF_WIDTH = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝｧｨｩｪｫｬｭｮｯｰ･"
_TO_HALF_WIDTH = str.maketrans(_FULL_WIDTH, _HALF_WIDTH) | {0x3099: "ﾞ", 0x309A: "ﾟ"}


def half_width(katakana: str) -> str:
    """ﾀﾅｶ for タナカ; a voiced syllable becomes two characters, as old terminals write it."""
    return unicodedata.normalize("NFD", katakana).translate(_TO_HALF_WIDTH)


def hiragana(katakana: str) -> str:
    """たなか for タナカ."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in katakana)


def full_width_ascii(text: str) -> str:
    """１２３ for 123: what a Japanese input method produces."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def romaji(katakana: str, style: str = HEPBURN) -> str:
    """The name in Latin letters, first letter large. `style` is one of `ROMANISATIONS`."""
    table = _KUNREI_SYLLABLES if style == KUNREI else _HEPBURN_SYLLABLES
    syllables: list[str] = []
    position = 0
    is_geminate = False
    while position < len(katakana):
        if katakana[position] == "ッ":
            is_geminate = True
            position += 1
            continue
        width = 2 if katakana[position : position + 2] in table else 1
        if katakana[position] == "ー" and syllables:
            syllables.append(syllables[-1][-1])
        else:
            syllable = table[katakana[position : position + width]]
            if is_geminate:
                syllable = ("t" if syllable.startswith("ch") else syllable[0]) + syllable
                is_geminate = False
            syllables.append(syllable)
        position += width
    if katakana in _SEPARATE_VOWELS:
        return "".join(syllables).capitalize()
    return _long_vowels(syllables, style).capitalize()


def _long_vowels(syllables: list[str], style: str) -> str:
    """Joins syllables; a long o or u is written as the style has it."""
    written = ""
    for index, syllable in enumerate(syllables):
        pair = written[-1:] + syllable
        is_long = pair in _LONG and syllable in ("u", "o")
        if not is_long or style == DOUBLED:
            written += syllable
        elif style == MACRON:
            written = written[:-1] + _MACRONS[_LONG[pair]]
        elif style == PASSPORT_OH and _LONG[pair] == "o" and index in (1, len(syllables) - 1):
            written += "h"
    return written
