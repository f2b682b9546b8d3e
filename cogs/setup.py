"""`/setup`: how the bot behaves in one server."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs import Tools
from storage.guilds import set_sharing, settings_of


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class Setup(commands.GroupCog, group_name="setup", group_description="How the bot behaves in this server"):
    """For moderators: how the bot behaves in this server."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    async def interaction_check(self, interaction: discord.Interaction[Any]) -> bool:  # noqa: D102
        # Discord enforces neither the place nor the permission for us: both are hints to its client
        _server(interaction)
        if not interaction.permissions.manage_guild:
            raise app_commands.MissingPermissions(["manage_guild"])
        return True

    @app_commands.command()
    @app_commands.describe(allowed="Whether members may post their answers in this server's channels")
    async def sharing(self, interaction: discord.Interaction[Any], allowed: bool) -> None:
        """Whether members may share their answers in this server"""
        await set_sharing(self.tools.database, _server(interaction), allowed, self.tools.now())
        await interaction.response.send_message(_sharing(allowed), ephemeral=True)

    @app_commands.command()
    async def show(self, interaction: discord.Interaction[Any]) -> None:
        """The settings of this server"""
        settings = await settings_of(self.tools.database, _server(interaction))
        await interaction.response.send_message(_sharing(settings.sharing), ephemeral=True)


def _server(interaction: discord.Interaction[Any]) -> int:
    if interaction.guild_id is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild_id


def _sharing(allowed: bool) -> str:
    return (
        "Members may share their answers where they may write."
        if allowed
        else "Sharing is off: answers stay with those who asked."
    )
