"""A stake that grows: shapes, what always holds, and what is refused."""

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.change.staking import StakePath, follow_stake
from tests.scoring.change.staking_histories import (
    ARRAYS,
    amounts,
    decimals,
    histories,
)
from tests.scoring.sentences import without_places

unhurried = settings(deadline=None)  # a busy machine is no failure


def follow(history: dict, **changed: Any) -> StakePath:
    told = history | changed
    return follow_stake(
        told["rates"],
        told["opened"],
        told["resolves"],
        told["stake"],
        fraction=told["fractions"],
        added=told["added"],
        compounding=told["compounding"],
    )


# ---------------------------------------------------------------- shapes and kinds


def test_rules_by_models_go_together_and_one_stake_serves_all_rules() -> None:
    rng = np.random.default_rng(4)
    rates = rng.normal(0, 0.2, (12, 3, 4))  # rounds, rules, models
    stake = rng.gamma(1, 100, 4)
    opened = np.arange(12)
    path = follow_stake(rates, opened, opened + 5, stake)
    assert path.stake.shape == path.at_risk.shape == path.payout.shape == (12, 3, 4)
    assert path.final.shape == (3, 4)
    for rule in range(3):
        for model in range(4):
            alone = follow_stake(rates[:, rule, model], opened, opened + 5, stake[model])
            for name in ARRAYS:
                assert type(getattr(alone, name)) is np.ndarray
                np.testing.assert_array_equal(
                    getattr(path, name)[..., rule, model], getattr(alone, name), err_msg=name
                )


def test_one_record_of_rates_and_several_stakes() -> None:
    path = follow_stake([0.1, 0.1], [0, 1], [1, 2], [100, 0, 10])
    assert path.stake.shape == (2, 3)
    np.testing.assert_allclose(path.final, [121, 0, 12.1])


def test_dates_of_any_unit_whole_numbers_and_series_tell_the_time() -> None:
    days = np.array(["2022-05-14", "2022-05-21", "2022-05-28"], dtype="datetime64[D]")
    expected = follow_stake([0.1, 0.2, -0.1], [0, 7, 14], [7, 21, 28], 100)
    resolves = days[0] + np.array([7, 21, 28])
    for opened, closed in (
        (days, resolves),
        (days.astype("datetime64[ns]"), resolves.astype("datetime64[s]")),
        (pd.Series(days), pd.Series(resolves)),
        (days.astype(np.int64), resolves.astype(np.int64).astype(float)),
    ):
        path = follow_stake([0.1, 0.2, -0.1], opened, closed, 100)
        for name in ARRAYS:
            np.testing.assert_array_equal(getattr(path, name), getattr(expected, name))


