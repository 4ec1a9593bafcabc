"""What a comparison consists of."""

from dataclasses import dataclass
from enum import StrEnum


class PartyType(StrEnum):
    """Persons and organizations are matched apart, each with its own comparisons."""

    PERSON = "person"
    ORGANIZATION = "organization"


@dataclass(frozen=True)
class Level:
    """One outcome of a comparison.

    Attributes:
        name: what a reader of an explanation sees.
        condition: SQL over `…_l` and `…_r` columns; "else" for the last level.
        m: share of true matches that reach the level, among those that can (`group`).
        u: share of strangers that reach it: the prior for the estimate from random pairs. Not used
            where `frequency` says how rare the value itself is.
        household: the same share among relatives and flatmates; `None`: as rare as for strangers.
        frequency: the `tf_…` column (without the prefix) that replaces u.
        group: what can be compared at all (one script, an initial only, no street) decides which
            levels compete: chances are estimated among the pairs of one group.
        is_refined: whether the data may refine m; not where few pairs can reach the level at all.

    """

    name: str
    condition: str
    m: float
    u: float | None = None
    household: float | None = None
    frequency: str | None = None
    group: str = "all"
    is_refined: bool = True


@dataclass(frozen=True)
class Comparison:
    """Mutually exclusive levels over the same evidence; the first that holds counts.

    Attributes:
        name: names the columns of the result.
        missing: SQL condition under which there is nothing to compare: no evidence either way.
        levels: from the most to the least similar, the last with condition "else".

    """

    name: str
    missing: str
    levels: tuple[Level, ...]


ELSE = "else"
