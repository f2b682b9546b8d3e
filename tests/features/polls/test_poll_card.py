"""Cards of polls: within Discord's limits for the longest there can be, and nothing in them formats."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from features.polls.opening import new_poll
from features.polls.poll_card import ballot_card, poll_card, polls_card, result_cards
from features.polls.view import MyBallot, PollLine, PollView, Reason
from storage.database import Database, open_database
from storage.polls.polls import Eligibility
from tests.features.polls.test_result import counted
from tests.features.proposals.proposals import ADA, HERE, NOW
from tournament.sample import SampleSource

LONG = [f"{place:02}{'*' * 78}" for place in range(25)]


@pytest.fixture
async def view(database_file: Path, source: SampleSource) -> AsyncIterator[PollView]:
    db: Database = await open_database(database_file)
    yield await new_poll(
        db, source, HERE, ADA, {"title": "_" * 200, "description": "*" * 1000, "options": "\n".join(LONG)},
        method="single", lasts=timedelta(days=1), eligibility=Eligibility(role=2**63, verified=True),
        quorum=1_000_000, members=[], now=NOW,
    )  # fmt: skip
    await db.close()


def check(card: object) -> None:
    told = card.to_dict()  # type: ignore[attr-defined]
    assert len(told["title"]) <= 256
    assert len(told.get("description", "")) <= 4096
    assert all(0 < len(field["value"]) <= 1024 for field in told.get("fields", []))
    assert len(card) <= 6000  # type: ignore[arg-type]


@pytest.mark.slow
async def test_the_longest_cards_fit(view: PollView) -> None:
    check(poll_card(view))
    check(poll_card(replace(view, poll=replace(view.poll, state="cancelled"))))
    result = counted("single", [LONG[0], LONG[1]], LONG)
    reasons = tuple(Reason("*" * 500, ADA) for _ in range(40))
    [card] = result_cards(replace(view, reasons=reasons), result)
    check(card)
    [told] = [field.value for field in card.fields if field.name == "Reasons"]
    assert told is not None
    assert told.splitlines()[-1].startswith("and ")
    check(ballot_card(MyBallot(1, "approval", LONG, "r" * 300)))
    check(polls_card([PollLine(n, "*" * 200, "single", "open", NOW) for n in range(8)], 1, 1, 8))


@pytest.mark.parametrize(("ballots", "told"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "at least 5"),
                                               (9, "at least 5"), (10, "at least 10")])  # fmt: skip
async def test_ballots_are_told_in_steps(view: PollView, ballots: int, told: str) -> None:
    card = poll_card(replace(view, ballots=ballots))
    [value] = [field.value for field in card.fields if field.name == "Ballots"]
    assert value == f"{told}; 1,000,000 are needed"
