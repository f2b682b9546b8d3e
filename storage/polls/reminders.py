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


async def remove_reminder(db: Database, guild_id: int, poll_id: int, member_id: int) -> bool:
    """Remind a member no more, and say whether that was to be done."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "DELETE FROM reminders WHERE guild_id = ? AND poll_id = ? AND member_id = ?",
                (guild_id, poll_id, member_id),
            )
        )


async def take_due_reminders(db: Database, now: datetime) -> list[Reminder]:
    """Take what is due on all servers out of the table, and return what is of use: not too late, nor voted.

    Nobody is reminded twice: who is killed between this and the sending reminds nobody of these.
    """
    async with transaction(db):
        rows = await fetch_all(
            db,
            "DELETE FROM reminders WHERE due_at <= ?1 RETURNING poll_id, guild_id, member_id, due_at, "
            "(SELECT closes_at > ?1 FROM polls p WHERE p.poll_id = reminders.poll_id) AND NOT EXISTS "
            "(SELECT 1 FROM ballots b WHERE b.poll_id = reminders.poll_id "
            "AND b.member_id = reminders.member_id) AS of_use",
            (to_text(now),),
        )
    due = [Reminder.from_row(row) for row in rows if row["of_use"]]
    return sorted(due, key=lambda reminder: (reminder.due_at, reminder.poll_id, reminder.member_id))
