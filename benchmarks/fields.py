"""An invented tournament of many models in many rounds, kept narrow and read as the bot reads one."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from scoring.rules import PayoutRule, rule_in_force
from tournament.source import (
    EVERYONE,
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


def invented_field(rounds: int = 520, models: int = 6_000, *, seed: int = 7) -> TournamentField:
    """All models in all rounds up to LAST_ROUND, as arrays of four bytes a number: some 30 bytes a row.

    A History is made of the rounds that are read. Paid by the dated rules; three of four models have a stake.
    """
    rng = np.random.default_rng(seed)
    numbers = np.arange(LAST_ROUND - rounds + 1, LAST_ROUND + 1)
    size = rng.exponential(30.0, models)
    kept = {number: _round(rng, number, size) for number in numbers.tolist()}
    names = tuple(f"model_{number:05}" for number in range(models))
    return TournamentField(
        name=EVERYONE,
        kind="everyone",
        models=names,
        numbers=numbers,
        rows=np.array([each["model"].size for each in kept.values()]),
        staked=np.array([np.count_nonzero(each["stake"]) for each in kept.values()]),
        read=lambda wanted: _history(names, {number: kept[number] for number in wanted.tolist()}),
    )


def _round(rng: np.random.Generator, number: int, size: np.ndarray) -> dict[str, Any]:
    rule = rule_in_force("classic", round=number)
    there = np.flatnonzero(rng.random(size.size) < 0.98)  # somebody always misses a round
    stake = np.where(rng.random(there.size) < STAKED, size[there] * rng.uniform(0.5, 1.5, there.size), 0)
    scores = {
        name: rng.standard_normal(there.size, dtype=np.float32) * np.float32(sd)
        for name, sd in SCORES.items()
    }
    factor = min(1.0, THRESHOLD / stake.sum())
    weighted = sum(times * scores[name] for name, times in rule.multipliers.items())
    return {
        "model": there.astype(np.int16),
        "stake": stake.astype(np.float32),
        "payout": (stake * np.clip(factor * weighted, -rule.clip, rule.clip)).astype(np.float32),
        "scores": scores,
        "factor": factor,
        "chosen": dict(rule.multipliers),
        "resolved": number <= LAST_ROUND - OPEN,
    }


def _history(names: tuple[str, ...], kept: Mapping[int, Mapping[str, Any]]) -> History:
    each = list(kept.values())
    sizes = [one["model"].size for one in each]
    total = sum(sizes)

    def joined(values: list[np.ndarray], dtype: type = np.float64) -> np.ndarray:
        return np.concatenate(values, dtype=dtype) if values else np.empty(0, dtype)

    return History(
        name=EVERYONE,
        kind="everyone",
        models=names,
        model=joined([one["model"] for one in each], np.int64),
        round=np.repeat(np.array(list(kept), dtype=np.int64), sizes),
        scores={name: joined([one["scores"][name] for one in each]) for name in SCORES},
        chosen={
            name: np.repeat(np.array([one["chosen"].get(name, 0.0) for one in each]), sizes)
            for name in dict.fromkeys(name for one in each for name in one["chosen"])
        },
        payout_factor=np.repeat(np.array([one["factor"] for one in each], dtype=np.float64), sizes),
        stake=joined([one["stake"] for one in each]),
        payout=joined([one["payout"] for one in each]),
        resolved=np.repeat(np.array([one["resolved"] for one in each], dtype=np.bool_), sizes)
        if total
        else np.empty(0, np.bool_),
    )


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

    async def usd_by_day(self) -> Mapping[str, float]:
        """There is no price."""
        return {}

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
