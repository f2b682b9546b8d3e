"""Copies of a database at work, the way back, and what is refused before it is opened."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiosqlite
import pytest

from storage.database import MIGRATIONS, Database, StorageError, migrate, open_database
from storage.market.whole_rounds import PackedRound, keep_round
from storage.server.syncs import record_sync, synced_digest
from storage.upkeep.files import Copies, beside, copy_database
from storage.upkeep.lease import back_up, open_alone, restore

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def careless() -> Iterator[None]:
    """A host whose new files everybody may read."""
    before = os.umask(0o000)
    yield
    os.umask(before)


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "backups", 7)


def counted(file: Path, table: str = "command_syncs") -> int:
    with closing(sqlite3.connect(file)) as other:
        return other.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def put(file: Path, content: bytes | None) -> None:
    file.unlink()
    if content is not None:
        file.write_bytes(content)


def modes(folder: Path) -> dict[str, str]:
    return {file.name: oct(file.stat().st_mode & 0o777) for file in folder.rglob("*") if file.is_file()}


async def test_a_copied_file_of_a_database_at_work_has_every_table(file: Path, tmp_path: Path) -> None:
    db = await open_database(file)
    copy = Path(shutil.copy(file, tmp_path / "copy.sqlite3"))
    assert counted(copy) == 0, "what was written since is in the WAL, the tables are not"
    await db.close()


@pytest.mark.parametrize("there", [True, False])
async def test_only_the_owner_reads_any_of_its_files(
    file: Path, copies: Copies, tmp_path: Path, there: bool
) -> None:
    if there:
        with closing(sqlite3.connect(file)) as other:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("CREATE TABLE kept (a)")
        assert modes(tmp_path)[file.name] == "0o644"
    db, lease = await open_alone(file, copies, lambda: NOW)
    copies.make(file, NOW)
    found = modes(file.parent)
    assert {f"{file.name}{ending}" for ending in ("", "-wal", "-shm", "-lease")} <= set(found)
    assert len(found) == 5
    assert set(found.values()) == {"0o600"}
    await db.close()
    lease.release()


async def test_a_copy_is_whole_to_a_moment_while_writes_go_on(db: Database, tmp_path: Path) -> None:
    async def write() -> None:
        for number in range(300):
            await record_sync(db, number, "a" * 500, NOW)

    writing = asyncio.create_task(write())
    made = []
    while not writing.done():
        copy = tmp_path / f"copy-{len(made)}.sqlite3"
        await asyncio.to_thread(back_up, db.path, copy)
        made.append(counted(copy))
        with closing(sqlite3.connect(copy)) as other:
            assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    await writing
    assert made == sorted(made)
    assert len(made) > 1


async def test_a_copy_replaces_nothing(db: Database, tmp_path: Path) -> None:
    there = tmp_path / "there.txt"
    there.write_text("a letter", encoding="utf-8")
    with pytest.raises(StorageError, match=r"is there already, so nothing was copied"):
        back_up(db.path, there)
    assert there.read_text(encoding="utf-8") == "a letter"
    with pytest.raises(StorageError, match=r"There is no database at .*nowhere"):
        back_up(tmp_path / "nowhere.sqlite3", tmp_path / "copy.sqlite3")
    with pytest.raises(StorageError, match=r"can't be written"):
        back_up(db.path, there / "copy.sqlite3")
    assert not any("copy" in name for name in contents(tmp_path))


def test_copies_are_made_daily_and_kept_for_as_many_days(db: Database, copies: Copies) -> None:
    for hour in range(24 * 12):
        now = NOW + timedelta(hours=hour)
        if copies.are_due(db.path, now):
            copies.make(db.path, now)
    assert [moment for moment, _ in copies.made(db.path)] == [NOW + DAY * day for day in range(5, 12)]
    assert not Copies(copies.folder, 0).are_due(db.path, NOW)


def test_a_copy_of_a_clock_that_ran_ahead_puts_off_none(db: Database, copies: Copies) -> None:
    copies.make(db.path, NOW + 30 * DAY)
    assert copies.are_due(db.path, NOW)
    copies.make(db.path, NOW)
    assert not copies.are_due(db.path, NOW + timedelta(hours=1))
    assert len(copies.made(db.path)) == 2


async def test_a_file_is_copied_before_it_is_brought_up_to_date(
    file: Path, tmp_path: Path, copies: Copies, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "roundtable.storage")
    folder = tmp_path / "scripts"
    folder.mkdir()
    for script in sorted(MIGRATIONS.glob("*.sql"))[:-1]:
        shutil.copy(script, folder)
    old = Database(await aiosqlite.connect(file, isolation_level=None), file)
    await migrate(old, folder)
    await record_sync(old, 1, "abc", NOW)
    await old.close()
    for _ in range(2):
        db, lease = await open_alone(file, copies, lambda: NOW)
        await db.close()
        lease.release()
    [(_, copy)] = copies.made(file)
    [line] = caplog.records
    assert line.getMessage() == "the database is brought to a newer version: copied to go back to"
    assert line.__dict__["fields"] == {"copy": str(copy)}
    with closing(sqlite3.connect(copy)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(list(folder.iterdir())),)
        assert other.execute("SELECT digest FROM command_syncs").fetchone() == ("abc",)


async def killed(file: Path, copies: Copies, *digests: str, wal: bool = True, beats: int = 0) -> None:
    """Leave what a bot leaves that is killed, with or without its WAL."""
    left = file.parent / "left"
    left.mkdir()
    db, lease = await open_alone(file, copies, lambda: NOW)
    for digest in digests:
        await record_sync(db, 0, digest, NOW)
    for _ in range(beats):
        await lease.beat(db, NOW)
    for ending in ("", "-wal", "-lease") if wal else ("", "-lease"):
        shutil.copy(f"{file}{ending}", left)
    await db.close()
    lease.release()
    for each in left.iterdir():
        each.replace(file.parent / each.name)
    left.rmdir()


async def opens(file: Path, copies: Copies) -> str | None:
    db, lease = await open_alone(file, copies, lambda: NOW)
    digest = await synced_digest(db, 0)
    await db.close()
    lease.release()
    return digest


@pytest.mark.parametrize("beats", [0, 1, 50])
async def test_a_lost_wal_is_refused_and_a_copy_goes_on(
    file: Path, copies: Copies, tmp_path: Path, beats: int
) -> None:
    copy = tmp_path / "copy.sqlite3"
    await killed(file, copies, "first")
    back_up(file, copy)
    await killed(file, copies, "second", "third" * 1000, wal=False, beats=beats)
    before = contents(tmp_path)
    for _ in range(2):
        with pytest.raises(StorageError, match=r"holds less than was written to it .*-wal file is missing"):
            await opens(file, copies)
        assert contents(tmp_path) == before
    assert f"{file} is now what {copy} holds. What was there before is now {file}.2031" in restore(
        file, copy, NOW
    )
    assert await opens(file, copies) == "first"


async def test_with_its_wal_what_a_kill_left_opens(file: Path, copies: Copies) -> None:
    await killed(file, copies, "first")
    assert await opens(file, copies) == "first"


async def test_what_somebody_else_folded_into_the_file_is_not_lost(file: Path, copies: Copies) -> None:
    await killed(file, copies, "first")
    with closing(sqlite3.connect(file)) as looking:
        assert looking.execute("SELECT digest FROM command_syncs").fetchone() == ("first",)
    assert not beside(file, "wal").exists()
    assert await opens(file, copies) == "first"


async def test_a_beat_takes_what_was_written_into_the_file(
    file: Path, copies: Copies, tmp_path: Path
) -> None:
    await killed(file, copies, "first", wal=False, beats=1)
    assert counted(Path(shutil.copy(file, tmp_path / "alone.sqlite3"))) == 1


@pytest.mark.parametrize("how", ["an older copy", "no file", "an empty file"])
async def test_less_than_was_written_is_refused(file: Path, copies: Copies, how: str) -> None:
    await opens(file, copies)
    older = contents(file.parent)[file.name]
    await opens(file, copies)
    put(file, {"an older copy": older, "an empty file": b""}.get(how))
    before = contents(file.parent)
    with pytest.raises(StorageError, match=r"holds less than was written .*python bot\.py restore COPY"):
        await opens(file, copies)
    assert contents(file.parent) == before


async def test_restoring_the_file_itself_goes_on_with_what_is_left(file: Path, copies: Copies) -> None:
    await killed(file, copies, "first", wal=False)
    with pytest.raises(StorageError, match="holds less"):
        await opens(file, copies)
    restore(file, file, NOW)
    assert await opens(file, copies) is None


@pytest.mark.parametrize("copy", ["no database", "another database", "nothing", "newer", "damaged"])
async def test_what_is_no_copy_is_refused_and_nothing_is_changed(
    file: Path, copies: Copies, tmp_path: Path, copy: str
) -> None:
    assert await opens(file, copies) is None
    bad = tmp_path / "bad.sqlite3"
    if copy == "no database":
        bad.write_text("a letter" * 1000, encoding="utf-8")
    elif copy != "nothing":
        with closing(sqlite3.connect(bad)) as other:
            other.execute("CREATE TABLE kept (a)")
            other.executemany("INSERT INTO kept VALUES (?)", [("a" * 3000,)] * 20)
            other.execute(
                f"PRAGMA user_version = {999 if copy == 'newer' else 3 if copy == 'damaged' else 0}"
            )
            other.commit()
        if copy == "damaged":
            whole = contents(tmp_path)[bad.name]
            put(bad, whole[: 2 * 4096] + b"\xff" * 4096 + whole[3 * 4096 :])
    before = contents(tmp_path)
    with pytest.raises(StorageError, match=r"so nothing was changed"):
        restore(file, bad, NOW)
    assert contents(tmp_path) == before


def test_a_copy_of_a_copy_is_the_same(db: Database, tmp_path: Path) -> None:
    copy_database(db.path, tmp_path / "one.sqlite3")
    copy_database(tmp_path / "one.sqlite3", tmp_path / "two.sqlite3")
    with closing(sqlite3.connect(tmp_path / "two.sqlite3")) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (len(list(MIGRATIONS.iterdir())),)


async def test_a_copy_does_without_what_is_read_from_numerai_again(db: Database, tmp_path: Path) -> None:
    await record_sync(db, 7, "5eed", NOW)
    for number in range(20):
        kept = PackedRound(number, True, "{}", os.urandom(100_000), NOW)
        await keep_round(db, "classic", kept, [(number, f"id_{number}", f"model_{number}")])
    copy = tmp_path / "copy.sqlite3"
    # a journal of a copy that was killed
    (tmp_path / "copy.sqlite3.part-journal").write_bytes(b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7" * 200)
    copy_database(db.path, copy)
    assert (counted(copy), counted(copy, "whole_rounds"), counted(copy, "field_models")) == (1, 0, 0)
    assert (counted(db.path, "whole_rounds"), counted(db.path, "field_models")) == (20, 20)
    assert copy.stat().st_size < 1_000_000
    assert modes(tmp_path)[copy.name] == "0o600"
