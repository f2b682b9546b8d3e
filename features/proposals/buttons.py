"""The buttons under a proposal and under a draft, and what they do."""

from collections.abc import Awaitable, Callable
from typing import Any

import discord

from features.account.link import asked_about
from features.proposals import drafts, steps
from features.proposals.forms import FIRST, REST, ArgumentForm, ProposalForm
from features.proposals.posting import publish
from features.proposals.proposal_card import (
    arguments_cards,
    draft_card,
    proposal_card,
    revision_card,
    text_cards,
)
from features.proposals.steps import OPEN_TO_ARGUMENTS, OPEN_TO_SECONDS
from features.proposals.view import ProposalView, proposal_view, proposal_with_id
from features.simulation.impact_card import member_impact_card
from features.simulation.proposal_impact import member_impact
from tools import tools_of
from ui.errors import errors_answered
from ui.server import guild_of
from wording.links import message_link


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
            tools = tools_of(interaction)
            view = await proposal_with_id(
                tools.database, guild_of(interaction).id, self.proposal_id, tools.now()
            )
            if self.verb == "second":
                await second_and_tell(interaction, view)
            elif self.verb == "impact":
                await show_impact(interaction, view, None)
            elif self.verb == "read":
                await show_to(interaction, view, "whole text")
            else:
                await interaction.response.send_modal(ArgumentForm(view.number, _argue_about(view)))


class DraftButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"draft:(?P<verb>edit|more|file|discard):(?P<guild>[0-9]{1,20})",
):
    """A button under a draft: go back to the form, continue, file it, discard it."""

    def __init__(self, verb: str, guild_id: int, label: str = "") -> None:
        style = discord.ButtonStyle.success if verb == "file" else discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(label=label or _LABELS[verb], style=style, custom_id=f"draft:{verb}:{guild_id}")
        )
        self.verb = verb

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "DraftButton":
        return cls(match["verb"], int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what the button says."""
        async with errors_answered(interaction):
            tools, guild = tools_of(interaction), guild_of(interaction)
            fields = await drafts.draft_fields(tools.database, guild.id, interaction.user.id)
            if fields is None:
                raise ValueError("That draft was filed or discarded. Start one with /proposal new.")
            if self.verb in ("edit", "more"):
                form = FIRST if self.verb == "edit" else REST
                title = "A proposal" if self.verb == "edit" else "The rest of it"
                await interaction.response.send_modal(
                    ProposalForm(title, form, fields, save_and_show(fields))
                )
            elif self.verb == "discard":
                await drafts.discard_draft(tools.database, guild.id, interaction.user.id)
                await interaction.response.send_message("Your draft is gone.", ephemeral=True)
            else:
                await _file(interaction)


_LABELS = {
    "second": "Second",
    "argue": "Argue or ask",
    "impact": "What it does to me",
    "read": "Read it all",
    "edit": "Edit",
    "more": "Continue",
    "file": "File it",
    "discard": "Discard",
}


def buttons_of(view: ProposalView) -> discord.ui.View:
    """The buttons under a proposal's card, those that make sense where it stands."""
    verbs = []
    if view.hidden_reason is None:
        verbs += ["second"] if view.stage in OPEN_TO_SECONDS else []
        verbs += ["argue"] if view.stage in OPEN_TO_ARGUMENTS else []
        verbs += ["impact", "read"]
    buttons = discord.ui.View(timeout=None)
    for verb in verbs:
        buttons.add_item(ProposalButton(verb, view.stored.proposal_id))
    return buttons


def draft_buttons(guild_id: int, view: drafts.DraftView) -> discord.ui.View:
    """The buttons under a draft; it can be filed once it can be read."""
    buttons = discord.ui.View(timeout=None)
    buttons.add_item(DraftButton("edit", guild_id))
    buttons.add_item(DraftButton("more", guild_id))
    if view.proposal is not None:
        buttons.add_item(DraftButton("file", guild_id, "Save the revision" if view.revising else "File it"))
    buttons.add_item(DraftButton("discard", guild_id))
    return buttons


def save_and_show(
    before: dict[str, str],
) -> Callable[[discord.Interaction, dict[str, str]], Awaitable[None]]:
    """What a form does with what was typed: keep it as the draft and show that."""

    async def done(interaction: discord.Interaction, typed: dict[str, str]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        tools, guild = tools_of(interaction), guild_of(interaction)
        view = await drafts.save_fields(
            tools.database, guild.id, interaction.user.id, before | typed, tools.now()
        )
        await interaction.followup.send(
            embeds=draft_cards(view), view=draft_buttons(guild.id, view), ephemeral=True
        )

    return done


async def show_draft_first(interaction: discord.Interaction, fields: dict[str, str]) -> None:
    """Show the draft that starting over would lose; it has the buttons to file or discard it."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    view = await drafts.read_draft(tools.database, guild.id, fields, tools.now())
    await interaction.response.send_message(
        "You have this draft already: file or discard it first.",
        embeds=draft_cards(view),
        view=draft_buttons(guild.id, view),
        ephemeral=True,
    )


def draft_cards(view: drafts.DraftView) -> list[discord.Embed]:
    """A draft as cards: what it says, or what it would change."""
    return [draft_card(view)] if view.revising is None else [revision_card(view.revising)]


async def _file(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools, guild = tools_of(interaction), guild_of(interaction)
    view, dropped = await drafts.file_draft(tools.database, guild.id, interaction.user.id, tools.now())
    if dropped is None:
        done = f"Filed as #{view.number}."
    else:
        fell = f" {dropped} seconding{'s' if dropped != 1 else ''} fell." if dropped else ""
        done = f"Revision {view.revision} of #{view.number} is saved.{fell}"
    await tell(interaction, view, done, text_changed=True)


async def second_and_tell(interaction: discord.Interaction, view: ProposalView) -> None:
    """Second a proposal and say how many do."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools = tools_of(interaction)
    new, moved = await steps.second(
        tools.database, view.stored.guild_id, view.number, interaction.user.id, tools.now()
    )
    if not new and not moved:
        await interaction.followup.send("You have seconded it already.", ephemeral=True)
        return
    view = await proposal_view(tools.database, view.stored.guild_id, view.number, tools.now())
    done = f"You second #{view.number}: {view.seconds} of {view.seconds_needed}."
    await tell(interaction, view, done + (" Its discussion begins." if moved else ""))


def _argue_about(view: ProposalView) -> Callable[[discord.Interaction, str, str], Awaitable[None]]:
    async def done(interaction: discord.Interaction, side: str, claim: str) -> None:
        await argue_and_tell(interaction, view, side, claim)

    return done


async def argue_and_tell(interaction: discord.Interaction, view: ProposalView, side: str, claim: str) -> None:
    """Put an argument on record and say so."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools = tools_of(interaction)
    await steps.argue(
        tools.database, view.stored.guild_id, view.number, interaction.user.id, side, claim, tools.now()
    )
    view = await proposal_view(tools.database, view.stored.guild_id, view.number, tools.now())
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
    notices = await publish(
        tools_of(interaction),
        guild,
        view,
        buttons_of(view),
        typed_in=interaction.channel,
        text_changed=text_changed,
    )
    view = await proposal_view(
        tools_of(interaction).database, guild.id, view.number, tools_of(interaction).now()
    )
    link = message_link(guild.id, view.stored.thread or view.stored.channel, view.stored.message)
    where = [f"<{link}>"] if link else []
    await interaction.followup.send(" ".join((done, *where, *notices)), ephemeral=True)


def check_visible(view: ProposalView) -> None:
    """Raise ValueError with the reason where a moderator has hidden it."""
    if view.hidden_reason is not None:
        raise ValueError(f"Proposal #{view.number} is hidden, for this reason: {view.hidden_reason}")
