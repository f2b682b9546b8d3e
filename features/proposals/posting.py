"""Shows a proposal where its server wants it, and keeps its card up to date."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord

from features.proposals.proposal_card import proposal_card
from features.proposals.view import ProposalView
from features.simulation.effect import basis_of, effect_sentence, review_too_early
from features.simulation.proposal_impact import proposal_impact
from governance.proposals.proposal import KINDS
from governance.proposals.stages import NAMES
from storage.proposals.cards import set_shown, state_of_card
from storage.proposals.effects import Effect, keep_effect
from storage.proposals.proposals import StoredProposal
from storage.proposals.stages import set_place
from storage.server.settings import settings_of
from tools import Tools, tools_of
from tournament.source import SourceError
from ui.card import Row, message_of
from ui.posting import CardRefusedError, Place, Post, nonce_of, passes, post_somewhere, tell_setter, update
from ui.roles import check_may_post
from ui.server import guild_of
from ui.text import plain

log = logging.getLogger("roundtable.publishing")

WAITS = "Discord can't show it just now; its card follows by itself."
MEND = "A moderator can mend that with /setup check and /setup channels; its card follows by itself then."


async def publish(
    tools: Tools,
    guild: discord.Guild,
    view: ProposalView,
    rows: Sequence[Row],
    *,
    typed_in: Any = None,
) -> tuple[ProposalView, tuple[str, ...]]:
    """Post a proposal's card in answer to a member, or bring it up to date; what fails is done by the clock.

    typed_in: where to post in a server that has set no channel. Returns the view with the place of the card,
    and a sentence for everything that was not possible.
    """
    try:
        return await put_proposal(tools, guild, view, rows, typed_in=typed_in)
    except CardRefusedError as error:
        return view, (plain(str(error)), MEND)
    except Exception as error:
        if passes(error):
            log.warning("a proposal's card waits: %s", error)
            return view, (WAITS,)
        raise


async def put_proposal(
    tools: Tools,
    guild: discord.Guild,
    view: ProposalView,
    rows: Sequence[Row],
    *,
    typed_in: Any = None,
) -> tuple[ProposalView, tuple[str, ...]]:
    """Post a proposal's card or bring it up to date, and note what it shows; a lost one is posted again.

    As publish does it, but raises as post_in does.
    """
    stored = view.stored
    complete = view.effect is not None or view.hidden_reason is not None
    shown = state_of_card(stored, len(view.arguments), len(view.responses), view.poll, effect=complete)
    nonce = nonce_of("proposal", stored.proposal_id, stored.message, shown)
    post = await _post(tools, view, rows, nonce)
    if stored.message is not None and stored.channel is not None:
        place = Place(stored.channel, stored.thread, stored.message)
        notices = await update(guild, place, post)
        if notices is not None:
            await set_shown(tools.database, guild.id, view.number, shown)
            return view, notices
    rooms = await _rooms(tools, guild, stored, typed_in)
    if not rooms:
        await set_shown(tools.database, guild.id, view.number, shown)  # there is nothing to be edited
        return view, ("It is not shown anywhere yet: a moderator can set a channel with /setup channels.",)
    try:
        place, notices = await post_somewhere(guild, rooms, post)
    except Exception as error:
        if stored.channel is None:  # the clock has to know where it is to be tried again
            await set_place(
                tools.database, guild.id, view.number, channel=rooms[0], thread=None, message=None
            )
        if isinstance(error, CardRefusedError):
            sentence = (
                f"**{plain(guild.name)}**: proposal #{view.number} is not shown. {plain(str(error))} {MEND}"
            )
            await tell_setter(tools.database, guild, f"proposal {stored.proposal_id}", sentence, tools.now())
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


async def with_effect(tools: Tools, view: ProposalView) -> tuple[ProposalView, str]:
    """The view with what its newest revision would do, which is computed and kept where it was not yet.

    With it, once it is computed, a sentence where its review comes before anybody can know what it did. As it
    is where the numbers can't be read just now: the clock asks again.
    """
    if view.effect is not None or view.hidden_reason is not None:
        return view, ""
    tournament, early = view.proposal.tournament, ""
    if tournament not in tools.sources:
        effect = Effect(f"Not simulated. This bot has no numbers of {tournament.title()}.", "")
    else:
        source = tools.source(tournament)
        try:
            impact, rounds = await asyncio.gather(proposal_impact(source, view.proposal), source.rounds())
        except SourceError as error:
            log.warning("a proposal can't be simulated: %s", error)
            return view, ""
        effect = Effect(effect_sentence(impact), basis_of(impact))
        review = view.proposal.parameters.review_on
        early = review_too_early(impact, review, tools.now().date(), rounds.spacing)
    stored = view.stored
    await keep_effect(
        tools.database, stored.guild_id, stored.proposal_id, stored.revision, effect, tools.now()
    )
    return replace(view, effect=effect), early


async def _post(tools: Tools, view: ProposalView, rows: Sequence[Row], nonce: str) -> Post:
    hidden = view.hidden_reason is not None
    # names of threads are shown as they are
    name = f"#{view.number} is hidden" if hidden else f"#{view.number} {view.proposal.title}"
    tags = (NAMES[view.stage], view.proposal.tournament.title(), KINDS[view.proposal.kind])
    shown = await message_of(tools.drawing, [proposal_card(view)], rows)
    return Post(name, shown, ("hidden",) if hidden else tags, nonce)


async def check_may_file_here(interaction: discord.Interaction) -> None:
    """Raise ValueError where a proposal would stand in a channel in which its author may not write."""
    settings = await settings_of(tools_of(interaction).database, guild_of(interaction).id)
    if settings.proposal_channel is None:  # else moderators said where proposals stand
        check_may_post(interaction)


async def _rooms(tools: Tools, guild: discord.Guild, stored: StoredProposal, typed_in: Any) -> list[int]:
    """Where it may be shown, the channel of the server's proposals first."""
    settings = await settings_of(tools.database, guild.id)
    typed = typed_in.id if isinstance(typed_in, discord.TextChannel | discord.Thread) else None
    if typed_in is None and stored.message is None:  # it could not be posted where it was filed
        typed = stored.thread or stored.channel
    return [
        room for room in (settings.proposal_channel, typed, settings.announce_channel) if room is not None
    ]
