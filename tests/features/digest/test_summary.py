"""The weekly summary as plain data: what is counted in a week, and what never is."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from features.digest.summary import waiting_for
from features.promises.ledger import add_promise
from features.simulation.proposal_impact import proposal_impact
from governance.digest.summary import is_quiet
from governance.digest.text import as_markdown
from governance.proposals.document import from_json
from storage.database import Database
from storage.proposals.arguments import hide_argument
from storage.proposals.filing import revise
from storage.proposals.proposals import Content, proposal_in
from storage.proposals.responses import respond
from storage.proposals.stages import hide, move_stage, set_place
from tests.features.digest.weeks import (
    HOUR,
    IN_IT,
    MOMENT,
    PERIOD,
    WEEK,
    Announced,
    closed,
    moved,
    summary_of,
    text,
    told_of,
)
from tests.features.polls.polls import opened
from tests.features.proposals.proposals import ADA, BERT, EARLY, HERE, NOW, THERE, filed
from tests.features.stakes.made_up import DAY, MadeUp, calendar, rows_of, stakes_of

# ---------------------------------------------------------------- asking stores nothing


@pytest.mark.slow
async def test_a_summary_stores_nothing_and_asks_as_often_of_ten_as_of_one(db: Database) -> None:
    source = Announced(
        stakes_of([30, 10, 10], day=DAY), known_rounds=calendar(3), announced="1xCORR", differs="Odd."
    )
    asked = []
    for _ in range(2):
        for _ in range(5):
            await moved(db, 8)
            await closed(db, ["two"] * 5, [])
            await opened(db, closes_at=NOW + HOUR)
        before = db.connection.total_changes
        statements: list[str] = []
        await db.connection.set_trace_callback(statements.append)
        told = await told_of(db, source=source)
        await db.connection.set_trace_callback(None)
        asked.append(len(statements))
        assert db.connection.total_changes == before
        assert told.notices == ("Odd.",)
        assert told.summary.argument is not None
        assert told.summary.measures
    assert (len(told.summary.results), len(told.summary.closing), len(told.summary.drafts)) == (10, 20, 0)
    assert asked[0] == asked[1] <= 20, asked


async def test_what_waits_is_asked_for_in_as_many_statements_whatever_there_is(db: Database) -> None:
    asked = []
    for _ in range(2):
        for _ in range(5):
            await filed(db, text=text(), now=NOW)
            await opened(db)
        statements: list[str] = []
        await db.connection.set_trace_callback(statements.append)
        assert (await waiting_for(db, HERE, ADA, NOW)).lines
        await db.connection.set_trace_callback(None)
        asked.append(len(statements))
    assert asked == [3, 3]


async def test_an_argument_about_a_hidden_proposal_is_not_told(db: Database) -> None:
    await moved(db, 8)
    await hide(db, HERE, 1, BERT, "spam", NOW)
    assert (await summary_of(db)).argument is None


# ---------------------------------------------------------------- a quiet week


async def test_nothing_is_a_quiet_week(db: Database) -> None:
    told = await told_of(db)
    assert is_quiet(told.summary)
    assert told.notices == ()
    assert told.summary.measures == ()
    assert (told.summary.cut_off, told.summary.period) == (NOW, PERIOD)


async def test_another_server_s_week_is_no_news_here(db: Database) -> None:
    await filed(db, text=text(), now=IN_IT, guild_id=THERE)
    await opened(db, guild_id=THERE, closes_at=NOW + HOUR)
    await add_promise(
        db, THERE, ADA, NOW, kind="question", what="Why?", who="the team",
        link="https://forum.example/t/1", said_on="2031-05-01",
    )  # fmt: skip
    summary = await summary_of(db)
    assert is_quiet(summary)
    assert summary.questions == ()


# ---------------------------------------------------------------- proposals


@pytest.mark.parametrize(
    ("at", "seen"), [(NOW - WEEK, 0), (NOW - WEEK + MOMENT, 1), (NOW, 1), (NOW + MOMENT, 0)]
)
async def test_a_proposal_is_new_in_the_week_it_was_filed(db: Database, at: datetime, seen: int) -> None:
    await filed(db, text=text(), now=at)
    await set_place(db, HERE, 1, channel=11, thread=12, message=13)
    drafts = (await summary_of(db)).drafts
    assert len(drafts) == seen
    for draft in drafts:
        assert (draft.number, draft.title, draft.revised) == (1, "Cap the weights", False)
        assert draft.link == f"https://discord.com/channels/{HERE}/12/13"


async def test_a_new_rule_is_told_against_the_one_its_simulation_compares_with(db: Database) -> None:
    """Round 319 was paid by CORR and TC, whatever is paid today; and what can't be simulated has no such."""
    rule = text(parameters={"rule": "1.5xCORR + 2xTC"})
    await filed(db, text=rule, now=IN_IT)
    rows = rows_of(np.full((2, 20), 0.01))
    rows = replace(rows, scores={**rows.scores, "corr": np.full(40, 0.02)})
    source = MadeUp(None, rows=rows, known_rounds=calendar(20))
    [draft] = (await summary_of(db, source=source)).drafts
    impact = await proposal_impact(source, from_json(rule))
    assert impact.pay is not None, impact.reason_not
    assert impact.pay.old.short == "1xCORR + 2xTC"
    assert draft.difference == "1.5xCORR + 2xTC instead of 1xCORR + 2xTC, the rule of round 319"
    [draft] = (await summary_of(db)).drafts
    assert draft.difference == "payout, rule 1.5xCORR + 2xTC"


