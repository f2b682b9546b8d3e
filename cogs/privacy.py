"""`/privacy`: what the bot keeps about a member, as a list, as a file, or not at all."""

import io

import discord
from discord import app_commands
from discord.ext import commands

from features.server.privacy_card import kept_card
from storage.members import privacy
from tools import Client, Tools
from ui.dialogs import Confirm
from wording.numbers import counted


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
        await interaction.followup.send(
            embed=kept_card(kept, privacy.PERSONAL_TABLES, privacy.KEPT_OTHERWISE), ephemeral=True
        )

    @app_commands.command()
    async def export(self, interaction: discord.Interaction) -> None:
        """Everything the bot keeps about you, as a JSON file only you can see"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        text = await privacy.export(self.tools.database, interaction.user.id, self.tools.now())
        file = discord.File(io.BytesIO(text.encode()), filename="roundtable-export.json")
        await interaction.followup.send("Everything the bot keeps about you:", file=file, ephemeral=True)

    @app_commands.command()
    async def delete(self, interaction: discord.Interaction) -> None:
        """Delete everything the bot keeps about you, after asking once more"""
        question = Confirm(interaction.user.id, "Delete everything")
        await interaction.response.send_message(
            "This deletes your link, your verified account, your questions, drafts, secondings and "
            "arguments, your ballots in open polls and your votes on statements, and takes your name off "
            "what you proposed and voted. It can't be undone.",
            view=question,
            ephemeral=True,
        )
        if await question.wait() or question.pressed is None:
            await interaction.edit_original_response(
                content="Nothing was deleted: no answer in time.", view=None
            )
            return
        if not question.confirmed:
            await question.pressed.response.edit_message(content="Nothing was deleted.", view=None)
            return
        removed = sum((await privacy.delete(self.tools.database, interaction.user.id)).values())
        await question.pressed.response.edit_message(
            content=f"Deleted: {counted(removed, 'row')}. {' '.join(privacy.KEPT_OTHERWISE)}", view=None
        )


async def setup(bot: Client) -> None:
    """Add the commands."""
    await bot.add_cog(PrivacyCommands(bot.tools))
