"""Who gains and loses: by hand, edges, pandas, and what is refused."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.change.softening import softening_costs
from scoring.change.transition import (
    by_stake_decile,
    gains,
    losing_share,
    transition,
)
from tests.scoring.change.transition_cases import ACCOUNT, NEW, OLD, PERIOD, as_rows, rng

unhurried = settings(deadline=None, max_examples=30)  # a busy machine is no failure
pay = st.integers(-(10**6), 10**6).map(lambda thousandths: thousandths / 1000)
rows = st.lists(st.tuples(st.integers(0, 4), pay, pay), min_size=1, max_size=40)
staked = st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 12)), min_size=1, max_size=60)


# ---------------------------------------------------------------- by hand


def test_gains_of_three_accounts_by_hand() -> None:
    got = gains(OLD, NEW, ACCOUNT)
    np.testing.assert_array_equal(got.old, [10, 10, 4])
    np.testing.assert_array_equal(got.new, [5, 11, 2])
    np.testing.assert_array_equal(got.difference, [-5, 1, -2])
    # 24 in all before and 18 after: scaled up by a third, the new rule would move 14/3 to the second
    assert got.split.scale == pytest.approx(4 / 3)
    np.testing.assert_allclose(got.split.level, [-5 / 3, -11 / 3, -2 / 3])
    np.testing.assert_allclose(got.split.mix, [-10 / 3, 14 / 3, -4 / 3])
    assert (got.winners, got.losers, got.left_out) == (1, 2, 0)
    np.testing.assert_array_equal(got.rows, [4, 4, 3])


def test_everything_at_once_by_hand() -> None:
    got = transition(OLD, NEW, ACCOUNT, PERIOD, [100, 40, 0], notice=2, phase_in=4, grandfather=4)
    np.testing.assert_array_equal(got.gains.difference, [-5, 1, -2])
    np.testing.assert_array_equal(got.deciles.difference, [-2, 1, -5])
    assert (got.costs.notice.cost, got.costs.phase_in.cost, got.costs.grandfather.cost) == (6, 5.25, 4)
    assert got.costs.compensation == 7


def test_deciles_by_hand() -> None:
    stakes = np.arange(20.0, 0, -1)  # 20 down to 1: two accounts in each tenth
    difference = np.zeros(20)
    difference[[0, 1, 2, 19]] = [-3, -6, 2, 1]
    got = by_stake_decile(difference, stakes)
    np.testing.assert_array_equal(got.decile, range(1, 11))
    np.testing.assert_array_equal(got.accounts, [2] * 10)
    np.testing.assert_array_equal(got.stake, range(3, 40, 4))
    np.testing.assert_array_equal(got.difference, [1, 0, 0, 0, 0, 0, 0, 0, 2, -9])
    np.testing.assert_array_equal(got.winners, [1, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    np.testing.assert_array_equal(got.losers, [0] * 9 + [2])
    np.testing.assert_allclose(got.per_stake, [1 / 3, *[0] * 7, 2 / 35, -9 / 39])


def test_equal_stakes_stay_together() -> None:
    # 12 accounts: the tie of eight lies at places 1 to 8, its middle in the fourth tenth
    got = by_stake_decile(np.ones(12), [5] * 8 + [6, 7, 8, 9])
    np.testing.assert_array_equal(got.decile, [4, 8, 9, 10])
    np.testing.assert_array_equal(got.accounts, [8, 2, 1, 1])
    np.testing.assert_array_equal(got.stake, [40, 13, 8, 9])
    alike = by_stake_decile([1, -1, 0], [0, 0, 0])
    assert (alike.accounts.tolist(), alike.winners.tolist(), alike.losers.tolist()) == ([3], [1], [1])
    assert math.isnan(alike.per_stake[0])


def test_fewer_than_ten_accounts_are_a_group_each() -> None:
    got = by_stake_decile([1, -2, 3], [30, 10, 20])
    np.testing.assert_array_equal(got.decile, [1, 2, 3])
    np.testing.assert_array_equal(got.difference, [-2, 3, 1])
    np.testing.assert_allclose(got.per_stake, [-0.2, 0.15, 1 / 30])


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0, 3 / 4), (0.05, 3 / 4), (0.06, 2 / 4), (0.1, 1 / 4), (0.5, 0)]
)
def test_losing_share_by_hand(threshold: float, expected: float) -> None:
    # losses of 10 %, 5.5 % and 50 % of the stake, a gain, and one without a stake
    got = losing_share([-1, -5.5, -0.5, 3, -9], [10, 100, 1, 1, 0], threshold)
    assert got == expected


# ---------------------------------------------------------------- edges


def test_nobody_is_undefined_and_nothing_is_nobodys_loss() -> None:
    nobody = transition([], [], [], [], [])
    assert nobody.gains.difference.shape == nobody.deciles.stake.shape == (0,)
    assert (nobody.gains.winners, nobody.gains.losers, nobody.costs.compensation) == (0, 0, 0)
    assert math.isnan(nobody.gains.split.scale)
    assert math.isnan(losing_share([], []))
    assert math.isnan(losing_share([-1], [0]))
    unmoved = transition([0, 0], [0, 0], [0, 1], [0, 0], [1, 2])
    assert (unmoved.gains.winners, unmoved.gains.losers) == (0, 0)
    assert np.isnan(unmoved.gains.split.mix).all()
    assert losing_share(unmoved.gains.difference, [1, 2]) == 0


def test_one_account() -> None:
    got = transition([2, 3], [1, 1], [0, 0], [1, 0], [10], notice=1)
    assert got.gains.difference.tolist() == [-3]
    np.testing.assert_allclose(got.gains.split.mix, [0], atol=1e-15)
    assert (got.deciles.decile.tolist(), got.deciles.per_stake.tolist()) == ([1], [-0.3])
    assert (got.costs.notice.cost, got.costs.notice.losers) == (2, 1)


def test_rows_without_a_known_pay_are_left_out_and_counted() -> None:
    got = transition([1, math.nan, 5, 5], [2, 9, math.nan, 4], [0, 0, 1, 2], [0, 0, 0, 0], [1, 2, 3])
    assert got.gains.left_out == 2
    np.testing.assert_array_equal(got.gains.difference, [1, 0, -1])
    np.testing.assert_array_equal(got.gains.rows, [1, 0, 1])
    # the second account is unknown, not unchanged: it is in no decile
    np.testing.assert_array_equal(got.deciles.stake, [1, 3])
    np.testing.assert_array_equal(got.deciles.accounts, [1, 1])


def test_sums_of_different_signs_have_no_mix() -> None:
    got = gains([1, 2], [-1, -2], [0, 1])
    assert np.isnan([got.split.scale, *got.split.level, *got.split.mix]).all()
    np.testing.assert_array_equal(got.difference, [-2, -4])


# ---------------------------------------------------------------- pandas


@pytest.mark.slow
@unhurried
@given(rows)
def test_gains_are_those_of_pandas(of: list[tuple[int, float, float]]) -> None:
    frame = pd.DataFrame(of, columns=["account", "old", "new"])
    sums = frame.groupby("account").sum()
    got = gains(frame["old"], frame["new"], frame["account"])
    np.testing.assert_allclose(got.old[sums.index], sums["old"], rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(got.difference[sums.index], sums["new"] - sums["old"], atol=1e-6)
    assert got.losers == (sums["new"] - sums["old"] < -1e-6).sum()
    assert got.winners == (sums["new"] - sums["old"] > 1e-6).sum()
    if not math.isnan(got.split.scale):
        size = max(1.0, got.split.scale) * (frame["old"].abs().sum() + frame["new"].abs().sum())
        assert got.split.mix.sum() == pytest.approx(0, abs=1e-12 * size)
        np.testing.assert_allclose(got.split.level + got.split.mix, got.difference, atol=1e-11 * size)


@pytest.mark.slow
@unhurried
@given(staked)
def test_deciles_are_those_of_pandas(of: list[tuple[int, int]]) -> None:
    frame = pd.DataFrame(of, columns=["difference", "stake"]).astype(float)
    place = frame["stake"].rank() - 0.5  # ties share the middle
    groups = min(10, len(frame))
    frame["decile"] = np.floor(groups * place / len(frame) + 1e-9).astype(int) + 1
    expected = frame.groupby("decile").agg(
        accounts=("stake", "size"), stake=("stake", "sum"), difference=("difference", "sum")
    )
    got = by_stake_decile(frame["difference"], frame["stake"])
    np.testing.assert_array_equal(got.decile, expected.index)
    for name in expected:
        np.testing.assert_array_equal(getattr(got, name), expected[name])
    assert got.winners.sum() == (frame["difference"] > 0).sum()
    assert got.losers.sum() == (frame["difference"] < 0).sum()


# ---------------------------------------------------------------- properties


@pytest.mark.slow
@unhurried
@given(staked, st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(of: list[tuple[int, int]], random: object) -> None:
    shuffled = list(of)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (by_stake_decile(*np.array(pairs, dtype=float).T) for pairs in (of, shuffled))
    for name in ("decile", "accounts", "stake", "difference", "winners", "losers", "per_stake"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@unhurried
@given(staked, st.floats(0, 2), st.floats(0, 2))
def test_fewer_lose_more(of: list[tuple[int, int]], one: float, other: float) -> None:
    difference, stakes = np.array(of, dtype=float).T
    if stakes.any():
        assert losing_share(difference, stakes, max(one, other)) <= losing_share(
            difference, stakes, min(one, other)
        )


def test_all_at_once_is_the_same_as_one_by_one() -> None:
    source = rng(3)
    table = source.normal(0, 1, (30, 12))
    of, stakes = as_rows(table), source.lognormal(2, 2, 30)
    got = transition(*of, stakes, notice=2, phase_in=3, grandfather=4)
    alone = gains(*of[:3])
    np.testing.assert_array_equal(got.gains.difference, alone.difference)
    np.testing.assert_array_equal(got.gains.split.mix, alone.split.mix)
    np.testing.assert_array_equal(
        got.deciles.difference, by_stake_decile(alone.difference, stakes).difference
    )
    costs = softening_costs(*of, notice=2, phase_in=3, grandfather=4)
    np.testing.assert_array_equal(got.costs.together.cost_by_period, costs.together.cost_by_period)
    mixed = source.permutation(len(of[0]))
    again = transition(*(values[mixed] for values in of), stakes, notice=2, phase_in=3, grandfather=4)
    np.testing.assert_allclose(again.gains.difference, got.gains.difference, atol=1e-12)
    assert again.costs.together.saved == pytest.approx(got.costs.together.saved)
