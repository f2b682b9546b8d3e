"""The deepest fall of a random walk with normal steps of spread 1: watched all the time, or once a period."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

SKIPPED = 2 * 0.5826  # what watching once a period misses of a fall, of the spread of a step: at either end
_LONG, _STEEP = 100, 0.3  # more periods than this and less of a rise a period: the skipped part is right
_STEADY = 5  # mean² periods / 2 from which a fall is steady
_DEEP = 150  # spreads of a step; beyond, what is skipped matters no more
_NEVER = 1e5  # mean² periods / 2 from which the limits for long records are exact to 7 digits
_EULER = 12  # terms of the summation that are averaged
_DISCRETISED = 20.0  # its error is exp(-20)


def deeper_in_time(depth: float, rise: float, periods: int) -> float:
    """Probability that Brownian motion of drift `rise` falls by `depth` within so many periods."""
    size = math.sqrt(periods)
    if rise < 0 and rise * rise * periods / 2 > _NEVER:
        return _normal((-rise * periods + 1 / (2 * -rise) - depth) / size)
    return float(_within_one(np.array([depth / size]), rise * size)[0])


def expected_in_time(rise: float, periods: int) -> float:
    """Mean deepest fall of Brownian motion of drift `rise` within so many periods."""
    drift = rise * math.sqrt(periods)
    x = drift * drift / 2
    if x > _NEVER:
        limit = math.log(x) / 4 + 0.49088 if drift > 0 else x + 0.5
        return 2 * limit / abs(rise)
    low = max(0.0, -drift - 9)
    high = min(9 + abs(drift), (math.log1p(x) + 40) / (2 * drift)) if drift > 0 else 9 - drift
    depths, weights = _between(low, high, 120)
    return math.sqrt(periods) * (low + float(weights @ _within_one(depths, drift)))


def deeper_in_periods(depth: float, rise: float, periods: int) -> float:
    """Probability that a walk of so many normal steps of mean `rise` ends a step `depth` below its peak."""
    if depth > _DEEP:
        return deeper_in_time(depth + SKIPPED, rise, periods)
    return _followed(depth, rise, periods, per_step=3.0)


def expected_in_periods(rise: float, periods: int) -> float:
    """Mean deepest fall of a walk of so many normal steps of mean `rise`."""
    x = rise * rise * periods / 2
    if rise < 0 and x >= _STEADY:
        return -rise * periods + 2 * _highest_rise(rise, periods)
    if periods > _LONG and rise < _STEEP:
        # last, how much less is skipped in a steady fall: Chang and Peres 1997 have it for either end
        return expected_in_time(rise, periods) - SKIPPED + max(0.0, -rise) / 2
    wide = 7 * math.sqrt(periods) + max(0.0, -rise * periods)
    high = min(wide, (math.log1p(2 * x) + 20) / (2 * rise) + 3) if rise > 0 else wide
    depths, weights = _between(0.0, high, 32)
    found = [_followed(depth, rise, periods, per_step=1.5) for depth in depths.tolist()]
    return float(weights @ np.array(found))


def _followed(depth: float, rise: float, periods: int, *, per_step: float) -> float:
    """The distance to the peak, followed over all steps on so many points a spread of a step.

    It is max(0, distance - step), a chain that is stopped at `depth`: the chance that it never got there is
    a power of the operator on chances from each distance, by squaring.
    """
    points, weights = _between(0.0, depth, math.ceil(per_step * depth) + 20)
    distances = np.concatenate(([0.0], points))
    step = np.empty((distances.size, distances.size))
    step[:, 0] = [_normal(rise - distance) for distance in distances.tolist()]
    apart = distances[:, np.newaxis] - points - rise
    step[:, 1:] = weights * np.exp(-(apart**2) / 2) / math.sqrt(2 * math.pi)
    spared = np.ones(distances.size)
    left = periods
    while left:
        if left & 1:
            spared = step @ spared
        left >>= 1
        if left:
            step = step @ step
    return min(1.0, max(0.0, 1 - float(spared[0])))


def _highest_rise(rise: float, periods: int) -> float:
    """How high a falling walk is expected to get above its start (Spitzer's identity)."""
    steps = np.arange(1, periods + 1)
    size = np.sqrt(steps)
    ratio = rise * size
    density = np.exp(-(ratio**2) / 2) / math.sqrt(2 * math.pi)
    # here, because scipy takes longer to load than an answer may wait
    from scipy.special import ndtr  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    return float(((size * density + rise * steps * ndtr(ratio)) / steps).sum())


def _within_one(depths: Numbers, drift: float) -> Numbers:
    """Probability (d,) that Brownian motion falls by each of depths (d,) by time 1: Taylor's, inverted."""
    terms = 40 + int(12 * abs(drift))
    k = np.arange(terms + _EULER + 1)
    q = (_DISCRETISED + 2j * math.pi * k) / 2
    root = np.sqrt(drift * drift + 2 * q)
    # of the two factors the one that nearly cancels is got from their product, 2q
    above = root + drift if drift > 0 else 2 * q / (root - drift)
    below = 2 * q / (root + drift) if drift > 0 else root - drift
    h = depths[:, np.newaxis]
    values = (2 * root * np.exp(-above * h) / (below + above * np.exp(-2 * root * h)) / q).real
    values *= np.where(k % 2, -1.0, 1.0)
    values[:, 0] /= 2
    sums = np.cumsum(values, axis=1)[:, terms:]
    shares = np.array([math.comb(_EULER, each) for each in range(_EULER + 1)]) / 2**_EULER
    return np.clip(math.exp(_DISCRETISED / 2) * (sums @ shares), 0.0, 1.0)


def _between(low: float, high: float, number: int) -> tuple[Numbers, Numbers]:
    points, weights = _legendre(number)
    return low + (high - low) * (points + 1) / 2, weights * (high - low) / 2


@cache
def _legendre(number: int) -> tuple[Numbers, Numbers]:
    return np.polynomial.legendre.leggauss(number)


def _normal(value: float) -> float:
    return math.erfc(-value / math.sqrt(2)) / 2
