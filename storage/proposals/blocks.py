"""Who may not file proposals on a server, kept as fingerprints so that deleting one's data lifts no block."""

import hmac
from datetime import datetime

from storage.database import Database, execute, fetch_all, transaction
from storage.moments import to_text


async def block(db: Database, guild_id: int, member_id: int, reason: str, now: datetime) -> None:
    """Keep a member from filing proposals on a server, for this reason in place of an earlier one."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO proposal_blocks (guild_id, fingerprint, reason, blocked_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (guild_id, fingerprint) DO UPDATE "
            "SET reason = excluded.reason, blocked_at = excluded.blocked_at",
            (guild_id, await _fingerprint(db, guild_id, member_id), reason, to_text(now)),
        )


async def unblock(db: Database, guild_id: int, member_id: int) -> bool:
    """Lift a member's block, and say whether there was one."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "DELETE FROM proposal_blocks WHERE guild_id = ? AND fingerprint = ?",
                (guild_id, await _fingerprint(db, guild_id, member_id)),
            )
        )


async def block_reason(db: Database, guild_id: int, member_id: int) -> str | None:
    """Return why a member may not file proposals on a server, or None if they may."""
    rows = await fetch_all(
        db,
        "SELECT s.value, b.fingerprint, b.reason FROM secrets s "
        "LEFT JOIN proposal_blocks b ON b.guild_id = ? WHERE s.name = 'blocks'",
        (guild_id,),
    )
    own = _digest(rows[0]["value"], guild_id, member_id)
    return next((row["reason"] for row in rows if row["fingerprint"] == own), None)


async def _fingerprint(db: Database, guild_id: int, member_id: int) -> str:
    [row] = await fetch_all(db, "SELECT value FROM secrets WHERE name = 'blocks'")
    return _digest(row["value"], guild_id, member_id)


def _digest(key: str, guild_id: int, member_id: int) -> str:
    # HMAC-SHA256 of both, so that a member's fingerprints on two servers have nothing in common. Ids can be
    # tried one by one by whoever has the key: this hides a member from readers of the table, not of the file.
    message = f"{guild_id}/{member_id}".encode()
    return hmac.digest(bytes.fromhex(key), message, "sha256").hex()
