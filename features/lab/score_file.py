"""What predictions in a file score, era by era: CORR, MMC, and CORR that features do not explain."""

import asyncio
import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.lab.csv_file import read_csv
from features.lab.parquet_file import SIGN, read_parquet
from features.lab.predictions import LARGEST, Predictions, era_number
from scoring.intervals import FEWEST, Interval, ewc_interval
from scoring.metrics import corr_and_mmc, feature_neutral_corr, numerai_corr
from wording.numbers import counted, listed

Numbers = NDArray[np.float64]
CORR, MMC, FNC = "CORR", "MMC", "FNC"
MISSING = 0.2  # share of an era's rows that may lack a number, as in scoring.metrics


@dataclass(frozen=True)
class Score:
    """One score over the eras that have it."""

    which: str  # CORR, MMC or FNC
    by_era: Numbers  # (e,), NaN where an era has none
    mean: float
    sd: float  # over eras, n - 1; NaN for one
    interval: Interval  # of the mean
    eras: int
    above_0: int

    @property
    def sharpe(self) -> float:
        """Mean over standard deviation, of one era; NaN where nothing swings."""
        return self.mean / self.sd if self.sd > 0 else float("nan")

    @property
    def verdict(self) -> str:
        """Whether luck alone could make this mean."""
        if self.eras < FEWEST:
            return f"{counted(self.eras, 'era is', 'eras are')} too few to tell it from luck"
        if not self.interval.excludes_0:
            return "luck alone could do that"
        return "more than luck" if self.mean > 0 else "worse than luck"


@dataclass(frozen=True)
class FileScores:
    """What a file of predictions scores, and what of it could not be scored."""

    eras: tuple[str, ...]
    stocks: NDArray[np.int64]  # (e,) rows of each era
    scores: Mapping[str, Score]  # CORR first; MMC with a meta model, FNC with features
    rows: int
    features: int
    unread: int
    unscored: Mapping[str, int]  # why -> eras

    @property
    def positions(self) -> tuple[Numbers, bool]:
        """Where each era stands on an axis (e,), and whether that is its number: else its place."""
        numbers = [era_number(era) for era in self.eras]
        known = [number for number in numbers if number is not None]
        places = np.arange(1.0, len(self.eras) + 1)
        if len(set(known)) < len(numbers):
            return places, False
        at = np.array(known, dtype=np.float64)
        return (at, True) if np.ptp(at) <= 8 * len(at) else (places, False)

    @property
    def left_out(self) -> str:
        """How many eras have no score, and why; "" where all have."""
        if not self.unscored:
            return ""
        count = sum(self.unscored.values())
        return (
            f"{counted(count, 'era has', 'eras have')} no score: {listed([*self.unscored])}"
            if len(self.unscored) == 1
            else f"{counted(count, 'era has', 'eras have')} no score: "
            + listed([f"{why} in {eras:,}" for why, eras in self.unscored.items()])
        )


async def score_file(content: bytes) -> FileScores:
    """Read a file of predictions and score it, in a thread. Raises ValueError with what is wrong with it."""
    return await asyncio.to_thread(scores_of_file, content)


def scores_of_file(content: bytes) -> FileScores:
    """The same, at once."""
    return scores_of(read_predictions(content))


def read_predictions(content: bytes) -> Predictions:
    """The predictions that a CSV or parquet file holds. Raises ValueError with what is wrong with it."""
    if len(content) > LARGEST:
        raise ValueError(f"That file has {counted(len(content), 'byte')}; it may have {LARGEST:,}.")
    return read_parquet(content) if content.startswith(SIGN) else read_csv(content)


def scores_of(found: Predictions) -> FileScores:
    """Each era scored by itself. Raises ValueError where not one has a CORR."""
    eras = len(found.eras)
    by_era = {CORR: np.full(eras, np.nan)}
    if found.meta_model is not None:
        by_era[MMC] = np.full(eras, np.nan)
    if found.features is not None:
        by_era[FNC] = np.full(eras, np.nan)
    unscored: Counter[str] = Counter()
    for at in range(eras):
        rows = slice(int(found.starts[at]), int(found.starts[at + 1]))
        for name, value in _era_scores(found, rows).items():
            by_era[name][at] = value
        if np.isnan(by_era[CORR][at]):
            unscored[_why_not(found.prediction[rows], found.target[rows])] += 1
    if np.isnan(by_era[CORR]).all():
        raise ValueError(f"No era can be scored: {listed([*unscored])}.")
    return FileScores(
        eras=found.eras,
        stocks=np.diff(found.starts),
        scores={name: _score(name, values) for name, values in by_era.items()},
        rows=found.rows,
        features=0 if found.features is None else found.features.shape[1],
        unread=found.unread,
        unscored=dict(unscored),
    )


def scores_csv(found: FileScores) -> str:
    """The scores as CSV: one line per era, empty where there is none."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["era", "stocks", *(name.lower() for name in found.scores)])
    for at, era in enumerate(found.eras):
        values = [float(score.by_era[at]) for score in found.scores.values()]
        shown = ["" if np.isnan(value) else f"{value:.8f}" for value in values]
        # no spreadsheet takes a name for a formula
        writer.writerow([f"'{era}" if era[0] in "=+-@" else era, int(found.stocks[at]), *shown])
    return file.getvalue()


def _era_scores(found: Predictions, rows: slice) -> dict[str, float]:
    """The scores of an era that has them, by name."""
    p, target = found.prediction[rows, np.newaxis], found.target[rows]
    scores: dict[str, float] = {}
    if found.meta_model is None:
        scores[CORR] = float(numerai_corr(p, target)[0])
    else:
        corr, mmc = corr_and_mmc(p, found.meta_model[rows], target)
        scores[CORR], scores[MMC] = float(corr[0]), float(mmc[0])
    # as many features as stocks explain whatever is predicted: what is left is rounding
    if found.features is not None and len(target) > found.features.shape[1] + 1:
        scores[FNC] = float(feature_neutral_corr(p, found.features[rows], target)[0])
    return scores


def _why_not(prediction: Numbers, target: Numbers) -> str:
    """Why an era has no CORR."""
    if np.isnan(target).all():
        return "no target yet"
    there = ~(np.isnan(prediction) | np.isnan(target))
    if there.mean() < 1 - MISSING:
        return "more than a fifth of the predictions or targets missing"
    if np.count_nonzero(there) < 2:
        return "a single stock"
    if not np.ptp(prediction[there]):
        return "the same prediction for every stock"
    return "the same target for every stock"


def _score(name: str, by_era: Numbers) -> Score:
    known = by_era[~np.isnan(by_era)]
    return Score(
        name,
        by_era,
        float(known.mean()) if known.size else float("nan"),
        float(known.std(ddof=1)) if known.size > 1 else float("nan"),
        ewc_interval(known),
        int(known.size),
        int(np.count_nonzero(known > 0)),
    )
