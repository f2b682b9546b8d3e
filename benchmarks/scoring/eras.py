"""Many eras: how many are scored a second, beside numerai-tools in a loop; what handing them out costs."""

import os
import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np
import pandas as pd
from numerai_tools import scoring as numerai

from benchmarks.rows import Beside, Row
from benchmarks.timing import agreement, side_by_side
from scoring.metrics.eras import EraScores, scores_by_era

ERAS, STOCKS, MODELS, FEATURES = 12, 5_000, 10, 42


def eras() -> list[Row]:
    """Twelve eras of 5,000 stocks, ten models and 42 features: one process, numerai-tools, and a pool."""
    made = tables()

    def theirs() -> np.ndarray:
        """CORR, MMC and FNC of each era (3, e, n)."""
        found = []
        for era in range(ERAS):
            rows = slice(era * STOCKS, (era + 1) * STOCKS)
            p = pd.DataFrame(made["predictions"][rows])
            target = pd.Series(made["target"][rows], name="target")
            meta = pd.Series(made["meta_model"][rows], name="meta")
            features = pd.DataFrame(made["features"][rows].astype(float))
            found.append(
                (
                    numerai.numerai_corr(p, target),
                    numerai.correlation_contribution(p, meta, target),
                    numerai.feature_neutral_corr(p, features, target),
                )
            )
        return np.array(found).swapaxes(0, 1)

    what = f"eras of {STOCKS:,} stocks, {MODELS} models, {FEATURES} features: CORR, MMC and FNC"
    medians = side_by_side(
        f"{ERAS} {what}", 3, numerai_tools_in_a_loop=theirs, scores_by_era=lambda: scores_by_era(**made)
    )
    looped, ours = (ERAS / (each / 1000) for each in medians.values())
    found = scores_by_era(**made)
    apart = float(np.abs(np.array([*found.by_name.values()]) - theirs()).max())
    agreement("each era's scores", apart, 1e-9)
    return [
        Row(
            "eras",
            what,
            ours,
            Beside("numerai-tools in a loop", looped),
            faster=5,
            apart=(apart, 1e-9),
            unit="a second",
        ),
        *handed_out(made, found),
    ]


def handed_out(made: dict[str, Any], alone: EraScores) -> list[Row]:
    """What a pool costs: processor time of it and of this process, beside that of this process alone.

    One worker, so that nothing is gained, and processor time, which others on this machine take none of.
    """
    here = statistics.median(processor_time(lambda: scores_by_era(**made)) for _ in range(3))
    with ProcessPoolExecutor(1, get_context("spawn")) as executor:
        both = []
        for turn in range(4):
            before = executor.submit(time.process_time).result()
            sending = processor_time(lambda: scores_by_era(**made, executor=executor))
            worked = executor.submit(time.process_time).result() - before
            if turn:  # in the first it loads what it works with
                both.append(sending + worked)
        found = scores_by_era(**made, executor=executor)
    ours = statistics.median(both)
    apart = max(float(np.abs(found.by_name[name] - scores).max()) for name, scores in alone.by_name.items())
    size = sum(each.nbytes for each in made.values()) / 2**20
    print(f"\n{found.tasks} tasks of {size / found.tasks:.1f} MB, {os.cpu_count()} processors")
    print(f"  processor time here {1000 * here:.0f} ms, with a pool of one {1000 * ours:.0f} ms")
    agreement("a pool's scores", apart, 0)
    return [
        Row(
            "eras",
            f"the same {ERAS} handed to a process: processor time of both",
            1000 * ours,
            bound=Beside("one process alone", 1000 * here),
            of_bound=1.4,
            apart=(apart, 0.0),
        )
    ]


def tables() -> dict[str, Any]:
    """What scores_by_era takes."""
    draw = np.random.default_rng(11)
    rows = ERAS * STOCKS
    target = draw.integers(0, 5, rows) / 4
    predictions = draw.random((rows, MODELS)) + 0.1 * target[:, np.newaxis]
    return {
        "predictions": predictions,
        "target": target,
        "eras": np.repeat(np.arange(ERAS), STOCKS),
        "meta_model": draw.random(rows) + 0.3 * target,
        "features": (draw.integers(0, 5, (rows, FEATURES)) / 4).astype(np.float32),
    }


def processor_time(work: Any) -> float:
    """Seconds of this process's processors."""
    before = time.process_time()
    work()
    return time.process_time() - before


BENCHMARKS = {"eras": eras}
