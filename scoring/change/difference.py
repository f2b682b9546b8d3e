"""What a change of rules does to each member, split into its level and its mix."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.kernels import compiled, in_parts

_NOTHING = 1e-9  # a sum this small beside the sum of its sizes has cancelled: its ratio means nothing
_ROUNDING = 1e-12  # a difference this small beside what was paid under both rules is none


@dataclass(frozen=True)
class DifferenceSplit:
    """proposed - current = level + mix, member by member, in the unit of the pay."""

    scale: float  # what the proposed pay is multiplied by so that everybody together gets the current sum
    level: NDArray[np.float64]  # (n,)
    mix: NDArray[np.float64]  # (n,), adds up to 0


@labelled({"level": "member", "mix": "member"}, proposed="member", current="member")
def split_difference(proposed: ArrayLike, current: ArrayLike) -> DifferenceSplit:
    """Split what each of n members gains by another rule into what all gain and what moves between them.

    proposed, current (n,): pay of each member under the two rules over the same rounds, in NMR. With
    scale = sum(current) / sum(proposed):

    - level = (1 - scale) x proposed: the rule pays everybody more, or everybody less, in proportion. Before
      clipping, another payout factor undoes it: a rule that doubles every payout has a level and no mix.
    - mix = scale x proposed - current: what the rule shifts between members once both rules pay out the same
      sum. It adds up to 0, and no payout factor undoes it.

    scale, level and mix are NaN where no scale makes the sums equal: one sum is above 0 and the other below,
    or one is 0 but for rounding (that of no members, say). A sum of gains and burns that nearly cancel makes
    the scale large, which tells more about the rounds than about the rules. Raises ValueError unless both
    hold one finite number per member. Source: derived for this project, after shift-share analysis.
    """
    proposed, current = as_numbers(proposed, "The proposed pay"), as_numbers(current, "The current pay")
    if proposed.ndim != 1 or proposed.shape != current.shape:
        raise ValueError("A difference needs the pay of the same members under both rules.")
    refuse(
        ~(np.isfinite(proposed) & np.isfinite(current)), "The pay of every member must be a finite number."
    )
    # of lists, which Python reads three times as fast
    sums = math.fsum(proposed.tolist()), math.fsum(current.tolist())
    sizes = float(np.abs(proposed).sum()), float(np.abs(current).sum())
    cancelled = any(abs(total) <= _NOTHING * size for total, size in zip(sums, sizes, strict=True))
    if cancelled or (sums[0] > 0) != (sums[1] > 0):
        unknown = np.full(proposed.shape, np.nan)
        return DifferenceSplit(math.nan, unknown, unknown.copy())
    scale = sums[1] / sums[0]
    return DifferenceSplit(scale, (1 - scale) * proposed, scale * proposed - current)


@dataclass(frozen=True)
class AccountPay:
    """What a accounts got in r periods under two rules, in the unit of the pay.

    Both are priced on the same scores and stakes: nobody changes behaviour because of the rule.
    """

    old: NDArray[np.float64]  # (a,), over all periods
    new: NDArray[np.float64]  # (a,)
    difference: NDArray[np.float64]  # (a,), new - old, and 0 where that is no more than rounding
    by_period: NDArray[np.float64]  # (a, r), new - old
    rounding: NDArray[np.float64]  # (a,), differences up to this are rounding
    rows: NDArray[np.intp]  # (a,), rows that count; an account without any is unknown, not unchanged
    there: NDArray[np.bool_]  # (a, r), has such a row in a period
    left_out: int  # rows without a known pay under both rules


@labelled(pay_old="row", pay_new="row", accounts="row", periods="row")
def account_pay(
    pay_old: ArrayLike,
    pay_new: ArrayLike,
    accounts: ArrayLike,
    periods: ArrayLike,
    *,
    number: int | None = None,
) -> AccountPay:
    """Add up rows of pay under two rules by account, and what lies between them by account and period.

    pay_old, pay_new (n,): pay of each row in NMR. accounts (n,): which account it belongs to, periods (n,):
    in which period it falls, both counted from 0; rows may come in any order, several of them in the same
    cell. There are `number` accounts, and as many as the rows name unless told. A row whose pay is NaN under
    either rule is left out of both. Takes 9 bytes for each account and period. Raises ValueError for an
    infinite pay, for arrays that do not have one entry per row, and for accounts or periods that are not
    whole numbers of 0 or more, or not below `number`.
    """
    old, new = as_numbers(pay_old, "The old pay"), as_numbers(pay_new, "The new pay")
    account, named = _counted_from_0(accounts, "accounts")
    period, columns = _counted_from_0(periods, "periods")
    if old.ndim != 1 or not old.shape == new.shape == account.shape == period.shape:
        raise ValueError("Every row needs its pay under both rules, an account and a period.")
    number = named if number is None else number
    if named > number:
        raise ValueError(f"A row names account {named - 1}, but there are {number} accounts counted from 0.")
    if loop := compiled("rows_added_up", old.size):
        sums, cells = np.zeros((number, 4)), np.zeros((columns, number))
        there = np.zeros(cells.shape, dtype=np.bool_)
        rows = map(np.ascontiguousarray, (old, new, account, period))
        in_parts(loop, number, *rows, sums, cells, there)
        by_old, by_new, sizes, counted = np.ascontiguousarray(sums.T)
        if np.isinf(sizes).any():
            _refuse_infinite(old, new)
        count = counted.astype(np.intp)
        left_out = old.size - int(count.sum())
        return _account_pay(by_old, by_new, _ROUNDING * sizes, cells.T, count, there.T, left_out)
    _refuse_infinite(old, new)
    difference = new - old
    unknown = np.isnan(difference)
    left_out = int(np.count_nonzero(unknown))
    if left_out:
        known = ~unknown
        old, new, difference = old[known], new[known], difference[known]
        account, period = account[known], period[known]

    def totals(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(account, weights=values, minlength=number).astype(np.float64, copy=False)

    # period by period, as rows mostly come
    cells = np.bincount(period * number + account, weights=difference, minlength=number * columns)
    by_old, by_new = totals(old), totals(new)
    rounding = _ROUNDING * totals(np.abs(old) + np.abs(new))
    there = np.zeros((columns, number), dtype=np.bool_)
    there[period, account] = True
    cells = cells.astype(np.float64, copy=False).reshape(columns, number)
    count = np.bincount(account, minlength=number)
    return _account_pay(by_old, by_new, rounding, cells.T, count, there.T, left_out)


def _refuse_infinite(old: NDArray[np.float64], new: NDArray[np.float64]) -> None:
    refuse(np.isinf(old) | np.isinf(new), "Pay must be a finite number, or NaN where it is not known.")


def _account_pay(
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    rounding: NDArray[np.float64],
    by_period: NDArray[np.float64],
    rows: NDArray[np.intp],
    there: NDArray[np.bool_],
    left_out: int,
) -> AccountPay:
    total = new - old
    difference = np.where(np.abs(total) <= rounding, 0.0, total)
    return AccountPay(old, new, difference, by_period, rounding, rows, there, left_out)


def _counted_from_0(values: ArrayLike, what: str) -> tuple[NDArray[np.intp], int]:
    """Whole numbers of 0 or more as an index, and how many they name; ValueError says what is not counted."""
    counted = np.asarray(values)
    if not counted.size:
        return np.zeros(counted.shape, dtype=np.intp), 0
    whole = counted.dtype.kind in "iu"
    index = counted.astype(np.intp, copy=False) if whole else np.full(1, -1)
    # read without a sign, a number below 0 is larger than any
    named = int(index.view(np.uintp).max()) + 1
    if named > np.iinfo(np.intp).max:
        raise ValueError(f"The {what} must be counted in whole numbers from 0.")
    return index, named
