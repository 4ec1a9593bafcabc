"""Random choices that are the same on every Python version and platform."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A random stream named by text: equal names give equal streams, whatever else was drawn.

    Everything is derived from `random.Random.random`, whose sequence for a text seed Python
    guarantees; the convenience methods of `random` have changed between versions.
    """

    def __init__(self, *name: object) -> None:
        self._random = random.Random("/".join(str(part) for part in name)).random

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self._random() < probability

    def below(self, bound: int) -> int:
        """A whole number in [0, bound)."""
        return int(self._random() * bound)

    def between(self, low: int, high: int) -> int:
        """A whole number in [low, high]."""
        return low + int(self._random() * (high - low + 1))

    def fraction(self) -> float:
        """A number in [0, 1)."""
        return self._random()

    def pick(self, items: Sequence[T]) -> T:
        """One item, each equally likely."""
        return items[int(self._random() * len(items))]

    def pick_frequent(self, items: Sequence[T], decay: float = 0.085) -> T:
        """One item of a list in order of frequency; weight of rank r is 1 / (1 + decay · r).

        With the default decay the first hundred Japanese surnames come out close to their
        published counts (Satō 1.8 million, the tenth 1.0, the hundredth 0.2).
        """
        key = (len(items), decay)
        cumulative = _CUMULATIVE.get(key)
        if cumulative is None:
            cumulative = list(accumulate(1 / (1 + decay * rank) for rank in range(len(items))))
            _CUMULATIVE[key] = cumulative
        position = bisect_right(cumulative, self._random() * cumulative[-1])
        return items[min(position, len(items) - 1)]

    def pick_weighted(self, weights: Mapping[T, float]) -> T:
        """One key, as likely as its weight says."""
        remaining = self._random() * sum(weights.values())
        for item, weight in weights.items():
            remaining -= weight
            if remaining < 0:
                return item
        return next(reversed(list(weights)))

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order (Fisher–Yates)."""
        result = list(items)
        for last in range(len(result) - 1, 0, -1):
            other = int(self._random() * (last + 1))
            result[last], result[other] = result[other], result[last]
        return result

    def letters(self, count: int, alphabet: str = "0123456789abcdef") -> str:
        """Random text of the given length."""
        return "".join(self.pick(alphabet) for _ in range(count))


_CUMULATIVE: dict[tuple[int, float], list[float]] = {}
