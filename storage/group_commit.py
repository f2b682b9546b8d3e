"""Writes that wait for the disk at the same time share one transaction, up to 64 of them."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from storage import written
from storage.database import Database, at_once
from storage.errors import BusyError

T = TypeVar("T")
MOST = 64  # writes in one transaction: the first of many should not wait for the last


@dataclass(eq=False)
class _Write:
    run: Callable[[sqlite3.Connection], Any]
    done: asyncio.Future[Any]
    until: float  # the loop's time at which whoever asked is told that the database is busy


async def together(db: Database, run: Callable[[sqlite3.Connection], T]) -> T:
    """Write in a transaction that others may share, and return once it is committed.

    Nobody waits for others to come: what is there when the disk is free is written, as `at_once` does, so
    run has nothing but the connection. A ValueError of run, which it raises before it writes anything, is its
    own; after any other error of one of them each is written in a transaction of its own, so run may be
    called twice. Who is cancelled before their turn writes nothing. Raises BusyError, and nothing was
    written, where another process writes for as long as the database's patience.
    """
    loop = asyncio.get_running_loop()
    write = _Write(run, loop.create_future(), loop.time() + db.patience)
    db.waiting.append(write)
    if len(db.waiting) == 1:
        db.worker = asyncio.create_task(_work(db))
    answer = await write.done
    written.mark()  # the task that wrote it may be another's
    return answer


async def _work(db: Database) -> None:
    """Write what waits, and what comes meanwhile."""
    group: list[_Write] = []
    try:
        while db.waiting:
            group = db.waiting[:MOST]
            try:
                await _commit(db, group)
            except BusyError:
                # nothing was written; who asked later than the first may have some time left
                now = asyncio.get_running_loop().time()
                late = [write for write in db.waiting if write is group[0] or write.until <= now]
                db.waiting[:] = [write for write in db.waiting if write not in late]
                for write in late:
                    if not write.done.done():
                        write.done.set_exception(BusyError())
                continue
            except Exception:  # noqa: BLE001 - each is told its own below
                for write in group:
                    try:
                        await _commit(db, [write])
                    except Exception as error:  # noqa: BLE001 - it is the waiting caller's
                        if not write.done.done():
                            write.done.set_exception(error)
            del db.waiting[: len(group)]
    finally:
        left, db.waiting[:] = list(db.waiting), []
        for write in left:  # only where this was cancelled
            write.done.cancel()


async def _commit(db: Database, group: Sequence[_Write]) -> None:
    def run(connection: sqlite3.Connection) -> list[tuple[_Write, Any, ValueError | None]]:
        told: list[tuple[_Write, Any, ValueError | None]] = []
        for write in group:
            if write.done.done():  # asked here, for the file may have been busy until now
                continue
            try:
                told.append((write, write.run(connection), None))
            except ValueError as error:
                told.append((write, None, error))
        return told

    for write, answer, error in await at_once(db, run, until=group[0].until):
        if write.done.done():
            continue
        if error is None:
            write.done.set_result(answer)
        else:
            write.done.set_exception(error)
