"""One draft for each member on each server."""

import sqlite3
from datetime import timedelta

import pytest

from storage.database import Database
from storage.proposals.drafts import Draft, delete_draft, draft_of, save_draft
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW, THERE


async def test_the_last_draft_of_each_is_kept(db: Database) -> None:
    assert await draft_of(db, HERE, ADA) is None
    await save_draft(db, HERE, ADA, "{}", NOW)
    await save_draft(db, HERE, BERT, '{"title": "Bert"}', NOW)
    await save_draft(db, HERE, ADA, '{"title": "Ωμέγα 🦉"}', NOW + timedelta(days=1))
    assert await draft_of(db, HERE, ADA) == Draft('{"title": "Ωμέγα 🦉"}', NOW + timedelta(days=1))
    assert await draft_of(db, HERE, BERT) == Draft('{"title": "Bert"}', NOW)
    assert await draft_of(db, THERE, ADA) is None


async def test_deleting_says_whether_there_was_one(db: Database) -> None:
    await save_draft(db, HERE, ADA, "{}", NOW)
    assert not await delete_draft(db, THERE, ADA)
    assert not await delete_draft(db, HERE, BERT)
    assert await delete_draft(db, HERE, ADA)
    assert not await delete_draft(db, HERE, ADA)
    assert await draft_of(db, HERE, ADA) is None


async def test_what_is_not_json_is_refused_and_the_draft_before_it_stays(db: Database) -> None:
    await save_draft(db, HERE, ADA, "{}", NOW)
    with pytest.raises(sqlite3.IntegrityError):
        await save_draft(db, HERE, ADA, '{"title":', NOW)
    assert await draft_of(db, HERE, ADA) == Draft("{}", NOW)
