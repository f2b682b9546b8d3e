"""Who says the same: by pandas on the bundled sample, by hand, and of daily rounds of thousands of models."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.simulation.accounts_known import known_of
from features.stakes.alike.scores import MOST_COMPARED, HoldersAlike, HolderScores
from scoring.lab.many_models import ALIKE
from tests.features.simulation.proposed import calendar, rows_of, stakes_of
from tests.tournament.sample import file_rows
from tournament.sample import FOLDER, SampleSource
from tournament.source import History, Rounds


def alike_of(rows: History, rounds: Rounds, stake: list[float], *, unit: str = "account") -> HoldersAlike:
    held = np.array(stake)
    scores = HolderScores(
        unit, np.arange(len(rows.models)), held, held > 0, np.unique(rows.round), rounds
    )  # fmt: skip
    for part in np.array_split(np.unique(rows.round), 3):
        scores.add(rows.only(np.isin(rows.round, part)))
    return scores.alike()


@pytest.mark.slow
async def test_accounts_of_the_sample_by_pandas(source: SampleSource) -> None:
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")[["model", "account", "nmr_staked"]]
    rows = file_rows.final_rows().drop(columns="account", errors="ignore").merge(board, on="model")
    rows = rows[(rows["stake_nmr"] > 0) & rows["corr"].notna()]
    rows["product"] = rows["corr"] * rows["stake_nmr"]
    cells = rows.groupby(["round", "account"])[["product", "stake_nmr"]].sum()
    table = (cells["product"] / cells["stake_nmr"]).unstack()
    stake = board.groupby("account")["nmr_staked"].sum()
    table = table.loc[:, (table.count() >= 40) & (stake[table.columns] > 0)]
    n = table.shape[1]
    r = table.sub(table.mean(axis=1), axis=0).corr(min_periods=40) * (1 - 1 / n) + 1 / n
    stakes, everyone = await source.stakes(), await source.everyone()
    known = known_of(stakes, everyone, await source.rounds())
    assert known.alike is not None
    names = np.array(stakes.accounts)[known.alike.at]
    assert names.tolist() == table.columns.tolist()
    wanted = r.where((r >= ALIKE) & ~np.eye(n, dtype=bool), 0.0).to_numpy()
    got = known.known.similarity[known.alike.at][:, known.alike.at].toarray()
    np.testing.assert_allclose(got - np.eye(n), wanted, atol=1e-9)
    assert known.known.similarity.nnz == len(stakes.accounts) + np.count_nonzero(wanted)
    pairs = np.triu(r.notna().to_numpy(), 1).sum()
    share = stake[table.columns][(r.count() > 1).to_numpy()].sum() / stake.sum()
    assert known.alike.told == (
        "Predictions are not public; alike is who has an r of 0.62 or more with another in CORR of rounds "
        f"182-321, beyond the mean of each round. 298 accounts with {100 * share:.0f} % of stake can be "
        f"compared, by 40 final rounds in common; 3,929 more count as like nobody. Of {pairs:,} pairs "
        f"{np.count_nonzero(wanted) // 2:,} are alike, where luck alone would make about 247 at most; 309 "
        "are clear at 1 % with all pairs counted."
    )
    clusters = known.known.clusters
    assert clusters is not None
    sizes = np.bincount(clusters)
    assert sizes.tolist() == sorted(sizes, reverse=True)
    assert sizes.sum() == len(stakes.accounts)
    assert np.isin(np.flatnonzero(np.isin(clusters, np.flatnonzero(sizes > 1))), known.alike.at).all()


def copies(rounds: int, models: int, seed: int = 1) -> list[list[float]]:
    """Models of which the second says what the first does."""
    corr = np.random.default_rng(seed).normal(0, 0.02, (models, rounds))
    corr[1] = corr[0]
    return corr.tolist()


def test_copies_by_hand() -> None:
    rows = rows_of(copies(60, 8))
    found = alike_of(rows, calendar(60), [10, 20, 30, 5, 5, 5, 5, 0])
    assert found.at.tolist() == [0, 1, 2, 3, 4, 5, 6], "who has no stake is not looked at"
    assert (found.pairs.first.tolist(), found.pairs.second.tolist()) == ([0], [1])
    assert found.pairs.r[0] == pytest.approx(1)
    assert found.clusters.tolist() == [0, 0, 1, 2, 3, 4, 5, 6]
    assert found.similarity.toarray()[0, 1] == pytest.approx(1)
    assert (found.overlap, found.step, found.clear, found.compared_stake) == (5, 1, 1, 1.0)
    assert "7 accounts with 100 % of stake can be compared" in found.told
    assert "; 0 more count as like nobody. Of 21 pairs 1 are alike" in found.told
    near = found.closest_to(0)
    assert near is not None
    assert (int(np.nanargmax(near.r)), near.tested) == (1, 6)
    assert found.closest_to(7) is None


def test_an_account_is_its_models_weighed_by_what_they_risk() -> None:
    corr = np.random.default_rng(2).normal(0, 0.02, (4, 50))
    corr[3] = (3 * corr[0] + corr[1]) / 4
    rows = rows_of(corr.tolist(), stake=[[30.0] * 50, [10.0] * 50, [5.0] * 50, [7.0] * 50])
    scores = HolderScores(
        "account", np.array([0, 0, 1, 2]), np.ones(3), np.ones(3, dtype=bool), np.unique(rows.round),
        calendar(50),
    )  # fmt: skip
    scores.add(rows)
    found = scores.alike()
    assert (found.pairs.first.tolist(), found.pairs.second.tolist()) == ([0], [2])
    assert found.pairs.r[0] == pytest.approx(1)
    unstaked = replace(rows, stake=np.zeros(rows.stake.size))
    with pytest.raises(ValueError, match=r"^No account has a final score, so"):
        alike_of(unstaked, calendar(50), [1, 1, 1, 1])
    assert alike_of(unstaked, calendar(50), [1, 1, 1, 1], unit="model").compared == 4


def test_rounds_that_are_not_final_do_not_count() -> None:
    rows = rows_of(copies(45, 4))
    open_still = replace(rows, resolved=rows.round < 316 + 39)
    with pytest.raises(
        ValueError, match=r"^No two accounts share 40 final rounds, so it can't be told which"
    ):
        alike_of(open_still, calendar(45), [1, 1, 1, 1])


def test_of_daily_rounds_some_are_put_together() -> None:
    rounds = calendar(300, days=1)
    corr = np.array(copies(300, 6))
    # one is there on one day of the week alone
    corr[2, np.arange(300) % 5 != 3] = np.nan
    found = alike_of(rows_of(corr.tolist()), rounds, [1] * 6)
    at_once = rounds.overlap(rounds.number)
    assert 15 < at_once < 30
    assert found.step == at_once // 5
    assert found.scores.shape == (-(-300 // found.step), 6)
    assert found.compared == 6
    assert found.clusters.tolist() == [0, 0, 1, 2, 3, 4]
    beyond = corr - np.nanmean(corr, axis=0)
    stretch = np.arange(300) // found.step
    wanted = pd.DataFrame(beyond.T).groupby(stretch).mean()
    np.testing.assert_allclose(found.scores, wanted, atol=1e-12)
    assert f"by 40 stretches of {found.step} final rounds in common" in found.told


@pytest.mark.slow
def test_of_thousands_the_largest_are_compared() -> None:
    models = MOST_COMPARED + 500
    rows = rows_of(copies(45, models))
    stake = [float(1 + at) for at in range(models)]
    stake[0] = 1e6
    found = alike_of(rows, calendar(45), stake)
    assert found.at.tolist() == [0, *range(501, models)]
    assert found.compared == MOST_COMPARED
    share = (1e6 + sum(range(502, models + 1))) / sum(stake)
    assert found.compared_stake == pytest.approx(share)
    assert "; 500 more count as like nobody" in found.told


def test_nobody_known_is_nobody_alike() -> None:
    found = known_of(stakes_of([60, 40]), None, calendar(2))
    assert found.why_not(("similarity",)).startswith("This source does not say whose models are whose")
    assert found.basis(("similarity",)) == ""
