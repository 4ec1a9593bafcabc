"""A name as somebody types it into a search box, in comparable form: SQL for any DuckDB client.

The published files have no Python beside them, so what `customer360.standardise` makes of a name is
said here in macros, from the same tables of characters and words. They fold what is written; what
only a lexicon knows (how kanji are read) is in the index that the build made.
"""

import unicodedata

from customer360.standardise import lexicon
from customer360.standardise.kana import HIRAGANA_TO_KATAKANA, SYLLABLES, fold_characters
from customer360.standardise.letters import GREEK, LETTERS
from customer360.standardise.name_parts import word_set

_HALF_WIDTH = [chr(code) for code in range(0xFF61, 0xFFA0)]
_FULL_WIDTH = [chr(code) for code in (*range(0xFF01, 0xFF5F), 0x3000)]
_VOICED = [mark + voice for mark in _HALF_WIDTH for voice in "ﾞﾟ"]
_ENCLOSED = "㈱㈲㈳㈶㈻㍿"
_HONORIFICS = "様|サマ|サン|氏|殿|先生|チャン|クン|御中"
_SPELLED_HONORIFICS = "-(?:san|sama|sensei|kun|chan)"
_NIHON = """string_split(
    'tch=cch dzi=ji dzu=zu kwa=ka gwa=ga si=shi sy=sh ti=chi tu=tsu ty=ch zi=ji zy=j di=ji du=zu'
    || ' dy=j jy=j wi=i we=e wo=o ye=e', ' ')"""
# й and ё are letters of their own; Мария is Maria, Дмитрий is Dmitry
_CYRILLIC_ENDINGS = {"ия": "иа", "ий": "y", "ый": "y", "й": "y", "ё": "e", "ї": "i"}


