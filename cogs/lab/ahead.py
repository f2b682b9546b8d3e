"""`/ahead`: what a stake may earn or burn, how much to stake, and when one would know."""

from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.account.dialogs import about_me, whom
from features.account.link import own_name
from features.ahead import forms
from features.ahead.pay import pay_ahead
from features.ahead.pay_card import pay_ahead_answer
from features.ahead.pending import standing
from features.ahead.pending_card import standing_answer
from features.ahead.power import when_seen
from features.ahead.power_card import power_answer
from features.ahead.sizing.restake import restaked
from features.ahead.sizing.restake_card import restake_answer
from features.ahead.sizing.stake import LOSSES, stake_ahead
from features.ahead.sizing.stake_card import stake_answer
from features.payout.several import rules_typed
from features.proposals.view import rule_of
from features.rules.rules import suggest_priced_rules
from features.warnings.warnings_buttons import BoundMenu, KindsMenu, WarningsOff, warnings_panel
from tools import Client, Tools, choices_of, complete_name, offering, picked_source, questions_of, tools_of
from tournament.source import EVERYONE, Tournament
from ui.answer import Answer, Asked, Question
from ui.card import send
from ui.server import guild_of

PAY, POWER, RESTAKE, ROUNDS, STAKE = (
    "ahead pay",
    "ahead power",
    "ahead restake",
    "ahead rounds",
    "ahead stake",
)
Choices = list[app_commands.Choice[str]]


class AheadCommands(
    commands.GroupCog, group_name="ahead", group_description="What may come, and how long until one knows"
):
    """What a stake may earn or burn, how much to stake, and when one would know."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        name="A model or an account; without it the one you linked",
        rules="Up to four, like 1C3T vs 2C1T; without it the current one and two others",
        weeks="How far ahead",
        stake="NMR at the start, instead of your own",
        tournament="Classic without it",
    )
    async def pay(
        self,
        interaction: discord.Interaction,
        name: str | None = None,
        rules: str | None = None,
        weeks: Literal[13, 26, 52] = 52,
        stake: float | None = None,
        tournament: Tournament | None = None,
    ) -> None:
        """What your stake may earn or burn in the next weeks, under up to four rules

        Draws your own final rounds again at today's payout factor, with the doubt that a past mean leaves.
        It is a range, never a forecast of one number. The answer is yours alone until you press Share.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = {"rules": rules, "weeks": weeks, "stake": stake, "basis": "compounding", "unit": "NMR"}
        await _pay_for(interaction, asked | {"name": name, "tournament": tournament})

    @app_commands.command()
    @app_commands.describe(
        name="A model or an account; without it the one you linked",
        rule="The rule to stake under; the current one without it",
        loss="The loss in a year that you could bear",
        tournament="Classic without it",
    )
    @app_commands.choices(
        loss=[app_commands.Choice(name=f"{100 * each:g} % of all your NMR", value=each) for each in LOSSES]
    )
    async def stake(
        self,
        interaction: discord.Interaction,
        name: str | None = None,
        rule: str | None = None,
        loss: float = 0.2,
        tournament: Tournament | None = None,
    ) -> None:
        """How much of your NMR to stake for a loss you can bear, and whether your best multipliers are stable

        Draws your own final rounds again for a year. The price of NMR is not in it, and it is no advice.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _stake_for(interaction, {"rule": rule, "loss": loss, "name": name, "tournament": tournament})

    @app_commands.command()
    @app_commands.describe(
        name="A model or an account; without it the one you linked", tournament="Classic without it"
    )
    async def rounds(
        self, interaction: discord.Interaction, name: str | None = None, tournament: Tournament | None = None
    ) -> None:
        """Where your open rounds stand by their scores, and where rounds that stood alike have ended"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await _rounds_for(interaction, {"name": name, "tournament": tournament})

    @app_commands.command()
    async def warn(self, interaction: discord.Interaction) -> None:
        """Be written to when a rule changes, a round of yours does badly or resolves, or a promise is overdue

        At most one direct message a day, off until you pick something, and off again by one button.
        """
        guild = guild_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await send(interaction, await warnings_panel(self.tools, guild.id, interaction.user.id))

    @app_commands.command()
    @app_commands.describe(
        difference="In percent of the stake a round, 0.01 to 100; 1 without it",
        rule_a="A rule; the current one without it",
        rule_b="The rule to hold it against",
        name="A model or an account; everyone without it",
        tournament="Classic without it",
    )
    async def power(
        self,
        interaction: discord.Interaction,
        difference: float = 1.0,
        rule_a: str | None = None,
        rule_b: str | None = None,
        name: str = EVERYONE,
        tournament: Tournament = "classic",
    ) -> None:
        """How many rounds until a difference between two rules can be told from luck

        By how much their pay has differed from round to round, and what the rounds on record can show.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = {"difference": difference, "rule_a": rule_a, "rule_b": rule_b, "name": name}
        await questions_of(interaction).reply(interaction, POWER, asked | {"tournament": tournament})

    @app_commands.command()
    @app_commands.describe(
        rule="The rule that stakes would follow, like 1C3T",
        current="The rule to start from; the one in force without it",
        elasticity="How far stakes follow pay",
        tournament="Classic without it",
    )
    @app_commands.choices(
        elasticity=[
            app_commands.Choice(name="nobody restakes", value=0.0),
            app_commands.Choice(name="halfway", value=0.5),
            app_commands.Choice(name="until an NMR earns what it did", value=1.0),
        ]
    )
    async def restake(
        self,
        interaction: discord.Interaction,
        rule: str,
        current: str | None = None,
        elasticity: float = 0.0,
        tournament: Tournament = "classic",
    ) -> None:
        """What is left of a change of rules once everybody's stakes have followed it: a scenario

        Where the payout factor is below 1, more stake means less pay per NMR.
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = {"rule": rule, "current": current, "elasticity": elasticity, "tournament": tournament}
        await questions_of(interaction).reply(interaction, RESTAKE, asked)

    @pay.autocomplete("name")
    @rounds.autocomplete("name")
    @stake.autocomplete("name")
    @power.autocomplete("name")
    @offering
    async def _name(self, interaction: discord.Interaction, typed: str) -> Choices:
        return await complete_name(self.tools, interaction, typed)

    @pay.autocomplete("rules")
    @power.autocomplete("rule_a")
    @power.autocomplete("rule_b")
    @stake.autocomplete("rule")
    @restake.autocomplete("rule")
    @restake.autocomplete("current")
    @offering
    async def _rules(self, interaction: discord.Interaction, typed: str) -> Choices:
        return choices_of(await suggest_priced_rules(picked_source(self.tools, interaction), typed))


