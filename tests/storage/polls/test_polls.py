"""Polls as rows: opened, listed, due."""

import asyncio
import sqlite3
from dataclasses import replace
from typing import Any

import pytest

from governance.commitments import sha256, terms_hash
from governance.export import checked_export
from governance.votes.tally import METHODS
from storage.database import Database, execute, fetch_all, transaction
from storage.members.privacy import delete
from storage.polls.closing import cancel_poll, close_poll, extend_poll, set_poll_place
from storage.polls.opening import open_poll
from storage.polls.polls import (
    Elector,
    Eligibility,
    count_polls,
    due_polls,
    electors_of,
    open_poll_of,
    poll_in,
    poll_of,
    poll_with_id,
    polls_in,
    public_terms,
)
from tests.features.polls.polls import CLOSE, HOUR, MOMENT, SEED, TERMS, close, exported, opened, present
from tests.features.proposals.proposals import ADA, BERT, CLEO, HERE, NOW, THERE, filed, without_limits


async def test_a_poll_comes_back_as_it_was_opened(db: Database) -> None:
    proposal = await filed(db)
    terms = replace(
        TERMS,
        title="Wie viel? 🗳️",
        description="Share of the weight",
        method="dots",
        budget=7,
        quorum=30,
        eligibility=Eligibility(role=700719925474099399, server_days=14, account_days=30, verified=True),
    )
    poll = await open_poll(db, HERE, BERT, terms, NOW - HOUR, proposal_id=proposal.proposal_id)
    assert {name: vars(poll)[name] for name in vars(terms)} == vars(terms)
    assert (poll.number, poll.proposal_id, poll.author) == (1, proposal.proposal_id, BERT)
    assert (poll.state, poll.extended, poll.result, poll.closed_at) == ("open", False, None, None)
    assert (poll.channel, poll.thread, poll.message, poll.changed_at) == (None, None, None, NOW - HOUR)
    assert await poll_of(db, HERE, 1) == await poll_with_id(db, HERE, poll.poll_id) == poll


async def test_the_seed_is_promised_and_not_told(db: Database) -> None:
    poll = await opened(db)
    assert poll.tie_commitment == sha256(SEED)
    assert SEED not in repr(poll)
    assert SEED not in str(public_terms(poll))
    by_chance = [(await open_poll(db, HERE, ADA, TERMS, NOW)).tie_seed for _ in range(2)]
    assert len({SEED, *by_chance}) == 3


@pytest.mark.parametrize(
    "change",
    [{"title": "Other"}, {"options": ["two", "six"]}, {"method": "approval"}, {"opens_at": NOW + MOMENT}],
)
async def test_receipts_stand_for_what_was_asked(db: Database, change: dict[str, Any]) -> None:
    poll = await opened(db)
    asked = terms_hash(public_terms(poll))
    assert terms_hash(public_terms(replace(poll, **change))) != asked
    later = replace(poll, closes_at=CLOSE + HOUR, closed_at=CLOSE)
    assert terms_hash(public_terms(later)) == asked


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_can_be_kept_and_exported(db: Database, method: str) -> None:
    options = {"numeric": ["0", "0.1", "0.01"], "gradient": None}.get(method, ["a", "b"])
    poll = await close(db, await opened(db, method=method, options=options))
    assert poll.options == options
    assert checked_export(await exported(db, poll))["poll"]["method"] == method


async def test_numbers_are_a_servers_own_and_never_used_again(db: Database) -> None:
    polls = [await opened(db, guild_id=guild_id) for guild_id in (HERE, HERE, THERE)]
    assert [poll.number for poll in polls] == [1, 2, 1]
    assert len({poll.poll_id for poll in polls}) == 3
    await cancel_poll(db, HERE, polls[1].poll_id, NOW)
    assert (await opened(db)).number == 3
    async with transaction(db):
        await execute(db, "DELETE FROM polls")
    assert (await opened(db)).poll_id == polls[2].poll_id + 2


async def test_two_at_once_get_two_numbers(db: Database) -> None:
    polls = await asyncio.gather(*(opened(db) for _ in range(8)))
    assert sorted(poll.number for poll in polls) == list(range(1, 9))


