"""Who may not file proposals on a server, kept as fingerprints so that deleting one's data lifts no block."""

import hmac
from datetime import datetime

from storage.database import Database, execute, fetch_all, fetch_one, transaction
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
    row = await fetch_one(
        db,
        "SELECT reason FROM proposal_blocks WHERE guild_id = ? AND fingerprint = ?",
        (guild_id, await _fingerprint(db, guild_id, member_id)),
    )
    return None if row is None else row["reason"]


async def is_blocked(db: Database, guild_id: int, member_id: int) -> bool:
    """Say whether a member may not file proposals on a server."""
    return await block_reason(db, guild_id, member_id) is not None


async def _fingerprint(db: Database, guild_id: int, member_id: int) -> str:
    # HMAC-SHA256 of both, so that a member's fingerprints on two servers have nothing in common. Ids can be
    # tried one by one by whoever has the key: this hides a member from readers of the table, not of the file.
    [row] = await fetch_all(db, "SELECT value FROM secrets WHERE name = 'blocks'")
    message = f"{guild_id}/{member_id}".encode()
    return hmac.digest(bytes.fromhex(row["value"]), message, "sha256").hex()
