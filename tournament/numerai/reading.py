"""Each question to Numerai's API: how it is asked, how old its answer may be, and where it is kept."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tournament.numerai import parse, queries
from tournament.numerai.asking import Asking
from tournament.numerai.cache import Cache, CachedAnswer
from tournament.numerai.parse import TOURNAMENT_NUMBERS
from tournament.source import SourceError

ROUNDS_AGE = timedelta(minutes=10)
HISTORY_AGE = timedelta(minutes=15)
NAME_AGE = timedelta(hours=1)
PRICE_AGE = timedelta(hours=1)
BACKGROUND_AGE = timedelta(hours=6)

FORM = 2  # of what is kept; a new number leaves what an older version of the bot has kept alone
PAGE = 1000  # rows of a leaderboard; a server that gives fewer at once is asked for more pages
PAGES = 60


class Reading:
    """The answers of one tournament, fresh, kept or late; all of them raise SourceError if there is none.

    In the background a question waits its turn behind those of members, and is content with older answers.
    """

    def __init__(self, asking: Asking, cache: Cache, tournament: str, now: Callable[[], datetime]) -> None:
        self._asking, self._cache, self._tournament, self._now = asking, cache, tournament, now
        self._number = TOURNAMENT_NUMBERS[tournament]

    def question(self, kind: str, *which: str) -> str:
        """The name under which an answer is kept."""
        return "/".join((self._tournament, str(FORM), kind, *which))

    async def model(self, name: str, *, background: bool = False) -> CachedAnswer:
        """[id, name] of a model, or None."""
        variables = {"model_name": name, "tournament": self._number}
        question = self.question("model", name.casefold())
        return await self._ask(
            question, NAME_AGE, queries.MODEL, variables, "v3UserProfile", parse.model, background
        )

    async def account(self, name: str) -> CachedAnswer:
        """[id, name] of every model of an account, or None."""
        variables = {"username": name, "tournament": self._number}
        read = partial(parse.models_of_account, tournament=self._number)
        question = self.question("account", name.casefold())
        return await self._ask(question, NAME_AGE, queries.ACCOUNT, variables, "accountProfile", read)

    async def profile_now(self, name: str) -> list[str] | None:
        """parse.profile of a model; asked each time, because what proves something must not be old."""
        variables = {"model_name": name, "tournament": self._number}
        return await self._asking.ask(queries.PROFILE, variables, "v3UserProfile", parse.profile)

    async def account_now(self, name: str, *, background: bool = False) -> list[list[str]] | None:
        """[id, name] of every model of an account, or None; asked each time."""
        if background:
            await self._asking.background_turn()
        variables = {"username": name, "tournament": self._number}
        read = partial(parse.models_of_account, tournament=self._number)
        return await self._asking.ask(
            queries.ACCOUNT, variables, "accountProfile", read, background=background
        )

    async def performances(self, model_id: str, *, background: bool = False) -> CachedAnswer:
        """The columns of parse.performances for a model."""
        variables = {"modelId": model_id, "tournament": self._number}
        read = partial(parse.performances, tournament=self._number, asked=self._now())
        question, root = self.question("history", model_id), "v2RoundModelPerformances"
        return await self._ask(question, HISTORY_AGE, queries.PERFORMANCES, variables, root, read, background)

    async def rounds(self) -> CachedAnswer:
        """The columns of parse.rounds."""
        variables = {"tournament": self._number}
        question, read = self.question("rounds"), partial(parse.rounds, asked=self._now())
        return await self._ask(question, ROUNDS_AGE, queries.ROUNDS, variables, "rounds", read)

    async def announced(self, number: int) -> CachedAnswer:
        """What a round says it pays by, as of parse.announced, or None."""
        variables = {"tournament": self._number, "number": number}
        question = self.question("announced", str(number))
        return await self._ask(question, ROUNDS_AGE, queries.ROUND_RULE, variables, "rounds", parse.announced)

    async def price(self) -> CachedAnswer:
        """[day, USD for one NMR] as of parse.price, or None."""
        variables = {"baseSymbol": "NMR", "targetSymbol": "USD"}
        question, root = self.question("price"), "latestCurrencyPrice"
        return await self._ask(question, PRICE_AGE, queries.PRICE, variables, root, parse.price)

    async def leaderboard(self, kind: str) -> CachedAnswer:
        """[name, stake in NMR or None] of all "models" or "accounts", asked in the background."""
        return await self._cache.ask(
            self.question("leaderboard", kind), BACKGROUND_AGE, partial(self._pages, kind), hurry=False
        )

    async def _ask(
        self,
        question: str,
        age: timedelta,
        query: str,
        variables: Mapping[str, Any],
        root: str,
        read: Callable[[Any], Any],
        background: bool = False,
    ) -> CachedAnswer:
        if background:
            moment = (await self._cache.moments([question])).get(question)
            if moment is None or not self._cache.is_young(moment, BACKGROUND_AGE):
                # before the question is under way, for a member who asks the same would have to wait too
                await self._asking.background_turn()
            age = BACKGROUND_AGE
        return await self._cache.ask(
            question,
            age,
            lambda: self._asking.ask(query, variables, root, read, background=background),
            hurry=not background,
        )

    async def _pages(self, kind: str) -> list[list[object]]:
        variables: dict[str, Any] = {"limit": PAGE, "offset": 0}
        if kind == "models":
            query, root = queries.MODEL_LEADERBOARDS[self._tournament]
        else:
            query, root = queries.ACCOUNT_LEADERBOARD, "accountLeaderboard"
            variables["tournament"] = self._number
        rows: dict[str, object] = {}
        for _ in range(PAGES):
            await self._asking.background_turn()
            page = await self._asking.ask(query, variables, root, parse.leaderboard, background=True)
            before = len(rows)
            rows.update((name, stake) for name, stake in page if name)
            if len(rows) == before:
                break
            variables["offset"] += len(page)
        if not rows:
            raise SourceError(parse.UNREADABLE)
        return [[name, stake] for name, stake in rows.items()]
