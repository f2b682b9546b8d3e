"""The best against the fund: by hand, by search, by chance alone, and in the bundled sample."""

import itertools
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scoring.lab.combination import best_combination, best_model, flip_size, flip_sizes, sign_flip_test
from scoring.meta_model import meta_model_corr

SAMPLE = Path(__file__).parents[3] / "data" / "sample" / "performance_r168_r325.csv.gz"
NAN = math.nan


def ratio(series: np.ndarray) -> float:
    return float(series.mean() / series.std(ddof=1))


def noise(rounds: int, models: int, seed: int = 1, mean: float = 0.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1, (rounds, models))


# ---------------------------------------------------------------- by hand and by search


def test_the_best_model_by_hand() -> None:
    found = best_model([[1, 3, 0], [3, -1, 0], [2, 1, 0]])
    assert found.weights.tolist() == [1, 0, 0]
    assert found.ratio == pytest.approx(2)  # mean 2, deviation 1


def test_two_models_that_move_against_each_other_are_mixed() -> None:
    # equal parts leave a constant .5 with a little noise: no single model comes near
    swing = np.tile([1.0, -1], 6)
    d = np.column_stack([0.5 + swing, 0.5 - swing + 0.1 * np.cos(np.arange(12))])
    found = best_combination(d)
    np.testing.assert_allclose(found.weights, 0.5, atol=0.02)
    assert found.weights.sum() == pytest.approx(1)
    assert found.ratio == pytest.approx(ratio(d @ found.weights))
    shares = [np.array([first, 1 - first]) for first in np.linspace(0, 1, 2001)]
    assert found.ratio >= max(ratio(d @ weights) for weights in shares) - 1e-9


def test_a_mix_is_no_worse_than_any_other_of_three() -> None:
    d = noise(40, 3, seed=3, mean=0.1)
    found = best_combination(d)
    grid = np.linspace(0, 1, 101)
    others = [np.array([a, b, 1 - a - b]) for a, b in itertools.product(grid, grid) if a + b <= 1]
    best = max(ratio(d @ weights) for weights in others)
    assert best - 1e-12 <= found.ratio <= best + 0.01
    assert best_combination(1e-4 * d).ratio == pytest.approx(found.ratio)


def test_without_a_model_above_the_fund_the_mix_is_the_least_bad() -> None:
    d = noise(40, 3, mean=-1)
    assert best_combination(d).ratio == best_model(d).ratio < 0


def test_every_pattern_of_few_signs_is_tried() -> None:
    d = noise(30, 4, seed=5)
    found = sign_flip_test(d, rng=np.random.default_rng(1))
    assert (found.blocks, found.least_p) == (3, 1 / 8)
    ratios = []
    for signs in itertools.product((1, -1), repeat=3):
        flipped = d * np.repeat(signs, 10)[:, None]
        ratios.append(max(ratio(each) for each in flipped.T))
    assert found.p == sum(each >= found.best.ratio - 1e-12 for each in ratios) / 8
    assert found.null_95 == pytest.approx(np.quantile(ratios, 0.95))
    mixed = sign_flip_test(d, combination=True, rng=np.random.default_rng(1))
    ratios = [
        best_combination(d * np.repeat(signs, 10)[:, None]).ratio
        for signs in itertools.product((1, -1), repeat=3)
    ]
    assert mixed.p == sum(each >= mixed.best.ratio - 1e-9 for each in ratios) / 8


def test_a_model_that_is_the_fund_is_nobody() -> None:
    d = np.column_stack([np.zeros(40), noise(40, 1)[:, 0]])
    assert best_model(d).weights.tolist() == [0, 1]
    assert math.isnan(best_model(np.zeros((40, 2))).ratio)
    assert math.isnan(sign_flip_test(np.zeros((40, 2)), rng=np.random.default_rng(1)).p)


def test_an_edge_that_is_there_is_seen() -> None:
    d = noise(160, 20, seed=7)
    d[:, 4] += 0.8
    found = sign_flip_test(d, rng=np.random.default_rng(2))
    assert np.flatnonzero(found.best.weights).tolist() == [4]
    assert found.p < 0.01
    assert found.best.ratio > found.null_95


# ---------------------------------------------------------------- by chance alone


@pytest.mark.slow
@pytest.mark.parametrize(("rounds", "models"), [(60, 19), (124, 26)])
def test_independent_rounds_are_rejected_as_often_as_promised(rounds: int, models: int) -> None:
    d = noise(rounds, models)
    size = flip_size(d, overlap=1, records=600, rng=np.random.default_rng(3))
    assert 0.03 <= size <= 0.07


