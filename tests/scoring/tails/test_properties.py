"""Power laws in samples we made: what holds for every fit, and its edges."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scoring.tails import (
    ALTERNATIVES,
    PowerLawFit,
    compare_tail,
    fit_power_law,
    goodness_of_fit,
    refitted_alpha_se,
)
from scoring.tails.search import count_values, fit_every_xmin, nearest_xmin
from tests.scoring.tails.samples import published, rng

pytestmark = pytest.mark.slow

# ---------------------------------------------------------------- samples we made


@pytest.mark.parametrize("alpha", [1.5, 2.5, 3.5])
@pytest.mark.parametrize("discrete", [False, True])
def test_a_known_power_law_is_found_again(alpha: float, discrete: bool) -> None:
    source = rng(5)
    if discrete:
        values = source.zipf(alpha, 4000).astype(float)
        values = np.concatenate((values, np.repeat([1.0, 2.0], 300)))  # xmin is above these
    else:
        values = 5 * (1 - source.random(4000)) ** (-1 / (alpha - 1))
        values = np.concatenate((values, source.uniform(0.1, 5, 2000)))
    fit = fit_power_law(values, discrete=discrete)
    assert fit.alpha == pytest.approx(alpha, abs=4 * fit.alpha_se)
    assert goodness_of_fit(values, fit, refits=25, rng=rng()) > 0.05
    assert compare_tail(values, fit, "exponential").log_likelihood_ratio > 0


def test_what_is_no_power_law_is_noticed() -> None:
    values = rng(6).exponential(1, 3000) + 1
    fit = PowerLawFit(1 + 1 / float(np.log(values).mean()), 1.0, 0.1, 3000, 0.1)
    got = compare_tail(values, fit, "exponential")
    assert got.log_likelihood_ratio < -50
    assert got.p_value < 1e-6
    assert compare_tail(values, fit, "truncated_power_law").p_value < 1e-6
    body = rng(7).lognormal(0, 0.5, 2000)
    straight = PowerLawFit(1 + 1 / float(np.log(body / body.min()).mean()), float(body.min()), 0.3, 2000, 0.1)
    assert compare_tail(body, straight, "lognormal").log_likelihood_ratio < -500


@pytest.mark.long
@pytest.mark.parametrize("discrete", [False, True])
def test_p_is_spread_evenly_when_the_law_is_true(discrete: bool) -> None:
    p = []
    for seed in range(40):
        values = (1 - rng(seed).random(200)) ** (-1 / 1.5)
        values = rng(seed).zipf(2.5, 200).astype(float) if discrete else values
        fit = fit_power_law(values, discrete=discrete)
        p.append(goodness_of_fit(values, fit, refits=40, rng=rng(seed)))
    assert stats.kstest(p, "uniform").pvalue > 0.001


def test_goodness_of_fit_repeats_itself_from_the_same_source() -> None:
    values = published("blackouts")
    fit = fit_power_law(values)
    first, second = (goodness_of_fit(values, fit, refits=40, rng=rng(9)) for _ in range(2))
    assert first == second


# ---------------------------------------------------------------- properties

tails = st.lists(st.floats(0.01, 1e6), min_size=2, max_size=40).filter(lambda x: len(set(x)) > 1)


@given(tails, st.randoms(use_true_random=False), st.sampled_from([2.0**-20, 0.5, 4.0, 2.0**20]))
def test_neither_order_nor_unit_matters(x: list[float], random: object, unit: float) -> None:
    other = [value * unit for value in x]
    random.shuffle(other)  # type: ignore[attr-defined]
    fit, same = fit_power_law(x), fit_power_law(other)
    assert same.ks_distance == pytest.approx(fit.ks_distance, abs=1e-9)
    if same.xmin == fit.xmin * unit:  # two that are equally near may change places
        assert same.alpha == pytest.approx(fit.alpha, rel=1e-9)
        assert same.tail_size == fit.tail_size


@given(tails)
def test_a_fit_makes_sense(x: list[float]) -> None:
    fit = fit_power_law(x)
    assert fit.alpha > 1
    assert fit.xmin in x
    assert 0 <= fit.ks_distance <= 1
    assert fit.tail_size == sum(value >= fit.xmin for value in x)
    assert fit.alpha_se == pytest.approx((fit.alpha - 1) / math.sqrt(fit.tail_size))
    assert fit_power_law([*x, 0.0, 0.0]) == fit  # zeros are in no tail


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(1, 10**6), min_size=2, max_size=40).filter(lambda x: len(set(x)) > 1), st.booleans()
)
def test_comparisons_are_numbers_and_richer_laws_never_lose(x: list[int], discrete: bool) -> None:
    fit = fit_power_law(x, discrete=discrete)
    for alternative in ALTERNATIVES:
        got = compare_tail(x, fit, alternative)
        assert math.isfinite(got.log_likelihood_ratio)
        if math.isnan(got.p_value):  # two laws that are one
            assert (alternative, got.log_likelihood_ratio) == ("lognormal", 0)
        else:
            assert 0 <= got.p_value <= 1
        if alternative != "exponential":
            assert got.log_likelihood_ratio <= 1e-6 * len(x)


# ---------------------------------------------------------------- edges


@pytest.mark.parametrize("x", [[], [0, 0], [3], [2, 2, 2], [0, 5, 5]])
@pytest.mark.parametrize("discrete", [False, True])
def test_too_few_different_values_have_no_fit(x: list[float], discrete: bool) -> None:
    fit = fit_power_law(x, discrete=discrete)
    assert fit.tail_size == 0
    assert np.isnan([fit.alpha, fit.xmin, fit.ks_distance, fit.alpha_se]).all()
    for alternative in ALTERNATIVES:
        got = compare_tail(x, fit, alternative)
        assert np.isnan([got.log_likelihood_ratio, got.p_value]).all()
    assert math.isnan(goodness_of_fit(x, fit, refits=3, rng=rng()))
    assert math.isnan(refitted_alpha_se(x, discrete=discrete, resamples=3, rng=rng()))


@pytest.mark.parametrize("bad", [[1, -1], [1, math.nan], [math.inf, 1], [[1, 2]], 3, ["a"], [None]])
def test_bad_values_are_refused(bad: object) -> None:
    fit = fit_power_law([1, 2, 3])
    calls: list[Callable[[], object]] = [
        lambda: fit_power_law(bad),  # type: ignore[arg-type]
        lambda: compare_tail(bad, fit, "lognormal"),  # type: ignore[arg-type]
        lambda: goodness_of_fit(bad, fit, refits=2, rng=rng()),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^[A-Z].*numbers.*\.$"):
            call()


def test_bad_options_are_refused() -> None:
    fit = fit_power_law([1, 2, 3])
    with pytest.raises(ValueError, match="whole numbers"):
        fit_power_law([1, 2.5], discrete=True)
    with pytest.raises(ValueError, match="one of lognormal, exponential, truncated_power_law"):
        compare_tail([1, 2, 3], fit, "normal")
    with pytest.raises(ValueError, match="other numbers"):
        compare_tail([0.1], fit, "lognormal")
    with pytest.raises(ValueError, match="at least one refit"):
        goodness_of_fit([1, 2, 3], fit, refits=0, rng=rng())
    with pytest.raises(ValueError, match="at least two resamples"):
        refitted_alpha_se([1, 2, 3], resamples=1, rng=rng())


@pytest.mark.parametrize("discrete", [False, True])
def test_half_of_all_values_tie(discrete: bool) -> None:
    values = np.concatenate((np.full(500, 10.0), np.floor(10 * (1 - rng(8).random(500)) ** -1)))
    fit = fit_power_law(values, discrete=discrete)
    assert fit.xmin > 10  # the step of 500 equal values is no power law
    assert compare_tail(values, fit, "exponential").log_likelihood_ratio > 0


def test_values_next_to_each_other_and_far_apart() -> None:
    near = fit_power_law([1.0, 1.0 + 2**-52, 1.0 + 2**-51])
    assert near.alpha > 1e15
    far = fit_power_law([1e-300, 1.0, 1e300])
    assert far.alpha == pytest.approx(1 + 3 / (900 * math.log(10)))
    assert fit_power_law([1e-300, 1e300]).alpha == pytest.approx(1 + 2 / (600 * math.log(10)))


def test_a_million_values() -> None:
    values = (1 - rng(11).random(1_000_000)) ** (-1 / 1.5)
    fit = fit_power_law(values.round(2))
    assert fit.alpha == pytest.approx(2.5, abs=0.05)


def test_every_order_of_a_small_sample_fits_alike() -> None:
    fits = {fit_power_law(order) for order in itertools.permutations([1, 2, 2, 5, 11])}
    assert len(fits) == 1


@pytest.mark.parametrize("discrete", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_a_search_below_a_limit_finds_the_nearest_law_or_none(discrete: bool, seed: int) -> None:
    values = 3 * (1 - rng(seed).random(300)) ** (-1 / 1.4)
    different = count_values(np.floor(values) if discrete else values)
    alphas, _ = fit_every_xmin(different, discrete)
    best, distance = nearest_xmin(different, alphas, discrete)
    for above in (1.0001, 1.5):
        assert nearest_xmin(different, alphas, discrete, below=above * distance) == (best, distance)
    for limit in (distance, 0.999 * distance, distance / 3):
        assert nearest_xmin(different, alphas, discrete, below=limit)[1] == limit, "no nearer one"
