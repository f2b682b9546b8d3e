"""What the commands about proposals open and show: a list, a form, a simulation, a file."""

import io
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import discord

from features.proposals import drafts, steps
from features.proposals.buttons import argument_form, tell
from features.proposals.drafting.draft_buttons import (
    draft_form,
    save_and_show,
    show_draft,
    show_draft_first,
    show_start,
    show_step,
)
from features.proposals.drafting.guide import first_step
from features.proposals.forms import FIRST, ProposalForm
from features.proposals.proposal_card import list_card
from features.proposals.view import ProposalView, check_visible, list_proposals
from governance.proposals.document import to_json
from governance.proposals.json_text import LARGEST
from governance.proposals.markdown import as_markdown
from storage.proposals.blocks import block_reason
from storage.proposals.filing import blocked
from tools import content_of, tools_of
from ui.card import Card
from ui.forms import Again, open_form
from ui.pages import CardPages
from ui.server import guild_of
from ui.text import ADVISORY


async def show_pages(interaction: discord.Interaction, page: int, **wanted: Any) -> None:
    """A page of the server's proposals that are `wanted` as in `list_proposals`, with buttons to turn it."""
    database, guild = tools_of(interaction).database, guild_of(interaction)

    async def turn(page: int) -> tuple[Card, int]:
        lines, pages, total = await list_proposals(database, guild.id, **wanted, page=page)
        return list_card(lines, min(max(1, page), pages), pages, total), pages

    card, pages = await turn(page)
    view = CardPages(turn, card, page, pages, back="Newer", on="Older")
    await interaction.response.send_message(view=view, ephemeral=True)


async def open_new(interaction: discord.Interaction, picked: dict[str, str]) -> None:
    """Go on with the member's draft, or start one; a draft of a revision is shown first.

    What would keep them from filing it is said before they type anything.
    """
    tools, guild, member = tools_of(interaction), guild_of(interaction), interaction.user.id
    await interaction.response.defer(ephemeral=True, thinking=True)
    reason = await block_reason(tools.database, guild.id, member)
    if reason is not None:
        raise ValueError(blocked(reason))
    fields = await drafts.draft_fields(tools.database, guild.id, member) or {}
    if fields.get("revises"):
        await show_draft_first(interaction, fields)
        return
    if not fields and "kind" not in picked:
        await show_start(interaction)
        return
    if picked:
        view = await drafts.save_fields(tools.database, guild.id, member, picked, tools.now())
        fields = view.fields
    await show_step(interaction, fields, first_step(fields))


async def open_revision(interaction: discord.Interaction, number: int) -> None:
    """The form of a revision of a proposal, gone on with where it was left; another draft is shown first."""
    tools, guild, member = tools_of(interaction), guild_of(interaction), interaction.user.id
    fields = await drafts.revision_fields(tools.database, guild.id, number, member, tools.now())
    there = await drafts.draft_fields(tools.database, guild.id, member)
    if there is not None and there.get("revises") != str(number):
        await interaction.response.defer(ephemeral=True, thinking=True)
        await show_draft_first(interaction, there)
        return
    fields = there or fields  # saving says so if it was revised meanwhile
    await open_form(interaction, _revision_form(number, fields))


def _revision_form(number: int, fields: dict[str, str]) -> ProposalForm:
    done = save_and_show(fields)
    name = f"proposal:revise:{number}-{fields['base']}"  # and what it is a revision of
    return ProposalForm(f"Revise #{number}", FIRST, fields, done, name)


async def revision_form(interaction: discord.Interaction, number: int, base: str) -> ProposalForm:
    """The form of a revision as `open_revision` opens it, of the revision `base`."""
    tools, guild, member = tools_of(interaction), guild_of(interaction), interaction.user.id
    fields = await drafts.revision_fields(tools.database, guild.id, number, member, tools.now())
    there = await drafts.draft_fields(tools.database, guild.id, member)
    fields = there if there is not None and there.get("revises") == str(number) else fields
    return _revision_form(number, {**fields, "base": base})


async def hide_and_tell(
    interaction: discord.Interaction, number: int, argument: int | None, reason: str, *, hidden: bool
) -> None:
    """Hide a proposal, or one argument about it, or show it again; the moderator has been told to wait."""
    tools, guild, member = tools_of(interaction), guild_of(interaction), interaction.user.id
    database, now = tools.database, tools.now()
    what = f"#{number}" if argument is None else f"Argument {argument}"
    if argument is None:
        view = await steps.hide(database, guild.id, number, member, reason, now, hidden=hidden)
    else:
        view = await steps.hide_argument(
            database, guild.id, number, argument, member, reason, now, hidden=hidden
        )
    if view is None:
        raise ValueError("There was nothing to change: it is like that already, or not there.")
    await tell(interaction, view, f"{what} is {'hidden' if hidden else 'shown again'}.")


async def take_file(interaction: discord.Interaction, file: discord.Attachment) -> None:
    """Make a file the member's draft and show it; the member has been told to wait."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    content = await content_of(file, LARGEST, "a proposal")
    view = await drafts.import_draft(tools.database, guild.id, interaction.user.id, content, tools.now())
    await show_draft(interaction, view)


async def send_file(interaction: discord.Interaction, view: ProposalView, *, as_json: bool) -> None:
    """A proposal as a file of JSON, or of Markdown fit for a forum post."""
    check_visible(view)
    if as_json:
        text, name = to_json(view.proposal), f"proposal-{view.number}.json"
    else:
        footer = f"Revision {view.revision}, {view.content_hash[:16]}. {ADVISORY}"
        text, name = as_markdown(view.proposal, footer=footer), f"proposal-{view.number}.md"
    file = discord.File(io.BytesIO(text.encode()), filename=name)
    await interaction.response.send_message(file=file, ephemeral=True)


# how the forms of proposals are made again
FORMS: Mapping[str, Again] = MappingProxyType(
    {
        r"proposal:argue:(?P<number>[0-9]{1,18})": lambda _, match: argument_form(int(match["number"])),
        r"proposal:revise:(?P<number>[0-9]{1,18})-(?P<base>[0-9]{1,9})": lambda asked, match: revision_form(
            asked, int(match["number"]), match["base"]
        ),
        r"draft:(?P<what>write|edit|more|set-[a-z-]+):0": lambda asked, match: draft_form(
            asked, match["what"]
        ),
    }
)
