"""A proposal that stands at a stage, its steps, and steps that are refused."""

import datetime
from typing import Any

import pytest

from governance.proposals.stages import Standing, Step, advance, next_steps

START = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)
DAY = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)
AUTHOR = 1


def standing(stage: str = "idea", **more: Any) -> Standing:
    return Standing(stage, START, AUTHOR, START, **more)


def step(at: Standing, to: str, now: datetime.datetime = START, **options: Any) -> Step:
    (found,) = [step for step in next_steps(at, now, **options) if step.to == to]
    return found


def refusal(at: Standing, to: str, by: str, now: datetime.datetime = START, **options: Any) -> str:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        advance(at, to, by=by, now=now, **options)
    return str(caught.value)
