"""The panel of a server's settings: menus of channels, roles and zones that change it where it stands."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands

from features.server.forms import LimitsForm
from features.server.posting import try_settings
from features.server.setup_card import setup_card, zone_card
from features.server.zones import COMMON_ZONES, clock_in, find_zone
from storage.server import digests
from storage.server.settings import GuildSettings, change_settings, settings_of
from storage.server.troubles import note_setter
from tools import Tools, tools_of
from ui.card import Message, message_of, row_of
from ui.errors import errors_answered
from ui.forms import TextForm, open_form
from ui.server import guild_of

TEXT, FORUM = discord.ChannelType.text, discord.ChannelType.forum
# setting -> what its menu says while nothing is chosen, and what can be
CHANNELS: Mapping[str, tuple[str, str, list[discord.ChannelType]]] = MappingProxyType(
    {
        "proposals": ("proposal_channel", "Proposals: where they are typed", [FORUM, TEXT]),
        "announcements": ("announce_channel", "Announcements: nowhere", [TEXT]),
    }
)
ROLES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "moderators": ("moderator_role", "Moderators: who may manage the server"),
        "team": ("team_role", "Answers for the team: moderators"),
    }
)
OTHER_ZONE = "another"


def check_manages(interaction: discord.Interaction) -> None:
    """Raise unless the member may manage the server: Discord enforces neither the place nor that for us."""
    guild_of(interaction)
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


async def panel(
    tools: Tools, guild: discord.Guild, settings: GuildSettings, *, tried: bool = False
) -> Message:
    """The settings of a server with everything that changes them; tried: and whether they work."""
    found, numbers = None, ""
    if tried:
        numbers = " ".join([await each.progress() for each in tools.sources.values() if each.live])
        schedule = await digests.schedule_of(tools.database, guild.id)
        newest = await digests.newest_post(tools.database, guild.id)
        given_up = newest.given_up if newest is not None and newest.given_up else ""
        found = await try_settings(guild, settings, schedule.channel if schedule else None, given_up)
    card = setup_card(settings, found, numbers)
    rows = [
        *(
            row_of(ChannelMenu(name, guild.id, getattr(settings, setting)))
            for name, (setting, _, _) in CHANNELS.items()
        ),
        *(
            row_of(RoleMenu(name, guild.id, getattr(settings, setting)))
            for name, (setting, _) in ROLES.items()
        ),
        row_of(ZoneMenu(guild.id, settings.zone, tools.now())),
        row_of(
            SetupButton("sharing", guild.id, "Turn sharing off" if settings.sharing else "Allow sharing"),
            SetupButton("limits", guild.id, "Limits"),
            SetupButton("check", guild.id, "Try it"),
        ),
    ]
    return await message_of(tools.drawing, [card], rows)


async def change(
    interaction: discord.Interaction, changes: Mapping[str, Any], *, tried: bool = False
) -> None:
    """Change settings and show the panel as it is then, where it stands; nothing was answered yet."""
    await interaction.response.defer()
    tools, guild = tools_of(interaction), guild_of(interaction)
    if changes:
        settings = await change_settings(tools.database, guild.id, tools.now(), **changes)
        await note_setter(tools.database, guild.id, interaction.user.id, tools.now())
    else:
        settings = await settings_of(tools.database, guild.id)
    shown = await panel(tools, guild, settings, tried=tried)
    # it may stand in place of a sentence that asked back
    await interaction.edit_original_response(content=None, view=shown.view)


class ChannelMenu(
    discord.ui.DynamicItem[discord.ui.ChannelSelect[Any]],
    template=r"setup:(?P<name>proposals|announcements):(?P<guild>[0-9]{1,20})",
):
    """Which channel something goes to; none picked is none."""

    def __init__(self, name: str, guild_id: int, chosen: int | None = None) -> None:
        self.setting, hint, kinds = CHANNELS[name]
        of_channel = discord.SelectDefaultValueType.channel
        super().__init__(
            discord.ui.ChannelSelect(
                custom_id=f"setup:{name}:{guild_id}",
                channel_types=kinds,
                placeholder=hint,
                min_values=0,
                default_values=[discord.SelectDefaultValue(id=chosen, type=of_channel)] if chosen else [],
            )
        )

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "ChannelMenu":
        return cls(match["name"], int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Keep it, and try it at once."""
        async with errors_answered(interaction):
            check_manages(interaction)
            picked = self.item.values
            await change(interaction, {self.setting: picked[0].id if picked else None}, tried=True)


