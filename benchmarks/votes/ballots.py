"""Casting ballots beside what the disk can do, and reading one tally among a million beside plain sqlite3."""

import asyncio
import json
import os
import random
import sqlite3
import statistics
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.rows import Beside, Row
from benchmarks.timing import agreement, side_by_side
from storage.database import Database, open_database
from storage.polls.ballots import choices_of
from storage.polls.casting import cast
from storage.polls.opening import open_poll
from storage.polls.polls import Poll, PollTerms

TOGETHER, TURNS = 500, 5
POLLS, EACH = 1_000, 1_000
READ = 50  # tallies in one call
NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
GUILD = 1
TERMS = PollTerms("Which?", "single", ["a", "b"], NOW, NOW + timedelta(days=7), "0" * 64, 1000)


def casting() -> list[Row]:
    """Durable casts, one by one and together."""
    with TemporaryDirectory(dir=".") as folder:  # the project's disk: a temporary folder may be memory
        return asyncio.run(_casting(Path(folder)))


def reading() -> list[Row]:
    """Tallies among a million ballots."""
    with TemporaryDirectory(dir=".") as folder:
        return [_reading(Path(folder))]


async def _casting(folder: Path) -> list[Row]:
    """Ballots that are on the disk before they are acknowledged, and synced appends of 100 bytes."""
    db = await open_database(folder / "casting.sqlite3")
    poll = await open_poll(db, GUILD, 1, TERMS, NOW)
    members = iter(range(1, 1_000_000))

    async def one_by_one() -> None:
        for _ in range(TOGETHER):
            await cast(db, GUILD, poll.poll_id, next(members), '"a"', NOW)

    async def together() -> None:
        await asyncio.gather(
            *(cast(db, GUILD, poll.poll_id, next(members), '"a"', NOW) for _ in range(TOGETHER))
        )

    async def appends() -> None:
        with (folder / "appended").open("ab", buffering=0) as file:
            for _ in range(TOGETHER):
                file.write(b"x" * 100)
                os.fdatasync(file.fileno())

    contenders: dict[str, Callable[[], Awaitable[None]]] = {
        "appends, each with fdatasync": appends,
        "casts one by one": one_by_one,
        f"casts, {TOGETHER} at once": together,
    }
    rates: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(TURNS):
        for name, contender in contenders.items():
            start = time.perf_counter()
            await contender()
            rates[name].append(TOGETHER / (time.perf_counter() - start))
    await db.close()
    print(f"\nDurable writes a second ({TURNS} turns of {TOGETHER}, medians)")
    disk = statistics.median(rates["appends, each with fdatasync"])
    for name, turns in rates.items():
        median = statistics.median(turns)
        print(f"  {name:<34} {median:9,.0f}  ({min(turns):,.0f} to {max(turns):,.0f})  {median / disk:6.2f}x")
    synced = Beside("appends with fdatasync", disk)
    return [
        Row(
            "casts",
            f"durable casts {words}",
            statistics.median(rates[name]),
            bound=synced,
            of_bound=least,
            unit="a second",
        )
        for words, name, least in (
            ("one by one", "casts one by one", 0.6),
            (f"{TOGETHER} at once", f"casts, {TOGETHER} at once", 3),
        )
    ]


def _reading(folder: Path) -> Row:
    """The choices of a poll among a million ballots."""
    file = folder / "reading.sqlite3"
    with asyncio.Runner() as runner:
        db = runner.run(open_database(file))
        polls = runner.run(_opened(db))
        _fill(file, polls)
        picked = random.Random(7).sample([poll.poll_id for poll in polls], READ)
        found: dict[str, list[list[tuple[Any, ...]]]] = {}

        async def with_storage() -> None:
            found["storage"] = [list(await choices_of(db, GUILD, poll_id)) for poll_id in picked]

        with closing(sqlite3.connect(file)) as raw:
            query = "SELECT choice, member_id, salt FROM ballots WHERE poll_id = ?"

            def with_sqlite3() -> None:
                found["sqlite3"] = [raw.execute(query, (each,)).fetchall() for each in picked]

            medians = side_by_side(
                f"{READ} tallies of {EACH:,} ballots, read among {POLLS * EACH:,}",
                7,
                plain_sqlite3=with_sqlite3,
                storage_choices_of=lambda: runner.run(with_storage()),
            )
        runner.run(db.close())
    different = sum(ours != theirs for ours, theirs in zip(found["storage"], found["sqlite3"], strict=True))
    agreement("tallies that differ", different, 0)
    return Row(
        "ballots-read",
        f"{READ} tallies of {EACH:,} among {POLLS * EACH:,} ballots; apart: tallies that differ",
        medians["storage_choices_of"],
        bound=Beside("plain sqlite3", medians["plain_sqlite3"]),
        of_bound=1.3,
        apart=(different, 0),
    )


async def _opened(db: Database) -> list[Poll]:
    return [await open_poll(db, GUILD, 1, TERMS, NOW) for _ in range(POLLS)]


def _fill(file: Path, polls: list[Poll]) -> None:
    """A million ballots at once, in the order in which time would bring them."""
    source, moment = random.Random(7), "2031-05-04T12:00:00.000000+00:00"
    rows = (
        (
            poll.poll_id,
            GUILD,
            source.getrandbits(60),
            json.dumps(source.choice("ab")),
            f"{number:032x}",
            moment,
        )
        for number in range(EACH)
        for poll in polls
    )
    with closing(sqlite3.connect(file)) as raw:
        raw.executemany(
            "INSERT INTO ballots (poll_id, guild_id, member_id, choice, salt, reason, reason_named, "
            "cast_at, changed_at) VALUES (?1, ?2, ?3, ?4, ?5, 'Fairer to all', 0, ?6, ?6)",
            rows,
        )
        raw.commit()


BENCHMARKS = {"casts": casting, "ballots-read": reading}
