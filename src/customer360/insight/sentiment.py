"""How a text sounds, by the words in it: English by VADER, Japanese by a lexicon of its own.

VADER: Hutto and Gilbert 2014, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of
Social Media Text", ICWSM. Of the Japanese libraries none is light enough for a build: they need
MeCab and a dictionary, or a trained model. So Japanese is read the same way with less: known words
are found in the text, longest first, a negation behind one turns it around, and the sum is
normalised as VADER does it. `lexica/japanese_sentiment.csv` has the words.
"""

import csv
import math
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


class Sentiment(StrEnum):
    """How a text sounds on the whole."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"


@dataclass(frozen=True)
class Reading:
    """What was read from a text.

    Attributes:
        language: `ja` where there is a kana or a kanji in it, `en` otherwise; none without letters.
        score: from −1 to 1; 0 where it has no known word.
        sentiment: the score in a word.

    """

    language: str | None
    score: float
    sentiment: Sentiment


# VADER's own: from here on a text is positive or negative
_THRESHOLD = 0.05
# VADER's own: what a negation does to a word, and how a sum becomes a score
_NEGATION = -0.74
_NORMALISATION = 15

# what makes a request polite says nothing of how somebody feels
_COURTESY = re.compile(r"\b(?:please|(?:would|['’]d) like(?: to)?)\b", re.IGNORECASE)
_JAPANESE = re.compile("[\u3041-\u30ff\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
# a negation that belongs to the word before it: 良くない, 満足できません, 不満はありません
_NEGATED = re.compile(
    "[いくでじゃはもにがをとしきえれて]{0,5}(?:ない|なか|なく|なし|ません|ありません|ず)"
)


def read(text: str) -> Reading:
    """Read a text in English or Japanese; the same text always reads the same."""
    text = unicodedata.normalize("NFKC", text)
    if not _LETTER.search(text):
        return Reading(None, 0.0, Sentiment.NEUTRAL)
    if _JAPANESE.search(text):
        language, score = "ja", _japanese_score(text)
    else:
        language, score = "en", float(_vader().polarity_scores(_COURTESY.sub("", text))["compound"])
    return Reading(language, score, _in_a_word(score))


def _in_a_word(score: float) -> Sentiment:
    if score >= _THRESHOLD:
        return Sentiment.POSITIVE
    return Sentiment.NEGATIVE if score <= -_THRESHOLD else Sentiment.NEUTRAL


def _japanese_score(text: str) -> float:
    words, valences = _japanese_lexicon()
    total = 0.0
    for found in words.finditer(text):
        valence = valences[found.group()]
        total += valence * _NEGATION if _NEGATED.match(text, found.end()) else valence
    return round(total / math.sqrt(total * total + _NORMALISATION), 4)


@cache
def _vader() -> SentimentIntensityAnalyzer:
    return SentimentIntensityAnalyzer()


@cache
def _japanese_lexicon() -> tuple[re.Pattern[str], dict[str, float]]:
    source = files("customer360.lexica").joinpath("japanese_sentiment.csv")
    valences = {
        unicodedata.normalize("NFKC", row["word"]): float(row["valence"])
        for row in csv.DictReader(source.read_text("utf-8").splitlines())
    }
    # the longest word that begins at a place is the one that is meant
    longest_first = sorted(valences, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))), valences