@pytest.mark.slow
def test_overlap_costs_size_and_an_edge_gives_power() -> None:
    """The size that is printed is that of records drawn elsewhere: overlapping, without any edge."""
    draw = np.random.default_rng(4)
    rounds, models, rejected = 124, 26, 0
    for _ in range(300):
        shocks = draw.normal(size=(rounds + 4, models))
        d = np.stack([shocks[lag : lag + rounds] for lag in range(5)]).sum(axis=0)
        rejected += sign_flip_test(d, flips=199, rng=draw).p <= 0.05
    printed = flip_size(noise(rounds, models), records=600, rng=draw)
    assert printed == pytest.approx(rejected / 300, abs=0.05)
    assert 0.05 < printed < 0.16
    assert flip_size(noise(rounds, models), edge=1.5, records=100, rng=draw) > 0.9


@pytest.mark.slow
@pytest.mark.parametrize("combination", [False, True])
def test_several_edges_share_their_records(combination: bool) -> None:
    """Each is what flip_size finds alone, and power never falls as the edge grows."""
    d, edges = noise(60, 6, seed=8), (0.0, 0.3, 0.6)
    more = {"combination": combination, "records": 30, "flips": 63}
    together = flip_sizes(d, edges, rng=np.random.default_rng(9), **more)
    alone = [flip_size(d, edge=edge, rng=np.random.default_rng(9), **more) for edge in edges]
    assert together.tolist() == alone == sorted(alone)


@pytest.mark.slow
def test_the_size_of_mixes() -> None:
    d = noise(60, 5)
    size = flip_size(d, overlap=1, combination=True, records=300, flips=63, rng=np.random.default_rng(5))
    assert 0.02 <= size <= 0.08


# ---------------------------------------------------------------- the bundled sample


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(SAMPLE)


def against_the_fund(rows: pd.DataFrame, first: int, last: int) -> np.ndarray:
    fund = {
        number: meta_model_corr(some["corr"], some["corr_with_meta_model"], some["stake_nmr"])
        for number, some in rows.groupby("round")
    }
    panel = rows.pivot(index="round", columns="model", values="corr").loc[first:last].dropna(axis=1)
    return panel.sub(pd.Series(fund).loc[first:last], axis=0).to_numpy()


@pytest.mark.slow
def test_nobody_is_told_from_luck_in_the_sample(rows: pd.DataFrame) -> None:
    """Rounds 260 to 310 as shipped, 400 models: 3.5 % beat the fund, the best by .286; luck does as well."""
    d = against_the_fund(rows, 260, 310)
    assert d.shape == (51, 400)
    assert (d.mean(axis=0) > 0).mean() == pytest.approx(0.035)
    rng = np.random.default_rng(6)
    found = sign_flip_test(d, rng=rng)
    assert found.best.ratio == pytest.approx(0.286, abs=5e-4)
    assert (found.blocks, found.p) == (5, pytest.approx(27 / 32))
    with pytest.raises(ValueError, match="needs more than 1,200 rounds, and there are 51"):
        best_combination(d)
    size, power = flip_size(d, records=300, rng=rng), flip_size(d, edge=0.01, records=300, rng=rng)
    assert 0.02 <= size <= 0.10
    assert size < power < 0.5


@pytest.mark.slow
def test_the_best_mix_of_the_longest_panel(rows: pd.DataFrame) -> None:
    """26 models in all of 124 rounds up to 306: their best mix is one model, p about .75."""
    d = against_the_fund(rows[rows["round"] <= 306], 183, 306)
    assert d.shape == (124, 26)
    found = sign_flip_test(d, combination=True, flips=199, rng=np.random.default_rng(7))
    assert found.best.ratio == pytest.approx(0.178, abs=5e-4)
    assert found.best.weights.max() == pytest.approx(1)
    assert 0.6 < found.p < 0.9


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda rng: best_model([1, 2]), "Differences need two rounds or more"),
        (lambda rng: best_model([[1, 2]]), "Differences need two rounds or more"),
        (lambda rng: best_model([[1], [NAN]]), "Every model needs a finite difference to the fund"),
        (lambda rng: best_combination(noise(30, 10)), "The best mix of 10 models needs more than 30 rounds"),
        (lambda rng: sign_flip_test(noise(30, 2), block=9, rng=rng), "Blocks have 10 rounds or more"),
        (lambda rng: sign_flip_test(noise(19, 2), rng=rng), "The test needs two blocks of 10 rounds"),
        (lambda rng: sign_flip_test(noise(30, 2), flips=0, rng=rng), "There must be at least one flip"),
        (lambda rng: flip_size(noise(30, 2), overlap=0, rng=rng), "A simulation needs an overlap"),
        (lambda rng: flip_size(noise(30, 10), combination=True, rng=rng), "The best mix of 10 models"),
    ],
)
def test_bad_input_gets_one_sentence(asked: Callable[[np.random.Generator], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        asked(np.random.default_rng(1))
