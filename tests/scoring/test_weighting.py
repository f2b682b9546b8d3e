"""Weights by hand, their edges, and as a root finder and pandas have them."""

import functools
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from scoring.weighting import (
    account_weights,
    cap_weights,
    log_weights,
    power_weights,
    rank_account_weights,
    split_gain,
    stake_weights,
)
from tests.scoring.weighting_cases import each_alone, models, square_root, unhurried, with_zeros

capped = functools.partial(cap_weights, cap=0.6)


# ---------------------------------------------------------------- by hand


def test_stake_weights_by_hand() -> None:
    np.testing.assert_array_equal(stake_weights([1, 0, 3]), [0.25, 0, 0.75])


@pytest.mark.parametrize(
    ("weights", "cap", "expected"),
    [
        ([50, 30, 20], 1, [0.5, 0.3, 0.2]),
        ([50, 30, 20], 0.5, [0.5, 0.3, 0.2]),
        ([50, 30, 20], 0.4, [0.4, 0.36, 0.24]),  # 0.6 is left for 30 and 20
        ([50, 30, 20], 0.35, [0.35, 0.35, 0.3]),  # scaled to 0.39, the second is capped as well
        ([20, 50, 30], 0.35, [0.3, 0.35, 0.35]),
        ([50, 30, 20], 1 / 3, [1 / 3, 1 / 3, 1 / 3]),
        ([0, 3, 1], 0.6, [0, 0.6, 0.4]),
        ([0, 3, 1], 0.5, [0, 0.5, 0.5]),
        ([4, 4, 2], 0.38, [0.38, 0.38, 0.24]),  # a tie is capped together
        ([7], 1, [1]),
    ],
)
def test_cap_by_hand(weights: list[float], cap: float, expected: list[float]) -> None:
    np.testing.assert_allclose(cap_weights(weights, cap), expected, rtol=1e-14)


@pytest.mark.parametrize("holders", [3, 7, 49, 98, 1000])
def test_a_cap_that_just_fits_makes_all_equal(holders: int) -> None:
    # 49 x (1 / 49) is not quite 1
    got = cap_weights(np.arange(1, holders + 1), 1 / holders)
    np.testing.assert_allclose(got, np.full(holders, 1 / holders), rtol=1e-12)


def test_account_weights_by_hand() -> None:
    # 0.02 for an account that splits 90 to 10 gives 0.018 and 0.002, not 0.18
    got = account_weights({"heron": 0.02, "tern": 0.98}, [90, 10, 5], ["heron", "heron", "tern"])
    np.testing.assert_allclose(got, [0.018, 0.002, 0.98], rtol=1e-14)
    # an account without stake is dropped, and one without models; the others share 0.8
    given_out = {"heron": 0.5, "tern": 0.3, "crane": 0.1, "stork": 0.1}
    got = account_weights(given_out, [1, 3, 0, 2], ["heron", "heron", "crane", "tern"])
    np.testing.assert_allclose(got, [0.5 / 0.8 / 4, 0.5 / 0.8 * 3 / 4, 0, 0.3 / 0.8], rtol=1e-14)
    # ranks as they come are made to add up to 1
    np.testing.assert_allclose(account_weights({1: 3, 2: 1}, [8, 1, 1], [1, 2, 2]), [0.75, 0.125, 0.125])


def test_power_and_log_by_hand() -> None:
    stakes, accounts = [1, 3, 16], ["heron", "heron", "tern"]  # 4 and 16: roots of 2 and 4
    np.testing.assert_allclose(power_weights(stakes, accounts, 0.5), [1 / 12, 3 / 12, 2 / 3], rtol=1e-14)
    np.testing.assert_allclose(power_weights(stakes, accounts, 1), [0.05, 0.15, 0.8], rtol=1e-14)
    np.testing.assert_allclose(power_weights(stakes, accounts, 2), [1 / 68, 3 / 68, 16 / 17], rtol=1e-14)
    np.testing.assert_allclose(power_weights([1, 3, 16, 0], "hhtc", 0), [1 / 8, 3 / 8, 1 / 2, 0], rtol=1e-14)
    half = (math.e - 1) / 2  # both together ln(e), the other ln(e ** 2)
    np.testing.assert_allclose(log_weights([half, half, math.e**2 - 1], "aab"), [1 / 6, 1 / 6, 2 / 3])


def test_rank_weights_by_hand() -> None:
    got = rank_account_weights({"heron": 0.3, "tern": -0.1, "crane": 0.2})
    assert got == pytest.approx({"heron": 3 / 6, "tern": 1 / 6, "crane": 2 / 6})
    tied = rank_account_weights({"heron": 0.2, "tern": 0.1, "crane": 0.2})
    assert tied == pytest.approx({"heron": 2.5 / 6, "tern": 1 / 6, "crane": 2.5 / 6})
    unranked = rank_account_weights({"heron": math.nan, "tern": 0.1, "crane": 0.2})
    assert unranked == pytest.approx({"heron": 0, "tern": 1 / 3, "crane": 2 / 3})
    assert rank_account_weights({"heron": -5}) == {"heron": 1}
    assert rank_account_weights({}) == {}
    assert math.isnan(rank_account_weights({"heron": math.nan})["heron"])


