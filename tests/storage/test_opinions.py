"""Statements within their limits, one vote a member, and hiding with a reason."""

import sqlite3
from datetime import timedelta

import pytest

from storage.database import Database, fetch_all
from storage.members.privacy import delete
from storage.opinions import (
    DAY,
    MEMBER_A_DAY,
    MEMBER_IN_SIGHT,
    SERVER_A_DAY,
    SERVER_IN_SIGHT,
    Statement,
    Vote,
    add_statement,
    cast_vote,
    count_statements,
    hide_statement,
    statement_of,
    statements_of,
    votes_in,
)
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW, THERE
from tests.storage.logs import statement_events

HOUR = timedelta(hours=1)


async def added(
    db: Database, number: int, *, guild_id: int = HERE, member_id: int = ADA, days: float = 0
) -> Statement:
    claim = f"Claim {number}"
    return await add_statement(db, guild_id, member_id, claim, claim.casefold(), NOW + days * DAY)


async def test_a_statement_comes_back_as_it_was_and_counts_from_one(db: Database) -> None:
    first = await added(db, 1)
    later = await added(db, 2)
    assert first == Statement(first.statement_id, 1, "Claim 1", NOW, None, 0)
    assert await statements_of(db, HERE) == [later, first]
    assert await statements_of(db, HERE, limit=1, offset=1) == [first]
    assert (await added(db, 1, guild_id=THERE)).number == 1
    assert await statement_of(db, HERE, 2) == later
    with pytest.raises(ValueError, match="no statement #2 on this server"):
        await statement_of(db, THERE, 2)


async def test_a_claim_is_there_once_also_when_it_was_hidden(db: Database) -> None:
    await added(db, 1)
    with pytest.raises(ValueError, match=r"statement #1 already\. Vote on it"):
        await added(db, 1, member_id=BERT)
    await hide_statement(db, HERE, 1, BERT, "Rude", NOW, hidden=True)
    with pytest.raises(ValueError, match="statement #1 already, and hidden, for this reason: Rude"):
        await added(db, 1, member_id=BERT)
    assert await count_statements(db, HERE) == 0
    assert await count_statements(db, HERE, include_hidden=True) == 1


