"""Whether stake and score go together, one point per account."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.kernels import compiled, in_parts

_PERMUTED = 1000  # accounts: with more, the normal law of both statistics takes the place of permutations
_COMPARED = 16  # numbers in a row whose pairs are compared one by one
_AT_A_TIME = 2**20  # numbers in one block of permutations or resamples

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class RankAssociation:
    """Rank correlations of n accounts' stakes and scores, and how often chance alone goes as far."""

    n: int
    spearman: float
    spearman_p: float
    kendall: float
    kendall_p: float


@dataclass(frozen=True)
class LogSlope:
    """Slope of log |score| on log stake over n accounts, its interval, and how many zeros were left out."""

    n: int
    slope: float
    low: float
    high: float
    left_out: int


@dataclass(frozen=True)
class NullBand:
    """Where stake x score would lie if the score had nothing to do with the stake S: low x S to high x S.

    outside_smaller and outside_larger are the shares of accounts outside it, among those with at most and
    with more than the median stake.
    """

    n: int
    low: float
    high: float
    outside_smaller: float
    outside_larger: float


@labelled(stakes="model", scores="model", accounts="model")
def by_account(
    stakes: ArrayLike, scores: ArrayLike, accounts: Iterable[Hashable]
) -> tuple[tuple[Hashable, ...], Numbers, Numbers]:
    """Labels, stakes and scores of accounts, from models' stakes (n,), scores (n,) and accounts (n,).

    An account's stake is the sum of its models', its score their mean weighted by stake. Models without a
    score (NaN) or without a stake are left out, and so are accounts that have no others; labels come in the
    order they appear. Raises ValueError for an account that is missing, a negative, NaN or infinite stake,
    an infinite score, and lists that do not fit each other.
    """
    held, score = as_numbers(stakes, "The stakes"), as_numbers(scores, "The scores")
    labels = list(accounts)
    if held.ndim != 1 or not held.shape == score.shape == (len(labels),):
        raise ValueError("There must be one stake, one score and one account per model.")
    refuse(~((held >= 0) & (held < np.inf)), "A stake must be a finite number of 0 or more.")
    refuse(np.isinf(score), "A score must be a finite number, or NaN where it is missing.")
    if any(label is None or label != label for label in labels):  # only NaN differs from itself
        raise ValueError("Every model needs an account.")
    kept = np.flatnonzero((held > 0) & ~np.isnan(score))
    numbers: dict[Hashable, int] = {}
    member = np.array([numbers.setdefault(labels[row], len(numbers)) for row in kept], dtype=np.intp)
    total = np.bincount(member, weights=held[kept]).astype(np.float64)
    earned = np.bincount(member, weights=held[kept] * score[kept])
    return tuple(numbers), total, earned / total


@labelled(stakes="account", scores="account")
def spearman(stakes: ArrayLike, scores: ArrayLike) -> float:
    """Spearman's rank correlation of stakes and scores (n,) alone, as in rank_association."""
    held, score = stakes_and_scores(stakes, scores)
    (stake, of_stake), (number, of_score) = _steps(held), _steps(score)
    if held.size < 3 or of_stake.size < 2 or of_score.size < 2:
        return math.nan
    at_stake, at_score = _average_ranks(of_stake), _average_ranks(of_score)
    scale = math.sqrt((of_stake @ at_stake**2) * (of_score @ at_score**2))
    return float(at_stake[stake] @ at_score[number]) / scale


