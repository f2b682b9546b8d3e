"""The split of a change of rules into level and mix: by hand, by hypothesis, and where there is none."""

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.change.difference import account_pay, split_difference
from scoring.payout import payouts
from tests.scoring.sentences import without_places

unhurried = settings(deadline=None)  # a busy machine is no failure
pay = st.integers(-(10**9), 10**9).map(lambda thousandths: thousandths / 1000)
members = st.lists(st.tuples(pay, pay), min_size=1, max_size=30)


def columns(pairs: list[tuple[float, float]]) -> tuple[np.ndarray, np.ndarray]:
    proposed, current = np.array(pairs).T
    return proposed, current


def all_nan(values: np.ndarray, members: int) -> bool:
    return values.shape == (members,) and bool(np.isnan(values).all())


def test_three_members_by_hand() -> None:
    # the sums are 60 and 30: half of what is proposed pays out as much as now
    split = split_difference([30, 20, 10], [10, 10, 10])
    assert split.scale == 0.5
    np.testing.assert_array_equal(split.level, [15, 10, 5])
    np.testing.assert_array_equal(split.mix, [5, 0, -5])


def test_a_member_can_gain_by_the_level_and_lose_by_the_mix() -> None:
    # sums 12 and 6; the last gets 1 NMR more, and would get 1.5 less if as much was paid out as now
    split = split_difference([7, 5], [2, 4])
    assert split.scale == 0.5
    np.testing.assert_array_equal(split.level, [3.5, 2.5])
    np.testing.assert_array_equal(split.mix, [1.5, -1.5])


def test_two_burns_are_split_as_two_gains_are() -> None:
    split = split_difference([-30, -20, -10], [-10, -10, -10])
    assert split.scale == 0.5
    np.testing.assert_array_equal(split.level, [-15, -10, -5])
    np.testing.assert_array_equal(split.mix, [-5, 0, 5])


def test_gains_and_burns_together() -> None:
    split = split_difference([20, -10], [10, -5.5])  # sums 10 and 4.5
    assert split.scale == 0.45
    np.testing.assert_allclose(split.level, [11, -5.5])
    np.testing.assert_allclose(split.mix, [-1, 1])


def test_a_rule_that_multiplies_every_payout_has_no_mix() -> None:
    current = np.array([3.0, -1.0, 0.0, 12.5])
    split = split_difference(4 * current, current)
    assert split.scale == 0.25
    np.testing.assert_array_equal(split.level, 3 * current)
    np.testing.assert_array_equal(split.mix, np.zeros(4))


def test_a_rule_that_only_moves_pay_has_no_level() -> None:
    split = split_difference([1, 2, 3], [3, 2, 1])
    assert split.scale == 1
    np.testing.assert_array_equal(split.level, [0, 0, 0])
    np.testing.assert_array_equal(split.mix, [-2, 0, 2])


def test_the_scale_is_the_payout_factor_that_would_undo_the_level() -> None:
    scores = np.array([[0.01, 0.02], [0.02, 0.0], [0.01, 0.005]])
    stake = np.array([100.0, 50.0, 10.0])
    proposed, current = (payouts(scores, rule, stake, clip=np.inf) for rule in ([1, 3], [2, 1]))
    split = split_difference(proposed, current)
    scaled = payouts(scores, [1, 3], stake, factor=split.scale, clip=np.inf)
    assert scaled.sum() == pytest.approx(current.sum(), rel=1e-12)
    np.testing.assert_allclose(split.mix, scaled - current, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("proposed", "current"),
    [
        pytest.param([1, 2], [-1, -2], id="a gain for a burn"),
        pytest.param([-1, -2], [1, 2], id="a burn for a gain"),
        pytest.param([1, -1], [1, 2], id="nothing proposed in all"),
        pytest.param([1, 2], [1, -1], id="nothing now in all"),
        pytest.param([0, 0], [0, 0], id="nothing at all"),
        pytest.param([0.1, 0.2, -0.3], [1, 2, 3], id="nothing but rounding proposed"),
        pytest.param([1, 2, 3], [1e6, 0.1, -1e6 - 0.1 + 1e-6], id="next to nothing now"),
    ],
)
def test_without_a_scale_there_is_no_split(proposed: list[float], current: list[float]) -> None:
    split = split_difference(proposed, current)
    assert math.isnan(split.scale)
    assert all_nan(split.level, len(proposed))
    assert all_nan(split.mix, len(proposed))


