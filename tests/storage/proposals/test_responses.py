"""Official answers stay on record beside each other."""

import sqlite3
from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database, fetch_all
from storage.proposals.events import events_of
from storage.proposals.responses import Response, respond, responses_of
from tests.features.proposals.proposals import BERT, HERE, NOW, THERE, filed


async def test_a_later_answer_does_not_replace_an_earlier_one(db: Database) -> None:
    await filed(db)
    link = "https://example.org/answer"
    first = await respond(db, HERE, 1, BERT, "noted", "We read it 🦉", NOW)
    later = await respond(db, HERE, 1, BERT, "partly", "x" * 1000, NOW + timedelta(days=9), link=link)
    assert later == Response(2, "partly", "x" * 1000, link, NOW + timedelta(days=9), BERT)
    assert await responses_of(db, HERE, 1) == [first, later]
    assert await responses_of(db, THERE, 1) == []
    assert [(event.kind, event.detail, event.actor) for event in await events_of(db, HERE, 1)][1:] == [
        ("responded", "noted", BERT),
        ("responded", "partly", BERT),
    ]


async def test_an_answer_to_nothing_is_refused(db: Database) -> None:
    await filed(db)
    with pytest.raises(ValueError, match="no proposal #1"):
        await respond(db, THERE, 1, BERT, "noted", "Thank you", NOW)


@pytest.mark.parametrize(
    ("outcome", "statement", "link"),
    [("maybe", "Fine", None), ("noted", "", None), ("noted", "x" * 1001, None), ("noted", "Fine", "")],
)
async def test_the_table_refuses_what_makes_no_sense(
    db: Database, outcome: Any, statement: str, link: str | None
) -> None:
    await filed(db)
    with pytest.raises(sqlite3.IntegrityError):
        await respond(db, HERE, 1, BERT, outcome, statement, NOW, link=link)
    assert await fetch_all(db, "SELECT 1 FROM proposal_responses") == []
    assert len(await events_of(db, HERE, 1)) == 1
