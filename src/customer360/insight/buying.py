"""How often customers buy until they stop, and how much: the BG/NBD and the Gamma-Gamma model.

BG/NBD: Fader, Hardie and Lee 2005, "Counting Your Customers the Easy Way: An Alternative to the
Pareto/NBD Model", Marketing Science 24, 275-284. A customer buys at a steady rate of its own, and
may stop for good after any purchase but the first; rates follow a gamma distribution, the chance to
stop a beta distribution.

Gamma-Gamma: Fader and Hardie 2013, "The Gamma-Gamma Model of Monetary Value",
brucehardie.com/notes/025. What a purchase is worth varies around the customer's own mean, and the
means vary between customers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, gammaln, hyp2f1

Floats = npt.NDArray[np.float64]

# parameters are looked for as logarithms, so that they stay positive; e^±10 is as good as no limit
_BOUND = 10.0


class FitError(ValueError):
    """The purchases do not determine the parameters."""


# a chance to stop of beta(a, b) then lies within a tenth of its mean
_ALL_STOP_ALIKE = 100


@dataclass(frozen=True)
class BuyingModel:
    """A fitted BG/NBD model; times are in one unit, as they were when it was fitted.

    Attributes:
        r: shape of the purchase rates.
        alpha: scale of the purchase rates.
        a: with `b`, the beta distribution of the chance to stop after a purchase.
        b: see `a`.

    """

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, repeats: Floats, last: Floats, observed: Floats) -> float:
        """Equation 6 of the paper, summed over the customers.

        Args:
            repeats: purchases after the first.
            last: time from the first purchase to the last.
            observed: time from the first purchase to the end of observation.

        """
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        common = (
            gammaln(r + repeats)
            - gammaln(r)
            + r * np.log(alpha)
            + gammaln(a + b)
            + gammaln(b + repeats)
            - gammaln(b)
            - gammaln(a + b + repeats)
        )
        goes_on = -(r + repeats) * np.log(alpha + observed)
        stopped = np.where(
            repeats > 0,
            np.log(a)
            - np.log(b + np.maximum(repeats, 1) - 1)
            - (r + repeats) * np.log(alpha + last),
            -np.inf,
        )
        return float(np.sum(common + np.logaddexp(goes_on, stopped)))

    def probability_alive(self, repeats: Floats, last: Floats, observed: Floats) -> Floats:
        """That a customer will buy again at all: 1 where it has bought once only."""
        odds = (
            np.log(self.a)
            - np.log(self.b + np.maximum(repeats, 1) - 1)
            + (self.r + repeats) * np.log((self.alpha + observed) / (self.alpha + last))
        )
        probability: Floats = np.where(repeats > 0, expit(-odds), 1.0)
        return probability

    def expected_purchases(
        self, ahead: float, repeats: Floats, last: Floats, observed: Floats
    ) -> Floats:
        """How many purchases to expect of each customer within `ahead` from now.

        Equation 10 of the paper. Euler's transformation of the hypergeometric function keeps its
        arguments small however often somebody has bought; where customers stop so soon that it
        overflows, the function is taken as it is written there. Where all of them stop alike, so
        that neither can be computed, the chance to stop is taken for its mean.
        """
        r, alpha, b = self.r, self.alpha, self.b
        if self.a > _ALL_STOP_ALIKE:
            stop = self.a / (self.a + b + repeats)
            lasting = (1 + stop * ahead / (alpha + observed)) ** -(r + repeats)
            alike: Floats = (1 - lasting) / stop * self.probability_alive(repeats, last, observed)
            return alike
        # the limit at 1 exists, the formula does not
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6
        c = a + b + repeats - 1
        shrink = (alpha + observed) / (alpha + observed + ahead)
        with np.errstate(over="ignore", invalid="ignore"):
            transformed = shrink ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, c, 1 - shrink)
            written = shrink ** (r + repeats) * hyp2f1(r + repeats, b + repeats, c, 1 - shrink)
        if_alive = c / (a - 1) * (1 - np.where(np.isfinite(transformed), transformed, written))
        expected: Floats = if_alive * self.probability_alive(repeats, last, observed)
        return expected


@dataclass(frozen=True)
class SpendModel:
    """A fitted Gamma-Gamma model.

    Attributes:
        p: shape of the value of a purchase around its customer's mean.
        q: shape of the means.
        v: scale of the means.

    """

    p: float
    q: float
    v: float

    def log_likelihood(self, purchases: Floats, mean: Floats) -> float:
        """Equation 1a of the note, summed over the customers.

        Args:
            purchases: how many; at least one.
            mean: what they were worth on average; more than 0.

        """
        p, q, v = self.p, self.q, self.v
        shape = p * purchases
        return float(
            np.sum(
                gammaln(shape + q)
                - gammaln(shape)
                - gammaln(q)
                + q * np.log(v)
                + (shape - 1) * np.log(mean)
                + shape * np.log(purchases)
                - (shape + q) * np.log(v + purchases * mean)
            )
        )

    def expected_mean(self, purchases: Floats, mean: Floats) -> Floats:
        """What a purchase of each customer is worth, between its own mean and that of all."""
        expected: Floats = self.p * (self.v + purchases * mean) / (self.p * purchases + self.q - 1)
        return expected


def fit_buying(repeats: Floats, last: Floats, observed: Floats) -> BuyingModel:
    """Find the parameters under which what was bought is most likely.

    Args:
        repeats: purchases after the first.
        last: time from the first purchase to the last.
        observed: time from the first purchase to the end of observation.

    Raises:
        FitError: nobody has bought twice, or no optimum was found.

    """
    if not np.any(repeats > 0):
        raise FitError("nobody has bought twice")
    unit = float(np.max(observed))
    if unit <= 0:
        raise FitError("no time has passed since the first purchases")
    last, observed = last / unit, observed / unit

    def model(parameters: Floats) -> BuyingModel:
        r, alpha, a, b = (float(value) for value in np.exp(parameters))
        return BuyingModel(r, alpha, a, b)

    found = model(
        _most_likely(
            lambda parameters: model(parameters).log_likelihood(repeats, last, observed),
            starts=((0.0, 0.0, 0.0, 0.0), (-1.0, -1.0, -1.0, 1.0)),
        )
    )
    return BuyingModel(found.r, found.alpha * unit, found.a, found.b)


def fit_spend(purchases: Floats, mean: Floats) -> SpendModel:
    """Find the parameters under which what was spent is most likely.

    Args:
        purchases: how many; at least one.
        mean: what they were worth on average; more than 0.

    Raises:
        FitError: there are no such customers, or no optimum was found.

    """
    if not len(purchases):
        raise FitError("nobody has bought anything of value twice")
    unit = float(np.mean(mean))

    def model(parameters: Floats) -> SpendModel:
        p, above_one, v = (float(value) for value in np.exp(parameters))
        # with q of 1 or less the means would have no mean
        return SpendModel(p, 1 + above_one, v)

    found = model(
        _most_likely(
            lambda parameters: model(parameters).log_likelihood(purchases, mean / unit),
            starts=((0.0, 0.0, 0.0), (1.5, 1.0, 0.5)),
        )
    )
    return SpendModel(found.p, found.q, found.v * unit)


def _most_likely(
    log_likelihood: Callable[[Floats], float], starts: Sequence[Sequence[float]]
) -> Floats:
    """The logarithms of the parameters at the best optimum that is reached from the starts."""
    attempts = [
        minimize(
            lambda parameters: -log_likelihood(parameters),
            np.array(start),
            method="L-BFGS-B",
            bounds=[(-_BOUND, _BOUND)] * len(start),
        )
        for start in starts
    ]
    best = min(attempts, key=lambda attempt: float(attempt.fun))
    if not np.isfinite(best.fun):
        raise FitError("no parameters make what was bought possible")
    parameters: Floats = best.x
    return parameters
