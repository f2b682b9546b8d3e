"""The digest of the commands that Discord has, for each application."""

from datetime import UTC, datetime, timedelta

from storage.database import Database, fetch_all
from storage.server.syncs import record_sync, synced_digest

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


async def test_nothing_was_synced_at_first(db: Database) -> None:
    assert await synced_digest(db, 1) is None


async def test_the_last_digest_of_each_application_is_kept(db: Database) -> None:
    await record_sync(db, 1, "abc", NOW)
    await record_sync(db, 2, "xyz", NOW)
    await record_sync(db, 1, "def", NOW + timedelta(minutes=5))
    assert await synced_digest(db, 1) == "def"
    assert await synced_digest(db, 2) == "xyz"
    rows = await fetch_all(db, "SELECT synced_at FROM command_syncs WHERE application_id = 1")
    assert [row["synced_at"] for row in rows] == ["2031-05-04T12:05:00.000000+00:00"]
