"""Predictions from a CSV that anybody may have made: text and numbers, bounded before they are read."""

import csv
import io
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from features.lab.predictions import (
    MOST_ERAS,
    MOST_ROWS,
    TOO_MANY_ERAS,
    TOO_MANY_ROWS,
    Predictions,
    arranged,
    check_cells,
    wanted_of,
)
from scoring.metrics.columns import LARGEST_NUMBER, LONGEST_ERA, NUMBERS, Wanted
from wording.numbers import counted

LONGEST_LINE = 2**16  # characters
NOTHING = {"", "na", "n/a", "nan", "none", "null", "<na>"}  # how tools write that there is no number
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!")
NOT_TEXT = (
    "That is no CSV, as it is not text in UTF-8, and no parquet: save it as one of the two, and try again."
)


@dataclass
class _Columns:
    """What is read so far."""

    era_of: dict[str, int] = field(default_factory=dict[str, int])
    eras: "array[int]" = field(default_factory=lambda: array("i"))
    ids: "array[int]" = field(default_factory=lambda: array("q"))
    numbers: dict[str, "array[float]"] = field(default_factory=dict[str, "array[float]"])
    features: "array[float]" = field(default_factory=lambda: array("f"))


@dataclass(frozen=True)
class _Layout:
    """Where each column stands, and what lies between two."""

    separator: str
    width: int
    wanted: Wanted


def read_csv(content: bytes) -> Predictions:
    """The predictions that a CSV file holds. Raises ValueError with what is wrong with it."""
    _check_kind(content)
    lines = _TextLines(content)
    try:
        header = _header(lines)
        columns = _Columns(numbers={name: array("d") for name in NUMBERS if name in header.wanted.at})
        lines.read_rows(header, columns)
    except UnicodeDecodeError as error:
        raise ValueError(NOT_TEXT) from error
    except csv.Error as error:
        raise ValueError(
            f"Line {lines.number} is no line of a CSV: its quotation marks never end."
        ) from error
    if not columns.eras:
        raise ValueError("The file has a first line with the columns, and no row below it.")
    features = None
    if header.wanted.features:
        features = np.frombuffer(columns.features, dtype=np.float32).reshape(-1, len(header.wanted.features))
    return arranged(
        list(columns.era_of),
        np.frombuffer(columns.eras, dtype=np.int32),
        np.frombuffer(columns.ids, dtype=np.int64),
        {name: np.frombuffer(values) for name, values in columns.numbers.items()},
        features,
        header.wanted.unread,
    )


def _check_kind(content: bytes) -> None:
    if not content.strip():
        raise ValueError("The file is empty.")
    if content.startswith(PACKED):
        raise ValueError("That file is compressed, and is not unpacked here: attach what is in it.")
    if b"\0" in content:
        raise ValueError(NOT_TEXT)


class _TextLines:
    """The lines of a file, one at a time: a cell that goes on in the next line is refused."""

    def __init__(self, content: bytes) -> None:
        # decoded as it is read: a whole copy as text may take four times its bytes
        self._text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline=None)
        self.number = 0
        self._open = False

    def __iter__(self) -> Iterator[str]:
        while line := self._text.readline(LONGEST_LINE + 1):
            self.number += 1
            if self._open:
                raise ValueError(f"Line {self.number - 1} has a quotation mark that doesn't end on it.")
            if len(line) > LONGEST_LINE:
                raise ValueError(
                    f"Line {self.number} is longer than {LONGEST_LINE:,} characters: no row of numbers is."
                )
            self._open = True
            yield line

    def first(self) -> str:
        """The first line."""
        line = next(iter(self))
        self._open = False
        return line

    def read_rows(self, header: _Layout, columns: _Columns) -> None:
        """Read every line below the first into the columns."""
        for cells in csv.reader(self, delimiter=header.separator):
            self._open = False
            if not cells:
                continue
            if len(cells) != header.width:
                raise ValueError(
                    f"Line {self.number} has {counted(len(cells), 'cell')}, and the first line "
                    f"{header.width}: every line needs as many."
                )
            _add(header, columns, cells, self.number)


def _header(lines: _TextLines) -> _Layout:
    first = lines.first()
    separator = max(",;\t", key=first.count)
    [cells] = csv.reader([first], delimiter=separator)
    return _Layout(separator, len(cells), wanted_of(cells, "its first line names the columns"))


def _add(header: _Layout, columns: _Columns, cells: list[str], line: int) -> None:
    """Put a row into the columns."""
    at, features = header.wanted.at, header.wanted.features
    era, stock = cells[at["era"]].strip(), cells[at["id"]].strip()
    if not era or not stock:
        raise ValueError(f"Line {line} has no {'id' if era else 'era'}.")
    if len(era) > LONGEST_ERA:
        raise ValueError(f"The era of line {line} is longer than {LONGEST_ERA} characters.")
    if len(columns.eras) == MOST_ROWS:
        raise ValueError(TOO_MANY_ROWS)
    code = columns.era_of.setdefault(era, len(columns.era_of))
    if code == MOST_ERAS:
        raise ValueError(TOO_MANY_ERAS)
    columns.eras.append(code)
    columns.ids.append(hash(stock))
    for name, numbers in columns.numbers.items():
        numbers.append(_number(cells[at[name]], name, line, header.separator))
    if features:
        check_cells(len(columns.eras), len(features))
        for where in features:
            value = _number(cells[where], "feature", line, header.separator)
            if math.isnan(value):
                raise ValueError(f"Line {line} lacks a number in one of the features.")
            columns.features.append(value)


def _number(text: str, column: str, line: int, separator: str) -> float:
    """The number in a cell, NaN for none."""
    try:
        value = float(text)
    except ValueError:
        value = _odd_number(text.strip(), separator)
    if value is None or math.isinf(value) or abs(value) > LARGEST_NUMBER:
        what = "is not a number" if value is None else "is too large to be one"
        raise ValueError(f"The {column} of line {line} {what}.")
    return value


def _odd_number(text: str, separator: str) -> float | None:
    if text.lower() in NOTHING:
        return math.nan
    try:  # where cells end at semicolons, a comma may be the decimal point
        return float(text.replace(",", ".")) if separator == ";" else None
    except ValueError:
        return None