async def test_a_poll_of_another_server_is_not_there(db: Database) -> None:
    poll = await opened(db, guild_id=THERE, electors=[Elector(ADA, 1.5, "heron")])
    there = poll.poll_id
    assert await poll_of(db, HERE, 1) is None
    assert await poll_with_id(db, HERE, there) is None
    assert await polls_in(db, HERE) == []
    assert await electors_of(db, HERE, there) == []
    assert not await set_poll_place(db, HERE, there, channel=1, thread=2, message=3)
    assert not await extend_poll(db, HERE, there, CLOSE + HOUR, NOW)
    assert not await close_poll(db, HERE, there, CLOSE, "{}", writes=poll.writes)
    assert not await cancel_poll(db, HERE, there, NOW)
    with pytest.raises(ValueError, match="There is no poll #1 on this server"):
        await poll_in(db, HERE, 1)
    assert await present(db, poll) == poll


async def test_lists_hold_the_states_asked_for_in_pages(db: Database) -> None:
    polls = [await opened(db) for _ in range(4)]
    await opened(db, guild_id=THERE)
    await cancel_poll(db, HERE, polls[1].poll_id, NOW)
    await close(db, polls[2])
    for states, numbers in [
        (None, [4, 3, 2, 1]),
        (["open"], [4, 1]),
        ({"closed", "cancelled"}, [3, 2]),
        ([], []),
        (["' OR 1 --"], []),
    ]:
        assert [poll.number for poll in await polls_in(db, HERE, states=states)] == numbers
        assert await count_polls(db, HERE, states=states) == len(numbers)
    pages = [await polls_in(db, HERE, limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [[poll.number for poll in page] for page in pages] == [[4, 3, 2], [1], []]


async def test_a_proposal_is_voted_on_in_one_poll_at_a_time(db: Database) -> None:
    await without_limits(db)
    first, other = await filed(db), await filed(db)
    poll = await opened(db, proposal_id=first.proposal_id)
    with pytest.raises(ValueError, match="voted on already, in poll #1"):
        await opened(db, proposal_id=first.proposal_id)
    assert await open_poll_of(db, HERE, first.proposal_id) == poll
    assert await open_poll_of(db, HERE, other.proposal_id) is None
    assert await open_poll_of(db, THERE, first.proposal_id) is None
    await opened(db, proposal_id=other.proposal_id)
    await cancel_poll(db, HERE, poll.poll_id, NOW)
    assert await open_poll_of(db, HERE, first.proposal_id) is None
    assert (await opened(db, proposal_id=first.proposal_id)).number == 3
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        await opened(db, guild_id=THERE, proposal_id=first.proposal_id)


async def test_the_electors_are_those_of_the_opening(db: Database) -> None:
    electors = [Elector(BERT, 0.1 + 0.2, "heron"), Elector(ADA, 0.0, "Ωμέγα")]
    poll = await opened(db, electors=electors)
    await opened(db, electors=[Elector(CLEO, 9e6, "crane")])
    assert await electors_of(db, HERE, poll.poll_id) == electors[::-1]
    await delete(db, BERT)
    assert await electors_of(db, HERE, poll.poll_id) == [electors[1]]


@pytest.mark.parametrize("stake", [-1.0, float("nan"), float("inf")])
async def test_a_stake_that_is_none_opens_no_poll(db: Database, stake: float) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await opened(db, electors=[Elector(ADA, 1.0, "heron"), Elector(BERT, stake, "crane")])
    assert await polls_in(db, HERE) == []
    assert await fetch_all(db, "SELECT 1 FROM electors") == []


async def test_due_is_what_is_over_to_the_microsecond_on_every_server(db: Database) -> None:
    late, first = await opened(db, closes_at=CLOSE + HOUR), await opened(db, guild_id=THERE)
    gone = await opened(db)
    await cancel_poll(db, HERE, gone.poll_id, NOW)
    assert await due_polls(db, CLOSE - MOMENT) == []
    assert await due_polls(db, CLOSE) == [first]
    assert await due_polls(db, CLOSE + HOUR) == [first, late]
    await close(db, first)
    assert await due_polls(db, CLOSE + HOUR) == [late]


async def test_looking_for_what_is_due_reads_an_index(db: Database) -> None:
    [row, *_] = await fetch_all(
        db, "EXPLAIN QUERY PLAN SELECT * FROM polls WHERE state = 'open' AND closes_at <= ''"
    )
    assert "INDEX polls_due" in row["detail"]
