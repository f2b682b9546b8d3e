"""Loops over holdings, drawn again and again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


def spread_of_resamples(
    first: int, last: int, positions: Whole, held: Numbers, tie: float, measures: Numbers
) -> None:
    """Gini, Herfindahl and Nakamoto (3, rows) of positions (rows, draws) in ascending holdings (n,)."""
    draws = positions.shape[1]
    bits = 1
    while held.size >> (2 * bits):
        bits += 1
    digits = (1 << bits) - 1
    # positions are sorted by their lower half, then by their upper: each counted, then put where it belongs
    lower, upper = np.empty(digits + 2, np.int64), np.empty(digits + 2, np.int64)
    halfway, ordered = np.empty(draws, np.int64), np.empty(draws, np.int64)
    for row in range(first, last):
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
