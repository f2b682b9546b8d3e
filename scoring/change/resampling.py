"""Periods drawn again in blocks of neighbours, for what is no mean; means have scoring.intervals."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse


@labelled(values="period")
def block_bootstrap_totals(
    values: ArrayLike, block: int, *, resamples: int = 4000, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Totals (resamples,) of a record drawn again in circular blocks of neighbouring periods.

    values (r,): one number per period, in order. Blocks keep neighbours together, which overlapping rounds
    need: they share days of the same market. Each resample joins blocks that start anywhere (the record
    is closed to a ring) until r periods are drawn. Raises ValueError for an empty or non-finite record and
    for a block that is not between 1 and r. Source: Politis and Romano 1992, circular block bootstrap.
    """
    values = as_numbers(values, "The values of the periods")
    if values.ndim != 1 or values.size == 0:
        raise ValueError("Resampling needs one finite number per period.")
    refuse(~np.isfinite(values), "Resampling needs one finite number per period.")
    periods = values.size
    if not 1 <= block <= periods:
        raise ValueError(f"A block must be between 1 and {periods} periods long.")
    # the sum of a block is a difference of two running sums, whatever its length
    running = np.concatenate(([0.0], np.cumsum(np.concatenate((values, values)))))
    blocks = math.ceil(periods / block)
    lengths = np.full(blocks, block)
    lengths[-1] = periods - block * (blocks - 1)
    starts = rng.integers(0, periods, size=(resamples, blocks))
    return (running[starts + lengths] - running[starts]).sum(axis=1)


@labelled(values="period")
def block_bootstrap_interval(
    values: ArrayLike,
    block: int,
    *,
    level: float = 0.95,
    resamples: int = 4000,
    rng: np.random.Generator,
) -> tuple[float, float]:
    """Percentile interval (low, high) of the total of a record, in the unit of its values.

    A record shorter than two blocks says nothing about its own spread: (nan, nan). The interval describes
    periods like these drawn again; it knows nothing of periods unlike them. It is too narrow: of simulated
    records of overlapping rounds, in blocks of 10, 95 % intervals held 62 % at 20 rounds and 87 % at 142.
    ewc_interval holds what it says, so it is the one for a mean or a total. Errors as in
    block_bootstrap_totals.
    """
    values = as_numbers(values, "The values of the periods")
    if values.size < 2 * block:
        return math.nan, math.nan
    totals = block_bootstrap_totals(values, block, resamples=resamples, rng=rng)
    low, high = np.quantile(totals, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
