"""Closing polls of 5,000 ballots, half of them by verified accounts; and the guard beside a plain one."""

import asyncio
import json
import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.rows import Beside, Row
from benchmarks.timing import agreement, asked_for
from benchmarks.votes.tally import NAMES, RANGE, ballots
from features.polls.closing import close_poll, poll_export
from features.polls.view import poll_view
from governance.receipts import verify
from governance.votes.ballots import METHODS, STEPS
from governance.votes.secrecy import guarded_views
from governance.votes.strategies import Voter
from storage.database import Database, open_database
from storage.polls.casting import cast
from storage.polls.opening import open_poll
from storage.polls.polls import Elector, PollTerms
from tests.governance.votes.plain_guard import plainly_guarded

BALLOTS, FEWER = 5_000, 1_000
LIMIT = 1_000  # ms of processor time, whatever the method
SPREADS = {"alike": 0.0, "a little apart": 0.5, "as on Numerai": 2.0}  # of the logarithms of the stakes
WEIGHED = ("single", "approval", "gradient", "score", "dots")
NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
GUILD = 1


def closing() -> list[Row]:
    """Closing a poll under every method."""
    with TemporaryDirectory(dir=".") as folder:  # the project's disk: a temporary folder may be memory
        return asyncio.run(_closing(Path(folder)))


async def _closing(folder: Path) -> list[Row]:
    """Everything that a close does, and how long it holds up whatever else the bot does meanwhile."""
    print(f"\nClosing {BALLOTS:,} ballots, {BALLOTS // 2:,} by verified accounts: processor time")
    db = await open_database(folder / "closing.sqlite3")
    rows = []
    for method in METHODS:
        poll = await _poll_with_ballots(db, method)
        longest = asyncio.create_task(_longest_wait())
        await asyncio.sleep(0)
        start = time.process_time()
        await close_poll(db, poll, NOW + timedelta(days=7))
        taken = 1000 * (time.process_time() - start)
        asked_for(method, taken, LIMIT)
        longest.cancel()
        asked_for("  others wait at most", 1000 * await longest, 100)
        view = await poll_view(db, GUILD, poll.number)
        faults = len(verify(await poll_export(db, view)).problems)
        agreement("  faults in its export", faults, 0)
        words = f"closing {BALLOTS:,} ballots by {method}, processor time; apart: faults in the export"
        rows.append(Row("closing", words, taken, within=LIMIT, apart=(faults, 0)))
    await db.close()
    return rows


def beside_the_plain_guard() -> list[Row]:
    """The same verdicts; the plain one takes as long as a square of the voters, so there are fewer."""
    print(f"\nWhat {FEWER:,} ballots let through, beside the plain guard: processor time")
    rows = []
    for method in WEIGHED:
        for words, spread in SPREADS.items():
            asked = _weighed(method, FEWER, spread)
            start = time.process_time()
            quick = guarded_views(*asked, closed=True)
            between = time.process_time()
            plain = plainly_guarded(*asked, closed=True)
            end = time.process_time()
            apart = sum(
                (a.shares, a.sentence) != (b.shares, b.sentence) for a, b in zip(quick, plain, strict=True)
            )
            print(
                f"  {f'{method}, stakes {words}':<34} {1000 * (between - start):9.1f} ms, plain "
                f"{1000 * (end - between):9.1f} ms  {(end - between) / (between - start):6.1f}x"
            )
            agreement("  verdicts that differ", apart, 0)
            rows.append(
                Row(
                    "guard",
                    f"what {FEWER:,} ballots by {method} let through, stakes {words}; apart: verdicts",
                    1000 * (between - start),
                    Beside("the plain guard", 1000 * (end - between)),
                    apart=(apart, 0),
                )
            )
    return rows


async def _poll_with_ballots(db: Database, method: str) -> Any:
    options = {"numeric": RANGE, "gradient": list(STEPS)}.get(method, NAMES)
    terms = PollTerms("Which?", method, options, NOW, NOW + timedelta(days=7), "0" * 64, BALLOTS)
    stakes = _stakes(SPREADS["as on Numerai"], BALLOTS // 2)
    electors = [Elector(1 + 2 * place, stake, f"account {place}") for place, stake in enumerate(stakes)]
    poll = await open_poll(db, GUILD, 1, terms, NOW, electors=electors)
    made = ballots(method, BALLOTS)
    await asyncio.gather(
        *(
            cast(db, GUILD, poll.poll_id, member, json.dumps(ballot), NOW)
            for member, ballot in enumerate(made, 1)
        )
    )
    view = await poll_view(db, GUILD, poll.number)
    return view.poll


def _weighed(method: str, number: int, spread: float) -> tuple[str, list[Any], list[str], list[Voter]]:
    stakes = _stakes(spread, number // 2)
    voters = [
        Voter(str(place), stakes[place // 2] if place % 2 else 0.0, bool(place % 2))
        for place in range(number)
    ]
    return method, ballots(method, number), NAMES, voters


def _stakes(spread: float, number: int) -> list[float]:
    source = random.Random(8)
    return [source.lognormvariate(3, spread) for _ in range(number)]


async def _longest_wait() -> float:
    """By how many seconds a pause of 5 ms was ever too long until this was cancelled."""
    longest, pause = 0.0, 0.005
    try:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(pause)
            longest = max(longest, time.perf_counter() - before - pause)
    except asyncio.CancelledError:
        return longest


BENCHMARKS = {"closing": closing, "guard": beside_the_plain_guard}
