"""Stake and score: cases by hand, scipy, every permutation, slow definitions, properties, and simulation."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.stakes.association import LogSlope, NullBand, by_account, log_slope, null_band, rank_association
from tests.scoring.sentences import without_places

values = st.lists(
    st.tuples(st.integers(1, 6), st.integers(-3, 3)) | st.tuples(st.floats(0.01, 1e4), st.floats(-1, 1)),
    min_size=3,
    max_size=70,
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def accounts(n: int, seed: int = 4, digits: int = 12) -> tuple[np.ndarray, np.ndarray]:
    draw = rng(seed)
    return np.round(draw.lognormal(2, 2, n), digits) + 0.1, np.round(draw.normal(0, 0.02, n), digits)


# ---------------------------------------------------------------- from models to accounts


def test_an_account_is_the_sum_of_its_models() -> None:
    labels, stakes, scores = by_account(
        [1, 3, 5, 0, 2, 4], [0.1, 0.5, math.nan, 9, -1, 0.25], ["b", "b", "b", "b", "a", "c"]
    )
    assert labels == ("b", "a", "c")
    np.testing.assert_allclose(stakes, [4, 2, 4])
    np.testing.assert_allclose(scores, [(0.1 + 3 * 0.5) / 4, -1, 0.25])


def test_accounts_without_a_stake_or_a_score_are_left_out() -> None:
    labels, stakes, scores = by_account([0, 2, 0], [1, math.nan, math.nan], ["a", "b", "c"])
    assert labels == ()
    assert stakes.shape == scores.shape == (0,)
    assert by_account([], [], [])[0] == ()


@settings(max_examples=30, deadline=None)
@given(values, st.integers(1, 5))
def test_joining_loses_no_stake_and_no_product(pairs: list[tuple[float, float]], groups: int) -> None:
    held, score = np.array(pairs).T
    labels, stakes, scores = by_account(held, score, [row % groups for row in range(held.size)])
    assert labels == tuple(range(min(groups, held.size)))
    assert stakes.sum() == pytest.approx(held.sum())
    assert stakes @ scores == pytest.approx(held @ score, abs=1e-9 * held.sum())


@pytest.mark.parametrize(
    ("stakes", "scores", "labels", "message"),
    [
        ([1, 2], [1], ["a", "b"], "There must be one stake, one score and one account per model."),
        ([1, 2], [1, 2], ["a"], "There must be one stake, one score and one account per model."),
        ([[1]], [[1]], ["a"], "There must be one stake, one score and one account per model."),
        ([-1], [1], ["a"], "A stake must be a finite number of 0 or more."),
        ([math.nan], [1], ["a"], "A stake must be a finite number of 0 or more."),
        ([1], [math.inf], ["a"], "A score must be a finite number, or NaN where it is missing."),
        ([1], [1], [None], "Every model needs an account."),
        ([1], [1], [math.nan], "Every model needs an account."),
        (["x"], [1], ["a"], "The stakes must be numbers."),
    ],
)
def test_joining_refuses(stakes: object, scores: object, labels: list[object], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        by_account(stakes, scores, labels)  # pyright: ignore[reportArgumentType]
    assert without_places(caught.value) == message


# ---------------------------------------------------------------- rank correlations


def test_rank_correlations_by_hand() -> None:
    got = rank_association([1, 2, 3, 4], [1, 3, 2, 4], permutations=9, rng=rng())
    assert (got.n, got.spearman, got.kendall) == (4, pytest.approx(0.8), pytest.approx(4 / 6))
    tied = rank_association([1, 1, 2], [5, 5, 7], permutations=9, rng=rng())
    assert (tied.spearman, tied.kendall) == (pytest.approx(1), pytest.approx(1))
    assert rank_association([5, 6, 7], [3, 2, 1], permutations=9, rng=rng()).kendall == pytest.approx(-1)


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(values)
def test_rank_correlations_are_those_of_scipy(pairs: list[tuple[float, float]]) -> None:
    held, score = np.array(pairs).T
    got = rank_association(held, score, permutations=1, rng=rng())
    if np.ptp(held) == 0 or np.ptp(score) == 0:
        assert np.isnan([got.spearman, got.kendall, got.spearman_p, got.kendall_p]).all()
    else:
        assert got.spearman == pytest.approx(stats.spearmanr(held, score).statistic, abs=1e-12)
        assert got.kendall == pytest.approx(stats.kendalltau(held, score).statistic, abs=1e-12)


@pytest.mark.parametrize("digits", [0, 1, 3])
@pytest.mark.parametrize("n", [1001, 4000])
def test_many_accounts_get_the_p_of_a_normal_law(n: int, digits: int) -> None:
    held, score = accounts(n, digits=digits, seed=n + digits)
    score += 0.0005 * np.log(held) + np.round(rng(2).normal(size=n), digits)
    got = rank_association(held, score, permutations=1, rng=rng())
    kendall, spearman = stats.kendalltau(held, score, method="asymptotic"), stats.spearmanr(held, score)
    assert got.kendall == pytest.approx(kendall.statistic, abs=1e-12)
    assert got.kendall_p == pytest.approx(kendall.pvalue, rel=1e-9)
    assert got.spearman == pytest.approx(spearman.statistic, abs=1e-12)
    assert got.spearman_p == pytest.approx(spearman.pvalue, abs=2e-3)  # scipy: Student's law
    # over all permutations the variance of a correlation is 1 / (n - 1)
    law = stats.norm(scale=1 / math.sqrt(n - 1))
    assert got.spearman_p == pytest.approx(2 * law.sf(abs(got.spearman)), rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("score", [[1, 2, 3, 5, 4], [1, 1, 3, 2, 2], [5, 1, 1, 1, 0]])
def test_p_is_the_share_of_all_permutations_that_go_as_far(score: list[float]) -> None:
    held = np.array([1.0, 2.0, 2.0, 4.0, 9.0])
    draws = 20_000
    got = rank_association(held, score, permutations=draws, rng=rng())
    every = [list(permuted) for permuted in itertools.permutations(score)]
    for p, measure in ((got.spearman_p, stats.spearmanr), (got.kendall_p, stats.kendalltau)):
        reached = abs(measure(held, score).statistic) - 1e-9
        exact = np.mean([abs(measure(held, permuted).statistic) >= reached for permuted in every])
        assert p == pytest.approx(exact, abs=4.5 * math.sqrt(exact * (1 - exact) / draws) + 1e-3)


@pytest.mark.slow
def test_p_is_never_0_and_blocks_of_permutations_add_up() -> None:
    held = np.arange(1.0, 1001)
    got = rank_association(held, held, permutations=1200, rng=rng())  # more than one block
    assert got.spearman_p == got.kendall_p == 1 / 1201


@pytest.mark.slow
def test_permutations_and_the_normal_law_agree_where_they_meet() -> None:
    held, score = accounts(1001, digits=1)
    score += 0.03 * rng(3).integers(-1, 3, 1001)
    normal = rank_association(held, score, permutations=1, rng=rng())
    permuted = rank_association(held[1:], score[1:], rng=rng())
    assert permuted.spearman_p == pytest.approx(normal.spearman_p, abs=0.08)
    assert permuted.kendall_p == pytest.approx(normal.kendall_p, abs=0.08)


@pytest.mark.slow
def test_chance_alone_is_found_as_often_as_p_says() -> None:
    found = []
    for seed in range(300):
        held, score = accounts(25, seed=seed, digits=2)
        got = rank_association(held, score, permutations=199, rng=rng(seed))
        found.append((got.spearman_p <= 0.1, got.kendall_p <= 0.1))
    assert (np.abs(np.mean(found, axis=0) - 0.1) < 4.5 * math.sqrt(0.09 / 300)).all()


def test_stake_goes_with_stake_x_score_where_scores_know_nothing_of_stake() -> None:
    held, score = accounts(600)
    score += 0.01
    alone = rank_association(held, score, permutations=499, rng=rng())
    product = rank_association(held, held * score, permutations=499, rng=rng())
    assert alone.spearman_p > 0.05
    assert (product.spearman > 0.2, product.spearman_p) == (True, 1 / 500)


# ---------------------------------------------------------------- the slope of sizes


def test_a_constant_range_has_a_slope_of_minus_1() -> None:
    held = np.array([1.0, 10, 100, 1000])
    got = log_slope(held, [0.5, -0.05, 0.005, -0.0005], rng=rng())
    assert (got.n, got.left_out) == (4, 0)
    assert (got.slope, got.low, got.high) == pytest.approx((-1, -1, -1))


def test_the_slope_is_that_of_a_line_and_zeros_are_left_out() -> None:
    held, score = accounts(50)
    zeros = np.append(score, [0, 0])
    got = log_slope(np.append(held, [1e6, 7]), zeros, rng=rng(6))
    line = stats.linregress(np.log(held), np.log(np.abs(score)))
    assert (got.n, got.left_out, got.slope) == (50, 2, pytest.approx(line.slope))
    again = log_slope(held, score, rng=rng(6))
    assert (got.low, got.high) == (pytest.approx(again.low), pytest.approx(again.high))


def test_the_interval_is_made_of_slopes_of_pairs_drawn_again() -> None:
    held, score = accounts(40)
    got = log_slope(held, score, level=0.8, resamples=300, rng=rng(8))
    drawn = rng(8).integers(0, 40, size=(300, 40))
    slopes = [stats.linregress(np.log(held[row]), np.log(np.abs(score[row]))).slope for row in drawn]
    assert (got.low, got.high) == pytest.approx(tuple(np.quantile(slopes, [0.1, 0.9])))


@pytest.mark.parametrize("truth", [0.0, -1.0])
def test_intervals_hold_the_truth_about_as_often_as_they_say(truth: float) -> None:
    held_truth = 0
    for seed in range(200):
        held, score = accounts(80, seed=seed)
        got = log_slope(held, score * held**truth, level=0.9, resamples=300, rng=rng(seed))
        held_truth += got.low <= truth <= got.high
    assert 0.9 - 4 * math.sqrt(0.09 / 200) - 0.02 <= held_truth / 200 <= 0.9 + 4 * math.sqrt(0.09 / 200)


# ---------------------------------------------------------------- the band under no relation


def test_the_band_by_hand() -> None:
    held, score = np.arange(1.0, 12), np.array([-10, 1, 2, 3, 4, 5, 6, 7, 8, 9, 50.0])
    got = null_band(held, score, level=0.75)
    assert (got.n, got.low, got.high) == (11, 1.25, 8.75)
    assert (got.outside_smaller, got.outside_larger) == (2 / 6, 2 / 5)


@settings(max_examples=30, deadline=None)
@given(values)
def test_the_band_leaves_out_no_more_than_it_says(pairs: list[tuple[float, float]]) -> None:
    held, score = np.array(pairs).T
    got = null_band(held, score, level=0.5)
    assert got.low <= np.median(score) <= got.high
    larger = np.count_nonzero(held > np.median(held))
    outside = got.outside_smaller * (held.size - larger)
    outside += got.outside_larger * larger if larger else 0
    assert outside / held.size <= 0.5 + 2 / held.size  # quantiles lie between two scores
    assert math.isnan(got.outside_larger) == (larger == 0)


def test_a_constant_range_leaves_the_band_at_small_stakes_only() -> None:
    held, score = accounts(400)
    got = null_band(held, score / held)
    assert got.outside_larger == 0
    assert got.outside_smaller == pytest.approx(0.2)


# ---------------------------------------------------------------- what is undefined, what is refused


@pytest.mark.parametrize(
    ("stakes", "scores"), [([], []), ([1], [1]), ([1, 2], [1, 2]), ([3, 3, 3, 3], [1, 2, 3, 4])]
)
def test_too_little_to_go_by(stakes: list[float], scores: list[float]) -> None:
    n = len(stakes)
    ranks = rank_association(stakes, scores, rng=rng())
    assert ranks.n == n
    assert np.isnan([ranks.spearman, ranks.spearman_p, ranks.kendall, ranks.kendall_p]).all()
    slope = log_slope(stakes, scores, rng=rng())
    assert slope.n == n
    assert np.isnan([slope.slope, slope.low, slope.high]).all()
    band = null_band(stakes, scores)
    assert band.n == n
    assert math.isnan(band.low) == (n < 3)
    assert math.isnan(band.outside_larger)


def test_resamples_of_one_stake_have_no_slope() -> None:
    got = log_slope([1, 1, 1, 1, 2], [1, 2, 3, 4, 5], resamples=1, rng=rng(11))
    drawn = rng(11).integers(0, 5, size=(1, 5))
    assert 4 not in drawn  # all of stake 1
    assert np.isfinite(got.slope)
    assert np.isnan([got.low, got.high]).all()


@pytest.mark.parametrize("measure", [rank_association, log_slope, null_band])
@pytest.mark.parametrize(
    ("stakes", "scores", "message"),
    [
        ([1, 0, 2], [1, 2, 3], "A stake must be a finite number above 0."),
        ([1, -1, 2], [1, 2, 3], "A stake must be a finite number above 0."),
        ([1, math.nan, 2], [1, 2, 3], "A stake must be a finite number above 0."),
        ([1, math.inf, 2], [1, 2, 3], "A stake must be a finite number above 0."),
        ([1, 2, 3], [1, math.nan, 3], "A score must be a finite number: leave accounts without one out."),
        ([1, 2, 3], [1, 2], "There must be one stake and one score per account."),
        ([[1, 2]], [[1, 2]], "Stakes must be a list of numbers, one per account."),
        ([1, 2], ["x", "y"], "The scores must be numbers."),
    ],
)
def test_bad_accounts_get_one_sentence(
    measure: Callable[..., object], stakes: object, scores: object, message: str
) -> None:
    more = {} if measure is null_band else {"rng": rng()}
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        measure(stakes, scores, **more)
    assert without_places(caught.value) == message


def test_bad_options_get_one_sentence() -> None:
    held, score = accounts(10)
    with pytest.raises(ValueError, match=r"^There must be at least one permutation\.$"):
        rank_association(held, score, permutations=0, rng=rng())
    with pytest.raises(ValueError, match=r"^There must be at least one resample\.$"):
        log_slope(held, score, resamples=0, rng=rng())
    for level in (0, 1, math.nan):
        with pytest.raises(ValueError, match=r"^The level must be between 0 and 1\.$"):
            log_slope(held, score, level=level, rng=rng())
        with pytest.raises(ValueError, match=r"^The level must be between 0 and 1\.$"):
            null_band(held, score, level=level)


def test_the_same_seed_gives_the_same_answer_and_the_input_stays() -> None:
    held, score = accounts(30)
    kept = held.copy(), score.copy()
    first, again = (rank_association(held, score, permutations=99, rng=rng(5)) for _ in range(2))
    assert first == again
    assert isinstance(log_slope(list(held), list(score), resamples=9, rng=rng()), LogSlope)
    assert isinstance(null_band(list(held), list(score)), NullBand)
    np.testing.assert_array_equal(held, kept[0])
    np.testing.assert_array_equal(score, kept[1])
