"""How much of a ranking or a portfolio changed from one round to the next."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.metrics._ranks import ranked

_MOST_MISSING = 0.2  # numerai-tools compares nothing that lacks a larger share of the stocks

Numbers = NDArray[np.float64]


@labelled(s1="stock", s2="stock")
def churn(s1: ArrayLike, s2: ArrayLike, top_bottom: int | None = None) -> float:
    """How much of a ranking changed from s1 to s2 (s,): 1 - Spearman's correlation, from 0 to 2.

    With top_bottom = k it is 1 - the share of the k highest and of the k lowest that stayed so, from 0 to 1;
    of equal numbers those of later stocks count as higher. Stocks that one of the two lacks (NaN) are left
    out. More than a fifth left out, or a constant ranking: nan, where numerai-tools refuses. Raises
    ValueError for shapes that do not fit, infinite numbers, and a k that is not between 1 and the number of
    stocks. Source: numerai-tools 0.7.2.
    """
    one, other, enough = _both(s1, s2)
    if top_bottom is not None and not 1 <= top_bottom <= one.size:
        raise ValueError(f"The top and the bottom hold between 1 and {one.size} stocks each.")
    if not enough:
        return math.nan
    if top_bottom is not None:
        before, after = one.argsort(kind="stable"), other.argsort(kind="stable")
        stayed = np.intersect1d(before[:top_bottom], after[:top_bottom]).size
        stayed += np.intersect1d(before[-top_bottom:], after[-top_bottom:]).size
        return float(1 - stayed / (2 * top_bottom))
    table = np.arange(2.0 * one.size - 1)
    ranks = ranked(np.stack((one, other)), slice(0, 2)).by_stock(table)
    first, second = ranks - (one.size - 1)  # the mean of all places
    size = (first @ first) * (second @ second)
    return float(1 - first @ second / np.sqrt(size)) if size else math.nan


@labelled(s1="stock", s2="stock")
def turnover(s1: ArrayLike, s2: ArrayLike) -> float:
    """How much of a portfolio changed from weights s1 to s2 (s,): half the sum of absolute differences.

    In the unit of the weights; 1 when all of a portfolio whose weights add up to 1 is exchanged. Stocks that
    one of the two lacks, and errors, as in churn. Source: numerai-tools 0.7.2.
    """
    one, other, enough = _both(s1, s2)
    return float(np.abs(one - other).sum() / 2) if enough else math.nan


def _both(s1: ArrayLike, s2: ArrayLike) -> tuple[Numbers, Numbers, bool]:
    """The numbers of the stocks that both have, and whether those are enough."""
    one, other = as_numbers(s1, "The first numbers"), as_numbers(s2, "The second numbers")
    if one.ndim != 1 or one.shape != other.shape or not one.size:
        raise ValueError("There must be two lists of numbers for the same stocks, at least one.")
    for values in (one, other):
        refuse(np.isinf(values), "Rankings and weights must be finite numbers, or NaN where there is none.")
    there = ~(np.isnan(one) | np.isnan(other))
    return one[there], other[there], bool(np.count_nonzero(there) / there.size >= 1 - _MOST_MISSING)
