"""`/help`: what do you want to know, and what is there to type."""

import discord
from discord import app_commands
from discord.ext import commands

from features.server.help_buttons import (
    HelpButton,
    HelpMenu,
    card_about,
    commands_of,
    help_rows,
    search_form,
)
from features.server.help_card import called, welcome_card
from storage.polls.polls import polls_in
from tools import Client, choices_of, show_cards


class HelpCommands(commands.Cog):
    """What there is to type, and what each command does."""

    def __init__(self, client: Client) -> None:
        self.client = client

    @app_commands.command(name="help")
    @app_commands.describe(
        command="A command, like payout compare, all of a noun, like payout, or words to search"
    )
    async def explain(self, interaction: discord.Interaction, command: str | None = None) -> None:
        """What do you want to know? Or one command in full

        Press what you want to know, or name a command, a noun or some words to find one.
        """
        if command is None:
            polls = []
            if interaction.guild_id is not None:
                polls = await polls_in(self.client.tools.database, interaction.guild_id, states={"open"})
            await show_cards(interaction, [welcome_card(self.client.mention, polls)], help_rows(self.client))
        else:
            await show_cards(interaction, [card_about(self.client, command)])

    @explain.autocomplete("command")
    async def _command(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        wanted = typed.strip().lstrip("/").casefold()
        names = [(name, called(name)) for name in commands_of(self.client.tree)]
        found = [(name, own) for name, own in names if wanted in name or wanted in own.casefold()]
        return choices_of((name if own == name else f"{own} · {name}", name) for name, own in found[:25])


async def setup(bot: Client) -> None:
    """Add the command, and what stands under its answer."""
    await bot.add_cog(HelpCommands(bot))
    bot.add_dynamic_items(HelpButton, HelpMenu)
    bot.forms["help:search:0"] = lambda _, __: search_form()
