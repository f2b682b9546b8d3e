"""`/proposal`: an idea becomes a document that can be simulated, discussed, improved and answered."""

import io
import logging
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands, tasks

from answers import drafts, polls, proposals
from answers.account import asked_about
from answers.impact import member_impact
from answers.proposals import ProposalView, proposal_view, stage_name
from charts.impact import picture_of_impact
from cogs import Tools, complete_name, files_of, tools_of
from cogs.publishing import impact_of, publish
from cogs.voting import show_poll, verified_here
from governance.document import to_json
from governance.json_text import LARGEST
from governance.markdown import as_markdown
from governance.proposal import Kind
from governance.stages import STAGES, VOTE
from storage.guilds import settings_of
from storage.polls import Eligibility
from storage.responses import Outcome
from tournament.source import Tournament
from ui.dialogs import Confirm
from ui.errors import GuardedView, errors_answered
from ui.impact import impact_card, member_impact_card
from ui.proposal import (
    ADVISORY,
    arguments_cards,
    draft_card,
    list_card,
    proposal_card,
    revision_card,
    text_cards,
)
from ui.proposal_forms import FIRST, REST, ArgumentForm, ProposalForm
from ui.roles import check_moderator, check_team, is_moderator

log = logging.getLogger("roundtable.proposals")

