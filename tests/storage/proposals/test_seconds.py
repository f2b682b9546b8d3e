"""Each member seconds once, nobody their own, and only where it is asked for."""

import asyncio
from datetime import datetime, timedelta

import pytest

from storage.database import Database, fetch_all
from storage.proposals.arguments import argue
from storage.proposals.filing import revise
from storage.proposals.grounds import Grounds, grounds_of
from storage.proposals.proposals import proposal_in, proposal_of
from storage.proposals.seconds import second, unsecond
from storage.proposals.stages import move_stage
from tests.features.proposals.proposals import ADA, BERT, CLEO, DORA, EARLY, HERE, NOW, THERE, content, filed

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


async def grounds(db: Database, guild_id: int = HERE, since: datetime = NOW) -> Grounds:
    proposal = await proposal_in(db, guild_id, 1)
    return await grounds_of(db, guild_id, proposal.proposal_id, since)


async def test_seconding_twice_is_once(db: Database) -> None:
    await filed(db)
    seconded, new = await second(db, HERE, 1, BERT, NOW + HOUR, stages=EARLY)
    assert new
    assert seconded == await proposal_of(db, HERE, 1), "what it returns is what was written"
    _, again = await second(db, HERE, 1, BERT, NOW + 2 * HOUR, stages=EARLY)
    assert not again
    assert (await proposal_in(db, HERE, 1)).changed_at == NOW + HOUR
    _, other = await second(db, HERE, 1, CLEO, NOW + 3 * HOUR, stages=EARLY)
    assert other
    proposal = await proposal_in(db, HERE, 1)
    assert (proposal.seconds, proposal.changed_at) == (2, NOW + 3 * HOUR)
    assert (await grounds(db)).seconded_by == {BERT, CLEO}
    rows = await fetch_all(db, "SELECT revision, seconded_at FROM proposal_seconds ORDER BY member_id")
    assert [tuple(row) for row in rows] == [
        (1, "2031-05-04T13:00:00.000000+00:00"),
        (1, "2031-05-04T15:00:00.000000+00:00"),
    ]


async def test_a_burst_of_clicks_counts_each_member_once(db: Database) -> None:
    await filed(db)
    members = [BERT + number % 10 for number in range(50)]
    results = await asyncio.gather(*(second(db, HERE, 1, member, NOW, stages=EARLY) for member in members))
    assert sum(new for _, new in results) == 10
    assert (await proposal_in(db, HERE, 1)).seconds == 10


async def test_taking_back_twice_is_once(db: Database) -> None:
    await filed(db)
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    assert not await unsecond(db, HERE, 1, CLEO, stages=EARLY)
    assert await unsecond(db, HERE, 1, BERT, stages=EARLY)
    assert not await unsecond(db, HERE, 1, BERT, stages=EARLY)
    assert (await grounds(db)).seconded_by == frozenset()


async def test_nobody_seconds_their_own(db: Database) -> None:
    await filed(db)
    with pytest.raises(ValueError, match="Somebody else must second proposal #1"):
        await second(db, HERE, 1, ADA, NOW, stages=EARLY)
    assert (await proposal_in(db, HERE, 1)).seconds == 0


async def test_a_seconding_holds_for_the_revision_that_was_seconded(db: Database) -> None:
    await filed(db)
    await revise(
        db, HERE, 1, ADA, content(), NOW,
        expected_revision=1, stages=EARLY, substantive=True, due_at=None,
    )  # fmt: skip
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    assert [row["revision"] for row in await fetch_all(db, "SELECT revision FROM proposal_seconds")] == [2]


async def test_only_in_the_stages_the_caller_says_and_on_the_same_server(db: Database) -> None:
    proposal = await filed(db)
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    with pytest.raises(ValueError, match="no proposal #1"):
        await second(db, THERE, 1, BERT, NOW, stages=EARLY)
    await filed(db, guild_id=THERE)
    assert (await grounds(db, THERE)).seconded_by == frozenset()
    proposal = await proposal_in(db, HERE, 1)
    assert await move_stage(db, proposal, "last_call", NOW, due_at=None)
    with pytest.raises(ValueError, match="stands at “last call”"):
        await second(db, HERE, 1, CLEO, NOW, stages=EARLY)
    with pytest.raises(ValueError, match="stands at “last call”"):
        await unsecond(db, HERE, 1, BERT, stages=EARLY)
    assert (await grounds(db)).seconded_by == {BERT}


async def test_a_member_is_active_once_whatever_they_did(db: Database) -> None:
    await filed(db, now=NOW - HOUR, member_id=DORA + 2)
    assert (await grounds(db, since=NOW)).active == 0
    await filed(db)
    await filed(db, member_id=BERT)
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    await second(db, HERE, 1, CLEO, NOW + HOUR, stages=EARLY)
    await argue(db, HERE, 1, CLEO, "for", "Fair", NOW, stages=EARLY)
    await argue(db, HERE, 1, DORA, "for", "Fair", NOW + 2 * HOUR, stages=EARLY)
    await filed(db, guild_id=THERE, member_id=DORA + 1)
    assert (await grounds(db, since=NOW)).active == 4
    assert (await grounds(db, since=NOW + MOMENT)).active == 2
    assert (await grounds(db, since=NOW + HOUR)).active == 2
    assert (await grounds(db, since=NOW + HOUR + MOMENT)).active == 1
    assert (await grounds(db, since=NOW + 2 * HOUR)).active == 1
    assert (await grounds(db, THERE)).active == 1
