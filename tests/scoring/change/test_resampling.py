"""Resampling in blocks, against another library, against every case written out, and by simulation."""

import itertools
import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.change.resampling import block_bootstrap_interval, block_bootstrap_totals


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def totals_of_arch(values: np.ndarray, block: int) -> np.ndarray:
    from arch.bootstrap import CircularBlockBootstrap  # brings statsmodels along, which takes a second

    return CircularBlockBootstrap(block, values, seed=5).apply(np.sum, 4000).ravel()


def neighbours_alike(periods: int, seed: int) -> np.ndarray:
    """A record in which each number is the mean of five shocks it shares with its neighbours."""
    return np.convolve(rng(seed).normal(0.5, 2, periods + 4), np.full(5, 0.2), mode="valid")


def ring_sums(values: np.ndarray, length: int) -> list[float]:
    ring = [*values, *values]
    return [math.fsum(ring[start : start + length]) for start in range(len(values))]


# ---------------------------------------------------------------- the distribution


@pytest.mark.slow
@pytest.mark.parametrize(("periods", "block"), [(60, 10), (60, 1), (47, 10), (23, 4), (12, 12)])
def test_totals_are_distributed_as_in_another_library(periods: int, block: int) -> None:
    values = neighbours_alike(periods, seed=periods)
    theirs = np.sort(totals_of_arch(values, block))
    ours = block_bootstrap_totals(values, block, resamples=40_000, rng=rng())
    if block == periods:
        np.testing.assert_allclose(theirs, values.sum())
        np.testing.assert_allclose(ours, values.sum())
        return
    for share in (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975):
        # the share of one sample below a quantile of the other varies by this much when both are alike
        error = math.sqrt(share * (1 - share) * (1 / ours.size + 1 / theirs.size))
        below = (ours <= np.quantile(theirs, share)).mean()
        assert below == pytest.approx(share, abs=4.5 * error)


@pytest.mark.slow
def test_another_block_would_be_noticed() -> None:
    values = neighbours_alike(60, seed=60)
    theirs = totals_of_arch(values, 10)
    ours = block_bootstrap_totals(values, 1, resamples=40_000, rng=rng())
    error = math.sqrt(0.025 * 0.975 * (1 / ours.size + 1 / theirs.size))
    assert abs((ours <= np.quantile(theirs, 0.025)).mean() - 0.025) > 4.5 * error


@pytest.mark.parametrize(("values", "block"), [([1, 10, 100], 1), ([1, 10, 100], 2), ([1, 10, 100, 1000], 3)])
def test_small_records_give_every_total_as_often_as_it_should(values: list[float], block: int) -> None:
    ring = values * 2
    lengths = [block] * (len(values) // block)
    if len(values) % block:
        lengths.append(len(values) % block)
    cases = Counter(
        sum(sum(ring[start : start + length]) for start, length in zip(starts, lengths, strict=True))
        for starts in itertools.product(range(len(values)), repeat=len(lengths))
    )
    draws = 20_000
    got = Counter(block_bootstrap_totals(values, block, resamples=draws, rng=rng()).round(6).tolist())
    assert set(got) == set(cases)
    for total, ways in cases.items():
        share = ways / cases.total()
        assert got[total] / draws == pytest.approx(
            share, abs=4.5 * math.sqrt(share * (1 - share) / draws) + 1e-12
        )


@pytest.mark.parametrize(("periods", "block"), [(40, 1), (40, 5), (40, 8), (37, 10), (9, 2)])
def test_mean_and_variance_are_those_of_sums_round_the_ring(periods: int, block: int) -> None:
    values = neighbours_alike(periods, seed=3)
    totals = block_bootstrap_totals(values, block, resamples=60_000, rng=rng())
    whole, rest = divmod(periods, block)
    variance = whole * np.var(ring_sums(values, block)) + (np.var(ring_sums(values, rest)) if rest else 0)
    assert totals.mean() == pytest.approx(values.sum(), abs=4.5 * math.sqrt(variance / totals.size))
    # a variance estimated from n draws is off by about sqrt((kurtosis - 1) / n)
    centred = totals - totals.mean()
    kurtosis = (centred**4).mean() / (centred**2).mean() ** 2
    assert totals.var() == pytest.approx(variance, rel=4.5 * math.sqrt((kurtosis - 1) / totals.size))


def test_blocks_of_one_vary_like_independent_draws() -> None:
    values = rng(8).normal(0, 3, 50)
    totals = block_bootstrap_totals(values, 1, resamples=60_000, rng=rng())
    assert totals.var() == pytest.approx(50 * values.var(), rel=0.03)


def test_one_block_of_everything_always_gives_the_total() -> None:
    values = neighbours_alike(17, seed=4)
    np.testing.assert_allclose(block_bootstrap_totals(values, 17, rng=rng()), values.sum())
    np.testing.assert_array_equal(block_bootstrap_totals([7.5], 1, resamples=9, rng=rng()), np.full(9, 7.5))


@pytest.mark.slow
def test_blocks_show_the_spread_that_neighbours_share() -> None:
    values = neighbours_alike(400, seed=11)
    single, blocks = (
        block_bootstrap_totals(values, block, resamples=20_000, rng=rng()).var() for block in (1, 20)
    )
    # means of five shared shocks: the total varies about five times as much as independent periods would
    assert 3 < blocks / single < 6


def test_a_record_that_never_moves_has_one_total() -> None:
    np.testing.assert_allclose(block_bootstrap_totals([0.25] * 30, 7, rng=rng()), 7.5)
    low, high = block_bootstrap_interval([0.25] * 30, 7, rng=rng())
    assert (low, high) == (pytest.approx(7.5), pytest.approx(7.5))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), st.data())
