"""Who is alike: by hand, from simulated predictions and scores, by chance, and in the bundled sample."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from scoring.lab.redundancy import clear_pairs, clusters, prediction_similarity, score_similarity
from scoring.metrics import numerai_corr

NAN = math.nan
THREE = np.array([[1, 0.9, 0.1], [0.9, 1, 0.2], [0.1, 0.2, 1]])


def overlapping(rng: np.random.Generator, rounds: int, models: int) -> np.ndarray:
    """Records that share four fifths of the next round."""
    shocks = rng.normal(size=(rounds + 4, models))
    return sum(shocks[lag : lag + rounds] for lag in range(5)) / math.sqrt(5)


def test_predictions_are_compared_by_rank() -> None:
    rng = np.random.default_rng(1)
    p = rng.random((50, 3))
    z = stats.norm.ppf((stats.rankdata(p, axis=0) - 0.5) / 50)
    found = prediction_similarity(np.column_stack([p, np.exp(p[:, 0]), -p[:, 1]]))
    np.testing.assert_allclose(found[:3, :3], np.corrcoef(z.T), atol=1e-12)
    assert (found[0, 3], found[1, 4]) == (pytest.approx(1), pytest.approx(-1))
    p[3, 1], p[:, 2] = NAN, 0.5
    gaps = prediction_similarity(p)
    assert np.isnan(gaps).tolist() == [[False, True, True], [True, True, True], [True, True, True]]


def test_scores_are_compared_beyond_the_mean_of_their_round() -> None:
    rng = np.random.default_rng(2)
    market, own = rng.normal(size=(60, 1)), rng.normal(size=(60, 200))
    own[:, 1] = own[:, 0]
    found = score_similarity(5 * market + own, overlap=1)
    assert found.r[0, 1] == pytest.approx(1)
    rest = found.r[2:, 2:][np.triu_indices(198, 1)]
    assert abs(rest.mean()) < 0.005
    assert rest.std() == pytest.approx(1 / math.sqrt(59), rel=0.1)
    assert found.effective_rounds[0, 2] == pytest.approx(60)
    assert found.se[0, 2] == pytest.approx((1 - found.r[0, 2] ** 2) / math.sqrt(59))


def test_what_overlapping_rounds_are_worth() -> None:
    found = score_similarity(np.random.default_rng(3).normal(size=(40, 3)))
    lags = np.abs(np.subtract.outer(np.arange(40), np.arange(40)))
    shared = np.clip(1 - lags / 5, 0, None)
    centred = (np.eye(40) - 1 / 40) @ shared
    worth = np.trace(centred) ** 2 / np.trace(centred @ centred) + 1
    assert found.effective_rounds[0, 1] == pytest.approx(worth)
    assert worth == pytest.approx(12.4, abs=0.05)


def test_models_with_few_rounds_in_common_are_not_compared() -> None:
    scores = np.random.default_rng(4).normal(size=(60, 4))
    scores[:21, 1] = NAN  # 39 rounds with anybody
    found = score_similarity(scores)
    assert np.isnan(found.r[1]).all()
    assert not np.isnan(found.r[0, 2])
    loose = score_similarity(scores, fewest=39)
    rows = scores[21:] - np.nanmean(scores[21:], axis=1, keepdims=True)
    wanted = np.corrcoef(rows[:, 0], rows[:, 1])[0, 1]
    assert loose.r[0, 1] == pytest.approx(wanted * 3 / 4 + 1 / 4)


def test_clusters_by_hand() -> None:
    assert clusters(THREE, 0.5).tolist() == [0, 0, 1]
    assert clusters(THREE, 0.95).tolist() == [0, 1, 2]
    # a chain: each is like its neighbour, the ends are strangers
    chain = np.array([[1, 0.8, 0], [0.8, 1, 0.8], [0, 0.8, 1]])
    assert clusters(chain, 0.7).tolist() == [0, 0, 1]
    unknown = np.where(THREE == 0.9, NAN, THREE)
    assert clusters(unknown, 0.5).tolist() == [0, 1, 2]
    assert clusters([[1]], 0.5).tolist() == [0]
    assert clusters(np.empty((0, 0)), 0.5).tolist() == []
    # the largest first
    four = np.eye(4)
    four[2, 3] = four[3, 2] = 0.9
    assert clusters(four, 0.5).tolist() == [1, 2, 0, 0]


def test_clear_pairs_by_hand() -> None:
    worth = np.full((3, 3), 20.0)
    t = 0.9 * math.sqrt(18 / (1 - 0.81))
    found = clear_pairs(THREE, worth)
    assert (found.first.tolist(), found.second.tolist(), found.tested) == ([0], [1], 3)
    assert found.p[0] == pytest.approx(3 * stats.t.sf(t, 18))
    # Holm: the second is multiplied by 2, the third by 1
    loose = clear_pairs(THREE, worth, level=0.99)
    wanted = [2 * stats.t.sf(0.2 * math.sqrt(18 / 0.96), 18), stats.t.sf(0.1 * math.sqrt(18 / 0.99), 18)]
    np.testing.assert_allclose(loose.p[1:], np.maximum.accumulate(wanted))
    assert clear_pairs(np.full((3, 3), NAN), worth).tested == 0
    assert clear_pairs([[1, 1], [1, 1]], [[9, 9], [9, 9]]).r.tolist() == [1]


@pytest.mark.slow
def test_series_of_scores_know_who_predicts_alike() -> None:
    """150 rounds of 12 models in pairs: r of scores beside r of predictions, by its own standard error."""
    rng = np.random.default_rng(5)
    stocks, rounds, pairs = 300, 150, 6
    scores, alike = [], np.zeros((12, 12))
    for _ in range(rounds):
        common = rng.normal(size=(stocks, pairs))
        p = np.repeat(common, 2, axis=1) + 0.6 * rng.normal(size=(stocks, 2 * pairs))
        alike += prediction_similarity(p) / rounds
        scores.append(numerai_corr(p, rng.integers(0, 5, stocks) / 4))
    found = score_similarity(np.array(scores), overlap=1)
    apart = (found.r - alike)[np.triu_indices(12, 1)] / found.se[np.triu_indices(12, 1)]
    assert np.mean(np.abs(apart) < 2.5) > 0.9
    assert clusters(found.r, 0.45).tolist() == np.repeat(range(6), 2).tolist()
    named = clear_pairs(found.r, found.effective_rounds)
    assert sorted(zip(named.first.tolist(), named.second.tolist(), strict=True)) == [
        (at, at + 1) for at in range(0, 12, 2)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [40, 120])
def test_unlike_models_are_seldom_named(rounds: int) -> None:
    """In 300 records of 30 unlike models at a level of 5 %: fewer, and of one pair about what is promised."""
    rng = np.random.default_rng(rounds)
    named, low = 0, []
    for _ in range(300):
        found = score_similarity(overlapping(rng, rounds, 30))
        named += clear_pairs(found.r, found.effective_rounds, level=0.05).r.size > 0
        one = found.r[np.triu_indices(30, 1)]
        df = found.effective_rounds[0, 1] - 2
        low.append(np.mean(stats.t.sf(one * np.sqrt(df / (1 - one**2)), df) < 0.05))
    assert named / 300 <= 0.05
    assert 0.03 <= np.mean(low) <= 0.07


@pytest.mark.slow
def test_the_sample_is_full_of_near_copies() -> None:
    """673 models share 40 final rounds with somebody; 219 have another with r above .9, and 197 are clear."""
    from tournament.sample import rounds_frame

    rows = rounds_frame()
    table = rows[rows["resolved"]].pivot(index="round", columns="model", values="corr").to_numpy()
    found = score_similarity(table)
    others = np.where(np.eye(len(found.r), dtype=bool), NAN, found.r)
    assert (~np.isnan(found.r).all(axis=1)).sum() == 673
    assert (others > 0.9).any(axis=1).sum() == 219
    named = clear_pairs(found.r, found.effective_rounds)
    assert named.tested == 208_270
    assert len({*named.first.tolist(), *named.second.tolist()}) == 197
    assert named.r.min() == pytest.approx(0.724, abs=5e-4)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: prediction_similarity([1, 2]), "Predictions need a row per stock"),
        (lambda: prediction_similarity([[math.inf, 1]]), "A prediction must be a finite number"),
        (lambda: score_similarity([1, 2]), "Scores need a row per round"),
        (lambda: score_similarity([[math.inf, 1]]), "A score must be a finite number"),
        (lambda: score_similarity([[1, 2]], overlap=0), "Rounds overlap by 1"),
        (lambda: clusters([[1, 0.5]], 0.5), "Correlations need a row and a column per model"),
        (lambda: clusters([[1, 0.5], [0.4, 1]], 0.5), "The correlation of two models must be the same"),
        (lambda: clusters([[1, 2], [2, 1]], 0.5), "A correlation lies between -1 and 1"),
        (lambda: clusters(THREE, 1), "A threshold is a correlation between -1 and 1"),
        (lambda: clear_pairs(THREE, [[1]]), "There must be as many effective rounds"),
        (lambda: clear_pairs(THREE, THREE, level=0), "A level lies between 0 and 1"),
    ],
)
def test_bad_input_gets_one_sentence(asked: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        asked()
