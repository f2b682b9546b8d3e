"""Where along the stakes something changes: the range of stake x score, the density, the scores."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import labelled
from scoring.stakes.association import positive_stakes, stakes_and_scores

_FEW = 20  # accounts: fewer are not compared
_TRIM = 0.15  # share of accounts at either end where no breakpoint is looked for
_CELLS = 100  # cells per bandwidth into which many stakes are gathered
_MANY = 10_000  # accounts that are still taken one by one
_SHUFFLED = 2 * 10**8  # numbers that permutations may shuffle together, unless 99 need more
_AT_A_TIME = 2**20  # numbers in one block of permutations or resamples

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class RangeBreakpoint:
    """The stake (NMR) at which the spread of stake x score changes most, over n accounts, and its interval.

    spread_below and spread_above are standard deviations of stake x score. p_value is how often scores dealt
    out again among the same stakes give a change as clear: small only if score depends on stake.
    """

    n: int
    threshold: float
    low: float
    high: float
    spread_below: float
    spread_above: float
    p_value: float


@dataclass(frozen=True)
class AcrossThreshold:
    """Scores of accounts with at most (below) and with more than (above) a stake.

    leave_one_out_means (n_above,) are the means of those above with each of them left out.
    """

    n_below: int
    n_above: int
    mean_below: float
    mean_above: float
    energy_distance: float
    p_value: float
    leave_one_out_means: Numbers


@dataclass(frozen=True)
class Sparsity:
    """How far the n holders above a stake are from their neighbours, as ratios of stakes (1 or more).

    lonely_share is the share of the stake above it whose holders have no near neighbour.
    """

    n: int
    median_gap: float
    lonely_share: float


@labelled(stakes="account", scores="account")
def range_breakpoint(
    stakes: ArrayLike,
    scores: ArrayLike,
    *,
    level: float = 0.95,
    resamples: int = 2000,
    permutations: int = 2000,
    rng: np.random.Generator,
) -> RangeBreakpoint:
    """The stake at which stake x score is split best into two normal laws, for stakes and scores (n,).

    With accounts in order of stake, k below and m above, the threshold maximises the likelihood ratio
    n ln v - k ln v_below - m ln v_above over all splits between different stakes that leave 15 % of the
    accounts or more on each side; v are variances around each side's own mean. It lies halfway, in
    logarithms, between the two stakes it parts. The interval is that of percentiles over accounts drawn
    again with replacement; of 120 simulated boards of 100 or 480 accounts whose spread doubles or
    quadruples at one stake, 83 to 96 % of 95 % intervals held it. p is (1 + permutations with a ratio as
    large) / (1 + permutations), where a permutation deals the scores out again: products of stake and a
    score that knows nothing of it have a breakpoint too, because they spread with stake. Work grows as
    n x (resamples + permutations): 0.1 s per million. Fewer than 20 accounts, or no split (all stakes or
    all scores equal): nan. Raises ValueError as stakes_and_scores does. Source: Andrews 1993 and Hansen
    2000 for the largest likelihood ratio over a trimmed range.
    """
    held, score = stakes_and_scores(stakes, scores)
    if not 0 < level < 1:
        raise ValueError("The level must be between 0 and 1.")
    if min(resamples, permutations) < 1:
        raise ValueError("There must be at least one resample and one permutation.")
    n = held.size
    order = np.argsort(held, kind="stable")
    held, score = held[order], score[order]
    if n < _FEW or np.ptp(score) == 0:
        return RangeBreakpoint(n, *[math.nan] * 6)
    product = held * score
    ratio, threshold = _best_splits(held[None], product[None])
    if math.isnan(threshold[0]):
        return RangeBreakpoint(n, *[math.nan] * 6)
    rows = max(1, _AT_A_TIME // n)
    thresholds, as_clear = np.empty(resamples), 0
    for first in range(0, resamples, rows):
        drawn = np.sort(rng.integers(0, n, size=(min(rows, resamples - first), n)), axis=1)
        thresholds[first : first + rows] = _best_splits(held[drawn], product[drawn])[1]
    for first in range(0, permutations, rows):
        dealt = rng.permuted(np.tile(score, (min(rows, permutations - first), 1)), axis=1)
        ratios = _best_splits(np.broadcast_to(held, dealt.shape), held * dealt)[0]
        as_clear += int(np.count_nonzero(ratios >= ratio[0] - 1e-9 * abs(ratio[0])))
    found = thresholds[~np.isnan(thresholds)]
    low, high = np.quantile(found, [(1 - level) / 2, (1 + level) / 2]) if found.size else (math.nan, math.nan)
    below = held <= threshold[0]
    return RangeBreakpoint(
        n=n,
        threshold=float(threshold[0]),
        low=float(low),
        high=float(high),
        spread_below=float(product[below].std()),
        spread_above=float(product[~below].std()),
        p_value=(1 + as_clear) / (1 + permutations),
    )


@labelled("place", stakes="account", at="place")
def log_density(stakes: ArrayLike, at: ArrayLike, *, bandwidth: float | None = None) -> Numbers:
    """Share of holders per decade of stake at each stake in `at` (m,), by a Gaussian kernel on log10 stake.

    stakes (n,) and `at` in NMR, above 0; bandwidth in decades, by Silverman's rule unless told:
    0.9 min(standard deviation, interquartile range / 1.34) n ** -0.2, without the range where it is 0. Above
    10,000 holders those within a hundredth of a bandwidth of each other stand at their mean, which
    changes the density by less than 1e-5 of its peak. Fewer than three holders, or all with one stake
    and no bandwidth given: nan. Raises ValueError for stakes or a bandwidth that are not above 0 and
    finite. Source: Silverman 1986, 3.31.
    """
    logs, places = np.log10(positive_stakes(stakes)), np.log10(positive_stakes(at))
    if bandwidth is not None and not 0 < bandwidth < math.inf:
        raise ValueError("The bandwidth must be above 0 decades.")
    n = logs.size
    if n < 3 or (bandwidth is None and np.ptp(logs) == 0):
        return np.full(places.size, math.nan)
    width = _silverman(logs) if bandwidth is None else bandwidth
    weights = np.ones(n)
    if n > _MANY:
        _, cell = np.unique(np.floor(logs * (_CELLS / width)), return_inverse=True)
        weights = np.bincount(cell).astype(np.float64)
        logs = np.bincount(cell, weights=logs) / weights
    density = np.empty(places.size)
    rows = max(1, _AT_A_TIME // logs.size)
    for first in range(0, places.size, rows):
        away = (places[first : first + rows, None] - logs) / width
        density[first : first + rows] = np.exp(-(away**2) / 2) @ weights
    return density / (n * width * math.sqrt(2 * math.pi))


@labelled(stakes="account", scores="account")
def compare_across(
    stakes: ArrayLike,
    scores: ArrayLike,
    threshold: float,
    *,
    permutations: int = 2000,
    rng: np.random.Generator,
) -> AcrossThreshold:
    """Whether accounts with more stake than a threshold (NMR) score differently, for stakes and scores (n,).

    The energy distance 2 E|X - Y| - E|X - X'| - E|Y - Y'| of the scores X above and Y below, which is
    twice the integral of the squared difference of their distribution functions (in the unit of the score;
    0 only if they are the same). p is (1 + permutations at least as far apart) / (1 + permutations). A
    permutation costs n steps: above 100,000 accounts fewer are made, 2e8 / n but at least 99, so that a
    million accounts take some seconds. Fewer than 20 accounts on either side are too few for a p: distance
    and p are nan, and the means with each of those above left out show what one account does. A mean of no
    account: nan. Raises ValueError as stakes_and_scores does, and for a threshold that is not a number.
    Source: Székely and Rizzo 2013.
    """
    held, score = stakes_and_scores(stakes, scores)
    if math.isnan(threshold):
        raise ValueError("The threshold must be a number of NMR.")
    if permutations < 1:
        raise ValueError("There must be at least one permutation.")
    order = np.argsort(score, kind="stable")
    held, score = held[order], score[order]
    above = held > threshold
    there, n = score[above], held.size
    m = there.size
    mean_below = float(score[~above].mean()) if m < n else math.nan
    mean_above = float(there.mean()) if m else math.nan
    others = (there.sum() - there) / (m - 1) if m > 1 else np.full(m, math.nan)
    if min(m, n - m) < _FEW:
        return AcrossThreshold(n - m, m, mean_below, mean_above, math.nan, math.nan, others)
    gaps = np.diff(score)
    distance = float(_energy(above[None], gaps)[0])
    permutations = min(permutations, max(99, _SHUFFLED // n))
    as_far, rows = 0, max(1, _AT_A_TIME // n)
    for first in range(0, permutations, rows):
        dealt = rng.permuted(np.tile(above, (min(rows, permutations - first), 1)), axis=1)
        as_far += int(np.count_nonzero(_energy(dealt, gaps) >= distance * (1 - 1e-12)))
    p_value = (1 + as_far) / (1 + permutations)
    return AcrossThreshold(n - m, m, mean_below, mean_above, distance, p_value, others)


@labelled(stakes="account")
def sparsity(stakes: ArrayLike, threshold: float, *, neighbour: int = 3, gap: float = 1.25) -> Sparsity:
    """How thinly stakes (n,) lie above a threshold (NMR), by the distance to the k-th nearest neighbour.

    The distance is the ratio of the larger stake to the smaller, so nearness is that of logarithms; holders
    on both sides of the threshold are neighbours. median_gap is the median ratio of holders above the
    threshold, lonely_share the share of their stake that is further than `gap` times from its k-th
    neighbour. No holder above it, or no k neighbours: nan. Raises ValueError for stakes that are not above
    0 and finite, a threshold that is not a number, a neighbour below 1 and a gap below 1. Source: nearest
    neighbour density, Loftsgaarden and Quesenberry 1965.
    """
    held = np.sort(positive_stakes(stakes))
    if math.isnan(threshold):
        raise ValueError("The threshold must be a number of NMR.")
    if neighbour < 1 or not gap >= 1:
        raise ValueError("The neighbour must be the first or a later one, and the gap a ratio of 1 or more.")
    first = int(np.searchsorted(held, threshold, side="right"))
    above = held[first:]
    n = above.size
    if not n or held.size < max(3, neighbour + 1):
        return Sparsity(n, math.nan, math.nan)
    # the nearest k are next to a holder in order of stake, some below and the others above
    ratio = np.full(n, math.inf)
    padded = np.concatenate((np.zeros(neighbour), held, np.full(neighbour, math.inf)))
    for below in range(neighbour + 1):
        start = first + neighbour - below
        lower, upper = padded[start : start + n], padded[start + neighbour : start + neighbour + n]
        with np.errstate(divide="ignore"):
            ratio = np.minimum(ratio, np.maximum(above / lower, upper / above))
    return Sparsity(n, float(np.median(ratio)), float(above[ratio > gap].sum() / above.sum()))


def _silverman(logs: Numbers) -> float:
    """Silverman's bandwidth."""
    spread = float(logs.std(ddof=1))
    middle = float(np.subtract(*np.quantile(logs, [0.75, 0.25]))) / 1.34
    return 0.9 * (min(spread, middle) if middle else spread) * logs.size**-0.2


