"""Measures of concentration on a real leaderboard, against slow definitions, and under resampling."""

import functools
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.concentration import (
    effective_number,
    gini,
    herfindahl,
    leave_top_out,
    lorenz_curve,
    nakamoto,
    theil,
    theil_split,
    top_share,
)
from scoring.stakes.concentration_intervals import bootstrap_intervals, bootstrap_replicates
from tests.scoring.concentration.holdings import MEASURES, rng, top_two

LEADERBOARD = Path(__file__).parents[3] / "data" / "sample" / "leaderboard_2022-12-22.csv.gz"
BLIND_TO_ZEROS: list[Callable[..., float]] = [herfindahl, effective_number, nakamoto, top_two]

amounts = st.floats(0.01, 1e6)
with_zeros = st.lists(st.one_of(amounts, st.just(0.0)), min_size=1, max_size=30).filter(any)


@functools.cache
def leaderboard() -> pd.DataFrame:
    frame = pd.read_csv(LEADERBOARD)
    return frame[frame["nmr_staked"] > 0]


# ---------------------------------------------------------------- a real leaderboard


def test_stakes_by_model() -> None:
    stakes = leaderboard()["nmr_staked"]
    assert len(stakes) == 6264
    assert gini(stakes) == pytest.approx(0.926, abs=5e-4)
    assert effective_number(stakes) == pytest.approx(192, abs=0.5)
    assert nakamoto(stakes) == 72


def test_stakes_by_guessed_account_hang_on_one_guess() -> None:
    frame = leaderboard()
    by_account = frame.groupby("account")["nmr_staked"].sum()
    assert effective_number(by_account) == pytest.approx(30, abs=0.5)
    assert nakamoto(by_account) == 40
    # the largest account is one guess over many models; each an account of its own, the picture changes
    guessed = frame["account"] == by_account.idxmax()
    apart = frame.groupby(frame["account"].where(~guessed, frame["model"]))["nmr_staked"].sum()
    assert effective_number(apart) == pytest.approx(103, abs=0.5)
    assert nakamoto(apart) == 51
    assert leave_top_out(by_account, 1, effective_number) == pytest.approx(93.2, abs=0.05)


def test_inequality_lies_between_accounts_and_adds_up() -> None:
    frame = leaderboard()
    within, between = theil_split(frame["nmr_staked"], frame["account"])
    assert within + between == pytest.approx(theil(frame["nmr_staked"]), rel=1e-12)
    assert between > 20 * within


# ---------------------------------------------------------------- slow definitions


@given(with_zeros)
def test_measures_are_what_their_definitions_say(x: list[float]) -> None:
    exact = [Fraction(value) for value in x]
    total, n = sum(exact), len(exact)
    differences = sum(abs(a - b) for a, b in itertools.product(exact, exact))
    assert gini(x) == pytest.approx(float(differences / (2 * n * total)), abs=1e-13)
    assert herfindahl(x) == pytest.approx(float(sum(a * a for a in exact) / total**2), rel=1e-13)
    shares = [float(a / total) for a in exact if a]
    assert theil(x) == pytest.approx(math.fsum(p * math.log(p * n) for p in shares), abs=1e-12)
    running = list(itertools.accumulate(sorted(exact, reverse=True)))
    assert nakamoto(x) == next(
        k for k, held in enumerate(running, 1) if held / total > Fraction(1, 2) + Fraction(1, 10**12)
    )
    assert [top_share(x, k) for k in range(1, n + 1)] == pytest.approx([float(r / total) for r in running])


@given(with_zeros)
def test_area_under_the_lorenz_curve_is_the_gini(x: list[float]) -> None:
    population, stake = lorenz_curve(x)
    assert (population[0], stake[0], population[-1], stake[-1]) == (0, 0, 1, 1)
    assert (np.diff(stake) >= 0).all()
    assert (stake <= population + 1e-12).all()
    assert gini(x) == pytest.approx(1 - 2 * np.trapezoid(stake, population), abs=1e-12)