def test_what_is_passed_in_stays_as_it_was() -> None:
    given_arrays = [np.array([[-2.0, np.nan], [0.1, 0.2]]), np.array([3, 0]), np.array([4, 1]), np.ones(2)]
    options = [np.array([0.5, 1.0]), np.array([5.0, -0.5])]
    copies = [array.copy() for array in (*given_arrays, *options)]
    path = follow_stake(*given_arrays, fraction=options[0], added=options[1])
    path.final[:] = path.stake[:] = -1
    for array, copy in zip((*given_arrays, *options), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_a_path_can_not_be_exchanged() -> None:
    path = follow_stake([0.1], [0], [1], 100)
    with pytest.raises(dataclasses.FrozenInstanceError):
        path.final = np.zeros(())  # type: ignore[misc]


# ---------------------------------------------------------------- properties


@unhurried
@given(histories(), st.sampled_from([0.25, 2.0, 4096.0]))
def test_everything_scales_with_the_stake_and_what_is_added(history: dict, times: float) -> None:
    once = follow(history)
    often = follow(
        history, stake=times * history["stake"], added=[times * amount for amount in history["added"]]
    )
    for name in ARRAYS:  # powers of two: exactly
        np.testing.assert_array_equal(getattr(often, name), times * getattr(once, name), err_msg=name)


@unhurried
@given(histories())
def test_no_stake_is_below_0_and_the_book_adds_up(history: dict) -> None:
    path = follow(history)
    assert (path.stake >= 0).all()
    assert (path.final >= 0).all()
    fractions = np.array(history["fractions"])[:, None]
    np.testing.assert_array_equal(path.at_risk, fractions * path.stake)
    assert (np.nan_to_num(path.payout) >= -path.at_risk).all()
    np.testing.assert_array_equal(np.isnan(path.payout), np.isnan(history["rates"]))
    if history["compounding"] and not any(history["added"]):
        largest = np.nanmax([*path.stake, path.final, history["stake"]])
        earned = path.final - history["stake"]
        np.testing.assert_allclose(np.nansum(path.payout, axis=0), earned, rtol=0, atol=1e-12 * largest)


@unhurried
@given(histories(), st.data())
def test_nothing_is_known_before_a_round_resolves(history: dict, data: st.DataObject) -> None:
    changed = data.draw(st.integers(0, len(history["rates"]) - 1))
    other_rates = history["rates"].copy()
    other_rates[changed] = data.draw(st.sampled_from([math.nan, -1.0, 0.7]))
    before, after = follow(history), follow(history, rates=other_rates)
    known_at = history["resolves"][changed]
    blind = np.array(history["opened"]) < known_at
    blind[changed] = True
    np.testing.assert_array_equal(after.stake[blind], before.stake[blind])
    np.testing.assert_array_equal(after.at_risk[blind], before.at_risk[blind])
    settled = np.array(history["resolves"]) < known_at
    np.testing.assert_array_equal(after.payout[settled], before.payout[settled])


def test_looking_ahead_would_be_noticed() -> None:
    # the day after it resolves everybody knows; on the day itself too; the day before nobody
    opened = np.arange(10)
    low, high = (follow_stake([rate, *[0.0] * 9], opened, opened + 4, 100).stake for rate in (-0.2, 0.2))
    np.testing.assert_array_equal(low != high, opened >= 4)


@unhurried
@given(histories(), st.randoms(use_true_random=False))
def test_the_order_in_which_rounds_are_told_does_not_matter(history: dict, shuffler: object) -> None:
    rounds = len(history["rates"])
    opened = [20 * start + index for index, start in enumerate(history["opened"])]  # no two at once
    resolves = [20 * end + 20 for end in history["resolves"]]
    in_order = follow(history, opened=opened, resolves=resolves)
    order = list(range(rounds))
    shuffler.shuffle(order)  # type: ignore[attr-defined]
    shuffled = follow(
        history,
        rates=history["rates"][order],
        **{
            name: [values[index] for index in order]
            for name, values in (("opened", opened), ("resolves", resolves))
        },
        **{name: [history[name][index] for index in order] for name in ("fractions", "added")},
    )
    for name in ARRAYS[:3]:
        np.testing.assert_array_equal(getattr(shuffled, name), getattr(in_order, name)[order])
    np.testing.assert_array_equal(shuffled.final, in_order.final)


@unhurried
@given(histories())
def test_risking_a_64th_at_a_rate_is_risking_all_at_a_64th_of_the_rate(history: dict) -> None:
    rounds = len(history["rates"])
    rates = np.maximum(history["rates"], -1)
    part = follow(history, rates=rates, fractions=[1 / 64] * rounds)
    whole = follow(history, rates=rates / 64, fractions=[1.0] * rounds)
    for name in ("stake", "payout", "final"):  # 64 is a power of two: exactly
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name), err_msg=name)
    np.testing.assert_array_equal(part.at_risk, whole.at_risk / 64)


@unhurried
@given(st.lists(decimals(-1, 1, places=6), min_size=1, max_size=20), st.floats(0.01, 1), amounts)
def test_rounds_that_do_not_overlap_multiply(rates: list[float], fraction: float, stake: float) -> None:
    opened = np.arange(len(rates))
    path = follow_stake(rates, opened, opened + 1, stake, fraction=fraction)
    growth = math.prod(1 + fraction * rate for rate in rates)
    assert path.final == pytest.approx(stake * growth, rel=1e-9, abs=1e-9)


@unhurried
@given(histories())
def test_a_fixed_stake_earns_each_rate_on_the_same_part(history: dict) -> None:
    path = follow(history, added=None, compounding=False)
    at_risk = np.array(history["fractions"])[:, None] * history["stake"]
    np.testing.assert_array_equal(path.payout, np.maximum(history["rates"], -1) * at_risk)
    np.testing.assert_array_equal(path.final, history["stake"])


