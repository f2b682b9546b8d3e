"""Ballots cast, changed and taken back."""

import asyncio
import json
import sqlite3
from datetime import datetime, timedelta

import pytest

from governance.chain import Entry, append, commit
from governance.receipts import find_receipt, verify
from storage.database import Database
from storage.polls.ballots import (
    Ballot,
    PollActivity,
    activity_of,
    ballot_of,
    ballots_of,
    chain_of,
    choices_of,
    choices_with_salts,
)
from storage.polls.casting import CastBallot, cast, receipt_of, withdraw_ballot
from storage.polls.closing import cancel_poll, close_poll, extend_poll
from tests.features.polls.polls import (
    CLOSE,
    HOUR,
    MOMENT,
    close,
    exported,
    opened,
    present,
    problems,
)
from tests.features.proposals.proposals import ADA, BERT, CLEO, HERE, NOW, THERE
from tests.storage.polls.voting import FIVE, TWO, appended, receipt

SALT, OTHER_SALT = "5a17" * 8, "a1" * 16


async def test_a_ballot_its_entry_and_its_receipt(db: Database) -> None:
    poll = await opened(db)
    got = await cast(db, HERE, poll.poll_id, ADA, ' "two" ', NOW, salt=SALT, reason="Fair", reason_named=True)
    commitment = commit("two", SALT)
    head = append(poll.head, commitment)
    assert got == CastBallot(1, commitment, SALT, head, replaced=False)
    assert await ballot_of(db, HERE, poll.poll_id, ADA) == Ballot(
        ADA, TWO, SALT, 1, "Fair", True, NOW, NOW, changes=0
    )
    assert await chain_of(db, HERE, poll.poll_id) == [Entry(1, commitment, poll.head, head)]
    assert (await present(db, poll)).head == head
    assert await receipt_of(db, HERE, poll.poll_id, ADA) == got
    assert SALT not in repr(got)


async def test_a_changed_ballot_replaces_the_earlier_one(db: Database) -> None:
    poll = await opened(db)
    first = await cast(db, HERE, poll.poll_id, ADA, TWO, NOW, salt=SALT, reason="Fair")
    await cast(db, HERE, poll.poll_id, BERT, TWO, NOW)
    changed = await cast(db, HERE, poll.poll_id, ADA, FIVE, NOW + HOUR, salt=OTHER_SALT)
    assert (changed.sequence, changed.replaced) == (3, True)
    chain = await chain_of(db, HERE, poll.poll_id)
    assert [(entry.sequence, entry.replaces) for entry in chain] == [(1, None), (2, None), (3, 1)]
    assert [entry.previous for entry in chain] == [poll.head, first.head, chain[1].head]
    assert await ballot_of(db, HERE, poll.poll_id, ADA) == Ballot(
        ADA, FIVE, OTHER_SALT, 3, "", False, NOW, NOW + HOUR, changes=1
    )
    assert await choices_of(db, HERE, poll.poll_id) == [(FIVE, ADA), (TWO, BERT)]
    assert await problems(db, poll) == ()


async def test_the_same_choice_again_is_the_same_ballot(db: Database) -> None:
    poll = await opened(db, method="score")
    first = await cast(db, HERE, poll.poll_id, ADA, '{"two": 5, "five": 1}', NOW, reason="Fair")
    await cast(db, HERE, poll.poll_id, BERT, "null", NOW)
    again = await cast(
        db, HERE, poll.poll_id, ADA, '{"five":1,"two":5}', NOW + HOUR, reason="Fairer", reason_named=True
    )
    assert again == first
    assert len(await chain_of(db, HERE, poll.poll_id)) == 2
    ballot = await ballot_of(db, HERE, poll.poll_id, ADA)
    assert ballot is not None
    assert (ballot.changed_at, ballot.changes, ballot.salt) == (NOW, 0, first.salt)
    assert (ballot.reason, ballot.reason_named) == ("Fairer", True)
    other = await ballot_of(db, HERE, poll.poll_id, BERT)
    assert other is not None
    assert other.reason == ""


