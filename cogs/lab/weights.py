"""`/weights`: what schemes of weighing would make of today's stakes, what splitting gains, who is alike."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.account.link import own_name
from features.lab.alike.redundancy import redundancy
from features.lab.alike.redundancy_card import REDUNDANCY_FIELDS, redundancy_answer
from features.lab.schemes import TRIED, schemes_compared
from features.lab.schemes_card import COMPARE_FIELDS, SPLIT_FIELDS, compared_answer, split_answer
from features.lab.splitting import split_test
from features.stakes.holders import suggest_holders
from tools import Client, Tools, choices_of, offering, picked_source, questions_of, tools_of
from tournament.source import Tournament
from ui.answer import Answer, Asked, Question


class WeightsCommands(
    commands.GroupCog, group_name="weights", group_description="What else the meta-model weights could be"
):
    """What schemes of weighing would make of today's stakes, and what splitting gains under them."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        scheme="One scheme in full, like cap 2%, sqrt or gate 0.5; all side by side without it",
        tournament="Classic without it",
    )
    async def compare(
        self,
        interaction: discord.Interaction,
        scheme: str | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """Ways to weigh stakes side by side: who holds half, what moves, what splitting gains

        Caps, roots, ranks, limits by past scores and a gate on today's stakes. Pick one for whose weight
        changes, what pay would be if it followed the weights, and what a newcomer weighs.
        """
        await self._answer(interaction, "compare", scheme=scheme, tournament=tournament)

    @app_commands.command(name="split-test")
    @app_commands.describe(
        scheme="Like cap 2%, sqrt or reshape 50%; sqrt without it",
        parts="Into how many accounts, 1 to 100; 10 without it",
        name="An account or a model; the largest account without it",
        size="Or a stake of so many NMR",
        tournament="Classic without it",
    )
    async def split_test(
        self,
        interaction: discord.Interaction,
        scheme: str = "sqrt",
        parts: int = 10,
        name: str | None = None,
        size: float | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """What a holder gains under a scheme by splitting its stake over several accounts"""
        await self._answer(
            interaction, "split-test", scheme=scheme, parts=parts, name=name, size=size, tournament=tournament
        )

    @app_commands.command()
    @app_commands.describe(
        name="A model, or an account for its largest one; all models without it",
        tournament="Classic without it",
    )
    async def redundancy(
        self,
        interaction: discord.Interaction,
        name: str | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """Which models say the same: how many independent ones there are, and who is most like yours

        Told from public scores beyond the mean of each round, with how sure that is and what luck makes of
        it; of live models also what Numerai tells of their predictions.
        """
        await self._answer(interaction, "redundancy", name=name, tournament=tournament)

    @compare.autocomplete("scheme")
    @split_test.autocomplete("scheme")
    @offering
    async def _scheme(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices_of((each, each) for each in TRIED if typed.casefold().strip() in each)

    @split_test.autocomplete("name")
    @redundancy.autocomplete("name")
    @offering
    async def _name(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices_of(await suggest_holders(picked_source(self.tools, interaction), typed))

    async def _answer(self, interaction: discord.Interaction, question: str, **asked: Any) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await questions_of(interaction).reply(interaction, f"weights {question}", asked)


async def _compare(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    source = tools_of(interaction).source(asked["tournament"])
    return compared_answer(await schemes_compared(source, asked["scheme"]), asked)


async def _split_test(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    found = await split_test(
        tools.source(asked["tournament"]),
        who=asked["name"],
        size=asked["size"],
        parts=asked["parts"],
        scheme=asked["scheme"],
    )
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return split_answer(found, asked)


async def _redundancy(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    found = await redundancy(tools.source(asked["tournament"]), asked["name"])
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return redundancy_answer(found, asked)


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(WeightsCommands(bot.tools))
    bot.questions.known |= {
        "weights compare": Question(_compare, fields=COMPARE_FIELDS, everybodys=True),
        "weights split-test": Question(_split_test, fields=SPLIT_FIELDS),
        "weights redundancy": Question(_redundancy, fields=REDUNDANCY_FIELDS),
    }