@pytest.mark.parametrize(
    ("scheme", "stakes", "index", "parts", "expected"),
    [
        (stake_weights, [3, 1], 0, 3, 1),
        (capped, [3, 1], 0, 3, 0.75 / 0.6),
        (capped, [1, 3, 1], 1, 1, 1),
        (each_alone(square_root), [1, 1], 0, 4, (2 / 3) / (1 / 2)),
        (each_alone(square_root), [1, 1], 1, 4, (2 / 3) / (1 / 2)),
        (each_alone(power_weights, exponent=2), [2, 2], 0, 2, (2 / 6) / (1 / 2)),
        (each_alone(power_weights, exponent=0), [5, 1], 0, 3, (3 / 4) / (1 / 2)),
    ],
)
def test_what_splitting_gains_by_hand(
    scheme: Callable[..., np.ndarray], stakes: list[float], index: int, parts: int, expected: float
) -> None:
    assert split_gain(scheme, stakes, index, parts) == pytest.approx(expected, rel=1e-14)


def test_the_parts_stand_where_the_holder_stood_and_at_the_end() -> None:
    seen = []

    def scheme(stakes: np.ndarray) -> np.ndarray:
        seen.append(stakes.tolist())
        return stakes

    assert split_gain(scheme, [5, 6, 7], 1, 3) == 1
    assert seen == [[5, 6, 7], [5, 2, 7, 2, 2]]


# ---------------------------------------------------------------- edges


def test_nobody_and_nothing_are_undefined() -> None:
    for empty in (stake_weights([]), cap_weights([], 0.1), account_weights({}, [], []), log_weights([], [])):
        assert empty.shape == (0,)
    for nothing in (
        stake_weights([0, 0]),
        cap_weights([0, 0], 0.1),
        account_weights({"a": 1}, [0, 0], "aa"),
        account_weights({"a": 0, "b": 1}, [3, 0], "ab"),  # who has weight has no stake
        account_weights({"a": 0}, [1, 2], "aa"),
        square_root([0, 0], "ab"),
        log_weights([0, 0], "ab"),
    ):
        assert nothing.shape == (2,)
        assert np.isnan(nothing).all()
    assert math.isnan(split_gain(stake_weights, [0, 0], 0, 2))
    assert math.isnan(split_gain(stake_weights, [0, 1], 0, 2))


@pytest.mark.parametrize("unit", [1e-300, 1e307])
def test_no_amount_is_too_large_or_small(unit: float) -> None:
    x = np.array([7.0, 8, 9, 17])  # the sum of the largest is beyond what a float can hold
    np.testing.assert_allclose(stake_weights(x * unit), stake_weights(x), rtol=1e-12)
    np.testing.assert_allclose(cap_weights(x * unit, 0.3), cap_weights(x, 0.3), rtol=1e-12)
    np.testing.assert_allclose(square_root(x * unit, "abcd"), square_root(x, "abcd"), rtol=1e-12)
    given_out = dict.fromkeys("ab", unit)
    np.testing.assert_allclose(
        account_weights(given_out, x * unit, "aabb"), [7 / 30, 8 / 30, 9 / 52, 17 / 52]
    )


def test_a_dwarf_beside_giants_keeps_its_proportion() -> None:
    got = cap_weights([1e12, 1e12, 1e-3, 3e-3], 0.3)
    np.testing.assert_allclose(got, [0.3, 0.3, 0.1, 0.3], rtol=1e-12)


def test_series_are_numbers_and_stay_as_they_were() -> None:
    frame = pd.DataFrame({"stake": [3.0, 1.0, 4.0], "account": ["b", "a", "b"]}, index=[7, 7, 1])
    assert cap_weights(frame["stake"], 0.5).index.tolist() == [7, 7, 1]  # type: ignore[attr-defined]
    np.testing.assert_allclose(cap_weights(frame["stake"], 0.5), cap_weights([3, 1, 4], 0.5))
    np.testing.assert_allclose(square_root(frame["stake"], frame["account"]), square_root([3, 1, 4], "bab"))
    split_gain(stake_weights, frame["stake"], 0, 2)
    assert frame["stake"].tolist() == [3, 1, 4]


# ---------------------------------------------------------------- a root finder, and pandas


@unhurried
@given(with_zeros, st.floats(0.01, 1))
def test_water_fills_to_the_level_a_root_finder_finds(weights: list[float], cap: float) -> None:
    shares = np.array(weights) / sum(weights)
    holders = np.count_nonzero(shares)
    if cap * holders < 1.0001:
        return
    highest = 1.01 * cap / shares[shares > 0].min()
    level = brentq(lambda level: np.minimum(cap, level * shares).sum() - 1, 0, highest, xtol=1e-300)
    np.testing.assert_allclose(cap_weights(weights, cap), np.minimum(cap, level * shares), atol=1e-9)


@pytest.mark.slow
@unhurried
@given(models, st.floats(0.1, 3))
def test_powers_are_what_pandas_makes_of_them(rows: list[tuple[str, float]], exponent: float) -> None:
    frame = pd.DataFrame(rows, columns=["account", "stake"])
    total = frame.groupby("account")["stake"].sum()
    of_account = total**exponent / (total**exponent).sum()
    inside = frame["stake"] / frame["account"].map(total)
    expected = frame["account"].map(of_account) * inside
    np.testing.assert_allclose(power_weights(frame["stake"], frame["account"], exponent), expected, rtol=1e-9)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20))
def test_ranks_are_those_of_pandas(scores: list[float]) -> None:
    series = pd.Series(scores)
    expected = series.rank() / series.rank().sum()
    got = rank_account_weights(dict(series.items()))
    assert list(got.values()) == pytest.approx(expected.tolist(), rel=1e-12)
