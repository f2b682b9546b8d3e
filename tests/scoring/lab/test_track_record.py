"""What comes again of a score: by hand, by simulated records, and in the bundled sample."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from scoring.lab.track_record import (
    Estimate,
    effective_rounds,
    inflation_estimate,
    lasting_means,
    persistence,
    rerank,
    rounds_to_half_weight,
    shrink,
    signal_share,
    split_half,
    variance_inflation,
)

NAN = math.nan
STEPS = (0.8, 0.6, 0.4, 0.2)  # of its luck that a round shares with those 1 to 4 later


def overlapping(rng: np.random.Generator, rounds: int, models: int, share: float = 0.0) -> np.ndarray:
    """Scores of which a share of the variance is the models' own; rounds share four fifths of the next."""
    shocks = rng.normal(size=(rounds + 4, models))
    luck = sum(shocks[lag : lag + rounds] for lag in range(5)) / math.sqrt(5)
    edges = rng.normal(size=models)
    edges = (edges - edges.mean()) / edges.std()
    return math.sqrt(1 - share) * luck + math.sqrt(share) * edges


# ---------------------------------------------------------------- by hand


@pytest.mark.slow
def test_a_signal_share_by_its_definition() -> None:
    scores = np.random.default_rng(1).normal(size=(40, 15))
    scores[5:9, 3], scores[20:, 4] = NAN, NAN
    z = scores - np.nanmean(scores, axis=1, keepdims=True)
    products = [z[t, i] * z[t + lag, i] for lag in range(6, 31) for t in range(40 - lag) for i in range(15)]
    assert signal_share(scores).value == pytest.approx(np.nanmean(products) / np.nanmean(z**2))
    frame = pd.DataFrame(scores)
    pairs = [frame.iloc[t].corr(frame.iloc[t + lag]) for lag in range(6, 16) for t in range(40 - lag)]
    assert persistence(scores).value == pytest.approx(np.mean(pairs))


def test_the_error_leaves_out_blocks_with_all_their_pairs() -> None:
    scores = np.random.default_rng(2).normal(size=(30, 12))
    found = signal_share(scores)
    without = []
    for start in (0, 10, 20):
        gap = scores.copy()
        gap[start : start + 10] = NAN
        without.append(signal_share(gap).value)
    assert found.se == pytest.approx(math.sqrt(2 / 3 * np.sum((without - np.mean(without)) ** 2)))
    assert found.high - found.value == pytest.approx(4.302652729911275 * found.se)  # t of a table, 2 degrees
    assert found.blocks == 3
    assert math.isnan(signal_share(scores[:29]).se)


def test_two_estimates_are_apart_by_students_law() -> None:
    one, nothing = Estimate(0.5, 0.03, 0.4, 0.6, 4), Estimate(0.5, NAN, NAN, NAN, 2)
    # 3.1824 of a table, 3 degrees, times .05
    assert one.is_apart_from(Estimate(0.5 - 0.1592, 0.04, 0, 1, 9))
    assert not one.is_apart_from(Estimate(0.5 - 0.1590, 0.04, 0, 1, 9))
    assert not one.is_apart_from(nothing)


def test_edges_without_luck_are_all_signal() -> None:
    edges = np.tile(np.arange(20.0), (60, 1))
    assert signal_share(edges).value == pytest.approx(1)
    assert persistence(edges).value == pytest.approx(1)
    assert signal_share(edges).se == pytest.approx(0, abs=1e-12)


def test_nothing_to_tell() -> None:
    for scores in (np.empty((0, 3)), np.full((50, 3), NAN), np.ones((50, 12)), np.ones((5, 12))):
        assert math.isnan(signal_share(scores).value)
        assert math.isnan(persistence(scores).value)
        assert math.isnan(variance_inflation(scores))


def test_means_and_the_next_means_by_pandas() -> None:
    scores = pd.DataFrame(np.random.default_rng(6).normal(size=(50, 14)))
    scores[1] = scores[0]  # equal ones share their ranks
    scores.iloc[:30, 3], scores.iloc[20:, 4] = NAN, NAN
    means = scores.rolling(10, min_periods=10).mean().iloc[9:]
    found = []
    for first in range(len(means) - 15):
        pair = pd.concat([means.iloc[first], means.iloc[first + 15]], axis=1).dropna()
        if len(pair) >= 10:
            found.append(pair.rank().corr().iloc[0, 1])
    seen = lasting_means(scores)
    assert (seen.value, seen.blocks) == (pytest.approx(np.mean(found)), len(found))
    assert math.isnan(lasting_means(scores[:24]).value)
    assert math.isnan(lasting_means(np.ones((60, 12))).value)
    assert lasting_means(np.tile(np.arange(20.0), (60, 1))).value == pytest.approx(1)


