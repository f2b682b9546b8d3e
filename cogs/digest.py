"""`/digest`: the weekly summary that posts itself, once for each week, whatever happens in between."""

import io
from datetime import datetime, timedelta
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from features.digest.digest_card import as_file, rows_of, waiting_card
from features.digest.hand_posting import claim_today
from features.digest.posting import in_thread, made, source_of, told_of
from features.digest.rule_watch import take_rules
from features.digest.summary import set_schedule, waiting_for
from features.server.zones import clock_in, find_zone, suggest_zones
from features.stakes.history import take_snapshot
from governance.digest.summary import Period, period_of, read_zone, week_in_words
from storage.server import digests, shown_digests
from storage.server.digests import Schedule
from storage.server.settings import settings_of
from storage.server.troubles import note_setter
from tools import Client, Tools, choices_of, show_cards
from ui.card import send
from ui.roles import check_moderator
from ui.server import guild_of
from ui.text import plain
from wording.message_links import message_link

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class DigestCommands(commands.GroupCog, group_name="digest", group_description="The weekly summary"):
    """The week in one post: votes, proposals, promises, and how the stake moved."""

    def __init__(self, tools: Tools, client: discord.Client) -> None:
        self.tools, self.client = tools, client

    async def interaction_check(self, interaction: discord.Interaction) -> bool:  # noqa: D102
        guild_of(interaction)
        return True

    @app_commands.command()
    @app_commands.describe(
        weekday="The day it is posted",
        hour="The hour, 0 to 23, by the clock of the zone",
        channel="Where; it is tried at once",
        zone="Like Europe/Berlin; the server's zone without it",
        off="Post no more summaries",
    )
    async def schedule(
        self,
        interaction: discord.Interaction,
        weekday: Weekday = "Monday",
        hour: int = 18,
        channel: discord.TextChannel | None = None,
        zone: str | None = None,
        off: bool = False,
    ) -> None:
        """Moderators: when and where the weekly summary is posted"""
        guild = await self._moderated(interaction)
        if off:
            gone = await digests.drop_schedule(self.tools.database, guild.id)
            told = "No more summaries are posted here." if gone else "None were scheduled."
            await interaction.response.send_message(told, ephemeral=True)
            return
        if not 0 <= hour <= 23:
            raise ValueError(f"The hour is a number from 0 to 23, not {hour}.")
        place = channel or interaction.channel
        if not isinstance(place, discord.TextChannel):
            raise ValueError("Summaries go to a text channel: pick one.")
        may = place.permissions_for(guild.me)
        if not (may.view_channel and may.send_messages and may.embed_links and may.attach_files):
            raise ValueError(f"I may not post cards in #{place.name}. Ask a moderator to type /setup check.")
        settings = await settings_of(self.tools.database, guild.id)
        schedule = await set_schedule(
            self.tools.database,
            guild.id,
            weekday=WEEKDAYS.index(weekday),
            hour=hour,
            zone=find_zone(zone, self.tools.now()) if zone else settings.zone_in_force,
            channel=place.id,
            now=self.tools.now(),
        )
        await note_setter(self.tools.database, guild.id, interaction.user.id, self.tools.now())
        following = _next(schedule, self.tools.now())
        there = clock_in(schedule.zone, self.tools.now())
        await interaction.response.send_message(
            f"The summary goes to {place.mention} every {weekday} at {hour}:00 ({schedule.zone}, "
            f"{there} there now), next {discord.utils.format_dt(following, 'F')}.",
            ephemeral=True,
        )

    @schedule.autocomplete("zone")
    async def _zone(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return choices_of(suggest_zones(typed, self.tools.now()))

    @app_commands.command()
    async def preview(self, interaction: discord.Interaction) -> None:
        """The summary as it would be now; only you see it"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        week = await self._this_week(interaction)
        first, pages = await made(self.tools, await told_of(self.tools, guild_of(interaction).id, week))
        await send(interaction, first)
        for page in pages:
            await show_cards(interaction, [page])

    @app_commands.command()
    async def now(self, interaction: discord.Interaction) -> None:
        """Moderators: post the summary of the last seven days here, beside the weekly one, once a day"""
        guild = await self._moderated(interaction)
        db = self.tools.database
        day, there = await claim_today(self.tools, self.client, guild.id)
        if there:
            await interaction.response.send_message(there, ephemeral=True)
            return
        try:
            await interaction.response.defer(thinking=True)
            week = await self._this_week(interaction)
            told = await told_of(self.tools, guild.id, week)
            first, pages = await made(self.tools, told, weekly=False)
            message = await interaction.followup.send(view=first.view, files=first.files, wait=True)
        except BaseException:
            await shown_digests.forget_by_hand(db, guild.id, day, None)
            raise
        await shown_digests.posted_by_hand(
            db, guild.id, day, message.channel.id, message.id, self.tools.now()
        )
        await in_thread(self.tools, message, pages, "This week")

    @app_commands.command()
    async def me(self, interaction: discord.Interaction) -> None:
        """What waits for you: votes you have not cast, proposals of yours; only you see it"""
        waiting = await waiting_for(
            self.tools.database, guild_of(interaction).id, interaction.user.id, self.tools.now()
        )
        await show_cards(interaction, [waiting_card(waiting)], rows_of(waiting.to_do))

    @app_commands.command()
    @app_commands.describe(markdown="As a file for the forum")
    async def last(self, interaction: discord.Interaction, markdown: bool = False) -> None:
        """Where the last summary is, or the last seven days as Markdown for the forum"""
        guild = guild_of(interaction)
        if markdown:
            await interaction.response.defer(ephemeral=True, thinking=True)
            told = await told_of(self.tools, guild.id, await self._this_week(interaction))
            file = discord.File(io.BytesIO(as_file(told).encode()), filename="summary.md")
            await interaction.followup.send(file=file, ephemeral=True)
            return
        newest = await digests.newest_post(self.tools.database, guild.id)
        shown = await shown_digests.last_shown(self.tools.database, guild.id)
        told = (
            [] if shown is None else [f"{shown.name}: {message_link(guild.id, shown.channel, shown.message)}"]
        )
        if newest is not None and newest.posted_at is None:
            why = plain(newest.given_up or "not yet")
            week = week_in_words((newest.key,))
            told.append(f"The summary of {week} could not be posted: {why}.")
        if not told:
            raise ValueError(
                "No summary has been posted here yet. A moderator can start it with /digest schedule."
            )
        await interaction.response.send_message("\n".join(told), ephemeral=True)

    @app_commands.command()
    async def snapshot(self, interaction: discord.Interaction) -> None:
        """Moderators: keep the stakes, the newest rounds and the announced rule as they are today"""
        await self._moderated(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        source, now = source_of(self.tools), self.tools.now()
        stakes = await take_snapshot(self.tools.database, source, now)
        rules = await take_rules(self.tools.database, source, now)
        told = "are kept" if stakes or rules else "were kept already"
        await interaction.followup.send(f"The stakes and rules of today {told}.", ephemeral=True)

    async def _this_week(self, interaction: discord.Interaction) -> Period:
        """The seven days up to now."""
        guild, now = guild_of(interaction), self.tools.now()
        zone = (await settings_of(self.tools.database, guild.id)).zone_in_force
        there = now.astimezone(read_zone(zone))
        return Period(period_of(now, zone, there.weekday(), there.hour).keys, now - timedelta(days=7), now)

    async def _moderated(self, interaction: discord.Interaction) -> discord.Guild:
        guild = guild_of(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        return guild


def _next(schedule: Schedule, now: datetime) -> datetime:
    """When the next summary is due; at once where an earlier schedule had not told the week that ended."""
    when = (schedule.zone, schedule.weekday, schedule.hour)
    for days in (0, 7, 14):
        due = period_of(period_of(now, *when).ends + timedelta(days=days, hours=3), *when)
        if schedule.last_key is None or due.key > schedule.last_key:
            break
    return max(now, due.ends)


async def setup(bot: Client) -> None:
    """Add the commands."""
    await bot.add_cog(DigestCommands(bot.tools, bot))
