"""Records that were made up: models with a known edge and luck that five weekly rounds share."""

import math
from dataclasses import replace
from typing import Any

import numpy as np

from tests.features.simulation.proposed import MadeUp, calendar, rows_of
from tournament.source import History

NAN = math.nan


def lucky(rng: np.random.Generator, rounds: int, models: int, share: float = 0.0) -> np.ndarray:
    """Scores (rounds, models), of whose variance a share is the models' own; rounds are good or bad."""
    return lucky_with_edges(rng, rounds, models, share)[0]


def lucky_with_edges(
    rng: np.random.Generator, rounds: int, models: int, share: float
) -> tuple[np.ndarray, np.ndarray]:
    """The same with the edges (models,) that are the models' own."""
    shocks = rng.normal(size=(rounds + 4, models))
    luck = sum(shocks[lag : lag + rounds] for lag in range(5)) / math.sqrt(5)
    edges = rng.normal(size=models)
    edges = 0.02 * math.sqrt(share) * (edges - edges.mean()) / (edges.std() or 1)
    return 0.02 * math.sqrt(1 - share) * luck + edges + rng.normal(0.02, 0.02, (rounds, 1)), edges


def source_of(**scores: np.ndarray) -> MadeUp:
    """A source of these scores (rounds, models)."""
    rows = history_of(**scores)
    return MadeUp(rows, calendar(len(next(iter(scores.values())))))


def history_of(*, resolved: np.ndarray | None = None, **scores: np.ndarray) -> History:
    columns = {name: np.asarray(table, dtype=np.float64).T.ravel() for name, table in scores.items()}
    first: Any = next(iter(scores.values()))
    rows = rows_of(np.zeros(np.asarray(first).T.shape).tolist())
    final = rows.resolved if resolved is None else resolved.T.ravel()
    return replace(rows, scores=columns, resolved=final)
