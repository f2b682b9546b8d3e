"""Holders who leave: properties, edges, and what is refused."""

import dataclasses
import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.concentration import (
    Concentration,
    concentration,
    effective_number,
    gini,
    leave_top_out,
    nakamoto,
    top_share,
)
from scoring.stakes.unstaking import Unstaking, leaves, unstake

amounts = st.floats(0.01, 1e6)
some_stakes = st.lists(st.one_of(amounts, st.just(0.0)), min_size=1, max_size=30).filter(any)
at_risks = st.one_of(st.none(), st.floats(0, 1e7))


def top_gone(stakes: list[float], k: int, **round_: float | None) -> Unstaking:
    return unstake(stakes, leaves(stakes, top=k), **round_)


def numbers_of(result: Unstaking) -> list[float]:
    return [
        *dataclasses.astuple(result.before),
        *dataclasses.astuple(result.after),
        result.share_left,
        result.factor_before,
        result.factor_after,
        result.pay_ratio,
        result.weight_ratio,
    ]


# ---------------------------------------------------------------- properties


@given(some_stakes, st.integers(0, 40))
def test_the_largest_leave_and_the_rest_is_what_leaving_the_top_out_measures(x: list[float], k: int) -> None:
    mask = leaves(x, top=k)
    assert mask.sum() == min(k, len(x))
    gone, kept = np.array(x)[mask], np.array(x)[~mask]
    assert not gone.size or not kept.size or gone.min() >= kept.max()
    got = unstake(x, mask)
    assert got.share_left == pytest.approx(top_share(x, k))
    for found, measure in (
        (got.after.gini, gini),
        (got.after.effective_number, effective_number),
        (got.after.half, nakamoto),
    ):
        assert found == pytest.approx(leave_top_out(x, k, measure), rel=1e-9, abs=1e-12, nan_ok=True)


@given(st.lists(amounts, min_size=1, max_size=30, unique=True), st.data())
def test_three_ways_to_name_the_same_holders(x: list[float], data: st.DataObject) -> None:
    k = data.draw(st.integers(0, len(x) - 1))
    mask = leaves(x, top=k)
    np.testing.assert_array_equal(leaves(x, holders=np.flatnonzero(mask)), mask)
    np.testing.assert_array_equal(leaves(x, above=sorted(x)[-1 - k]), mask)


@given(some_stakes, st.integers(0, 30), st.floats(0, 1e7), st.floats(0.01, 1e7), st.floats(1e-6, 1e6))
def test_the_unit_does_not_matter(
    x: list[float], k: int, at_risk: float, threshold: float, unit: float
) -> None:
    got = top_gone(x, k, total_at_risk=at_risk, stake_threshold=threshold)
    mask = leaves(x, top=k)
    other = unstake(np.array(x) * unit, mask, total_at_risk=at_risk * unit, stake_threshold=threshold * unit)
    in_units = [*numbers_of(got)]
    in_units[1], in_units[6] = got.before.stake * unit, got.after.stake * unit
    assert numbers_of(other) == pytest.approx(in_units, rel=1e-9, abs=1e-12, nan_ok=True)


@given(some_stakes, at_risks, st.floats(0.01, 1e7))
def test_nobody_leaves_and_nothing_changes(x: list[float], at_risk: float | None, threshold: float) -> None:
    got = top_gone(x, 0, total_at_risk=at_risk, stake_threshold=threshold)
    assert got.before == got.after
    assert got.factor_before == got.factor_after
    assert (got.share_left, got.pay_ratio, got.weight_ratio) == (0, 1, 1)


@given(some_stakes, at_risks, st.floats(0.01, 1e7))
def test_the_more_leave_the_more_the_rest_is_paid_and_weighs(
    x: list[float], at_risk: float | None, threshold: float
) -> None:
    all_got = [top_gone(x, k, total_at_risk=at_risk, stake_threshold=threshold) for k in range(len(x) + 1)]
    rounding = 1 - 1e-12
    for fewer, more in itertools.pairwise(all_got):
        assert more.after.holders == fewer.after.holders - 1
        assert more.share_left >= fewer.share_left * rounding
        assert more.pay_ratio >= fewer.pay_ratio * rounding
        assert math.isnan(more.weight_ratio) or more.weight_ratio >= fewer.weight_ratio * rounding
    for got in all_got:
        most = np.fmin(got.weight_ratio, 1 / got.factor_before)  # the factor ends at 1
        assert rounding <= got.pay_ratio <= most / rounding


@given(st.lists(amounts, max_size=20), some_stakes)
def test_weights_of_the_rest_add_up_again(gone: list[float], rest: list[float]) -> None:
    x = [*gone, *rest]
    got = unstake(x, leaves(x, holders=range(len(gone))))
    weights = np.array(rest) / sum(x)
    assert (weights * got.weight_ratio).sum() == pytest.approx(1)
    assert got.weight_ratio == pytest.approx(1 / (1 - got.share_left), rel=1e-6)


# ---------------------------------------------------------------- edges


def test_no_holder() -> None:
    assert leaves([], top=3).shape == leaves([], above=0).shape == leaves([], holders=[]).shape == (0,)
    got = unstake([], [], stake_threshold=10)
    assert (got.before.holders, got.before.stake, got.factor_before) == (0, 0, 1)
    rest = [got.before.gini, got.before.effective_number, got.before.half, got.share_left]
    assert np.isnan([*rest, got.factor_after, got.pay_ratio, got.weight_ratio]).all()


@pytest.mark.parametrize("k", [0, 1, 2])
def test_no_stake(k: int) -> None:
    got = top_gone([0, 0], k, total_at_risk=50, stake_threshold=10)
    assert (got.before.holders, got.after.holders, got.factor_before) == (2, 2 - k, 0.2)
    assert np.isnan([got.share_left, got.factor_after, got.pay_ratio, got.weight_ratio]).all()
    assert np.isnan([got.after.gini, got.after.effective_number, got.after.half]).all()


