"""Servers that removed the bot: noticed, waited for, and forgotten in the end."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from storage.database import Database
from storage.server import leaving
from storage.server.settings import forget_guild

log = logging.getLogger("roundtable.leaving")

KEPT_FOR = timedelta(days=30)  # what belongs to a server that removed the bot


async def changed_guilds(db: Database, here: Collection[int]) -> list[tuple[int, bool]]:
    """(server, whether it is there again) for every one whose mark is wrong.

    here: all that Discord counts as the bot's, with those that an outage keeps from it: that is no removal.
    """
    left, known = await leaving.left_guilds(db), await leaving.known_guilds(db)
    return [
        *((guild_id, False) for guild_id in sorted(known - left) if guild_id not in here),
        *((guild_id, True) for guild_id in sorted(left) if guild_id in here),
    ]


async def mark(db: Database, guild_id: int, is_back: bool, now: datetime) -> None:
    """Note that a server removed the bot, or has it again and keeps everything."""
    if is_back:
        await leaving.mark_back(db, guild_id)
    else:
        await leaving.mark_left(db, guild_id, now)
    told = "a server is back" if is_back else "a server has removed the bot"
    log.info(told, extra={"fields": {"guild": guild_id}})


async def long_gone(db: Database, here: Collection[int], now: datetime) -> list[tuple[int]]:
    """The servers that have been away for KEPT_FOR."""
    gone = await leaving.left_before(db, now - KEPT_FOR)
    return [(guild_id,) for guild_id in gone if guild_id not in here]


async def forget(db: Database, guild_id: int) -> None:
    """Remove everything that is kept for a server."""
    await forget_guild(db, guild_id)
    log.info("a server is forgotten", extra={"fields": {"guild": guild_id}})
