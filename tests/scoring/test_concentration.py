"""Concentration: cases done by hand, a real leaderboard, slow definitions, properties, and simulation."""

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

LEADERBOARD = Path(__file__).parents[2] / "data" / "sample" / "leaderboard_2022-12-22.csv.gz"
top_two = functools.partial(top_share, k=2)
MEASURES: list[Callable[..., float]] = [gini, herfindahl, effective_number, theil, nakamoto, top_two]
BLIND_TO_ZEROS: list[Callable[..., float]] = [herfindahl, effective_number, nakamoto, top_two]

amounts = st.floats(0.01, 1e6)
with_zeros = st.lists(st.one_of(amounts, st.just(0.0)), min_size=1, max_size=30).filter(any)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


@functools.cache
def leaderboard() -> pd.DataFrame:
    frame = pd.read_csv(LEADERBOARD)
    return frame[frame["nmr_staked"] > 0]


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([5], 0),
        ([1, 1, 1, 1], 0),
        ([0, 0, 0, 1], 3 / 4),
        ([1, 3], 1 / 4),
        ([1, 2, 3], 2 / 9),
        ([30, 30, 20, 20], 0.1),
        ([0, 0, 1, 1], 1 / 2),
        ([1, 2, 3, 4, 5], 4 / 15),
    ],
)
def test_gini_by_hand(x: list[float], expected: float) -> None:
    assert gini(x) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("x", "index"),
    [([5], 1), ([1, 1, 1, 1], 0.25), ([30, 30, 20, 20], 0.26), ([1, 0, 0], 1), ([1, 3], 10 / 16)],
)
def test_herfindahl_and_effective_number_by_hand(x: list[float], index: float) -> None:
    assert herfindahl(x) == pytest.approx(index, rel=1e-15)
    assert effective_number(x) == pytest.approx(1 / index, rel=1e-15)


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        ([7, 7], 0),
        ([0, 0, 1], math.log(3)),
        ([0, 1, 1, 0], math.log(2)),
        ([1, 3], 0.25 * math.log(0.5) + 0.75 * math.log(1.5)),
    ],
)
def test_theil_by_hand(x: list[float], expected: float) -> None:
    assert theil(x) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize(
    ("x", "threshold", "expected"),
    [
        ([1, 1, 1, 1], 0.5, 3),  # two hold exactly half, which is not above it
        ([0.1, 0.1, 0.1, 0.1], 0.5, 3),
        ([0.3, 0.2, 0.1, 0.4], 0.5, 2),
        ([0.1, 0.2, 0.3], 0.5, 2),  # 0.3 is half of 0.1 + 0.2 + 0.3, but not of their float sum
        ([1, 1, 1], 1 / 3, 2),
        ([1] * 10, 0.3, 4),
        ([1] * 10, 0.7, 8),
        ([5, 3, 1, 1], 0.5, 2),
        ([6, 2, 1, 1], 0.5, 1),
        ([7], 0.5, 1),
        ([3, 0, 0], 0.999, 1),
        ([2, 1], 0, 1),
        ([1, 1], 1 - 1e-15, 2),
    ],
)
def test_nakamoto_by_hand(x: list[float], threshold: float, expected: int) -> None:
    assert nakamoto(x, threshold) == expected


def test_top_share_by_hand() -> None:
    x = [1, 4, 2, 3]
    assert [top_share(x, k) for k in range(6)] == pytest.approx([0, 0.4, 0.7, 0.9, 1, 1])
    assert top_share(x, np.int64(2)) == pytest.approx(0.7)


def test_lorenz_curve_by_hand() -> None:
    population, stake = lorenz_curve([3, 0, 1])
    np.testing.assert_allclose(population, [0, 1 / 3, 2 / 3, 1], rtol=1e-15)
    np.testing.assert_allclose(stake, [0, 0, 0.25, 1], rtol=1e-15)