def test_no_members_have_no_split() -> None:
    split = split_difference([], [])
    assert math.isnan(split.scale)
    assert split.level.shape == split.mix.shape == (0,)


def test_small_sums_that_do_not_cancel_are_split_like_large_ones() -> None:
    for unit in (1e-12, 1e-200):
        split = split_difference([3 * unit, unit], [unit, unit])
        assert split.scale == pytest.approx(0.5)
        np.testing.assert_allclose(split.mix, [unit / 2, -unit / 2])


def test_series_are_numbers_and_stay_as_they_were() -> None:
    proposed = pd.Series([30, 20, 10], index=["quiet_heron", "loud_heron", "late_heron"])
    current = pd.Series([10, 10, 10], index=["late_heron", "loud_heron", "quiet_heron"])
    split = split_difference(proposed, current)
    # 60 proposed and 30 now: half of 30, 20 and 10, less 10 of each, member by member
    pd.testing.assert_series_equal(split.mix, pd.Series([5.0, 0, -5], index=proposed.index))
    pd.testing.assert_series_equal(split.level, proposed / 2)
    assert proposed.tolist() == [30, 20, 10]
    assert current.tolist() == [10, 10, 10]


def test_a_split_can_not_be_changed() -> None:
    split = split_difference([3], [1])
    with pytest.raises(dataclasses.FrozenInstanceError):
        split.scale = 1.0  # type: ignore[misc]


@unhurried
@given(members)
def test_level_and_mix_add_up_to_the_difference_and_the_mix_to_0(pairs: list[tuple[float, float]]) -> None:
    proposed, current = columns(pairs)
    split = split_difference(proposed, current)
    if math.isnan(split.scale):
        sums, sizes = (proposed.sum(), current.sum()), (abs(proposed).sum(), abs(current).sum())
        assert np.prod(np.sign(sums)) <= 0 or any(
            abs(total) <= 1.1e-9 * size for total, size in zip(sums, sizes, strict=True)
        )
        return
    assert split.scale > 0
    size = max(1.0, split.scale) * (abs(proposed).sum() + abs(current).sum())
    np.testing.assert_allclose(split.level + split.mix, proposed - current, rtol=0, atol=1e-14 * size)
    assert abs(math.fsum(split.mix)) <= 1e-14 * size
    assert math.fsum(split.level) == pytest.approx(proposed.sum() - current.sum(), abs=1e-14 * size)


