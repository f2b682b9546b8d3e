"""A poll moves on: to its place in Discord, to a later close, and to its end."""

from datetime import datetime

from storage.database import Database, execute, transaction
from storage.moments import to_text
from storage.polls.drafts import drop_drafts


async def set_poll_place(
    db: Database, guild_id: int, poll_id: int, *, channel: int | None, thread: int | None, message: int | None
) -> bool:
    """Keep where a poll's card is, and say whether there is that poll."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "UPDATE polls SET channel = ?, thread = ?, message = ? WHERE guild_id = ? AND poll_id = ?",
                (channel, thread, message, guild_id, poll_id),
            )
        )


async def extend_poll(db: Database, guild_id: int, poll_id: int, closes_at: datetime, now: datetime) -> bool:
    """Let a poll close later; False if it was extended before, is not open, or closes no earlier anyway."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "UPDATE polls SET closes_at = ?1, extended = 1, changed_at = ?2 WHERE guild_id = ?3 "
                "AND poll_id = ?4 AND state = 'open' AND NOT extended AND closes_at < ?1",
                (to_text(closes_at), to_text(now), guild_id, poll_id),
            )
        )


async def close_poll(
    db: Database,
    guild_id: int,
    poll_id: int,
    now: datetime,
    result: str,
    *,
    writes: int,
    forced: bool = False,
) -> bool:
    """Close a poll with its result (JSON text), and say whether that was possible.

    writes: the poll's when its ballots were read for this result, which has to be counted anew if it is
    another by now. `forced` closes before the time has come. False too if it is not open any more.
    """
    async with transaction(db):
        closed = await execute(
            db,
            "UPDATE polls SET state = 'closed', result = ?1, closed_at = ?2, changed_at = ?2 "
            "WHERE guild_id = ?3 AND poll_id = ?4 AND state = 'open' AND writes = ?5 "
            "AND (?6 OR closes_at <= ?2)",
            (result, to_text(now), guild_id, poll_id, writes, forced),
        )
        if closed:
            await _drop_reminders(db, guild_id, poll_id)
            await drop_drafts(db, guild_id, poll_id)
        return bool(closed)


async def hide_poll(db: Database, guild_id: int, poll_id: int, reason: str | None, now: datetime) -> bool:
    """Take a poll out of sight for this reason, or show it again (None); False if that changes nothing."""
    async with transaction(db):
        return bool(
            await execute(
                db,
                "UPDATE polls SET hidden_reason = ?1, changed_at = ?2 WHERE guild_id = ?3 AND poll_id = ?4 "
                "AND (hidden_reason IS NULL) <> (?1 IS NULL)",
                (reason, to_text(now), guild_id, poll_id),
            )
        )


async def cancel_poll(db: Database, guild_id: int, poll_id: int, now: datetime) -> bool:
    """End a poll without a result; False if it is not open."""
    async with transaction(db):
        cancelled = await execute(
            db,
            "UPDATE polls SET state = 'cancelled', closed_at = ?1, changed_at = ?1 "
            "WHERE guild_id = ?2 AND poll_id = ?3 AND state = 'open'",
            (to_text(now), guild_id, poll_id),
        )
        if cancelled:
            await _drop_reminders(db, guild_id, poll_id)
            await drop_drafts(db, guild_id, poll_id)
        return bool(cancelled)


async def _drop_reminders(db: Database, guild_id: int, poll_id: int) -> None:
    await execute(db, "DELETE FROM reminders WHERE guild_id = ? AND poll_id = ?", (guild_id, poll_id))
