"""The menus and buttons of a proposal in the making: they change it where it stands, file or discard it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import discord

from features.proposals import drafts
from features.proposals.buttons import tell
from features.proposals.drafting import guide
from features.proposals.drafting.draft_card import changes_card, draft_card
from features.proposals.drafting.guide_card import (
    START,
    TYPE,
    guide_card,
    options_of_kind,
    options_of_line,
    options_of_tournament,
)
from features.proposals.drafts import Fields
from features.proposals.forms import FIRST, REST, ProposalForm
from features.proposals.posting import check_may_file_here, with_effect
from features.rules.rules import suggest_priced_rules
from features.simulation.proposal_impact import ProposalImpact, proposal_impact
from storage.proposals.filing import refusal_to_file
from tools import Tools, show_cards, tools_of
from tournament.source import SourceError
from ui.card import Card, Row, fitting, message_of, row_of
from ui.errors import errors_answered
from ui.forms import TextForm, open_form
from ui.pages import CardPages
from ui.server import guild_of
from wording.numbers import counted

GONE = "That draft was filed or discarded. Start one with /proposal new."
NO_NUMBERS = (
    "The numbers can't be read just now, so nobody can tell who gains. The draft can be filed all the same."
)


class DraftButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"draft:(?P<verb>write|edit|more|changes|file|discard|step-[a-z]+):(?P<guild>[0-9]{1,20})",
):
    """A button under a draft: another step, its forms, file it, discard it."""

    def __init__(self, verb: str, guild_id: int, label: str = "") -> None:
        style = discord.ButtonStyle.success if verb == "file" else discord.ButtonStyle.secondary
        super().__init__(
            discord.ui.Button(label=label or verb, style=style, custom_id=f"draft:{verb}:{guild_id}")
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
            if fields is None and self.verb == "write":
                fields = {}  # there was no draft when it was offered
            if fields is None:
                raise ValueError(GONE)
            if self.verb in ("write", "edit", "more"):
                await open_form(interaction, _words_form(self.verb, fields))
            elif self.verb == "changes":
                view = await drafts.read_draft(tools.database, guild.id, fields, tools.now())
                await _show_changes(interaction, view)
            elif self.verb == "discard":
                await drafts.discard_draft(tools.database, guild.id, interaction.user.id)
                await interaction.response.send_message("Your draft is gone.", ephemeral=True)
            elif self.verb == "file":
                await _file(interaction)
            else:
                await interaction.response.defer()
                await show_step(interaction, fields, self.verb.removeprefix("step-"))


class DraftMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]],
    template=r"draft:set-(?P<key>[a-z-]+):(?P<guild>[0-9]{1,20})",
):
    """A menu under a draft that sets one thing of it."""

    def __init__(self, key: str, guild_id: int, options: Sequence[discord.SelectOption] = ()) -> None:
        placeholder = "What is it about?" if key in ("kind", "start") else None
        super().__init__(
            discord.ui.Select(
                custom_id=f"draft:set-{key}:{guild_id}", options=list(options), placeholder=placeholder
            )
        )
        self.key = key

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "DraftMenu":
        return cls(match["key"], int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Set what was picked, or open the form in which it is typed."""
        async with errors_answered(interaction):
            tools, guild = tools_of(interaction), guild_of(interaction)
            fields = await drafts.draft_fields(tools.database, guild.id, interaction.user.id)
            if fields is None and self.key != "start":
                raise ValueError(GONE)
            [picked] = self.item.values
            if picked == TYPE:
                await open_form(interaction, _value_form(self.key, fields or {}, tools.now().date()))
                return
            await interaction.response.defer()
            if self.key == "start" and fields:
                await show_step(interaction, fields, guide.first_step(fields))  # begun elsewhere meanwhile
                return
            await _set(interaction, self.key, picked.removeprefix("="))


