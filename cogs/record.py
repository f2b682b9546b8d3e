"""`/record`: what predictions score, from a file of a member's own."""

import discord
from discord import app_commands
from discord.ext import commands

from features.lab.score_file_card import score_and_show, turns_of_files
from tools import Client


class RecordCommands(commands.GroupCog, group_name="record", group_description="What predictions score"):
    """What a model's predictions are worth, by Numerai's scores."""

    def __init__(self) -> None:
        self.turns = turns_of_files()

    @app_commands.command(name="score-file")
    @app_commands.describe(
        file="A CSV: era, id, prediction, target, perhaps meta_model, features; 10 MB, 500,000 rows at most"
    )
    async def score_file(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Score a CSV of predictions: CORR, MMC and feature-neutral CORR by era, with a chart

        The first line names the columns, in any order: era, id, prediction, target. With meta_model there is
        MMC too, with columns that begin with feature_ CORR that those do not explain. No parquet: in pandas,
        df.to_csv("file.csv") makes a CSV. The file is read once, and not kept; only you see the answer.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        await score_and_show(interaction, file, self.turns)


async def setup(bot: Client) -> None:
    """Add the command."""
    await bot.add_cog(RecordCommands())
