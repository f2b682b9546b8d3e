"""The buttons under a proposal, and what they do."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from features.account.link import asked_about
from features.proposals import steps
from features.proposals.forms import ArgumentForm
from features.proposals.posting import publish
from features.proposals.proposal_card import (
    arguments_cards,
    proposal_card,
    text_cards,
)
from features.proposals.steps import OPEN_TO_ARGUMENTS, OPEN_TO_SECONDS
from features.proposals.view import ProposalView, number_with_id, proposal_with_id
from features.simulation.impact_card import member_impact_card
from features.simulation.proposal_impact import member_impact
from tools import tools_of
from ui.dialogs import agreed
from ui.errors import errors_answered
from ui.server import guild_of
from wording.message_links import message_link


class ProposalButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"proposal:(?P<verb>second|argue|impact|read):(?P<proposal>[0-9]{1,18})",
):
    """A button of a proposal's card: second it, argue, see what it does to you, read it all."""

    def __init__(self, verb: str, proposal_id: int) -> None:
        style = discord.ButtonStyle.primary if verb == "second" else discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(label=_LABELS[verb], style=style, custom_id=f"proposal:{verb}:{proposal_id}")
        )
        self.verb, self.proposal_id = verb, proposal_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "ProposalButton":
        return cls(match["verb"], int(match["proposal"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what the button says."""
        async with errors_answered(interaction):
            tools, guild = tools_of(interaction), guild_of(interaction)
            if self.verb in ("second", "argue"):
                number = await number_with_id(tools.database, guild.id, self.proposal_id)
                if self.verb == "second":
                    await second_and_tell(interaction, number)
                else:
                    await interaction.response.send_modal(ArgumentForm(number, _argue_about(number)))
                return
            view = await proposal_with_id(tools.database, guild.id, self.proposal_id, tools.now())
            if self.verb == "impact":
                await show_impact(interaction, view, None)
            else:
                await show_to(interaction, view, "whole text")


_LABELS = {
    "second": "Second",
    "argue": "Argue or ask",
    "impact": "What it does to me",
    "read": "Read it all",
}


def buttons_of(view: ProposalView) -> discord.ui.View:
    """The buttons under a proposal's card, those that make sense where it stands."""
    verbs: list[str] = []
    if view.hidden_reason is None:
        verbs += ["second"] if view.stage in OPEN_TO_SECONDS else []
        verbs += ["argue"] if view.stage in OPEN_TO_ARGUMENTS else []
        verbs += ["impact", "read"]
    buttons = discord.ui.View(timeout=None)
    for verb in verbs:
        buttons.add_item(ProposalButton(verb, view.stored.proposal_id))
    return buttons


async def second_and_tell(interaction: discord.Interaction, number: int) -> None:
    """Second a proposal and say how many do; whoever does already may take it back."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools, guild = tools_of(interaction), guild_of(interaction)
    done = await steps.second(tools.database, guild.id, number, interaction.user.id, tools.now())
    view = done.view
    if done.new or done.moved:
        told = f"You second #{number}: {view.seconds} of {view.seconds_needed}."
        await tell(interaction, view, told + (" Its discussion begins." if done.moved else ""))
        return
    question = f"You second #{number} already. Take it back?"
    pressed = await agreed(interaction, question, "Take it back")
    if pressed is None:
        return
    async with errors_answered(pressed):
        after = await steps.unsecond(tools.database, guild.id, number, interaction.user.id, tools.now())
        if after is None:
            raise ValueError(f"You do not second #{number} any more.")
        told = f"You do not second #{number} any more: {after.seconds} of {after.seconds_needed}."
        await tell(pressed, after, told)


def _argue_about(number: int) -> Callable[[discord.Interaction, str, str], Awaitable[None]]:
    async def done(interaction: discord.Interaction, side: str, claim: str) -> None:
        await argue_and_tell(interaction, number, side, claim)

    return done


async def argue_and_tell(interaction: discord.Interaction, number: int, side: str, claim: str) -> None:
    """Put an argument on record and say so."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools, guild = tools_of(interaction), guild_of(interaction)
    view = await steps.argue(tools.database, guild.id, number, interaction.user.id, side, claim, tools.now())
    await tell(interaction, view, f"Your {'question' if side == 'question' else 'argument'} is on record.")


async def show_impact(interaction: discord.Interaction, view: ProposalView, who: str | None) -> None:
    """What a proposal would have done to the member who asks."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools = tools_of(interaction)
    check_visible(view)
    name, _ = await asked_about(tools.database, interaction.user.id, who, None)
    impact = await member_impact(tools.source(view.proposal.tournament), view.proposal, name)
    await interaction.followup.send(embed=member_impact_card(impact), ephemeral=True)


async def show_to(interaction: discord.Interaction, view: ProposalView, what: str) -> None:
    """The card of a proposal, its whole text or the arguments, for the member who asks."""
    if view.hidden_reason is not None or what == "card":
        buttons = buttons_of(view)
        await interaction.response.send_message(
            embed=proposal_card(view),
            view=buttons if buttons.children else discord.utils.MISSING,
            ephemeral=True,
        )
        return
    cards = text_cards(view) if what == "whole text" else arguments_cards(view)
    if not cards:
        raise ValueError("Nobody has argued about it yet. Be the first with /proposal argue.")
    await interaction.response.send_message(embeds=cards[:1], ephemeral=True)
    for card in cards[1:]:  # together they may be longer than one message
        await interaction.followup.send(embed=card, ephemeral=True)


async def tell(
    interaction: discord.Interaction, view: ProposalView, done: str, *, text_changed: bool = False
) -> None:
    """Bring the public card up to date, then say what was done and where it is."""
    guild = guild_of(interaction)
    view, notices = await publish(
        tools_of(interaction),
        guild,
        view,
        buttons_of(view),
        typed_in=interaction.channel,
        text_changed=text_changed,
    )
    link = message_link(guild.id, view.stored.thread or view.stored.channel, view.stored.message)
    where = [f"<{link}>"] if link else []
    await interaction.followup.send(" ".join((done, *where, *notices)), ephemeral=True)


def check_visible(view: ProposalView) -> None:
    """Raise ValueError with the reason where a moderator has hidden it."""
    if view.hidden_reason is not None:
        raise ValueError(f"Proposal #{view.number} is hidden, for this reason: {view.hidden_reason}")
