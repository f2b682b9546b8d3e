"""The summary that a moderator posts by hand: once a day of the server, however often it is asked for."""

from datetime import date

import discord

from governance.digest.summary import read_zone
from storage.server.settings import settings_of
from storage.server.shown_digests import claim_by_hand, forget_by_hand, shown_by_hand
from tools import Tools
from wording.message_links import message_link


async def claim_today(tools: Tools, client: discord.Client, guild_id: int) -> tuple[date, str]:
    """The server's day, whose summary is taken to be posted now, and "": or where it is already."""
    db, now = tools.database, tools.now()
    day = now.astimezone(read_zone((await settings_of(db, guild_id)).zone_in_force)).date()
    if await claim_by_hand(db, guild_id, day, now):
        return day, ""
    shown = await shown_by_hand(db, guild_id, day)
    if shown is None:
        return day, "The summary of today is being posted already."
    try:
        await client.get_partial_messageable(shown.channel, guild_id=guild_id).fetch_message(shown.message)
    except discord.NotFound:
        await forget_by_hand(db, guild_id, day, shown.message)
        if await claim_by_hand(db, guild_id, day, now):
            return day, ""
    except discord.Forbidden:
        pass  # it may not be read any more; it is there all the same
    place = message_link(guild_id, shown.channel, shown.message)
    return day, f"The summary of today is posted already: {place}. Delete it to post another one today."
