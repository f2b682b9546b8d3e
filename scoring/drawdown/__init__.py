"""How deep a record fell below its best so far, for how long, and what chance alone makes of that."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.drawdown._by_chance import (
    deeper_in_periods,
    deeper_in_time,
    expected_in_periods,
    expected_in_time,
)
from scoring.drawdown._deepest import deepest

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Drawdown:
    """The deepest fall of a record, and how long it lay below a peak; periods are counted from 0.

    peak: periods before the fall, so 0 is the start and k the end of the k-th period. trough, recovered: the
    same of the bottom and of the first return to the peak, None without one. Without a fall all are 0.
    """

    depth: float  # positive, in the unit of the returns
    peak: int
    trough: int
    recovered: int | None
    longest: int  # periods of the longest stretch below a peak
    now: int  # periods of the stretch in which the record ends


@labelled(returns="period")
def max_drawdown(returns: ArrayLike) -> float:
    """Deepest fall of a record from its best so far: a number of 0 or more, in the unit of the returns.

    returns (r,): what each period added, in order; they add up, they don't multiply (take log(1 + return) of
    what compounds). The start counts as a peak of 0, so a record that only falls has fallen by all of it. An
    empty record has nan. Raises ValueError unless all are finite.
    """
    fallen = _below_the_peak(returns)
    return float(fallen.max()) if fallen.size else math.nan


@labelled("record", records="period record")
def max_drawdowns(records: ArrayLike) -> Numbers:
    """max_drawdown of each of n records of the same periods (r, n), as (n,)."""
    read = as_numbers(records, "The returns")
    if read.ndim != 2:
        raise ValueError("Drawdowns of several records need a row per period and a column per record.")
    refuse(~np.isfinite(read), "A drawdown needs a finite number for every period.")
    if not len(read):
        return np.full(int(read.shape[1]), np.nan)
    return deepest(read, int(read.shape[1]))


@labelled(returns="period")
def worst_drawdown(returns: ArrayLike) -> Drawdown:
    """The deepest fall of a record (r,) of additive returns, where it was, and how long it lay under water.

    Of falls as deep as each other it is the first. A period is under water if the record ends it below its
    best so far, where the start counts as 0. In a record without drift the longest stretch takes .63 of it on
    average, however long it is (Pitman and Yor 1997), so a long one says little. Raises ValueError as
    max_drawdown does.
    """
    fallen = _below_the_peak(returns)
    if not fallen.size:
        return Drawdown(math.nan, 0, 0, None, 0, 0)
    under = fallen > 0
    ends = np.flatnonzero(np.diff(np.concatenate(([0], under.astype(np.int8), [0]))))
    longest = int((ends[1::2] - ends[::2]).max(initial=0))
    now = int(fallen.size - ends[-2]) if under[-1] else 0
    if not under.any():
        return Drawdown(0.0, 0, 0, 0, 0, 0)
    bottom = int(np.argmax(fallen))
    peak = int(np.flatnonzero(~under[:bottom])[-1]) + 1 if not under[:bottom].all() else 0
    after = np.flatnonzero(~under[bottom:])
    recovered = bottom + int(after[0]) + 1 if after.size else None
    return Drawdown(float(fallen[bottom]), peak, bottom + 1, recovered, longest, now)


def expected_max_drawdown(mean: float, sd: float, periods: int, *, discrete: bool = True) -> float:
    """Mean of the deepest fall of records of independent normal returns, in their unit.

    mean, sd: of one period's return. periods: of the record. With discrete the record is looked at once a
    period, as rounds are; without, all the time (Brownian motion), which falls deeper by about 2 x .5826 sd.

    Continuous: sqrt(pi/2) sd sqrt(periods) without a drift, else (2 sd²/|mean|) Q(mean² periods / (2 sd²))
    with the two functions Q of Magdon-Ismail, Atiya, Pratap and Abu-Mostafa 2004, here integrals of the
    probability that drawdown_probability has, right to 7 digits. Discrete: where there are more than 100
    periods and the mean is below .3 sd, that less 1.1652 sd, and less half the mean where that is below 0
    (Chang and Peres 1997), right to .04 sd; else from period to period, right to 5 digits, as the correction
    would leave a record of one period .088 sd for a true .399. A steady fall (mean² periods above 10 sd²) has
    |mean| periods + 2 x the highest rise to expect of such a walk (Spitzer 1956), right to .01 sd.

    Independent and normal: overlapping rounds are neither, and fall deeper; scoring.drawdown.resampled is for
    those. nan where a number is nan. Raises ValueError for a sd below 0, infinite numbers, and periods that
    are not a whole number of 0 or more.
    """
    mean, sd, count = _walk(mean, sd, periods)
    if math.isnan(mean + sd):
        return math.nan
    if not sd or not count:
        return max(0.0, -mean * count)
    found = expected_in_periods(mean / sd, count) if discrete else expected_in_time(mean / sd, count)
    return sd * found


def drawdown_probability(
    depth: float, mean: float, sd: float, periods: int, *, discrete: bool = True
) -> float:
    """Probability that a record of independent normal returns falls at least so deep somewhere.

    depth: of 0 or more, in the unit of mean and sd, those of one period's return. Continuous: the inverse of
    Taylor's Laplace transform of the time until the fall (1975), d exp(-a h) / (d cosh(d h) - a sinh(d h))
    with a = mean/sd², d = sqrt(a² + 2q/sd²), by Abate and Whitt's Euler summation, right to 1e-8. Discrete:
    exact, the distance to the peak followed from period to period by Gauss and Legendre's quadrature; depths
    above 150 sd are taken as the continuous ones of 1.1652 sd more.

    It is the chance of some such fall in as many periods, not that this one could be told beforehand; and it
    holds for independent returns. Of overlapping rounds it is far too low: pass the root of their long-run
    variance as sd, and show it beside what scoring.drawdown.resampled finds. nan where a number is nan.
    Raises ValueError for a depth below 0, and as expected_max_drawdown does.
    """
    mean, sd, count = _walk(mean, sd, periods)
    depth = _one(depth, "The depth")
    if depth < 0:
        raise ValueError("The depth of a drawdown is a number of 0 or more.")
    if math.isnan(mean + sd + depth):
        return math.nan
    if not depth:
        return 1.0
    if not sd or not count:
        return float(-mean * count >= depth)
    found = deeper_in_periods if discrete else deeper_in_time
    return found(depth / sd, mean / sd, count)


def _below_the_peak(returns: ArrayLike) -> Numbers:
    """How far a record is below its best so far at the end of each period (r,)."""
    values = as_numbers(returns, "The returns")
    if values.ndim != 1:
        raise ValueError("A drawdown needs one number per period, in order.")
    refuse(~np.isfinite(values), "A drawdown needs a finite number for every period.")
    level = np.cumsum(values)
    return np.maximum(np.maximum.accumulate(level), 0.0) - level


def _walk(mean: float, sd: float, periods: int) -> tuple[float, float, int]:
    mean, sd = _one(mean, "The mean"), _one(sd, "The standard deviation")
    count = _one(periods, "The number of periods")
    if sd < 0:
        raise ValueError("A standard deviation is a number of 0 or more.")
    if not count >= 0 or count != int(count):
        raise ValueError("The periods of a record are a whole number of 0 or more.")
    return mean, sd, int(count)


def _one(value: float, what: str) -> float:
    read = as_numbers(value, what)
    if read.ndim:
        raise ValueError(f"{what} must be one number.")
    if math.isinf(float(read)):
        raise ValueError(f"{what} must be a finite number.")
    return float(read)
