"""How a proposal ripens: its stages, what each step needs, and how long it takes."""

import datetime
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import SupportsIndex

from governance.text import counted

OPEN = ("idea", "discussion", "last_call", "vote", "result", "response", "review")
ENDED = ("closed", "withdrawn", "superseded")
STAGES = (*OPEN, *ENDED, "stale")
NAMES = {stage: stage.replace("_", " ") for stage in STAGES}  # as people read them

# At least seven days of discussion, a last call of 72 hours, a vote of five to seven days, thirty days until
# an idea counts as stale: usual in RFCs (a final comment period of days) and in votes on Snapshot. Ours are
# the seven of five to seven, so that every vote sees a weekend, and that only ideas and discussions grow
# stale: a last call may wait for what it lacks.
DISCUSSION = datetime.timedelta(days=7)
LAST_CALL = datetime.timedelta(hours=72)
VOTE = datetime.timedelta(days=7)
STALE = datetime.timedelta(days=30)


@dataclass(frozen=True)
class Standing:
    """Where a proposal stands."""

    stage: str
    since: datetime.datetime  # aware; when it came to this stage
    author_id: int
    active_at: datetime.datetime  # aware; the last second, argument or edit
    seconded_by: frozenset[int] = frozenset()
    seconds_needed: int = 2  # see secondings_needed
    lacking: int = 0  # `must` findings of the text as it stands
    review_on: datetime.date | None = None
    voted: bool = False  # whether its vote is closed and counted
    answered: bool = False  # whether the team's response is on record


@dataclass(frozen=True)
class Step:
    """A stage that a proposal may come to next."""

    to: str
    who: str  # author | moderator | clock
    allowed: bool
    missing: tuple[str, ...]  # sentences; empty where it is allowed
    due: datetime.datetime | None  # when time alone no longer hinders it; None where time does not

    @property
    def besides_time(self) -> tuple[str, ...]:
        """What is missing that does not come by waiting."""
        return tuple(sentence for sentence in self.missing if not sentence.endswith(" UTC."))


def secondings_needed(active_members: int, *, share: float = 0.05, least: int = 2) -> int:
    """How many members must second an idea: a share of those recently active, at least two, rounded up.

    Relative to activity, because two are many in a server of ten and nothing in one of a thousand
    (LiquidFeedback admits issues in this way); the two are usual, the 5 % are ours. Raises ValueError for
    counts below 0 (1 for `least`) and a share that is not between 0 and 1.
    """
    active, least = _whole(active_members, 0), _whole(least, 1)
    if not 0 <= share <= 1:
        raise ValueError("The share of members who must second an idea lies between 0 and 1.")
    return max(least, math.ceil(Fraction(str(share)) * active))  # 0.07 x 100 is 7, not a little above


def next_steps(standing: Standing, now: datetime.datetime) -> tuple[Step, ...]:
    """Every step that leads on from here, allowed or not, with what is missing and when time permits it.

    Raises ValueError for an unknown stage, times without a zone, and a present before the stage began.
    """
    _check(standing, now)
    stage = standing.stage
    steps = [build(standing, now) for build in _ONWARD.get(stage, ())]
    if stage in ("idea", "discussion", "last_call", "stale"):
        steps += [_free("withdrawn", "author"), _free("superseded", "moderator")]
    if stage in ("idea", "discussion"):
        quiet = standing.active_at + STALE
        missing = [] if now >= quiet else [f"It was active within the last {STALE.days} days."]
        steps.append(_step("stale", "clock", missing, quiet))
    return tuple(steps)


def advance(standing: Standing, to: str, *, by: str, now: datetime.datetime) -> Standing:
    """The standing after a step. Raises ValueError with the reason why it is not permitted.

    `by` is the author, a moderator or the clock, which takes the steps that need nobody.
    """
    ways = [step for step in next_steps(standing, now) if step.to == to]
    if not ways:
        raise ValueError(f"From {_name(standing.stage)} a proposal can't come to {_name(to)}.")
    own = [step for step in ways if step.who == by]
    if not own:
        who = {"author": "its author", "moderator": "a moderator", "clock": "time and members"}[ways[0].who]
        raise ValueError(f"Only {who} can bring this proposal to {_name(to)}.")
    if own[0].missing:
        raise ValueError(" ".join(own[0].missing))
    active = max(now, standing.active_at) if by == "author" else standing.active_at
    return replace(standing, stage=to, since=now, active_at=active)


