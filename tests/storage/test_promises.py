"""Promises are kept on record, settled with what was said before, and joined by what proposals say."""

import json
import sqlite3
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from storage.database import Database, fetch_all
from storage.members.privacy import delete
from storage.promises import (
    NewPromise,
    StoredPromise,
    add_promise,
    promise_of,
    promises_of,
    reviews_of,
    settle_promise,
    unanswered_questions,
)
from storage.proposals.arguments import argue, hide_argument
from storage.proposals.proposals import proposal_in
from storage.proposals.responses import respond
from storage.proposals.stages import hide, move_stage
from tests.features.proposals.proposals import ADA, BERT, EARLY, HERE, NOW, THERE, filed, without_limits
from tests.storage.logs import promise_steps

HOUR = timedelta(hours=1)
DAY = date(2031, 5, 1)
SAID = NewPromise(
    "promise", "Payouts change in steps “Ωμέγα”", "the team", "https://forum.example/t/1", DAY, DAY
)


async def test_a_promise_comes_back_as_it_was_and_counts_from_one_in_each_server(db: Database) -> None:
    first = await add_promise(db, HERE, ADA, SAID, NOW)
    asked = replace(SAID, kind="question", due_on=None)
    later = await add_promise(db, HERE, ADA, asked, NOW + HOUR)
    assert first == StoredPromise(
        1, "promise", SAID.what, "the team", SAID.link, DAY, DAY, None, None, None, None
    )
    assert (later.number, later.kind, later.due_on) == (2, "question", None)
    assert await promises_of(db, HERE) == [first, later]
    assert (await add_promise(db, THERE, ADA, SAID, NOW)).number == 1
    assert await promise_of(db, HERE, 2) == later
    with pytest.raises(ValueError, match="no promise or question #2 on record"):
        await promise_of(db, THERE, 2)


async def test_the_same_thing_is_on_record_once(db: Database) -> None:
    await add_promise(db, HERE, ADA, SAID, NOW)
    with pytest.raises(ValueError, match="on record already, as #1"):
        await add_promise(db, HERE, BERT, replace(SAID, speaker="another team", due_on=None), NOW)
    assert len(await promises_of(db, HERE)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"what": ""},
        {"what": "x" * 301},
        {"speaker": ""},
        {"speaker": "x" * 81},
        {"link": ""},
        {"link": "x" * 301},
        {"kind": "rumour"},
        {"due_on": DAY - timedelta(days=1)},
        {"kind": "question"},  # which has no due date
    ],
)
async def test_the_table_refuses_what_makes_no_sense(db: Database, changes: Any) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await add_promise(db, HERE, ADA, replace(SAID, **changes), NOW)
    assert await fetch_all(db, "SELECT 1 FROM promise_steps") == []


async def test_settling_again_replaces_and_the_log_keeps_both(db: Database) -> None:
    await add_promise(db, HERE, ADA, SAID, NOW)
    await settle_promise(db, HERE, 1, BERT, "broken", DAY, "Nothing came", None, NOW + HOUR)
    link = "https://forum.example/t/2"
    settled = await settle_promise(db, HERE, 1, ADA, "kept", DAY, "It came late", link, NOW + 2 * HOUR)
    assert (settled.resolution, settled.resolved_on, settled.note) == ("kept", DAY, "It came late")
    assert settled.resolved_link == link
    assert await promises_of(db, HERE) == [settled]
    assert await promise_steps(db, HERE) == [
        ("added", "", ADA),
        ("broken", "Nothing came", BERT),
        ("kept", "It came late", ADA),
    ]
    with pytest.raises(ValueError, match="no promise or question #1"):
        await settle_promise(db, THERE, 1, BERT, "kept", DAY, "Elsewhere", None, NOW)


@pytest.mark.parametrize(
    ("resolution", "on", "note"),
    [("answered", DAY, "x"), ("done", DAY, "x"), ("kept", date(2031, 4, 30), "x"), ("kept", DAY, "")],
)
async def test_a_settlement_that_makes_no_sense_changes_nothing(
    db: Database, resolution: Any, on: date, note: str
) -> None:
    added = await add_promise(db, HERE, ADA, SAID, NOW)
    with pytest.raises(sqlite3.IntegrityError):
        await settle_promise(db, HERE, 1, BERT, resolution, on, note, None, NOW)
    assert await promises_of(db, HERE) == [added]
    assert len(await promise_steps(db, HERE)) == 1


async def test_deleting_one_s_data_leaves_the_promise_without_the_name(db: Database) -> None:
    await add_promise(db, HERE, ADA, SAID, NOW)
    settled = await settle_promise(db, HERE, 1, BERT, "kept", DAY, "Done", None, NOW)
    assert (await delete(db, ADA))["promise_step_actors"] == 1
    assert await promises_of(db, HERE) == [settled]
    assert [actor for _, _, actor in await promise_steps(db, HERE)] == [None, BERT]


async def reviewed(db: Database, on: str | None, **changes: Any) -> int:
    text = json.dumps({"title": "Cap", "parameters": {"review_on": on}})
    return (await filed(db, text=text, **changes)).number


async def test_review_dates_come_from_open_and_closed_proposals_in_sight(db: Database) -> None:
    await without_limits(db)
    numbers = [await reviewed(db, "2031-06-01") for _ in range(5)] + [await reviewed(db, None)]
    await reviewed(db, "2031-06-01", guild_id=THERE)
    await hide(db, HERE, numbers[1], BERT, "Spam", NOW)
    for number, stages in ((3, ["withdrawn"]), (4, ["review", "closed"]), (5, ["closed"])):
        for stage in stages:
            stored = await proposal_in(db, HERE, number)
            assert await move_stage(db, stored, stage, NOW + HOUR, due_at=None)
    found = [
        (each.place.number, each.review_on, each.closed_at, each.reviewed)
        for each in await reviews_of(db, HERE)
    ]
    day = date(2031, 6, 1)
    assert found == [
        (1, day, None, False),
        (4, day, NOW + HOUR, True),
        (5, day, NOW + HOUR, False),
    ]


async def test_a_question_waits_until_the_team_has_answered_after_it(db: Database) -> None:
    await filed(db)
    arguments: list[tuple[int, Any, str]] = [
        (1, "question", "Why now?"),
        (2, "for", "Fair"),
        (4, "question", "Why 2 %?"),
    ]
    made = [
        await argue(db, HERE, 1, BERT, side, claim, NOW + hours * HOUR, stages=EARLY)
        for hours, side, claim in arguments
    ]
    asked = await unanswered_questions(db, HERE)
    assert [(each.claim, each.asked_at, each.place.title) for each in asked] == [
        ("Why now?", NOW + HOUR, "Cap the weights"),
        ("Why 2 %?", NOW + 4 * HOUR, "Cap the weights"),
    ]
    await respond(db, HERE, 1, ADA, "noted", "From June on", NOW + 3 * HOUR)
    assert [each.claim for each in await unanswered_questions(db, HERE)] == ["Why 2 %?"]
    assert await unanswered_questions(db, THERE) == []
    await hide_argument(db, HERE, made[2].argument_id, ADA, "Rude", NOW)
    assert await unanswered_questions(db, HERE) == []
