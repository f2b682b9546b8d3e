"""A leaderboard, rows, rounds and a source that were made up, and the leaderboard of the sample."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from scoring.rules import PayoutRule
from tournament.overview import StakeOverYears
from tournament.sample import FOLDER
from tournament.source import (
    EVERYONE,
    History,
    Names,
    Rounds,
    SourceError,
    Stakes,
    Tournament,
    TournamentField,
)

DAY = date(2031, 5, 4)
NAN = math.nan


def stakes_of(
    stake: Sequence[float] | np.ndarray,
    owner: Sequence[int] | None = None,
    *,
    guessed: bool = True,
    known: bool = True,
    day: date = DAY,
) -> Stakes:
    """A model of each stake, owned by the account of this number or by one of its own."""
    held = np.asarray(stake, dtype=np.float64)
    of = np.arange(held.size) if owner is None else np.asarray(owner, dtype=np.intp)
    totals = np.bincount(of, weights=held).astype(np.float64)
    return Stakes(
        day=day,
        models=tuple(f"model_{at:05}" for at in range(held.size)),
        model_stake=held,
        accounts=tuple(f"heron_{at}" for at in range(totals.size)),
        account_stake=totals,
        account_of=of if known else None,
        guessed=guessed and known,
    )


def rows_of(tc: np.ndarray, stake: np.ndarray | float = 1.0, payout: np.ndarray | float = 0.0) -> History:
    """Rounds from 300 on of models whose tc is (models, rounds); stake and payout broadcast to it."""
    models, rounds = tc.shape
    flat = {"tc": tc.ravel()}
    one = np.ones(tc.size)
    return History(
        name=EVERYONE,
        kind="everyone",
        models=tuple(f"model_{at:05}" for at in range(models)),
        model=np.repeat(np.arange(models), rounds),
        round=np.tile(np.arange(300, 300 + rounds), models),
        scores=flat,
        chosen={"tc": one},
        payout_factor=one,
        stake=np.broadcast_to(stake, tc.shape).ravel().astype(np.float64),
        payout=np.broadcast_to(payout, tc.shape).ravel().astype(np.float64),
        resolved=np.ones(tc.size, dtype=bool),
    )


def calendar(rounds: int, at_risk: float = 1000.0, threshold: float = 500.0) -> Rounds:
    """Weekly rounds from 300 on that resolve after a month."""
    opened = (np.datetime64("2031-05-03") + 7 * np.arange(rounds)).astype("datetime64[s]")
    month, all_of_them = np.timedelta64(30 * 86400, "s"), np.ones(rounds)
    factor = min(1.0, threshold / at_risk) if at_risk > 0 else NAN
    return Rounds(
        np.arange(300, 300 + rounds), opened, opened + month, at_risk * all_of_them,
        threshold * all_of_them, factor * all_of_them, all_of_them > 0,
    )  # fmt: skip


@dataclass(frozen=True)
class MadeUp:
    """A source whose leaderboard, rows, rounds and prices were made up."""

    held: Stakes | None  # None: no leaderboard has been read yet
    rows: History | None = None  # None: no scores have been read yet
    known_rounds: Rounds | None = None
    prices: Mapping[str, float] | None = None
    label: str = "Made up"
    tournament: Tournament = "classic"
    live: bool = False
    caveats: Mapping[str, str] = field(default_factory=dict)
    years: StakeOverYears | None = None

    async def daily_scores(self, model: str) -> None:
        pass

    async def stake_over_years(self) -> StakeOverYears | None:
        return self.years

    async def stakes(self) -> Stakes:
        if self.held is None:
            raise SourceError("The leaderboard has not been read yet", "Try again in a minute or two.")
        return self.held

    async def everyone(self) -> TournamentField:
        if self.rows is None:
            raise SourceError("The scores have not been read yet")
        return TournamentField.of(self.rows)

    async def rounds(self) -> Rounds:
        if self.known_rounds is None:
            raise SourceError("The rounds have not been read yet")
        return self.known_rounds

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        return {} if self.rows is None else dict.fromkeys(self.rows.scores, (300, 999))

    async def price_of_day(self, currency: str) -> Mapping[str, float]:
        return self.prices or {}

    async def keep_prices(self) -> None:
        pass

    async def names(self) -> Names:
        return Names((), ())

    async def find(self, typed: str) -> str | None:
        return None

    async def until(self) -> date:
        return DAY

    async def live_rule(self) -> PayoutRule | None:
        return None

    async def live_rule_differs(self) -> str:
        return ""

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        return None


def leaderboard() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")
