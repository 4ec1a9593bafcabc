"""Where a simple form has a way of its own, it says what the general way says."""

from __future__ import annotations

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from customer360.standardise import lexicon
from customer360.standardise.addresses import _latin_street, _plain_street
from customer360.standardise.letters import latin_keys
from customer360.standardise.names import (
    _SPECIAL,
    _field,
    _field_of_words,
    _is_bare_word,
    _is_special,
    _split_any,
    _split_two_words,
)
from customer360.standardise.unspaced_names import latin_weights

LATIN_WORDS = st.one_of(
    st.sampled_from(sorted(lexicon.western_names())),
    st.sampled_from([row["word"] for row in lexicon.rows("name_words.csv")]),
    st.sampled_from(["Tanaka", "TARO", "Sato", "Guest", "none", "van", "Jr", "Dr", "aaa", "nee"]),
    st.text("abenorstz'ÉéßŉK", min_size=1, max_size=6),
)
JAPANESE_WORDS = st.sampled_from(
    [
        "田中",
        "太郎",
        "タナカ",
        "たろう",
        "ﾀﾅｶ",
        "様",
        "田中様",
        "さん",
        "不明",
        "ゲスト",
        "髙橋",
        "林",
    ]
)
TELLING_WORDS = """
main haupt hauptstrasse strasse str str. st. apt box floor bis no nr. bp po a 5th rue mueller og
d'or
"""
STREET_WORDS = st.one_of(
    st.sampled_from([row["word"] for row in lexicon.rows("street_words.csv")]),
    st.sampled_from(TELLING_WORDS.split()),
)


@settings(max_examples=600, deadline=None)
@given(LATIN_WORDS, LATIN_WORDS, st.sampled_from([" ", ", "]))
@example("Guest", "User", " ")
@example("SMITH", "John", ", ")
@example("\u0149an", "John", ", ")
def test_two_words_are_placed_as_by_the_general_way(one: str, two: str, between: str) -> None:
    # of two words alone, Nee is a name and not the sign of a maiden name
    assume(_SPECIAL.search(f"{one} {two}") is None)
    text = f"{one}{between}{two}"
    quick = _split_two_words(text)
    assert quick is None or quick == _split_any(text)


def test_most_western_names_take_the_quick_way() -> None:
    assert _split_two_words("Anna Schmidt") is not None
    assert _split_two_words("Schmidt, Anna") is not None
    assert _split_two_words("Guest User") is None


@settings(max_examples=600, deadline=None)
@given(st.one_of(LATIN_WORDS, JAPANESE_WORDS), st.sampled_from(["family", "given"]))
def test_a_field_of_one_word_is_read_as_by_the_general_way(text: str, role: str) -> None:
    if _is_bare_word(text):
        assert _field(text, role) == _field_of_words(text, role)


@settings(max_examples=600, deadline=None)
@given(st.lists(LATIN_WORDS, min_size=1, max_size=3), st.sampled_from([" ", "-", ". ", " née "]))
@example(["Anna", "geb. Huber"], " ")
@example(["Taro", "San"], "-")
def test_a_name_is_special_where_the_pattern_finds_it(words: list[str], between: str) -> None:
    text = between.join(words)
    assert _is_special(text) == (_SPECIAL.search(text) is not None)


SYLLABLES = "ka si tu ohn ou zy mb sh ti wo ae ue mueller ll x t"
ROMANISED = st.lists(st.sampled_from(SYLLABLES.split()))


@settings(max_examples=1000, deadline=None)
@given(st.one_of(LATIN_WORDS.map(str.lower), ROMANISED.map("".join)))
@example("zyun")
@example("mueller")
@example("o'brien")
@example("müller")
def test_a_word_is_weighed_as_by_its_keys(word: str) -> None:
    weights = [lexicon.weights(key) for key in latin_keys(word)]
    families, givens = zip(*weights, strict=True) if weights else ((0.0,), (0.0,))
    assert latin_weights(word) == (max(families), max(givens))


@settings(max_examples=1000, deadline=None)
@given(
    st.lists(STREET_WORDS, min_size=1, max_size=4),
    st.sampled_from(["", "12", "7a", "12-14"]),
    st.sampled_from(["", "9", "3b"]),
)
@example(["haupt", "strasse"], "", "12")
@example(["bis", "rue"], "12", "")
def test_a_plain_street_is_read_as_by_the_general_way(
    words: list[str], before: str, after: str
) -> None:
    text = " ".join(filter(None, [before, *words, after]))
    quick = _plain_street(text)
    assert quick is None or quick == _latin_street(text)


def test_most_streets_take_the_quick_way() -> None:
    assert _plain_street("12 maple street") == ("maple st", "12")
    assert _plain_street("hauptstrasse 12") == ("hauptstr", "12")
    assert _plain_street("12 maple street apt 4") is None
