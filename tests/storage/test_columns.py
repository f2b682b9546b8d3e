"""A column that a later migration adds changes nothing for what reads: queries name their columns."""

import inspect
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

import storage
from storage.database import Database, execute, fetch_all, open_database, transaction
from storage.market.api_answers import FetchedAnswer, keep_answers
from storage.market.prices import keep_price
from storage.market.returns import replace_returns
from storage.market.snapshots import StakeSnapshot, keep_snapshot
from storage.market.whole_rounds import PackedRound, keep_round
from storage.members.groups import NameGroup, keep_group
from storage.members.links import AccountLink, set_link
from storage.members.privacy import stored_about
from storage.members.questions import recall, remember
from storage.members.shared import claim_share, note_share
from storage.members.typed import keep_typed
from storage.members.verifications import make_code, use_code
from storage.members.warnings import want_warnings
from storage.opinions import add_statement, cast_vote, hide_statement
from storage.polls.casting import cast, keep_reason
from storage.polls.closing import set_poll_place
from storage.polls.drafts import keep_draft
from storage.polls.polls import Elector
from storage.polls.reminders import Reminder, add_reminder, take_reminder
from storage.promises import NewPromise, add_promise, settle_promise
from storage.proposals.arguments import argue
from storage.proposals.blocks import block
from storage.proposals.drafts import save_draft
from storage.proposals.effects import Effect, keep_effect
from storage.proposals.responses import respond
from storage.proposals.seconds import second
from storage.proposals.stages import move_stage, set_place
from storage.server.digests import Schedule, claim, keep_rules, posted, set_schedule
from storage.server.leaving import mark_left
from storage.server.settings import change_settings
from storage.server.shown_digests import claim_by_hand, posted_by_hand
from storage.server.syncs import record_sync
from storage.server.troubles import claim_trouble, note_setter
from tests.features.polls.polls import opened
from tests.features.proposals.proposals import (
    ADA,
    BERT,
    CLEO,
    DORA,
    EARLY,
    HERE,
    NOW,
    THERE,
    filed,
    without_limits,
)

Read = Callable[..., Awaitable[Any]]
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LINK = "https://forum.example/1"
ADDED = "added_later"
# what a read is called with, by the name of the parameter; the rows of `furnish` have an answer to each
ARGUMENTS: dict[str, Any] = {
    "guild_id": HERE,
    "member_id": ADA,
    "member_ids": [ADA, BERT],
    "number": 1,
    "poll_id": 1,
    "proposal_id": 1,
    "question_id": 1,
    "form": "poll:new",
    "share_id": 1,
    "application_id": 7,
    "tournament": "classic",
    "source": "sample",
    "stage": "idea",
    "question": "leaderboard",
    "questions": ["leaderboard"],
    "day": NOW.date(),
    "currency": "EUR",
    "now": NOW + 5 * MINUTE,
    "moment": NOW,
    "since": NOW - DAY,
    "until": NOW + DAY,
    "mark": NOW + DAY,
}


SHOWN_WHOLE = {"storage.members.privacy.stored_about", "storage.members.privacy.export"}
WRITE_BY_ANOTHER = {"hide_argument", "unhide_argument", "set_sharing"}
BY_CHANCE = {"fingerprint"}  # under the key of each file


def reads() -> dict[str, Read]:
    """Every public function of storage that asks the database and writes nothing."""
    return {
        f"{module.name}.{name}": function
        for module in walk_packages(storage.__path__, "storage.")
        for name, function in vars(import_module(module.name)).items()
        if inspect.iscoroutinefunction(function)
        and function.__module__ == module.name
        and module.name not in ("storage.database", "storage.group_commit", "storage.upkeep.lease")
        and not name.startswith("_")
        and name not in WRITE_BY_ANOTHER | BY_CHANCE
        and not re.search(r"\b(transaction|execute|write_alone|together)\(", inspect.getsource(function))
    }


