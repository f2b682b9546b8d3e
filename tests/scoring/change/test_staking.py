"""A stake over rounds that overlap: an exact ledger beside it, cases done by hand, and properties."""

import dataclasses
import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.change.staking import StakePath, follow_stake

unhurried = settings(deadline=None)  # a busy machine is no failure

ARRAYS = ("stake", "at_risk", "payout", "final")


# ---------------------------------------------------------------- a ledger, slow and exact


def ledger(
    rates: Sequence[float],
    opened: Sequence[int],
    resolves: Sequence[int],
    stake: float,
    *,
    fractions: Sequence[float],
    added: Sequence[float],
    compounding: bool,
) -> tuple[list[float], list[float], list[float], float]:
    """One member's book: at every moment rounds resolve, flash rounds pass, others open. No rounding."""
    balance = Fraction(stake)
    positions: dict[int, Fraction] = {}  # open rounds and what they risk, the oldest first
    stakes, risked, paid = ([math.nan] * len(rates) for _ in range(3))

    def open_round(index: int) -> None:
        nonlocal balance
        balance = max(Fraction(0), balance + Fraction(added[index]))
        positions[index] = balance * Fraction(fractions[index])
        stakes[index], risked[index] = float(balance), float(positions[index])

    def resolve_round(index: int) -> None:
        nonlocal balance
        position = positions.pop(index)
        if math.isnan(rates[index]):
            return
        change = max(-position, position * Fraction(rates[index]))
        if compounding:
            change = max(change, -balance)
            balance += change
        paid[index] = float(change)

    for moment in sorted({*opened, *resolves}):
        for index in [index for index in positions if resolves[index] == moment]:
            resolve_round(index)
        opening = [index for index in range(len(rates)) if opened[index] == moment]
        for index in opening:
            if resolves[index] == moment:
                open_round(index)
                resolve_round(index)
        for index in opening:
            if resolves[index] > moment:
                open_round(index)
    assert not positions
    return stakes, risked, paid, float(balance)


def check_against_ledger(
    rates: np.ndarray,
    opened: Sequence[int],
    resolves: Sequence[int],
    stake: np.ndarray,
    *,
    fractions: Sequence[float],
    added: Sequence[float],
    compounding: bool,
    times: tuple[np.ndarray, np.ndarray] | None = None,
) -> StakePath:
    """Follows all columns of rates (r, n) at once and compares each with its own ledger."""
    path = follow_stake(
        rates,
        *(times or (opened, resolves)),
        stake,
        fraction=fractions,
        added=added,
        compounding=compounding,
    )
    for column in range(rates.shape[1]):
        *by_round, final = ledger(
            rates[:, column].tolist(),
            opened,
            resolves,
            float(stake[column]),
            fractions=fractions,
            added=added,
            compounding=compounding,
        )
        largest = max(float(stake[column]), final, *by_round[0])  # what rounding is measured by
        for name, expected in zip(ARRAYS[:3], by_round, strict=True):
            np.testing.assert_allclose(
                getattr(path, name)[:, column], expected, rtol=1e-9, atol=1e-12 * largest, err_msg=name
            )
        np.testing.assert_allclose(path.final[column], final, rtol=1e-9, atol=1e-12 * largest)
    return path


def decimals(low: int, high: int, *, places: int) -> st.SearchStrategy[float]:
    return st.integers(low * 10**places, high * 10**places).map(lambda units: units / 10**places)


rates_of_a_round = st.one_of(
    decimals(-1, 1, places=1),
    decimals(-1, 1, places=6),
    st.sampled_from([math.nan, -1.0, -0.25, 0.25, 0.0, -1.5]),
)
deposits = st.one_of(st.just(0.0), decimals(-200, 200, places=3), st.just(-1e6))
amounts = decimals(0, 10_000, places=4)
lags = st.one_of(st.integers(0, 12), st.sampled_from([0, 0, 1, 5, 25, 64]))


@st.composite
def histories(draw: st.DrawFn, columns: int = 2) -> dict:
    """Up to 16 rounds in no order, several of them opening, resolving or passing at the same moment."""
    rounds = draw(st.integers(1, 16))

    def each(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=rounds, max_size=rounds))

    opened = each(st.integers(0, 20))
    return {
        "rates": np.array(each(st.tuples(*[rates_of_a_round] * columns))),
        "opened": opened,
        "resolves": [start + lag for start, lag in zip(opened, each(lags), strict=True)],
        "stake": np.array(draw(st.tuples(*[amounts] * columns))),
        "fractions": draw(
            st.one_of(
                st.sampled_from([1.0, 1 / 64, 1 / 24]).map(lambda one: [one] * rounds),
                st.lists(st.floats(0.01, 1), min_size=rounds, max_size=rounds),
            )
        ),
        "added": each(deposits) if draw(st.booleans()) else [0.0] * rounds,
        "compounding": draw(st.booleans()),
    }


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


