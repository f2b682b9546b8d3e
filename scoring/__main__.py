"""Scores a parquet of predictions era by era: `python -m scoring score predictions.parquet`."""

# what reads parquet brings no types
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # loaded once the environment below is set, which numpy reads as it is loaded
    import numpy as np
    from numpy.typing import NDArray

    from scoring.metrics.columns import Wanted
    from scoring.metrics.eras import EraScores

NEEDED = "Reading parquet needs pandas and fastparquet: pip install 'roundtable[files]'."
AGAIN = "Write it again with df.to_parquet('file.parquet')."
HEAD = f"{'model':<24} {'score':<5} {'mean':>9} {'sd':>9} {'sharpe':>8} {'eras':>6}"


@dataclass(frozen=True)
class _PredictionsFile:
    """What a file holds, row by row: of n models, and of f features where it has some."""

    models: list[str]
    labels: list[str]  # eras in order
    eras: NDArray[np.int64]  # places among them
    predictions: NDArray[np.float64]
    target: NDArray[np.float64]
    meta_model: NDArray[np.float64] | None
    features: NDArray[np.float32] | None


def main(typed: Sequence[str] | None = None) -> int:
    """Do what was typed; 1 where a sentence says what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m scoring")
    tasks = parser.add_subparsers(metavar="TASK", required=True)
    what = (
        "CORR, MMC with a column meta_model, and FNC with columns feature_..., of each column prediction or "
        "prediction_..., by era; era, id and target must be there too"
    )
    score = tasks.add_parser("score", help=what, description=what)
    score.add_argument("file", type=Path, metavar="FILE", help="a parquet of predictions")
    score.add_argument("--csv", type=Path, metavar="TABLE", help="write the scores of every era there")
    score.add_argument("--scheduler", metavar="ADDRESS", help="a dask scheduler, like tcp://127.0.0.1:8786")
    score.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes on this machine"
    )
    asked = parser.parse_args(typed)
    from scoring.metrics.cluster import ClusterError

    try:
        if asked.workers < 1:
            raise ValueError("At least one process must work: --workers 1.")
        _score(asked.file, asked.csv, asked.scheduler, asked.workers)
    except BrokenProcessPool:
        return _give_up("A process that scored was ended, perhaps for its memory: try fewer --workers.")
    except (ValueError, ClusterError) as error:
        return _give_up(str(error))
    except OSError as error:
        return _give_up(f"{error.filename}: {error.strerror}.")
    return 0


def _give_up(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 1


def _score(path: Path, table: Path | None, scheduler: str | None, workers: int) -> None:
    from scoring.metrics.eras import scores_by_era

    file = _read(path)
    with _executor(scheduler, workers) as executor:
        found = scores_by_era(
            file.predictions,
            file.target,
            file.eras,
            meta_model=file.meta_model,
            features=file.features,
            executor=executor,
        )
    sys.stdout.write("\n".join([HEAD, *_lines(file.models, found)]) + "\n")
    if table is not None:
        _write(table, file, found)


@contextmanager
def _executor(scheduler: str | None, workers: int) -> Generator[Executor | None]:
    """Whoever works: other machines, processes of this one, or this one."""
    from scoring.metrics.cluster import cluster_executor

    if scheduler is not None:
        with cluster_executor(scheduler) as executor:
            yield executor
    elif workers == 1:
        yield None
    else:
        with ProcessPoolExecutor(workers, get_context("spawn")) as executor:
            yield executor


def _lines(models: Sequence[str], found: EraScores) -> Iterator[str]:
    """A line for each model and score."""
    from scoring.metrics.eras import summary_over_eras

    over = {name: summary_over_eras(scores) for name, scores in found.by_name.items()}
    for at, model in enumerate(models):
        for name, each in over.items():
            numbers = f"{each.mean[at]:9.4f} {each.sd[at]:9.4f} {each.sharpe[at]:8.2f} {each.eras[at]:6,}"
            yield f"{model:<24} {name:<5} {numbers}"


def _write(table: Path, file: _PredictionsFile, found: EraScores) -> None:
    """The scores as CSV: a line for each era and model, empty where there is none."""
    from scoring.metrics.columns import as_cell

    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["era", "stocks", "model", *(name.lower() for name in found.by_name)])
        for era, label in enumerate(file.labels):
            for at, model in enumerate(file.models):
                values = [float(scores[era, at]) for scores in found.by_name.values()]
                shown = ["" if value != value else f"{value:.8f}" for value in values]
                writer.writerow([as_cell(label), int(found.stocks[era]), as_cell(model), *shown])


def _read(path: Path) -> _PredictionsFile:
    """The columns that are scored. Raises ValueError with what is wrong with them."""
    from scoring.metrics.columns import BROKEN

    with path.open("rb") as opened:  # fastparquet closes no file that it opens itself
        if opened.read(4) != b"PAR1":
            raise ValueError(f"{path} is no parquet. {AGAIN}")
        try:
            import fastparquet
        except ImportError as error:
            raise ValueError(NEEDED) from error
        try:
            file: Any = fastparquet.ParquetFile(opened)
            names, rows = [str(name) for name in file.columns], int(file.count())
        except Exception as error:
            raise ValueError(f"{BROKEN} {AGAIN}") from error
        return _columns(file, names, rows)


def _columns(file: Any, names: Sequence[str], rows: int) -> _PredictionsFile:
    """Those of so many rows, some of which are read at a time."""
    import numpy as np

    from scoring.metrics.columns import BROKEN, check_ids, wanted_of
    from scoring.metrics.eras import era_order

    wanted = wanted_of(names, "a parquet file names its columns itself", many=True)
    if not rows:
        raise ValueError("The file has columns, and no row.")
    known: dict[str, int] = {}
    eras, ids = np.empty(rows, dtype=np.int64), np.empty(rows, dtype=np.int64)
    numbers = {at: np.empty(rows) for at in wanted.numbers}
    predictions = np.empty((rows, len(wanted.models)))
    features = np.empty((rows, len(wanted.features)), dtype=np.float32)
    first = 0
    for frame in _frames(file, names, wanted):
        here = slice(first, first + len(frame))
        eras[here] = _era_codes(frame[names[wanted.at["era"]]], known, first)
        ids[here] = _id_codes(frame[names[wanted.at["id"]]], first)
        for at, column in numbers.items():
            column[here] = _numbers(frame, names[at], first)
        for place, at in enumerate(wanted.models):
            predictions[here, place] = _numbers(frame, names[at], first)
        for place, at in enumerate(wanted.features):
            features[here, place] = _numbers(frame, names[at], first, complete=True)
        first += len(frame)
    if first != rows:
        raise ValueError(f"{BROKEN} {AGAIN}")
    order = era_order(list(known))
    found = [*known]
    labels, eras = [found[int(at)] for at in order], np.argsort(order)[eras]
    check_ids(eras, ids, labels)
    target = numbers[wanted.at["target"]]
    for name, values in (("prediction", predictions), ("target", target)):
        if np.isnan(values).all():
            raise ValueError(f"No row has a {name}: there is nothing to score.")
    return _PredictionsFile(
        [names[at] for at in wanted.models],
        labels,
        eras,
        predictions,
        target,
        numbers[wanted.at["meta_model"]] if "meta_model" in wanted.at else None,
        features if wanted.features else None,
    )


def _frames(file: Any, names: Sequence[str], wanted: Wanted) -> Iterator[Any]:
    """The wanted columns of each group of rows."""
    from scoring.metrics.columns import BROKEN

    columns = [names[at] for at in sorted({*wanted.at.values(), *wanted.models, *wanted.features})]
    try:
        yield from file.iter_row_groups(columns=columns, index=False)
    except Exception as error:
        raise ValueError(f"{BROKEN} {AGAIN}") from error


def _numbers(frame: Any, name: str, first: int, *, complete: bool = False) -> NDArray[np.float64]:
    """A column of numbers (rows,), NaN where there is none."""
    import numpy as np

    from scoring.metrics.columns import check_complete, check_size, not_numbers

    if getattr(frame[name].dtype, "kind", "O") not in "biuf":
        raise not_numbers(name)
    values: NDArray[np.float64] = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    check_size("feature" if complete else name, values, first)
    if complete:
        check_complete(values[:, np.newaxis], first)
    return values


def _era_codes(column: Any, known: dict[str, int], first: int) -> NDArray[np.int64]:
    """The number of each row's era; one that is not known yet gets the next."""
    import numpy as np
    import pandas as pd

    from scoring.metrics.columns import check_named, era_label

    codes, found = pd.factorize(column)
    labels = [era_label(each) for each in found]
    numbers = [known.setdefault(label, len(known)) if label else -1 for label in labels]
    every = np.array([*numbers, -1], dtype=np.int64)[codes]
    check_named(every, "era", first)
    return every


def _id_codes(column: Any, first: int) -> NDArray[np.int64]:
    """A number for each row's id, the same for the same in every group of rows."""
    import numpy as np
    import pandas as pd
    from pandas.util import hash_array

    from scoring.metrics.columns import check_named

    codes, found = pd.factorize(column)
    check_named(codes, "id", first)
    texts = np.array([str(each) for each in found], dtype=object)
    hashed: Any = hash_array
    return hashed(texts, categorize=False).view(np.int64)[codes]


if __name__ == "__main__":
    # as many processes as processors leave none for more threads
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(main())
