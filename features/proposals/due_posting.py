"""What the clock shows of proposals: the vote that begins, and the cards that are behind."""

import discord

from features.polls.opening import new_poll
from features.polls.posting import put_poll, verified_here
from features.proposals.buttons import rows_of
from features.proposals.posting import put_proposal, with_effect
from features.proposals.view import proposal_view
from governance.proposals.stages import VOTE
from storage.polls.polls import Eligibility
from tools import Tools
from tournament.source import SourceError


async def open_vote(tools: Tools, guild: discord.Guild, number: int) -> None:
    """Hold the vote on a proposal in its own discussion: five steps from support to block."""
    view = await proposal_view(tools.database, guild.id, number, tools.now())
    if view.stage != "vote" or (view.poll is not None and view.poll.state != "cancelled"):
        return
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
    await put_poll(tools, guild, poll)


async def show_proposal(tools: Tools, guild: discord.Guild, number: int) -> None:
    """Bring a proposal's card up to date, with what its newest revision would do.

    Raises SourceError, once the rest is shown, where the numbers for that can't be read just now.
    """
    view = await with_effect(tools, await proposal_view(tools.database, guild.id, number, tools.now()))
    await put_proposal(tools, guild, view, rows_of(view))
    if view.effect is None and view.hidden_reason is None:
        raise SourceError(f"What #{number} would do can't be told just now")
