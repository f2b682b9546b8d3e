"""Answers kept in the database: used again while they are young, and for as long as the API is away."""

import asyncio
import json
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from storage import written
from storage.database import Database, StorageError
from storage.market.api_answers import FetchedAnswer, fetched_answer, fetched_moments, keep_answers
from storage.market.prices import currencies_kept, keep_price, prices_in
from tournament.numerai.asking.throttle import Patience
from tournament.source import SourceError

log = logging.getLogger(__name__)

UNWRITTEN = 32  # answers held in memory while the database takes none
WRITE_AGAIN_AFTER = 30.0  # seconds
LONG_TEXT = 20_000  # characters; more is made from or to JSON in a thread


@dataclass(frozen=True)
class CachedAnswer:
    """What JSON can hold, when it was fetched, and why it is not a fresh one, if it is not."""

    value: Any
    fetched_at: datetime
    late: str = ""


class Cache:
    """Asks each question once at a time, and of an API that is away only what nobody has asked before.

    A database that can't be read or written costs time, never the answer.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        patience: Patience,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._now, self._patience, self._clock = database, now, patience, clock
        self._asking: dict[tuple[str, bool], asyncio.Task[CachedAnswer]] = {}
        self._unwritten: dict[str, CachedAnswer] = {}
        self._writing: asyncio.Task[None] | None = None
        self._write_again = self._late_at = -float("inf")

    async def ask(
        self,
        question: str,
        age: timedelta,
        fetch: Callable[[], Awaitable[Any]],
        *,
        hurry: bool = True,
        meanwhile: timedelta = timedelta(),
    ) -> CachedAnswer:
        """The stored answer if it is younger than `age`, else a new one, else the stored one with `late` set.

        None is a good answer but is not kept. Those who ask the same at the same time share one request, and
        it goes on when they stop waiting for it. Without `hurry` they wait for as long as it takes, which
        nobody in a hurry shares. A stored answer younger than `meanwhile` is given at once, while a new one
        is fetched. Raises SourceError if there is neither a new nor an old answer.
        """
        stored = await self.stored(question)
        if stored is not None and self.is_young(stored.fetched_at, age):
            return stored
        hurried = self._asking.get((question, True))
        wait = self._wait(something=stored is not None, already=hurried is not None)
        task = hurried or self._asking.get((question, hurry))
        if task is None:
            task = self._asking[question, hurry] = asyncio.create_task(self._fetch(question, fetch))
            task.add_done_callback(lambda done: self._forget((question, hurry), done))
        if stored is not None and self.is_young(stored.fetched_at, meanwhile):
            return stored
        started = self._clock()
        await asyncio.wait({task}, timeout=wait if hurry else None)
        error = SourceError("Numerai takes too long to answer")
        if task.done() and not task.cancelled():
            failed = task.exception()
            if failed is None:
                return task.result()
            if not isinstance(failed, SourceError):
                raise failed
            # a new one, for several may raise it and each needs its own traceback
            error = SourceError(failed.reason, failed.remedy)
        if hurry and self._clock() - started >= self._patience.short:
            self._late_at = self._clock()
        if stored is None:
            raise error
        return replace(stored, late=error.reason)

    def is_young(self, moment: datetime, age: timedelta) -> bool:
        """Whether that is less than `age` ago; a moment yet to come was told by a wrong clock."""
        return timedelta() <= self._now() - moment < age

    async def stored(self, question: str) -> CachedAnswer | None:
        """The last answer, however old; None where there is none, or it can't be read."""
        answer = None
        if question not in self._unwritten:
            answer = await self._read(question)
        return self._unwritten.get(question, answer)  # it may have come in during the read

    async def moments(self, questions: Iterable[str]) -> dict[str, datetime]:
        """When each of these was last answered; those without an answer are left out."""
        wanted = set(questions)
        held = {
            question: answer.fetched_at for question, answer in self._unwritten.items() if question in wanted
        }
        try:
            return await fetched_moments(self._database, wanted) | held
        except (StorageError, sqlite3.Error):
            log.warning("stored answers can't be listed", exc_info=True)
            return held

    def keep(self, question: str, value: Any) -> CachedAnswer:
        """Keep an answer; it is written soon after, and held in memory until then."""
        answer = CachedAnswer(value, self._now())
        self._unwritten.pop(question, None)
        self._unwritten[question] = answer
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        while len(self._unwritten) > UNWRITTEN and self._clock() < self._write_again:
            del self._unwritten[next(iter(self._unwritten))]
        return answer

    async def keep_price(self, currency: str, day: date, price: float) -> bool:
        """Keep the price of a day for good, and say whether that could be done."""
        if self._clock() < self._write_again:
            return False
        try:
            with written.aside():
                await keep_price(self._database, currency, day, price)
        except (StorageError, sqlite3.Error):
            log.warning("a price can't be kept", exc_info=True)
            self._write_again = self._clock() + WRITE_AGAIN_AFTER
            return False
        return True

    async def prices(self, currency: str) -> dict[str, float]:
        """The prices that are kept, by ISO date, oldest first; none where they can't be read."""
        try:
            return await prices_in(self._database, currency)
        except (StorageError, sqlite3.Error):
            log.warning("prices can't be read", exc_info=True)
            return {}

    async def currencies(self) -> list[str]:
        """Those in which a price is kept: somebody has asked for it; none where they can't be read."""
        try:
            return await currencies_kept(self._database)
        except (StorageError, sqlite3.Error):
            log.warning("prices can't be read", exc_info=True)
            return []

    async def close(self) -> None:
        """Stop asking, and write what is not yet written."""
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)
        if self._writing is not None:
            await self._writing
        self._write_again = -float("inf")
        await self._write()

    def _wait(self, *, something: bool, already: bool) -> float:
        """How long to wait for the API: less where there is something to show, or it was silent lately.

        Where both are true and somebody already waits for the same answer, no longer at all.
        """
        if self._clock() - self._late_at >= self._patience.remember:
            return self._patience.stale if something else self._patience.budget + 0.5
        return 0.0 if something and already else self._patience.short

    async def _fetch(self, question: str, fetch: Callable[[], Awaitable[Any]]) -> CachedAnswer:
        value = await fetch()
        return CachedAnswer(None, self._now()) if value is None else self.keep(question, value)

    def _forget(self, asked: tuple[str, bool], done: asyncio.Task[CachedAnswer]) -> None:
        del self._asking[asked]
        if done.cancelled():
            return
        error = done.exception()
        if error is None:
            self._late_at = -float("inf")
        elif not isinstance(error, SourceError):
            log.error("a question failed: %s", " ".join(asked[0].split("/")[2:3]), exc_info=error)

    async def _read(self, question: str) -> CachedAnswer | None:
        try:
            row = await fetched_answer(self._database, question)
            if row is None:
                return None
            if len(row.answer) > LONG_TEXT:
                return CachedAnswer(await asyncio.to_thread(json.loads, row.answer), row.fetched_at)
            return CachedAnswer(json.loads(row.answer), row.fetched_at)
        except (StorageError, sqlite3.Error):
            log.warning("a stored answer can't be read", exc_info=True)
            return None

    async def _write(self) -> None:
        # one writer, and none for a while after a failure: a locked file would keep every reader waiting
        while self._unwritten and self._clock() >= self._write_again:
            taken = dict(self._unwritten)
            try:
                rows = await asyncio.to_thread(_as_rows, taken)
                await keep_answers(self._database, rows, self._now())
            except (StorageError, sqlite3.Error):
                log.warning("answers can't be kept", exc_info=True)
                self._write_again = self._clock() + WRITE_AGAIN_AFTER
                return
            for question, answer in taken.items():
                if self._unwritten.get(question) is answer:
                    del self._unwritten[question]


def _as_rows(answers: dict[str, CachedAnswer]) -> list[FetchedAnswer]:
    return [
        FetchedAnswer(
            question, json.dumps(answer.value, separators=(",", ":"), allow_nan=False), answer.fetched_at
        )
        for question, answer in answers.items()
    ]
