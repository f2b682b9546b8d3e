"""A process killed in the middle of writing leaves what was there before."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import fetch_all, open_database
from storage.server.syncs import record_sync, synced_digest
from tests.patience import PATIENCE

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)

IN_A_TRANSACTION = """
import asyncio, sys
from storage.database import execute, open_database, transaction

async def main():
    db = await open_database(sys.argv[1])
    # so small that pages go to the disk before the commit
    await db.connection.execute_fetchall("PRAGMA cache_size = 1")
    async with transaction(db):
        await execute(db, "UPDATE command_syncs SET digest = 'new'")
        for number in range(2, 500):
            await execute(
                db,
                "INSERT INTO command_syncs VALUES (?, ?, '2031-05-04T12:00:00.000000+00:00')",
                (number, "long" * 100),
            )
        print("ready", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""

IN_A_MIGRATION = """
import asyncio, sys, threading
from pathlib import Path
import aiosqlite
from storage.database import Database, migrate

def pause(statement):
    if sys.argv[2] in statement:
        print("ready", flush=True)
        threading.Event().wait()

async def main():
    connection = await aiosqlite.connect(sys.argv[1], isolation_level=None)
    await connection.execute_fetchall("PRAGMA journal_mode = " + sys.argv[3])
    await connection.set_trace_callback(pause)
    await migrate(Database(connection, Path(sys.argv[1])))

asyncio.run(main())
"""

WITHOUT_CLOSING = """
import asyncio, sys
from storage.database import open_database

async def main():
    global kept
    kept = await open_database(sys.argv[1])
    raise SystemExit(3)

asyncio.run(main())
"""


def run_and_kill(program: str, *arguments: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        child.kill()
    assert line == "ready\n"


async def test_killed_in_a_transaction(file: Path) -> None:
    db = await open_database(file)
    await record_sync(db, 1, "old", NOW)
    await db.close()
    run_and_kill(IN_A_TRANSACTION, str(file))
    assert file.with_name(f"{file.name}-wal").stat().st_size > 100_000  # the half transaction is on the disk
    db = await open_database(file)
    assert await synced_digest(db, 1) == "old"
    assert len(await fetch_all(db, "SELECT 1 FROM command_syncs")) == 1
    await record_sync(db, 1, "newer", NOW)
    assert [tuple(row) for row in await fetch_all(db, "PRAGMA integrity_check")] == [("ok",)]
    await db.close()


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
@pytest.mark.parametrize("statement", ["CREATE TABLE asked_questions", "PRAGMA user_version = 1", "COMMIT"])
async def test_killed_in_a_migration(file: Path, statement: str, journal: str) -> None:
    run_and_kill(IN_A_MIGRATION, str(file), statement, journal)
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (0,)
        assert other.execute("SELECT name FROM sqlite_schema").fetchall() == []
    db = await open_database(file)
    await record_sync(db, 1, "abc", NOW)
    assert await synced_digest(db, 1) == "abc"
    await db.close()


def test_a_process_that_never_closes_still_ends(file: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WITHOUT_CLOSING, str(file)], cwd=ROOT, timeout=PATIENCE)
    assert ended.returncode == 3
