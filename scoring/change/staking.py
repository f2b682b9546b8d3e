"""How a stake grows or shrinks over rounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, common_shape, labelled, refuse


@dataclass(frozen=True)
class StakePath:
    """A stake through its rounds, in NMR; rounds stay in the order in which they were given."""

    stake: NDArray[np.float64]  # (r, ...) the whole stake when the round opens
    at_risk: NDArray[np.float64]  # (r, ...) what the round risks
    payout: NDArray[np.float64]  # (r, ...) earned or burned when the round resolves; NaN: not scored
    final: NDArray[np.float64]  # (...) the whole stake once every round has resolved


@labelled(
    {"stake": "|round column", "at_risk": "|round column", "payout": "|round column", "final": "column"},
    rates="|round column",
    opened="round",
    resolves="round",
    stake="column",
    fraction="round",
    added="round",
)
def follow_stake(
    rates: ArrayLike,
    opened: ArrayLike,
    resolves: ArrayLike,
    stake: ArrayLike,
    *,
    fraction: ArrayLike = 1.0,
    compounding: bool = True,
    added: ArrayLike | None = None,
) -> StakePath:
    """The stake at each round, where a payout joins the stake when its round resolves and never earlier.

    rates (r, ...): payout per NMR at risk, already clipped, NaN where not scored; trailing axes are models,
    rules or anything else. opened, resolves (r,): both numpy dates or both numbers, in any order. stake: NMR
    at the start, broadcast with the trailing axes. fraction, one or (r,): share of the whole stake that a
    round risks, 1 where every round counts the whole stake, 1/64 where each has a part of its own. added
    (r,): NMR deposited (above 0) or released (below 0) as the round opens.

    - opening: stake = max(0, stake + added), at_risk = fraction x stake
    - resolving: payout = max(-stake, max(-1, rate) x at_risk), stake = stake + payout

    A round burns at most what it risks, and what is left. Things happen in the order of their times. At one
    moment, first rounds resolve, in the order in which they opened; then come those that open and resolve
    right there; then others open. Rounds that open together go in the order given. A NaN rate gives a NaN
    payout and leaves the stake alone. With compounding=False payouts are taken out and burns made good: the
    stake changes by what is added alone.

    What is at risk is settled at the opening, so after burns the open rounds together may risk more than is
    left, as they may at any time where several count the whole stake. Raises ValueError for a round that
    resolves before it opens or lacks a time, infinite rates, a stake below 0, a fraction outside (0, 1] and
    shapes that do not fit. Source: Numerai's staking documentation: payouts settle when a round resolves,
    and since round 1343 every round of Classic has its own 1/64 of the stake.
    """
    rates, stake = as_numbers(rates, "The rates"), as_numbers(stake, "The stake")
    if not rates.ndim:
        raise ValueError("There must be a rate for every round.")
    refuse(np.isinf(rates), "A rate must be a finite number, or NaN for a round that was not scored.")
    refuse(~(np.isfinite(stake) & (stake >= 0)), "A stake must be a number of 0 NMR or more.")
    rounds = len(rates)
    fractions = _by_round(fraction, rounds, "The fraction")
    refuse(
        ~((fractions > 0) & (fractions <= 1)),
        "The fraction of the stake that a round risks must be above 0 and at most 1.",
    )
    added_by_round = _by_round(0.0 if added is None else added, rounds, "What is added")
    refuse(~np.isfinite(added_by_round), "What is added to the stake must be a finite number of NMR.")
    events = _events(_times(opened, rounds), _times(resolves, rounds))

    columns = common_shape(rates=rates.shape[1:], stake=stake.shape)
    held, at_risk, payout = (np.empty((rounds, *columns)) for _ in range(3))
    rates = np.maximum(rates, -1.0)
    whole = np.array(np.broadcast_to(stake, columns))
    for index, resolved in events:
        if resolved:
            paid = rates[index] * at_risk[index]
            if compounding:
                paid = np.maximum(paid, -whole)
                whole = whole + np.where(np.isnan(paid), 0.0, paid)
            payout[index] = paid
        else:
            whole = np.maximum(whole + added_by_round[index], 0.0)
            held[index] = whole
            at_risk[index] = fractions[index] * whole
    return StakePath(held, at_risk, payout, np.asarray(whole))


def _events(opened: NDArray[Any], resolves: NDArray[Any]) -> list[tuple[int, bool]]:
    """Every opening (round, False) and resolution (round, True) in the order in which they happen."""
    if (opened.dtype.kind == "M") != (resolves.dtype.kind == "M"):
        raise ValueError("The times at which rounds open and resolve must be both dates or both numbers.")
    if (resolves < opened).any():
        raise ValueError("A round can't resolve before it opens.")
    rounds = opened.size
    at_once = resolves == opened
    turn = np.concatenate((np.where(at_once, 1, 2), np.where(at_once, 1, 0)))
    rank = np.argsort(np.argsort(opened, kind="stable"), kind="stable")
    resolution = np.repeat((False, True), rounds)
    order = np.lexsort((resolution, np.tile(rank, 2), turn, np.concatenate((opened, resolves))))
    index = np.tile(np.arange(rounds), 2)
    return list(zip(index[order].tolist(), resolution[order].tolist(), strict=True))


def _times(values: ArrayLike, rounds: int) -> NDArray[Any]:
    times = np.asarray(values)
    if times.dtype.kind not in "Miuf":
        raise ValueError("The times of rounds must be numpy dates or numbers.")
    if times.shape != (rounds,) or (np.isnat(times) if times.dtype.kind == "M" else np.isnan(times)).any():
        raise ValueError("Every round needs a time at which it opens and one at which it resolves.")
    return times


def _by_round(values: ArrayLike, rounds: int, what: str) -> NDArray[np.float64]:
    numbers = as_numbers(values, what)
    if numbers.shape not in ((), (rounds,)):
        raise ValueError(f"{what} must be one number, or one for each of the {rounds} rounds.")
    return np.broadcast_to(numbers, rounds)
