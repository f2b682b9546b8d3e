"""How often Numerai's API may be asked, and how long it is waited for."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from aiolimiter import AsyncLimiter

from tournament.source import SourceError

LONGEST_GAP = 12  # times the back-off: between two requests, once the API has asked for rests
LONGEST_HOLD = 60.0  # seconds that the API can silence the bot for
LONGEST_REST = 6  # times that a rest is doubled
CLOSED = 0.05  # seconds; a shorter gap is none
LOOK_AGAIN = 0.05  # seconds until the background looks whether members still wait
NOBODY = -1  # who asks in the background


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for one attempt, for all of them, for a better answer than an old one.

    A question costs a member at most `budget` where nothing is stored and `stale` where something is; after
    such a wait the next ones get `short`, for `remember` seconds or until one is answered. So a command that
    asks three questions of a silent API is through within ten seconds. `read` is for one whole answer.
    """

    connect: float = 3.0
    read: float = 6.0
    budget: float = 7.0
    stale: float = 3.0
    short: float = 1.5
    remember: float = 15.0
    backoff: float = (
        0.4  # the first pause before another attempt lasts up to this, each later one up to twice it
    )
    attempts: int = 4


class Throttle:
    """At most `limit` requests in any `per` seconds: a member's at once, one after another in order.

    One member gets at most half of them. The background gets at most two thirds, spread out, and none while
    a member waits. Once the API asks for a rest, everybody is held, and what follows is sent with gaps.
    """

    def __init__(
        self,
        limit: int = 60,
        per: float = 60.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        self._limit, self._per, self._clock = limit, per, clock
        self._rng = rng or random.Random()
        self._one_member, self._nobodys = max(1, limit // 2), max(1, 2 * limit // 3)
        burst = max(1, limit // 6)
        self._pace = AsyncLimiter(burst, per * burst / self._nobodys)
        self._line = asyncio.Lock()
        self._waiting = 0
        self._sent: deque[tuple[float, int | None]] = deque()  # when, and for whom
        self._held_until = self._rested_at = -float("inf")
        self._rests, self._gap = 0, 0.0

    async def turn(self, deadline: float, who: int | None) -> float:
        """Wait, in the order of asking, until a member's request may be sent; return when, on the clock.

        who: the member; None for nobody in particular. Raises SourceError at once where that would be after
        the deadline.
        """
        self._waiting += 1
        try:
            await self._until(
                lambda: self._share_of(who), deadline, "You have asked Numerai as much as one member may"
            )
            async with self._line:
                await self._until(
                    self._free, deadline, "This bot has asked Numerai as much as it may for now"
                )
                return self._take(who)
        finally:
            self._waiting -= 1

    async def background_turn(self) -> float:
        """Wait, for as long as it takes, until a request of nobody's may be sent; return when."""
        await self._pace.acquire()
        while wait := self._wait_of_nobody():  # noqa: ASYNC110 - time alone frees a place
            await asyncio.sleep(wait)
        return self._take(NOBODY)

    def limited(self, sent_at: float, retry_after: float, backoff: float) -> None:
        """Hold everybody, because the API asked for it; longer each time it asks again.

        sent_at: when the request was sent that was refused; those sent before the last rest tell nothing new.
        retry_after: seconds that the API named; 0 for none. backoff: about the seconds of a first rest.
        """
        now = self._clock()
        if sent_at >= self._rested_at:
            self._rested_at = now
            self._rests += 1
            self._gap = min(max(2 * self._gap, backoff / 2), LONGEST_GAP * backoff)
        pause = backoff * 2 ** min(self._rests, LONGEST_REST) * self._rng.uniform(0.5, 1.0)
        self._held_until = max(self._held_until, now + min(max(pause, retry_after), LONGEST_HOLD))

    def answered(self) -> None:
        """The API answers: the next rest is a short one again, and the gaps close little by little."""
        self._rests = 0
        self._gap = 0.0 if self._gap < CLOSED else 0.95 * self._gap

    async def _until(self, wait_of: Callable[[], float], deadline: float, refusal: str) -> None:
        while wait := wait_of():
            if self._clock() + wait > deadline:
                if self._held_until > self._clock():
                    raise SourceError("Numerai asks this bot to slow down")
                raise SourceError(refusal, "Try again in a minute.")
            await asyncio.sleep(wait)

    def _take(self, who: int | None) -> float:
        now = self._clock()
        self._sent.append((now, who))
        return now

    def _share_of(self, who: int | None) -> float:
        """Seconds until this member may ask again; 0 where nobody in particular asks."""
        if who is None:
            return 0.0
        self._forget()
        return self._until_fewer([sent for sent, whose in self._sent if whose == who], self._one_member)

    def _free(self) -> float:
        """Seconds until any request may be sent."""
        self._forget()
        now = self._clock()
        after_last = self._sent[-1][0] + self._gap - now if self._sent else 0.0
        window = self._until_fewer([sent for sent, _ in self._sent], self._limit)
        return max(0.0, self._held_until - now, after_last, window)

    def _wait_of_nobody(self) -> float:
        wait = max(self._free(), self._until_fewer([sent for sent, _ in self._sent], self._nobodys))
        return max(wait, LOOK_AGAIN) if self._waiting else wait

    def _until_fewer(self, sent: list[float], most: int) -> float:
        return 0.0 if len(sent) < most else max(0.0, sent[-most] + self._per - self._clock())

    def _forget(self) -> None:
        while self._sent and self._sent[0][0] <= self._clock() - self._per:
            self._sent.popleft()