# ---------------------------------------------------------------- properties


@given(with_zeros, st.randoms(use_true_random=False), st.floats(1e-3, 1e3))
def test_neither_order_nor_unit_matters(x: list[float], random: object, unit: float) -> None:
    other = [value * unit for value in x]
    random.shuffle(other)  # type: ignore[attr-defined]
    for measure in MEASURES:
        if measure is not nakamoto:
            assert measure(other) == pytest.approx(measure(x), rel=1e-9, abs=1e-12)
    doubled = [value * 2 for value in reversed(x)]  # exact, so that no tie is broken
    assert nakamoto(doubled) == nakamoto(x)


@given(with_zeros, st.integers(1, 5))
def test_zeros_count_as_holders_for_gini_and_theil_only(x: list[float], more: int) -> None:
    padded = x + [0.0] * more
    for measure in BLIND_TO_ZEROS:
        assert measure(padded) == pytest.approx(measure(x), rel=1e-12)
    grown = (len(x) + more) / len(x)
    assert 1 - gini(padded) == pytest.approx((1 - gini(x)) / grown, abs=1e-12)
    assert theil(padded) == pytest.approx(theil(x) + math.log(grown), abs=1e-12)


@given(with_zeros, st.integers(2, 4))
def test_the_same_holders_again_change_only_their_number(x: list[float], times: int) -> None:
    assert gini(x * times) == pytest.approx(gini(x), abs=1e-12)
    assert theil(x * times) == pytest.approx(theil(x), abs=1e-12)
    assert effective_number(x * times) == pytest.approx(times * effective_number(x), rel=1e-12)


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=30), st.data())
def test_splitting_lowers_and_merging_raises_concentration(x: list[float], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(x) - 1))
    part = x[index] * data.draw(st.floats(0.1, 0.9))
    split = [*x[:index], part, x[index] - part, *x[index + 1 :]]
    assert herfindahl(split) < herfindahl(x)  # read backwards: merging two of them raises it
    assert effective_number(split) > effective_number(x)
    assert nakamoto(split) >= nakamoto(x)
    assert top_share(split, 1) <= top_share(x, 1) + 1e-12


@given(st.lists(amounts, min_size=2, max_size=30), st.floats(0.01, 0.49))
def test_giving_from_rich_to_poor_lowers_every_measure(x: list[float], given_away: float) -> None:
    low, *middle, high = sorted(x)
    gift = (high - low) * given_away
    fairer = [low + gift, *middle, high - gift]
    for measure in (gini, herfindahl, theil):
        assert measure(fairer) <= measure(x) + 1e-12


@given(with_zeros)
def test_measures_stay_within_their_bounds(x: list[float]) -> None:
    n, holders = len(x), sum(value > 0 for value in x)
    assert 0 <= gini(x) <= 1 - 1 / n + 1e-12
    assert 1 - 1e-12 <= effective_number(x) <= holders * (1 + 1e-12)
    assert 0 <= theil(x) <= math.log(n) + 1e-12
    assert 1 <= nakamoto(x) <= holders // 2 + 1
    assert nakamoto(x, 0.99) >= nakamoto(x) >= nakamoto(x, 1 / 3)


@given(st.lists(st.tuples(st.one_of(amounts, st.just(0.0)), st.integers(0, 4)), min_size=1, max_size=30))
def test_theil_splits_without_a_rest(pairs: list[tuple[float, int]]) -> None:
    x, groups = [value for value, _ in pairs], [group for _, group in pairs]
    if not any(x):
        return
    within, between = theil_split(x, groups)
    assert min(within, between) >= 0
    assert within + between == pytest.approx(theil(x), abs=1e-12)
    assert theil_split(x, range(len(x))) == pytest.approx((0, theil(x)), abs=1e-12)
    assert theil_split(x, [0] * len(x)) == pytest.approx((theil(x), 0), abs=1e-12)


