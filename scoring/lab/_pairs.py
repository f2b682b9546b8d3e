"""What pairs of models are compared by: scores beyond the round, rounds in common, and chance."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, refuse
from scoring.lab._gaps import correlations

FEWEST = 40  # rounds that two models must share

Numbers = NDArray[np.float64]
Numbered = NDArray[np.intp]


def beyond_the_round(scores: ArrayLike, overlap: int, fewest: int) -> Numbers:
    """Scores (r, n) without the mean of each round."""
    s = as_numbers(scores, "The scores")
    if s.ndim != 2:
        raise ValueError("Scores need a row per round and a column per model.")
    refuse(np.isinf(s), "A score must be a finite number, or NaN where there is none.")
    if overlap < 1 or fewest < 3:
        raise ValueError("Rounds overlap by 1 (not at all) or more, and two models need 3 rounds or more.")
    there = ~np.isnan(s)
    counts = there.sum(axis=1, keepdims=True)
    return s - np.where(there, s, 0.0).sum(axis=1, keepdims=True) / np.maximum(counts, 1)


def of_pairs(some: Numbers, others: Numbers, models: int, fewest: int) -> tuple[Numbers, Numbered]:
    """r of pairs (n, m), nan with too few rounds in common, and how many those are.

    What taking out the mean of a round takes from r, 1 of so many models, is given back.
    """
    common = (~np.isnan(some)).T.astype(np.float64) @ ~np.isnan(others)
    r = correlations(some, others)
    r = r * (1 - 1 / models) + 1 / models if models > 1 else r
    return np.where(common >= fewest, r, np.nan), common.astype(np.intp)


def one_sided(r: Numbers, worth: Numbers) -> Numbers:
    """The chance of an r at least as high by luck; nan where rounds are worth no more than two."""
    from scipy.special import stdtr  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    df = np.where(worth > 2, worth - 2, np.nan)
    return np.asarray(stdtr(df, -r * np.sqrt(df / np.maximum(1 - r**2, 1e-30))), dtype=np.float64)


def holm(p: Numbers, tested: int) -> Numbers:
    """Holm's correction of p (k,), the smallest of as many as were tested."""
    order = np.argsort(p, kind="stable")
    found = np.empty(p.size)
    found[order] = np.minimum(np.maximum.accumulate(p[order] * (tested - np.arange(order.size))), 1)
    return found


def by_size(label: Numbered) -> Numbered:
    """Labels numbered from 0, the largest group first, of equal ones whose first member comes first."""
    _, first, group, sizes = np.unique(label, return_index=True, return_inverse=True, return_counts=True)
    place = np.empty(sizes.size, dtype=np.intp)
    place[np.lexsort((first, -sizes))] = np.arange(sizes.size)
    return place[group]


def worths(rounds: int, overlap: int) -> Numbers:
    """What 0, 1, … so many overlapping rounds are worth."""
    return np.array([_worth(each, overlap) for each in range(rounds + 1)])


def _worth(rounds: int, overlap: int) -> float:
    """Independent rounds that so many overlapping ones are worth, for a correlation."""
    if rounds < 3:
        return 0.0
    lags = np.arange(1 - overlap, overlap)
    shared = 1 - np.abs(lags) / overlap
    rows = np.convolve(np.ones(rounds), shared)[overlap - 1 :][:rounds]
    squares = np.maximum(rounds - np.abs(lags), 0) @ shared**2
    mean = rows.sum() / rounds
    # the traces of the centred autocovariance and of its square
    return float((rounds - mean) ** 2 / (squares - 2 * (rows @ rows) / rounds + mean**2)) + 1
