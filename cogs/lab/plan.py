"""`/plan`: whether a fall is unusual, a tweak of the payout rule overfitted, and what a change costs."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.account.link import own_name
from features.plan.drawdown import unusual_fall
from features.plan.drawdown_card import DRAWDOWN_FIELDS, drawdown_answer
from features.plan.overfit import BLOCKS, MOST_BLOCKS, overfit_grid
from features.plan.overfit_card import GRIDS, OVERFIT_FIELDS, overfit_answer
from features.plan.transition import CURRENT, PROPOSED, softened_change
from features.plan.transition_card import TRANSITION_FIELDS, transition_answer
from features.proposals.view import rule_of
from tools import Client, Tools, choices_of, complete_name, offering, questions_of, tools_of
from tournament.source import Tournament
from ui.answer import Answer, Asked, Question

Measured = Literal["corr", "mmc", "tc", "pay"]


class PlanCommands(
    commands.GroupCog, group_name="plan", group_description="Keep to a plan, or see what changing it costs"
):
    """Whether a loss is a reason to change anything, and what a change would be worth."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        name="A model or an account; the meta model without it",
        measure="What falls: a score, or pay as a share of the stake; CORR without it",
        tournament="Classic without it",
    )
    async def drawdown(
        self,
        interaction: discord.Interaction,
        name: str | None = None,
        measure: Measured = "corr",
        tournament: Tournament = "classic",
    ) -> None:
        """Whether the deepest fall of a record is unusual, or what chance makes of such records

        The answer is a range: rounds overlap, and how far they depend on each other is unknown. Of a model,
        an account, or without a name the meta model as public scores imply it.
        """
        await self._answer(interaction, "drawdown", name=name, measure=measure, tournament=tournament)

    @app_commands.command()
    @app_commands.describe(
        grid="Like corr 0..2 step .5, tc 0..3 step .5",
        rule="The rule whose worst rounds are looked at, like 1C3T; the announced one without it",
        blocks="Into how many blocks the rounds are cut, an even number; 8 without it",
        tournament="Classic without it",
    )
    async def overfit(
        self,
        interaction: discord.Interaction,
        grid: str | None = None,
        rule: str | None = None,
        blocks: app_commands.Range[int, 2, MOST_BLOCKS] = BLOCKS,
        tournament: Tournament = "classic",
    ) -> None:
        """Whether tuning the payout rule by the past would have worked on rounds it was not tuned on

        Stakes compound under each rule of a grid, and the meta model that results is judged, not pay: of that
        the largest multipliers always give most. Tells which rule would have helped in the worst rounds, and
        how it ranks in all others.
        """
        await self._answer(interaction, "overfit", grid=grid, rule=rule, blocks=blocks, tournament=tournament)

    @app_commands.command()
    @app_commands.describe(
        proposed="The rule to change to, like 1C3T, or an open proposal, like #12",
        current="The rule to change from, like 2C1T",
        notice="Weeks between announcement and change",
        phase_in="Rounds over which the change comes in evenly",
        grandfather="Rounds for which whoever is there keeps the old rule",
        compensation="Whether whoever loses in all is paid back",
        tournament="Classic without it",
    )
    async def transition(
        self,
        interaction: discord.Interaction,
        proposed: str = PROPOSED,
        current: str = CURRENT,
        notice: app_commands.Range[int, 0, 260] = 8,
        phase_in: app_commands.Range[int, 0, 1000] = 0,
        grandfather: app_commands.Range[int, 0, 1000] = 0,
        compensation: Literal["none", "full"] = "none",
        tournament: Tournament = "classic",
    ) -> None:
        """What notice, a phase-in, grandfathering and compensation cost, and who clearly gains or loses

        Follows the change from every round that leaves it time to end, as one start says little. Nobody
        changes behaviour.
        """
        await self._answer(
            interaction,
            "transition",
            proposed=proposed,
            current=current,
            notice=notice,
            phase_in=phase_in,
            grandfather=grandfather,
            compensation=compensation,
            tournament=tournament,
        )

    @drawdown.autocomplete("name")
    @offering
    async def _name(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await complete_name(self.tools, interaction, typed)

    @overfit.autocomplete("grid")
    @offering
    async def _grid(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices_of((each, each) for each in GRIDS if typed.casefold().strip() in each)

    async def _answer(self, interaction: discord.Interaction, question: str, **asked: Any) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await questions_of(interaction).reply(interaction, f"plan {question}", asked)


async def _drawdown(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    found = await unusual_fall(tools.source(asked["tournament"]), asked["name"], asked["measure"])
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return drawdown_answer(found, asked)


async def _overfit(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    source = tools_of(interaction).source(asked["tournament"])
    return overfit_answer(await overfit_grid(source, asked["grid"], asked["rule"], asked["blocks"]), asked)


async def _transition(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    proposed, current = [
        await rule_of(tools.database, interaction.guild_id, asked[which]) for which in ("proposed", "current")
    ]
    softened = {name: asked[name] for name in ("notice", "phase_in", "grandfather", "compensation")}
    found = await softened_change(tools.source(asked["tournament"]), proposed, current, **softened)
    return transition_answer(found, asked)


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(PlanCommands(bot.tools))
    bot.questions.known |= {
        "plan drawdown": Question(_drawdown, fields=DRAWDOWN_FIELDS),
        "plan transition": Question(_transition, fields=TRANSITION_FIELDS),
        "plan overfit": Question(_overfit, fields=OVERFIT_FIELDS, everybodys=True),
    }
