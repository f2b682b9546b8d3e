"""Deepest falls to expect: published values, the series without a drift, limits, and simulated records."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.drawdown import drawdown_probability, expected_max_drawdown, max_drawdowns


def function_q(x: float, sign: int) -> float:
    """Q of the published tables, from the mean deepest fall over one period of spread 1."""
    mean = sign * math.sqrt(2 * x)
    return expected_max_drawdown(mean, 1, 1, discrete=False) * abs(mean) / 2


@pytest.mark.parametrize(
    ("x", "published"),
    [(0.1, 0.243050), (0.5, 0.463159), (1.5, 0.668992), (10, 1.088998), (50, 1.476457), (1000, 2.219765)],
)
def test_q_of_rising_records_is_the_published_one(x: float, published: float) -> None:
    """Magdon-Ismail and others 2004, appendix; their table is right to about two in a thousand."""
    assert function_q(x, 1) == pytest.approx(published, rel=0.002)


@pytest.mark.parametrize(
    ("x", "published"),
    [(0.01, 0.092708), (0.1, 0.325586), (0.5, 0.884593), (1, 1.445520), (2, 2.483960), (5, 5.498820)],
)
def test_q_of_falling_records_is_the_published_one(x: float, published: float) -> None:
    assert function_q(x, -1) == pytest.approx(published, rel=0.003)


@pytest.mark.parametrize("x", [300.0, 1e4, 9e4, 2e5, 1e9])
def test_long_records_have_the_published_limits(x: float) -> None:
    assert function_q(x, 1) == pytest.approx(math.log(x) / 4 + 0.49088, rel=0.001)
    assert function_q(x, -1) == pytest.approx(x + 0.5, rel=1e-7)


def test_the_published_puzzle_is_that_records_are_watched_once_a_period() -> None:
    """fBasics: .3142 by formula and .2638 by simulation, for mean .01, spread .0427, 135 periods."""
    assert expected_max_drawdown(0.01, 0.0427, 135, discrete=False) == pytest.approx(0.3142, abs=0.001)
    assert expected_max_drawdown(0.01, 0.0427, 135) == pytest.approx(0.2638, abs=0.001)


@pytest.mark.parametrize("depth", [0.3, 1, 2, 3.5])
def test_without_a_drift_the_probability_is_the_series(depth: float) -> None:
    n = np.arange(1, 4000) - 0.5
    terms = 2 * np.sin(n * math.pi) / (n * math.pi) * (1 - np.exp(-((n * math.pi) ** 2) / (2 * depth**2)))
    assert drawdown_probability(depth, 0, 1, 1, discrete=False) == pytest.approx(terms.sum(), abs=1e-4)
    assert drawdown_probability(depth, 0, 0.5, 4, discrete=False) == pytest.approx(terms.sum(), abs=1e-4)


def test_without_a_drift_it_grows_as_the_root_of_the_periods() -> None:
    expected = math.sqrt(math.pi / 2)
    assert expected_max_drawdown(0, 1, 1, discrete=False) == pytest.approx(expected)
    assert expected_max_drawdown(0, 3, 400, discrete=False) == pytest.approx(60 * expected)


@pytest.mark.parametrize("mean", [-1.5, 0, 0.7])
def test_one_period_falls_by_what_a_normal_number_is_below_0(mean: float) -> None:
    below = math.erfc(mean / math.sqrt(2)) / 2
    density = math.exp(-(mean**2) / 2) / math.sqrt(2 * math.pi)
    assert expected_max_drawdown(mean, 1, 1) == pytest.approx(density - mean * below, abs=1e-5)
    assert drawdown_probability(0.5, mean, 1, 1) == pytest.approx(math.erfc((mean + 0.5) / math.sqrt(2)) / 2)


SIMULATED = [(2, 0.3), (20, 0.1), (60, -0.3), (100, 0), (101, 0), (101, -0.25), (142, 0.3), (400, 0.05)]


@pytest.mark.slow
@pytest.mark.parametrize(("periods", "mean"), SIMULATED)
def test_simulated_records_fall_as_deep_as_expected(periods: int, mean: float) -> None:
    falls = max_drawdowns(np.random.default_rng(periods).normal(mean, 1, (periods, 40_000)))
    allowed = 4 * falls.std() / math.sqrt(falls.size) + 0.04  # the correction is right to .04 spreads
    assert expected_max_drawdown(mean, 1, periods) == pytest.approx(falls.mean(), abs=allowed)
    for depth in np.quantile(falls[falls > 0], [0.2, 0.5, 0.9]).tolist():
        expected = drawdown_probability(depth, mean, 1, periods)
        assert np.mean(falls >= depth) == pytest.approx(expected, abs=0.011)


@pytest.mark.long
@pytest.mark.slow
def test_the_ways_of_working_it_out_meet() -> None:
    """One more period, or a little more of a fall, and another formula holds: nothing jumps."""
    for mean in (-0.3, -0.1, 0.0, 0.1, 0.29):
        short, long = (expected_max_drawdown(mean, 1, periods) for periods in (100, 101))
        assert long - short == pytest.approx(max(-mean, 0.06), abs=0.1)
    below, above = (expected_max_drawdown(mean, 1, 80) for mean in (-0.3535, -0.3536))
    assert below == pytest.approx(above, abs=0.03)
    near, far = (drawdown_probability(depth, -0.02, 1, 10_000) for depth in (149.9, 150.1))
    assert near == pytest.approx(far, abs=0.005)


@settings(max_examples=60)
@given(st.floats(-2, 2), st.floats(0.01, 10), st.integers(1, 60), st.floats(0, 20), st.floats(0, 20))
def test_deeper_falls_are_rarer_and_longer_records_fall_deeper(
    mean: float, sd: float, periods: int, one: float, other: float
) -> None:
    shallow, deep = (drawdown_probability(depth, mean, sd, periods) for depth in sorted((one, other)))
    assert 0 <= deep <= shallow + 1e-9 <= 1 + 1e-9
    assert (
        drawdown_probability(one, mean, sd, periods + 1)
        >= drawdown_probability(one, mean, sd, periods) - 1e-9
    )


@pytest.mark.parametrize("discrete", [True, False])
def test_what_never_varies_falls_as_far_as_it_falls(discrete: bool) -> None:
    assert expected_max_drawdown(-0.5, 0, 10, discrete=discrete) == 5
    assert expected_max_drawdown(0.5, 0, 10, discrete=discrete) == 0
    assert expected_max_drawdown(-0.5, 1, 0, discrete=discrete) == 0
    assert drawdown_probability(5, -0.5, 0, 10, discrete=discrete) == 1
    assert drawdown_probability(5.1, -0.5, 0, 10, discrete=discrete) == 0
    assert drawdown_probability(0, 1, 1, 10, discrete=discrete) == 1
    assert drawdown_probability(1, 0, 1, 0, discrete=discrete) == 0


@pytest.mark.parametrize("mean", [-1000.0, -3.0, 3.0, 1000.0])
def test_a_steep_mean_is_no_trouble(mean: float) -> None:
    for discrete in (True, False):
        assert 0 <= drawdown_probability(3.0, mean, 1, 500, discrete=discrete) <= 1
        expected = expected_max_drawdown(mean, 1, 500, discrete=discrete)
        assert expected == pytest.approx(500 * -mean, rel=0.001) if mean < 0 else 0 <= expected < 2


def test_what_is_not_known_is_nan() -> None:
    assert math.isnan(expected_max_drawdown(math.nan, 1, 10))
    assert math.isnan(expected_max_drawdown(0, math.nan, 10))
    assert math.isnan(drawdown_probability(math.nan, 0, 1, 10))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((-1, 0, 1, 10), "depth of a drawdown is a number of 0 or more"),
        ((1, 0, -1, 10), "standard deviation is a number of 0"),
        ((1, math.inf, 1, 10), "finite"),
        ((1, 0, 1, 2.5), "whole number"),
        ((1, 0, 1, -1), "whole number"),
        ((1, 0, 1, math.nan), "whole number"),
        ((1, 0, "b", 10), "numbers"),
        ((1, [0, 1], 1, 10), "one number"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        drawdown_probability(*arguments)
    if arguments[0] == 1:
        with pytest.raises(ValueError, match=sentence):
            expected_max_drawdown(*arguments[1:])
