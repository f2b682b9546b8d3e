"""Whether somebody's ballot could be another one, by every number that would be published of a vote."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

STEP = 5  # points that published shares are rounded to

_MOVABLE = 24  # voters who may exchange ballots to make up for another exchange
_STARTS, _EXCHANGES = 3, 8  # how long to look for another way of having voted
_AT_ONCE = 40_000  # exchanges that are tried in one array
_NEAREST = 64  # voters tried on either side, by weight, before everybody is
_BITS = 53  # of a float: whole numbers below 2 ** 53 are exact, and so are their sums below it

_Floats = NDArray[np.float64]
_Places = NDArray[np.intp]


class Parts:
    """What the ballots of a vote give to each label: kinds of ballot, in whole numbers of 1 / scale.

    kinds (K, labels): no two alike. of (n,): which kind each ballot is.
    """

    def __init__(self, ballots: Sequence[tuple[int, ...]], scale: int) -> None:
        self.kinds = sorted(set(ballots))
        self.scale = scale
        place = {kind: number for number, kind in enumerate(self.kinds)}
        self.of = np.array([place[ballot] for ballot in ballots], dtype=np.intp)
        self.shares: _Floats = np.array([[part / scale for part in kind] for kind in self.kinds])
        self.alike: _Places = np.array([_numbered(label) for label in zip(*self.kinds, strict=True)]).T
        self.largest = max((max(kind, default=0) for kind in self.kinds), default=0)

    @cached_property
    def exact(self) -> _Floats:
        """The kinds as floats; exact where `largest` is below 2 ** 53."""
        return np.array(self.kinds, dtype=np.float64)


class Column:
    """The weights (n,) under one strategy, in whole numbers of which some are above 0."""

    def __init__(self, weights: Sequence[int]) -> None:
        self.weights = weights
        self.total = sum(weights)
        self.shares = [weight / self.total for weight in weights]
        self._digits: dict[int, _Floats] = {}

    @cached_property
    def alike(self) -> _Places:
        """A number for each voter; equal for equal weights."""
        return np.array(_numbered(self.weights), dtype=np.intp)

    def sums(self, parts: Parts, of: _Places) -> list[int]:
        """The weighted sum of each label, exactly, if voter i casts a ballot of the kind of[i]."""
        bits = _BITS - (len(self.weights) * max(1, parts.largest)).bit_length()
        if bits < 1:
            kinds: list[int] = of.tolist()
            cast = [parts.kinds[kind] for kind in kinds]
            return [
                sum(weight * kind[label] for weight, kind in zip(self.weights, cast, strict=True))
                for label in range(len(cast[0]))
            ]
        if bits not in self._digits:
            self._digits[bits] = _digits(self.weights, bits)
        # no sum of these products reaches 2 ** 53, so that none of them is rounded
        by_digit = self._digits[bits] @ parts.exact[of]
        return [sum(int(digit) << bits * place for place, digit in enumerate(label)) for label in by_digit.T]


class Columns:
    """The weights of the same voters under several strategies together."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.shares: _Floats = np.array([column.shares for column in columns])  # (strategies, n)
        self.alike: _Places = np.array([column.alike for column in columns])
        weight = [sum(row) for row in zip(*(column.shares for column in columns), strict=True)]
        self.order = sorted(range(len(weight)), key=lambda voter: -weight[voter])  # the heaviest first
        self.rank = np.empty(len(weight), dtype=np.intp)
        self.rank[self.order] = np.arange(len(weight))


