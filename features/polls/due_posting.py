"""What the clock does about polls: end them, bring their cards up to date, remind members."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import discord

from features.polls.closing import end_if_due
from features.polls.posting import log, put_poll
from features.polls.view import poll_with_id
from storage.polls import polls, reminders
from storage.polls.cards import is_behind
from storage.polls.reminders import Reminder
from tools import Tools
from ui.posting import passes
from ui.text import plain
from wording.message_links import message_link

EVERY = 3.0  # seconds between two edits of an open poll's card, at least


class CardQueue:
    """Asks for a card to be brought up to date soon after it was touched, and not again before it rested."""

    def __init__(self, show: Callable[[int, int], Awaitable[None]], *, every: float = EVERY) -> None:
        self._show, self.every = show, every
        self._waiting: dict[int, asyncio.Task[None]] = {}
        self._edited: dict[int, float] = {}

    def touch(self, guild_id: int, poll_id: int) -> None:
        """The card of this poll may be behind: it should be looked at soon."""
        if poll_id not in self._waiting:
            self._waiting[poll_id] = asyncio.create_task(self._look(guild_id, poll_id))

    def rests(self, poll_id: int) -> bool:
        """Whether the card was edited a moment ago."""
        return self._rest(poll_id) > 0

    def edited(self, poll_id: int) -> None:
        """The card is being edited now."""
        self._edited[poll_id] = time.monotonic()

    def close(self) -> None:
        """Give up what waits: the database knows what is behind."""
        for task in self._waiting.values():
            task.cancel()

    async def _look(self, guild_id: int, poll_id: int) -> None:
        try:
            await asyncio.sleep(self._rest(poll_id))
        finally:
            self._waiting.pop(poll_id, None)  # whoever votes from here on asks for another look
        await self._show(guild_id, poll_id)

    def _rest(self, poll_id: int) -> float:
        return max(self._edited.get(poll_id, 0.0) + self.every - time.monotonic(), 0.0)


async def end_poll(tools: Tools, guild_id: int, poll_id: int, now: datetime) -> None:
    """Extend or close a poll that is due; somebody may have been faster."""
    poll = await polls.poll_with_id(tools.database, guild_id, poll_id)
    if poll is not None and poll.state == "open" and poll.closes_at <= now:
        await end_if_due(tools.database, poll, now)


async def show_if_behind(tools: Tools, guild: discord.Guild, poll_id: int, queue: CardQueue) -> None:
    """Bring a poll's card up to date, unless it is; an open one that was edited just now rests first."""
    if not await is_behind(tools.database, guild.id, poll_id):
        return
    view = await poll_with_id(tools.database, guild.id, poll_id)
    if view.poll.state == "open" and queue.rests(poll_id):
        queue.touch(guild.id, poll_id)
        return
    queue.edited(poll_id)
    await put_poll(tools, guild, view)


async def remind(tools: Tools, client: discord.Client, reminder: Reminder, now: datetime) -> None:
    """Write to a member who asked for it; who can't be reached is not tried again."""
    if not await reminders.take_reminder(tools.database, reminder, now):
        return
    view = await poll_with_id(tools.database, reminder.guild_id, reminder.poll_id)
    poll = view.poll
    link = message_link(poll.guild_id, poll.thread or poll.channel, poll.message)
    try:
        user = client.get_user(reminder.member_id) or await client.fetch_user(reminder.member_id)
        await user.send(
            f"Poll #{poll.number} “{plain(poll.title)}” closes "
            f"{discord.utils.format_dt(poll.closes_at, 'R')}. {link}".strip()
        )
    except (discord.HTTPException, discord.RateLimited, OSError) as error:
        if passes(error):
            await reminders.add_reminder(
                tools.database, reminder.guild_id, reminder.poll_id, reminder.member_id, reminder.due_at
            )
            raise
        log.info("a reminder could not be delivered")
