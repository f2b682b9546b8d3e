"""The payout factor of a round."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.payout import payout_factor
from tests.scoring.payout.by_hand import SAMPLE, unhurried
from tests.scoring.sentences import without_places

# ---------------------------------------------------------------- the factor of a round


@pytest.mark.parametrize(
    ("total", "threshold", "factor"),
    [
        (600_000, 300_000, 0.5),
        (300_000, 300_000, 1.0),
        (299_999, 300_000, 1.0),
        (720_000, 72_000, 0.1),
        (1e12, 72_000, 7.2e-8),
        (math.inf, 72_000, 0.0),
    ],
)
def test_payout_factors_by_hand(total: float, threshold: float, factor: float) -> None:
    got = payout_factor(total, threshold)
    assert type(got) is float
    assert got == pytest.approx(factor, rel=1e-12)


def test_an_empty_round_pays_in_full() -> None:
    assert payout_factor(0, 300_000) == 1.0
    np.testing.assert_array_equal(payout_factor([0.0, 600_000.0], 300_000), [1.0, 0.5])


def test_an_unknown_total_has_an_unknown_factor() -> None:
    assert math.isnan(payout_factor(math.nan, 300_000))
    np.testing.assert_array_equal(payout_factor([math.nan, 600_000.0], 300_000), [math.nan, 0.5])


def test_factors_of_many_rounds_and_thresholds() -> None:
    got = payout_factor(pd.Series([100, 200, 400]), [[100], [200]])
    assert type(got) is pd.DataFrame
    np.testing.assert_allclose(got, [[1, 0.5, 0.25], [1, 1, 0.5]])


def test_factors_agree_with_the_published_ones() -> None:
    rounds = pd.read_csv(SAMPLE / "rounds_2022-12-22.csv")
    weekly = rounds[
        ~rounds["is_daily"]
        & (rounds["status"] == "resolved")
        & (rounds["stake_threshold_nmr"] > 0)
        & (rounds["total_at_risk_nmr"] > 0)
    ]
    assert len(weekly) == 162
    ours = payout_factor(weekly["total_at_risk_nmr"], weekly["stake_threshold_nmr"])
    # stake moved a little between the two snapshots: never by more than 2 %
    assert np.abs(ours / weekly["payout_factor"] - 1).max() < 0.02
    assert (ours < 1).sum() > 70


@pytest.mark.parametrize(
    ("total", "threshold", "words"),
    [
        (-1, 300_000, "The total at risk can't be below 0 NMR."),
        ([1, -1], 300_000, "The total at risk can't be below 0 NMR."),
        (-math.inf, 300_000, "The total at risk can't be below 0 NMR."),
        (1, 0, "The stake threshold must be above 0 NMR."),
        (1, -72_000, "The stake threshold must be above 0 NMR."),
        (1, math.nan, "The stake threshold must be above 0 NMR."),
        (1, [72_000, 0], "The stake threshold must be above 0 NMR."),
        ("all", 300_000, "The total at risk must be numbers."),
        (1, "none", "The stake threshold must be numbers."),
    ],
)
def test_a_factor_of_nonsense_gets_a_sentence(total: object, threshold: object, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        payout_factor(total, threshold)
    assert without_places(caught.value) == words


def test_totals_and_thresholds_that_do_not_fit_get_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^The shapes do not fit each other: "):
        payout_factor([1, 2, 3], [1, 2])


@unhurried
@given(st.floats(1e-6, 1e15), st.floats(1e-3, 1e15))
def test_a_factor_is_a_share_that_scales(total: float, threshold: float) -> None:
    factor = payout_factor(total, threshold)
    assert 0 < factor <= 1
    assert (factor == 1) == (threshold / total >= 1)
    assert payout_factor(2 * total, 2 * threshold) == factor
