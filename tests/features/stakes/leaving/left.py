"""Leaderboards that were made up, and what happens when some of their stake leaves."""

import math

import numpy as np
import pandas as pd
from scipy import stats

from features.stakes.leaving.unstaking import UnstakeScenario, unstake_scenario
from tests.features.stakes.made_up import MadeUp, calendar, leaderboard, stakes_of

NAN = math.nan
PRICES = {"2031-05-01": 20.0, "2031-05-02": 22.0, "2031-05-03": 19.0, "2031-05-04": 20.0}
VOLATILITY = float(stats.median_abs_deviation(np.diff(np.log([*PRICES.values()])), scale="normal"))


def made_up(*stake: float, owner: list[int] | None = None, known: bool = True, **others: object) -> MadeUp:
    parts = {"known_rounds": calendar(20), "prices": PRICES, **others}
    return MadeUp(stakes_of(stake, owner, known=known), **parts)  # type: ignore[arg-type]


async def ask(source: MadeUp, **asked: object) -> UnstakeScenario:
    return await unstake_scenario(source, source, **asked)  # type: ignore[arg-type]


def by_account() -> pd.Series:
    return leaderboard().groupby("account")["nmr_staked"].sum().sort_values(ascending=False)
