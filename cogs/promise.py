"""`/promise`: what was promised, what was asked, and how long it has been overdue."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.promises import ledger
from features.promises.ledger import Which
from features.promises.promise_card import LEDGER_FIELDS, ledger_answer, recorded_card
from storage.promises import Kind, Resolution
from storage.server.settings import settings_of
from tools import Client, Tools, choices_of, offering, questions_of, show_cards, tools_of
from ui.answer import Answer, Asked, Question
from ui.roles import check_moderator
from ui.server import guild_of


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class PromiseCommands(
    commands.GroupCog, group_name="promise", group_description="What was promised, and by when"
):
    """What was promised or asked in public, by when, and what became of it."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    async def interaction_check(self, interaction: discord.Interaction) -> bool:  # noqa: D102
        guild_of(interaction)
        return True

    @app_commands.command()
    @app_commands.describe(
        what="What was promised or asked, in its own words if you can",
        who="A role or an organisation, like “the team”; of a question, whom it was put to",
        link="Where it was said",
        said_on="The day, like 2027-03-01",
        due_on="When it is due, like 2027-05-01; leave it out if no day was named",
        kind="A question counts days without an answer; a promise without it",
    )
    async def add(
        self,
        interaction: discord.Interaction,
        what: str,
        who: str,
        link: str,
        said_on: str,
        due_on: str | None = None,
        kind: Kind = "promise",
    ) -> None:
        """Moderators: put a promise, or a question to the team, on record"""
        guild = guild_of(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        added = await ledger.add_promise(
            self.tools.database,
            guild.id,
            interaction.user.id,
            self.tools.now(),
            kind=kind,
            what=what,
            who=who,
            link=link,
            said_on=said_on,
            due_on=due_on,
        )
        await self._tell(interaction, added.number)

    @app_commands.command(name="list")
    @app_commands.describe(show="Open without it; overdue has unanswered questions, too", page="Which page")
    async def show_list(self, interaction: discord.Interaction, show: Which = "open", page: int = 1) -> None:
        """Promises and questions, the longest overdue first

        Review dates of proposals are among them, and questions about proposals that no official answer has
        followed. Both leave by themselves: when the review is closed, and when the team responds.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        await questions_of(interaction).reply(interaction, "promise list", {"show": show, "page": page})

    @app_commands.command()
    @app_commands.describe(
        number="Which promise or question",
        outcome="A promise is kept, broken or withdrawn; a question answered or withdrawn",
        note="What happened, in a sentence",
        link="Where it can be seen",
    )
    async def resolve(
        self,
        interaction: discord.Interaction,
        number: int,
        outcome: Resolution,
        note: str,
        link: str | None = None,
    ) -> None:
        """Moderators: say what became of a promise or a question

        A second time replaces the first; what was said before stays in the log.
        """
        guild = guild_of(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        await ledger.resolve_promise(
            self.tools.database,
            guild.id,
            number,
            interaction.user.id,
            self.tools.now(),
            outcome=outcome,
            note=note,
            link=link,
        )
        await self._tell(interaction, number)

    @resolve.autocomplete("number")
    @offering
    async def _number(self, interaction: discord.Interaction, typed: Any) -> list[app_commands.Choice[int]]:
        found = await ledger.suggest_promises(self.tools.database, guild_of(interaction).id, str(typed or ""))
        return choices_of(found)

    async def _tell(self, interaction: discord.Interaction, number: int) -> None:
        entry = await ledger.entry_of(self.tools.database, guild_of(interaction).id, number, self.tools.now())
        await show_cards(interaction, [recorded_card(entry)])


async def _listed(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    found = await ledger.ledger(
        tools.database, guild_of(interaction).id, tools.now(), which=asked["show"], page=asked["page"]
    )
    return ledger_answer(found)


async def setup(bot: Client) -> None:
    """Add the commands, and how a page of the list is read."""
    await bot.add_cog(PromiseCommands(bot.tools))
    bot.questions.known["promise list"] = Question(_listed, fields=LEDGER_FIELDS, details="In full")
