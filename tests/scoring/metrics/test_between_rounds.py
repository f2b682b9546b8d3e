"""Churn and turnover: by hand, beside scipy, and what is undefined or refused."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.metrics import churn, turnover

UP = [1.0, 2, 3, 4, 5]


def test_by_hand() -> None:
    assert churn(UP, UP) == pytest.approx(0)
    assert churn(UP, UP[::-1]) == pytest.approx(2)
    # squared differences of ranks 0 1 4 1 2²: 1 - 6 x 10 / (5 x 24) = .5
    assert churn(UP, [1, 3, 5, 4, 2]) == pytest.approx(1 - (1 - 6 * 14 / 120))
    # top two 4, 5 then 2, 3; bottom two 1, 2 then 1, 5
    assert churn(UP, [1, 4, 5, 3, 2], 2) == pytest.approx(1 - (0 + 1) / 4)
    assert turnover([0.5, 0.5, 0], [0.2, 0.5, 0.3]) == pytest.approx(0.3)


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=40))
def test_scipy_ranks_the_same(pairs: list[tuple[int, int]]) -> None:
    one, other = np.array(pairs, dtype=float).T
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        assert math.isnan(churn(one, other))
    else:
        assert churn(one, other) == pytest.approx(1 - stats.spearmanr(one, other).statistic, abs=1e-12)


def test_stocks_that_one_lacks_are_left_out_up_to_a_fifth() -> None:
    assert churn([*UP, 9], [*UP, math.nan]) == pytest.approx(0)
    assert turnover([*UP, 9], [*UP, math.nan]) == 0
    lacking = [1, 2, math.nan, math.nan, 5]
    assert math.isnan(churn(UP, lacking))
    assert math.isnan(churn(UP, lacking, 2))
    assert math.isnan(turnover(lacking, UP))


@pytest.mark.parametrize(
    ("one", "other", "k", "sentence"),
    [
        (UP, UP[:4], None, "There must be two lists of numbers for the same stocks"),
        ([], [], None, "There must be two lists of numbers for the same stocks"),
        ([UP], [UP], None, "There must be two lists of numbers for the same stocks"),
        (UP, [1, 2, 3, 4, math.inf], None, "Rankings and weights must be finite numbers, or NaN"),
        (UP, UP, 0, "The top and the bottom hold between 1 and 5 stocks each"),
        (UP, UP, 6, "The top and the bottom hold between 1 and 5 stocks each"),
    ],
)
def test_bad_input_gets_one_sentence(one: list, other: list, k: int | None, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        churn(one, other, k)
