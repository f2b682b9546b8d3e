"""`/stakes`: where the stake lies, whether it moves the fund, and what happens when some of it leaves."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.account.dialogs import about_me, whom
from features.account.link import own_name
from features.stakes.concentration import stake_concentration
from features.stakes.concentration_card import (
    CONCENTRATION_FIELDS,
    WHO_FIELDS,
    concentration_answer,
    history_answer,
    holder_answer,
)
from features.stakes.history import stake_history
from features.stakes.holders import holder, suggest_holders
from features.stakes.influence import THRESHOLD, stake_influence
from features.stakes.influence_card import INFLUENCE_FIELDS, influence_answer
from features.stakes.leaving.unstaking import unstake_scenario
from features.stakes.leaving.unstaking_card import UNSTAKE_FIELDS, unstaking_answer
from features.stakes.moments import moment, moments
from tools import SAMPLE, Client, Tools, choices_of, offering, picked_source, questions_of, tools_of
from tournament.source import Tournament
from ui.answer import Answer, Asked, Question

Unit = Literal["account", "model"]
UnitOrCluster = Literal["account", "model", "cluster"]


class StakesCommands(
    commands.GroupCog, group_name="stakes", group_description="Who holds the stake, and what it moves"
):
    """Who holds the stake, whether it moves the fund, and what happens when some of it leaves."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        unit="What counts as one holder: cluster is accounts that score alike; account without it",
        zeros="Count those without a stake too",
        day="A day that is kept, like 2022-12-22, or a round, like round 318; the newest day without it",
        tournament="Classic without it",
    )
    async def concentration(
        self,
        interaction: discord.Interaction,
        unit: UnitOrCluster = "account",
        zeros: bool = False,
        day: str | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """How many hold half of the stake, and whether it follows a power law

        With what one wrong guess of an account would change. Behind Details: Gini, effective number, Theil,
        what the few largest would change, and whether the tail is a power law.
        """
        await self._answer(
            interaction, "concentration", unit=unit, zeros=zeros, day=day, tournament=tournament
        )

    @app_commands.command()
    @app_commands.describe(
        by="The newest stakes, or the stake at risk in each round; the newest without it",
        score="What to compare stake with; TC where there is one",
        rounds="all, 20 (the last 20), 311-325 or round 318; all without it",
        threshold="Compare those above and below so many NMR; 8000 without it",
        zoom="Draw stakes up to so many NMR",
        tournament="Classic without it",
    )
    async def influence(
        self,
        interaction: discord.Interaction,
        by: Literal["today", "round"] = "today",
        score: str | None = None,
        rounds: str | None = None,
        threshold: float = THRESHOLD,
        zoom: float | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """Whether large stakes score differently, and what stake x score can't show

        Stake against TC by account. Behind Details: the tests, the band in which stake x TC would lie if TC
        had nothing to do with stake, and where its range changes.
        """
        await self._answer(
            interaction,
            "influence",
            by=by,
            score=score,
            rounds=rounds,
            threshold=threshold,
            zoom=zoom,
            tournament=tournament,
        )

    @app_commands.command()
    @app_commands.describe(
        top="So many of the largest leave; 20 without any of the three",
        above="Everyone with more than so many NMR leaves",
        who="One account or model leaves",
        unit="What counts as one holder; account without it",
        volume="NMR traded in a day, for the price; an assumption without it",
        tournament="Classic without it",
    )
    async def unstake(
        self,
        interaction: discord.Interaction,
        top: int | None = None,
        above: float | None = None,
        who: str | None = None,
        unit: Unit = "account",
        volume: float | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """What happens if large holders leave: who holds the rest, payouts, the price

        The payout factor is given under every dated threshold. The price is a table of scenarios, never a
        forecast: a square-root law with three strengths, and a quarter, half or all of it sold in one day.
        """
        await self._answer(
            interaction,
            "unstake",
            top=top,
            above=above,
            who=who,
            unit=unit,
            volume=volume,
            tournament=tournament,
        )

    @app_commands.command()
    @app_commands.describe(
        unit="What counts as one holder; account without it", tournament="Classic without it"
    )
    async def history(
        self,
        interaction: discord.Interaction,
        unit: Unit = "account",
        tournament: Tournament = "classic",
    ) -> None:
        """How the concentration of the stake has changed

        From the snapshots of the leaderboard that are kept, and from its newest day.
        """
        await self._answer(interaction, "history", unit=unit, tournament=tournament)

    @app_commands.command()
    @app_commands.describe(
        name="An account or a model; without it the one you linked", tournament="Classic without it"
    )
    async def who(
        self,
        interaction: discord.Interaction,
        name: str | None = None,
        tournament: Tournament | None = None,
    ) -> None:
        """One account's share of the stake, its rank, and how many like it would hold half

        Without a name it is about the model or account you linked.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        await place_of(interaction, {"name": name, "tournament": tournament})

    @unstake.autocomplete("who")
    @who.autocomplete("name")
    @offering
    async def _name(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = await suggest_holders(picked_source(self.tools, interaction), typed)
        return choices_of(found)

    async def _answer(self, interaction: discord.Interaction, question: str, **asked: Any) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await questions_of(interaction).reply(interaction, f"stakes {question}", asked)


async def place_of(interaction: discord.Interaction, asked: Asked) -> None:
    """Say how one holder stands, for whoever asks: the named one, else the one they linked."""
    found = await whom(interaction, asked, "stakes who")
    if found is not None:
        await questions_of(interaction).reply(interaction, "stakes who", found)


async def without_one(interaction: discord.Interaction, asked: Asked) -> None:
    """Say what happens if one holder leaves: the named one, else the one that whoever asks linked."""
    found = await whom(interaction, asked, "stakes unstake")
    if found is not None:
        leaving = {"top": None, "above": None, "who": found["name"], "unit": "account"}
        kept = {"volume": asked["volume"], "tournament": found["tournament"]}
        await questions_of(interaction).reply(interaction, "stakes unstake", leaving | kept)


async def _place_of_me(interaction: discord.Interaction, asked: Asked) -> None:
    await place_of(interaction, about_me(asked))


async def _without_me(interaction: discord.Interaction, asked: Asked) -> None:
    await without_one(interaction, about_me(asked))


async def _concentration(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    source = tools.source(asked["tournament"])
    at = await moment(tools.database, source, asked.get("day"))
    found = await stake_concentration(source, unit=asked["unit"], zeros=asked["zeros"], at=at)
    return concentration_answer(found, asked, await moments(tools.database, source))


async def _influence(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    question = {key: value for key, value in asked.items() if key != "tournament"}
    source = tools_of(interaction).source(asked["tournament"])
    return influence_answer(await stake_influence(source, **question), asked)


async def _unstake(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    scenario = await unstake_scenario(
        tools.source(asked["tournament"]),
        tools.source(SAMPLE),
        top=asked["top"],
        above=asked["above"],
        who=asked["who"],
        unit=asked["unit"],
        daily_volume=asked["volume"],
    )
    if shown_by is not None:
        scenario = scenario.for_others(await own_name(tools.database, shown_by))
    return unstaking_answer(scenario, asked)


async def _history(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    source = tools.source(asked["tournament"])
    return history_answer(await stake_history(tools.database, source, tools.now(), unit=asked["unit"]), asked)


async def _who(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    found = await holder(tools.source(asked["tournament"]), asked["name"])
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return holder_answer(found)


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(StakesCommands(bot.tools))
    bot.questions.known |= {
        "stakes concentration": Question(_concentration, fields=CONCENTRATION_FIELDS, everybodys=True),
        "stakes influence": Question(_influence, fields=INFLUENCE_FIELDS, everybodys=True),
        "stakes unstake": Question(
            _unstake,
            fields=UNSTAKE_FIELDS,
            typed={"volume": "Daily volume"},
            mine=_without_me,
            go=without_one,
        ),
        "stakes history": Question(_history, everybodys=True),
        "stakes who": Question(
            _who, fields=WHO_FIELDS, typed={"name": "Somebody else"}, mine=_place_of_me, go=place_of
        ),
    }
