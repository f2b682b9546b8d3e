"""Summaries that moderators post by hand, one a day of the server, and which summary was shown last."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from sqlite3 import Row

from governance.digest.summary import week_in_words
from storage.database import Database, execute, fetch_one, transaction
from storage.moments import from_text, to_text

ANSWERED_WITHIN = timedelta(minutes=15)  # a command; a claim that is older came to nothing


@dataclass(frozen=True)
class ShownDigest:
    """A summary that is in a channel."""

    name: str  # "The week of 28 April 2031", or the day on which it was posted by hand
    posted_at: datetime
    channel: int
    message: int

    @classmethod
    def from_row(cls, row: Row) -> "ShownDigest":
        """Return what a row of `_SHOWN` says."""
        return cls(
            name=f"Posted by hand on {row['day']}" if row["day"] else _capital(week_in_words((row["key"],))),
            posted_at=from_text(row["posted_at"]),
            channel=row["channel"],
            message=row["message"],
        )


async def claim_by_hand(db: Database, guild_id: int, day: date, now: datetime) -> bool:
    """Take the summary of a server's day to post it by hand; False if it is there, or being posted."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "INSERT INTO digest_posts_by_hand (guild_id, day, claimed_at) VALUES (?, ?, ?) "
                "ON CONFLICT DO UPDATE SET claimed_at = excluded.claimed_at "
                "WHERE message IS NULL AND claimed_at <= ?",
                (guild_id, day.isoformat(), to_text(now), to_text(now - ANSWERED_WITHIN)),
            )
        )


async def posted_by_hand(
    db: Database, guild_id: int, day: date, channel: int, message: int, now: datetime
) -> None:
    """Note where the summary of a day is that was claimed to be posted by hand."""
    async with transaction(db):
        await execute(
            db,
            "UPDATE digest_posts_by_hand SET posted_at = ?, channel = ?, message = ? "
            "WHERE guild_id = ? AND day = ?",
            (to_text(now), channel, message, guild_id, day.isoformat()),
        )


async def forget_by_hand(db: Database, guild_id: int, day: date, message: int | None) -> None:
    """Let the summary of a day be posted again: its message was deleted, or (None) could not be sent."""
    async with transaction(db):
        await execute(
            db,
            "DELETE FROM digest_posts_by_hand WHERE guild_id = ? AND day = ? AND message IS ?",
            (guild_id, day.isoformat(), message),
        )


async def shown_by_hand(db: Database, guild_id: int, day: date) -> ShownDigest | None:
    """Return the summary that was posted by hand on a server's day, or None."""
    row = await fetch_one(db, _SHOWN + "AND day = ?2", (guild_id, day.isoformat()))
    return None if row is None else ShownDigest.from_row(row)


async def last_shown(db: Database, guild_id: int) -> ShownDigest | None:
    """Return the summary that was posted last in a server, by the clock or by hand, or None."""
    row = await fetch_one(db, _SHOWN + "ORDER BY posted_at DESC LIMIT 1", (guild_id,))
    return None if row is None else ShownDigest.from_row(row)


_SHOWN = (
    "SELECT day, key, posted_at, channel, message FROM ("
    "SELECT guild_id, NULL AS day, key, posted_at, channel, message FROM digest_posts "
    "UNION ALL SELECT guild_id, day, NULL, posted_at, channel, message "
    "FROM digest_posts_by_hand) WHERE guild_id = ?1 AND message IS NOT NULL "
)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
