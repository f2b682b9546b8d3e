"""Shows a proposal where its server wants it, and keeps its card up to date."""

import logging
from dataclasses import replace
from typing import Any

import discord

from features.proposals.proposal_card import proposal_card
from features.proposals.view import ProposalView
from features.simulation.impact_card import impact_card
from features.simulation.impact_chart import picture_of_impact
from features.simulation.proposal_impact import ProposalImpact, proposal_impact
from governance.proposals.proposal import KINDS
from governance.proposals.stages import NAMES
from storage.proposals.cards import set_shown, state_of_card
from storage.proposals.proposals import StoredProposal
from storage.proposals.stages import set_place
from storage.server.settings import settings_of
from tools import Tools, files_of
from tournament.source import SourceError
from ui.posting import Place, Post, passes, post_in, update

log = logging.getLogger("roundtable.publishing")


async def publish(
    tools: Tools,
    guild: discord.Guild,
    view: ProposalView,
    buttons: discord.ui.View,
    *,
    typed_in: Any = None,
    text_changed: bool = True,
) -> tuple[ProposalView, tuple[str, ...]]:
    """Post a proposal's card in answer to a member, or bring it up to date; what fails is done by the clock.

    typed_in: where to post in a server that has set no channel. Unless the text changed, what it would do is
    left as it is on the card. Returns the view with the place of the card, and a sentence for everything
    that was not possible.
    """
    try:
        return await put_proposal(tools, guild, view, buttons, typed_in=typed_in, text_changed=text_changed)
    except Exception as error:
        if isinstance(error, ValueError):
            return view, (str(error),)
        if passes(error):
            log.warning("a proposal's card waits: %s", error)
            return view, ("Discord can't show it just now; its card follows by itself.",)
        raise


async def put_proposal(
    tools: Tools,
    guild: discord.Guild,
    view: ProposalView,
    buttons: discord.ui.View,
    *,
    typed_in: Any = None,
    text_changed: bool,
) -> tuple[ProposalView, tuple[str, ...]]:
    """Post a proposal's card or bring it up to date, and note what it shows; a lost one is posted again.

    As publish does it, but raises as post_in does.
    """
    stored = view.stored
    shown = state_of_card(stored, len(view.arguments), len(view.responses), view.poll)
    if stored.message is not None and stored.channel is not None:
        place = Place(stored.channel, stored.thread, stored.message)
        notices = await update(guild, place, await _post(tools, view, buttons, whole=text_changed))
        if notices is not None:
            await set_shown(tools.database, guild.id, view.number, shown)
            return view, notices
    room = await _room(tools, guild, stored, typed_in)
    if room is None:
        await set_shown(tools.database, guild.id, view.number, shown)  # there is nothing to be edited
        return view, ("It is not shown anywhere yet: a moderator can set a channel with /setup channels.",)
    try:
        place, notices = await post_in(room, await _post(tools, view, buttons, whole=True))
    except Exception as error:
        if stored.message is None and passes(error):  # the clock has to know where it is to be tried again
            in_thread = isinstance(room, discord.Thread)
            channel, thread = (room.parent_id, room.id) if in_thread else (room.id, None)
            await set_place(
                tools.database, guild.id, view.number, channel=channel, thread=thread, message=None
            )
        raise
    await set_place(
        tools.database,
        guild.id,
        view.number,
        channel=place.channel,
        thread=place.thread,
        message=place.message,
        shown=shown,
    )
    shown_at = replace(stored, channel=place.channel, thread=place.thread, message=place.message)
    return replace(view, stored=shown_at), notices


async def impact_of(tools: Tools, view: ProposalView, rounds: str | None = None) -> ProposalImpact | None:
    """What a proposal would do; None where its tournament's numbers can't be read, or there are none."""
    if view.proposal.tournament not in tools.sources:
        return None
    try:
        return await proposal_impact(tools.source(view.proposal.tournament), view.proposal, rounds=rounds)
    except SourceError as error:
        log.warning("a proposal can't be simulated: %s", error)
        return None


async def _post(tools: Tools, view: ProposalView, buttons: discord.ui.View, *, whole: bool) -> Post:
    cards, files = [proposal_card(view)], None
    tags = (NAMES[view.stage], view.proposal.tournament.title(), KINDS[view.proposal.kind])
    name = f"#{view.number} {view.proposal.title}"  # names of threads are shown as they are
    if view.hidden_reason is not None:
        return Post(f"#{view.number} is hidden", cards, [], buttons, ("hidden",))
    if whole:
        impact, files = await impact_of(tools, view), []
        if impact is not None:
            cards.append(impact_card(impact, titled=False))
            picture = await tools.drawing.run(picture_of_impact, impact) if not impact.reason_not else None
            files = [] if picture is None else files_of(picture)
    return Post(name, cards, files, buttons, tags)


async def _room(tools: Tools, guild: discord.Guild, stored: StoredProposal, typed_in: Any) -> Any:
    settings = await settings_of(tools.database, guild.id)
    if settings.proposal_channel is not None:
        found = guild.get_channel_or_thread(settings.proposal_channel)
        if isinstance(found, discord.TextChannel | discord.ForumChannel | discord.Thread):
            return found
    if typed_in is None and stored.message is None:  # it could not be posted where it was filed
        typed_in = guild.get_channel_or_thread(stored.thread or stored.channel or 0)
    return typed_in if isinstance(typed_in, discord.TextChannel | discord.Thread) else None
