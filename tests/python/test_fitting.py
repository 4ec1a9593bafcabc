"""What the data may change of the model, and how far: refined error rates and rejected releases."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.matching.fitting import refined_rates
from customer360.matching.model import Comparison, PartyType
from customer360.matching.persons import BIRTH_DATE, GENDER, PERSON_COMPARISONS
from customer360.matching.release import Release, ReleaseError
from customer360.matching.splink_engine import gamma

SHIPPED = {
    (comparison.name, level.name): level.u
    for comparison in PERSON_COMPARISONS
    for level in comparison.levels
    if level.u is not None
}
RELEASE = Release(
    party_type=PartyType.PERSON,
    record_count=10_000,
    chances=SHIPPED,
    error_rates={},
    between_share=1e-4,
    within_share=1e-5,
    household_share=1e-4,
    matches_per_record=1.2,
)
counts = st.floats(min_value=0, max_value=1e6, allow_nan=False)


def level_counts(comparison: Comparison, **seen: float) -> np.ndarray:
    result = np.zeros(len(comparison.levels))
    for level in comparison.levels:
        result[gamma(comparison, level)] = seen.get(level.name, 0.0)
    return result


@pytest.mark.parametrize("comparison", PERSON_COMPARISONS, ids=lambda c: c.name)
@given(data=st.data())
def test_no_data_moves_an_error_rate_far_or_across_the_chance(
    comparison: Comparison, data: st.DataObject
) -> None:
    seen = data.draw(
        st.lists(counts, min_size=len(comparison.levels), max_size=len(comparison.levels))
    )
    rates = refined_rates(comparison, np.array(seen), SHIPPED)
    for level in comparison.levels:
        m = rates.get((comparison.name, level.name), level.m)
        assert level.m / 1.751 <= m <= level.m * 1.751
        assert 0 < m < 1
        if level.u is not None:
            assert (m - level.u) * (level.m - level.u) >= 0, level.name


def test_few_matches_leave_the_shipped_rates() -> None:
    assert refined_rates(GENDER, level_counts(GENDER, same=1000, different=900), SHIPPED) == {}


def test_many_matches_pull_the_rates_to_what_they_show() -> None:
    seen = level_counts(GENDER, same=95_500, different=4_500)
    rates = refined_rates(GENDER, seen, SHIPPED)
    assert rates["gender", "different"] == pytest.approx(0.0445, abs=0.001)
    assert rates["gender", "same"] == pytest.approx(0.9555, abs=0.001)


def test_the_shipped_model_is_within_bounds() -> None:
    RELEASE.check()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"matches_per_record": 4_000.0}, "4000 matches per record are expected"),
        ({"between_share": 0.7}, "the share of matches between sources is 0.7"),
        ({"household_share": 0.0}, "the share of relatives is 0"),
        (
            {"chances": SHIPPED | {("gender", "different"): 0.001}},
            r"gender, different: would speak for a match \(\+4.9 bits\)",
        ),
        (
            {"chances": SHIPPED | {("birth_date", "one digit off"): 1e-9}},
            r"birth_date, one digit off: weighs \+25.1 bits",
        ),
        (
            {"error_rates": {("birth_date", "different"): 1.0}},
            "birth_date, different: m is 1",
        ),
        ({"chances": {}}, "u is None"),
    ],
)
def test_a_release_out_of_bounds_is_rejected_with_the_reason(
    change: dict[str, object], reason: str
) -> None:
    with pytest.raises(ReleaseError, match=reason):
        replace(RELEASE, **change).check()  # type: ignore[arg-type]


def test_all_faults_are_named_at_once() -> None:
    with pytest.raises(ReleaseError, match=r"relatives is 2.*matches per record"):
        replace(RELEASE, household_share=2.0, matches_per_record=1e6).check()


def test_refined_rates_are_what_a_release_weighs_with() -> None:
    refined = replace(RELEASE, error_rates={("birth_date", "same"): 0.95})
    comparison = next(c for c in refined.comparisons if c.name == "birth_date")
    assert comparison.levels[0].m == 0.95
    assert comparison.levels[1] == BIRTH_DATE.levels[1]


def test_a_rate_refined_below_its_shipped_chance_is_no_fault() -> None:
    level = ("family_name", "similar or part of the other")
    replace(RELEASE, error_rates={level: 0.006}, chances=SHIPPED | {level: 0.001}).check()
