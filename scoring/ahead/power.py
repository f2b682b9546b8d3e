"""How many rounds it takes until a difference can be told from luck."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring._arrays import as_numbers, labelled
from scoring.intervals import ewc_interval


@dataclass(frozen=True)
class RoundsNeeded:
    """A record of differences: its mean, its rounds, and the long-run variance of one round."""

    mean: float
    rounds: int
    variance: float  # NaN where the record is too short to tell
    level: float
    power: float

    def needed(self, difference: float) -> float:
        """Rounds until a true mean difference of this size is seen; infinite for 0, nan if unknown."""
        if difference == 0:
            return math.inf
        return self.variance * self._reach**2 / difference**2

    @property
    def visible(self) -> float:
        """The smallest true mean difference a round that the rounds there are would show."""
        return self._reach * math.sqrt(self.variance / self.rounds) if self.rounds else math.nan

    @property
    def _reach(self) -> float:
        # here, because scipy takes longer to load than an answer may wait
        from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

        return float(ndtri((1 + self.level) / 2) + ndtri(self.power))


@labelled(differences="round")
def rounds_to_see(differences: ArrayLike, *, level: float = 0.95, power: float = 0.8) -> RoundsNeeded:
    """How long a record must be for a two-sided interval to exclude 0, by how its rounds have varied.

    differences (r,): one per round, in order. n = variance x (z(level) + z(power))² / difference², 1.96 and
    .84 as it stands, with the long-run variance of ewc_interval. A difference that large is seen `power` of
    the time. Below 15 rounds the variance is NaN; of a constant record 0. Raises ValueError as ewc_interval
    does, and for a level or power that is not between 0 and 1. Source: Cohen 1988, with the variance of
    Lazarus, Lewis, Stock and Watson 2018.
    """
    differences = as_numbers(differences, "The differences")
    if not 0 < power < 1:
        raise ValueError("A power lies between 0 and 1.")
    found = ewc_interval(differences, level=level)
    return RoundsNeeded(found.mean, differences.size, found.se**2 * differences.size, level, power)


def level_if_restaked(ratio: float, elasticity: float) -> float:
    """By how much pay per NMR at risk changes once stakes have followed it: ratio^(1 - elasticity) - 1.

    ratio: mean pay per NMR at risk under the new rule by that under the old one, before the payout factor. A
    stake S follows pay per NMR by S' = S x ratio^elasticity, and the payout factor is threshold / S': so this
    holds where the factor is below 1 alone. elasticity 0: nobody moves a stake; 1: stakes move until an NMR
    earns what it did. Raises ValueError for a ratio that is not above 0, and an elasticity outside 0 to 1.
    """
    if not (ratio > 0 and math.isfinite(ratio)):
        raise ValueError("Stakes can follow pay only where both rules pay more than they burn.")
    if not 0 <= elasticity <= 1:
        raise ValueError("An elasticity lies between 0 and 1.")
    return float(np.power(ratio, 1 - elasticity)) - 1
