"""How texts sound: what is measured, and what has to hold for any text."""

import csv
from importlib.resources import files

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.sentiment import labelled, measure, reviews
from customer360.insight.sentiment import Reading, Sentiment, read
from customer360.insight.texts import score_texts

# what the held-out halves reach; they go up with what is measured, never down
FLOORS = {"en": 0.70, "ja": 0.70}


@pytest.mark.parametrize("language", FLOORS)
def test_texts_are_read_as_people_read_them(language: str) -> None:
    cases = labelled()[language]
    held_out = measure(cases[len(cases) // 2 :])
    assert held_out.accuracy >= FLOORS[language]
    assert held_out.accuracy > held_out.majority + 0.2
    assert held_out.turned_around <= 1


@pytest.mark.parametrize(("language", "floor"), [("en", 0.65), ("ja", 0.85)])
def test_reviews_sound_like_their_stars(language: str, floor: float) -> None:
    found = measure(reviews(language))
    assert found.texts > 50
    assert found.accuracy >= floor
    assert found.accuracy > found.majority + 0.1


@pytest.mark.parametrize(
    ("text", "sentiment"),
    [
        ("良い", Sentiment.POSITIVE),
        ("良くない", Sentiment.NEGATIVE),
        ("満足しています", Sentiment.POSITIVE),
        ("満足できません", Sentiment.NEGATIVE),
        ("不満はありません", Sentiment.POSITIVE),
        ("遅くて使えない", Sentiment.NEGATIVE),
        ("ｶﾜｲｲ", Sentiment.POSITIVE),
        ("住所変更", Sentiment.NEUTRAL),
        ("I would like to change my address, please.", Sentiment.NEUTRAL),
        ("I like it", Sentiment.POSITIVE),
        ("not good", Sentiment.NEGATIVE),
    ],
)
def test_negations_and_courtesy(text: str, sentiment: Sentiment) -> None:
    assert read(text).sentiment == sentiment


@pytest.mark.parametrize(("text", "language"), [("最高!", "ja"), ("great", "en"), ("123 !", None)])
def test_the_language_is_that_of_the_letters(text: str, language: str | None) -> None:
    assert read(text).language == language


@given(st.text(max_size=200))
def test_any_text_is_read_alike_each_time(text: str) -> None:
    reading = read(text)
    assert -1 <= reading.score <= 1
    assert reading == read(text)
    assert (reading.score >= 0.05) == (reading.sentiment == Sentiment.POSITIVE)
    assert (reading.score <= -0.05) == (reading.sentiment == Sentiment.NEGATIVE)


def test_words_of_the_lexicon_are_there_once() -> None:
    source = files("customer360.lexica").joinpath("japanese_sentiment.csv")
    words = [row["word"] for row in csv.DictReader(source.read_text("utf-8").splitlines())]
    assert len(words) == len(set(words)) > 200


def test_every_distinct_text_of_a_table_is_read_once() -> None:
    con = duckdb.connect()
    con.execute(
        "create table texts as select unnest(['最悪', 'thank you', 'thank you', '', null]) as text"
    )
    assert score_texts(con, texts="texts").order("text").fetchall() == [
        ("", None, 0.0, "neutral"),
        ("thank you", "en", read("thank you").score, "positive"),
        ("最悪", "ja", read("最悪").score, "negative"),
    ]
    con.execute("delete from texts")
    assert score_texts(con, texts="texts").fetchall() == []
    assert read("") == Reading(None, 0.0, Sentiment.NEUTRAL)
