"""A server's proposals by number, by id, in lists and by what they say; never another server's."""

import sqlite3
from datetime import timedelta

import pytest

from storage.database import Database, execute, fetch_all, transaction
from storage.proposals.filing import revise
from storage.proposals.proposals import (
    OpenContent,
    StoredProposal,
    count_proposals,
    due_proposals,
    open_contents,
    proposal_in,
    proposal_of,
    proposal_with_id,
    proposals_in,
    revision_of,
    revisions_of,
)
from storage.proposals.stages import hide, move_stage, set_due
from tests.features.proposals.proposals import (
    ADA,
    BERT,
    EARLY,
    HERE,
    NOW,
    THERE,
    content,
    filed,
    without_limits,
)

HOUR = timedelta(hours=1)


async def move(db: Database, number: int, stage: str) -> None:
    proposal = await proposal_in(db, HERE, number)
    assert await move_stage(db, proposal, stage, NOW, due_at=None)


@pytest.fixture
async def five(db: Database) -> list[StoredProposal]:
    """Two ideas of different people, a discussion, one withdrawn and one hidden; one more elsewhere."""
    await without_limits(db)
    proposals = [
        await filed(db, "First", kind="payout"),
        await filed(db, "Second", member_id=BERT, tournament="signals"),
        await filed(db, "Third", kind="payout"),
        await filed(db, "Fourth"),
        await filed(db, "Fifth"),
    ]
    await filed(db, "Elsewhere", guild_id=THERE)
    await move(db, 3, "discussion")
    await move(db, 4, "withdrawn")
    await hide(db, HERE, 5, BERT, "Spam", NOW)
    return proposals


async def test_a_proposal_of_another_server_is_not_there(db: Database, five: list[StoredProposal]) -> None:
    elsewhere = await proposal_of(db, THERE, 1)
    assert elsewhere is not None
    assert elsewhere.title == "Elsewhere"
    assert await proposal_of(db, THERE, 2) is None
    assert await proposal_with_id(db, HERE, elsewhere.proposal_id) is None
    assert await proposal_with_id(db, THERE, elsewhere.proposal_id) == elsewhere
    assert await proposal_with_id(db, HERE, five[0].proposal_id) == five[0]
    assert await revision_of(db, THERE, 2) is None
    assert await revisions_of(db, THERE, 2) == []


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, [4, 3, 2, 1]),
        ({"include_hidden": True}, [5, 4, 3, 2, 1]),
        ({"stages": ["idea", "discussion"]}, [3, 2, 1]),
        ({"stages": []}, []),
        ({"kind": "payout"}, [3, 1]),
        ({"kind": "payout", "stages": {"idea"}}, [1]),
        ({"tournament": "signals"}, [2]),
        ({"author": ADA}, [4, 3, 1]),
        ({"author": BERT, "tournament": "classic"}, []),
        ({"kind": "' OR 1 --"}, []),
    ],
)
async def test_lists_hold_what_was_asked_for(
    db: Database, five: list[StoredProposal], filters: dict, numbers: list[int]
) -> None:
    assert [proposal.number for proposal in await proposals_in(db, HERE, **filters)] == numbers
    assert await count_proposals(db, HERE, **filters) == len(numbers)


async def test_lists_come_in_pages(db: Database, five: list[StoredProposal]) -> None:
    pages = [await proposals_in(db, HERE, limit=3, offset=offset) for offset in (0, 3, 6)]
    assert [[proposal.number for proposal in page] for page in pages] == [[4, 3, 2], [1], []]


async def test_what_open_proposals_say_now(db: Database, five: list[StoredProposal]) -> None:
    await revise(
        db, HERE, 1, ADA, content("First again"), NOW,
        expected_revision=1, stages=EARLY, substantive=False, due_at=None,
    )  # fmt: skip
    assert await open_contents(db, HERE) == [
        OpenContent(3, "Third", '{"title": "Third"}'),
        OpenContent(2, "Second", '{"title": "Second"}'),
        OpenContent(1, "First again", '{"title": "First again"}'),
    ]


