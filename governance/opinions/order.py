"""An order of people and statements that follows from the votes, whoever is numbered how."""

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 3  # of looking at one another: two tell apart what differs at all, but for rare symmetries
_VOTES = (1, -1, 0)

Labels = NDArray[np.intp]
Numbers = NDArray[np.uint64]


def own_order(matrix: NDArray[np.float64]) -> tuple[Labels, Labels]:
    """The rows and the columns of votes (n, m) in an order of their own: however they come, they end alike.

    matrix: 1, -1 or 0, nan where there is no vote. Everybody gets a number that follows from their votes and
    the numbers of the statements, these get theirs from the people, and so on; only what the votes can't
    tell apart keeps the order in which it came. Source: Weisfeiler and Leman 1968 (colour refinement).
    """
    said = [(matrix == vote).astype(np.uint64) for vote in _VOTES]
    people, statements = (np.zeros(length, dtype=np.uint64) for length in matrix.shape)
    for _ in range(_ROUNDS):
        # whole numbers that wrap around: a sum of them doesn't depend on its order
        people = _mixed(
            sum((each @ _mixed(statements + np.uint64(at)) for at, each in enumerate(said)), people)
        )
        statements = _mixed(
            sum((_mixed(people + np.uint64(at)) @ each for at, each in enumerate(said)), statements)
        )
    return np.argsort(people, kind="stable"), np.argsort(statements, kind="stable")


def _mixed(numbers: Numbers) -> Numbers:
    """Other numbers in their place, which look like drawn ones. Source: Steele et al. 2014 (SplitMix)."""
    numbers = numbers + np.uint64(0x9E3779B97F4A7C15)
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))