class RoleMenu(
    discord.ui.DynamicItem[discord.ui.RoleSelect[Any]],
    template=r"setup:(?P<name>moderators|team):(?P<guild>[0-9]{1,20})",
):
    """Which role may do something; none picked is none."""

    def __init__(self, name: str, guild_id: int, chosen: int | None = None) -> None:
        self.setting, hint = ROLES[name]
        of_role = discord.SelectDefaultValueType.role
        super().__init__(
            discord.ui.RoleSelect(
                custom_id=f"setup:{name}:{guild_id}",
                placeholder=hint,
                min_values=0,
                default_values=[discord.SelectDefaultValue(id=chosen, type=of_role)] if chosen else [],
            )
        )

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "RoleMenu":
        return cls(match["name"], int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Keep it."""
        async with errors_answered(interaction):
            check_manages(interaction)
            picked = self.item.values
            if picked:
                check_role(picked[0])
            await change(interaction, {self.setting: picked[0].id if picked else None}, tried=True)


def check_role(role: discord.Role) -> None:
    """Raise ValueError for the role that everybody has."""
    if role.is_default():
        raise ValueError("@everyone would make every member a moderator: pick another role.")


class ZoneMenu(discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"setup:zone:(?P<guild>[0-9]{1,20})"):
    """The time zone of a server's schedules: common ones, or one that is typed."""

    def __init__(self, guild_id: int, chosen: str = "", now: datetime | None = None) -> None:
        """now: for the time that it is in each."""
        zones = [zone for zone in ([chosen] if chosen else []) if zone not in COMMON_ZONES] + [*COMMON_ZONES]
        options = [
            discord.SelectOption(
                label=zone,
                value=zone,
                default=zone == chosen,
                description=None if now is None else f"It is {clock_in(zone, now)} there",
            )
            for zone in zones
        ]
        options.append(discord.SelectOption(label="Another zone …", value=OTHER_ZONE))
        super().__init__(discord.ui.Select(custom_id=f"setup:zone:{guild_id}", options=options))

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "ZoneMenu":
        return cls(int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Keep it, or ask for another."""
        async with errors_answered(interaction):
            check_manages(interaction)
            [picked] = self.item.values
            if picked == OTHER_ZONE:
                await open_form(interaction, zone_form())
            else:
                await change(interaction, {"zone": find_zone(picked, tools_of(interaction).now())})


def zone_form() -> TextForm:
    """The form in which a time zone is typed."""
    return TextForm(
        "Time zone", "The zone of this server", "Like Europe/Berlin", "", _typed_zone, name="setup:zone:0"
    )


async def _typed_zone(interaction: discord.Interaction, text: str) -> None:
    check_manages(interaction)
    shown = await zone_question(tools_of(interaction), guild_of(interaction), text)
    # it may stand in place of a sentence that asked back
    await interaction.response.edit_message(content=None, view=shown.view)


async def zone_question(tools: Tools, guild: discord.Guild, typed: str) -> Message:
    """The time that it is in a zone, before it is kept. Raises ValueError for what is none."""
    zone = find_zone(typed, tools.now())
    row = row_of(KeepZone(zone), SetupButton("show", guild.id, "Leave it"))
    return await message_of(tools.drawing, [zone_card(zone, tools.now())], [row])


class KeepZone(
    discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"setup:keep:(?P<zone>[A-Za-z0-9_/+-]{3,80})"
):
    """Keeps a zone whose time was shown."""

    def __init__(self, zone: str) -> None:
        style = discord.ButtonStyle.success
        super().__init__(discord.ui.Button(label="Keep it", style=style, custom_id=f"setup:keep:{zone}"))
        self.zone = zone

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "KeepZone":
        return cls(match["zone"])

    async def callback(self, interaction: discord.Interaction) -> None:
        """Keep it."""
        async with errors_answered(interaction):
            check_manages(interaction)
            await change(interaction, {"zone": find_zone(self.zone, tools_of(interaction).now())})


class SetupButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"setup:(?P<verb>sharing|limits|check|show|open):(?P<guild>[0-9]{1,20})",
):
    """Turns sharing on or off, opens the form of the limits, tries everything, shows the settings."""

    def __init__(self, verb: str, guild_id: int, label: str = "") -> None:
        super().__init__(discord.ui.Button(label=label or verb, custom_id=f"setup:{verb}:{guild_id}"))
        self.verb = verb

    @classmethod
    async def from_custom_id(  # noqa: D102
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: Any, /
    ) -> "SetupButton":
        return cls(match["verb"], int(match["guild"]))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Do what the button says."""
        async with errors_answered(interaction):
            check_manages(interaction)
            await _DONE[self.verb](interaction)


async def _sharing(interaction: discord.Interaction) -> None:
    settings = await settings_of(tools_of(interaction).database, guild_of(interaction).id)
    await change(interaction, {"sharing": not settings.sharing})


async def _limits(interaction: discord.Interaction) -> None:
    await open_form(interaction, await limits_form(interaction))


async def limits_form(interaction: discord.Interaction) -> LimitsForm:
    """The form of the server's limits, filled with them."""
    return LimitsForm(await settings_of(tools_of(interaction).database, guild_of(interaction).id), _limited)


async def _limited(interaction: discord.Interaction, values: Mapping[str, int]) -> None:
    check_manages(interaction)
    await change(interaction, values)


async def _try(interaction: discord.Interaction) -> None:
    await change(interaction, {}, tried=True)


async def _show(interaction: discord.Interaction) -> None:
    await change(interaction, {})


async def _open(interaction: discord.Interaction) -> None:
    """The panel for whoever pressed it under a message that everybody sees."""
    tools, guild = tools_of(interaction), guild_of(interaction)
    shown = await panel(tools, guild, await settings_of(tools.database, guild.id))
    await interaction.response.send_message(view=shown.view, ephemeral=True)


_DONE: Mapping[str, Callable[[discord.Interaction], Awaitable[None]]] = MappingProxyType(
    {"sharing": _sharing, "limits": _limits, "check": _try, "show": _show, "open": _open}
)
