"""Which set of slash commands Discord was last given, so that it is sent again only when it has changed."""

from datetime import datetime

from storage.database import Database, execute, fetch_one, transaction
from storage.moments import to_text


async def synced_digest(db: Database, application_id: int) -> str | None:
    """Return the digest of the commands that were last sent for this application, or None."""
    row = await fetch_one(db, "SELECT digest FROM command_syncs WHERE application_id = ?", (application_id,))
    return None if row is None else row["digest"]


async def record_sync(db: Database, application_id: int, digest: str, now: datetime) -> None:
    """Keep the digest of the commands that Discord has just accepted."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO command_syncs (application_id, digest, synced_at) VALUES (?, ?, ?) "
            "ON CONFLICT (application_id) DO UPDATE "
            "SET digest = excluded.digest, synced_at = excluded.synced_at",
            (application_id, digest, to_text(now)),
        )
