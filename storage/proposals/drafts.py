"""What a member has begun to propose on a server and not filed yet."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from storage.database import Database, execute, fetch_one, transaction
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class Draft:
    """A member's draft as JSON text, which may lack fields."""

    content: str
    changed_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "Draft":
        """Return what a row of `proposal_drafts` says."""
        return cls(row["content"], from_text(row["changed_at"]))


async def save_draft(db: Database, guild_id: int, member_id: int, content: str, now: datetime) -> None:
    """Keep this draft in place of the member's earlier one on this server."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO proposal_drafts (guild_id, member_id, content, changed_at) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (guild_id, member_id) DO UPDATE "
            "SET content = excluded.content, changed_at = excluded.changed_at",
            (guild_id, member_id, content, to_text(now)),
        )


async def draft_of(db: Database, guild_id: int, member_id: int) -> Draft | None:
    """Return the member's draft on this server, or None."""
    row = await fetch_one(
        db,
        "SELECT content, changed_at FROM proposal_drafts WHERE guild_id = ? AND member_id = ?",
        (guild_id, member_id),
    )
    return None if row is None else Draft.from_row(row)


async def delete_draft(db: Database, guild_id: int, member_id: int) -> bool:
    """Forget the member's draft on this server, and say whether there was one."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "DELETE FROM proposal_drafts WHERE guild_id = ? AND member_id = ?",
                (guild_id, member_id),
            )
        )
