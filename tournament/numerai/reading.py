"""Each question to Numerai's API: how it is asked, how old its answer may be, and where it is kept."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tournament.numerai import overview, parse
from tournament.numerai.asking import queries
from tournament.numerai.asking.client import NumeraiClient, RefusedError
from tournament.numerai.asking.queries import OTHER_SPELLINGS, Query
from tournament.numerai.asking.schema import Schema, lost
from tournament.numerai.cache import Cache, CachedAnswer
from tournament.numerai.field.details import WholeRound, whole_round
from tournament.numerai.live_rule import announced
from tournament.numerai.newer_rounds import first_asked_for, joined
from tournament.numerai.parse import TOURNAMENT_NUMBERS
from tournament.source import SourceError

ROUNDS_AGE = timedelta(minutes=10)
HISTORY_AGE = timedelta(minutes=15)
NAME_AGE = timedelta(hours=1)
PRICE_AGE = timedelta(hours=1)
PIPELINE_AGE = timedelta(minutes=10)
LINKED_AGE = timedelta(hours=1)  # of what members have linked, read before they ask
BACKGROUND_AGE = timedelta(hours=6)
SCHEMA_AGE = timedelta(days=1)

DAILY_ROUNDS = 120  # whose scores are asked for day by day: they are read for one model at a time
FORM = 4  # of what is kept; a new number leaves what an older version of the bot has kept alone
PAGE = 1000  # rows of a leaderboard; a server that gives fewer at once is asked for more pages
PAGES = 60
SCHEMA = f"all/{FORM}/schema"  # the one answer that is every tournament's


class Reading:
    """The answers of one tournament, fresh, kept or late; all of them raise SourceError if there is none.

    Asked with an age a question waits its turn in the background, behind those of members.
    """

    def __init__(
        self, client: NumeraiClient, cache: Cache, tournament: str, now: Callable[[], datetime]
    ) -> None:
        self._client, self._cache, self._tournament, self._now = client, cache, tournament, now
        self._number = TOURNAMENT_NUMBERS[tournament]
        self._schema: Schema | None = None
        self._spellings: dict[str, str] = {}  # of arguments, as the API turned out to want them

    def question(self, kind: str, *which: str) -> str:
        """The name under which an answer is kept."""
        return "/".join((self._tournament, str(FORM), kind, *which))

    async def look_at_schema(self) -> None:
        """Ask once a day which fields the API has, in the background; where it does not say, ask for all."""

        async def fetch() -> Any:
            told = await self._client.ask(queries.INTROSPECTION, {}, background=True)
            schema = Schema.told(parse.field(told, "__schema"), queries.ALL)
            return asdict(schema)

        kept = await self._cache.ask(SCHEMA, SCHEMA_AGE, fetch, hurry=False)
        self._schema = Schema(**kept.value)

    async def schema(self) -> Schema:
        """The fields the API had when it was last asked; an empty one before that."""
        if self._schema is None:
            kept = await self._cache.stored(SCHEMA)
            self._schema = Schema(**kept.value) if kept else Schema()
        return self._schema

    async def lacks(self, question: Query) -> str:
        """A sentence on what this question can't be asked for any more; "" where all is there."""
        return lost(question, (await self.schema()).missing(question))

    async def model(self, name: str, *, background: timedelta | None = None) -> CachedAnswer:
        """[id, name] of a model, or None."""
        variables = {"model_name": name, "tournament": self._number}
        question = self.question("model", name.casefold())
        return await self._named(question, queries.MODEL, variables, parse.model, background)

    async def account(self, name: str, *, background: timedelta | None = None) -> CachedAnswer:
        """[id, name] of every model of an account, or None."""
        variables = {"username": name, "tournament": self._number}
        read = partial(parse.models_of_account, tournament=self._number)
        question = self.question("account", name.casefold())
        return await self._named(question, queries.ACCOUNT, variables, read, background)

    async def profile_now(self, name: str) -> list[str] | None:
        """parse.profile of a model; asked each time, because what proves something must not be old."""
        variables = {"model_name": name, "tournament": self._number}
        return await self._told(queries.PROFILE, variables, parse.profile)

    async def owner_now(self, name: str) -> dict[str, Any] | None:
        """parse.owner of an account; asked each time."""
        variables = {"username": name, "tournament": self._number}
        try:
            read = partial(parse.owner, tournament=self._number)
            return await self._told(queries.OWNER, variables, read)
        except RefusedError:  # who is behind an account may be told to its owner alone
            models = await self.account_now(name)
            return None if models is None else {"models": models, "bio": "", "discord": None}

    async def account_now(self, name: str, *, background: bool = False) -> list[list[str]] | None:
        """[id, name] of every model of an account, or None; asked each time."""
        variables = {"username": name, "tournament": self._number}
        read = partial(parse.models_of_account, tournament=self._number)
        return await self._told(queries.ACCOUNT, variables, read, background=background)

    async def performances(self, model_id: str, *, background: timedelta | None = None) -> CachedAnswer:
        """The columns of parse.performances for a model."""
        kept_as = self.question("history", model_id)
        return await self._cache.ask(
            kept_as,
            background or HISTORY_AGE,
            lambda: self._performances(kept_as, model_id, background=background is not None),
            hurry=background is None,
        )

    async def _performances(self, kept_as: str, model_id: str, *, background: bool) -> dict[str, Any]:
        """All rounds of a model, of which only those are asked for that may have changed."""
        asked = self._now()
        kept = await self._cache.stored(kept_as)
        since = None
        if (await self.schema()).takes(queries.PERFORMANCES, "roundNumberGte"):
            since = first_asked_for(kept.value if kept else None, asked)
        variables = {"modelId": model_id, "tournament": self._number, "roundNumberGte": since}
        read = partial(parse.performances, tournament=self._number, asked=asked)
        told = await self._told(queries.PERFORMANCES, variables, read, background=background)
        if since is None or kept is None:
            return {**told, "whole": asked.isoformat()}
        return await asyncio.to_thread(joined, kept.value, since, told)

    async def daily(self, model_id: str) -> CachedAnswer:
        """The columns of overview.daily for a model, of its newest rounds."""
        variables = {"modelId": model_id, "tournament": self._number, "lastNRounds": DAILY_ROUNDS}
        question = self.question("daily", model_id)
        return await self._ask(question, NAME_AGE, queries.DAILY, variables, overview.daily)

    async def rounds(self) -> CachedAnswer:
        """The columns of parse.rounds."""
        variables = {"tournament": self._number}
        question, read = self.question("rounds"), partial(parse.rounds, asked=self._now())
        return await self._ask(question, ROUNDS_AGE, queries.ROUNDS, variables, read)

    async def announced(self, number: int) -> CachedAnswer:
        """What a round says it pays by, as of live_rule.announced, or None."""
        variables = {"tournament": self._number, "number": number}
        question = self.question("announced", str(number))
        return await self._ask(question, ROUNDS_AGE, queries.ROUND_RULE, variables, announced)

    async def price(self, currency: str) -> CachedAnswer:
        """[day, what one NMR costs] as of parse.price, or None where there is none in this currency."""
        variables = {"baseSymbol": "NMR", "targetSymbol": currency}
        kept_as = self.question("price", *([] if currency == "USD" else [currency]))

        async def fetch() -> Any:
            try:
                return await self._told(queries.PRICE, variables, parse.price)
            except RefusedError:  # of a currency that it does not know
                if await self._cache.stored(kept_as) is not None:
                    raise
                return None

        return await self._cache.ask(kept_as, PRICE_AGE, fetch)

    async def pipeline(self) -> CachedAnswer | None:
        """What overview.pipeline makes of the day's status; None for a tournament that has none."""
        if self._tournament not in queries.PIPELINES:
            return None
        variables = {"tournament": queries.PIPELINES[self._tournament]}
        question = self.question("pipeline")
        return await self._ask(question, PIPELINE_AGE, queries.PIPELINE, variables, overview.pipeline)

    async def overview(self) -> CachedAnswer:
        """What overview.overview makes of the history of the stake, asked in the background."""
        return await self._ask(
            self.question("overview"),
            BACKGROUND_AGE,
            queries.OVERVIEWS[self._tournament],
            {},
            overview.overview,
            BACKGROUND_AGE,
        )

    async def leaderboard(self, kind: str) -> CachedAnswer:
        """[name, stake in NMR or None] of all "models" or "accounts", asked in the background."""
        return await self._cache.ask(
            self.question("leaderboard", kind), BACKGROUND_AGE, partial(self._pages, kind), hurry=False
        )

    async def whole_round(self, number: int) -> WholeRound | None:
        """Every model of a round, asked in the background; None where there is no such round."""
        variables = {"tournament": self._number, "roundNumber": number}
        read = partial(whole_round, number=number, asked=self._now())
        return await self._told(queries.ROUND_DETAILS[self._tournament], variables, read, background=True)

    async def _ask(
        self,
        kept_as: str,
        age: timedelta,
        question: Query,
        variables: Mapping[str, Any],
        read: Callable[[Any], Any],
        background: timedelta | None = None,
    ) -> CachedAnswer:
        return await self._cache.ask(
            kept_as,
            background or age,
            lambda: self._told(question, variables, read, background=background is not None),
            hurry=background is None,
        )

    async def _named(
        self,
        kept_as: str,
        question: Query,
        variables: Mapping[str, Any],
        read: Callable[[Any], Any],
        background: timedelta | None,
    ) -> CachedAnswer:
        """Who has a name: that changes so seldom that nobody waits for what was told a few hours ago."""
        return await self._cache.ask(
            kept_as,
            background or NAME_AGE,
            lambda: self._told(question, variables, read, background=background is not None),
            hurry=background is None,
            meanwhile=timedelta() if background else BACKGROUND_AGE,
        )

    async def _told(
        self,
        question: Query,
        variables: Mapping[str, Any],
        read: Callable[[Any], Any],
        *,
        background: bool = False,
    ) -> Any:
        """What `read` makes of an answer, in a thread: it may be megabytes."""
        schema = await self.schema()
        given = {name for name in question.narrows if schema.takes(question, name)} | set(question.takes)
        variables = {name: value for name, value in variables.items() if name in given}
        try:
            text = schema.fit(question, self._spellings).text
            data = await self._client.ask(text, variables, background=background)
        except RefusedError as error:
            # the documents of the API differ in how they spell some arguments
            other = {each: OTHER_SPELLINGS[each] for each in question.takes if each in OTHER_SPELLINGS}
            if schema.roots or self._spellings or not any(each in error.told for each in other):
                raise
            text = schema.fit(question, other).text
            data = await self._client.ask(text, variables, background=background)
            self._spellings = other
        return await asyncio.to_thread(read, parse.field(data, question.root))

    async def _pages(self, kind: str) -> list[list[object]]:
        variables: dict[str, Any] = {"limit": PAGE, "offset": 0}
        question = queries.MODEL_LEADERBOARDS[self._tournament]
        if kind == "accounts":
            question = queries.ACCOUNT_LEADERBOARD
            variables["tournament"] = self._number
        rows: dict[str, object] = {}
        for _ in range(PAGES):
            page = await self._told(question, variables, parse.leaderboard, background=True)
            before = len(rows)
            rows.update((name, stake) for name, stake in page if name)
            if len(rows) == before:
                break
            variables["offset"] += len(page)
        if not rows:
            raise SourceError(parse.UNREADABLE)
        return [[name, stake] for name, stake in rows.items()]
