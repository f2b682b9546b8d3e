"""Ballots cast, changed and taken back."""

import asyncio
import json
import sqlite3
from datetime import datetime

import pytest

from governance.commitments import commit
from governance.receipts import find_receipt, verify
from storage.database import Database
from storage.members.privacy import delete
from storage.polls.ballots import (
    Ballot,
    CountedChoice,
    ballot_of,
    ballots_of,
    choices_of,
    tell_counts,
    to_tell,
)
from storage.polls.casting import CastBallot, cast, keep_reason, withdraw_ballot
from storage.polls.closing import cancel_poll, close_poll, extend_poll
from storage.polls.drafts import draft_of, keep_draft
from tests.features.polls.polls import (
    CLOSE,
    HOUR,
    MOMENT,
    close,
    exported,
    opened,
    present,
    problems,
    votes_in,
)
from tests.features.proposals.proposals import ADA, BERT, CLEO, HERE, NOW, THERE
from tests.storage.polls.voting import FIVE, TWO, receipt

SALT, OTHER_SALT = "5a17" * 8, "a1" * 16


async def test_a_ballot_and_what_its_receipt_stands_for(db: Database) -> None:
    poll = await opened(db)
    got = await cast(db, HERE, poll.poll_id, ADA, ' "two" ', NOW, salt=SALT)
    assert got == CastBallot(TWO, SALT)
    assert got.commitment == commit("two", SALT)
    assert await ballot_of(db, HERE, poll.poll_id, ADA) == Ballot(ADA, TWO, SALT, "", False, NOW, NOW, 0)
    assert await choices_of(db, HERE, poll.poll_id) == [CountedChoice(TWO, ADA, SALT)]
    assert not any(secret in repr(got) for secret in (SALT, "two"))


async def test_a_changed_ballot_takes_the_place_of_the_earlier_one(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, NOW, salt=SALT)
    assert await keep_reason(db, HERE, poll.poll_id, ADA, "Fair", True, NOW)
    await cast(db, HERE, poll.poll_id, BERT, TWO, NOW)
    await cast(db, HERE, poll.poll_id, ADA, FIVE, NOW + HOUR, salt=OTHER_SALT)
    assert await ballot_of(db, HERE, poll.poll_id, ADA) == Ballot(
        ADA, FIVE, OTHER_SALT, "Fair", True, NOW, NOW + HOUR, changes=1
    )
    assert await votes_in(db, HERE, poll.poll_id) == [(FIVE, ADA), (TWO, BERT)]
    assert await problems(db, poll) == ()


async def test_the_same_choice_again_is_the_same_ballot(db: Database) -> None:
    poll = await opened(db, method="score")
    first = await cast(db, HERE, poll.poll_id, ADA, '{"two": 5, "five": 1}', NOW)
    await cast(db, HERE, poll.poll_id, BERT, "null", NOW)
    assert await cast(db, HERE, poll.poll_id, ADA, '{"five":1,"two":5}', NOW + HOUR) == first
    assert (await present(db, poll)).writes == 2
    ballot = await ballot_of(db, HERE, poll.poll_id, ADA)
    assert ballot is not None
    assert (ballot.changed_at, ballot.changes, ballot.salt) == (NOW, 0, first.salt)


async def test_a_changed_ballot_delivered_twice_keeps_its_receipt(db: Database) -> None:
    poll = await opened(db)
    first = await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    both = await asyncio.gather(*(cast(db, HERE, poll.poll_id, ADA, FIVE, NOW) for _ in range(2)))
    assert both[0] == both[1]
    # another ballot than the first, with its own salt
    assert (await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)).salt != first.salt
    assert await problems(db, poll) == ()


async def test_a_reason_needs_a_ballot_and_leaves_a_ranking_that_was_begun(db: Database) -> None:
    poll = await opened(db, method="ranked_irv")
    assert not await keep_reason(db, HERE, poll.poll_id, ADA, "Fair", False, NOW)
    await cast(db, HERE, poll.poll_id, ADA, '["two"]', NOW)
    assert await keep_draft(db, HERE, poll.poll_id, ADA, None, "[]", NOW)
    assert await keep_reason(db, HERE, poll.poll_id, ADA, "Fair", False, NOW)
    assert await draft_of(db, HERE, poll.poll_id, ADA) == "[]"
    with pytest.raises(ValueError, match="closed at"):
        await keep_reason(db, HERE, poll.poll_id, ADA, "Late", False, CLOSE)
    with pytest.raises(sqlite3.IntegrityError, match="reason"):
        await keep_reason(db, HERE, poll.poll_id, ADA, "x" * 501, False, NOW)
    ballot = await ballot_of(db, HERE, poll.poll_id, ADA)
    assert ballot is not None
    assert ballot.reason == "Fair"