@unhurried
@given(members, st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_mix_does_not_care_how_much_the_proposed_rule_pays(
    pairs: list[tuple[float, float]], times: float
) -> None:
    proposed, current = columns(pairs)
    once, often = split_difference(proposed, current), split_difference(times * proposed, current)
    np.testing.assert_array_equal(often.scale * times, once.scale)
    np.testing.assert_array_equal(often.mix, once.mix)


@pytest.mark.parametrize(
    ("proposed", "current", "words"),
    [
        ("much", [1], "The proposed pay must be numbers."),
        ([1], ["little"], "The current pay must be numbers."),
        ([1, 2], [1], "A difference needs the pay of the same members under both rules."),
        ([[1, 2]], [[1, 2]], "A difference needs the pay of the same members under both rules."),
        (1, 2, "A difference needs the pay of the same members under both rules."),
        ([1, math.nan], [1, 2], "The pay of every member must be a finite number."),
        ([1, 2], [1, math.nan], "The pay of every member must be a finite number."),
        ([1, math.inf], [1, 2], "The pay of every member must be a finite number."),
        ([1, 2], [-math.inf, 2], "The pay of every member must be a finite number."),
    ],
)
def test_bad_input_gets_its_sentence(proposed: Any, current: Any, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        split_difference(proposed, current)
    assert without_places(caught.value) == words


# ---------------------------------------------------------------- rows added up by account and period


def test_rows_add_up_by_account_and_period_in_any_order() -> None:
    rows = pd.DataFrame(
        [(0, 1, 5.0, 2.0), (2, 0, 1.0, 1.5), (0, 0, 1.0, 4.0), (0, 1, 1.0, 1.0), (2, 2, math.nan, 9.0)],
        columns=["account", "period", "old", "new"],
    )
    pay = account_pay(rows["old"], rows["new"], rows["account"], rows["period"], number=4)
    np.testing.assert_array_equal(pay.old, [7, 0, 1, 0])
    np.testing.assert_array_equal(pay.new, [7, 0, 1.5, 0])
    np.testing.assert_array_equal(pay.difference, [0, 0, 0.5, 0])
    np.testing.assert_array_equal(pay.by_period, [[3, -3, 0], [0, 0, 0], [0.5, 0, 0], [0, 0, 0]])
    np.testing.assert_array_equal(pay.rows, [3, 0, 1, 0])
    np.testing.assert_array_equal(pay.there, np.array([[1, 1, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]]) > 0)
    assert pay.left_out == 1
    assert account_pay([1, 1], [1, 1], [0, 5], [0, 0]).old.shape == (6,)


def test_a_row_left_out_is_not_there() -> None:
    pay = account_pay([math.nan, 1], [1, 1], [0, 0], [0, 1])
    np.testing.assert_array_equal(pay.there, [[False, True]])
    assert pay.left_out == 1


def test_no_rows_are_no_periods() -> None:
    pay = account_pay([], [], [], [])
    assert pay.by_period.shape == (0, 0)
    assert pay.old.shape == pay.rows.shape == (0,)
    assert pay.there.shape == (0, 0)
    assert account_pay([], [], [], [], number=2).by_period.shape == (2, 0)


def test_a_difference_of_rounding_is_none() -> None:
    # the sums are 0.6 and 0.6000000000000001
    pay = account_pay([0.3, 0.2, 0.1], [0.1, 0.2, 0.3], [0, 0, 0], [0, 1, 2])
    assert pay.old[0] != pay.new[0]
    assert pay.difference.tolist() == [0]
    # what is left of large sums that cancel is rounding too, but not what stands beside small ones
    pay = account_pay([1e9, -1e9, 1, 0], [1e9, -1e9, 1, 1e-9], [0, 0, 1, 1], [0, 1, 0, 1])
    assert pay.difference.tolist() == [0, pytest.approx(1e-9)]
    pay = account_pay([1e9, -1e9], [1e9, -1e9 + 1e-6], [0, 0], [0, 1])
    assert pay.difference.tolist() == [0]


@unhurried
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), pay, pay), min_size=1, max_size=40))
def test_rows_add_up_as_in_pandas(rows: list[tuple[int, int, float, float]]) -> None:
    frame = pd.DataFrame(rows, columns=["account", "period", "old", "new"])
    got = account_pay(frame["old"], frame["new"], frame["account"], frame["period"], number=6)
    for values, name in ((got.old, "old"), (got.new, "new")):
        expected = frame.groupby("account")[name].sum().reindex(range(6), fill_value=0)
        np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-6)
    cells = (frame["new"] - frame["old"]).groupby([frame["account"], frame["period"]]).sum().unstack()
    cells = cells.reindex(range(6)).reindex(columns=range(frame["period"].max() + 1)).fillna(0)
    np.testing.assert_allclose(got.by_period, cells, rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(got.rows, frame["account"].value_counts().reindex(range(6), fill_value=0))


@pytest.mark.parametrize(
    ("rows", "number", "words"),
    [
        (("x", [1], [0], [0]), None, "The old pay must be numbers."),
        (([1], "x", [0], [0]), None, "The new pay must be numbers."),
        (([1], [math.inf], [0], [0]), None, "Pay must be a finite number, or NaN where it is not known."),
        (
            ([-math.inf], [-math.inf], [0], [0]),
            None,
            "Pay must be a finite number, or NaN where it is not known.",
        ),
        (
            ([1], [1, 2], [0], [0]),
            None,
            "Every row needs its pay under both rules, an account and a period.",
        ),
        (
            ([1, 2], [1, 2], [0], [0, 1]),
            None,
            "Every row needs its pay under both rules, an account and a period.",
        ),
        (
            ([[1]], [[1]], [[0]], [[0]]),
            None,
            "Every row needs its pay under both rules, an account and a period.",
        ),
        (([1], [1], ["heron"], [0]), None, "The accounts must be counted in whole numbers from 0."),
        (([1], [1], [-1], [0]), None, "The accounts must be counted in whole numbers from 0."),
        (([1], [1], [0], [0.5]), None, "The periods must be counted in whole numbers from 0."),
        (([1], [1], [0], [-3]), None, "The periods must be counted in whole numbers from 0."),
        (([1], [1], [3], [0]), 3, "A row names account 3, but there are 3 accounts counted from 0."),
    ],
)
def test_bad_rows_get_their_sentence(rows: Any, number: int | None, words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        account_pay(*rows, number=number)
    assert without_places(caught.value) == words
