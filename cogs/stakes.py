"""`/stakes`: where the stake lies, whether it moves the fund, and what happens when some of it leaves."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.account.link import asked_about
from features.stakes.concentration import stake_concentration
from features.stakes.concentration_card import concentration_cards, holder_card, stake_history_card
from features.stakes.concentration_chart import picture_of_lorenz, picture_of_tail
from features.stakes.history import stake_history
from features.stakes.history_chart import picture_of_stake_history
from features.stakes.holders import holder, suggest_holders
from features.stakes.influence import THRESHOLD, stake_influence
from features.stakes.influence_card import influence_card
from features.stakes.influence_chart import picture_of_influence
from features.stakes.unstaking import unstake_scenario
from features.stakes.unstaking_card import unstaking_card
from features.stakes.unstaking_chart import picture_of_unstaking
from storage.members.links import link_of
from tools import SAMPLE, Client, Tools, files_of, picked_source, tools_of
from tournament.source import Tournament
from ui.drawing import Picture
from ui.share import Answer, share_view

Unit = Literal["account", "model"]
Reply = tuple[list[discord.Embed], tuple[Picture, ...]]


class StakesCommands(
    commands.GroupCog, group_name="stakes", group_description="Who holds the stake, and what it moves"
):
    """Who holds the stake, whether it moves the fund, and what happens when some of it leaves."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        unit="What counts as one holder; account without it",
        zeros="Count those without a stake too",
        tournament="Classic without it",
    )
    async def concentration(
        self,
        interaction: discord.Interaction,
        unit: Unit = "account",
        zeros: bool = False,
        tournament: Tournament = "classic",
    ) -> None:
        """How many hold half of the stake, and whether it follows a power law

        Gini, effective number, Theil and how many hold half, with what one wrong guess of an account or the
        few largest would change. The second chart fits a power law to the tail and asks whether others fit
        better.
        """
        await self._answer(interaction, "concentration", unit=unit, zeros=zeros, tournament=tournament)

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

        Stake against TC by account, with shuffled p values, the stake at which the range of stake x TC
        changes, and the band in which it would lie if TC had nothing to do with stake.
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
        found, where = await asked_about(self.tools.database, interaction.user.id, name, tournament)
        await self._answer(interaction, "who", name=found, tournament=where)

    @unstake.autocomplete("who")
    @who.autocomplete("name")
    async def _name(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = await suggest_holders(picked_source(self.tools, interaction), typed)
        return [app_commands.Choice(name=name, value=name) for name in found]

    async def _answer(self, interaction: discord.Interaction, question: str, **asked: Any) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        cards, pictures = await QUESTIONS[question](self.tools, asked, None)
        view = await share_view(
            interaction,
            self.tools.database,
            f"stakes {question}",
            asked,
            self.tools.now(),
        )
        await interaction.followup.send(embeds=cards, files=files_of(*pictures), view=view, ephemeral=True)


async def _concentration(tools: Tools, asked: Mapping[str, Any], shown_by: int | None) -> Reply:
    found = await stake_concentration(
        tools.source(asked["tournament"]), unit=asked["unit"], zeros=asked["zeros"]
    )
    pictures = [await tools.drawing.run(draw, found) for draw in (picture_of_lorenz, picture_of_tail)]
    return concentration_cards(found), tuple(pictures)


async def _influence(tools: Tools, asked: Mapping[str, Any], shown_by: int | None) -> Reply:
    question = {key: value for key, value in asked.items() if key != "tournament"}
    found = await stake_influence(tools.source(asked["tournament"]), **question)
    return [influence_card(found)], (await tools.drawing.run(picture_of_influence, found),)


async def _unstake(tools: Tools, asked: Mapping[str, Any], shown_by: int | None) -> Reply:
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
        scenario = scenario.for_others(await _own_name(tools, shown_by))
    return [unstaking_card(scenario)], (await tools.drawing.run(picture_of_unstaking, scenario),)


async def _history(tools: Tools, asked: Mapping[str, Any], shown_by: int | None) -> Reply:
    history = await stake_history(
        tools.database, tools.source(asked["tournament"]), tools.now(), unit=asked["unit"]
    )
    return [stake_history_card(history)], (await tools.drawing.run(picture_of_stake_history, history),)


async def _who(tools: Tools, asked: Mapping[str, Any], shown_by: int | None) -> Reply:
    found = await holder(tools.source(asked["tournament"]), asked["name"])
    if shown_by is not None:
        found = found.for_others(await _own_name(tools, shown_by))
    return [holder_card(found)], ()


async def _own_name(tools: Tools, member_id: int) -> str | None:
    link = await link_of(tools.database, member_id)
    return link.name if link else None


QUESTIONS: Mapping[str, Callable[[Tools, Mapping[str, Any], int | None], Awaitable[Reply]]] = {
    "concentration": _concentration,
    "influence": _influence,
    "unstake": _unstake,
    "history": _history,
    "who": _who,
}


async def _answered_again(question: str, interaction: discord.Interaction, asked: dict[str, Any]) -> Answer:
    cards, pictures = await QUESTIONS[question](tools_of(interaction), asked, interaction.user.id)
    return cards, files_of(*pictures)


async def setup(bot: Client) -> None:
    """Add the commands, and how each question is asked again."""
    await bot.add_cog(StakesCommands(bot.tools))
    for question in QUESTIONS:
        bot.sharing.again[f"stakes {question}"] = partial(_answered_again, question)
