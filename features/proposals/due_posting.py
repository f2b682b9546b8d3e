"""What the clock shows of proposals: the vote that begins, and the cards that are behind."""

from collections.abc import Sequence

import discord

from features.polls.opening import new_poll
from features.polls.posting import put_poll, verified_here
from features.proposals.buttons import rows_of
from features.proposals.posting import put_proposal, with_effect
from features.proposals.view import ProposalView, proposal_view
from governance.proposals.stages import VOTE
from storage.polls.closing import cancel_poll
from storage.polls.polls import Eligibility
from tools import Tools
from tournament.source import SourceError
from ui.posting import NOWHERE, CardRefusedError, fallback_rooms, room_in, tell_setter
from ui.text import plain


async def open_vote(tools: Tools, guild: discord.Guild, number: int) -> None:
    """Hold the vote on a proposal in its own discussion: five steps from support to block."""
    view = await proposal_view(tools.database, guild.id, number, tools.now())
    if view.stage != "vote" or (view.poll is not None and view.poll.state != "cancelled"):
        return
    stored = view.stored
    own = stored.thread or stored.channel  # its discussion, else where it stands
    rooms = dict.fromkeys(
        filter(None, (own, stored.channel, *await fallback_rooms(tools.database, guild.id)))
    )
    await _check_a_room(tools, guild, view, list(rooms))  # nobody could see a vote that is shown nowhere
    poll = await new_poll(
        tools.database,
        tools.source(view.proposal.tournament),
        guild.id,
        view.stored.author or guild.me.id,
        {"title": f"Should this be done? {view.proposal.title}", "description": view.proposal.change},
        method="gradient",
        lasts=VOTE,
        eligibility=Eligibility(),
        quorum=view.seconds_needed,
        members=await verified_here(tools, guild),
        now=tools.now(),
        proposal_id=view.stored.proposal_id,
        spec_hash=view.content_hash,
    )
    try:
        await put_poll(tools, guild, poll)
    except CardRefusedError:
        await cancel_poll(tools.database, guild.id, poll.poll.poll_id, tools.now())
        raise


async def _check_a_room(tools: Tools, guild: discord.Guild, view: ProposalView, rooms: Sequence[int]) -> None:
    """Raise CardRefusedError, once whoever set the server up is told, unless one of these takes cards."""
    kept_from: list[str] = []
    for room in rooms:
        try:
            await room_in(guild, room)
        except CardRefusedError as error:
            kept_from.append(str(error))
        else:
            return
    why = " ".join(dict.fromkeys(kept_from)) or NOWHERE
    sentence = (
        f"**{plain(guild.name)}**: the vote on proposal #{view.number} does not begin, for it could be shown "
        f"nowhere. {plain(why)} It begins by itself once /setup check finds a channel for it."
    )
    await tell_setter(tools.database, guild, f"vote {view.stored.proposal_id}", sentence, tools.now())
    raise CardRefusedError(why)


async def show_proposal(tools: Tools, guild: discord.Guild, number: int) -> None:
    """Bring a proposal's card up to date, with what its newest revision would do.

    Raises SourceError, once the rest is shown, where the numbers for that can't be read just now.
    """
    view, _ = await with_effect(tools, await proposal_view(tools.database, guild.id, number, tools.now()))
    await put_proposal(tools, guild, view, rows_of(view))
    if view.effect is None and view.hidden_reason is None:
        raise SourceError(f"What #{number} would do can't be told just now")
