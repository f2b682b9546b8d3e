"""A stake that grows with the real lag, against a ledger and by hand."""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from scoring.change.staking import StakePath, follow_stake
from tests.scoring.change.staking_histories import ARRAYS, histories

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


@pytest.mark.slow
@settings(max_examples=150)
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