def _best_splits(held: Numbers, products: Numbers) -> tuple[Numbers, Numbers]:
    """Largest likelihood ratio and its threshold, of each row (r, n) in ascending order of stake."""
    n = int(held.shape[1])
    ends = max(3, math.ceil(_TRIM * n))
    below = np.arange(ends, n - ends + 1)
    sums, squares = np.cumsum(products, axis=1), np.cumsum(products**2, axis=1)

    def log_variance(total: Numbers, square: Numbers, count: NDArray[np.int64], of: Numbers) -> Numbers:
        variance = square / count - (total / count) ** 2
        few_digits = variance * count <= 1e-12 * of
        return np.log(variance, out=np.full(variance.shape, math.nan), where=~few_digits)

    total, square = sums[:, -1:], squares[:, -1:]
    part, part_square = sums[:, below - 1], squares[:, below - 1]
    ratios = n * log_variance(total, square, np.array([n]), square)
    ratios = ratios - below * log_variance(part, part_square, below, part_square)
    # what is above is a difference from the whole, and so are its digits
    ratios -= (n - below) * log_variance(total - part, square - part_square, n - below, square)
    lower, upper = held[:, below - 1], held[:, below]
    ratios = np.where((lower < upper) & ~np.isnan(ratios), ratios, -math.inf)
    best = np.argmax(ratios, axis=1)[:, None]
    ratio, at = (np.take_along_axis(values, best, axis=1)[:, 0] for values in (ratios, lower))
    threshold = np.sqrt(at) * np.sqrt(np.take_along_axis(upper, best, axis=1)[:, 0])
    return ratio, np.where(ratio > -math.inf, threshold, math.nan)


def _energy(above: NDArray[np.bool_], gaps: Numbers) -> Numbers:
    """Energy distance of each row (r, n) of who is above, in order of score, from the gaps between scores."""
    n = int(above.shape[1])
    m = int(np.count_nonzero(above[0]))
    counted = np.cumsum(above, axis=1, dtype=np.int32)[:, :-1]
    # m / n of those passed would be above: what is not so, in units in which F - G is 1 at most
    apart = (counted - np.arange(1, n) * (m / n)) * (n / (m * (n - m)))
    return 2 * np.square(apart, out=apart) @ gaps
