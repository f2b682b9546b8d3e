"""`/privacy`: what the bot keeps about a member, as a list, as a file, or not at all."""

import discord
from discord import app_commands
from discord.ext import commands

from features.server.privacy_buttons import PrivacyButton, ask_to_delete, privacy_row, send_export
from features.server.privacy_card import kept_answer
from storage.members import privacy
from tools import Client, Tools, show_cards


class PrivacyCommands(
    commands.GroupCog, group_name="privacy", group_description="What the bot keeps about you"
):
    """See, take with you, or delete everything the bot keeps about you."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    async def show(self, interaction: discord.Interaction) -> None:
        """Everything the bot keeps about you, and why"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        kept = await privacy.stored_about(self.tools.database, interaction.user.id)
        answer = kept_answer(kept, privacy.PERSONAL_TABLES, privacy.KEPT_OTHERWISE)
        await show_cards(interaction, [answer.card], [privacy_row(interaction.user.id)])

    @app_commands.command()
    async def export(self, interaction: discord.Interaction) -> None:
        """Everything the bot keeps about you, as a JSON file only you can see"""
        await send_export(interaction)

    @app_commands.command()
    async def delete(self, interaction: discord.Interaction) -> None:
        """Delete everything the bot keeps about you, after asking once more"""
        await ask_to_delete(interaction)


async def setup(bot: Client) -> None:
    """Add the commands and the buttons that outlive their message."""
    await bot.add_cog(PrivacyCommands(bot.tools))
    bot.add_dynamic_items(PrivacyButton)
