"""Polls in the weekly summary: which close soon, which were counted, which flip."""

from dataclasses import replace
from datetime import datetime

import pytest

from features.polls.poll_card import poll_answer
from features.polls.view import poll_with_id
from governance.digest.text import as_markdown
from storage.database import Database
from storage.polls.ballots import tell_counts
from storage.polls.closing import set_poll_place
from tests.features.digest.weeks import HOUR, IN_IT, MOMENT, PERIOD, WEEK, closed, summary_of, voted
from tests.features.polls.polls import opened
from tests.features.proposals.proposals import HERE, NOW


@pytest.mark.parametrize(
    ("closes", "seen"),
    [(NOW + MOMENT, 1), (NOW + WEEK, 1), (NOW + WEEK + MOMENT, 0), (NOW, 0), (NOW - HOUR, 0)],
)
async def test_a_poll_closes_soon_within_a_week(db: Database, closes: datetime, seen: int) -> None:
    poll = await opened(db, opens_at=NOW - 3 * WEEK, closes_at=closes, quorum=20, now=NOW - 3 * WEEK)
    await set_poll_place(db, HERE, poll.poll_id, channel=11, thread=None, message=13)
    assert len((await summary_of(db)).closing) == seen


@pytest.mark.parametrize(
    ("cast_", "told"), [(0, "fewer than 5"), (4, "fewer than 5"), (7, "at least 5"), (23, "at least 20")]
)
async def test_a_poll_closing_soon_tells_as_much_as_its_card(db: Database, cast_: int, told: str) -> None:
    poll = await opened(db, opens_at=IN_IT, now=IN_IT, quorum=20)
    await set_poll_place(db, HERE, poll.poll_id, channel=11, thread=None, message=13)
    await voted(db, poll, ["two"] * cast_, IN_IT + HOUR)
    await tell_counts(db, IN_IT + 2 * HOUR)
    [closing] = (await summary_of(db)).closing
    on_card = poll_answer(await poll_with_id(db, HERE, poll.poll_id)).card.said
    assert closing.so_far == f"{told}; 20 are needed"
    assert f"**Ballots so far** {closing.so_far}\n" in on_card
    assert f"ballots so far: {closing.so_far}" in as_markdown(await summary_of(db))
    assert closing.link == f"https://discord.com/channels/{HERE}/11/13"


@pytest.mark.slow
async def test_a_result_flips_where_the_public_view_does(db: Database) -> None:
    await closed(db, ["two"] * 40 + ["five"] * 30, [1.0] * 40 + [9.0] * 30)
    [result] = (await summary_of(db)).results
    views = {view.strategy: view.winners for view in result.views}
    assert result.ballots == 70
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


@pytest.mark.slow
async def test_shares_too_close_to_tell_are_no_flip(db: Database) -> None:
    """31 of 60 members with equal stakes are 50 % in steps of five: the rounded shares have two leaders."""
    await closed(db, ["two"] * 31 + ["five"] * 29, [1.0] * 60)
    [result] = (await summary_of(db)).results
    assert result.views[0].winners == ("two",)
    assert not result.flips


async def test_a_missed_quorum_has_no_winners(db: Database) -> None:
    await closed(db, ["two"] * 8, [], quorum=9)
    [result] = (await summary_of(db)).results
    assert (result.ballots, result.views, result.flips) == (8, (), False)
    assert result.finding == "No quorum: 8 took part, and 9 were needed."


async def test_a_poll_is_told_in_the_week_it_was_counted(db: Database) -> None:
    poll = await closed(db, ["two"] * 5, [])
    assert poll.closed_at == IN_IT
    for starts, seen in ((IN_IT, 0), (IN_IT - MOMENT, 1)):
        assert len((await summary_of(db, period=replace(PERIOD, starts=starts))).results) == seen