async def test_a_changed_ballot_delivered_twice_keeps_its_receipt(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    both = await asyncio.gather(*(cast(db, HERE, poll.poll_id, ADA, FIVE, NOW) for _ in range(2)))
    assert both[0] == both[1]
    assert both[0].replaced
    back = await cast(
        db, HERE, poll.poll_id, ADA, TWO, NOW
    )  # another ballot than the first, with its own salt
    assert (back.sequence, back.replaced) == (3, True)
    assert await problems(db, poll) == ()


async def test_a_ballot_taken_back_and_cast_again(db: Database) -> None:
    poll = await opened(db)
    assert await withdraw_ballot(db, HERE, poll.poll_id, ADA, NOW) is None
    first = await cast(db, HERE, poll.poll_id, ADA, TWO, NOW, salt=SALT)
    entry = await withdraw_ballot(db, HERE, poll.poll_id, ADA, NOW)
    assert entry == Entry(2, None, first.head, append(first.head, None, replaces=1), 1)
    assert await withdraw_ballot(db, HERE, poll.poll_id, ADA, NOW) is None
    assert await ballot_of(db, HERE, poll.poll_id, ADA) is None
    assert await receipt_of(db, HERE, poll.poll_id, ADA) is None
    again = await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    assert (again.sequence, again.replaced) == (3, False)
    assert await problems(db, poll) == ()


async def test_voters_find_their_ballots_in_the_export(db: Database) -> None:
    poll = await opened(db)
    first = await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    changed = await cast(db, HERE, poll.poll_id, ADA, FIVE, NOW)
    gone = await cast(db, HERE, poll.poll_id, BERT, TWO, NOW)
    await withdraw_ballot(db, HERE, poll.poll_id, BERT, NOW)
    poll = await close(db, poll)
    told = await exported(db, poll)
    assert verify(told).ok
    assert [find_receipt(told, receipt(poll, ballot)) for ballot in (first, changed, gone)] == [
        "This ballot was changed by its voter, in entry 2: it counts no more.",
        'This ballot is in the counted list, unchanged: "five".',
        "This ballot was withdrawn by its voter, in entry 4: it counts no more.",
    ]
    assert verify(told).recount == json.loads(poll.result or "")


@pytest.mark.parametrize(
    ("now", "message"),
    [
        (NOW - MOMENT, "Poll #1 opens at 2031-05-04 12:00 UTC."),
        (CLOSE, "Poll #1 closed at 2031-05-11 12:00 UTC."),
        (CLOSE + HOUR, "Poll #1 closed at 2031-05-11 12:00 UTC."),
    ],
)
async def test_a_ballot_in_time_to_the_microsecond(db: Database, now: datetime, message: str) -> None:
    poll = await opened(db, now=NOW - HOUR)
    for in_time in (NOW, CLOSE - MOMENT):
        await cast(db, HERE, poll.poll_id, ADA, TWO, in_time)
    for late in (
        cast(db, HERE, poll.poll_id, ADA, FIVE, now),
        withdraw_ballot(db, HERE, poll.poll_id, ADA, now),
    ):
        with pytest.raises(ValueError) as refused:  # noqa: PT011
            await late
        assert str(refused.value) == message
    assert await choices_of(db, HERE, poll.poll_id) == [(TWO, ADA)]
    assert len(await chain_of(db, HERE, poll.poll_id)) == 1


async def test_an_extended_poll_takes_ballots_again(db: Database) -> None:
    poll = await opened(db)
    await extend_poll(db, HERE, poll.poll_id, CLOSE + HOUR, CLOSE)
    await cast(db, HERE, poll.poll_id, ADA, TWO, CLOSE + HOUR - MOMENT)
    with pytest.raises(ValueError, match="closed at 2031-05-11 13:00 UTC"):
        await cast(db, HERE, poll.poll_id, ADA, TWO, CLOSE + HOUR)


async def test_no_ballot_after_the_end(db: Database) -> None:
    early, counted_late, cancelled = [await opened(db) for _ in range(3)]
    await close_poll(db, HERE, early.poll_id, NOW + HOUR, "{}", head=early.head, forced=True)
    await close_poll(db, HERE, counted_late.poll_id, CLOSE + HOUR, "{}", head=counted_late.head)
    await cancel_poll(db, HERE, cancelled.poll_id, NOW)
    for poll, message in [
        (early, "Poll #1 closed at 2031-05-04 13:00 UTC."),
        (counted_late, "Poll #2 closed at 2031-05-11 12:00 UTC."),  # not when somebody came to count it
        (cancelled, "Poll #3 was cancelled."),
    ]:
        with pytest.raises(ValueError, match=message):
            await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)


