"""The buttons under a proposal, and what they do."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord

from features.proposals import steps
from features.proposals.forms import ArgumentForm
from features.proposals.impact_dialogs import ask_about_me
from features.proposals.posting import publish
from features.proposals.proposal_card import arguments_cards, proposal_card, text_pages
from features.proposals.steps import OPEN_TO_ARGUMENTS, OPEN_TO_SECONDS
from features.proposals.view import ProposalView, number_with_id, proposal_with_id
from tools import show_cards, tools_of
from ui.card import Row, container, row_of
from ui.dialogs import agreed
from ui.errors import errors_answered
from ui.forms import open_form
from ui.server import guild_of
from wording.message_links import message_link


class ProposalButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"proposal:(?P<verb>second|argue|impact|read|page-[0-9]{1,4}):(?P<proposal>[0-9]{1,18})",
):
    """A button of a proposal's card: second it, argue, see what it does to you, read it all."""

    def __init__(self, verb: str, proposal_id: int, label: str = "") -> None:
        style = discord.ButtonStyle.primary if verb == "second" else discord.ButtonStyle.secondary
        told = label or _LABELS.get(verb, verb)
        super().__init__(
            discord.ui.Button(label=told, style=style, custom_id=f"proposal:{verb}:{proposal_id}")
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
                    await open_form(interaction, argument_form(number))
                return
            view = await proposal_with_id(tools.database, guild.id, self.proposal_id, tools.now())
            if self.verb == "impact":
                await interaction.response.defer(ephemeral=True, thinking=True)
                await ask_about_me(interaction, view.number)
            elif self.verb == "read":
                await show_to(interaction, view, "whole text")
            else:
                await turn_to(interaction, view, int(self.verb.removeprefix("page-")))


_LABELS = {
    "second": "Second",
    "impact": "What it does to me",
    "argue": "Argue",
    "read": "Full text",
}


def rows_of(view: ProposalView) -> list[Row]:
    """The buttons under a proposal's card, those that make sense where it stands."""
    if view.hidden_reason is not None:
        return []
    possible = {"second": view.stage in OPEN_TO_SECONDS, "argue": view.stage in OPEN_TO_ARGUMENTS}
    verbs = [verb for verb in _LABELS if possible.get(verb, True)]
    return [row_of(*(ProposalButton(verb, view.stored.proposal_id) for verb in verbs))]


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


def argument_form(number: int) -> ArgumentForm:
    """The form of an argument about a proposal."""
    return ArgumentForm(number, _argue_about(number))


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


async def show_to(interaction: discord.Interaction, view: ProposalView, what: str) -> None:
    """The card of a proposal, its whole text or the arguments, for the member who asks."""
    if view.hidden_reason is not None or what == "card":
        await show_cards(interaction, [proposal_card(view)], rows_of(view))
        return
    page = 1
    if what == "arguments":
        about = arguments_cards(view)
        if not about:
            raise ValueError("Nobody has argued about it yet. Be the first with /proposal argue.")
        page = len(text_pages(view)) - len(about) + 1
    await interaction.response.send_message(view=_page(view, page), ephemeral=True)


async def turn_to(interaction: discord.Interaction, view: ProposalView, page: int) -> None:
    """Another page of the whole text, in place of the one that is shown."""
    await interaction.response.edit_message(view=_page(view, page))


def _page(view: ProposalView, page: int) -> discord.ui.LayoutView:
    """A page of a proposal's whole text, from 1, with buttons to those beside it."""
    pages = text_pages(view)
    page = min(max(1, page), len(pages))
    card = replace(pages[page - 1], small=f"Page {page} of {len(pages)} · #{view.number}")
    box = container(card)
    beside = [(page - 1, "Back"), (page + 1, "Next")]
    buttons = [
        ProposalButton(f"page-{number}", view.stored.proposal_id, label)
        for number, label in beside
        if 1 <= number <= len(pages)
    ]
    if buttons:
        box.add_item(row_of(*buttons))
    shown = discord.ui.LayoutView(timeout=None)
    shown.add_item(box)
    return shown


async def tell(interaction: discord.Interaction, view: ProposalView, done: str) -> None:
    """Bring the public card up to date, then say what was done and where it is."""
    guild = guild_of(interaction)
    view, notices = await publish(
        tools_of(interaction),
        guild,
        view,
        rows_of(view),
        typed_in=interaction.channel,
    )
    link = message_link(guild.id, view.stored.thread or view.stored.channel, view.stored.message)
    where = [f"<{link}>"] if link else []
    await interaction.followup.send(" ".join((done, *where, *notices)), ephemeral=True)
