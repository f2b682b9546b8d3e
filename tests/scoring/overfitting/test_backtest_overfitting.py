"""The probability of backtest overfitting, against a plain loop over every half of a record."""

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.overfitting import overfitting_on_noise, probability_of_backtest_overfitting


def plain_loop(values: np.ndarray, blocks: int, metric: str = "sharpe", purge: int = 0) -> list[float]:
    """Logits of every half in turn, of records without ties."""
    parts = [
        part[purge if at else 0 :] for at, part in enumerate(np.array_split(np.arange(len(values)), blocks))
    ]
    logits = []
    for half in itertools.combinations(range(blocks), blocks // 2):
        inside = values[np.concatenate([parts[block] for block in half])]
        outside = values[np.concatenate([parts[block] for block in range(blocks) if block not in half])]
        here, there = (
            some.mean(axis=0) / (some.std(axis=0) if metric == "sharpe" else 1) for some in (inside, outside)
        )
        ranks = pd.Series(there).rank().to_numpy()
        share = ranks[here.argmax()] / (len(ranks) + 1)
        logits.append(math.log(share / (1 - share)))
    return logits


@pytest.mark.parametrize(
    ("rounds", "tweaks", "blocks", "metric", "purge"),
    [
        (48, 5, 6, "sharpe", 0),
        (50, 7, 8, "mean", 0),
        (53, 3, 6, "sharpe", 2),
        (61, 2, 4, "mean", 5),
        (9, 40, 2, "sharpe", 0),
    ],
)
def test_a_plain_loop_says_the_same(rounds: int, tweaks: int, blocks: int, metric: str, purge: int) -> None:
    values = np.random.default_rng(rounds).normal(0.1, 1, (rounds, tweaks))
    found = probability_of_backtest_overfitting(values, blocks=blocks, metric=metric, purge=purge)
    expected = plain_loop(values, blocks, metric, purge)
    assert np.sort(found.logits) == pytest.approx(np.sort(expected))
    assert found.probability == pytest.approx(np.mean(np.array(expected) <= 1e-12))
    assert (found.tweaks, found.left_out, found.blocks) == (tweaks, 0, blocks)
    assert found.rounds == rounds - purge * (blocks - 1)
    assert found.chosen.sum() == pytest.approx(1)


def test_two_blocks_by_hand() -> None:
    """The first half prefers a, which is the worst of three on the second; that one prefers c, the worst."""
    values = [[3, 2, 1], [3, 2, 1], [1, 2, 3], [1, 2, 3]]
    found = probability_of_backtest_overfitting(values, blocks=2, metric="mean")
    assert found.logits == pytest.approx([math.log(1 / 3)] * 2)
    assert (found.probability, found.loss, found.slope) == (1, 0, pytest.approx(math.nan, nan_ok=True))
    assert found.chosen == pytest.approx([0.5, 0, 0.5])


@pytest.mark.slow
def test_noise_is_about_one_half_and_spreads() -> None:
    found = [
        probability_of_backtest_overfitting(
            np.random.default_rng(seed).normal(size=(480, 50)), blocks=10
        ).probability
        for seed in range(50)
    ]
    assert np.mean(found) == pytest.approx(0.5, abs=0.06)
    assert np.std(found) == pytest.approx(0.17, abs=0.05)


@pytest.mark.parametrize("metric", ["sharpe", "mean"])
def test_noise_without_its_means_is_1(metric: str) -> None:
    values = np.random.default_rng(2).normal(size=(480, 50))
    found = probability_of_backtest_overfitting(values - values.mean(axis=0), blocks=10, metric=metric)
    assert found.probability == 1
    assert found.slope < 0
    assert found.loss == 1


def test_one_that_is_clearly_better_is_0() -> None:
    values = np.random.default_rng(3).normal(size=(480, 50))
    values[:, 7] += 0.5
    found = probability_of_backtest_overfitting(values, blocks=10)
    assert (found.probability, found.loss) == (0, 0)
    assert found.chosen[7] == 1


def test_copies_share_their_middle_rank() -> None:
    """Two of a kind and a worse one: both copies are chosen, half of the time each, with rank 2.5 of 3."""
    one = np.random.default_rng(4).normal(1, 0.1, 40)
    found = probability_of_backtest_overfitting(np.column_stack((one, one, -one)), blocks=4)
    assert found.logits == pytest.approx([math.log(2.5 / 1.5)] * 6)
    assert found.chosen == pytest.approx([0.5, 0.5, 0])
    assert found.tweaks == 3


def test_equal_means_share_their_middle_rank() -> None:
    """In either half a and b are best with the same mean; on the other half they are as equal: 2.5 of 3."""
    values = [[1, 2, 0], [2, 1, 0], [1, 2, 0], [2, 1, 0]]
    found = probability_of_backtest_overfitting(values, blocks=2, metric="mean")
    assert found.logits == pytest.approx([math.log(2.5 / 1.5)] * 2)
    assert found.chosen == pytest.approx([0.5, 0.5, 0])


def test_the_middle_rank_counts_as_overfitted() -> None:
    values = [[1, 2, 0], [2, 1, 0], [0, 0, 9], [1, 1, 9]]
    found = probability_of_backtest_overfitting(values, blocks=2, metric="mean")
    assert found.logits[0] == pytest.approx(math.log(1.5 / 2.5))
    assert found.probability == 1


def test_columns_without_numbers_are_left_out() -> None:
    values = np.random.default_rng(5).normal(size=(60, 4))
    more = np.column_stack((np.full(60, np.nan), values, np.full(60, 0.9)))
    whole, part = (probability_of_backtest_overfitting(each, blocks=6) for each in (more, values))
    assert whole.logits == pytest.approx(part.logits)
    assert (whole.tweaks, whole.left_out) == (4, 2)
    assert whole.chosen == pytest.approx([math.nan, *part.chosen, math.nan], nan_ok=True)
    with_mean = probability_of_backtest_overfitting(more, blocks=6, metric="mean")
    assert (with_mean.tweaks, with_mean.left_out, with_mean.chosen[-1]) == (5, 1, pytest.approx(1))


def test_a_column_that_varies_in_one_half_alone_is_no_trouble() -> None:
    values = np.random.default_rng(6).normal(size=(40, 3))
    values[:20, 1] = 0.2
    values[20:, 2] = 0
    found = probability_of_backtest_overfitting(values, blocks=2)
    assert np.isfinite(found.logits).all()
    assert math.isnan(found.slope)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.floats(0.01, 100))
