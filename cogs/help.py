"""`/help`: what there is to type."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.server.help_card import command_card, noun_card, overview_card
from tools import Client


class HelpCommands(commands.Cog):
    """What there is to type, and what each command does."""

    def __init__(self, tree: app_commands.CommandTree[Any]) -> None:
        self.tree = tree

    @app_commands.command(name="help")
    @app_commands.describe(command="One command in full, like payout compare, or all of a noun, like payout")
    async def explain(self, interaction: discord.Interaction, command: str | None = None) -> None:
        """What you can type here, or one command in full

        Start with /account link, then /payout compare.
        """
        commands_by_name = self._commands()
        if command is None:
            card = overview_card(list(commands_by_name.values()))
        else:
            wanted = command.strip().lstrip("/").casefold()
            of_noun = [each for name, each in commands_by_name.items() if name.split()[0] == wanted]
            if wanted in commands_by_name:
                card = command_card(commands_by_name[wanted])
            elif of_noun:
                card = noun_card(wanted, of_noun)
            else:
                raise ValueError(f"There is no command called “{command[:40]}”. Type /help for the list.")
        await interaction.response.send_message(embed=card, ephemeral=True)

    @explain.autocomplete("command")
    async def _command(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        wanted = typed.strip().lstrip("/").casefold()
        names = [name for name in self._commands() if wanted in name]
        return [app_commands.Choice(name=name, value=name) for name in names[:25]]

    def _commands(self) -> dict[str, app_commands.Command[Any, ..., Any]]:
        return {
            command.qualified_name: command
            for command in sorted(self.tree.walk_commands(), key=lambda command: command.qualified_name)
            if isinstance(command, app_commands.Command)
        }


async def setup(bot: Client) -> None:
    """Add the commands."""
    await bot.add_cog(HelpCommands(bot.tree))
