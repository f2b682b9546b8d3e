"""Revisions say what they do and lose nothing, at the same moment and when the process is killed."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from features.proposals.drafts import (
    draft_fields,
    file_draft,
    read_draft,
    replace_draft,
    revision_fields,
    save_fields,
)
from features.proposals.steps import advance_proposal, second
from features.proposals.view import proposal_view
from governance.proposals.document import from_json
from storage.database import Database, fetch_all, open_database
from storage.proposals.filing import StaleRevisionError
from storage.proposals.proposals import revisions_of
from storage.server.settings import change_settings
from tests.features.proposals.drafting import TYPED, filed, revise
from tests.features.proposals.proposals import ADA, BERT, CLEO, HERE, NOW, THERE
from tests.kills import killing


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bot.sqlite3"


# ---------------------------------------------------------------- revising


async def test_a_revision_says_what_it_does(db: Database) -> None:
    await filed(db)
    await second(db, HERE, 1, BERT, NOW)
    fields = await revision_fields(db, HERE, 1, ADA, NOW)
    assert fields == TYPED | dict.fromkeys(("evidence", "alternatives", "drawbacks", "wrong_if"), "") | {
        "revises": "1", "base": "1",
    }  # fmt: skip
    for typed, consequence, changed in (
        ({}, "Nothing would change.", False),
        ({"problem": "Other."}, "Wording and reasons only: secondings stay, and ballots would.", False),
        (
            {"change": "Other."},
            "It asks for something else: its 1 seconding falls and it starts again as an idea.",
            True,
        ),
    ):
        revising = (await read_draft(db, HERE, fields | typed, NOW)).revising
        assert revising is not None
        assert (revising.consequence, revising.substantive) == (consequence, changed)
        assert [change.field for change in revising.changes] == list(typed)
    view = await read_draft(db, HERE, fields, NOW)
    assert view.nearest == (), "it is not like itself"


async def test_wording_keeps_secondings_and_a_new_change_drops_them(db: Database) -> None:
    await filed(db)
    for member in (BERT, CLEO):
        await second(db, HERE, 1, member, NOW)
    later = NOW + timedelta(days=3)
    await revise(db, problem="Other words.")
    view, dropped = await file_draft(db, HERE, ADA, later)
    assert (view.stage, view.seconds, view.revision, dropped) == ("discussion", 2, 2, 0)
    await revise(db, parameters="notice: 9 weeks")
    view, dropped = await file_draft(db, HERE, ADA, later)
    assert (view.stage, view.seconds, view.revision, dropped) == ("idea", 0, 3, 2)
    assert (view.since, view.stored.due_at) == (later, later + timedelta(days=30))
    assert await draft_fields(db, HERE, ADA) is None
    await revise(db)
    with pytest.raises(ValueError, match="Nothing is different from what is filed"):
        await file_draft(db, HERE, ADA, later)


async def test_the_later_of_two_revisions_is_told_and_can_be_saved_then(db: Database) -> None:
    await filed(db)
    mine = await revision_fields(db, HERE, 1, ADA, NOW) | {"problem": "Mine."}
    await revise(db, problem="Theirs.")
    await file_draft(db, HERE, ADA, NOW)
    await replace_draft(db, HERE, ADA, mine, NOW)
    with pytest.raises(StaleRevisionError, match="saved revision 2 of proposal #1 meanwhile"):
        await file_draft(db, HERE, ADA, NOW)
    assert await draft_fields(db, HERE, ADA) == mine | {"base": "2"}
    assert (await proposal_view(db, HERE, 1, NOW)).proposal.problem == "Theirs."
    view, _ = await file_draft(db, HERE, ADA, NOW)
    assert (view.proposal.problem, view.revision) == ("Mine.", 3)
    problems = [from_json(each.content).problem for each in await revisions_of(db, HERE, 1)]
    assert problems == ["Too sudden.", "Theirs.", "Mine."]


async def test_saved_at_the_same_moment_it_is_one_revision(db: Database) -> None:
    await filed(db)
    await revise(db, problem="Other.")
    results = await asyncio.gather(
        *(file_draft(db, HERE, ADA, NOW) for _ in range(3)), return_exceptions=True
    )
    assert sum(isinstance(result, ValueError) for result in results) == 2
    assert len(await revisions_of(db, HERE, 1)) == 2


async def test_only_the_author_revises_and_only_what_is_not_frozen(db: Database) -> None:
    await filed(db)
    with pytest.raises(ValueError, match="Only its author can revise a proposal"):
        await revision_fields(db, HERE, 1, BERT, NOW)
    with pytest.raises(ValueError, match="There is no proposal #1 on this server"):
        await revision_fields(db, THERE, 1, ADA, NOW)
    await revise(db, problem="Too late.")
    await advance_proposal(db, HERE, 1, "withdrawn", ADA, NOW, moderator=False)
    with pytest.raises(ValueError, match="The text is frozen from the vote on; start a new proposal"):
        await file_draft(db, HERE, ADA, NOW)
    kept = await draft_fields(db, HERE, ADA)
    assert kept is not None
    assert kept["problem"] == "Too late."
    # a draft that belongs to another's proposal, however it came there
    await replace_draft(db, HERE, BERT, kept, NOW)
    with pytest.raises(ValueError, match="Only its author"):
        await file_draft(db, HERE, BERT, NOW)


# ---------------------------------------------------------------- killed

STEPS = """
from datetime import UTC, datetime, timedelta
from features.proposals import drafts, steps

