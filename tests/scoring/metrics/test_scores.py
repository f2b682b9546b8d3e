"""CORR, MMC and feature-neutral CORR: by hand, beside pandas and scipy, and what is undefined or refused."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.metrics import (
    corr_and_mmc,
    feature_neutral_corr,
    meta_model_contribution,
    numerai_corr,
    stake_weighted_meta_model,
)

UP, UP_DOWN = [1.0, 2, 3, 4, 5], [1.0, 3, 5, 4, 2]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def tournament(stocks: int = 40, models: int = 7, seed: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Predictions, some with ties, a meta model and a target of five values."""
    draw = rng(seed)
    p = draw.normal(size=(stocks, models))
    p[:, ::2] = p[:, ::2].round(1)
    return p, draw.random(stocks), draw.integers(0, 5, stocks) / 4


def gaussian_ranks(values: pd.Series) -> pd.Series:
    return pd.Series(stats.norm.ppf((values.rank() - 0.5) / values.count()), index=values.index)


def raised(values: pd.Series) -> pd.Series:
    return np.sign(values) * values.abs() ** 1.5


def corr_of(predictions: np.ndarray, target: np.ndarray) -> float:
    """CORR of one model by its definition, with pandas."""
    t = pd.Series(target) - pd.Series(target).mean()
    both = pd.DataFrame({"p": predictions, "t": t}).dropna()
    return raised(gaussian_ranks(both["p"])).corr(raised(both["t"]))


def mmc_of(predictions: np.ndarray, meta_model: np.ndarray, target: np.ndarray) -> float:
    """MMC of one model by its definition, with pandas; for targets from 0 to 1."""
    rows = pd.DataFrame({"p": predictions, "m": meta_model, "t": target}).dropna()
    p, m = gaussian_ranks(rows["p"]), gaussian_ranks(rows["m"])
    return float(((4 * rows["t"] - 4 * rows["t"].mean()) * (p - m * (p @ m) / (m @ m))).mean())


# ---------------------------------------------------------------- by hand


def test_five_stocks_by_hand() -> None:
    # ranks .1 .3 .5 .7 .9: quantiles -a -b 0 b a; target -2 -1 0 1 2
    a, b = stats.norm.ppf(0.9) ** 1.5, stats.norm.ppf(0.7) ** 1.5
    two = 2**1.5
    norm = math.sqrt((2 * a * a + 2 * b * b) * (2 * two * two + 2))
    predictions = np.array([UP, UP[::-1], UP_DOWN]).T
    by_hand = [(2 * a * two + 2 * b) / norm, -(2 * a * two + 2 * b) / norm]
    # up, down: -a 0 a b -b against -2 -1 0 1 2
    by_hand.append((a * two + b - b * two) / norm)
    np.testing.assert_allclose(numerai_corr(predictions, UP), by_hand, rtol=1e-13)


def test_mmc_of_three_stocks_by_hand() -> None:
    # quantiles -q 0 q with q = quantile of 5/6; target 0 2 4 once in Numerai's scale, centred -2 0 2
    q = stats.norm.ppf(5 / 6)
    # the meta model -q q 0: p·m / m·m = 1/2 for p = -q 0 q, and what is left of p is -q/2 -q/2 q
    found = meta_model_contribution([[1], [2], [3]], [1, 3, 2], [0, 0.5, 1])
    np.testing.assert_allclose(found, [(2 * q / 2 + 2 * q) / 3], rtol=1e-13)


def test_targets_beyond_0_to_1_are_taken_as_they_are() -> None:
    p, m, t = tournament()
    scaled = meta_model_contribution(p, m, t)
    np.testing.assert_allclose(meta_model_contribution(p, m, 4 * t), scaled, rtol=1e-12)
    np.testing.assert_allclose(meta_model_contribution(p, m, 4 * t - 2), scaled, rtol=1e-12)


def test_the_meta_model_contributes_nothing_to_itself() -> None:
    _, m, t = tournament()
    np.testing.assert_allclose(meta_model_contribution(np.column_stack([m, 3 * m]), m, t), 0, atol=1e-15)


def test_features_that_say_nothing_take_nothing_but_the_second_ranking() -> None:
    p, _, t = tournament()
    t15 = raised(pd.Series(t - t.mean()))
    z = np.column_stack([gaussian_ranks(pd.Series(each)) for each in p.T])
    # a constant feature takes the mean out, which changes no rank
    expected = [raised(gaussian_ranks(pd.Series(each))).corr(t15) for each in z.T]
    np.testing.assert_allclose(feature_neutral_corr(p, np.ones((len(p), 1)), t), expected, rtol=1e-12)


