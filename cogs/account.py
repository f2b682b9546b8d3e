"""`/account`: which model or account is yours."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from answers.account import link_account, linked_account
from cogs import Tools, complete_name
from storage.links import remove_link
from tournament.source import Tournament
from ui.account import account_card


class Account(commands.GroupCog, group_name="account", group_description="Which model or account is yours"):
    """Which model or account is yours, so that answers are about you."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        name="Your model or account: start typing and pick one", tournament="Classic without it"
    )
    async def link(
        self,
        interaction: discord.Interaction[Any],
        name: str,
        tournament: Tournament = "classic",
    ) -> None:
        """Say which model or account is yours, so that you need not name it again

        It is a claim that nobody has checked, and only you see it. A new link replaces the old one.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        source = self.tools.source(tournament)
        account = await link_account(self.tools.database, source, interaction.user.id, name, self.tools.now())
        await interaction.followup.send(embed=account_card(account), ephemeral=True)

    @link.autocomplete("name")
    async def _name(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return await complete_name(self.tools, interaction, typed)

    @app_commands.command()
    async def unlink(self, interaction: discord.Interaction[Any]) -> None:
        """Take your link back; nothing else is changed"""
        removed = await remove_link(self.tools.database, interaction.user.id)
        await interaction.response.send_message(
            "Your link is removed." if removed else "There was no link to remove.", ephemeral=True
        )

    @app_commands.command()
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """What you have linked, and the rounds behind it"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        account = await linked_account(self.tools.database, self.tools.source, interaction.user.id)
        await interaction.followup.send(embed=account_card(account), ephemeral=True)
