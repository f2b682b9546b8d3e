"""Rows and rounds written by hand, priced under a rule or as they were paid."""

import math
from collections.abc import Mapping, Sequence
from types import SimpleNamespace

import numpy as np

from features.payout.pricing import Priced, price_as_paid, price_rule, rules_in_force
from scoring.rules import parse_rule
from tournament.source import History, Rounds

SCORES = {"corr": (168, 400), "tc": (178, 400), "mmc": (168, 310)}


def history(
    rounds: Sequence[int],
    *,
    corr: float | Sequence[float] = 0.02,
    tc: float | Sequence[float] = 0.01,
    mmc: float = math.nan,
    factor: float = 0.5,
    stake: float | Sequence[float] = 100.0,
    payout: float | Sequence[float] = math.nan,
    chosen: Mapping[str, float | Sequence[float]] | None = None,
) -> History:
    number = np.array(rounds, dtype=np.int64)

    def column(value: float | Sequence[float]) -> np.ndarray:
        return np.broadcast_to(np.asarray(value, dtype=np.float64), number.shape).copy()

    return History(
        name="quiet_heron",
        kind="model",
        models=("quiet_heron",),
        model=np.zeros(number.size, dtype=np.int64),
        round=number,
        scores={"corr": column(corr), "tc": column(tc), "mmc": column(mmc)},
        chosen={name: column(value) for name, value in (chosen or {"corr": 1, "tc": 0}).items()},
        payout_factor=column(factor),
        stake=column(stake),
        payout=column(payout),
        resolved=np.ones(number.size, dtype=bool),
    )


def calendar(total_at_risk: float = 600_000) -> Rounds:
    number = np.arange(168, 401)
    opened = np.datetime64("2019-07-13T18:00:00") + np.arange(number.size) * np.timedelta64(7, "D")
    return Rounds(
        number=number,
        opened=opened,
        resolves=opened + np.timedelta64(33, "D"),
        total_at_risk=np.full(number.size, float(total_at_risk)),
        stake_threshold=np.full(number.size, 300_000.0),
        payout_factor=np.full(number.size, np.nan),  # the rows say theirs
        paid=np.ones(number.size, dtype=bool),
    )


def paid_on(priced: Priced, stake: np.ndarray) -> SimpleNamespace:
    """What was priced, with the pay on a stake beside the pay per NMR."""
    return SimpleNamespace(**vars(priced), pay=priced.rate * stake)


def price(
    text: str, rows: History, rounds: Rounds | None = None, stake: np.ndarray | None = None
) -> SimpleNamespace:
    rounds = rounds or calendar()
    in_force = rules_in_force("classic", rows, rounds)
    priced = price_rule(lambda base: parse_rule(text, base), rows, rounds, in_force, SCORES)
    return paid_on(priced, rows.stake if stake is None else stake)


def as_paid(rows: History, stake: np.ndarray | None = None) -> SimpleNamespace:
    in_force = rules_in_force("classic", rows, calendar())
    return paid_on(price_as_paid("classic", rows, in_force), rows.stake if stake is None else stake)
