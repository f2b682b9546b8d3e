"""Proposals to simulate, and sources whose rows, rounds and leaderboards were made up."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from features.simulation.pay_result import PayImpact
from features.simulation.proposal_impact import ProposalImpact
from features.simulation.weights import WeightImpact
from governance.proposals.proposal import Proposal, read_proposal
from scoring.rules import PayoutRule
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

EXAMPLES = sorted((Path(__file__).parents[3] / "data" / "examples").glob("*.json"))
NAN = math.nan


def example(number: int) -> Proposal:
    return read_proposal(EXAMPLES[number - 1].read_text(encoding="utf-8"))


def proposal(kind: str = "payout", tournament: str = "classic", **parameters: Any) -> Proposal:
    return read_proposal(
        {
            "title": "A title", "tournament": tournament, "kind": kind, "problem": "p", "change": "c",
            "parameters": parameters,
        }
    )  # fmt: skip


def pay_of(impact: ProposalImpact) -> PayImpact:
    assert impact.pay is not None, impact.reason_not
    return impact.pay


def weights_of(impact: ProposalImpact) -> WeightImpact:
    assert impact.weights is not None, impact.reason_not
    return impact.weights


@dataclass(frozen=True)
class MadeUp:
    """A source whose leaderboard, rows and rounds were made up."""

    rows: History | None
    known_rounds: Rounds
    held: Stakes | None = None  # None: no leaderboard has been read yet
    announced: PayoutRule | None = None
    differs: str = ""
    label: str = "Made up"
    tournament: Tournament = "classic"
    live: bool = False
    caveats: Mapping[str, str] = field(default_factory=dict)

    async def stakes(self) -> Stakes:
        if self.held is None:
            raise SourceError("The leaderboard has not been read yet")
        return self.held

    async def history(self, name: str) -> History:
        rows = (await self.everyone()).read(np.arange(10_000))
        own = rows.only(rows.model == rows.models.index(name))
        return replace(own, name=name, kind="model")

    async def everyone(self) -> TournamentField:
        if self.rows is None:
            raise SourceError("The scores have not been read yet")
        return TournamentField.of(self.rows)

    async def rounds(self) -> Rounds:
        return self.known_rounds

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        return {} if self.rows is None else dict.fromkeys(self.rows.scores, (316, 999))

    async def find(self, typed: str) -> str | None:
        known = (EVERYONE, *(() if self.rows is None else self.rows.models))
        return typed if typed in known else None

    async def names(self) -> Names:
        return Names(() if self.rows is None else self.rows.models, ())

    async def until(self) -> date:
        return date(2031, 5, 4)

    async def live_rule(self) -> PayoutRule | None:
        return self.announced

    async def live_rule_differs(self) -> str:
        return self.differs

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        return None

    async def price_of_day(self, currency: str) -> Mapping[str, float]:
        return {}


def rows_of(
    corr: list[list[float]], *, tc: float = 0.0, stake: float | list[list[float]] = 100.0, first: int = 316
) -> History:
    """Models whose corr is (models, rounds), NaN where they were not there; factor 1, paid 1xCORR."""
    scores = np.array(corr, dtype=np.float64)
    models, rounds = scores.shape
    there = ~np.isnan(scores).ravel()
    held = np.broadcast_to(np.array(stake, dtype=np.float64), scores.shape).ravel()
    every = History(
        name=EVERYONE,
        kind="everyone",
        models=tuple(f"owl_{at}" for at in range(models)),
        model=np.repeat(np.arange(models), rounds),
        round=np.tile(np.arange(first, first + rounds), models),
        scores={"corr": scores.ravel(), "tc": np.full(scores.size, tc)},
        chosen={"corr": np.ones(scores.size)},
        payout_factor=np.ones(scores.size),
        stake=held,
        payout=scores.ravel() * held,
        resolved=np.ones(scores.size, dtype=bool),
    )
    return every.only(there)


def calendar(rounds: int, *, first: int = 316, days: int = 7) -> Rounds:
    """Rounds that open every so many days, or on Tuesday to Saturday for 1, and resolve after a month."""
    day = np.arange(rounds) * days if days > 1 else np.arange(rounds) // 5 * 7 + np.arange(rounds) % 5
    opened = (np.datetime64("2031-05-06") + day).astype("datetime64[s]")  # a Tuesday
    one = np.ones(rounds)
    return Rounds(
        np.arange(first, first + rounds), opened, opened + np.timedelta64(30 * 86400, "s"),
        1000 * one, 500 * one, one, one > 0,
    )  # fmt: skip


def stakes_of(stake: list[float], owner: list[int] | None = None, *, guessed: bool = True) -> Stakes:
    held, of = np.array(stake, dtype=np.float64), np.array(owner or range(len(stake)), dtype=np.intp)
    totals = np.bincount(of, weights=held).astype(np.float64)
    return Stakes(
        date(2031, 5, 4), tuple(f"owl_{at}" for at in range(held.size)), held,
        tuple(f"heron_{at}" for at in range(totals.size)), totals, of, guessed,
    )  # fmt: skip


def made_up(corr: list[list[float]], held: Stakes | None = None, **rows: Any) -> MadeUp:
    return MadeUp(rows_of(corr, **rows), calendar(len(corr[0])), held)


FALLING = [[0.02] * 6, [NAN, NAN, 0.01, 0.01, 0.01, 0.01]]  # 2 NMR a round, and 1 NMR from the third on