def test_theil_split_by_hand() -> None:
    # two accounts with equal totals: all inequality is inside them
    assert theil_split([1, 3, 1, 3], list("aabb")) == pytest.approx((theil([1, 3]), 0), abs=1e-15)
    # equal inside: all of it is between
    assert theil_split([1, 1, 3, 3], list("aabb")) == pytest.approx((0, theil([1, 3])), abs=1e-15)
    within, between = theil_split([1, 2, 6, 0], ["a", "a", "b", "b"])
    a, b = 3 / 9, 6 / 9
    assert within == pytest.approx(a * theil([1, 2]) + b * math.log(2), rel=1e-14)
    assert between == pytest.approx(a * math.log(a / 0.5) + b * math.log(b / 0.5), rel=1e-14)
    # an account without any stake counts as two holders and nothing else
    assert sum(theil_split([0, 0, 5], ["a", "a", "b"])) == pytest.approx(math.log(3), rel=1e-14)


def test_leave_top_out_by_hand() -> None:
    x = [10, 1, 30, 1]
    assert leave_top_out(x, 0, gini) == gini(x)
    assert leave_top_out(x, 1, nakamoto) == 1
    assert leave_top_out(x, 2, effective_number) == pytest.approx(2)
    assert math.isnan(leave_top_out(x, 4, gini))
    assert math.isnan(leave_top_out(x, 99, gini))
    assert leave_top_out(x, 1, lambda rest: float(rest.sum())) == 12  # in the unit that was passed


# ---------------------------------------------------------------- edges


@pytest.mark.parametrize("x", [[], [0.0], [0, 0, 0]])
def test_nobody_and_nothing_are_undefined(x: list[float]) -> None:
    assert all(math.isnan(measure(x)) for measure in MEASURES)
    assert all(math.isnan(part) for part in theil_split(x, range(len(x))))
    population, stake = lorenz_curve(x)
    assert len(population) == len(stake) == len(x) + 1
    assert np.isnan(stake).all()
    assert math.isnan(leave_top_out(x, 0, gini))
    intervals = bootstrap_intervals(x, rng=rng())
    assert np.isnan([*intervals.gini, *intervals.effective_number, *intervals.nakamoto]).all()


def test_one_holder() -> None:
    assert [measure([8]) for measure in MEASURES] == [0, 1, 1, 0, 1, 1]
    intervals = bootstrap_intervals([8], rng=rng())
    assert np.isnan([*intervals.gini, *intervals.herfindahl]).all()
    assert intervals.holders == 1


def test_all_equal() -> None:
    x = [0.1] * 1001
    assert (gini(x), theil(x)) == pytest.approx((0, 0), abs=1e-12)
    assert effective_number(x) == pytest.approx(1001)
    assert nakamoto(x) == 501
    intervals = bootstrap_intervals(x, rng=rng())
    assert intervals.gini == pytest.approx((0, 0), abs=1e-12)
    assert intervals.effective_number == pytest.approx((1001, 1001))


def test_half_of_all_holders_tie() -> None:
    x = [0.01] * 50 + list(range(1, 51))
    slow = sum(abs(a - b) for a, b in itertools.product(x, x)) / (2 * len(x) * sum(x))
    assert gini(x) == pytest.approx(slow, rel=1e-13)
    assert nakamoto(x) == 15  # 50 + ... + 36 = 645 of 1275.5, and 609 without the fifteenth


