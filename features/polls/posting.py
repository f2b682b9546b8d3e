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
from ui.posting import (
    CardRefusedError,
    Place,
    Post,
    fallback_rooms,
    nonce_of,
    passes,
    post_somewhere,
    tell_setter,
    update,
)
from ui.text import plain

log = logging.getLogger("roundtable.voting")

AT_ONCE = 100  # members that the gateway tells of in one answer
WAITS = "Discord can't show it just now; its card follows by itself."
MEND = "A moderator can mend that with /setup check and /setup channels; its card follows by itself then."


async def show_poll(
    tools: Tools, client: discord.Client, view: PollView, *, typed_in: Any = None
) -> tuple[bool, str]:
    """Post a poll's card in answer to a member, or bring it up to date; what fails is done by the clock.

    Returns whether the card shows the poll now, and what the member has to know of where it is.
    """
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
    if guild is None:
        return False, WAITS
    try:
        return True, " ".join(await put_poll(tools, guild, view))
    except CardRefusedError as error:
        log.warning("a poll's card is refused: %s", error)
        return False, f"{plain(str(error))} {MEND}"
    except Exception as error:
        if not passes(error):
            raise
        log.warning("a poll's card waits: %s", error)
        return False, WAITS


async def put_poll(tools: Tools, guild: discord.Guild, view: PollView) -> tuple[str, ...]:
    """Post a poll's card or bring it up to date, and note what it shows.

    An open poll's card that somebody deleted stays away until there is a result; of one whose room is gone,
    and of a result, there is another. Where its own room does not take it, it is shown where the
    announcements or the proposals are. Returns a sentence for everything that was not possible. Raises
    CardRefusedError where nowhere takes it, once whoever set the server up is told, and an error that
    `passes` as it comes: the clock tries again. One that ended and whose places are all gone is
    noted as shown.
    """
    poll = view.poll
    message = await poll_message(tools.drawing, view)
    name = f"Poll #{poll.number} {poll.title}"
    shown = state_of_card(poll)
    post = Post(name, message, (), nonce_of("poll", poll.poll_id, poll.message, shown))
    notices: tuple[str, ...] | None = None
    if poll.message is not None and poll.channel is not None:
        place = Place(poll.channel, poll.thread, poll.message)
        # a poll may stand in a discussion of something else, which keeps its name and tags
        try:
            notices = await update(guild, place, replace(post, name=""))
        except CardRefusedError as error:
            if poll.state == "open":
                await _tell(tools, guild, view, error)
                raise
            log.warning("the card of a poll that ended is posted again: %s", error)
        else:
            room_is_there = guild.get_channel_or_thread(poll.thread or poll.channel) is not None
            if notices is None and room_is_there and (poll.state != "closed" or view.hidden):
                log.info("a poll's card was deleted and stays away", extra={"fields": {"poll": poll.poll_id}})
                notices = ()
    if notices is None:
        rooms = await rooms_of(tools.database, guild.id, poll.poll_id)
        try:
            place, notices = await post_somewhere(
                guild, [*rooms, *await fallback_rooms(tools.database, guild.id)], post
            )
        except CardRefusedError as error:
            await _tell(tools, guild, view, error)
            if poll.state == "open" or not error.gone:
                raise
            # there is no place left, and nothing that it could still be changed for
            await set_shown(tools.database, guild.id, poll.poll_id, shown)
            return (plain(str(error)),)
        await closing.set_poll_place(
            tools.database,
            guild.id,
            poll.poll_id,
            channel=place.channel,
            thread=place.thread,
            message=place.message,
        )
    await set_shown(tools.database, guild.id, poll.poll_id, shown)
    return notices


async def _tell(tools: Tools, guild: discord.Guild, view: PollView, error: CardRefusedError) -> None:
    poll = view.poll
    sentence = f"**{plain(guild.name)}**: poll #{poll.number} is not shown. {plain(str(error))} {MEND}"
    await tell_setter(tools.database, guild, f"poll {poll.poll_id}", sentence, tools.now())


async def verified_here(tools: Tools, guild: discord.Guild) -> list[int]:
    """Verified members of this server; the gateway is asked for a hundred at once, members can't be listed.

    Where it does not answer everybody is meant who is verified: whoever is not here can't vote here.
    """
    verified = await verified_ids(tools.database)
    found: list[int] = []
    for at in range(0, len(verified), AT_ONCE):
        asked = verified[at : at + AT_ONCE]
        try:
            members = await guild.query_members(user_ids=asked, limit=AT_ONCE, cache=False)
        except (TimeoutError, discord.DiscordException, RuntimeError, OSError) as error:
            log.warning("who of the verified members is here can't be told: %s", error)
            found += asked
        else:
            found += [member.id for member in members]
    return found
