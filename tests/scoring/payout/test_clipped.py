"""Which amounts reached the clip."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.payout import is_clipped, payouts
from tests.scoring.payout.by_hand import INSIDE, OUTSIDE, clips, orders, shares, unhurried

# ---------------------------------------------------------------- what reached the clip


def test_amounts_at_the_bound_are_clipped() -> None:
    paid = [25.0, -25.0, 24.9, -24.9, 0.0, 30.0]
    np.testing.assert_array_equal(is_clipped(paid, 100, clip=0.25), [True, True, False, False, False, True])


def test_a_paid_amount_is_rounded_so_a_millionth_below_the_bound_still_counts() -> None:
    assert is_clipped(0.0265723282214, 0.106289312885, clip=0.25)  # really paid; a quarter ends in 22125
    assert is_clipped(25 * (1 - 0.9e-6), 100, clip=0.25)
    assert not is_clipped(25 * (1 - 1.1e-6), 100, clip=0.25)


def test_the_factor_lowers_the_bound_only_outside_the_clip() -> None:
    assert not is_clipped(12.5, 100, factor=0.5, clip=0.25, clip_order=INSIDE)
    assert is_clipped(12.5, 100, factor=0.5, clip=0.25, clip_order=OUTSIDE)
    got = is_clipped([12.5, 12.5], [100, 100], factor=[0.5, 1], clip=0.25, clip_order=OUTSIDE)
    np.testing.assert_array_equal(got, [True, False])


def test_nothing_at_risk_or_an_unknown_amount_is_not_clipped() -> None:
    np.testing.assert_array_equal(
        is_clipped([0.0, math.nan, 0.0], [0.0, 100.0, 100.0], clip=0.25), [False, False, False]
    )
    assert not is_clipped(0.0, 100, factor=0.0, clip=0.25, clip_order=OUTSIDE)


def test_no_clip_clips_nothing() -> None:
    np.testing.assert_array_equal(is_clipped([1e9, 0.0], [1.0, 0.0], clip=math.inf), [False, False])


def test_what_is_clipped_has_the_labels_that_went_in() -> None:
    ones = pd.Series([1.0, 1.0], index=["quiet_heron", "loud_heron"])
    got = is_clipped(25 * ones, 100 * ones, factor=ones, clip=0.25 * ones, clip_order=OUTSIDE)
    pd.testing.assert_series_equal(pd.Series(got), ones.astype(bool))


def test_several_factors_for_one_stake() -> None:
    got = is_clipped(12.5, 100, factor=[0.5, 1], clip=0.25, clip_order=OUTSIDE)
    np.testing.assert_array_equal(got, [True, False])


def test_an_unknown_clip_order_is_refused_rather_than_guessed() -> None:
    with pytest.raises(ValueError, match=r"^The clip order is one of"):
        is_clipped(12.5, 100, factor=0.5, clip=0.25, clip_order="outside")


def test_amounts_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^The payouts must be numbers\.$"):
        is_clipped("much", 100)
    with pytest.raises(ValueError, match=r"^The stake must be numbers\.$"):
        is_clipped(1, "much")


@unhurried
@given(shares, st.floats(0.01, 1e6), st.floats(0.01, 1), clips, orders)
def test_pay_is_clipped_exactly_where_the_score_passes_the_clip(
    score: float, stake: float, factor: float, clip: float, order: str
) -> None:
    seen = abs(score * factor) if order == INSIDE else abs(score)
    pay = payouts([score], [1], stake, factor=factor, clip=clip, clip_order=order)
    got = is_clipped(pay, stake, factor=factor, clip=clip, clip_order=order)
    if seen >= clip:
        assert got
    elif seen < clip * (1 - 1e-5):
        assert not got
