"""Which models say the same: similarity from predictions or from public scores, clusters, and clear pairs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.lab._gaps import correlations
from scoring.lab._pairs import FEWEST, beyond_the_round, by_size, holm, of_pairs, one_sided, worths
from scoring.metrics._ranks import blocks, gaussian

Numbers = NDArray[np.float64]
Numbered = NDArray[np.intp]


@dataclass(frozen=True)
class Similarity:
    """Correlations of models' scores (n, n), their standard errors and how many rounds they are worth (n, n).

    All NaN for pairs with too few rounds in common; a model is like itself with r 1 and no error.
    """

    r: Numbers
    se: Numbers
    effective_rounds: Numbers


@dataclass(frozen=True)
class ClearPairs:
    """Pairs that are alike beyond chance, the most alike first, and how many pairs were tested.

    first and second are positions of models; p (k,) is one-sided, with Holm's correction.
    """

    first: Numbered
    second: Numbered
    r: Numbers
    p: Numbers
    tested: int


@labelled(predictions="stock model")
def prediction_similarity(predictions: ArrayLike) -> Numbers:
    """Correlations (n, n) of models' predictions, ranked and turned into normal quantiles.

    predictions (s, n) of n models on s stocks, in any unit; r of z with z as in scoring.metrics. A model with
    a missing prediction (NaN) and one that says the same of every stock have nan. Raises ValueError for
    predictions that are not a table, and infinite ones.
    """
    p = as_numbers(predictions, "The predictions")
    if p.ndim != 2 or not len(p):
        raise ValueError("Predictions need a row per stock and a column per model.")
    refuse(np.isinf(p), "A prediction must be a finite number, or NaN where there is none.")
    z = np.full(p.shape[::-1], np.nan)
    there = np.flatnonzero(~np.isnan(p).any(axis=0))
    table = gaussian(len(p))
    for block in blocks(p[:, there]):
        z[there[block.columns]] = block.by_stock(table)
    return correlations(z.T)


@labelled(scores="round model")
def score_similarity(scores: ArrayLike, *, overlap: int = 5, fewest: int = FEWEST) -> Similarity:
    """How alike models are by their public scores, when nobody's predictions are known.

    scores (r, n): a row per round in order, NaN where a model has none. Each round's mean over all models is
    taken out first, because a round that is good for everybody makes nobody alike; what that takes from a
    pair's r, 1 of n, is given back. If what is left of the targets is alike in all directions, the
    correlation of two models' scores over rounds is that of their predictions. overlap: how many rounds are
    open at once (5 weekly ones, 1 for none); neighbours then share days, and T rounds are worth
    trace(A)² / trace(A²) + 1 independent ones, with A = the centred triangular autocovariance: 12 of 40.
    se = (1 - r²) / root(effective rounds - 1). Pairs with fewer than `fewest` rounds in common: nan; a
    constant record: nan. Raises ValueError for scores that are not a table, infinite ones, an overlap below 1
    and fewer than 3 rounds asked for. Source: derived here; Bartlett 1935 for the overlap.
    """
    own = beyond_the_round(scores, overlap, fewest)
    r, common = of_pairs(own, own, own.shape[1], fewest)
    worth = np.where(np.isnan(r), np.nan, worths(len(own), overlap)[common])
    np.fill_diagonal(r, np.where(np.isnan(np.diag(r)), np.nan, 1.0))
    return Similarity(r, (1 - r**2) / np.sqrt(worth - 1), worth)


@labelled("model", r="model model")
def clusters(r: ArrayLike, threshold: float) -> Numbered:
    """Which cluster each model belongs to (n,), numbered from 0, the largest first.

    r (n, n) of either similarity. Average linkage on Mantegna's distance root(2 (1 - r)), cut where
    neighbours are as far apart as two models with r at the threshold: chains of neighbours make no cluster.
    An r that is not known (NaN) counts as 0. Raises ValueError for what is no symmetrical table of
    correlations, and a threshold that is not between -1 and 1. Source: Mantegna 1999.
    """
    alike = _table(r)
    if not -1 < threshold < 1:
        raise ValueError("A threshold is a correlation between -1 and 1.")
    models = len(alike)
    if models < 2:
        return np.zeros(models, dtype=np.intp)
    # here, because scipy takes longer to load than an answer may wait
    from scipy.cluster.hierarchy import (  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types
        fcluster,  # pyright: ignore[reportUnknownVariableType]
        linkage,  # pyright: ignore[reportUnknownVariableType]
    )

    pairs = np.triu_indices(models, 1)
    apart = np.sqrt(2 * np.maximum(1 - np.nan_to_num(alike[pairs], nan=0.0), 0.0))
    tree = cast("Any", linkage)(apart, method="average")
    given: Numbered = np.asarray(fcluster(tree, math.sqrt(2 * (1 - threshold)), criterion="distance"))
    return by_size(given)


@labelled(r="model model", effective_rounds="model model")
def clear_pairs(r: ArrayLike, effective_rounds: ArrayLike, *, level: float = 0.01) -> ClearPairs:
    """Pairs of models that are alike beyond chance, with all pairs looked at taken into account.

    r and effective_rounds (n, n) as score_similarity has them. t = r root(df / (1 - r²)) with df = effective
    rounds - 2 is held against Student's law, one-sided, and Holm's correction keeps the chance of naming even
    one pair of unlike models at the level or below. Of 40 unlike models that share 40 to 120 overlapping
    rounds it names a pair in .1 to 1.3 % of simulated records at a level of 5 %: it errs by caution, since
    so many pairs are judged by the far end of that law. Raises ValueError for tables that do not fit and a
    level that is not between 0 and 1. Source: Holm 1979.
    """
    alike, worth = _table(r), as_numbers(effective_rounds, "The effective rounds")
    if worth.shape != alike.shape:
        raise ValueError("There must be as many effective rounds as correlations.")
    if not 0 < level < 1:
        raise ValueError("A level lies between 0 and 1.")
    one, other = np.triu_indices(len(alike), 1)
    known = np.isfinite(alike[one, other]) & (worth[one, other] > 2)
    one, other = one[known], other[known]
    found = alike[one, other]
    p = one_sided(found, worth[one, other])
    order = np.argsort(p, kind="stable")
    corrected = holm(p, order.size)[order]
    clear = order[corrected < level]
    return ClearPairs(one[clear], other[clear], found[clear], corrected[: clear.size], int(order.size))


def _table(r: ArrayLike) -> Numbers:
    alike = as_numbers(r, "The correlations")
    if alike.ndim != 2 or alike.shape[0] != alike.shape[1]:
        raise ValueError("Correlations need a row and a column per model.")
    if not np.allclose(alike, alike.T, rtol=0, atol=1e-9, equal_nan=True):
        raise ValueError("The correlation of two models must be the same both ways.")
    refuse(np.abs(alike) > 1 + 1e-9, "A correlation lies between -1 and 1.")
    return alike
