"""The deepest fall of a record and how long it lay under water: by hand, and by trying every pair."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.drawdown import Drawdown, max_drawdown, max_drawdowns, worst_drawdown

RECORDS = st.lists(st.integers(-9, 9), min_size=1, max_size=25)


@pytest.mark.parametrize(
    ("returns", "found"),
    [
        ([1, -2, 3], Drawdown(2, 1, 2, 3, 1, 0)),
        ([-1, -2, 1], Drawdown(3, 0, 2, None, 3, 3)),
        ([1, 2, 3], Drawdown(0, 0, 0, 0, 0, 0)),
        ([0, 0], Drawdown(0, 0, 0, 0, 0, 0)),
        ([2, -1, -1, 3, -1, -1], Drawdown(2, 1, 3, 4, 2, 2)),
        ([-1, 1, 5, -4], Drawdown(4, 3, 4, None, 1, 1)),
        ([-5], Drawdown(5, 0, 1, None, 1, 1)),
    ],
)
def test_by_hand(returns: list[float], found: Drawdown) -> None:
    assert worst_drawdown(returns) == found
    assert max_drawdown(returns) == found.depth


@given(RECORDS)
def test_it_is_the_deepest_of_all_pairs(returns: list[int]) -> None:
    level = [0, *np.cumsum(returns).tolist()]
    deepest = max(level[one] - level[two] for one in range(len(level)) for two in range(one, len(level)))
    assert max_drawdown(returns) == deepest
    found = worst_drawdown(returns)
    assert level[found.peak] - level[found.trough] == found.depth == deepest
    assert level[found.peak] == max(level[: found.trough + 1])
    if found.recovered is not None:
        assert level[found.recovered] >= level[found.peak]
        assert all(each < level[found.peak] for each in level[found.peak + 1 : found.recovered])
    elif deepest:
        assert max(level[found.trough :]) < level[found.peak]


@given(RECORDS)
def test_time_under_water_counts_periods_below_the_best_so_far(returns: list[int]) -> None:
    level, best, stretch, longest = 0, 0, 0, 0
    for each in returns:
        level += each
        best = max(best, level)
        stretch = stretch + 1 if level < best else 0
        longest = max(longest, stretch)
    found = worst_drawdown(returns)
    assert (found.longest, found.now) == (longest, stretch)


def test_many_records_are_each_as_alone() -> None:
    records = np.random.default_rng(1).normal(0, 1, (30, 9))
    assert max_drawdowns(records) == pytest.approx([max_drawdown(each) for each in records.T])
    assert np.isnan(max_drawdowns(np.empty((0, 3)))).all()


def test_an_empty_record_has_no_depth() -> None:
    assert math.isnan(max_drawdown([]))
    assert math.isnan(worst_drawdown([]).depth)


@pytest.mark.parametrize(
    ("returns", "sentence"),
    [
        ([1, math.nan], "finite number"),
        ([math.inf], "finite"),
        (["a"], "numbers"),
        ([[1.0]], "one number per"),
    ],
)
def test_what_is_no_record_is_refused(returns: Any, sentence: str) -> None:
    for function in (max_drawdown, worst_drawdown):
        with pytest.raises(ValueError, match=sentence):
            function(returns)


@pytest.mark.parametrize(
    ("records", "sentence"), [([1.0], "a row per period"), ([[math.nan]], "finite number")]
)
def test_what_is_no_table_is_refused(records: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        max_drawdowns(records)


@pytest.mark.slow
def test_without_a_drift_the_longest_stretch_under_water_takes_five_eighths() -> None:
    """Pitman and Yor 1997: .6265 of the record on average; steps make it a little less."""
    records = np.random.default_rng(4).normal(0, 1, (400, 2000))
    longest = [worst_drawdown(each).longest / 2000 for each in records]
    assert np.mean(longest) == pytest.approx(0.6265, abs=0.035)
