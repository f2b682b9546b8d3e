"""Rules that look at the past alone: by hand, with the lag they really have, and in the bundled sample."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.intervals import ewc_interval
from scoring.lab.selection import (
    best_of,
    better_half,
    equally,
    exponentially,
    follow_rule,
    limited_by_performance,
)
from scoring.weighting import cap_weights
from scoring.weights.by_score import performance_limited_weights

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "performance_r168_r325.csv.gz"
NAN = math.nan
ONES = np.ones((4, 2))


def test_equal_weights_by_hand() -> None:
    found = follow_rule([[1, 2], [3, 5], [3, NAN]], [[1, 1], [3, 1], [1, 1]], equally(), lag=1, fewest=0)
    # equal stakes; 4 - 14/4; then one model alone
    np.testing.assert_allclose(found, [0, 0.5, 0])


def test_a_rule_sees_no_round_before_it_is_known() -> None:
    seen: list[int] = []

    def rule(past: np.ndarray, stakes: np.ndarray) -> np.ndarray:
        seen.append(int(past[-1, 0]))
        return stakes

    scores = np.tile(np.arange(12.0)[:, None], 3)
    found = follow_rule(scores, np.ones((12, 3)), rule, fewest=2)
    assert seen == [1, 2, 3, 4, 5, 6]  # at round 6 the newest known is round 1
    np.testing.assert_allclose(found, [NAN] * 6 + [0.0] * 6)


def test_the_best_of_the_last_rounds() -> None:
    past = np.array([[9, 0, 0, NAN], [0, 2, 1, NAN], [0, 1, 2, NAN], [NAN, 3, 1, 9]])
    stakes = np.ones(4)
    assert best_of(1, 3)(past, stakes).tolist() == [0, 1, 0, 0]  # the last has one round of three
    assert best_of(1, 4)(past, stakes).tolist() == [1, 0, 0, 0]
    assert best_of(9, 3)(past, stakes).tolist() == [1, 1, 1, 0]
    assert best_of(1, 2)(past, stakes).tolist() == [0, 0, 0, 1]


def test_exponential_weights_by_hand() -> None:
    past, stakes = np.array([[0.3, 0.1], [NAN, 0.5]]), np.array([1.0, 3])
    first, second = exponentially(2)(past, stakes)
    assert first / second == pytest.approx(math.exp(2 * 0.2))
    first, second = exponentially(2, by_stake=True)(past, stakes)
    assert first / second == pytest.approx(math.exp(2 * 0.2) / 3)


def test_the_better_half_by_hand() -> None:
    past = np.array([[0.1, 0.2, 0.3, NAN, 0.0], [0.1, 0.2, NAN, NAN, 0.1]])
    weights = better_half()(past, np.array([5.0, 4.0, 3.0, 2.0, 1.0]))
    assert weights.tolist() == [0, 4, 3, 0, 0]  # means .1, .2, .3, none, .05: the median is .15
    assert better_half()(past[:0], np.ones(5)).tolist() == [0] * 5


def test_stakes_limited_by_performance_are_those_of_the_mean_and_its_error() -> None:
    rng = np.random.default_rng(4)
    past, stakes = rng.normal(np.linspace(-1, 1, 30), 0.5, (40, 30)), rng.lognormal(0, 1, 30)
    past[:35, 0] = NAN  # five rounds are too few: it counts as average
    beyond = past - np.nanmean(past, axis=1, keepdims=True)
    means, errors = np.nanmean(beyond, axis=0), np.sqrt(5 * np.nanvar(beyond, axis=0, ddof=1) / 40)
    means[0] = NAN
    expected = performance_limited_weights(stakes, means, errors, 0.1)
    np.testing.assert_allclose(limited_by_performance(0.1)(past, stakes), expected)
    noise = np.tile([[1.0], [-1.0]], (20, 30)) * rng.choice((-1, 1), (40, 30))
    np.testing.assert_allclose(  # where luck explains all it is a hard cap
        limited_by_performance(0.1)(noise, stakes), cap_weights(stakes / stakes.sum(), 0.1), atol=1e-9
    )
    assert limited_by_performance(0.1)(past[:, :4], stakes[:4]).tolist() == [0] * 4  # too few for the limits
    assert limited_by_performance(0.1)(past[:3], stakes).tolist() == [0] * 30


def test_what_weights_are_held_against_may_be_another_score() -> None:
    scores, stakes = np.array([[1.0, 0], [1, 0], [1, 0]]), np.array([[1.0, 1], [1, 1], [1, 3]])
    outcomes = np.array([[5.0, 5], [2, 4], [4, NAN]])
    found = follow_rule(scores, stakes, best_of(1, 1), lag=1, fewest=1, outcomes=outcomes)
    np.testing.assert_allclose(found, [NAN, 2 - 3, 4 - 4])  # then one model alone has an outcome


@pytest.mark.slow
def test_rules_against_stakes_in_the_sample() -> None:
    """CORR of final rounds 230 to 306: the top 20 of the last 20 rounds +.0039 a round, equal +.0020."""
    rows = pd.read_csv(SAMPLE)
    rows = rows[rows["round"].between(183, 306)]
    scores, stakes = (
        rows.pivot(index="round", columns="model", values=column).to_numpy()
        for column in ("corr", "stake_nmr")
    )
    since = 230 - 183
    top = ewc_interval(follow_rule(scores, stakes, best_of(20, 20))[since:])
    assert (top.mean, top.low, top.high) == pytest.approx((0.0039, 0.0007, 0.0071), abs=6e-5)
    even = ewc_interval(follow_rule(scores, stakes, equally())[since:])
    assert (even.mean, even.low, even.high) == pytest.approx((0.0020, -0.0007, 0.0047), abs=6e-5)
    # five rounds too early, the same rule looks better than it can be
    early = follow_rule(scores, stakes, best_of(20, 20), lag=1)[since:]
    assert early.mean() > 1.5 * top.mean


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: follow_rule([1, 2], [1, 2], equally()), "Scores and stakes need a row per round"),
        (lambda: follow_rule(ONES, np.ones((4, 3)), equally()), "Scores and stakes need a row per round"),
        (lambda: follow_rule(ONES * math.inf, ONES, equally()), "A score must be a finite number"),
        (lambda: follow_rule(ONES, -ONES, equally()), "A stake must be a finite number of 0 or more"),
        (lambda: follow_rule(ONES, ONES, equally(), lag=0), "A round's scores are known one round later"),
        (
            lambda: follow_rule(ONES, ONES, lambda past, stakes: -stakes, lag=1, fewest=1),
            "A rule must give one",
        ),
        (lambda: follow_rule(ONES, ONES, lambda past, stakes: past, lag=1, fewest=1), "A rule must give one"),
        (
            lambda: follow_rule(ONES, ONES, equally(), outcomes=[[1]]),
            "Scores and stakes need a row per round",
        ),
        (lambda: best_of(0, 5), "A rule chooses at least one model"),
        (lambda: limited_by_performance(0), "A cap must be a share above 0"),
        (lambda: limited_by_performance(0.1, overlap=0), "Rounds overlap by 1"),
    ],
)
def test_bad_input_gets_one_sentence(asked: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        asked()