HERE, ADA, BERT = 700719925474099301, 900719925474099301, 900719925474099302
NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)

async def work(db, step):
    if step == "draft":
        await drafts.save_fields(db, HERE, ADA, {"problem": "More.", "evidence": "Some."}, NOW)
    elif step == "file":
        await drafts.file_draft(db, HERE, ADA, NOW)
    elif step == "second":
        await steps.second(db, HERE, 1, BERT, NOW)
    else:
        later = NOW + timedelta(days=8)
        await steps.advance_proposal(db, HERE, 1, "withdrawn", ADA, later, moderator=False)
"""


@pytest.fixture(scope="module")
def kill_at() -> Iterator[Callable[..., str]]:
    with killing(STEPS) as kill_at:
        yield kill_at


async def told(path: Path) -> dict[str, Any]:
    """What members would find after a start."""
    database = await open_database(path)
    try:
        found: dict[str, Any] = {"draft": await draft_fields(database, HERE, ADA)}
        for row in await fetch_all(database, "SELECT number FROM proposals"):
            view = await proposal_view(database, HERE, row["number"], NOW + timedelta(days=9))
            found[f"#{view.number}"] = (view.stage, view.seconds, view.proposal.problem)
        found["events"] = [
            tuple(row) for row in await fetch_all(database, "SELECT kind, detail FROM proposal_events")
        ]
        assert [tuple(row) for row in await fetch_all(database, "PRAGMA integrity_check")] == [("ok",)]
        return found
    finally:
        await database.close()


@pytest.mark.slow
@pytest.mark.parametrize("step", ["draft", "file", "second", "advance"])
async def test_a_process_killed_on_the_way_loses_nothing(
    path: Path, tmp_path: Path, kill_at: Callable[..., str], step: str
) -> None:
    database = await open_database(path)
    await change_settings(database, HERE, NOW, cooldown_hours=0, seconds_least=2)
    await filed(database)
    await second(database, HERE, 1, CLEO, NOW)
    await save_fields(database, HERE, ADA, TYPED | {"title": "Begun"}, NOW)
    await database.close()
    before, seen, last = await told(path), [], ""
    statement = 1
    while last != "after":
        copy = Path(shutil.copy(path, tmp_path / f"{step}{statement}.sqlite3"))
        last = kill_at(statement, copy, step)
        assert last in ("in", "after")
        seen.append(await told(copy))
        statement += 1 if step == "draft" else 2
    after = seen[-1]
    assert len(seen) >= 4
    assert seen[0] == before != after
    expected = {
        "draft": ("draft", TYPED | {"title": "Begun", "problem": "More.", "evidence": "Some."}),
        "file": ("#2", ("idea", 0, "Too sudden.")),
        "second": ("#1", ("discussion", 2, "Too sudden.")),
        "advance": ("#1", ("withdrawn", 1, "Too sudden.")),
    }[step]
    assert after[expected[0]] == expected[1]
    # a seconding and the stage it leads to are two writes: the first may stand alone
    between = [before | {"#1": ("idea", 2, "Too sudden.")}] if step == "second" else []
    for found in seen:
        assert found in (before, after, *between)