@labelled(stakes="account", scores="account")
def rank_association(
    stakes: ArrayLike, scores: ArrayLike, *, permutations: int = 2000, rng: np.random.Generator
) -> RankAssociation:
    """Spearman's and Kendall's rank correlation of stakes and scores (n,), with permutation p, two-sided.

    Spearman: the correlation of ranks, equal values sharing the average rank. Kendall: tau-b. p is
    (1 + permutations of the scores that go at least as far from 0) / (1 + permutations), the same
    permutations for both. Above 1,000 accounts p is that of a normal law with the variance that either
    statistic has over all permutations, ties included. Accounts must be independent of each other: join
    an account's models first (by_account). Fewer than three accounts, or all stakes or all scores equal:
    nan. Raises ValueError as stakes_and_scores does. Source: Spearman 1904; Kendall 1970; Knight 1966 for
    counting exchanges; Phipson and Smyth 2010 for the 1 added.
    """
    held, score = stakes_and_scores(stakes, scores)
    if permutations < 1:
        raise ValueError("There must be at least one permutation.")
    n = held.size
    order = np.argsort(held, kind="stable")
    stake, of_stake = _steps(held[order])
    number, of_score = _steps(score[order])
    if n < 3 or of_stake.size < 2 or of_score.size < 2:
        return RankAssociation(n, math.nan, math.nan, math.nan, math.nan)
    at_stake, at_score = _average_ranks(of_stake), _average_ranks(of_score)
    scale = math.sqrt((of_stake @ at_stake**2) * (of_score @ at_score**2))
    pairs = n * (n - 1) / 2
    tied = [float(count @ (count - 1)) / 2 for count in (of_stake, of_score)]
    root = math.sqrt((pairs - tied[0]) * (pairs - tied[1]))
    spearman = float(at_stake[stake] @ at_score[number]) / scale
    surplus = _concordance(stake, number[None], tied)[0]
    if n > _PERMUTED:
        error = math.sqrt(_concordance_variance(of_stake, of_score))
        spearman_p = math.erfc(abs(spearman) * math.sqrt((n - 1) / 2))
        kendall_p = math.erfc(abs(surplus) / (error * math.sqrt(2)))
        return RankAssociation(n, spearman, spearman_p, float(surplus) / root, kendall_p)
    as_far = np.zeros(2)
    rows = max(1, _AT_A_TIME // n)
    for first in range(0, permutations, rows):
        permuted = rng.permuted(np.tile(number, (min(rows, permutations - first), 1)), axis=1)
        correlations = at_score[permuted] @ at_stake[stake] / scale
        as_far[0] += np.count_nonzero(np.abs(correlations) >= abs(spearman) - 1e-12)
        as_far[1] += np.count_nonzero(np.abs(_concordance(stake, permuted, tied)) >= abs(surplus))
    p = (1 + as_far) / (1 + permutations)
    return RankAssociation(n, spearman, float(p[0]), float(surplus) / root, float(p[1]))


@labelled(stakes="account", scores="account")
def log_slope(
    stakes: ArrayLike,
    scores: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    rng: np.random.Generator,
) -> LogSlope:
    """Least-squares slope of log |score| on log stake, for stakes and scores (n,), with an interval.

    0: the size of scores does not depend on stake, so stake x score spreads in proportion to stake; -1:
    stake x score spreads equally at every stake. The interval is that of percentiles of accounts drawn
    again with replacement, leaving out resamples with one stake only. Scores of exactly 0 have no logarithm:
    they are left out and counted. Fewer than three scores, or all stakes equal: nan. Raises ValueError as
    stakes_and_scores does. Source: Efron 1979 for drawing pairs again.
    """
    held, score = stakes_and_scores(stakes, scores)
    if not 0 < level < 1:
        raise ValueError("The level must be between 0 and 1.")
    if resamples < 1:
        raise ValueError("There must be at least one resample.")
    some = score != 0
    n = int(np.count_nonzero(some))
    left_out = score.size - n
    if n < 3 or np.ptp(held[some]) == 0:
        return LogSlope(n, math.nan, math.nan, math.nan, left_out)
    x, y = np.log(held[some]), np.log(np.abs(score[some]))
    x, y = x - x.mean(), y - y.mean()
    slopes: list[Numbers] = []
    rows = max(1, _AT_A_TIME // n)
    for first in range(0, resamples, rows):
        drawn = rng.integers(0, n, size=(min(rows, resamples - first), n))
        xs, ys = x[drawn], y[drawn]
        middle = xs.mean(axis=1)
        spread = np.einsum("ij,ij->i", xs, xs) / n - middle**2
        together = np.einsum("ij,ij->i", xs, ys) / n - middle * ys.mean(axis=1)
        several = spread > 1e-12 * (x @ x) / n
        slopes.append(together[several] / spread[several])
    found = np.concatenate(slopes)
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2]) if found.size else (math.nan, math.nan)
    return LogSlope(n, float(x @ y / (x @ x)), float(low), float(high), left_out)


@labelled(stakes="account", scores="account")
def null_band(stakes: ArrayLike, scores: ArrayLike, *, level: float = 0.9) -> NullBand:
    """Where stake x score would lie at every stake if stake and score had nothing to do with each other.

    stakes, scores (n,); low and high are the quantiles (1 - level) / 2 and (1 + level) / 2 of the scores,
    and the band at stake S runs from low x S to high x S: it opens with stake, without any influence. About
    1 - level of all accounts lie outside by construction; what can differ is how many of the smaller and of
    the larger stakes do. Fewer than three accounts: nan; a share of no account: nan. Raises ValueError as
    stakes_and_scores does. Source: derived here.
    """
    held, score = stakes_and_scores(stakes, scores)
    if not 0 < level < 1:
        raise ValueError("The level must be between 0 and 1.")
    if held.size < 3:
        return NullBand(held.size, math.nan, math.nan, math.nan, math.nan)
    low, high = np.quantile(score, [(1 - level) / 2, (1 + level) / 2])
    outside = (score < low) | (score > high)
    larger = held > np.median(held)
    shares = [float(outside[part].mean()) if part.any() else math.nan for part in (~larger, larger)]
    return NullBand(held.size, float(low), float(high), *shares)


