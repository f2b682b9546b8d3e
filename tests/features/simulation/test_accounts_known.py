"""What is known of accounts besides stake, and schemes that weigh by it: by pandas and by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.simulation.accounts_known import known_of
from features.simulation.proposal_impact import proposal_impact
from tests.features.simulation.proposed import calendar, made_up, proposal, rows_of, stakes_of, weights_of
from tests.tournament.sample import file_rows
from tournament.sample import FOLDER, SampleSource
from tournament.source import TournamentField


def test_means_and_errors_by_hand() -> None:
    # .01 and .03 of one account, .02 twice of the other: within them 2 x .01² over 2 free rounds
    rows = rows_of([[0.01, 0.03], [0.02, 0.02]])
    rows = replace(rows, scores={"corr": rows.scores["corr"]})
    found = known_of(stakes_of([60, 40, 5]), TournamentField.of(rows), calendar(2))
    known = found.known
    assert known.scores is not None
    assert known.errors is not None
    np.testing.assert_allclose(known.scores, [0.02, 0.02, np.nan])
    overlap = calendar(2).overlap(np.array([316, 317]))
    np.testing.assert_allclose(known.errors, [0.01 * math.sqrt(overlap / 2)] * 2 + [np.nan])
    assert found.scored == "CORR of rounds 316-317"
    assert found.why_not(("scores", "errors")) == ""
    assert found.why_not(("clusters",)) == (
        "No two accounts share 40 final rounds, so it can't be told which are alike."
    )
    assert found.why_not(("correlations",)).startswith("This source has nobody's correlation")


@pytest.mark.slow
async def test_correlations_of_the_sample_by_pandas(source: SampleSource) -> None:
    rows = pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")
    final = file_rows.final_rows()[["model", "round"]]
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")[["model", "account", "nmr_staked"]]
    rows = rows.drop(columns="account").merge(final, on=["model", "round"]).merge(board, on="model")
    rows = rows[(rows["stake_nmr"] > 0) & rows["corr_with_meta_model"].notna()]
    rows["product"] = rows["corr_with_meta_model"] * rows["stake_nmr"]
    by = rows.groupby("account")[["product", "stake_nmr"]].sum()
    mean = by["product"] / by["stake_nmr"]
    stake = board.groupby("account")["nmr_staked"].sum()
    held = stake[(stake > 0) & stake.index.isin(mean.index)]
    passing = mean[held.index] >= 0.5
    got = weights_of(await proposal_impact(source, proposal("weights", weights="gate", weights_cap=0.5)))
    np.testing.assert_allclose(got.before, held / held.sum(), rtol=1e-9)
    np.testing.assert_allclose(got.after, held * passing / held[passing].sum(), rtol=1e-9)
    assert 0 < (~passing).sum() < held.size / 2
    assert got.splitting in (0, pytest.approx(1)) or math.isnan(got.splitting)
    assert got.basis.startswith("By the mean correlation of rounds ")


@pytest.mark.slow
async def test_limits_by_performance_on_the_sample(source: SampleSource) -> None:
    asked = proposal("weights", weights="performance_cap", weights_cap=0.02)
    impact = await proposal_impact(source, asked)
    got = weights_of(impact)
    stakes, everyone = await source.stakes(), await source.everyone()
    known = known_of(stakes, everyone, await source.rounds()).known.of(got.position)
    assert known.scores is not None
    assert known.errors is not None
    # drawn to the mean by pandas; the limits by hand
    x, se = pd.Series(known.scores), pd.Series(known.errors)
    signal = max(0.0, x.var() - (se**2).mean())
    mean = (x / (signal + se**2)).sum() / (1 / (signal + se**2)).sum()
    z = ((x - mean) * signal / (signal + se**2) / x.std()).fillna(0)
    most = 0.02 * (1 + z.map(lambda each: math.erf(each / math.sqrt(2))))
    assert (got.after <= most * (1 + 1e-9)).all()
    level = (got.after / got.before)[got.after < 0.999 * most]
    np.testing.assert_allclose(level, level.mean(), rtol=1e-9)
    assert got.after.sum() == pytest.approx(1)
    assert any("drawn towards the mean of all" in each for each in impact.assumptions)


@pytest.mark.slow
async def test_a_whole_dial_gives_the_distribution_of_quality(source: SampleSource) -> None:
    half = weights_of(await proposal_impact(source, proposal("weights", weights="reshape", weights_cap=0.5)))
    full = weights_of(await proposal_impact(source, proposal("weights", weights="reshape", weights_cap=1.0)))
    np.testing.assert_allclose(half.after, (half.before + full.after) / 2)
    assert (np.diff(full.after[np.argsort(full.stake)]) >= -1e-15).all()
    assert full.after.max() < 0.01 < full.before.max()


@pytest.mark.slow
async def test_caps_on_who_is_alike_apply_to_the_sample(source: SampleSource) -> None:
    stakes = await source.stakes()
    found = known_of(stakes, await source.everyone(), await source.rounds())
    hard = weights_of(
        await proposal_impact(source, proposal("weights", weights="cluster_cap", weights_cap=0.01))
    )
    known = found.known.of(hard.position)
    assert known.clusters is not None
    totals = pd.Series(hard.after).groupby(known.clusters).sum()
    before = pd.Series(hard.before).groupby(known.clusters).sum()
    assert totals.max() == pytest.approx(0.01)
    assert hard.after.sum() == pytest.approx(1)
    below = totals < 0.0099999
    np.testing.assert_allclose(
        totals[below] / before[below], (totals[below] / before[below]).mean(), rtol=1e-9
    )
    several = known.clusters < np.count_nonzero(np.bincount(known.clusters) > 1)
    assert 0 < np.count_nonzero(several) < 298
    impact = await proposal_impact(source, proposal("weights", weights="soft_cap", weights_cap=0.01))
    soft = weights_of(impact)
    together = known.similarity @ soft.after
    assert (known.similarity @ soft.before).max() > 0.1
    assert together.max() == pytest.approx(0.01, rel=1e-5)
    assert soft.splitting == pytest.approx(1, abs=1e-3)
    assert found.alike is not None
    assert hard.basis == soft.basis == found.alike.told
    assert any("Predictions are not public; alike is who has" in each for each in impact.assumptions)
    tight = await proposal_impact(source, proposal("weights", weights="soft_cap", weights_cap=0.0002))
    assert tight.reason_not == (
        "A soft cap of 0.02 % can't be kept: with who is like whom here, 0.025 % is the smallest that can."
    )


async def test_what_is_not_known_is_said_in_a_sentence() -> None:
    made = made_up([[0.02] * 6, [0.01] * 6], stakes_of([60, 40]))
    for name in ("cluster_cap", "soft_cap"):
        impact = await proposal_impact(made, proposal("weights", weights=name, weights_cap=0.5))
        assert impact.weights is None
        assert impact.reason_not.startswith("No two accounts share 40 final rounds")
    gate = await proposal_impact(made, proposal("weights", weights="gate", weights_cap=0.5))
    assert gate.reason_not == (
        "This source has nobody's correlation with the meta model, so nobody can be held against a gate."
    )
    tight = await proposal_impact(made, proposal("weights", weights="performance_cap", weights_cap=0.1))
    assert tight.reason_not.startswith("The limits are too low: all holders at theirs have ")
