"""`/setup`: how the bot behaves in one server."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from features.server.forms import limits_refused
from features.server.greeting_posting import greet
from features.server.setup_buttons import (
    ChannelMenu,
    KeepZone,
    RoleMenu,
    SetupButton,
    ZoneMenu,
    check_manages,
    check_role,
    limits_form,
    panel,
    zone_form,
    zone_question,
)
from features.server.zones import suggest_zones
from governance.text import clean_line
from storage.proposals import blocks
from storage.server.settings import change_settings, settings_of
from storage.server.troubles import note_setter
from tools import Client, choices_of
from ui.server import guild_of


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
@app_commands.default_permissions(manage_guild=True)
class SetupCommands(
    commands.GroupCog, group_name="setup", group_description="How the bot behaves in this server"
):
    """For moderators: how the bot behaves in this server."""

    def __init__(self, client: Client) -> None:
        self.client, self.tools = client, client.tools

    @commands.Cog.listener()
    async def on_guild_join(self, guild: discord.Guild) -> None:
        """Say where to begin."""
        await greet(self.tools, guild, self.client.mention)

    async def interaction_check(self, interaction: discord.Interaction) -> bool:  # noqa: D102
        check_manages(interaction)
        return True

    @app_commands.command()
    @app_commands.describe(allowed="Whether members may post their answers in this server's channels")
    async def sharing(self, interaction: discord.Interaction, allowed: bool) -> None:
        """Whether members may share their answers in this server"""
        await self._change(interaction, sharing=allowed)
        await interaction.response.send_message(
            "Members may share their answers where they may write."
            if allowed
            else "Sharing is off: answers stay with those who asked.",
            ephemeral=True,
        )

    @app_commands.command()
    async def show(self, interaction: discord.Interaction) -> None:
        """The settings of this server, with menus that change them"""
        await self._panel(interaction, tried=False)

    @app_commands.command()
    @app_commands.describe(
        proposals="A forum or text channel for proposals; leave it out to have them where they are typed",
        announcements="Where news of proposals go; leave it out for nowhere",
    )
    async def channels(
        self,
        interaction: discord.Interaction,
        proposals: discord.ForumChannel | discord.TextChannel | None = None,
        announcements: discord.TextChannel | None = None,
    ) -> None:
        """Where proposals and announcements go; each channel is tried at once"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._change(
            interaction,
            proposal_channel=proposals.id if proposals else None,
            announce_channel=announcements.id if announcements else None,
        )
        await self._panel(interaction, tried=True)

    @app_commands.command()
    @app_commands.describe(
        moderators="May hide, advance and answer; whoever may manage the server without it",
        team="Gives official answers; moderators without it",
    )
    async def roles(
        self,
        interaction: discord.Interaction,
        moderators: discord.Role | None = None,
        team: discord.Role | None = None,
    ) -> None:
        """Which roles moderate proposals, and answer for the team"""
        for role in (moderators, team):
            if role is not None:
                check_role(role)
        await self._change(
            interaction,
            moderator_role=moderators.id if moderators else None,
            team_role=team.id if team else None,
        )
        await self._panel(interaction, tried=False)

    @app_commands.command()
    @app_commands.describe(name="Like Europe/Berlin: start typing")
    async def zone(self, interaction: discord.Interaction, name: str) -> None:
        """The time zone of this server's schedules"""
        shown = await zone_question(self.tools, guild_of(interaction), name)
        await interaction.response.send_message(view=shown.view, ephemeral=True)

    @zone.autocomplete("name")
    async def _zone(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices_of(suggest_zones(typed, self.tools.now()))

    @app_commands.command()
    @app_commands.describe(
        hours="Between two proposals of a member, 0 to 720",
        open_at_once="Open proposals of a member, 1 to 50",
        secondings="Members who must second an idea at least, 0 to 1000",
    )
    async def limits(
        self,
        interaction: discord.Interaction,
        hours: int | None = None,
        open_at_once: int | None = None,
        secondings: int | None = None,
    ) -> None:
        """How many proposals a member may file, and how many must second one"""
        wanted = {"cooldown_hours": hours, "open_cap": open_at_once, "seconds_least": secondings}
        if wrong := limits_refused(wanted):
            raise ValueError("\n".join(wrong))
        changes = {name: value for name, value in wanted.items() if value is not None}
        await self._change(interaction, **changes)
        await self._panel(interaction, tried=False)

    @app_commands.command()
    async def check(self, interaction: discord.Interaction) -> None:
        """Try everything the settings ask of the bot, and say what is missing"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self._panel(interaction, tried=True)

    @app_commands.command()
    @app_commands.describe(
        member="Who may not file proposals here", reason="They are told", lift="Let them file again instead"
    )
    async def block(
        self,
        interaction: discord.Interaction,
        member: discord.User,
        reason: str = "",
        lift: bool = False,
    ) -> None:
        """Keep a member from filing proposals in this server, or let them again"""
        guild = guild_of(interaction)
        if lift:
            lifted = await blocks.unblock(self.tools.database, guild.id, member.id)
            told = "may file proposals again." if lifted else "was not blocked."
        else:
            why = clean_line(reason)
            if not 0 < len(why) <= 300:
                raise ValueError("Give a reason of 1 to 300 characters: the member is told when they try.")
            await blocks.block(self.tools.database, guild.id, member.id, why, self.tools.now())
            told = "can't file, second, argue or open polls here any more."
        await interaction.response.send_message(f"{member.mention} {told}", ephemeral=True)

    async def _change(self, interaction: discord.Interaction, **changes: Any) -> None:
        """Change settings, and note who is to be told should they not work."""
        database, guild, now = self.tools.database, guild_of(interaction), self.tools.now()
        await change_settings(database, guild.id, now, **changes)
        await note_setter(database, guild.id, interaction.user.id, now)

    async def _panel(self, interaction: discord.Interaction, *, tried: bool) -> None:
        guild = guild_of(interaction)
        settings = await settings_of(self.tools.database, guild.id)
        shown = await panel(self.tools, guild, settings, tried=tried)
        if tried:
            await interaction.followup.send(view=shown.view, ephemeral=True)
        else:
            await interaction.response.send_message(view=shown.view, ephemeral=True)


async def setup(bot: Client) -> None:
    """Add the commands, and the menus that outlive their message."""
    await bot.add_cog(SetupCommands(bot))
    bot.add_dynamic_items(ChannelMenu, RoleMenu, ZoneMenu, KeepZone, SetupButton)
    bot.forms["setup:zone:0"] = lambda _, __: zone_form()
    bot.forms["setup:limits:0"] = lambda asked, _: limits_form(asked)
