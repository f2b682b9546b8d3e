"""Eras of many models, made up: predictions that know a little, with gaps, ties and eras of all sizes."""

from typing import Any

import numpy as np


def tables(
    eras: int = 12, stocks: int = 60, models: int = 3, features: int = 5, seed: int = 3
) -> dict[str, Any]:
    """What scores_by_era takes; the last era is too small for features, and some predictions are missing."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(stocks // 2, stocks, eras)
    sizes[-1] = features + 1
    rows = int(sizes.sum())
    target = draw.integers(0, 5, rows) / 4
    predictions = (draw.random((rows, models)) + 0.1 * target[:, np.newaxis]).round(2)
    predictions[draw.random(rows) < 0.01, 0] = np.nan
    return {
        "predictions": predictions,
        "target": target,
        "eras": np.repeat(np.arange(101, 101 + eras), sizes),
        "meta_model": draw.random(rows) + 0.3 * target,
        "features": (draw.integers(0, 5, (rows, features)) / 4 + 0.1 * predictions[:, -1:]).astype(
            np.float32
        ),
    }
