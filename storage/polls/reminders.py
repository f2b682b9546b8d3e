"""Who asked to be reminded of a poll, and when."""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from storage.database import Database, execute, fetch_all, transaction
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class Reminder:
    """One member to be reminded of one poll."""

    poll_id: int
    guild_id: int
    member_id: int
    due_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "Reminder":
        """Return what a row of `reminders` says."""
        return cls(row["poll_id"], row["guild_id"], row["member_id"], from_text(row["due_at"]))


async def add_reminder(db: Database, guild_id: int, poll_id: int, member_id: int, due_at: datetime) -> bool:
    """Remind a member of a poll, at this moment in place of an earlier wish; False if it is not open."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "INSERT INTO reminders (poll_id, guild_id, member_id, due_at) "
                "SELECT poll_id, guild_id, ?, ? FROM polls WHERE guild_id = ? AND poll_id = ? "
                "AND state = 'open' ON CONFLICT (poll_id, member_id) DO UPDATE SET due_at = excluded.due_at",
                (member_id, to_text(due_at), guild_id, poll_id),
            )
        )


async def due_reminders(db: Database, now: datetime) -> list[Reminder]:
    """Return what is due by now on all servers, the longest due first."""
    rows = await fetch_all(
        db,
        "SELECT poll_id, guild_id, member_id, due_at FROM reminders WHERE due_at <= ? "
        "ORDER BY due_at, poll_id, member_id",
        (to_text(now),),
    )
    return [Reminder.from_row(row) for row in rows]


async def take_reminder(db: Database, reminder: Reminder, now: datetime) -> bool:
    """Take a reminder out of the table; whether it was there and is of use: not too late, nor voted.

    Nobody is reminded twice: who is killed between this and the sending reminds nobody.
    """
    async with transaction(db):
        rows = await fetch_all(
            db,
            "DELETE FROM reminders WHERE guild_id = ?1 AND poll_id = ?2 AND member_id = ?3 AND due_at <= ?4 "
            "RETURNING (SELECT closes_at > ?4 FROM polls p WHERE p.poll_id = reminders.poll_id) "
            "AND NOT EXISTS (SELECT 1 FROM ballots b WHERE b.poll_id = reminders.poll_id "
            "AND b.member_id = reminders.member_id) AS of_use",
            (reminder.guild_id, reminder.poll_id, reminder.member_id, to_text(now)),
        )
    return bool(rows and rows[0]["of_use"])
