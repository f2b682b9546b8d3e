"""Fingerprints of members, for what has to outlive that they delete their data: blocks and limits."""

import hmac
from datetime import datetime, timedelta

from storage.database import Database, execute, fetch_all, transaction
from storage.moments import to_text

KEPT = timedelta(days=31)  # longer than any limit looks back


async def fingerprint(db: Database, guild_id: int, member_id: int) -> str:
    """Return a member's fingerprint on a server: 64 hex digits."""
    [row] = await fetch_all(db, "SELECT value FROM secrets WHERE name = 'blocks'")
    return digest(row["value"], guild_id, member_id)


def digest(key: str, guild_id: int, member_id: int) -> str:
    """The same under a key that was read already."""
    # HMAC-SHA256 of both, so that a member's fingerprints on two servers have nothing in common. Ids can be
    # tried one by one by whoever has the key: this hides a member from readers of the table, not of the file.
    message = f"{guild_id}/{member_id}".encode()
    return hmac.digest(bytes.fromhex(key), message, "sha256").hex()


async def note_opening(
    db: Database, guild_id: int, kind: str, thing_id: int, member_id: int, now: datetime
) -> None:
    """Note who opened a proposal, a poll or a statement, inside the transaction that opens it."""
    await execute(
        db,
        "INSERT INTO openings (guild_id, kind, thing_id, fingerprint, opened_at) VALUES (?, ?, ?, ?, ?)",
        (guild_id, kind, thing_id, await fingerprint(db, guild_id, member_id), to_text(now)),
    )


async def drop_old_openings(db: Database, now: datetime) -> int:
    """Forget who opened what is over and too long ago for any limit, and return how many that were."""
    async with transaction(db):
        return await execute(
            db,
            "DELETE FROM openings WHERE opened_at < ? "
            "AND NOT (kind = 'proposal' AND thing_id IN (SELECT proposal_id FROM proposals WHERE open)) "
            "AND NOT (kind = 'poll' AND thing_id IN (SELECT poll_id FROM polls WHERE state = 'open'))",
            (to_text(now - KEPT),),
        )