def second(standing: Standing, member_id: int, now: datetime.datetime) -> Standing:
    """The standing once a member has seconded the idea; twice is once. Raises ValueError with the reason."""
    _check(standing, now)
    if standing.stage not in ("idea", "discussion"):
        raise ValueError("Only an idea or a discussion can be seconded.")
    if member_id == standing.author_id:
        raise ValueError("Somebody else must second it: its author is for it anyway.")
    return replace(standing, seconded_by=standing.seconded_by | {member_id}, active_at=now)


def revised(standing: Standing, now: datetime.datetime) -> Standing:
    """The standing after a substantive edit: an idea again, since nobody has seconded what it says now.

    Raises ValueError from the vote on, where the text is frozen.
    """
    _check(standing, now)
    if standing.stage not in ("idea", "discussion", "last_call", "stale"):
        raise ValueError("The text is frozen from the vote on; start a new proposal.")
    return replace(standing, stage="idea", since=now, active_at=now, seconded_by=frozenset())


def _to_discussion(standing: Standing, now: datetime.datetime) -> Step:
    short = standing.seconds_needed - len(standing.seconded_by - {standing.author_id})
    missing = [f"{counted(short, 'more member')} must second it."] if short > 0 else []
    return _step("discussion", "clock", missing)


def _to_last_call(standing: Standing, now: datetime.datetime) -> Step:
    missing = _until(standing.since + DISCUSSION, now, "The discussion lasts at least 7 days")
    return _step("last_call", "author", missing + _lacking(standing), standing.since + DISCUSSION)


def _to_vote(standing: Standing, now: datetime.datetime) -> Step:
    missing = _until(standing.since + LAST_CALL, now, "The last call lasts 72 hours") + _lacking(standing)
    return _step("vote", "clock", missing, standing.since + LAST_CALL)


def _to_result(standing: Standing, now: datetime.datetime) -> Step:
    missing = [] if standing.voted else ["Its vote is not closed and counted yet."]
    return _step("result", "clock", missing)


def _to_review(standing: Standing, now: datetime.datetime) -> Step:
    missing = [] if standing.answered else ["The team's response is not on record."]
    if standing.review_on is None:
        return _step("review", "moderator", missing)
    due = datetime.datetime.combine(standing.review_on, datetime.time(), tzinfo=datetime.UTC)
    return _step("review", "clock", _until(due, now, "It is reviewed on its date"), due)


def _free(to: str, who: str) -> Step:
    return _step(to, who, [])


def _always(to: str, who: str) -> "_Builder":
    return lambda standing, now: _free(to, who)


_Builder = Callable[[Standing, datetime.datetime], Step]
_ONWARD: dict[str, tuple[_Builder, ...]] = {
    "idea": (_to_discussion,),
    "discussion": (_to_last_call,),
    "last_call": (_to_vote, _always("discussion", "author")),
    "vote": (_to_result,),
    "result": (_always("response", "moderator"), _always("closed", "moderator")),
    "response": (_to_review, _always("closed", "moderator")),
    "review": (_always("closed", "moderator"),),
    "stale": (_always("idea", "author"),),
}


def _step(to: str, who: str, missing: list[str], due: datetime.datetime | None = None) -> Step:
    return Step(to, who, not missing, tuple(missing), due)


def _until(due: datetime.datetime, now: datetime.datetime, sentence: str) -> list[str]:
    return [] if now >= due else [f"{sentence}: until {due.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC."]


def _lacking(standing: Standing) -> list[str]:
    return [f"{counted(standing.lacking, 'thing')} must be filled in first."] if standing.lacking else []


def _check(standing: Standing, now: datetime.datetime) -> None:
    if standing.stage not in STAGES:
        raise ValueError(f"There is no stage called {standing.stage}.")
    if None in (moment.utcoffset() for moment in (standing.since, standing.active_at, now)):
        raise ValueError("A time needs its time zone.")
    if now < standing.since:
        raise ValueError("A proposal can't move before it came to where it stands.")


def _name(stage: str) -> str:
    return NAMES.get(stage, stage)


def _whole(count: SupportsIndex, lowest: int) -> int:
    try:
        count = operator.index(count)
    except TypeError:
        count = lowest - 1
    if count < lowest:
        raise ValueError(f"A number of members must be a whole number of {lowest} or more.")
    return count