def test_one_holder_stays_or_leaves() -> None:
    stays, goes = top_gone([8], 0, stake_threshold=2), top_gone([8], 1, stake_threshold=2)
    assert stays.after == Concentration(1, 8, 0, 1, 1)
    assert (stays.share_left, stays.pay_ratio, stays.weight_ratio) == (0, 1, 1)
    assert (goes.after.holders, goes.after.stake, goes.share_left) == (0, 0, 1)
    assert np.isnan([goes.after.gini, goes.after.effective_number, goes.after.half]).all()
    assert (goes.factor_before, goes.factor_after, goes.pay_ratio) == (0.25, 1, 4)
    assert math.isnan(goes.weight_ratio)


def test_holders_without_stake_remain() -> None:
    got = unstake([5, 0, 0], [True, False, False], stake_threshold=1)
    assert (got.after.holders, got.after.stake, got.share_left, got.factor_after) == (2, 0, 1, 1)
    assert np.isnan([got.after.gini, got.weight_ratio]).all()


def test_all_equal() -> None:
    np.testing.assert_array_equal(leaves([0.1] * 5, top=2), [True, True, False, False, False])
    assert not leaves([0.1] * 5, above=0.1).any()
    got = top_gone([0.1] * 5, 2)
    assert (got.after.gini, got.after.half) == (0, 2)
    assert (got.after.effective_number, got.share_left) == pytest.approx((3, 0.4))


@pytest.mark.parametrize("k", [5, 6, 10**9])
def test_as_many_or_more_than_there_are(k: int) -> None:
    assert leaves([1, 2, 3, 4, 5], top=k).all()


def test_nobody_is_above_the_largest() -> None:
    x = [1.0, 2.0, 3.0]
    got = unstake(x, leaves(x, above=3), total_at_risk=5, stake_threshold=2)
    assert got.before == got.after
    assert (got.share_left, got.pay_ratio, got.weight_ratio) == (0, 1, 1)


@pytest.mark.parametrize(("at_risk", "before"), [(math.nan, math.nan), (math.inf, 0)])
def test_an_unknown_factor_and_one_of_0_have_no_ratio(at_risk: float, before: float) -> None:
    got = unstake([1, 2], [True, False], total_at_risk=at_risk, stake_threshold=1)
    assert got.factor_before == pytest.approx(before, nan_ok=True)
    assert math.isnan(got.pay_ratio)
    assert got.weight_ratio == pytest.approx(1.5)


@pytest.mark.slow
def test_a_million_holders() -> None:
    x = np.arange(1_000_000.0)
    mask = leaves(x, top=1000)
    assert mask[-1000:].all()
    assert mask.sum() == 1000
    got = unstake(x, mask, stake_threshold=1e9)
    assert (got.after.holders, got.after.stake) == (999_000, 999_000 * 998_999 / 2)
    assert got.after.gini == pytest.approx(1 / 3, abs=1e-5)


@pytest.mark.parametrize("bad", [[1, -1], [1, math.nan], [math.inf, 1], [[1, 2]], 3, ["a"], [None]])
def test_bad_stakes_are_refused(bad: object) -> None:
    calls: list[Callable[[], object]] = [
        lambda: concentration(bad),  # type: ignore[arg-type]
        lambda: leaves(bad, top=1),  # type: ignore[arg-type]
        lambda: leaves(bad, above=1),  # type: ignore[arg-type]
        lambda: leaves(bad, holders=[0]),  # type: ignore[arg-type]
        lambda: unstake(bad, [True, False]),  # type: ignore[arg-type]
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^(Stakes|A stake|Holdings|A holding) must be [^.]*\.$"):
            call()


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({}, "in one way"),
        ({"top": 1, "above": 0}, "in one way"),
        ({"top": 0, "holders": []}, "in one way"),
        ({"top": -1}, "How many leave must be a whole number of 0 or more"),
        ({"top": 1.5}, "How many leave"),
        ({"top": 2.0}, "How many leave"),
        ({"top": "2"}, "How many leave"),
        ({"above": -0.1}, "threshold must be one number of 0 NMR or more"),
        ({"above": math.nan}, "threshold must be one number"),
        ({"above": [1, 2]}, "threshold must be one number"),
        ({"above": "much"}, "threshold must be numbers"),
        ({"holders": [2]}, "not among the 2 holders"),
        ({"holders": [-1]}, "not among the 2 holders"),
        ({"holders": [0.0]}, "list of positions"),
        ({"holders": [True, False]}, "list of positions"),  # a mask is no list of positions
        ({"holders": 1}, "list of positions"),
        ({"holders": ["a"]}, "list of positions"),
    ],
)
def test_bad_choices_are_refused(choice: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message) as error:
        leaves([3, 4], **choice)  # type: ignore[arg-type]
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("bad", [[True], [], [True, False, True], [[True, False]], [0, 1], [0.0, 1.0], True])
def test_who_leaves_must_fit_the_stakes(bad: object) -> None:
    with pytest.raises(ValueError, match="one true or false per holder"):
        unstake([1, 2], bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("round_", "message"),
    [
        ({"stake_threshold": 0}, "stake threshold must be above 0"),
        ({"stake_threshold": -5}, "stake threshold must be above 0"),
        ({"stake_threshold": math.nan}, "stake threshold must be above 0"),
        ({"stake_threshold": 5, "total_at_risk": -1}, "total at risk can't be below 0"),
    ],
)
def test_bad_rounds_are_refused(round_: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        unstake([1, 2], [True, False], **round_)
