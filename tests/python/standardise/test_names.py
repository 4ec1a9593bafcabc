"""What holds for every name, not only for the listed cases."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from customer360.standardise import lexicon
from customer360.standardise.names import parse_person_name
from customer360.standardise.unspaced_names import split_kanji, split_latin

texts = st.one_of(st.none(), st.text(max_size=30))
NAME_TEXT = st.text(
    st.sampled_from("田中太郎佐藤花子様タナカたろうﾀﾛｳTanakaSmithéüжΩ김 ,.・-()'　王"), max_size=16
)


@given(texts, texts, texts, texts)
def test_no_text_breaks_a_name(
    full: str | None, given_name: str | None, family: str | None, reading: str | None
) -> None:
    parse_person_name(full, given_name, family, reading)


@given(NAME_TEXT, st.one_of(st.none(), NAME_TEXT))
def test_a_name_is_consistent_in_itself(full: str, reading: str | None) -> None:
    name = parse_person_name(full, name_reading=reading)
    assert (name.family is None) == (name.family_script is None) == (not name.family_keys)
    assert (name.given is None) == (name.given_script is None) == (not name.given_keys)
    for keys in (name.family_keys, name.given_keys, name.given_nickname_keys):
        assert list(keys) == sorted(set(keys))
        assert all(key and key == key.strip().lower() for key in keys)
    assert set(name.given_keys) <= set(name.given_nickname_keys)


@given(NAME_TEXT)
def test_a_repeated_call_gives_the_same_name(full: str) -> None:
    assert parse_person_name(full) == parse_person_name(full)


def frequent_names(size: int) -> list[tuple[str, str]]:
    """Surnames drawn by population, given names among the well attested ones."""
    draw = random.Random(360)
    families = [(k, w) for k, w in lexicon.family_weights().items() if w > 3.5]
    givens = [(k, w) for k, w in lexicon.given_weights().items() if w > 3.3]
    return list(
        zip(
            draw.choices([k for k, _ in families], [10**w for _, w in families], k=size),
            draw.choices([k for k, _ in givens], [10**w for _, w in givens], k=size),
            strict=True,
        )
    )


def test_names_without_a_blank_are_cut_at_the_right_place() -> None:
    names = frequent_names(5000)
    right = sum(split_kanji(family + given) == (family, given) for family, given in names)
    assert right / len(names) > 0.985


def test_a_blank_and_no_blank_give_the_same_keys() -> None:
    names = [(f, g) for f, g in frequent_names(500) if split_kanji(f + g) == (f, g)]
    for family, given_name in names:
        joined = parse_person_name(family + given_name)
        if joined.given is not None:
            assert joined == parse_person_name(f"{family} {given_name}")


def test_either_order_of_romaji_gives_one_name() -> None:
    for family in ("Tanaka", "Suzuki", "Satoh", "Watanabe", "Kobayashi", "Ohno"):
        for given_name in ("Taro", "Hanako", "Ken'ichi", "Yuki", "Sho", "Megumi"):
            straight = parse_person_name(f"{given_name} {family}")
            assert straight == parse_person_name(f"{family} {given_name}")
            assert straight.is_order_known


def test_words_are_not_cut_into_names() -> None:
    for word in ("sunflower", "dragon", "baseball", "purchase", "information"):
        assert split_latin(word) is None


def test_a_name_has_at_most_eight_readings() -> None:
    for kanji in ("大", "翔", "優", "一", "正"):
        assert 1 <= len(parse_person_name(None, kanji, "田中").given_keys) <= 9
