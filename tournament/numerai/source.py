"""Numerai's public API as a source: asked without keys, remembered in the database, patient with faults."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType

import numpy as np

from scoring.rules import PayoutRule, rule_in_force
from tournament.numerai import columns
from tournament.numerai.accounts import Accounts
from tournament.numerai.asking import queries
from tournament.numerai.asking.client import ADDRESS, NumeraiClient
from tournament.numerai.asking.throttle import Patience, Throttle
from tournament.numerai.board import Board
from tournament.numerai.cache import Cache, CachedAnswer, Database
from tournament.numerai.columns import Calendar
from tournament.numerai.field import everyone as whole
from tournament.numerai.field.kept import KeptRounds
from tournament.numerai.field.reader import Limits, RoundReader
from tournament.numerai.live_rule import announced_rule, difference, paid_spans
from tournament.numerai.notices import incomplete, near_limits, notice
from tournament.numerai.overview import daily_scores, scores_of_the_day, stake_over_years
from tournament.numerai.prices import Prices
from tournament.numerai.reading import Reading
from tournament.overview import DailyScores, Likeness, ScoresOfTheDay, StakeOverYears
from tournament.source import (
    EVERYONE,
    Currency,
    History,
    ModelClaim,
    Names,
    Rounds,
    SourceError,
    Stakes,
    Tournament,
    TournamentField,
)

__all__ = ["Limits", "NumeraiClient", "NumeraiSource", "Patience", "Throttle"]

NEWEST_ROUNDS = 3  # asked for their rule, newest first: one that has just opened may not have one yet


def utc_now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


class NumeraiSource:
    """Source over Numerai's API. Nothing is asked before the first question; close it in the end.

    Sources of several tournaments share one `client`, which closes with the first of them; without one a
    source makes its own, of an address, a patience, a throttle and a clock.

    Every question is answered from the API, or else from the newest answer that is kept, or else raises
    SourceError with one plain sentence, within ten seconds. A history says in its notice how old it is.
    What proves who somebody is (claims, models_now) is never kept.
    """

    live = True
    caveats: Mapping[str, str] = MappingProxyType({})

    def __init__(
        self,
        database: Database,
        *,
        tournament: Tournament = "classic",
        client: NumeraiClient | None = None,
        address: str = ADDRESS,
        now: Callable[[], datetime] = utc_now,
        patience: Patience | None = None,
        throttle: Throttle | None = None,
        clock: Callable[[], float] = time.monotonic,
        limits: Limits | None = None,
    ) -> None:
        patience = patience or Patience()
        self.tournament: Tournament = tournament
        self.label = f"Numerai {tournament.title()}"
        self._now = now
        self._client = client or NumeraiClient(address, patience=patience, throttle=throttle, clock=clock)
        self._cache = Cache(database, now, patience, clock=clock)
        self._reading = Reading(self._client, self._cache, tournament, now)
        self._accounts = Accounts(self._reading, self._cache)
        self._board = Board(self._reading, self._cache, now, clock=clock)
        self._prices = Prices(self._reading, self._cache)
        self._kept = KeptRounds(database, tournament)
        self._reader = RoundReader(self._reading, self._kept, now, limits or Limits())
        self._seen: dict[str, tuple[int, int]] | None = None

    async def names(self) -> Names:
        """Names on the leaderboards as last read; never waits for Numerai."""
        return await self._board.names()

    async def find(self, typed: str) -> str | None:
        """A name on the leaderboards, whatever its case; else whatever Numerai knows by exactly this name."""
        wanted = typed.strip()
        if wanted.casefold() == EVERYONE:
            return EVERYONE
        spelled = await self._board.spelled(wanted)
        if spelled is not None or not wanted:
            return spelled
        who = await self._accounts.who(wanted)
        return None if who is None else who.name

    async def rounds(self) -> Rounds:
        """Every round; total_at_risk of those that are read whole, or whose payout factor gives it away."""
        return whole.with_totals((await self._calendar()).rounds, await self._kept.all())

    async def until(self) -> date:
        """The day on which the newest resolved round resolved."""
        return (await self._calendar()).until()

    async def scores(self) -> Mapping[str, tuple[int, int]]:
        """Scores that dated rules pay or a history had, with their first and last resolved rounds."""
        return columns.widest(paid_spans(self.tournament, await self._calendar()), await self._seen_scores())

    async def history(self, name: str) -> History:
        """Every round of a model or an account, those under way included.

        A name that both a model and an account have means the account, unless that model is all it has.
        Raises KeyError for an unknown name, and SourceError that names the models of an account that can't be
        read: without one of them nothing of an account adds up.
        """
        who = await self._accounts.who(name)
        if who is None:
            if await self._board.spelled(name):  # a leaderboard may be hours old
                raise SourceError(f"Numerai no longer knows anybody called {name}", "Pick another name.")
            raise KeyError(name)
        results = await asyncio.gather(
            *(self._reading.performances(model_id) for model_id in who.models.values()),
            return_exceptions=True,
        )
        answers: dict[str, CachedAnswer] = {}
        error: BaseException | None = None
        for model, result in zip(who.models, results, strict=True):
            if isinstance(result, CachedAnswer):
                answers[model] = result
            elif not isinstance(result, SourceError):
                raise result
            else:
                error = result
        if error is not None and not answers:
            raise error
        if missing := [model for model in who.models if model not in answers]:
            self._accounts.catch_up(who.name)
            raise incomplete(who.name, missing, len(who.models))
        if not any(answer.value["round"] for answer in answers.values()):
            raise SourceError(f"{who.name} has no rounds in {self.label}", "Pick another model or account.")
        history = await asyncio.to_thread(
            columns.history,
            who.name,
            who.kind,
            {model: answer.value for model, answer in answers.items()},
            also=await self._seen_scores(),
            asked_at=min(answer.fetched_at for answer in answers.values()),
            notice=notice(
                list(answers.values()),
                self._now(),
                await self._reading.lacks(queries.PERFORMANCES),
            ),
        )
        warnings = near_limits({model: answer.value for model, answer in answers.items()})
        return await self._see(replace(history, warnings=warnings))

    async def everyone(self) -> TournamentField:
        """Every model of the rounds that are read whole: the notice says where that is not all there is."""
        kept = await self._kept.all()
        await self._saw(whole.score_spans(kept))
        lacks = await self._reading.lacks(queries.ROUND_DETAILS[self.tournament])
        return await whole.everyone(self._kept, await self._wanted(), lacks)

    async def read_ahead(self, names: Iterable[str]) -> None:
        """Read the histories of models and accounts in the background, those that are oldest first.

        What can't be read stops no other name at once; raises the last SourceError where there was one.
        """
        await self._accounts.read_ahead(names)

    async def stakes(self) -> Stakes:
        """The leaderboards as last read; which model is whose is not on them."""
        return await self._board.stakes()

    async def live_rule(self) -> PayoutRule | None:
        """The rule that the newest round announces; None where none does, or Numerai can't be asked."""
        try:
            rounds = await self.rounds()
            opened = rounds.number[rounds.opened <= np.datetime64(self._now().replace(tzinfo=None))]
            for number in opened[::-1][:NEWEST_ROUNDS].tolist():
                told = (await self._reading.announced(number)).value
                rule = None if told is None else announced_rule(self.tournament, told)
                if rule is not None:
                    return rule
        except SourceError:
            return None
        return None

    async def live_rule_differs(self) -> str:
        """A sentence where the newest round announces something else than today's dated rule; else ""."""
        live = await self.live_rule()
        return "" if live is None else difference(live, rule_in_force(self.tournament, on=self._now()))

    async def usd_per_nmr(self) -> tuple[date, float] | None:
        """The price that Numerai last gave; None where it gives none and none is kept."""
        try:
            return await self._prices.newest("USD")
        except SourceError:
            return None

    async def price_of_day(self, currency: Currency) -> Mapping[str, float]:
        """The prices of the days on which somebody asked, from now on also in this currency.

        Raises SourceError where Numerai can't be asked and none is kept.
        """
        return await self._prices.by_day(currency)

    async def keep_prices(self) -> None:
        """Keep the newest price in USD and in every currency that somebody has asked for."""
        await self._prices.keep()

    async def scores_of_the_day(self) -> ScoresOfTheDay | None:
        """Whether the day's scores are out, as of ten minutes ago at most; None where that is not told."""
        try:
            told = await self._reading.pipeline()
        except SourceError:
            return None
        # an old answer is of another day
        return None if told is None or told.value is None or told.late else scores_of_the_day(told.value)

    async def likeness(self, model: str) -> Likeness | None:
        """Its correlations in the newest of the last whole rounds that tell them; None where none does."""
        return await whole.likeness(self._kept, model)

    async def daily_scores(self, model: str) -> DailyScores | None:
        """A model's scores by day, as of an hour ago at most; None where none are told, and for no model."""
        who = await self._accounts.who(model)
        ids = {} if who is None else {name.casefold(): (name, each) for name, each in who.models.items()}
        if model.casefold() not in ids:
            return None
        name, model_id = ids[model.casefold()]
        return daily_scores(name, (await self._reading.daily(model_id)).value)

    async def stake_over_years(self) -> StakeOverYears | None:
        """Years of stake as last read in the background; None where that is not told."""
        kept = await self._cache.stored(self._reading.question("overview"))
        return stake_over_years(kept.value) if kept else None

    async def claims(self, account: str | None, model: str) -> ModelClaim:
        """Whose a model is and what its bio says, never from what is kept; raises as accounts.py says."""
        return await self._accounts.claims(account, model, self.label)

    async def models_now(self, account: str) -> tuple[str, ...]:
        """The models of an account, asked this moment behind all that members ask; () where it is gone."""
        return tuple(name for _, name in await self._reading.account_now(account, background=True) or ())

    async def refresh_board(self) -> None:
        """Read the leaderboards where they are old. Raises SourceError where one can't be read."""
        await self._board.refresh()

    async def refresh_overview(self) -> None:
        """Read the history of the stake where it is old. Raises SourceError where it can't be read."""
        await self._reading.overview()

    async def read_rounds(self) -> None:
        """Read whole rounds that are missing or may have changed: minutes, and it goes on where it stopped.

        Raises SourceError where some could not be read.
        """
        await self._reader.read(await self._calendar())

    async def progress(self) -> str:
        """How many rounds are read whole, of how many that are wanted."""
        return f"{self.label}: {(await self.coverage()).told}."

    async def coverage(self) -> whole.Coverage:
        """How many rounds are read whole, of how many that are wanted."""
        return whole.coverage(await self._kept.all(), await self._wanted())

    async def look_at_schema(self) -> None:
        """Ask once a day which fields the API has. Raises SourceError where it does not say."""
        await self._reading.look_at_schema()

    async def close(self) -> None:
        """Give up what is under way and write what is not yet kept; the database has to be open still."""
        await self._board.close()
        await self._client.close()
        await self._accounts.close()
        await self._cache.close()

    async def _calendar(self) -> Calendar:
        return columns.calendar((await self._reading.rounds()).value)

    async def _seen_scores(self) -> dict[str, tuple[int, int]]:
        if self._seen is None:
            kept = await self._cache.stored(self._reading.question("scores"))
            self._seen = columns.widest(kept.value if kept else {}, self._seen or {})
        return self._seen

    async def _see(self, history: History) -> History:
        """Add the scores of a history to those that were seen before."""
        await self._saw(columns.score_spans(history))
        return history

    async def _saw(self, spans: Mapping[str, tuple[int, int]]) -> None:
        before = await self._seen_scores()
        self._seen = columns.widest(before, spans)
        if self._seen != before:
            self._cache.keep(self._reading.question("scores"), self._seen)

    async def _wanted(self) -> int:
        """How many rounds are to be read whole, by the calendar as last read."""
        kept = await self._cache.stored(self._reading.question("rounds"))
        return len(self._reader.wanted(columns.calendar(kept.value))) if kept else 0
