"""What changes when stake leaves the sample, by pandas, and questions that make no sense."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from features.stakes.leaving.unstaking import DEFAULT_TOP, unstake_scenario
from features.stakes.leaving.unstaking_card import unstaking_answer
from tests.features.stakes.leaving.left import NAN, PRICES, ask, by_account, made_up
from tests.features.stakes.made_up import MadeUp, calendar, leaderboard, stakes_of
from tests.tournament.sample.file_rows import final_rows
from tournament.sample import FOLDER, SampleSource

# ---------------------------------------------------------------- the sample


async def test_the_20_largest_accounts_of_the_sample(source: SampleSource) -> None:
    got = await unstake_scenario(source, source)
    stake = by_account()
    left, total = stake.iloc[:20].sum(), stake.sum()
    assert got.result.share_left == pytest.approx(left / total, rel=1e-9)
    assert got.result.share_left == pytest.approx(0.4107, abs=5e-5)
    assert got.left == pytest.approx(left, rel=1e-9)
    rounds = pd.read_csv(FOLDER / "rounds_2022-12-22.csv", index_col="round")
    at_risk = rounds.loc[379, "total_at_risk_nmr"]
    assert got.round == 379
    assert got.result.factor_before == pytest.approx(300_000 / at_risk, rel=1e-12)
    assert got.result.factor_before == pytest.approx(rounds.loc[379, "payout_factor"], abs=1e-6)
    assert got.result.factor_after == pytest.approx(300_000 / (at_risk * (1 - left / total)), rel=1e-9)
    assert (got.result.factor_before, got.result.factor_after) == pytest.approx((0.362, 0.614), abs=5e-4)
    assert got.largest_weight == pytest.approx(
        (stake.iloc[20] / total, stake.iloc[20] / (total - left)), rel=1e-9
    )
    rest = stake.iloc[20:]
    assert got.result.after.effective_number == pytest.approx(rest.sum() ** 2 / (rest**2).sum(), rel=1e-9)
    np.testing.assert_allclose(got.before, stake[stake > 0], rtol=1e-9)
    np.testing.assert_allclose(got.after, rest[rest > 0], rtol=1e-9)
    assert got.finding == "If the 20 largest accounts leave: payouts +70 %, price −2 to −11 %"
    assert got.own is None
    assert DEFAULT_TOP == 20


async def test_every_threshold_there_was_is_tried_on_the_same_round(source: SampleSource) -> None:
    got = await unstake_scenario(source, source)
    at_risk = 829_033.44
    remains = at_risk * (1 - got.result.share_left)
    assert [(each.since, each.threshold) for each in got.factors] == [
        ("2021-02-20", 300_000), ("2023-01-08", 360_000), ("2023-05-01", 72_000)
    ]  # fmt: skip
    for each in got.factors:
        assert each.before == pytest.approx(each.threshold / at_risk, rel=1e-12)
        assert each.after == pytest.approx(each.threshold / remains, rel=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("asked", [{"top": 20}, {"above": 8000.0}, {"top": 20, "unit": "model"}])
async def test_the_pay_of_the_others_is_the_payout_column_times_the_ratio(
    source: SampleSource, asked: dict[str, object]
) -> None:
    got = await unstake_scenario(source, source, **asked)  # type: ignore[arg-type]
    frame, stake = leaderboard(), by_account()
    if "unit" in asked:
        gone = set(frame.nlargest(20, "nmr_staked")["model"])
    else:
        accounts = stake[stake > 8000].index if "above" in asked else stake.index[:20]
        gone = set(frame.loc[frame["account"].isin(accounts), "model"])
    rows = final_rows()
    rows = rows[(rows["stake_nmr"] > 0) & rows["payout_nmr"].notna() & ~rows["model"].isin(gone)]
    rows = rows[rows["round"].isin(sorted(rows["round"].unique())[-20:])]
    assert got.others is not None
    assert got.others.rounds == (rows["round"].min(), rows["round"].max()) == (302, 321)
    assert got.others.rows == len(rows)
    assert got.others.before == pytest.approx(rows["payout_nmr"].sum(), rel=1e-9)
    rate = rows["payout_nmr"] / rows["stake_nmr"]
    grown = rate * got.result.pay_ratio
    clipped = grown.clip(-0.25, 0.25) * rows["stake_nmr"]  # 25 % was the clip throughout
    assert got.others.after == pytest.approx(clipped.sum(), rel=1e-9)
    assert got.others.newly_clipped == pytest.approx(((grown.abs() > 0.25) & (rate.abs() < 0.25)).mean())
    assert got.others.newly_clipped > 0
    # what was paid changed in them
    first, second = rows.groupby(rows["round"] > 310)["model"].nunique()
    assert got.others.changes == (
        f"rounds 302-310 paid CORR and MMC, {first} models; rounds 311-321 paid CORR and TC, {second} models"
    )
    assert (
        got.others.changes
        in unstaking_answer(got, {"top": None, "above": None, "who": None, "unit": "account"}).details[0].text
    )


@pytest.mark.slow
async def test_the_price_follows_the_root_of_what_is_sold(source: SampleSource) -> None:
    got = await unstake_scenario(source, source, daily_volume=50_000)
    usd = pd.read_csv(FOLDER / "nmr_usd_daily.csv", index_col="date")["usd_per_nmr"].sort_index()
    typical = stats.median_abs_deviation(np.diff(np.log(usd)), scale="normal")
    assert got.volatility == pytest.approx(typical, rel=1e-9) == pytest.approx(0.039, abs=5e-4)
    assert got.volatility_from == f"{usd.index[0]} to {usd.index[-1]}"
    for row, strength in enumerate((0.5, 1.0, 1.5)):
        for column, sold in enumerate((0.25, 0.5, 1.0)):
            days = sold * by_account().iloc[:20].sum() / 50_000
            assert got.prices.days_of_volume[column] == pytest.approx(days, rel=1e-9)
            change = math.exp(-strength * got.volatility * math.sqrt(days)) - 1
            assert got.prices.change[row, column] == pytest.approx(change, rel=1e-9)
    assert got.prices.extrapolated.all()
    assert got.daily_volume == 50_000


# ---------------------------------------------------------------- by hand


@pytest.mark.slow
async def test_every_single_one_of_the_sample_may_leave(source: SampleSource) -> None:
    stakes = await source.stakes()
    smallest = np.argsort(np.where(stakes.account_stake > 0, stakes.account_stake, np.inf))[:15]
    for at in smallest:
        got = await unstake_scenario(source, source, who=stakes.accounts[at])
        assert got.left == pytest.approx(stakes.account_stake[at], rel=1e-9)
        assert "none more" not in got.finding


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            {"top": 5, "above": 10.0},
            "Choose one of top, above and who: they are three ways to say who leaves.",
        ),
        (
            {"top": 5, "who": "heron_0"},
            "Choose one of top, above and who: they are three ways to say who leaves.",
        ),
        (
            {"above": 5.0, "who": "x", "top": 1},
            "Choose one of top, above and who: they are three ways to say ",
        ),
        ({"top": 0}, "At least one holder has to leave: type a number from 1."),
        ({"top": -1}, "At least one holder has to leave: type a number from 1."),
        ({"above": -1.0}, "A threshold is a number of NMR of 0 or more, like 8000."),
        ({"above": NAN}, "A threshold is a number of NMR of 0 or more, like 8000."),
        ({"above": math.inf}, "A threshold is a number of NMR of 0 or more, like 8000."),
        ({"daily_volume": 0.0}, "A daily volume is a number of NMR above 0, like 100000."),
        ({"daily_volume": -5.0}, "A daily volume is a number of NMR above 0, like 100000."),
        ({"daily_volume": NAN}, "A daily volume is a number of NMR above 0, like 100000."),
        ({"daily_volume": math.inf}, "A daily volume is a number of NMR above 0, like 100000."),
        ({"unit": "team"}, "Holders are counted by account or model."),
        (
            {"who": "heron_9"},
            "There is no model or account called “heron_9” on the leaderboard. Did you mean heron_",
        ),
        ({"who": " "}, "Start typing a model's or an account's name and pick one from the list."),
    ],
)
async def test_what_makes_no_sense_is_explained(asked: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await ask(made_up(3, 2, 1), **asked)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize(
    ("stake", "told"),
    [
        ([0.0, 0.0], "None of 2 accounts in Made up has a stake."),
        ([1.0, -1.0], "Made up lists a stake that is negative or not a number, so I can't count it."),
        ([1.0, NAN], "Made up lists a stake that is negative or not a number, so I can't count it."),
        ([], "Made up lists no accounts yet, so there is no stake to look at."),
    ],
)
async def test_a_leaderboard_that_cannot_be_counted_is_explained(stake: list[float], told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await ask(made_up(*stake))
    assert str(caught.value) == told


@pytest.mark.slow
async def test_a_million_holders() -> None:
    stake = 10 * np.random.default_rng(1).lognormal(0, 2, 10**6)
    source = MadeUp(stakes_of(stake), known_rounds=calendar(20, stake.sum()), prices=PRICES)
    got = await ask(source, top=1000)
    largest = np.sort(stake)[::-1]
    assert got.result.share_left == pytest.approx(largest[:1000].sum() / stake.sum(), rel=1e-9)
    assert got.largest_weight[0] == pytest.approx(largest[1000] / stake.sum(), rel=1e-9)
    assert got.result.after.holders == 999_000
