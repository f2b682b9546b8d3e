"""Arguments are kept as they were made, each once, and hidden with a reason."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database, fetch_all
from storage.proposals.arguments import Argument, argue, arguments_of, hide_argument, unhide_argument
from storage.proposals.events import events_of
from storage.proposals.proposals import proposal_in
from storage.proposals.stages import hide, move_stage
from tests.features.proposals.proposals import ADA, BERT, EARLY, HERE, NOW, THERE, filed

HOUR = timedelta(hours=1)


async def test_an_argument_comes_back_as_it_was(db: Database) -> None:
    await filed(db)
    first = await argue(db, HERE, 1, BERT, "for", "Ωμέγα 🦉 “2 %”", NOW + HOUR, stages=EARLY)
    later = await argue(db, HERE, 1, ADA, "question", "x" * 300, NOW + HOUR, stages=EARLY)
    assert first == Argument(first.argument_id, BERT, "for", "Ωμέγα 🦉 “2 %”", NOW + HOUR, None)
    assert await arguments_of(db, HERE, 1) == [first, later]
    assert await arguments_of(db, THERE, 1) == []
    assert (await proposal_in(db, HERE, 1)).changed_at == NOW + HOUR


async def test_the_same_claim_is_made_once_by_each(db: Database) -> None:
    await filed(db)
    await argue(db, HERE, 1, BERT, "for", "Fair", NOW, stages=EARLY)
    with pytest.raises(ValueError, match="said exactly that about proposal #1 already"):
        await argue(db, HERE, 1, BERT, "against", "Fair", NOW + HOUR, stages=EARLY)
    assert (await proposal_in(db, HERE, 1)).changed_at == NOW
    await argue(db, HERE, 1, ADA, "for", "Fair", NOW, stages=EARLY)
    assert len(await arguments_of(db, HERE, 1)) == 2


@pytest.mark.parametrize(("side", "claim"), [("for", ""), ("for", "x" * 301), ("both", "Fair")])
async def test_the_table_refuses_what_makes_no_sense(db: Database, side: Any, claim: str) -> None:
    await filed(db)
    with pytest.raises(sqlite3.IntegrityError):
        await argue(db, HERE, 1, BERT, side, claim, NOW, stages=EARLY)
    assert await fetch_all(db, "SELECT 1 FROM proposal_arguments") == []


async def test_only_where_the_caller_says_and_in_sight(db: Database) -> None:
    proposal = await filed(db)
    with pytest.raises(ValueError, match="no proposal #1"):
        await argue(db, THERE, 1, BERT, "for", "Fair", NOW, stages=EARLY)
    assert await move_stage(db, proposal, "closed", NOW, due_at=None)
    with pytest.raises(ValueError, match="stands at “closed”"):
        await argue(db, HERE, 1, BERT, "for", "Fair", NOW, stages=EARLY)
    await hide(db, HERE, 1, BERT, "Spam", NOW)
    with pytest.raises(ValueError, match="is hidden"):
        await argue(db, HERE, 1, BERT, "for", "Fair", NOW, stages=("closed",))


async def test_a_hidden_argument_comes_back_on_appeal(db: Database) -> None:
    await filed(db)
    made = await argue(db, HERE, 1, ADA, "against", "He is a fool", NOW, stages=EARLY)
    number = made.argument_id
    assert not await hide_argument(db, THERE, number, BERT, "Elsewhere", NOW)
    assert not await unhide_argument(db, HERE, number, BERT, "Nothing to do", NOW)
    assert await hide_argument(db, HERE, number, BERT, "Rude", NOW)
    assert not await hide_argument(db, HERE, number, BERT, "Ruder", NOW)
    assert await arguments_of(db, HERE, 1) == []
    [hidden] = await arguments_of(db, HERE, 1, include_hidden=True)
    assert hidden.hidden_reason == "Rude"
    assert await unhide_argument(db, HERE, number, BERT, "It was meant kindly", NOW)
    assert await arguments_of(db, HERE, 1) == [made]
    assert [(event.kind, event.detail) for event in await events_of(db, HERE, 1)][1:] == [
        ("argument_hidden", f"{number}: Rude"),
        ("argument_unhidden", f"{number}: It was meant kindly"),
    ]


async def test_hiding_an_argument_without_a_reason_is_refused(db: Database) -> None:
    await filed(db)
    made = await argue(db, HERE, 1, ADA, "for", "Fair", NOW, stages=EARLY)
    with pytest.raises(sqlite3.IntegrityError):
        await hide_argument(db, HERE, made.argument_id, BERT, "", NOW)
    assert await arguments_of(db, HERE, 1) == [made]
