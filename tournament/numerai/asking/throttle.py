"""How often Numerai's API may be asked, and how long it is waited for."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiolimiter import AsyncLimiter

from tournament.source import SourceError

LONGEST_GAP = 12  # times the back-off: between two requests, once the API has asked for rests
LONGEST_HOLD = 60.0  # seconds that the API can silence the bot for
LONGEST_REST = 6  # times that a rest is doubled
CLOSED = 0.05  # seconds; a shorter gap is none
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
    stale: float = 1.5
    short: float = 1.0
    remember: float = 15.0
    backoff: float = (
        0.4  # the first pause before another attempt lasts up to this, each later one up to twice it
    )
    attempts: int = 4


@dataclass(eq=False)
class _Place:
    """When a request was or will be sent, on the clock, and for which member."""

    at: float
    who: int | None


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
        self._sent: deque[_Place] = deque()  # in order; the last may be yet to come
        self._held_until = self._rested_at = -float("inf")
        self._rests, self._gap = 0, 0.0

    async def turn(self, within: float, who: int | None) -> float:
        """Wait, in the order of asking, until a member's request may be sent; return when, on the clock.

        who: the member; None for nobody in particular. Raises SourceError at once where that would take more
        than `within` seconds.
        """
        deadline = self._clock() + within
        while wait := self._share_of(who):
            if self._clock() + wait > deadline:
                raise SourceError(
                    "You have asked Numerai as much as one member may", "Try again in a minute."
                )
            await asyncio.sleep(wait)
        while True:
            place = _Place(self._next(), who)
            if place.at > deadline:
                raise self._refusal()
            self._sent.append(place)
            if place.at <= self._clock():
                return place.at
            try:
                await asyncio.sleep(place.at - self._clock())
            except asyncio.CancelledError:
                self._give_back(place)
                raise
            if self._held_until <= self._clock():
                return place.at
            self._give_back(place)  # a rest began meanwhile: to the end of the line

    async def background_turn(self) -> float:
        """Wait, for as long as it takes, until a request of nobody's may be sent; return when."""
        await self._pace.acquire()
        while (wait := max(self._next(), self._of_fewer(self._sent, self._nobodys)) - self._clock()) > 0:  # noqa: ASYNC110
            await asyncio.sleep(wait)
        place = _Place(self._clock(), NOBODY)
        self._sent.append(place)
        return place.at

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

    def _refusal(self) -> SourceError:
        if self._held_until > self._clock():
            return SourceError("Numerai asks this bot to slow down")
        return SourceError("This bot has asked Numerai as much as it may for now", "Try again in a minute.")

    def _share_of(self, who: int | None) -> float:
        """Seconds until this member may ask again; 0 where nobody in particular asks."""
        if who is None:
            return 0.0
        self._forget()
        free = self._of_fewer([place for place in self._sent if place.who == who], self._one_member)
        return max(0.0, free - self._clock())

    def _next(self) -> float:
        """When the next request may be sent, behind all that have a place."""
        self._forget()
        after_last = self._sent[-1].at + self._gap if self._sent else -float("inf")
        return max(self._clock(), self._held_until, after_last, self._of_fewer(self._sent, self._limit))

    def _of_fewer(self, places: Sequence["_Place"], most: int) -> float:
        """When fewer than so many of these places are in the last while."""
        return places[-most].at + self._per if len(places) >= most else -float("inf")

    def _give_back(self, place: "_Place") -> None:
        if place in self._sent:
            self._sent.remove(place)

    def _forget(self) -> None:
        while self._sent and self._sent[0].at <= self._clock() - self._per:
            self._sent.popleft()
