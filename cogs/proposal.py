"""`/proposal`: an idea becomes a document that can be simulated, discussed, improved and answered."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.proposals import steps
from features.proposals.buttons import ProposalButton, argue_and_tell, second_and_tell, show_to, tell
from features.proposals.dialogs import (
    FORMS,
    hide_and_tell,
    open_new,
    open_revision,
    send_file,
    show_pages,
    take_file,
)
from features.proposals.drafting.draft_buttons import DraftButton, DraftMenu
from features.proposals.impact_dialogs import SIMULATE, SIMULATION, ask_about_me, ask_simulation
from features.proposals.view import ProposalView, proposal_view, suggest_proposals
from governance.proposals.proposal import Kind
from governance.proposals.stages import NAMES, STAGES
from storage.proposals.proposals import proposal_in
from storage.proposals.responses import Outcome
from storage.server.settings import settings_of
from tools import Client, Tools, choices_of, complete_name, offering
from tournament.source import Tournament
from ui.dialogs import agreed
from ui.errors import errors_answered
from ui.roles import check_moderator, check_team, is_moderator
from ui.server import guild_of

Choices = list[app_commands.Choice[Any]]
Side = Literal["for", "against", "question"]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class ProposalCommands(
    commands.GroupCog, group_name="proposal", group_description="Ideas that can be run, and improved"
):
    """Ideas as structured documents: simulated, discussed, revised, answered."""

    def __init__(self, tools: Tools, client: discord.Client) -> None:
        self.tools, self.client = tools, client

    async def interaction_check(self, interaction: discord.Interaction) -> bool:  # noqa: D102
        guild_of(interaction)
        return True

    @app_commands.command()
    @app_commands.describe(
        kind="What it would change; without it you are asked", tournament="Classic without it"
    )
    async def new(
        self,
        interaction: discord.Interaction,
        kind: Kind | None = None,
        tournament: Tournament | None = None,
    ) -> None:
        """Start a proposal by menus, or go on with your draft; you see who gains and loses before you file it

        Menus set what changes, notice, phase-in and compensation. “Type it all” opens a form with a line for
        each: rule: 1xCORR + 3xTC, cap: 1%, weights: sqrt, notice: 8 weeks, phase-in: 10 rounds,
        review: 2027-03-01, compensation: none, because … The draft is kept until you file or discard it.
        """
        picked = {"kind": kind, "tournament": tournament}
        await open_new(interaction, {name: value for name, value in picked.items() if value is not None})

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
        interaction: discord.Interaction,
        stage: str | None = None,
        kind: Kind | None = None,
        tournament: Tournament | None = None,
        mine: bool = False,
        page: int = 1,
    ) -> None:
        """Proposals of this server, newest first"""
        settings = await settings_of(self.tools.database, guild_of(interaction).id)
        await show_pages(
            interaction,
            page,
            stage=stage,
            kind=kind,
            tournament=tournament,
            author=interaction.user.id if mine else None,
            include_hidden=is_moderator(interaction, settings),
        )

    @app_commands.command()
    @app_commands.describe(number="Which proposal", what="What to read; the card without it")
    async def show(
        self,
        interaction: discord.Interaction,
        number: int,
        what: Literal["card", "whole text", "arguments"] = "card",
    ) -> None:
        """A proposal: its card, its whole text, or the arguments"""
        view = await self._view(interaction, number)
        await show_to(interaction, view, what)

    @app_commands.command()
    @app_commands.describe(number="Which of your proposals")
    async def revise(self, interaction: discord.Interaction, number: int) -> None:
        """Improve a proposal of yours; you see what it changes before you save it

        Wording and reasons may change freely. Another change, rule or parameter makes it an idea again, and
        its secondings fall: nobody has seconded what it says then.
        """
        await open_revision(interaction, number)

    @app_commands.command()
    @app_commands.describe(number="Which proposal")
    async def second(self, interaction: discord.Interaction, number: int) -> None:
        """Say that an idea deserves a discussion; doing it again asks whether to take it back"""
        await second_and_tell(interaction, number)

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal", side="For, against, or a question", claim="One claim, no names"
    )
    async def argue(self, interaction: discord.Interaction, number: int, side: Side, claim: str) -> None:
        """Add one argument, or a question; it is shown without your name"""
        await argue_and_tell(interaction, number, side, claim)

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal", rounds="20 (the last 20), 311-325, round 318 or all; both windows without it"
    )
    async def simulate(
        self, interaction: discord.Interaction, number: int, rounds: str | None = None
    ) -> None:
        """What a proposal would have done to everyone: who gains, who loses, what softening it costs"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await ask_simulation(interaction, number, rounds)

    @app_commands.command()
    @app_commands.describe(number="Which proposal", who="A model or account; without it the one you linked")
    async def impact(self, interaction: discord.Interaction, number: int, who: str | None = None) -> None:
        """What a proposal would have done to you; only you see it"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await ask_about_me(interaction, number, who)

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal", outcome="What was decided", statement="The answer", link="Where it was said"
    )
    async def respond(
        self,
        interaction: discord.Interaction,
        number: int,
        outcome: Outcome,
        statement: str,
        link: str | None = None,
    ) -> None:
        """The team: put the official answer on record, where everyone sees it"""
        guild = guild_of(interaction)
        check_team(interaction, await settings_of(self.tools.database, guild.id))
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await steps.respond(
            self.tools.database,
            guild.id,
            number,
            interaction.user.id,
            outcome,
            statement,
            link,
            self.tools.now(),
        )
        await tell(interaction, view, "The answer is on record.")

    @app_commands.command()
    @app_commands.describe(number="Which of your proposals")
    async def withdraw(self, interaction: discord.Interaction, number: int) -> None:
        """Take a proposal of yours back; what was said about it stays readable"""
        await proposal_in(self.tools.database, guild_of(interaction).id, number)
        question = f"Withdraw #{number}? It stays readable, and can't be taken up again."
        pressed = await agreed(interaction, question, f"Withdraw #{number}")
        if pressed is None:
            return
        async with errors_answered(pressed):
            view = await self._advance(pressed, number, "withdrawn", None)
            await tell(pressed, view, f"#{number} is withdrawn.")

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal",
        reason="Everybody can read it",
        argument="Only this argument, by its number",
        show_again="Show it again instead",
    )
    async def hide(
        self,
        interaction: discord.Interaction,
        number: int,
        reason: str,
        argument: int | None = None,
        show_again: bool = False,
    ) -> None:
        """Moderators: hide a proposal or an argument, for a reason that is logged and shown"""
        guild = guild_of(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        await interaction.response.defer(ephemeral=True, thinking=True)
        await hide_and_tell(interaction, number, argument, reason, hidden=not show_again)

    @app_commands.command()
    @app_commands.describe(
        number="Which proposal",
        to="The stage it should come to",
        successor="The proposal that takes its place",
    )
    async def advance(
        self, interaction: discord.Interaction, number: int, to: str, successor: int | None = None
    ) -> None:
        """Bring a proposal to its next stage; says what is missing where it can't yet"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        view = await self._advance(interaction, number, to.strip().replace(" ", "_").casefold(), successor)
        await tell(interaction, view, f"#{number} is at “{NAMES[view.stage]}” now.")

    @app_commands.command(name="import")
    @app_commands.describe(file="A proposal as JSON, like /proposal export gives it; it becomes your draft")
    async def import_file(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Read a proposal from a JSON file into your draft"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await take_file(interaction, file)

    @app_commands.command()
    @app_commands.describe(number="Which proposal", form="JSON to keep or import; Markdown for a forum")
    async def export(
        self,
        interaction: discord.Interaction,
        number: int,
        form: Literal["JSON", "Markdown"] = "JSON",
    ) -> None:
        """A proposal as a file: JSON, or Markdown fit for a forum post"""
        await send_file(interaction, await self._view(interaction, number), as_json=form == "JSON")

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
    @offering
    async def _number(self, interaction: discord.Interaction, typed: Any) -> Choices:
        found = await suggest_proposals(self.tools.database, guild_of(interaction).id, str(typed or ""))
        return choices_of(found)

    @show_list.autocomplete("stage")
    async def _stage(self, interaction: discord.Interaction, typed: str) -> Choices:
        return _stages(("open", *STAGES), typed)

    @advance.autocomplete("to")
    @offering
    async def _next(self, interaction: discord.Interaction, typed: str) -> Choices:
        number = getattr(interaction.namespace, "number", None)
        if not isinstance(number, int):
            return _stages(STAGES, typed)
        view = await proposal_view(self.tools.database, guild_of(interaction).id, number, self.tools.now())
        return _stages(tuple(dict.fromkeys(step.to for step in view.steps)), typed)

    @impact.autocomplete("who")
    @offering
    async def _who(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await complete_name(self.tools, interaction, typed)

    async def _view(self, interaction: discord.Interaction, number: int) -> ProposalView:
        return await proposal_view(self.tools.database, guild_of(interaction).id, number, self.tools.now())

    async def _advance(
        self, interaction: discord.Interaction, number: int, to: str, successor: int | None
    ) -> ProposalView:
        guild = guild_of(interaction)
        settings = await settings_of(self.tools.database, guild.id)
        return await steps.advance_proposal(
            self.tools.database,
            guild.id,
            number,
            to,
            interaction.user.id,
            self.tools.now(),
            moderator=is_moderator(interaction, settings),
            successor=successor,
        )


def _stages(stages: tuple[str, ...], typed: str) -> Choices:
    wanted = typed.strip().casefold()
    named = ((NAMES.get(stage, stage), stage) for stage in stages)
    return choices_of((name, stage) for name, stage in named if wanted in name)


async def setup(bot: Client) -> None:
    """Add the commands and the buttons that outlive their message."""
    await bot.add_cog(ProposalCommands(bot.tools, bot))
    bot.add_dynamic_items(ProposalButton, DraftButton, DraftMenu)
    bot.questions.known[SIMULATE] = SIMULATION
    bot.forms |= FORMS
