"""Records drawn again: arch says the same, and only what keeps dependence knows how rare a fall is."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from scoring.drawdown import max_drawdown, max_drawdowns
from scoring.drawdown.resampled import (
    drawdown_chances,
    moving_average_drawdowns,
    resampled_drawdowns,
)

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "performance_r168_r325.csv.gz"


def overlapping(rounds: int, records: int, seed: int, mean: float = 0.3) -> np.ndarray:
    """Records (rounds, records) of sums of five shocks, as overlapping rounds are, of spread 1."""
    shocks = np.random.default_rng(seed).normal(size=(rounds + 4, records))
    return sum(shocks[lag : lag + rounds] for lag in range(5)) / math.sqrt(5) + mean


@pytest.mark.slow
@pytest.mark.parametrize("stationary", [True, False])
def test_arch_draws_records_that_fall_as_deep(stationary: bool) -> None:
    bootstrap = pytest.importorskip("arch.bootstrap", reason="arch is not here to compare with")
    values = overlapping(120, 1, 3)[:, 0]
    kind = bootstrap.StationaryBootstrap if stationary else bootstrap.CircularBlockBootstrap
    theirs = kind(10, values, seed=np.random.default_rng(1)).apply(max_drawdown, 4000)[:, 0]
    ours = resampled_drawdowns(
        values, 10, stationary=stationary, resamples=4000, rng=np.random.default_rng(2)
    )
    levels = [0.1, 0.25, 0.5, 0.75, 0.9]
    assert np.quantile(ours, levels) == pytest.approx(np.quantile(theirs, levels), rel=0.04)


def test_blocks_of_the_whole_record_are_its_turns_round_the_ring() -> None:
    values = np.array([1.0, -2.0, 0.5, -3.0, 4.0])
    turned = {max_drawdown(np.roll(values, by)) for by in range(5)}
    found = resampled_drawdowns(values, 5, resamples=500, rng=np.random.default_rng(1))
    assert set(found.tolist()) == turned


def test_single_periods_drawn_again_are_independent() -> None:
    """Two periods, +1 and -1: half of the draws fall once, a quarter never, a quarter twice."""
    found = resampled_drawdowns([1, -1], 1, resamples=20_000, rng=np.random.default_rng(1))
    shares = [np.mean(found == depth) for depth in (0, 1, 2)]
    assert shares == pytest.approx([0.25, 0.5, 0.25], abs=0.015)
    assert np.mean(
        resampled_drawdowns([1, -1], 1, stationary=True, resamples=20_000, rng=np.random.default_rng(2))
    ) == pytest.approx(1, abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("equal", [True, False])
def test_moving_averages_have_the_overlap_of_the_record(equal: bool) -> None:
    """A long record of sums of five: either way gives falls like those of other records of its kind."""
    values = overlapping(3000, 1, 5)[:, 0]
    found = moving_average_drawdowns(values, 5, equal=equal, resamples=400, rng=np.random.default_rng(1))
    alike = max_drawdowns(overlapping(3000, 400, 6, values.mean()))
    assert np.quantile(found, [0.25, 0.5, 0.75]) == pytest.approx(
        np.quantile(alike, [0.25, 0.5, 0.75]), rel=0.1
    )


def test_an_overlap_of_1_is_a_walk_of_independent_normal_steps() -> None:
    values = np.random.default_rng(3).normal(0.1, 1, 50)
    found = moving_average_drawdowns(values, 1, resamples=4000, rng=np.random.default_rng(1))
    walks = max_drawdowns(np.random.default_rng(2).normal(values.mean(), values.std(), (50, 4000)))
    assert np.quantile(found, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(walks, [0.1, 0.5, 0.9]), rel=0.06)


@pytest.mark.long
@pytest.mark.slow
def test_of_overlapping_rounds_the_independent_share_is_nearly_always_too_small() -> None:
    """What is at least as deep as usual is no surprise: the share should be below .1 in one record of ten."""
    found = [
        drawdown_chances(each, resamples=800, rng=np.random.default_rng(at))
        for at, each in enumerate(overlapping(143, 60, 8, 0.8).T)
    ]
    assert np.mean([each.independent < 0.1 for each in found]) > 0.8
    assert np.mean([each.own_average < 0.1 for each in found]) < 0.25
    assert np.mean([each.equal_average < 0.1 for each in found]) < 0.25
    assert np.mean([each.long_run < 0.1 for each in found]) < 0.25
    assert all(each.lowest <= each.highest for each in found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "staked", "independent", "own", "equal"),
    [(183, False, 0.007, 0.61, 0.74), (183, True, 0.035, 0.70, 0.82), (168, False, 0.001, 0.37, 0.56)],
)
def test_on_record_the_fall_is_unusual_only_if_rounds_were_independent(
    first: int, staked: bool, independent: float, own: float, equal: float
) -> None:
    """Rows as published, interim ones too; a fall that is repeated whole counts as being as deep."""
    rows = pd.read_csv(SAMPLE).query("round >= @first")
    weights = rows["stake_nmr"] if staked else rows["corr"].notna().astype(float)
    rows = rows.assign(weighted=rows["corr"] * weights, weight=weights)[rows["corr"].notna() & (weights > 0)]
    sums = rows.groupby("round")[["weighted", "weight"]].sum()
    found = drawdown_chances(sums["weighted"] / sums["weight"], rng=np.random.default_rng(1))
    assert found.independent == pytest.approx(independent, abs=0.006)
    assert found.own_average == pytest.approx(own, abs=0.03)
    assert found.equal_average == pytest.approx(equal, abs=0.03)
    assert 0.3 < found.circular < 0.55
    assert 0.3 < found.stationary < 0.55
    assert 0.3 < found.lowest < found.highest < 0.9


def test_a_record_that_never_fell_is_matched_by_every_other() -> None:
    found = drawdown_chances(np.linspace(1, 2, 30), resamples=50, rng=np.random.default_rng(1))
    assert found.depth == 0
    assert (found.independent, found.lowest, found.highest) == (1, 1, 1)


def test_a_record_too_short_for_an_interval_has_no_long_run() -> None:
    values = np.random.default_rng(1).normal(size=12)
    found = drawdown_chances(values, overlap=2, resamples=50, rng=np.random.default_rng(1))
    assert math.isnan(found.long_run)
    assert len(found.dependent) == 4


def test_the_same_seed_says_the_same() -> None:
    values = overlapping(40, 1, 1)[:, 0]
    one, other = (drawdown_chances(values, resamples=60, rng=np.random.default_rng(7)) for _ in range(2))
    assert one == other


@pytest.mark.parametrize(
    ("values", "terms", "sentence"),
    [
        ([0.1] * 19, {}, "19 rounds says nothing of its falls: it takes two blocks of 10"),
        ([0.1] * 30, {"overlap": 0}, "1 or more"),
        ([0.1] * 30, {"block": 0}, "1 or more"),
        ([0.1] * 30, {"resamples": 0}, "1 or more"),
        ([math.nan] * 30, {}, "finite number"),
        ([], {}, "one number per period"),
        ([[0.1] * 30], {}, "one number per period"),
    ],
)
def test_what_cannot_be_drawn_again_is_refused(values: list, terms: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        drawdown_chances(values, **terms, rng=np.random.default_rng(1))


@pytest.mark.parametrize("block", [0, 4])
def test_a_block_fits_its_record(block: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 3 periods"):
        resampled_drawdowns([1, 2, 3], block, rng=np.random.default_rng(1))
    with pytest.raises(ValueError, match="to 3 rounds"):
        moving_average_drawdowns([1, 2, 3], block, rng=np.random.default_rng(1))
