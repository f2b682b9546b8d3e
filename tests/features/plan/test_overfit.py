"""Whether a grid of rules is overfitted: stakes that compound, by a plain ledger on the sample's rows."""

import asyncio
import math

import numpy as np
import pandas as pd
import pytest

from features.plan.compounded import followed_rounds, meta_model_under
from features.plan.overfit import OverfitGrid, overfit_grid, told_best, told_worst
from features.plan.overfit_card import overfit_answer
from features.plan.overfit_chart import picture_of_overfit
from tests.features.simulation.proposed import made_up
from tests.ui.cards import check_answer
from tournament.sample import FOLDER, SampleSource

ASKED = {"grid": None, "rule": None, "blocks": 8, "tournament": "classic"}


@pytest.fixture(scope="module")
def usual(source: SampleSource) -> OverfitGrid:
    return asyncio.run(overfit_grid(source))


@pytest.mark.slow
async def test_stakes_compound_as_in_a_ledger(source: SampleSource, rows: pd.DataFrame) -> None:
    """Each model alone, day by day: what resolved before a round opens is in its stake."""
    rule = {"corr": 1.0, "tc": 3.0}
    followed = followed_rounds("classic", await source.everyone(), await source.rounds(), ("corr", "tc"))
    found = meta_model_under(followed, rule)
    dates = pd.read_csv(FOLDER / "rounds_2022-12-22.csv", parse_dates=["open_time", "resolve_time"])
    opened, resolved = (
        dict(zip(dates["round"], dates[f"{what}_time"], strict=True)) for what in ("open", "resolve")
    )
    sums = {number: np.zeros(4) for number in followed.numbers.tolist()}
    staked = rows[(rows["stake_nmr"] > 0) & rows["round"].isin(followed.numbers)].sort_values("round")
    for _, own in staked.groupby("model"):
        stake, open_rounds = float(own["stake_nmr"].iloc[0]), []
        for row in own.itertuples():
            opens = opened[row.round]
            for resolves, pay in [each for each in open_rounds if each[0] <= opens]:
                stake = max(0.0, stake + max(pay, -stake))
                open_rounds.remove((resolves, pay))
            score = sum(times * getattr(row, name) for name, times in rule.items())
            if not math.isnan(score):
                outside = 311 <= row.round <= 315  # the factor came after the clip then
                factor, whole = (row.payout_factor, score) if outside else (1.0, row.payout_factor * score)
                rate = factor * min(0.25, max(-0.25, whole))
                open_rounds.append((resolved[row.round], rate * stake))
            if not math.isnan(row.corr) and not math.isnan(row.corr_with_meta_model):
                sums[row.round][:2] += stake * row.corr, stake * row.corr_with_meta_model
            if not math.isnan(row.tc):
                sums[row.round][2:] += stake * row.tc, stake
    expected = np.array([sums[number] for number in followed.numbers.tolist()])
    assert found["corr"] == pytest.approx(expected[:, 0] / expected[:, 1], rel=1e-6)
    assert found["tc"] == pytest.approx(expected[:, 2] / expected[:, 3], rel=1e-6)


@pytest.mark.slow
def test_the_usual_grid_on_the_sample(usual: OverfitGrid) -> None:
    """By CORR a low probability, though noise is as low one time in eight; by TC no better than luck."""
    corr, tc = usual.judged
    assert (usual.numbers[0], usual.numbers[-1], usual.overlap, usual.purge) == (200, 321, 5, 4)
    assert (len(usual.names), corr.result.tweaks, corr.result.rounds) == (18, 18, 122 - 7 * 4)
    assert corr.result.probability == pytest.approx(0.09, abs=0.06)
    assert tc.result.probability > 0.3
    assert 0.1 < corr.noise.std() < 0.35
    for each in usual.judged:
        assert each.noise.mean() == pytest.approx(0.5, abs=0.15)
        means = each.values.mean(axis=0)
        assert means[each.best] == means.max()
        within = (usual.numbers >= each.worst[0]) & (usual.numbers <= each.worst[1])
        assert np.count_nonzero(within) == 20
        outside = pd.Series(each.values[~within].mean(axis=0)).rank(ascending=False)
        assert each.rank_outside == outside[each.values[within].mean(axis=0).argmax()]
        assert each.rank_outside > 3  # what would have saved one stretch is no rule for the others
        assert not each.difference.excludes_0


@pytest.mark.slow
def test_its_answer(usual: OverfitGrid) -> None:
    answer = overfit_answer(usual, ASKED)
    told = check_answer(answer).replace("\\", "")
    for each in usual.judged:
        assert told_worst(usual, each) in told
        assert told_best(usual, each) in told
    assert "the largest always pay most" in told
    assert "34 rules in 18 directions" in told
    assert usual.verdict in answer.card.heading
    picture = picture_of_overfit(usual)
    assert picture.png.startswith(b"\x89PNG")
    assert "in the worse half in" in picture.alt


async def test_bad_input_gets_a_sentence(source: SampleSource) -> None:
    for terms, sentence in (
        ({"grid": "corr 1, tc 3"}, "nothing to choose"),
        ({"grid": "corr 0..1 step 1, tc 0..1 step 1", "blocks": 7}, "it is even"),
        (
            {"grid": "corr 0..1 step 1, tc 0..1 step 1", "blocks": 20},
            "184,756 ways, and 12 with 924 ways are the most",
        ),
        ({"grid": "corr 0..1 step 1, alpha 0..1 step 1"}, "No final round has a CORR"),
        ({"rule": "magic"}, "magic"),
    ):
        with pytest.raises(ValueError, match=sentence):
            await overfit_grid(source, **terms)


async def test_made_up_rows_without_a_correlation_say_so() -> None:
    with pytest.raises(ValueError, match="correlation with the meta model"):
        await overfit_grid(made_up([[0.01] * 40, [0.02] * 40]))