@pytest.mark.parametrize("bad", [[1, -1], [1, math.nan], [math.inf, 1], [[1, 2]], 3, ["a"], [None], [-0.1]])
def test_bad_holdings_are_refused_in_one_sentence(bad: object) -> None:
    calls: list[Callable[[], object]] = [functools.partial(measure, bad) for measure in MEASURES]
    calls += [
        lambda: lorenz_curve(bad),  # type: ignore[arg-type]
        lambda: theil_split(bad, [1]),  # type: ignore[arg-type]
        lambda: leave_top_out(bad, 1, gini),  # type: ignore[arg-type]
        lambda: bootstrap_replicates(bad, rng=rng()),  # type: ignore[arg-type]
        lambda: bootstrap_intervals(bad, rng=rng()),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^[A-Z][^.]*( 0 [^.]*)?\.$"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nakamoto([1], 1), "threshold"),
        (lambda: nakamoto([1], -0.1), "threshold"),
        (lambda: nakamoto([1], math.nan), "threshold"),
        (lambda: top_share([1], -1), "whole number"),
        (lambda: top_share([1], 1.5), "whole number"),  # type: ignore[arg-type]
        (lambda: leave_top_out([1], -1, gini), "whole number"),
        (lambda: theil_split([1, 2], ["a"]), "1 groups do not fit 2 holdings"),
        (lambda: theil_split([1, 2], ["a", None]), "needs a group"),
        (lambda: theil_split([1, 2], ["a", math.nan]), "needs a group"),
        (lambda: bootstrap_replicates([], rng=rng()), "at least one holder"),
        (lambda: bootstrap_replicates([1], draws=0, rng=rng()), "at least one draw"),
        (lambda: bootstrap_replicates([1], resamples=0, rng=rng()), "at least one draw"),
        (lambda: bootstrap_intervals([1, 2], level=1, rng=rng()), "level"),
    ],
)
def test_bad_options_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_a_million_holders() -> None:
    x = np.arange(1, 1_000_001)
    n = x.size
    assert gini(x) == pytest.approx((n - 1) / (3 * n), rel=1e-12)
    assert herfindahl(x) == pytest.approx((4 * n + 2) / (3 * n * (n + 1)), rel=1e-12)
    assert nakamoto(x) == math.ceil(n * (1 - math.sqrt(0.5)))
    assert nakamoto(np.full(n, 0.1)) == n // 2 + 1
    assert top_share(x, 10) == pytest.approx(sum(range(n - 9, n + 1)) / (n * (n + 1) / 2), rel=1e-12)
    assert lorenz_curve(x)[1][-1] == 1
    assert bootstrap_intervals(x, resamples=20, rng=rng()).draws == round(n**0.7)


@pytest.mark.parametrize("unit", [1e-300, 1e-9, 1e9, 1e300])
def test_no_amount_is_too_large_or_small(unit: float) -> None:
    x = np.array([1.0, 2, 3, 10])
    for measure in MEASURES:
        assert measure(x * unit) == pytest.approx(measure(x), rel=1e-12)


def test_anything_that_is_a_list_of_numbers_will_do() -> None:
    x = [1, 2, 3]
    for same in (tuple(x), np.array(x), np.array(x, dtype=np.float32), pd.Series(x, index=[7, 7, 8])):
        for measure in MEASURES:
            assert measure(same) == measure(x)
    frame = pd.DataFrame({"stake": x, "account": ["a", "b", "b"]})
    assert theil_split(frame["stake"], frame["account"]) == theil_split(x, ["a", "b", "b"])


def test_what_is_passed_stays_as_it_is() -> None:
    x = np.array([3.0, 1.0, 2.0])
    for measure in MEASURES:
        measure(x)
    lorenz_curve(x)
    leave_top_out(x, 1, gini)
    bootstrap_intervals(x, rng=rng())
    assert x.tolist() == [3, 1, 2]


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


def test_more_holders_than_a_short_integer_counts() -> None:
    x = np.zeros(2**16 + 5)
    x[-5:] = 1  # only positions that need 17 bits have a stake
    got = bootstrap_replicates(x, draws=x.size, resamples=200, rng=rng())
    assert np.nanmean(got.effective_number) > 2.5


def test_few_cases_come_as_often_as_they_should() -> None:
    got = bootstrap_replicates([1, 3], draws=2, resamples=20_000, rng=rng())
    assert set(got.gini.round(6)) == {0, 0.25}
    assert (got.gini > 0.1).mean() == pytest.approx(0.5, abs=0.02)


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
