"""How sure a number of rounds is, from leaving out one block of them at a time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FEWEST_BLOCKS = 3

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A number with its standard error and 95 % interval from blocks of rounds; NaN if those are too few."""

    value: float
    se: float
    low: float
    high: float
    blocks: int

    def is_apart_from(self, other: Estimate) -> bool:
        """Whether it is clearly another number, of other rounds: not where either has no error.

        By Student's law with the degrees of freedom of the fewer blocks, at 5 %.
        """
        gap, se = self.value - other.value, math.hypot(self.se, other.se)
        if math.isnan(gap) or math.isnan(se):
            return False
        # here, because scipy takes longer to load than an answer may wait
        from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

        return abs(gap) > float(stdtrit(min(self.blocks, other.blocks) - 1, 0.975)) * se


def estimate(products: Numbers, pairs: Numbers, squares: Numbers, counts: Numbers, block: int) -> Estimate:
    """Mean product of pairs of rounds (r, r) by mean square of rounds (r,), with its error.

    The error is that of leaving out a block of rounds with every pair that either of its ends belongs to.
    """
    there = np.flatnonzero(counts)
    blocks = there.size // block
    if not there.size:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    starts = [int(part[0]) for part in np.array_split(there, max(blocks, 1))]
    starts[0] = 0
    above, number = (
        np.add.reduceat(np.add.reduceat(of, starts, axis=0), starts, axis=1) for of in (products, pairs)
    )
    scale, count = (np.add.reduceat(of, starts) for of in (squares, counts))
    whole = ratio(above.sum(), number.sum(), scale.sum(), count.sum())
    if blocks < _FEWEST_BLOCKS:
        return Estimate(whole, math.nan, math.nan, math.nan, blocks)
    rest = [of.sum() - of.sum(axis=0) - of.sum(axis=1) + np.diag(of) for of in (above, number)]
    others = [of.sum() - of for of in (scale, count)]
    return _from_parts(whole, np.array([ratio(*each) for each in zip(*rest, *others, strict=True)]))


def without_blocks(of: Callable[[NDArray[np.bool_]], float], counts: Numbers, block: int) -> Estimate:
    """A number of the rounds (r,) that are kept, with its error from leaving out a block at a time."""
    there = np.flatnonzero(counts)
    every = np.ones(counts.size, dtype=bool)
    blocks = there.size // block
    if not there.size:
        return Estimate(math.nan, math.nan, math.nan, math.nan, 0)
    whole = of(every)
    if blocks < _FEWEST_BLOCKS:
        return Estimate(whole, math.nan, math.nan, math.nan, blocks)
    parts = np.array_split(there, blocks)
    return _from_parts(whole, np.array([of(~np.isin(np.arange(counts.size), part)) for part in parts]))


def _from_parts(whole: float, without: Numbers) -> Estimate:
    """A number with its error, given what it is without each block."""
    blocks = without.size
    if np.isnan(without).any():
        return Estimate(whole, math.nan, math.nan, math.nan, blocks)
    se = math.sqrt((blocks - 1) / blocks * float(((without - without.mean()) ** 2).sum()))
    # here, because scipy takes longer to load than an answer may wait
    from scipy.special import stdtrit  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    width = float(stdtrit(blocks - 1, 0.975)) * se
    return Estimate(whole, se, whole - width, whole + width, blocks)


def ratio(above: float, number: float, scale: float, count: float) -> float:
    return float(above / number * count / scale) if number > 0 and scale > 0 else math.nan
