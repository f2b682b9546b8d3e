"""Members who try to find out how others voted, with everything that any member can get hold of."""

import itertools
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from features.polls.casting import my_ballot
from features.polls.closing import end_if_due, poll_export
from features.polls.due_posting import TOLD_EVERY, mark_before
from features.polls.poll_card import poll_answer
from features.polls.view import poll_with_id
from governance.receipts import find_receipt, read_receipt
from storage.database import Database, fetch_all, open_database
from storage.polls.ballots import tell_counts, to_tell
from storage.polls.cards import state_of_card
from storage.polls.casting import cast
from tests.features.polls.polls import opened
from tests.features.proposals.proposals import HERE, NOW

OPTIONS = ["two", "five"]
SPY = 99
OTHERS = range(1, 12)  # eleven members
CHOICES = [OPTIONS[member % 2] for member in OTHERS]
SALTS = [f"{member:032x}" for member in OTHERS]


@dataclass(frozen=True)
class Vote:
    member: int
    choice: str
    salt: str


def dealt(rng: random.Random) -> list[Vote]:
    """The same ballots in the hands of other members, in another order."""
    members, ballots = list(OTHERS), list(zip(CHOICES, SALTS, strict=True))
    rng.shuffle(members)
    rng.shuffle(ballots)
    return [Vote(member, *ballot) for member, ballot in zip(members, ballots, strict=True)]


async def seen_by_the_spy(db: Database, votes: Sequence[Vote]) -> list[str]:
    """All that a member sees who casts again after each vote of another: receipts, cards, lists, the export.

    The clock looks every minute; a vote comes every two.
    """
    poll = await opened(db)
    seen: list[str] = []
    for turn, vote in enumerate(votes):
        for half in (0, 1):
            now = NOW + timedelta(minutes=2 * turn + half)
            if await to_tell(db, mark_before(now)):
                await tell_counts(db, mark_before(now))
            if half:
                await cast(db, HERE, poll.poll_id, vote.member, json.dumps(vote.choice), now, salt=vote.salt)
            else:
                mine = json.dumps(OPTIONS[turn % 2])
                await cast(db, HERE, poll.poll_id, SPY, mine, now, salt=f"{turn:032x}")
            view = await poll_with_id(db, HERE, poll.poll_id)
            receipt = await my_ballot(db, view, SPY)
            seen += [repr(receipt), state_of_card(view.poll), repr(poll_answer(view))]
    assert await end_if_due(db, (await poll_with_id(db, HERE, poll.poll_id)).poll, poll.closes_at)
    view = await poll_with_id(db, HERE, poll.poll_id)
    assert view.result is not None
    assert not view.result.too_few
    seen += [repr(view.result), view.head, json.dumps(await poll_export(db, view))]
    return seen


@pytest.fixture
async def transcripts(tmp_path: Path) -> list[list[str]]:
    """What the spy sees, once for each of several ways in which the same ballots are in other hands."""
    rng, found = random.Random(11), []
    for deal in range(12):
        db = await open_database(tmp_path / f"{deal}.sqlite3")
        found.append(await seen_by_the_spy(db, dealt(rng)))
        await db.close()
    return found


@pytest.mark.slow
async def test_who_casts_again_between_the_votes_of_others_sees_the_same_whoever_cast_what(
    transcripts: list[list[str]],
) -> None:
    first, *others = transcripts
    for other in others:
        for mine, theirs in zip(first, other, strict=True):
            assert mine == theirs
    cards = [state for state in first if state.startswith("open ")]
    assert len(set(cards)) > 1, "the number is told now and then"


async def test_the_number_of_ballots_changes_at_marks_alone(db: Database) -> None:
    poll = await opened(db)
    changed: list[Any] = []
    before = 0
    for minute in range(60):
        now = NOW + timedelta(minutes=minute, seconds=17)
        await cast(db, HERE, poll.poll_id, minute + 1, '"two"', now)
        if await to_tell(db, mark_before(now)):
            await tell_counts(db, mark_before(now))
        told = (await poll_with_id(db, HERE, poll.poll_id)).poll.told
        if told != before:
            changed.append(now - mark_before(now))
            before = told
    assert len(changed) == timedelta(minutes=60) // TOLD_EVERY - 1
    assert all(late < timedelta(minutes=1) for late in changed)


async def closed_with_receipts(db: Database, votes: Sequence[Vote]) -> tuple[dict[str, Any], list[str]]:
    poll = await opened(db)
    receipts: list[str] = []
    for vote in votes:
        await cast(db, HERE, poll.poll_id, vote.member, json.dumps(vote.choice), NOW, salt=vote.salt)
        mine = await my_ballot(db, await poll_with_id(db, HERE, poll.poll_id), vote.member)
        assert mine is not None
        receipts.append(mine.receipt)
    assert await end_if_due(db, (await poll_with_id(db, HERE, poll.poll_id)).poll, poll.closes_at)
    return await poll_export(db, await poll_with_id(db, HERE, poll.poll_id)), receipts


@pytest.mark.slow
async def test_who_holds_all_receipts_but_one_knows_the_last_and_but_two_knows_not_which(
    tmp_path: Path,
) -> None:
    """What counting itself tells, and no more: nothing in a receipt or an export tells two ballots apart."""
    deals = [
        [*(Vote(member, "two", SALTS[member - 1]) for member in range(1, 8)), *last]
        for last in itertools.permutations((Vote(8, "two", SALTS[7]), Vote(9, "five", SALTS[8])))
    ]
    # the same two ballots in the hands of the other of the two
    swapped = [*deals[0][:-2], replace(deals[0][-2], member=9), replace(deals[0][-1], member=8)]
    known: list[Any] = []
    for number, votes in enumerate((*deals, swapped)):
        db = await open_database(tmp_path / f"{number}.sqlite3")
        exported, receipts = await closed_with_receipts(db, votes)
        await db.close()
        assert all(find_receipt(exported, read_receipt(receipt))[0] for receipt in receipts)
        known.append((json.dumps(exported), receipts[:-2]))
        left = sum(len(row["salts"]) for row in exported["ballots"]) - (len(receipts) - 1)
        assert left == 1, "whoever has all receipts but one counts the last"
    assert known[0] == known[1] == known[2]


async def test_nothing_that_is_kept_has_the_order_of_ballots(db: Database) -> None:
    """Nor does the database that the export is made of, but for when each member voted."""
    tables = await fetch_all(db, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'")
    of_ballots = [row for row in tables if "ballot" in row["name"] or "erased" in row["name"]]
    assert {row["name"] for row in of_ballots} == {"ballots", "erased_choices", "erased_commitments"}
    assert all("WITHOUT ROWID" in row["sql"] for row in of_ballots)
