"""`/fund`: whether anybody did better than the fund, what pay goes with, and what rules would have made."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.lab.fund.alignment import fund_alignment
from features.lab.fund.alignment_card import ROUNDS_FIELDS, alignment_answer, rules_answer
from features.lab.fund.combination import FundCombination, fund_combination
from features.lab.fund.combination_card import COMBINATION_FIELDS, combination_answer
from features.lab.fund.returns import LARGEST_RETURNS, read_returns, returns_beside, returns_told
from features.lab.fund.selection import rules_followed
from features.server.setup_buttons import check_manages
from storage.market.returns import replace_returns, returns_of
from tools import Client, Tools, content_of, questions_of, tools_of
from tournament.source import Tournament
from ui.answer import Answer, Asked, Question
from ui.server import guild_of


class FundCommands(
    commands.GroupCog, group_name="fund", group_description="The fund, as public scores imply it"
):
    """Whether anybody did better than the fund, what pay goes with, and what rules would have made."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        rounds="all, 100 (the last 100) or 212-306; the window with the most scores without it",
        tournament="Classic without it",
    )
    async def combination(
        self,
        interaction: discord.Interaction,
        rounds: str | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """Whether a model or a mix of models did well while the fund did badly

        The best of all models, and the best mix, against the meta model's CORR: how often luck makes as good
        a one, and how often this test would see a better one. If nobody did: whether that can be told at all.
        """
        await self._answer(interaction, "combination", rounds=rounds, tournament=tournament)

    @app_commands.command()
    @app_commands.describe(
        rounds="all, 100 (the last 100) or 212-306; all without it", tournament="Classic without it"
    )
    async def alignment(
        self,
        interaction: discord.Interaction,
        rounds: str | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """Whether pay goes with what a model adds to the fund, then and afterwards

        Under rules of the data: pay against contribution in the same round, which is partly arithmetic, and
        against contribution in the rounds after, which is what a rule is for.
        """
        await self._answer(interaction, "alignment", rounds=rounds, tournament=tournament)

    @app_commands.command()
    @app_commands.describe(
        rounds="all, 100 (the last 100) or 230-306; all without it", tournament="Classic without it"
    )
    async def rules(
        self,
        interaction: discord.Interaction,
        rounds: str | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """Rules for choosing models that could be used beforehand, against weights by stake

        The best of the last rounds, all alike, limits by record and others, each with what was known when a
        round opened; all together, so that the best of several tries is not taken for a finding.
        """
        await self._answer(interaction, "rules", rounds=rounds, tournament=tournament)

    @app_commands.command()
    @app_commands.describe(
        file="A CSV with the columns month,return: 2022-01,-1.25 is minus 1.25 percent; 600 lines at most",
        delete="Delete what was loaded",
    )
    async def returns(
        self, interaction: discord.Interaction, file: discord.Attachment | None = None, delete: bool = False
    ) -> None:
        """For moderators: the fund's monthly returns from a file, to stand beside its CORR

        They are kept for this server until the next file takes their place, and are no part of any test.
        Without a file it says what is loaded.
        """
        check_manages(interaction)
        if file is not None and delete:
            raise ValueError("Give a file or delete what there is, not both.")
        await interaction.response.defer(ephemeral=True, thinking=True)
        guild, database = guild_of(interaction).id, self.tools.database
        if file is not None:
            loaded = read_returns(await content_of(file, LARGEST_RETURNS, "a file of monthly returns"))
            before = await replace_returns(database, guild, loaded, self.tools.now())
            told = returns_told(loaded, before)
        elif delete:
            before = await replace_returns(database, guild, {}, self.tools.now())
            told = returns_told({}, before)
        else:
            told = returns_told(await returns_of(database, guild), None)
        await interaction.followup.send(told, ephemeral=True)

    async def _answer(self, interaction: discord.Interaction, question: str, **asked: Any) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await questions_of(interaction).reply(interaction, f"fund {question}", asked)


async def _combination(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)

    async def worked_out() -> FundCombination:
        return await fund_combination(tools.source(asked["tournament"]), asked["rounds"])

    # the same for all servers; what each has loaded is read afresh
    minute = tools.now().replace(second=0, microsecond=0)
    found = await tools.kept.get(
        ("fund combination", asked["tournament"], asked["rounds"]), minute, worked_out
    )
    guild = interaction.guild_id
    loaded = {} if guild is None else await returns_of(tools.database, guild)
    return combination_answer(found, returns_beside(loaded, found.monthly), asked)


async def _alignment(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    source = tools_of(interaction).source(asked["tournament"])
    return alignment_answer(await fund_alignment(source, asked["rounds"]), asked)


async def _rules(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    source = tools_of(interaction).source(asked["tournament"])
    return rules_answer(await rules_followed(source, asked["rounds"]), asked)


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(FundCommands(bot.tools))
    bot.questions.known |= {
        "fund alignment": Question(_alignment, fields=ROUNDS_FIELDS, everybodys=True),
        "fund combination": Question(_combination, fields=COMBINATION_FIELDS),
        "fund rules": Question(_rules, fields=ROUNDS_FIELDS, everybodys=True),
    }
