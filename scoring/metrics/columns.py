"""What a file of predictions must hold, whoever reads it: its columns, and rows that name each stock once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

NEEDED = ("era", "id", "prediction", "target")
NUMBERS = ("prediction", "target", "meta_model")
FEATURE = "feature_"
MODEL = "prediction_"
LARGEST_NUMBER = 1e30
LONGEST_ERA = 40
BROKEN = "That parquet file can't be read: it is damaged, or packed in an unusual way."


@dataclass(frozen=True)
class Wanted:
    """Where the columns stand that are read, among all."""

    at: Mapping[str, int]  # era, id, prediction, target, and meta_model where there is one
    models: tuple[int, ...]  # predictions: one, or one for each model
    features: tuple[int, ...]
    unread: int  # columns that nobody asked for

    @property
    def numbers(self) -> tuple[int, ...]:
        """Columns with a number for each row, besides predictions and features."""
        return tuple(at for name, at in self.at.items() if name in ("target", "meta_model"))


def wanted_of(names: Sequence[str], named_by: str, *, many: bool = False) -> Wanted:
    """Which of a file's columns are read, whatever their order. Raises ValueError where one is not there.

    named_by: where such a file names its columns, for who looks for one there. many: every column that
    begins with prediction_ is a model too, and where there is one, prediction may be absent.
    """
    lower = [name.strip().lower() for name in names]
    models = tuple(
        at for at, name in enumerate(lower) if name == "prediction" or (many and name.startswith(MODEL))
    )
    shown = {lower[at] for at in models}
    twice = [
        name
        for name, count in Counter(lower).items()
        if count > 1 and name in {*NEEDED, "meta_model", *shown}
    ]
    if twice:
        raise ValueError(f"The column {twice[0]} is there twice: keep one of them.")
    missing = [name for name in NEEDED if name not in lower and not (name == "prediction" and models)]
    if missing:
        raise ValueError(
            f"The file lacks the {'column' if len(missing) == 1 else 'columns'} {_listed(missing)}: "
            f"{named_by}, and {_listed(NEEDED)} must be among them."
        )
    features = tuple(at for at, name in enumerate(lower) if name.startswith(FEATURE))
    at = {name: lower.index(name) for name in (*NEEDED, "meta_model") if name in lower}
    read = {*at.values(), *models, *features}
    return Wanted(at, models, features, len(names) - len(read))


def check_ids(eras: NDArray[np.integer], ids: NDArray[np.integer], labels: Sequence[Any]) -> None:
    """Raises ValueError where an era has an id twice: eras (s,) are places among labels, ids (s,) numbers."""
    order = np.lexsort((ids, eras))
    twice = (np.diff(ids[order]) == 0) & (np.diff(eras[order]) == 0)
    if twice.any():
        first, count = int(eras[order][:-1][twice].min()), int(np.count_nonzero(twice))
        raise ValueError(
            f"Era {labels[first]} has an id twice ({count:,} such {'row' if count == 1 else 'rows'} in the "
            "file): an era names each stock once."
        )


def check_size(name: str, values: NDArray[Any], first: int = 0) -> None:
    """Raises ValueError where a column has a number too large to be one; first: rows before these."""
    large = np.abs(values) > LARGEST_NUMBER
    if large.any():
        raise ValueError(f"The {name} of row {first + int(large.argmax()) + 1} is too large to be one.")


def check_complete(features: NDArray[Any], first: int = 0) -> None:
    """Raises ValueError where a row of features (s, f) lacks one."""
    lacking = np.isnan(features).any(axis=1)
    if lacking.any():
        raise ValueError(f"Row {first + int(lacking.argmax()) + 1} lacks a number in one of the features.")


def check_named(codes: NDArray[np.integer], name: str, first: int = 0) -> None:
    """Raises ValueError where a row has no era or no id: its code is below 0."""
    if codes.size and codes.min() < 0:
        raise ValueError(f"Row {first + int(codes.argmin()) + 1} has no {name}.")


def era_label(found: object) -> str:
    """An era as it is read in a CSV of the same; ValueError for one that is too long."""
    day = getattr(found, "isoformat", None)
    text = found.decode() if isinstance(found, bytes) else str(day() if day else found)
    label = text.removesuffix("T00:00:00").strip()
    if len(label) > LONGEST_ERA:
        raise ValueError(f"An era is longer than {LONGEST_ERA} characters.")
    return label


def as_cell(text: str) -> str:
    """A name in a CSV, which no spreadsheet takes for a formula."""
    return f"'{text}" if text[0] in "=+-@" else text


def not_numbers(name: str) -> ValueError:
    """What to say of a column that holds something else."""
    return ValueError(f"The column {name} is not of whole numbers, or of floats of 32 or 64 bits.")


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
