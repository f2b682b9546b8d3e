"""How a proposal ripens: each step, what hinders it, and how many must second it."""

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.proposals.stages import (
    ENDED,
    STAGES,
    Step,
    advance,
    next_steps,
    revised,
    second,
    secondings_needed,
)
from tests.governance.proposals.ripening import AUTHOR, DAY, SECOND, START, refusal, standing, step

# ---------------------------------------------------------------- from idea to review


def test_an_idea_needs_seconds() -> None:
    at = standing(seconds_needed=2)
    assert step(at, "discussion") == Step(
        "discussion", "clock", False, ("2 more members must second it.",), None
    )
    at = second(at, 7, START)
    assert step(at, "discussion").missing == ("1 more member must second it.",)
    assert second(at, 7, START + DAY).seconded_by == {7}
    at = second(at, 8, START + DAY)
    assert at.active_at == START + DAY
    assert step(at, "discussion", START + DAY).allowed
    moved = advance(at, "discussion", by="clock", now=START + 2 * DAY)
    assert (moved.stage, moved.since, moved.seconded_by) == ("discussion", START + 2 * DAY, {7, 8})


def test_who_seconds() -> None:
    with pytest.raises(ValueError, match=r"^Somebody else must second it: its author is for it anyway\.$"):
        second(standing(), AUTHOR, START)
    for stage in STAGES:
        if stage not in ("idea", "discussion"):
            with pytest.raises(ValueError, match=r"^Only an idea or a discussion can be seconded\.$"):
                second(standing(stage), 7, START)
    # a row that names the author all the same does not count
    assert not step(standing(seconded_by=frozenset({AUTHOR, 7})), "discussion").allowed


def test_a_discussion_lasts_seven_days_and_ends_complete() -> None:
    at = standing("discussion", lacking=3)
    assert step(at, "last_call", START + 2 * DAY) == Step(
        "last_call",
        "author",
        False,
        (
            "The discussion lasts at least 7 days: until 2026-11-08 12:00 UTC.",
            "3 things must be filled in first.",
        ),
        START + 7 * DAY,
    )
    at = replace(at, lacking=0)
    assert not step(at, "last_call", START + 7 * DAY - SECOND).allowed
    assert step(at, "last_call", START + 7 * DAY).allowed
    assert refusal(at, "last_call", "moderator", START + 8 * DAY) == (
        "Only its author can bring this proposal to last call."
    )
    assert advance(at, "last_call", by="author", now=START + 8 * DAY).stage == "last_call"


def test_a_last_call_lasts_three_days_and_never_grows_stale() -> None:
    at = standing("last_call")
    later = START + 100 * DAY
    assert "stale" not in [step.to for step in next_steps(at, later)]
    early = START + 3 * DAY - SECOND
    assert step(at, "vote", early).missing == ("The last call lasts 72 hours: until 2026-11-04 12:00 UTC.",)
    assert step(at, "vote", early).due == START + 3 * DAY
    assert advance(at, "vote", by="clock", now=START + 3 * DAY).stage == "vote"
    assert refusal(replace(at, lacking=1), "vote", "clock", later) == ("1 thing must be filled in first.")
    assert advance(at, "discussion", by="author", now=early).since == early


def test_a_vote_and_what_follows() -> None:
    at = standing("vote")
    assert step(at, "result", START + 100 * DAY).missing == ("Its vote is not closed and counted yet.",)
    at = advance(replace(at, voted=True), "result", by="clock", now=START + 7 * DAY)
    at = advance(at, "response", by="moderator", now=START + 8 * DAY)
    assert step(at, "review", START + 9 * DAY) == Step(
        "review", "moderator", False, ("The team's response is not on record.",), None
    )
    assert (
        advance(replace(at, answered=True), "review", by="moderator", now=START + 9 * DAY).stage == "review"
    )
    # silence does not put off a review that has its date
    dated = replace(at, review_on=datetime.date(2027, 3, 1))
    due = datetime.datetime(2027, 3, 1, tzinfo=datetime.UTC)
    assert step(dated, "review", due - SECOND).missing == (
        "It is reviewed on its date: until 2027-03-01 00:00 UTC.",
    )
    assert step(dated, "review", due - SECOND).due == due
    done = advance(dated, "review", by="clock", now=due)
    assert advance(done, "closed", by="moderator", now=due + DAY).stage == "closed"


# ---------------------------------------------------------------- side exits


def test_who_may_go_where() -> None:
    ways = {stage: {(step.to, step.who) for step in next_steps(standing(stage), START)} for stage in STAGES}
    out = {("withdrawn", "author"), ("superseded", "moderator")}
    quiet = {("stale", "clock")}
    close = {("closed", "moderator")}
    assert ways == {
        "idea": {("discussion", "clock")} | out | quiet,
        "discussion": {("last_call", "author")} | out | quiet,
        "last_call": {("vote", "clock"), ("discussion", "author")} | out,
        "vote": {("result", "clock")},
        "result": {("response", "moderator")} | close,
        "response": {("review", "moderator")} | close,
        "review": close,
        "stale": {("idea", "author")} | out,
        "closed": set(),
        "withdrawn": set(),
        "superseded": set(),
    }


