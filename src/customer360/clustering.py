"""From weighed pairs to clusters of records.

What has been decided comes first: must-links hold records together in groups, cannot-links keep
groups apart, and where two of them contradict each other the stronger one holds. Then connected
components over groups. A component in which every pair speaks for a match is a cluster. Any other
is taken apart and put together again by average linkage: two groups join while the mean value over
all pairs between them is above zero, so that one strong link cannot chain two parties together
against everything else that is known of them.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# a component that is too large raises its own bar, in steps of so many bits, until it falls apart
RAISE_BITS = 2.0
# a component that no higher bar takes apart is examined whole up to so many times the cap, in
# records: 2,000 records are two million pairs and a matrix of 32 MB
WHOLE_FACTOR = 10

# must-links of a precedence number up to this one are a steward's: they join whole clusters
DECIDED = 1
_CLUSTER_PRECEDENCE = 9

# how the tables write a link that is no matter of weight
CANNOT_LINK = -10_000.0
MUST_LINK = 10_000.0

# what a pair counts that nobody scored
_UNKNOWN = -1.0
# components of more groups are put together one by one
_ONE_BY_ONE = 100


@dataclass(frozen=True)
class Links:
    """Pairs of records, by position, with the weight of each in bits."""

    left: Ints
    right: Ints
    weight: Floats

    def chosen(self, which: Bools) -> "Links":
        """Some of the pairs, in the same order."""
        return Links(self.left[which], self.right[which], self.weight[which])


@dataclass(frozen=True)
class Constraints:
    """Pairs of records, by position, that must or cannot be in one cluster.

    Attributes:
        precedence: of constraints that contradict each other the lower number holds; of equals the
            cannot-link, and of must-links the one that is listed first.

    """

    left: Ints
    right: Ints
    is_must: Bools
    precedence: Ints

    def chosen(self, which: Bools) -> "Constraints":
        """Some of the constraints, in the same order."""
        return Constraints(
            self.left[which], self.right[which], self.is_must[which], self.precedence[which]
        )

    @property
    def is_decided(self) -> Bools:
        """Which of them are must-links of a steward."""
        return self.is_must & (self.precedence <= DECIDED)

    def and_then(self, more: "Constraints") -> "Constraints":
        """These, followed by more."""
        return Constraints(
            np.concatenate([self.left, more.left]),
            np.concatenate([self.right, more.right]),
            np.concatenate([self.is_must, more.is_must]),
            np.concatenate([self.precedence, more.precedence]),
        )

    @staticmethod
    def of(left: Ints, right: Ints, *, is_must: bool, precedence: int) -> "Constraints":
        """Pairs that are all alike."""
        return Constraints(
            left, right, np.full(len(left), is_must), np.full(len(left), precedence, np.int64)
        )


@dataclass(frozen=True)
class Pieces:
    """The components that are examined.

    Attributes:
        labels: for each record the first record of its component.
        is_held_back: for each record, whether its component is too large to be examined and does
            not fall apart at any bar.

    """

    labels: Ints
    is_held_back: Bools


def components(size: int, left: Ints, right: Ints) -> Ints:
    """Label the connected components of `size` records by the first record of each."""
    graph = coo_array((np.ones(len(left)), (left, right)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return _by_first_member(labels.astype(np.int64))


def must_groups(size: int, constraints: Constraints) -> Ints:
    """Group the records that must-links hold together.

    Afterwards no two records of a cannot-link are in one group, unless a must-link of lower
    precedence number, or a chain of such, joins them; and a must-link joins its records unless a
    cannot-link forbids it whose precedence number is no higher, or one that an earlier must-link
    has brought into its way.

    Returns:
        For each record the first record of its group.

    """
    must = constraints.chosen(constraints.is_must)
    groups = components(size, must.left, must.right)
    inside = groups[constraints.left] == groups[constraints.right]
    forbidding = inside & ~constraints.is_must
    if not forbidding.any():
        return groups
    contested = np.zeros(size, dtype=bool)
    contested[groups[constraints.left[forbidding]]] = True
    chosen = constraints.chosen(inside & contested[groups[constraints.left]])
    members = contested[groups]
    groups[members] = np.flatnonzero(members)
    order = np.lexsort((np.arange(len(chosen.left)), chosen.is_must, chosen.precedence))
    heads = {int(record): int(record) for record in np.flatnonzero(members)}
    apart: dict[int, set[int]] = defaultdict(set)

    def head(record: int) -> int:
        while heads[record] != record:
            heads[record] = heads[heads[record]]
            record = heads[record]
        return record

    for position in order:
        a, b = head(int(chosen.left[position])), head(int(chosen.right[position]))
        if a == b:
            continue
        if not chosen.is_must[position]:
            apart[a].add(b)
            apart[b].add(a)
        elif b not in apart[a]:
            first, second = min(a, b), max(a, b)
            heads[second] = first
            for other in apart.pop(second, set()):
                apart[other].discard(second)
                apart[other].add(first)
                apart[first].add(other)
    for record in heads:
        groups[record] = head(record)
    return groups


def bounded_components(
    size: int, links: Links, *, groups: Ints, threshold: float, largest: int
) -> Pieces:
    """Connected components over links of at least `threshold`, none too large to be examined.

    A component of more than `largest` groups raises its bar above its weakest link and is cut
    again, as often as needed. When that would take all its links at once, because they all weigh
    about the same, no bar can tell its parts apart: then it is examined whole, up to `WHOLE_FACTOR`
    times `largest` records, and held back beyond.

    Args:
        size: number of records.
        links: weighed links between records.
        groups: what `must_groups` returned; a group is never cut.
        threshold: the bar that all components start from.
        largest: how many groups are examined together.

    """
    strong = links.weight >= threshold
    left, right = groups[links.left[strong]], groups[links.right[strong]]
    weight = links.weight[strong]
    labels = components(size, left, right)[groups]
    settled = np.zeros(size, dtype=bool)
    held_back = np.zeros(size, dtype=bool)
    is_head = groups == np.arange(size)
    while True:
        heads = np.bincount(labels[is_head], minlength=size)
        records = np.bincount(labels, minlength=size)
        too_large = (heads > largest) | ((records > WHOLE_FACTOR * largest) & (heads > 1))
        too_large &= ~settled
        if not too_large.any():
            return Pieces(labels, held_back[labels])
        inside = too_large[labels[left]]
        left, right, weight = left[inside], right[inside], weight[inside]
        component = labels[left]
        weakest = np.full(size, np.inf)
        np.minimum.at(weakest, component, weight)
        strongest = np.full(size, -np.inf)
        np.maximum.at(strongest, component, weight)
        alike = too_large & (strongest < weakest + RAISE_BITS)
        settled |= alike
        held_back |= alike & (records > WHOLE_FACTOR * largest)
        kept = ~alike[component] & (weight >= weakest[component] + RAISE_BITS)
        left, right, weight = left[kept], right[kept], weight[kept]
        members = np.flatnonzero((too_large & ~alike)[labels])
        # only what is cut is looked at again
        place = np.full(size, -1, dtype=np.int64)
        place[members] = np.arange(members.size)
        cut = components(members.size, place[left], place[right])[place[groups[members]]]
        labels[members] = members[_by_first_member(cut)]


def average_linkage(values: Floats, sizes: Floats | None = None) -> Ints:
    """Put the groups of several components of one size together.

    Args:
        values: (components, n, n), symmetric: what the pairs of records between two groups say in
            sum for (above zero) or against being one party; minus infinity keeps two groups apart,
            and everything that they are joined with.
        sizes: (components, n): how many records each group has; one, where not given.

    Returns:
        (components, n): for each group the position of the first group of its cluster. Of equal
        means the pair that comes first is joined first.

    """
    count, n, _ = values.shape
    sizes = np.ones((count, n)) if sizes is None else sizes
    if n > _ONE_BY_ONE:
        return np.stack(
            [_average_linkage_of_one(values[i], sizes[i]) for i in range(count)]
        ).reshape(count, n)
    total, weight = values.copy(), sizes.copy()
    labels = np.tile(np.arange(n), (count, 1))
    diagonal = np.arange(n)
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
        first, second = np.minimum(best // n, best % n), np.maximum(best // n, best % n)
        total[active, first, :] += total[active, second, :]
        total[active, :, first] = total[active, first, :]
        total[active, second, :] = -np.inf
        total[active, :, second] = -np.inf
        total[active, first, first] = -np.inf
        weight[active, first] += weight[active, second]
        moved = labels[active] == second[:, None]
        labels[active] = np.where(moved, first[:, None], labels[active])
    return labels


def _average_linkage_of_one(values: Floats, sizes: Floats) -> Ints:
    """The same for one large component: each row remembers its best partner."""
    n = len(sizes)
    total, weight = values.copy(), sizes.copy()
    np.fill_diagonal(total, -np.inf)
    mean = total / (weight[:, None] * weight[None, :])
    partner = mean.argmax(axis=1)
    best = mean[np.arange(n), partner]
    labels = np.arange(n)
    while True:
        row = int(best.argmax())
        if not best[row] > 0:
            return labels
        first, second = sorted((row, int(partner[row])))
        labels[labels == second] = first
        total[first] += total[second]
        total[first, first] = -np.inf
        total[:, first] = total[first]
        total[second] = -np.inf
        total[:, second] = -np.inf
        weight[first] += weight[second]
        new = total[first] / (weight[first] * weight)
        mean[first] = new
        mean[:, first] = new
        mean[second] = -np.inf
        mean[:, second] = -np.inf
        best[second] = -np.inf
        lost = (partner == first) | (partner == second)
        improved = (new > best) | ((new == best) & ((first < partner) | lost))
        partner[improved] = first
        best[improved] = new[improved]
        again = np.flatnonzero(lost & ~improved & np.isfinite(best))
        again = np.union1d(again, [first])
        partner[again] = mean[again].argmax(axis=1)
        best[again] = mean[again, partner[again]]


def pair_values(weight: Floats, stranger: Floats, household: Floats) -> Floats:
    """What a pair says in average linkage: its weight, but absence of evidence costs one bit only.

    The prior against a random pair has been paid by the component's other links; what may speak
    against a pair is its own evidence.
    """
    against = np.minimum(-1.0, np.maximum(weight, np.minimum(stranger, household)))
    return np.where(weight >= 0, weight, against)


def averaged_groups(size: int, constraints: Constraints) -> Ints:
    """The groups that average linkage puts together: those of `must_groups` but for decisions.

    A must-link that a decision overrules holds nothing together here either.
    """
    decided = constraints.is_decided
    groups = must_groups(size, constraints)
    if not decided.any():
        return groups
    overruled = constraints.is_must & (groups[constraints.left] != groups[constraints.right])
    return must_groups(size, constraints.chosen(~decided & ~overruled))


def cluster(size: int, pieces: Pieces, pairs: Links, constraints: Constraints) -> Ints:
    """Divide the components into clusters by what has been decided and by the values of pairs.

    Trusted links and rules hold records together before anything is averaged. What a steward has
    joined is not averaged: whoever is one party with either record becomes one party, unless a
    cannot-link forbids it. So 'same' never takes apart what was together.

    Args:
        size: number of records.
        pieces: what `bounded_components` returned for groups of all constraints.
        pairs: as for `recluster`.
        constraints: all must- and cannot-links.

    Returns:
        For each record the first record of its cluster.

    """
    decided = constraints.is_decided
    groups = averaged_groups(size, constraints)
    clusters = recluster(size, pieces, pairs, groups=groups, constraints=constraints)
    if not decided.any():
        return clusters
    touched = np.zeros(size, dtype=bool)
    touched[pieces.labels[constraints.left[decided]]] = True
    members = np.flatnonzero(touched[pieces.labels] & (clusters != np.arange(size)))
    together = Constraints.of(
        clusters[members], members, is_must=True, precedence=_CLUSTER_PRECEDENCE
    )
    joined = must_groups(size, constraints.and_then(together))
    return np.where(touched[pieces.labels], joined, clusters)


def recluster(
    size: int, pieces: Pieces, pairs: Links, *, groups: Ints, constraints: Constraints
) -> Ints:
    """Split every component by average linkage over the values of its pairs.

    Args:
        size: number of records.
        pieces: the components; one that is held back falls into its groups.
        pairs: value of pairs of records, each pair once; one that is not listed counts −1.
        groups: what `must_groups` returned; a group is never cut.
        constraints: its cannot-links keep groups apart.

    Returns:
        For each record the first record of its cluster.

    """
    labels = pieces.labels
    is_head = groups == np.arange(size)
    sizes = np.bincount(groups, minlength=size).astype(float)
    counts = np.bincount(labels[is_head & ~pieces.is_held_back], minlength=size)
    clusters = groups.copy()
    # groups in the order of their components, and the place of each in its component
    heads = np.flatnonzero(is_head & ~pieces.is_held_back)
    heads = heads[np.argsort(labels[heads], kind="stable")]
    starts = np.cumsum(counts) - counts
    place = np.full(size, -1, dtype=np.int64)
    place[heads] = np.arange(heads.size) - starts[labels[heads]]

    left, right = groups[pairs.left], groups[pairs.right]
    between = (left != right) & (labels[left] == labels[right])
    left, right, value = left[between], right[between], pairs.weight[between]
    cell = np.minimum(left, right) * size + np.maximum(left, right)
    if not (cell[1:] > cell[:-1]).all():
        # several pairs of records between two groups: a sum of floats depends on its order
        order = np.lexsort((value, cell))
        left, right, value = left[order], right[order], value[order]
    apart = ~constraints.is_must
    apart_left, apart_right = groups[constraints.left[apart]], groups[constraints.right[apart]]
    apart_here = (labels[apart_left] == labels[apart_right]) & (apart_left != apart_right)
    apart_left, apart_right = apart_left[apart_here], apart_right[apart_here]

    pair_count, apart_count = counts[labels[left]], counts[labels[apart_left]]
    for n in np.unique(counts[counts > 1]):
        chosen = np.flatnonzero(counts == n)
        index = np.full(size, -1, dtype=np.int64)
        index[chosen] = np.arange(chosen.size)
        here, kept_apart = pair_count == n, apart_count == n
        rows, apart_rows = index[labels[left[here]]], index[labels[apart_left[kept_apart]]]
        for batch in _batches(chosen.size, int(n)):
            members = heads[starts[chosen[batch]][:, None] + np.arange(n)[None, :]]
            weight = sizes[members]
            total = _UNKNOWN * weight[:, :, None] * weight[:, None, :]
            mine = (rows >= batch.start) & (rows < batch.stop)
            cell = rows[mine] - batch.start
            a, b = place[left[here][mine]], place[right[here][mine]]
            np.add.at(total, (cell, a, b), value[here][mine] - _UNKNOWN)
            np.add.at(total, (cell, b, a), value[here][mine] - _UNKNOWN)
            mine = (apart_rows >= batch.start) & (apart_rows < batch.stop)
            cell = apart_rows[mine] - batch.start
            a, b = place[apart_left[kept_apart][mine]], place[apart_right[kept_apart][mine]]
            total[cell, a, b] = -np.inf
            total[cell, b, a] = -np.inf
            joined = average_linkage(total, weight)
            clusters[members] = np.take_along_axis(members, joined, axis=1)
    return _by_first_member(clusters[groups])


def _batches(count: int, size: int) -> Iterable[slice]:
    step = max(1, 4_000_000 // (size * size))
    return (slice(start, min(count, start + step)) for start in range(0, count, step))


def _by_first_member(labels: Ints) -> Ints:
    """Name each class of records by its first record."""
    if not labels.size:
        return labels
    first = np.full(int(labels.max()) + 1, labels.size, dtype=np.int64)
    np.minimum.at(first, labels, np.arange(labels.size))
    return first[labels]
