"""The models of buying against what their authors published, and against their definitions."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import hyp2f1

from customer360.insight.buying import (
    BuyingModel,
    FitError,
    Floats,
    SpendModel,
    fit_buying,
    fit_spend,
)

# table 2 of Fader, Hardie and Lee 2005
PUBLISHED = BuyingModel(r=0.243, alpha=4.414, a=0.793, b=2.426)
# Fader and Hardie 2013
PUBLISHED_SPEND = SpendModel(p=6.25, q=3.74, v=15.44)


def values(*numbers: float) -> Floats:
    return np.array(numbers, float)


@pytest.fixture(scope="module")
def customers() -> dict[str, Floats]:
    """A base that buys, stops and spends just as the models say, with the published parameters."""
    random = np.random.default_rng(2005)
    count = 20_000
    rates = random.gamma(PUBLISHED.r, 1 / PUBLISHED.alpha, count)
    stops = random.beta(PUBLISHED.a, PUBLISHED.b, count)
    observed = random.uniform(27, 39, count)
    repeats, last = np.zeros(count), np.zeros(count)
    for i in range(count):
        week = random.exponential(1 / rates[i])
        while week <= observed[i]:
            repeats[i], last[i] = repeats[i] + 1, week
            if random.random() < stops[i]:
                break
            week += random.exponential(1 / rates[i])
    # a purchase of a customer is gamma(p, nu), the sum of several gamma(p x, nu)
    scales = random.gamma(PUBLISHED_SPEND.q, 1 / PUBLISHED_SPEND.v, count)
    spent = random.gamma(PUBLISHED_SPEND.p * np.maximum(repeats, 1), 1 / scales)
    return {
        "repeats": repeats,
        "last_week": last,
        "weeks_observed": observed,
        "mean_repeat_spend": np.where(repeats > 0, spent / np.maximum(repeats, 1), 0),
    }


def test_the_parameters_that_a_base_was_made_with_are_found(customers: dict[str, Floats]) -> None:
    history = (customers["repeats"], customers["last_week"], customers["weeks_observed"])
    found = fit_buying(*history)
    assert found.r == pytest.approx(PUBLISHED.r, rel=0.1)
    assert found.alpha == pytest.approx(PUBLISHED.alpha, rel=0.1)
    # how many stop is well known; how much customers differ in it, less so
    assert found.a / (found.a + found.b) == pytest.approx(0.793 / (0.793 + 2.426), rel=0.1)
    # no other parameters explain the base better, those that it was made with least of all
    assert found.log_likelihood(*history) >= PUBLISHED.log_likelihood(*history)


def test_the_published_expectation_of_a_customer_is_found() -> None:
    # Fader, Hardie and Lee 2005, "Implementing the BG/NBD Model for Customer Base Analysis in
    # Excel": two repeat purchases, the last in week 30.43 of 38.86, over the next 39 weeks
    expected = PUBLISHED.expected_purchases(39, values(2), values(30.43), values(38.86))
    assert expected == pytest.approx([1.226], abs=0.001)


def test_the_spend_that_a_base_was_made_with_is_found(customers: dict[str, Floats]) -> None:
    again = customers["repeats"] > 0
    found = fit_spend(customers["repeats"][again], customers["mean_repeat_spend"][again])
    assert (found.p, found.q, found.v) == pytest.approx((6.25, 3.74, 15.44), rel=0.15)


def test_the_published_expectation_of_spend_is_found() -> None:
    # Fader and Hardie 2013: two repeat purchases of 22.35 on average
    expected = PUBLISHED_SPEND.expected_mean(values(2), values(22.35))
    assert expected == pytest.approx([24.66], abs=0.01)


def test_two_fits_are_the_same(customers: dict[str, Floats]) -> None:
    history = (customers["repeats"], customers["last_week"], customers["weeks_observed"])
    assert fit_buying(*history) == fit_buying(*history)


def test_the_unit_of_time_and_of_money_does_not_matter(customers: dict[str, Floats]) -> None:
    repeats, last, observed = (
        customers["repeats"],
        customers["last_week"],
        customers["weeks_observed"],
    )
    weeks, days = fit_buying(repeats, last, observed), fit_buying(repeats, 7 * last, 7 * observed)
    assert weeks.expected_purchases(26, repeats, last, observed) == pytest.approx(
        days.expected_purchases(182, repeats, 7 * last, 7 * observed), rel=1e-3
    )
    again, mean = repeats[repeats > 0], customers["mean_repeat_spend"][repeats > 0]
    dollars, yen = fit_spend(again, mean), fit_spend(again, 150 * mean)
    assert yen.expected_mean(again, 150 * mean) == pytest.approx(
        150 * dollars.expected_mean(again, mean), rel=1e-3
    )


def written_as_in_the_paper(
    model: BuyingModel, ahead: float, x: float, last: float, observed: float
) -> float:
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    shrink = (alpha + observed) / (alpha + observed + ahead)
    series = hyp2f1(r + x, b + x, a + b + x - 1, 1 - shrink)
    stopped = (a / (b + x - 1)) * ((alpha + observed) / (alpha + last)) ** (r + x) if x else 0
    return float((a + b + x - 1) / (a - 1) * (1 - shrink ** (r + x) * series) / (1 + stopped))


@given(
    x=st.integers(0, 12),
    share=st.floats(0, 1),
    observed=st.floats(1, 100),
    ahead=st.floats(1, 60),
)
def test_the_stable_form_is_that_of_the_paper(
    x: int, share: float, observed: float, ahead: float
) -> None:
    last = share * observed if x else 0.0
    assert PUBLISHED.expected_purchases(ahead, values(x), values(last), values(observed)) == (
        pytest.approx([written_as_in_the_paper(PUBLISHED, ahead, x, last, observed)], rel=1e-6)
    )


@given(
    x=st.integers(0, 5_000), share=st.floats(0, 1), a=st.floats(1e-4, 1e4), b=st.floats(1e-4, 1e4)
)
def test_no_customer_is_too_much(x: int, share: float, a: float, b: float) -> None:
    model = BuyingModel(r=0.5, alpha=10, a=a, b=b)
    history = (values(x), values(100 * share if x else 0), values(100))
    (alive,) = model.probability_alive(*history)
    sooner, later = (model.expected_purchases(ahead, *history)[0] for ahead in (26, 52))
    assert 0 <= alive <= 1
    assert 0 <= sooner <= later * (1 + 1e-9) + 1e-9
    assert np.isfinite(later)


def test_customers_who_all_stop_alike_are_the_limit_of_those_who_nearly_do() -> None:
    history = (values(0, 2, 9), values(0, 30, 38), values(40, 40, 40))
    below, above = (
        BuyingModel(r=0.5, alpha=10, a=a, b=3 * a).expected_purchases(39, *history)
        for a in (99.9, 100.1)
    )
    assert above == pytest.approx(below, rel=0.02)


def test_who_stops_is_less_alive_than_who_goes_on() -> None:
    alive = PUBLISHED.probability_alive(values(5, 5, 0), values(30, 5, 0), values(31, 31, 31))
    assert alive[0] > 0.8 > 0.2 > alive[1]
    assert alive[2] == 1


def test_without_repeat_purchases_nothing_is_made_up() -> None:
    with pytest.raises(FitError, match="nobody has bought twice"):
        fit_buying(values(0, 0), values(0, 0), values(3, 4))
    with pytest.raises(FitError, match="twice"):
        fit_spend(values(), values())


def test_a_mean_of_few_purchases_is_drawn_to_that_of_all() -> None:
    model = SpendModel(p=6.25, q=3.74, v=15.44)
    of_all = model.p * model.v / (model.q - 1)
    once, often = model.expected_mean(values(1, 50), values(100, 100))
    assert of_all < once < often < 100
