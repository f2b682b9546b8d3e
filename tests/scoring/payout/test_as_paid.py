"""Payouts against the rows that were really paid."""

import csv
import gzip
import itertools
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from scoring.payout import is_clipped, payout_totals, payouts
from tests.scoring.payout.by_hand import (
    INSIDE,
    OUTSIDE,
    SAMPLE,
    by_hand,
)

AGREES = 1e-4  # of the stake: how closely a row that was really paid is met


# ---------------------------------------------------------------- rows that were really paid


@pytest.fixture(scope="module")
def paid() -> pd.DataFrame:
    return pd.read_csv(SAMPLE / "payouts_paid.csv.gz")


def clip_paid_by(rows: pd.DataFrame) -> float:
    assert rows["round"].between(225, 325).all()  # 0.25 was the clip of all these rounds
    return 0.25


def misses(rows: pd.DataFrame, order: str, clip: float | None = None) -> pd.Series:
    """How far payouts() is from what was paid, as a share of the stake."""
    ours = payouts(
        rows[["corr", "second_score"]],
        rows[["corr_multiplier", "second_multiplier"]],
        rows["stake_nmr"],
        factor=rows["payout_factor"],
        clip=clip_paid_by(rows) if clip is None else clip,
        clip_order=order,
    )
    return (ours - rows["payout_nmr"]).abs() / rows["stake_nmr"]


def test_every_row_that_was_really_paid_is_met(paid: pd.DataFrame) -> None:
    assert len(paid) == 58_072
    assert paid["stake_nmr"].gt(0).all()
    found = 0
    for order, rows in paid.groupby("clip_order"):
        assert misses(rows, str(order)).max() < AGREES
        found += len(rows)
    assert found == 58_072


def test_the_rows_of_rounds_311_to_315_had_the_factor_outside_the_clip(paid: pd.DataFrame) -> None:
    assert set(paid.loc[paid["clip_order"] == OUTSIDE, "round"]) == set(range(311, 316))
    assert (paid["clip_order"] == OUTSIDE).sum() == 92


@pytest.mark.parametrize(("order", "broken"), [(OUTSIDE, 7), (INSIDE, 19)])
def test_the_other_clip_order_would_be_noticed(paid: pd.DataFrame, order: str, broken: int) -> None:
    # counted with pandas alone: rows at the clip in one order and not, or elsewhere, in the other
    rows = paid[paid["clip_order"] == order]
    weighted = (
        rows["corr_multiplier"] * rows["corr"] + rows["second_multiplier"] * rows["second_score"]
    ).abs()
    touched = weighted > 0.25
    if order == INSIDE:
        touched &= rows["payout_factor"] < 1
    assert touched.sum() == broken

    wrong = INSIDE if order == OUTSIDE else OUTSIDE
    assert (misses(rows, wrong) > AGREES).sum() == broken
    assert (misses(rows, wrong)[~touched] < AGREES).all()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: rows.assign(second_multiplier=0), id="second score unpaid"),
        pytest.param(lambda rows: rows.assign(payout_factor=1), id="no payout factor"),
        pytest.param(lambda rows: rows.assign(stake_nmr=rows["stake_nmr"] * 1.01), id="stake off by 1 %"),
        pytest.param(lambda rows: rows.assign(corr=rows["corr"] + 0.001), id="score off by .001"),
    ],
)
def test_rows_changed_a_little_would_be_noticed(
    paid: pd.DataFrame, change: Callable[[pd.DataFrame], pd.DataFrame]
) -> None:
    rows = paid[(paid["round"] >= 316) & (paid["second_multiplier"] > 0)]
    assert (misses(rows, INSIDE) < AGREES).all()
    assert (misses(change(rows), INSIDE) > AGREES).mean() > 0.5


def test_the_clip_of_today_would_not_have_paid_those_rows(paid: pd.DataFrame) -> None:
    assert (misses(paid[paid["clip_order"] == INSIDE], INSIDE, clip=0.05) > AGREES).sum() > 10_000


@pytest.mark.slow
def test_a_loop_over_the_paid_rows_gets_the_same_numbers() -> None:
    with gzip.open(SAMPLE / "payouts_paid.csv.gz", "rt", encoding="utf-8") as file:
        for row in itertools.islice(csv.DictReader(file), 0, None, 97):
            scores = [float(row["corr"]), float(row["second_score"])]
            weights = [float(row["corr_multiplier"]), float(row["second_multiplier"])]
            stake, factor = float(row["stake_nmr"]), float(row["payout_factor"])
            ours = payouts(scores, weights, stake, factor=factor, clip=0.25, clip_order=row["clip_order"])
            loop = by_hand(scores, weights, stake, factor, 0.25, row["clip_order"])
            assert ours == pytest.approx(loop, rel=1e-12, abs=1e-15)
            assert ours == pytest.approx(float(row["payout_nmr"]), abs=AGREES * stake)


@pytest.mark.parametrize(
    ("scores", "weights", "stake", "factor", "expected"),
    [
        ([0.074352], [1], 3711.952874, 0.427248, 117.9167),
        ([0.074352, -0.4], [1, 0], 3711.952874, 0.427248, 117.9167),
        ([0.016472, -0.055199], [1, 2], 267.725528, 0.428648, -10.778805),
        ([0.2567], [1], 0.106289, 1.0, 0.026572),
    ],
)
def test_three_known_rows(
    scores: list[float], weights: list[float], stake: float, factor: float, expected: float
) -> None:
    # the scores are written with six digits: half a millionth of the stake each, times the weight
    tolerance = sum(weights) * 0.5e-6 * stake + 0.5e-4
    assert payouts(scores, weights, stake, factor=factor, clip=0.25) == pytest.approx(expected, abs=tolerance)


def test_the_totals_of_rows_that_were_really_paid_are_the_totals_that_were_paid(paid: pd.DataFrame) -> None:
    rows = paid[
        (paid["clip_order"] == INSIDE) & (paid["corr_multiplier"] == 1) & (paid["second_multiplier"] == 2)
    ]
    rounds, row_round = np.unique(rows["round"], return_inverse=True)
    models, row_model = np.unique(rows["model"].to_numpy(str), return_inverse=True)
    scores = np.full((len(rounds), len(models), 2), np.nan)
    scores[row_round, row_model] = rows[["corr", "second_score"]]
    stake, factor = np.zeros((2, len(rounds), len(models)))
    stake[row_round, row_model] = rows["stake_nmr"]
    factor[row_round, row_model] = rows["payout_factor"]
    got = payout_totals(scores, [[1, 2]], stake, factor=factor, clip=0.25)[0]
    expected = np.bincount(row_model, weights=rows["payout_nmr"])
    assert len(rows) > 1000
    assert (np.abs(got - expected) <= AGREES * stake.sum(axis=0)).all()


def test_as_many_paid_rows_are_clipped_as_their_scores_say(paid: pd.DataFrame) -> None:
    weighted = paid["corr_multiplier"] * paid["corr"] + paid["second_multiplier"] * paid["second_score"]
    for order, rows in paid.groupby("clip_order"):
        seen = weighted[rows.index] * (rows["payout_factor"] if order == INSIDE else 1)
        got = is_clipped(
            rows["payout_nmr"],
            rows["stake_nmr"],
            factor=rows["payout_factor"].to_numpy(),
            clip=0.25,
            clip_order=str(order),
        )
        np.testing.assert_array_equal(got, seen.abs() >= 0.25)
