"""Rounds until a difference is seen: by the right values, by the normal distribution, by simulation."""

import math

import numpy as np
import pytest
from scipy.stats import norm

from scoring.ahead.power import level_if_restaked, rounds_to_see
from scoring.intervals import ewc_interval
from tests.scoring.ahead.sample import rows


def everyones_difference() -> np.ndarray:
    """1xCORR + 3xTC less 2xCORR + 1xTC by round, of all stake at risk, each round at its own terms."""
    some = rows()[rows()["stake_nmr"] > 0]
    outside = some["round"].between(311, 315)

    def rate(corr: float, tc: float) -> np.ndarray:
        score, factor = corr * some["corr"] + tc * some["tc"], some["payout_factor"]
        return np.where(outside, factor * np.clip(score, -0.25, 0.25), np.clip(factor * score, -0.25, 0.25))

    gap = (rate(1, 3) - rate(2, 1)) * some["stake_nmr"]
    by_round = gap.groupby(some["round"]).sum() / some["stake_nmr"].groupby(some["round"]).sum()
    return by_round.to_numpy()


def test_the_right_values_of_everyone() -> None:
    found = rounds_to_see(everyones_difference())
    assert found.rounds == 126
    assert found.mean == pytest.approx(-0.0172, abs=5e-5)
    assert found.needed(0.01) == pytest.approx(556, abs=0.5)
    assert found.needed(0.005) == pytest.approx(2224, abs=2)
    assert found.needed(0.0172) == pytest.approx(188, abs=0.5)


def test_it_is_where_the_normal_distribution_says() -> None:
    found = rounds_to_see(np.random.default_rng(1).normal(size=80), level=0.9, power=0.7)
    rounds = found.needed(0.3)
    # chance to be seen: that a normal around difference / error passes the quantile
    error = math.sqrt(found.variance / rounds)
    assert norm.sf(norm.ppf(0.95) - 0.3 / error) == pytest.approx(0.7)
    assert found.needed(found.visible) == pytest.approx(80)
    assert found.needed(0) == math.inf


@pytest.mark.slow
def test_a_difference_is_seen_as_often_as_promised() -> None:
    rng = np.random.default_rng(2)

    def record(rounds: int, mean: float) -> np.ndarray:
        shocks = rng.normal(size=rounds + 4)
        return mean + np.mean([shocks[lag : lag + rounds] for lag in range(5)], axis=0)

    long = rounds_to_see(record(4000, 0.0))
    assert long.variance == pytest.approx(1, rel=0.25)  # of the shocks
    rounds = round(long.needed(0.3) / long.variance)
    seen = np.mean([ewc_interval(record(rounds, 0.3)).excludes_0 for _ in range(600)])
    # its interval is Student's, a little wider than the normal one of the formula
    assert 0.68 <= seen <= 0.84


def test_too_short_and_constant_records() -> None:
    short = rounds_to_see(np.arange(14.0))
    assert math.isnan(short.variance)
    assert math.isnan(short.needed(1.0))
    assert math.isnan(short.visible)
    still = rounds_to_see(np.full(30, 0.5))
    assert (still.needed(0.1), still.visible) == (0, 0)
    assert math.isnan(rounds_to_see([]).visible)


@pytest.mark.parametrize("asked", [{"power": 0.0}, {"power": 1.0}, {"level": 1.0}, {"level": -0.5}])
def test_what_cannot_be_asked(asked: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1"):
        rounds_to_see(np.arange(30.0), **asked)


def test_stakes_that_follow_pay() -> None:
    some = rows()[rows()["stake_nmr"] > 0]
    old, new = (
        float(((a * some["corr"] + b * some["tc"]) * some["stake_nmr"]).sum() / some["stake_nmr"].sum())
        for a, b in ((2, 1), (1, 3))
    )
    assert (round(old, 4), round(new, 4)) == (0.0412, 0.0244)
    assert level_if_restaked(new / old, 0) == pytest.approx(-0.41, abs=0.005)
    assert level_if_restaked(new / old, 1) == 0
    assert level_if_restaked(0.25, 0.5) == pytest.approx(-0.5)
    # by its definition: 300 NMR a unit of score are shared by a stake of 700 that followed
    pay = [300 / held * score for held, score in ((700, 0.04), (700 * 0.59**0.3, 0.59 * 0.04))]
    assert level_if_restaked(0.59, 0.3) == pytest.approx(pay[1] / pay[0] - 1)
    for bad in ((0.0, 0.5), (-1.0, 0.5), (math.nan, 0.5), (math.inf, 0.5), (1.0, -0.1), (1.0, 1.1)):
        with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
            level_if_restaked(*bad)
