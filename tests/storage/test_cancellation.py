"""A transaction cancelled at any moment leaves all or nothing, and the connection free for the next task."""

import asyncio
import itertools
from collections.abc import Coroutine, Generator
from datetime import UTC, datetime
from functools import partial
from typing import Any

from storage.database import Database, execute, fetch_all, transaction
from storage.server.settings import set_sharing, settings_of
from tests.pairs import insert_pair, next_user_is_well, rows_in_file

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


class CancelledAt:
    """Awaits a coroutine and cancels the task it runs in when it waits for the n-th time."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], points: set[int]) -> None:
        self.coroutine = coroutine
        self.points = points

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self.coroutine.__await__()
        step = partial(next, inner)
        for point in itertools.count(1):
            try:
                waiting_for = step()
            except StopIteration as finished:
                return finished.value
            task = asyncio.current_task()
            assert task is not None
            if point in self.points:
                task.cancel()
            try:
                step = partial(inner.send, (yield waiting_for))
            except BaseException as error:  # noqa: BLE001
                step = partial(inner.throw, error)


async def is_cancelled_at(coroutine: Coroutine[Any, Any, Any], points: set[int]) -> bool:
    async def run() -> None:
        await CancelledAt(coroutine, points)

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()
    return task.cancelled()


async def clear(db: Database) -> None:
    async with transaction(db):
        await execute(db, "DELETE FROM guild_settings")


async def test_a_transaction_cancelled_wherever_it_waits(db: Database) -> None:
    outcomes = []
    for point in itertools.count(1):
        cancelled = await is_cancelled_at(insert_pair(db), {point})
        await next_user_is_well(db)
        outcomes.append(rows_in_file(db))
        await clear(db)
        if not cancelled:
            break
    *before_commit, at_commit, never = outcomes
    assert len(before_commit) >= 4
    assert set(before_commit) == {0}
    assert at_commit == never == 2


async def test_a_transaction_cancelled_twice(db: Database) -> None:
    for point in itertools.count(1):
        # the second one ends the wait for the rollback
        cancelled = await is_cancelled_at(insert_pair(db), {point, point + 1})
        await next_user_is_well(db)
        assert rows_in_file(db) in (0, 2)
        await clear(db)
        if not cancelled:
            break
    assert point > 4


async def test_others_go_on_when_one_in_the_middle_of_them_is_cancelled(db: Database) -> None:
    for point in itertools.count(1):
        others = [asyncio.create_task(set_sharing(db, guild_id, False, NOW)) for guild_id in range(10, 20)]
        cancelled = await is_cancelled_at(insert_pair(db), {point})
        later = [asyncio.create_task(set_sharing(db, guild_id, False, NOW)) for guild_id in range(20, 30)]
        await asyncio.gather(*others, *later)
        assert len(await fetch_all(db, "SELECT 1 FROM guild_settings WHERE guild_id >= 10")) == 20
        assert rows_in_file(db) in (0, 2)
        await clear(db)
        if not cancelled:
            break
    assert point > 5  # one more than alone: the wait for its turn


async def test_a_cancelled_read_leaves_the_connection_free(db: Database) -> None:
    assert await is_cancelled_at(settings_of(db, 3), {1})
    await next_user_is_well(db)
