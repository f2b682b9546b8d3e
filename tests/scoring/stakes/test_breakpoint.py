"""The stake at which scores break, and the density of stakes."""

import math

import numpy as np
import pytest
from scipy import stats

from scoring.stakes.breakpoint import log_density, range_breakpoint
from tests.scoring.stakes.stakes_and_scores import accounts, rng

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


@pytest.mark.slow
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


@pytest.mark.slow
def test_p_counts_deals_with_a_ratio_as_large() -> None:
    held, score = accounts(25)
    got = range_breakpoint(held, score, resamples=1, permutations=20, rng=rng(5))
    draw = rng(5)
    draw.integers(0, 25, size=(1, 25))
    dealt = draw.permuted(np.tile(score[np.argsort(held)], (20, 1)), axis=1)
    ratios = np.array([slow_breakpoint(np.sort(held), row)[0] for row in dealt])
    reached = np.count_nonzero(ratios >= slow_breakpoint(held, score)[0] - 1e-6)
    assert got.p_value == pytest.approx((1 + reached) / 21)


@pytest.mark.slow
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
