"""The deflated Sharpe ratio: the published example, a t test, and what luck makes of it."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.overfitting import deflated_sharpe_ratio

DAYS = 250  # that the example counts in a year
EXAMPLE: dict[str, Any] = {
    "sharpe": 2.5 / math.sqrt(DAYS),
    "periods": 5 * DAYS,
    "skew": -3,
    "kurtosis": 10,
    "trials": 100,
    "trial_sd": math.sqrt(0.5 / DAYS),
}
NOTHING: dict[str, Any] = {"skew": 0, "kurtosis": 3, "trials": 1, "trial_sd": 0}


@pytest.mark.parametrize(
    ("changed", "published"),
    [({}, 0.9004), ({"trials": 46}, 0.9505), ({"trials": 88, "skew": 0, "kurtosis": 3}, 0.9505)],
)
def test_the_published_example(changed: dict[str, Any], published: float) -> None:
    """Bailey and López de Prado 2014: an annual 2.5 over five years of days, the best of 100, 46 or 88."""
    assert deflated_sharpe_ratio(**EXAMPLE | changed) == pytest.approx(published, abs=1e-4)


def test_one_trial_of_normal_returns_is_nearly_a_t_test() -> None:
    returns = np.random.default_rng(2).normal(0.1, 1, 500)
    sharpe = returns.mean() / returns.std(ddof=1)
    p = stats.ttest_1samp(returns, 0, alternative="greater").pvalue
    assert deflated_sharpe_ratio(sharpe, 500, **NOTHING) == pytest.approx(1 - p, abs=0.002)


@pytest.mark.parametrize("trials", [10, 100, 1000])
def test_the_best_of_noise_comes_out_above_its_luck_about_half_the_time(trials: int) -> None:
    rng = np.random.default_rng(trials)
    found = []
    for _ in range(300):
        sharpes = rng.normal(0, 1 / math.sqrt(400), trials)  # what independent records of 400 periods have
        shared = {"skew": 0, "kurtosis": 3, "trials": trials, "trial_sd": sharpes.std(ddof=1)}
        found.append(deflated_sharpe_ratio(sharpes.max(), 400, **shared))
    assert np.mean(np.array(found) > 0.5) == pytest.approx(0.45, abs=0.1)
    assert np.mean(np.array(found) > 0.95) < 0.1
    assert deflated_sharpe_ratio(sharpes.max(), 400, **NOTHING) > 0.9


@given(st.floats(1, 1e6), st.floats(1, 1e6), st.floats(-3, 3))
def test_more_trials_never_make_it_surer(one: float, other: float, sharpe: float) -> None:
    few, many = (
        deflated_sharpe_ratio(sharpe, 60, skew=0, kurtosis=3, trials=trials, trial_sd=0.1)
        for trials in sorted((one, other))
    )
    assert many <= few + 1e-12


def test_a_single_trial_has_no_luck_whatever_the_spread() -> None:
    wide, none = ({**NOTHING, "trial_sd": spread} for spread in (5.0, 0.0))
    assert deflated_sharpe_ratio(0.1, 60, **wide) == deflated_sharpe_ratio(0.1, 60, **none)
    assert deflated_sharpe_ratio(0, 60, **NOTHING) == pytest.approx(0.5)


def test_what_is_not_known_is_nan() -> None:
    for name in EXAMPLE:
        assert math.isnan(deflated_sharpe_ratio(**EXAMPLE | {name: math.nan}))


def test_a_coin_that_always_has_the_same_ratio_has_no_error() -> None:
    """A skew of 2 with the least kurtosis is two-valued; at a ratio of 1 the variance of its ratio is 0."""
    assert math.isnan(deflated_sharpe_ratio(1, 60, skew=2, kurtosis=5, trials=1, trial_sd=0))


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"periods": 1}, "2 periods"),
        ({"trials": 0}, "1 trial"),
        ({"trials": 0.5}, "1 trial"),
        ({"trial_sd": -0.1}, "0 or more"),
        ({"kurtosis": 7}, "at least 10; it is Pearson's"),
        ({"skew": 0, "kurtosis": 0}, "3 for a normal"),
        ({"sharpe": math.inf}, "finite"),
        ({"sharpe": "a lot"}, "must be numbers"),
        ({"sharpe": [0.1, 0.2]}, "one at a time"),
        ({"trials": [1, 2]}, "one at a time"),
    ],
)
def test_what_is_no_sharpe_ratio_is_refused(changed: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        deflated_sharpe_ratio(**EXAMPLE | changed)