async def test_a_poll_of_another_server_takes_no_ballot(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    for elsewhere in (
        cast(db, THERE, poll.poll_id, BERT, TWO, NOW),
        withdraw_ballot(db, THERE, poll.poll_id, ADA, NOW),
    ):
        with pytest.raises(ValueError, match="no such poll on this server"):
            await elsewhere
    assert await ballot_of(db, THERE, poll.poll_id, ADA) is None
    assert await receipt_of(db, THERE, poll.poll_id, ADA) is None
    for read in (ballots_of, chain_of, choices_of, choices_with_salts):
        assert await read(db, THERE, poll.poll_id) == []
        assert len(await read(db, HERE, poll.poll_id)) == 1
    assert await activity_of(db, THERE, poll.poll_id, NOW) == PollActivity(0, 0)


@pytest.mark.parametrize("choice", ["two", "NaN", '"\\ud800"'])
async def test_what_is_no_json_is_no_ballot(db: Database, choice: str) -> None:
    poll = await opened(db)
    with pytest.raises(ValueError):  # noqa: PT011
        await cast(db, HERE, poll.poll_id, ADA, choice, NOW)
    assert await chain_of(db, HERE, poll.poll_id) == []


async def test_a_reason_that_is_too_long_undoes_the_ballot(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, NOW, reason="x" * 500)
    before = await present(db, poll)
    with pytest.raises(sqlite3.IntegrityError, match="reason"):
        await cast(db, HERE, poll.poll_id, ADA, FIVE, NOW, reason="x" * 501)
    assert await present(db, poll) == before
    assert await problems(db, poll) == ()


async def test_a_clock_set_back_takes_ballots_in_their_order(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, NOW + 2 * HOUR)
    await cast(db, HERE, poll.poll_id, BERT, TWO, NOW + HOUR)
    await withdraw_ballot(db, HERE, poll.poll_id, BERT, NOW)
    await cast(db, HERE, poll.poll_id, CLEO, TWO, NOW + 3 * HOUR)
    hours = [time[11:13] for time in await appended(db)]
    assert hours == ["14", "14", "14", "15"]
    assert await problems(db, poll) == ()


async def test_what_moved_lately(db: Database) -> None:
    poll, day = await opened(db), timedelta(days=1)
    assert await activity_of(db, HERE, poll.poll_id, NOW) == PollActivity(0, 0)
    for member_id in (ADA, BERT, CLEO):
        await cast(db, HERE, poll.poll_id, member_id, TWO, NOW)
    for now, lately in [(NOW + day - MOMENT, 3), (NOW + day, 0)]:
        assert await activity_of(db, HERE, poll.poll_id, now) == PollActivity(3, lately)
    await cast(db, HERE, poll.poll_id, ADA, FIVE, NOW + 2 * day)
    await cast(db, HERE, poll.poll_id, BERT, TWO, NOW + 2 * day)  # moves nothing
    await withdraw_ballot(db, HERE, poll.poll_id, CLEO, NOW + 2 * day)
    assert await activity_of(db, HERE, poll.poll_id, NOW + 2 * day) == PollActivity(2, 1)
