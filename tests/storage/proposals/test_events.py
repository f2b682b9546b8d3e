"""Events keep their order and their server, and their actors apart."""

import sqlite3
from datetime import timedelta

import pytest

from storage.database import Database, fetch_all, transaction
from storage.proposals.events import ProposalEvent, events_of, record_event
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW, THERE, filed


async def test_events_come_in_the_order_they_were_noted(db: Database) -> None:
    proposal = await filed(db)
    async with transaction(db):
        for days, actor in ((2, BERT), (1, None)):
            await record_event(
                db,
                HERE,
                proposal.proposal_id,
                "advanced",
                NOW + timedelta(days=days),
                detail="Ω",
                actor=actor,
            )
    assert await events_of(db, HERE, 1) == [
        ProposalEvent(1, "filed", "", NOW, ADA),
        ProposalEvent(2, "advanced", "Ω", NOW + timedelta(days=2), BERT),
        ProposalEvent(3, "advanced", "Ω", NOW + timedelta(days=1), None),
    ]
    assert await events_of(db, THERE, 1) == []
    assert len(await fetch_all(db, "SELECT 1 FROM event_actors")) == 2


@pytest.mark.parametrize(("guild_id", "kind"), [(HERE, "dreamt"), (THERE, "advanced")])
async def test_an_unknown_kind_and_another_servers_proposal_are_refused(
    db: Database, guild_id: int, kind: str
) -> None:
    proposal = await filed(db)
    with pytest.raises(sqlite3.IntegrityError):
        async with transaction(db):
            await record_event(db, guild_id, proposal.proposal_id, kind, NOW)


async def test_an_event_needs_the_transaction_that_makes_it_happen(db: Database) -> None:
    proposal = await filed(db)
    with pytest.raises(RuntimeError, match="outside a transaction"):
        await record_event(db, HERE, proposal.proposal_id, "advanced", NOW, actor=ADA)