def open_at_risk(path: StakePath, opened: np.ndarray, resolves: np.ndarray) -> list[float]:
    """All that is at risk just after each round opened, that round included."""
    return [math.fsum(path.at_risk[(opened <= moment) & (resolves > moment)]) for moment in opened.tolist()]


def test_64_rounds_of_a_64th_risk_the_stake_and_no_more() -> None:
    opened = np.arange(64)
    path = follow_stake(np.full(64, -1.0), opened, opened + 64, 1000, fraction=1 / 64)
    assert open_at_risk(path, opened, opened + 64)[-1] == 1000
    assert path.final == 0  # and if all is burned, all is gone and nothing is owed
    assert path.payout.sum() == -1000


@unhurried
@given(
    st.lists(st.floats(0, 1), min_size=65, max_size=200),
    st.integers(1, 64),
    st.floats(0.01, 1e6),
)
def test_64ths_never_risk_more_than_the_stake_while_nothing_is_burned(
    rates: list[float], lag: int, stake: float
) -> None:
    opened = np.arange(len(rates))
    path = follow_stake(rates, opened, opened + lag, stake, fraction=1 / 64)
    assert (np.array(open_at_risk(path, opened, opened + lag)) <= path.stake * (1 + 1e-12)).all()


# ---------------------------------------------------------------- what is refused

TIMES = "Every round needs a time at which it opens and one at which it resolves."
FRACTION = "The fraction of the stake that a round risks must be above 0 and at most 1."
RATE = "A rate must be a finite number, or NaN for a round that was not scored."
STAKE = "A stake must be a number of 0 NMR or more."
ADDED = "What is added to the stake must be a finite number of NMR."


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"rates": "good"}, "The rates must be numbers."),
        ({"rates": 0.1}, "There must be a rate for every round."),
        ({"rates": [0.1, math.inf]}, RATE),
        ({"rates": [-math.inf, 0.1]}, RATE),
        ({"stake": "all"}, "The stake must be numbers."),
        ({"stake": -1}, STAKE),
        ({"stake": [1, -1e-300]}, STAKE),
        ({"stake": math.nan}, STAKE),
        ({"stake": math.inf}, STAKE),
        ({"fraction": 0}, FRACTION),
        ({"fraction": -0.5}, FRACTION),
        ({"fraction": 1.0000001}, FRACTION),
        ({"fraction": [0.5, math.nan]}, FRACTION),
        ({"fraction": "half"}, "The fraction must be numbers."),
        ({"fraction": [1, 1, 1]}, "The fraction must be one number, or one for each of the 2 rounds."),
        ({"added": [0, math.nan]}, ADDED),
        ({"added": math.inf}, ADDED),
        ({"added": [[0, 1]]}, "What is added must be one number, or one for each of the 2 rounds."),
        ({"added": "more"}, "What is added must be numbers."),
        ({"resolves": [5, 0]}, "A round can't resolve before it opens."),
        ({"opened": [0]}, TIMES),
        ({"opened": 0}, TIMES),
        ({"resolves": [5, 6, 7]}, TIMES),
        ({"resolves": [5, math.nan]}, TIMES),
        ({"resolves": np.array(["2022-05-14", "NaT"], dtype="datetime64[D]")}, TIMES),
        ({"opened": ["monday", "tuesday"]}, "The times of rounds must be numpy dates or numbers."),
        ({"opened": [None, 1]}, "The times of rounds must be numpy dates or numbers."),
        (
            {"opened": np.array(["2022-05-14", "2022-05-21"], dtype="datetime64[D]")},
            "The times at which rounds open and resolve must be both dates or both numbers.",
        ),
    ],
)
def test_bad_input_gets_its_sentence(changed: dict[str, object], words: str) -> None:
    asked: dict = {"rates": [0.1, 0.2], "opened": [0, 1], "resolves": [5, 6], "stake": 100} | changed
    positional = [asked.pop(name) for name in ("rates", "opened", "resolves", "stake")]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        follow_stake(*positional, **asked)
    assert without_places(caught.value) == words


def test_stakes_that_do_not_fit_the_rates_get_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^The shapes do not fit each other: .*[^.]\.$"):
        follow_stake(np.zeros((2, 3)), [0, 1], [5, 6], [1, 2])
