"""The interval of a mean over rounds: by hand, against a cosine transform, and by how often it holds."""

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import fft, stats

from scoring.intervals import FEWEST, Interval, ewc_interval, ewc_intervals

SAMPLE = Path(__file__).parents[2] / "data" / "sample" / "performance_r168_r325.csv.gz"


def by_transform(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """(low, high, degrees of freedom) from scipy's discrete cosine transform and its t distribution."""
    rounds = len(values)
    df = max(2, round(0.4 * rounds ** (2 / 3)))
    projections = fft.dct(values, type=2, norm="ortho")[1 : df + 1]
    se = math.sqrt(np.mean(projections**2) / rounds)
    low, high = stats.t.interval(level, df, loc=np.mean(values), scale=se)
    return low, high, df


def test_by_hand() -> None:
    """Fifteen rounds have nu = round(0.4 x 6.08) = 2; a straight line projects on the first cosine alone."""
    rounds = 15
    line = [float(t) for t in range(1, rounds + 1)]
    first = math.sqrt(2 / rounds) * sum(math.cos(math.pi * (t - 0.5) / rounds) * t for t in range(1, 16))
    found = ewc_interval(line)
    assert found.mean == pytest.approx(8)
    assert found.df == 2
    assert found.se == pytest.approx(math.sqrt(first**2 / 2 / rounds))
    assert found.high - found.mean == pytest.approx(4.302652729911275 * found.se)  # t of a table, 2 degrees
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


@pytest.mark.parametrize("rounds", [15, 16, 20, 51, 142, 1000])
@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_a_cosine_transform_says_the_same(rounds: int, level: float) -> None:
    values = np.random.default_rng(rounds).normal(1000, 3, rounds).cumsum()
    low, high, df = by_transform(values, level)
    found = ewc_interval(values, level=level)
    assert (found.low, found.high, found.df) == pytest.approx((low, high, df), rel=1e-9)


@given(st.lists(st.floats(-1e6, 1e6), min_size=15, max_size=60), st.floats(-1e3, 1e3), st.floats(0.01, 100))
def test_it_moves_and_stretches_with_its_unit(values: list[float], by: float, unit: float) -> None:
    there, moved = ewc_interval(values), ewc_interval(np.array(values) * unit + by)
    close = {"rel": 1e-6, "abs": 1e-6 * max(1.0, unit) * max(map(abs, values))}
    assert (moved.low, moved.mean, moved.high) == pytest.approx(
        (there.low * unit + by, there.mean * unit + by, there.high * unit + by), **close
    )


def test_reading_the_rounds_backwards_changes_nothing() -> None:
    values = np.random.default_rng(3).normal(size=40).cumsum()
    there, back = ewc_interval(values), ewc_interval(values[::-1])
    assert (back.mean, back.low, back.high) == pytest.approx((there.mean, there.low, there.high))


def test_a_constant_record_has_no_width() -> None:
    found = ewc_interval([0.1] * 37)
    assert (found.low, found.high, found.se) == (0.1, 0.1, 0)


@pytest.mark.parametrize("rounds", [1, 2, FEWEST - 1])
def test_few_rounds_give_a_mean_and_no_interval(rounds: int) -> None:
    found = ewc_interval(range(rounds))
    assert found.mean == pytest.approx((rounds - 1) / 2)
    assert all(math.isnan(end) for end in (found.low, found.high, found.se, found.df))


def test_nothing_has_no_mean() -> None:
    assert math.isnan(ewc_interval([]).mean)


def test_a_total_is_so_many_means() -> None:
    assert Interval(1.0, -1.0, 3.0, 0.5, 4.0).times(20) == Interval(20.0, -20.0, 60.0, 10.0, 4.0)


def test_many_records_at_once_are_the_same_as_one_by_one() -> None:
    records = np.random.default_rng(5).normal(size=(60, 7)).cumsum(axis=0)
    means, lows, highs = ewc_intervals(records)
    for column, *ends in zip(records.T, means, lows, highs, strict=True):
        alone = ewc_interval(column)
        assert ends == pytest.approx([alone.mean, alone.low, alone.high], rel=1e-9)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ([1.0, math.nan] * 10, "finite"),
        ([math.inf] * 20, "finite"),
        (["a"] * 20, "numbers"),
        ([[1.0] * 20], "one number per round"),
    ],
)
def test_what_is_no_record_is_refused(values: list, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        ewc_interval(values)


@pytest.mark.parametrize("level", [0, 1, -0.5, 95, math.nan])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        ewc_interval(range(20), level=level)


@pytest.mark.parametrize("rounds", [20, 30, 50, 80, 142])
@pytest.mark.parametrize(("slow", "least"), [(0.0, 0.90), (0.5, 0.87)])
def test_nominal_95_percent_holds_with_overlap(rounds: int, slow: float, least: float) -> None:
    """Moving sums of five rounds, as overlapping rounds are; `slow` adds a component with a long memory.

    That one costs short records some of their coverage, as the docstring of ewc_interval says.
    """
    rng = np.random.default_rng([rounds, int(slow * 10)])
    records, burn = 1500, 200
    shocks = rng.normal(size=(records, rounds + 4))
    overlap = sum(shocks[:, lag : lag + rounds] for lag in range(5)) / math.sqrt(5)
    memory = np.zeros((records, burn + rounds))
    for at, shock in enumerate(rng.normal(size=(burn + rounds - 1, records)), 1):
        memory[:, at] = 0.9 * memory[:, at - 1] + shock * math.sqrt(1 - 0.9**2)
    values = overlap + slow * memory[:, burn:]
    _, lows, highs = ewc_intervals(values.T)
    covered = np.mean((lows <= 0) & (highs >= 0))
    assert least <= covered <= 0.98


@pytest.mark.slow
def test_the_pay_of_a_model_over_its_last_twenty_rounds() -> None:
    """1xCORR + 3xTC against as paid, with pandas from the bundled rows: +880 to +6,287 NMR."""
    rows = pd.read_csv(SAMPLE)
    rows = rows[(rows["model"] == "model_07585") & rows["round"].between(306, 325)]
    proposed = (rows["payout_factor"] * (rows["corr"] + 3 * rows["tc"])).clip(-0.25, 0.25) * rows["stake_nmr"]
    found = ewc_interval(proposed - rows["payout_nmr"]).times(20)
    assert (found.low, found.high) == pytest.approx((880, 6287), abs=1)
    assert found.df == 3