async def show_step(interaction: discord.Interaction, fields: Fields, step: str) -> None:
    """A step of the draft in place of what is shown, or in a new message, once deferred."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    refusal = await refusal_to_file(tools.database, guild.id, interaction.user.id, tools.now())
    limits = (
        ""
        if refusal is None or fields.get("revises")
        else f"It can be prepared, but not filed yet. {refusal}"
    )
    if step == "words":
        view = await drafts.read_draft(tools.database, guild.id, fields, tools.now())
        await show_draft(interaction, view, limits)
        return
    impact = await _preview(tools, fields)
    await _show(
        interaction, guide_card(step, fields, impact, limits), await _menus(tools, guild.id, step, fields)
    )


async def show_start(interaction: discord.Interaction) -> None:
    """What a member without a draft is asked first; they have been told to wait."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    refusal = await refusal_to_file(tools.database, guild.id, interaction.user.id, tools.now())
    card = (
        START
        if refusal is None
        else replace(START, after=f"It can be prepared, but not filed yet. {refusal}")
    )
    menu = DraftMenu("start", guild.id, options_of_kind({}))
    await _show(interaction, card, [row_of(menu), row_of(DraftButton("write", guild.id, "Type it all"))])


async def show_draft(interaction: discord.Interaction, view: drafts.DraftView, told: str = "") -> None:
    """A draft and what can be done with it, for the member who has been told to wait."""
    guild_id, card = guild_of(interaction).id, draft_card(view)
    buttons = [
        DraftButton("step-terms", guild_id, "Back"),
        DraftButton("edit", guild_id, "Edit the text"),
        DraftButton("more", guild_id, "Add reasons"),
    ]
    if view.revising is not None:
        buttons.append(DraftButton("changes", guild_id, "Every change"))
    if view.proposal is not None:
        label = "File it" if view.revising is None else "Save the revision"
        buttons.append(DraftButton("file", guild_id, label))
    card = replace(card, text="\n\n".join(filter(None, (told, card.text))))
    buttons.append(DraftButton("discard", guild_id, "Discard"))
    await _show(interaction, card, [row_of(*buttons[at : at + 5]) for at in range(0, len(buttons), 5)])


async def _show_changes(interaction: discord.Interaction, view: drafts.DraftView) -> None:
    """Every change of a revision, in pages of their own."""
    if view.revising is None:
        raise ValueError("That draft is a new proposal: there is nothing yet that it changes.")
    shown = CardPages.of(fitting(changes_card(view.revising)))
    await interaction.response.send_message(view=shown, ephemeral=True)


def save_and_show(before: Fields) -> Callable[[discord.Interaction, Fields], Awaitable[None]]:
    """What a form does with what was typed: keep it as the draft and show that."""

    async def done(interaction: discord.Interaction, typed: Fields) -> None:
        tools, guild = tools_of(interaction), guild_of(interaction)
        view = await drafts.save_fields(
            tools.database, guild.id, interaction.user.id, before | typed, tools.now()
        )
        if interaction.message is None:
            await interaction.response.defer(ephemeral=True, thinking=True)
        else:
            await interaction.response.defer()
        await show_draft(interaction, view)

    return done


