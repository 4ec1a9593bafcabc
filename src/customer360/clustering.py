"""From weighed pairs to clusters of records.

Connected components first. A component in which every pair speaks for a match is a cluster. Any
other is taken apart and put together again by average linkage: two groups join while the mean
value over all pairs between them is above zero, so that one strong link cannot chain two parties
together against everything else that is known of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# a component that is too large raises its own bar, in steps of so many bits, until it falls apart
RAISE_BITS = 2.0

CANNOT_LINK = -10_000.0
MUST_LINK = 10_000.0


@dataclass(frozen=True)
class Links:
    """Pairs of records, by position, with the weight of each in bits."""

    left: Ints
    right: Ints
    weight: Floats


def components(size: int, links: Links) -> Ints:
    """Label the connected components of `size` records; labels follow the first record."""
    graph = coo_array((np.ones(len(links.left)), (links.left, links.right)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return _by_first_member(labels.astype(np.int64))


def bounded_components(size: int, links: Links, *, threshold: float, largest: int) -> Ints:
    """Connected components over links of at least `threshold`, none too large to be examined.

    A component of more than `largest` records is cut again at a higher bar, as often as needed.
    Must-links hold at any bar: what they alone hold together stays, however large.
    """
    chosen = links.weight >= threshold
    kept = Links(links.left[chosen], links.right[chosen], links.weight[chosen])
    labels = components(size, kept)
    bar = threshold
    while True:
        counts = np.bincount(labels, minlength=size)
        oversized = counts > largest
        inside = oversized[labels[kept.left]]
        bar += RAISE_BITS
        drop = inside & (kept.weight < bar)
        if not (inside & (kept.weight < MUST_LINK)).any():
            return labels
        kept = Links(kept.left[~drop], kept.right[~drop], kept.weight[~drop])
        labels = components(size, kept)


def average_linkage(values: Floats) -> Ints:
    """Cluster the records of several components of one size.

    Args:
        values: (components, n, n), symmetric: what each pair says for (above zero) or against
            being one party.

    Returns:
        (components, n): for each record the position of the first record of its cluster. Of equal
        means the pair that comes first in the order of records is joined first.

    """
    count, size, _ = values.shape
    total = values.copy()
    weight = np.ones((count, size))
    labels = np.tile(np.arange(size), (count, 1))
    diagonal = np.arange(size)
    total[:, diagonal, diagonal] = -np.inf
    active = np.arange(count)
    while active.size:
        mean = total[active] / (weight[active][:, :, None] * weight[active][:, None, :])
        flat = mean.reshape(active.size, -1)
        best = flat.argmax(axis=1)
        going = flat[np.arange(active.size), best] > 0
        active, best = active[going], best[going]
        if not active.size:
            break
        first, second = np.minimum(best // size, best % size), np.maximum(best // size, best % size)
        total[active, first, :] += total[active, second, :]
        total[active, :, first] = total[active, first, :]
        total[active, second, :] = -np.inf
        total[active, :, second] = -np.inf
        total[active, first, first] = -np.inf
        weight[active, first] += weight[active, second]
        weight[active, second] = 1.0
        moved = labels[active] == second[:, None]
        labels[active] = np.where(moved, first[:, None], labels[active])
    return labels


def pair_values(weight: Floats, stranger: Floats, household: Floats) -> Floats:
    """What a pair says in average linkage: its weight, but absence of evidence costs one bit only.

    The prior against a random pair has been paid by the component's other links; what may speak
    against a pair is its own evidence.
    """
    against = np.minimum(-1.0, np.maximum(weight, np.minimum(stranger, household)))
    return np.where(weight >= 0, weight, against)


def recluster(size: int, labels: Ints, pairs: Links, *, largest: int) -> Ints:
    """Split every component by average linkage over the values of its pairs.

    A component of more than `largest` records is held together by must-links, and stays whole.

    Args:
        size: number of records.
        labels: component of each record.
        pairs: value of every pair inside the components; a pair that is not listed counts −1.

    Returns:
        For each record the position of the first record of its cluster.

    """
    counts = np.bincount(labels, minlength=size)
    result = np.where(counts[labels] > largest, labels, np.arange(size))
    order = np.argsort(labels, kind="stable")
    starts = np.cumsum(counts) - counts
    place = np.empty(size, dtype=np.int64)
    place[order] = np.arange(size) - np.repeat(starts, counts)
    pair_label = labels[pairs.left]
    for n in np.unique(counts[(counts > 1) & (counts <= largest)]):
        chosen = np.flatnonzero(counts == n)
        index = np.full(size, -1, dtype=np.int64)
        index[chosen] = np.arange(chosen.size)
        here = index[pair_label] >= 0
        rows = index[pair_label[here]]
        left, right = place[pairs.left[here]], place[pairs.right[here]]
        for batch in _batches(chosen.size, int(n)):
            values = np.full((batch.stop - batch.start, n, n), -1.0)
            mine = (rows >= batch.start) & (rows < batch.stop)
            cell = rows[mine] - batch.start
            values[cell, left[mine], right[mine]] = pairs.weight[here][mine]
            values[cell, right[mine], left[mine]] = pairs.weight[here][mine]
            clusters = average_linkage(values)
            members = order[starts[chosen[batch]][:, None] + np.arange(n)[None, :]]
            result[members] = np.take_along_axis(members, clusters, axis=1)
    return result


def _batches(count: int, size: int) -> Iterable[slice]:
    step = max(1, 4_000_000 // (size * size))
    return (slice(start, min(count, start + step)) for start in range(0, count, step))


def _by_first_member(labels: Ints) -> Ints:
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    result: Ints = first[inverse]
    return result
