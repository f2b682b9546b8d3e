"""Invented fields of final rounds, with a meta model that is what its models say."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from features.meta_model.implied import WITH_META_MODEL
from tournament.source import EVERYONE, History, Rounds, TournamentField

WEEK = np.timedelta64(7, "D")


def field_of_scores(
    corr: np.ndarray,
    others: Mapping[str, np.ndarray] = MappingProxyType({}),
    *,
    alike: np.ndarray | float = 0.6,
    stake: np.ndarray | float = 100.0,
    first: int = 201,
) -> tuple[TournamentField, Rounds]:
    """A field and its calendar of weekly rounds, from tables (r, n); NaN where a model is not there."""
    rounds, models = corr.shape
    number, model = np.divmod(np.arange(corr.size), models)

    def column(values: np.ndarray | float) -> np.ndarray:
        return np.broadcast_to(np.asarray(values, dtype=np.float64), corr.shape).ravel()

    rows = History(
        name=EVERYONE,
        kind=EVERYONE,
        models=tuple(f"model_{at:05}" for at in range(models)),
        model=model,
        round=first + number,
        scores={"corr": column(corr), **{name: column(values) for name, values in others.items()}},
        chosen={},
        payout_factor=np.ones(corr.size),
        stake=column(stake),
        payout=np.zeros(corr.size),
        resolved=np.ones(corr.size, dtype=bool),
        likeness={WITH_META_MODEL: column(alike)},
    )
    there = ~np.isnan(column(corr))
    return TournamentField.of(rows.only(there) if there.any() else rows), calendar(rounds, first)


def calendar(rounds: int, first: int = 201) -> Rounds:
    opened = np.datetime64("2031-01-04", "s") + np.arange(rounds) * WEEK
    return Rounds(
        number=np.arange(first, first + rounds),
        opened=opened,
        resolves=opened + np.timedelta64(31, "D"),
        total_at_risk=np.full(rounds, np.nan),
        stake_threshold=np.full(rounds, np.nan),
        payout_factor=np.ones(rounds),
        paid=np.ones(rounds, dtype=np.bool_),
    )


def moving(rng: np.random.Generator, rounds: int, models: int, overlap: int = 5) -> np.ndarray:
    """Scores (r, n) of standard deviation .02 that share days with their neighbours."""
    shocks = rng.normal(size=(rounds + overlap - 1, models))
    return 0.02 * sum(shocks[lag : lag + rounds] for lag in range(overlap)) / np.sqrt(overlap)
