"""Ballots at once, and any history of them."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.receipts import find_receipt, verify
from storage.database import Database, execute, fetch_all, open_database, transaction
from storage.members.privacy import delete
from storage.polls.ballots import ballots_of
from storage.polls.casting import CastBallot, cast, withdraw_ballot
from storage.polls.closing import close_poll
from storage.polls.polls import Poll
from tests.features.polls.polls import (
    CLOSE,
    HOUR,
    close,
    counted,
    exported,
    opened,
    present,
    problems,
    votes_in,
)
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW
from tests.storage.polls.voting import FIVE, TWO, receipt


@pytest.mark.slow
async def test_five_hundred_at_once_count_once_each(db: Database) -> None:
    poll = await opened(db)
    got = await asyncio.gather(
        *(cast(db, HERE, poll.poll_id, member_id, TWO, NOW) for member_id in range(1, 501))
    )
    assert len({ballot.salt for ballot in got}) == 500
    assert await votes_in(db, HERE, poll.poll_id) == [(TWO, member_id) for member_id in range(1, 501)]
    assert (await counted(db, poll))["totals"]["two"] == "500"
    assert await problems(db, poll) == ()
    told = await exported(db, await close(db, poll))
    assert all(find_receipt(told, receipt(poll, ballot))[0] for ballot in got[::50])


async def test_changes_of_mind_at_once_leave_one_ballot(db: Database) -> None:
    poll = await opened(db)
    steps = [cast(db, HERE, poll.poll_id, ADA, (TWO, FIVE)[n % 2], NOW) for n in range(20)]
    steps += [cast(db, HERE, poll.poll_id, BERT, (FIVE, TWO)[n % 2], NOW) for n in range(20)]
    await asyncio.gather(*steps)
    assert len(await ballots_of(db, HERE, poll.poll_id)) == 2
    assert await problems(db, poll) == ()


async def test_a_close_among_ballots_counts_all_that_were_taken(db: Database) -> None:
    poll = await opened(db)

    async def close_it() -> Poll:
        while True:
            now = await present(db, poll)
            result = json.dumps(await counted(db, now))
            if await close_poll(db, HERE, poll.poll_id, CLOSE, result, writes=now.writes, forced=True):
                return await present(db, poll)

    votes = [cast(db, HERE, poll.poll_id, member_id, TWO, NOW) for member_id in range(1, 41)]
    ended, *got = await asyncio.gather(close_it(), *votes, return_exceptions=True)
    assert isinstance(ended, Poll)
    taken = [ballot for ballot in got if isinstance(ballot, CastBallot)]
    assert json.loads(ended.result or "")["totals"]["two"] == str(len(taken))
    assert all("closed at" in str(refused) for refused in got if isinstance(refused, BaseException))
    assert verify(await exported(db, ended)).ok


async def test_a_tampered_row_is_found(db: Database) -> None:
    poll = await opened(db)
    for member_id in (ADA, BERT):
        await cast(db, HERE, poll.poll_id, member_id, TWO, NOW)
    poll = await close(db, poll)
    published = (await exported(db, poll))["head"]
    async with transaction(db):
        await execute(db, "UPDATE ballots SET choice = ? WHERE member_id = ?", (FIVE, BERT))
    assert not verify(await exported(db, poll), head=published).ok


async def test_reading_a_tally_looks_at_one_poll_only(db: Database) -> None:
    plan = await fetch_all(
        db,
        "EXPLAIN QUERY PLAN SELECT choice, salt FROM ballots WHERE guild_id = 1 AND poll_id = 1",
    )
    assert [row["detail"] for row in plan] == ["SEARCH ballots USING PRIMARY KEY (poll_id=?)"]


STEPS = st.lists(
    st.tuples(st.sampled_from(["cast", "cast", "withdraw", "erase"]), st.integers(1, 4), st.booleans()),
    max_size=15,
)


@pytest.mark.slow
@given(STEPS)
@settings(max_examples=20, deadline=None)
def test_any_history_counts_what_a_dictionary_would(steps: list[tuple[str, int, bool]]) -> None:
    async def check(folder: Path) -> None:
        db = await open_database(folder / "bot.sqlite3")
        try:
            poll, expected = await opened(db), {}
            for number, (step, member_id, flag) in enumerate(steps):
                now = NOW + number * HOUR
                if step == "cast":
                    expected[member_id] = (TWO, FIVE)[flag]
                    await cast(db, HERE, poll.poll_id, member_id, expected[member_id], now)
                else:
                    expected.pop(member_id, None)
                    if step == "erase":
                        await delete(db, member_id)
                    else:
                        await withdraw_ballot(db, HERE, poll.poll_id, member_id, now)
            found = await votes_in(db, HERE, poll.poll_id)
            assert found == sorted(((said, who) for who, said in expected.items()), key=lambda pair: pair[1])
            assert await problems(db, poll) == ()
            closed = await close(db, poll)
            for member_id in (1, 2):
                await delete(db, member_id)
            assert sorted(said for said, _ in await votes_in(db, HERE, poll.poll_id)) == sorted(
                expected.values()
            )
            told = verify(await exported(db, closed))
            assert told.problems == ()
            assert told.salted == len(expected.keys() - {1, 2})
        finally:
            await db.close()

    with TemporaryDirectory() as folder:
        asyncio.run(check(Path(folder)))