def test_totals_stay_within_what_the_record_can_give(values: list[float], data: st.DataObject) -> None:
    block = data.draw(st.integers(1, len(values)))
    totals = block_bootstrap_totals(values, block, resamples=50, rng=rng())
    slack = 1e-9 * sum(map(abs, values)) + 1e-12
    assert totals.shape == (50,)
    assert (totals >= len(values) * min(values) - slack).all()
    assert (totals <= len(values) * max(values) + slack).all()


# ---------------------------------------------------------------- the same question, the same answer


def test_the_same_seed_gives_the_same_totals_and_interval() -> None:
    values = neighbours_alike(40, seed=2)
    first, again = (block_bootstrap_totals(values, 10, rng=rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert first.shape == (4000,)
    assert not np.array_equal(first, block_bootstrap_totals(values, 10, rng=rng(10)))
    assert block_bootstrap_interval(values, 10, rng=rng(9)) == block_bootstrap_interval(
        values, 10, rng=rng(9)
    )


def test_lists_and_series_are_records_too() -> None:
    values = neighbours_alike(20, seed=2)
    expected = block_bootstrap_totals(values, 5, rng=rng())
    shuffled = pd.Series(values, index=range(20, 0, -1))
    for same in (values.tolist(), tuple(values), shuffled):
        np.testing.assert_array_equal(block_bootstrap_totals(same, 5, rng=rng()), expected)


def test_the_record_stays_as_it_was() -> None:
    values = np.array([3.0, 1.0, 2.0])
    block_bootstrap_interval(values, 1, rng=rng())
    np.testing.assert_array_equal(values, [3.0, 1.0, 2.0])


# ---------------------------------------------------------------- the interval


def test_the_interval_is_made_of_quantiles_of_the_totals() -> None:
    values = neighbours_alike(40, seed=2)
    for level, shares in ((0.95, (0.025, 0.975)), (0.5, (0.25, 0.75))):
        totals = block_bootstrap_totals(values, 10, resamples=1000, rng=rng(9))
        got = block_bootstrap_interval(values, 10, level=level, resamples=1000, rng=rng(9))
        assert got == pytest.approx(tuple(np.quantile(totals, shares)))
        assert all(type(bound) is float for bound in got)


def test_more_certainty_needs_a_wider_interval() -> None:
    values = neighbours_alike(40, seed=2)
    widths = []
    for level in (0.5, 0.8, 0.95, 0.99):
        low, high = block_bootstrap_interval(values, 5, level=level, rng=rng())
        assert low < values.sum() < high
        widths.append(high - low)
    assert widths == sorted(widths)


@pytest.mark.parametrize(("periods", "block", "known"), [(19, 10, False), (20, 10, True), (1, 1, False)])
def test_fewer_than_two_blocks_say_nothing(periods: int, block: int, known: bool) -> None:
    low, high = block_bootstrap_interval(neighbours_alike(periods, seed=6), block, rng=rng())
    assert math.isnan(low) != known
    assert math.isnan(high) != known


@pytest.mark.slow
def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    periods, simulations, level, mean = 60, 400, 0.9, 0.3
    draw, resample = rng(21), rng(22)
    held = 0
    for _ in range(simulations):
        low, high = block_bootstrap_interval(
            draw.normal(mean, 1, periods), 1, level=level, resamples=600, rng=resample
        )
        held += low <= periods * mean <= high
    # 4 standard errors of a share of 400, and 1 % for the narrowness of percentiles at 60 periods
    error = math.sqrt(level * (1 - level) / simulations)
    assert level - 4 * error - 0.01 <= held / simulations <= level + 4 * error


# ---------------------------------------------------------------- what it refuses


@pytest.mark.parametrize(
    "values", [[], [1.0, math.nan, 2.0], [1.0, math.inf], [-math.inf, 1.0], [[1.0, 2.0], [3.0, 4.0]], 5.0]
)
def test_a_record_needs_one_finite_number_per_period(values: object) -> None:
    with pytest.raises(
        ValueError,
        match=r"^Resampling needs one finite number per period( \(see [^.]*\))?\.$|^The values .* numbers\.$",
    ):
        block_bootstrap_totals(values, 1, rng=rng())


@pytest.mark.parametrize("block", [0, -1, 4, 1000])
def test_a_block_fits_into_the_record(block: int) -> None:
    with pytest.raises(ValueError, match=r"^A block must be between 1 and 3 periods long\.$"):
        block_bootstrap_totals([1.0, 2.0, 3.0], block, rng=rng())


@pytest.mark.parametrize("values", [[1.0, math.nan, 2.0, 3.0], [1.0, math.inf, 2.0, 3.0]])
def test_an_interval_refuses_what_its_totals_refuse(values: list[float]) -> None:
    with pytest.raises(
        ValueError,
        match=r"^Resampling needs one finite number per period( \(see [^.]*\))?\.$|^The values .* numbers\.$",
    ):
        block_bootstrap_interval(values, 1, rng=rng())
    with pytest.raises(ValueError, match=r"^A block must be between 1 and 4 periods long\.$"):
        block_bootstrap_interval([1.0, 2.0, 3.0, 4.0], 0, rng=rng())
