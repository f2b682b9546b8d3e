"""`/payout`: what a rule pays, what was paid, and which rules there have been."""

from collections.abc import Mapping
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.account.dialogs import WhoAreYou
from features.account.link import EXAMPLE, NotLinkedError, asked_about, link_account
from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_card
from features.payout.compare_chart import picture_of_comparison
from features.payout.comparison import PayoutComparison
from features.payout.earnings import pay_record
from features.payout.earnings_card import record_card, what_if_card
from features.payout.earnings_chart import picture_of_record
from features.payout.rules import find_rule, rule_ids, suggest_priced_rules, timeline
from features.payout.rules_card import rule_card, timeline_card
from features.payout.what_if import what_if
from features.proposals.view import rule_of, suggest_rules
from storage.members.links import link_of
from tools import SAMPLE, Client, Tools, complete_name, files_of, picked_source, tools_of
from tournament.source import Tournament
from ui.drawing import Picture
from ui.share import Answer, share_view

QUESTION = "payout compare"
Basis = Literal["stake of the time", "fixed", "compounding", "per-round"]
Choices = list[app_commands.Choice[str]]


class PayoutCommands(
    commands.GroupCog, group_name="payout", group_description="What a payout rule earns or burns"
):
    """What a payout rule does to you, and which rules there have been."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        proposed="The rule to try, like 1xCORR + 3xTC, 1C3T or 0.75 corr + 2.25 mmc clip 0.05",
        who="A model, an account, or everyone; without it the one you linked",
        current="The rule to compare with, or live; without it what was really paid",
        rounds="20 (the last 20), 311-325, round 318 or all; without it the last 20 beside all",
        stake="NMR, instead of the stake of the time",
        basis="What is at risk: the stake of the time, a fixed one, one that compounds, a share per round",
        tournament="Classic without it",
        old_tc="Count TC from before round 200 too, which is in another unit",
    )
    async def compare(
        self,
        interaction: discord.Interaction,
        proposed: str,
        who: str | None = None,
        current: str | None = None,
        rounds: str | None = None,
        stake: float | None = None,
        basis: Basis = "stake of the time",
        tournament: Tournament | None = None,
        old_tc: bool = False,
    ) -> None:
        """What you were paid, and what you would have been paid under another rule

        Compares pay round by round, on the same rounds and scores, with a chart. The answer is yours alone
        until you press Share. Rules are typed as members write them: 1xCORR + 3xTC, 1C3T, or
        0.75 corr + 2.25 mmc clip 0.05; a dated rule's name works too (see /payout rules), the number of an
        open proposal, like #12, and “live” for the rule that the newest round announces.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        proposed = await rule_of(self.tools.database, interaction.guild_id, proposed)
        if current is not None:
            current = await rule_of(self.tools.database, interaction.guild_id, current)
        asked = {"proposed": proposed, "current": current, "rounds": rounds, "stake": stake, "basis": basis}
        asked |= {"old_tc": True} if old_tc else {}
        try:
            name, where = await asked_about(self.tools.database, interaction.user.id, who, tournament)
        except NotLinkedError as unlinked:
            await self._ask_who(interaction, asked, tournament or "classic", str(unlinked))
            return
        await self._answer_compare(interaction, asked | {"name": name, "tournament": where})

    @app_commands.command()
    @app_commands.describe(
        who="A model, an account, or everyone; without it the one you linked",
        rounds="20 (the last 20), 311-325, round 318 or all",
        tournament="Classic without it",
    )
    async def show(
        self,
        interaction: discord.Interaction,
        who: str | None = None,
        rounds: str | None = None,
        tournament: Tournament | None = None,
    ) -> None:
        """What you earned, what is pending, and every round of it

        Only rounds with a stake count. Pending is what the open rounds would pay if they resolved now.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        name, where = await asked_about(self.tools.database, interaction.user.id, who, tournament)
        record = await pay_record(self.tools.source(where), name, rounds=rounds)
        picture = await self.tools.drawing.run(picture_of_record, record)
        await interaction.followup.send(embed=record_card(record), files=files_of(picture), ephemeral=True)

    @app_commands.command(name="what-if")
    @app_commands.describe(
        scores="The round's scores, like corr 0.02, tc -0.01",
        stake="NMR that this one round risks",
        rule="The rule, like 1xCORR + 3xTC; without it the newest one",
        factor="The payout factor; without it that of the newest round",
        tournament="Classic without it",
    )
    async def what_if(
        self,
        interaction: discord.Interaction,
        scores: str,
        stake: float,
        rule: str | None = None,
        factor: float | None = None,
        tournament: Tournament = "classic",
    ) -> None:
        """What one round with these scores would pay, step by step

        Multiplies out the scores, applies the payout factor and the clip, and says whether the clip was met.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        answer = await what_if(self.tools.source(tournament), scores, stake, rule=rule, factor=factor)
        await interaction.followup.send(embed=what_if_card(answer), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(
        tournament="Which tournament's rules; Classic without it", rule="One rule in full, by its name"
    )
    async def rules(
        self,
        interaction: discord.Interaction,
        tournament: Tournament = "classic",
        rule: str | None = None,
    ) -> None:
        """Every payout rule there has been, with dates and sources, or one of them in full

        The list is newest first. Name one to read its permitted combinations, clip, threshold and source.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        if rule:
            card = rule_card(find_rule(rule))
        else:
            card = timeline_card(await timeline(tournament, self.tools.sources.get(tournament)))
        await interaction.followup.send(embed=card, ephemeral=True)

    @compare.autocomplete("who")
    @show.autocomplete("who")
    async def _who(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await complete_name(self.tools, interaction, typed)

    @compare.autocomplete("proposed")
    @compare.autocomplete("current")
    @what_if.autocomplete("rule")
    async def _rule(self, interaction: discord.Interaction, typed: str) -> Choices:
        source = picked_source(self.tools, interaction)
        found = list(await suggest_priced_rules(source, typed))
        if interaction.guild_id is not None:
            open_ones = await suggest_rules(
                self.tools.database, interaction.guild_id, source.tournament, typed
            )
            found = [*open_ones, *found]
        return [app_commands.Choice(name=shown, value=value) for shown, value in found[:25]]

    @rules.autocomplete("rule")
    async def _dated(self, interaction: discord.Interaction, typed: str) -> Choices:
        return [app_commands.Choice(name=found, value=found) for found in rule_ids(typed)[:25]]

    async def _ask_who(
        self,
        interaction: discord.Interaction,
        asked: dict[str, Any],
        tournament: Tournament,
        sentence: str,
    ) -> None:
        """Offer to link a model or to try one of the sample, then answer what was asked."""

        async def link(pressed: discord.Interaction, typed: str) -> None:
            await pressed.response.defer(ephemeral=True, thinking=True)
            source = self.tools.source(tournament)
            account = await link_account(
                self.tools.database, source, pressed.user.id, typed, self.tools.now()
            )
            await self._answer_compare(
                pressed, asked | {"name": account.link.name, "tournament": account.link.tournament}
            )

        async def try_sample(pressed: discord.Interaction) -> None:
            await pressed.response.defer(ephemeral=True, thinking=True)
            await self._answer_compare(pressed, asked | {"name": EXAMPLE, "tournament": SAMPLE})

        await interaction.followup.send(sentence, view=WhoAreYou(link, try_sample), ephemeral=True)

    async def _answer_compare(self, interaction: discord.Interaction, asked: dict[str, Any]) -> None:
        comparison, picture = await _answer(self.tools, asked)
        view = await share_view(
            interaction,
            self.tools.database,
            QUESTION,
            asked,
            self.tools.now(),
            percent=True,
        )
        card = comparison_card(comparison)
        await interaction.followup.send(embed=card, files=files_of(picture), view=view, ephemeral=True)


async def _answer(
    tools: Tools, asked: Mapping[str, Any], *, shown_by: int | None = None
) -> tuple[PayoutComparison, Picture]:
    """A stored question answered, with its picture; for others to see, only the member's own link by name."""
    question = dict(asked)
    source = tools.source(question.pop("tournament", "classic"))
    comparison = await compare_payouts(source, **question)
    if shown_by is not None:
        link = await link_of(tools.database, shown_by)
        comparison = comparison.for_others(own_name=link.name if link else None)
    return comparison, await tools.drawing.run(picture_of_comparison, comparison)


async def _compared_again(interaction: discord.Interaction, asked: dict[str, Any]) -> Answer:
    comparison, picture = await _answer(tools_of(interaction), asked, shown_by=interaction.user.id)
    return [comparison_card(comparison)], files_of(picture)


async def setup(bot: Client) -> None:
    """Add the commands, and how a comparison is asked again."""
    await bot.add_cog(PayoutCommands(bot.tools))
    bot.sharing.again[QUESTION] = _compared_again
