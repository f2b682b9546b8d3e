"""The leaderboards: which names there are, and who holds the stake."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from tournament.numerai.cache import Cache, CachedAnswer
from tournament.numerai.reading import BACKGROUND_AGE, Reading
from tournament.source import Names, SourceError, Stakes

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = 300.0  # seconds


class Board:
    """Names and stakes from the leaderboards of one tournament, refreshed behind the scenes."""

    def __init__(
        self,
        reading: Reading,
        cache: Cache,
        now: Callable[[], datetime],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reading, self._cache, self._now, self._clock = reading, cache, now, clock
        self._names = Names((), ())
        self._spelled: dict[str, str] = {}
        self._fresh_until: datetime | None = None  # None: not even the kept ones are loaded
        self._refreshing: asyncio.Task[None] | None = None
        self._tried_at = -float("inf")

    async def names(self) -> Names:
        """What is known without asking Numerai; a refresh starts where that is nothing, or old."""
        if self._fresh_until is None:
            await self._load()
        idle = self._refreshing is None or self._refreshing.done()
        old = self._fresh_until is None or self._now() >= self._fresh_until
        if idle and old and self._clock() - self._tried_at >= TRY_AGAIN_AFTER:
            self._tried_at = self._clock()
            self._refreshing = asyncio.create_task(self._refresh_quietly())
        return self._names

    async def spelled(self, typed: str) -> str | None:
        """The name on a leaderboard that was typed, whatever its case; None where it is on neither."""
        await self.names()
        return self._spelled.get(typed.casefold())

    async def stakes(self) -> Stakes:
        """Who holds the stake, as last read. Raises SourceError while one of the leaderboards is missing."""
        await self.names()
        kept = [await self._kept(kind) for kind in ("models", "accounts")]
        if not all(kept):
            raise SourceError("The leaderboard has not been read yet", "Try again in a minute or two.")
        (models, model_stake), (accounts, account_stake) = (
            _columns(answer.value) for answer in kept if answer
        )
        if not model_stake.any() and not account_stake.any():
            raise SourceError("Numerai's leaderboards tell no stakes")
        return Stakes(
            day=min(answer.fetched_at for answer in kept if answer).date(),
            models=models,
            model_stake=model_stake,
            accounts=accounts,
            account_stake=account_stake,
            account_of=None,
            guessed=False,
        )

    async def refresh(self) -> None:
        """Read both leaderboards again where they are old. Raises SourceError where one can't be read."""
        answers = [await self._reading.leaderboard(kind) for kind in ("models", "accounts")]
        await self._load()
        if late := "".join(answer.late for answer in answers):
            raise SourceError(late)

    async def close(self) -> None:
        """Give up a refresh that is under way."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    async def _refresh_quietly(self) -> None:
        try:
            await self.refresh()
        except SourceError as error:
            log.warning("the leaderboards can't be read: %s", error)

    async def _kept(self, kind: str) -> CachedAnswer | None:
        return await self._cache.stored(self._reading.question("leaderboard", kind))

    async def _load(self) -> None:
        kept = [await self._kept(kind) for kind in ("models", "accounts")]
        models, accounts = (
            sorted((name for name, _ in answer.value), key=str.casefold) if answer else () for answer in kept
        )
        self._names = Names(tuple(models), tuple(accounts))
        self._spelled = {name.casefold(): name for name in (*accounts, *models)}
        moments = [answer.fetched_at for answer in kept if answer]
        oldest = min(moments) if len(moments) == len(kept) else datetime.min.replace(tzinfo=UTC)
        self._fresh_until = oldest + BACKGROUND_AGE


def _columns(rows: Sequence[tuple[str, float | None]]) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Names and stakes of a leaderboard; a stake that is not given is none."""
    return tuple(name for name, _ in rows), np.array([stake or 0.0 for _, stake in rows], dtype=np.float64)
