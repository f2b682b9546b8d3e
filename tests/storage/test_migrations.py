"""From any earlier version to the newest, once, and never back."""

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiosqlite
import pytest

from storage.database import (
    MIGRATIONS,
    Database,
    StorageError,
    execute,
    fetch_all,
    migrate,
    open_database,
    transaction,
)
from storage.members.links import link_of
from storage.proposals.cards import cards_behind, set_shown, state_of_card
from storage.server.settings import GuildSettings, settings_of
from tests.features.proposals.proposals import HERE, filed, without_limits

NEWEST = len(list(MIGRATIONS.iterdir()))

NEW_DATABASE = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute(f"PRAGMA journal_mode = {sys.argv[2]}")
connection.execute("CREATE TABLE of_tomorrow (a)")
connection.execute("PRAGMA user_version = 1000")
if sys.argv[3] == "is killed":
    os._exit(0)
connection.close()
"""


def version_and_tables(file: Path) -> tuple[int, set[str]]:
    with closing(sqlite3.connect(file)) as other:
        names = other.execute("SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'").fetchall()
        return other.execute("PRAGMA user_version").fetchone()[0], {name for (name,) in names}


def contents(folder: Path) -> dict[str, bytes]:
    # the -shm file is scratch space that any reader may write to
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


def make_newer_database(file: Path, journal: str, end: str) -> None:
    subprocess.run([sys.executable, "-c", NEW_DATABASE, str(file), journal, end], check=True)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "scripts"))


def add_script(scripts: Path, text: str, number: int = NEWEST + 1) -> None:
    (scripts / f"{number:04}_later.sql").write_text(text, encoding="utf-8")


def remove_after(number: int, scripts: Path) -> None:
    for later in sorted(scripts.iterdir())[number:]:
        later.unlink()


def test_the_scripts_are_numbered_without_a_gap() -> None:
    assert [path.name[:5] for path in sorted(MIGRATIONS.iterdir())] == [
        f"{n:04}_" for n in range(1, NEWEST + 1)
    ]


async def test_an_empty_file_becomes_the_newest_version(db: Database, file: Path) -> None:
    version, tables = version_and_tables(file)
    assert version == NEWEST
    assert {"account_links", "guild_settings", "asked_questions", "command_syncs"} <= tables


async def test_opening_again_changes_nothing(file: Path) -> None:
    await (await open_database(file)).close()
    before = contents(file.parent)
    await (await open_database(file)).close()
    assert contents(file.parent) == before


async def test_a_later_script_keeps_the_rows(db: Database, file: Path, scripts: Path) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("INSERT INTO command_syncs VALUES (1, 'abc', '2031-05-04T12:00:00.000000+00:00')")
    add_script(
        scripts,
        "-- A comment; with a semicolon.\nALTER TABLE command_syncs\nADD COLUMN note TEXT;\n\n"
        "CREATE TRIGGER noted AFTER UPDATE ON command_syncs BEGIN\n  SELECT 1;\n  SELECT 2;\nEND;\n"
        "UPDATE command_syncs SET note = 'a;b' -- and no semicolon at the end\n",
    )
    await migrate(db, scripts)
    await migrate(db, scripts)
    [row] = await fetch_all(db, "SELECT * FROM command_syncs")
    assert (row["digest"], row["note"]) == ("abc", "a;b")
    assert version_and_tables(file)[0] == NEWEST + 1


async def test_the_proposals_come_to_a_file_with_settings_and_leave_its_rows(
    file: Path, scripts: Path
) -> None:
    remove_after(3, scripts)
    old = Database(await aiosqlite.connect(file, isolation_level=None), file)
    await migrate(old, scripts)
    await old.close()
    with closing(sqlite3.connect(file)) as other, other:
        assert other.execute("PRAGMA user_version").fetchone() == (3,)
        other.execute("INSERT INTO guild_settings VALUES (7, 0, '2031-05-04T12:00:00.000000+00:00')")
        other.execute(
            "INSERT INTO account_links VALUES "
            "(8, 'quiet_heron', 'model', 'classic', '2031-05-04T12:00:00.000000+00:00')"
        )
    db = await open_database(file)
    assert await settings_of(db, 7) == GuildSettings(7, sharing=False)
    assert await link_of(db, 8) is not None
    assert (await filed(db, guild_id=7)).number == 1
    [secret] = await fetch_all(db, "SELECT name, value FROM secrets")
    assert (secret["name"], len(bytes.fromhex(secret["value"]))) == ("blocks", 32)
    await db.close()


async def test_cards_of_open_proposals_are_behind_once_they_tell_what_they_would_do(
    file: Path, scripts: Path
) -> None:
    remove_after(10, scripts)
    old = Database(await aiosqlite.connect(file, isolation_level=None), file)
    old.connection.row_factory = sqlite3.Row
    await migrate(old, scripts)
    await without_limits(old, HERE)
    # what is filed today is noted in a table more
    await old.connection.execute("CREATE TABLE openings (guild_id, kind, thing_id, fingerprint, opened_at)")
    for title, stage in (("Open", "idea"), ("Over", "closed")):
        stored = await filed(old, title)
        async with transaction(old):
            await execute(old, "UPDATE proposals SET stage = ?, channel = 5 WHERE title = ?", (stage, title))
        state = state_of_card(replace(stored, stage=stage), 0, 0, None, effect=True)
        await set_shown(old, HERE, stored.number, state)
    assert await cards_behind(old) == []
    await old.connection.execute("DROP TABLE openings")
    await old.close()
    db = await open_database(file)
    assert await cards_behind(db) == [(HERE, 1)], "nobody opens old threads to draw what has ended"
    await db.close()


async def test_every_file_has_its_own_secret(tmp_path: Path) -> None:
    secrets = set()
    for name in ("one", "other"):
        db = await open_database(tmp_path / name)
        secrets |= {row["value"] for row in await fetch_all(db, "SELECT value FROM secrets")}
        await db.close()
    assert len(secrets) == 2


async def test_a_script_that_fails_leaves_the_version_before_it(
    db: Database, file: Path, scripts: Path
) -> None:
    before = version_and_tables(file)
    add_script(scripts, "CREATE TABLE half (a);\nINSERT INTO nowhere VALUES (1);\n")
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        await migrate(db, scripts)
    assert version_and_tables(file) == before
    add_script(scripts, "CREATE TABLE whole (a);\n")
    await migrate(db, scripts)
    assert version_and_tables(file) == (NEWEST + 1, before[1] | {"whole"})


async def test_two_processes_that_find_the_same_old_version_migrate_once(file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("BEGIN IMMEDIATE")
        both = [Database(await aiosqlite.connect(file, isolation_level=None), file) for _ in range(2)]
        migrations = [asyncio.create_task(migrate(database)) for database in both]
        while not all(database.writer for database in both):
            await asyncio.to_thread(version_and_tables, file)
        other.execute("ROLLBACK")
    results = await asyncio.gather(*migrations, return_exceptions=True)
    for database in both:
        await database.close()
    assert results == [None, None]
    assert version_and_tables(file)[0] == NEWEST


@pytest.mark.slow
@pytest.mark.parametrize("end", ["is closed", "is killed"])
@pytest.mark.parametrize("journal", ["delete", "wal"])
async def test_a_newer_database_is_refused_and_left_alone(file: Path, journal: str, end: str) -> None:
    make_newer_database(file, journal, end)
    before = contents(file.parent)
    assert (f"{file.name}-wal" in before) == (journal == "wal" and end == "is killed")
    with pytest.raises(StorageError, match=r"newer version of the bot, so nothing was changed"):
        await open_database(file)
    assert contents(file.parent) == before


async def test_a_database_that_was_made_newer_meanwhile_is_refused(db: Database, file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA user_version = 1000")
    with pytest.raises(StorageError, match=r"newer version"):
        await migrate(db)
