"""Where a power law is nearest to a tail: alpha for every xmin, and the distance of each from the tail."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.kernels import compiled

_DIRECT = 16  # terms of a zeta function that are added up before its tail is approximated
_FIRST_LOOK = 12  # points of a tail at which every xmin is measured

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Values:
    """Different values in ascending order, and how many numbers are at or above each and above it."""

    values: Numbers
    at_least: Numbers
    above: Numbers


def count_values(values: Numbers) -> Values:
    """The different ones of numbers above 0 (n,), with how many are at or above each."""
    different, times = np.unique(values, return_counts=True)
    at_least = np.cumsum(times[::-1])[::-1].astype(np.float64)
    return Values(different, at_least, at_least - times)


def fit_every_xmin(different: Values, discrete: bool) -> tuple[Numbers, Numbers]:
    """Alpha and its standard error, both (v - 1,), with each of v different values but the last as xmin."""
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
        low, here, high = (log_zeta(1 + above_one + side * step, xmins) for side in (-1, 0, 1))
        slope, curve = (high - low) / (2 * step) + mean_log, (high - 2 * here + low) / step**2
        moved = np.maximum(above_one / 4, above_one - slope / curve)
        done = np.abs(moved - above_one).max() <= 1e-9 * above_one.max()
        above_one = moved
        if done:
            break
    return 1 + above_one, 1 / (root * np.sqrt(curve))


def log_zeta(s: ArrayLike, first: ArrayLike) -> Numbers:
    """ln of sum over k >= 0 of ((first + k) / first) ** -s: a Hurwitz zeta function that can't underflow.

    s above 1 and first from 1 are numbers or (m,). Terms added up, then Euler and Maclaurin's formula for
    the rest.
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


def nearest_xmin(
    different: Values, alphas: Numbers, discrete: bool, *, below: float = math.inf, times: int = 1
) -> tuple[int, float]:
    """The xmin (its position) with the smallest KS distance below a limit, and that distance.

    Where there is none, the distance is the limit. The gap at any points of a tail is at most the distance.
    So every xmin is measured at a few points, the most promising one in full, and all others at the point
    where that one was worst, which neighbours share; an xmin already worse than the best is never measured
    in full. times: how often the like will be asked, which says whether a compiled loop is worth loading.
    """
    size = different.values.size
    loop = None if discrete else compiled("nearest_tail", times * size * _FIRST_LOOK)
    if loop:
        found = np.array([0.0, below])
        loop(np.log(different.values), different.at_least, alphas, found)
        return (int(found[0]) if found[1] < below else 0), float(found[1])
    gaps = _GapsOf(different, alphas, discrete)
    best, distance = 0, below
    candidates, bounds = np.arange(size - 1), np.zeros(size - 1)
    fractions = (np.arange(_FIRST_LOOK) + 0.5) / _FIRST_LOOK
    for some in (fractions[::3], fractions[1::3], fractions[2::3]):
        at = candidates[:, None] + (some * (size - candidates)[:, None]).astype(np.intp)
        bounds = np.maximum(bounds, gaps(candidates[:, None], at).max(axis=1))
        kept = bounds < distance
        candidates, bounds = candidates[kept], bounds[kept]
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

    def __init__(self, different: Values, alphas: Numbers, discrete: bool) -> None:
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
    return np.reshape(log_zeta(s.ravel(), first.ravel()), s.shape)
