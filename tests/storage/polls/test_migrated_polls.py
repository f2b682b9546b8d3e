"""Polls that were kept by an earlier version of the bot."""

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path

import aiosqlite

from governance.commitments import commit
from governance.export import export
from governance.receipts import verify
from storage.database import Database, migrate, open_database
from storage.polls import cards as poll_cards
from storage.polls.ballots import CountedChoice, ballot_of, choices_of, erased_commitments
from storage.polls.polls import Eligibility, poll_in, public_terms
from tests.features.proposals.proposals import HERE
from tests.storage.test_migrations import remove_after, scripts

__all__ = ["scripts"]  # a fixture


async def poll_before(old: Database, number: int, **columns: object) -> None:
    """A poll with two options as it was kept before ballots were a set."""
    moment = "2031-05-04T12:00:00.000000+00:00"
    row = {
        "poll_id": number,
        "guild_id": HERE,
        "number": number,
        "title": "Which?",
        "description": "",
        "method": "single",
        "options": '["two","five"]',
        "quorum": 0,
        "electorate": 0,
        "opens_at": moment,
        "closes_at": moment.replace("05-04", "05-11"),
        "changed_at": moment,
        "eligibility": "{}",
        "tie_seed": "5eed" * 16,
        "tie_commitment": "a" * 64,
        "spec_hash": "b" * 64,
        "head": "c" * 64,
        "closed_at": moment.replace("05-04", "05-11"),
        **columns,
    }
    names = ", ".join(row)
    await old.connection.execute(
        f"INSERT INTO polls ({names}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
    )


async def test_ballots_that_stood_in_a_row_become_a_set(file: Path, scripts: Path) -> None:
    """Member 1 voted and changed it, 2 took theirs back, 3 erased theirs after the close, 4 voted last."""
    remove_after(13, scripts)
    old = Database(await aiosqlite.connect(file, isolation_level=None), file)
    await migrate(old, scripts)
    moment = "2031-05-04T12:00:00.000000+00:00"
    result = json.dumps({"head": "d" * 64, "result": {"ballots": 3}})
    await poll_before(old, 1, state="closed", result=result)
    await poll_before(old, 2, state="open", result=None, closed_at=None)
    salts = [f"{number:032x}" for number in range(1, 7)]
    steps = [("two", None), ("five", None), (None, 2), ("two", None), ("five", 1), ("two", None)]
    for number, ((choice, replaced), salt) in enumerate(zip(steps, salts, strict=True), 1):
        commitment = None if choice is None else commit(choice, salt)
        for poll_id in (1, 2):
            await old.connection.execute(
                "INSERT INTO ballot_chain VALUES (?, ?, ?, ?, ?, ?, ?)",
                (poll_id, HERE, number, commitment, replaced, "e" * 64, moment),
            )
    seen = (moment, moment)
    for poll_id in (1, 2):
        for member, number in ((1, 5), (4, 6)):
            await old.connection.execute(
                "INSERT INTO ballots VALUES (?, ?, ?, ?, ?, ?, 'Fair', 1, ?, ?, 1)",
                (poll_id, HERE, member, json.dumps(steps[number - 1][0]), salts[number - 1], number, *seen),
            )
    await old.connection.execute("INSERT INTO erased_choices VALUES (1, ?, '\"two\"', 1)", (HERE,))
    await old.connection.execute("INSERT INTO poll_cards VALUES (1, ?, 'closed')", (HERE,))
    await old.connection.execute("UPDATE polls SET channel = 5, message = 6 WHERE poll_id = 1")
    await old.close()
    db = await open_database(file)
    assert await choices_of(db, HERE, 1) == [
        CountedChoice('"five"', 1, salts[4]),
        CountedChoice('"two"', 4, salts[5]),
        CountedChoice('"two"', None, None),
    ]
    assert await erased_commitments(db, HERE, 1) == [commit("two", salts[3])]
    assert await erased_commitments(db, HERE, 2) == []
    ballot = await ballot_of(db, HERE, 2, 1)
    assert ballot is not None
    assert (ballot.reason, ballot.reason_named, ballot.changes) == ("Fair", True, 1)
    made = export(
        public_terms(await poll_in(db, HERE, 1)),
        [(each.choice, each.salt) for each in await choices_of(db, HERE, 1)],
        await erased_commitments(db, HERE, 1),
        result={"winners": ["two"], "totals": {"two": "2", "five": "1"}},
        weighted={},
        tie_seed="5eed" * 16,
    )
    assert [problem for problem in verify(made).problems if "tie seed" not in problem] == []
    # the head that its card shows stands for nothing any more
    assert json.loads((await poll_in(db, HERE, 1)).result or "") == {"result": {"ballots": 3}}
    assert await poll_cards.cards_behind(db) == [(HERE, 1)]
    await db.close()


async def test_what_was_counted_as_who_might_vote_is_known_or_forgotten(file: Path, scripts: Path) -> None:
    """Of 9 on a server 2 had a verified account; a poll for all, one for these, one for some of these."""
    remove_after(8, scripts)
    old = Database(await aiosqlite.connect(file, isolation_level=None), file)
    old.connection.row_factory = sqlite3.Row
    await migrate(old, scripts)
    for number, asked in enumerate(
        (Eligibility(), Eligibility(verified=True), Eligibility(verified=True, role=5)), 1
    ):
        kept = json.dumps({"head": "a" * 64, "result": {"electorate": 9, "ballots": 2}})
        may = json.dumps(asdict(asked))
        await poll_before(old, number, eligibility=may, electorate=9, state="closed", result=kept)
        for member in (1, 2):
            await old.connection.execute(
                "INSERT INTO electors VALUES (?, ?, ?, 5.0, ?)", (number, HERE, member, f"account_{member}")
            )
    await old.close()
    db = await open_database(file)
    polls = [await poll_in(db, HERE, number) for number in (1, 2, 3)]
    assert [poll.electorate for poll in polls] == [0, 2, 0]
    kept = [json.loads(poll.result or "")["result"] for poll in polls]
    assert kept == [{"electorate": known, "ballots": 2} for known in (0, 2, 0)]
    await db.close()
