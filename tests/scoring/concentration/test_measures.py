"""Measures of concentration by hand, and their edges."""

import functools
import itertools
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

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
from tests.scoring.concentration.holdings import MEASURES, rng

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


@pytest.mark.slow
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
