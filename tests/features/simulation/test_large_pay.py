"""A proposal on thousands of models: the newest rounds that fit, as pandas prices them; the live rule too."""

from dataclasses import replace

import numpy as np
import pytest

from features.payout.what_if import what_if
from features.simulation.pay_rows import MOST
from features.simulation.pay_windows import Pay, joined_pay
from features.simulation.proposal_impact import member_impact, proposal_impact
from features.stakes.leaving.unstaking import unstake_scenario
from features.stakes.leaving.unstaking_card import unstaking_answer
from scoring.rules import parse_rule, rule_in_force
from tests.features.simulation.proposed import (
    MadeUp,
    calendar,
    pay_of,
    proposal,
    rows_of,
    stakes_of,
    weights_of,
)
from tests.features.stakes.large import MODELS, Large, held_by, owned_by_two
from tournament.source import Rounds

DIFFERS = "Round 318 announces 1xTC; the dated rules have something else."


@pytest.mark.slow
async def test_of_too_many_rows_the_newest_rounds_are_priced() -> None:
    staked = held_by() + 1  # all of them
    large = Large(**owned_by_two(staked), staked=staked, rounds_there=90)
    got = await proposal_impact(large, proposal(rule="2C1T"), baseline="1C1T")
    fit = MOST // MODELS
    assert fit < 90
    assert f"The newest {fit} rounds: more would not fit." in got.assumptions
    assert "Left out: 24,000 rows of rounds 402-405 that were not final yet." in got.assumptions
    first = 406 - fit
    assert min(large.read) == first, "older rounds were not asked for"
    pay = pay_of(got)
    rows = large.frame()[lambda rows: rows["resolved"] & (rows["round"] >= first)]
    old, new = (
        (rows["stake"] * ((times * rows["corr"] + rows["tc"]) / 2).clip(-0.25, 0.25)) for times in (1, 2)
    )
    [every] = pay.windows
    assert (every.rounds[0], every.rounds[-1], every.rows) == (first, 401, len(rows))
    assert every.old == pytest.approx(old.sum(), rel=1e-9)
    assert every.new == pytest.approx(new.sum(), rel=1e-9)
    by_account = (new - old).groupby(rows["model"] // 2).sum()
    np.testing.assert_allclose(every.result.gains.difference, by_account, atol=1e-6)
    np.testing.assert_allclose(every.by_round, (new - old).groupby(rows["round"]).sum(), atol=1e-6)


@pytest.mark.slow
async def test_accounts_are_ranked_by_the_scores_of_all_rounds() -> None:
    staked = held_by()
    large = Large(**owned_by_two(staked))
    got = weights_of(await proposal_impact(large, proposal("weights", weights="account_rank")))
    assert sorted(set(large.read)) == list(range(316, 376))
    rows = large.frame()[lambda rows: rows["resolved"]].assign(account=lambda rows: rows["model"] // 2)
    rows["product"] = rows["tc"] * rows["stake"]
    sums = rows.groupby("account")[["product", "stake"]].sum()
    order = (sums["product"] / sums["stake"]).rank()
    np.testing.assert_allclose(got.after, order / order.sum(), rtol=1e-9)
    assert got.ranked_by == "TC of rounds 316-371"
    assert got.pay is not None
    assert got.pay.rounds.tolist() == list(range(352, 372))
    last = rows[rows["round"] >= 352].groupby(["account", "round"])[["payout", "stake"]].sum()
    per_nmr = last["payout"] / last["stake"]
    today = staked.reshape(-1, 2).sum(axis=1)[last.index.get_level_values("account")]
    assert got.pay.gains.old.sum() == pytest.approx((per_nmr * today).sum())


@pytest.fixture
def announced() -> MadeUp:
    """Three rounds, the last of which announces another rule than the table has."""
    live = parse_rule("1xTC", rule_in_force("classic", round=318))
    live = replace(live, status="effective", first_round=318, id="live", clip=0.01)
    return MadeUp(rows_of([[0.02] * 3] * 2, tc=0.03), calendar(3), announced=live, differs=DIFFERS)


async def test_the_announced_rule_is_the_one_that_a_proposal_is_compared_with(announced: MadeUp) -> None:
    got = await proposal_impact(announced, proposal(rule="2C"))
    pay = pay_of(got)
    assert pay.old.short == "1xTC"
    assert got.assumptions.count(DIFFERS) == 1
    # at the clip of each round: 0.25 in two of them, 0.01 in the one that announced it
    assert pay.windows[0].new == pytest.approx(2 * 100 * (0.04 + 0.04 + 0.01))
    assert pay.windows[0].old == pytest.approx(2 * 100 * (0.03 + 0.03 + 0.01))
    own = await member_impact(announced, proposal(rule="2C"), "owl_0")
    assert own.windows[0].new == pytest.approx(100 * (0.04 + 0.04 + 0.01))
    assert DIFFERS in own.assumptions
    agreed = await proposal_impact(replace(announced, differs=""), proposal(rule="2C"))
    assert DIFFERS not in agreed.assumptions


async def test_what_if_says_that_the_announced_rule_is_not_the_dated_one(announced: MadeUp) -> None:
    told = await what_if(announced, "tc 0.005", 100)
    assert (told.payout, told.assumptions[-1]) == (pytest.approx(0.5), DIFFERS)
    typed = await what_if(announced, "corr 0.005, tc 0.005", 100, rule="1xCORR")
    assert DIFFERS not in typed.assumptions


def half_paid(made: MadeUp) -> Rounds:
    """Rounds that risked 200 NMR, of which half is under the threshold."""
    one = np.ones(3)
    return replace(
        made.known_rounds, total_at_risk=200 * one, stake_threshold=100 * one, payout_factor=one / 2
    )


async def test_pay_of_those_who_stay_is_clipped_by_the_announced_rule(announced: MadeUp) -> None:
    source = replace(announced, held=stakes_of([100.0, 100.0]), known_rounds=half_paid(announced))
    found = await unstake_scenario(source, source, unit="model", top=1)
    assert found.others is not None
    assert found.result.pay_ratio == pytest.approx(2), "the threshold is half of what is at risk"
    # 2 % of the stake in each round, doubled, and cut to 1 % in the newest
    assert found.others.before == pytest.approx(3 * 2)
    assert found.others.after == pytest.approx(4 + 4 + 1)
    asked = {"top": 1, "above": None, "who": None, "unit": "model", "volume": None, "tournament": "classic"}
    answer = unstaking_answer(found, asked)
    assert DIFFERS in answer.details[-1].text
    weighed = await proposal_impact(source, proposal("weights", weights="sqrt"))
    assert DIFFERS in weighed.assumptions


async def test_accounts_are_ranked_by_a_score_that_they_have() -> None:
    made = MadeUp(rows_of([[0.01], [0.02]], tc=np.nan), calendar(1), held=stakes_of([100.0, 100.0]))
    got = weights_of(await proposal_impact(made, proposal("weights", weights="account_rank")))
    assert got.ranked_by == "CORR of round 316"
    np.testing.assert_allclose(got.after, [1 / 3, 2 / 3])


def test_pieces_of_other_choices_are_joined() -> None:
    rows = [rows_of([[0.01] * 2], first=first) for first in (316, 318)]
    rows[1] = replace(rows[1], chosen={"tc": np.full(2, 3.0)})
    whole = joined_pay([Pay(each, each.stake, each.payout) for each in rows])
    assert whole.rows.round.tolist() == [316, 317, 318, 319]
    assert {name: list(each) for name, each in whole.rows.chosen.items()} == {
        "corr": [1, 1, 0, 0],
        "tc": [0, 0, 3, 3],
    }
    assert whole.old.tolist() == [100] * 4
    assert whole.new.tolist() == whole.rows.payout.tolist()