async def test_a_revision_is_told_against_the_version_before_the_week(db: Database) -> None:
    await filed(db, text=text(), now=NOW - 2 * WEEK)
    for expected, changed in ((1, {"problem": "q"}), (2, {"problem": "q", "change": "d", "title": "Caps"})):
        title = changed.get("title", "Cap the weights")
        said = text(title, **{name: value for name, value in changed.items() if name != "title"})
        await revise(
            db, HERE, 1, ADA, Content(title, "classic", "payout", said, f"{expected:064}"),
            IN_IT + expected * HOUR, expected_revision=expected, stages=EARLY, substantive=False, due_at=None,
        )  # fmt: skip
    [draft] = (await summary_of(db)).drafts
    assert draft.revised
    assert draft.title == "Caps"
    assert set(draft.difference.removeprefix("changed ").split(", ")) == {"title", "problem", "change"}
    after = replace(PERIOD, starts=NOW, ends=NOW + WEEK)
    assert (await summary_of(db, period=after, now=NOW + WEEK)).drafts == ()


async def test_a_hidden_proposal_is_not_told(db: Database) -> None:
    await filed(db, text=text(), now=IN_IT)
    await respond(db, HERE, 1, BERT, "accepted", "Yes", IN_IT)
    await hide(db, HERE, 1, BERT, "spam", IN_IT + HOUR)
    assert is_quiet(await summary_of(db))


async def test_an_answer_and_an_end_are_outcomes(db: Database) -> None:
    for title in ("Answered", "Withdrawn", "Answered before"):
        await filed(db, title, text=text(title), now=NOW - 2 * WEEK)
    await respond(db, HERE, 1, BERT, "partly", "Half of it", IN_IT, link="https://forum.example/t/9")
    await move_stage(db, await proposal_in(db, HERE, 2), "withdrawn", IN_IT, due_at=None)
    await respond(db, HERE, 3, BERT, "noted", "Thanks", NOW - WEEK)
    found = {each.number: each for each in (await summary_of(db)).outcomes}
    assert set(found) == {1, 2}
    assert (found[1].what, found[1].by_whom, found[1].link) == (
        "partly: Half of it", "the team", "https://forum.example/t/9",
    )  # fmt: skip
    assert found[2].what == "withdrawn"


# ---------------------------------------------------------------- what is owed


async def test_what_is_overdue_and_unanswered_is_told_in_days(db: Database) -> None:
    more: dict[str, Any] = {"who": "the team", "link": "https://forum.example/t/1", "said_on": "2031-04-01"}
    await add_promise(db, HERE, ADA, NOW, kind="promise", what="A FAQ", due_on="2031-05-01", **more)
    await add_promise(db, HERE, ADA, NOW, kind="promise", what="Later", due_on="2031-06-01", **more)
    await add_promise(db, HERE, ADA, NOW, kind="question", what="Why overnight?", **more)
    summary = await summary_of(db)
    assert [promise.what for promise in summary.overdue] == ["A FAQ"]
    assert [question.what for question in summary.questions] == ["Why overnight?"]
    assert is_quiet(summary), "what is owed alone is no news"
    await opened(db, closes_at=NOW + HOUR)
    markdown = as_markdown(await summary_of(db))
    assert "3 days overdue: [A FAQ](https://forum.example/t/1) (the team)" in markdown
    assert "33 days without an answer: [Why overnight?](https://forum.example/t/1)" in markdown
    assert "Later" not in markdown


async def test_more_than_a_page_of_the_ledger_is_told(db: Database) -> None:
    for number in range(27):
        await add_promise(
            db, HERE, ADA, NOW, kind="promise", what=f"Promise {number}", who="the team",
            link="https://forum.example/t/1", said_on="2031-04-01", due_on="2031-05-01",
        )  # fmt: skip
    assert len((await summary_of(db)).overdue) == 27


# ---------------------------------------------------------------- what changed minds


@pytest.mark.parametrize(
    ("changed", "after", "told"),
    [
        (5, HOUR, 5),
        (8, 24 * HOUR, 8),
        (4, HOUR, None),
        (8, 24 * HOUR + MOMENT, None),
        (8, timedelta(0), None),
        (8, -HOUR, None),
    ],
)
async def test_an_argument_is_told_from_five_changed_ballots_on(
    db: Database, changed: int, after: timedelta, told: int | None
) -> None:
    await moved(db, changed, after=after)
    argument = (await summary_of(db)).argument
    assert (argument and argument.moved) == told
    if argument is not None:
        assert (argument.number, argument.text) == (1, "Caps can be split")


async def test_a_hidden_argument_is_not_told(db: Database) -> None:
    await moved(db, 8)
    await hide_argument(db, HERE, 1, BERT, "spam", NOW)
    assert (await summary_of(db)).argument is None