@pytest.mark.parametrize("claim", ["", "x" * 141])
async def test_the_table_refuses_what_makes_no_sense(db: Database, claim: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await add_statement(db, HERE, ADA, claim, "x", NOW)
    assert await fetch_all(db, "SELECT 1 FROM opinion_authors") == []


@pytest.mark.slow
async def test_a_thousand_statements_of_one_member_are_stopped(db: Database) -> None:
    sentences = set()
    for number in range(1000):
        try:
            await added(db, number)
        except ValueError as error:
            sentences.add(str(error))
    assert await count_statements(db, HERE) == MEMBER_A_DAY == 5
    assert sentences == {"You have added 5 statements in 24 hours, and that is the most. Vote on others."}
    assert (await added(db, 1, guild_id=THERE)).number == 1, "another server counts by itself"
    assert (await added(db, 1000, days=1)).number == 6, "a day later there is room again"


async def test_a_member_has_so_many_in_sight_at_most(db: Database) -> None:
    for number in range(MEMBER_IN_SIGHT):
        await added(db, number, days=number)
    with pytest.raises(ValueError, match="10 statements here are yours"):
        await added(db, 99, days=20)
    await hide_statement(db, HERE, 3, BERT, "Rude", NOW, hidden=True)
    assert (await added(db, 99, days=20)).number == 11


async def test_who_deletes_their_data_lifts_no_limit(db: Database) -> None:
    for number in range(MEMBER_A_DAY):
        await added(db, number)
        await delete(db, ADA)
    with pytest.raises(ValueError, match="You have added 5 statements in 24 hours"):
        await added(db, 99)
    for number in range(MEMBER_A_DAY, SERVER_A_DAY):
        await added(db, number, member_id=number)
    with pytest.raises(ValueError, match="30 statements were added here in 24 hours"):
        await added(db, 99, member_id=99)
    assert await count_statements(db, HERE) == SERVER_A_DAY


async def test_a_server_has_so_many_in_sight_at_most(db: Database) -> None:
    for number in range(SERVER_IN_SIGHT):
        await added(db, number, member_id=number, days=number)
    with pytest.raises(ValueError, match="This server has 100 statements"):
        await added(db, 100, days=200)


async def test_a_vote_counts_once_and_can_be_changed(db: Database) -> None:
    number = (await added(db, 1)).statement_id
    assert await cast_vote(db, HERE, number, ADA, 1, NOW) is None
    assert await cast_vote(db, HERE, number, ADA, 1, NOW + HOUR) == 1, "delivered twice"
    [row] = await fetch_all(db, "SELECT vote, cast_at FROM opinion_votes")
    assert tuple(row) == (1, "2031-05-04T12:00:00.000000+00:00"), "a second delivery leaves no trace"
    assert await cast_vote(db, HERE, number, ADA, -1, NOW + HOUR) == 1
    await cast_vote(db, HERE, number, BERT, 0, NOW)
    assert await votes_in(db, HERE) == [Vote(number, ADA, -1), Vote(number, BERT, 0)]
    assert await votes_in(db, HERE, member_id=BERT) == [Vote(number, BERT, 0)]
    assert await votes_in(db, THERE) == []
    assert (await statement_of(db, HERE, 1)).votes == 2
    with pytest.raises(sqlite3.IntegrityError):
        await cast_vote(db, HERE, number, ADA, 2, NOW)


async def test_what_is_hidden_takes_no_vote_and_its_votes_do_not_count(db: Database) -> None:
    number = (await added(db, 1)).statement_id
    await cast_vote(db, HERE, number, ADA, 1, NOW)
    assert not await hide_statement(db, THERE, 1, BERT, "Elsewhere", NOW, hidden=True)
    assert await hide_statement(db, HERE, 1, BERT, "Rude", NOW, hidden=True)
    assert not await hide_statement(db, HERE, 1, BERT, "Ruder", NOW, hidden=True)
    for vote in (cast_vote(db, HERE, number, BERT, 1, NOW), statement_of(db, HERE, 1)):
        with pytest.raises(ValueError, match="Statement #1 is hidden, for this reason: Rude"):
            await vote
    assert await votes_in(db, HERE) == []
    assert await statements_of(db, HERE) == []
    assert await hide_statement(db, HERE, 1, ADA, "It was meant kindly", NOW, hidden=False)
    assert await votes_in(db, HERE) == [Vote(number, ADA, 1)]
    assert await statement_events(db, HERE) == [
        ("hidden", "Rude", BERT),
        ("unhidden", "It was meant kindly", ADA),
    ]


async def test_a_vote_on_another_server_s_statement_is_refused(db: Database) -> None:
    number = (await added(db, 1)).statement_id
    with pytest.raises(ValueError, match="not on this server any more"):
        await cast_vote(db, THERE, number, BERT, 1, NOW)
    assert await fetch_all(db, "SELECT 1 FROM opinion_votes") == []


async def test_deleting_one_s_data_removes_votes_and_authorship(db: Database) -> None:
    number = (await added(db, 1)).statement_id
    for member in (ADA, BERT):
        await cast_vote(db, HERE, number, member, 1, NOW)
    await hide_statement(db, HERE, 1, ADA, "Mistyped", NOW, hidden=True)
    await hide_statement(db, HERE, 1, BERT, "No, it is not", NOW, hidden=False)
    removed = await delete(db, ADA)
    assert [removed[f"opinion_{table}"] for table in ("authors", "votes", "event_actors")] == [1, 1, 1]
    assert await votes_in(db, HERE) == [Vote(number, BERT, 1)]
    assert [each.claim for each in await statements_of(db, HERE)] == ["Claim 1"]
    assert await fetch_all(db, "SELECT 1 FROM opinion_authors") == []
    assert [actor for _, _, actor in await statement_events(db, HERE)] == [None, BERT]
