"""How sure a mean over rounds is, when neighbouring rounds share days of the same market."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse

FEWEST = 15  # rounds; with fewer an interval would promise more than it can keep


@dataclass(frozen=True)
class Interval:
    """A mean and where it lies, in the unit of the values; all but the mean NaN where nothing can be said."""

    mean: float
    low: float
    high: float
    se: float  # standard error of the mean
    df: float  # degrees of freedom of the t distribution behind low and high

    @property
    def excludes_0(self) -> bool:
        """Whether the value is clearly apart from 0; not where nothing can be said."""
        return self.low > 0 or self.high < 0

    def times(self, rounds: int) -> Interval:
        """The same for a total over so many rounds."""
        return Interval(self.mean * rounds, self.low * rounds, self.high * rounds, self.se * rounds, self.df)


@labelled(values="round")
def ewc_interval(values: ArrayLike, *, level: float = 0.95) -> Interval:
    """Mean of a record of r rounds with an interval that allows for their dependence (EWC-t).

    values (r,): one number per round, in order. With nu = max(2, round(0.4 r^(2/3))) and the projections on
    low-frequency cosines, L_j = sqrt(2/r) sum_t cos(pi j (t - 1/2) / r) x_t for j = 1..nu, the long-run
    variance is mean(L_j^2), se^2 is that over r, and the interval is mean -+ t_nu((1 + level)/2) se. A
    constant record has width 0. Fewer than 15 rounds give no interval: low, high, se and df are NaN, and so
    is the mean of none. In simulated records of 20 to 142 rounds that share four fifths of the next one, 95 %
    intervals held .93 to .94 of the time; with a slow component on top (AR .9) .90 to .91. Raises ValueError
    unless all values are finite and level is between 0 and 1.
    Source: Lazarus, Lewis, Stock and Watson 2018, HAR inference: recommendations for practice.
    """
    values = as_numbers(values, "The values of the rounds")
    if values.ndim != 1:
        raise ValueError("An interval needs one number per round, in order.")
    means, errors, df = ewc_standard_errors(values[:, np.newaxis])
    mean, se = float(means[0]), float(errors[0])
    width = _quantile(df, level) * se
    return Interval(mean, mean - width, mean + width, se, df)


@labelled("record", records="round record")
def ewc_intervals(
    records: ArrayLike, *, level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Means, lows and highs (n,) of n records of the same r rounds, as ewc_interval has them for one.

    records (r, n): a column per record. Raises ValueError as ewc_interval does.
    """
    records = as_numbers(records, "The values of the rounds")
    if records.ndim != 2:
        raise ValueError("Intervals need a column of rounds for each record.")
    means, errors, df = ewc_standard_errors(records)
    width = _quantile(df, level) * errors
    return means, means - width, means + width


@labelled("record", records="round record")
def ewc_standard_errors(
    records: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Means and standard errors (n,) of the columns of records (r, n), and their degrees of freedom."""
    bad = ~np.isfinite(records)
    refuse(bad[:, 0] if records.shape[1] == 1 else bad, "An interval needs a finite number for every round.")
    rounds, count = len(records), int(records.shape[1])
    if not rounds:
        return np.full(count, np.nan), np.full(count, np.nan), math.nan
    shifted = records - records[:1]  # exactly 0 in a constant record, whose mean may round
    centre = shifted.mean(axis=0)
    means = records[0] + centre
    if rounds < FEWEST:
        return means, np.full(count, np.nan), math.nan
    df = max(2, round(0.4 * rounds ** (2 / 3)))
    moments = (np.arange(rounds) + 0.5) / rounds
    cosines = np.sqrt(2 / rounds) * np.cos(np.pi * np.outer(np.arange(1, df + 1), moments))
    projections = cosines @ (shifted - centre)  # the cosines add up to 0: the mean only adds rounding
    return means, np.sqrt((projections**2).mean(axis=0) / rounds), float(df)


def _quantile(df: float, level: float) -> float:
    if not 0 < level < 1:
        raise ValueError(f"The level of an interval lies between 0 and 1, and {level:g} does not.")
    # here, because scipy takes longer to load than an answer may wait
    from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    return math.nan if math.isnan(df) else float(stdtrit(df, (1 + level) / 2))
