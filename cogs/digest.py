"""`/digest`: the weekly summary that posts itself, once for each week, whatever happens in between."""

import asyncio
import io
import logging
from datetime import datetime, timedelta
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands, tasks

from features.digest.digest_card import RULE, as_file, digest_cards, mark, waiting_card, with_chart
from features.digest.rule_watch import take_rules
from features.digest.summary import Told, set_schedule, summarise, waiting_for
from features.server.zones import find_zone, suggest_zones
from features.stakes.history import stake_history, take_snapshot
from features.stakes.history_chart import picture_of_stake_history
from governance.digest.summary import Period, due_periods, is_quiet, period_of, period_with, read_zone
from storage.server import digests
from storage.server.digests import DigestPost, Schedule
from storage.server.settings import settings_of
from tools import SAMPLE, Client, Tools, files_of
from tournament.source import Source, SourceError
from ui.roles import check_moderator
from ui.server import guild_of
from wording.links import message_link

log = logging.getLogger("roundtable.digest")

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LOOKED_AT = 50  # newest messages of a channel, to find a summary that was sent before a crash
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Digest(commands.GroupCog, group_name="digest", group_description="The weekly summary"):
    """The week in one post: votes, proposals, promises, and how the stake moved."""

    def __init__(self, tools: Tools, client: discord.Client) -> None:
        self.tools, self.client = tools, client
        self._posting = asyncio.Lock()

    async def cog_load(self) -> None:  # noqa: D102
        self.look_at_what_is_due.start()

    async def cog_unload(self) -> None:  # noqa: D102
        self.look_at_what_is_due.cancel()

    async def interaction_check(self, interaction: discord.Interaction) -> bool:  # noqa: D102
        guild_of(interaction)
        return True

    @tasks.loop(minutes=1)
    async def look_at_what_is_due(self) -> None:
        """Post every summary that is due; what was missed while the bot was away is due, too."""
        try:
            await self.do_due()
        except Exception:
            log.exception("looking at what is due failed; it goes on")

    @look_at_what_is_due.before_loop
    async def _until_there_are_servers(self) -> None:
        await self.client.wait_until_ready()

    async def do_due(self) -> None:
        """Claim what is due, then post what is claimed: a crash in between is found and finished."""
        now = self.tools.now()
        for schedule in await digests.schedules(self.tools.database):
            period = due_periods(schedule.last_key, now, schedule.zone, schedule.weekday, schedule.hour)
            if period is not None:
                await digests.claim(self.tools.database, schedule.guild_id, period.keys, now)
        async with self._posting:
            for waiting in await digests.unposted(self.tools.database):
                try:
                    await self._finish(waiting)
                except Exception:  # the other servers get theirs; this one is tried again
                    log.exception("a summary could not be posted", extra={"fields": {"week": waiting.key}})

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
            zone=find_zone(zone) if zone else settings.zone,
            channel=place.id,
            now=self.tools.now(),
        )
        following = _next(schedule, self.tools.now())
        await interaction.response.send_message(
            f"The summary goes to {place.mention} every {weekday} at {hour}:00 ({schedule.zone}), "
            f"next {discord.utils.format_dt(following, 'F')}.",
            ephemeral=True,
        )

    @schedule.autocomplete("zone")
    async def _zone(self, interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=name, value=name) for name in suggest_zones(typed)]

    @app_commands.command()
    async def preview(self, interaction: discord.Interaction) -> None:
        """The summary as it would be now; only you see it"""
        await interaction.response.defer(ephemeral=True, thinking=True)
        cards, files = await self._made(guild_of(interaction), await self._this_week(interaction))
        await interaction.followup.send(embed=cards[0], files=files, ephemeral=True)
        for card in cards[1:]:
            await interaction.followup.send(embed=card, ephemeral=True)

    @app_commands.command()
    async def now(self, interaction: discord.Interaction) -> None:
        """Moderators: post the summary of the last seven days here, beside the weekly one"""
        await self._moderated(interaction)
        await interaction.response.defer(thinking=True)
        week = await self._this_week(interaction)
        cards, files = await self._made(guild_of(interaction), week, weekly=False)
        message = await interaction.followup.send(embed=cards[0], files=files, wait=True)
        await self._thread(message, cards[1:], "This week")

    @app_commands.command()
    async def me(self, interaction: discord.Interaction) -> None:
        """What waits for you: votes you have not cast, proposals of yours; only you see it"""
        waiting = await waiting_for(
            self.tools.database, guild_of(interaction).id, interaction.user.id, self.tools.now()
        )
        await interaction.response.send_message(embed=waiting_card(waiting), ephemeral=True)

    @app_commands.command()
    @app_commands.describe(markdown="As a file for the forum")
    async def last(self, interaction: discord.Interaction, markdown: bool = False) -> None:
        """Where the last weekly summary is, or the week as Markdown for the forum"""
        guild = guild_of(interaction)
        if markdown:
            await interaction.response.defer(ephemeral=True, thinking=True)
            told = await self._told(guild, await self._this_week(interaction))
            file = discord.File(io.BytesIO(as_file(told).encode()), filename="summary.md")
            await interaction.followup.send(file=file, ephemeral=True)
            return
        post = await digests.newest_post(self.tools.database, guild.id)
        if post is None:
            raise ValueError(
                "No summary has been posted here yet. A moderator can start it with /digest schedule."
            )
        if post.posted_at is None:
            raise ValueError(
                f"The summary of week {post.key} could not be posted: {post.given_up or 'not yet'}."
            )
        await interaction.response.send_message(
            f"Week {post.key}: {message_link(guild.id, post.channel, post.message)}",
            ephemeral=True,
        )

    @app_commands.command()
    async def snapshot(self, interaction: discord.Interaction) -> None:
        """Moderators: keep the stakes, the newest rounds and the announced rule as they are today"""
        await self._moderated(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        source, now = self._source(), self.tools.now()
        stakes = await take_snapshot(self.tools.database, source, now)
        rules = await take_rules(self.tools.database, source, now)
        told = "are kept" if stakes or rules else "were kept already"
        await interaction.followup.send(f"The stakes and rules of today {told}.", ephemeral=True)

    async def _finish(self, waiting: DigestPost) -> None:
        """Post a claimed summary, unless it is there already, or can't be."""
        guild = self.client.get_guild(waiting.guild_id)
        schedule = await digests.schedule_of(self.tools.database, waiting.guild_id)
        if guild is not None and guild.unavailable:
            return  # Discord has an outage: its channels are not known now
        if guild is None or schedule is None:
            await digests.give_up(self.tools.database, waiting.guild_id, waiting.key, "nowhere to post it")
            return
        channel = guild.get_channel(schedule.channel)
        if not isinstance(channel, discord.TextChannel):
            await digests.give_up(self.tools.database, guild.id, waiting.key, "its channel is gone")
            return
        try:
            message = await self._sent_before(channel, waiting.key)
            if message is None or not (message.flags.has_thread or message.thread):
                period = period_with(waiting.keys, schedule.zone, schedule.weekday, schedule.hour)
                cards, files = await self._made(guild, period)
                if message is None:
                    message = await channel.send(embed=cards[0], files=files)
                    await self._warn(guild, cards[0])
                await self._thread(message, cards[1:], f"Week {waiting.key}")
        except discord.Forbidden:
            await digests.give_up(self.tools.database, guild.id, waiting.key, "I may not post in its channel")
            return
        await digests.posted(
            self.tools.database, guild.id, waiting.key, channel.id, message.id, self.tools.now()
        )

    async def _warn(self, guild: discord.Guild, headline: discord.Embed) -> None:
        """Tell the moderators, in the channel they chose, where the live rule is not the one on record."""
        rule = next((field.value for field in headline.fields if field.name == RULE), None)
        settings = await settings_of(self.tools.database, guild.id)
        channel = guild.get_channel(settings.announce_channel or 0)
        if rule is None or not isinstance(channel, discord.TextChannel):
            return
        role = guild.get_role(settings.moderator_role or 0)
        who = f"{role.mention} " if role else ""
        try:
            await channel.send(
                f"{who}The payout rule needs a look:\n{rule}"[:2000],
                allowed_mentions=discord.AllowedMentions(roles=[role] if role else False),
            )
        except discord.HTTPException:
            log.warning("the moderators could not be told of a changed rule")

    async def _sent_before(self, channel: discord.TextChannel, key: str) -> discord.Message | None:
        """The message of this week, where it was sent and a crash kept that from being noted."""
        try:
            async for message in channel.history(limit=LOOKED_AT):
                mine = self.client.user is not None and message.author.id == self.client.user.id
                if mine and any(card.footer.text == mark(key) for card in message.embeds):
                    return message
        except discord.Forbidden:
            log.warning("a channel's history can't be read: a summary might be posted twice after a crash")
        return None

    async def _thread(self, message: discord.Message, cards: list[discord.Embed], name: str) -> None:
        if not cards:
            return
        try:
            thread = await message.create_thread(name=name)
            for card in cards:
                await thread.send(embed=card)
        except (discord.Forbidden, ValueError):  # without a thread the pages follow in the channel
            for card in cards:
                await message.channel.send(embed=card)

    async def _made(
        self, guild: discord.Guild, period: Period, *, weekly: bool = True
    ) -> tuple[list[discord.Embed], list[discord.File]]:
        """The cards of a summary, and its chart where the stakes are known."""
        told = await self._told(guild, period)
        cards = digest_cards(told, weekly=weekly)
        if is_quiet(told.summary):
            return cards, []
        try:
            history = await stake_history(self.tools.database, self._source(), self.tools.now())
        except (SourceError, ValueError):
            return cards, []
        picture = await self.tools.drawing.run(picture_of_stake_history, history)
        return [with_chart(cards[0]), *cards[1:]], files_of(picture)

    async def _told(self, guild: discord.Guild, period: Period) -> Told:
        return await summarise(self.tools.database, self._source(), guild.id, period, self.tools.now())

    async def _this_week(self, interaction: discord.Interaction) -> Period:
        """The seven days up to now."""
        guild, now = guild_of(interaction), self.tools.now()
        zone = (await settings_of(self.tools.database, guild.id)).zone
        there = now.astimezone(read_zone(zone))
        return Period(period_of(now, zone, there.weekday(), there.hour).keys, now - timedelta(days=7), now)

    async def _moderated(self, interaction: discord.Interaction) -> discord.Guild:
        guild = guild_of(interaction)
        check_moderator(interaction, await settings_of(self.tools.database, guild.id))
        return guild

    def _source(self) -> Source:
        return self.tools.sources.get("classic") or self.tools.sources[SAMPLE]


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
    await bot.add_cog(Digest(bot.tools, bot))
