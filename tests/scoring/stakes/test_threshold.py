"""Scores across a threshold of stake, neighbours, sizes, and what is refused."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.stakes.breakpoint import compare_across, log_density, range_breakpoint, sparsity
from tests.scoring.stakes.stakes_and_scores import accounts, rng

stakes_list = st.lists(st.floats(0.01, 1e5) | st.integers(1, 5).map(float), min_size=4, max_size=40)


# ---------------------------------------------------------------- across a threshold


@pytest.mark.parametrize("digits", [1, 9])
def test_the_energy_distance_is_the_square_of_scipys(digits: int) -> None:
    held, score = accounts(150)
    score = np.round(10 * score + (held > 5) * 0.05, digits)
    got = compare_across(held, score, 5, permutations=1, rng=rng())
    above = score[held > 5]
    below = score[held <= 5]
    assert got.energy_distance == pytest.approx(stats.energy_distance(above, below) ** 2, rel=1e-9)
    assert (got.n_below, got.n_above) == (below.size, above.size)
    assert (got.mean_below, got.mean_above) == (pytest.approx(below.mean()), pytest.approx(above.mean()))


def test_the_energy_distance_by_its_means() -> None:
    held, score = np.arange(1.0, 41), rng().normal(size=40)
    below, above = score[:20], score[20:]

    def apart(first: np.ndarray, second: np.ndarray) -> float:
        return float(np.abs(first[:, None] - second).mean())

    expected = 2 * apart(below, above) - apart(below, below) - apart(above, above)
    got = compare_across(held, score, 20, permutations=1, rng=rng())
    assert got.energy_distance == pytest.approx(expected)


def test_a_difference_is_found_and_chance_as_often_as_p_says() -> None:
    held, score = accounts(120)
    assert compare_across(held, score + 0.03 * (held > 5), 5, permutations=199, rng=rng()).p_value == 1 / 200
    wider = compare_across(held, score * np.where(held > 5, 4, 1), 5, permutations=199, rng=rng())
    assert wider.p_value < 0.05
    found = []
    for seed in range(200):
        held, score = accounts(50, seed=seed)
        threshold = float(np.median(held))
        found.append(compare_across(held, score, threshold, permutations=99, rng=rng(seed)).p_value)
    assert np.mean(np.array(found) <= 0.1) == pytest.approx(0.1, abs=4.5 * math.sqrt(0.09 / 200))


def test_p_is_the_share_of_all_deals() -> None:
    # scores 0 and 1 only: the distance depends on how many ones are above
    held, score = np.arange(1.0, 41), np.array([1.0] * 4 + [0.0] * 16 + [1.0] * 9 + [0.0] * 11)
    got = compare_across(held, score, 20, permutations=20_000, rng=rng())
    ones = stats.hypergeom(40, 13, 20)
    exact = float(ones.cdf(4) + ones.sf(8))
    assert got.p_value == pytest.approx(exact, abs=4.5 * math.sqrt(exact * (1 - exact) / 20_000) + 1e-4)
    assert got.energy_distance == pytest.approx(2 * (9 / 20 - 4 / 20) ** 2)


def test_few_above_show_each_of_them_instead_of_a_p() -> None:
    held, score = np.arange(1.0, 31), np.zeros(30)
    score[-3:] = [0.3, 0.6, -0.3]
    got = compare_across(held, score, 27, rng=rng())
    assert (got.n_below, got.n_above, got.mean_below, got.mean_above) == (27, 3, 0, pytest.approx(0.2))
    assert np.isnan([got.energy_distance, got.p_value]).all()
    np.testing.assert_allclose(np.sort(got.leave_one_out_means), [0, 0.15, 0.45], atol=1e-15)
    few_below = compare_across(held, score, 5, rng=rng())
    assert math.isnan(few_below.p_value)
    assert few_below.leave_one_out_means.shape == (25,)


@pytest.mark.parametrize("threshold", [30, 31, math.inf])
def test_nobody_above(threshold: float) -> None:
    got = compare_across(np.arange(1, 31), np.arange(30), threshold, rng=rng())
    assert (got.n_below, got.n_above, got.mean_below) == (30, 0, 14.5)
    assert np.isnan([got.mean_above, got.energy_distance, got.p_value]).all()
    assert got.leave_one_out_means.shape == (0,)


def test_one_above_nobody_below_and_nobody_at_all() -> None:
    one = compare_across([1, 2, 3], [5, 6, 7], 2, rng=rng())
    assert one.mean_above == 7
    np.testing.assert_array_equal(one.leave_one_out_means, [math.nan])
    none_below = compare_across([1, 2, 3], [5, 6, 7], 0, rng=rng())
    assert (none_below.n_below, math.isnan(none_below.mean_below)) == (0, True)
    nobody = compare_across([], [], 5, rng=rng())
    assert (nobody.n_below, nobody.n_above) == (0, 0)


# ---------------------------------------------------------------- neighbours


def test_neighbours_by_hand() -> None:
    held = [1, 100, 110, 200, 1000]
    # second neighbours: of 110 100 is the first and 200 the second; of 200 it is 100; of 1000 it is 110
    got = sparsity(held, 100, neighbour=2, gap=2)
    assert (got.n, got.median_gap) == (3, pytest.approx(2))
    assert got.lonely_share == pytest.approx(1000 / 1310)
    assert sparsity([100, 125, 1], 99, neighbour=1).lonely_share == 0  # exactly the gap is not beyond it
    assert sparsity([7] * 9, 1).median_gap == 1


@pytest.mark.slow
@settings(max_examples=80, deadline=None)
@given(stakes_list, st.integers(1, 3), st.floats(0, 100))
def test_neighbours_are_those_of_all_distances(held: list[float], k: int, threshold: float) -> None:
    got = sparsity(held, threshold, neighbour=k)
    logs = np.log(held)
    apart = np.sort(np.abs(logs[:, None] - logs), axis=1)[:, k]  # the first is the holder itself
    above = np.array(held) > threshold
    assert got.n == np.count_nonzero(above)
    if above.any():
        assert got.median_gap == pytest.approx(np.median(np.exp(apart[above])), rel=1e-9)
        lonely = [np.array(held)[above & (apart > math.log(1.25) + by)].sum() for by in (1e-9, -1e-9)]
        total = np.array(held)[above].sum()
        assert lonely[0] / total - 1e-9 <= got.lonely_share <= lonely[1] / total + 1e-9


def test_nobody_above_or_no_neighbours() -> None:
    for held, threshold, neighbour in (([1, 2, 3, 4], 4, 3), ([], 5, 3), ([1, 2, 3], 0, 3), ([1, 2], 0, 1)):
        got = sparsity(held, threshold, neighbour=neighbour)
        assert got.n == sum(stake > threshold for stake in held)
        assert np.isnan([got.median_gap, got.lonely_share]).all()
    assert sparsity([1, 2, 3, 4], math.inf).n == 0


# ---------------------------------------------------------------- sizes, and what is refused


@pytest.mark.slow
def test_twenty_thousand_holders_come_to_an_end() -> None:
    held, score = accounts(20_000)
    assert (log_density(held, np.geomspace(0.1, 1e5, 200)) > 0).all()
    assert sparsity(held, 8000).n == np.count_nonzero(held > 8000)
    assert 0 < compare_across(held, score, 1000, rng=rng()).p_value <= 1


@pytest.mark.parametrize(
    "measure",
    [
        lambda held: range_breakpoint(held, np.ones(len(held)), rng=rng()),
        lambda held: compare_across(held, np.ones(len(held)), 5, rng=rng()),
        lambda held: log_density(held, [1]),
        lambda held: log_density([1, 2, 3], held),
        lambda held: sparsity(held, 5),
    ],
)
@pytest.mark.parametrize("bad", [0, -1, math.nan, math.inf])
def test_bad_stakes_get_one_sentence(measure: Callable[[list[float]], object], bad: float) -> None:
    with pytest.raises(
        ValueError, match=r"^A stake must be a finite number above 0 \(see position 1, counted from 0\)\.$"
    ):
        measure([1, bad, 3])


@pytest.mark.parametrize(
    ("measure", "message"),
    [
        (lambda: range_breakpoint([1, 2], [1, math.nan], rng=rng()), "A score must be a finite number"),
        (lambda: compare_across([1, 2], [1, math.nan], 1, rng=rng()), "A score must be a finite number"),
        (lambda: range_breakpoint([1], [1], level=1, rng=rng()), "The level must be between 0 and 1."),
        (
            lambda: range_breakpoint([1], [1], resamples=0, rng=rng()),
            "There must be at least one resample and one permutation.",
        ),
        (
            lambda: range_breakpoint([1], [1], permutations=0, rng=rng()),
            "There must be at least one resample and one permutation.",
        ),
        (lambda: compare_across([1], [1], math.nan, rng=rng()), "The threshold must be a number of NMR."),
        (
            lambda: compare_across([1], [1], 1, permutations=0, rng=rng()),
            "There must be at least one permutation.",
        ),
        (lambda: log_density([1, 2, 3], [1], bandwidth=0), "The bandwidth must be above 0 decades."),
        (lambda: log_density([1, 2, 3], [1], bandwidth=math.nan), "The bandwidth must be above 0 decades."),
        (lambda: sparsity([1, 2, 3], math.nan), "The threshold must be a number of NMR."),
        (lambda: sparsity([1, 2, 3], 1, neighbour=0), "The neighbour must be the first or a later one"),
        (lambda: sparsity([1, 2, 3], 1, gap=0.9), "The neighbour must be the first or a later one"),
    ],
)
def test_bad_options_get_one_sentence(measure: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        measure()


def test_the_order_of_accounts_and_the_input_stay_out_of_it() -> None:
    held, score = accounts(60)
    kept = held.copy(), score.copy()
    order = rng().permutation(60)
    first, again = (
        range_breakpoint(h, s, resamples=40, permutations=40, rng=rng(2))
        for h, s in ((held, score), (held[order], score[order]))
    )
    assert first == again
    one, other = (
        compare_across(h, s, 5, rng=rng(2)) for h, s in ((held, score), (held[order], score[order]))
    )
    assert (one.energy_distance, one.p_value) == (other.energy_distance, other.p_value)
    for pair in itertools.pairwise([sparsity(held, 5), sparsity(held[order], 5)]):
        assert pair[0] == pair[1]
    np.testing.assert_array_equal(held, kept[0])
    np.testing.assert_array_equal(score, kept[1])