async def test_what_members_may_act_on(db: Database, five: list[StoredProposal]) -> None:
    assert await proposal_in(db, HERE, 1, stages=EARLY) == five[0]
    assert (await proposal_in(db, HERE, 5)).hidden_reason == "Spam"
    with pytest.raises(ValueError, match="Proposal #5 is hidden, for this reason: Spam"):
        await proposal_in(db, HERE, 5, stages=EARLY)
    await move(db, 3, "last_call")
    with pytest.raises(ValueError, match="#3 stands at “last call” now"):
        await proposal_in(db, HERE, 3, stages=EARLY)
    with pytest.raises(ValueError, match="no proposal #6 on this server"):
        await proposal_in(db, HERE, 6)


async def test_due_is_what_is_due_to_the_microsecond_on_every_server(db: Database) -> None:
    await without_limits(db)
    await filed(db, "Later", due_at=NOW + HOUR)
    await filed(db, "Never")
    await filed(db, "First", guild_id=THERE, due_at=NOW)
    assert await due_proposals(db, NOW - timedelta(microseconds=1)) == []
    assert [proposal.title for proposal in await due_proposals(db, NOW)] == ["First"]
    [first, later] = await due_proposals(db, NOW + HOUR)
    assert [(first.title, first.guild_id), (later.title, later.guild_id)] == [
        ("First", THERE),
        ("Later", HERE),
    ]
    assert await set_due(db, HERE, 1, None)
    assert not await set_due(db, HERE, 9, NOW)
    assert [proposal.title for proposal in await due_proposals(db, NOW + HOUR)] == ["First"]


async def test_looking_for_what_is_due_reads_an_index(db: Database) -> None:
    [row, *_] = await fetch_all(db, "EXPLAIN QUERY PLAN SELECT * FROM proposals WHERE due_at <= ''")
    assert "INDEX proposals_due" in row["detail"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("stage = 'dreaming'", "CHECK"),
        ("stage = 'superseded'", "CHECK"),
        ("successor_id = 1", "CHECK"),
        ("stage = 'superseded', successor_id = 1", "CHECK"),  # by itself
        ("stage = 'superseded', successor_id = 3", "FOREIGN KEY"),  # by another server's
        ("number = 0", "CHECK"),
        ("number = 2", "UNIQUE"),
        ("revision = 2", "FOREIGN KEY"),  # there is none
        ("hidden_reason = ''", "CHECK"),
        ("due_at = '2031-05-04'", "CHECK"),
        ("guild_id = NULL", "NOT NULL"),
        ("message = 'there'", "cannot store TEXT"),
    ],
)
async def test_the_table_refuses_what_makes_no_sense(db: Database, change: str, message: str) -> None:
    await without_limits(db)
    for guild_id in (HERE, HERE, THERE):
        await filed(db, guild_id=guild_id)
    with pytest.raises(sqlite3.IntegrityError, match=message):
        async with transaction(db):
            await execute(db, f"UPDATE proposals SET {change} WHERE proposal_id = 1")
    assert (await proposal_in(db, HERE, 1)).stage == "idea"


@pytest.mark.parametrize(
    "row",
    [
        f"proposal_authors VALUES (2, {HERE}, 1)",
        f"proposal_seconds VALUES (2, {HERE}, 1, 1, '2031-05-04T12:00:00.000000+00:00')",
        f"proposal_seconds VALUES (1, {HERE}, 1, 9, '2031-05-04T12:00:00.000000+00:00')",
        f"event_actors VALUES (2, {HERE}, 1)",
        f"response_actors VALUES (1, {HERE}, 1)",
    ],
)
async def test_nothing_belongs_to_a_proposal_of_another_server(db: Database, row: str) -> None:
    await filed(db)
    await filed(db, guild_id=THERE)
    async with transaction(db):  # else a row is refused because there is one already
        await execute(db, "DELETE FROM proposal_authors")
        await execute(db, "DELETE FROM event_actors")
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        async with transaction(db):
            await execute(db, f"INSERT INTO {row}")
