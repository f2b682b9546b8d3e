"""`/payout`: what a rule pays, what was paid, and which rules there have been."""

import io
from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.account.dialogs import about_me, whom, with_groups
from features.account.groups import suggest_groups
from features.account.link import own_name
from features.earnings.priced_pay import FIRST_YEAR, LAST_YEAR
from features.earnings.shown_card import Earnings, earnings_answer, earnings_asked, earnings_csv
from features.payout import forms
from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_answer
from features.payout.several import rules_typed, several_payouts
from features.payout.several_card import several_answer
from features.payout.what_if import what_if
from features.payout.what_if_card import what_if_answer
from features.proposals.view import rule_of, suggest_rules
from features.rules.rules import LIVE, find_rule, rule_ids, suggest_priced_rules, timeline
from features.rules.rules_card import rules_answer
from tools import Client, Tools, choices_of, complete_names, offering, picked_source, questions_of, tools_of
from tournament.source import EVERYONE, Currency, Source, Tournament
from ui.answer import Answer, Asked, Question
from ui.questions import Questions
from wording.names import names_typed

COMPARE, SHOW = "payout compare", "payout show"
Basis = Literal["stake of the time", "fixed", "compounding", "per-round"]
Choices = list[app_commands.Choice[str]]


class PayoutCommands(
    commands.GroupCog, group_name="payout", group_description="What a payout rule earns or burns"
):
    """What a payout rule does to you, and which rules there have been."""

    def __init__(self, tools: Tools, questions: Questions) -> None:
        self.tools, self.questions = tools, questions

    @app_commands.command()
    @app_commands.describe(
        proposed="The rule to try, like 1xCORR + 3xTC or 1C3T vs 2C1T; without it the newest change",
        who="A model, an account, several, a group of yours, or everyone; without it the one you linked",
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
        proposed: str | None = None,
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
        asked = {
            "proposed": proposed,
            "current": current,
            "rounds": rounds,
            "stake": stake,
            "basis": basis,
            "old_tc": old_tc,
            "unit": "NMR",
        }
        await compare_for(interaction, asked | {"name": who, "tournament": tournament})

    @app_commands.command()
    @app_commands.describe(
        who="A model, an account, several, a group of yours, or everyone; without it the one you linked",
        rounds="20 (the last 20), 311-325, round 318 or all",
        tournament="Classic without it",
        year="Only rounds that resolved in this calendar year, with the price of each day, as for tax",
        currency="What pay was worth on the day a round resolved; USD for a year without it",
    )
    async def show(
        self,
        interaction: discord.Interaction,
        who: str | None = None,
        rounds: str | None = None,
        tournament: Tournament | None = None,
        year: app_commands.Range[int, FIRST_YEAR, LAST_YEAR] | None = None,
        currency: Currency | None = None,
    ) -> None:
        """What you earned, what is pending, and every round of it

        Only rounds with a stake count. Pending is what the open rounds would pay if they resolved now. Up to
        four names, with commas between them, are shown side by side on the same rounds. With a year or a
        currency, what is final is told at the prices of the days on which the rounds resolved.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = {"name": who, "rounds": rounds, "tournament": tournament, "year": year, "currency": currency}
        await show_for(interaction, asked)

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
        asked = {"scores": scores, "stake": stake, "rule": rule, "factor": factor, "tournament": tournament}
        await self.questions.reply(interaction, "payout what-if", asked)

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
        found = find_rule(rule) if rule else None
        asked = (
            {"tournament": found.tournament, "rule": found.id}
            if found
            else {"tournament": tournament, "rule": None}
        )
        await self.questions.reply(interaction, "payout rules", asked)

    @compare.autocomplete("who")
    @show.autocomplete("who")
    @offering
    async def _who(self, interaction: discord.Interaction, typed: str) -> Choices:
        groups = choices_of(await suggest_groups(self.tools.database, interaction.user.id, typed))
        return [*groups, *await complete_names(self.tools, interaction, typed)][:25]

    @compare.autocomplete("proposed")
    @compare.autocomplete("current")
    @what_if.autocomplete("rule")
    @offering
    async def _rule(self, interaction: discord.Interaction, typed: str) -> Choices:
        source = picked_source(self.tools, interaction)
        found = await offered_rules(self.tools, source, interaction.guild_id, typed)
        return choices_of(found)

    @rules.autocomplete("rule")
    async def _dated(self, interaction: discord.Interaction, typed: str) -> Choices:
        return choices_of((found, found) for found in rule_ids(typed)[:25])


async def compare_for(interaction: discord.Interaction, asked: Asked) -> None:
    """Answer a comparison for whoever asks: about who is named, else about the one they linked."""
    found = await whom(interaction, await with_groups(interaction, asked), COMPARE)
    if found is None:
        return
    if found["proposed"] is None:
        tools = tools_of(interaction)
        change = await _newest_change(tools, tools.source(found["tournament"]), interaction.guild_id)
        found = {**found, "proposed": change}
    await questions_of(interaction).reply(interaction, COMPARE, found)


async def _newest_change(tools: Tools, source: Source, guild_id: int | None) -> str:
    """The newest rule that is proposed on this server, else announced or on record, and can be priced."""
    offered = await offered_rules(tools, source, guild_id, "")
    ours = next((typed for _, typed in offered if typed.startswith("#")), None)
    if ours is not None:
        return ours
    if source.live and await source.live_rule() is not None:
        return LIVE
    return next(typed for _, typed in offered if typed in rule_ids(""))


async def _compare_mine(interaction: discord.Interaction, asked: Asked) -> None:
    await compare_for(interaction, {**about_me(asked), "unit": "NMR"})


async def _compared(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    source = tools.source(asked["tournament"])
    question = {key: value for key, value in asked.items() if key not in ("tournament", "name", "proposed")}
    names, rules = names_typed(asked["name"]), rules_typed(asked["proposed"])
    rules = [await rule_of(tools.database, interaction.guild_id, rule) for rule in rules]
    if question["current"] is not None:
        question["current"] = await rule_of(tools.database, interaction.guild_id, question["current"])
    own = await own_name(tools.database, shown_by or interaction.user.id)
    if len(names) == 1 and len(rules) == 2:
        [proposed, question["current"]] = rules
        rules = [proposed]
    if len(names) > 1 or len(rules) > 1:
        several = await several_payouts(source, names, rules, **question)
        return several_answer(several if shown_by is None else several.for_others(own), asked)
    comparison = await compare_payouts(source, names[0], rules[0], **question)
    if shown_by is not None:
        comparison = comparison.for_others(own_name=own)
    else:
        comparison = replace(comparison, yours=comparison.name == own)
    return comparison_answer(comparison, asked, await offered_rules(tools, source, interaction.guild_id, ""))


async def offered_rules(
    tools: Tools, source: Source, guild_id: int | None, typed: str
) -> list[tuple[str, str]]:
    """(shown, typed) of rules to offer: open proposals of the server first."""
    found = await suggest_priced_rules(source, typed)
    if guild_id is not None:
        found = [*await suggest_rules(tools.database, guild_id, source.tournament, typed), *found]
    return found[:25]


async def show_for(interaction: discord.Interaction, asked: Asked) -> None:
    """Show the pay of whom is named, else of whom the member linked."""
    found = await whom(interaction, await with_groups(interaction, asked), SHOW)
    if found is not None:
        await questions_of(interaction).reply(interaction, SHOW, found)


async def _earnings(interaction: discord.Interaction, asked: Asked) -> Earnings:
    tools = tools_of(interaction)
    return await earnings_asked(tools.source(asked["tournament"]), asked, tools.now())


async def _shown(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    found, tools = await _earnings(interaction, asked), tools_of(interaction)
    own = await own_name(tools.database, shown_by or interaction.user.id)
    if shown_by is None:
        return earnings_answer(found, asked, own)
    return earnings_answer(found.for_others(own), asked)


async def _show_mine(interaction: discord.Interaction, asked: Asked) -> None:
    await show_for(interaction, about_me(asked))


async def _csv(interaction: discord.Interaction, asked: Asked) -> discord.File:
    name, text = earnings_csv(await _earnings(interaction, asked))
    return discord.File(io.BytesIO(text.encode()), filename=name)


async def _what_if(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    source = tools.source(asked["tournament"])
    rule = asked["rule"] and await rule_of(tools.database, interaction.guild_id, asked["rule"])
    found = await what_if(source, asked["scores"], asked["stake"], rule=rule, factor=asked["factor"])
    return what_if_answer(found, asked, await offered_rules(tools, source, interaction.guild_id, ""))


async def _rules(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    rule = None if asked["rule"] is None else find_rule(asked["rule"])
    where = asked["tournament"]
    return rules_answer(await timeline(where, tools_of(interaction).sources.get(where)), rule, asked)


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(PayoutCommands(bot.tools, bot.questions))
    bot.questions.known |= {
        COMPARE: Question(
            _compared,
            fields=forms.COMPARE,
            typed={"proposed": "Another rule"},
            mine=_compare_mine,
            go=compare_for,
            percent=lambda asked: asked["name"] != EVERYONE,
        ),
        SHOW: Question(
            _shown,
            fields=forms.SHOW,
            files={"csv": ("CSV", _csv)},
            details="Table",
            mine=_show_mine,
            go=show_for,
            meant=with_groups,
        ),
        "payout what-if": Question(
            _what_if, fields=forms.WHAT_IF, typed={"scores": "Other scores", "stake": "Another stake"}
        ),
        "payout rules": Question(_rules, details="All rules"),
    }
