"""Weights by scores: by hand, and as they hold for all stakes and scores."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from scoring.weighting import cap_weights, limited_weights, split_gain, stake_weights
from scoring.weights.by_score import (
    gated_weights,
    performance_limited_weights,
    quality,
    reshaped_weights,
)
from tests.scoring.weighting_cases import amounts, unhurried

NAN = math.nan
holders = st.lists(st.tuples(amounts, st.floats(-0.1, 0.1), st.floats(0, 0.05)), min_size=2, max_size=15)


def test_quality_by_hand() -> None:
    # variance .0008 / 3 of 0, .02, .02, .04 and squared errors .0001: 5/8 of a distance is no luck
    far = 0.625 * 0.02 / math.sqrt(0.0008 / 3)
    np.testing.assert_allclose(quality([0, 0.02, 0.02, 0.04], [0.01] * 4), [-far, 0, 0, far], atol=1e-12)
    # the more sure a score is the more of it stays, and what is not known is the mean
    scores, errors = [0, 0.02, 0.04, NAN], [0.01, 0.01, 0.02, NAN]
    signal = 0.0004 - 0.0006 / 3
    total = signal + np.array([0.0001, 0.0001, 0.0004])
    mean = ([0, 0.02, 0.04] / total).sum() / (1 / total).sum()
    wanted = (np.array(scores[:3]) - mean) * signal / total / 0.02
    np.testing.assert_allclose(quality(scores, errors), [*wanted, 0])


def test_luck_alone_leaves_the_mean_and_no_error_leaves_the_score() -> None:
    assert quality([1, 2, 3], [5] * 3).tolist() == [0, 0, 0]
    np.testing.assert_allclose(quality([1, 2, 3], [0] * 3), [-1, 0, 1])
    assert quality([2, 2, 2], [0, 0, 0]).tolist() == [0, 0, 0]
    assert quality([1, 2], [0, 0]).tolist() == [0, 0], "of two nobody knows what is luck"
    assert np.isnan(quality([NAN, NAN], [NAN, NAN])).all()
    assert quality([], []).size == 0


def test_limits_of_their_own_by_hand() -> None:
    # .6, .3, .1 with limits .3, .5, .5: the first is cut to .3, the others go up by 7 / 4
    np.testing.assert_allclose(limited_weights([6, 3, 1], [0.3, 0.5, 0.5]), [0.3, 0.5, 0.2])
    np.testing.assert_allclose(limited_weights([6, 3, 1], [0.3, 0.6, 0.5]), [0.3, 0.525, 0.175])
    np.testing.assert_allclose(limited_weights([1, 1, 0], [0.25, 0.75, 0]), [0.25, 0.75, 0])
    with pytest.raises(ValueError, match=r"^The limits are too low: all .* have 80 % together"):
        limited_weights([1, 1, 0], [0.4, 0.4, 0.4])
    with pytest.raises(ValueError, match=r"^A limit must be a finite share of 0 or more"):
        limited_weights([1, 1], [1, NAN])
    with pytest.raises(ValueError, match=r"^1 limits do not fit 2 weights\.$"):
        limited_weights([1, 1], [1])


def test_limits_by_performance_by_hand() -> None:
    scores, errors = [0, 0.02, 0.02, 0.04], [0.01] * 4
    most = 0.6 * norm.cdf(0.625 * np.array([-1, 0, 0, 1]) * 0.02 / math.sqrt(0.0008 / 3))
    got = performance_limited_weights([70, 10, 10, 10], scores, errors, 0.3)
    assert got[0] == pytest.approx(most[0])
    np.testing.assert_allclose(got[1:], (1 - most[0]) / 3)
    # where scores are luck it is a hard cap
    held = [60.0, 30, 10]
    lucky = performance_limited_weights(held, [1, 2, 3], [5] * 3, 0.4)
    np.testing.assert_allclose(lucky, cap_weights(held, 0.4))


@unhurried
@given(holders, st.floats(0.3, 1))
def test_nobody_is_above_the_limit_and_a_better_score_never_weighs_less(
    rows: list[tuple[float, float, float]], cap: float
) -> None:
    stakes, scores, errors = zip(*rows, strict=True)
    most = 2 * cap * norm.cdf(quality(scores, errors))
    if most.sum() < 1:
        with pytest.raises(ValueError, match=r"^The limits are too low"):
            performance_limited_weights(stakes, scores, errors, cap)
        return
    got = performance_limited_weights(stakes, scores, errors, cap)
    assert got.sum() == pytest.approx(1)
    assert (got <= most * (1 + 1e-9)).all()
    even = np.ones(len(rows))
    ranked = performance_limited_weights(even, scores, errors, cap)
    assert (np.diff(ranked[np.argsort(quality(scores, errors), kind="stable")]) >= -1e-12).all()


def test_reshaped_by_hand() -> None:
    # quality in all .5, 1, 1.5: at 1 the smallest stake weighs 1 / 6, the largest 1 / 2
    stakes, qualities = [90, 1, 9], [1.0, 0.5, 1.5]
    whole = np.array([3, 1, 2]) / 6
    np.testing.assert_allclose(reshaped_weights(stakes, qualities, 1), whole)
    np.testing.assert_allclose(reshaped_weights(stakes, qualities, 0), stake_weights(stakes))
    np.testing.assert_allclose(
        reshaped_weights(stakes, qualities, 0.5), 0.5 * whole + 0.5 * np.array([0.9, 0.01, 0.09])
    )
    # stakes that are equal share the mean of their qualities; a stake of 0 gets none
    np.testing.assert_allclose(reshaped_weights([5, 5, 9, 0], [1, 2, 3, NAN], 1), [0.25, 0.25, 0.5, 0])
    # two qualities for four stakes: quantiles 1, 1.25, 1.75, 2 by interpolation at 1/8, 3/8, 5/8, 7/8
    got = reshaped_weights([1, 2, 3, 4], [1, 2, NAN, NAN], 1)
    np.testing.assert_allclose(got, np.array([1, 1.25, 1.75, 2]) / 6)


@unhurried
@given(holders, st.floats(0, 1))
def test_reshaping_keeps_the_order_of_stakes(rows: list[tuple[float, float, float]], dial: float) -> None:
    stakes, qualities = np.array([row[0] for row in rows]), np.exp([10 * row[1] for row in rows])
    got = reshaped_weights(stakes, qualities, dial)
    assert got.sum() == pytest.approx(1)
    assert (np.diff(got[np.argsort(stakes)]) >= -1e-12).all()
    for value in stakes:
        assert np.ptp(got[stakes == value]) < 1e-15
    if dial == 1:  # the same multiset of weights as of qualities, but for ties of stakes
        distinct = np.unique(stakes).size == stakes.size
        if distinct:
            np.testing.assert_allclose(np.sort(got), np.sort(qualities) / qualities.sum())


def test_a_gate_by_hand() -> None:
    got = gated_weights([50, 30, 20], [0.6, 0.5, 0.4], 0.5)
    np.testing.assert_allclose(got, [0.625, 0.375, 0])
    np.testing.assert_allclose(gated_weights([50, 30, 20], [NAN, 0.5, 0.4], 0), [0, 0.6, 0.4])


@unhurried
@given(holders, st.integers(2, 9))
def test_splitting_gains_nothing_at_a_gate(rows: list[tuple[float, float, float]], parts: int) -> None:
    stakes, correlations, _ = zip(*rows, strict=True)
    least = max(correlations)
    first = correlations.index(least)

    def scheme(held: np.ndarray) -> np.ndarray:
        return gated_weights(held, [*correlations, *[least] * (held.size - len(stakes))], least)

    assert split_gain(scheme, stakes, first, parts) == pytest.approx(1)


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: quality([1, 2], [1]), "1 errors do not fit 2 scores."),
        (lambda: quality([1, np.inf], [1, 1]), "A score must be a finite number, or NaN"),
        (lambda: quality([1, 2], [1, NAN]), "The error of a score that is known must be"),
        (lambda: quality([[1]], [[1]]), "Scores must be a list of numbers, one per holder."),
        (lambda: performance_limited_weights([1], [NAN], [NAN], 1), "Nobody has a score, so no stake can be"),
        (lambda: performance_limited_weights([1], [1], [1], 0), "A cap must be a share above 0"),
        (lambda: performance_limited_weights([1, 1], [1], [1], 1), "1 scores do not fit 2 stakes."),
        (lambda: performance_limited_weights([1, 1], [1, 2], [9, 9], 0.4), "The limits are too low"),
        (lambda: reshaped_weights([1, 1], [1, 1], 1.5), "The dial goes from 0, by stake, to 1"),
        (lambda: reshaped_weights([1, 1], [0, 0], 1), "No quality is above 0, so there is nothing"),
        (lambda: reshaped_weights([1, 1], [1, -1], 1), "A quality must be a finite number of 0 or more"),
        (lambda: reshaped_weights([1, 1], [1], 1), "1 qualities do not fit 2 stakes."),
        (lambda: gated_weights([1, 1], [0.1, NAN], 0.5), "Nobody with a stake has a correlation of at least"),
        (lambda: gated_weights([1, 1], [1.5, 0], 0.5), "A correlation must lie between -1 and 1"),
        (lambda: gated_weights([1, 1], [0.5, 0], 1.5), "A gate is a correlation from -1 to 1."),
        (lambda: gated_weights([1, 1], [0.5], 0.5), "1 correlations do not fit 2 stakes."),
        (lambda: gated_weights([1, -1], [0.5, 0], 0.5), "A stake must be a finite number of 0 or more"),
    ],
)
def test_what_is_refused(ask: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        ask()
    assert str(refused.value).startswith(sentence)


def test_nobody_with_a_stake_is_undefined() -> None:
    assert np.isnan(performance_limited_weights([0, 0], [1, 2], [0, 0], 0.5)).all()
    assert np.isnan(reshaped_weights([0, 0], [1, 2], 0.5)).all()
    assert np.isnan(gated_weights([0, 0], [1, 0.2], 0.5)).all()
