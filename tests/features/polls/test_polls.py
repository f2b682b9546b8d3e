"""Polls beneath their commands: what is read, cast, extended, closed and exported."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from features.polls.casting import Member, ballots, cast_ballot, choice_of, give_reason
from features.polls.closing import EXTENSION, close_poll, poll_export
from features.polls.opening import new_poll
from features.polls.results.result_card import result_answer
from features.polls.view import PollView, list_polls, poll_view, poll_with_id
from governance.receipts import verify
from governance.votes.rule import Rule
from storage.database import Database
from storage.members.verifications import make_code, use_code
from storage.polls.closing import cancel_poll
from storage.polls.polls import Eligibility
from storage.proposals.seconds import second
from tests.features.polls.polls import HOUR, MOMENT, close_due
from tests.features.proposals.proposals import ADA, BERT, CLEO, HERE, NOW, THERE, filed
from tournament.sample import SampleSource


async def made(db: Database, source: SampleSource, **changes: Any) -> PollView:
    given: dict[str, Any] = {
        "method": "single",
        "lasts": timedelta(days=4),
        "eligibility": Eligibility(),
        "quorum": 0,
        "rule": Rule(least_ballots=2),
        "members": [],
        "now": NOW,
    }
    return await new_poll(db, source, HERE, ADA, {"title": "Q", "options": "a\nb"}, **given | changes)


def who(member_id: int) -> Member:
    return Member(member_id, frozenset(), NOW - timedelta(days=10), NOW - timedelta(days=10))


async def test_the_largest_and_the_smallest_poll(db: Database, source: SampleSource) -> None:
    for lasts in (timedelta(minutes=5), timedelta(days=60)):
        assert (await made(db, source, lasts=lasts)).poll.closes_at == NOW + lasts
    for lasts in (timedelta(minutes=5) - MOMENT, timedelta(days=60) + MOMENT):
        with pytest.raises(ValueError, match=r"A poll lasts from 5 minutes to 60 days\."):
            await made(db, source, lasts=lasts)
    for title, length in (("x" * 201, 201), ("", 0)):
        with pytest.raises(ValueError, match=f"The question has 1 to 200 characters; this one has {length}."):
            await new_poll(
                db,
                source,
                HERE,
                ADA,
                {"title": title, "options": "a\nb"},
                method="single",
                lasts=timedelta(days=1),
                eligibility=Eligibility(),
                quorum=0,
                members=[],
                now=NOW,
            )


async def test_how_many_might_vote_is_told_where_it_is_known(db: Database, source: SampleSource) -> None:
    """Two of these five are verified, and three others voted, seconded or filed a proposal of late."""
    earlier = await made(db, source, now=NOW - timedelta(days=91), lasts=timedelta(days=60))
    await cast_ballot(db, earlier, who(9), "a", NOW - timedelta(days=90, microseconds=1))
    await cast_ballot(db, earlier, who(8), "a", NOW - timedelta(days=90))
    proposal = await filed(db)
    await second(db, HERE, proposal.number, 10, NOW - timedelta(days=1), stages=["idea"])
    for member in (4, 5):
        code = await make_code(db, member, "classic", f"model_{member}", NOW)
        assert await use_code(db, member, code.code, f"account_{member}", NOW)
    for asked, known in (
        (Eligibility(), 5),  # and three who were active in the 90 days before
        (Eligibility(verified=True), 2),
        (Eligibility(account_days=3000), 5),  # ids below 2^22 are of 2015, that of ada is of 2021
        (Eligibility(account_days=5000), 4),
        (Eligibility(account_days=6000), 0),
        (Eligibility(role=5), 0),
        (Eligibility(server_days=1), 0),
        (Eligibility(verified=True, role=5), 0),
        (Eligibility(verified=True, server_days=1), 0),
    ):
        view = await made(db, source, eligibility=asked, members=[3, 4, 5, 6, 7])
        assert view.poll.electorate == known
        for member in (4, 5):
            voter = Member(member, frozenset({5}), NOW - timedelta(days=10), NOW - timedelta(days=7000))
            await cast_ballot(db, view, voter, "a", NOW)
        [closed] = [view for view in await close_due(db, view.poll.closes_at) if view.poll.number > 1]
        assert closed.result is not None
        turnout = f"2 ballots, of {known} members the bot knows" if known > 2 else "2 ballots"
        assert f"**Turnout** {turnout}\n" in result_answer(closed, closed.result).card.said


async def test_who_may_vote_in_words(db: Database, source: SampleSource) -> None:
    assert (await made(db, source)).who_may == ""
    asked = Eligibility(role=5, server_days=30, account_days=90, verified=True)
    assert (await made(db, source, eligibility=asked)).who_may == (
        "<@&5>, 30 days on this server, a Discord account of 90 days, a verified Numerai account"
    )


async def test_a_changed_ballot_keeps_its_reason(db: Database, source: SampleSource) -> None:
    view = await made(db, source)
    await cast_ballot(db, view, who(ADA), "a", NOW)
    with pytest.raises(ValueError, match="vote first, then say why"):
        await give_reason(db, view, BERT, "x", False, NOW)
    with pytest.raises(ValueError, match="at most 500 characters; this has 501"):
        await give_reason(db, view, ADA, "x" * 501, False, NOW)
    await give_reason(db, view, ADA, "fair", True, NOW)
    await cast_ballot(db, view, who(ADA), "b", NOW)
    [ballot] = await ballots.ballots_of(db, HERE, view.poll.poll_id)
    assert (ballot.choice, ballot.reason, ballot.reason_named) == ('"b"', "fair", True)
    assert await choice_of(db, view, ADA) == ("b", True)
    assert await choice_of(db, view, BERT) == (None, False)


@pytest.mark.parametrize("lasts", [timedelta(minutes=5), HOUR, timedelta(days=3)])
@pytest.mark.parametrize(("late", "extended"), [(1, False), (2, True)])
async def test_over_a_quarter_of_late_ballots_extends_once(
    db: Database, source: SampleSource, late: int, extended: bool, lasts: timedelta
) -> None:
    view = await made(db, source, lasts=lasts)
    close = view.poll.closes_at
    for member in range(4, 0, -1):  # in its last tenth, or just before
        then = close - lasts / 10 + MOMENT if member <= late else close - lasts / 10
        await cast_ballot(db, view, who(member), "a", then)
    assert await close_due(db, close - MOMENT) == []
    [changed] = await close_due(db, close)
    assert (changed.poll.extended, changed.poll.state) == (extended, "open" if extended else "closed")
    if extended:
        longer = min(EXTENSION, lasts)  # a poll of an hour is not open for a day
        assert changed.poll.closes_at == close + longer
        await cast_ballot(db, changed, who(9), "b", close + longer - MOMENT)
        [changed] = await close_due(db, close + longer)
        assert changed.poll.state == "closed"
    assert await close_due(db, close + 9 * EXTENSION) == []


async def test_a_poll_closes_once_whoever_looks(db: Database, source: SampleSource) -> None:
    view = await made(db, source)
    await cast_ballot(db, view, who(ADA), "a", NOW)
    found = await asyncio.gather(*(close_due(db, view.poll.closes_at) for _ in range(4)))
    assert sum(map(len, found)) == 1
    closed = await poll_view(db, HERE, 1)
    assert closed.result is not None
    assert verify(await poll_export(db, closed), head=closed.head).ok


async def test_a_ballot_meanwhile_asks_for_another_count(db: Database, source: SampleSource) -> None:
    view = await made(db, source)
    await cast_ballot(db, view, who(ADA), "a", NOW)
    assert not await close_poll(db, view.poll, NOW + HOUR, early=True), "counted before the ballot"
    fresh = await poll_view(db, HERE, 1)
    assert not await close_poll(db, fresh.poll, NOW + HOUR), "it is not over"
    assert await close_poll(db, fresh.poll, NOW + HOUR, early=True)
    assert not await close_poll(db, fresh.poll, NOW + HOUR, early=True)


async def test_nothing_is_exported_before_the_close_nor_of_a_cancelled_poll(
    db: Database, source: SampleSource
) -> None:
    view = await made(db, source)
    assert (view.result, view.reasons) == (None, ())
    for _ in range(2):
        with pytest.raises(ValueError, match="until then nothing of it is shown"):
            await poll_export(db, await poll_view(db, HERE, 1))
        await cancel_poll(db, HERE, view.poll.poll_id, NOW)


async def test_polls_of_other_servers_are_not_there(db: Database, source: SampleSource) -> None:
    view = await made(db, source)
    with pytest.raises(ValueError, match="no poll #1"):
        await poll_view(db, THERE, 1)
    with pytest.raises(ValueError, match="not on this server any more"):
        await poll_with_id(db, THERE, view.poll.poll_id)
    assert await list_polls(db, THERE, state=None, page=1) == ([], 1, 0)
    elsewhere = replace(view, poll=replace(view.poll, guild_id=THERE))
    with pytest.raises(ValueError, match="no such poll"):
        await cast_ballot(db, elsewhere, who(CLEO), "a", NOW)


async def test_pages_of_polls(db: Database, source: SampleSource) -> None:
    for _ in range(5):
        await made(db, source)
    lines, pages, total = await list_polls(db, HERE, state="open", page=9, size=2)
    assert ([line.number for line in lines], pages, total) == ([1], 3, 5)
    assert (await list_polls(db, HERE, state="closed", page=1))[2] == 0
