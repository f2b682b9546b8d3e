"""What rows were really paid, and under which multipliers: rows written by hand."""

import math

import numpy as np

from tests.features.payout.priced import as_paid, history


def test_what_was_paid_is_the_payout_itself() -> None:
    rows = history([311, 312, 313], stake=[10, 0, 10], payout=[0.5, 0, math.nan])
    got = as_paid(rows)
    np.testing.assert_array_equal(got.pay, [0.5, math.nan, math.nan])
    assert got.as_paid
    assert got.short == "what was paid"
    assert got.notes == ()


def test_what_was_paid_scales_with_another_stake() -> None:
    rows = history([311, 312], stake=[10, 40], payout=[0.5, -2])
    np.testing.assert_allclose(as_paid(rows, np.array([100.0, 100.0])).pay, [5, -5])


def test_an_unstaked_row_was_paid_nothing_that_is_known() -> None:
    rows = history([311, 312], stake=[0, math.nan], payout=[0, math.nan])
    assert np.isnan(as_paid(rows, np.array([100.0, 100.0])).pay).all()


def test_paid_rows_at_the_clip_are_seen_in_both_orders() -> None:
    # factor .5: outside the clip a quarter of the stake could at most become an eighth
    rows = history([310, 315, 316, 316], stake=100, payout=[25, -12.5, 12.5, -25])
    np.testing.assert_array_equal(as_paid(rows).clipped, [True, True, False, True])


def test_multipliers_that_never_changed_are_named() -> None:
    rows = history([311, 312, 313], payout=1, chosen={"corr": 1, "tc": 2})
    got = as_paid(rows)
    assert dict(got.multipliers or {}) == {"corr": 1, "tc": 2}
    assert got.words == "As paid: 1xCORR + 2xTC, the multipliers chosen in all of these rounds"


def test_multipliers_that_changed_are_counted() -> None:
    rows = history([311, 312, 313, 314], payout=1, chosen={"corr": 1, "tc": [2, 2, 2, 3]})
    got = as_paid(rows)
    assert got.multipliers is None
    assert got.words == (
        "As paid: the multipliers of the time, most often 1xCORR + 2xTC (75 % of the rows, 2 combinations)"
    )


def test_before_tc_was_paid_the_multipliers_are_not_all_known() -> None:
    rows = history([310, 311], payout=1, chosen={"corr": 1, "tc": 0})
    got = as_paid(rows)
    assert got.multipliers is None
    assert got.words == (
        "As paid: the rule and the choices of the time, MMC included (it was paid before round 311)"
    )


def test_multipliers_of_rounds_without_a_stake_were_never_paid() -> None:
    # a model that was not staked stood at the default of 1xCORR, which paid nobody
    rows = history(
        [311, 312, 313],
        stake=[100, 0, 100],
        payout=[1, 0, 1],
        chosen={"corr": 1, "tc": [3, 0, 3]},
    )
    got = as_paid(rows)
    assert dict(got.multipliers or {}) == {"corr": 1, "tc": 3}
    assert got.words == "As paid: 1xCORR + 3xTC, the multipliers chosen in all of these rounds"


def test_without_any_stake_nothing_was_paid() -> None:
    rows = history([311, 312], stake=[0, math.nan], payout=[0, math.nan])
    got = as_paid(rows)
    assert got.multipliers is None
    assert got.words == "As paid: nothing, without a stake"
