"""A process killed while ballots are cast loses none that it acknowledged, and counts none twice."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage.database import Database, fetch_all, open_database
from storage.members.privacy import delete
from storage.polls.casting import cast
from storage.polls.polls import Poll
from tests.features.polls.polls import close, exported, opened, present, problems, votes_in
from tests.features.proposals.proposals import HERE, NOW

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
KILLS = 100

# Imports once and forks a process for each line it reads, which is ten times as quick as starting Python. The
# process goes on from a step of the plan: each member votes, then changes their mind. It says each statement
# that it comes to, and each ballot once that is kept; if told one of the statements, it stops before it, and
# if told -1, after the first ballot, which it never acknowledges.
NURSERY = """
import asyncio, os, sys, threading
from datetime import datetime
from storage.database import open_database
from storage.polls.casting import cast

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())  # one write: whole or not at all

async def vote(file, guild_id, poll_id, step, statement, now):
    db = await open_database(file)
    left = statement

    def tell(sql):
        nonlocal left
        left -= 1
        say("at", sql.split()[0])
        if left == 0:
            threading.Event().wait()

    await db.connection.set_trace_callback(tell)
    while True:
        ballot = await cast(db, guild_id, poll_id, 1 + step // 2, ('"two"', '"five"')[step % 2], now)
        if statement == -1:
            say("kept")
            threading.Event().wait()
        say("acknowledged", step, ballot.commitment)
        step += 1

for line in sys.stdin:
    file, now, *numbers = line.split()
    child = os.fork()
    if child == 0:
        say("pid", os.getpid())
        asyncio.run(vote(file, *map(int, numbers), datetime.fromisoformat(now)))
    os.waitpid(child, 0)
    say("gone")
"""

ERASES = """
import asyncio, sys, threading
from storage.database import open_database
from storage.members.privacy import delete

def pause(statement):
    if statement == "COMMIT":
        print("ready", flush=True)
        threading.Event().wait()

async def main():
    db = await open_database(sys.argv[1])
    await db.connection.set_trace_callback(pause)
    await delete(db, 1)

asyncio.run(main())
"""


class Nursery:
    """The process that starts others to be killed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.input, self.output = process.stdin, process.stdout

    def kill_after(self, lines: int, poll: Poll, file: Path, step: int, statement: int = 0) -> list[str]:
        """Vote from a step of the plan on, kill after so many lines, and return all that were said.

        With a statement, kill where the process stopped because of it.
        """
        words = (file, NOW.isoformat(), HERE, poll.poll_id, step, statement)
        print(*words, file=self.input, flush=True)
        pid = int(self.output.readline().removeprefix("pid "))
        said: list[str] = []
        while len(said) < lines and said[-1:] != ["kept"]:
            said.append(self.output.readline().strip())
            assert said[-1] != "gone", f"it ended by itself after {said}"
        os.kill(pid, signal.SIGKILL)
        while (line := self.output.readline().strip()) != "gone":
            said.append(line)
        return said


@contextmanager
def nursery() -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Nursery(process)
        finally:
            process.kill()


def kill_before_the_commit(file: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", ERASES, str(file)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        child.kill()


def planned(steps: int) -> list[tuple[str, int | None]]:
    """The ballots in force after so many steps of the plan."""
    members = [
        (('"five"', member) if 2 * member <= steps else ('"two"', member)) for member in range(1, steps + 1)
    ]
    return [(choice, member) for choice, member in members if 2 * member - 1 <= steps]


async def integrity(db: Database) -> list[str]:
    return [row[0] for row in await fetch_all(db, "PRAGMA integrity_check")]


async def test_a_hundred_kills_lose_nothing_and_count_nothing_twice(file: Path) -> None:
    db = await open_database(file)
    poll = await opened(db)
    await db.close()
    steps, in_between = 0, 0
    with nursery() as nursing:
        for kill in range(KILLS):
            if kill % 10:  # anywhere in up to three ballots
                said = nursing.kill_after(kill % 26, poll, file, steps)
            else:  # between the commit and what would acknowledge it
                said = nursing.kill_after(99, poll, file, steps, statement=-1)
            said = [line for line in said if line.startswith("acknowledged")]
            # the first repeats what was perhaps written and never acknowledged, as who waits in vain does
            assert [line.split()[1] for line in said] == [f"{steps + n}" for n in range(len(said))]
            steps += len(said)
            db = await open_database(file)
            written = (await present(db, poll)).writes
            assert written in (steps, steps + 1)
            in_between += written - steps
            assert await votes_in(db, HERE, poll.poll_id) == planned(written)
            assert await problems(db, poll) == ()
            await db.close()
    assert steps >= KILLS
    assert in_between >= KILLS // 10
    db = await open_database(file)
    assert await integrity(db) == ["ok"]
    ended = await close(db, poll)
    salts = [salt for row in (await exported(db, ended))["ballots"] for salt in row["salts"]]
    assert len(set(salts)) == len(planned(ended.writes))
    await db.close()


@pytest.mark.parametrize("step", [0, 1, 2])  # a first ballot, a changed one, and one after others
async def test_killed_at_every_statement(tmp_path: Path, step: int) -> None:
    start = tmp_path / "start.sqlite3"
    db = await open_database(start)
    poll = await opened(db)
    for earlier in range(step):
        await cast(db, HERE, poll.poll_id, 1, ('"two"', '"five"')[earlier], NOW)
    await db.close()
    said: list[str] = []
    with nursery() as nursing:
        while said[-1:] != ["acknowledged"]:
            file = Path(shutil.copy(start, tmp_path / f"{len(said)}.sqlite3"))
            lines = nursing.kill_after(len(said) + 1, poll, file, step, statement=len(said) + 1)
            said = [line.split()[0 if "acknowledged" in line else 1] for line in lines[: len(said) + 1]]
            db = await open_database(file)
            written = step + (said[-1] == "acknowledged")
            assert (await present(db, poll)).writes == written
            assert await votes_in(db, HERE, poll.poll_id) == planned(written)
            assert await problems(db, poll) == ()
            assert await integrity(db) == ["ok"]
            await db.close()
    assert said == ["BEGIN", "SELECT", "DELETE", "INSERT", "UPDATE", "COMMIT", "acknowledged"]


async def test_an_erasure_killed_before_its_commit_erased_nothing(file: Path) -> None:
    db = await open_database(file)
    ended, poll = await opened(db), await opened(db)
    for each in (ended, poll):
        await cast(db, HERE, each.poll_id, 1, '"two"', NOW)
    await close(db, ended)
    before = [row[0] for row in await fetch_all(db, "SELECT writes FROM polls ORDER BY poll_id")]
    await db.close()
    kill_before_the_commit(file)
    db = await open_database(file)
    assert [row[0] for row in await fetch_all(db, "SELECT writes FROM polls ORDER BY poll_id")] == before
    for each in (ended, poll):
        assert await votes_in(db, HERE, each.poll_id) == [('"two"', 1)]
        assert await problems(db, each) == ()
    assert (await delete(db, 1))["ballots"] == 2
    assert [await problems(db, each) for each in (ended, poll)] == [(), ()]
    await db.close()
