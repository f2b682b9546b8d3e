"""A server's polls by number, by id, in lists, when they are due and how they end; never another server's."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from governance.chain import sha256, start
from governance.export import checked_export
from governance.votes.tally import METHODS
from storage.database import Database, execute, fetch_all, transaction
from storage.members.privacy import delete
from storage.polls.ballots import activity_of, choices_of
from storage.polls.casting import cast
from storage.polls.closing import cancel_poll, close_poll, extend_poll, set_poll_place
from storage.polls.polls import (
    Elector,
    Eligibility,
    Poll,
    count_polls,
    due_polls,
    electors_of,
    open_poll,
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
async def test_the_first_head_stands_for_what_was_asked(db: Database, change: dict[str, Any]) -> None:
    poll = await opened(db)
    assert poll.head == start(public_terms(poll))
    terms = public_terms(replace(poll, **change))
    assert start(terms) != poll.head
    assert start(public_terms(replace(poll, closes_at=CLOSE + HOUR, closed_at=CLOSE))) == poll.head


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
    assert not await close_poll(db, HERE, there, CLOSE, "{}", head=poll.head)
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
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE - MOMENT, "{}", head=poll.head)
    closings = (close_poll(db, HERE, poll.poll_id, CLOSE, f'{{"by": {n}}}', head=poll.head) for n in range(5))
    done = await asyncio.gather(*closings)
    assert sum(done) == 1
    assert await present(db, poll) == replace(
        poll, state="closed", result=f'{{"by": {done.index(True)}}}', closed_at=CLOSE, changed_at=CLOSE
    )
    assert not await cancel_poll(db, HERE, poll.poll_id, CLOSE)


async def test_a_moderator_closes_before_its_time(db: Database) -> None:
    poll = await opened(db)
    assert await close_poll(db, HERE, poll.poll_id, NOW + HOUR, "{}", head=poll.head, forced=True)
    assert (await present(db, poll)).closed_at == NOW + HOUR


async def test_a_result_without_the_newest_ballot_closes_nothing(db: Database) -> None:
    poll = await opened(db)
    before = await present(db, poll)
    await cast(db, HERE, poll.poll_id, ADA, '"two"', CLOSE - MOMENT)
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE, "{}", head=before.head)
    after = await present(db, poll)
    await delete(db, ADA)  # takes it back
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE, "{}", head=after.head)
    assert (await close(db, poll)).state == "closed"


async def test_what_was_cancelled_stays_and_counts_nothing(db: Database) -> None:
    poll = await opened(db)
    await cast(db, HERE, poll.poll_id, ADA, '"two"', NOW)
    assert await cancel_poll(db, HERE, poll.poll_id, NOW + HOUR)
    assert not await cancel_poll(db, HERE, poll.poll_id, NOW + HOUR)
    cancelled = await present(db, poll)
    assert (cancelled.state, cancelled.closed_at, cancelled.result) == ("cancelled", NOW + HOUR, None)
    assert not await close_poll(db, HERE, poll.poll_id, CLOSE, "{}", head=cancelled.head, forced=True)
    await delete(db, ADA)
    assert await choices_of(db, HERE, poll.poll_id) == []
    assert (await activity_of(db, HERE, poll.poll_id, NOW)).ballots == 0


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
        ("head = ''", "CHECK"),
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
        f"ballot_chain VALUES (2, {HERE}, 1, '{'a' * 64}', NULL, '{'a' * 64}', "
        "'2031-05-04T12:00:00.000000+00:00')",
        f"ballots VALUES (1, {HERE}, 1, '1', '{'a' * 32}', 7, '', 0, '2031-05-04T12:00:00.000000+00:00', "
        "'2031-05-04T12:00:00.000000+00:00', 0)",  # of no entry
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