async def widen(db: Database) -> None:
    for table in await fetch_all(db, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
        if not table["name"].startswith("sqlite_"):
            await db.connection.execute(f"ALTER TABLE {table['name']} ADD COLUMN {ADDED} TEXT DEFAULT 'new'")


async def furnish(db: Database) -> None:
    """Put something into every table, by the functions that the bot writes with."""
    await without_limits(db)
    text = json.dumps({"title": "Cap the weights", "parameters": {"review_on": "2031-09-01"}})
    proposal = await filed(db, text=text, due_at=NOW)
    await keep_effect(db, HERE, proposal.proposal_id, 1, Effect("Everyone more", "Sample"), NOW)
    await save_draft(db, HERE, ADA, "{}", NOW)
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    await respond(db, HERE, 1, CLEO, "noted", "We have read it.", NOW, link=LINK)
    await argue(db, HERE, 1, BERT, "question", "By when?", NOW + MINUTE, stages=EARLY)
    await block(db, HERE, ADA, "Spam.", NOW)
    await make_code(db, ADA, "classic", "integration_test", NOW)
    [code] = await fetch_all(db, "SELECT code FROM verification_codes")
    await use_code(db, ADA, code["code"], "ada", NOW - 200 * DAY)
    await make_code(db, ADA, "classic", "integration_test", NOW)
    poll = await opened(
        db, proposal_id=proposal.proposal_id, closes_at=NOW + MINUTE, electors=[Elector(ADA, 12.5, "ada")]
    )
    await cast(db, HERE, poll.poll_id, ADA, '"two"', NOW, salt="5a17" * 8)
    await cast(db, HERE, poll.poll_id, ADA, '"five"', NOW, salt="5a18" * 8)
    assert await keep_reason(db, HERE, poll.poll_id, ADA, "It is enough.", False, NOW)
    assert await keep_draft(db, HERE, poll.poll_id, ADA, None, "[]", NOW)
    assert await move_stage(db, await filed(db, "Another", member_id=DORA), "withdrawn", NOW, due_at=None)
    await set_link(db, AccountLink(ADA, "ada", "account", "classic", NOW))
    await remember(db, ADA, "payout", {"stake": 3.0}, NOW)
    await keep_typed(db, HERE, ADA, "poll:new", {"title": "Now?"}, NOW)
    await note_setter(db, HERE, ADA, NOW)
    await want_warnings(db, HERE, ADA, ["rule"], 5.0, NOW)
    assert await claim_trouble(db, HERE, "poll 7", NOW)
    asked = await recall(db, 1, ADA)
    assert asked is not None
    shared, _ = await claim_share(db, HERE, 5, asked, {"stake": 3.0}, NOW)
    await note_share(db, HERE, shared.share_id, 9)
    await add_statement(db, HERE, ADA, "Caps help.", "caps help", NOW)
    await cast_vote(db, HERE, 1, ADA, 1, NOW)
    for hidden in (True, False):
        await hide_statement(db, HERE, 1, CLEO, "Checked.", NOW, hidden=hidden)
    await add_promise(
        db, HERE, ADA, NewPromise("promise", "A cap", "team", LINK, date(2031, 5, 1), None), NOW
    )
    await settle_promise(db, HERE, 1, ADA, "kept", date(2031, 5, 3), "It is there.", None, NOW)
    await set_schedule(db, Schedule(HERE, 0, 9, "UTC", 5, None), NOW)
    await claim(db, HERE, ["2031-W17"], NOW)
    await posted(db, HERE, "2031-W17", 5, 7, NOW)
    await claim(db, HERE, ["2031-W18"], NOW)
    assert await claim_by_hand(db, HERE, NOW.date(), NOW)
    await posted_by_hand(db, HERE, NOW.date(), 5, 7, NOW)
    await keep_rules(db, "classic", "sample", NOW.date() - DAY, rule="a rule", differs="", rounds="[1, 2]")
    await keep_snapshot(
        db,
        StakeSnapshot("classic", "sample", NOW.date(), (("ada", 2.0),), (("ada", 2.0),), True, NOW),
    )
    await keep_price(db, "EUR", NOW.date(), 7.25)
    await replace_returns(db, HERE, {"2031-01": -1.5}, NOW)
    assert await keep_group(db, NameGroup(ADA, "herd", "classic", ("ada", "bert"), NOW))
    await keep_answers(db, [FetchedAnswer("leaderboard", "[]", NOW)], NOW)
    await keep_round(db, "classic", PackedRound(1, True, "{}", b"packed", NOW), [(0, "1d", "ada_1")])
    await record_sync(db, 7, "5eed", NOW)
    async with transaction(db):  # a closed poll has these, and this one has to be open
        await execute(
            db,
            "INSERT INTO erased_commitments (poll_id, guild_id, commitment) VALUES (?, ?, ?)",
            (poll.poll_id, HERE, "ab" * 32),
        )
    await set_poll_place(db, HERE, poll.poll_id, channel=5, thread=None, message=6)
    await set_place(db, HERE, 1, channel=5, thread=None, message=6, shown="1: something else")
    await add_reminder(db, HERE, poll.poll_id, BERT, NOW)
    assert await move_stage(db, await filed(db, "A third", member_id=CLEO), "vote", NOW, due_at=None)
    await change_settings(db, HERE, NOW, cooldown_hours=24)  # so that there is a limit to be told
    await mark_left(db, THERE, NOW)


async def answer(read: Read, db: Database) -> Any:
    asked = [
        parameter.name
        for parameter in inspect.signature(read).parameters.values()
        if parameter.default is parameter.empty and parameter.name != "db"
    ]
    return await read(db, **{name: ARGUMENTS[name] for name in asked})


@pytest.fixture
async def wide(tmp_path: Path) -> AsyncIterator[Database]:
    db = await open_database(tmp_path / "wide.sqlite3")
    try:
        await widen(db)
        await furnish(db)
        yield db
    finally:
        await db.close()


@pytest.mark.slow
async def test_every_read_answers_the_same_with_a_column_more(db: Database, wide: Database) -> None:
    await furnish(db)
    assert len(reads()) > 50
    empty, other = [], {}
    for name, read in reads().items():
        answered = await answer(read, db)
        if not answered:
            empty.append(name)  # it shows nothing: furnish has to write a row for it
        if name not in SHOWN_WHOLE:
            try:
                widened = await answer(read, wide)
            except Exception as error:  # noqa: BLE001 - each read is to be heard
                widened = error
            if repr(widened) != repr(answered):  # codes are by chance, and not in the repr
                other[name] = widened
    assert (empty, other) == ([], {})


@pytest.mark.slow
async def test_taking_reminders_works_with_a_column_more(wide: Database) -> None:
    poll = await opened(wide)
    await add_reminder(wide, HERE, poll.poll_id, BERT, NOW)
    assert await take_reminder(wide, Reminder(poll.poll_id, HERE, BERT, NOW), NOW)


@pytest.mark.slow
async def test_a_column_more_is_shown_to_the_member_it_is_about(wide: Database) -> None:
    shown = await stored_about(wide, ADA)
    assert {row[ADDED] for rows in shown.values() for row in rows} == {"new"}


def test_every_query_names_its_columns() -> None:
    # what is kept about a member is shown whole, also what a later migration adds: the test above
    starred = [
        (path.name, line.strip())
        for path in Path(storage.__path__[0]).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"\b(SELECT|RETURNING) \*|\b\w+\.\*[ ,]|\(\*\*?(dict\()?row\b(?!\.)", line)
    ]
    assert [name for name, _ in starred] == ["privacy.py"], starred