def test_the_error_of_an_inflation_leaves_out_blocks() -> None:
    scores = np.random.default_rng(7).normal(size=(40, 12)).cumsum(axis=0)
    found, without = inflation_estimate(scores), []
    for start in (0, 10, 20, 30):
        gap = scores.copy()
        gap[start : start + 10] = NAN
        without.append(variance_inflation(gap))
    assert found.value == variance_inflation(scores)
    assert found.se == pytest.approx(math.sqrt(3 / 4 * np.sum((without - np.mean(without)) ** 2)))
    assert math.isnan(inflation_estimate(scores[:29]).low)


def test_inflation_by_its_definition() -> None:
    scores = np.random.default_rng(3).normal(size=(30, 8)).cumsum(axis=0)
    z = scores - scores.mean(axis=1, keepdims=True)
    parts = [np.mean(z[:-lag] * z[lag:]) / np.mean(z**2) for lag in range(1, 5)]
    assert variance_inflation(scores) == pytest.approx(1 + 2 * sum(parts))
    assert variance_inflation(scores, overlap=1) == 1


def test_rounds_to_half_weight_by_hand() -> None:
    assert rounds_to_half_weight(3, 0.03) == pytest.approx(97)
    assert rounds_to_half_weight(3, 0) == math.inf
    assert rounds_to_half_weight(3, -0.012) == math.inf


def test_shrinking_by_hand() -> None:
    # variance 4, mean squared error 1: spread² 3, everybody keeps 3/4 of the distance to 2
    found = shrink([0, 2, 4, NAN, 1], [1, 1, 1, 1, NAN])
    np.testing.assert_allclose(found.scores, [0.5, 2, 3.5, NAN, NAN])
    np.testing.assert_allclose(found.kept, [0.75, 0.75, 0.75, NAN, NAN])
    assert (found.mean, found.spread) == (pytest.approx(2), pytest.approx(math.sqrt(3)))
    # unlike errors: spread² = 4 - 3; weights 1/2, 1/2, 1/8
    unlike = shrink([0, 2, 4], [1, 1, math.sqrt(7)])
    mean = (2 / 2 + 4 / 8) / (1 + 1 / 8)
    np.testing.assert_allclose(unlike.scores, [mean / 2, mean + (2 - mean) / 2, mean + (4 - mean) / 8])
    # chance explains it all
    np.testing.assert_allclose(shrink([0, 2, 4], [9, 9, 9]).scores, 2)
    assert np.isnan(shrink([0, 2], [1, 1]).scores).all()
    # without an error a score is what it is: variance 4, spread² 4 - 4/3, and with no spread left
    sure = shrink([0, 2, 4], [0, 0, 2])
    assert (sure.scores[:2].tolist(), sure.kept.tolist()) == ([0, 2], [1, 1, pytest.approx(2 / 5)])
    exact = shrink([1, 1, 3], [0, 0, 9])
    assert (exact.scores.tolist(), exact.mean, exact.spread) == ([1, 1, 1], 1, 0)


def test_reranking_by_hand() -> None:
    one = np.arange(20.0)
    other = one.copy()
    other[19], other[18] = -1, 30  # of the two best one falls to the bottom
    found = rerank(one, other)
    assert (found.n, found.top, found.below_median, found.still_top) == (20, 2, 0.5, 0.5)
    assert rerank([1, NAN, 3], [2, 5, 1]).n == 2
    assert rerank([], []).n == 0
    assert math.isnan(rerank([], []).below_median)
    scores = np.vstack([np.tile(one, (6, 1)), np.tile(99 - one, (4, 1)), np.tile(one, (10, 1))])
    # rounds 7 to 10 share days with the second half, and are left out
    assert split_half(scores).below_median == 0
    assert split_half(scores[::-1], overlap=1).still_top == 1


# ---------------------------------------------------------------- simulated


@pytest.mark.long
@pytest.mark.slow
@pytest.mark.parametrize("share", [0.0, 0.05])
def test_intervals_hold_what_they_promise(share: float) -> None:
    """100 records of 100 rounds and 60 models: 95 % intervals hold at least .90 and err by caution."""
    rng = np.random.default_rng(int(100 * share))
    held = np.zeros(4)
    # luck of a mean of ten rounds has this variance, and of a long one that inflation
    luck = sum((10 - abs(lag)) * (1 - abs(lag) / 5) for lag in range(-4, 5)) / 100
    ten, inflation = share / (share + (1 - share) * luck), 1 + 2 * sum(share + (1 - share) * r for r in STEPS)
    for _ in range(100):
        scores = overlapping(rng, 100, 60, share)
        asked = (
            (signal_share, share),
            (persistence, share),
            (lasting_means, ten),
            (inflation_estimate, inflation),
        )
        for at, (ask, truth) in enumerate(asked):
            found = ask(scores)
            held[at] += found.low <= truth <= found.high
    assert (held / 100 >= 0.90).all()


