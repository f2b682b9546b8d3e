"""Opens the one SQLite connection, brings its file up to date, and lets one task at a time use it."""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage import written
from storage.errors import CLOSED, NEWER, BusyError, StorageError, plain_errors
from storage.upkeep.files import MIGRATIONS, look_before_opening, newest_version

T = TypeVar("T")
_AGAIN = 0.02  # seconds until what was busy is tried again


@dataclass(eq=False)
class Database:
    """The shared connection, the lock that hands it to one task, and the task inside a transaction."""

    connection: aiosqlite.Connection
    path: Path
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    writer: asyncio.Task[Any] | None = None
    waiting: list[Any] = field(default_factory=list)  # of storage.grouping
    worker: asyncio.Task[None] | None = None  # the same, kept from being collected
    closed: bool = False
    patience: float = 1.5  # seconds for another process to finish writing; Discord gives three for an answer

    async def close(self) -> None:
        """Close the connection after the transaction under way; whoever asks later gets a StorageError."""
        async with self.lock:
            self.closed = True
            await self.connection.close()


async def open_database(
    path: Path | str,
    *,
    busy_timeout_ms: int = 1500,
    before_migrating: Callable[[], object] | None = None,
) -> Database:
    """Open the file, make it and its folder if they are missing, and bring it to the newest version.

    before_migrating: called in a thread before a file that holds something is changed.
    """
    path = Path(path)
    await asyncio.to_thread(look_before_opening, path, busy_timeout_ms / 1000)
    connection = aiosqlite.connect(path, isolation_level=None, timeout=busy_timeout_ms / 1000)
    # aiosqlite's thread would otherwise keep a process alive that failed before it could close the database
    connection._thread.daemon = True  # pyright: ignore[reportPrivateUsage] - it has no public name
    db = Database(connection, path, patience=busy_timeout_ms / 1000)
    try:
        with plain_errors():
            await connection
            connection.row_factory = sqlite3.Row
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "secure_delete = ON",  # what is deleted is overwritten
            ):
                await connection.execute_fetchall(f"PRAGMA {pragma}")
        if before_migrating is not None and 0 < await _version(db) < newest_version():
            await asyncio.to_thread(before_migrating)
        await migrate(db)
        await checkpoint(db)
        # from here on nobody waits in the connection's thread, where all others would wait behind them
        await fetch_all(db, "PRAGMA busy_timeout = 0")
    except BaseException:
        await db.close()
        raise
    return db


@asynccontextmanager
async def transaction(db: Database, *, until: float | None = None) -> AsyncGenerator[None]:
    """Make all writes of the body happen, or none; the body stays in its task and awaits nothing but `db`.

    A cancelled body changes nothing. A cancellation that arrives during the commit comes too late to stop it:
    all was written, or nothing if the commit failed, and the caller is cancelled in both cases. Raises
    BusyError where another process still writes at `until`, a time of the loop; by itself that is when the
    database's patience ends.
    """
    if db.writer is asyncio.current_task():
        raise RuntimeError("a transaction inside a transaction")
    until = _patience_ends(db) if until is None else until
    while True:
        async with _turn(db):
            db.writer = asyncio.current_task()
            begun = False
            try:
                await _send(db, "BEGIN IMMEDIATE")
                begun = True
                yield
                await _send(db, "COMMIT")
                written.mark()
                return
            except BaseException as error:
                # A cancelled call stays in the queue of the connection's thread, which works in order. So
                # this rollback (it does nothing after a COMMIT) runs behind whatever was cancelled and before
                # the next task's first call, even if a second cancellation ends this wait early: no shield is
                # needed.
                await db.connection.rollback()
                if begun or not _may_wait(error, until):
                    raise
            finally:
                db.writer = None
        await asyncio.sleep(_AGAIN)  # others read meanwhile


async def at_once(db: Database, write: Callable[[sqlite3.Connection], T], *, until: float | None = None) -> T:
    """Make all writes of a function happen, or none, in one trip to the connection's thread, where it runs.

    It has nothing but the connection: whatever it needs of the event loop is asked for before. A transaction
    of six statements makes six trips else, and each waits for the loop. It may be called twice where the
    database is busy. A cancellation that arrives while it runs comes too late to stop it: all was written, or
    nothing if it failed, and the caller is cancelled in both cases. Raises BusyError as `transaction` does.
    """
    if db.writer is asyncio.current_task():
        raise RuntimeError("a transaction inside a transaction")

    def whole(connection: sqlite3.Connection) -> T:
        connection.execute("BEGIN IMMEDIATE")
        try:
            answer = write(connection)
            connection.execute("COMMIT")
        except BaseException:
            connection.rollback()  # it does nothing where SQLite has done so by itself
            raise
        return answer

    answer = await _sent(db, whole, until=until)
    written.mark()
    return answer