@settings(deadline=None, max_examples=400)
@given(histories())
def test_any_history_agrees_with_the_ledger(history: dict) -> None:
    check_against_ledger(**history)


@pytest.mark.parametrize("compounding", [True, False])
@pytest.mark.parametrize("fraction", [1.0, 1 / 64])
@pytest.mark.parametrize(
    ("every", "lag", "rounds"),
    [
        pytest.param(7, 35, 60, id="weekly rounds of five weeks"),
        pytest.param(1, 25, 90, id="daily rounds, 25 at a time"),
        pytest.param(1, 64, 150, id="daily rounds, 64 at a time"),
        pytest.param(1, 0, 40, id="rounds without overlap"),
    ],
)
def test_real_calendars_agree_with_the_ledger(
    every: int, lag: int, rounds: int, fraction: float, compounding: bool
) -> None:
    rng = np.random.default_rng(rounds)
    rates = rng.normal(0.01, 0.1, (rounds, 3)).clip(-0.25, 0.25)
    rates[rng.random(rates.shape) < 0.1] = np.nan
    rates[rounds // 2, 0] = -1
    days = every * rng.permutation(rounds)  # told in no order
    opened = np.datetime64("2022-05-14") + days
    check_against_ledger(
        rates,
        days.tolist(),
        (days + lag).tolist(),
        np.array([100.0, 0.01, 12_345.678]),
        fractions=[fraction] * rounds,
        added=[50.0 if day == 7 * every else 0.0 for day in days],
        compounding=compounding,
        times=(opened, opened + np.timedelta64(lag, "D")),
    )


def test_a_hundred_burns_of_everything_agree_with_the_ledger() -> None:
    days = list(range(100))
    for fraction in (1.0, 1 / 64):
        path = check_against_ledger(
            np.full((100, 1), -1.0),
            days,
            [day + 64 for day in days],
            np.array([64.0]),
            fractions=[fraction] * 100,
            added=[0.0] * 100,
            compounding=True,
        )
        assert path.final[0] == 0
        assert path.payout.sum() == pytest.approx(-64)


# ---------------------------------------------------------------- by hand


def test_a_payout_joins_the_stake_when_its_round_resolves() -> None:
    # each round pays 10 %, open for two days: the third is the first to know of the first
    path = follow_stake([0.1] * 5, [0, 1, 2, 3, 4], [2, 3, 4, 5, 6], 100)
    np.testing.assert_allclose(path.stake, [100, 100, 110, 120, 131])
    np.testing.assert_allclose(path.at_risk, path.stake)
    np.testing.assert_allclose(path.payout, [10, 10, 11, 12, 13.1])
    assert path.final == pytest.approx(156.1)


def test_the_same_rounds_at_a_fixed_stake() -> None:
    path = follow_stake([0.1] * 5, [0, 1, 2, 3, 4], [2, 3, 4, 5, 6], 100, compounding=False)
    np.testing.assert_allclose(path.stake, [100] * 5)
    np.testing.assert_allclose(path.payout, [10] * 5)
    assert path.final == 100


def test_a_round_of_its_own_part_risks_a_share_of_the_whole() -> None:
    path = follow_stake([1, -1, 0.5], [0, 1, 2], [2, 3, 4], 100, fraction=1 / 4)
    np.testing.assert_allclose(path.stake, [100, 100, 125])
    np.testing.assert_allclose(path.at_risk, [25, 25, 31.25])
    np.testing.assert_allclose(path.payout, [25, -25, 15.625])
    assert path.final == 115.625


def test_each_round_may_risk_another_share() -> None:
    path = follow_stake([0.1, 0.1], [0, 1], [5, 6], 100, fraction=[1, 1 / 64], compounding=False)
    np.testing.assert_allclose(path.at_risk, [100, 1.5625])
    np.testing.assert_allclose(path.payout, [10, 0.15625])


def test_deposits_and_releases_come_as_the_round_opens() -> None:
    path = follow_stake([0.1] * 3, [0, 1, 2], [1, 2, 3], 100, added=[0, 40, -51])
    np.testing.assert_allclose(path.stake, [100, 150, 114])  # 100 + 10 + 40, then + 15 - 51
    np.testing.assert_allclose(path.payout, [10, 15, 11.4])
    assert path.final == pytest.approx(125.4)


def test_a_fixed_stake_changes_by_what_is_added_alone() -> None:
    path = follow_stake([-0.5] * 3, [0, 1, 2], [1, 2, 3], 100, added=[5, 40, -1000], compounding=False)
    np.testing.assert_array_equal(path.stake, [105, 145, 0])
    np.testing.assert_array_equal(path.payout, [-52.5, -72.5, 0])
    assert path.final == 0


def test_no_more_is_released_than_there_is() -> None:
    path = follow_stake([0.5, 0.5], [0, 2], [1, 3], 100, added=[-250, 30])
    np.testing.assert_array_equal(path.stake, [0, 30])  # the missing 150 are not owed
    assert path.final == 45


def test_overlapping_burns_end_at_nothing_and_the_first_to_open_goes_first() -> None:
    # three rounds risk all of 100 at once: 60 and 40 are burned, and nothing is left for the last
    path = follow_stake([-0.6, -0.6, -0.6], [0, 1, 2], [9, 9, 9], 100)
    np.testing.assert_allclose(path.payout, [-60, -40, 0])
    assert path.final == 0
    turned = follow_stake([-0.6, -0.6, -0.6], [2, 1, 0], [9, 9, 9], 100)
    np.testing.assert_allclose(turned.payout, [0, -40, -60])


def test_after_a_burn_of_everything_later_pay_can_still_come_from_rounds_that_were_open() -> None:
    path = follow_stake([-1, 0.2, 0.5], [0, 1, 3], [2, 4, 5], 100)
    np.testing.assert_array_equal(path.stake, [100, 100, 0])
    np.testing.assert_array_equal(path.payout, [-100, 20, 0])
    assert path.final == 20


def test_what_an_open_round_risks_does_not_shrink_with_the_burns_of_others() -> None:
    path = follow_stake([-1, -1, -1], [0, 1, 3], [2, 4, 5], 64, fraction=1 / 2)
    np.testing.assert_array_equal(path.at_risk, [32, 32, 16])  # 32 + 16 are open at 32 left
    np.testing.assert_array_equal(path.payout, [-32, -32, 0])


def test_a_round_never_burns_more_than_it_risks() -> None:
    for compounding in (True, False):
        path = follow_stake([-7.0], [0], [1], 64, fraction=1 / 64, compounding=compounding)
        assert path.payout == [-1]


def test_a_round_that_resolves_as_another_opens_counts_as_resolved() -> None:
    path = follow_stake([0.1, 0.1], [5, 0], [9, 5], 100)
    np.testing.assert_allclose(path.stake, [110, 100])


def test_a_round_that_opens_and_resolves_at_once_is_known_to_rounds_that_open_with_it() -> None:
    path = follow_stake([0.1, 1.0, 0.1, -1.0], [5, 5, 5, 0], [9, 5, 9, 5], 100, fraction=0.5)
    np.testing.assert_allclose(path.stake, [75, 50, 75, 100])
    np.testing.assert_allclose(path.payout, [3.75, 25, 3.75, -50])


def test_rounds_that_pass_at_the_same_moment_go_in_the_order_given() -> None:
    path = follow_stake([1.0, -0.5], [3, 3], [3, 3], 100)
    np.testing.assert_array_equal(path.stake, [100, 200])
    assert path.final == 100


def test_a_round_that_was_not_scored_has_no_payout_and_changes_nothing() -> None:
    for compounding in (True, False):
        path = follow_stake([math.nan, 0.1], [0, 1], [1, 2], 100, compounding=compounding)
        np.testing.assert_allclose(path.stake, [100, 100])
        np.testing.assert_allclose(path.at_risk, [100, 100])
        np.testing.assert_allclose(path.payout, [math.nan, 10])
        assert path.final == pytest.approx(110 if compounding else 100)


def test_nothing_staked_earns_nothing() -> None:
    path = follow_stake([0.5, -0.5], [0, 1], [1, 2], 0)
    for name in ARRAYS:
        assert not getattr(path, name).any()


def test_no_rounds_leave_the_stake_as_it_is() -> None:
    stake = np.array([1.0, 2.0, 3.0])
    path = follow_stake(np.zeros((0, 3)), [], [], stake)
    assert path.stake.shape == path.at_risk.shape == path.payout.shape == (0, 3)
    np.testing.assert_array_equal(path.final, stake)
    path.final[:] = 0
    assert stake.all()  # a copy


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
    assert str(caught.value) == words


def test_stakes_that_do_not_fit_the_rates_get_a_sentence() -> None:
    with pytest.raises(ValueError, match=r"^The shapes do not fit each other: .*[^.]\.$"):
        follow_stake(np.zeros((2, 3)), [0, 1], [5, 6], [1, 2])
