"""Cards of polls: within Discord's limits for the longest there can be, and nothing in them formats."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from features.polls.opening import new_poll
from features.polls.poll_card import ballot_card, no_ballot_card, poll_answer, polls_card
from features.polls.results.result_card import result_answer
from features.polls.view import MyBallot, PollLine, PollView, Reason
from storage.database import Database, open_database
from storage.polls.polls import Eligibility
from tests.features.polls.test_result import counted
from tests.features.proposals.proposals import ADA, HERE, NOW
from tournament.sample import SampleSource
from ui.card import MOST_TEXT, Card, fitting
from ui.text import plain

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


def check(*cards: Card) -> None:
    """Nothing of these cards is cut, and none but the first needs a page of its own."""
    for card in cards:
        assert card.heading
        assert sum(len(part.text) for part in fitting(card)) >= len("".join(card.text.split()))
        assert all(part.length <= MOST_TEXT for part in fitting(card))


@pytest.mark.slow
async def test_the_longest_cards_fit(view: PollView) -> None:
    answer = poll_answer(view)
    check(answer.card, *answer.details)
    assert len(fitting(answer.card)) == 1
    behind = "".join(card.text for card in answer.details)
    assert "\\*" * 1000 in behind, "what is cut on the card stands behind it"
    assert all(plain(option) in behind for option in LONG)
    check(poll_answer(replace(view, poll=replace(view.poll, state="cancelled"))).card)
    check(no_ballot_card(view))
    result = counted("single", [LONG[0], LONG[1]], LONG)
    reasons = tuple(Reason("*" * 500, ADA) for _ in range(40))
    answer = result_answer(replace(view, reasons=reasons), result)
    check(answer.card, *answer.details)
    assert len(fitting(answer.card)) == 1
    [told] = [card.text for card in answer.details if "as they did" in card.heading]
    assert told.count("“") == 40
    check(ballot_card(MyBallot(1, "approval", LONG, "r" * 300)))
    check(polls_card([PollLine(n, "*" * 200, "single", "open", NOW, n) for n in range(8)], 1, 1, 8))


@pytest.mark.parametrize(("ballots", "told"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "at least 5"),
                                               (9, "at least 5"), (10, "at least 10")])  # fmt: skip
async def test_ballots_are_told_in_steps(view: PollView, ballots: int, told: str) -> None:
    card = poll_answer(replace(view, poll=replace(view.poll, told=ballots))).card
    assert f"**Ballots so far** {told}; 1,000,000 are needed\n" in card.said
