"""What a file of predictions holds, and what of it is refused, however it was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.metrics.columns import Wanted, check_ids
from scoring.metrics.columns import wanted_of as columns_wanted
from scoring.metrics.eras import era_order
from wording.numbers import counted

LARGEST = 10 * 2**20  # bytes of a file
MOST_ROWS = 500_000
MOST_FEATURES = 500
MOST_CELLS = 2_000_000  # of features: rows x features
MOST_ERAS = 3000
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


def wanted_of(names: Sequence[str], named_by: str) -> Wanted:
    """Which columns of a file are read, as scoring.metrics.columns has it, of as many features as may be."""
    wanted = columns_wanted(names, named_by)
    if len(wanted.features) > MOST_FEATURES:
        raise ValueError(
            f"That file has {counted(len(wanted.features), 'feature')}; {MOST_FEATURES} may be there: "
            "keep those that matter."
        )
    return wanted


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
    places = era_order(labels)
    eras = tuple(labels[int(at)] for at in places)
    era = np.argsort(places)[codes]
    order = np.argsort(era, kind="stable")
    starts = np.concatenate(([0], np.cumsum(np.bincount(era, minlength=len(eras)))))
    check_ids(era, ids, eras)
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
