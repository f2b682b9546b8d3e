"""How often Numerai's API may be asked, and how long it is waited for."""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patience:
    """How long to wait, in seconds: for one attempt, for all of them, for a better answer than an old one.

    A question costs a member at most `budget` where nothing is stored and `stale` where something is; after
    such a wait the next ones get `short`, for `remember` seconds or until one is answered. So a command that
    asks three questions of a silent API is through within ten seconds.
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
    """At most `limit` requests in any `per` seconds, all at once if need be; threads may share it.

    Background requests get at most half of them, and never one that a member is already waiting for.
    """

    def __init__(
        self, limit: int = 60, per: float = 60.0, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit, self._per, self._clock = limit, per, clock
        self._lock = threading.Lock()
        self._all: deque[float] = deque(maxlen=limit)  # when the newest requests were or will be sent
        self._background: deque[float] = deque(maxlen=max(1, limit // 2))
        self._held_until = -float("inf")

    def reserve(self, within: float) -> float | None:
        """Seconds to wait before the request may be sent; None, and no place taken, if more than `within`."""
        with self._lock:
            now = self._clock()
            start = max(now, self._held_until, self._free_at(self._all))
            if start - now > within:
                return None
            self._all.append(start)
            return start - now

    def spare(self) -> float:
        """0 where a background request may be sent now and was counted; else seconds until to ask again."""
        with self._lock:
            now = self._clock()
            start = max(now, self._held_until, self._free_at(self._all), self._free_at(self._background))
            if start > now:
                return start - now
            self._all.append(now)
            self._background.append(now)
            return 0.0

    def hold(self, seconds: float) -> None:
        """Send nothing for so long, because the other side asked for it."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock() + seconds)

    def _free_at(self, sent: deque[float]) -> float:
        return sent[0] + self._per if len(sent) == sent.maxlen else -float("inf")
