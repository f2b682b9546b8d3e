"""A round's columns as few bytes: whole numbers of a fixed unit, byte by byte in order, packed."""

import json
import zlib
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from tournament.numerai.field.details import LIKENESS
from tournament.source import Floats

Whole = NDArray[np.signedinteger]

FORM = 1
NMR, SCORE, CORRELATION = 1e5, 1e6, 1e3  # units of one: NMR, score and correlation are kept to so many parts
LEVEL = 6  # of zlib: more takes twice as long for a hundredth less


def unit_of(name: str) -> tuple[float, np.dtype[np.signedinteger]]:
    """How many parts of one a column is kept to, and as which type."""
    if name in ("stake", "payout"):
        return NMR, np.dtype(np.int64)
    if name in LIKENESS.values():
        return CORRELATION, np.dtype(np.int16)
    return SCORE, np.dtype(np.int32)


def as_whole(name: str, values: Floats) -> Whole:
    """Values in the unit of their column; the least number there is stands for NaN and for what is beyond."""
    unit, kind = unit_of(name)
    scaled = np.round(values * unit)
    nothing = np.iinfo(kind).min
    with np.errstate(invalid="ignore"):
        inside = np.abs(scaled) < np.iinfo(kind).max
    return np.where(inside, scaled, nothing).astype(kind)


def as_floats(name: str, values: Whole) -> Floats:
    """The values again, NaN where there was none."""
    unit, kind = unit_of(name)
    found = values / unit
    found[values == np.iinfo(kind).min] = np.nan
    return found


def pack(model: NDArray[np.int32], columns: Mapping[str, Whole]) -> bytes:
    """Numbers of models (n,), ascending, and columns (n,) in their units, as bytes."""
    parts = [("model", _small(np.diff(model, prepend=np.int32(0))))]
    parts += [(name, _small(values)) for name, values in columns.items()]
    head = {"form": FORM, "rows": int(model.size), "columns": [[name, len(part)] for name, part in parts]}
    return b"\n".join([json.dumps(head).encode(), b"".join(part for _, part in parts)])


def unpack(packed: bytes, wanted: Iterable[str] | None = None) -> tuple[NDArray[np.int32], dict[str, Whole]]:
    """What was packed, of the columns those that are `wanted`. Raises ValueError for anything else."""
    first, _, rest = packed.partition(b"\n")
    try:
        head = json.loads(first)
        form, rows, columns = head["form"], int(head["rows"]), [(str(n), int(s)) for n, s in head["columns"]]
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError("no packed round") from error
    if form != FORM or sum(size for _, size in columns) != len(rest):
        raise ValueError("no packed round of this form")
    found: dict[str, Whole] = {}
    start = 0
    for name, size in columns:
        if name == "model" or wanted is None or name in wanted:
            kind = np.dtype(np.int32) if name == "model" else unit_of(name)[1]
            found[name] = _whole(rest[start : start + size], kind, rows)
        start += size
    return np.cumsum(found.pop("model"), dtype=np.int32), found


def _small(values: Whole) -> bytes:
    """Signs in the last bit, so that what is near 0 has few bits; the first bytes of all numbers go first."""
    bits = values.dtype.itemsize * 8 - 1
    folded = (values << 1) ^ (values >> bits)
    each = folded.view(np.uint8).reshape(values.size, values.dtype.itemsize)
    return zlib.compress(np.ascontiguousarray(each.T).tobytes(), LEVEL)


def _whole(packed: bytes, kind: np.dtype[np.signedinteger], rows: int) -> Whole:
    try:
        flat = zlib.decompressobj().decompress(packed, rows * kind.itemsize + 1)
    except zlib.error as error:
        raise ValueError("a packed round is damaged") from error
    if len(flat) != rows * kind.itemsize:
        raise ValueError("a packed round is damaged")
    each = np.frombuffer(flat, dtype=np.uint8).reshape(kind.itemsize, rows)
    folded = np.ascontiguousarray(each.T).view(kind).reshape(rows)
    unsigned = folded.view(f"u{kind.itemsize}")
    return (unsigned >> np.array(1, unsigned.dtype)).astype(kind) ^ -(folded & 1)
