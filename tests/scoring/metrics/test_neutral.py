"""What features explain: the same as numpy's least squares, whichever way it is found."""

import numpy as np
import pytest

from scoring.metrics._neutral import Explained

STOCKS, FEATURES = 300, 20


def drawn() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(4)
    return draw.integers(0, 5, (STOCKS, FEATURES)) / 4, draw.normal(size=(6, STOCKS))


def alike(features: np.ndarray, apart: float) -> np.ndarray:
    """Features of which each is the first and a little of its own."""
    return features[:, :1] + apart * features


def left_by_least_squares(features: np.ndarray, rows: np.ndarray) -> np.ndarray:
    basis = np.column_stack((features, np.ones(len(features))))
    return rows - (basis @ np.linalg.lstsq(basis, rows.T, rcond=1e-6)[0]).T


PLAIN, ROWS = drawn()
TWICE = np.column_stack((PLAIN, PLAIN[:, 3], PLAIN[:, 4] + PLAIN[:, 5]))
WAYS = [
    # features, by products, passes, how close rounding lets two ways come
    (PLAIN, True, 1, 1e-13),
    (np.column_stack((PLAIN, np.full(STOCKS, 3.3))), True, 1, 1e-13),
    (PLAIN * np.geomspace(0.1, 100, FEATURES) + 7, True, 1, 1e-12),
    (alike(PLAIN, 0.1), True, 2, 1e-12),
    (alike(PLAIN, 1e-3), False, 2, 1e-11),  # least squares themselves are that far from what is true
    (alike(PLAIN, 1e-9), False, 2, 1e-12),  # too little of their own: the first alone is left
    (TWICE, False, 2, 1e-12),
    (PLAIN * 1e-8, False, 2, 1e-12),  # nothing, beside the constant
    (np.column_stack((PLAIN[:, :1] * 1e-7, PLAIN[:, 1:])), False, 2, 1e-12),
    (PLAIN * 1e160, False, 2, 1e-12),
    (np.ones((STOCKS, 2)), False, 2, 1e-13),
    (PLAIN[:15], False, 2, 1e-12),  # more features than stocks
]


@pytest.mark.parametrize(("features", "by_products", "passes", "close"), WAYS, ids=range(len(WAYS)))
def test_what_is_left_is_what_least_squares_leave(
    features: np.ndarray, by_products: bool, passes: int, close: float
) -> None:
    explained = Explained.by(features)
    assert (explained.inverse is not None, explained.passes) == (by_products, passes)
    found = ROWS[:, : len(features)].copy()
    expected = left_by_least_squares(features, found)
    explained.take_out_of(found)
    np.testing.assert_allclose(found, expected, rtol=0, atol=close)


def test_stocks_of_equal_features_keep_their_ties() -> None:
    draw = np.random.default_rng(5)
    kinds, z = draw.integers(0, 5, (40, FEATURES)) / 4, draw.normal(size=(6, 40)).round(1)
    which = draw.integers(0, 40, STOCKS)
    for features in (kinds[which], TWICE[which]):
        rows = z[:, which].copy()
        Explained.by(features).take_out_of(rows)
        for row in rows:
            assert all(np.ptp(row[which == kind]) == 0 for kind in set(which))
