"""Influence: cases by hand, a loop in longer numbers, whales and dust, properties, and simulated stakes."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.influence import contribution_gradient, leave_one_out

BOTH: list[Callable[..., np.ndarray]] = [leave_one_out, contribution_gradient]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def score(predictions: np.ndarray, weights: np.ndarray, target: np.ndarray) -> float:
    """f by its definition, in numbers with more digits than float64."""
    p, w, t = (np.asarray(values, dtype=np.longdouble) for values in (predictions, weights, target))
    meta = (p * w).sum(axis=1)
    meta, t = meta - meta.mean(), t - t.mean()
    return (t * meta).sum() / np.sqrt((meta * meta).sum())


def looped(predictions: np.ndarray, stakes: np.ndarray, target: np.ndarray) -> np.ndarray:
    whole = score(predictions, stakes, target)
    lost = []
    for model in range(stakes.size):
        others = stakes.copy()
        others[model] = 0
        lost.append(float(whole - score(predictions, others, target)))
    return np.array(lost)


def tournament(stocks: int = 60, models: int = 9, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = rng(seed)
    target = draw.normal(size=stocks)
    common = draw.normal(size=(stocks, 1))
    raw = 0.1 * target[:, None] + common + draw.normal(size=(stocks, models))
    ranks = raw.argsort(axis=0).argsort(axis=0)
    return (ranks + 0.5) / stocks, draw.lognormal(2, 1, models), target


# ---------------------------------------------------------------- by hand


def test_two_models_at_right_angles() -> None:
    # centred already: v = (3, 4, -3, -4) / 7, t·v / |v| = (3·2 + 3·2) / root(50)
    predictions = [[1, 0], [0, 1], [-1, 0], [0, -1]]
    target = [2, 0, -2, 0]
    np.testing.assert_allclose(
        leave_one_out(predictions, [3, 4], target),
        [12 / math.sqrt(50), 12 / math.sqrt(50) - 4 / math.sqrt(2)],
    )
    # (t·p - (t·v)(v·p) / v·v) / |v| with v = (3, 4, -3, -4)
    np.testing.assert_allclose(
        contribution_gradient(predictions, [3, 4], target),
        np.array([4 - 12 * 6 / 50, -12 * 8 / 50]) / math.sqrt(50),
    )


def test_a_copy_of_the_others_moves_nothing() -> None:
    predictions = np.tile(rng().random((20, 1)), 3) * [1, 2, 1]
    np.testing.assert_allclose(leave_one_out(predictions, [1, 5, 2], rng(2).random(20)), 0, atol=1e-14)
    gradient = contribution_gradient(predictions, [1, 5, 2], rng(2).random(20))
    np.testing.assert_allclose(gradient, 0, atol=1e-15)


def test_a_model_without_stake_takes_nothing_away_but_has_a_gradient() -> None:
    predictions, stakes, target = tournament()
    stakes[4] = 0
    assert leave_one_out(predictions, stakes, target)[4] == 0
    step = 1e-7 * stakes.sum()
    raised = stakes.copy()
    raised[4] = step
    change = float(score(predictions, raised, target) - score(predictions, stakes, target)) / step
    assert contribution_gradient(predictions, stakes, target)[4] == pytest.approx(change, rel=1e-5)


# ---------------------------------------------------------------- beside the definition


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("stocks", "models"), [(60, 9), (200, 40), (2500, 60), (2, 2), (3, 30)])
def test_leaving_out_is_what_the_loop_finds(stocks: int, models: int, order: str) -> None:
    predictions, stakes, target = tournament(stocks, models)
    expected = looped(predictions, stakes, target)
    got = leave_one_out(np.asarray(predictions, order=order), stakes, target)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("far", [1e3, 1e5])
def test_predictions_close_to_a_number_far_from_0_keep_their_digits(far: float) -> None:
    predictions, stakes, target = tournament(300, 12)
    # exact shifts: whole multiples of a power of two
    whole = np.round(predictions * 2**10) / 2**10
    expected = looped(whole, stakes, target)
    np.testing.assert_allclose(leave_one_out(whole + far, stakes, target), expected, rtol=1e-9)
    steep = contribution_gradient(whole, stakes, target)
    np.testing.assert_allclose(contribution_gradient(whole + far, stakes, target), steep, rtol=1e-8)


def test_the_smallest_stakes_keep_their_digits() -> None:
    predictions, stakes, target = tournament(100, 8)
    stakes[:4] = [1e-4, 1e-7, 1e-10, 1e-13]
    got = leave_one_out(predictions, stakes, target)
    np.testing.assert_allclose(got, looped(predictions, stakes, target), rtol=1e-4, atol=1e-16)
    # float64 cannot see these by subtraction; to first order they are stake x gradient
    first_order = stakes * contribution_gradient(predictions, stakes, target)
    np.testing.assert_allclose(got[1:4], first_order[1:4], rtol=1e-6)


@pytest.mark.parametrize("share", [1e-3, 1e-6, 1e-9])
def test_a_whale_whose_rest_is_hardly_there(share: float) -> None:
    predictions, stakes, target = tournament(100, 8)
    stakes[2] = stakes.sum() / share
    got = leave_one_out(predictions, stakes, target)
    np.testing.assert_allclose(got, looped(predictions, stakes, target), rtol=1e-7, atol=1e-15)


def test_the_gradient_is_the_slope_of_the_score() -> None:
    predictions, stakes, target = tournament()
    got = contribution_gradient(predictions, stakes, target)
    for model, step in enumerate(1e-4 * stakes):
        up, down = stakes.copy(), stakes.copy()
        up[model], down[model] = up[model] + step, down[model] - step
        slope = (score(predictions, up, target) - score(predictions, down, target)) / (2 * step)
        assert got[model] == pytest.approx(float(slope), rel=1e-6, abs=1e-9)


# ---------------------------------------------------------------- properties


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(2, 12))
def test_stake_times_gradient_adds_up_to_nothing(seed: int, stocks: int, models: int) -> None:
    predictions, stakes, target = tournament(stocks, models, seed)
    gradient = contribution_gradient(predictions, stakes, target)
    assert stakes @ gradient == pytest.approx(0, abs=1e-11 * (stakes @ np.abs(gradient)) + 1e-13)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_the_unit_of_stake_changes_no_score(seed: int, unit: float) -> None:
    predictions, stakes, target = tournament(30, 6, seed)
    lost = leave_one_out(predictions, stakes, target)
    np.testing.assert_allclose(leave_one_out(predictions, unit * stakes, target), lost, rtol=1e-8, atol=1e-14)
    gradient = contribution_gradient(predictions, stakes, target)
    scaled = contribution_gradient(predictions, unit * stakes, target)
    np.testing.assert_allclose(unit * scaled, gradient, rtol=1e-8, atol=1e-14)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_shifts_of_predictions_and_target_change_nothing(seed: int) -> None:
    predictions, stakes, target = tournament(30, 6, seed)
    shifts = rng(seed).normal(size=6)
    for measure in BOTH:
        expected = measure(predictions, stakes, target)
        got = measure(predictions + shifts, stakes, target + 5)
        np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-13)


def test_models_trade_places_with_their_numbers() -> None:
    predictions, stakes, target = tournament()
    order = rng().permutation(stakes.size)
    for measure in BOTH:
        expected = measure(predictions, stakes, target)[order]
        np.testing.assert_allclose(
            measure(predictions[:, order], stakes[order], target), expected, rtol=1e-10
        )


def test_lists_frames_views_and_small_floats_are_read_and_left_alone() -> None:
    predictions, stakes, target = tournament(40, 5)
    kept = predictions.copy()
    for measure in BOTH:
        expected = measure(predictions, stakes, target)
        for same in (
            predictions.tolist(),
            pd.DataFrame(predictions),
            np.repeat(predictions, 2, axis=1)[:, ::2],
        ):
            np.testing.assert_allclose(measure(same, list(stakes), pd.Series(target)), expected, rtol=1e-12)
        small = measure(predictions.astype(np.float32), stakes, target)
        np.testing.assert_allclose(small, expected, rtol=1e-4, atol=1e-8)
        assert small.dtype == np.float64
    np.testing.assert_array_equal(predictions, kept)


# ---------------------------------------------------------------- what is undefined


def test_without_its_only_holder_the_meta_model_says_nothing() -> None:
    predictions, _, target = tournament(20, 3)
    lost = leave_one_out(predictions, [0, 7, 0], target)
    np.testing.assert_array_equal(lost, [0, math.nan, 0])
    gradient = contribution_gradient(predictions, [0, 7, 0], target)
    assert gradient[1] == pytest.approx(0, abs=1e-15)
    assert np.isfinite(gradient).all()


def test_a_holder_beside_constant_predictions_only() -> None:
    predictions = np.full((20, 3), 0.3)
    predictions[:, 1] = rng().random(20)
    lost = leave_one_out(predictions, [0.1, 0.7, 3], rng(2).random(20))
    assert np.isnan(lost[1])
    np.testing.assert_allclose(lost[[0, 2]], 0, atol=1e-15)


@pytest.mark.parametrize("measure", BOTH)
def test_a_meta_model_that_says_nothing_has_no_score(measure: Callable[..., np.ndarray]) -> None:
    predictions, stakes, target = tournament(20, 3)
    assert np.isnan(measure(predictions, [0, 0, 0], target)).all()
    assert np.isnan(measure(np.full((20, 3), 0.3), stakes, target)).all()
    assert np.isnan(measure(np.full((20, 3), 0.0), stakes, target)).all()
    assert np.isnan(measure([[0.1, 0.9, 0.4]], [1, 2, 3], [0.2])).all()
    # 0.1 + 0.9 and 0.7 + 0.3 differ by rounding at most
    assert np.isnan(measure([[0.1, 0.9], [0.7, 0.3], [0.8, 0.2]], [1, 1], [1, 2, 3])).all()


@pytest.mark.parametrize("measure", BOTH)
def test_a_constant_target_owes_nobody_anything(measure: Callable[..., np.ndarray]) -> None:
    predictions, stakes, _ = tournament(20, 3)
    np.testing.assert_allclose(measure(predictions, stakes, np.full(20, 0.3)), 0, atol=1e-15)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("measure", BOTH)
@pytest.mark.parametrize(
    ("predictions", "stakes", "target", "message"),
    [
        ([[1, 2], [3, 4]], [1], [1, 2], "Predictions need a row per stock and a column per model"),
        ([[1, 2], [3, 4]], [1, 2], [1], "Predictions need a row per stock and a column per model"),
        ([1, 2], [1, 2], [1, 2], "Predictions need a row per stock and a column per model"),
        ([[1, 2], [3, 4]], [[1, 2]], [1, 2], "Predictions need a row per stock and a column per model"),
        (np.empty((0, 2)), [1, 2], [], "A meta model needs at least one stock and one model."),
        (np.empty((2, 0)), [], [1, 2], "A meta model needs at least one stock and one model."),
        ([[1, 2], [3, 4]], [1, -2], [1, 2], "A stake must be a finite number of 0 or more."),
        ([[1, 2], [3, 4]], [1, math.nan], [1, 2], "A stake must be a finite number of 0 or more."),
        ([[1, 2], [3, 4]], [1, math.inf], [1, 2], "A stake must be a finite number of 0 or more."),
        ([[1, 2], [3, 4]], [1, 2], [1, math.nan], "The target must be a finite number for every stock."),
        ([[1, 2], [3, math.nan]], [1, 2], [1, 2], "Predictions must be finite numbers."),
        ([[1, math.nan], [3, 2]], [1, 0], [1, 2], "Predictions must be finite numbers."),
        ([[1, math.inf], [3, -math.inf]], [1, 2], [1, 2], "Predictions must be finite numbers."),
        ([["a", "b"]], [1, 2], [1], "The predictions must be numbers."),
    ],
)
def test_bad_input_gets_one_sentence(
    measure: Callable[..., np.ndarray], predictions: object, stakes: object, target: object, message: str
) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        measure(predictions, stakes, target)
