"""How proposals would have weighed accounts: the sample by pandas, made-up leaderboards by hand."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.simulation.proposal_impact import ProposalImpact, member_impact, proposal_impact
from tests.features.simulation.proposed import (
    MadeUp,
    calendar,
    made_up,
    pay_of,
    proposal,
    stakes_of,
    weights_of,
)
from tests.scoring.change.test_clear import interval
from tests.tournament.sample import file_rows
from tournament.sample import FOLDER


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 5])
def test_weights_of_the_sample(impacts: dict[int, ProposalImpact], number: int) -> None:
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")
    stake = board.groupby("account")["nmr_staked"].sum()
    stake = stake[stake > 0]
    before = stake / stake.sum()
    if number == 5:
        after = np.log1p(stake) / np.log1p(stake).sum()
    else:  # water filling by patience: cut what is above, share it among the others
        after = before.copy()
        for _ in range(200):
            over = after >= 0.01
            spare = 1 - 0.01 * over.sum()
            after = after.where(over, after * spare / after[~over].sum()).clip(upper=0.01)
    got = weights_of(impacts[number])
    np.testing.assert_allclose(got.stake, stake, rtol=1e-9)
    np.testing.assert_allclose(got.before, before, rtol=1e-9)
    np.testing.assert_allclose(got.after, after, rtol=1e-6)
    assert got.spread.effective == pytest.approx((1 / (before**2).sum(), 1 / (after**2).sum()), rel=1e-6)
    for place, weight in enumerate((before, after)):
        running = weight.sort_values(ascending=False).cumsum()
        assert got.spread.half[place] == (running <= 0.5).sum() + 1
        assert got.spread.largest[place] == pytest.approx(weight.max())
    assert got.moved == pytest.approx((after - before).abs().sum() / 2, rel=1e-6)
    assert got.largest_after == pytest.approx(after[before.idxmax()], rel=1e-6)
    assert got.decile_before.sum() == pytest.approx(1)
    assert got.decile_after.sum() == pytest.approx(1)
    # one guess: twelve models taken for one account
    owner = stake.idxmax()
    models = board[(board["account"] == owner) & (board["nmr_staked"] > 0)]["nmr_staked"]
    apart = np.concatenate((stake.drop(owner), models)) / stake.sum()
    assert got.apart is not None
    assert got.apart_models == len(models) == 12
    assert got.apart.effective[0] == pytest.approx(1 / (apart**2).sum())
    assert round(got.spread.effective[0]), round(got.apart.effective[0]) == (30, 103)


def test_accounts_ranked_by_their_tc(impacts: dict[int, ProposalImpact], frame: pd.DataFrame) -> None:
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz").groupby("account")["nmr_staked"].sum()
    by = (
        frame.assign(product=frame["tc"] * frame["stake_nmr"])
        .groupby("account")[["product", "stake_nmr"]]
        .sum()
    )
    mean = (by["product"] / by["stake_nmr"]).reindex(board[board > 0].index).dropna()
    weight = mean.rank(method="average") / mean.rank().sum()
    got = weights_of(impacts[4])
    np.testing.assert_allclose(got.after, weight, rtol=1e-9)
    assert (got.left_out, got.stake.size) == ((board > 0).sum() - len(mean), len(mean))
    assert got.left_out_stake == pytest.approx(1 - board[mean.index].sum() / board.sum())
    assert got.ranked_by == "TC of rounds 200-321"
    # ten accounts that rank where the one did, of nine more
    place, n = mean.rank()[board[mean.index].idxmax()], len(mean)
    split = 10 * (place + 4.5) / ((n + 9) * (n + 10) / 2)
    assert got.splitting == pytest.approx(split / weight[board[mean.index].idxmax()], rel=1e-9)


@pytest.mark.parametrize(
    ("said", "after", "splitting"),
    [
        ({"weights": "stake"}, [0.6, 0.3, 0.1], 1.0),
        ({"weights": "sqrt"}, np.sqrt([6, 3, 1]) / np.sqrt([6, 3, 1]).sum(), None),
        ({"weights": "log"}, np.log1p([60, 30, 10]) / np.log1p([60, 30, 10]).sum(), None),
        ({"weights": "cap", "weights_cap": 0.4}, [0.4, 0.4, 0.2], 1.5),
        ({"stake_cap": 0.5}, [0.5, 0.375, 0.125], 1.2),
        ({"stake_cap_nmr": 40.0}, [0.5, 0.375, 0.125], 1.2),
        ({"stake_cap": 0.4, "stake_cap_nmr": 40.0}, [0.4, 0.4, 0.2], 1.5),
    ],
)
async def test_schemes_by_hand(said: dict[str, Any], after: list[float], splitting: float | None) -> None:
    kind = "weights" if "weights" in said else "stake_cap"
    made = MadeUp(None, calendar(3), stakes_of([40, 30, 20, 10, 0], [0, 1, 0, 2, 3], guessed=False))
    impact = await proposal_impact(made, proposal(kind, **said))
    got = weights_of(impact)
    np.testing.assert_allclose(got.before, [0.6, 0.3, 0.1])
    np.testing.assert_allclose(got.after, after)
    assert got.spread.half == (1, 1 if got.after[0] > 0.5 else 2)
    assert (got.apart, got.pay, got.pay_sentence) == (None, None, "")
    assert got.who == "3 accounts"
    if splitting is not None:
        assert got.splitting == pytest.approx(splitting)
    share = 100 * got.after[0]
    told = f"heron_0 would weigh {share:.2g} % of the meta model instead of 60 %."
    assert (await member_impact(made, proposal(kind, **said), "heron_0")).finding == told
    model = await member_impact(made, proposal(kind, **said), "owl_2")  # a third of its account
    assert model.weight is not None
    assert (model.weight.before, model.weight.after) == pytest.approx((0.2, got.after[0] / 3))


async def test_pay_that_followed_the_weights_by_hand() -> None:
    # 10 and 4 NMR of 100 in each of two rounds: on stakes of 60 and 40, 6 and 1.6; on 50 each, 5 and 2
    made = made_up([[0.1, 0.1], [0.04, 0.04]], stakes_of([60, 40]))
    got = weights_of(await proposal_impact(made, proposal("stake_cap", stake_cap=0.5)))
    assert got.pay is not None
    np.testing.assert_allclose(got.pay.gains.old, [12, 3.2])
    np.testing.assert_allclose(got.pay.gains.new, [10, 4])
    assert got.pay.stretch.difference == pytest.approx(-1.2)
    assert got.pay_sentence == (
        "At the pay per NMR of rounds 316-317, 2 accounts would get 14.00 NMR instead of 15.20, "
        "−1.20 NMR (2 rounds: no interval); the largest has 60 % of their weight: without it +0.8000 NMR "
        "(2 rounds: no interval)."
    )
    unlisted = made_up([[0.1, 0.1], [0.04, 0.04]], stakes_of([60]))
    alone = weights_of(await proposal_impact(unlisted, proposal("weights", weights="sqrt")))
    assert alone.pay is not None
    assert (alone.pay.left_out, alone.pay.gains.rows.tolist()) == (2, [2])


async def test_the_largest_account_taken_apart_keeps_its_rank() -> None:
    # the second account has two models, most stake and the lowest score: ranks 2, 1, 3 of three accounts
    made = made_up([[0.0], [0.0], [0.0], [0.0]], stakes_of([30, 40, 10, 20], [0, 1, 1, 2]))
    assert made.rows is not None
    scores = {"tc": np.array([0.02, 0.01, 0.01, 0.03])}
    ranked = replace(made, rows=replace(made.rows, scores=scores))
    got = weights_of(await proposal_impact(ranked, proposal("weights", weights="account_rank")))
    np.testing.assert_allclose(got.before, [0.3, 0.5, 0.2])
    np.testing.assert_allclose(got.after, np.array([2, 1, 3]) / 6)
    assert got.largest_after == pytest.approx(1 / 6)
    assert got.spread.largest == pytest.approx((0.5, 0.5))
    # apart: stakes 30, 20, 40, 10 with ranks 3, 4 and 1.5 twice
    assert got.apart is not None
    assert got.apart_models == 2
    assert got.apart.largest == pytest.approx((0.4, 0.4))
    assert got.apart.effective == pytest.approx((1 / 0.3, 100 / (9 + 16 + 2.25 + 2.25)))


async def test_rounds_that_have_not_resolved_are_left_out() -> None:
    made = made_up([[0.02, 0.02, 0.9]], stakes_of([100]))
    assert made.rows is not None
    open_still = replace(made, rows=replace(made.rows, resolved=np.array([True, True, False])))
    asked = proposal(rule="0C1T")
    (window,) = pay_of(await proposal_impact(open_still, asked, baseline="1xCORR")).windows
    assert (window.span, window.old) == ("rounds 316-317", pytest.approx(4))
    (own,) = (await member_impact(open_still, asked, "owl_0", baseline="1xCORR")).windows
    assert own.old == pytest.approx(4)
    weighed = weights_of(await proposal_impact(open_still, proposal("weights", weights="sqrt")))
    assert weighed.pay is not None
    assert math.fsum(weighed.pay.gains.old) == pytest.approx(4)


@pytest.mark.slow
def test_pay_on_the_weights_of_the_sample(impacts: dict[int, ProposalImpact]) -> None:
    rows = file_rows.final_rows().drop(columns="account")
    board = pd.read_csv(FOLDER / "leaderboard_2022-12-22.csv.gz")[["model", "account", "nmr_staked"]]
    stake = board.groupby("account")["nmr_staked"].sum()
    rows = rows[rows["round"].between(302, 321) & (rows["stake_nmr"] > 0) & rows["payout_nmr"].notna()]
    listed = rows.merge(board[["model", "account"]], on="model")
    listed = listed[listed["account"].map(stake) > 0]
    cells = listed.groupby(["account", "round"])[["payout_nmr", "stake_nmr"]].sum()
    rate = (cells["payout_nmr"] / cells["stake_nmr"]).groupby("account").sum()
    got = weights_of(impacts[5])
    assert got.pay is not None
    weight = np.log1p(stake) / np.log1p(stake).sum() * stake.sum()
    assert got.pay.rounds.tolist() == list(range(302, 322))
    np.testing.assert_allclose(got.pay.gains.old, (rate * stake[rate.index]), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(got.pay.gains.new, (rate * weight[rate.index]), rtol=1e-9, atol=1e-12)
    assert got.pay.left_out == len(rows) - len(listed)
    moved = (cells["payout_nmr"] / cells["stake_nmr"]).rename("rate").reset_index()
    moved["gap"] = moved["rate"] * moved["account"].map(weight - stake)
    by_round = moved.groupby("round")["gap"].sum().to_numpy()
    low, high = interval(by_round)
    assert got.pay.stretch.difference == pytest.approx(by_round.sum(), rel=1e-9)
    assert got.pay.stretch.interval == pytest.approx((20 * low, 20 * high), rel=1e-6)
    # one account has nearly half of the weight of those who were paid
    held = stake[rate.index]
    assert got.pay.stretch.without_largest is not None
    share, others = got.pay.stretch.without_largest
    assert share == pytest.approx(held.max() / held.sum())
    alone = moved[moved["account"] != held.idxmax()].groupby("round")["gap"].sum().to_numpy()
    assert others.difference == pytest.approx(alone.sum(), rel=1e-9)
    assert others.interval == pytest.approx(tuple(20 * end for end in interval(alone)), rel=1e-6)
    assert got.pay.changes.startswith("rounds 302-310 paid CORR and MMC, ")
    assert "; rounds 311-321 paid CORR and TC, " in got.pay.changes


def test_dust_on_the_leaderboard_does_not_blow_up_pay(impacts: dict[int, ProposalImpact]) -> None:
    # an account with 1e-18 NMR left would be ranked as high as its old score: its ratio of weights is no pay
    got = weights_of(impacts[4])
    assert got.pay is not None
    assert abs(got.pay.gains.new).max() < 1e5


async def test_what_else_a_proposal_sets_is_said_not_to_be_simulated() -> None:
    made = made_up([[0.1, 0.1]], stakes_of([60, 40]))
    both = proposal("weights", weights="sqrt", rule="2C", stake_cap=0.5, eligibility="verified accounts")
    impact = await proposal_impact(made, both)
    assert "Not simulated: its rule, cap and eligibility." in impact.assumptions
    paid = await proposal_impact(made, proposal(rule="2C", min_correlation=0.2), baseline="1C")
    assert "Not simulated: its gate." in paid.assumptions
