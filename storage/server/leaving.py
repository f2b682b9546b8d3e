"""Servers that the bot was removed from: marked, and after a while forgotten."""

from datetime import datetime

from storage.database import Database, execute, fetch_all, transaction
from storage.moments import to_text

_KNOWN = " UNION ".join(
    f"SELECT guild_id FROM {table}"  # noqa: S608
    for table in (
        "guild_settings",
        "polls",
        "proposals",
        "proposal_drafts",
        "proposal_blocks",
        "promises",
        "opinion_statements",
        "digest_schedules",
        "digest_posts",
        "digest_posts_by_hand",
        "shared_answers",
        "member_warnings",
    )
)


async def known_guilds(db: Database) -> set[int]:
    """Return every server that something is kept for."""
    return {row["guild_id"] for row in await fetch_all(db, _KNOWN)}


async def left_guilds(db: Database) -> set[int]:
    """Return the servers that are marked as left."""
    return {row["guild_id"] for row in await fetch_all(db, "SELECT guild_id FROM left_guilds")}


async def left_before(db: Database, moment: datetime) -> list[int]:
    """Return the servers that were left by then, the longest ago first."""
    rows = await fetch_all(
        db,
        "SELECT guild_id FROM left_guilds WHERE left_at <= ? ORDER BY left_at, guild_id",
        (to_text(moment),),
    )
    return [row["guild_id"] for row in rows]


async def mark_left(db: Database, guild_id: int, now: datetime) -> None:
    """Note that the bot is not in this server any more; one that was marked before keeps that moment."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO left_guilds (guild_id, left_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
            (guild_id, to_text(now)),
        )


async def mark_back(db: Database, guild_id: int) -> None:
    """Note that the bot is in this server again: all that is kept for it stays."""
    async with transaction(db):
        await execute(db, "DELETE FROM left_guilds WHERE guild_id = ?", (guild_id,))
