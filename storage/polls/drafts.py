"""Rankings that members have begun and not cast yet."""

from datetime import datetime
from sqlite3 import Connection

from storage.database import Database, execute, fetch_one, transaction
from storage.moments import to_text


async def draft_of(db: Database, guild_id: int, poll_id: int, member_id: int) -> str | None:
    """Return the steps of a member's ranking (JSON text), or None where there is none."""
    row = await fetch_one(
        db,
        "SELECT steps FROM ranking_drafts WHERE guild_id = ? AND poll_id = ? AND member_id = ?",
        (guild_id, poll_id, member_id),
    )
    return None if row is None else row["steps"]


async def keep_draft(
    db: Database, guild_id: int, poll_id: int, member_id: int, before: str | None, steps: str, now: datetime
) -> bool:
    """Keep the steps of a ranking in place of `before` (None: there is none yet), and say whether they are.

    False where it was changed, cast or begun meanwhile, and where the poll is not open.
    """
    async with transaction(db):
        if before is None:
            kept = await execute(
                db,
                "INSERT INTO ranking_drafts (poll_id, guild_id, member_id, steps, changed_at) "
                "SELECT poll_id, guild_id, ?, ?, ? FROM polls "
                "WHERE guild_id = ? AND poll_id = ? AND state = 'open' ON CONFLICT DO NOTHING",
                (member_id, steps, to_text(now), guild_id, poll_id),
            )
        else:
            kept = await execute(
                db,
                "UPDATE ranking_drafts SET steps = ?, changed_at = ? "
                "WHERE guild_id = ? AND poll_id = ? AND member_id = ? AND steps = ?",
                (steps, to_text(now), guild_id, poll_id, member_id, before),
            )
        return bool(kept)


def drop_draft(connection: Connection, guild_id: int, poll_id: int, member_id: int) -> None:
    """Forget a member's ranking, inside the transaction that casts it."""
    connection.execute(
        "DELETE FROM ranking_drafts WHERE guild_id = ? AND poll_id = ? AND member_id = ?",
        (guild_id, poll_id, member_id),
    )


async def drop_drafts(db: Database, guild_id: int, poll_id: int) -> None:
    """Forget every ranking of a poll, inside the transaction that ends it."""
    await execute(db, "DELETE FROM ranking_drafts WHERE guild_id = ? AND poll_id = ?", (guild_id, poll_id))
