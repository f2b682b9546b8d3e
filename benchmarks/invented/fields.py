"""An invented tournament of many models in many rounds, held and read as the bot holds a live one."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.rules import PayoutRule, rule_in_force
from tournament.numerai.field.details import RoundHead
from tournament.numerai.field.everyone import everyone
from tournament.numerai.field.kept import Narrow, RoundOutline
from tournament.numerai.field.packed import as_whole
from tournament.source import (
    EVERYONE,
    Currency,
    Floats,
    History,
    ModelClaim,
    Names,
    Rounds,
    SourceError,
    Stakes,
    Tournament,
    TournamentField,
)

if TYPE_CHECKING:
    import pandas as pd

LAST_ROUND = 1400
STAKED = 0.75  # of the models in a round
OPEN = 20  # rounds that have not resolved
SCORES = {"corr": 0.02, "mmc": 0.01, "corr60": 0.02, "mmc60": 0.01}  # with their standard deviations
THRESHOLD = 72_000.0
READ_AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def invented_field(rounds: int = 520, models: int = 6_000, *, seed: int = 7) -> TournamentField:
    """All models in all rounds up to LAST_ROUND, as whole numbers of few bytes: the bot's own field of them.

    Paid by the dated rules; three of four models have a stake.
    """
    rng = np.random.default_rng(seed)
    size = rng.exponential(30.0, models)
    made = {number: _round(rng, number, size) for number in range(LAST_ROUND - rounds + 1, LAST_ROUND + 1)}
    names = tuple(f"model_{number:05}" for number in range(models))
    kept: Any = _InMemory(
        {number: outline for number, (outline, _) in made.items()},
        {number: rows for number, (_, rows) in made.items()},
        names,
    )
    return asyncio.run(everyone(kept, rounds, ""))


@dataclass(frozen=True)
class _InMemory:
    """Rounds that are held, as those that are kept in a database are once they were asked for."""

    outlines: Mapping[int, RoundOutline]
    rows: Mapping[int, Narrow]
    models: tuple[str, ...]

    async def all(self) -> Mapping[int, RoundOutline]:
        return self.outlines

    async def narrow(self) -> Mapping[int, Narrow]:
        return self.rows

    async def names(self) -> tuple[str, ...]:
        return self.models


def _round(rng: np.random.Generator, number: int, size: Floats) -> tuple[RoundOutline, Narrow]:
    rule = rule_in_force("classic", round=number)
    there = np.flatnonzero(rng.random(size.size) < 0.98)  # somebody always misses a round
    stake = np.where(rng.random(there.size) < STAKED, size[there] * rng.uniform(0.5, 1.5, there.size), 0)
    scores = {name: rng.normal(0, sd, there.size) for name, sd in SCORES.items()}
    factor = min(1.0, THRESHOLD / stake.sum())
    weighted = sum(times * scores[name] for name, times in rule.multipliers.items())
    payout = stake * np.clip(factor * weighted, -rule.clip, rule.clip)
    # of another draw, so that all the rest stays what it was
    alike = np.random.default_rng(number).uniform(0.3, 0.9, there.size)
    told = {"stake": stake, "payout": payout, **scores, "corr_with_meta_model": alike}
    columns = {name: as_whole(name, values) for name, values in told.items()}
    head = RoundHead(
        number=number,
        resolved=number <= LAST_ROUND - OPEN,
        factor=factor,
        at_risk=float(stake.sum()),
        multipliers=dict(rule.multipliers),
        told=there.size,
    )
    staked = int(np.count_nonzero(columns["stake"]))
    outline = RoundOutline(head, tuple(columns), there.size, staked, float(stake.sum()), 0, READ_AT)
    return outline, Narrow(there.astype(np.int32), columns)


class InventedSource:
    """A source that has everyone and nobody else, at once."""

    label = "Invented"
    tournament: Tournament = "classic"
    live = False
    caveats: Mapping[str, str] = MappingProxyType({})

    def __init__(self, field: TournamentField) -> None:
        self.field = field

    async def names(self) -> Names:
        """All models."""
        return Names(self.field.models, ())

    async def find(self, typed: str) -> str | None:
        """EVERYONE alone."""
        return EVERYONE if typed.strip().casefold() == EVERYONE else None

    async def rounds(self) -> Rounds:
        """One a day, each open for some weeks."""
        number = self.field.numbers
        opened = np.datetime64("2024-12-01T18:00:00") + np.arange(number.size) * np.timedelta64(1, "D")
        at_risk = np.full(number.size, 150_000.0)
        return Rounds(
            number=number,
            opened=opened,
            resolves=opened + np.timedelta64(OPEN, "D"),
            total_at_risk=at_risk,
            stake_threshold=np.full(number.size, THRESHOLD),
            payout_factor=THRESHOLD / at_risk,
            paid=np.ones(number.size, dtype=np.bool_),
        )

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        """Every score in all rounds that have resolved."""
        first, last = int(self.field.numbers[0]), LAST_ROUND - OPEN
        return dict.fromkeys(SCORES, (first, last))

    async def history(self, name: str) -> History:
        """Nobody has one of their own."""
        raise KeyError(name)

    async def everyone(self) -> TournamentField:
        """The field."""
        return self.field

    async def stakes(self) -> Stakes:
        """There is no leaderboard."""
        raise SourceError("There is no leaderboard")

    async def until(self) -> date:
        """A day."""
        return date(2026, 11, 20)

    async def live_rule(self) -> PayoutRule | None:
        """Nothing is announced."""
        return None

    async def live_rule_differs(self) -> str:
        """Nothing to compare."""
        return ""

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        """There is no price."""
        return None

    async def scores_of_the_day(self) -> None:
        """No scores are to come."""

    async def likeness(self, model: str) -> None:
        """Nobody is compared with anybody."""

    async def daily_scores(self, model: str) -> None:
        """A round has the scores of one day."""

    async def price_of_day(self, currency: Currency) -> Mapping[str, float]:
        """There is no price."""
        return {}

    async def keep_prices(self) -> None:
        """There is no price."""

    async def claims(self, account: str | None, model: str) -> ModelClaim:
        """Nobody can be verified."""
        raise ValueError(model)

    async def models_now(self, account: str) -> tuple[str, ...]:
        """Nobody can be verified."""
        return ()


def frame_of(field: TournamentField, scores: Iterable[str]) -> "pd.DataFrame":
    """What pay by these scores is made of, as four bytes a number."""
    import pandas as pd

    def narrow(piece: History) -> pd.DataFrame:
        numbers = {"round": piece.round.astype(np.int32), "resolved": piece.resolved}
        columns = {"factor": piece.payout_factor, "stake": piece.stake}
        columns |= {name: piece.scores[name] for name in scores}
        return pd.DataFrame(numbers | {name: values.astype(np.float32) for name, values in columns.items()})

    return pd.concat(map(narrow, field.pieces()), ignore_index=True)
