"""Intervals of who gains and loses."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from scoring.change.transition import (
    TransitionIntervals,
    by_stake_decile,
    gains,
    losing_share,
    transition,
    transition_intervals,
)
from tests.scoring.change.transition_cases import ACCOUNT, NEW, OLD, PERIOD, as_rows, rng
from tests.scoring.sentences import without_places

# ---------------------------------------------------------------- resampling


def all_nan(got: TransitionIntervals) -> bool:
    return bool(np.isnan([got.total, got.losing_share, got.compensation]).all())


def slowly(table: np.ndarray, block: int, resamples: int, seed: int) -> tuple[np.ndarray, ...]:
    """Losing share and compensation of each resample, period by period."""
    periods = table.shape[1]
    starts = rng(seed).integers(0, periods, size=(resamples, math.ceil(periods / block)))
    found = []
    for of_one in starts:
        drawn = np.concatenate([(start + np.arange(block)) % periods for start in of_one])[:periods]
        moved = table[:, drawn].sum(axis=1)
        found.append(((moved < 0).mean(), np.maximum(0, -moved).sum()))
    return tuple(np.array(found).T)


@pytest.mark.parametrize(("accounts", "periods", "block", "level"), [(300, 23, 4, 0.95), (7, 20, 10, 0.5)])
def test_intervals_are_made_of_whole_periods_drawn_again(
    accounts: int, periods: int, block: int, level: float
) -> None:
    table = rng(8).normal(-0.1, 1, (accounts, periods)) + rng(9).normal(0, 0.3, periods)
    got = transition_intervals(*as_rows(table), block=block, level=level, resamples=600, rng=rng(5))
    share, compensation = slowly(table, block, 600, seed=5)
    ends = [(1 - level) / 2, (1 + level) / 2]
    moved = table.sum(axis=1)
    expected = (moved < 0).mean() + np.quantile(share, ends) - np.median(share)
    np.testing.assert_allclose(got.losing_share, expected.clip(0, 1), atol=1e-12)
    expected = np.maximum(0, -moved).sum() + np.quantile(compensation, ends) - np.median(compensation)
    np.testing.assert_allclose(got.compensation, expected.clip(0))
    assert (got.periods, got.block) == (periods, block)


@pytest.mark.parametrize(("level", "quantile"), [(0.95, 0.975), (0.8, 0.9)])
def test_the_total_has_an_interval_of_cosines(level: float, quantile: float) -> None:
    table = rng(8).normal(0, 1, (20, 37))
    got = transition_intervals(*as_rows(table), block=5, level=level, resamples=9, rng=rng(2))
    x, degrees = table.sum(axis=0), 4  # 0.4 x 37^(2/3) is 4.4
    squares = [
        sum(math.cos(math.pi * j * (t + 0.5) / 37) * x[t] for t in range(37)) ** 2 * 2 / 37
        for j in range(1, degrees + 1)
    ]
    width = stats.t.ppf(quantile, degrees) * math.sqrt(sum(squares) / degrees / 37) * 37
    assert got.total == pytest.approx((x.sum() - width, x.sum() + width))


@pytest.mark.parametrize("periods", [14, 15, 19, 20])
def test_a_total_needs_15_periods_and_the_others_two_blocks(periods: int) -> None:
    got = transition_intervals(*as_rows(rng(8).normal(0, 1, (5, periods))), block=10, rng=rng())
    assert np.isnan(got.total).tolist() == [periods < 15] * 2
    assert np.isnan([*got.losing_share, *got.compensation]).tolist() == [periods < 20] * 4


def test_intervals_stay_within_what_is_possible() -> None:
    table = np.where(rng(1).random((4, 20)) < 0.5, -3.0, 2.9)
    got = transition_intervals(*as_rows(table), block=1, level=0.999, rng=rng())
    assert 0 <= got.losing_share[0] <= got.losing_share[1] <= 1
    assert 0 <= got.compensation[0] <= got.compensation[1]
    same = transition_intervals(*as_rows(np.full((3, 8), -0.5)), block=2, rng=rng())
    assert same.losing_share == (1, 1)
    assert same.compensation == pytest.approx((12, 12))
    assert np.isnan(same.total).all()  # of 8 periods


def test_rounding_makes_nobody_a_loser() -> None:
    old = np.tile([0.1, 0.2, 0.3], 8)
    new = old.copy()
    new[::3], new[2::3] = old[2::3], old[::3]  # what the record moves within three periods, it moves back
    got = transition_intervals(old, new, np.zeros(24, dtype=int), np.arange(24), block=3, rng=rng())
    assert got.losing_share == (0, 0)


def test_accounts_without_rows_are_not_counted() -> None:
    table = rng(8).normal(-0.1, 1, (9, 30))
    old, new, account, period = as_rows(table)
    got = transition_intervals(old, new, account, period, block=3, rng=rng())
    apart = transition_intervals(old, new, 5 * account + 3, period, block=3, rng=rng())
    assert apart.losing_share == pytest.approx(got.losing_share)
    assert apart.compensation == pytest.approx(got.compensation)


def test_one_period_says_nothing() -> None:
    got = transition_intervals(*as_rows(rng(8).normal(-0.1, 1, (5, 1))), block=1, rng=rng())
    assert all_nan(got)
    assert (got.periods, got.block) == (1, 1)


def test_no_rows_say_nothing() -> None:
    assert all_nan(transition_intervals([], [], [], [], block=2, rng=rng()))
    unknown = [math.nan] * 8
    assert all_nan(transition_intervals(unknown, unknown, [0] * 8, range(8), block=2, rng=rng()))


def test_the_same_seed_gives_the_same_intervals() -> None:
    of = as_rows(rng(8).normal(-0.1, 1, (5, 40)))
    got = transition_intervals(*of, block=5, rng=rng(9))
    assert got == transition_intervals(*of, block=5, rng=rng(9))
    assert got != transition_intervals(*of, block=5, rng=rng(10))


@pytest.mark.slow
@pytest.mark.parametrize("mean", [0.3, 0.0, -0.2])
def test_intervals_cover_what_other_records_show(mean: float) -> None:
    # accounts with different prospects; in the first case percentiles alone would cover 1 record in 3
    prospects = rng(1).normal(mean, 0.2, 60)[:, None]

    def record(seed: int) -> np.ndarray:
        return prospects + rng(seed).normal(0, 0.1, 60) + rng(seed).normal(0, 1.5, (60, 60))

    def findings(table: np.ndarray) -> tuple[float, float, float]:
        moved = table.sum(axis=1)
        return moved.sum(), (moved < 0).mean(), np.maximum(0, -moved).sum()

    typical = np.median([findings(record(10_000 + seed)) for seed in range(300)], axis=0)
    covered = np.zeros(3)
    for seed in range(100):
        got = transition_intervals(*as_rows(record(seed)), block=2, resamples=200, rng=rng(seed))
        ends = (got.total, got.losing_share, got.compensation)
        covered += [low <= value <= high for value, (low, high) in zip(typical, ends, strict=True)]
    assert (covered >= 83).all()


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: by_stake_decile([1], [-1]), "A stake must be a finite number of 0 or more."),
        (lambda: by_stake_decile([1], [math.nan]), "A stake must be a finite number of 0 or more."),
        (lambda: by_stake_decile([1], [math.inf]), "A stake must be a finite number of 0 or more."),
        (lambda: by_stake_decile([1, 2], [1]), "Every account needs one difference and one stake."),
        (lambda: by_stake_decile([[1]], [[1]]), "Every account needs one difference and one stake."),
        (
            lambda: by_stake_decile([math.nan], [1]),
            "The difference of every account must be a finite number.",
        ),
        (lambda: by_stake_decile("x", [1]), "The differences must be numbers."),
        (lambda: by_stake_decile([1], ["x"]), "Stakes must be numbers."),
        (lambda: losing_share([1], [-1]), "A stake must be a finite number of 0 or more."),
        (lambda: losing_share([1], [1], -0.1), "The threshold must be a share of the stake of 0 or more."),
        (
            lambda: losing_share([1], [1], math.nan),
            "The threshold must be a share of the stake of 0 or more.",
        ),
        (
            lambda: gains([1], [1, 2], [0]),
            "Every row needs its pay under both rules, an account and a period.",
        ),
        (lambda: gains([1], [1], ["a"]), "The accounts must be counted in whole numbers from 0."),
        (
            lambda: transition(OLD, NEW, ACCOUNT, PERIOD, [1, 2]),
            "A row names account 2, but there are 2 accounts counted from 0.",
        ),
        (
            lambda: transition(OLD, NEW, ACCOUNT, PERIOD, [1, 2, -3]),
            "A stake must be a finite number of 0 or more.",
        ),
        (
            lambda: transition(OLD, NEW, ACCOUNT, PERIOD, [1, 2, 3], notice=-1),
            "A notice, a phase-in and grandfathering last a whole number of rounds, 0 or more.",
        ),
        *[
            (
                lambda options=options: transition_intervals(
                    OLD, NEW, ACCOUNT, PERIOD, **{"block": 1, **options}, rng=rng()
                ),
                "Resampling needs a block and resamples of 1 or more, and a level between 0 and 1.",
            )
            for options in ({"block": 0}, {"resamples": 0}, {"level": 1.0}, {"level": math.nan})
        ],
    ],
)
def test_bad_input_gets_its_sentence(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        call()
    assert without_places(caught.value) == words
