"""Loops over holdings: drawn again and again, their tail, their order beside that of scores."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SOME = 64  # of so many xmins one is looked at first
_AHEAD = 3  # times that hardly any holder is drawn more often

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


def spread_of_resamples(
    first: int, last: int, positions: Whole, held: Numbers, tie: float, measures: Numbers
) -> None:
    """Gini, Herfindahl and Nakamoto (3, rows) of positions (rows, draws) in ascending holdings (n,)."""
    draws = positions.shape[1]
    ordered = np.empty(draws + _AHEAD, np.int64)
    # where most are drawn, each is written as often as it was. Else positions are sorted by their lower half,
    # then by their upper: each counted, then put where it belongs
    most = 2 * draws >= held.size
    bits = 1
    while held.size >> (2 * bits):
        bits += 1
    digits = (1 << bits) - 1
    lower, upper = np.empty(digits + 2, np.int64), np.empty(digits + 2, np.int64)
    halfway, times = np.empty(draws, np.int64), np.zeros(held.size, np.int64)
    for row in range(first, last):
        if most:
            for j in range(draws):
                times[positions[row, j]] += 1
            put = 0
            for at in range(held.size):
                for ahead in range(_AHEAD):  # without asking: what is too much is written over
                    ordered[put + ahead] = at
                for more in range(_AHEAD, times[at]):
                    ordered[put + more] = at
                put += times[at]
            times[:] = 0
        else:
            lower[:] = 0
            upper[:] = 0
            for j in range(draws):
                at = positions[row, j]
                lower[(at & digits) + 1] += 1
                upper[(at >> bits) + 1] += 1
            for digit in range(digits):
                lower[digit + 1] += lower[digit]
                upper[digit + 1] += upper[digit]
            for j in range(draws):
                at = positions[row, j]
                halfway[lower[at & digits]] = at
                lower[at & digits] += 1
            for j in range(draws):
                at = halfway[j]
                ordered[upper[at >> bits]] = at
                upper[at >> bits] += 1
        total = squares = uneven = 0.0
        for j in range(draws):
            stake = held[ordered[j]]
            total += stake
            squares += stake * stake
            uneven += stake * (2 * j + 1 - draws)
        measures[0, row] = max(0.0, uneven / draws / total) if total > 0 else np.nan
        measures[1, row] = squares / total**2 if total > 0 else np.nan
        largest, running = 0, 0.0
        while largest < draws and running <= (0.5 + tie) * total:
            largest += 1
            running += held[ordered[draws - largest]]
        measures[2, row] = largest if total > 0 else np.nan


def nearest_tail(logs: Numbers, at_least: Numbers, alphas: Numbers, found: Numbers) -> None:
    """The xmin whose tail is nearest to its power law, nearer than found[1]: its position and the distance.

    logs of values (v,) in ascending order, how many numbers are at or above each, alphas (v - 1,). Some are
    looked at first, so that of all others most are soon farther than the nearest: each is left where its tail
    is too far from its law, looked for first where that of the one before was. Of equal ones the first.
    """
    size = logs.size
    found[0] = size
    for step in (_SOME, 1):
        worst = 0
        for xmin in range(0, size - 1, step):
            power, here, tail = 1 - alphas[xmin], logs[xmin], at_least[xmin]
            place = max(worst, xmin)
            distance = abs(np.exp(power * (logs[place] - here)) - at_least[place] / tail)
            at = xmin
            while at < size and distance <= found[1]:
                gap = abs(np.exp(power * (logs[at] - here)) - at_least[at] / tail)
                if gap > distance:
                    distance, place = gap, at
                at += 1
            worst = place
            if distance < found[1] or (distance == found[1] and xmin < found[0] < size):
                found[0], found[1] = xmin, distance


def pairs_out_of_order(
    first: int, last: int, stake: Whole, scores: Whole, kinds: int, pairs: Numbers
) -> None:
    """Pairs (2, rows) of which the larger stake has the smaller score, and those tied in both.

    stake (n,) ascends; scores (rows, n) are whole numbers from 0 to below kinds. Stakes are taken group by
    group, and a tree of sums says how many of those before have no larger score (Fenwick 1994).
    """
    tree, same = np.empty(kinds + 1, np.int64), np.zeros(kinds, np.int64)
    for row in range(first, last):
        tree[:] = 0
        opposite = both = start = 0
        while start < stake.size:
            end = start
            while end < stake.size and stake[end] == stake[start]:
                score = scores[row, end]
                both += same[score]
                same[score] += 1
                opposite += start
                at = score + 1
                while at > 0:
                    opposite -= tree[at]
                    at -= at & -at
                end += 1
            for each in range(start, end):
                score = scores[row, each]
                same[score] = 0
                at = score + 1
                while at <= kinds:
                    tree[at] += 1
                    at += at & -at
            start = end
        pairs[0, row], pairs[1, row] = opposite, both