Choices = list[app_commands.Choice[Any]]
Side = Literal["for", "against", "question"]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Proposal(
    commands.GroupCog, group_name="proposal", group_description="Ideas that can be run, and improved"
):
    """Ideas as structured documents: simulated, discussed, revised, answered."""

    def __init__(self, tools: Tools, client: discord.Client) -> None:
        self.tools, self.client = tools, client

    async def cog_load(self) -> None:  # noqa: D102
        self.look_at_what_is_due.start()

    async def cog_unload(self) -> None:  # noqa: D102
        self.look_at_what_is_due.cancel()

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:  # noqa: D102
        _guild(interaction)
        return True

    @tasks.loop(minutes=1)
    async def look_at_what_is_due(self) -> None:
        """Take the steps that the clock takes; what was missed while the bot was away is due, too."""
        try:
            database, now = self.tools.database, self.tools.now()
            moved = await proposals.do_due(database, now)
            for view in await proposals.awaiting_a_vote(database, now):
                await self._open_vote(view)
            for view in (*moved, *await proposals.settle_votes(database, now)):
                guild = self.client.get_guild(view.stored.guild_id)
                if guild is not None:
                    await publish(self.tools, guild, view, buttons_of(view), text_changed=False)
        except Exception:
            log.exception("looking at what is due failed; it goes on")

    @look_at_what_is_due.before_loop
    async def _until_there_are_servers(self) -> None:
        await self.client.wait_until_ready()

    @app_commands.command()
    @app_commands.describe(kind="What it would change", tournament="Classic without it")
    async def new(
        self, interaction: discord.Interaction[Any], kind: Kind, tournament: Tournament = "classic"
    ) -> None:
        """Start a proposal in a form, or go on with your draft

        The form asks for a title, the problem, the change and its parameters, one per line:
        rule: 1xCORR + 3xTC, cap: 1%, weights: sqrt, notice: 8 weeks, phase-in: 10 rounds, review: 2027-03-01,
        compensation: none, because … Continue adds evidence, alternatives, drawbacks and what would show it
        was wrong. The draft is kept until you file or discard it.
        """
        guild = _guild(interaction)
        there = await drafts.draft_fields(self.tools.database, guild.id, interaction.user.id)
        fields = there or {}
        if fields.get("revises"):
            await _show_draft_first(interaction, fields)
            return
        picked = {"kind": kind, "tournament": tournament, "revises": ""}
        await interaction.response.send_modal(
            ProposalForm("A proposal", FIRST, fields, _save_and_show(fields | picked))
        )

    @app_commands.command(name="list")
    @app_commands.describe(
        stage="Only this stage; open is all that has not ended",
        kind="Only this kind",
        tournament="Only this tournament",
        mine="Only your own",
        page="Which page",
    )
    async def show_list(
        self,
        interaction: discord.Interaction[Any],
        stage: str | None = None,
        kind: Kind | None = None,
        tournament: Tournament | None = None,
        mine: bool = False,
        page: int = 1,
    ) -> None:
        """Proposals of this server, newest first"""
        guild = _guild(interaction)
        author = interaction.user.id if mine else None
        settings = await settings_of(self.tools.database, guild.id)
        hidden = is_moderator(interaction, settings)

        async def turn(page: int) -> tuple[discord.Embed, int]:
            lines, pages, total = await proposals.list_proposals(
                self.tools.database,
                guild.id,
                stage=stage,
                kind=kind,
                tournament=tournament,
                author=author,
                include_hidden=hidden,
                page=page,
            )
            page = min(max(1, page), pages)
            return list_card(lines, page, pages, total), pages

        card, pages = await turn(page)
        view = Pages(turn, page, pages) if pages > 1 else discord.utils.MISSING
        await interaction.response.send_message(embed=card, view=view, ephemeral=True)

    @app_commands.command()
    @app_commands.describe(number="Which proposal", what="What to read; the card without it")
    async def show(
        self,
        interaction: discord.Interaction[Any],
        number: int,
        what: Literal["card", "whole text", "arguments"] = "card",
    ) -> None:
        """A proposal: its card, its whole text, or the arguments"""
        view = await self._view(interaction, number)
        await _show(interaction, view, what)

    @app_commands.command()
    @app_commands.describe(number="Which of your proposals")
    async def revise(self, interaction: discord.Interaction[Any], number: int) -> None:
        """Improve a proposal of yours; you see what it changes before you save it

        Wording and reasons may change freely. Another change, rule or parameter makes it an idea again, and
        its secondings fall: nobody has seconded what it says then.
        """
        guild = _guild(interaction)
        fields = await drafts.revision_fields(
            self.tools.database, guild.id, number, interaction.user.id, self.tools.now()
        )
        there = await drafts.draft_fields(self.tools.database, guild.id, interaction.user.id)
        if there is not None and there.get("revises") != str(number):
            await _show_draft_first(interaction, there)
            return
        fields = there or fields  # go on where it was left; saving says so if it was revised meanwhile
        await interaction.response.send_modal(
            ProposalForm(f"Revise #{number}", FIRST, fields, _save_and_show(fields))
        )

    @app_commands.command()
    @app_commands.describe(number="Which proposal")
    async def second(self, interaction: discord.Interaction[Any], number: int) -> None:
        """Say that an idea deserves a discussion; pressing again changes nothing"""
        await _second(interaction, await self._view(interaction, number))

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal", side="For, against, or a question", claim="One claim, no names"
    )
    async def argue(self, interaction: discord.Interaction[Any], number: int, side: Side, claim: str) -> None:
        """Add one argument, or a question; it is shown without your name"""
        await _argue(interaction, await self._view(interaction, number), side, claim)

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal", rounds="20 (the last 20), 311-325, 318 or all; both windows without it"
    )
    async def simulate(
        self, interaction: discord.Interaction[Any], number: int, rounds: str | None = None
    ) -> None:
        """What a proposal would have done to everyone: who gains, who loses, what softening it costs"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await self._view(interaction, number)
        _check_visible(view)
        self.tools.source(view.proposal.tournament)
        impact = await impact_of(self.tools, view, rounds)
        if impact is None:
            raise ValueError("The numbers can't be read just now. Try again in a few minutes.")
        pictures = [] if impact.reason_not else [await self.tools.drawing.run(picture_of_impact, impact)]
        await interaction.followup.send(embed=impact_card(impact), files=files_of(*pictures), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(number="Which proposal", who="A model or account; without it the one you linked")
    async def impact(
        self, interaction: discord.Interaction[Any], number: int, who: str | None = None
    ) -> None:
        """What a proposal would have done to you; only you see it"""
        await _impact(interaction, await self._view(interaction, number), who)

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal", outcome="What was decided", statement="The answer", link="Where it was said"
    )
    async def respond(
        self,
        interaction: discord.Interaction[Any],
        number: int,
        outcome: Outcome,
        statement: str,
        link: str | None = None,
    ) -> None:
        """The team: put the official answer on record, where everyone sees it"""
        guild = _guild(interaction)
        check_team(interaction, await settings_of(self.tools.database, guild.id))
        await interaction.response.defer(ephemeral=True, thinking=True)
        await proposals.respond(
            self.tools.database,
            guild.id,
            number,
            interaction.user.id,
            outcome,
            statement,
            link,
            self.tools.now(),
        )
        await _tell(interaction, await self._view(interaction, number), "The answer is on record.")

    @app_commands.command()
    @app_commands.describe(number="Which of your proposals")
    async def withdraw(self, interaction: discord.Interaction[Any], number: int) -> None:
        """Take a proposal of yours back; what was said about it stays readable"""
        view = await self._view(interaction, number)
        question = Confirm(interaction.user.id, f"Withdraw #{number}")
        await interaction.response.send_message(
            f"Withdraw #{number}? It stays readable, and can't be taken up again.",
            view=question,
            ephemeral=True,
        )
        await question.wait()
        await interaction.edit_original_response(view=None)
        if question.pressed is None:
            return
        await question.pressed.response.defer(ephemeral=True, thinking=True)
        if not question.confirmed:
            await question.pressed.followup.send("Nothing was changed.", ephemeral=True)
            return
        async with errors_answered(question.pressed):
            view = await self._advance(question.pressed, number, "withdrawn", None)
            await _tell(question.pressed, view, f"#{number} is withdrawn.")

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal",
        reason="Everybody can read it",
        argument="Only this argument, by its number",
        show_again="Show it again instead",
    )
    async def hide(
        self,
        interaction: discord.Interaction[Any],
        number: int,
        reason: str,
        argument: int | None = None,
        show_again: bool = False,
    ) -> None:
        """Moderators: hide a proposal or an argument, for a reason that is logged and shown"""
        guild = _guild(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        await interaction.response.defer(ephemeral=True, thinking=True)
        database, member, now = self.tools.database, interaction.user.id, self.tools.now()
        if argument is not None:
            changed = await proposals.hide_argument(
                database, guild.id, number, argument, member, reason, now, hidden=not show_again
            )
            done = f"Argument {argument} is {'shown again' if show_again else 'hidden'}."
        else:
            changed = await proposals.hide(
                database, guild.id, number, member, reason, now, hidden=not show_again
            )
            done = f"#{number} is {'shown again' if show_again else 'hidden'}."
        if not changed:
            raise ValueError("There was nothing to change: it is like that already, or not there.")
        await _tell(interaction, await self._view(interaction, number), done, text_changed=True)

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal",
        to="The stage it should come to",
        successor="The proposal that takes its place",
    )
    async def advance(
        self, interaction: discord.Interaction[Any], number: int, to: str, successor: int | None = None
    ) -> None:
        """Bring a proposal to its next stage; says what is missing where it can't yet"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await self._advance(interaction, number, to.strip().replace(" ", "_").casefold(), successor)
        await _tell(interaction, view, f"#{number} is at “{stage_name(view.stage)}” now.")

    @app_commands.command(name="import")
    @app_commands.describe(file="A proposal as JSON, like /proposal export gives it; it becomes your draft")
    async def import_file(self, interaction: discord.Interaction[Any], file: discord.Attachment) -> None:
        """Read a proposal from a JSON file into your draft"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild = _guild(interaction)
        if file.size > LARGEST:
            raise ValueError(f"That file has {file.size:,} bytes; a proposal has at most {LARGEST:,}.")
        view = await drafts.import_draft(
            self.tools.database, guild.id, interaction.user.id, await file.read(), self.tools.now()
        )
        await interaction.followup.send(
            embeds=_draft_cards(view), view=draft_buttons(guild.id, view), ephemeral=True
        )

    @app_commands.command()
    @app_commands.describe(number="Which proposal", form="JSON to keep or import; Markdown for a forum")
    async def export(
        self,
        interaction: discord.Interaction[Any],
        number: int,
        form: Literal["JSON", "Markdown"] = "JSON",
    ) -> None:
        """A proposal as a file: JSON, or Markdown fit for a forum post"""
        view = await self._view(interaction, number)
        _check_visible(view)
        if form == "JSON":
            text, name = to_json(view.proposal), f"proposal-{number}.json"
        else:
            footer = f"Revision {view.revision}, {view.content_hash[:16]}. {ADVISORY}"
            text, name = as_markdown(view.proposal, footer=footer), f"proposal-{number}.md"
        file = discord.File(io.BytesIO(text.encode()), filename=name)
        await interaction.response.send_message(file=file, ephemeral=True)

    @show.autocomplete("number")
    @revise.autocomplete("number")
    @second.autocomplete("number")
    @argue.autocomplete("number")
    @simulate.autocomplete("number")
    @impact.autocomplete("number")
    @respond.autocomplete("number")
    @withdraw.autocomplete("number")
    @hide.autocomplete("number")
    @advance.autocomplete("number")
    @advance.autocomplete("successor")
    @export.autocomplete("number")
    async def _number(self, interaction: discord.Interaction[Any], typed: Any) -> Choices:
        found = await proposals.suggest_proposals(
            self.tools.database, _guild(interaction).id, str(typed or "")
        )
        return [app_commands.Choice(name=shown, value=number) for shown, number in found]

    @show_list.autocomplete("stage")
    async def _stage(self, interaction: discord.Interaction[Any], typed: str) -> Choices:
        return _stages(("open", *STAGES), typed)

    @advance.autocomplete("to")
    async def _next(self, interaction: discord.Interaction[Any], typed: str) -> Choices:
        number = getattr(interaction.namespace, "number", None)
        if not isinstance(number, int):
            return _stages(STAGES, typed)
        view = await proposal_view(self.tools.database, _guild(interaction).id, number, self.tools.now())
        return _stages(tuple(dict.fromkeys(step.to for step in view.steps)), typed)

    @impact.autocomplete("who")
    async def _who(self, interaction: discord.Interaction[Any], typed: str) -> Choices:
        return await complete_name(self.tools, interaction, typed)

    async def _open_vote(self, view: ProposalView) -> None:
        """Hold the vote on a proposal in its own discussion: five steps from support to block."""
        guild = self.client.get_guild(view.stored.guild_id)
        if guild is None or self.client.user is None:
            return
        place = view.stored.thread or view.stored.channel
        room = None if place is None else guild.get_channel_or_thread(place)
        if view.poll is not None and view.poll.state == "open":  # opened before, and not shown
            poll = await polls.poll_with_id(self.tools.database, guild.id, view.poll.poll_id)
            await show_poll(self.tools, self.client, poll, typed_in=room)
            return
        poll = await polls.new_poll(
            self.tools.database,
            self.tools.source(view.proposal.tournament),
            guild.id,
            view.stored.author or self.client.user.id,
            {"title": f"Should this be done? {view.proposal.title}", "description": view.proposal.change},
            method="gradient",
            lasts=VOTE,
            eligibility=Eligibility(),
            quorum=view.seconds_needed,
            electorate=guild.member_count or 0,
            members=await verified_here(self.tools, guild),
            now=self.tools.now(),
            proposal_id=view.stored.proposal_id,
            spec_hash=view.content_hash,
        )
        await show_poll(self.tools, self.client, poll, typed_in=room)

    async def _view(self, interaction: discord.Interaction[Any], number: int) -> ProposalView:
        return await proposal_view(self.tools.database, _guild(interaction).id, number, self.tools.now())

    async def _advance(
        self, interaction: discord.Interaction[Any], number: int, to: str, successor: int | None
    ) -> ProposalView:
        guild = _guild(interaction)
        settings = await settings_of(self.tools.database, guild.id)
        return await proposals.advance_proposal(
            self.tools.database,
            guild.id,
            number,
            to,
            interaction.user.id,
            self.tools.now(),
            moderator=is_moderator(interaction, settings),
            successor=successor,
        )


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
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Any, /
    ) -> "ProposalButton":
        return cls(match["verb"], int(match["proposal"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        async with errors_answered(interaction):
            tools = tools_of(interaction)
            view = await proposals.proposal_with_id(
                tools.database, _guild(interaction).id, self.proposal_id, tools.now()
            )
            if self.verb == "second":
                await _second(interaction, view)
            elif self.verb == "impact":
                await _impact(interaction, view, None)
            elif self.verb == "read":
                await _show(interaction, view, "whole text")
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
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Any, /
    ) -> "DraftButton":
        return cls(match["verb"], int(match["guild"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        async with errors_answered(interaction):
            tools, guild = tools_of(interaction), _guild(interaction)
            fields = await drafts.draft_fields(tools.database, guild.id, interaction.user.id)
            if fields is None:
                raise ValueError("That draft was filed or discarded. Start one with /proposal new.")
            if self.verb in ("edit", "more"):
                form = FIRST if self.verb == "edit" else REST
                title = "A proposal" if self.verb == "edit" else "The rest of it"
                await interaction.response.send_modal(
                    ProposalForm(title, form, fields, _save_and_show(fields))
                )
            elif self.verb == "discard":
                await drafts.discard_draft(tools.database, guild.id, interaction.user.id)
                await interaction.response.send_message("Your draft is gone.", ephemeral=True)
            else:
                await _file(interaction)


class Pages(GuardedView):
    """Two buttons that turn the pages of a list, for as long as anybody looks at it."""

    def __init__(
        self, turn: Callable[[int], Awaitable[tuple[discord.Embed, int]]], page: int, pages: int
    ) -> None:
        super().__init__(timeout=600)
        self._turn, self._page, self._pages = turn, min(max(1, page), pages), pages

    @discord.ui.button(label="Newer", custom_id="proposals:newer")
    async def newer(self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]) -> None:
        """One page back."""
        await self._to(interaction, self._page - 1)

    @discord.ui.button(label="Older", custom_id="proposals:older")
    async def older(self, interaction: discord.Interaction[Any], button: discord.ui.Button[Any]) -> None:
        """One page on."""
        await self._to(interaction, self._page + 1)

    async def _to(self, interaction: discord.Interaction[Any], page: int) -> None:
        card, self._pages = await self._turn(page)
        self._page = min(max(1, page), self._pages)
        await interaction.response.edit_message(embed=card, view=self)


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
        verbs += ["second"] if view.stage in proposals.OPEN_TO_SECONDS else []
        verbs += ["argue"] if view.stage in proposals.OPEN_TO_ARGUMENTS else []
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


def _save_and_show(
    before: dict[str, str],
) -> Callable[[discord.Interaction[Any], dict[str, str]], Awaitable[None]]:
    async def done(interaction: discord.Interaction[Any], typed: dict[str, str]) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        tools, guild = tools_of(interaction), _guild(interaction)
        view = await drafts.save_fields(
            tools.database, guild.id, interaction.user.id, before | typed, tools.now()
        )
        await interaction.followup.send(
            embeds=_draft_cards(view), view=draft_buttons(guild.id, view), ephemeral=True
        )

    return done


async def _show_draft_first(interaction: discord.Interaction[Any], fields: dict[str, str]) -> None:
    """Show the draft that starting over would lose; it has the buttons to file or discard it."""
    tools, guild = tools_of(interaction), _guild(interaction)
    view = await drafts.read_draft(tools.database, guild.id, fields, tools.now())
    await interaction.response.send_message(
        "You have this draft already: file or discard it first.",
        embeds=_draft_cards(view),
        view=draft_buttons(guild.id, view),
        ephemeral=True,
    )


def _draft_cards(view: drafts.DraftView) -> list[discord.Embed]:
    return [draft_card(view)] if view.revising is None else [revision_card(view.revising)]


async def _file(interaction: discord.Interaction[Any]) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools, guild = tools_of(interaction), _guild(interaction)
    view, dropped = await drafts.file_draft(tools.database, guild.id, interaction.user.id, tools.now())
    if dropped is None:
        done = f"Filed as #{view.number}."
    else:
        fell = f" {dropped} seconding{'s' if dropped != 1 else ''} fell." if dropped else ""
        done = f"Revision {view.revision} of #{view.number} is saved.{fell}"
    await _tell(interaction, view, done, text_changed=True)


async def _second(interaction: discord.Interaction[Any], view: ProposalView) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools = tools_of(interaction)
    new, moved = await proposals.second(
        tools.database, view.stored.guild_id, view.number, interaction.user.id, tools.now()
    )
    if not new and not moved:
        await interaction.followup.send("You have seconded it already.", ephemeral=True)
        return
    view = await proposal_view(tools.database, view.stored.guild_id, view.number, tools.now())
    done = f"You second #{view.number}: {view.seconds} of {view.seconds_needed}."
    await _tell(interaction, view, done + (" Its discussion begins." if moved else ""))


def _argue_about(view: ProposalView) -> Callable[[discord.Interaction[Any], str, str], Awaitable[None]]:
    async def done(interaction: discord.Interaction[Any], side: str, claim: str) -> None:
        await _argue(interaction, view, side, claim)

    return done


async def _argue(interaction: discord.Interaction[Any], view: ProposalView, side: str, claim: str) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools = tools_of(interaction)
    await proposals.argue(
        tools.database, view.stored.guild_id, view.number, interaction.user.id, side, claim, tools.now()
    )
    view = await proposal_view(tools.database, view.stored.guild_id, view.number, tools.now())
    await _tell(interaction, view, f"Your {'question' if side == 'question' else 'argument'} is on record.")


async def _impact(interaction: discord.Interaction[Any], view: ProposalView, who: str | None) -> None:
    await interaction.response.defer(ephemeral=True, thinking=True)
    tools = tools_of(interaction)
    _check_visible(view)
    name, _ = await asked_about(tools.database, interaction.user.id, who, None)
    impact = await member_impact(tools.source(view.proposal.tournament), view.proposal, name)
    await interaction.followup.send(embed=member_impact_card(impact), ephemeral=True)


async def _show(interaction: discord.Interaction[Any], view: ProposalView, what: str) -> None:
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


async def _tell(
    interaction: discord.Interaction[Any], view: ProposalView, done: str, *, text_changed: bool = False
) -> None:
    """Bring the public card up to date, then say what was done and where it is."""
    guild = _guild(interaction)
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
    where = ""
    if view.stored.message is not None:
        channel = view.stored.thread or view.stored.channel
        where = f" <https://discord.com/channels/{guild.id}/{channel}/{view.stored.message}>"
    await interaction.followup.send(" ".join((done + where, *notices)), ephemeral=True)


def _check_visible(view: ProposalView) -> None:
    if view.hidden_reason is not None:
        raise ValueError(f"Proposal #{view.number} is hidden, for this reason: {view.hidden_reason}")


def _stages(stages: tuple[str, ...], typed: str) -> Choices:
    wanted = typed.strip().casefold()
    return [
        app_commands.Choice(name=stage_name(stage), value=stage)
        for stage in stages
        if wanted in stage_name(stage)
    ][:25]


def _guild(interaction: discord.Interaction[Any]) -> discord.Guild:
    if interaction.guild is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild
