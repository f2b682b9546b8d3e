"""Who set the bot up on a server, and of which troubles they were told."""

from datetime import datetime, timedelta

from storage.database import Database, execute, fetch_one, transaction
from storage.moments import to_text

TOLD_AGAIN = timedelta(days=7)


async def note_setter(db: Database, guild_id: int, member_id: int, now: datetime) -> None:
    """Note who changed a server's settings last: they are told what does not work."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO server_setters (guild_id, member_id, set_at) VALUES (?, ?, ?) "
            "ON CONFLICT (guild_id) DO UPDATE SET member_id = excluded.member_id, set_at = excluded.set_at",
            (guild_id, member_id, to_text(now)),
        )


async def setter_of(db: Database, guild_id: int) -> int | None:
    """Return who changed a server's settings last; None where nobody did."""
    row = await fetch_one(db, "SELECT member_id FROM server_setters WHERE guild_id = ?", (guild_id,))
    return None if row is None else row["member_id"]


async def claim_trouble(db: Database, guild_id: int, about: str, now: datetime) -> bool:
    """Take it on oneself to tell of a trouble, like "poll 7"; False where somebody was told this week."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "INSERT INTO told_troubles (guild_id, about, told_at) VALUES (?, ?, ?) "
                "ON CONFLICT (guild_id, about) DO UPDATE SET told_at = excluded.told_at WHERE told_at <= ?",
                (guild_id, about, to_text(now), to_text(now - TOLD_AGAIN)),
            )
        )


async def untold_trouble(db: Database, guild_id: int, about: str) -> None:
    """Note that nobody could be told of a trouble: somebody is, the next time."""
    async with transaction(db):
        await execute(db, "DELETE FROM told_troubles WHERE guild_id = ? AND about = ?", (guild_id, about))
