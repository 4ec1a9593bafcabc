"""How often the sentiment of a text is what a reader takes it for: `python -m bench.sentiment`.

The texts are those of tests/cases/sentiment.yaml, and the reviews of the demo by their stars (one
or two are negative, four or five positive). Beside the share that is right stands that of answering
with the most frequent label always.
"""

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

from customer360.insight.sentiment import Sentiment, read

PROJECT = Path(__file__).resolve().parent.parent
CASES = PROJECT / "tests" / "cases" / "sentiment.yaml"
REVIEWS = PROJECT / "landing" / "demo" / "social" / "reviews.csv"
STARS = {
    "1": Sentiment.NEGATIVE,
    "2": Sentiment.NEGATIVE,
    "3": Sentiment.NEUTRAL,
    "4": Sentiment.POSITIVE,
    "5": Sentiment.POSITIVE,
}


@dataclass(frozen=True)
class Measured:
    """What became of the texts of one language.

    Attributes:
        texts: how many there are.
        accuracy: the share that is right.
        macro_f1: F1 of each label, averaged.
        majority: the share of the most frequent label.
        turned_around: texts whose positive is taken for negative, or the other way round.
        wrong: the texts that are not right, with what was read.

    """

    texts: int
    accuracy: float
    macro_f1: float
    majority: float
    turned_around: int
    wrong: Sequence[tuple[str, str, str]]


def measure(cases: Sequence[dict[str, str]]) -> Measured:
    """Read labelled texts and compare."""
    pairs = [(case["is"], str(read(case["text"]).sentiment)) for case in cases]
    scores = []
    for label in Sentiment:
        hits = sum(is_ == read_ == label for is_, read_ in pairs)
        named = sum(label in pair for pair in pairs)
        scores.append(2 * hits / (named + hits) if named else 1.0)
    right = sum(is_ == read_ for is_, read_ in pairs)
    return Measured(
        texts=len(cases),
        accuracy=right / len(cases),
        macro_f1=sum(scores) / len(scores),
        majority=max(Counter(is_ for is_, _ in pairs).values()) / len(cases),
        turned_around=sum(
            {is_, read_} == {Sentiment.POSITIVE, Sentiment.NEGATIVE} for is_, read_ in pairs
        ),
        wrong=[
            (is_, read_, case["text"])
            for case, (is_, read_) in zip(cases, pairs, strict=True)
            if is_ != read_
        ],
    )


def labelled() -> dict[str, list[dict[str, str]]]:
    """The texts by language."""
    cases: dict[str, list[dict[str, str]]] = yaml.safe_load(CASES.read_text("utf-8"))
    return cases


def reviews(language: str) -> list[dict[str, str]]:
    """The demo's reviews in a language, labelled by their stars."""
    with REVIEWS.open(encoding="utf-8", newline="") as file:
        return [
            {"is": STARS[row["rating"]], "text": f"{row['title']} {row['text']}"}
            for row in csv.DictReader(file)
            if row["language"] == language and row["rating"] in STARS and row["text"]
        ]


def main() -> None:
    """Print what is wrong, and a table."""
    console = Console()
    table = Table("language", "part", "texts", "right", "macro F1", "most frequent label", "turned")
    for language, cases in labelled().items():
        middle = len(cases) // 2
        parts = {
            "looked at": cases[:middle],
            "held out": cases[middle:],
            "stars of reviews": reviews(language),
        }
        for half, part in parts.items():
            found = measure(part)
            table.add_row(
                language,
                half,
                str(found.texts),
                f"{found.accuracy:.2f}",
                f"{found.macro_f1:.2f}",
                f"{found.majority:.2f}",
                str(found.turned_around),
            )
            for is_, read_, text in found.wrong:
                console.print(f"  {is_} read as {read_}: {text}", highlight=False)
    console.print(table)


if __name__ == "__main__":
    main()
