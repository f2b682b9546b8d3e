"""A source of weekly rounds whose records were made up, and which ends with the newest of them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from features.ahead.pay import PayAhead, pay_ahead
from tests.features.simulation.proposed import MadeUp, calendar, rows_of
from tournament.source import History

NAN = np.nan


@dataclass(frozen=True)
class Ahead(MadeUp):
    """The same, on the day on which its newest round opened."""

    async def until(self) -> date:
        return self.known_rounds.opened[-1].astype("datetime64[D]").item()

    async def history(self, name: str) -> History:
        own = await super().history(name)
        return replace(own, models=(name,), model=np.zeros_like(own.model))


def ahead_of(corr: list[list[float]], *, tc: float = 0.0, **rows: Any) -> Ahead:
    return Ahead(rows_of(corr, tc=tc, **rows), calendar(len(corr[0])))


def lucky(rounds: int, models: int = 6, *, mean: float = 0.01, seed: int = 1) -> list[list[float]]:
    return np.random.default_rng(seed).normal(mean, 0.03, (models, rounds)).tolist()


def changed(source: Ahead, **columns: Any) -> Ahead:
    assert source.rows is not None
    rows: History = replace(source.rows, **columns)
    return replace(source, rows=rows)


async def said(source: Ahead, name: str = "owl_0", *rules: str, **asked: Any) -> PayAhead:
    return await pay_ahead(source, name, rules, **asked)
