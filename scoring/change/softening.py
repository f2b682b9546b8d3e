"""What it costs to soften a change of rules: notice, a phase-in, grandfathering, full compensation."""

from __future__ import annotations

import operator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, common_shape, labelled, refuse
from scoring.change.difference import AccountPay, account_pay


@dataclass(frozen=True)
class Softening:
    """What one way of softening a change comes to, in the unit of the pay: cost = saved - withheld.

    The cost is what the payer pays more than if the new rule held at once, and below 0 where it is less.
    Saved is what accounts that lose in all by the new rule keep for longer, withheld what the others get
    later. Nobody changes behaviour: members neither leave nor stake otherwise because of the terms.
    """

    cost: float
    saved: float
    withheld: float
    losers: int  # accounts that still lose in all
    cost_by_period: NDArray[np.float64]  # (r,)
    saved_by_period: NDArray[np.float64]  # (r,); what is withheld in a period is saved - cost


@dataclass(frozen=True)
class SofteningCosts:
    """Each way of softening alone, and the three together; compensation is what it pays after the fact."""

    notice: Softening
    phase_in: Softening
    grandfather: Softening
    together: Softening
    compensation: float  # pays every account that loses in all just what it lost; nobody loses then


@dataclass(frozen=True)
class RollingCosts:
    """What softening costs the payer (s,) if the change comes at one of s periods, in the unit of pay."""

    starts: NDArray[np.intp]  # (s,), counted from 0
    periods: int  # that it takes to end
    notice: NDArray[np.float64]
    phase_in: NDArray[np.float64]
    grandfather: NDArray[np.float64]
    together: NDArray[np.float64]


@labelled("row", rounds="row")
def phase_in_share(
    rounds: ArrayLike, effective: int, notice_rounds: int, phase_in_rounds: int
) -> NDArray[np.float64]:
    """Share (r,) of the new rule in what is paid for each of rounds (r,), 0 to 1.

    With start = effective + notice_rounds: 0 before the start, then (round - start) / phase_in_rounds, so
    that the start itself is still paid by the old rule and start + phase_in_rounds is the first round paid
    by the new one alone. A phase-in of 0 rounds: 1 from the start on. Raises ValueError unless both are
    whole numbers of 0 or more.
    """
    notice_rounds, phase_in_rounds = _rounds(notice_rounds), _rounds(phase_in_rounds)
    since = as_numbers(rounds, "The rounds") - (effective + notice_rounds)
    if not phase_in_rounds:
        return np.where(since >= 0, 1.0, 0.0)
    return np.clip(since / phase_in_rounds, 0.0, 1.0)


@labelled("row", pay_old="row", pay_new="row", share="row")
def transition_pay(pay_old: ArrayLike, pay_new: ArrayLike, share: ArrayLike) -> NDArray[np.float64]:
    """Pay while one rule gives way to another: (1 - share) x old + share x new, in the unit of the pay.

    pay_old, pay_new (n,), share (n,) of the new rule in each row, 0 to 1. It mixes payouts, not the
    multipliers of the rules; the two differ only where the clip binds under one of them. NaN pay gives NaN,
    unless its share is 0. Raises ValueError for a share outside 0 to 1 or shapes that do not fit.
    """
    old, new = as_numbers(pay_old, "The old pay"), as_numbers(pay_new, "The new pay")
    share = as_numbers(share, "The shares of the new rule")
    common_shape(old=old.shape, new=new.shape, share=share.shape)
    refuse(~((share >= 0) & (share <= 1)), "The share of the new rule must be between 0 and 1.")
    return np.where(share == 0, old, np.where(share == 1, new, (1 - share) * old + share * new))


@labelled(pay_old="row", pay_new="row", accounts="row", periods="row")
def softening_costs(
    pay_old: ArrayLike,
    pay_new: ArrayLike,
    accounts: ArrayLike,
    periods: ArrayLike,
    *,
    notice: int = 0,
    phase_in: int = 0,
    grandfather: int = 0,
) -> SofteningCosts:
    """What softening a change would have cost the payer and saved the members, over rows of pay (n,).

    Rows as account_pay reads them, period 0 being the round in which the new rule takes effect. Against
    the new rule at once for everybody:

    - notice: all are paid by the old rule for so many periods longer
    - phase_in: the new rule comes in over so many periods, as phase_in_share says
    - grandfather: accounts with a row in period 0 are paid by the old rule for so many periods, those that
      come later by the new one at once
    - together: notice, then the phase-in, and whoever is grandfathered is paid by the old rule meanwhile
    - compensation: sum over accounts of max(0, -(new - old)) over all periods, paid afterwards

    The payer's cost is the sum over rows of (1 - share of the new rule) x (old - new). Raises ValueError as
    account_pay does, and for terms that are not whole numbers of 0 or more. Source: derived for this project.
    """
    pay = account_pay(pay_old, pay_new, accounts, periods)
    return soften(pay, notice=notice, phase_in=phase_in, grandfather=grandfather)


