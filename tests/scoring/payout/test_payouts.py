"""Payouts by hand, of missing scores, and in every shape."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from scoring.payout import CLIP_ORDERS, payouts
from tests.scoring.payout.by_hand import INSIDE, OUTSIDE, by_hand

# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("scores", "weights", "stake", "factor", "clip", "inside", "outside"),
    [
        # nothing reaches the clip: both orders agree
        ([0.02, 0.01], [1, 3], 100, 1.0, 0.25, 5.0, 5.0),
        ([0.02, 0.01], [2, 1], 100, 1.0, 0.25, 5.0, 5.0),
        ([0.02, 0.01], [1, 3], 100, 0.5, 0.25, 2.5, 2.5),
        # w = .4, above the clip before the factor and not after
        ([0.4], [1], 100, 0.5, 0.25, 20.0, 12.5),
        ([-0.4], [1], 100, 0.5, 0.25, -20.0, -12.5),
        # w = .8, above both
        ([0.2], [4], 100, 0.5, 0.25, 25.0, 12.5),
        ([-0.2], [4], 100, 0.5, 0.25, -25.0, -12.5),
        # a factor of 1 makes the orders one
        ([0.4], [1], 100, 1.0, 0.25, 25.0, 25.0),
        # the rule of 2023: clip .05
        ([0.03, 0.02], [2, 1], 72, 1.0, 0.05, 3.6, 3.6),
        ([0.03, 0.02], [2, 1], 72, 0.1, 0.05, 0.576, 0.36),
        # a stake of 0 and a factor of 0 pay nothing
        ([0.4], [1], 0, 1.0, 0.25, 0.0, 0.0),
        ([0.4], [1], 100, 0.0, 0.25, 0.0, 0.0),
        # no clip at all
        ([3.0], [2], 10, 1.0, math.inf, 60.0, 60.0),
        ([-3.0], [2], 10, 0.5, math.inf, -30.0, -30.0),
    ],
)
def test_rows_by_hand_in_both_orders(
    scores: list[float],
    weights: list[float],
    stake: float,
    factor: float,
    clip: float,
    inside: float,
    outside: float,
) -> None:
    for order, expected in ((INSIDE, inside), (OUTSIDE, outside)):
        got = payouts(scores, weights, stake, factor=factor, clip=clip, clip_order=order)
        assert got == pytest.approx(expected, rel=1e-12, abs=1e-15)


def test_the_defaults_are_factor_1_clip_5_percent_and_the_factor_inside() -> None:
    assert payouts([0.04], [1], 100) == pytest.approx(4.0)
    assert payouts([0.4], [1], 100) == pytest.approx(5.0)
    assert payouts([0.4], [1], 100, factor=0.1) == pytest.approx(4.0)


def test_the_two_rules_of_the_thread_are_not_the_same() -> None:
    # CORR .02: at TC .01, half of it, they agree; above, 1C3T pays more; below, less
    tc = np.array([0.0, 0.01, 0.02])
    scores = np.stack([np.full(3, 0.02), tc], axis=-1)
    one_three = payouts(scores, [1, 3], 1000, clip=0.25)
    two_one = payouts(scores, [2, 1], 1000, clip=0.25)
    np.testing.assert_allclose(one_three, [20, 50, 80])
    np.testing.assert_allclose(two_one, [40, 50, 60])


# ---------------------------------------------------------------- what is not known


@pytest.mark.parametrize("order", CLIP_ORDERS)
def test_a_missing_score_gives_a_missing_payout_unless_its_multiplier_is_0(order: str) -> None:
    scores = [[0.01, np.nan], [np.nan, 0.01], [np.nan, np.nan]]
    paid_both = payouts(scores, [1, 1], 100, clip_order=order)
    assert np.isnan(paid_both).all()
    np.testing.assert_allclose(payouts(scores, [1, 0], 100, clip_order=order), [1, np.nan, np.nan])
    np.testing.assert_allclose(payouts(scores, [0, 1], 100, clip_order=order), [np.nan, 1, np.nan])
    np.testing.assert_array_equal(payouts(scores, [0, 0], 100, clip_order=order), [0, 0, 0])


def test_the_multiplier_that_silences_a_missing_score_is_looked_at_row_by_row() -> None:
    scores = [[0.01, np.nan], [0.01, np.nan], [0.01, 0.02]]
    weights = [[1, 0], [1, 1], [1, 1]]
    np.testing.assert_allclose(payouts(scores, weights, 100), [1, np.nan, 3])


def test_a_score_that_nothing_is_paid_for_cannot_change_the_pay() -> None:
    known = payouts([0.013, -0.7], [1, 0], 250, factor=0.4)
    unknown = payouts([0.013, np.nan], [1, 0], 250, factor=0.4)
    absent = payouts([0.013], [1], 250, factor=0.4)
    assert known == unknown == absent


@pytest.mark.parametrize("order", CLIP_ORDERS)
def test_a_factor_that_is_not_known_yet_gives_a_missing_payout(order: str) -> None:
    got = payouts([[0.01], [0.01]], [1], 100, factor=[np.nan, 0.5], clip_order=order)
    np.testing.assert_allclose(got, [np.nan, 0.5])


# ---------------------------------------------------------------- shapes


@pytest.mark.parametrize("order", CLIP_ORDERS)
def test_rules_by_rounds_by_models_agree_with_a_loop(order: str) -> None:
    rng = np.random.default_rng(7)
    rules, rounds, models, kinds = 3, 5, 4, 2
    scores = rng.normal(0, 0.1, (rounds, models, kinds))
    scores[rng.random(scores.shape) < 0.2] = np.nan
    weights = rng.integers(0, 4, (rules, 1, 1, kinds)).astype(float)
    weights[0, 0, 0] = [1, 0]
    stake = rng.gamma(1, 100, (rounds, models))
    factor = rng.uniform(0.3, 1, (rounds, 1))
    clip = np.array([0.25, 0.05, 0.1])[:, None, None]
    got = payouts(scores, weights, stake, factor=factor, clip=clip, clip_order=order)
    assert got.shape == (rules, rounds, models)
    assert got.dtype == np.float64
    missing = 0
    for a, r, m in itertools.product(range(rules), range(rounds), range(models)):
        expected = by_hand(
            scores[r, m].tolist(),
            weights[a, 0, 0].tolist(),
            float(stake[r, m]),
            float(factor[r, 0]),
            float(clip[a, 0, 0]),
            order,
        )
        used = [s for s, w in zip(scores[r, m], weights[a, 0, 0], strict=True) if w]
        if any(map(math.isnan, used)):
            missing += 1
            assert math.isnan(got[a, r, m])
        else:
            assert got[a, r, m] == pytest.approx(expected, rel=1e-12, abs=1e-12)
    assert missing, "no missing score was met, so the rule on them was not tried"


@pytest.mark.parametrize("rule", [[1, 3], [2, 1], [1, 0], [0, 2], [0, 0]])
def test_one_rule_for_all_rows_pays_as_the_same_rule_written_on_each(rule: list[float]) -> None:
    scores = np.random.default_rng(5).normal(0, 0.1, (50, 2))
    scores[::7, 0] = scores[::5, 1] = np.nan
    stake = np.arange(50.0)
    each = np.broadcast_to(np.array(rule, dtype=float), (50, 2))
    for order in CLIP_ORDERS:
        np.testing.assert_allclose(
            payouts(scores, rule, stake, factor=0.4, clip=0.1, clip_order=order),
            payouts(scores, each, stake, factor=0.4, clip=0.1, clip_order=order),
            rtol=1e-12,
            atol=1e-15,
        )


def test_stakes_factors_and_clips_may_differ_by_row() -> None:
    got = payouts([[0.4], [0.4], [0.4]], [1], [10, 20, 30], factor=[1, 0.5, 1], clip=[0.25, 0.25, 0.05])
    np.testing.assert_allclose(got, [2.5, 4, 1.5])


def test_one_score_and_several_stakes() -> None:
    np.testing.assert_allclose(payouts([0.02, 0.01], [1, 3], [0, 1, 100]), [0, 0.05, 5])


def test_no_models_is_no_payouts() -> None:
    assert payouts(np.zeros((0, 2)), [1, 3], np.zeros(0)).shape == (0,)
    assert payouts(np.zeros((4, 0, 2)), [1, 3], 10).shape == (4, 0)


def test_lists_tuples_series_and_frames_are_all_numbers() -> None:
    rows = [[0.02, 0.01], [0.02, 0.01]]
    index = pd.Index(["quiet_heron", "loud_heron"])
    for scores, weights, stake, factor in (
        (rows, [1, 3], [100, 200], [1, 1]),
        (tuple(map(tuple, rows)), (1, 3), (100, 200), (1, 1)),
        (np.array(rows, dtype=np.float32), np.array([1, 3]), np.array([100, 200]), 1),
        (
            pd.DataFrame(rows, index=index, columns=["corr", "tc"])[["tc", "corr"]],
            pd.Series([3, 1], index=["tc", "corr"]),
            pd.Series([200, 100], index=index[::-1]),
            pd.Series([1.0, 1.0], index=index),
        ),
    ):
        got = np.asarray(payouts(scores, weights, stake, factor=factor, clip=0.25))
        assert got.dtype == np.float64
        np.testing.assert_allclose(got, [5.0, 10.0], rtol=1e-6)


@pytest.mark.parametrize("weights", [[1.0, 0.0], [[1.0, 0.0]], [1.0], [[1.0]]])
def test_what_is_passed_in_stays_as_it_was(weights: object) -> None:
    arrays = [np.array([[0.4, np.nan]]), np.array(weights), np.array([10.0]), np.array([0.5])]
    copies = [array.copy() for array in arrays]
    for order in CLIP_ORDERS:
        payouts(*arrays[:3], factor=arrays[3], clip=0.25, clip_order=order)
    for array, copy in zip(arrays, copies, strict=True):
        np.testing.assert_array_equal(array, copy)
