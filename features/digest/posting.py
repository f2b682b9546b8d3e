"""Posts the weekly summary of a server: claimed first, then posted, once for each week."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
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
from storage.server.digests import DigestPost, Schedule
from storage.server.settings import settings_of
from tools import SAMPLE, Tools
from tournament.source import Source, SourceError
from ui.card import Card, Draw, Message, bullets, message_of
from ui.posting import CardRefusedError, Post, fallback_rooms, nonce_of, post_somewhere, refused, tell_setter
from ui.text import plain

log = logging.getLogger("roundtable.digest")

Shown = discord.Message | discord.PartialMessage
PATIENCE = timedelta(days=2)  # with what Discord refuses for no reason that is known
THREAD_EXISTS = 160004
LOOKED_AT = 50  # newest messages of a channel, to find a summary that was sent before a crash


async def claim_weeks(db: Database, schedule: Schedule, now: datetime) -> bool:
    """Take what a schedule has to tell by now, all weeks together, as to be told; False where it is nothing.

    Raises ValueError for a schedule that says no moment.
    """
    period = due_periods(schedule.last_key, now, schedule.zone, schedule.weekday, schedule.hour)
    return period is not None and await digests.claim(db, schedule.guild_id, period.keys, now)


async def post_summary(tools: Tools, guild: discord.Guild, waiting: DigestPost) -> None:
    """Post what is not there yet of a claimed summary, or give it up and tell whoever set the server up.

    What is there is noted at once, so that after a failure it goes on where it stopped. Where its channel
    does not take it, it goes where the announcements or the proposals are.
    """
    db = tools.database
    schedule = await digests.schedule_of(db, guild.id)
    if schedule is None:
        await digests.give_up(db, guild.id, waiting.key, "nowhere to post it")
        return
    message, shown = await _there(guild, schedule, waiting), waiting.pages
    await _keep_day(tools)
    period = period_with(waiting.keys, schedule.zone, schedule.weekday, schedule.hour)
    told = await told_of(tools, guild.id, period)
    first, pages = await made(tools, told)
    name = capital(week_in_words((waiting.key,)))
    if message is None:
        rooms = (schedule.channel, *await fallback_rooms(db, guild.id))
        try:
            nonce = nonce_of("summary", guild.id, waiting.key)
            post = Post(name, first, (), nonce, thread=bool(pages))
            place, notices = await post_somewhere(guild, rooms, post)
        except CardRefusedError as error:
            if not error.known and tools.now() - waiting.claimed_at < PATIENCE:
                raise
            await digests.give_up(db, guild.id, waiting.key, str(error).rstrip("."))
            await _tell(tools, guild, waiting, f"was not posted. {plain(str(error))}")
            return
        message, shown = _message(guild, place.thread or place.channel, place.channel, place.message), 0
        await digests.note_shown(db, guild.id, waiting.key, place.channel, place.message, pages=0)
        await _warn(tools, guild, told, waiting.key)
        if place.channel != schedule.channel:
            await _tell(tools, guild, waiting, f"is elsewhere. {' '.join(notices)}")

    async def note(count: int) -> None:
        await digests.note_shown(db, guild.id, waiting.key, message.channel.id, message.id, pages=count)

    refusal = await in_thread(tools, message, pages, name, shown=shown, note=note)
    if refusal:
        await _tell(
            tools, guild, waiting, f"is not whole: its other pages are shown nowhere. {plain(refusal)}"
        )
    await digests.posted(db, guild.id, waiting.key, message.channel.id, message.id, tools.now())


async def in_thread(
    tools: Tools,
    message: Shown,
    pages: Sequence[Card],
    name: str,
    *,
    shown: int = 0,
    note: Callable[[int], Awaitable[None]] | None = None,
) -> str:
    """Show the pages of a summary in a thread under it, or, what that does not take, in its channel.

    shown: how many are there already; note: is told of each. Returns what was refused, "" for nothing; raises
    an error that `passes` as it comes.
    """
    if shown >= len(pages):
        return ""
    channel: Any = message.channel
    where = await _thread_of(message, name) or channel
    for page in pages[shown:]:
        refusal = None
        for room in dict.fromkeys((where, channel)):
            try:
                view = (await message_of(tools.drawing, [page])).view
                await room.send(view=view, nonce=nonce_of("page", message.id, room.id, shown))
            except discord.HTTPException as error:
                refusal, where = refused(error, f"I can't post in #{room.name}"), channel
            else:
                refusal = None
                break
        if refusal is not None:
            return str(refusal)
        shown += 1
        if note is not None:
            await note(shown)
    return ""


async def _thread_of(message: Shown, name: str) -> Any:
    """The thread under a message, opened where there is none; None where that is refused."""
    channel: Any = message.channel
    if isinstance(channel, discord.Thread) or channel.guild is None:
        return None
    thread = channel.guild.get_thread(message.id)
    if thread is not None:
        return thread
    try:
        return await message.create_thread(name=name)
    except ValueError:
        return None
    except discord.HTTPException as error:
        if error.code == THREAD_EXISTS:
            return await channel.guild.fetch_channel(message.id)
        refused(error, "")  # raises what passes
        return None


async def _there(guild: discord.Guild, schedule: Schedule, waiting: DigestPost) -> Shown | None:
    """The message of a claimed summary, where it is sent already."""
    if waiting.message is not None and waiting.channel is not None:
        room: Any = guild.get_channel(waiting.channel)
        if room is not None:
            return _message(guild, waiting.message, room.id, waiting.message)
    channel = guild.get_channel(schedule.channel)
    return await _sent_before(channel, waiting.key) if isinstance(channel, discord.TextChannel) else None


def _message(guild: discord.Guild, thread: int, channel: int, message: int) -> discord.PartialMessage:
    """A message by its place; in a forum it stands in the thread that it opened."""
    room: Any = guild.get_channel(channel)
    if isinstance(room, discord.ForumChannel):
        room = guild.get_thread(thread)
    return room.get_partial_message(message)


async def _tell(tools: Tools, guild: discord.Guild, waiting: DigestPost, what: str) -> None:
    sentence = (
        f"**{plain(guild.name)}**: the summary of {week_in_words((waiting.key,))} {what} "
        "/setup check tells what is missing, /digest schedule picks another channel."
    )
    await tell_setter(tools.database, guild, f"summary {waiting.key}", sentence, tools.now())


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


async def _warn(tools: Tools, guild: discord.Guild, told: Told, key: str) -> None:
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
            nonce=nonce_of("rules", guild.id, key),
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
