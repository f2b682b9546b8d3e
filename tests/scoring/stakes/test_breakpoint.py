"""Breakpoints: planted ones, slow definitions, scipy, every permutation, and a million holders."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.stakes.breakpoint import compare_across, log_density, range_breakpoint, sparsity

stakes_list = st.lists(st.floats(0.01, 1e5) | st.integers(1, 5).map(float), min_size=4, max_size=40)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def accounts(n: int, seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    draw = rng(seed)
    return draw.lognormal(2, 2, n), draw.normal(0, 0.02, n)


# ---------------------------------------------------------------- the breakpoint


def slow_breakpoint(held: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """The largest likelihood ratio over every split, by the definition, and its threshold."""
    order = np.argsort(held)
    held, product = held[order], (held * score)[order]
    n, found = held.size, []
    for below in range(math.ceil(0.15 * n), n - math.ceil(0.15 * n) + 1):
        if held[below - 1] == held[below]:
            continue
        if min(np.ptp(product[:below]), np.ptp(product[below:])) == 0:  # no spread, no normal law
            continue
        fits = [(part, stats.norm(part.mean(), part.std())) for part in (product[:below], product[below:])]
        alone = stats.norm(product.mean(), product.std()).logpdf(product).sum()
        gain = sum(law.logpdf(part).sum() for part, law in fits) - alone
        found.append((2 * gain, math.sqrt(held[below - 1] * held[below])))
    return max(found)


@pytest.mark.parametrize("seed", range(5))
def test_the_breakpoint_is_the_best_of_all_splits(seed: int) -> None:
    held, score = accounts(20 + 17 * seed, seed=seed)
    held = np.maximum(0.5, np.round(held, 0)) if seed % 2 else held  # ties are never parted
    got = range_breakpoint(held, score, resamples=1, permutations=1, rng=rng())
    _, threshold = slow_breakpoint(held, score)
    product = held * score
    assert got.threshold == pytest.approx(threshold)
    assert got.spread_below == pytest.approx(product[held <= threshold].std())
    assert got.spread_above == pytest.approx(product[held > threshold].std())


@pytest.mark.parametrize("seed", range(4))
def test_a_planted_breakpoint_is_found(seed: int) -> None:
    draw = rng(seed)
    held = np.geomspace(1, 10_000, 300)[draw.permutation(300)]
    product = draw.normal(0, np.where(held < 800, 1, 12))
    got = range_breakpoint(held, product / held, resamples=400, permutations=99, rng=draw)
    assert got.threshold == pytest.approx(800, rel=0.12)
    assert got.low <= 800 * 1.05
    assert got.high >= 800 / 1.05
    assert got.high / got.low < 1.6
    assert got.spread_below == pytest.approx(1, rel=0.25)
    assert got.spread_above == pytest.approx(12, rel=0.25)


def test_scores_that_know_nothing_of_stake_break_as_often_as_p_says() -> None:
    found = []
    for seed in range(200):
        held, score = accounts(30, seed=seed)
        found.append(range_breakpoint(held, score, resamples=1, permutations=99, rng=rng(seed)).p_value)
    assert np.mean(np.array(found) <= 0.1) == pytest.approx(0.1, abs=4.5 * math.sqrt(0.09 / 200))


def test_scores_that_grow_at_a_stake_break_there() -> None:
    held, score = accounts(200)
    score *= np.where(held > 10, 8, 1)
    got = range_breakpoint(held, score / held, resamples=99, permutations=199, rng=rng())
    assert got.threshold == pytest.approx(10, rel=0.2)
    assert got.low <= 10.5
    assert got.high >= 9.5


def test_p_counts_deals_with_a_ratio_as_large() -> None:
    held, score = accounts(25)
    got = range_breakpoint(held, score, resamples=1, permutations=20, rng=rng(5))
    draw = rng(5)
    draw.integers(0, 25, size=(1, 25))
    dealt = draw.permuted(np.tile(score[np.argsort(held)], (20, 1)), axis=1)
    ratios = np.array([slow_breakpoint(np.sort(held), row)[0] for row in dealt])
    reached = np.count_nonzero(ratios >= slow_breakpoint(held, score)[0] - 1e-6)
    assert got.p_value == pytest.approx((1 + reached) / 21)


def test_the_interval_is_made_of_breakpoints_of_accounts_drawn_again() -> None:
    held, score = accounts(24)
    got = range_breakpoint(held, score, level=0.6, resamples=25, permutations=1, rng=rng(7))
    order = np.argsort(held)
    drawn = np.sort(rng(7).integers(0, 24, size=(25, 24)), axis=1)
    found = [slow_breakpoint(held[order][row], score[order][row])[1] for row in drawn]
    assert (got.low, got.high) == pytest.approx(tuple(np.quantile(found, [0.2, 0.8])))


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_the_unit_of_stake_moves_the_threshold_and_nothing_else(unit: float) -> None:
    held, score = accounts(60)
    one = range_breakpoint(held, score, resamples=50, permutations=50, rng=rng())
    other = range_breakpoint(unit * held, score, resamples=50, permutations=50, rng=rng())
    for name in ("threshold", "low", "high", "spread_below", "spread_above"):
        assert getattr(other, name) == pytest.approx(unit * getattr(one, name), rel=1e-6)
    assert other.p_value == one.p_value


@pytest.mark.parametrize(
    ("stakes", "scores"),
    [
        ([], []),
        ([1, 2], [1, 2]),
        (np.arange(1, 20), np.arange(1, 20)),  # one fewer than twenty
        (np.full(30, 5), np.arange(30)),
        (np.arange(1, 31), np.full(30, 0.1)),
        ([1] + [2] * 30, np.arange(31)),  # the only split leaves too few on one side
    ],
)
def test_where_nothing_can_be_split(stakes: object, scores: object) -> None:
    got = range_breakpoint(stakes, scores, resamples=2, permutations=2, rng=rng())
    assert got.n == len(stakes)  # pyright: ignore[reportArgumentType]
    measured = [got.threshold, got.low, got.high, got.spread_below, got.spread_above, got.p_value]
    assert np.isnan(measured).all()


# ---------------------------------------------------------------- the density


@pytest.mark.parametrize("bandwidth", [0.02, 0.2, 3])
def test_the_density_is_that_of_scipy(bandwidth: float) -> None:
    held, _ = accounts(500)
    at, logs = np.geomspace(0.01, 1e4, 77), np.log10(held)
    theirs = stats.gaussian_kde(logs, bw_method=bandwidth / logs.std(ddof=1))(np.log10(at))
    np.testing.assert_allclose(log_density(held, at, bandwidth=bandwidth), theirs, rtol=1e-9, atol=1e-300)


def test_silverman_by_hand() -> None:
    held = 10.0 ** np.arange(5)  # standard deviation root(2.5), interquartile range 2
    bandwidth = 0.9 * 2 / 1.34 * 5**-0.2
    at = [3, 50, 700]
    np.testing.assert_allclose(log_density(held, at), log_density(held, at, bandwidth=bandwidth))
    halves = [1, 1, 10, 10]  # the standard deviation root(1/3) is below 1 / 1.34
    narrow = 0.9 * math.sqrt(1 / 3) * 4**-0.2
    np.testing.assert_allclose(log_density(halves, at), log_density(halves, at, bandwidth=narrow))
    tied = [1, 1, 1, 1, 1, 1, 10]  # no interquartile range
    spread = 0.9 * np.log10(tied).std(ddof=1) * 7**-0.2
    np.testing.assert_allclose(log_density(tied, at), log_density(tied, at, bandwidth=spread))


def test_a_density_adds_up_to_everybody() -> None:
    held, _ = accounts(300)
    decades = np.linspace(-6, 9, 3001)
    assert np.trapezoid(log_density(held, 10**decades), decades) == pytest.approx(1, abs=1e-6)


def test_many_holders_are_gathered_without_moving_the_density() -> None:
    held, _ = accounts(20_000)
    at = np.geomspace(0.01, 1e4, 50)
    logs = np.log10(held)
    theirs = stats.gaussian_kde(logs, bw_method=0.1 / logs.std(ddof=1))(np.log10(at))
    np.testing.assert_allclose(log_density(held, at, bandwidth=0.1), theirs, atol=1e-5 * theirs.max())


def test_a_density_of_too_few_or_of_one_stake() -> None:
    for stakes in ([], [1], [1, 2], [7, 7, 7, 7]):
        np.testing.assert_array_equal(log_density(stakes, [1, 2, 3]), [math.nan] * 3)
    assert log_density([1, 1, 1], [1], bandwidth=0.5)[0] == pytest.approx(stats.norm.pdf(0, scale=0.5))
    assert log_density([1, 2, 3], []).shape == (0,)


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
def test_a_million_holders_come_to_an_end() -> None:
    held, score = accounts(10**6)
    assert (log_density(held, np.geomspace(0.1, 1e5, 200)) > 0).all()
    assert sparsity(held, 8000).n == np.count_nonzero(held > 8000)
    assert 0 < compare_across(held, score, 8000, rng=rng()).p_value <= 1


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
    with pytest.raises(ValueError, match=r"^A stake must be a finite number above 0\.$"):
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
