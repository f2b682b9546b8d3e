"""The list of promises: what is refused, what is late, and in which order."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from features.promises.ledger import (
    LedgerEntry,
    add_promise,
    entry_of,
    ledger,
    resolve_promise,
    suggest_promises,
)
from storage.database import Database
from storage.promises import promises_of
from storage.proposals.arguments import argue
from storage.proposals.proposals import proposal_in
from storage.proposals.stages import move_stage, set_place
from storage.server.settings import change_settings
from tests.features.proposals.proposals import ADA, BERT, EARLY, HERE, NOW, filed, without_limits

TYPED: dict[str, Any] = {
    "kind": "promise",
    "what": "The new payout is temporary",
    "who": "the team",
    "link": "https://forum.example/t/6708",
    "said_on": "2031-03-01",
    "due_on": "2031-04-01",
}


async def put(db: Database, **changes: Any) -> int:
    return (await add_promise(db, HERE, ADA, NOW, **(TYPED | changes))).number


async def shown(db: Database, **asked: Any) -> list[tuple[str, str, int]]:
    found = await ledger(db, HERE, NOW, size=50, **asked)
    return [(entry.label, entry.kind, entry.days) for entry in found.entries]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"what": " \u200b "}, "Say a promise: that is empty"),
        ({"what": "x" * 301}, "For a promise there are 300 characters; that has 301"),
        ({"what": "<@123> will fix it"}, "name a role or an organisation"),
        ({"who": ""}, "Say who said it: that is empty"),
        ({"who": "x" * 81}, "For who said it there are 80 characters; that has 81"),
        ({"who": "@somebody"}, "name a role or an organisation, like “the team”, and no members"),
        ({"who": "＠somebody"}, "name a role or an organisation"),
        ({"link": "forum.example/t/1"}, "A link is written like https://"),
        ({"link": "http://forum.example/t/1"}, "A link is written like https://"),
        ({"link": "javascript:alert(1)"}, "A link is written like https://"),
        ({"link": "https://forum.example/" + "x" * 300}, "at most 300 characters here; this one has 322"),
        ({"said_on": "yesterday"}, "A date is written like 2027-03-01"),
        ({"said_on": "2031-02-30"}, "no day of the calendar"),
        ({"said_on": "2031-05-05", "due_on": None}, "can't have been said on 2031-05-05"),
        ({"due_on": "2031-02-28"}, "can't be due before, on 2031-02-28"),
        ({"kind": "question"}, "A question has no due date"),
        ({"kind": "question", "due_on": None, "said_on": "2031-05-05"}, "can't wait for an answer"),
    ],
)
async def test_what_can_t_be_put_on_record_is_told(
    db: Database, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        await put(db, **changes)
    assert await promises_of(db, HERE) == []


async def test_the_longest_overdue_come_first_then_questions_then_what_is_due(db: Database) -> None:
    await put(db, what="Due later", due_on="2031-06-01")
    await put(db, what="Overdue by 3 days", due_on="2031-05-01")
    await put(db, what="No date", due_on=None)
    await put(db, what="Why overnight?", kind="question", due_on=None, said_on="2031-04-24")
    await put(db, what="Overdue by 33 days")
    await put(db, what="Due today", due_on="2031-05-04")
    await put(db, what="Who was asked?", kind="question", due_on=None, said_on="2031-03-05")
    await put(db, what="Done", due_on="2031-05-02")
    await resolve_promise(db, HERE, 8, ADA, NOW, outcome="kept", note="It is done")
    late = [
        ("#5", "promise", 33),
        ("#2", "promise", 3),
        ("#7", "question", 60),
        ("#4", "question", 10),
    ]
    assert await shown(db) == [*late, ("#6", "promise", 0), ("#1", "promise", 0), ("#3", "promise", 0)]
    assert await shown(db, which="overdue") == late
    assert await shown(db, which="resolved") == [("#8", "promise", 0)]
    found = await ledger(db, HERE, NOW, page=99, size=3)
    assert (found.page, found.pages, found.total, found.overdue, found.unanswered) == (3, 3, 7, 2, 2)
    assert [entry.label for entry in found.entries] == ["#3"]
    assert (await ledger(db, HERE, NOW, page=-1, size=3)).page == 1


async def test_an_empty_server_has_one_empty_page(db: Database) -> None:
    found = await ledger(db, HERE, NOW)
    assert (found.entries, found.page, found.pages, found.total) == ((), 1, 1, 0)


async def test_days_are_those_of_the_server(db: Database) -> None:
    await put(db, due_on="2031-05-04")
    late = datetime(2031, 5, 4, 23, tzinfo=UTC)
    assert (await ledger(db, HERE, late)).overdue == 0
    await change_settings(db, HERE, NOW, zone="Pacific/Kiritimati")
    assert (await ledger(db, HERE, late)).entries[0].days == 1
    assert (await add_promise(db, HERE, ADA, late, **(TYPED | {"what": "Said there", "said_on": "2031-05-05",
            "due_on": None}))).number == 2  # fmt: skip


async def test_a_promise_can_be_settled_where_its_day_has_not_begun_any_more(db: Database) -> None:
    late = datetime(2031, 5, 4, 11, tzinfo=UTC)
    await change_settings(db, HERE, NOW, zone="Pacific/Kiritimati")
    said = await add_promise(db, HERE, ADA, late, **(TYPED | {"said_on": "2031-05-05", "due_on": None}))
    await change_settings(db, HERE, NOW, zone="America/New_York")
    settled = await resolve_promise(db, HERE, said.number, ADA, late, outcome="kept", note="x")
    assert settled.resolved_on == said.said_on == date(2031, 5, 5)


async def test_settling_says_how_when_and_where(db: Database) -> None:
    await put(db)
    await resolve_promise(
        db, HERE, 1, BERT, NOW, outcome="broken", note=" It  stays ", link="https://forum.example/t/2"
    )
    entry = await entry_of(db, HERE, 1, NOW)
    assert (entry.resolution, entry.resolved_on, entry.note, entry.resolved_link, entry.days) == (
        "broken", date(2031, 5, 4), "It stays", "https://forum.example/t/2", 0,
    )  # fmt: skip
    assert not entry.late
    assert (await ledger(db, HERE, NOW, which="resolved")).entries == (entry,)


@pytest.mark.parametrize(
    ("number", "outcome", "note", "link", "sentence"),
    [
        (1, "answered", "x", None, "A promise is kept, broken or withdrawn, not answered."),
        (2, "kept", "x", None, "A question is answered or withdrawn, not kept."),
        (3, "kept", "x", None, "no promise or question #3"),
        (1, "kept", "", None, "Say a note: that is empty"),
        (1, "kept", "x" * 301, None, "For a note there are 300 characters"),
        (1, "kept", "x", "see the forum", "A link is written like"),
    ],
)
async def test_what_can_t_be_settled_is_told(
    db: Database, number: int, outcome: Any, note: str, link: str | None, sentence: str
) -> None:
    await put(db)
    await put(db, kind="question", due_on=None)
    before = await promises_of(db, HERE)
    with pytest.raises(ValueError, match=sentence):
        await resolve_promise(db, HERE, number, BERT, NOW, outcome=outcome, note=note, link=link)
    assert await promises_of(db, HERE) == before


async def test_reviews_and_questions_of_proposals_join_by_themselves(db: Database) -> None:
    await without_limits(db)
    text = json.dumps({"parameters": {"review_on": "2031-04-30"}})
    for title in ("In discussion", "Reviewed", "Closed early"):
        await filed(db, title, text=text, now=NOW - timedelta(days=9))
    await set_place(db, HERE, 1, channel=11, thread=12, message=13)
    for number, stages in ((2, ("review", "closed")), (3, ("closed",))):
        for stage in stages:
            assert await move_stage(db, await proposal_in(db, HERE, number), stage, NOW, due_at=None)
    await argue(db, HERE, 1, BERT, "question", "Why now?", NOW - timedelta(days=2), stages=EARLY)
    link = f"https://discord.com/channels/{HERE}/12/13"
    [review, question] = (await ledger(db, HERE, NOW)).entries
    assert review == LedgerEntry(
        "proposal #1", "review", "Review of proposal 1: In discussion", "this server, now at “idea”", link,
        None, date(2031, 4, 30), 4,
    )  # fmt: skip
    assert question == LedgerEntry(
        "proposal #1", "question", "Why now?", "whoever answers for the team, about “In discussion”", link,
        date(2031, 5, 2), None, 2,
    )  # fmt: skip
    settled = (await ledger(db, HERE, NOW, which="resolved")).entries
    assert [(entry.label, entry.resolution, entry.note) for entry in settled] == [
        ("proposal #2", "kept", "It was closed after its review."),
        ("proposal #3", "withdrawn", "It was closed without a review."),
    ]


async def test_suggestions_find_by_number_and_text_and_show_open_ones_first(db: Database) -> None:
    await put(db, what="Temporary rule")
    await put(db, what="Notice of a temporary kind" + "x" * 100)
    await resolve_promise(db, HERE, 1, ADA, NOW, outcome="kept", note="x")
    assert [number for _, number in await suggest_promises(db, HERE, "TEMPORARY")] == [2, 1]
    assert await suggest_promises(db, HERE, "#1") == [("#1 Temporary rule", 1)]
    assert max(len(name) for name, _ in await suggest_promises(db, HERE, "")) == 100
