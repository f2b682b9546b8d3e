"""Predictions from a parquet that anybody may have made: another process reads it, and is not believed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, cast

import numpy as np

from features.lab.predictions import (
    MOST_ERAS,
    MOST_ROWS,
    TOO_MANY_ERAS,
    TOO_MANY_ROWS,
    Numbers,
    Predictions,
    arranged,
    check_cells,
    wanted_of,
)
from scoring.metrics.columns import (
    BROKEN,
    LONGEST_ERA,
    NUMBERS,
    Wanted,
    check_complete,
    check_named,
    check_size,
    not_numbers,
)
from wording.numbers import counted

SIGN = b"PAR1"
MOST_COLUMNS = 5000
MOST_BYTES = 128 * 2**20  # of the columns that are read, unpacked
MEMORY = 512 * 2**20  # bytes the process may take; its tools and the largest file are read in 350 MB
PROCESSOR = 10  # seconds of work
PATIENCE = 60  # seconds, where others keep the processor busy
LONGEST_LINE = 2**21  # bytes
READER = Path(__file__).with_name("parquet_reader.py")
AGAIN = "Write it again with df.to_parquet('file.parquet'), or as CSV."
UNREAD = f"{BROKEN} {AGAIN}"
NO_LIMITS = "This bot's machine can't limit what a parquet file takes, and reads none: attach a CSV."
TOO_LARGE = f"That parquet file takes more memory or time than a file of predictions may. {AGAIN}"


class _BrokenError(Exception):
    """What the other process wrote is not what was asked for."""


def read_parquet(content: bytes) -> Predictions:
    """The predictions that a parquet file holds. Raises ValueError with what is wrong with it.

    The file's end, which says what it holds, is looked at before anything is unpacked; the process that reads
    both may take little memory and time, opens nothing, and is told nothing of the bot's.
    """
    if os.name != "posix":
        raise ValueError(NO_LIMITS)
    command = [sys.executable, "-I", str(READER), *map(str, (len(content), MEMORY, PROCESSOR, MOST_COLUMNS))]
    process = subprocess.Popen(  # noqa: S603 - our own file
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"OPENBLAS_NUM_THREADS": "1"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    timer = threading.Timer(PATIENCE, process.kill)
    timer.start()
    try:
        return _read(process.stdin, process.stdout, content)
    except (_BrokenError, OSError) as error:
        raise ValueError(TOO_LARGE if _was_stopped(process) else UNREAD) from error
    finally:
        timer.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what was still to be written to a process that is gone
                pipe.close()
        process.wait()


def _was_stopped(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it worked for longer than it may."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        return process.wait(1) == -signal.SIGKILL
    return False


def _read(to: IO[bytes], out: IO[bytes], content: bytes) -> Predictions:
    """What the process tells of a file, checked at each step."""
    to.write(content)
    to.flush()
    told = _line(out)
    rows, width = _whole(told.get("rows")), _whole(told.get("width"))
    names = [_text(each) for each in _list(told.get("columns"))]
    sizes = [_whole(each) for each in _list(told.get("sizes"))]
    if width > MOST_COLUMNS:
        raise ValueError(f"That file has {counted(width, 'column')}; {MOST_COLUMNS:,} may be there.")
    if not width == len(names) == len(sizes):
        raise _BrokenError
    wanted = wanted_of(names, "a parquet file names its columns itself")
    if not rows:
        raise ValueError("The file has columns, and no row.")
    if rows > MOST_ROWS:
        raise ValueError(TOO_MANY_ROWS)
    check_cells(rows, len(wanted.features))
    read = [*wanted.at.values(), *wanted.features]
    if sum(sizes[at] for at in read) > MOST_BYTES:
        raise ValueError(TOO_LARGE)
    asked = {
        "texts": [names[wanted.at["era"]], names[wanted.at["id"]]],
        "numbers": [names[wanted.at[name]] for name in NUMBERS if name in wanted.at],
        "features": [names[at] for at in wanted.features],
        "most_eras": MOST_ERAS,
    }
    to.write(json.dumps(asked).encode() + b"\n")
    to.flush()
    return _columns(out, rows, wanted)


def _columns(out: IO[bytes], rows: int, wanted: Wanted) -> Predictions:
    """The columns of so many rows that the process writes."""
    told = _line(out)
    if _whole(told.get("rows")) != rows:
        raise _BrokenError
    labels = [_text(label).strip() for label in _list(told.get("eras"))]
    if len(labels) > MOST_ERAS:
        raise ValueError(TOO_MANY_ERAS)
    if any(len(label) > LONGEST_ERA for label in labels):
        raise ValueError(f"An era is longer than {LONGEST_ERA} characters.")
    codes = np.frombuffer(_bytes(out, 4 * rows), dtype=np.int32)
    ids = np.frombuffer(_bytes(out, 8 * rows), dtype=np.int64)
    if codes.max() >= len(labels):
        raise _BrokenError
    known = [*dict.fromkeys(labels)]  # spaces around them make no two eras of one
    same = np.array([known.index(label) if label else -1 for label in labels] + [-1], dtype=np.int64)
    codes = same[np.maximum(codes, -1)]
    check_named(codes, "era")
    check_named(ids, "id")
    numbers = {
        name: _checked(name, np.frombuffer(_bytes(out, 8 * rows))) for name in NUMBERS if name in wanted.at
    }
    features = None
    if wanted.features:
        count = len(wanted.features)
        features = np.frombuffer(_bytes(out, 4 * rows * count), dtype=np.float32).reshape(rows, count)
        _checked("feature", features.max(axis=1, initial=-np.inf))
        _checked("feature", features.min(axis=1, initial=np.inf))
        check_complete(features)
    return arranged(known, codes, ids, numbers, features, wanted.unread)


def _checked(name: str, values: Numbers) -> Numbers:
    check_size(name, values)
    return values


def _line(out: IO[bytes]) -> dict[str, Any]:
    """What the process tells in a line."""
    try:
        read: Any = json.loads(out.readline(LONGEST_LINE))
    except ValueError as error:
        raise _BrokenError from error
    if not isinstance(read, dict):
        raise _BrokenError
    told = cast("dict[str, Any]", read)
    failed = told.get("failed")
    if failed in ("memory", "limits"):
        raise ValueError(TOO_LARGE if failed == "memory" else NO_LIMITS)
    if failed == "text":
        raise not_numbers(str(told.get("column"))[:LONGEST_ERA])
    if failed is not None:
        raise _BrokenError
    return told


def _whole(value: object) -> int:
    if type(value) is not int or value < 0:
        raise _BrokenError
    return value


def _text(value: object) -> str:
    if type(value) is not str:
        raise _BrokenError
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise _BrokenError
    return cast("list[object]", value)


def _bytes(out: IO[bytes], count: int) -> bytes:
    found = out.read(count)
    if len(found) != count:
        raise _BrokenError
    return found
