"""What a file of predictions holds, and what of it is refused, however it was written."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wording.numbers import counted, listed

LARGEST = 10 * 2**20  # bytes of a file
MOST_ROWS = 500_000
MOST_FEATURES = 500
MOST_CELLS = 2_000_000  # of features: rows x features
MOST_ERAS = 3000
LONGEST_ERA = 40
LARGEST_NUMBER = 1e30
NEEDED = ("era", "id", "prediction", "target")
NUMBERS = ("prediction", "target", "meta_model")
FEATURE = "feature_"
TOO_MANY_ROWS = f"That file has more than {MOST_ROWS:,} rows: score it in parts."
TOO_MANY_ERAS = f"That file has more than {MOST_ERAS:,} eras: score it in parts."

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


@dataclass(frozen=True)
class Wanted:
    """Where the columns stand that are read, among all."""

    at: Mapping[str, int]  # era, id, prediction, target, and meta_model where there is one
    features: tuple[int, ...]
    unread: int  # columns that nobody asked for


def wanted_of(names: Sequence[str], named_by: str) -> Wanted:
    """Which of a file's columns are read, whatever their order. Raises ValueError where one is not there.

    named_by: where such a file names its columns, for who looks for one there.
    """
    lower = [name.strip().lower() for name in names]
    twice = [name for name, count in Counter(lower).items() if count > 1 and name in (*NEEDED, "meta_model")]
    if twice:
        raise ValueError(f"The column {twice[0]} is there twice: keep one of them.")
    missing = [name for name in NEEDED if name not in lower]
    if missing:
        raise ValueError(
            f"The file lacks the {'column' if len(missing) == 1 else 'columns'} {listed(missing)}: "
            f"{named_by}, and {listed(NEEDED)} must be among them."
        )
    features = tuple(at for at, name in enumerate(lower) if name.startswith(FEATURE))
    if len(features) > MOST_FEATURES:
        raise ValueError(
            f"That file has {counted(len(features), 'feature')}; {MOST_FEATURES} may be there: "
            "keep those that matter."
        )
    at = {name: lower.index(name) for name in (*NEEDED, "meta_model") if name in lower}
    return Wanted(at, features, len(names) - len(at) - len(features))


def check_cells(rows: int, features: int) -> None:
    """Raises ValueError where so many rows of so many features are too many."""
    if rows * features > MOST_CELLS:
        raise ValueError(
            f"{counted(features, 'feature')} of that many rows are more than {MOST_CELLS:,} "
            "numbers: keep fewer features or fewer eras."
        )


def arranged(
    labels: Sequence[str],
    codes: NDArray[np.integer],
    ids: NDArray[np.int64],
    numbers: Mapping[str, Numbers],
    features: NDArray[np.float32] | None,
    unread: int,
) -> Predictions:
    """The rows of each era together: its label is that of its code, equal ids have equal numbers."""
    rank, eras = _order(labels)
    era = rank[codes]
    order = np.argsort(era, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(era, minlength=len(eras)))))
    _check_ids(era, ids, eras)
    by_era = {name: values[order] for name, values in numbers.items()}
    for name in ("prediction", "target"):
        if np.isnan(by_era[name]).all():
            raise ValueError(f"No row has a {name}: there is nothing to score.")
    if features is not None and (np.diff(order) != 1).any():
        features = features[order]
    return Predictions(
        eras,
        starts.astype(np.int64),
        by_era["prediction"],
        by_era["target"],
        by_era.get("meta_model"),
        features,
        unread,
    )


def _order(labels: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
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
