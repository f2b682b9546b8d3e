"""The weekly summary as plain data: what is counted in a week, and what never is."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from features.digest.rule_watch import take_rules
from features.digest.summary import Told, set_schedule, summarise, waiting_for
from features.promises.ledger import add_promise
from features.stakes.history import take_snapshot
from governance.digest.summary import Period, is_quiet
from governance.digest.text import as_markdown
from governance.proposals.document import from_json, to_json
from scoring.rules import PayoutRule, rule_in_force
from storage.database import Database, fetch_all, open_database
from storage.polls.ballots import ballots_of
from storage.polls.casting import cast
from storage.polls.closing import set_poll_place
from storage.polls.polls import Elector, Poll, poll_in
from storage.proposals.arguments import argue, hide_argument
from storage.proposals.filing import revise
from storage.proposals.proposals import Content, proposal_in
from storage.proposals.responses import respond
from storage.proposals.stages import hide, move_stage, set_place
from storage.server import digests
from tests.features.polls.polls import close_due, opened
from tests.features.proposals.proposals import ADA, BERT, EARLY, HERE, NOW, THERE, filed, without_limits
from tests.features.stakes.test_holders import DAY, MadeUp, calendar, rows_of, stakes_of
from tournament.source import SourceError

WEEK, HOUR, MOMENT = timedelta(days=7), timedelta(hours=1), timedelta(microseconds=1)
PERIOD = Period(("2031-W18",), NOW - WEEK, NOW)
IN_IT = NOW - timedelta(days=3)
EMPTY = MadeUp(None)


@dataclass(frozen=True)
class Announced(MadeUp):
    """A source that announces a rule."""

    announced: str = ""
    differs: str = ""
    live: bool = True
    caveats: Mapping[str, str] = field(default_factory=dict)

    async def live_rule(self) -> PayoutRule | None:
        if not self.announced:
            return None
        paid = {score: float(times) for times, score in (p.split("x") for p in self.announced.split(" + "))}
        return replace(rule_in_force("classic", on=NOW), multipliers=paid)

    async def live_rule_differs(self) -> str:
        return self.differs


@dataclass(frozen=True)
class Broken(Announced):
    """A source that is asked for its rule in vain."""

    async def live_rule(self) -> PayoutRule | None:
        raise SourceError("Numerai does not answer")


@pytest.fixture
async def db(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file)
    await without_limits(database)
    yield database
    await database.close()


def text(title: str = "Cap the weights", **more: Any) -> str:
    form = {"title": title, "tournament": "classic", "kind": "payout", "problem": "p", "change": "c"}
    return to_json(from_json(json.dumps(form | more)))


async def told_of(db: Database, *, source: Any = EMPTY, period: Period = PERIOD, now: datetime = NOW) -> Told:
    return await summarise(db, source, HERE, period, now)


async def summary_of(db: Database, **more: Any) -> Any:
    return (await told_of(db, **more)).summary


async def voted(db: Database, poll: Poll, choices: list[str], now: datetime) -> None:
    for member, choice in enumerate(choices, 1):
        await cast(db, HERE, poll.poll_id, member, json.dumps(choice), now)


# ---------------------------------------------------------------- asking stores nothing


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


async def test_a_new_rule_is_told_against_the_one_in_force(db: Database) -> None:
    rule = {"rule": "1.5xCORR + 2xTC"}
    await filed(db, text=text(parameters=rule), now=datetime(2023, 1, 3, tzinfo=UTC))
    period = Period(("2023-W01",), datetime(2023, 1, 1, tzinfo=UTC), datetime(2023, 1, 8, tzinfo=UTC))
    [draft] = (await summary_of(db, period=period, now=period.ends)).drafts
    assert draft.difference.startswith("1.5xCORR + 2xTC instead of ")


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


# ---------------------------------------------------------------- polls


@pytest.mark.parametrize(
    ("closes", "seen"),
    [(NOW + MOMENT, 1), (NOW + WEEK, 1), (NOW + WEEK + MOMENT, 0), (NOW, 0), (NOW - HOUR, 0)],
)
async def test_a_poll_closes_soon_within_a_week(db: Database, closes: datetime, seen: int) -> None:
    poll = await opened(db, opens_at=NOW - 3 * WEEK, closes_at=closes, quorum=20, now=NOW - 3 * WEEK)
    await set_poll_place(db, HERE, poll.poll_id, channel=11, thread=None, message=13)
    assert len((await summary_of(db)).closing) == seen


@pytest.mark.parametrize(("cast_", "told", "gap"), [(0, 0, 20), (4, 0, 20), (7, 5, 15), (23, 20, 0)])
async def test_a_poll_closing_soon_tells_its_quorum_in_steps(
    db: Database, cast_: int, told: int, gap: int
) -> None:
    poll = await opened(db, opens_at=IN_IT, now=IN_IT, quorum=20)
    await set_poll_place(db, HERE, poll.poll_id, channel=11, thread=None, message=13)
    await voted(db, poll, ["two"] * cast_, IN_IT + HOUR)
    [closing] = (await summary_of(db)).closing
    assert (closing.voters, closing.quorum, closing.gap) == (told, 20, gap)
    assert closing.link == f"https://discord.com/channels/{HERE}/11/13"


async def closed(db: Database, choices: list[str], stakes: list[float], **more: Any) -> Poll:
    """A poll of these ballots and verified stakes, closed in the week."""
    electors = [Elector(number, stake, f"account_{number}") for number, stake in enumerate(stakes, 1)]
    poll = await opened(
        db, opens_at=NOW - WEEK - HOUR, closes_at=IN_IT, now=NOW - WEEK - HOUR, electors=electors, **more
    )
    await voted(db, poll, choices, NOW - WEEK)
    assert await close_due(db, IN_IT)
    return await poll_in(db, HERE, poll.number)


async def test_a_result_flips_where_the_public_view_does(db: Database) -> None:
    await closed(db, ["two"] * 40 + ["five"] * 30, [1.0] * 40 + [9.0] * 30)
    [result] = (await summary_of(db)).results
    views = {view.strategy: view.winners for view in result.views}
    assert result.voters == 70
    assert views["one member, one vote"] == ("two",)
    assert views["stake"] == ("five",)
    assert result.flips


@pytest.mark.parametrize("stakes", [[1.0] * 11 + [1000.0], [], [5.0] * 3])
async def test_what_is_not_public_makes_no_flip(db: Database, stakes: list[float]) -> None:
    await closed(db, ["two"] * 8 + ["five"] * 4, stakes)
    [result] = (await summary_of(db)).results
    assert [(view.strategy, view.winners) for view in result.views] == [("one member, one vote", ("two",))]
    assert not result.flips
    assert "agree" not in as_markdown(await summary_of(db))


async def test_shares_too_close_to_tell_are_no_flip(db: Database) -> None:
    """31 of 60 members with equal stakes are 50 % in steps of five: the rounded shares have two leaders."""
    await closed(db, ["two"] * 31 + ["five"] * 29, [1.0] * 60)
    [result] = (await summary_of(db)).results
    assert result.views[0].winners == ("two",)
    assert not result.flips


async def test_a_missed_quorum_has_no_winners(db: Database) -> None:
    await closed(db, ["two"] * 4, [], quorum=9)
    [result] = (await summary_of(db)).results
    assert (result.voters, result.views, result.flips) == (4, (), False)


async def test_a_poll_is_told_in_the_week_it_was_counted(db: Database) -> None:
    poll = await closed(db, ["two"] * 5, [])
    assert poll.closed_at == IN_IT
    for starts, seen in ((IN_IT, 0), (IN_IT - MOMENT, 1)):
        assert len((await summary_of(db, period=replace(PERIOD, starts=starts))).results) == seen


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


async def moved(db: Database, changed: int, *, after: timedelta = HOUR) -> None:
    """A vote on proposal 1 with an argument, after which so many of eight changed their ballot."""
    proposal = await filed(db, text=text(), now=NOW - 2 * WEEK)
    await argue(db, HERE, proposal.number, BERT, "against", "Caps can be split", IN_IT, stages=EARLY)
    poll = await opened(
        db, opens_at=NOW - WEEK - HOUR, now=NOW - WEEK - HOUR, proposal_id=proposal.proposal_id
    )
    await voted(db, poll, ["two"] * 8, NOW - WEEK)
    await voted(db, poll, ["five"] * changed, IN_IT + after)
    assert sum(ballot.changes for ballot in await ballots_of(db, HERE, poll.poll_id)) == changed


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


# ---------------------------------------------------------------- numbers


def held(day: date, *stake: float, **more: Any) -> MadeUp:
    return MadeUp(stakes_of(stake, day=day), known_rounds=calendar(3), **more)


@pytest.mark.parametrize(("days", "known"), [(5, False), (6, True), (7, True), (9, True), (10, False)])
async def test_stakes_are_told_against_the_snapshot_of_a_week_ago(
    db: Database, days: int, known: bool
) -> None:
    await take_snapshot(db, held(DAY - timedelta(days=days), 10, 10, 10, 10), NOW - timedelta(days=days))
    half, effective = (await summary_of(db, source=held(DAY, 30, 10, 10))).measures  # more than half
    assert (half.now, half.n) == (1, 3)
    assert effective.now == pytest.approx(50**2 / (30**2 + 2 * 10**2))
    if known:
        assert (half.before, half.n_before, effective.before, effective.n_before) == (3, 4, 4, 4)
    else:
        assert np.isnan([half.before, effective.before]).all()
        assert half.n_before == effective.n_before == 0


async def test_pay_is_told_of_the_two_newest_resolved_rounds(db: Database) -> None:
    """Three models, three rounds: 1, 2 and 3 NMR each; the newest is not resolved."""
    rows = rows_of(np.zeros((3, 3)), payout=np.array([[1.0, 2.0, 3.0]] * 3))
    rows = replace(rows, resolved=rows.round < 302)
    [pay] = (await summary_of(db, source=MadeUp(None, rows=rows, known_rounds=calendar(3)))).measures
    assert (pay.name, pay.now, pay.before, pay.unit) == ("paid in round 301, against round 300", 6, 3, "NMR")
    assert (pay.n, pay.n_before) == (3, 3)


async def test_the_same_day_from_the_source_twice_is_one_snapshot(db: Database) -> None:
    yesterday = held(DAY - timedelta(days=1), 10, 10)
    for now in (NOW, NOW + timedelta(days=1)):
        await take_snapshot(db, yesterday, now)
        await summary_of(db, source=yesterday, now=now)
    assert [row["day"] for row in await fetch_all(db, "SELECT day FROM stake_snapshots")] == ["2031-05-03"]
    told = await told_of(db, source=yesterday, now=NOW + timedelta(days=1))
    assert told.notices == ()
    assert np.isnan(told.summary.measures[0].before), "the same numbers are not those of a week ago"


# ---------------------------------------------------------------- the rule


async def rules(db: Database) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in await fetch_all(db, "SELECT day, rule, differs FROM rule_snapshots")]


async def test_rules_are_kept_with_the_newest_rounds_once_a_day(db: Database) -> None:
    source = Announced(None, known_rounds=calendar(25), announced="1xCORR", differs="Odd.")
    assert await take_rules(db, source, NOW)
    assert not await take_rules(db, replace(source, announced="2xCORR"), NOW + HOUR)
    assert await rules(db) == [("2031-05-04", "1xCORR", "Odd.")]
    [row] = await fetch_all(db, "SELECT rounds FROM rule_snapshots")
    kept = json.loads(row["rounds"])
    assert [each["round"] for each in kept] == list(range(305, 325))
    assert kept[0] == {
        "round": 305, "payout_factor": 0.5, "stake_threshold": 500.0, "total_at_risk": 1000.0,
    }  # fmt: skip


async def test_what_is_not_known_of_a_round_is_kept_as_null(db: Database) -> None:
    assert await take_rules(db, Announced(None, known_rounds=calendar(1, at_risk=0)), NOW)
    [row] = await fetch_all(db, "SELECT rule, rounds FROM rule_snapshots")
    assert row["rule"] == ""
    assert json.loads(row["rounds"])[0]["payout_factor"] is None


async def test_a_changed_rule_is_noticed_whoever_looked_in_between(db: Database) -> None:
    old = Announced(None, known_rounds=calendar(3), announced="1xCORR")
    new = replace(old, announced="2xCORR + 1xTC")
    await take_rules(db, old, NOW - WEEK)
    await take_rules(db, new, IN_IT)
    changed = "The announced rule changed from 1xCORR to 2xCORR + 1xTC."
    assert (await told_of(db, source=new)).notices == (changed,)
    following = Period(("2031-W19",), NOW, NOW + WEEK)
    assert (await told_of(db, source=new, period=following, now=NOW + WEEK)).notices == ()
    gone = await told_of(db, source=old, period=following, now=NOW + WEEK)
    assert gone.notices == ("The announced rule changed from 2xCORR + 1xTC to 1xCORR.",)


async def test_a_rule_that_differs_from_the_table_is_a_notice(db: Database) -> None:
    source = Announced(None, known_rounds=calendar(3), announced="1xCORR", differs="The table says 2xCORR.")
    assert (await told_of(db, source=source)).notices == ("The table says 2xCORR.",)


@pytest.mark.parametrize("source", [EMPTY, Broken(None, known_rounds=calendar(1))])
async def test_a_source_that_does_not_answer_leaves_the_summary_without_numbers(
    db: Database, source: Any
) -> None:
    await opened(db, closes_at=NOW + HOUR)
    told = await told_of(db, source=source)
    assert len(told.summary.closing) == 1
    assert (told.summary.measures, told.notices) == ((), ())
    assert await rules(db) == []


# ---------------------------------------------------------------- schedules, and what waits


async def test_a_schedule_begins_with_the_next_week(db: Database) -> None:
    made = await set_schedule(
        db,
        HERE,
        weekday=0,
        hour=18,
        zone="Europe/Berlin",
        channel=11,
        now=datetime(2031, 5, 5, 15, tzinfo=UTC),
    )
    assert made.last_key == "2031-W18"
    again = await set_schedule(
        db,
        HERE,
        weekday=0,
        hour=17,
        zone="Europe/Berlin",
        channel=11,
        now=datetime(2031, 5, 5, 16, tzinfo=UTC),
    )
    assert (again.last_key, again.hour) == ("2031-W18", 17), "the weeks that were told are kept"
    assert await digests.schedule_of(db, HERE) == again
    with pytest.raises(ValueError, match="Europe/Berlin"):
        await set_schedule(db, THERE, weekday=0, hour=18, zone="Berlin", channel=11, now=NOW)
    assert await digests.schedule_of(db, THERE) is None


async def test_what_waits_for_a_member(db: Database) -> None:
    await filed(db, "Mine", text=text("Mine"), now=NOW)
    await filed(db, "Not mine", member_id=BERT, text=text("Not mine"), now=NOW)
    poll = await opened(db, title="Voted")
    await opened(db, title="Not voted")
    await cast(db, HERE, poll.poll_id, ADA, json.dumps("two"), NOW)
    lines = (await waiting_for(db, HERE, ADA, NOW)).lines
    assert lines == ("Poll #2 “Not voted” has no ballot of yours.", "Your proposal #1 “Mine” is at idea.")
    assert (await waiting_for(db, THERE, ADA, NOW)).lines == ()
