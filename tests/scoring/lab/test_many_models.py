"""Pairs that are alike without a table of all: against the table, by hand, by chance, and in the sample."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from scoring.lab.many_models import ALIKE, AlikePairs, alike_pairs, closest, clusters_of_pairs
from scoring.lab.redundancy import clear_pairs, clusters, score_similarity
from tests.scoring.lab.test_redundancy import overlapping

NAN = math.nan


def families(rng: np.random.Generator, rounds: int, models: int, *, gaps: bool = True) -> np.ndarray:
    """Records of models in families of five, some with gaps."""
    scores = overlapping(rng, rounds, models // 5).repeat(5, axis=1) + 0.4 * overlapping(rng, rounds, models)
    if gaps:
        for model in range(0, models, 7):
            scores[: rng.integers(0, rounds), model] = NAN
    return scores


def pair(r: float, size: int) -> AlikePairs:
    """The first two of so many are alike."""
    one = np.array([0])
    there = np.ones(size, dtype=np.bool_)
    return AlikePairs(one, one + 1, np.array([r]), np.array([20.0]), np.array([False]), there, 1, 0.0)


@pytest.mark.slow
@pytest.mark.parametrize("models", [50, 600])
def test_it_is_what_the_whole_table_says(models: int) -> None:
    scores = families(np.random.default_rng(models), 90, models)
    whole = score_similarity(scores)
    found = alike_pairs(scores)
    above = np.triu(whole.r >= ALIKE, 1)
    one, other = np.nonzero(above)
    assert sorted(zip(found.first.tolist(), found.second.tolist(), strict=True)) == sorted(
        zip(one.tolist(), other.tolist(), strict=True)
    )
    np.testing.assert_allclose(found.r, whole.r[found.first, found.second], atol=1e-12)
    np.testing.assert_allclose(found.effective_rounds, whole.effective_rounds[found.first, found.second])
    known = np.isfinite(np.where(np.eye(models, dtype=bool), NAN, whole.r))
    assert found.compared.tolist() == known.any(axis=1).tolist()
    assert found.tested == np.count_nonzero(known) / 2
    df = whole.effective_rounds[np.triu(known, 1)] - 2
    luck = stats.t.sf(ALIKE * np.sqrt(df / (1 - ALIKE**2)), df).sum()
    assert found.by_luck == pytest.approx(luck)
    named = clear_pairs(whole.r, whole.effective_rounds)
    clear = {*zip(named.first.tolist(), named.second.tolist(), strict=True)}
    got = {*zip(found.first[found.clear].tolist(), found.second[found.clear].tolist(), strict=True)}
    assert len(clear) > models / 5
    assert got == {at for at in clear if whole.r[at] >= ALIKE}
    table = np.where(above | above.T, whole.r, np.eye(models))
    np.testing.assert_allclose(found.table(np.arange(models), models).toarray(), table, atol=1e-12)
    assert clusters_of_pairs(models, found).tolist() == clusters(table, ALIKE).tolist()
    eigenvalues = np.linalg.eigvalsh(table[np.ix_(found.compared, found.compared)])
    assert found.independent == pytest.approx(eigenvalues.sum() ** 2 / (eigenvalues**2).sum())


def test_one_model_against_all_others() -> None:
    scores = families(np.random.default_rng(3), 90, 50)
    whole, found = score_similarity(scores), closest(scores, 12)
    others = np.arange(50) != 12
    assert math.isnan(found.r[12])
    np.testing.assert_allclose(found.r[others], whole.r[12, others], atol=1e-12)
    np.testing.assert_allclose(found.se[others], whole.se[12, others], atol=1e-12)
    known = others & ~np.isnan(whole.r[12])
    assert found.tested == known.sum()
    df = whole.effective_rounds[12, known] - 2
    raw = np.sort(stats.t.sf(whole.r[12, known] * np.sqrt(df / (1 - whole.r[12, known] ** 2)), df))
    wanted = np.minimum(np.maximum.accumulate(raw * np.arange(raw.size, 0, -1)), 1)
    np.testing.assert_allclose(np.sort(found.p[known]), wanted, rtol=1e-6)


def test_by_hand() -> None:
    placed = pair(0.8, 3).table(np.array([4, 1, 0]), 5).toarray()
    assert (placed[4, 1], placed[1, 4], placed.sum()) == (0.8, 0.8, 5 + 1.6)
    assert clusters_of_pairs(4, pair(0.8, 4)).tolist() == [0, 0, 1, 2]
    assert clusters_of_pairs(4, pair(0.8, 4), 0.9).tolist() == [0, 1, 2, 3]
    assert pair(1.0, 2).independent == 1
    assert pair(0.8, 4).independent == pytest.approx(16 / (4 + 2 * 0.64))
    nobody = alike_pairs(np.empty((50, 0)))
    assert (nobody.tested, nobody.r.size) == (0, 0)
    assert math.isnan(nobody.independent)
    assert clusters_of_pairs(0, nobody).size == 0
    few = alike_pairs(np.random.default_rng(1).normal(size=(39, 4)))
    assert (few.tested, few.compared.any()) == (0, False)


@pytest.mark.slow
def test_luck_makes_no_more_pairs_than_is_said() -> None:
    """Unlike models over 60 overlapping rounds: 5.6 pairs with r of .62 or more, where 8.9 are said."""
    found = [alike_pairs(overlapping(np.random.default_rng(seed), 60, 80)) for seed in range(60)]
    got, said = np.mean([each.r.size for each in found]), found[0].by_luck
    assert 3 < said < 30
    assert 0.5 * said < got < said
    assert sum(each.clear.any() for each in found) <= 3


@pytest.mark.slow
def test_many_clear_pairs_of_the_sample_have_the_same_scores_to_the_last_digit() -> None:
    """So that pairs are clear can't be luck: 228 pairs are equal in every round that both have."""
    from tournament.sample import rounds_frame

    rows = rounds_frame()
    rows = rows[rows["resolved"]]
    table = rows.pivot(index="round", columns="model", values="corr")
    account = rows.groupby("model")["account"].first()[table.columns].to_numpy()
    scores = table.to_numpy()
    found = alike_pairs(scores)
    one, other = scores[:, found.first], scores[:, found.second]
    same = ((one == other) | np.isnan(one) | np.isnan(other)).all(axis=0)
    assert same.sum() == 228
    assert found.clear[same].all()
    assert found.clear.sum() == 1204
    of_one = account[found.first] == account[found.second]
    assert of_one[found.clear].sum() < 50, "most are of different accounts, as far as names tell"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: alike_pairs([1, 2]), "Scores need a row per round"),
        (lambda: alike_pairs([[1, 2]], at_least=0), "Models are alike from a correlation above 0"),
        (lambda: alike_pairs([[1, 2]], level=1), "A level lies between 0 and 1"),
    ],
)
def test_bad_input_gets_one_sentence(asked: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        asked()


@pytest.mark.slow
def test_too_many_pairs_are_refused() -> None:
    record = np.random.default_rng(2).normal(size=(60, 1))
    scores = np.hstack([record.repeat(1500, axis=1), -record.repeat(1500, axis=1)])
    with pytest.raises(ValueError, match=r"^More than 1,000,000 pairs are alike"):
        alike_pairs(scores)
