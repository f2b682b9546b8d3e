"""The fund's monthly returns that a host loads from a file, and how they go with the proxy."""

import csv
import io
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wording.numbers import counted, plus_minus

LARGEST_RETURNS = 64 * 2**10  # bytes of a file
MOST_LINES = 600
LEAST, MOST = -100.0, 1000.0  # percent a month
FEWEST = 12  # months that an interval needs
COLUMNS = ("month", "return")
EXAMPLE = "The first line is month,return and each other one a month, like 2022-01,-1.25 (percent)."
MONTH = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])", re.ASCII)
PERCENT = re.compile(r"[+\-]?\d{1,4}(?:\.\d{1,12})?", re.ASCII)


@dataclass(frozen=True)
class ReturnsBeside:
    """The returns that were loaded, month by month beside the mean CORR of the fund."""

    both: tuple[tuple[str, float, float], ...]  # month, return in percent, mean CORR
    loaded: int  # months
    r: float  # NaN where it is not defined
    low: float
    high: float

    @property
    def line(self) -> str:
        """The finding in one line."""
        months = counted(len(self.both), "month")
        if math.isnan(self.r):
            return f"The returns loaded here: {months} in common, too few to compare them with this CORR."
        if math.isnan(self.low):
            return f"The returns loaded here go with this CORR by {plus_minus(self.r, 2)} over {months}."
        return (
            f"The returns loaded here go with this CORR by {plus_minus(self.r, 2)} over {months} "
            f"({plus_minus(self.low, 2)} to {plus_minus(self.high, 2)})."
        )

    @property
    def in_full(self) -> str:
        """The same with what it is and what it can't say."""
        few = "" if not math.isnan(self.low) else f" Fewer than {FEWEST} months have no interval."
        loaded = counted(self.loaded, "month is", "months are")
        return (
            f"{self.line}{few} It is Pearson's correlation of the month's return with the mean CORR of the "
            "rounds whose middle lies in the month, with Fisher's interval, which takes months as "
            f"independent. {loaded} loaded. Nothing of it is in the test."
        )


def read_returns(content: bytes) -> dict[str, float]:
    """Returns in percent by month, oldest first, of a CSV. Raises ValueError with what is wrong with it."""
    if len(content) > LARGEST_RETURNS:
        raise ValueError(
            f"That file has {counted(len(content), 'byte')}; it may have {LARGEST_RETURNS:,}. {EXAMPLE}"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"That is no CSV: it is not text in UTF-8. {EXAMPLE}") from error
    if "\0" in text:
        raise ValueError(f"That is no CSV: it is not text in UTF-8. {EXAMPLE}")
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        raise ValueError(
            f"That file has {counted(len(lines), 'line')}; {MOST_LINES} are 50 years of months. {EXAMPLE}"
        )
    if not any(line.strip() for line in lines):
        raise ValueError(f"The file is empty. {EXAMPLE}")
    separator = max(",;\t", key=lines[0].count)
    found: dict[str, float] = {}
    for at, line in enumerate(lines, 1):
        cells = _cells(line, separator, at)
        if at == 1:
            if tuple(cell.casefold() for cell in cells) != COLUMNS:
                raise ValueError(f"The first line must name two columns, month and return. {EXAMPLE}")
        elif any(cells):
            month, percent = _row(cells, at)
            if month in found:
                raise ValueError(f"{month} is there twice, the second time in line {at}: keep one of them.")
            found[month] = percent
    if not found:
        raise ValueError(f"The file has a first line, and no month below it. {EXAMPLE}")
    return dict(sorted(found.items()))


def returns_beside(returns: Mapping[str, float], monthly: Mapping[str, float]) -> ReturnsBeside | None:
    """Returns in percent beside the mean CORR of the fund by month; None where none are loaded."""
    if not returns:
        return None
    both = tuple((month, returns[month], monthly[month]) for month in sorted(returns) if month in monthly)
    r, low, high = _correlation(np.array([each[1:] for each in both]).reshape(-1, 2))
    return ReturnsBeside(both, len(returns), r, low, high)


def returns_told(returns: Mapping[str, float], before: int | None) -> str:
    """What is loaded now, in a sentence; before: how many months it took the place of, None for none."""
    if not returns:
        if before:
            return f"Deleted: {counted(before, 'month')} of returns."
        return f"No returns are loaded here. {EXAMPLE}"
    first, last = min(returns), max(returns)
    instead = f" in place of the {before:,} there were" if before else ""
    verb = "Loaded now:" if before is None else "Loaded:"
    return (
        f"{verb} {counted(len(returns), 'month')}, {first} to {last}{instead}. "
        "`/fund combination` shows them beside the fund's CORR."
    )


def _cells(line: str, separator: str, at: int) -> list[str]:
    try:
        [cells] = csv.reader(io.StringIO(line), delimiter=separator, strict=True) if line else [[]]
    except (csv.Error, ValueError) as error:
        raise ValueError(f"Line {at} is no line of a CSV: its quotation marks never end.") from error
    return [cell.strip() for cell in cells]


def _row(cells: list[str], at: int) -> tuple[str, float]:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"Line {at} has {counted(len(cells), 'cell')}, and it takes two. {EXAMPLE}")
    month, text = cells[0], cells[1].removesuffix("%").strip().replace("\N{MINUS SIGN}", "-")
    if not MONTH.fullmatch(month):
        raise ValueError(f"The month of line {at} is not written like 2022-01.")
    if not PERCENT.fullmatch(text):
        raise ValueError(f"The return of line {at} is not a number of percent, like -1.25.")
    if not LEAST <= float(text) <= MOST:
        raise ValueError(f"The return of line {at} is not between {LEAST:g} and {MOST:g} percent.")
    return month, float(text)


def _correlation(pairs: np.ndarray) -> tuple[float, float, float]:
    """Pearson's correlation of two columns with Fisher's 95 % interval."""
    if len(pairs) < 3 or not np.ptp(pairs, axis=0).all():
        return math.nan, math.nan, math.nan
    r = float(np.corrcoef(pairs.T)[0, 1])
    if len(pairs) < FEWEST:
        return r, math.nan, math.nan
    at, width = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r))), 1.959964 / math.sqrt(len(pairs) - 3)
    return r, math.tanh(at - width), math.tanh(at + width)
