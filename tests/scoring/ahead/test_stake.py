"""How much to stake and by what: by hand, by simulation, and what the sample says of one model."""

import math

import numpy as np
import pandas as pd
import pytest

from scoring.ahead.pay import draw_rounds, outlook
from scoring.ahead.stake import (
    best_choice,
    chosen_out_of_sample,
    growth_of_share,
    kelly_fraction,
    largest_share,
)
from tests.scoring.ahead.sample import FACTOR, rates_of_one, rows

RNG = np.random.default_rng
CHOICES = [(corr, tc) for corr in (0, 1, 2) for tc in (0, 0.5, 1, 1.5, 2, 2.5, 3)]


def test_growth_and_resamples_by_hand() -> None:
    rates = np.array([[0.1, 0.0, -1.0], [-0.1, 0.0, 0.3], [0.05, 0.0, 0.3], [0.0, 0.0, 0.3]])
    found = best_choice(rates, block=1, resamples=4000, rng=RNG(1))
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(found.growth, np.log1p(rates).mean(axis=0))
    assert found.growth[2] == -math.inf
    assert found.best == 0
    # the third is best where its first round is drawn by none of four: (3/4)^4
    assert found.wins[2] == pytest.approx(0.75**4, abs=4 * math.sqrt(0.316 * 0.684 / 4000))
    assert found.wins.sum() == pytest.approx(1)


def test_all_rounds_in_one_block_are_the_record_itself() -> None:
    rates = RNG(2).normal(0.01, 0.05, (50, 4))
    found = best_choice(rates, block=50, resamples=20, rng=RNG(1))
    assert found.wins[found.best] == 1
    assert found.stable


def test_one_model_has_no_stable_choice() -> None:
    rates = np.stack([rates_of_one(*choice) for choice in CHOICES], axis=1)
    found = best_choice(rates, resamples=4000, rng=RNG(1))
    assert CHOICES[found.best] == (2, 1)
    assert not found.stable
    wins = dict(zip(CHOICES, found.wins, strict=True))
    # 4,000 resamples: an error of .008, and that of the right values
    assert wins[2, 1] == pytest.approx(0.04, abs=0.03)
    assert wins[2, 0] == pytest.approx(0.46, abs=0.04)
    assert wins[2, 3] == pytest.approx(0.42, abs=0.04)


@pytest.mark.slow
def test_choosing_by_the_past_gains_nothing() -> None:
    tables = [rows().pivot(index="round", columns="model", values=score) for score in ("corr", "tc")]
    corr, tc = (table.to_numpy() for table in tables)
    rates = np.stack([np.clip(FACTOR * (a * corr + b * tc), -0.25, 0.25) for a, b in CHOICES], axis=2)
    found = chosen_out_of_sample(rates, CHOICES.index((2, 1)), fewest=35)
    assert found.n == 248
    assert found.gain == pytest.approx(0, abs=0.001)
    assert 0.3 < found.better < 0.5


def test_halves_by_pandas() -> None:
    rates = RNG(3).normal(0.005, 0.05, (100, 5, 3))
    rates[:30, 1, 0], rates[:, 2] = np.nan, np.nan
    found = chosen_out_of_sample(rates, 2, fewest=30)
    gains = []
    for at in (0, 1, 3, 4):
        logs = np.log1p(pd.DataFrame(rates[:, at]).dropna())
        half = len(logs) // 2
        first, second = logs.iloc[: half - 4].mean(), logs.iloc[half:].mean()
        gains.append(second[first.idxmax()] - second[2])
    assert found.n == 4
    assert found.gain == pytest.approx(np.mean(gains))
    assert found.better == np.mean(np.array(gains) > 0)
    assert found.worse == np.mean(np.array(gains) < 0)
    assert chosen_out_of_sample(rates, 0, fewest=60).n == 0
    assert math.isnan(chosen_out_of_sample(rates, 0, fewest=60).gain)


def test_a_kelly_fraction_of_independent_rounds() -> None:
    """Of a bet that wins or loses 1 with chance p: 2p - 1, for small edges."""
    rng = RNG(4)
    found = [kelly_fraction(rng.choice([1.0, -1.0], 4000, p=[0.55, 0.45])) for _ in range(40)]
    # mean / variance = .1 / .99, and the variance is estimated: a mean of 40 has an error of about .003
    assert np.mean(found) == pytest.approx(0.1 / 0.99, abs=0.012)
    assert math.isnan(kelly_fraction(np.full(50, 0.01)))
    assert math.isnan(kelly_fraction(np.arange(14.0)))
    assert kelly_fraction(-np.abs(rng.normal(size=60))) < 0


def test_neighbours_that_share_days_lower_it() -> None:
    shocks = RNG(5).normal(0.01, 0.05, 3004)
    shared = np.mean([shocks[lag : lag + 3000] for lag in range(5)], axis=0)
    apart = RNG(6).permutation(shared)
    assert kelly_fraction(shared) < 0.4 * kelly_fraction(apart)


def test_the_largest_share_by_trying_all() -> None:
    final = outlook(draw_rounds(rates_of_one(1, 3), 52, ways=500, rng=RNG(1))).final
    shares = np.arange(1, 1001) / 1000
    for loss, chance in ((0.1, 0.05), (0.2, 0.05), (0.2, 0.25), (0.5, 0.01)):
        holds = [np.mean(share * (1 - final) > loss + 1e-12) <= chance for share in shares]
        tried = shares[holds].max()
        assert largest_share(final, loss, chance) == pytest.approx(tried, abs=0.001)
    assert largest_share([1.2, 1.1], 0.2, 0.05) == 1
    assert largest_share([0.0, 1.0], 0.25, 0.4) == 0.25


def test_growth_by_the_share_that_is_staked() -> None:
    final = [2.0, 0.5]
    assert growth_of_share(final, 0) == 0
    assert growth_of_share(final, 1) == pytest.approx(0)
    # the bet that doubles or halves: half of it is best, log(1.5 x .75) / 2
    shares = np.arange(101) / 100
    assert shares[np.argmax([growth_of_share(final, share) for share in shares])] == 0.5
    assert growth_of_share(final, 0.5) == pytest.approx(math.log(1.5 * 0.75) / 2)
    assert growth_of_share([0.0, 3.0], 1) == -math.inf


@pytest.mark.parametrize(
    "call",
    [
        lambda: best_choice([1.0, 2.0], rng=RNG(1)),
        lambda: best_choice([[np.nan, 1.0]], rng=RNG(1)),
        lambda: best_choice(np.zeros((9, 2)), rng=RNG(1)),
        lambda: best_choice(np.zeros((20, 2)), resamples=0, rng=RNG(1)),
        lambda: chosen_out_of_sample(np.zeros((9, 2)), 0),
        lambda: chosen_out_of_sample(np.zeros((9, 2, 3)), 3),
        lambda: chosen_out_of_sample(np.full((9, 2, 3), np.inf), 0),
        lambda: chosen_out_of_sample(np.zeros((9, 2, 3)), 0, overlap=0),
        lambda: largest_share([], 0.2, 0.05),
        lambda: growth_of_share([1.0], 1.1),
        lambda: growth_of_share([np.nan], 0.1),
        lambda: largest_share([-1.0], 0.2, 0.05),
        lambda: largest_share([1.0], 0.0, 0.05),
        lambda: largest_share([1.0], 0.2, 1.0),
    ],
)
def test_what_cannot_be_asked(call: object) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        call()  # type: ignore[operator]
