"""Posts the weekly summary of a server: claimed first, then posted, once for each week."""

import logging
from datetime import datetime

import discord

from features.digest.digest_card import RULE, digest_cards, mark, with_chart
from features.digest.reading import keep_day
from features.digest.summary import Told, summarise
from features.stakes.history import stake_history
from features.stakes.history_chart import picture_of_stake_history
from governance.digest.summary import Period, due_periods, is_quiet, period_with
from storage.database import Database
from storage.server import digests
from storage.server.digests import DigestPost
from storage.server.settings import settings_of
from tools import SAMPLE, Tools, files_of
from tournament.source import Source, SourceError

log = logging.getLogger("roundtable.digest")

LOOKED_AT = 50  # newest messages of a channel, to find a summary that was sent before a crash


async def due_weeks(db: Database, now: datetime) -> list[tuple[int, tuple[str, ...]]]:
    """(server, its weeks that are to be told by now, together) for every schedule with such."""
    due: list[tuple[int, tuple[str, ...]]] = []
    for schedule in await digests.schedules(db):
        period = due_periods(schedule.last_key, now, schedule.zone, schedule.weekday, schedule.hour)
        if period is not None:
            due.append((schedule.guild_id, tuple(period.keys)))
    return due


async def post_summary(tools: Tools, guild: discord.Guild, waiting: DigestPost) -> None:
    """Post a claimed summary, unless it is there already, or can't be."""
    db = tools.database
    schedule = await digests.schedule_of(db, guild.id)
    if schedule is None:
        await digests.give_up(db, guild.id, waiting.key, "nowhere to post it")
        return
    channel = guild.get_channel(schedule.channel)
    if not isinstance(channel, discord.TextChannel):
        await digests.give_up(db, guild.id, waiting.key, "its channel is gone")
        return
    try:
        message = await _sent_before(channel, waiting.key)
        if message is None or not (message.flags.has_thread or message.thread):
            await _keep_day(tools)
            period = period_with(waiting.keys, schedule.zone, schedule.weekday, schedule.hour)
            cards, files = await made(tools, guild.id, period)
            if message is None:
                message = await channel.send(embed=cards[0], files=files)
                await _warn(tools, guild, cards[0])
            await in_thread(message, cards[1:], f"Week {waiting.key}")
    except discord.Forbidden:
        await digests.give_up(db, guild.id, waiting.key, "I may not post in its channel")
        return
    await digests.posted(db, guild.id, waiting.key, channel.id, message.id, tools.now())


async def in_thread(message: discord.Message, cards: list[discord.Embed], name: str) -> None:
    """Show the pages of a summary in a thread under it."""
    if not cards:
        return
    try:
        thread = await message.create_thread(name=name)
        for card in cards:
            await thread.send(embed=card)
    except (discord.Forbidden, ValueError):  # without a thread the pages follow in the channel
        for card in cards:
            await message.channel.send(embed=card)


async def made(
    tools: Tools, guild_id: int, period: Period, *, weekly: bool = True
) -> tuple[list[discord.Embed], list[discord.File]]:
    """The cards of a summary, and its chart where the stakes are known."""
    told = await told_of(tools, guild_id, period)
    cards = digest_cards(told, weekly=weekly)
    if is_quiet(told.summary):
        return cards, []
    try:
        history = await stake_history(tools.database, source_of(tools), tools.now())
    except (SourceError, ValueError):
        return cards, []
    picture = await tools.drawing.run(picture_of_stake_history, history)
    return [with_chart(cards[0]), *cards[1:]], files_of(picture)


async def told_of(tools: Tools, guild_id: int, period: Period) -> Told:
    """What a summary of this period says."""
    source, now = source_of(tools), tools.now()
    return await summarise(tools.database, source, guild_id, period, now, sources=tools.sources)


def source_of(tools: Tools) -> Source:
    """Where the stakes of a summary come from."""
    return tools.sources.get("classic") or tools.sources[SAMPLE]


async def _keep_day(tools: Tools) -> None:
    try:
        await keep_day(tools.database, source_of(tools), tools.now())
    except (SourceError, ValueError) as error:
        log.warning("the stakes and rules of the day can't be kept: %s", error)


async def _warn(tools: Tools, guild: discord.Guild, headline: discord.Embed) -> None:
    """Tell the moderators, in the channel they chose, where the live rule is not the one on record."""
    rule = next((field.value for field in headline.fields if field.name == RULE), None)
    settings = await settings_of(tools.database, guild.id)
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


async def _sent_before(channel: discord.TextChannel, key: str) -> discord.Message | None:
    """The message of this week, where it was sent and a crash kept that from being noted."""
    try:
        async for message in channel.history(limit=LOOKED_AT):
            mine = message.author.id == channel.guild.me.id
            if mine and any(card.footer.text == mark(key) for card in message.embeds):
                return message
    except discord.Forbidden:
        log.warning("a channel's history can't be read: a summary might be posted twice after a crash")
    return None
