"""What holds for every table, also for one that is yet to come."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from storage.database import Database
from storage.members.privacy import PERSONAL_TABLES, delete, export, stored_about

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
ADA, BERT = 900719925474099301, 900719925474099302
# user_id, thread_author, closed_by: a column that ends in one of these, with or without _id, holds a member
WORDS_FOR_A_MEMBER = {
    "user",
    "author",
    "discord",
    "owner",
    "voter",
    "member",
    "person",
    "proposer",
    "holder",
    "by",
}


@pytest.fixture
def raw(db: Database) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(db.path, isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        yield connection


def tables_of(raw: sqlite3.Connection) -> dict[str, bool]:
    return {
        row["name"]: bool(row["strict"])
        for row in raw.execute("PRAGMA table_list")
        if row["schema"] == "main" and row["type"] == "table" and not row["name"].startswith("sqlite_")
    }


def columns_of(raw: sqlite3.Connection, table: str) -> dict[str, sqlite3.Row]:
    return {row["name"]: row for row in raw.execute(f"PRAGMA table_info({table})")}


def plant(raw: sqlite3.Connection, table: str, member_id: int) -> None:
    """Put a row of this member into any table, whatever else the table asks for."""
    raw.execute("PRAGMA ignore_check_constraints = ON")
    raw.execute("PRAGMA foreign_keys = OFF")
    values: dict[str, object] = {}
    for number, column in enumerate(columns_of(raw, table).values()):
        by_type = {
            "INTEGER": member_id * 10 % 10**12 + number,
            "REAL": 0.5,
            "TEXT": json.dumps(f"{column['name']} of {member_id}"),
        }
        values[column["name"]] = member_id if column["name"] == "member_id" else by_type[column["type"]]
    marks = ", ".join("?" * len(values))
    raw.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


def test_every_table_is_strict(raw: sqlite3.Connection) -> None:
    assert tables_of(raw)
    assert [table for table, strict in tables_of(raw).items() if not strict] == []


def test_every_guild_id_is_required(raw: sqlite3.Connection) -> None:
    optional = [
        table
        for table in tables_of(raw)
        for name, column in columns_of(raw, table).items()
        if name == "guild_id" and not column["notnull"]
    ]
    assert optional == []


def test_a_member_is_called_member_id(raw: sqlite3.Connection) -> None:
    columns = {(table, name) for table in tables_of(raw) for name in columns_of(raw, table)}
    misnamed = {
        (table, name)
        for table, name in columns
        if name != "member_id" and name.removesuffix("_id").split("_")[-1] in WORDS_FOR_A_MEMBER
    }
    assert misnamed == set()


def test_every_member_id_is_required_and_an_integer(raw: sqlite3.Connection) -> None:
    for table in tables_of(raw):
        column = columns_of(raw, table).get("member_id")
        assert column is None or (column["notnull"] and column["type"] == "INTEGER"), table


def test_the_personal_tables_are_those_with_a_member(raw: sqlite3.Connection) -> None:
    assert {table for table in tables_of(raw) if "member_id" in columns_of(raw, table)} == set(
        PERSONAL_TABLES
    )


@pytest.mark.parametrize("table", PERSONAL_TABLES)
async def test_every_personal_table_is_shown_exported_and_deleted(
    db: Database, raw: sqlite3.Connection, table: str
) -> None:
    plant(raw, table, ADA)
    plant(raw, table, BERT)
    planted = [dict(row) for row in raw.execute(f"SELECT * FROM {table} WHERE member_id = {ADA}")]
    assert len(planted) == 1

    shown = await stored_about(db, ADA)
    assert shown[table] == planted
    assert set(shown) == set(PERSONAL_TABLES)
    assert sum(map(len, shown.values())) == 1
    assert json.loads(await export(db, ADA, NOW))["tables"][table]["rows"] == planted

    removed = await delete(db, ADA)
    assert removed == {name: int(name == table) for name in PERSONAL_TABLES}
    assert [row["member_id"] for row in raw.execute(f"SELECT member_id FROM {table}")] == [BERT]
    assert not any((await stored_about(db, ADA)).values())
