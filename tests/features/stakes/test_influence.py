"""Whether stake and score go together: the sample by pandas and scipy, and relations planted and not."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from features.stakes.influence import FEWEST, StakeInfluence, stake_influence
from scoring.stakes.association import RankAssociation
from tests.features.stakes.test_holders import MadeUp, calendar, leaderboard, rows_of, stakes_of
from tournament.sample import FOLDER, SampleSource
from tournament.source import History

NAN = math.nan


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def made_up(
    stake: np.ndarray, tc: np.ndarray, at_risk: np.ndarray | float = 1.0, *, known: bool = True
) -> MadeUp:
    """Accounts of one model each, with a tc (n, rounds)."""
    rows = rows_of(tc, at_risk)
    return MadeUp(stakes_of(stake, known=known), rows=rows, known_rounds=calendar(tc.shape[1]))


def rows_of_sample() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")


def joined(rounds: list[int] | None = None, score: str = "tc") -> pd.DataFrame:
    """Stake and mean score, weighted by stake, of every account with both."""
    rows, board = rows_of_sample(), leaderboard()
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
    assert got.finding == ("Stake and TC do not go together: larger stakes score neither better nor worse.")
    assert got.span == "rounds 178-325"
    assert (got.first_round, got.last_round) == (178, 325)


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
        "that is the band."
    )


async def test_rounds_and_scores_can_be_chosen(source: SampleSource) -> None:
    got = await stake_influence(source, rounds="311-325", score=" CORR ")
    both = joined(list(range(311, 326)), "corr")
    assert (got.score, got.span, got.holders) == ("corr", "rounds 311-325", len(both))
    assert got.association is not None
    assert got.association.spearman == pytest.approx(stats.spearmanr(both["nmr_staked"], both["score"])[0])
    assert "CORR" in got.finding


# ---------------------------------------------------------------- the sample, by round


def points_by_round() -> pd.DataFrame:
    rows = rows_of_sample()
    rows = rows[(rows["stake_nmr"] > 0) & rows["tc"].notna()]
    owner = rows["model"].map(leaderboard().set_index("model")["account"])
    rows = rows.assign(owner=owner.fillna(rows["model"]), product=rows["tc"] * rows["stake_nmr"])
    points = rows.groupby(["round", "owner"])[["stake_nmr", "product"]].sum()
    return points.assign(score=points["product"] / points["stake_nmr"])


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
    assert got.over_rounds.low < got.over_rounds.mean < got.over_rounds.high
    assert got.over_rounds.low < 0 < got.over_rounds.high
    assert got.finding == "More stake at risk in a round did not go with more or less TC."
    # many points are the same account again: no p is made of them
    assert (got.association, got.product, got.slope, got.split) == (None, None, None, None)
    assert math.isnan(got.covered)


@pytest.mark.slow
async def test_one_round_has_one_point_per_account_and_a_p(source: SampleSource) -> None:
    got = await stake_influence(source, by="round", rounds="round 310")
    points = points_by_round().loc[310]
    assert (got.span, got.holders) == ("round 310", len(points))
    assert got.stake.size == len(points)
    assert got.over_rounds is None
    assert got.association is not None
    expected = stats.spearmanr(points["stake_nmr"], points["score"])
    assert got.association.spearman == pytest.approx(expected[0], rel=1e-9)
    assert got.association.spearman_p == pytest.approx(expected[1], abs=0.04)
    assert got.finding.startswith("Stake and TC do not go together")


async def test_the_same_question_gets_the_same_answer(source: SampleSource) -> None:
    first, second = [await stake_influence(source, rounds="round 325") for _ in range(2)]
    for part in ("association", "product", "slope", "split"):
        assert getattr(first, part) == getattr(second, part)


# ---------------------------------------------------------------- planted relations


@pytest.mark.parametrize(("sign", "word"), [(1, "higher"), (-1, "lower")])
async def test_a_planted_relation_is_found(sign: int, word: str) -> None:
    stake = rng().lognormal(3, 2, 200)
    tc = sign * 0.01 * np.log(stake)[:, None] + 0.02 * rng(2).standard_normal((200, 3))
    got = await stake_influence(made_up(stake, tc))
    assert got.finding == f"Larger stakes come with {word} TC."
    assert got.association is not None
    assert sign * got.association.spearman > 0.4


@pytest.mark.slow
async def test_where_there_is_no_relation_none_is_found() -> None:
    found = 0
    for seed in range(20):
        stake = rng(seed).lognormal(3, 2, 100)
        got = await stake_influence(made_up(stake, rng(seed + 100).standard_normal((100, 1))))
        found += not got.finding.startswith("Stake and TC do not go together")
    assert found <= 4  # one of twenty is to be expected


@pytest.mark.parametrize(("sign", "word"), [(1, "more"), (-1, "less")])
async def test_a_relation_in_every_round_is_found(sign: int, word: str) -> None:
    stake = rng().lognormal(3, 2, (30, 40))
    tc = sign * 0.01 * np.log(stake) + 0.02 * rng(2).standard_normal(stake.shape)
    got = await stake_influence(made_up(stake[:, 0], tc, stake), by="round")
    assert got.finding == f"More stake at risk in a round went with {word} TC."


async def test_rounds_without_a_relation_show_none() -> None:
    stake = rng().lognormal(3, 2, (30, 40))
    got = await stake_influence(made_up(stake[:, 0], rng(2).standard_normal(stake.shape), stake), by="round")
    assert got.finding == "More stake at risk in a round did not go with more or less TC."


async def test_few_rounds_say_nothing() -> None:
    stake = rng().lognormal(3, 2, (30, 19))  # two blocks of ten are the least
    got = await stake_influence(made_up(stake[:, 0], stake, stake), by="round")
    assert got.over_rounds is not None
    assert (got.over_rounds.rounds.size, got.over_rounds.mean) == (19, pytest.approx(1))
    assert math.isnan(got.over_rounds.low)
    assert got.finding == "Too few rounds to say whether more stake at risk went with more TC."


async def test_rounds_with_few_accounts_are_left_out() -> None:
    stake = rng().lognormal(3, 2, (12, 5))
    at_risk = stake.copy()
    at_risk[:3, 2] = 0  # nine accounts are left in this one
    got = await stake_influence(
        made_up(stake[:, 0], rng(2).standard_normal(stake.shape), at_risk), by="round"
    )
    assert got.over_rounds is not None
    assert got.over_rounds.rounds.tolist() == [300, 301, 303, 304]
    alone = await stake_influence(made_up(np.ones(3), np.ones((3, 5))), by="round")
    assert alone.over_rounds is not None
    assert alone.over_rounds.rounds.size == 0
    assert math.isnan(alone.over_rounds.mean)


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


# ---------------------------------------------------------------- edges


@pytest.mark.parametrize("by", ["today", "round"])
async def test_one_holder_and_equal_ones_are_no_relation(by: str) -> None:
    for stake, tc in (
        (np.array([7.0]), np.array([[0.1]])),
        (np.full(40, 7.0), rng().standard_normal((40, 1))),
        (rng().lognormal(0, 1, 40), np.full((40, 1), 0.125)),
        (rng().lognormal(0, 1, 40), np.zeros((40, 1))),
    ):
        got = await stake_influence(made_up(stake, tc, stake[:, None]), by=by)
        assert got.finding == "Too few different accounts to say whether stake and TC go together."
        assert got.holders == stake.size
        assert got.density_at.size == got.density_below.size == got.density_above.size


async def test_nobody_above_the_threshold_and_nobody_below_it() -> None:
    source = made_up(np.arange(1.0, 31), rng().standard_normal((30, 1)))
    nobody = await stake_influence(source, threshold=30)  # as much is not more
    assert (nobody.across.n_above, nobody.across.n_below) == (0, 30)
    assert nobody.across.leave_one_out_means.size == 0
    assert np.isnan(nobody.density_above).all()
    assert np.isfinite(nobody.density_below).all()
    everybody = await stake_influence(source, threshold=0.5)
    assert (everybody.across.n_above, everybody.across.n_below) == (30, 0)
    assert np.isnan(everybody.density_below).all()
    assert np.isfinite(everybody.density_above).all()


async def test_nineteen_are_too_few_and_twenty_enough_for_a_density() -> None:
    for above in (FEWEST - 1, FEWEST):
        stake = np.concatenate((np.arange(1.0, 31), 100.0 + np.arange(above)))
        got = await stake_influence(made_up(stake, rng().standard_normal((stake.size, 1))), threshold=100 - 1)
        assert got.across.n_above == above
        assert np.isnan(got.density_above).all() == (above < FEWEST)
        assert got.across.leave_one_out_means.size == above
        assert math.isnan(got.across.p_value) == (above < FEWEST)


def finding(found: StakeInfluence, spearman: float, p: float) -> str:
    return replace(found, association=RankAssociation(20, spearman, p, spearman, p)).finding


async def test_the_finding_follows_the_p_value_and_the_side() -> None:
    got = await stake_influence(made_up(np.arange(1.0, 31), rng().standard_normal((30, 1))))
    assert finding(got, 0.3, 0.05) == "Larger stakes come with higher TC."
    assert finding(got, -0.3, 0.05) == "Larger stakes come with lower TC."
    assert finding(got, 0.3, 0.0501).startswith("Stake and TC do not go together")
    assert finding(got, NAN, NAN) == "Too few different accounts to say whether stake and TC go together."


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"by": "week"}, "Stakes are those of today or by round."),
        ({"threshold": 0.0}, "The threshold is a number of NMR above 0, like 8000."),
        ({"threshold": -1.0}, "The threshold is a number of NMR above 0, like 8000."),
        ({"threshold": NAN}, "The threshold is a number of NMR above 0, like 8000."),
        ({"threshold": math.inf}, "The threshold is a number of NMR above 0, like 8000."),
        ({"zoom": 0.0}, "The zoom is a number of NMR above 0, like 8000."),
        ({"zoom": NAN}, "The zoom is a number of NMR above 0, like 8000."),
        ({"score": "mmc"}, "“mmc” is not a score here: there are TC."),
        ({"score": "x" * 99}, f"“{'x' * 40}” is not a score here: there are TC."),
        ({"rounds": "soon"}, "I can't read “soon” as a range of rounds. Write it like 20 (the last 20), "),
        ({"rounds": "301-300"}, "Rounds 301-300 run backwards. Did you mean 300-301?"),
        ({"rounds": "round 900"}, "There is nothing in round 900: the data has rounds 300-301."),
        ({"rounds": "last 0"}, "The last 0 rounds are no rounds."),
    ],
)
async def test_what_cannot_be_asked_is_explained(asked: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await stake_influence(made_up(np.arange(1.0, 4), np.ones((3, 2))), **asked)  # type: ignore[arg-type]
    assert str(caught.value).startswith(told)


def with_rows(stake: list[float], rows: History) -> MadeUp:
    return MadeUp(stakes_of(stake), rows=rows, known_rounds=calendar(1))


NOBODY = "Nobody here has a TC to compare stake with."
NOT_A_STAKE = "A stake must be a finite number of 0 or more."


@pytest.mark.parametrize(
    ("source", "by", "told"),
    [
        (with_rows([0, 0], rows_of(np.ones((2, 1)))), "today", "Nobody with a stake has a TC in round 300."),
        (with_rows([1, 1], rows_of(np.ones((2, 1)), 0.0)), "round", NOBODY),
        (with_rows([1, 1], rows_of(np.full((2, 1), NAN))), "today", NOBODY),
        (with_rows([1], rows_of(np.zeros((0, 0)))), "today", NOBODY),
        (with_rows([1, -1], rows_of(np.ones((2, 1)))), "today", NOT_A_STAKE),
        (with_rows([1, NAN], rows_of(np.ones((2, 1)))), "today", NOT_A_STAKE),
        (
            with_rows([1], replace(rows_of(np.ones((1, 1))), scores={})),
            "today",
            "There are no scores here to compare stake with.",
        ),
    ],
)  # fmt: skip
async def test_data_that_cannot_be_compared_is_explained(source: MadeUp, by: str, told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await stake_influence(source, by=by)
    assert str(caught.value) == told


@pytest.mark.slow
async def test_ten_thousand_holders() -> None:
    stake = rng().lognormal(3, 2, 10_000)
    tc = 0.02 * rng(2).standard_normal((10_000, 1))
    got = await stake_influence(made_up(stake, tc, known=False))
    assert (got.holders, got.covered) == (10_000, pytest.approx(1))
    assert got.association is not None
    assert abs(got.association.spearman) < 0.03
    assert got.across.n_above == (stake > 8000).sum()
