"""The buttons under a draft: go back to its form, go on, file it, discard it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import discord

from features.proposals import drafts
from features.proposals.buttons import row_of, tell
from features.proposals.drafting.draft_card import draft_card
from features.proposals.forms import FIRST, REST, ProposalForm
from features.proposals.posting import with_effect
from tools import tools_of
from ui.card import Row, message_of
from ui.errors import errors_answered
from ui.server import guild_of
from wording.numbers import counted


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
    "edit": "Edit",
    "more": "Continue",
    "file": "File it",
    "discard": "Discard",
}


def draft_rows(guild_id: int, view: drafts.DraftView) -> list[Row]:
    """The buttons under a draft; it can be filed once it can be read."""
    buttons = [DraftButton("edit", guild_id), DraftButton("more", guild_id)]
    if view.proposal is not None:
        buttons.append(
            DraftButton("file", guild_id, "File it" if view.revising is None else "Save the revision")
        )
    return [row_of(*buttons, DraftButton("discard", guild_id))]


async def show_draft(interaction: discord.Interaction, view: drafts.DraftView, told: str = "") -> None:
    """A draft and what can be done with it, for the member who has been told to wait."""
    guild = guild_of(interaction)
    card = draft_card(view)
    card = replace(card, text="\n\n".join(filter(None, (told, card.text))))
    message = await message_of(tools_of(interaction).drawing, [card], draft_rows(guild.id, view))
    await interaction.followup.send(view=message.view, ephemeral=True)


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
        await show_draft(interaction, view)

    return done


async def show_draft_first(interaction: discord.Interaction, fields: dict[str, str]) -> None:
    """Show the draft that starting over would lose; it has the buttons to file or discard it."""
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools, guild = tools_of(interaction), guild_of(interaction)
    view = await drafts.read_draft(tools.database, guild.id, fields, tools.now())
    await show_draft(interaction, view, "You have this draft already: file or discard it first.")


async def _file(interaction: discord.Interaction) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools, guild = tools_of(interaction), guild_of(interaction)
    view, dropped = await drafts.file_draft(tools.database, guild.id, interaction.user.id, tools.now())
    view = await with_effect(tools, view)
    if dropped is None:
        done = f"Filed as #{view.number}."
    else:
        fell = f" {counted(dropped, 'seconding')} fell." if dropped else ""
        done = f"Revision {view.revision} of #{view.number} is saved.{fell}"
    await tell(interaction, view, done)
