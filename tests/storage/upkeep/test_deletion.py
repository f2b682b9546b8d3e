"""What is deleted is nowhere in the files, and what is kept for a while goes when that is over."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import Database, execute, transaction
from storage.members.privacy import PERSONAL_TABLES, delete, stored_about
from storage.members.questions import remember
from storage.upkeep.retention import drop_what_is_over
from tests.features.proposals.proposals import ADA as FURNISHED
from tests.storage.test_columns import furnish
from tests.storage.test_schema import plant, tables_of

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
ADA, BERT = 900719925474099301, 900719925474099302


@pytest.fixture
def raw(db: Database) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(db.path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def traces(file: Path, member_id: int) -> list[str]:
    """In which of the database's files a member's id stands, as text or as SQLite keeps it."""
    marks = (str(member_id).encode(), member_id.to_bytes(8, "big"))
    files = sorted(file.parent.glob(f"{file.name}*"))
    return [each.name for each in files if any(mark in each.read_bytes() for mark in marks)]


def names_in_rows(raw: sqlite3.Connection, member_id: int) -> list[str]:
    """The tables with a row in which a member's id stands, in whatever column and text."""
    return [
        table
        for table in tables_of(raw)
        if any(
            value == member_id or str(member_id) in str(value)
            for row in raw.execute(f"SELECT * FROM {table}")
            for value in tuple(row)
        )
    ]


async def test_after_a_deletion_no_file_has_a_trace_of_the_member(
    db: Database, raw: sqlite3.Connection
) -> None:
    # several times, so that there are pages that are freed; each text of a row has the member's id in it
    for table in PERSONAL_TABLES:
        plant(raw, table, ADA)
        plant(raw, table, BERT)
    for number in range(100):
        await remember(db, ADA, f"question {number} of {ADA} " * 40, {}, NOW)
    await remember(db, BERT, f"a question of {BERT}", {}, NOW)
    assert traces(db.path, ADA) != []
    await delete(db, ADA)
    assert traces(db.path, ADA) == []
    assert names_in_rows(raw, ADA) == []
    assert traces(db.path, BERT) != []
    assert all((await stored_about(db, BERT)).values())


async def test_nothing_that_the_bot_keeps_otherwise_names_who_has_left(
    db: Database, raw: sqlite3.Connection
) -> None:
    await furnish(db)
    assert len(names_in_rows(raw, FURNISHED)) > 10
    await delete(db, FURNISHED)
    assert names_in_rows(raw, FURNISHED) == []


@pytest.mark.parametrize(
    ("table", "column", "kept"),
    [
        ("asked_questions", "asked_at", timedelta(days=30)),
        ("typed_forms", "typed_at", timedelta(days=7)),
        ("verification_codes", "expires_at", timedelta(0)),
        ("told_troubles", "told_at", timedelta(days=7)),
    ],
)
async def test_what_is_kept_for_a_while_goes_when_that_is_over(
    db: Database, raw: sqlite3.Connection, table: str, column: str, kept: timedelta
) -> None:
    plant(raw, table, ADA)
    raw.execute(f"UPDATE {table} SET {column} = ?", (NOW.isoformat(timespec="microseconds"),))
    assert await drop_what_is_over(db, NOW + kept) == 0
    assert await drop_what_is_over(db, NOW + kept + timedelta(seconds=1)) == 1
    assert raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


async def test_what_a_write_replaces_leaves_no_text_behind(db: Database, raw: sqlite3.Connection) -> None:
    words = "a sentence that somebody takes back"
    async with transaction(db):
        await execute(db, "INSERT INTO command_syncs VALUES (1, ?, ?)", (words * 500, _TEXT))
    async with transaction(db):
        await execute(db, "DELETE FROM command_syncs")
    await delete(db, ADA)
    assert not any(words.encode() in each.read_bytes() for each in db.path.parent.glob(f"{db.path.name}*"))


_TEXT = "2031-05-04T12:00:00.000000+00:00"
