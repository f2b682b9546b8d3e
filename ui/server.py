"""The server that an interaction came from."""

import discord
from discord import app_commands


def guild_of(interaction: discord.Interaction) -> discord.Guild:
    """The server it came from; refused, as Discord refuses it, where there is none."""
    if interaction.guild is None:
        raise app_commands.NoPrivateMessage
    return interaction.guild
