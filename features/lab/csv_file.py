"""Predictions from a file that anybody may have made: text and numbers, bounded before they are read."""

import csv
import io
import math
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wording.numbers import counted, listed

LARGEST = 10 * 2**20  # bytes of a file
MOST_ROWS = 500_000
MOST_FEATURES = 500
MOST_CELLS = 2_000_000  # of features: rows x features
MOST_ERAS = 3000
LONGEST_LINE = 2**16  # characters
LONGEST_ERA = 40
NEEDED = ("era", "id", "prediction", "target")
NUMBERS = ("prediction", "target", "meta_model")
FEATURE = "feature_"
NOTHING = {"", "na", "n/a", "nan", "none", "null", "<na>"}  # how tools write that there is no number
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf", b"Rar!")
NOT_TEXT = "That is no CSV: it is not text in UTF-8. Save it as CSV, UTF-8, and try again."

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Predictions:
    """Rows of a file, those of an era together, as they stood in it; NaN where there is no number."""

    eras: tuple[str, ...]  # in order: by number or day where all are such, else as in the file
    starts: NDArray[np.int64]  # (e + 1,): where each era's rows begin, and the end
    prediction: Numbers
    target: Numbers
    meta_model: Numbers | None
    features: NDArray[np.float32] | None  # (rows, f)
    unread: int  # columns that nobody asked for

    @property
    def rows(self) -> int:
        """How many there are."""
        return len(self.prediction)


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
    at: dict[str, int]
    features: tuple[int, ...]


def read_predictions(content: bytes) -> Predictions:
    """The predictions that a CSV file holds. Raises ValueError with what is wrong with it."""
    if len(content) > LARGEST:
        raise ValueError(f"That file has {counted(len(content), 'byte')}; it may have {LARGEST:,}.")
    _check_kind(content)
    lines = _TextLines(content)
    try:
        header = _header(lines)
        columns = _Columns(numbers={name: array("d") for name in NUMBERS if name in header.at})
        lines.read_rows(header, columns)
    except UnicodeDecodeError as error:
        raise ValueError(NOT_TEXT) from error
    except csv.Error as error:
        raise ValueError(
            f"Line {lines.number} is no line of a CSV: its quotation marks never end."
        ) from error
    return _arranged(header, columns)


def _check_kind(content: bytes) -> None:
    if not content.strip():
        raise ValueError("The file is empty.")
    if content.startswith(PACKED):
        raise ValueError("That file is compressed, and is not unpacked here: attach the CSV itself.")
    if content.startswith(b"PAR1"):
        raise ValueError(
            "That is a parquet file, and only CSV is read here: df.to_csv('file.csv') makes one."
        )
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
    names = [name.strip() for name in cells]
    lower = [name.lower() for name in names]
    twice = [
        name for name, count in Counter(lower).items() if count > 1 and (name in (*NEEDED, "meta_model"))
    ]
    if twice:
        raise ValueError(f"The column {twice[0]} is there twice: keep one of them.")
    missing = [name for name in NEEDED if name not in lower]
    if missing:
        raise ValueError(
            f"The file lacks the {'column' if len(missing) == 1 else 'columns'} {listed(missing)}: its first "
            f"line names the columns, and {listed(NEEDED)} must be among them."
        )
    features = tuple(at for at, name in enumerate(lower) if name.startswith(FEATURE))
    if len(features) > MOST_FEATURES:
        raise ValueError(
            f"That file has {counted(len(features), 'feature')}; {MOST_FEATURES} may be there: "
            "keep those that matter."
        )
    at = {name: lower.index(name) for name in (*NEEDED, "meta_model") if name in lower}
    return _Layout(separator, len(names), at, features)


def _add(header: _Layout, columns: _Columns, cells: list[str], line: int) -> None:
    """Put a row into the columns."""
    at = header.at
    era, stock = cells[at["era"]].strip(), cells[at["id"]].strip()
    if not era or not stock:
        raise ValueError(f"Line {line} has no {'id' if era else 'era'}.")
    if len(era) > LONGEST_ERA:
        raise ValueError(f"The era of line {line} is longer than {LONGEST_ERA} characters.")
    if len(columns.eras) == MOST_ROWS:
        raise ValueError(f"That file has more than {MOST_ROWS:,} rows: score it in parts.")
    code = columns.era_of.setdefault(era, len(columns.era_of))
    if code == MOST_ERAS:
        raise ValueError(f"That file has more than {MOST_ERAS:,} eras: score it in parts.")
    columns.eras.append(code)
    columns.ids.append(hash(stock))
    for name, numbers in columns.numbers.items():
        numbers.append(_number(cells[at[name]], name, line, header.separator))
    if header.features:
        if len(columns.features) + len(header.features) > MOST_CELLS:
            raise ValueError(
                f"{counted(len(header.features), 'feature')} of that many rows are more than {MOST_CELLS:,} "
                "numbers: keep fewer features or fewer eras."
            )
        for where in header.features:
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
    if value is None or math.isinf(value) or abs(value) > 1e30:
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


def _arranged(header: _Layout, columns: _Columns) -> Predictions:
    """The columns as arrays, the rows of each era together."""
    if not columns.eras:
        raise ValueError("The file has a first line with the columns, and no row below it.")
    rank, eras = _order(list(columns.era_of))
    era = rank[np.frombuffer(columns.eras, dtype=np.int32)]
    order = np.argsort(era, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(era, minlength=len(eras)))))
    _check_ids(era, np.frombuffer(columns.ids, dtype=np.int64), eras)
    numbers = {name: np.frombuffer(values)[order] for name, values in columns.numbers.items()}
    for name in ("prediction", "target"):
        if np.isnan(numbers[name]).all():
            raise ValueError(f"No row has a {name}: there is nothing to score.")
    features = None
    if header.features:
        table = np.frombuffer(columns.features, dtype=np.float32).reshape(-1, len(header.features))
        features = table if (np.diff(order) == 1).all() else table[order]
    return Predictions(
        eras,
        starts.astype(np.int64),
        numbers["prediction"],
        numbers["target"],
        numbers.get("meta_model"),
        features,
        header.width - len(header.at) - len(header.features),
    )


def _order(labels: list[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The place of each label among all, and the labels in that order."""
    order = list(range(len(labels)))
    days = all(_is_day(label) for label in labels)
    numbers = [era_number(label) for label in labels]
    if days:
        order.sort(key=lambda at: labels[at])
    elif None not in numbers:
        order.sort(key=lambda at: numbers[at] or 0)
    rank = np.empty(len(labels), dtype=np.int64)
    rank[order] = np.arange(len(labels))
    return rank, tuple(labels[at] for at in order)


def _is_day(label: str) -> bool:
    parts = label.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)


def era_number(label: str) -> int | None:
    """The number of an era, like 0123, era123 or 123.0; None where it has none."""
    digits = label.lower().removeprefix("era").strip(" _").removesuffix(".0")
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 10 else None


def _check_ids(era: NDArray[np.int64], ids: NDArray[np.int64], eras: tuple[str, ...]) -> None:
    """Raises ValueError where an era has an id twice."""
    order = np.lexsort((ids, era))
    twice = (np.diff(ids[order]) == 0) & (np.diff(era[order]) == 0)
    if twice.any():
        first = int(era[order][:-1][twice].min())
        count = int(np.count_nonzero(twice))
        raise ValueError(
            f"Era {eras[first]} has an id twice ({counted(count, 'such row')} in the file): "
            "an era names each stock once."
        )
