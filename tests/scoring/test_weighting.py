"""Weighting schemes: cases done by hand, a root finder, what splitting gains, and what is refused."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
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

unhurried = settings(deadline=None, max_examples=30)  # a busy machine is no failure
amounts = st.floats(0.01, 1e6)
with_zeros = st.lists(st.one_of(amounts, st.just(0.0)), min_size=1, max_size=20).filter(any)
models = st.lists(st.tuples(st.sampled_from("abcd"), amounts), min_size=1, max_size=20)


def each_alone(scheme: Callable[..., np.ndarray], **options: float) -> Callable[[np.ndarray], np.ndarray]:
    """The scheme when every stake is an account of its own."""
    return lambda stakes: scheme(stakes, range(len(stakes)), **options)


square_root = functools.partial(power_weights, exponent=0.5)
capped = functools.partial(cap_weights, cap=0.6)
BY_ACCOUNT: list[Callable[..., np.ndarray]] = [square_root, log_weights]


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
    assert type(cap_weights(frame["stake"], 0.5)) is np.ndarray
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


# ---------------------------------------------------------------- properties


@unhurried
@given(with_zeros, st.floats(0.05, 1))
def test_a_cap_holds_keeps_the_order_and_needs_no_repeating(weights: list[float], cap: float) -> None:
    if cap * np.count_nonzero(weights) < 1 - 1e-12:
        with pytest.raises(ValueError, match=r"^A cap of .* is too low: .*\.$"):
            cap_weights(weights, cap)
        return
    got = cap_weights(weights, cap)
    assert got.sum() == pytest.approx(1, abs=1e-12)
    assert (got >= 0).all()
    assert (got <= cap * (1 + 1e-12)).all()
    assert ((got == 0) == (np.array(weights) == 0)).all()
    assert (np.diff(got[np.argsort(weights)]) >= 0).all()
    for first in range(len(weights)):
        same = np.array(weights) == weights[first]
        assert (got[same] == got[first]).all()
    np.testing.assert_allclose(cap_weights(got, cap), got, rtol=1e-9)


@unhurried
@given(models, st.sampled_from(BY_ACCOUNT))
def test_weights_add_up_to_1_and_inside_an_account_go_by_stake(
    rows: list[tuple[str, float]], scheme: Callable[..., np.ndarray]
) -> None:
    accounts, stakes = zip(*rows, strict=True)
    got = scheme(stakes, accounts)
    assert got.sum() == pytest.approx(1, rel=1e-12)
    per_nmr = got / np.array(stakes)
    totals = {account: sum(s for a, s in rows if a == account) for account in accounts}
    for account, value in zip(accounts, per_nmr, strict=True):
        same = np.array(accounts) == account
        np.testing.assert_allclose(per_nmr[same], value, rtol=1e-9)
        # a larger account never has less weight, and never more of it for each NMR
        for other, theirs in zip(accounts, per_nmr, strict=True):
            if totals[other] > totals[account]:
                assert theirs <= value * (1 + 1e-9)
                assert theirs * totals[other] >= value * totals[account] * (1 - 1e-9)


@unhurried
@given(st.lists(amounts, min_size=2, max_size=10), st.integers(2, 6), st.data())
def test_splitting_pays_for_every_scheme_but_the_linear_one(
    stakes: list[float], parts: int, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(stakes) - 1))
    assert split_gain(stake_weights, stakes, index, parts) == pytest.approx(1, rel=1e-12)
    assert split_gain(each_alone(power_weights, exponent=1), stakes, index, parts) == pytest.approx(1)
    for scheme in (square_root, log_weights):
        whole = each_alone(scheme)(np.array(stakes))[index]
        gain = split_gain(each_alone(scheme), stakes, index, parts)
        assert gain > 1 or whole > 1 - 1e-6 or stakes[index] < 0.1  # what is nearly all can't grow
        assert gain >= 1 - 1e-12
    assert split_gain(each_alone(power_weights, exponent=2), stakes, index, parts) < 1 + 1e-12
    if 0.5 * len(stakes) >= 1:
        gain = split_gain(functools.partial(cap_weights, cap=0.5), stakes, index, parts)
        assert gain >= 1 - 1e-12


@unhurried
@given(models, st.integers(2, 6), st.sampled_from(BY_ACCOUNT), st.data())
def test_splitting_inside_an_account_is_in_vain(
    rows: list[tuple[str, float]], parts: int, scheme: Callable[..., np.ndarray], data: st.DataObject
) -> None:
    accounts, stakes = zip(*rows, strict=True)
    index = data.draw(st.integers(0, len(stakes) - 1))

    def of_the_same_account(held: np.ndarray) -> np.ndarray:
        return scheme(held, [*accounts, *[accounts[index]] * (len(held) - len(accounts))])

    assert split_gain(of_the_same_account, stakes, index, parts) == pytest.approx(1, rel=1e-9)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize("bad", [[1, -1], [1, math.nan], [math.inf, 1], [[1, 2]], 3, ["a"], [None]])
def test_bad_numbers_are_refused_in_one_sentence(bad: Any) -> None:
    calls: list[Callable[[], object]] = [
        lambda: stake_weights(bad),
        lambda: cap_weights(bad, 0.5),
        lambda: account_weights({"a": 1}, bad, "a"),
        lambda: power_weights(bad, "a", 0.5),
        lambda: log_weights(bad, "a"),
        lambda: split_gain(stake_weights, bad, 0, 2),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=r"^(A stake|Stakes|A weight|Weights) must be [^.]*\.$"):
            call()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cap_weights([1], 0), "A cap must be a share above 0 and at most 1."),
        (lambda: cap_weights([1], 1.01), "A cap must be a share above 0 and at most 1."),
        (lambda: cap_weights([1], math.nan), "A cap must be a share above 0 and at most 1."),
        (
            lambda: cap_weights([1, 1, 0], 0.4),
            "A cap of 40 % is too low: 2 holders with at most that much each have less than 100 % together.",
        ),
        (lambda: account_weights({"a": 1}, [1, 2], ["a", "b"]), "Account b has no weight."),
        (lambda: account_weights({"a": 1}, [1, 2], ["a"]), "1 accounts do not fit 2 stakes."),
        (lambda: account_weights({"a": 1}, [1, 2], ["a", None]), "Every stake needs an account."),
        (lambda: account_weights({"a": 1}, [1, 2], ["a", math.nan]), "Every stake needs an account."),
        (lambda: account_weights({"a": -1}, [1], ["a"]), "A weight must be a finite number of 0 or more."),
        (lambda: account_weights({"a": "x"}, [1], ["a"]), "Weights must be numbers."),  # type: ignore[dict-item]
        (lambda: power_weights([1], "a", -0.1), "An exponent must be a finite number of 0 or more."),
        (lambda: power_weights([1], "a", math.inf), "An exponent must be a finite number of 0 or more."),
        (lambda: power_weights([1], "a", math.nan), "An exponent must be a finite number of 0 or more."),
        (lambda: log_weights([1, 2], "a"), "1 accounts do not fit 2 stakes."),
        (
            lambda: rank_account_weights({"a": math.inf}),
            "A score must be a finite number, or NaN where it is missing.",
        ),
        (lambda: rank_account_weights({"a": "x"}), "The scores must be numbers."),  # type: ignore[dict-item]
        (
            lambda: split_gain(stake_weights, [1, 2], 2, 2),
            "There is no holder 2 among 2 counted from 0.",
        ),
        (
            lambda: split_gain(stake_weights, [1, 2], -1, 2),
            "There is no holder -1 among 2 counted from 0.",
        ),
        (lambda: split_gain(stake_weights, [1, 2], 0, 0), "A holder splits in 1 part or more."),
        (
            lambda: split_gain(stake_weights, [1, 2], 0, 1.5),  # type: ignore[arg-type]
            "Holders and parts are counted in whole numbers.",
        ),
        (
            lambda: split_gain(lambda stakes: stakes[:1], [1, 2], 0, 2),
            "A scheme must give one weight per stake.",
        ),
    ],
)
def test_bad_options_get_their_sentence(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        call()
    assert str(caught.value) == words
