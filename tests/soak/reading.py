"""A day of 500 linked accounts at an API that allows 60 requests a minute: python -m tests.soak.reading.

The bot's own reading, the API and its connections are real; only time is not: it goes on as soon as everybody
waits for it alone.
"""

import argparse
import asyncio
import random
import selectors
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from features.digest import reading
from features.earnings.earnings import pay_record
from storage.database import Database, open_database
from storage.members.links import AccountLink, set_link
from tests.numerai_data import NOW, Invented
from tests.numerai_server import LoopbackNumerai
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.source import SourceError, asker

ACCOUNTS, MODELS = 500, 5
LONGEST_ANSWER, LONGEST_STARVED = 3.0, 2.0  # seconds, hours
ARRIVAL = 0.0005  # real seconds that a message on this machine may be on its way


class _Selector(selectors.DefaultSelector):
    """Waits for real work; where there is none, the time has passed at once."""

    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0
        self.is_at_work: Callable[[], bool] = lambda: False

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            self.passed += 1e-6
            return ready
        while self.is_at_work():
            ready = super().select(0.01)
            if ready:
                return ready
        ready = super().select(ARRIVAL)
        if ready or self.is_at_work():
            return ready
        if timeout is None:
            return super().select(1.0)
        self.passed += timeout + 1e-6
        return []


class WorkingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time stands still while a thread or a connection is at work."""

    def __init__(self) -> None:
        self._working = _Selector()
        self._threads = 0
        super().__init__(self._working)

    def time(self) -> float:
        """Seconds since it began."""
        return self._working.passed

    def watch(self, database: Database) -> None:
        """Let time stand still while the database works, too."""
        self._working.is_at_work = lambda: self._threads > 0 or database.lock.locked()

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        """Count what is under way in threads."""
        self._threads += 1
        future: asyncio.Future[Any] = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._one_less)
        return future

    def _one_less(self, _: "Future[Any] | asyncio.Future[Any]") -> None:
        self._threads -= 1


@dataclass
class Seen:
    """What a day was like: seconds of each answer, hours that each model waited, refusals of the API."""

    answers: list[float] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    refused_members: list[str] = field(default_factory=list)
    starved: list[float] = field(default_factory=list)  # hours since a model was last read, at its worst
    requests: int = 0
    over_the_limit: int = 0


async def live(folder: Path, hours: float, *, accounts: int, rush: int, seed: int, latency: float) -> Seen:
    """Live some hours with these many linked accounts; rush: how many ask at the same moment once an hour."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, WorkingLoop)
    rng, seen = random.Random(seed), Seen()

    def now() -> datetime:
        return NOW + timedelta(seconds=loop.time())

    database = await open_database(folder / "day.sqlite3")
    loop.watch(database)
    async with LoopbackNumerai(latency=latency, first_round=1396) as api:
        api.clock = loop.time
        api.largest_page = 1000
        api.allow(60, 60.0)
        owned = [
            Invented(f"linked_{n:03}_{k}", f"linked_{n:03}", 10.0 + n)
            for n in range(accounts)
            for k in range(MODELS)
        ]
        api.models = {model.name: model for model in owned}
        for n in range(accounts):
            await set_link(database, AccountLink(1000 + n, f"linked_{n:03}", "account", "classic", now()))
        source = NumeraiSource(
            database, address=api.address, now=now, throttle=Throttle(clock=loop.time), clock=loop.time
        )
        lanes = [asyncio.create_task(_lane(database, source, lane, now)) for lane in reading.LANES]
        asking = asyncio.create_task(_members(source, accounts, rush, rng, seen))
        read: dict[str, float] = {}
        end = 3600.0 * hours
        told = 0
        while loop.time() < end:
            await asyncio.sleep(60.0)
            for asked in api.requests[told:]:
                if asked.root == "v2RoundModelPerformances":
                    read[asked.variables["modelId"]] = loop.time()
            told = len(api.requests)
            waited = [loop.time() - read.get(model.id, 0.0) for model in owned]
            seen.starved.append(max(waited) / 3600)
        for task in (*lanes, asking):
            task.cancel()
        await asyncio.gather(*lanes, asking, return_exceptions=True)
        seen.requests, seen.over_the_limit = len(api.requests), api.refused
        await source.close()
    await database.close()
    return seen


async def _lane(
    database: Database, source: NumeraiSource, lane: tuple[str, ...], now: Callable[[], datetime]
) -> None:
    """What the clock does with a lane: each thing again a quarter of an hour after it was done."""
    done: dict[str, datetime] = {}
    while True:
        for what in lane:
            if what not in done or now() - done[what] >= reading.EVERY:
                try:
                    await reading.read_ahead(database, source, what, now())
                except SourceError:
                    continue
                done[what] = now()
        await asyncio.sleep(60.0)


async def _members(source: NumeraiSource, accounts: int, rush: int, rng: random.Random, seen: Seen) -> None:
    """Somebody asks about their account every minute or two, and later once an hour many do at once."""
    asking: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    next_rush = 2 * 3600.0  # once everybody was read
    while True:
        await asyncio.sleep(rng.expovariate(1 / 90.0))
        many = rush if loop.time() >= next_rush else 1
        next_rush += 3600.0 * (many > 1)
        for _ in range(many):
            task = asyncio.create_task(_ask(source, rng.randrange(accounts), seen))
            asking.add(task)
            task.add_done_callback(asking.discard)


async def _ask(source: NumeraiSource, n: int, seen: Seen) -> None:
    asker.set(1000 + n)
    started = asyncio.get_running_loop().time()
    try:
        await pay_record(source, f"linked_{n:03}")
    except SourceError as error:
        seen.refused_members.append(str(error))
    else:
        took = asyncio.get_running_loop().time() - started
        seen.answers.append(took)
        if took > LONGEST_ANSWER:
            seen.slow.append(f"{took:.2f} s in hour {started / 3600:.2f}")


def lived(
    hours: float, *, accounts: int = ACCOUNTS, rush: int = 10, seed: int = 1, latency: float = 0.2
) -> Seen:
    """A day, or a part of one, in simulated time."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=WorkingLoop) as runner:
        return runner.run(live(Path(folder), hours, accounts=accounts, rush=rush, seed=seed, latency=latency))


def main() -> int:
    """`python -m tests.soak.reading [--hours H]`: the figures, and 1 where a bound is broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    seen = lived(asked.hours, seed=asked.seed)
    answers = sorted(seen.answers)
    print(
        f"{len(answers)} answers: median {answers[len(answers) // 2]:.2f} s, "
        f"slowest {answers[-1]:.2f} s; {len(seen.refused_members)} refused; "
        f"{seen.requests} requests, {seen.over_the_limit} over the limit; "
        f"longest without being read {max(seen.starved):.2f} h"
    )
    for each in seen.slow:
        print(f"  an answer took {each}")
    for each in sorted(set(seen.refused_members)):
        print(f"  {seen.refused_members.count(each)} x {each}")
    wrong = answers[-1] > LONGEST_ANSWER or seen.over_the_limit or max(seen.starved) > LONGEST_STARVED
    return 1 if wrong or seen.refused_members else 0


if __name__ == "__main__":
    sys.exit(main())
