"""A proposal moves on once, and only from where it was thought to stand."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Database, fetch_all
from storage.members.privacy import delete
from storage.proposals.arguments import argue
from storage.proposals.events import events_of
from storage.proposals.filing import revise
from storage.proposals.proposals import proposal_in
from storage.proposals.seconds import second, unsecond
from storage.proposals.stages import hide, move_stage, set_due, set_place, unhide
from storage.server.settings import forget_guild
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

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


async def test_a_step_is_written_with_its_time_and_event(db: Database) -> None:
    before = await filed(db, due_at=NOW)
    after = await move_stage(db, before, "discussion", NOW + HOUR, due_at=NOW + 2 * HOUR)
    assert after == replace(before, stage="discussion", stage_since=NOW + HOUR, due_at=NOW + 2 * HOUR)
    assert await proposal_in(db, HERE, 1) == after
    event = (await events_of(db, HERE, 1))[-1]
    assert (event.kind, event.detail, event.happened_at, event.actor) == (
        "advanced",
        "discussion",
        NOW + HOUR,
        None,
    )


async def test_of_two_steps_at_once_one_is_taken(db: Database) -> None:
    before = await filed(db)
    results = await asyncio.gather(
        *(move_stage(db, before, "discussion", NOW + HOUR, due_at=None) for _ in range(5))
    )
    assert [result is None for result in results].count(False) == 1
    assert len(await events_of(db, HERE, 1)) == 2


@pytest.mark.parametrize("meanwhile", ["revised", "seconded", "unseconded", "argued", "hidden", "left"])
async def test_a_step_decided_on_other_grounds_is_not_taken(db: Database, meanwhile: str) -> None:
    await filed(db)
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    before = await proposal_in(db, HERE, 1)
    if meanwhile == "revised":
        await revise(
            db, HERE, 1, ADA, content(), NOW,
            expected_revision=1, stages=EARLY, substantive=False, due_at=None,
        )  # fmt: skip
    elif meanwhile == "seconded":
        await second(db, HERE, 1, BERT + 1, NOW, stages=EARLY)
    elif meanwhile == "unseconded":
        await unsecond(db, HERE, 1, BERT, stages=EARLY)
    elif meanwhile == "argued":
        await argue(db, HERE, 1, BERT, "for", "Fair", NOW + MOMENT, stages=EARLY)
    elif meanwhile == "hidden":
        await hide(db, HERE, 1, BERT, "Spam", NOW)
    else:
        await delete(db, ADA)
    present = await proposal_in(db, HERE, 1)
    assert await move_stage(db, before, "discussion", NOW, due_at=None) is None
    assert await proposal_in(db, HERE, 1) == present
    assert await move_stage(db, present, "discussion", NOW, due_at=None) is not None


async def test_a_stage_that_was_left_and_reached_again_is_another(db: Database) -> None:
    first = await filed(db)
    stale = await move_stage(db, first, "stale", NOW + HOUR, due_at=None)
    assert stale is not None
    again = await move_stage(db, stale, "idea", NOW + 2 * HOUR, due_at=None)
    assert again == replace(first, stage_since=NOW + 2 * HOUR)
    assert await move_stage(db, first, "discussion", NOW + 3 * HOUR, due_at=None) is None


async def test_the_clock_moves_only_what_is_due(db: Database) -> None:
    await filed(db, due_at=NOW + HOUR)
    before = await proposal_in(db, HERE, 1)
    assert await move_stage(db, before, "stale", NOW + HOUR - MOMENT, due_at=None, only_due=True) is None
    await set_due(db, HERE, 1, NOW + 2 * HOUR)
    assert await move_stage(db, before, "stale", NOW + HOUR, due_at=None, only_due=True) is None
    moved = await move_stage(db, before, "stale", NOW + 2 * HOUR, due_at=None, only_due=True)
    assert moved is not None
    assert await move_stage(db, moved, "idea", NOW + 9 * HOUR, due_at=None, only_due=True) is None


async def test_what_its_author_does_is_activity_and_what_others_do_is_not(db: Database) -> None:
    proposal = await filed(db)
    moved = await move_stage(db, proposal, "discussion", NOW + HOUR, due_at=None, actor=BERT)
    assert moved is not None
    assert moved.changed_at == NOW
    moved = await move_stage(db, moved, "withdrawn", NOW + 2 * HOUR, due_at=None, actor=ADA)
    assert moved is not None
    assert (moved.changed_at, moved.open) == (NOW + 2 * HOUR, False)
    event = (await events_of(db, HERE, 1))[-1]
    assert (event.kind, event.detail, event.actor) == ("withdrawn", "withdrawn", ADA)


async def test_a_step_into_the_past_is_refused(db: Database) -> None:
    proposal = await filed(db)
    with pytest.raises(ValueError, match="#1 can't move before it came"):
        await move_stage(db, proposal, "discussion", NOW - MOMENT, due_at=None)


async def test_a_proposal_is_superseded_by_one_of_its_server(db: Database) -> None:
    await without_limits(db)
    old, new = await filed(db), await filed(db)
    await filed(db, guild_id=THERE)
    moved = await move_stage(db, old, "superseded", NOW, due_at=None, successor=new.number)
    assert moved is not None
    assert (moved.stage, moved.successor) == ("superseded", 2)
    with pytest.raises(ValueError, match="no proposal #3"):
        await move_stage(db, new, "superseded", NOW, due_at=None, successor=3)
    for successor in (None, 2):
        with pytest.raises(sqlite3.IntegrityError):
            await move_stage(db, new, "superseded", NOW, due_at=None, successor=successor)
    assert (await proposal_in(db, HERE, 2)).stage == "idea"


async def test_a_proposal_that_is_gone_does_not_move(db: Database) -> None:
    gone = await filed(db)
    await forget_guild(db, HERE)
    assert await move_stage(db, gone, "discussion", NOW, due_at=None) is None
    await filed(db)  # the same number again
    assert await move_stage(db, gone, "discussion", NOW, due_at=None) is None


async def test_its_place_is_kept(db: Database) -> None:
    await filed(db)
    assert await set_place(db, HERE, 1, channel=1, thread=None, message=3)
    assert not await set_place(db, THERE, 1, channel=7, thread=8, message=9)
    proposal = await proposal_in(db, HERE, 1)
    assert (proposal.channel, proposal.thread, proposal.message) == (1, None, 3)


async def test_hiding_and_showing_are_noted_with_their_reasons(db: Database) -> None:
    await filed(db)
    assert not await unhide(db, HERE, 1, BERT, "Nothing to do", NOW)
    assert await hide(db, HERE, 1, BERT, "Names a person", NOW)
    assert not await hide(db, HERE, 1, BERT + 1, "Me too", NOW)
    assert (await proposal_in(db, HERE, 1)).hidden_reason == "Names a person"
    assert not await unhide(db, THERE, 1, BERT, "Elsewhere", NOW)
    assert await unhide(db, HERE, 1, BERT + 1, "The name is gone", NOW + HOUR)
    assert (await proposal_in(db, HERE, 1)).hidden_reason is None
    assert [(event.kind, event.detail, event.actor) for event in await events_of(db, HERE, 1)] == [
        ("filed", "", ADA),
        ("hidden", "Names a person", BERT),
        ("unhidden", "The name is gone", BERT + 1),
    ]


async def test_hiding_without_a_reason_is_refused(db: Database) -> None:
    await filed(db)
    with pytest.raises(sqlite3.IntegrityError):
        await hide(db, HERE, 1, BERT, "", NOW)
    assert len(await fetch_all(db, "SELECT 1 FROM proposal_events")) == 1