def test_neutral_is_what_a_regression_leaves() -> None:
    p, _, t = tournament(60, 4)
    f = rng(9).random((60, 3))
    basis = np.column_stack([f, np.ones(60)])
    left = []
    for each in p.T:
        z = gaussian_ranks(pd.Series(each)).to_numpy()
        left.append(z - basis @ np.linalg.lstsq(basis, z, rcond=None)[0])
    expected = [corr_of(each, t) for each in left]
    np.testing.assert_allclose(feature_neutral_corr(p, f, t), expected, rtol=1e-11)
    # a feature that repeats others changes nothing, nor does one that is nearly the same as another
    again = np.column_stack([f, f.sum(axis=1), f[:, 0] * (1 + 1e-9)])
    np.testing.assert_allclose(feature_neutral_corr(p, again, t), expected, rtol=1e-11)
    unlike = f * [1, 1e-2, 1e3]  # directions of very different sizes
    np.testing.assert_allclose(feature_neutral_corr(p, unlike, t), expected, rtol=1e-11)


def test_a_weighted_mean_by_hand() -> None:
    np.testing.assert_allclose(stake_weighted_meta_model([[1, 0], [0.5, 0.1]], [3, 1]), [0.75, 0.4])
    # what is missing counts as 0, its stake in full
    np.testing.assert_allclose(stake_weighted_meta_model([[1, math.nan], [0.5, 0.1]], [3, 1]), [0.75, 0.4])
    assert np.isnan(stake_weighted_meta_model([[1, 0], [0.5, 0.1]], [0, 0])).all()


# ---------------------------------------------------------------- beside the definition


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(2, 60), st.integers(1, 9))
def test_every_model_is_scored_as_pandas_scores_it_alone(seed: int, stocks: int, models: int) -> None:
    p, m, t = tournament(stocks, models, seed)
    lacking = rng(seed).random(p.shape) < 0.05
    p[lacking] = np.nan
    corr, mmc = corr_and_mmc(p, m, t)
    enough = lacking.sum(axis=0) <= 0.2 * stocks
    for model in range(models):
        one = p[:, model]
        if not enough[model] or np.nanmin(one) == np.nanmax(one):
            assert np.isnan([corr[model], mmc[model]]).all()
            continue
        there = ~np.isnan(one)
        if there.sum() > 1 and np.ptp(t[there]):
            assert corr[model] == pytest.approx(corr_of(one, t), abs=1e-12)
        else:
            assert np.isnan(corr[model])
        assert mmc[model] == pytest.approx(mmc_of(one, m, t), abs=1e-12)
    np.testing.assert_array_equal(numerai_corr(p, t), corr)
    np.testing.assert_array_equal(meta_model_contribution(p, m, t), mmc)


@given(st.integers(0, 10_000))
def test_only_the_order_of_predictions_counts(seed: int) -> None:
    p, m, t = tournament(30, 5, seed)
    for same in (np.exp(p), 1e6 * p - 3, p.astype(np.float32), p**3):
        np.testing.assert_allclose(numerai_corr(same, t), numerai_corr(p, t), atol=1e-13)
        np.testing.assert_allclose(
            meta_model_contribution(same, 5 * m, t), meta_model_contribution(p, m, t), atol=1e-13
        )


def test_predictions_that_differ_in_their_last_digits_are_not_tied() -> None:
    p = np.full((6, 1), 0.3)
    for stock in range(1, 6):
        p[stock] = np.nextafter(p[stock - 1], 1)
    spread = np.arange(6.0)[:, None]
    t = [0, 0.25, 0.5, 0.5, 0.75, 1]
    assert numerai_corr(p, t) == pytest.approx(numerai_corr(spread, t), abs=1e-14)
    # 0 and -0 are equal, and so are sums that are
    zeros = np.array([[0.0], [-0.0], [1.0], [2.0], [-1.0], [-0.0]])
    assert numerai_corr(zeros, t)[0] == pytest.approx(corr_of(zeros[:, 0], np.array(t)), abs=1e-13)


def test_lists_frames_views_and_columns_are_read_alike_and_left_alone() -> None:
    p, m, t = tournament()
    kept = p.copy()
    expected = corr_and_mmc(p, m, t)
    for same in (p.tolist(), np.asfortranarray(p), np.repeat(p, 2, axis=1)[:, ::2], p[::-1][::-1]):
        for got, wanted in zip(corr_and_mmc(same, list(m), t), expected, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-15)
    labels = [f"stock {at}" for at in range(len(t))]
    order = rng().permutation(len(t))
    frame = pd.DataFrame(p, index=labels, columns=list("abcdefg"))
    by_label = numerai_corr(frame, pd.Series(t, index=labels).iloc[order])
    assert list(by_label.index) == list("abcdefg")
    np.testing.assert_allclose(by_label, expected[0], rtol=1e-12)
    np.testing.assert_array_equal(p, kept)


# ---------------------------------------------------------------- what is missing and what is undefined


def test_what_one_model_lacks_changes_no_other() -> None:
    p, m, t = tournament()
    whole = np.array([*corr_and_mmc(p, m, t), feature_neutral_corr(p, m[:, None], t)])
    holes = p.copy()
    holes[:8, 2], holes[:9, 4], holes[:, 5] = np.nan, np.nan, np.nan  # 40 stocks: 8 are a fifth
    got = np.array([*corr_and_mmc(holes, m, t), feature_neutral_corr(holes, m[:, None], t)])
    others = [0, 1, 3, 6]
    np.testing.assert_allclose(got[:, others], whole[:, others], rtol=1e-13)
    assert np.isnan(got[:, [4, 5]]).all()
    assert got[:2, 2] == pytest.approx([corr_of(holes[:, 2], t), mmc_of(holes[:, 2], m, t)], abs=1e-13)
    assert np.isnan(got[2, 2])