@asynccontextmanager
async def joined(db: Database) -> AsyncGenerator[None]:
    """The transaction that the caller is in, so that several writes are one; else one of its own."""
    if db.writer is asyncio.current_task():
        yield
        return
    async with transaction(db):
        yield


async def fetch_all(db: Database, sql: str, args: Sequence[Any] = ()) -> list[sqlite3.Row]:
    """Return every row of a query."""
    return list(await _send_alone(db, sql, args))


async def fetch_made(db: Database, made: Callable[[Any], T], sql: str, args: Sequence[Any] = ()) -> list[T]:
    """Return what a function makes of each row of a query, a plain tuple, in the connection's thread."""

    def fetch(connection: sqlite3.Connection) -> list[T]:
        cursor = connection.cursor()
        cursor.row_factory = None
        return list(map(made, cursor.execute(sql, args)))

    return await _sent(db, fetch)


async def fetch_one(db: Database, sql: str, args: Sequence[Any] = ()) -> sqlite3.Row | None:
    """Return the first row of a query, or None."""
    rows = await fetch_all(db, sql, args)
    return rows[0] if rows else None


async def execute(db: Database, sql: str, args: Sequence[Any] = ()) -> int:
    """Write inside a transaction, and return how many rows that changed."""
    if db.writer is not asyncio.current_task():
        raise RuntimeError("a write outside a transaction")
    with plain_errors():
        # closing the cursor would be one more trip to the connection's thread; a finished write holds nothing
        return (await db.connection.execute(sql, args)).rowcount


async def write_alone(db: Database, sql: str, args: Sequence[Any] = ()) -> None:
    """Write one statement that is a transaction of its own, without the two trips that begin and end one."""
    if db.writer is asyncio.current_task():
        raise RuntimeError("a write of its own inside a transaction")
    await _send_alone(db, sql, args)
    written.mark()


async def migrate(db: Database, folder: Path = MIGRATIONS) -> None:
    """Run the numbered scripts that the file has not seen, each in one transaction with its number."""
    scripts = _scripts(folder)
    version = await _version(db)
    if version > len(scripts):
        raise StorageError(NEWER)
    for number, script in enumerate(scripts[version:], start=version + 1):
        async with transaction(db):
            if await _version(db) < number:  # else another process has just done it
                for statement in _statements(script.read_text(encoding="utf-8")):
                    await execute(db, statement)
                await execute(db, f"PRAGMA user_version = {number}")


async def checkpoint(db: Database) -> None:
    """Write into the file what stands in its WAL, and empty that, unless somebody reads from it just now."""
    await fetch_all(db, "PRAGMA wal_checkpoint(TRUNCATE)")


def _scripts(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.sql"))


@asynccontextmanager
async def _turn(db: Database) -> AsyncGenerator[None]:
    # Everyone shares the connection, so a read amid another task's transaction would see rows that may yet be
    # rolled back. Reads therefore take the lock too. That costs little, for a transaction waits for nothing
    # but the disk; inside one, reads go straight through and see what it has written so far.
    if db.writer is asyncio.current_task():
        yield
        return
    async with db.lock:
        if db.closed:
            raise StorageError(CLOSED)
        yield


async def _send_alone(db: Database, sql: str, args: Sequence[Any] = ()) -> Iterable[sqlite3.Row]:
    def fetch(connection: sqlite3.Connection) -> list[sqlite3.Row]:
        return connection.execute(sql, args).fetchall()

    return await _sent(db, fetch)


async def _sent(
    db: Database, function: Callable[[sqlite3.Connection], T], *, until: float | None = None
) -> T:
    """What a function of the connection answers; again while another process keeps it from that."""
    until = _patience_ends(db) if until is None else until
    while True:
        try:
            async with _turn(db):
                with plain_errors():
                    # aiosqlite has no public name for running a function in the connection's thread
                    connection = db.connection._conn  # pyright: ignore[reportPrivateUsage]
                    return await db.connection._execute(function, connection)  # pyright: ignore
        except BusyError as error:
            if db.writer is asyncio.current_task() or not _may_wait(error, until):
                raise
        await asyncio.sleep(_AGAIN)


def _patience_ends(db: Database) -> float:
    return asyncio.get_running_loop().time() + db.patience


def _may_wait(error: BaseException, until: float) -> bool:
    return isinstance(error, BusyError) and asyncio.get_running_loop().time() < until


async def _send(db: Database, sql: str, args: Sequence[Any] = ()) -> Iterable[sqlite3.Row]:
    with plain_errors():
        return await db.connection.execute_fetchall(sql, args)


async def _version(db: Database) -> int:
    row = await fetch_one(db, "PRAGMA user_version")
    return row[0] if row else 0


def _statements(script: str) -> Iterator[str]:
    # executescript would commit the transaction it is called in
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    yield statement