async def test_a_ballot_taken_back_and_cast_again(db: Database) -> None:
    poll = await opened(db, method="ranked_irv")
    assert not await withdraw_ballot(db, HERE, poll.poll_id, ADA, NOW)
    await cast(db, HERE, poll.poll_id, ADA, '["two"]', NOW, salt=SALT)
    await keep_draft(db, HERE, poll.poll_id, ADA, None, "[]", NOW)
    assert await withdraw_ballot(db, HERE, poll.poll_id, ADA, NOW)
    assert await draft_of(db, HERE, poll.poll_id, ADA) is None
    assert not await withdraw_ballot(db, HERE, poll.poll_id, ADA, NOW)
    assert await ballot_of(db, HERE, poll.poll_id, ADA) is None
    await cast(db, HERE, poll.poll_id, ADA, '["two"]', NOW)
    assert len(await choices_of(db, HERE, poll.poll_id)) == 1


async def test_voters_find_their_ballots_in_the_export(db: Database) -> None:
    poll = await opened(db)
    first = await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    changed = await cast(db, HERE, poll.poll_id, ADA, FIVE, NOW)
    gone = await cast(db, HERE, poll.poll_id, BERT, TWO, NOW)
    await withdraw_ballot(db, HERE, poll.poll_id, BERT, NOW)
    poll = await close(db, poll)
    told = await exported(db, poll)
    assert verify(told).ok
    found = [find_receipt(told, receipt(poll, ballot)) for ballot in (first, changed, gone)]
    assert [in_force for in_force, _ in found] == [False, True, False]
    assert found[1][1] == 'This ballot is in the counted list, unchanged: "five".'
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
    assert await votes_in(db, HERE, poll.poll_id) == [(TWO, ADA)]


async def test_an_extended_poll_takes_ballots_again(db: Database) -> None:
    poll = await opened(db)
    await extend_poll(db, HERE, poll.poll_id, CLOSE + HOUR, CLOSE)
    await cast(db, HERE, poll.poll_id, ADA, TWO, CLOSE + HOUR - MOMENT)
    with pytest.raises(ValueError, match="closed at 2031-05-11 13:00 UTC"):
        await cast(db, HERE, poll.poll_id, ADA, TWO, CLOSE + HOUR)


async def test_no_ballot_after_the_end(db: Database) -> None:
    early, counted_late, cancelled = [await opened(db) for _ in range(3)]
    await close_poll(db, HERE, early.poll_id, NOW + HOUR, "{}", writes=early.writes, forced=True)
    await close_poll(db, HERE, counted_late.poll_id, CLOSE + HOUR, "{}", writes=counted_late.writes)
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
    for read in (ballots_of, choices_of):
        assert await read(db, THERE, poll.poll_id) == []
        assert len(await read(db, HERE, poll.poll_id)) == 1


@pytest.mark.parametrize("choice", ["two", "NaN", '"\\ud800"'])
async def test_what_is_no_json_is_no_ballot(db: Database, choice: str) -> None:
    poll = await opened(db)
    with pytest.raises(ValueError):  # noqa: PT011
        await cast(db, HERE, poll.poll_id, ADA, choice, NOW)
    assert await choices_of(db, HERE, poll.poll_id) == []


async def test_how_many_voted_is_told_at_marks_alone(db: Database) -> None:
    poll, mark = await opened(db), NOW + HOUR
    for member_id in (ADA, BERT, CLEO):
        await cast(db, HERE, poll.poll_id, member_id, TWO, NOW)
        assert (await present(db, poll)).told == 0
    assert not await to_tell(db, NOW)  # the poll opened then
    assert await to_tell(db, mark)
    await tell_counts(db, mark)
    assert ((await present(db, poll)).told, (await present(db, poll)).told_at) == (3, mark)
    await withdraw_ballot(db, HERE, poll.poll_id, CLEO, mark)
    await delete(db, BERT)
    for again in (mark, NOW):  # a clock that was set back tells nothing new
        assert not await to_tell(db, again)
        await tell_counts(db, again)
        assert (await present(db, poll)).told == 3
    await tell_counts(db, mark + HOUR)
    assert (await present(db, poll)).told == 1
