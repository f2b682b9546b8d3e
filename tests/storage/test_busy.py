"""While another process holds the file, all who wait are told in time; nothing is lost or doubled."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import Database, StorageError, fetch_one, open_database
from storage.errors import BusyError
from storage.group_commit import together
from storage.members.questions import remember
from storage.server.settings import set_sharing

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
async def db(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file, busy_timeout_ms=300)
    yield database
    await database.close()


@pytest.fixture
def other(database_file: Path, db: Database) -> Iterator[sqlite3.Connection]:
    """Another process's connection, which holds the file."""
    with closing(sqlite3.connect(database_file, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield connection


def cast(db: Database, number: int) -> "asyncio.Task[int]":
    """Write as ballots are written."""

    def write(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO command_syncs VALUES (?, 'a', ?)", (number, _TEXT))
        return number

    return asyncio.create_task(together(db, write))


_TEXT = "2031-05-04T12:00:00.000000+00:00"


async def written(db: Database) -> int:
    row = await fetch_one(db, "SELECT count(*) FROM command_syncs")
    assert row is not None
    return row[0]


@pytest.mark.slow
async def test_who_waits_together_is_told_together(db: Database, other: sqlite3.Connection) -> None:
    waiting = [cast(db, number) for number in range(11)]
    with pytest.raises(BusyError, match=r"database is busy, so nothing was changed; try again in a minute"):
        await waiting[0]
    other.execute("ROLLBACK")  # too late for all of them: no one waits behind another
    for each in waiting[1:]:
        with pytest.raises(BusyError):
            await each
    assert await written(db) == 0
    again = [cast(db, number) for number in range(11)]
    assert await asyncio.gather(*again) == list(range(11))
    assert await written(db) == 11


@pytest.mark.slow
async def test_who_comes_later_has_a_patience_of_their_own(db: Database, other: sqlite3.Connection) -> None:
    db.patience = 0.5
    early = [cast(db, number) for number in range(3)]
    await asyncio.sleep(0)
    db.patience = 60.0
    late = [cast(db, number) for number in range(3, 6)]
    for each in early:
        with pytest.raises(BusyError):
            await each
    assert not any(each.done() for each in late)
    other.execute("ROLLBACK")
    assert await asyncio.gather(*late) == [3, 4, 5]
    assert await written(db) == 3


@pytest.mark.slow
async def test_every_kind_of_write_that_waits_is_told_together(
    db: Database, other: sqlite3.Connection
) -> None:
    waiting = [
        *(asyncio.create_task(set_sharing(db, guild, False, NOW)) for guild in range(5)),
        *(asyncio.create_task(remember(db, member, "a", {}, NOW)) for member in range(5)),
        *(cast(db, number) for number in range(5)),
    ]
    done, left = await asyncio.wait(waiting, return_when=asyncio.FIRST_EXCEPTION)
    assert done
    await asyncio.wait(left)
    assert all(isinstance(each.exception(), StorageError) for each in waiting)
    other.execute("ROLLBACK")
    assert await written(db) == 0
    await set_sharing(db, 1, False, NOW)


async def test_others_read_while_a_write_waits(db: Database, other: sqlite3.Connection) -> None:
    db.patience = 60.0
    waiting = [cast(db, 1), asyncio.create_task(set_sharing(db, 2, False, NOW))]
    for _ in range(20):
        assert await written(db) == 0
    assert not any(each.done() for each in waiting)
    other.execute("ROLLBACK")
    await asyncio.gather(*waiting)
    assert await written(db) == 1


async def test_who_gives_up_while_waiting_writes_nothing(db: Database, other: sqlite3.Connection) -> None:
    db.patience = 60.0
    waiting = [cast(db, 1), cast(db, 2), asyncio.create_task(set_sharing(db, 2, False, NOW))]
    for _ in range(5):
        await written(db)
    waiting[0].cancel()
    waiting[2].cancel()
    other.execute("ROLLBACK")
    assert await waiting[1] == 2
    await asyncio.wait(waiting)
    assert [each.cancelled() for each in waiting] == [True, False, True]
    assert await written(db) == 1