class Dealing:
    """A way of having voted, and the numbers that would be published of it.

    Voter i casts a ballot of the kind of[i]. Every strategy and label has one value, its weighted sum, and
    bounds: the lowest and the highest value that is rounded to the same step, and the whole. What is decided
    is exact: floats only say which exchanges need not be looked at in whole numbers, because they lie further
    from a bound, or from the best one, than floats can err.
    """

    def __init__(self, parts: Parts, columns: Columns, of: _Places, values: Sequence[Sequence[int]]) -> None:
        self.parts, self.columns, self.of = parts, columns, of
        self.values = [value for column in values for value in column]
        self.bounds: list[tuple[int, int, int]] = []
        for column, sums in zip(columns.columns, values, strict=True):
            whole = column.total * parts.scale
            for value in sums:
                step = (200 * value + STEP * whole) // (2 * STEP * whole)
                low, above = (-((1 - 2 * edge) * STEP * whole // 200) for edge in (step, step + 1))
                self.bounds.append((low, above - 1, whole))
        shape = len(columns.columns), len(parts.kinds[0])
        self._low = np.array([low / whole for low, _, whole in self.bounds]).reshape(shape)
        self._high = np.array([high / whole for _, high, whole in self.bounds]).reshape(shape)
        self._value = self._as_floats(self.values)
        # each of the cells is some ten roundings of numbers up to 1 away from exact, their sum one more each
        cells = len(self.bounds)
        self._error = 1e-14 * cells + 1e-15 * cells**2

    def hide(self, voters: Iterable[int]) -> bool:
        """Whether nobody can tell how any of these voted, not even a voter who knows one other ballot."""
        return all(self._hides(voter) for voter in self._without_partners(np.fromiter(voters, np.intp)))

    def _hides(self, voter: int) -> bool:
        # who can exchange with two others keeps one of them whichever ballot is known
        partners = self._partners(voter)
        if len(partners) > 1:
            return True
        starts = self._starts(voter)
        if partners:
            return self._other_way(voter, partners[0], starts) is not None
        moved = self._other_way(voter, None, starts)
        return moved is not None and all(
            self._other_way(voter, insider, starts) is not None for insider in moved
        )

    def _without_partners(self, voters: _Places) -> list[int]:
        """Those who are not seen to have two others with whom they could exchange ballots."""
        ranks = self.columns.rank[voters]
        common = np.bincount(self.of).argmax()
        by_rank = np.array(self.columns.order, dtype=np.intp)
        for pool in (by_rank, by_rank[self.of[by_rank] != common]):
            ranks = self._alone(ranks, by_rank, pool)
        return by_rank[ranks].tolist()

    def _alone(self, ranks: _Places, by_rank: _Places, pool: _Places) -> _Places:
        """Those of these ranks without two partners among the nearest of a pool, which is sorted by rank."""
        among = np.searchsorted(self.columns.rank[pool], ranks)
        found = np.zeros(len(ranks), dtype=np.intp)
        near = 0
        while len(ranks) and near < min(_NEAREST, len(pool)):
            steps = np.arange(near, near + max(1, min(_NEAREST, _AT_ONCE // (2 * len(ranks)))))
            places = np.concatenate([among[:, None] + steps, among[:, None] - 1 - steps], axis=1)
            there = (places >= 0) & (places < len(pool))
            ones = np.broadcast_to(by_rank[ranks][:, None], places.shape)[there]
            certain = np.zeros(places.shape, dtype=bool)
            certain[there] = self._kept(ones, pool[places[there]])[0]
            found += certain.sum(axis=1)
            left = found < 2
            ranks, among, found = ranks[left], among[left], found[left]
            near += len(steps)
        return ranks

    def _kept(self, ones: _Places, others: _Places) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which exchanges of different ballots certainly leave every number as it is, and which may."""
        certain = self.of[ones] != self.of[others]
        possible = certain.copy()
        left = np.flatnonzero(possible)
        for shares, alike, value, low, high in zip(
            self.columns.shares, self.columns.alike, self._value, self._low, self._high, strict=True
        ):
            one, other = ones[left], others[left]
            before, after = self.of[one], self.of[other]
            gains = self.parts.shares[after] - self.parts.shares[before]
            tried = value + (shares[one] - shares[other])[:, None] * gains
            slack = np.minimum(tried - low, high - tried)
            same = self.parts.alike[after] == self.parts.alike[before]
            slack[same | (alike[one] == alike[other])[:, None]] = 1.0  # nothing moves
            least = slack.min(axis=1)
            certain[left] &= least > self._error
            possible[left] = least >= -self._error
            left = left[possible[left]]
        return certain & possible, possible

    def _partners(self, voter: int) -> list[int]:
        """Two others, or as many as there are, with whom an exchange leaves every number as it is."""
        others = np.arange(len(self.of))
        certain, possible = self._kept(np.full(len(others), voter), others)
        sure = others[certain][:2].tolist()
        unsure = (
            int(other)
            for other in others[possible & ~certain]
            if not self._off(self._exchanged_with(voter, other))
        )
        return list(itertools.islice(itertools.chain(sure, unsure), 2))

    def _starts(self, voter: int) -> list[tuple[float, int]]:
        """The exchanges with this voter that come nearest: how far they are off, and with whom.

        One more than are tried, since one of the others may be an insider.
        """
        others = np.flatnonzero(self.of != self.of[voter])
        off = self._about(
            self._value,
            self.columns.shares[:, voter][:, None] - self.columns.shares[:, others],
            self.parts.shares[self.of[others]] - self.parts.shares[self.of[voter]],
        )
        kept = min(_STARTS + 1, len(others))
        if not kept:
            return []
        others = others[off <= np.partition(off, kept - 1)[kept - 1] + 2 * self._error]
        like = np.concatenate([self.columns.alike[:, others], self.of[others][None]])
        _, first, which = np.unique(like, axis=1, return_index=True, return_inverse=True)
        exact = np.array([self._off(self._exchanged_with(voter, other)) for other in others[first].tolist()])[
            which.reshape(-1)
        ]
        best = np.lexsort((others, exact))[:kept]
        return list(zip(exact[best].tolist(), others[best].tolist(), strict=True))

    def _other_way(
        self, voter: int, insider: int | None, starts: Sequence[tuple[float, int]]
    ) -> set[int] | None:
        """Who else would have to have voted otherwise if this voter had, every number staying as it is.

        None where no such way is found; the insider's ballot stays. No single exchange is such a way.
        """
        order = self.columns.order[: _MOVABLE + 2]
        movable = [other for other in order if other not in (voter, insider)][:_MOVABLE]
        tried = [start for start in starts if start[1] != insider][:_STARTS]
        ways = (self._mended(voter, off, other, movable) for off, other in tried)
        return next((way for way in ways if way), None)

    def _mended(self, voter: int, off: float, other: int, movable: Sequence[int]) -> set[int] | None:
        """Further exchanges that make up for that of these two, the best of all pairs each time."""
        of = {each: int(self.of[each]) for each in (*movable, voter, other)}
        values = self._exchanged(self.values, voter, other, of[voter], of[other])
        of[voter], of[other] = of[other], of[voter]
        moved = {other}
        shares = self.columns.shares[:, movable]
        ones, twos = np.triu_indices(len(movable), 1)
        apart = shares[:, ones] - shares[:, twos]
        for _ in range(_EXCHANGES):
            kinds = np.array([of[each] for each in movable], dtype=np.intp)
            given = self.parts.shares[kinds]
            about = self._about(self._as_floats(values), apart, given[twos] - given[ones])
            about[kinds[ones] == kinds[twos]] = np.inf
            near = about <= min(about.min(initial=np.inf) + 2 * self._error, off + self._error)
            best: tuple[int, int, list[int]] | None = None
            for place in np.flatnonzero(near).tolist():
                one, two = movable[int(ones[place])], movable[int(twos[place])]
                tried = self._exchanged(values, one, two, of[one], of[two])
                left = self._off(tried)
                if left < off:
                    off, best = left, (one, two, tried)
                    if not off:
                        break
            if best is None:
                return None
            one, two, values = best
            of[one], of[two] = of[two], of[one]
            moved |= {one, two}
            if not off:
                return moved
        return None

    def _exchanged_with(self, voter: int, other: int) -> list[int]:
        return self._exchanged(self.values, voter, other, int(self.of[voter]), int(self.of[other]))

    def _exchanged(self, values: Sequence[int], one: int, two: int, before: int, after: int) -> list[int]:
        """The values once one, whose ballot is of the kind before, exchanges it with two, whose is after."""
        kinds = self.parts.kinds
        gains = [new - old for old, new in zip(kinds[before], kinds[after], strict=True)]
        apart = [column.weights[one] - column.weights[two] for column in self.columns.columns]
        moves = [each * gain for each in apart for gain in gains]
        return [value + move for value, move in zip(values, moves, strict=True)]

    def _off(self, values: Sequence[int]) -> float:
        """How far these values are from being rounded to the published numbers, as shares of the weight."""
        missed = 0.0
        for value, (low, high, whole) in zip(values, self.bounds, strict=True):
            if not low <= value <= high:
                missed += (low - value if value < low else value - high) / whole
        return missed

    def _about(self, value: _Floats, apart: _Floats, gains: _Floats) -> _Floats:
        """The same (m,) for m exchanges, as near as floats come; apart (strategies, m), gains (m, labels)."""
        off = np.zeros(gains.shape[0])
        for row, start, low, high in zip(apart, value, self._low, self._high, strict=True):
            tried = start + row[:, None] * gains
            off += np.maximum(np.maximum(low - tried, tried - high), 0).sum(axis=1)
        return off

    def _as_floats(self, values: Sequence[int]) -> _Floats:
        shares = [value / whole for value, (_, _, whole) in zip(values, self.bounds, strict=True)]
        return np.array(shares).reshape(self._low.shape)


def _numbered(values: Sequence[int]) -> list[int]:
    """A number for each value, equal for equal ones."""
    place: dict[int, int] = {}
    return [place.setdefault(value, len(place)) for value in values]


def _digits(weights: Sequence[int], bits: int) -> _Floats:
    """The weights written to the base 2 ** bits, the last digits first: (digits, n)."""
    below = (1 << bits) - 1
    length = -(-max(weights).bit_length() // bits)

    def rows() -> Iterator[list[int]]:
        for place in range(length):
            yield [weight >> bits * place & below for weight in weights]

    return np.array(list(rows()), dtype=np.float64)
