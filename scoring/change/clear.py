"""Which accounts gain or lose by a change of rules more than luck explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring._arrays import labelled
from scoring.change.difference import account_pay
from scoring.intervals import ewc_intervals

FEWEST_PERIODS = 30  # of an account that is judged by itself


@dataclass(frozen=True)
class ClearChanges:
    """How many accounts clearly gain, clearly lose, cannot be told, or have too few periods to be judged."""

    gain: int
    lose: int
    untold: int
    too_short: int

    @property
    def judged(self) -> int:
        """Accounts with enough periods."""
        return self.gain + self.lose + self.untold


@labelled(pay_old="row", pay_new="row", accounts="row", periods="row")
def clear_changes(
    pay_old: ArrayLike,
    pay_new: ArrayLike,
    accounts: ArrayLike,
    periods: ArrayLike,
    *,
    fewest: int = FEWEST_PERIODS,
    level: float = 0.95,
) -> ClearChanges:
    """Accounts whose mean difference is clearly above or below 0, each over the periods it has rows in.

    Rows (n,) as account_pay reads them. An account with `fewest` periods or more gains clearly where all of
    its interval, that of ewc_interval, lies above 0, and loses clearly where all of it lies below. One in
    forty without any prospect of gaining seems to gain, and one in forty seems to lose. Raises ValueError as
    account_pay and ewc_interval do.
    """
    pay = account_pay(pay_old, pay_new, accounts, periods)
    moved = np.where(np.abs(pay.by_period) <= pay.rounding[:, None], 0.0, pay.by_period)
    lengths = pay.there.sum(axis=1)
    gain = lose = 0
    for length in np.unique(lengths[lengths >= fewest]).tolist():
        alike = np.flatnonzero(lengths == length)
        records = moved[alike][pay.there[alike]].reshape(alike.size, length).T
        _, low, high = ewc_intervals(records, level=level)
        gain += int(np.count_nonzero(low > 0))
        lose += int(np.count_nonzero(high < 0))
    judged = int(np.count_nonzero(lengths >= fewest))
    seen = int(np.count_nonzero(lengths))
    return ClearChanges(gain, lose, judged - gain - lose, seen - judged)