def test_the_order_and_the_unit_of_tweaks_do_not_matter(seed: int, unit: float) -> None:
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(40, 6))
    order = rng.permutation(6)
    there, moved = (
        probability_of_backtest_overfitting(each, blocks=4) for each in (values, unit * values[:, order])
    )
    assert moved.logits == pytest.approx(there.logits)
    assert moved.chosen == pytest.approx(there.chosen[order])


def test_chosen_keeps_the_names_of_the_tweaks() -> None:
    table = pd.DataFrame(np.random.default_rng(7).normal(size=(40, 3)), columns=["a", "b", "c"])
    found = probability_of_backtest_overfitting(table, blocks=4)
    assert list(found.chosen.index) == ["a", "b", "c"]  # type: ignore[attr-defined]


def test_records_in_which_nothing_is_better_show_the_spread() -> None:
    values = np.random.default_rng(8).normal(size=(160, 12))
    values[:, 3] += 1
    assert probability_of_backtest_overfitting(values, blocks=8).probability == 0
    noise = overfitting_on_noise(values, blocks=8, draws=60, rng=np.random.default_rng(1))
    assert noise.mean() == pytest.approx(0.5, abs=0.12)
    assert 0.08 < noise.std() < 0.3
    again = overfitting_on_noise(values, blocks=8, draws=60, rng=np.random.default_rng(1))
    assert (noise == again).all()


TABLE = np.random.default_rng(9).normal(size=(60, 3))


@pytest.mark.parametrize(
    ("values", "terms", "sentence"),
    [
        (TABLE[:, :1], {}, "a column for each of two tweaks"),
        (TABLE[:, 0], {}, "a column for each of two tweaks"),
        (TABLE[:, [0, 0, 0]], {}, "All of these tweaks do the same"),
        (np.full((60, 3), np.nan), {}, "Fewer than two"),
        (np.where(np.arange(3) > 0, np.nan, TABLE), {}, "Fewer than two"),
        (np.where(TABLE > 2, np.nan, TABLE), {}, "every round, or for none"),
        (np.where(TABLE > 2, np.inf, TABLE), {}, "finite numbers"),
        (TABLE, {"blocks": 7}, "it is even"),
        (TABLE, {"blocks": 0}, "it is even"),
        (TABLE[:15], {}, "15 rounds can't be cut into 16 blocks"),
        (TABLE, {"blocks": 30}, "155,117,520 ways, and 200,000 are the most"),
        (TABLE, {"blocks": 22}, "705,432 ways"),
        (TABLE, {"blocks": 10, "purge": 5}, "none to spare for purging 5"),
        (TABLE, {"purge": -1}, "purging -1"),
        (TABLE, {"metric": "luck"}, "sharpe and mean"),
        (np.array([["a", "b"]] * 60), {}, "must be numbers"),
    ],
)
def test_what_cannot_be_judged_is_refused(values: Any, terms: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        probability_of_backtest_overfitting(values, **terms)


@pytest.mark.parametrize("terms", [{"block": 0}, {"block": 61}, {"draws": 0}])
def test_noise_that_cannot_be_drawn_is_refused(terms: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="blocks of 1 to 60 rounds"):
        overfitting_on_noise(TABLE, blocks=4, **terms, rng=np.random.default_rng(1))
