"""How often records like this one fall as deep, by each way of treating that neighbours are alike."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.drawdown import drawdown_probability, max_drawdown
from scoring.drawdown._deepest import deepest
from scoring.intervals import FEWEST, ewc_interval

Numbers = NDArray[np.float64]
_ROUNDING = 1e-9  # a resample this much shallower than the record, of its depth, is as deep


@dataclass(frozen=True)
class DrawdownChances:
    """Share of records at least as deep as the one seen, by each treatment of the dependence of periods.

    lowest and highest are over the treatments that keep it; independent does not, and is no answer by itself.
    """

    depth: float
    independent: float  # periods drawn one by one
    circular: float  # blocks of neighbours, closed to a ring
    stationary: float  # blocks of random length
    own_average: float  # normal records with the record's own autocovariances within the overlap
    equal_average: float  # normal records in which each period shares equally with those it overlaps
    long_run: float  # independent stretches of the overlap with the long-run variance; nan below 15 periods
    periods: int
    block: int

    @property
    def dependent(self) -> tuple[float, ...]:
        """The shares of the treatments that keep the dependence, where there are any."""
        given = (self.circular, self.stationary, self.own_average, self.equal_average, self.long_run)
        return tuple(each for each in given if not math.isnan(each))

    @property
    def lowest(self) -> float:
        """The smallest share of the treatments that keep the dependence."""
        return min(self.dependent)

    @property
    def highest(self) -> float:
        """The largest share of the treatments that keep the dependence."""
        return max(self.dependent)


@labelled(returns="period")
def drawdown_chances(
    returns: ArrayLike,
    *,
    overlap: int = 5,
    block: int | None = None,
    resamples: int = 10_000,
    rng: np.random.Generator,
) -> DrawdownChances:
    """How often records like this one (r,) fall at least as deep: a range, as dependence can't be known.

    returns: additive, in order. overlap: how many periods are open at once. block: periods of a block, at
    least twice the overlap and that unless told. Resamples keep the record's mean, whose error they do not
    know. A resample that holds the whole fall in one block is just as deep, and counts; a fall longer than a
    block can hardly come again, so the shares of blocks are then too low. Records of moving averages know
    nothing beyond it. The long-run share is drawdown_probability of stretches as long as the overlap,
    with the variance behind ewc_interval: watched every round it would be near 1 for any short fall, as
    overlapping rounds move more smoothly than independent ones of that variance. A record that never fell has
    1 throughout. Raises ValueError as max_drawdown does, and for a record shorter than two blocks.
    """
    values = _record(returns)
    block = 2 * overlap if block is None else block
    if overlap < 1 or block < 1 or resamples < 1:
        raise ValueError("Resampling needs an overlap, a block and resamples of 1 or more.")
    if values.size < 2 * block:
        raise ValueError(
            f"A record of {values.size} rounds says nothing of its falls: it takes two blocks of {block}."
        )
    depth = max_drawdown(values)

    def share(found: Numbers) -> float:
        return float(np.mean(found >= depth * (1 - _ROUNDING)))

    several: dict[str, Any] = {"resamples": resamples, "rng": rng}
    long_run = math.nan
    if values.size >= FEWEST:
        mean = ewc_interval(values)
        spread = mean.se * math.sqrt(values.size * overlap)
        long_run = drawdown_probability(depth, overlap * mean.mean, spread, round(values.size / overlap))
    return DrawdownChances(
        depth=depth,
        independent=share(resampled_drawdowns(values, 1, **several)),
        circular=share(resampled_drawdowns(values, block, **several)),
        stationary=share(resampled_drawdowns(values, block, stationary=True, **several)),
        own_average=share(moving_average_drawdowns(values, overlap, **several)),
        equal_average=share(moving_average_drawdowns(values, overlap, equal=True, **several)),
        long_run=long_run,
        periods=values.size,
        block=block,
    )


@labelled(returns="period")
def resampled_drawdowns(
    returns: ArrayLike,
    block: int,
    *,
    stationary: bool = False,
    resamples: int = 10_000,
    rng: np.random.Generator,
) -> Numbers:
    """Deepest falls (resamples,) of a record (r,) drawn again in blocks of neighbours, closed to a ring.

    Blocks start anywhere and have `block` periods, or with stationary a geometric number of that mean; as
    many periods are drawn as the record has. Raises ValueError for an empty or non-finite record and a block
    not between 1 and r. Source: Politis and Romano 1992 (circular) and 1994 (stationary).
    """
    values = _record(returns)
    if not 1 <= block <= values.size:
        raise ValueError(f"A block must be between 1 and {values.size} periods long.")
    ring = np.concatenate((values, values))

    def drawn() -> Iterator[Numbers]:
        # where a block starts is by chance, so where it would have started at the first period is too
        start = rng.integers(0, values.size, resamples, dtype=np.int32)
        ends = _come_true(values.size * resamples, 1 / block, rng) if stationary else np.empty(0, np.intp)
        first_of = np.searchsorted(ends, resamples * np.arange(values.size + 1))
        for period in range(values.size):
            if stationary and period:
                ended = ends[first_of[period] : first_of[period + 1]] - resamples * period
                start[ended] = rng.integers(0, values.size, ended.size, dtype=np.int32)
            elif period and period % block == 0:
                start = rng.integers(0, values.size, resamples, dtype=np.int32)
            yield ring[start + period]

    return deepest(drawn(), resamples)


@labelled(returns="period")
def moving_average_drawdowns(
    returns: ArrayLike,
    overlap: int,
    *,
    equal: bool = False,
    resamples: int = 10_000,
    rng: np.random.Generator,
) -> Numbers:
    """Deepest falls (resamples,) of normal moving averages with the mean and variance of a record (r,).

    Periods less than `overlap` apart are correlated as in the record, or with equal by 1 - distance / overlap
    as sums of so many shocks are that count alike; others are not. Autocovariances that no record can have
    are taken as the nearest spectrum without negative parts. Raises ValueError as resampled_drawdowns does,
    and for an overlap not between 1 and r.
    """
    values = _record(returns)
    if not 1 <= overlap <= values.size:
        raise ValueError(f"Rounds overlap by 1 (not at all) to {values.size} rounds.")
    centred = values - values.mean()
    lags = np.arange(overlap)
    own = np.array([float(centred[lag:] @ centred[: values.size - lag]) for lag in lags.tolist()])
    covariance = (own[0] * (1 - lags / overlap) if equal else own) / values.size
    whole = values.size + 2 * overlap  # so that the ring's two ends never meet within the record
    ring = np.zeros(whole)
    ring[:overlap] = covariance
    ring[whole - overlap + 1 :] = covariance[:0:-1]
    spectrum = np.maximum(np.fft.rfft(ring).real, 0.0)
    weights = np.fft.irfft(np.sqrt(spectrum), whole)
    apart = (np.arange(values.size)[:, np.newaxis] - np.arange(whole)) % whole
    shocks = rng.normal(size=(whole, resamples))
    return deepest(weights[apart] @ shocks + values.mean(), resamples)


def _come_true(trials: int, chance: float, rng: np.random.Generator) -> NDArray[np.intp]:
    """Which of so many trials come true, in order: the steps between them are geometric, and far fewer.

    A geometric number is an exponential one without what follows its point.
    """
    rate = -math.log1p(-chance) if chance < 1 else math.inf
    found = np.zeros(1, dtype=np.intp)
    while found[-1] <= trials:
        expected = trials * chance
        steps = rng.standard_exponential(int(expected + 5 * np.sqrt(expected)) + 1) / rate
        found = np.concatenate((found, found[-1] + np.cumsum(1 + steps.astype(np.intp))))
    return found[1 : np.searchsorted(found, trials, side="right")] - 1


def _record(returns: ArrayLike) -> Numbers:
    values = as_numbers(returns, "The returns")
    if values.ndim != 1 or not values.size:
        raise ValueError("Drawing a record again needs one number per period, in order.")
    refuse(~np.isfinite(values), "Drawing a record again needs a finite number for every period.")
    return values
