"""`/opinion`: one claim at a time to agree with or not, and the map of who votes alike."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.opinions import statements
from features.opinions.forms import StatementForm
from features.opinions.map import opinion_picture, waiting_line
from features.opinions.opinion_card import (
    DID,
    added_card,
    hidden_card,
    list_card,
    opinion_answer,
    turn_card,
)
from features.opinions.statements import VOTES, Turn
from storage.server.settings import settings_of
from tools import Client, Tools, choices_of, offering, questions_of, show_cards, tools_of
from ui.answer import Answer, Asked, Question
from ui.card import Card, Row, message_of, row_of
from ui.errors import errors_answered
from ui.forms import open_form
from ui.pages import CardPages
from ui.roles import check_moderator
from ui.server import guild_of

Choices = list[app_commands.Choice[int]]
GUILDS = app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False)
INSTALLED = app_commands.AppInstallationType(guild=True, user=False)
_STYLES = {"agree": discord.ButtonStyle.success, "disagree": discord.ButtonStyle.danger}


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class OpinionCommands(
    commands.GroupCog, group_name="opinion", group_description="What members agree on, and what divides them"
):
    """Statements to agree with or not, one after the other, and what all votes say together."""

    def __init__(self, tools: Tools, tree: app_commands.CommandTree[Any]) -> None:
        self.tools, self.tree = tools, tree
        self.menu = app_commands.ContextMenu(
            name="Add as statement",
            callback=self.add_message,
            allowed_contexts=GUILDS,
            allowed_installs=INSTALLED,
        )

    async def cog_load(self) -> None:  # noqa: D102
        self.tree.add_command(self.menu)

    async def cog_unload(self) -> None:  # noqa: D102
        self.tree.remove_command(self.menu.name, type=self.menu.type)

    async def interaction_check(self, interaction: discord.Interaction) -> bool:  # noqa: D102
        guild_of(interaction)
        return True

    @app_commands.command()
    @app_commands.describe(claim="One claim in one sentence, at most 140 characters, no names and no links")
    async def add(self, interaction: discord.Interaction, claim: str) -> None:
        """Add a claim that others can agree or disagree with; it is shown without your name

        A message can become one, too: open its menu, then Apps, then Add as statement.
        """
        await _add(interaction, claim)

    @app_commands.command()
    @app_commands.describe(statement="This one, to change a vote; whatever is next without it")
    async def vote(self, interaction: discord.Interaction, statement: int | None = None) -> None:
        """Agree, disagree or pass, one statement after the other; only you see it"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        database, guild, member = self.tools.database, guild_of(interaction), interaction.user.id
        if statement is None:
            turn = await statements.next_turn(database, self.tools.kept, guild.id, member)
        else:
            turn = await statements.turn_to(database, guild.id, member, statement)
        await show_cards(interaction, [turn_card(turn)], vote_buttons(turn))

    @app_commands.command()
    async def map(self, interaction: discord.Interaction) -> None:
        """Who votes alike: groups if there are any, what unites all, and what divides

        Groups are told once 20 members have voted on enough statements, and only if they are the same when
        members are drawn again and clearer than in shuffled votes. Otherwise it says why there are none.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        waiting = await waiting_line(self.tools.database, guild_of(interaction).id)
        if waiting:
            await interaction.edit_original_response(content=waiting)
        try:
            await questions_of(interaction).reply(interaction, "opinion map", {})
        finally:
            if waiting:
                await interaction.delete_original_response()

    @app_commands.command(name="list")
    @app_commands.describe(page="Which page")
    async def show_list(self, interaction: discord.Interaction, page: int = 1) -> None:
        """The statements of this server, the newest first, with what you said to them"""
        guild = guild_of(interaction)

        async def turn(page: int) -> tuple[Card, int]:
            found = await statements.list_statements(
                self.tools.database, guild.id, interaction.user.id, page=page
            )
            return list_card(found), found.pages

        card, pages = await turn(page)
        await interaction.response.send_message(view=CardPages(turn, card, page, pages), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(
        number="Which statement", reason="Everybody can read it", show_again="Show it again instead"
    )
    async def hide(
        self, interaction: discord.Interaction, number: int, reason: str, show_again: bool = False
    ) -> None:
        """Moderators: hide a statement for a reason that is logged and shown"""
        guild = guild_of(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        changed = await statements.hide_statement(
            self.tools.database,
            guild.id,
            number,
            interaction.user.id,
            reason,
            self.tools.now(),
            hidden=not show_again,
        )
        if not changed:
            raise ValueError("There was nothing to change: it is like that already, or not there.")
        await show_cards(interaction, [hidden_card(number, reason, hidden=not show_again)])

    @vote.autocomplete("statement")
    @hide.autocomplete("number")
    @offering
    async def _statement(self, interaction: discord.Interaction, typed: Any) -> Choices:
        found = await statements.suggest_statements(
            self.tools.database, guild_of(interaction).id, str(typed or "")
        )
        return choices_of(found)

    async def add_message(self, interaction: discord.Interaction, message: discord.Message) -> None:
        """Open a form with the beginning of a message, so that whoever adds it says one claim."""
        guild_of(interaction)
        if not message.content.strip():
            raise ValueError("There is no text in that message. Add a claim with /opinion add.")
        await open_form(interaction, StatementForm(message.id, message.content, _add))


class VoteButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"opinion:vote:(?P<statement>[0-9]{1,18}):(?P<said>agree|disagree|pass)",
):
    """Agree, disagree or pass: keeps the vote and goes on to the next statement in the same message."""

    def __init__(self, statement_id: int, said: str) -> None:
        super().__init__(
            discord.ui.Button(
                label=said.capitalize(),
                style=_STYLES.get(said, discord.ButtonStyle.secondary),
                custom_id=f"opinion:vote:{statement_id}:{said}",
            )
        )
        self.statement_id, self.said = statement_id, said

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "VoteButton":
        return cls(int(match["statement"]), match["said"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Keep the vote, then show the next statement."""
        async with errors_answered(interaction):
            tools, guild, member = tools_of(interaction), guild_of(interaction), interaction.user.id
            await interaction.response.defer()
            before = await statements.vote(
                tools.database, guild.id, self.statement_id, member, self.said, tools.now()
            )
            turn = await statements.next_turn(tools.database, tools.kept, guild.id, member)
            now = VOTES[self.said]
            done = f"You {DID[now]} the last one"
            if before is not None and before != now:
                done += f", and {DID[before]} it before"
            shown = await message_of(tools.drawing, [turn_card(turn, done=done)], vote_buttons(turn))
            await interaction.edit_original_response(view=shown.view)


def vote_buttons(turn: Turn) -> list[Row]:
    """The three buttons under a statement; they answer by their custom ids, after a restart, too."""
    if turn.statement is None:
        return []
    return [row_of(*(VoteButton(turn.statement.statement_id, said) for said in VOTES))]


async def _add(interaction: discord.Interaction, claim: str) -> None:
    tools = tools_of(interaction)
    statement = await statements.add_statement(
        tools.database, guild_of(interaction).id, interaction.user.id, claim, tools.now()
    )
    await show_cards(interaction, [added_card(statement)])


async def _map(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    """The map as it is now; without the group of whoever shares it."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    member = interaction.user.id if shown_by is None else None
    return opinion_answer(
        await opinion_picture(tools.database, tools.kept, guild.id, tools.now(), member_id=member)
    )


async def setup(bot: Client) -> None:
    """Add the commands and the buttons that outlive their message."""
    await bot.add_cog(OpinionCommands(bot.tools, bot.tree))
    bot.add_dynamic_items(VoteButton)
    bot.forms[r"opinion:add:(?P<message>[0-9]{1,20})"] = lambda _, match: StatementForm(
        int(match["message"]), "", _add
    )
    bot.questions.known["opinion map"] = Question(_map)
