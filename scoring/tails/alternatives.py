"""The rivals of a power law, each fitted to the same tail by maximum likelihood."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from scoring.tails.search import Numbers

_LISTED = 1000  # whole numbers whose weight is added up before an integral takes over
_GRID = 20_001  # places at which a law is added up to be drawn
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def exponential(tail: Numbers, logs: Numbers, *, xmin: float, discrete: bool) -> Numbers:
    """Log likelihood of each number under the exponential law (discrete: geometric) that fits best."""
    mean = float((tail - xmin).mean())
    if discrete:
        rate = math.log1p(1 / mean)
        return math.log(-math.expm1(-rate)) - rate * (tail - xmin)
    return math.log(xmin / mean) - (tail - xmin) / mean + logs


def gains_over_bent(
    law: Numbers,
    logs: Numbers,
    bend: Callable[[Numbers], Numbers],
    *,
    alpha: float,
    xmin: float,
    discrete: bool,
) -> Numbers:
    """How much likelier (log) each number is under the law than under that of fit_bent; 0 without a bend."""
    straight, bent = logs / logs.mean(), bend(logs) / bend(logs).mean()
    a, b, scale = fit_bent(logs, bend, alpha=alpha, xmin=xmin, discrete=discrete)
    return law + scale + a * straight + b * bent if b else np.zeros_like(logs)


def fit_bent(
    logs: Numbers, bend: Callable[[Numbers], Numbers], *, alpha: float, xmin: float, discrete: bool
) -> tuple[float, float, float]:
    """(a, b, scale) of the law exp(-a l - b bend(l) - scale) that fits l = ln(x / xmin) best.

    Both l and bend(l) are in units of their means over the tail. Both rivals are of this form, b > 0:
    bend(l) = l ** 2 is the lognormal, exp(l) - 1 - l the truncated power law; b = 0 where no bend fits
    better. The log likelihood is concave in (a, b), and its slope and curvature are moments of the law:
    Newton, with the step halved until it gains. Moments are sums over nodes: Gauss and Legendre's in l, and
    for a discrete fit the first whole numbers one by one.
    """
    nodes, log_weights = _nodes_of(alpha, xmin, discrete, float(logs.max()))
    with np.errstate(over="ignore"):
        features = np.stack([nodes / logs.mean(), np.minimum(bend(nodes) / bend(logs).mean(), 1e150)])

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

    parameters = np.array([(alpha - (not discrete)) * logs.mean(), 0.0])
    scale, mean, spread = moments(parameters)
    if mean[1] <= 1.0:  # the bend that fits best would go the other way
        return float(parameters[0]), 0.0, scale
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
    return float(parameters[0]), float(parameters[1]), scale


def bent_survival(
    logs: Numbers, at: Numbers, bend: Callable[[Numbers], Numbers], *, alpha: float, xmin: float
) -> Numbers:
    """Share of the law of fit_bent at or above each of `at` (g,), for a tail l (n,); both as ln(x / xmin)."""
    a, b, _ = fit_bent(logs, bend, alpha=alpha, xmin=xmin, discrete=False)
    grid = np.linspace(0.0, max(float(logs.max()), float(at.max())) + 40 / (alpha - 1), _GRID)
    with np.errstate(over="ignore", under="ignore"):
        bent = np.minimum(bend(grid) / bend(logs).mean(), 1e150)
        density = np.exp(-a * grid / logs.mean() - b * bent)
    slices = (density[1:] + density[:-1]) / 2
    above = np.concatenate((np.cumsum(slices[::-1])[::-1], [0.0]))
    share: Numbers = above / above[0]
    return np.interp(at, grid, share)


def exponential_bend(logs: Numbers) -> Numbers:
    """exp(l) - 1 - l: of the second order, as l ** 2 is, so that it can be told from l itself."""
    return np.expm1(logs) - logs


def _nodes_of(alpha: float, xmin: float, discrete: bool, longest: float) -> tuple[Numbers, Numbers]:
    """Places l = ln(x / xmin) at which a density is added up, and the logarithms of their weights."""
    steepness = alpha - 1
    start, listed = 0.0, np.empty(0)
    if discrete:
        listed = np.log1p(np.arange(_LISTED) / xmin)
        start = math.log1p((_LISTED - 0.5) / xmin)
    width = min(0.5, 2 / steepness)
    length = min(longest + 40 / steepness, 650.0)
    edges = start + width * np.arange(1 + math.ceil(length / width))
    nodes = (edges[:-1, None] + width * (_NODES + 1) / 2).ravel()
    log_weights = np.tile(np.log(_WEIGHTS * width / 2), edges.size - 1)
    if discrete:  # weights of dx = x dl, in whole numbers
        log_weights = log_weights + nodes + math.log(xmin)
    return np.concatenate((listed, nodes)), np.concatenate((np.zeros(listed.size), log_weights))
