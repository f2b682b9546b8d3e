"""What rows earn under two rules, added up by round as they come, and which of them can't be compared."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.payout.pricing import Choices, Rates
from tournament.source import Floats, History, Numbers

Counts = NDArray[np.intp]
OTHER_UNIT = "with a score in another unit (the option old_tc counts them)"


@dataclass(frozen=True)
class Part:
    """Compared rows of rounds in a row that paid by the same scores: stake and rows by model (m,)."""

    rounds: Numbers
    stake: Floats
    rows: Counts
    choices: Choices


@dataclass(frozen=True)
class Sums:
    """Rows by round (r,) under the proposed and the current rule; pay and percent_of are in NMR.

    rows: how many are compared. left_out (r, reasons): how many are not, in the order of `reasons`.
    ratio: the lowest and the highest payout factor of the proposed rule over that of the current one.
    derived: how many rest on a derived MMC; off: how far the difference may be off for it, per NMR at risk.
    """

    rounds: Numbers
    rows: Counts
    pay: Floats  # (2, r): proposed, current
    percent_of: Floats
    clipped: Counts  # (2,) rows at the clip
    left_out: Counts
    ratio: tuple[float, float]
    parts: tuple[Part, ...]
    derived: Counts
    off: Floats

    @classmethod
    def joined(cls, sums: list["Sums"]) -> "Sums":
        """Those of several pieces, each of whole rounds, as one."""
        if len(sums) == 1:
            return sums[0]
        ratios = np.array([each.ratio for each in sums if each.rows.any()]).reshape(-1, 2)
        return cls(
            rounds=np.concatenate([each.rounds for each in sums]),
            rows=np.concatenate([each.rows for each in sums]),
            pay=np.concatenate([each.pay for each in sums], axis=1),
            percent_of=np.concatenate([each.percent_of for each in sums]),
            clipped=np.sum([each.clipped for each in sums], axis=0),
            left_out=np.concatenate([each.left_out for each in sums]),
            ratio=(float(ratios[:, 0].min()), float(ratios[:, 1].max())) if ratios.size else (1.0, 1.0),
            parts=tuple(part for each in sums for part in each.parts),
            derived=np.concatenate([each.derived for each in sums]),
            off=np.concatenate([each.off for each in sums]),
        )

    @property
    def compared(self) -> "Sums":
        """The rounds alone in which a row is compared."""
        there = self.rows > 0
        return replace(
            self,
            rounds=self.rounds[there],
            rows=self.rows[there],
            pay=self.pay[:, there],
            percent_of=self.percent_of[there],
            left_out=self.left_out[there],
            derived=self.derived[there],
            off=self.off[there],
        )

    def without(self, some: "Sums") -> "Sums":
        """The same rounds without these rows of them, as far as rows are left; nothing by model."""
        at = np.searchsorted(self.rounds, some.rounds)
        rows, pay, percent_of = self.rows.copy(), self.pay.copy(), self.percent_of.copy()
        rows[at] -= some.rows
        pay[:, at] -= some.pay
        percent_of[at] -= some.percent_of
        return replace(self, rows=rows, pay=pay, percent_of=percent_of, parts=()).compared

    def by_round(self, unit: str) -> Floats:
        """Pay (2, r) in NMR, or in % of the stake."""
        return self.pay if unit == "NMR" else 100 * self.pay / self.percent_of

    def stake_in(self, rounds: Numbers) -> Floats:
        """The stake of each model (m,) in whole parts of these rounds, added up."""
        inside = [part.stake for part in self.parts if np.isin(part.rounds, rounds).any()]
        return np.sum(inside, axis=0)


def reasons(*, as_paid: bool) -> tuple[str, ...]:
    """Why rows can't be compared, in the order in which they are looked at."""
    return (
        "without a stake",
        "still interim in this data",
        "without a recorded payout" if as_paid else "without a score that the current rule pays",
        OTHER_UNIT,
        "without a score that the proposed rule pays",
    )


def comparable(
    history: History,
    proposed: Rates,
    current: Rates,
    *,
    own_stake: bool,
    interim: bool,
    as_paid: bool,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """The rows that both rules can pay, those they can't, and why: which of `reasons`."""
    unpaid, unscored = np.isnan(current.rate), np.isnan(proposed.rate)
    staked = history.stake > 0 if own_stake else np.ones(unpaid.shape, dtype=bool)
    counts = staked if interim else staked & history.resolved
    kept = counts & ~(unpaid | unscored)
    others = np.flatnonzero(~kept)
    other_unit = np.zeros(others.shape, dtype=bool)
    for values in history.other_unit.values():
        other_unit |= ~np.isnan(values[others])
    unpaid = unpaid[others]
    by_payout = unpaid if as_paid else unpaid & ~other_unit  # no payout on record has no unit
    why = np.select([~staked[others], ~counts[others], by_payout, other_unit], [0, 1, 2, 3], default=4)
    return np.flatnonzero(kept), others, why


def rounds_of(history: History) -> tuple[Numbers, NDArray[np.intp]]:
    """The rounds (r,) of some rows, and which of them each row (n,) is of, without sorting them."""
    if not history.round.size:
        return history.round, history.round.astype(np.intp)
    first = history.round.min()
    since = history.round - first
    there = np.bincount(since) > 0
    return np.flatnonzero(there) + first, (np.cumsum(there) - 1)[since]


def by_round(at: NDArray[np.intp], values: Floats, rounds: int) -> Floats:
    """Values added up by round."""
    return np.bincount(at, weights=values, minlength=rounds).astype(np.float64, copy=False)
