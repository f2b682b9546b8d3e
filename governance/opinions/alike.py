"""People who answer everything alike, and people who answer like one another, as no opinion explains."""

import math

import numpy as np
from numpy.typing import NDArray

FEWEST = 7  # answers: of fewer it can't be told
RARE = 0.05  # the chance of such a row: where it is likelier, all alike is no sign
LEVEL = 0.001  # of so many by chance
AS_MANY = 4  # times as many as come by chance

_VOTES = (1, -1, 0)

Floats = NDArray[np.float64]


def straight_liners(matrix: Floats) -> NDArray[np.float64]:
    """What everybody answers who answers everything alike, whatever is asked: (n,) 1, -1, 0, or nan.

    matrix (n, m): 1, -1 or 0, nan where there is no vote. Who agrees with all may be of that opinion. So they
    are measured by those who agree with most but not with all: with their share of agreement on each
    statement (with two of their usual share added), a row of nothing else has a chance. Rows with a chance
    of 5 % at most count: there must be four times as many as come by chance, and so many by chance have a
    probability below 0.001 (Chernoff's bound for a Poisson count). Rows of fewer than 7 answers never count.
    The same for disagreeing and passing.
    """
    cast = ~np.isnan(matrix)
    found = np.full(len(matrix), np.nan)
    for vote in _VOTES:
        found[_unexplained(matrix == vote, cast)] = vote
    return found


def copies(matrix: Floats) -> int:
    """How often the commonest row (n, m) of at least 7 answers occurs, if no opinion explains it; else 0.

    Measured as straight_liners are, by those who gave most of these answers but not all.
    """
    cast = ~np.isnan(matrix)
    enough = matrix[cast.sum(axis=1) >= FEWEST]
    if not enough.size:
        return 0
    rows, times = np.unique(np.nan_to_num(enough, nan=2), axis=0, return_counts=True)
    same = int(_unexplained(matrix == rows[times.argmax()], cast).sum())
    return same if same > 1 else 0


def _unexplained(said: NDArray[np.bool_], cast: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Who says so wherever they vote (n,), as no opinion explains; said and cast (n, m)."""
    voted = cast.sum(axis=1)
    only = (said == cast).all(axis=1)
    mostly = (2 * said.sum(axis=1) > voted) & ~only
    yes, of = said[mostly].sum(axis=0), cast[mostly].sum(axis=0)
    usual = (yes.sum() + 1) / (of.sum() + 2)
    chance = np.exp(cast @ np.log((yes + 2 * usual) / (of + 2)))
    rare = (chance <= RARE) & (voted >= FEWEST)
    found = only & rare
    expected = max(1e-300, float(chance[(only | mostly) & rare].sum()))
    return found & _too_many(int(found.sum()), expected)


def _too_many(seen: int, expected: float) -> bool:
    if seen == 0 or seen < AS_MANY * expected:
        return False
    return seen * math.log(seen / expected) - (seen - expected) >= -math.log(LEVEL)