# ---------------------------------------------------------------- resampling


@pytest.mark.parametrize("draws", [None, 1, 7, 500])
def test_replicates_are_the_measures_of_what_was_drawn(draws: int | None) -> None:
    x = np.concatenate((rng(3).lognormal(0, 2, 400), np.full(100, 0.01)))
    got = bootstrap_replicates(x, draws=draws, resamples=300, rng=rng())
    assert got.draws == (draws or round(500**0.7))
    again, ordered = rng(), np.sort(x)
    for index in range(300):
        drawn = ordered[again.integers(0, 500, got.draws)]
        assert got.gini[index] == pytest.approx(gini(drawn), abs=1e-12)
        assert got.herfindahl[index] == pytest.approx(herfindahl(drawn), rel=1e-12)
        assert got.effective_number[index] == pytest.approx(effective_number(drawn), rel=1e-12)
        assert got.nakamoto[index] == nakamoto(drawn)


def test_a_resample_without_stake_is_undefined() -> None:
    got = bootstrap_replicates([0, 0, 0, 1], draws=2, resamples=4000, rng=rng())
    undefined = np.isnan(got.gini)
    assert undefined.mean() == pytest.approx((3 / 4) ** 2, abs=0.03)
    for values in (got.herfindahl, got.effective_number, got.nakamoto):
        assert (np.isnan(values) == undefined).all()
    assert np.isnan(bootstrap_intervals([0, 0, 0, 1], rng=rng()).gini).all()


@pytest.mark.slow
def test_more_holders_than_a_short_integer_counts() -> None:
    x = np.zeros(2**16 + 5)
    x[-5:] = 1  # only positions that need 17 bits have a stake
    got = bootstrap_replicates(x, draws=x.size, resamples=200, rng=rng())
    assert np.nanmean(got.effective_number) > 2.5


def test_few_cases_come_as_often_as_they_should() -> None:
    got = bootstrap_replicates([1, 3], draws=2, resamples=20_000, rng=rng())
    assert set(got.gini.round(6)) == {0, 0.25}
    assert (got.gini > 0.1).mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.slow
def test_intervals_hold_the_estimate_and_agree_with_each_other() -> None:
    stakes = leaderboard()["nmr_staked"]
    got = bootstrap_intervals(stakes, rng=rng())
    assert (got.holders, got.draws) == (6264, 455)
    for measure, (low, high) in (
        (gini, got.gini),
        (herfindahl, got.herfindahl),
        (effective_number, got.effective_number),
        (nakamoto, got.nakamoto),
    ):
        assert low < measure(stakes) < high
    assert got.herfindahl == pytest.approx((1 / got.effective_number[1], 1 / got.effective_number[0]))
    wider = bootstrap_intervals(stakes, level=0.99, rng=rng())
    assert wider.gini[0] < got.gini[0] < got.gini[1] < wider.gini[1]
    assert got == bootstrap_intervals(stakes, rng=rng())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("draw", "least"),
    [
        (lambda source: source.lognormal(0, 1, 2000), 0.95),
        (lambda source: source.lognormal(0, 2.5, 2000), 0.85),
        (lambda source: source.pareto(1.7, 2000) + 1, 0.83),
    ],
)
def test_intervals_cover_what_samples_of_this_size_show(
    draw: Callable[[np.random.Generator], np.ndarray], least: float
) -> None:
    samples = [draw(rng(10_000 + seed)) for seed in range(600)]
    typical = [
        float(np.median([measure(x) for x in samples])) for measure in (gini, effective_number, nakamoto)
    ]
    covered = np.zeros(3)
    for seed in range(200):
        got = bootstrap_intervals(draw(rng(seed)), resamples=400, rng=rng(seed))
        ends = (got.gini, got.effective_number, got.nakamoto)
        covered += [low <= value <= high for value, (low, high) in zip(typical, ends, strict=True)]
    assert (covered / 200 >= least).all()
