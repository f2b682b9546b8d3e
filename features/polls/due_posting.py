"""What the clock does about polls: end them, bring their cards up to date, remind members."""

from datetime import UTC, datetime, timedelta

import discord

from features.polls.closing import end_if_due
from features.polls.posting import log, put_poll
from features.polls.view import poll_with_id
from storage.polls import polls, reminders
from storage.polls.cards import is_behind
from storage.polls.reminders import Reminder
from tools import Tools
from ui.posting import nonce_of, passes
from ui.text import plain
from wording.message_links import message_link

TOLD_EVERY = timedelta(minutes=10)  # and only then, whenever somebody votes


def mark_before(now: datetime) -> datetime:
    """The newest of the fixed times at which the number of ballots is told."""
    return now - (now - datetime(2000, 1, 1, tzinfo=UTC)) % TOLD_EVERY


async def end_poll(tools: Tools, guild_id: int, poll_id: int, now: datetime) -> None:
    """Extend or close a poll that is due; somebody may have been faster."""
    poll = await polls.poll_with_id(tools.database, guild_id, poll_id)
    if poll is not None and poll.state == "open" and poll.closes_at <= now:
        await end_if_due(tools.database, poll, now)


async def show_if_behind(tools: Tools, guild: discord.Guild, poll_id: int) -> None:
    """Bring a poll's card up to date, unless it is."""
    if await is_behind(tools.database, guild.id, poll_id):
        await put_poll(tools, guild, await poll_with_id(tools.database, guild.id, poll_id))


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
            f"{discord.utils.format_dt(poll.closes_at, 'R')}. {link}".strip(),
            nonce=nonce_of("reminder", poll.poll_id, reminder.member_id, reminder.due_at),
        )
    except (discord.HTTPException, discord.RateLimited, OSError) as error:
        if passes(error):
            await reminders.add_reminder(
                tools.database, reminder.guild_id, reminder.poll_id, reminder.member_id, reminder.due_at
            )
            raise
        log.info("a reminder could not be delivered")
