"""`/record`: what a track record proves, how repeatable scores are, and what predictions in a file score."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.lab.record.scores import scores_repeated
from features.lab.record.scores_card import repeated_answer
from features.lab.score_file_card import score_and_show, turns_of_files
from tools import Client, questions_of, tools_of
from tournament.source import Tournament
from ui.answer import Answer, Asked, Question


class RecordCommands(commands.GroupCog, group_name="record", group_description="What scores prove"):
    """What a model's predictions and its record are worth, by Numerai's scores."""

    def __init__(self) -> None:
        self.turns = turns_of_files()

    @app_commands.command(name="score-file")
    @app_commands.describe(
        file="A CSV or parquet: era, id, prediction, target, perhaps meta_model, features; at most 10 MB"
    )
    async def score_file(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Score a file of predictions: CORR, MMC and feature-neutral CORR by era, with a chart

        A CSV whose first line names the columns, or a parquet: era, id, prediction, target, in any order.
        With meta_model there is MMC too, with columns that begin with feature_ CORR that those do not
        explain. 500,000 rows at most. The file is read once, and not kept; only you see the answer.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        await score_and_show(interaction, file, self.turns)

    @app_commands.command()
    @app_commands.describe(tournament="Classic without it")
    async def scores(self, interaction: discord.Interaction, tournament: Tournament = "classic") -> None:
        """How repeatable each score is: what of a round comes again, and what is luck

        With intervals, what one round's ranking says of later ones, and how many rounds it takes until half
        of a model's lead is no luck.
        """
        await self._answer(interaction, "scores", tournament=tournament)

    async def _answer(self, interaction: discord.Interaction, question: str, **asked: Any) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await questions_of(interaction).reply(interaction, f"record {question}", asked)


async def _scores(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    source = tools_of(interaction).source(asked["tournament"])
    return repeated_answer(await scores_repeated(source))


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(RecordCommands())
    bot.questions.known |= {"record scores": Question(_scores, everybodys=True)}
