"""Who may open nothing on a server, kept as fingerprints so that deleting one's data lifts no block."""

from datetime import datetime

from storage.database import Database, execute, fetch_all, transaction
from storage.members.fingerprints import digest, fingerprint
from storage.moments import to_text


async def block(db: Database, guild_id: int, member_id: int, reason: str, now: datetime) -> None:
    """Keep a member from opening anything on a server, for this reason in place of an earlier one."""
    async with transaction(db):
        own = await fingerprint(db, guild_id, member_id)
        await execute(
            db,
            "INSERT INTO proposal_blocks (guild_id, fingerprint, reason, blocked_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (guild_id, fingerprint) DO UPDATE "
            "SET reason = excluded.reason, blocked_at = excluded.blocked_at",
            (guild_id, own, reason, to_text(now)),
        )


async def unblock(db: Database, guild_id: int, member_id: int) -> bool:
    """Lift a member's block, and say whether there was one."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "DELETE FROM proposal_blocks WHERE guild_id = ? AND fingerprint = ?",
                (guild_id, await fingerprint(db, guild_id, member_id)),
            )
        )


async def block_reason(db: Database, guild_id: int, member_id: int) -> str | None:
    """Return why a member may open nothing on a server, or None if they may."""
    rows = await fetch_all(
        db,
        "SELECT s.value, b.fingerprint, b.reason FROM secrets s "
        "LEFT JOIN proposal_blocks b ON b.guild_id = ? WHERE s.name = 'blocks'",
        (guild_id,),
    )
    own = digest(rows[0]["value"], guild_id, member_id)
    return next((row["reason"] for row in rows if row["fingerprint"] == own), None)