@labelled("account", stakes="account", scores="account")
def stakes_and_scores(stakes: ArrayLike, scores: ArrayLike) -> tuple[Numbers, Numbers]:
    """The same as two float64 arrays (n,); ValueError unless stakes are above 0 and both are finite."""
    held, score = positive_stakes(stakes), as_numbers(scores, "The scores")
    if held.shape != score.shape:
        raise ValueError("There must be one stake and one score per account.")
    refuse(~np.isfinite(score), "A score must be a finite number: leave accounts without one out.")
    return held, score


@labelled(stakes="account")
def positive_stakes(stakes: ArrayLike) -> Numbers:
    """The same as a float64 array (n,); ValueError unless every stake is finite and above 0."""
    held = as_numbers(stakes, "The stakes")
    if held.ndim != 1:
        raise ValueError("Stakes must be a list of numbers, one per account.")
    refuse(~((held > 0) & (held < np.inf)), "A stake must be a finite number above 0.")
    return held


def _steps(values: Numbers) -> tuple[NDArray[np.int64], Numbers]:
    """The number of each value among the different ones in ascending order, and how often each occurs."""
    _, number, counts = np.unique(values, return_inverse=True, return_counts=True)
    return number.astype(np.int64), counts.astype(np.float64)


def _average_ranks(counts: Numbers) -> Numbers:
    """Centred average rank of each different value, which occur so often."""
    return np.cumsum(counts) - (counts + counts.sum()) / 2


def _concordance(stake: NDArray[np.int64], scores: NDArray[np.int64], tied: list[float]) -> Numbers:
    """Pairs in the same order less pairs in opposite order, of ascending steps (n,) and each row of (r, n).

    Pairs that are tied in either have no order: with n1, n2 and n12 pairs tied in stake, in score and in
    both, and D pairs in opposite order, it is n(n - 1) / 2 - n1 - n2 + n12 - 2D.
    """
    n = stake.size
    loop = compiled("pairs_out_of_order", scores.size)
    if loop is not None:
        opposite, in_both = pairs = np.empty((2, len(scores)))
        in_parts(loop, len(scores), stake, scores, n, pairs)
        return n * (n - 1) / 2 - tied[0] - tied[1] + in_both - 2 * opposite
    keys = np.sort(stake * n + scores, axis=1)  # equal stakes ascend in score, and are no exchange
    place = np.broadcast_to(np.arange(n), keys.shape)
    begins = np.ones(keys.shape, dtype=bool)
    begins[:, 1:] = keys[:, 1:] != keys[:, :-1]
    in_both = (place - np.maximum.accumulate(np.where(begins, place, 0), axis=1)).sum(axis=1)
    return n * (n - 1) / 2 - tied[0] - tied[1] + in_both - 2 * _exchanges(keys % n)


def _exchanges(rows: NDArray[np.int64]) -> Numbers:
    """Pairs of each row (r, n) of whole numbers from 0 whose left one is larger, by merging sorted runs.

    In two neighbouring runs of w sorted together, left before right when equal, every left one stands
    behind the right ones that are smaller: sum of the left ones' places - w(w - 1) / 2.
    """
    number, n = len(rows), int(rows.shape[1])
    halvings = max(0, math.ceil(math.log2(n / _COMPARED)))
    width = math.ceil(n / (1 << halvings))
    runs = np.full((number, width << halvings), n, dtype=np.int64)  # what is filled up is no exchange
    runs[:, :n] = rows
    found = np.zeros(number)
    runs = runs.reshape(number, -1, width)
    for apart in range(1, width):
        found += np.count_nonzero(runs[..., :-apart] > runs[..., apart:], axis=(1, 2))
    for _ in range(halvings):
        keys = 2 * runs
        keys[:, 1::2] += 1
        keys = np.sort(keys.reshape(number, -1, 2 * width), axis=2)
        places = ((1 - keys % 2) * np.arange(2 * width)).sum(axis=(1, 2))
        found += places - keys.shape[1] * (width * (width - 1) / 2)
        runs, width = keys // 2, 2 * width
    return found


def _concordance_variance(first: Numbers, second: Numbers) -> float:
    """Variance of _concordance over all permutations, from how often each different value occurs."""
    n = first.sum()
    outer = sum(float((c * (c - 1)) @ (2 * c + 5)) for c in (first, second))
    triples = [float((c * (c - 1)) @ (c - 2)) for c in (first, second)]
    pairs = [float(c @ (c - 1)) for c in (first, second)]
    return float(
        (n * (n - 1) * (2 * n + 5) - outer) / 18
        + triples[0] * triples[1] / (9 * n * (n - 1) * (n - 2))
        + pairs[0] * pairs[1] / (2 * n * (n - 1))
    )
