"""A poll's public card: posted, brought up to date, and posted again where it is gone."""

import logging
from dataclasses import replace
from typing import Any

import discord

from features.polls.buttons import poll_message
from features.polls.casting import verified_ids
from features.polls.view import PollView
from storage.polls import closing
from storage.polls.cards import rooms_of, set_shown, state_of_card
from tools import Tools
from ui.posting import Place, Post, passes, post_in, update

log = logging.getLogger("roundtable.voting")


async def show_poll(tools: Tools, client: discord.Client, view: PollView, *, typed_in: Any = None) -> None:
    """Post a poll's card in answer to a member, or bring it up to date; what fails is done by the clock."""
    poll = view.poll
    if poll.channel is None and typed_in is not None:  # the clock has to know where, should it fail here
        in_thread = isinstance(typed_in, discord.Thread)
        there = (
            {"channel": typed_in.parent_id, "thread": typed_in.id} if in_thread else {"channel": typed_in.id}
        )
        await closing.set_poll_place(
            tools.database, poll.guild_id, poll.poll_id, **{"thread": None, "message": None, **there}
        )
    guild = client.get_guild(poll.guild_id)
    try:
        if guild is not None:
            await put_poll(tools, guild, view)
    except Exception as error:
        if not (isinstance(error, ValueError) or passes(error)):
            raise
        log.warning("a poll's card waits: %s", error)


async def put_poll(tools: Tools, guild: discord.Guild, view: PollView) -> None:
    """Post a poll's card or bring it up to date, and note what it shows.

    An open poll's card that somebody deleted stays away until there is a result; of one whose room is gone,
    and of a result, there is another. Raises as post_in does. Where every room is gone, it is noted as shown:
    there is nothing to do.
    """
    poll = view.poll
    message = await poll_message(tools.drawing, view)
    name = f"Poll #{poll.number} {poll.title}"
    post = Post(name, message, ())
    shown = state_of_card(poll)
    if poll.message is not None and poll.channel is not None:
        place = Place(poll.channel, poll.thread, poll.message)
        # a poll may stand in a discussion of something else, which keeps its name and tags
        if await update(guild, place, replace(post, name="")) is not None:
            await set_shown(tools.database, guild.id, poll.poll_id, shown)
            return
        room_is_there = guild.get_channel_or_thread(poll.thread or poll.channel) is not None
        if room_is_there and (poll.state != "closed" or view.hidden):
            log.info("a poll's card was deleted and stays away", extra={"fields": {"poll": poll.poll_id}})
            await set_shown(tools.database, guild.id, poll.poll_id, shown)
            return
    rooms = map(guild.get_channel_or_thread, await rooms_of(tools.database, guild.id, poll.poll_id))
    room: Any = next((room for room in rooms if room is not None), None)
    if room is None:
        log.warning("a poll has nowhere to be shown", extra={"fields": {"poll": poll.poll_id}})
    else:
        place, _ = await post_in(room, post)
        await closing.set_poll_place(
            tools.database,
            guild.id,
            poll.poll_id,
            channel=place.channel,
            thread=place.thread,
            message=place.message,
        )
    await set_shown(tools.database, guild.id, poll.poll_id, shown)


async def verified_here(tools: Tools, guild: discord.Guild) -> list[int]:
    """Verified members of this server; who they are is asked one by one, since members can't be listed."""
    found: list[int] = []
    for member_id in await verified_ids(tools.database):
        if guild.get_member(member_id) is None:
            try:
                await guild.fetch_member(member_id)
            except discord.NotFound:
                continue
        found.append(member_id)
    return found
