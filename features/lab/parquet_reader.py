"""Reads a parquet file in a process of its own that has nothing to lose: no part of the bot.

    python -I parquet_reader.py BYTES MEMORY SECONDS COLUMNS

It reads so many bytes of a file, writes a line of what the file's end says it holds, is told in a line what
of it is wanted, and writes that: a line, then codes of eras and ids, numbers and features as they lie in
memory. It knows no limit but its own; what it writes is believed by nobody.
"""

# its tools bring no types
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnusedImport=false

import json
import resource
import sys
from io import BytesIO
from typing import Any

FINITE = "biuf"


def main(size: int, memory: int, seconds: int, most_columns: int) -> None:
    """Read a file from where the bot writes it."""
    try:
        _limit(resource.RLIMIT_AS, memory)
        _limit(resource.RLIMIT_CPU, seconds)
        _limit(resource.RLIMIT_CORE, 0)
        _limit(resource.RLIMIT_FSIZE, 0)
    except (ValueError, OSError):
        _tell(failed="limits")
        return
    try:
        _read(size, most_columns)
    except MemoryError:
        _tell(failed="memory")
    except Exception as error:  # noqa: BLE001 - whatever a file breaks, the bot is told that it did
        _tell(failed=type(error).__name__)


def _limit(what: int, most: int) -> None:
    resource.setrlimit(what, (most, most))


def _read(size: int, most_columns: int) -> None:
    content = sys.stdin.buffer.read(size)
    import fastparquet
    import fsspec.implementations.local  # noqa: F401 - what is imported when it is first used can't be below

    # from here on it opens no file, whose name may stand in this one, and no connection
    _limit(resource.RLIMIT_NOFILE, 0)
    _answer(fastparquet.ParquetFile(BytesIO(content)), most_columns)


def _answer(file: Any, most_columns: int) -> None:
    """Write what the file's end says, and the columns that are wanted then."""
    if len(file.columns) > most_columns:
        _tell(rows=file.count(), width=len(file.columns), columns=[], sizes=[])
        return
    sizes: dict[str, int] = {}
    for group in file.row_groups:
        for column in group.columns:
            name = column.meta_data.path_in_schema[0]
            sizes[name] = sizes.get(name, 0) + column.meta_data.total_uncompressed_size
    columns = list(file.columns)
    rows = max(file.count(), file.fmd.num_rows)
    _tell(rows=rows, width=len(columns), columns=columns, sizes=[sizes.get(name, 0) for name in columns])
    wanted = json.loads(sys.stdin.buffer.readline())
    if wanted:
        _send(file, **wanted)


def _send(file: Any, texts: list[str], numbers: list[str], features: list[str], most_eras: int) -> None:
    """Write the wanted columns; texts: that of the eras and that of the ids."""
    import numpy as np

    frame = file.to_pandas(columns=[*texts, *numbers, *features], index=False)
    for name in (*numbers, *features):
        if getattr(frame[name].dtype, "kind", "O") not in FINITE:
            _tell(failed="text", column=name)
            return
    eras, labels = _codes(frame[texts[0]])
    ids, _ = _codes(frame[texts[1]])
    _tell(rows=len(frame), eras=[_label(label) for label in labels[: most_eras + 1]])
    out = sys.stdout.buffer
    out.write(eras.astype(np.int32).tobytes())
    out.write(ids.astype(np.int64).tobytes())
    for name in numbers:
        out.write(frame[name].to_numpy(dtype=np.float64, na_value=np.nan).tobytes())
    if features:
        out.write(frame[features].to_numpy(dtype=np.float32, na_value=np.nan).tobytes())
    out.flush()


def _codes(column: Any) -> tuple[Any, Any]:
    """A number for each text or number, -1 for none, and what they stand for."""
    import pandas as pd

    codes, found = pd.factorize(column)
    return codes, list(found)


def _label(found: Any) -> str:
    """An era as it is read in a CSV of the same."""
    if isinstance(found, bytes):
        return found.decode()
    day = getattr(found, "isoformat", None)
    return day().removesuffix("T00:00:00") if day else str(found)


def _tell(**what: object) -> None:
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
