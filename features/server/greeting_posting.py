"""The first word in a server that has just invited the bot."""

from collections.abc import Callable

import discord

from features.server.setup_buttons import SetupButton
from features.server.setup_card import greeting_card
from storage.server.leaving import known_guilds
from tools import Tools
from ui.card import message_of, row_of
from ui.posting import CardRefusedError, Post, nonce_of, post_in, room_in


async def greet(tools: Tools, guild: discord.Guild, mention: Callable[[str], str]) -> bool:
    """Say where to begin, once, where a server shows who came; False where nothing can be said there."""
    if guild.system_channel is None or guild.id in await known_guilds(tools.database):
        return False
    try:
        room = await room_in(guild, guild.system_channel.id)
        row = row_of(SetupButton("open", guild.id, "Set up"))
        shown = await message_of(tools.drawing, [greeting_card(mention)], [row])
        await post_in(room, Post("", shown, (), nonce_of("greeting", guild.id), thread=False))
    except CardRefusedError:
        return False
    return True
