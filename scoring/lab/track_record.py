"""How much of a score on record comes again: signal share, persistence, shrinkage, and rounds it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.intervals import ewc_interval
from scoring.lab._blocks import Estimate as Estimate
from scoring.lab._blocks import estimate, ratio, without_blocks
from scoring.lab._gaps import correlations

_FEWEST_MODELS = 10  # whose correlation from one round to another is asked for
_AT_ONCE = 1000  # models whose products are in memory together

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Shrunk:
    """Scores (n,) drawn towards everybody's mean, and how much of its own each keeps (n,), from 0 to 1.

    spread is the standard deviation of the true scores, as far as it can be told from chance: 0 if it can't.
    """

    scores: Numbers
    kept: Numbers
    mean: float
    spread: float


@dataclass(frozen=True)
class Reranking:
    """Of the best of n models by one score, the shares below the median and at the top by another."""

    n: int
    top: int
    below_median: float
    still_top: float


@labelled(scores="round model")
def signal_share(scores: ArrayLike, *, first: int = 6, last: int = 30, block: int = 10) -> Estimate:
    """How much of the variance of one round's scores is the models' own and comes again.

    scores (r, n): a row per round in order, NaN where a model has none. With each round's mean taken out,
    it is the mean product of a model's scores `first` to `last` rounds apart, over all models and pairs of
    rounds, by the mean square. What rounds share that are open at once must not count: `first` is above the
    overlap. 0: scores are luck alone; it may come out below 0.

    The standard error leaves out one block of rounds at a time, with all pairs that one of them belongs to;
    the interval is Student's with blocks - 1, and missing (NaN) below 3 blocks. In simulated records of 60 to
    140 overlapping rounds 95 % intervals held .94 to .99 of the time; they err by caution where scores are
    luck alone. Raises ValueError for scores that are not a table, infinite ones, and lags or blocks that are
    not in order. Source: Kunsch 1989 for leaving out blocks.
    """
    _lags(first, last, block)
    products, pairs = _products(scores)
    lagged = _lagged(len(products), first, last)
    return estimate(products * lagged, pairs * lagged, np.diag(products), np.diag(pairs), block)


@labelled(scores="round model")
def persistence(scores: ArrayLike, *, first: int = 6, last: int = 15, block: int = 10) -> Estimate:
    """How far one round's ranking of models says another's: their correlation `first` to `last` rounds later.

    scores (r, n) as in signal_share. Pearson's correlations over models, of all pairs of rounds so far apart
    that have 10 models or more in common, are averaged. Lags are pooled because a model's own scores are
    correlated below 0 just outside the overlap. Error, interval and errors raised as in signal_share.
    """
    _lags(first, last, block)
    s = _table(scores)
    w = (~np.isnan(s)).astype(np.float64)
    found = correlations(s.T)
    known = _lagged(len(s), first, last) & ~np.isnan(found) & (w @ w.T >= _FEWEST_MODELS)
    there: Numbers = np.asarray(w.sum(axis=1) > 0, dtype=np.float64)
    return estimate(np.where(known, found, 0.0), known.astype(np.float64), there, there, block)


@labelled(scores="round model")
def variance_inflation(scores: ArrayLike, *, overlap: int = 5) -> float:
    """By how much overlap raises the variance of a model's mean score: 1 + 2 x autocorrelations up to it.

    scores (r, n) as in signal_share, with each round's mean taken out; the autocorrelations at lags 1 to
    overlap - 1 are pooled over models. 1 for rounds that share nothing. nan without two rounds in a row.
    Raises ValueError as signal_share does, and for an overlap below 1. Source: Bartlett 1946.
    """
    return inflation_estimate(scores, overlap=overlap).value


@labelled(scores="round model")
def inflation_estimate(scores: ArrayLike, *, overlap: int = 5, block: int = 10) -> Estimate:
    """variance_inflation with its standard error and interval, from leaving out a block of rounds at a time.

    Arguments and errors as there and in signal_share; the interval is missing (NaN) below 3 blocks.
    """
    if overlap < 1 or block < 1:
        raise ValueError("Rounds overlap by 1 (not at all) or more.")
    products, pairs = _products(scores)

    def inflation(kept: NDArray[np.bool_]) -> float:
        # products with a round that is left out are 0, and so are their counts
        above, number = (of * np.outer(kept, kept) for of in (products, pairs))
        total = 1.0
        for lag in range(1, overlap):
            count = float(np.diag(number, lag).sum())
            square = ratio(
                float(np.diag(above, lag).sum()), count, float(np.trace(above)), float(np.trace(number))
            )
            total += 2 * square
        return total

    there: Numbers = np.diag(pairs)
    return without_blocks(inflation, there, block)


@labelled(scores="round model")
def lasting_means(scores: ArrayLike, *, rounds: int = 10, overlap: int = 5) -> Estimate:
    """How far the ranking by the mean of some rounds says the ranking by the next ones.

    scores (r, n) as in signal_share. Means of `rounds` rounds in a row, of models that are in all of them,
    against the same of the next ones that begin `overlap` + 1 rounds after the last of the first, so that
    none of them share a day: Spearman's correlation over models, 10 of them or more, averaged over all
    rounds to begin with. Its interval is that of ewc_interval over these; blocks: how many there are. NaN
    without any, and without an interval below 15. Raises ValueError as signal_share does, for an overlap
    below 1 and for fewer than 2 rounds.
    """
    s = _table(scores)
    if overlap < 1 or rounds < 2:
        raise ValueError("Means are of 2 rounds or more, which overlap by 1 (not at all) or more.")
    starts = range(len(s) - rounds + 1)
    means = np.array([s[first : first + rounds].mean(axis=0) for first in starts]).reshape(-1, s.shape[1])
    found: list[float] = []
    for one, other in zip(means, means[rounds + overlap :], strict=False):
        both = ~(np.isnan(one) | np.isnan(other))
        if np.count_nonzero(both) >= _FEWEST_MODELS:
            ranks = np.column_stack([_ranks(each[both]) for each in (one, other)])
            found.append(float(correlations(ranks)[0, 1]))
    found = [each for each in found if not math.isnan(each)]
    if not found:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    seen = ewc_interval(found)
    return Estimate(seen.mean, seen.se, seen.low, seen.high, len(found))


@labelled(values="round")
def effective_rounds(values: ArrayLike) -> float:
    """How many independent rounds the mean of a record (r,) is worth: its variance by its squared error.

    The error is that of ewc_interval, so that dependence of any kind counts. nan below 15 rounds and for a
    constant record. Raises ValueError as ewc_interval does.
    """
    read = as_numbers(values, "The values of the rounds")
    se = ewc_interval(read).se
    return float(np.var(read, ddof=1)) / se**2 if se > 0 else math.nan


def rounds_to_half_weight(inflation: float, share: float) -> float:
    """Rounds until a newcomer's own record weighs as much as what is known of everybody.

    inflation x (1 - share) / share, with variance_inflation and signal_share. A share of 0 or below: never,
    infinity. Raises ValueError for an inflation that is not above 0 and a share that is not below 1. Source:
    Efron and Morris 1975.
    """
    if not inflation > 0 or not share < 1:
        raise ValueError("The inflation of a variance is above 0, and a share of signal below 1.")
    return inflation * (1 - share) / share if share > 0 else math.inf


@labelled(scores="model", standard_errors="model")
def shrink(scores: ArrayLike, standard_errors: ArrayLike) -> Shrunk:
    """Mean scores of models drawn towards everybody's mean, by how much of their spread is chance.

    scores (n,) and standard_errors (n,), NaN where a model has none. With spread² = variance of the scores -
    mean squared error, at least 0, a model keeps spread² / (spread² + error²) of its distance to the mean,
    which weighs scores by 1 / (spread² + error²). Where chance explains all, everybody has the mean. Models
    without a score or error have nan; fewer than three: all nan. A score without error (0) is kept whole.
    Raises ValueError for lists that do not fit, infinite scores and errors, and negative errors. Source:
    Efron and Morris 1975.
    """
    x, se = as_numbers(scores, "The scores"), as_numbers(standard_errors, "The standard errors")
    if x.ndim != 1 or x.shape != se.shape:
        raise ValueError("There must be one score and one standard error per model.")
    refuse(np.isinf(x), "A score must be a finite number, or NaN where there is none.")
    refuse((se < 0) | np.isinf(se), "A standard error must be a finite number of 0 or more.")
    there = ~(np.isnan(x) | np.isnan(se))
    if np.count_nonzero(there) < 3:
        nothing = np.full(x.shape, np.nan)
        return Shrunk(nothing, nothing, math.nan, math.nan)
    spread = max(0.0, float(np.var(x[there], ddof=1) - np.mean(se[there] ** 2)))
    total = spread + se**2
    exact = total == 0  # these are the truth: the others' errors explain what is left
    weights = np.where(exact[there].any(), exact[there], 1 / np.where(exact, 1.0, total)[there])
    mean = float(weights @ x[there] / weights.sum())
    kept = np.where(there, np.where(exact, 1.0, spread / np.where(exact, 1.0, total)), np.nan)
    return Shrunk(mean + kept * (x - mean), kept, mean, math.sqrt(spread))


@labelled(scores="model", other="model")
def rerank(scores: ArrayLike, other: ArrayLike, *, top: float = 0.1) -> Reranking:
    """Where the best models by one score stand by another.

    scores, other (n,): of the models that have both, the best by `scores` (a share `top` of them, one at
    least) are looked up in `other`: how many are below its median, and how many among as many best. Of two
    unrelated scores half are below and `top` still there; read it beside split_half, which says how many a
    score loses to itself. Equal scores: the earlier model is taken. No model: nan. Raises ValueError for
    lists that do not fit, infinite scores, and a share that is not above 0 and at most .5.
    """
    one, two = as_numbers(scores, "The scores"), as_numbers(other, "The other scores")
    if one.ndim != 1 or one.shape != two.shape:
        raise ValueError("There must be two scores per model.")
    refuse(np.isinf(one) | np.isinf(two), "A score must be a finite number, or NaN where there is none.")
    if not 0 < top <= 0.5:
        raise ValueError("The top is a share above 0 and at most half.")
    there = ~(np.isnan(one) | np.isnan(two))
    one, two = one[there], two[there]
    if not one.size:
        return Reranking(0, 0, math.nan, math.nan)
    best = max(1, round(top * one.size))
    first, second = (np.argsort(-values, kind="stable")[:best] for values in (one, two))
    below = float(np.mean(two[first] < np.median(two)))
    return Reranking(one.size, best, below, np.intersect1d(first, second).size / best)


@labelled(scores="round model")
def split_half(scores: ArrayLike, *, overlap: int = 5, top: float = 0.1) -> Reranking:
    """rerank of a score by itself: the mean of the first half of the rounds, then of the second.

    scores (r, n) as in signal_share. The last overlap - 1 rounds of the first half are left out, because
    they share days with the second. Models with a score in both halves count. Raises ValueError as
    signal_share and rerank do.
    """
    s = _table(scores)
    if overlap < 1:
        raise ValueError("Rounds overlap by 1 (not at all) or more.")
    half = len(s) // 2
    return rerank(_means(s[: max(half - overlap + 1, 0)]), _means(s[half:]), top=top)


def _ranks(values: Numbers) -> Numbers:
    """Ranks of values (n,); equal ones share the middle of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]


