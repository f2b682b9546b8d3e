"""Opening the file, and every way it can refuse."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import aiosqlite
import pytest

from storage.database import Database, StorageError, execute, fetch_one, open_database, transaction
from storage.server.settings import set_sharing, settings_of
from storage.server.syncs import record_sync, synced_digest

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


def read(file: Path) -> bytes:
    return file.read_bytes()


def write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def version_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as other:
        return other.execute("PRAGMA user_version").fetchone()[0]


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 0)],
)
async def test_the_connection_is_set_up(db: Database, pragma: str, value: object) -> None:
    row = await fetch_one(db, f"PRAGMA {pragma}")
    assert row is not None
    assert row[0] == value


async def test_the_patience_is_the_callers(file: Path) -> None:
    db = await open_database(file, busy_timeout_ms=150)
    await db.close()
    assert db.patience == 0.15


async def test_missing_folders_are_made(tmp_path: Path) -> None:
    db = await open_database(tmp_path / "a place" / "not there yet?" / "50%.sqlite3")
    await set_sharing(db, 7, False, NOW)
    await db.close()
    again = await open_database(str(db.path))
    assert not (await settings_of(again, 7)).sharing
    await again.close()


async def test_a_folder_that_cannot_be_made_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("in the way", encoding="utf-8")
    with pytest.raises(StorageError, match=r"could not be opened, so nothing was changed"):
        await open_database(tmp_path / "a file" / "bot.sqlite3")


async def test_a_folder_in_place_of_the_file_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"could not be opened, so nothing was changed"):
        await open_database(tmp_path)


@pytest.mark.parametrize("text", ["These are not the rows you are looking for. " * 100, "short"])
async def test_a_file_that_is_no_database_is_left_alone(file: Path, text: str) -> None:
    write(file, text.encode())
    with pytest.raises(StorageError, match=r"damaged or is not a database, so nothing was changed"):
        await open_database(file)
    assert read(file) == text.encode()
    assert list(file.parent.iterdir()) == [file]


async def damage(file: Path) -> bytes:
    """Spoil a page of a table, and return what the file holds then."""
    db = await open_database(file)
    await db.close()
    with closing(sqlite3.connect(file)) as other:
        [page] = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'guild_settings'").fetchone()
    whole = read(file)
    write(file, whole[: (page - 1) * 4096] + b"\xff" * 4096 + whole[page * 4096 :])
    return read(file)


async def test_a_damaged_page_is_found_at_the_start_and_the_way_out_is_told(file: Path) -> None:
    damaged = await damage(file)
    with pytest.raises(StorageError, match=r"damaged .* nothing was changed.*python bot\.py restore COPY"):
        await open_database(file)
    assert read(file) == damaged
    assert list(file.parent.iterdir()) == [file]


async def test_a_page_that_is_damaged_meanwhile_gets_a_sentence(file: Path) -> None:
    db = await open_database(file)
    await db.connection.execute_fetchall("PRAGMA cache_size = 1")
    with closing(sqlite3.connect(file)) as other:
        [page] = other.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'guild_settings'").fetchone()
    with file.open("r+b") as spoilt:
        spoilt.seek((page - 1) * 4096)
        spoilt.write(b"\xff" * 4096)
    with pytest.raises(StorageError, match=r"damaged .* nothing was changed"):
        await settings_of(db, 7)
    await db.close()


async def test_a_write_while_another_process_writes(file: Path) -> None:
    db = await open_database(file, busy_timeout_ms=0)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match=r"busy, so nothing was changed; try again in a minute"):
            await set_sharing(db, 7, False, NOW)
        assert (await settings_of(db, 7)).sharing
        other.execute("ROLLBACK")
    await set_sharing(db, 7, False, NOW)
    assert not (await settings_of(db, 7)).sharing
    await db.close()


async def test_a_write_waits_for_another_process_to_finish(db: Database) -> None:
    other = sqlite3.connect(db.path, isolation_level=None, check_same_thread=False)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        write = asyncio.create_task(set_sharing(db, 7, False, NOW))
        for _ in range(5):
            assert (await settings_of(db, 7)).sharing, "others read meanwhile"
        assert not write.done()
        other.execute("COMMIT")
        await write
    assert not (await settings_of(db, 7)).sharing


async def test_opening_while_another_process_holds_the_file(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match=r"busy, so nothing was changed"):
            await open_database(file, busy_timeout_ms=0)
        other.execute("ROLLBACK")
    db = await open_database(file, busy_timeout_ms=0)
    assert await synced_digest(db, 1) is None
    await db.close()


async def test_a_connection_that_may_only_query(db: Database) -> None:
    await db.connection.execute_fetchall("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match=r"read-only, so nothing was changed"):
        await record_sync(db, 1, "abc", NOW)
    await db.connection.execute_fetchall("PRAGMA query_only = OFF")
    await record_sync(db, 1, "abc", NOW)
    assert await synced_digest(db, 1) == "abc"


async def test_a_read_only_file_can_be_read(db: Database) -> None:
    await record_sync(db, 1, "abc", NOW)
    address = f"{db.path.as_uri()}?mode=ro"
    async with aiosqlite.connect(address, uri=True, isolation_level=None) as connection:
        connection.row_factory = sqlite3.Row
        read_only = Database(connection, db.path)
        assert await synced_digest(read_only, 1) == "abc"
        with pytest.raises(StorageError, match=r"read-only, so nothing was changed"):
            await record_sync(read_only, 1, "def", NOW)
        assert await synced_digest(read_only, 1) == "abc"


async def test_a_full_disk(db: Database) -> None:
    await record_sync(db, 1, "abc", NOW)
    await db.connection.execute_fetchall("PRAGMA max_page_count = 1")  # SQLite raises it to what is in use
    with pytest.raises(StorageError, match=r"full, so nothing was changed"):
        await record_sync(db, 1, "d" * 100_000, NOW)
    assert await synced_digest(db, 1) == "abc"
    await db.connection.execute_fetchall("PRAGMA max_page_count = 100000")
    await record_sync(db, 1, "d" * 100_000, NOW)
    assert await synced_digest(db, 1) == "d" * 100_000


async def test_every_other_error_stays_what_it_is(db: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await fetch_one(db, "SELECT 1 FROM nowhere")
    with pytest.raises(sqlite3.IntegrityError):
        async with transaction(db):
            await execute(db, "INSERT INTO command_syncs VALUES (1, 'abc', ?)", (NOW.isoformat(),))


async def test_a_closed_database_says_so_and_closes_twice(file: Path) -> None:
    db = await open_database(file)
    await db.close()
    await db.close()
    with pytest.raises(StorageError, match=r"shutting down, so nothing was changed"):
        await synced_digest(db, 1)
    with pytest.raises(StorageError, match=r"shutting down, so nothing was changed"):
        await record_sync(db, 1, "abc", NOW)


async def test_a_closed_database_leaves_one_file(file: Path) -> None:
    db = await open_database(file)
    await record_sync(db, 1, "abc", NOW)
    await db.close()
    assert list(file.parent.iterdir()) == [file]
    assert version_in(file) >= 1