async def _pay_for(interaction: discord.Interaction, asked: Asked) -> None:
    await _ask(interaction, PAY, asked)


async def _stake_for(interaction: discord.Interaction, asked: Asked) -> None:
    await _ask(interaction, STAKE, asked)


async def _rounds_for(interaction: discord.Interaction, asked: Asked) -> None:
    await _ask(interaction, ROUNDS, asked)


async def _ask(interaction: discord.Interaction, question: str, asked: Asked) -> None:
    """Answer about who is named, else about the one that whoever asks linked."""
    found = await whom(interaction, asked, question)
    if found is not None:
        await questions_of(interaction).reply(interaction, question, found)


async def _pay_mine(interaction: discord.Interaction, asked: Asked) -> None:
    await _pay_for(interaction, {**about_me(asked), "unit": "NMR"})


async def _pay(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    source = tools.source(asked["tournament"])
    rules = [] if asked["rules"] is None else rules_typed(asked["rules"])
    found = await pay_ahead(
        source,
        asked["name"],
        [await rule_of(tools.database, interaction.guild_id, rule) for rule in rules],
        weeks=asked["weeks"],
        stake=asked["stake"],
        basis=asked["basis"],
        unit=asked["unit"],
        kept=tools.kept,
    )
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return pay_ahead_answer(found, asked, await suggest_priced_rules(source, ""))


async def _rounds(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    found = await standing(tools.source(asked["tournament"]), asked["name"])
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return standing_answer(found)


async def _rounds_mine(interaction: discord.Interaction, asked: Asked) -> None:
    await _rounds_for(interaction, about_me(asked))


async def _stake_mine(interaction: discord.Interaction, asked: Asked) -> None:
    await _stake_for(interaction, about_me(asked))


async def _stake(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    source = tools.source(asked["tournament"])
    rule = await _rule(interaction, asked["rule"])
    found = await stake_ahead(source, asked["name"], rule, loss=asked["loss"], kept=tools.kept)
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return stake_answer(found, asked, await suggest_priced_rules(source, ""))


async def _power(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    tools = tools_of(interaction)
    source = tools.source(asked["tournament"])
    first, second = [await _rule(interaction, asked[key]) for key in ("rule_a", "rule_b")]
    found = await when_seen(source, asked["difference"], first, second, name=asked["name"])
    if shown_by is not None:
        found = found.for_others(await own_name(tools.database, shown_by))
    return power_answer(found, asked, await suggest_priced_rules(source, ""))


async def _restake(interaction: discord.Interaction, asked: Asked, shown_by: int | None) -> Answer:
    source = tools_of(interaction).source(asked["tournament"])
    rule, current = [await _rule(interaction, asked[key]) for key in ("rule", "current")]
    found = await restaked(source, rule or "", current=current, elasticity=asked["elasticity"])
    return restake_answer(found, asked, await suggest_priced_rules(source, ""))


async def _rule(interaction: discord.Interaction, typed: str | None) -> str | None:
    """The rule of the open proposal that "#12" names, else what was typed."""
    if typed is None:
        return None
    return await rule_of(tools_of(interaction).database, interaction.guild_id, typed)


async def setup(bot: Client) -> None:
    """Add the commands, and how their questions are answered."""
    await bot.add_cog(AheadCommands(bot.tools))
    questions: dict[str, Any] = {
        STAKE: Question(_stake, fields=forms.ONE_RULE, mine=_stake_mine, go=_stake_for),
        POWER: Question(_power, fields=forms.POWER, typed={"difference": "Another difference"}),
        ROUNDS: Question(_rounds, mine=_rounds_mine, go=_rounds_for),
        RESTAKE: Question(_restake, fields=forms.ONE_RULE),
        PAY: Question(_pay, fields=forms.PAY, mine=_pay_mine, go=_pay_for, percent=lambda asked: True),
    }
    bot.questions.known |= questions
    bot.add_dynamic_items(KindsMenu, BoundMenu, WarningsOff)