def _table(scores: ArrayLike) -> Numbers:
    s = as_numbers(scores, "The scores")
    if s.ndim != 2:
        raise ValueError("Scores need a row per round and a column per model.")
    refuse(np.isinf(s), "A score must be a finite number, or NaN where there is none.")
    return s


def _means(scores: Numbers) -> Numbers:
    """Means of columns over the rows that are there; nan for none."""
    counts = np.count_nonzero(~np.isnan(scores), axis=0)
    return np.where(counts, np.nansum(scores, axis=0) / np.maximum(counts, 1), np.nan)


def _products(scores: ArrayLike) -> tuple[Numbers, Numbers]:
    """Products of scores beyond each round's mean, added up over models, of all pairs of rounds (r, r).

    With how many models each is of. Some models at a time: a year of daily rounds of all is large.
    """
    s = _table(scores)
    middle = _means(s.T)[:, np.newaxis]
    products, pairs = np.zeros((2, len(s), len(s)))
    for first in range(0, s.shape[1], _AT_ONCE):
        z = s[:, first : first + _AT_ONCE] - middle
        there = (~np.isnan(z)).astype(np.float64)
        z = np.nan_to_num(z)
        products += z @ z.T
        pairs += there @ there.T
    return products, pairs


def _lags(first: int, last: int, block: int) -> None:
    if not 1 <= first <= last or block < 1:
        raise ValueError("Lags run from 1 or more to no less, and a block has 1 round or more.")


def _lagged(rounds: int, first: int, last: int) -> NDArray[np.bool_]:
    """Which pairs of rounds (r, r) are so far apart."""
    apart = np.abs(np.subtract.outer(np.arange(rounds), np.arange(rounds)))
    return (apart >= first) & (apart <= last)
