"""The menus and the button of warnings: what to be warned of, below which bound, and off."""

from typing import Any

import discord

from features.warnings.kinds import BOUNDS, KINDS, USUAL_BOUND, bound_words
from features.warnings.warnings_card import wanted_card
from storage.members.links import link_of
from storage.members.warnings import WantedWarnings, stop_warnings, want_warnings, warnings_of
from tools import Tools, tools_of
from ui.card import Message, message_of, row_of
from ui.errors import errors_answered


async def warnings_panel(tools: Tools, guild_id: int, member_id: int) -> Message:
    """What a member is warned of, with everything that changes it."""
    wanted = await warnings_of(tools.database, member_id)
    is_linked = await link_of(tools.database, member_id) is not None
    rows = [row_of(KindsMenu(guild_id, wanted))]
    if wanted is not None:
        rows += [row_of(BoundMenu(guild_id, wanted.bound))] if "round" in wanted.kinds else []
        rows.append(row_of(WarningsOff(member_id)))
    return await message_of(tools.drawing, [wanted_card(wanted, is_linked=is_linked)], rows)


async def _redraw(interaction: discord.Interaction, guild_id: int) -> None:
    shown = await warnings_panel(tools_of(interaction), guild_id, interaction.user.id)
    await interaction.edit_original_response(view=shown.view)


class KindsMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"warnings:kinds:(?P<guild>[0-9]{1,20})"
):
    """What to be warned of; none picked is nothing."""

    def __init__(self, guild_id: int, wanted: WantedWarnings | None = None) -> None:
        chosen = wanted.kinds if wanted else ()
        super().__init__(
            discord.ui.Select(
                custom_id=f"warnings:kinds:{guild_id}",
                placeholder="Warn me when …",
                min_values=0,
                max_values=len(KINDS),
                options=[
                    discord.SelectOption(
                        label=kind.words, value=name, description=kind.about, default=name in chosen
                    )
                    for name, kind in KINDS.items()
                ],
            )
        )
        self.guild_id = guild_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "KindsMenu":
        return cls(int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Keep it, and show what it is then."""
        async with errors_answered(interaction):
            await interaction.response.defer()
            tools, member = tools_of(interaction), interaction.user.id
            picked = [name for name in KINDS if name in self.item.values]
            if picked:
                before = await warnings_of(tools.database, member)
                bound = before.bound if before else USUAL_BOUND
                await want_warnings(tools.database, self.guild_id, member, picked, bound, tools.now())
            else:
                await stop_warnings(tools.database, member)
            await _redraw(interaction, self.guild_id)


class BoundMenu(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"warnings:bound:(?P<guild>[0-9]{1,20})"
):
    """Below which share of the stake in it a round is told."""

    def __init__(self, guild_id: int, bound: float = USUAL_BOUND) -> None:
        super().__init__(
            discord.ui.Select(
                custom_id=f"warnings:bound:{guild_id}",
                options=[
                    discord.SelectOption(
                        label=f"A round is told {bound_words(each)} of its stake",
                        value=f"{each:g}",
                        default=each == bound,
                    )
                    for each in BOUNDS
                ],
            )
        )
        self.guild_id = guild_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "BoundMenu":
        return cls(int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Keep it, unless warnings were turned off in the meantime."""
        async with errors_answered(interaction):
            bounds = {f"{each:g}": each for each in BOUNDS}
            picked = self.item.values[0] if self.item.values else ""
            if picked not in bounds:
                raise ValueError("Pick one of the bounds of the menu.")
            await interaction.response.defer()
            tools, member = tools_of(interaction), interaction.user.id
            wanted = await warnings_of(tools.database, member)
            if wanted is not None:
                await want_warnings(
                    tools.database, self.guild_id, member, wanted.kinds, bounds[picked], tools.now()
                )
            await _redraw(interaction, self.guild_id)


class WarningsOff(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"warnings:off:(?P<member>[0-9]{1,20})"
):
    """No warnings any more, under the card and under every message that warns."""

    def __init__(self, member_id: int) -> None:
        super().__init__(
            discord.ui.Button(
                label="Turn warnings off",
                style=discord.ButtonStyle.secondary,
                custom_id=f"warnings:off:{member_id}",
            )
        )
        self.member_id = member_id

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "WarningsOff":
        return cls(int(match["member"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Stop."""
        async with errors_answered(interaction):
            if interaction.user.id != self.member_id:
                raise ValueError("These are another member's warnings.")
            stopped = await stop_warnings(tools_of(interaction).database, self.member_id)
            told = "You are warned of nothing any more." if stopped else "You were warned of nothing."
            await interaction.response.send_message(
                f"{told} /ahead warn turns it on again.", ephemeral=interaction.guild is not None
            )
