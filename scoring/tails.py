"""Whether a tail follows a power law: the fit, its rivals, and how well it fits at all."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.payout import as_numbers

ALTERNATIVES = ("lognormal", "exponential", "truncated_power_law")

_DIRECT = 16  # terms of a zeta function that are added up before its tail is approximated
_LISTED = 1000  # whole numbers whose weight is added up before an integral takes over
_FIRST_LOOK = 12  # points of a tail at which every xmin is measured
_AT_A_TIME = 2**13  # xmins measured at once: what fits into a processor's own cache
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class PowerLawFit:
    """A power law with density proportional to x ** -alpha at and above xmin.

    ks_distance is the largest gap between the tail and the law, tail_size how many values are in the tail,
    alpha_se the standard error of alpha, which knows nothing of how xmin was chosen. Below two different
    values there is nothing to fit: a tail of 0 and nan elsewhere.
    """

    alpha: float
    xmin: float
    ks_distance: float
    tail_size: int
    alpha_se: float
    discrete: bool = False


@dataclass(frozen=True)
class TailComparison:
    """Power law against another: the log of the ratio of likelihoods (above 0 favours the power law), and p.

    p_value is the chance of a ratio this far from 0 if both were equally near the truth. A tail of fewer
    than about 50 values can seldom tell.
    """

    log_likelihood_ratio: float
    p_value: float


@dataclass(frozen=True)
class _Values:
    """Different values in ascending order, and how many numbers are at or above each and above it."""

    values: Numbers
    at_least: Numbers
    above: Numbers


def fit_power_law(x: ArrayLike, *, discrete: bool = False) -> PowerLawFit:
    """Fits a power law to the tail of x (n,) by maximum likelihood, from the xmin with the least KS distance.

    Continuous: alpha = 1 + m / sum ln(x_i / xmin), standard error (alpha - 1) / sqrt(m). Discrete (whole
    numbers from 1): alpha maximises -m ln zeta(alpha, xmin) - alpha sum ln x_i, standard error from the
    curvature there. Every value but the largest is tried as xmin. The KS distance takes equal values as one
    step: it is the largest gap between the share of the tail at or above a value and the law's, as in the
    authors' own program (for whole numbers that is every gap there is). Zeros are in no tail and are left
    out. Raises ValueError for negative, NaN or infinite numbers. Source: Clauset, Shalizi and Newman 2009.
    """
    values = _positive(x, discrete)
    different = _count(values)
    if different.values.size < 2:
        return PowerLawFit(math.nan, math.nan, math.nan, 0, math.nan, discrete)
    alphas, errors = _fit_every(different, discrete)
    best, distance = _nearest(different, alphas, discrete)
    return PowerLawFit(
        alpha=float(alphas[best]),
        xmin=float(different.values[best]),
        ks_distance=distance,
        tail_size=int(different.at_least[best]),
        alpha_se=float(errors[best]),
        discrete=discrete,
    )


def compare_tail(x: ArrayLike, fit: PowerLawFit, alternative: str) -> TailComparison:
    """Whether the tail of x (n,) above fit.xmin looks more like the fitted power law or like another law.

    alternative: "lognormal", "exponential" or "truncated_power_law" (x ** -alpha exp(-rate x)), fitted to
    the same tail by maximum likelihood; for a discrete fit, the same weights on whole numbers. R is the sum
    of l_i, the differences of log likelihood. p is Vuong's erfc(|R| / sqrt(2 m var l)) for a rival, and the
    chi-square with one degree of freedom of -2R for the truncated power law, which holds the power law in
    it. The lognormal holds it only as a limit; where that limit is its best fit, the ratio is 0 and p is
    the p on the way there. Without a fit: nan. Source: Vuong 1989; Clauset, Shalizi and Newman 2009.
    """
    if alternative not in ALTERNATIVES:
        raise ValueError(f"The alternative is one of {', '.join(ALTERNATIVES)}.")
    values = _positive(x, fit.discrete)
    if not fit.tail_size:
        return TailComparison(math.nan, math.nan)
    tail = values[values >= fit.xmin]
    if not tail.size:
        raise ValueError("The fit belongs to other numbers: none of these is in its tail.")
    logs = np.log(tail / fit.xmin)
    if fit.discrete:
        law = -_log_zeta(fit.alpha, fit.xmin) - fit.alpha * logs
    else:
        law = math.log(fit.alpha - 1) - (fit.alpha - 1) * logs  # of the logarithm, as all below
    straight = False
    if alternative == "exponential":
        gains = law - _exponential(tail, logs, fit)
    else:
        bend = np.square if alternative == "lognormal" else _exponential_bend
        gains, straight = _gains_over_bent(law, logs, fit, bend)
    ratio = 0.0 if straight else float(gains.sum())
    if alternative != "exponential":
        ratio = min(0.0, ratio)  # a bend that vanishes is the power law: above 0 is the search's own error
    if alternative == "truncated_power_law":
        return TailComparison(ratio, math.erfc(math.sqrt(max(0.0, -ratio))))
    spread = float(gains.std()) * math.sqrt(2 * gains.size)
    return TailComparison(ratio, math.erfc(abs(float(gains.sum())) / spread) if spread else 1.0)


def goodness_of_fit(x: ArrayLike, fit: PowerLawFit, *, refits: int = 1000, rng: np.random.Generator) -> float:
    """Share of made-up samples that lie farther from their own power law than x (n,) from fit: p.

    Each has the size of x: numbers below fit.xmin drawn again from x, the tail from the fitted law, and is
    fitted anew, xmin included. Reject the power law for p of 0.1 or less; 2,500 refits give p within 0.01,
    about two standard errors at most. Without a fit: nan. Source: Clauset, Shalizi and Newman 2009,
    section 4.1.
    """
    values = _positive(x, fit.discrete)
    if refits < 1:
        raise ValueError("Goodness of fit needs at least one refit.")
    if not fit.tail_size:
        return math.nan
    body = values[values < fit.xmin]
    share = 1 - body.size / values.size
    farther = 0
    for _ in range(refits):
        in_tail = rng.binomial(values.size, share) if body.size else values.size
        drawn = _draw_tail(fit, in_tail, rng)
        if in_tail < values.size:
            drawn = np.concatenate((rng.choice(body, values.size - in_tail), drawn))
        farther += not fit_power_law(drawn, discrete=fit.discrete).ks_distance < fit.ks_distance
    return farther / refits


def _positive(x: ArrayLike, discrete: bool) -> Numbers:
    values = as_numbers(x, "The values")
    if values.ndim != 1:
        raise ValueError("A tail needs a list of numbers.")
    if values.size and not (values.min() >= 0 and values.max() < np.inf):
        raise ValueError("A tail needs finite numbers of 0 or more.")
    if discrete and (values % 1).any():
        raise ValueError("A discrete power law needs whole numbers.")
    return values[values > 0]


def _count(values: Numbers) -> _Values:
    different, times = np.unique(values, return_counts=True)
    at_least = np.cumsum(times[::-1])[::-1].astype(np.float64)
    return _Values(different, at_least, at_least - times)


def _fit_every(different: _Values, discrete: bool) -> tuple[Numbers, Numbers]:
    """Alpha and its standard error with each value but the largest as xmin."""
    values, at_least = different.values, different.at_least
    steps = np.diff(np.log(values))
    near = values[1:] / 2 < values[:-1]  # there a difference is exact and a logarithm is not
    steps[near] = np.log1p(np.diff(values)[near] / values[:-1][near])
    # the sum of ln(x / xmin) over a tail, from the largest value down: nothing is subtracted
    mean_log = np.cumsum((at_least[1:] * steps)[::-1])[::-1] / at_least[:-1]
    root = np.sqrt(at_least[:-1])
    if not discrete:
        return 1 + 1 / mean_log, 1 / (mean_log * root)
    xmins = values[:-1]
    above_one = 1 / (mean_log + np.log(xmins / (xmins - 0.5)))
    slope = curve = np.ones_like(above_one)
    for _ in range(30):  # Newton on a convex function of alpha, kept above 1
        step = 1e-4 * above_one
        low, here, high = (_log_zeta(1 + above_one + side * step, xmins) for side in (-1, 0, 1))
        slope, curve = (high - low) / (2 * step) + mean_log, (high - 2 * here + low) / step**2
        moved = np.maximum(above_one / 4, above_one - slope / curve)
        done = np.abs(moved - above_one).max() <= 1e-9 * above_one.max()
        above_one = moved
        if done:
            break
    return 1 + above_one, 1 / (root * np.sqrt(curve))


def _log_zeta(s: ArrayLike, first: ArrayLike) -> Numbers:
    """ln of sum over k >= 0 of ((first + k) / first) ** -s: a Hurwitz zeta function that can't underflow.

    Terms added up, then Euler and Maclaurin's formula for the rest.
    """
    s, first = np.asarray(s, dtype=np.float64), np.asarray(first, dtype=np.float64)
    logs = np.log1p(np.arange(_DIRECT + 1)[:, None] / np.atleast_1d(first))
    terms = np.exp(-s * logs)
    end = first + _DIRECT
    rest = end / (s - 1) + 0.5 + s / end / 12
    rest = rest - s * (s + 1) * (s + 2) / end**3 / 720
    rest = rest + s * (s + 1) * (s + 2) * (s + 3) * (s + 4) / end**5 / 30240
    total = np.log(terms[:-1].sum(axis=0) + terms[-1] * rest)
    return total if s.ndim or first.ndim else total[0]


def _nearest(different: _Values, alphas: Numbers, discrete: bool) -> tuple[int, float]:
    """The xmin (its position) with the smallest KS distance, and that distance.

    The gap at any points of a tail is at most the distance. So every xmin is measured at a few points, the
    most promising one in full, and all others at the point where that one was worst, which neighbours
    share; an xmin already worse than the best is never measured in full.
    """
    gaps = _GapsOf(different, alphas, discrete)
    size = different.values.size
    candidates = np.arange(size - 1)
    fractions = (np.arange(_FIRST_LOOK) + 0.5) / _FIRST_LOOK
    bounds = np.empty(size - 1)
    for first in range(0, size - 1, _AT_A_TIME):
        some = candidates[first : first + _AT_A_TIME, None]
        at = some + (fractions * (size - some)).astype(np.intp)
        bounds[first : first + _AT_A_TIME] = gaps(some, at).max(axis=1)
    best, distance = 0, math.inf
    while candidates.size:
        lowest = np.argmin(bounds)
        candidate = int(candidates[lowest])
        tail = gaps(candidate, np.arange(candidate, size))
        worst = int(np.argmax(tail))
        if (tail[worst], candidate) < (distance, best):
            best, distance = candidate, float(tail[worst])
        worst += candidate
        bounds[lowest] = math.inf
        kept = bounds <= distance
        candidates, bounds = candidates[kept], bounds[kept]
        reaching = candidates <= worst
        bounds[reaching] = np.maximum(bounds[reaching], gaps(candidates[reaching], np.array(worst)))
    return best, distance


class _GapsOf:
    """Gaps between the steps of a tail and its law: (candidate, at) are positions of xmin and of values."""

    def __init__(self, different: _Values, alphas: Numbers, discrete: bool) -> None:
        self._different, self._alphas, self._discrete = different, alphas, discrete
        self._logs = np.log(different.values)

    def __call__(self, candidate: NDArray[np.intp] | int, at: NDArray[np.intp]) -> Numbers:
        size = self._different.at_least[candidate]
        alpha, log = self._alphas[candidate], self._logs[at] - self._logs[candidate]
        at_least = self._different.at_least[at] / size
        if not self._discrete:
            return np.abs(np.exp((1 - alpha) * log) - at_least)
        above = self._different.above[at] / size
        values, xmin = self._different.values[at], self._different.values[candidate]
        scale = _log_zeta_table(alpha, xmin)
        law_at_least = np.exp(_log_zeta_table(alpha, values) - alpha * log - scale)
        law_above = law_at_least - np.exp(-alpha * log - scale)
        return np.maximum(np.abs(law_at_least - at_least), np.abs(law_above - above))


def _log_zeta_table(s: Numbers, first: Numbers) -> Numbers:
    s, first = np.broadcast_arrays(s, first)
    return np.reshape(_log_zeta(s.ravel(), first.ravel()), s.shape)


def _draw_tail(fit: PowerLawFit, size: int, rng: np.random.Generator) -> Numbers:
    """Numbers from the fitted law, by inversion."""
    upper = 1 - rng.random(size)  # in (0, 1]: the share of the law at or above the number drawn
    power = 1 / (fit.alpha - 1)
    with np.errstate(over="ignore"):
        if not fit.discrete:
            return np.minimum(fit.xmin * upper**-power, 1e300)
        whole = fit.xmin + np.arange(_LISTED + 1, dtype=np.float64)
        scale = _log_zeta(fit.alpha, fit.xmin)
        at_least = np.exp(_log_zeta(fit.alpha, whole) - fit.alpha * np.log(whole / fit.xmin) - scale)
        drawn = whole[np.searchsorted(-at_least, -upper, side="right") - 1]
        # beyond the list the law is as good as continuous, half a unit lower
        beyond = upper <= at_least[-1]
        far = (whole[-1] - 0.5) * (upper[beyond] / at_least[-1]) ** -power + 0.5
        drawn[beyond] = np.minimum(np.floor(far), 1e300)
    return drawn


def _exponential(tail: Numbers, logs: Numbers, fit: PowerLawFit) -> Numbers:
    """Log likelihood of each number under the exponential law (discrete: geometric) that fits best."""
    mean = float((tail - fit.xmin).mean())
    if fit.discrete:
        rate = math.log1p(1 / mean)
        return math.log(-math.expm1(-rate)) - rate * (tail - fit.xmin)
    return math.log(fit.xmin / mean) - (tail - fit.xmin) / mean + logs


def _gains_over_bent(
    law: Numbers, logs: Numbers, fit: PowerLawFit, bend: Callable[[Numbers], Numbers]
) -> tuple[Numbers, bool]:
    """How much likelier (log) each number is under the law than under a bent one, and whether b = 0 is best.

    The bent law is exp(-a l - b bend(l)), l = ln(x / xmin), b > 0, that fits best. Both rivals are of this
    form: bend(l) = l ** 2 is the lognormal, exp(l) - 1 - l the truncated power law. Where no bend fits
    better, the gains are those of a vanishing bend, but for their size. The log likelihood is concave in
    (a, b), and its slope and curvature are moments of the law: Newton, with the step halved until it gains.
    Moments are sums over nodes: Gauss and Legendre's in l, and for a discrete fit the first whole numbers
    one by one.
    """
    straight, bent = logs / logs.mean(), bend(logs) / bend(logs).mean()
    nodes, log_weights = _nodes_of(fit, float(logs.max()))
    with np.errstate(over="ignore"):
        features = np.stack([nodes / logs.mean(), np.minimum(bend(nodes) / bend(logs).mean(), 1e200)])

    def moments(parameters: NDArray[np.floating]) -> tuple[float, Numbers, Numbers]:
        exponents = log_weights - parameters @ features
        top = float(exponents.max())
        weights = np.exp(exponents - top)
        total = float(weights.sum())
        weights = weights / total
        used = weights > 1e-30
        kept, of_kept = features[:, used], weights[used]
        mean = kept @ of_kept
        off = kept - mean[:, None]
        return top + math.log(total), mean, (off * of_kept) @ off.T

    parameters = np.array([(fit.alpha - (not fit.discrete)) * logs.mean(), 0.0])
    _, mean, spread = moments(parameters)
    if mean[1] <= 1.0:  # the bend that fits best would go the other way
        return bent - mean[1] - spread[0, 1] / spread[0, 0] * (straight - mean[0]), True
    parameters[1] = 0.05
    scale, mean, spread = moments(parameters)
    for _ in range(200):
        if np.linalg.det(spread) <= 1e-12 * spread[0, 0] * spread[1, 1]:
            break  # a tail of two neighbouring whole numbers: the best fit is infinitely far away
        step = np.linalg.solve(spread, mean - 1.0)
        if step[1] < 0:
            step *= min(1.0, 0.9 * parameters[1] / -step[1])  # b stays above 0
        loss = scale + float(parameters.sum())  # per number: both features are 1 on average
        for _ in range(40):
            tried = parameters + step
            scale, mean, spread = moments(tried)
            if scale + float(tried.sum()) <= loss:
                break
            step /= 2
        parameters = parameters + step
        if loss - scale - float(parameters.sum()) < 1e-13 * max(1.0, abs(loss)):
            break
    return law + scale + parameters[0] * straight + parameters[1] * bent, False


def _exponential_bend(logs: Numbers) -> Numbers:
    """exp(l) - 1 - l: of the second order, as l ** 2 is, so that it can be told from l itself."""
    return np.expm1(logs) - logs


def _nodes_of(fit: PowerLawFit, longest: float) -> tuple[Numbers, Numbers]:
    """Places l = ln(x / xmin) at which a density is added up, and the logarithms of their weights."""
    steepness = fit.alpha - 1
    start, listed = 0.0, np.empty(0)
    if fit.discrete:
        listed = np.log1p(np.arange(_LISTED) / fit.xmin)
        start = math.log1p((_LISTED - 0.5) / fit.xmin)
    width = min(0.5, 2 / steepness)
    length = min(longest + 40 / steepness, 650.0)
    edges = start + width * np.arange(1 + math.ceil(length / width))
    nodes = (edges[:-1, None] + width * (_NODES + 1) / 2).ravel()
    log_weights = np.tile(np.log(_WEIGHTS * width / 2), edges.size - 1)
    if fit.discrete:  # weights of dx = x dl, in whole numbers
        log_weights = log_weights + nodes + math.log(fit.xmin)
    return np.concatenate((listed, nodes)), np.concatenate((np.zeros(listed.size), log_weights))