def soften(pay: AccountPay, *, notice: int = 0, phase_in: int = 0, grandfather: int = 0) -> SofteningCosts:
    """softening_costs of rows that account_pay has read."""
    notice, phase_in, grandfather = _rounds(notice), _rounds(phase_in), _rounds(grandfather)
    periods = int(pay.by_period.shape[1])
    # from here on the new rule holds for everybody, and nothing is softened
    rounds = np.arange(min(periods, max(notice + phase_in, grandfather)))
    softened = pay.by_period[:, : rounds.size]

    def kept(notice: int, phase_in: int) -> NDArray[np.float64]:
        return 1 - phase_in_share(rounds, 0, notice, phase_in)

    losing = pay.difference < 0
    early = pay.there[:, :1].any(axis=1)
    groups = np.stack((early & losing, ~early & losing, early & ~losing, ~early & ~losing))
    # what the old rule pays more in a period, to accounts that lose and to the others, early and late ones
    # (einsum: products this small wait longer for each other's threads than they take)
    more = -np.einsum("ga,ar->gr", groups.astype(np.float64), softened).reshape(2, 2, -1)

    def terms(for_early: NDArray[np.float64], for_late: NDArray[np.float64]) -> Softening:
        of_old = np.stack((for_early, for_late))
        saved, not_yet = (of_old * more).sum(axis=1) + 0.0  # no -0 for a person to read
        back_early: NDArray[np.float64] = np.einsum("ar,r->a", softened, for_early)
        back_late: NDArray[np.float64] = np.einsum("ar,r->a", softened, for_late)
        back = np.where(early, back_early, back_late)
        later = np.zeros(periods - rounds.size)
        return Softening(
            cost=float((saved + not_yet).sum()),
            saved=float(saved.sum()),
            withheld=0.0 - float(not_yet.sum()),
            losers=int(np.count_nonzero(pay.difference - back < -pay.rounding)),
            cost_by_period=np.append(saved + not_yet, later),
            saved_by_period=np.append(saved, later),
        )

    noticed, phased, both = kept(notice, 0), kept(0, phase_in), kept(notice, phase_in)
    spared = kept(grandfather, 0)
    return SofteningCosts(
        notice=terms(noticed, noticed),
        phase_in=terms(phased, phased),
        grandfather=terms(spared, np.zeros(rounds.size)),
        together=terms(np.maximum(both, spared), both),
        compensation=0.0 - float(np.minimum(pay.difference, 0.0).sum()),
    )


@labelled(pay_old="row", pay_new="row", accounts="row", periods="row")
def rolling_costs(
    pay_old: ArrayLike,
    pay_new: ArrayLike,
    accounts: ArrayLike,
    periods: ArrayLike,
    *,
    notice: int = 0,
    phase_in: int = 0,
    grandfather: int = 0,
) -> RollingCosts:
    """What softening_costs has for one start, from each period with a row and enough periods after it.

    What softening costs hangs on the periods it meets, so one start says little. Rows (n,), terms and errors
    as in softening_costs; from a start on, all that comes before is as if it had not been.
    """
    notice, phase_in, grandfather = _rounds(notice), _rounds(phase_in), _rounds(grandfather)
    pay = account_pay(pay_old, pay_new, accounts, periods)
    takes = max(notice + phase_in, grandfather)
    starts = np.flatnonzero(pay.there.any(axis=0))
    starts = starts[starts <= pay.there.shape[1] - takes]
    terms = ((notice, 0), (0, phase_in), (grandfather, 0), (notice, phase_in))
    noticed, phased, spared, both = (1 - phase_in_share(np.arange(takes), 0, *each) for each in terms)
    more = -pay.by_period
    of_all = more.sum(axis=0)
    costs = np.zeros((4, starts.size))
    for column, start in enumerate(starts.tolist()):
        span = slice(start, start + takes)
        early = more[pay.there[:, start], span].sum(axis=0) if grandfather else np.zeros(takes)
        costs[:, column] = (
            (noticed * of_all[span]).sum(),
            (phased * of_all[span]).sum(),
            (spared * early).sum(),
            (both * of_all[span] + (np.maximum(both, spared) - both) * early).sum(),
        )
    return RollingCosts(starts, takes, *(costs + 0.0))


def _rounds(number: int) -> int:
    try:
        number = operator.index(number)
    except TypeError:
        number = -1
    if number < 0:
        raise ValueError("A notice, a phase-in and grandfathering last a whole number of rounds, 0 or more.")
    return number
