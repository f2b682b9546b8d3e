"""Two rows that belong together, for tests that try to tear them apart."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

from storage.database import Database, execute, fetch_all, transaction
from storage.server.settings import set_sharing, settings_of

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


async def insert(db: Database, guild_id: int) -> None:
    await execute(
        db,
        "INSERT INTO guild_settings (guild_id, sharing, changed_at) "
        "VALUES (?, 0, '2031-05-04T12:00:00.000000+00:00')",
        (guild_id,),
    )


async def insert_pair(db: Database) -> None:
    async with transaction(db):
        await insert(db, 1)
        assert len(await fetch_all(db, "SELECT 1 FROM guild_settings WHERE guild_id IN (1, 2)")) == 1
        await insert(db, 2)


def rows_in_file(db: Database) -> int:
    with closing(sqlite3.connect(db.path)) as other:
        return other.execute("SELECT count(*) FROM guild_settings WHERE guild_id IN (1, 2)").fetchone()[0]


async def next_user_is_well(db: Database) -> None:
    await set_sharing(db, 3, False, NOW)
    assert not (await settings_of(db, 3)).sharing
    assert not db.connection.in_transaction
    assert db.writer is None
