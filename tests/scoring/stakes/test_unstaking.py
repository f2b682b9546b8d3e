"""Holders who leave: by hand, and on a real leaderboard."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.concentration import (
    concentration,
)
from scoring.stakes.unstaking import leaves, unstake

SAMPLE = Path(__file__).parents[3] / "data" / "sample"


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"top": 0}, ""),
        ({"top": 1}, "b"),
        ({"top": 2}, "bd"),  # of three equal ones the first in the list
        ({"top": 3}, "bde"),
        ({"top": np.int64(4)}, "bdef"),
        ({"top": 6}, "abcdef"),
        ({"top": 10**30}, "abcdef"),
        ({"above": 0}, "abdef"),
        ({"above": 4}, "b"),  # strictly
        ({"above": 3.99}, "bdef"),
        ({"above": 9}, ""),
        ({"above": math.inf}, ""),
        ({"holders": []}, ""),
        ({"holders": [2, 0, 2]}, "ac"),
        ({"holders": np.array([5], dtype=np.uint8)}, "f"),
    ],
)
def test_who_leaves_by_hand(choice: dict[str, object], expected: str) -> None:
    mask = leaves([1, 9, 0, 4, 4, 4], **choice)  # type: ignore[arg-type]
    assert mask.dtype == np.bool_
    assert "".join(np.array(list("abcdef"))[mask]) == expected


def test_the_largest_two_of_four() -> None:
    got = unstake([10, 50, 30, 10], [False, True, True, False], total_at_risk=80, stake_threshold=20)
    assert dataclasses.astuple(got.before) == pytest.approx((4, 100, 0.35, 1 / 0.36, 2))
    assert dataclasses.astuple(got.after) == pytest.approx((2, 20, 0, 2, 2))
    assert got.share_left == pytest.approx(0.8)
    assert got.factor_before == pytest.approx(20 / 80)
    assert got.factor_after == 1  # 16 of 80 remain at risk, which is below the threshold
    assert got.pay_ratio == pytest.approx(4)
    assert got.weight_ratio == pytest.approx(5)  # 10 of 100 becomes 10 of 20


def test_part_of_the_total_at_risk_leaves_with_the_stake() -> None:
    got = unstake([30, 70], [True, False], total_at_risk=50, stake_threshold=7)
    assert got.factor_before == pytest.approx(7 / 50)
    assert got.factor_after == pytest.approx(7 / 35)
    assert got.pay_ratio == pytest.approx(100 / 70)


def test_the_sum_of_stakes_is_at_risk_unless_told() -> None:
    got = unstake([30, 70], [True, False], stake_threshold=35)
    assert (got.factor_before, got.factor_after) == pytest.approx((0.35, 0.5))
    assert got == unstake([30, 70], [True, False], total_at_risk=100, stake_threshold=35)


def test_those_who_leave_are_no_holders_of_nothing() -> None:
    got = unstake([9, 1, 1, 0], [True, False, False, False])
    assert dataclasses.astuple(got.after) == pytest.approx((3, 2, 1 / 3, 2, 2))


def test_a_rule_without_a_threshold_pays_in_full() -> None:
    got = unstake([30, 70], [False, True], total_at_risk=1e9)
    assert (got.factor_before, got.factor_after, got.pay_ratio) == (1, 1, 1)
    assert got.weight_ratio == pytest.approx(100 / 30)


def test_concentration_by_hand() -> None:
    assert dataclasses.astuple(concentration([0, 3, 1])) == pytest.approx((3, 4, 1 / 2, 1.6, 1))


# ---------------------------------------------------------------- a real leaderboard


def by_unit(unit: str) -> np.ndarray:
    frame = pd.read_csv(SAMPLE / "leaderboard_2022-12-22.csv.gz")
    frame = frame[frame["nmr_staked"] > 0]
    return np.asarray(frame.groupby(unit)["nmr_staked"].sum())


@pytest.mark.parametrize(
    ("unit", "before", "after", "share", "factor", "ratio"),
    [
        ("model", (6264, 918758, 0.926, 192, 72), (6244, 674565, 0.906, 337, 120), 0.266, 0.493, 1.362),
        ("account", (4227, 918758, 0.934, 30, 40), (4207, 541416, 0.898, 314, 110), 0.411, 0.614, 1.697),
    ],
)
def test_the_twenty_largest_of_december_2022(
    unit: str, before: tuple[float, ...], after: tuple[float, ...], share: float, factor: float, ratio: float
) -> None:
    rounds = pd.read_csv(SAMPLE / "rounds_2022-12-22.csv")
    paid = rounds[rounds["payout_factor"] > 0].iloc[-1]
    assert paid["round"] == 379
    stakes = by_unit(unit)
    got = unstake(
        stakes,
        leaves(stakes, top=20),
        total_at_risk=paid["total_at_risk_nmr"],
        stake_threshold=paid["stake_threshold_nmr"],
    )
    for found, told in ((got.before, before), (got.after, after)):
        of_holders, stake, of_gini, effective, half = told
        assert (found.holders, found.half) == (of_holders, half)
        assert found.stake == pytest.approx(stake, abs=0.5)
        assert found.gini == pytest.approx(of_gini, abs=5e-4)
        assert found.effective_number == pytest.approx(effective, abs=0.5)
    assert got.share_left == pytest.approx(share, abs=5e-4)
    assert got.factor_before == pytest.approx(paid["payout_factor"], rel=1e-6)  # as the API told it
    assert got.factor_after == pytest.approx(factor, abs=5e-4)
    # the factor stays below 1, so pay and weight grow alike
    assert got.pay_ratio == pytest.approx(ratio, abs=5e-4)
    assert got.weight_ratio == pytest.approx(got.pay_ratio, rel=1e-12)
