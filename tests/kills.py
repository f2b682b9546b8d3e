"""Processes that are killed at a chosen SQL statement; they are forked from one that has imported all."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent

# runs `work` of the script that stands before it, once for each line, and stops before that statement
FORKS = """
import asyncio, os, sys, threading
from storage.database import open_database

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

async def run(statement, file, *words):
    left = int(statement)

    def pause(_):
        nonlocal left
        left -= 1
        if left == 0:
            say(os.getpid(), "in")
            threading.Event().wait()

    db = await open_database(file)
    await db.connection.set_trace_callback(pause)
    await work(db, *words)
    say(os.getpid(), "after")
    threading.Event().wait()

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        try:
            asyncio.run(run(*line.rstrip("\\n").split("\\t")))
        finally:
            os._exit(1)  # only after an error
    os.waitpid(child, 0)
    say("gone")
"""


@contextmanager
def killing(script: str) -> Iterator[Callable[..., str]]:
    """Give what runs the script's `async def work(db, *words)` and kills it, as `(statement, file, *words)`.

    It was killed before that statement ("in"), or after all of it ("after").
    """
    with subprocess.Popen(
        [sys.executable, "-c", script + FORKS], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        asked, told = process.stdin, process.stdout

        def kill_at(statement: int, file: Path, *words: str) -> str:
            print(statement, file, *words, sep="\t", file=asked, flush=True)
            pid, reached = told.readline().split()
            os.kill(int(pid), signal.SIGKILL)
            assert told.readline() == "gone\n"
            return reached

        try:
            yield kill_at
        finally:
            process.kill()
