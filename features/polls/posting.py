"""A poll's public card: posted, brought up to date, and posted again where it is gone."""

import logging
from dataclasses import replace
from typing import Any

import discord

from features.polls.buttons import PollButton
from features.polls.casting import (
    verified_ids,
)
from features.polls.poll_card import poll_card, result_cards
from features.polls.result_chart import picture_of_result
from features.polls.view import PollView
from storage.polls import closing
from tools import Tools, files_of
from ui.posting import Place, Post, post_in, update

log = logging.getLogger("roundtable.voting")


def buttons_of(view: PollView) -> discord.ui.View:
    """The buttons under a poll's card."""
    buttons = discord.ui.View(timeout=None)
    verbs = ("vote", "my", "remind") if view.poll.state == "open" else ("my",)
    for verb in verbs:
        buttons.add_item(PollButton(verb, view.poll.poll_id))
    return buttons


async def show_poll(tools: Tools, client: discord.Client, view: PollView, *, typed_in: Any = None) -> None:
    """Post a poll's card, or bring it up to date; one that is gone is posted again."""
    guild = client.get_guild(view.poll.guild_id)
    if guild is None:
        return
    cards, files = [poll_card(view)], []
    if view.result is not None:
        cards = result_cards(view, view.result)
        files = files_of(await tools.drawing.run(picture_of_result, view.result, view.poll.title))
    name = f"Poll #{view.poll.number} {view.poll.title}"
    post = Post(name[:100], cards, files, buttons_of(view), ())
    if view.poll.message is not None and view.poll.channel is not None:
        place = Place(view.poll.channel, view.poll.thread, view.poll.message)
        # a poll may stand in a discussion of something else, which keeps its name and tags
        if await update(guild, place, replace(post, name="")) is not None:
            return
        typed_in = typed_in or guild.get_channel_or_thread(view.poll.channel)
    if typed_in is None:
        log.info("a poll has nowhere to be shown")
        return
    try:
        place, _ = await post_in(typed_in, post)
    except ValueError as error:
        log.warning("a poll can't be shown: %s", error)
        return
    await closing.set_poll_place(
        tools.database,
        guild.id,
        view.poll.poll_id,
        channel=place.channel,
        thread=place.thread,
        message=place.message,
    )


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
