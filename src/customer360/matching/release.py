"""A model release: everything that scoring depends on, fitted once and then frozen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log2
from typing import Any

from customer360.matching.model import Comparison, Level, PartyType
from customer360.matching.organizations import ORGANIZATION_COMPARISONS
from customer360.matching.persons import PERSON_COMPARISONS
from customer360.matching.splink_engine import Chances

COMPARISONS = {
    PartyType.PERSON: PERSON_COMPARISONS,
    PartyType.ORGANIZATION: ORGANIZATION_COMPARISONS,
}
# no share of all pairs is larger
LARGEST_SHARE = 0.5
# beyond these no base of customers goes: whatever was fitted, it was not shares of matches
_MOST_MATCHES_PER_RECORD = 100
_MOST_BITS_OF_A_LEVEL = 20
# six stored digits may turn a weight of nothing into one of next to nothing
_ROUNDING_BITS = 0.01


class ReleaseError(RuntimeError):
    """A release that must not score: it was fitted with other comparisons, or is out of bounds."""


@dataclass(frozen=True)
class Release:
    """The parameters of one party type.

    Attributes:
        party_type: what it scores.
        record_count: how many records it was fitted on.
        chances: u by (comparison, level), for the levels without a frequency.
        error_rates: m by (comparison, level), where the data refined the shipped one.
        between_share: λ of pairs from two sources.
        within_share: λ of pairs from one source.
        household_share: λ_h, the share of pairs that are relatives or flatmates.
        matches_per_record: expected matching pairs per record, over all pairs.

    """

    party_type: PartyType
    record_count: int
    chances: Chances
    error_rates: Chances
    between_share: float
    within_share: float
    household_share: float
    matches_per_record: float

    @property
    def comparisons(self) -> Sequence[Comparison]:
        """The comparisons that the release weighs, with its error rates."""
        return tuple(
            replace(
                comparison,
                levels=tuple(
                    replace(level, m=self.error_rates.get((comparison.name, level.name), level.m))
                    for level in comparison.levels
                ),
            )
            for comparison in COMPARISONS[self.party_type]
        )

    def check(self) -> None:
        """Refuse absurd parameters, whatever data or hand they came from.

        Raises:
            ReleaseError: with every parameter that is out of bounds and why.

        """
        faults = [
            f"the share of {name} is {share:g}, not between 0 and one half"
            for name, share in (
                ("matches between sources", self.between_share),
                ("matches within a source", self.within_share),
                ("relatives", self.household_share),
            )
            if not 0 < share <= LARGEST_SHARE
        ]
        if not 0 <= self.matches_per_record <= _MOST_MATCHES_PER_RECORD:
            faults.append(
                f"{self.matches_per_record:g} matches per record are expected; more than"
                f" {_MOST_MATCHES_PER_RECORD} mean that an ordinary value joins everybody"
            )
        for comparison in COMPARISONS[self.party_type]:
            for level in comparison.levels:
                faults += self._faults(comparison, level)
        if faults:
            raise ReleaseError(
                f"the fitted {self.party_type} model is out of bounds: {'; '.join(faults)}."
                " Look for a column that holds the same value, or another column's values, in"
                " most records (identity_generic_values lists the commonest identifiers)"
            )

    def _faults(self, comparison: Comparison, level: Level) -> Sequence[str]:
        place = f"{comparison.name}, {level.name}"
        m = self.error_rates.get((comparison.name, level.name), level.m)
        if not 0 < m < 1:
            return [f"{place}: m is {m:g}"]
        if level.u is None:
            return []
        u = self.chances.get((comparison.name, level.name))
        if u is None or not 0 < u <= 1:
            return [f"{place}: u is {u}"]
        bits, shipped_bits = log2(m / u), log2(level.m / level.u)
        if abs(bits) > _MOST_BITS_OF_A_LEVEL:
            return [f"{place}: weighs {bits:+.1f} bits"]
        if bits * shipped_bits < 0 and abs(bits) > _ROUNDING_BITS:
            side = "for" if bits > 0 else "against"
            return [f"{place}: would speak {side} a match ({bits:+.1f} bits)"]
        return []

    def to_json(self) -> str:
        """The parameters as stored in the registry; six significant digits, sorted keys."""
        return json.dumps(
            {
                "record_count": self.record_count,
                "between_share": _rounded(self.between_share),
                "within_share": _rounded(self.within_share),
                "household_share": _rounded(self.household_share),
                "matches_per_record": _rounded(self.matches_per_record),
                "chances": _listed(self.chances),
                "error_rates": _listed(self.error_rates),
            },
            sort_keys=True,
        )

    @classmethod
    def from_json(cls, party_type: PartyType, text: str) -> "Release":
        """Read what `to_json` wrote."""
        stored: dict[str, Any] = json.loads(text)
        return cls(
            party_type=party_type,
            chances={(c, level): u for c, level, u in stored.pop("chances")},
            error_rates={(c, level): m for c, level, m in stored.pop("error_rates")},
            **stored,
        )


def _listed(values: Chances) -> list[tuple[str, str, float]]:
    return [(comparison, level, _rounded(v)) for (comparison, level), v in sorted(values.items())]


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
