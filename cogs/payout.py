"""`/payout`: what a rule pays, and which rules there have been."""

import io
from collections.abc import Mapping
from typing import Any, Literal

import discord
from discord import app_commands
from discord.ext import commands

from answers.account import asked_name
from answers.names import suggest_names
from answers.payout import PayoutComparison, compare_payouts
from answers.rules import find_rule, rule_ids, suggest_priced_rules, timeline
from charts.payout import picture_of_comparison
from charts.style import Picture
from cogs import Tools, tools_of
from storage.database import StorageError
from storage.guilds import settings_of
from storage.links import link_of
from storage.questions import recall, remember
from ui.errors import errors_answered
from ui.payout import CHART, comparison_card, rule_card, timeline_card
from ui.share import check_may_post, share_buttons

QUESTION = "payout compare"


class Payout(commands.GroupCog, group_name="payout", group_description="What a payout rule earns or burns"):
    """What a payout rule does to you, and which rules there have been."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools

    @app_commands.command()
    @app_commands.describe(
        proposed="The rule to try, like 1xCORR + 3xTC, 1C3T or 0.75 corr + 2.25 mmc clip 0.05",
        who="A model, an account, or everyone; without it the one you linked",
        current="The rule to compare with; without it what was really paid",
        rounds="20 (the last 20), 311-325, 318 or all",
        stake="NMR at risk in every round, instead of the stake of the time",
    )
    async def compare(
        self,
        interaction: discord.Interaction[Any],
        proposed: str,
        who: str | None = None,
        current: str | None = None,
        rounds: str | None = None,
        stake: float | None = None,
    ) -> None:
        """What you were paid, and what you would have been paid under another rule

        Compares pay round by round, on the same rounds and scores, with a chart. The answer is yours alone
        until you press Share. Rules are typed as members write them: 1xCORR + 3xTC, 1C3T, or
        0.75 corr + 2.25 mmc clip 0.05; a dated rule's name works too (see /payout rules).
        """
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = {"proposed": proposed, "current": current, "rounds": rounds, "stake": stake}
        asked["name"] = await asked_name(self.tools.database, interaction.user.id, who)
        comparison, picture = await _answer(self.tools, asked)
        view = await self._share_buttons(interaction, asked)
        card = comparison_card(comparison)
        await interaction.followup.send(embed=card, file=_file(picture), view=view, ephemeral=True)

    @compare.autocomplete("who")
    async def _who(self, interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
        names = suggest_names(await self.tools.source.names(), typed)
        return [app_commands.Choice(name=name, value=name) for name in names]

    @compare.autocomplete("proposed")
    @compare.autocomplete("current")
    async def _rule(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        found = await suggest_priced_rules(self.tools.source, typed)
        return [app_commands.Choice(name=shown, value=value) for shown, value in found]

    @app_commands.command()
    @app_commands.describe(
        tournament="Which tournament's rules; Classic without it", rule="One rule in full, by its name"
    )
    async def rules(
        self,
        interaction: discord.Interaction[Any],
        tournament: Literal["classic", "signals", "crypto"] = "classic",
        rule: str | None = None,
    ) -> None:
        """Every payout rule there has been, with dates and sources, or one of them in full

        The list is newest first. Name one to read its permitted combinations, clip, threshold and source.
        """
        card = rule_card(find_rule(rule)) if rule else timeline_card(timeline(tournament))
        await interaction.response.send_message(embed=card, ephemeral=True)

    @rules.autocomplete("rule")
    async def _dated(
        self, interaction: discord.Interaction[Any], typed: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=found, value=found) for found in rule_ids(typed)[:25]]

    async def _share_buttons(
        self, interaction: discord.Interaction[Any], asked: dict[str, Any]
    ) -> discord.ui.View:
        """Share buttons for a stored question; none where it can't be stored or nobody else is."""
        if interaction.guild_id is None:
            return discord.utils.MISSING
        try:
            row = await remember(self.tools.database, interaction.user.id, QUESTION, asked, self.tools.now())
        except StorageError:
            return discord.utils.MISSING  # the answer is worth more than its button
        return share_buttons(ShareButton(row, "NMR"), ShareButton(row, "%"))


class ShareButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"payout:share(?P<percent>-percent)?:(?P<question>[0-9]{1,18})",
):
    """Posts a stored comparison where it was asked, in NMR or in percentages only."""

    def __init__(self, question_id: int, unit: str) -> None:
        label = "Share" if unit == "NMR" else "Share percentages only"
        verb = "share" if unit == "NMR" else "share-percent"
        super().__init__(discord.ui.Button(label=label, custom_id=f"payout:{verb}:{question_id}"))
        self.question_id, self.unit = question_id, unit

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Any, /
    ) -> "ShareButton":
        return cls(int(match["question"]), "%" if match["percent"] else "NMR")

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Run the question again and post it for everyone in the channel."""
        async with errors_answered(interaction):
            await self._share(interaction)

    async def _share(self, interaction: discord.Interaction[Any]) -> None:
        tools = tools_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        asked = await recall(tools.database, self.question_id, interaction.user.id)
        if asked is None:
            raise ValueError("That answer can't be shared any more. Ask again and share the new one.")
        check_may_post(interaction)
        if interaction.guild_id and not (await settings_of(tools.database, interaction.guild_id)).sharing:
            raise ValueError("The moderators of this server have turned sharing off.")
        comparison, picture = await _answer(
            tools, asked.arguments | {"unit": self.unit}, shown_by=interaction.user.id
        )
        await interaction.edit_original_response(content="Shared below.")
        card = comparison_card(comparison).set_author(name=f"Shared by {interaction.user.display_name}"[:256])
        await interaction.followup.send(embed=card, file=_file(picture), ephemeral=False)


async def _answer(
    tools: Tools, asked: Mapping[str, Any], *, shown_by: int | None = None
) -> tuple[PayoutComparison, Picture]:
    """A stored question answered, with its picture; for others to see, only the member's own link by name."""
    comparison = await compare_payouts(tools.source, **asked)
    if shown_by is not None:
        link = await link_of(tools.database, shown_by)
        comparison = comparison.for_others(own_name=link.name if link else None)
    return comparison, await tools.drawing.run(picture_of_comparison, comparison)


def _file(picture: Picture) -> discord.File:
    return discord.File(io.BytesIO(picture.png), filename=CHART, description=picture.alt)
