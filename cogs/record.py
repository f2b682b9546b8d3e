"""`/record`: what a track record proves, how repeatable scores are, and what predictions in a file score."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.account.dialogs import about_me, whom
from features.account.link import asked_about, own_name
from features.lab.record.rerank import reranked
from features.lab.record.rerank_card import RERANK_FIELDS, reranked_answer
from features.lab.record.scores import scores_repeated
from features.lab.record.scores_card import repeated_answer
from features.lab.record.show import track_record
from features.lab.record.show_card import SHOW_FIELDS, record_answer
from features.lab.score_file_card import score_and_show, turns_of_files
from tools import Client, Tools, choices_of, offering, picked_source, questions_of, tools_of
from tournament.source import Tournament
from ui.answer import Answer, Asked, Question
from wording.names import suggest_names
from wording.numbers import score_name


class RecordCommands(commands.GroupCog, group_name="record", group_description="What scores prove"):
    """What a model's predictions and its record are worth, by Numerai's scores."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
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
    @app_commands.describe(
        name="A model or an account; the one you linked without it",
        score="CORR without it",
        tournament="Classic without it",
    )
    async def show(
        self,
        interaction: discord.Interaction,
        name: str | None = None,
        score: str | None = None,
        tournament: Tournament | None = None,
    ) -> None:
        """What a track record proves: how much of it is luck, and how many more rounds it takes

        Its mean drawn to everybody's as far as their records say it is luck, the difference to the fund with
        an interval, and a Sharpe ratio of that difference deflated by how many different models there are.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        await record_of(interaction, {"name": name, "score": score, "tournament": tournament})

    @app_commands.command()
    @app_commands.describe(tournament="Classic without it")
    async def scores(self, interaction: discord.Interaction, tournament: Tournament = "classic") -> None:
        """How repeatable each score is: what of a round comes again, and what is luck

        With intervals, what one round's ranking says of later ones, and how many rounds it takes until half
        of a model's lead is no luck.
        """
        await self._answer(interaction, "scores", tournament=tournament)

    @app_commands.command()
    @app_commands.describe(
        scored_by="The score that says who is best, CORR without it",
        by="The score they are scored again by, TC or MMC without it",
        name="Whose own place to tell, the one you linked without it",
        rounds="20 (the last 20), 311-325 or all; the newest with most models without it",
        tournament="Classic without it",
    )
    async def rerank(
        self,
        interaction: discord.Interaction,
        scored_by: str | None = None,
        by: str | None = None,
        name: str | None = None,
        rounds: str | None = None,
        tournament: Tournament | None = None,
    ) -> None:
        """Where the best by one score stand by another, and by the same one in other rounds

        How many of the best tenth fall below the middle, and how many are still there, beside what the score
        does to its own best. Names nobody, but for your own place, which only you see.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        name, where = await self._own(interaction, name, tournament)
        asked = {"scored_by": scored_by, "by": by, "name": name, "rounds": rounds, "tournament": where}
        await questions_of(interaction).reply(interaction, "record rerank", asked)

    @show.autocomplete("name")
    @rerank.autocomplete("name")
    @offering
    async def _name(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        source = picked_source(self.tools, interaction)
        return choices_of(suggest_names(await source.names(), typed))

    @show.autocomplete("score")
    @rerank.autocomplete("scored_by")
    @rerank.autocomplete("by")
    @offering
    async def _score(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = map(score_name, await picked_source(self.tools, interaction).scores())
        return choices_of((each, each) for each in names if typed.casefold().strip() in each.casefold())

    async def _own(
        self, interaction: discord.Interaction, name: str | None, tournament: Tournament | None
    ) -> tuple[str | None, str]:
        """Whose place is asked for, and where: nobody's where none is named or linked there."""
        try:
            own, where = await asked_about(self.tools.database, interaction.user.id, name, None)
        except ValueError:
            return None, tournament or "classic"
        if name is None and tournament not in (None, where):
            return None, tournament
        return own, tournament or where

    async def _answer(self, interaction: discord.Interaction, question: str, **asked: Any) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await questions_of(interaction).reply(interaction, f"record {question}", asked)


async def record_of(interaction: discord.Interaction, asked: Asked) -> None:
    """Say what a record proves, for whoever asks: of the named one, else of the one they linked."""
    found = await whom(interaction, asked, "record show")
    if found is not None:
        await questions_of(interaction).reply(interaction, "record show", found)


async def _record_of_me(interaction: discord.Interaction, asked: Asked) -> None:
    await record_of(interaction, about_me(asked))


async def _show(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    found = await track_record(tools.source(asked["tournament"]), asked["name"], asked["score"])
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return record_answer(found)


async def _scores(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    source = tools_of(interaction).source(asked["tournament"])
    return repeated_answer(await scores_repeated(source))


async def _rerank(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    question = {key: value for key, value in asked.items() if key != "tournament"}
    found = await reranked(tools.source(asked["tournament"]), **question)
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return reranked_answer(found)


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(RecordCommands(bot.tools))
    bot.questions.known |= {
        "record show": Question(_show, fields=SHOW_FIELDS, mine=_record_of_me, go=record_of),
        "record scores": Question(_scores, everybodys=True),
        "record rerank": Question(_rerank, fields=RERANK_FIELDS, typed={"rounds": "Other rounds"}),
    }