@pytest.mark.slow
def test_shrunk_scores_are_nearer_to_the_truth() -> None:
    rng = np.random.default_rng(4)
    truth, errors = rng.normal(0.01, 0.01, 500), rng.uniform(0.005, 0.03, 500)
    seen = truth + errors * rng.normal(size=500)
    found = shrink(seen, errors)
    assert found.spread == pytest.approx(0.01, rel=0.15)
    assert np.mean((found.scores - truth) ** 2) < 0.6 * np.mean((seen - truth) ** 2)


@pytest.mark.slow
def test_overlap_triples_a_variance() -> None:
    scores = overlapping(np.random.default_rng(5), 400, 80)
    assert variance_inflation(scores) == pytest.approx(5, rel=0.05)  # 1 + 2 (.8 + .6 + .4 + .2)
    mean = [effective_rounds(each) for each in scores.T[:40]]
    assert np.median(mean) == pytest.approx(400 / 5, rel=0.25)


# ---------------------------------------------------------------- the bundled sample


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    from tournament.sample import rounds_frame

    return rounds_frame()


def table(rows: pd.DataFrame, score: str) -> pd.DataFrame:
    final = rows[rows["resolved"]].pivot(index="round", columns="model", values=score)
    return final.reindex(range(final.index.min(), final.index.max() + 1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("score", "share", "lasting", "inflation"),
    [("corr", 0.0467, 0.0490, 3.10), ("tc", -0.0061, 0.0004, 2.03), ("fnc_v3", 0.0632, 0.0562, 4.17)],
)
def test_what_comes_again_in_the_sample(
    rows: pd.DataFrame, score: str, share: float, lasting: float, inflation: float
) -> None:
    scores = table(rows, score)
    found, again = signal_share(scores), persistence(scores)
    assert (found.value, again.value) == pytest.approx((share, lasting), abs=5e-5)
    assert variance_inflation(scores) == pytest.approx(inflation, abs=0.005)
    # of the three scores CORR alone is clearly above 0
    assert (found.low > 0, again.low > 0) == (score == "corr", score == "corr")


@pytest.mark.slow
def test_effective_rounds_of_the_sample(rows: pd.DataFrame) -> None:
    """The mean CORR of 143 rounds is worth 42, the mean TC of 126 rounds 23: as shipped, interim rows too."""
    means = rows.groupby("round")[["corr", "tc"]].mean()
    assert effective_rounds(means.loc[183:, "corr"]) == pytest.approx(41.9, abs=0.05)
    assert effective_rounds(means["tc"].dropna()) == pytest.approx(23.1, abs=0.05)


@pytest.mark.slow
def test_the_best_by_corr_stand_by_tc_as_they_stand_by_themselves(rows: pd.DataFrame) -> None:
    """Final rounds 271 to 306, models with 30 of them: 32 % of the best by CORR are low by TC."""
    corr, tc = (table(rows, score).loc[271:306] for score in ("corr", "tc"))
    often = corr.notna().sum() >= 30
    corr, tc = corr.loc[:, often], tc.reindex(columns=corr.columns).loc[:, often]
    found, self_ = rerank(corr.mean(), tc.mean()), split_half(corr)
    assert (found.n, found.top) == (762, 76)
    assert (found.below_median, found.still_top) == pytest.approx((0.316, 0.211), abs=0.001)
    assert (self_.below_median, self_.still_top) == pytest.approx((0.5, 0.118), abs=0.001)


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: signal_share([1, 2]), "Scores need a row per round"),
        (lambda: persistence([[1, math.inf]]), "A score must be a finite number"),
        (lambda: signal_share([[1, 2]], first=7, last=6), "Lags run from 1 or more"),
        (lambda: persistence([[1, 2]], block=0), "Lags run from 1 or more"),
        (lambda: variance_inflation([[1, 2]], overlap=0), "Rounds overlap by 1"),
        (lambda: inflation_estimate([[1, 2]], block=0), "Rounds overlap by 1"),
        (lambda: lasting_means([[1, 2]], overlap=0), "Means are of 2 rounds or more"),
        (lambda: lasting_means([[1, 2]], rounds=1), "Means are of 2 rounds or more"),
        (lambda: lasting_means([[1, math.inf]]), "A score must be a finite number"),
        (lambda: split_half([[1, 2]], overlap=0), "Rounds overlap by 1"),
        (lambda: rounds_to_half_weight(0, 0.1), "The inflation of a variance is above 0"),
        (lambda: rounds_to_half_weight(3, 1), "The inflation of a variance is above 0"),
        (lambda: shrink([1, 2], [1]), "There must be one score and one standard error"),
        (lambda: shrink([1, 2], [1, -1]), "A standard error must be a finite number of 0 or more"),
        (lambda: rerank([1], [1, 2]), "There must be two scores per model"),
        (lambda: rerank([1], [1], top=0.6), "The top is a share above 0"),
    ],
)
def test_bad_input_gets_one_sentence(asked: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        asked()
