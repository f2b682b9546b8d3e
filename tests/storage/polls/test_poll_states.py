"""Polls as rows: cards, extension, close, and what the tables refuse."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database, execute, transaction
from storage.members.privacy import delete
from storage.polls.ballots import choices_of
from storage.polls.casting import cast
from storage.polls.closing import cancel_poll, close_poll, extend_poll, set_poll_place
from storage.polls.polls import (
    Poll,
    polls_in,
)
from tests.features.polls.polls import CLOSE, HOUR, MOMENT, close, opened, present
from tests.features.proposals.proposals import ADA, HERE, NOW, THERE


async def test_a_card_has_its_place(db: Database) -> None:
    poll = await opened(db)
    assert await set_poll_place(db, HERE, poll.poll_id, channel=1, thread=None, message=3)
    assert await present(db, poll) == replace(poll, channel=1, message=3)


async def test_a_poll_is_extended_once_and_only_to_later(db: Database) -> None:
    poll = await opened(db)
    for no_later in (CLOSE, CLOSE - HOUR):
        assert not await extend_poll(db, HERE, poll.poll_id, no_later, NOW)
    assert await extend_poll(db, HERE, poll.poll_id, CLOSE + HOUR, CLOSE)
    assert await present(db, poll) == replace(poll, closes_at=CLOSE + HOUR, extended=True, changed_at=CLOSE)
    assert not await extend_poll(db, HERE, poll.poll_id, CLOSE + 2 * HOUR, CLOSE)
    await cast(db, HERE, poll.poll_id, ADA, '"two"', CLOSE)
    ended = await opened(db)
    await close(db, ended)
    assert not await extend_poll(db, HERE, ended.poll_id, CLOSE + HOUR, CLOSE)


async def test_a_poll_closes_once_and_not_before_its_time(db: Database) -> None:
    poll = await opened(db)
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE - MOMENT, "{}", writes=poll.writes)
    closings = (
        close_poll(db, HERE, poll.poll_id, CLOSE, f'{{"by": {n}}}', writes=poll.writes) for n in range(5)
    )
    done = await asyncio.gather(*closings)
    assert sum(done) == 1
    assert await present(db, poll) == replace(
        poll, state="closed", result=f'{{"by": {done.index(True)}}}', closed_at=CLOSE, changed_at=CLOSE
    )
    assert not await cancel_poll(db, HERE, poll.poll_id, CLOSE)


async def test_a_moderator_closes_before_its_time(db: Database) -> None:
    poll = await opened(db)
    assert await close_poll(db, HERE, poll.poll_id, NOW + HOUR, "{}", writes=poll.writes, forced=True)
    assert (await present(db, poll)).closed_at == NOW + HOUR


async def test_a_result_without_the_newest_ballot_closes_nothing(db: Database) -> None:
    poll = await opened(db)
    before = await present(db, poll)
    await cast(db, HERE, poll.poll_id, ADA, '"two"', CLOSE - MOMENT)
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE, "{}", writes=before.writes)
    after = await present(db, poll)
    await delete(db, ADA)  # takes it back
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE, "{}", writes=after.writes)
    assert (await close(db, poll)).state == "closed"


async def test_what_was_cancelled_stays_and_counts_nothing(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, '"two"', NOW)
    assert await cancel_poll(db, HERE, poll.poll_id, NOW + HOUR)
    assert not await cancel_poll(db, HERE, poll.poll_id, NOW + HOUR)
    cancelled = await present(db, poll)
    assert (cancelled.state, cancelled.closed_at, cancelled.result) == ("cancelled", NOW + HOUR, None)
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE, "{}", writes=cancelled.writes, forced=True)
    await delete(db, ADA)
    assert await choices_of(db, HERE, poll.poll_id) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "CHECK"),
        ({"title": "x" * 201}, "CHECK"),
        ({"description": "x" * 1001}, "CHECK"),
        ({"method": "plurality"}, "CHECK"),
        ({"budget": 10}, "CHECK"),  # of what is no dots
        ({"method": "dots", "budget": 0}, "CHECK"),
        ({"closes_at": NOW}, "CHECK"),
        ({"quorum": -1}, "CHECK"),
        ({"electorate": -1}, "CHECK"),
        ({"spec_hash": "AB" * 32}, "CHECK"),
        ({"spec_hash": "ab"}, "CHECK"),
    ],
)
async def test_the_table_refuses_terms_that_make_no_sense(
    db: Database, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=message):
        await opened(db, **changes)
    await opened(db, title="x" * 200, description="x" * 1000)
    assert [poll.number for poll in await polls_in(db, HERE)] == [1]


async def test_options_that_json_cannot_say_get_a_sentence(db: Database) -> None:
    with pytest.raises(ValueError, match="plain text, finite numbers and lists"):
        await opened(db, options=[float("nan")])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("state = 'closed', closed_at = changed_at", "CHECK"),  # without a result
        ("state = 'cancelled'", "CHECK"),  # without a moment
        ("result = '{}'", "CHECK"),
        ("result = 'won', state = 'closed', closed_at = changed_at", "CHECK"),
        ("writes = -1", "CHECK"),
        ("told = -1", "CHECK"),
        ("told_at = '2031-05-04'", "CHECK"),
        ("number = 2", "UNIQUE"),
        ("closed_at = '2031-05-04'", "CHECK"),
        ("guild_id = NULL", "NOT NULL"),
    ],
)
async def test_the_table_refuses_states_that_make_no_sense(db: Database, change: str, message: str) -> None:
    await opened(db)
    await opened(db)
    with pytest.raises(sqlite3.IntegrityError, match=message):
        async with transaction(db):
            await execute(db, f"UPDATE polls SET {change} WHERE poll_id = 1")


@pytest.mark.parametrize(
    "row",
    [
        f"poll_authors VALUES (2, {HERE}, 1)",
        f"electors VALUES (2, {HERE}, 1, 1.0, 'heron')",
        f"reminders VALUES (2, {HERE}, 1, '2031-05-04T12:00:00.000000+00:00')",
        f"erased_choices VALUES (2, {HERE}, '1', 1)",
        f"erased_commitments VALUES (2, {HERE}, '{'a' * 64}')",
        f"ballots VALUES (2, {HERE}, 1, '1', '{'a' * 32}', '', 0, '2031-05-04T12:00:00.000000+00:00', "
        "'2031-05-04T12:00:00.000000+00:00', 0)",
    ],
)
async def test_nothing_belongs_to_a_poll_of_another_server(db: Database, row: str) -> None:
    for guild_id in (HERE, THERE):
        await opened(db, guild_id=guild_id)
    async with transaction(db):  # else a row is refused because there is one already
        await execute(db, "DELETE FROM poll_authors")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        async with transaction(db):
            await execute(db, f"INSERT INTO {row}")


async def test_a_poll_outlives_its_author(db: Database) -> None:
    poll: Poll = await opened(db)
    await delete(db, ADA)
    assert await present(db, poll) == replace(poll, author=None)
    assert poll.closes_at - poll.opens_at == timedelta(days=7)
