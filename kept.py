"""What many ask for at once is worked out once and kept while it is true, and everybody gets their turn."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

MOST_KEPT = 64
AT_ONCE = 4  # questions that are worked on; each waits for Numerai or a thread most of its time
EACH = 2  # of them a member's
BUSY = "Two of your questions are being worked on: wait for an answer, then ask again."
LONG = 10.0  # seconds in a queue that are told at once

T = TypeVar("T")


class KeptResults:
    """Results by key, each made once for a version of what it is made of; who asks meanwhile waits."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, tuple[Hashable, asyncio.Task[Any]]] = OrderedDict()

    async def get(self, key: Hashable, version: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """The result for this key and version. What fails is not kept, and raises for all who wait for it."""
        there = self._made.get(key)
        if there is None or there[0] != version:
            there = (version, asyncio.ensure_future(_made(make)))
            self._made[key] = there
            there[1].add_done_callback(lambda task: self._forget_failed(key, task))
        self._made.move_to_end(key)
        while len(self._made) > self._most:
            self._made.popitem(last=False)
        return await asyncio.shield(there[1])  # who goes away stops nobody else's

    def _forget_failed(self, key: Hashable, task: asyncio.Task[Any]) -> None:
        failed = task.cancelled() or task.exception() is not None
        if failed and key in self._made and self._made[key][1] is task:
            del self._made[key]


async def _made(make: Callable[[], Awaitable[T]]) -> T:
    return await make()


class Turns:
    """Lets a few questions be worked on at once, and no member more than a part of them."""

    def __init__(self, at_once: int = AT_ONCE, each: int = EACH, busy: str = BUSY) -> None:
        self._at_once, self._each, self._busy = at_once, each, busy
        self._slots = asyncio.Semaphore(at_once)
        self._of: Counter[int] = Counter()
        self.lasts = 0.0  # seconds, of those that were worked on lately

    @property
    def wait(self) -> float:
        """Seconds until a question that comes now is worked on, as far as can be told."""
        waiting = self._of.total() - self._at_once + 1
        return max(waiting, 0) * self.lasts / self._at_once

    @asynccontextmanager
    async def turn(self, member_id: int, told: Callable[[float], Awaitable[object]]) -> AsyncGenerator[None]:
        """Wait for a turn, and hold it; told: says so to a member who has to wait long.

        Raises ValueError where as many of the member's questions are worked on, or wait, as may be.
        """
        if self._of[member_id] >= self._each:
            raise ValueError(self._busy)
        wait = self.wait
        self._of[member_id] += 1
        try:
            if wait > LONG:
                await told(wait)
            async with self._slots:
                loop = asyncio.get_running_loop()
                began = loop.time()
                yield
                lasted = loop.time() - began
                self.lasts = lasted if not self.lasts else 0.8 * self.lasts + 0.2 * lasted
        finally:
            self._of[member_id] -= 1
            if not self._of[member_id]:
                del self._of[member_id]