def written_form_macros() -> str:
    """SQL that creates `written_form`, `latin_form` and `spellings`.

    `written_form(text)` is the text as `fold_characters` makes it, without honorifics, titles,
    legal forms and punctuation; `latin_form(written)` its words in plain Latin letters, kana
    romanised as `kana_key` does; `spellings(word)` the forms under which a Latin word may be in the
    index, itself first.
    """
    singles = _HALF_WIDTH + _FULL_WIDTH
    folded = {
        character: unicodedata.normalize("NFKC", character).lower()
        for character in singles
        if len(unicodedata.normalize("NFKC", character)) == 1
    }
    folded |= {chr(code): chr(kana) for code, kana in HIRAGANA_TO_KATAKANA.items()}
    folded |= lexicon.kanji_variants()
    composed = {text: unicodedata.normalize("NFKC", text) for text in (*_VOICED, *_ENCLOSED)}
    composed = {text: nfkc for text, nfkc in composed.items() if text != nfkc and len(nfkc) != 2}
    composed |= {"㈱": "(株)", "㈲": "(有)"}
    return f"""
create macro replaced(text, pairs) as
    list_reduce(
        list_prepend(text, pairs),
        lambda done, pair: replace(done, split_part(pair, '=', 1), split_part(pair, '=', 2))
    );
create macro folded_characters(text) as
    translate(
        lower(nfc_normalize(replaced(regexp_replace(text, '[\\x{{FE00}}-\\x{{FE0F}}]', '', 'g'),
            {_pairs(composed)}))),
        {_literal("".join(folded))},
        {_literal("".join(folded.values()))}
    );
create macro without_forms(folded) as
    regexp_replace(
        regexp_replace(
            trim(regexp_replace(regexp_replace(
                regexp_replace(folded, {_literal(_japanese_forms())}, ' ', 'g'),
                '[''’`]', '', 'g'), '[^\\p{{L}}\\p{{M}}\\p{{N}}]+', ' ', 'g')),
            {_literal(f"^(?:(?:{_words('title')}) )+|(..)(?: ?(?:{_HONORIFICS}))+$")}, '\\1'
        ),
        {_literal(f"(.)(?: (?:{_latin_forms()}|{_words('suffix')}))+$")}, '\\1'
    );
create macro written_form(text) as without_forms(folded_characters(text));
create macro romanised(kana) as
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        replaced(replaced(kana, {_pairs(_longest_first(SYLLABLES))}), ['ー=']),
        'ッ([bcdfghjkmprstwyz])', '\\1\\1', 'g'),
        'ッ', '', 'g'),
        'o[ou]+', 'o', 'g'),
        'uu+', 'u', 'g'),
        'm([bmp])', 'n\\1', 'g'),
        '(^| )([aiueo])( |$)', '\\1\\2\\2\\3', 'g');
create macro hangul_letters(syllable) as
    case when unicode(syllable) between 44032 and 55203 then
        ['g','kk','n','d','tt','r','m','b','pp','s','ss','','j','jj','ch','k','t','p','h'][
            1 + (unicode(syllable) - 44032) // 588]
        || ['a','ae','ya','yae','eo','e','yeo','ye','o','wa','wae','oe','yo','u','wo','we','wi',
            'yu','eu','ui','i'][1 + (unicode(syllable) - 44032) % 588 // 28]
        || ['','k','k','k','n','n','n','t','l','k','m','l','l','l','p','l','m','p','p','t','t','ng',
            't','t','k','t','p',''][1 + (unicode(syllable) - 44032) % 28]
    else syllable end;
create macro latin_form(written) as
    trim(regexp_replace(regexp_replace(regexp_replace(
        replaced(strip_accents(replaced(
            case when regexp_matches(written, '[\\x{{AC00}}-\\x{{D7A3}}]')
                then array_to_string(
                    list_transform(string_split(written, ''), lambda c: hangul_letters(c)), '')
                when regexp_matches(written, '[ァ-ヺー]') then romanised(written)
                else written end,
            {_pairs(_CYRILLIC_ENDINGS)}
        )), {_pairs(_letters())}),
        '([^ -~])([ -~])', '\\1 \\2', 'g'),
        '([ -~])([^ -~])', '\\1 \\2', 'g'),
        ' +', ' ', 'g'));
create macro romaji_spelling(word) as
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
        replaced(regexp_replace(word, '(^|[^cs])hu', '\\1fu', 'g'), {_NIHON}),
        'o[ou]+', 'o', 'g'),
        'oh([^aiueo]|$)', 'o\\1', 'g'),
        'uu+', 'u', 'g'),
        'uh([^aiueo]|$)', 'u\\1', 'g'),
        'm([bmp])', 'n\\1', 'g');
create macro spellings(word) as
    list_distinct([
        word,
        case when length(word) > 2 then romaji_spelling(word) else word end,
        regexp_replace(word, '(^|[^aeiouqg])([aou])e([bcdfghklmnprstuwz])', '\\1\\2\\3', 'g')
    ]);
"""


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _pairs(replacements: dict[str, str]) -> str:
    # one text is read faster than a list of them, and this is read with every query
    pairs = " ".join(f"{text}={replacement}" for text, replacement in replacements.items())
    return f"string_split({_literal(pairs)}, ' ')"


def _longest_first(replacements: dict[str, str]) -> dict[str, str]:
    return dict(sorted(replacements.items(), key=lambda pair: -len(pair[0])))


def _letters() -> dict[str, str]:
    # Hangul is put together from its letters; macros take its syllables apart by their number
    return GREEK | {
        chr(code): letters for code, letters in LETTERS.items() if not 0x1100 <= code < 0x1200
    }


def _words(kind: str) -> str:
    words = {word.rstrip(".").replace(".", " ").replace("-", " ") for word in word_set(kind)}
    return "|".join(sorted(filter(str.isascii, words), key=lambda word: (-len(word), word)))


def _latin_forms() -> str:
    forms = {row["form"] for row in lexicon.rows("legal_forms.csv") if row["kind"] == "latin"}
    return "|".join(sorted(forms, key=lambda form: (-len(form), form)))


def _japanese_forms() -> str:
    full, short = (
        [
            fold_characters(row["form"])
            for row in lexicon.rows("legal_forms.csv")
            if row["kind"] == k
        ]
        for k in ("japanese", "kana_abbreviation")
    )
    escaped = [
        f.replace("(", r"\(").replace(")", r"\)") for f in sorted(full, key=lambda f: -len(f))
    ]
    kana = "|".join(sorted(short, key=len, reverse=True))
    return "|".join(escaped) + rf"|^\(?(?:{kana})\)|\((?:{kana})\)?$|{_SPELLED_HONORIFICS} *$"
