"""Posts the weekly summary of a server: claimed first, then posted, once for each week."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

import discord

from features.digest.digest_card import capital, digest_cards, embed_mark, mark, rows_of
from features.digest.reading import keep_day
from features.digest.summary import Told, summarise
from features.stakes.history import stake_history
from features.stakes.history_chart import picture_of_stake_history
from governance.digest.summary import Period, due_periods, is_quiet, period_with, week_in_words
from storage.database import Database
from storage.server import digests
from storage.server.digests import DigestPost
from storage.server.settings import settings_of
from tools import SAMPLE, Tools
from tournament.source import Source, SourceError
from ui.card import Card, Draw, Message, bullets, message_of

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
            told = await told_of(tools, guild.id, period)
            first, pages = await made(tools, told)
            if message is None:
                message = await channel.send(view=first.view, files=first.files)
                await _warn(tools, guild, told)
            await in_thread(tools, message, pages, capital(week_in_words((waiting.key,))))
    except discord.Forbidden:
        await digests.give_up(db, guild.id, waiting.key, "I may not post in its channel")
        return
    await digests.posted(db, guild.id, waiting.key, channel.id, message.id, tools.now())


async def in_thread(tools: Tools, message: discord.Message, pages: Sequence[Card], name: str) -> None:
    """Show the pages of a summary in a thread under it."""
    if not pages:
        return
    try:
        thread = await message.create_thread(name=name)
        for page in pages:
            await thread.send(view=(await message_of(tools.drawing, [page])).view)
    except (discord.Forbidden, ValueError):  # without a thread the pages follow in the channel
        for page in pages:
            await message.channel.send(view=(await message_of(tools.drawing, [page])).view)


async def made(tools: Tools, told: Told, *, weekly: bool = True) -> tuple[Message, list[Card]]:
    """The first message of a summary, with its chart where the stakes are known, and its pages."""
    draw: Draw | None = None
    if not is_quiet(told.summary):
        with suppress(SourceError, ValueError):
            history = await stake_history(tools.database, source_of(tools), tools.now())
            draw = partial(picture_of_stake_history, history)
    first, *pages = digest_cards(told, draw=draw, weekly=weekly)
    return await message_of(tools.drawing, [first], rows_of(told.to_do)), pages


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


async def _warn(tools: Tools, guild: discord.Guild, told: Told) -> None:
    """Tell the moderators, in the channel they chose, where the live rule is not the one on record."""
    settings = await settings_of(tools.database, guild.id)
    channel = guild.get_channel(settings.announce_channel or 0)
    if not told.notices or not isinstance(channel, discord.TextChannel):
        return
    role = guild.get_role(settings.moderator_role or 0)
    who = f"{role.mention} " if role else ""
    try:
        await channel.send(
            f"{who}The payout rule needs a look:\n{bullets(told.notices)}"[:2000],
            allowed_mentions=discord.AllowedMentions(roles=[role] if role else False),
        )
    except discord.HTTPException:
        log.warning("the moderators could not be told of a changed rule")


async def _sent_before(channel: discord.TextChannel, key: str) -> discord.Message | None:
    """The message of this week, where it was sent and a crash kept that from being noted."""
    try:
        async for message in channel.history(limit=LOOKED_AT):
            if message.author.id == channel.guild.me.id and _has_mark(message, key):
                return message
    except discord.Forbidden:
        log.warning("a channel's history can't be read: a summary might be posted twice after a crash")
    return None


def _has_mark(message: discord.Message, key: str) -> bool:
    """Whether a message is the summary of this week, as a card or as the embed that it used to be."""
    if any(card.footer.text == embed_mark(key) for card in message.embeds):
        return True
    waiting: list[Any] = list(message.components)
    while waiting:
        part = waiting.pop()
        if isinstance(part, discord.TextDisplay) and f"-# {mark(key)}" in part.content.split("\n"):
            return True
        waiting += getattr(part, "children", ())
    return False