async def show_draft_first(interaction: discord.Interaction, fields: Fields) -> None:
    """Show the draft that starting over would lose; it has the buttons to file or discard it."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    view = await drafts.read_draft(tools.database, guild.id, fields, tools.now())
    await show_draft(interaction, view, "You have this draft already: file or discard it first.")


async def _show(interaction: discord.Interaction, card: Card, rows: Sequence[Row]) -> None:
    """In place of the draft that is shown, or in a new message where none is."""
    if interaction.message is None:
        await show_cards(interaction, [card], rows)
    else:
        message = await message_of(tools_of(interaction).drawing, [card], rows)
        await interaction.edit_original_response(content=None, view=message.view, attachments=message.files)


async def _menus(tools: Tools, guild_id: int, step: str, fields: Fields) -> list[Row]:
    rows: list[Row] = []
    if step == "change":
        rows.append(row_of(DraftMenu("kind", guild_id, options_of_kind(fields))))
        rows.append(row_of(DraftMenu("tournament", guild_id, options_of_tournament(fields))))
    rules = await _rules(tools, fields) if step == "change" else []
    rows += [
        row_of(DraftMenu(line.key, guild_id, options_of_line(line, fields)))
        for line in guide.lines_for(step, fields, rules, tools.now().date())
    ]
    at = guide.STEPS.index(step)
    beside = [(at - 1, "Back"), (at + 1, "Next")]
    buttons = [DraftButton(f"step-{guide.STEPS[to]}", guild_id, label) for to, label in beside if to >= 0]
    return [*rows, row_of(*buttons, DraftButton("edit", guild_id, "Type it all"))]


async def _rules(tools: Tools, fields: Fields) -> list[str]:
    """Payout rules of the tournament that its numbers can price, as they are typed in a proposal."""
    tournament = fields.get("tournament", "classic")
    if tournament not in tools.sources:
        return []
    try:
        found = await suggest_priced_rules(tools.sources[tournament], "")
    except SourceError:
        return []
    typed: list[str] = []
    for _, value in found:
        try:
            rule = guide.with_value({"tournament": tournament}, "rule", value)
        except ValueError:
            continue  # a dated rule is no text of a rule
        typed.append(guide.value_of(rule, "rule"))
    return list(dict.fromkeys(typed))[:20]


async def _preview(tools: Tools, fields: Fields) -> ProposalImpact | str:
    """What the draft would do, or why that can't be told."""
    try:
        proposal = guide.previewed(fields)
        return await proposal_impact(tools.source(proposal.tournament), proposal)
    except SourceError:
        return NO_NUMBERS
    except ValueError as error:
        return str(error)


async def draft_form(interaction: discord.Interaction, what: str) -> ProposalForm | TextForm:
    """A form of the member's draft as a button or a menu opens it: write, edit, more, or one setting."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    fields = await drafts.draft_fields(tools.database, guild.id, interaction.user.id) or {}
    if what.startswith("set-"):
        return _value_form(what.removeprefix("set-"), fields, tools.now().date())
    return _words_form(what, fields)


def _words_form(verb: str, fields: Fields) -> ProposalForm:
    form, title = (REST, "The rest of it") if verb == "more" else (FIRST, "A proposal")
    return ProposalForm(title, form, fields, save_and_show(fields), f"draft:{verb}:0")


def _value_form(key: str, fields: Fields, today: date) -> TextForm:
    async def done(interaction: discord.Interaction, text: str) -> None:
        guide.with_value(
            {"tournament": fields.get("tournament", "classic")}, key, text
        )  # refused before it waits
        await interaction.response.defer()
        await _set(interaction, key, " ".join(text.split()))

    hint = next(
        (
            line.hint
            for step in guide.STEPS
            for line in guide.lines_for(step, fields, (), today)
            if line.key == key
        ),
        "",
    )
    value, name = guide.value_of(fields, key), f"draft:set-{key}:0"
    return TextForm("A proposal", key.capitalize(), hint, value, done, name=name)


async def _set(interaction: discord.Interaction, key: str, value: str) -> None:
    """Keep one thing of the draft, and show the step again."""
    tools, guild, member = tools_of(interaction), guild_of(interaction), interaction.user.id
    fields = await drafts.draft_fields(tools.database, guild.id, member) or {}
    if key in ("start", "kind", "tournament"):
        changed = {"kind" if key == "start" else key: value}
    else:
        changed = {"parameters": guide.with_value(fields, key, value)["parameters"]}
    view = await drafts.save_fields(tools.database, guild.id, member, changed, tools.now())
    await show_step(interaction, view.fields, "terms" if key in guide.TERMS else "change")


async def _file(interaction: discord.Interaction) -> None:
    await check_may_file_here(interaction)
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools, guild = tools_of(interaction), guild_of(interaction)
    view, dropped = await drafts.file_draft(tools.database, guild.id, interaction.user.id, tools.now())
    view, too_early = await with_effect(tools, view)
    if dropped is None:
        done = f"Filed as #{view.number}."
    else:
        fell = f" {counted(dropped, 'seconding')} fell." if dropped else ""
        done = f"Revision {view.revision} of #{view.number} is saved.{fell}"
    await tell(interaction, view, f"{done} {too_early}".rstrip())
