"""What predictions in a file score, era by era: CORR, MMC, and CORR that features do not explain."""

import asyncio
import csv
import io
import logging
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.lab.csv_file import read_csv
from features.lab.parquet_file import SIGN, read_parquet
from features.lab.predictions import LARGEST, Predictions
from scoring.intervals import FEWEST, Interval, ewc_interval
from scoring.metrics.cluster import ClusterError, cluster_executor
from scoring.metrics.columns import as_cell
from scoring.metrics.eras import era_number, scores_by_era, summary_over_eras
from wording.numbers import counted, listed

Numbers = NDArray[np.float64]
CORR, MMC, FNC = "CORR", "MMC", "FNC"
PATIENCE = 60.0  # seconds that other machines may take; a file takes this one a few
MISSING = 0.2  # share of an era's rows that may lack a number, as in scoring.metrics

log = logging.getLogger("roundtable.files")


@dataclass(frozen=True)
class Score:
    """One score over the eras that have it."""

    which: str  # CORR, MMC or FNC
    by_era: Numbers  # (e,), NaN where an era has none
    mean: float
    sd: float  # over eras, n - 1; NaN for one
    sharpe: float  # mean over standard deviation, of one era; NaN where nothing swings
    interval: Interval  # of the mean
    eras: int
    above_0: int

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
    others_were_away: bool = False  # scored on this machine, though others were to do it

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


async def score_file(content: bytes, scheduler: str = "") -> FileScores:
    """Read a file of predictions and score it, in a thread. Raises ValueError with what is wrong with it.

    scheduler: the address of a dask scheduler whose machines score it; where they can't, this one does.
    """
    return await asyncio.to_thread(scores_of_file, content, scheduler)


def scores_of_file(content: bytes, scheduler: str = "") -> FileScores:
    """The same, at once."""
    found = read_predictions(content)
    if not scheduler:
        return scores_of(found)
    try:
        with cluster_executor(scheduler) as executor:
            return scores_of(found, executor)
    except ClusterError as error:
        log.warning("a file is scored here, not by the scheduler's machines: %s", error)
        return replace(scores_of(found), others_were_away=True)


def read_predictions(content: bytes) -> Predictions:
    """The predictions that a CSV or parquet file holds. Raises ValueError with what is wrong with it."""
    if len(content) > LARGEST:
        raise ValueError(f"That file has {counted(len(content), 'byte')}; it may have {LARGEST:,}.")
    return read_parquet(content) if content.startswith(SIGN) else read_csv(content)


def scores_of(found: Predictions, executor: Executor | None = None) -> FileScores:
    """Each era scored by itself. Raises ValueError where not one has a CORR."""
    stocks = np.diff(found.starts)
    scored = scores_by_era(
        found.prediction[:, np.newaxis],
        found.target,
        np.repeat(np.arange(len(stocks)), stocks),
        meta_model=found.meta_model,
        features=found.features,
        executor=executor,
        patience=PATIENCE,
    )
    by_era = {name: scores[:, 0] for name, scores in scored.by_name.items()}
    unscored: Counter[str] = Counter()
    for at in np.flatnonzero(np.isnan(by_era[CORR])):
        rows = slice(int(found.starts[at]), int(found.starts[at + 1]))
        unscored[_why_not(found.prediction[rows], found.target[rows])] += 1
    if np.isnan(by_era[CORR]).all():
        raise ValueError(f"No era can be scored: {listed([*unscored])}.")
    return FileScores(
        eras=found.eras,
        stocks=stocks,
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
        writer.writerow([as_cell(era), int(found.stocks[at]), *shown])
    return file.getvalue()


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
    over = summary_over_eras(by_era[:, np.newaxis])
    return Score(
        name,
        by_era,
        float(over.mean[0]),
        float(over.sd[0]),
        float(over.sharpe[0]),
        ewc_interval(by_era[~np.isnan(by_era)]),
        int(over.eras[0]),
        int(np.count_nonzero(by_era > 0)),
    )
