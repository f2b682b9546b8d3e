"""Pay of accounts if it were counted on the weights that a scheme gives them."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.payout.comparison import LARGE, Stretch
from features.payout.pricing import rules_in_force
from features.payout.windows import changes_of_pay, was_paid
from features.stakes.holders import owners_of
from scoring.change.transition import Gains, gains
from scoring.rules import PayoutRule
from tournament.source import Numbers, Rounds, Stakes, TournamentField
from wording.names import DEFAULT_ROUNDS

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PaidBefore:
    """What pay is known from. live: the announced rule that rounds are paid by."""

    tournament: str
    everyone: TournamentField
    calendar: Rounds
    live: PayoutRule | None = None


@dataclass(frozen=True)
class WeightPay:
    """Pay of accounts on their stakes of today, and multiplied by how the weight of each changes.

    Both at what each account earned per NMR at risk in the newest rounds: today's stake is not that of the
    time, and the weights follow today's.
    """

    rounds: Numbers
    gains: Gains
    stretch: Stretch  # the difference, and that without the largest where it has much of the weight
    changes: str  # what these rounds paid, where that changed in them
    left_out: int  # rows of accounts whose weight is not known
    account: NDArray[np.intp]  # whose gains these are, by position among the accounts that are weighed

    def of(self, account: int) -> tuple[float, float] | None:
        """Pay of one account in NMR, before and after; None where none is known."""
        place = np.flatnonzero(self.account == account)
        if not place.size:
            return None
        return float(self.gains.old[place[0]]), float(self.gains.new[place[0]])


def weight_pay(
    before: PaidBefore, stakes: Stakes, position: NDArray[np.intp], found: Floats
) -> WeightPay | None:
    """Pay of the newest rounds per NMR at risk, on stakes (2, a) in NMR that count before and after.

    position (a,): of each account among all that are listed. None where nobody's pay is known by account.
    """
    owner = owners_of(before.everyone.models, stakes)
    if owner is None:
        return None
    of_account = dict(zip(position.tolist(), range(position.size), strict=True))
    of_model = np.array([of_account.get(each, -1) for each in owner.tolist()], dtype=np.intp)
    paid = before.everyone.newest(DEFAULT_ROUNDS, was_paid)
    numbers, at = np.unique(paid.round), of_model[paid.model]
    rows = paid.only(at >= 0)
    if not rows.round.size:
        return None
    # one row for each account and round: what was paid in it over what it risked
    places = np.searchsorted(numbers, rows.round)
    cells, cell = np.unique(at[at >= 0] * numbers.size + places, return_inverse=True)
    rate = np.bincount(cell, weights=rows.payout) / np.bincount(cell, weights=rows.stake)
    account, period = cells // numbers.size, cells % numbers.size
    old, new = rate * found[:, account]
    whose, names = np.unique(account, return_inverse=True)
    return WeightPay(
        rounds=numbers,
        gains=gains(old, new, names),
        stretch=_stretch(numbers, period, new - old, account, found),
        changes=changes_of_pay(
            before.tournament,
            rows,
            rules_in_force(before.tournament, rows, before.calendar, before.live),
        ),
        left_out=paid.round.size - rows.round.size,
        account=whose,
    )


def _stretch(
    numbers: Numbers,
    period: NDArray[np.int64],
    moved: Floats,
    account: NDArray[np.intp],
    found: Floats,
) -> Stretch:
    """The difference of all accounts, and without the one that has much of the weight before or after."""

    def of(rows: NDArray[np.bool_]) -> Stretch:
        by_round = np.bincount(period[rows], weights=moved[rows], minlength=numbers.size)
        return Stretch.of("", numbers, by_round.astype(np.float64))

    whole = of(np.ones(moved.size, dtype=np.bool_))
    held = found[:, np.unique(account)]
    shares = (held / held.sum(axis=1, keepdims=True)).max(axis=0)
    largest = np.unique(account)[shares.argmax()]
    if shares.max() <= LARGE or shares.size == 1:
        return whole
    return replace(whole, without_largest=(float(shares.max()), of(account != largest)))
