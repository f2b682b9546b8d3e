"""Whatever is done with it, a proposal only goes where it may."""

import datetime
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from governance.proposals.stages import ENDED, OPEN, STAGES, advance, next_steps, revised, second
from tests.governance.proposals.ripening import AUTHOR, DAY, START, standing

PERMITTED = {
    ("idea", "discussion"),
    ("idea", "stale"),
    ("discussion", "last_call"),
    ("discussion", "stale"),
    ("last_call", "discussion"),
    ("last_call", "vote"),
    ("vote", "result"),
    ("result", "response"),
    ("result", "closed"),
    ("response", "review"),
    ("response", "closed"),
    ("review", "closed"),
    ("stale", "idea"),
    *(
        (stage, out)
        for stage in ("idea", "discussion", "last_call", "stale")
        for out in ("withdrawn", "superseded")
    ),
}


class Life(RuleBasedStateMachine):
    """Random people and a random clock push a proposal about."""

    @initialize(needed=st.integers(1, 3), review=st.booleans())
    def begin(self, needed: int, review: bool) -> None:
        self.now = START
        self.at = standing(
            seconds_needed=needed, review_on=datetime.date(2026, 12, 24) if review else None, lacking=1
        )
        self.path = ["idea"]

    @rule(hours=st.integers(0, 24 * 20))
    def wait(self, hours: int) -> None:
        self.now += datetime.timedelta(hours=hours)

    @rule(member=st.integers(1, 4))
    def somebody_seconds(self, member: int) -> None:
        try:
            self.at = second(self.at, member, self.now)
        except ValueError:
            assert member == AUTHOR or self.at.stage not in ("idea", "discussion")
        else:
            assert member in self.at.seconded_by

    @rule(lacking=st.integers(0, 1), answered=st.booleans())
    def the_text_or_the_answer_comes(self, lacking: int, answered: bool) -> None:
        self.at = replace(self.at, lacking=lacking, answered=answered)

    @rule()
    def its_substance_changes(self) -> None:
        try:
            self.at = revised(self.at, self.now)
        except ValueError:
            assert self.at.stage in (*OPEN[3:], *ENDED)
        else:
            assert not self.at.seconded_by
            self.path = ["idea"]

    @rule(to=st.sampled_from(STAGES), by=st.sampled_from(["author", "moderator", "clock", "stranger"]))
    def somebody_pushes(self, to: str, by: str) -> None:
        steps = next_steps(self.at, self.now)
        permitted = any(step.allowed and (step.to, step.who) == (to, by) for step in steps)
        before = self.at
        try:
            self.at = advance(before, to, by=by, now=self.now)
        except ValueError:
            assert not permitted
            return
        assert permitted
        assert (before.stage, to) in PERMITTED
        assert self.at.since == self.now >= before.since
        assert self.at.active_at >= before.active_at
        if to == "last_call":
            assert self.now - before.since >= 7 * DAY
        if to == "result":
            assert before.voted
        if to == "vote":
            assert self.now - before.since >= 3 * DAY
        if to in ("last_call", "vote"):
            assert not before.lacking
        self.path.append(to)

    @rule(days=st.sampled_from([0, 3, 7, 8]), lacking=st.sampled_from([0, 0, 0, 1]))
    def things_go_well(self, days: int, lacking: int) -> None:
        self.now += days * DAY
        self.at = replace(self.at, lacking=lacking)
        if self.at.stage == "idea":
            for member in range(2, 2 + self.at.seconds_needed):
                self.at = second(self.at, member, self.now)
        if self.at.stage == "vote":
            self.at = replace(self.at, voted=True)
        steps = next_steps(self.at, self.now)
        onward = [step for step in steps if step.allowed and step.to in OPEN]
        if onward:
            self.somebody_pushes(onward[0].to, onward[0].who)

    @invariant()
    def what_is_allowed_lacks_nothing_and_is_due(self) -> None:
        for step in next_steps(self.at, self.now):
            assert step.allowed == (not step.missing)
            assert not (step.allowed and step.due is not None and step.due > self.now)
            assert (self.at.stage, step.to) in PERMITTED

    @invariant()
    def nobody_skips_a_stage(self) -> None:
        if self.at.stage == "vote":
            assert {"discussion", "last_call"} <= set(self.path)
            assert len(self.at.seconded_by - {AUTHOR}) >= self.at.seconds_needed
        if self.at.stage in ENDED:
            assert next_steps(self.at, self.now) == ()


TestLife = pytest.mark.slow(Life.TestCase)
TestLife.settings = settings(max_examples=50, stateful_step_count=30)
