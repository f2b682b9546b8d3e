"""Scores of predictions: CORR, MMC and feature-neutral CORR, beside numerai-tools."""

import numpy as np
import pandas as pd
from numerai_tools import scoring as numerai

from benchmarks.rows import Beside, Row, loop_pays
from benchmarks.timing import agreement, by_numpy, side_by_side
from scoring.metrics import corr_and_mmc, feature_neutral_corr

STOCKS, MODELS = 5_000, 1_000


def scores() -> list[Row]:
    """1,000 models of 5,000 stocks: CORR and MMC, and CORR neutral to 42, 500 and 500 alike features."""
    rows = []
    rng = np.random.default_rng(7)
    predictions = rng.random((STOCKS, MODELS))
    tied = predictions.round(2)
    meta_model, target = predictions.mean(axis=1), rng.integers(0, 5, STOCKS) / 4
    frame, meta, of_target = pd.DataFrame(predictions), pd.Series(meta_model), pd.Series(target, name="t")
    by_column = np.asfortranarray(predictions)

    def theirs_both() -> tuple[pd.Series, pd.Series]:
        corr = numerai.numerai_corr(frame, of_target)
        return corr, numerai.correlation_contribution(frame, meta, of_target)

    medians = side_by_side(
        f"CORR and MMC of {MODELS:,} models, {STOCKS:,} stocks",
        3,
        numerai_tools=lambda: (
            numerai.numerai_corr(frame, of_target),
            numerai.correlation_contribution(frame, meta, of_target),
        ),
        scoring_corr_and_mmc=lambda: corr_and_mmc(predictions, meta_model, target),
        the_same_stored_by_column=lambda: corr_and_mmc(by_column, meta_model, target),
        the_same_with_100_values=lambda: corr_and_mmc(tied, meta_model, target),
        the_same_by_numpy=by_numpy(lambda: corr_and_mmc(predictions, meta_model, target)),
        sorting_alone=lambda: np.sort(by_column.T, axis=1),
    )
    theirs, ours, *_, slower, sorting = medians.values()
    pairs = zip(corr_and_mmc(predictions, meta_model, target), theirs_both(), strict=True)
    apart = max(np.abs(found - wanted).max() for found, wanted in pairs)
    agreement("CORR and MMC", apart, 1e-12)
    rows.append(
        Row(
            "metrics",
            f"CORR and MMC of {MODELS:,} models, {STOCKS:,} stocks",
            ours,
            Beside("numerai-tools", theirs),
            Beside("one sort of the matrix", sorting),
            faster=60,
            of_bound=1,
            apart=(apart, 1e-12),
        )
    )
    rows.append(loop_pays("metrics", "CORR and MMC", ours, slower))
    alike = rng.normal(size=(STOCKS, 20)) @ rng.normal(size=(20, 500)) + 2 * rng.normal(size=(STOCKS, 500))
    for count, features in {
        "42": rng.integers(0, 5, (STOCKS, 42)) / 4,
        "500": rng.integers(0, 5, (STOCKS, 500)) / 4,
        "500 that are alike": (alike.argsort(axis=0).argsort(axis=0) * 5 // STOCKS) / 4,
    }.items():
        table = pd.DataFrame(features)
        medians = side_by_side(
            f"CORR of {MODELS:,} models, {STOCKS:,} stocks, neutral to {count} features",
            3,
            numerai_tools=lambda table=table: numerai.feature_neutral_corr(frame, table, of_target),
            scoring_feature_neutral_corr=lambda features=features: feature_neutral_corr(
                predictions, features, target
            ),
        )
        theirs, ours = medians.values()
        neutral = feature_neutral_corr(predictions, features, target)
        apart = np.abs(neutral - numerai.feature_neutral_corr(frame, table, of_target)).max()
        agreement("feature-neutral CORR", apart, 1e-12)
        rows.append(
            Row(
                "metrics",
                f"the same CORR neutral to {count} features",
                ours,
                Beside("numerai-tools", theirs),
                faster=5,
                apart=(apart, 1e-12),
            )
        )
    return rows


BENCHMARKS = {"metrics": scores}
