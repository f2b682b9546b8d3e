"""What every source of tournament numbers offers, as frozen arrays."""

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from scoring.rules import PayoutRule
from tournament.overview import DailyScores, Likeness, ScoresOfTheDay, StakeOverYears
from tournament.overview import ModelClaim as ModelClaim
from tournament.overview import Names as Names

EVERYONE = "everyone"  # the name that asks for all models of the source at once
WHOLE = 0.995  # share of what a round risked from which on nobody of it is missing but by rounding
NEWEST = 20  # rounds, by which their rhythm is told
PIECE = 150_000  # rows that are worked on at once: some tens of megabytes with all that is made of them

# the member whose question is being answered; None for what nobody in particular asked
asker: ContextVar[int | None] = ContextVar("asker", default=None)

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]  # of rounds
Tournament = Literal["classic", "signals", "crypto"]
Currency = Literal["USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD"]
CURRENCIES: tuple[Currency, ...] = get_args(Currency)  # that a price can be asked in


@dataclass(frozen=True)
class Rounds:
    """Rounds (r,) in order: when they open and resolve, and what their stake was paid by.

    total_at_risk and stake_threshold are in NMR, payout_factor is a share; NaN where unknown. `paid` is
    False for test rounds without pay.
    """

    number: NDArray[np.int64]
    opened: NDArray[np.datetime64]
    resolves: NDArray[np.datetime64]
    total_at_risk: Floats
    stake_threshold: Floats
    payout_factor: Floats
    paid: NDArray[np.bool_]

    @property
    def spacing(self) -> float:
        """Days from one paid round to the next, over the newest of them; nan where there are too few."""
        opened = self.opened[self.paid][-NEWEST:]
        days = (opened[-1] - opened[0]) / np.timedelta64(1, "D") if opened.size > 1 else np.nan
        return float(days) / max(opened.size - 1, 1)

    def overlap(self, numbers: NDArray[np.int64]) -> int:
        """How many paid rounds are typically under way at once when one of `numbers` opens.

        Weekly rounds that resolve after a month: 5. The median over `numbers`, at least 1.
        """
        opened, resolves = self.opened[self.paid], self.resolves[self.paid]
        at = self.opened[np.isin(self.number, numbers)]
        if at.size == 0:
            return 1
        under_way = np.searchsorted(opened, at, side="right") - np.searchsorted(
            np.sort(resolves), at, side="right"
        )
        return max(1, int(np.median(under_way)))