def test_stocks_without_a_target_or_a_meta_model_count_for_nobody() -> None:
    p, m, t = tournament()
    t[3], m[5] = np.nan, np.nan
    corr, mmc = corr_and_mmc(p, m, t)
    np.testing.assert_allclose(corr, [corr_of(each, t) for each in p.T], atol=1e-13)
    np.testing.assert_allclose(mmc, [mmc_of(each, m, t) for each in p.T], atol=1e-13)
    m[:] = np.nan
    assert np.isnan(meta_model_contribution(p, m, t)).all()
    np.testing.assert_array_equal(corr_and_mmc(p, m, t)[0], corr)
    t[:] = np.nan
    assert np.isnan(numerai_corr(p, t)).all()
    assert np.isnan(feature_neutral_corr(p, p, t)).all()


def test_what_says_nothing_has_no_score() -> None:
    p, m, t = tournament()
    p[:, 1] = 0.1 + 0.2
    corr, mmc = corr_and_mmc(p, m, t)
    neutral = feature_neutral_corr(p, m[:, None], t)
    for scores in (corr, mmc, neutral):
        assert np.flatnonzero(np.isnan(scores)).tolist() == [1]
    assert np.isnan(numerai_corr(p, np.full(len(p), 0.3))).all()
    assert np.isnan(meta_model_contribution(p, np.full(len(p), 0.3), t)).all()
    np.testing.assert_allclose(meta_model_contribution(p[:, :1], m, np.full(len(p), 0.3)), 0, atol=1e-15)
    # features that explain everything
    assert np.isnan(feature_neutral_corr(p, np.eye(len(p)), t)).all()
    z = gaussian_ranks(pd.Series(p[:, 0])).to_numpy()
    assert np.isnan(feature_neutral_corr(p, z[:, None], t))[0]


def test_one_stock_one_model_and_none() -> None:
    for score in (numerai_corr([[0.3]], [0.5]), meta_model_contribution([[0.3]], [0.1], [0.5])):
        np.testing.assert_array_equal(score, [math.nan])
    assert np.isnan(feature_neutral_corr([[0.3]], [[0.1]], [0.5])).all()
    p, m, t = tournament(20, 1)
    assert numerai_corr(p, t)[0] == pytest.approx(corr_of(p[:, 0], t))
    assert numerai_corr(np.empty((20, 0)), t).shape == (0,)
    assert meta_model_contribution(np.empty((20, 0)), m, t).shape == (0,)
    assert feature_neutral_corr(np.empty((20, 0)), m[:, None], t).shape == (0,)


# ---------------------------------------------------------------- what is refused

TWO = [[0.1, 0.2], [0.3, 0.4]]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (
            lambda: numerai_corr([0.1, 0.2], [0, 1]),
            "Predictions need a row per stock and a column per model.",
        ),
        (lambda: numerai_corr(np.empty((0, 2)), []), "A score needs at least one stock."),
        (
            lambda: numerai_corr(TWO, [0, 1, 0]),
            "The target must have one number per stock, as the predictions",
        ),
        (lambda: numerai_corr(TWO, [[0], [1]]), "The target must have one number per stock"),
        (
            lambda: numerai_corr([[math.inf, 0], [1, 2]], [0, 1]),
            "A prediction must be a finite number, or NaN",
        ),
        (
            lambda: numerai_corr([[math.inf], [-math.inf]], [0, 1]),
            "A prediction must be a finite number, or NaN",
        ),
        (lambda: numerai_corr(TWO, [0, math.inf]), "The target must be finite numbers, or NaN"),
        (lambda: numerai_corr([["a"], ["b"]], [0, 1]), "The predictions must be numbers."),
        (lambda: meta_model_contribution(TWO, [1], [0, 1]), "The meta model must have one number per stock"),
        (lambda: corr_and_mmc(TWO, [1, 2], [0]), "The target must have one number per stock"),
        (lambda: feature_neutral_corr(TWO, [1, 2], [0, 1]), "Features need a row per stock and a column per"),
        (lambda: feature_neutral_corr(TWO, [[1], [2], [3]], [0, 1]), "Features need a row per stock"),
        (lambda: feature_neutral_corr(TWO, [[1], [math.nan]], [0, 1]), "A feature must be a finite number"),
        (lambda: stake_weighted_meta_model(TWO, [1]), "There must be one stake per model."),
        (lambda: stake_weighted_meta_model(TWO, [1, -1]), "A stake must be a finite number of 0 or more"),
        (
            lambda: stake_weighted_meta_model(TWO, [1, math.nan]),
            "A stake must be a finite number of 0 or more",
        ),
    ],
)
def test_bad_input_gets_one_sentence(asked: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        asked()
