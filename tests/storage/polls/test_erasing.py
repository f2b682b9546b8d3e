"""Who deletes their data leaves a list that still verifies, and choices that are nobody's."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from governance.receipts import find_receipt, verify
from storage.database import Database, execute, fetch_all, transaction
from storage.members.privacy import PERSONAL_TABLES, delete, stored_about
from storage.members.verifications import make_code, use_code
from storage.polls.ballots import choices_of
from storage.polls.casting import cast, keep_reason, withdraw_ballot
from storage.polls.polls import Elector
from storage.polls.reminders import add_reminder
from tests.features.polls.polls import (
    CLOSE,
    HOUR,
    close,
    counted,
    exported,
    opened,
    present,
    problems,
    votes_in,
)
from tests.features.proposals.proposals import ADA, BERT, CLEO, HERE, NOW, THERE
from tests.storage.polls.voting import FIVE, TWO, receipt


async def test_an_open_poll_takes_the_ballot_back(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    await cast(db, HERE, poll.poll_id, BERT, FIVE, NOW + HOUR)
    assert (await delete(db, ADA))["ballots"] == 1
    assert (await present(db, poll)).writes == 3  # a count made before holds no more
    assert await votes_in(db, HERE, poll.poll_id) == [(FIVE, BERT)]
    for table in ("erased_choices", "erased_commitments"):
        assert await fetch_all(db, f"SELECT 1 FROM {table}") == []
    assert await problems(db, poll) == ()
    assert (await delete(db, ADA))["ballots"] == 0
    assert (await present(db, poll)).writes == 3


async def test_a_closed_poll_keeps_the_choice_as_nobodys(db: Database) -> None:
    poll = await opened(db)
    mine = await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    for member_id, choice in [(BERT, TWO), (CLEO, FIVE)]:
        await cast(db, HERE, poll.poll_id, member_id, choice, NOW)
    poll = await close(db, poll)
    whole = await exported(db, poll)
    for member_id in (ADA, BERT):
        assert (await delete(db, member_id))["ballots"] == 1
    left = await choices_of(db, HERE, poll.poll_id)
    assert [(each.choice, each.member_id) for each in left] == [(FIVE, CLEO), (TWO, None), (TWO, None)]
    assert [each.salt is None for each in left] == [False, True, True]
    assert await counted(db, poll) == json.loads(poll.result or "")
    told = await exported(db, poll)
    checked = verify(told, head=whole["head"])  # the head that was published stays the head
    assert (checked.ok, checked.counted, checked.salted) == (True, 3, 1)
    found, became = find_receipt(told, receipt(poll, mine))
    assert found
    assert "without its salt, which its voter had erased after the close" in became


async def test_an_end_that_has_come_and_was_not_counted_is_still_open(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, CLOSE - HOUR)
    await delete(db, ADA)
    assert await counted(db, await close(db, poll)) == {"winners": [], "totals": {"two": "0", "five": "0"}}


async def test_many_polls_on_two_servers_at_once(db: Database) -> None:
    polls = [await opened(db, guild_id=guild_id) for guild_id in (HERE, HERE, THERE, THERE)]
    for poll in polls:
        await cast(db, poll.guild_id, poll.poll_id, ADA, TWO, NOW)
        await cast(db, poll.guild_id, poll.poll_id, BERT, TWO, NOW)
        await withdraw_ballot(db, poll.guild_id, poll.poll_id, BERT, NOW)
    for poll in polls[::2]:
        await close(db, poll)
    assert (await delete(db, ADA))["ballots"] == 4
    for number, poll in enumerate(polls):
        closed = number % 2 == 0
        assert await votes_in(db, poll.guild_id, poll.poll_id) == ([(TWO, None)] if closed else [])
        assert await problems(db, poll) == ()


async def test_erasing_leaves_no_trace_of_the_member(db: Database, file: Path) -> None:
    ballots = []
    for ended in (True, False):
        poll = await opened(db, electors=[Elector(ADA, 12.5, "quiet_heron")])
        ballots.append(await cast(db, HERE, poll.poll_id, ADA, TWO, NOW))
        await keep_reason(db, HERE, poll.poll_id, ADA, "A reason of mine", False, NOW)
        await add_reminder(db, HERE, poll.poll_id, ADA, CLOSE)
        if ended:
            await close(db, poll)
    code = await make_code(db, ADA, "classic", "quiet_heron_2", NOW)
    await use_code(db, ADA, code.code, "quiet_heron", NOW)
    await make_code(db, ADA, "signals", "quiet_heron_3", NOW)
    expected = {
        "poll_authors": 2,
        "ballots": 2,
        "electors": 2,
        "reminders": 1,
        "account_verifications": 1,
        "verification_codes": 1,
    }
    assert await delete(db, ADA) == dict.fromkeys(PERSONAL_TABLES, 0) | expected
    assert not any((await stored_about(db, ADA)).values())
    with closing(sqlite3.connect(file)) as other:
        kept = "".join(other.iterdump())
    for trace in (str(ADA), "quiet_heron", "A reason of mine", *(ballot.salt for ballot in ballots)):
        assert trace not in kept


async def test_a_member_who_was_erased_may_vote_again(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    await delete(db, ADA)
    await cast(db, HERE, poll.poll_id, ADA, FIVE, NOW)
    assert await votes_in(db, HERE, poll.poll_id) == [(FIVE, ADA)]
    assert await problems(db, poll) == ()


async def test_an_erasure_that_fails_changes_nothing(db: Database) -> None:
    ended, going_on = await opened(db), await opened(db)
    for poll in (ended, going_on):
        await cast(db, HERE, poll.poll_id, ADA, TWO, NOW)
    await close(db, ended)
    async with transaction(db):
        await execute(
            db,
            "CREATE TRIGGER stays BEFORE DELETE ON poll_authors BEGIN SELECT raise(ABORT, 'stays'); END",
        )
    before = [await present(db, poll) for poll in (ended, going_on)]
    with pytest.raises(sqlite3.IntegrityError, match="stays"):
        await delete(db, ADA)
    assert [await present(db, poll) for poll in (ended, going_on)] == before
    assert await votes_in(db, HERE, ended.poll_id) == [(TWO, ADA)]
    assert await votes_in(db, HERE, going_on.poll_id) == [(TWO, ADA)]