def test_thirty_quiet_days_make_a_proposal_stale_until_its_author_returns() -> None:
    for stage in ("idea", "discussion"):
        at = replace(standing(stage), active_at=START + 5 * DAY)
        assert step(at, "stale", START + 35 * DAY - SECOND).missing == (
            "It was active within the last 30 days.",
        )
        gone = advance(at, "stale", by="clock", now=START + 35 * DAY)
        back = advance(gone, "idea", by="author", now=START + 50 * DAY)
        assert (back.stage, back.active_at) == ("idea", START + 50 * DAY)
        assert not step(back, "stale", START + 60 * DAY).allowed


def test_a_substantive_edit_needs_new_seconds() -> None:
    for stage in ("idea", "discussion", "last_call", "stale"):
        at = revised(standing(stage, seconded_by=frozenset({7, 8})), START + DAY)
        assert (at.stage, at.since, at.active_at, at.seconded_by) == (
            "idea",
            START + DAY,
            START + DAY,
            frozenset(),
        )
    for stage in ("vote", "result", "response", "review", *ENDED):
        with pytest.raises(
            ValueError, match=r"^The text is frozen from the vote on; start a new proposal\.$"
        ):
            revised(standing(stage), START)


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("stage", "to", "by", "sentence"),
    [
        ("idea", "vote", "author", "From idea a proposal can't come to vote."),
        ("idea", "idea", "author", "From idea a proposal can't come to idea."),
        ("idea", "last_call", "author", "From idea a proposal can't come to last call."),
        ("idea", "nowhere", "author", "From idea a proposal can't come to nowhere."),
        ("closed", "idea", "moderator", "From closed a proposal can't come to idea."),
        ("vote", "withdrawn", "author", "From vote a proposal can't come to withdrawn."),
        ("idea", "withdrawn", "moderator", "Only its author can bring this proposal to withdrawn."),
        ("idea", "superseded", "author", "Only a moderator can bring this proposal to superseded."),
        ("idea", "discussion", "moderator", "Only time and members can bring this proposal to discussion."),
        ("idea", "withdrawn", "stranger", "Only its author can bring this proposal to withdrawn."),
        ("party", "idea", "author", "There is no stage called party."),
    ],
)
def test_what_is_not_permitted(stage: str, to: str, by: str, sentence: str) -> None:
    assert refusal(standing(stage), to, by, START + 100 * DAY) == sentence


def test_time_goes_forward_and_has_a_zone() -> None:
    back = r"^A proposal can't move before it came to where it stands\.$"
    naive = START.replace(tzinfo=None)
    for ask in (next_steps, revised, lambda at, now: second(at, 7, now)):
        with pytest.raises(ValueError, match=back):
            ask(standing(), START - SECOND)
        with pytest.raises(ValueError, match=r"^A time needs its time zone\.$"):
            ask(standing(), naive)
        with pytest.raises(ValueError, match=r"^A time needs its time zone\.$"):
            ask(replace(standing(), active_at=naive), START)
    tokyo = datetime.timezone(datetime.timedelta(hours=9))
    assert step(standing("discussion"), "last_call", (START + 7 * DAY).astimezone(tokyo)).allowed


# ---------------------------------------------------------------- how many seconds


@pytest.mark.parametrize(
    ("active", "options", "needed"),
    [
        (0, {}, 2),
        (40, {}, 2),
        (41, {}, 3),
        (100, {}, 5),
        (1000, {}, 50),
        (100, {"share": 0.07}, 7),
        (100, {"share": 0}, 2),
        (3, {"share": 1}, 3),
        (10, {"least": 5}, 5),
        (0, {"least": 1}, 1),
    ],
)
def test_seconds_needed(active: int, options: dict[str, Any], needed: int) -> None:
    assert secondings_needed(active, **options) == needed


@pytest.mark.parametrize(
    ("active", "options", "sentence"),
    [
        (-1, {}, "A number of members must be a whole number of 0 or more."),
        (2.5, {}, "A number of members must be a whole number of 0 or more."),
        (10, {"least": 0}, "A number of members must be a whole number of 1 or more."),
        (10, {"share": 1.1}, "The share of members who must second an idea lies between 0 and 1."),
        (10, {"share": float("nan")}, "The share of members who must second an idea lies between 0 and 1."),
    ],
)
def test_seconds_that_cannot_be(active: Any, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        secondings_needed(active, **options)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_more_activity_never_needs_fewer_seconds(active: int, share: float) -> None:
    few, many = secondings_needed(active, share=share), secondings_needed(active + 1, share=share)
    assert 2 <= few <= many <= max(2, active + 1)
