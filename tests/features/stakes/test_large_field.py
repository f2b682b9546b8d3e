"""Of thousands of models no more is read than an answer needs, and the answer is that of pandas."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from features.digest.measures import measures_of
from features.stakes.concentration import stake_concentration
from features.stakes.concentration_card import concentration_answer
from features.stakes.influence import stake_influence
from features.stakes.influence_card import influence_answer
from features.stakes.influence_points import MOST
from features.stakes.leaving.unstaking import unstake_scenario
from features.stakes.moments import moment, moments
from storage.database import Database
from tests.features.digest.weeks import NOW
from tests.features.stakes.large import FIRST, MODELS, STAKED, Large
from tests.features.stakes.made_up import stakes_of
from tests.ui.cards import check_answer

pytestmark = pytest.mark.slow

BOARD = stakes_of(np.r_[np.arange(1, STAKED + 1), np.zeros(MODELS - STAKED)], known=False)
ASKED = {
    "by": "round",
    "score": None,
    "rounds": None,
    "threshold": 8000.0,
    "zoom": None,
    "tournament": "classic",
}

EVERYBODY = "Everybody in it is counted: 4,500 models; whose each is, Numerai does not tell"


@pytest.fixture
def large() -> Large:
    return Large(BOARD)


async def test_of_a_round_that_round_alone_is_read_and_everybody_is_counted(
    large: Large, database: Database
) -> None:
    offered = await moments(database, large)
    assert (offered.rounds[0], offered.rounds[-1], large.read) == (375, 316, [])
    then = await moment(database, large, "round 350")
    assert large.read == [350]
    held = large.frame()[lambda rows: rows["round"] == 350]["stake"]
    assert then.stakes.model_stake.sum() == pytest.approx(held.sum())
    assert (then.limit, then.counts) == ("", f"{EVERYBODY}.")
    found = await stake_concentration(large, unit="model", at=then)
    shares = held.sort_values(ascending=False).cumsum() / held.sum()
    assert found.measures.half == (shares <= 0.5).sum() + 1
    assert found.finding == f"{found.measures.half:,.0f} models hold half of the stake at risk in round 350"
    assert found.certainty.startswith(f"{EVERYBODY}. The 95 % intervals")
    answer = concentration_answer(found, {"unit": "model", "zeros": False, "day": "round 350"}, offered)
    assert f"{EVERYBODY}." in (answer.card.after or "")


async def test_a_round_of_which_some_is_missing_says_how_much_is_there(
    large: Large, database: Database
) -> None:
    half = replace(large, staked=np.where(np.arange(MODELS) % 2, large.staked, 0.0))
    then = await moment(database, _Less(BOARD, staked=half.staked), "round 350")
    share = half.staked.sum() / large.staked.sum()
    assert then.limit.startswith(f"Only the 2,250 models in this data, {100 * share:.0f} % of all at risk,")
    assert then.counts == ""


class _Less(Large):
    async def rounds(self):
        return await Large(BOARD).rounds()


async def test_by_today_the_mean_over_all_rounds_is_that_of_pandas(large: Large) -> None:
    got = await stake_influence(large)
    rows = large.frame()
    mean = rows[rows["resolved"]].groupby("model")["tc"].mean()
    np.testing.assert_allclose(got.value, mean.sort_index(), rtol=1e-9)
    assert got.stake.tolist() == list(range(1, STAKED + 1))
    assert (got.first_round, got.last_round, got.too_many) == (316, 371, "")
    assert sorted(large.read) == list(range(316, 376))


async def test_by_round_each_correlation_is_that_of_scipy_and_the_points_are_the_newest(large: Large) -> None:
    more = replace(large, rounds_there=64)
    got = await stake_influence(more, by="round")
    assert sorted(more.read) == list(range(316, 380)), "each round once"
    rows = more.frame()[lambda rows: rows["resolved"]]
    assert got.over_rounds is not None
    expected = [stats.spearmanr(each["stake"], each["tc"])[0] for _, each in rows.groupby("round")]
    np.testing.assert_allclose(got.over_rounds.spearman, expected, rtol=1e-9)
    assert got.over_rounds.mean == pytest.approx(np.mean(expected))
    assert (got.first_round, got.last_round, got.holders) == (316, 375, STAKED)
    fit = MOST // STAKED
    assert got.first_drawn == 375 - fit + 1 > 316
    drawn = rows[rows["round"] >= got.first_drawn].sort_values(["round", "model"])
    np.testing.assert_allclose(got.value, drawn["tc"])
    assert got.across.mean_below == pytest.approx(drawn["tc"].mean())
    told = "The points are those of rounds 321-375: more would not fit. Correlations are of rounds 316-375."
    assert got.too_many == told
    answer = influence_answer(got, ASKED)
    check_answer(answer)
    assert "dots of rounds 321-375: more would not fit" in answer.card.small
    assert told in answer.details[0].text


async def test_of_typed_rounds_those_are_looked_at(large: Large) -> None:
    got = await stake_influence(large, by="round", rounds="3")
    assert (got.first_round, got.last_round, got.stake.size) == (369, 371, 3 * STAKED)
    one = await stake_influence(large, by="round", rounds="round 350")
    rows = large.frame()[lambda rows: rows["round"] == 350]
    assert one.association is not None
    assert one.association.spearman == pytest.approx(stats.spearmanr(rows["stake"], rows["tc"])[0])


async def test_of_pay_the_newest_rounds_alone_are_read(large: Large, database: Database) -> None:
    rows = large.frame()[lambda rows: rows["resolved"]]
    paid = rows.groupby("round")["payout"].sum()
    pay = (await measures_of(database, large, NOW))[-1]
    assert (pay.name, pay.n) == ("paid in round 371, against round 370", STAKED)
    assert (pay.now, pay.before) == (pytest.approx(paid[371]), pytest.approx(paid[370]))
    assert min(large.read) >= FIRST + 30, "no more than the piece that they are in"
    large.read.clear()
    got = await unstake_scenario(large, large, unit="model", top=20)
    last = rows[(rows["round"] > 351) & (rows["model"] < STAKED - 20)]
    assert got.others is not None
    assert (got.others.rounds, got.others.rows) == ((352, 371), len(last))
    assert got.others.before == pytest.approx(last["payout"].sum())
    rate = last["payout"] / last["stake"] * got.result.pay_ratio
    clipped = rate.clip(-0.05, 0.05) * last["stake"]
    assert got.others.after == pytest.approx(clipped.sum())
    assert len(set(large.read)) < 60
