"""The panel of a server's settings: menus of channels, roles and zones that change it where it stands."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import discord
from discord import app_commands

from features.server.posting import try_settings
from features.server.setup_card import setup_card
from features.server.zones import COMMON_ZONES, find_zone
from scoring.typed import read_number
from storage.server.settings import GuildSettings, change_settings, settings_of
from tools import Tools, tools_of
from ui.card import Message, message_of, row_of
from ui.errors import errors_answered
from ui.forms import Form, TextForm, typed_in
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
LIMITS = (  # setting, least, most, what it is, label
    ("cooldown_hours", 0, 720, "hours between two proposals", "Hours between two proposals of a member"),
    ("open_cap", 1, 50, "open proposals of a member", "Open proposals of a member at once"),
    ("seconds_least", 0, 1000, "secondings", "Members who must second an idea"),
)
OTHER_ZONE = "another"


def check_manages(interaction: discord.Interaction) -> None:
    """Raise unless the member may manage the server: Discord enforces neither the place nor that for us."""
    guild_of(interaction)
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])


def limits_refused(values: Mapping[str, int | None]) -> list[str]:
    """A sentence for each limit that is out of its range; None and what is left out stays as it is."""
    return [
        f"The {what} are a number from {least} to {most}, not {value}."
        for name, least, most, what, _ in LIMITS
        if (value := values.get(name)) is not None and not least <= value <= most
    ]


async def panel(
    tools: Tools, guild: discord.Guild, settings: GuildSettings, *, tried: bool = False
) -> Message:
    """The settings of a server with everything that changes them; tried: and whether they work."""
    card = setup_card(settings, await try_settings(guild, settings) if tried else None)
    rows = [
        *(
            row_of(ChannelMenu(name, guild.id, getattr(settings, setting)))
            for name, (setting, _, _) in CHANNELS.items()
        ),
        *(
            row_of(RoleMenu(name, guild.id, getattr(settings, setting)))
            for name, (setting, _) in ROLES.items()
        ),
        row_of(ZoneMenu(guild.id, settings.zone)),
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
    else:
        settings = await settings_of(tools.database, guild.id)
    shown = await panel(tools, guild, settings, tried=tried)
    await interaction.edit_original_response(view=shown.view)


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

    def __init__(self, guild_id: int, chosen: str = "") -> None:
        zones = [zone for zone in ([chosen] if chosen else []) if zone not in COMMON_ZONES] + [*COMMON_ZONES]
        options = [discord.SelectOption(label=zone, value=zone, default=zone == chosen) for zone in zones]
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
                await interaction.response.send_modal(zone_form())
            else:
                await change(interaction, {"zone": find_zone(picked)})


def zone_form() -> TextForm:
    """The form in which a time zone is typed."""
    return TextForm(
        "Time zone", "The zone of this server", "Like Europe/Berlin", "", _typed_zone, name="setup:zone:0"
    )


async def _typed_zone(interaction: discord.Interaction, text: str) -> None:
    check_manages(interaction)
    await change(interaction, {"zone": find_zone(text)})


class SetupButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"setup:(?P<verb>sharing|limits|check):(?P<guild>[0-9]{1,20})",
):
    """Turns sharing on or off, opens the form of the limits, tries everything."""

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
    await interaction.response.send_modal(await limits_form(interaction))


async def limits_form(interaction: discord.Interaction) -> "LimitsForm":
    """The form of the server's limits, filled with them."""
    return LimitsForm(await settings_of(tools_of(interaction).database, guild_of(interaction).id))


async def _try(interaction: discord.Interaction) -> None:
    await change(interaction, {}, tried=True)


_DONE: Mapping[str, Callable[[discord.Interaction], Awaitable[None]]] = MappingProxyType(
    {"sharing": _sharing, "limits": _limits, "check": _try}
)


class LimitsForm(Form):
    """How many proposals a member may file, and how many must second one."""

    def __init__(self, settings: GuildSettings) -> None:
        super().__init__("Limits of this server", "setup:limits:0")
        for name, least, most, _, label in LIMITS:
            field: discord.ui.TextInput[Any] = discord.ui.TextInput(
                custom_id=name, default=str(getattr(settings, name)), max_length=6
            )
            self.add_item(
                discord.ui.Label(text=label, description=f"A number from {least} to {most}", component=field)
            )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Keep them."""
        check_manages(interaction)
        typed, values = typed_in(interaction), dict[str, int | None]()
        wrong: list[str] = []
        for name, _, _, what, _ in LIMITS:
            try:
                values[name] = int(read_number(typed[name], f"The {what}", whole=True))
            except ValueError as error:
                wrong.append(f"The {what}: {error}")
        wrong += limits_refused(values)
        if wrong:
            raise ValueError("\n".join(wrong))
        await change(interaction, values)