@dataclass(frozen=True)
class History:
    """Rows (n,) of one model, one account or everyone: one row per model and round.

    `model` indexes `models`. scores and chosen (the multipliers the owner had picked) map a score's name to
    (n,) arrays. stake and payout are in NMR; NaN where the source has none. stake is what that round risked.
    A row is final (`resolved`) if its round had resolved when its numbers were read; scores and payout of the
    others are interim, what they would be if the round had resolved then. `other_unit` holds scores of rounds
    in which they were in another unit, NaN elsewhere: they are missing from `scores`. `likeness` maps
    "corr_with_meta_model" to (n,) correlations where the source has them, and "published_mmc" to an MMC that
    is known of some rows alone: none is a score that a rule can be priced by.
    """

    name: str
    kind: str  # model | account | everyone
    models: tuple[str, ...]
    model: NDArray[np.int64]
    round: NDArray[np.int64]
    scores: Mapping[str, Floats]
    chosen: Mapping[str, Floats]
    payout_factor: Floats
    stake: Floats
    payout: Floats
    resolved: NDArray[np.bool_]
    asked_at: datetime | None = None  # when the source was asked; None for bundled data
    notice: str = ""  # a sentence for people when this is not the newest there is
    other_unit: Mapping[str, Floats] = field(default_factory=dict)
    likeness: Mapping[str, Floats] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()  # sentences on models over a limit of the tournament, or close to one

    def with_other_unit(self) -> "History":
        """The same with the scores of another unit among the others, for whoever asks for them."""
        scores = dict(self.scores)
        for score, values in self.other_unit.items():
            scores[score] = np.where(np.isnan(scores[score]), values, scores[score])
        return replace(self, scores=scores, other_unit={})

    def only(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> "History":
        """The same history with these rows alone."""
        kept = {
            field: getattr(self, field)[rows]
            for field in ("model", "round", "payout_factor", "stake", "payout", "resolved")
        }
        columns = {
            field: {score: values[rows] for score, values in getattr(self, field).items()}
            for field in ("scores", "chosen", "other_unit", "likeness")
        }
        return replace(self, **kept, **columns)


@dataclass(frozen=True)
class TournamentField:
    """All models (m,) in all rounds (r,) that a source has of them.

    Two years of a tournament are millions of rows, which as a History would fill the memory of a small host:
    `read` makes a History of the rounds it is given, and whoever asks about many goes through the pieces.
    `model` of each of them indexes `models`. rows and staked (r,): how many rows a round has, and how many of
    them risked a stake. kind: everyone, or that of the one history that the field is made of.
    """

    name: str
    kind: str
    models: tuple[str, ...]
    numbers: Numbers
    rows: NDArray[np.intp]
    staked: NDArray[np.intp]
    read: Callable[[Numbers], History] = field(repr=False)
    asked_at: datetime | None = None  # when the source was asked; None for bundled data
    notice: str = ""  # a sentence for people when this is not all there is, or not the newest

    @classmethod
    def of(cls, history: History) -> "TournamentField":
        """The field that these rows are."""
        numbers, at = np.unique(history.round, return_inverse=True)
        return cls(
            name=history.name,
            kind=history.kind,
            models=history.models,
            numbers=numbers,
            rows=np.bincount(at, minlength=numbers.size),
            staked=np.bincount(at[history.stake > 0], minlength=numbers.size),
            read=lambda wanted: history.only(np.isin(history.round, wanted)),
            asked_at=history.asked_at,
            notice=history.notice,
        )

    def pieces(self, numbers: Numbers | None = None, *, newest_first: bool = False) -> Iterator[History]:
        """The rows of these rounds, of all without, in order: whole rounds, about PIECE rows at a time."""
        some = self._portions(self.numbers if numbers is None else numbers)
        for each in reversed(some) if newest_first else some:
            yield self.read(each)

    def newest(self, count: int, counts: Callable[[History], NDArray[np.bool_]]) -> History:
        """The rows that count of the newest `count` rounds that have such rows, none where none has.

        counts: which rows (n,) of a History they are.
        """
        found: list[int] = []
        for some in reversed(self._portions(self.numbers)):
            rows = self.read(some)
            found = [*np.unique(rows.round[counts(rows)]).tolist(), *found][-count:]
            if len(found) == count:
                break
        rows = self.read(np.array(found, dtype=np.int64))
        return rows.only(counts(rows))

    def _portions(self, numbers: Numbers) -> list[Numbers]:
        inside = np.isin(self.numbers, numbers)
        which = np.cumsum(self.rows[inside]) // PIECE
        return np.split(self.numbers[inside], np.flatnonzero(np.diff(which)) + 1) if which.size else []


@dataclass(frozen=True)
class Stakes:
    """Who holds the stake on one day: every model and every account that is listed, zeros included, in NMR.

    account_of (models,) indexes `accounts`; None where the source does not say which model is whose.
    `guessed`: accounts are guesses from the models' names.
    """

    day: date
    models: tuple[str, ...]
    model_stake: Floats
    accounts: tuple[str, ...]
    account_stake: Floats
    account_of: NDArray[np.intp] | None
    guessed: bool


class SourceError(Exception):
    """One plain sentence for a person: what is wrong with the source, and what to do."""

    def __init__(self, reason: str, remedy: str = "Try again in a few minutes.") -> None:
        super().__init__(f"{reason}. {remedy}")
        self.reason, self.remedy = reason, remedy


class Source(Protocol):
    """A place to read tournament numbers from; every answer names its label and its date."""

    label: str  # what footers call it: "Sample, 2022"
    tournament: Tournament
    live: bool  # whether it is asked over the network, and knows what is announced
    caveats: Mapping[str, str]  # by kind of history, a sentence on what its numbers can't say

    async def names(self) -> Names:
        """Names to suggest while somebody types: what is known without waiting for anybody."""
        ...

    async def find(self, typed: str) -> str | None:
        """The model or account that was typed, as the source spells it; None if there is none."""
        ...

    async def rounds(self) -> Rounds:
        """Every round the source knows."""
        ...

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        """The scores there are, each with the first and the last round that has it."""
        ...

    async def history(self, name: str) -> History:
        """Every round of a model or an account. Raises KeyError for an unknown name."""
        ...

    async def everyone(self) -> TournamentField:
        """All models in all rounds there are. Raises SourceError where no round has been read yet."""
        ...

    async def progress(self) -> str:
        """How far the reading of everyone's rounds has come, in a sentence; "" where all is bundled."""
        ...

    async def stakes(self) -> Stakes:
        """Who holds the stake, as last seen. Raises SourceError where no leaderboard has been read yet."""
        ...

    async def until(self) -> date:
        """The age of the data: the day the newest final round resolved, or that of a bundled export."""
        ...

    async def live_rule(self) -> PayoutRule | None:
        """The rule that the newest round announces; None where nothing is announced any more."""
        ...

    async def live_rule_differs(self) -> str:
        """A sentence where the newest round announces something else than the dated table; else ""."""
        ...

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        """The newest price that is known, with its day; None where none is."""
        ...

    async def price_of_day(self, currency: Currency) -> Mapping[str, float]:
        """What an NMR cost on the days that are known, by ISO date, oldest first; empty where none is.

        Raises SourceError where it has to be asked for and can't be.
        """
        ...

    async def keep_prices(self) -> None:
        """Keep the newest price in every currency that somebody has asked for, where none is bundled."""
        ...

    async def scores_of_the_day(self) -> ScoresOfTheDay | None:
        """Whether the day's scores are out; None where that is not told."""
        ...

    async def likeness(self, model: str) -> Likeness | None:
        """What a model is like in the newest round that tells it; None where none does."""
        ...

    async def daily_scores(self, model: str) -> DailyScores | None:
        """A model's scores on each day of its newest rounds; None where they are not told."""
        ...

    async def stake_over_years(self) -> StakeOverYears | None:
        """Years of the stake and of who has one; None where that is not told."""
        ...

    async def claims(self, account: str | None, model: str) -> ModelClaim:
        """Whose a model is and what its bio says, asked this moment.

        Raises ValueError for an unknown model, and for one of another account where `account` is given.
        """
        ...

    async def models_now(self, account: str) -> tuple[str, ...]:
        """The models of an account, asked this moment behind all that members ask; () where it is gone."""
        ...


def caveats_of(source: Source, history: History | TournamentField) -> tuple[str, ...]:
    """What to mind about a history of this source, in at most one sentence."""
    return (source.caveats[history.kind],) if history.kind in source.caveats else ()


async def field_of(source: Source, name: str) -> TournamentField:
    """The rows of a model, an account or EVERYONE, as a field. Raises what the source raises."""
    return await source.everyone() if name == EVERYONE else TournamentField.of(await source.history(name))


async def everyone_if_read(source: Source) -> TournamentField | None:
    """All models' rows; None where no round has been read yet, so that what needs nobody else's stands."""
    try:
        return await source.everyone()
    except SourceError:
        return None
