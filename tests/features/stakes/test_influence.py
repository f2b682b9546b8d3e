"""Whether stake and score go together: the sample by pandas and scipy, and made-up accounts by hand."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from features.stakes.influence import FEWEST, stake_influence
from tests.features.stakes.made_up import MadeUp, calendar, leaderboard, rows_of, stakes_of
from tests.features.stakes.related import NAN, made_up, rng
from tests.scoring.change.test_clear import interval
from tests.tournament.sample.file_rows import final_rows
from tournament.sample import SampleSource


def joined(rounds: list[int] | None = None, score: str = "tc") -> pd.DataFrame:
    """Stake and mean score, weighted by stake, of every account with both."""
    rows, board = final_rows(), leaderboard()
    if rounds is not None:
        rows = rows[rows["round"].isin(rounds)]
    mean = rows.groupby("model")[score].mean().rename("score")
    both = board.join(mean, on="model").dropna(subset=["score"])
    both = both[both["nmr_staked"] > 0]
    both["product"] = both["score"] * both["nmr_staked"]
    by_account = both.groupby("account")[["nmr_staked", "product"]].sum()
    return by_account.assign(score=by_account["product"] / by_account["nmr_staked"])


# ---------------------------------------------------------------- the sample, by today's stake


@pytest.mark.slow
async def test_today_s_stake_and_score_are_joined_as_pandas_joins_them(source: SampleSource) -> None:
    got, both = await stake_influence(source), joined()
    assert (got.score, got.by, got.unit, got.who) == ("tc", "today", "account", "480 guessed accounts")
    assert got.holders == got.stake.size == len(both) == 480
    np.testing.assert_allclose(np.sort(got.stake), both["nmr_staked"].sort_values(), rtol=1e-9)
    np.testing.assert_allclose(np.sort(got.value), both["score"].sort_values(), rtol=1e-9)
    assert got.covered == pytest.approx(both["nmr_staked"].sum() / leaderboard()["nmr_staked"].sum())
    assert got.covered == pytest.approx(0.1625, abs=5e-5)
    assert got.association is not None
    for ours, our_p, measure in (
        (got.association.spearman, got.association.spearman_p, stats.spearmanr),
        (got.association.kendall, got.association.kendall_p, stats.kendalltau),
    ):
        assert ours == pytest.approx(measure(got.stake, got.value)[0], rel=1e-9)
        # sums in another order part some that tie, and tie some that don't
        expected, p = measure(both["nmr_staked"], both["score"])
        assert (ours, our_p) == (pytest.approx(expected, abs=1e-5), pytest.approx(p, abs=0.04))
    assert got.product is not None
    assert got.product.spearman == pytest.approx(stats.spearmanr(both["nmr_staked"], both["product"])[0])
    # what the thread saw: with stake x score there is a relation where with the score there is none
    assert got.product.spearman_p < 0.05 < got.association.spearman_p
    assert got.finding == "Larger stakes score no better in TC, and no worse."
    assert got.span == "rounds 200-321"
    assert (got.first_round, got.last_round) == (200, 321)
    assert got.left_out == "Left out: rounds 178-198, whose TC is in another unit."


@pytest.mark.slow
async def test_two_accounts_above_8000_are_too_few_for_a_density(source: SampleSource) -> None:
    got, both = await stake_influence(source), joined()
    above = both[both["nmr_staked"] > 8000]
    assert (got.threshold, got.across.n_above, len(above)) == (8000, 2, 2)
    assert np.isnan(got.density_above).all()
    assert np.isfinite(got.density_below).all()
    assert math.isnan(got.across.p_value)
    assert sorted(got.across.leave_one_out_means) == pytest.approx(sorted(above["score"]))
    assert got.across.mean_above == pytest.approx(above["score"].mean())


@pytest.mark.slow
async def test_above_1000_there_are_enough_for_a_density_and_a_p(source: SampleSource) -> None:
    got, both = await stake_influence(source, threshold=1000), joined()
    above = both["nmr_staked"] > 1000
    assert got.across.n_above == above.sum() >= FEWEST
    assert 0 < got.across.p_value <= 1
    decades = np.log10(got.density_at)
    for density, side in ((got.density_below, both[~above]), (got.density_above, both[above])):
        logs = np.log10(side["nmr_staked"])
        kernel = stats.gaussian_kde(
            logs, 0.9 * min(logs.std(), stats.iqr(logs) / 1.34) * len(logs) ** -0.2 / logs.std()
        )
        np.testing.assert_allclose(density, len(side) * kernel(decades), rtol=1e-6, atol=1e-9)


@pytest.mark.slow
async def test_the_band_holds_nine_of_ten_scores(source: SampleSource) -> None:
    got, both = await stake_influence(source), joined()
    assert (got.band.low, got.band.high) == pytest.approx(
        tuple(both["score"].quantile([0.05, 0.95])), rel=1e-9
    )
    assert got.artefact == (
        "The range of stake x TC grows with stake even where TC has nothing to do with stake: "
        "90 % would lie in the shaded band."
    )


@pytest.mark.slow
async def test_rounds_and_scores_can_be_chosen(source: SampleSource) -> None:
    got = await stake_influence(source, rounds="311-325", score=" CORR ")
    both = joined(list(range(311, 322)), "corr")
    assert (got.score, got.span, got.holders) == ("corr", "rounds 311-321", len(both))
    assert got.association is not None
    assert got.association.spearman == pytest.approx(stats.spearmanr(both["nmr_staked"], both["score"])[0])
    assert "CORR" in got.finding
    assert (got.asked, got.left_out) == ("rounds 311-325", "")  # of CORR all is in one unit


# ---------------------------------------------------------------- the sample, by round


def points_by_round() -> pd.DataFrame:
    rows = final_rows()
    rows = rows[(rows["stake_nmr"] > 0) & rows["tc"].notna()]
    owner = rows["model"].map(leaderboard().set_index("model")["account"])
    rows = rows.assign(owner=owner.fillna(rows["model"]), product=rows["tc"] * rows["stake_nmr"])
    points = rows.groupby(["round", "owner"])[["stake_nmr", "product"]].sum()
    return points.assign(score=points["product"] / points["stake_nmr"])


@pytest.mark.slow
async def test_by_round_the_mean_of_every_round_s_correlation_counts(source: SampleSource) -> None:
    got, points = await stake_influence(source, by="round"), points_by_round()
    assert got.stake.size == len(points)
    assert got.holders == points.index.get_level_values("owner").nunique()
    expected = {
        number: stats.spearmanr(each["stake_nmr"], each["score"])[0]
        for number, each in points.groupby("round")
        if len(each) >= 10 and each["score"].nunique() > 1
    }
    assert got.over_rounds is not None
    np.testing.assert_array_equal(got.over_rounds.rounds, list(expected))
    np.testing.assert_allclose(got.over_rounds.spearman, list(expected.values()), rtol=1e-9, atol=1e-12)
    assert got.over_rounds.mean == pytest.approx(np.mean(list(expected.values())))
    assert got.over_rounds.block == 10  # five weekly rounds are under way at once
    low, high = interval(np.array(list(expected.values())))
    assert (got.over_rounds.low, got.over_rounds.high) == pytest.approx((low, high), abs=1e-9)
    assert (got.over_rounds.mean, low, high) == pytest.approx((-0.016, -0.042, 0.010), abs=5e-4)
    assert got.finding == "More stake at risk in a round did not go with more or less TC."
    # many points are the same account again: no p is made of them
    assert (got.association, got.product, got.slope, got.split) == (None, None, None, None)
    assert math.isnan(got.covered)


@pytest.mark.slow
async def test_one_round_has_one_point_per_account_and_a_p(source: SampleSource) -> None:
    got = await stake_influence(source, by="round", rounds="round 306")
    points = points_by_round().loc[306]
    assert (got.span, got.holders) == ("round 306", len(points))
    assert got.stake.size == len(points)
    assert got.over_rounds is None
    assert got.association is not None
    expected = stats.spearmanr(points["stake_nmr"], points["score"])
    assert got.association.spearman == pytest.approx(expected[0], rel=1e-9)
    assert got.association.spearman_p == pytest.approx(expected[1], abs=0.04)
    assert (expected[0] < 0, expected[1] < 0.05) == (True, True)
    assert got.finding == "Larger stakes come with lower TC."


async def test_the_same_question_gets_the_same_answer(source: SampleSource) -> None:
    first, second = [await stake_influence(source, rounds="round 321") for _ in range(2)]
    for part in ("association", "product", "slope", "split"):
        assert getattr(first, part) == getattr(second, part)


# ---------------------------------------------------------------- by hand


async def test_an_account_s_score_is_that_of_its_stake() -> None:
    source = MadeUp(
        stakes_of([30, 10, 5, 0], [0, 0, 1, 1]),
        rows=rows_of(np.array([[0.01, 0.03], [0.06, NAN], [NAN, NAN], [0.5, 0.5]])),
        known_rounds=calendar(2),
    )
    got = await stake_influence(source)
    assert got.stake.tolist() == [
        40
    ]  # the other account has a score without a stake, a stake without a score
    assert got.value == pytest.approx([(30 * 0.02 + 10 * 0.06) / 40])
    assert got.covered == pytest.approx(40 / 45)
    assert (got.who, got.span) == ("1 guessed account", "rounds 300-301")


async def test_by_round_who_has_left_the_leaderboard_counts_alone() -> None:
    rows = rows_of(np.array([[0.01], [0.03], [0.05], [0.07]]), np.array([[30.0], [10.0], [5.0], [5.0]]))
    source = MadeUp(stakes_of([1, 1], [0, 0]), rows=rows, known_rounds=calendar(1))
    got = await stake_influence(source, by="round")
    assert got.stake.tolist() == [40, 5, 5]
    assert got.value == pytest.approx([0.015, 0.05, 0.07])
    assert got.holders == 3


@pytest.mark.parametrize("by", ["today", "round"])
async def test_without_known_accounts_models_are_compared(by: str) -> None:
    stake = rng().lognormal(3, 2, 30)
    got = await stake_influence(made_up(stake, rng(2).standard_normal((30, 1)), known=False), by=by)
    assert (got.unit, got.guessed, got.who) == ("model", False, "30 models")


async def test_a_round_that_is_not_final_does_not_count() -> None:
    rows = rows_of(np.array([[1.0, 5.0], [2.0, 5.0]]))
    rows = replace(rows, resolved=rows.round == 300)
    got = await stake_influence(MadeUp(stakes_of([1, 2]), rows=rows, known_rounds=calendar(2)))
    assert (got.span, got.value.tolist()) == ("round 300", [1, 2])


async def test_tc_comes_first_and_mmc_next() -> None:
    def with_scores(*names: str) -> MadeUp:
        rows = rows_of(np.ones((2, 1)))
        return MadeUp(
            stakes_of([1, 2]),
            rows=replace(rows, scores=dict.fromkeys(names, rows.scores["tc"])),
            known_rounds=calendar(1),
        )

    for names, chosen in (
        (("corr", "mmc", "tc"), "tc"), (("corr", "mmc"), "mmc"), (("fnc", "corr"), "corr"), (("fnc",), "fnc"),
    ):  # fmt: skip
        assert (await stake_influence(with_scores(*names))).score == chosen
