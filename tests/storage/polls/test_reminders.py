"""Who asked for it is reminded once, of a poll in which they can still vote."""

import asyncio
from datetime import datetime

import pytest

from storage.database import Database, fetch_all
from storage.polls.closing import cancel_poll, close_poll
from storage.polls.polls import Poll
from storage.polls.reminders import Reminder, add_reminder, due_reminders, take_reminder
from tests.features.polls.polls import CLOSE, HOUR, MOMENT, opened
from tests.features.proposals.proposals import ADA, BERT, CLEO, HERE, NOW, THERE

DUE = CLOSE - 24 * HOUR


async def kept(db: Database) -> int:
    return len(await fetch_all(db, "SELECT 1 FROM reminders"))


async def take_due_reminders(db: Database, now: datetime) -> list[Reminder]:
    return [each for each in await due_reminders(db, now) if await take_reminder(db, each, now)]


async def test_each_is_taken_once_when_it_is_due(db: Database) -> None:
    poll, other = await opened(db), await opened(db, guild_id=THERE)
    assert await add_reminder(db, HERE, poll.poll_id, BERT, DUE)
    assert await add_reminder(db, HERE, poll.poll_id, ADA, DUE)
    assert await add_reminder(db, HERE, poll.poll_id, CLEO, DUE + HOUR)
    assert await add_reminder(db, THERE, other.poll_id, ADA, DUE - HOUR)
    assert await take_due_reminders(db, DUE - HOUR - MOMENT) == []
    taken = await asyncio.gather(*(take_due_reminders(db, DUE) for _ in range(3)))
    assert sorted(
        (each for part in taken for each in part), key=lambda each: (each.due_at, each.member_id)
    ) == [
        Reminder(other.poll_id, THERE, ADA, DUE - HOUR),
        Reminder(poll.poll_id, HERE, ADA, DUE),
        Reminder(poll.poll_id, HERE, BERT, DUE),
    ]
    assert await take_due_reminders(db, DUE + HOUR) == [Reminder(poll.poll_id, HERE, CLEO, DUE + HOUR)]


async def test_the_last_wish_counts(db: Database) -> None:
    poll = await opened(db)
    await add_reminder(db, HERE, poll.poll_id, ADA, DUE)
    await add_reminder(db, HERE, poll.poll_id, ADA, DUE + HOUR)
    assert await kept(db) == 1
    assert await take_due_reminders(db, DUE) == []


async def test_after_an_outage_nobody_is_reminded_of_what_is_over(db: Database) -> None:
    poll = await opened(db)
    await add_reminder(db, HERE, poll.poll_id, ADA, DUE)
    assert await take_due_reminders(db, CLOSE) == []
    assert await kept(db) == 0


@pytest.mark.parametrize("end", ["close", "cancel"])
async def test_an_end_drops_the_reminders_of_its_poll(db: Database, end: str) -> None:
    async def ended(poll: Poll) -> bool:
        if end == "cancel":
            return await cancel_poll(db, HERE, poll.poll_id, NOW)
        return await close_poll(db, HERE, poll.poll_id, NOW, "{}", writes=poll.writes, forced=True)

    poll, other = await opened(db), await opened(db)
    for each in (poll, other):
        assert await add_reminder(db, HERE, each.poll_id, ADA, DUE)
    assert await ended(poll)
    assert await kept(db) == 1
    assert not await add_reminder(db, HERE, poll.poll_id, ADA, DUE)
    assert not await add_reminder(db, THERE, other.poll_id, ADA, DUE)
    assert await take_due_reminders(db, DUE) == [Reminder(other.poll_id, HERE, ADA, DUE)]
