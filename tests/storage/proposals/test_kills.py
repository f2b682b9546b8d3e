"""A process killed before any statement of a write, or after the last, loses nothing and counts once."""

import shutil
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database, fetch_all, open_database
from storage.proposals.drafts import draft_of, save_draft
from storage.proposals.filing import StaleRevisionError, file_proposal, revise
from storage.proposals.proposals import StoredProposal, proposal_of
from storage.proposals.seconds import second
from storage.proposals.stages import move_stage
from tests.features.proposals.proposals import ADA, BERT, CLEO, DORA, EARLY, HERE, NOW, content, filed
from tests.kills import killing

pytestmark = pytest.mark.slow

LATER = NOW + timedelta(days=2)
# not what says when and under which id
TOLD = {
    "proposals": "number, stage, revision, title, due_at",
    "proposal_revisions": "revision, content",
    "proposal_authors": "member_id",
    "proposal_seconds": "member_id, revision",
    "proposal_events": "kind, detail",
    "event_actors": "member_id",
    "proposal_drafts": "member_id, content",
}

KILLED = f"""
import importlib.util

spec = importlib.util.spec_from_file_location("kills", {__file__!r})
kills = importlib.util.module_from_spec(spec)
spec.loader.exec_module(kills)

async def work(db, step):
    await kills.STEPS[step](db)
"""


@pytest.fixture(scope="module")
def kill_at() -> Iterator[Callable[..., str]]:
    with killing(KILLED) as kill_at:
        yield kill_at


async def present(db: Database) -> StoredProposal:
    proposal = await proposal_of(db, HERE, 1)
    assert proposal is not None
    return proposal


async def draft(db: Database) -> None:
    await save_draft(db, HERE, CLEO, '{"title": "Begun, and gone on with"}', LATER)


async def file_draft(db: Database) -> None:
    # as after a restart: who filed it already has no draft any more
    if await draft_of(db, HERE, CLEO) is not None:
        await file_proposal(db, HERE, CLEO, content("Begun"), LATER, due_at=None, from_draft=True)


async def second_it(db: Database) -> None:
    await second(db, HERE, 1, DORA, LATER, stages=EARLY)


async def revise_it(db: Database) -> None:
    try:
        await revise(
            db, HERE, 1, ADA, content("Another"), LATER,
            expected_revision=1, stages=EARLY, substantive=True, due_at=None,
        )  # fmt: skip
    except StaleRevisionError:
        assert (await present(db)).title == "Another"


async def advance(db: Database) -> None:
    await move_stage(db, await present(db), "discussion", LATER, due_at=None, only_due=True)


STEPS: dict[str, Callable[[Database], Awaitable[Any]]] = {
    "draft": draft,
    "file": file_draft,
    "second": second_it,
    "revise": revise_it,
    "advance": advance,
}


async def told(db: Database) -> dict[str, list[tuple[Any, ...]]]:
    return {
        table: [tuple(row) for row in await fetch_all(db, f"SELECT {columns} FROM {table} ORDER BY rowid")]
        for table, columns in TOLD.items()
    }


@pytest.mark.parametrize("step", STEPS)
async def test_killed_at_every_statement(tmp_path: Path, kill_at: Callable[..., str], step: str) -> None:
    start = tmp_path / "start.sqlite3"
    db = await open_database(start)
    await filed(db, due_at=NOW + timedelta(days=1))
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    await save_draft(db, HERE, CLEO, '{"title": "Begun"}', NOW)
    before = await told(db)
    await db.close()
    whole = Path(shutil.copy(start, tmp_path / "whole.sqlite3"))
    db = await open_database(whole)
    await STEPS[step](db)
    once = await told(db)
    await db.close()
    assert once != before

    lines = []
    while lines[-1:] != ["after"]:
        file = Path(shutil.copy(start, tmp_path / f"{len(lines)}.sqlite3"))
        lines.append(kill_at(len(lines) + 1, file, step))
        assert lines[-1] in ("in", "after")
        db = await open_database(file)
        assert await told(db) == (before if lines[-1] == "in" else once)
        await STEPS[step](db)
        assert await told(db) == once
        assert [tuple(row) for row in await fetch_all(db, "PRAGMA integrity_check")] == [("ok",)]
        await db.close()
    assert len(lines) >= 4  # BEGIN, something, COMMIT, and after it
