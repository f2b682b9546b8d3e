"""What holds for all weights, and what is refused."""

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.weighting import (
    account_weights,
    cap_weights,
    log_weights,
    power_weights,
    rank_account_weights,
    split_gain,
    stake_weights,
)
from tests.scoring.sentences import without_places
from tests.scoring.weighting_cases import amounts, each_alone, models, square_root, unhurried, with_zeros

BY_ACCOUNT: list[Callable[..., np.ndarray]] = [square_root, log_weights]


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
    assert without_places(caught.value) == words
