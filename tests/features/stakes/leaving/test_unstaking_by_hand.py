"""Who leaves, what remains and what is paid then, worked out by hand on made-up leaderboards."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.stakes.leaving.unstaking import DAILY_VOLUME, unstake_scenario
from tests.features.stakes.leaving.left import NAN, PRICES, VOLATILITY, ask, made_up
from tests.features.stakes.made_up import calendar, rows_of


async def test_one_of_three_leaves() -> None:
    got = await ask(made_up(50, 30, 20, 0), top=1)
    assert got.leaving == "the largest account"
    assert (got.left, got.result.share_left, got.result.weight_ratio) == (50, 0.5, 2)
    # 1,000 NMR at risk under a threshold of 500; half of it stays
    assert (got.round, got.result.factor_before, got.result.factor_after) == (319, 0.5, 1)
    assert got.result.pay_ratio == 2
    assert got.largest_weight == (0.3, 0.6)
    assert (got.result.before.holders, got.result.after.holders) == (3, 2)  # a zero neither leaves nor stays
    assert got.before.tolist() == [50, 30, 20]
    assert got.after.tolist() == [30, 20]
    assert got.finding == "If the largest account leaves: payouts +100 %, price down by less than 1 %"
    assert got.volatility == pytest.approx(VOLATILITY)
    assert got.volatility_from == "2031-05-01 to 2031-05-04"
    assert got.daily_volume == DAILY_VOLUME
    assert got.prices.days_of_volume == pytest.approx([12.5 / 1e5, 25 / 1e5, 50 / 1e5])
    assert not got.prices.extrapolated.any()


async def test_a_payout_grows_up_to_the_clip_and_no_further() -> None:
    payout = np.array([[1.0] * 20, [-0.2] * 20, [4.0] * 20])
    rows = rows_of(np.zeros((3, 20)), np.array([[50.0], [10.0], [20.0]]), payout)
    got = await ask(made_up(50, 30, 20, rows=rows), top=1)
    assert got.others is not None
    assert (got.others.rounds, got.others.rows) == ((300, 319), 40)  # the first model has left
    assert got.others.before == pytest.approx(20 * 3.8)
    assert got.others.after == pytest.approx(20 * (2 * -0.2 + 5.0))  # 40 % of 20 NMR is clipped to 25 %
    assert got.others.newly_clipped == 0.5


async def test_the_last_20_rounds_with_pay_count() -> None:
    payout = np.ones((2, 30))
    payout[:, -2:] = NAN  # nobody knows these
    stake = np.full((2, 30), 10.0)
    stake[:, 5] = 0
    got = await ask(made_up(50, 30, rows=rows_of(np.zeros((2, 30)), stake, payout)), top=1)
    assert got.others is not None
    assert (got.others.rounds, got.others.rows) == ((308, 327), 20)


@pytest.mark.parametrize(
    ("asked", "leaving"),
    [
        ({}, "all 4 accounts"),
        ({"top": 4}, "all 4 accounts"),
        ({"top": 10**12}, "all 4 accounts"),
        ({"unit": "model"}, "all 5 models"),
        ({"above": 0.0}, "the 4 accounts above 0 NMR"),
    ],
)
async def test_where_all_leave_nothing_remains(asked: dict[str, object], leaving: str) -> None:
    rows = rows_of(np.zeros((7, 20)), 10.0, 1.0)  # two models in it are on no leaderboard any more
    got = await ask(made_up(50, 20, 10, 10, 5, 0, owner=[0, 0, 1, 2, 3, 4], rows=rows), **asked)
    assert got.leaving == leaving
    assert got.finding == f"Without {leaving}, nothing of the stake remains"
    assert (got.result.share_left, got.result.after.stake, got.after.size) == (1, 0, 0)
    assert math.isnan(got.result.weight_ratio)
    assert np.isnan(got.largest_weight).all()
    assert got.others is None  # nobody is left to be paid


async def test_the_only_holder_is_the_largest() -> None:
    assert (await ask(made_up(5, 0))).finding == "Without the largest account, nothing of the stake remains"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"above": 50.0}, "the 0 accounts above 50.00 NMR"),  # as much is not more
        ({"above": 1e300}, None),
        ({"who": "heron_3"}, "heron_3"),
        ({"who": "MODEL_00003 "}, "model_00003"),
    ],
)
async def test_where_nobody_leaves_nothing_changes(asked: dict[str, object], said: str | None) -> None:
    got = await ask(made_up(50, 30, 20, 0, rows=rows_of(np.zeros((4, 20)), 10.0, 1.0)), **asked)
    if said is not None:
        assert got.finding == f"Nobody leaves: {said} had none of the stake"
    assert (got.left, got.result.share_left, got.result.pay_ratio, got.result.weight_ratio) == (0, 0, 1, 1)
    assert got.result.before == got.result.after
    assert (got.prices.change == 0).all()
    assert got.others is not None
    assert got.others.before == got.others.after > 0
    assert got.largest_weight == (0.5, 0.5)


async def test_equal_holders_leave_in_the_order_they_are_listed() -> None:
    got = await ask(
        made_up(1, 1, 1, 1, rows=rows_of(np.zeros((4, 3)), 10.0, [[1.0], [2.0], [3.0], [4.0]])), top=2
    )
    assert (got.leaving, got.result.share_left) == ("the 2 largest accounts", 0.5)
    assert (got.result.before.half, got.result.after.half) == (3, 2)
    assert got.others is not None
    assert got.others.before == 3 * (3 + 4)


async def test_one_leaves_by_name_with_all_its_models() -> None:
    rows = rows_of(np.zeros((3, 3)), 10.0, [[1.0], [2.0], [4.0]])
    source = made_up(10, 20, 70, owner=[0, 0, 1], rows=rows)
    got = await ask(source, who="Heron_0", unit="model")  # the name says what it is
    assert (got.holders.unit, got.leaving, got.own) == ("account", "heron_0", "heron_0")
    assert got.result.share_left == pytest.approx(0.3)
    assert got.others is not None
    assert (got.others.before, got.others.rows) == (12, 3)
    model = await ask(source, who="model_00001")
    assert (model.holders.unit, model.own, model.left) == ("model", "model_00001", pytest.approx(20))
    assert model.others is not None
    assert model.others.before == 3 + 12


async def test_others_see_no_name_but_their_own() -> None:
    got = await ask(made_up(10, 20, 70, owner=[0, 0, 1]), who="heron_0")
    assert got.for_others("heron_0") == got
    for own in (None, "heron_1", "model_00000"):
        hidden = got.for_others(own)
        assert (hidden.leaving, hidden.own) == ("one account", None)
        assert hidden.finding == "If one account leaves: payouts +43 %, price down by less than 1 %"
    model = await ask(made_up(10, 20), who="model_00000")
    assert model.for_others(None).leaving == "one model"
    several = await ask(made_up(10, 20, 70), top=2)
    assert several.for_others(None) is several


async def test_whose_models_leave_may_be_unknown() -> None:
    rows = rows_of(np.zeros((3, 3)), 10.0, 1.0)
    source = made_up(10, 20, 70, owner=[0, 0, 1], known=False, rows=rows)
    by_account = await ask(source, top=1)
    assert (by_account.result.share_left, by_account.others) == (0.7, None)
    by_model = await ask(source, top=1, unit="model")
    assert by_model.others is not None
    assert by_model.others.before == 6


async def test_what_nobody_knows_is_left_out() -> None:
    unread = await ask(made_up(60, 40), top=1)  # no scores yet
    assert (unread.others, unread.round) == (None, 319)
    empty = await ask(made_up(60, 40, rows=rows_of(np.zeros((0, 0)))), top=1)
    assert empty.others is None
    pending = await ask(
        made_up(60, 40, rows=rows_of(np.zeros((2, 20)), 10.0, 1.0), known_rounds=calendar(20, NAN)), top=1
    )
    assert (pending.round, pending.factors, pending.others) == (None, (), None)
    assert (pending.result.factor_before, pending.result.pay_ratio) == (1, 1)
    assert pending.finding == (
        "If the largest account leaves: weights of the others +150 %, price down by less than 1 %"
    )
    prices = await ask(made_up(60, 40, prices={}), top=1)
    assert math.isnan(prices.volatility)
    assert np.isnan(prices.prices.change).all()
    assert prices.volatility_from == ""
    assert prices.finding == "If the largest account leaves: payouts +100 %"


async def test_prices_may_come_from_elsewhere() -> None:
    got = await unstake_scenario(made_up(60, 40, prices={}), made_up(1, prices=PRICES), top=1)
    assert got.volatility == pytest.approx(VOLATILITY)


async def test_a_threshold_that_does_not_bind_leaves_the_pay_as_it_is() -> None:
    got = await ask(made_up(95, 5, known_rounds=calendar(20, at_risk=400.0)), top=1)
    assert (got.result.factor_before, got.result.factor_after, got.result.pay_ratio) == (1, 1, 1)
    assert got.finding == (
        "If the largest account leaves: payouts stay as they are, price down by less than 1 %"
    )


async def test_dust_may_leave_too() -> None:
    # the sums with and without it differ by rounding alone, either way
    stake = [*np.random.default_rng(1).lognormal(3, 2, 300), 1e-16]
    got = await ask(made_up(*stake), who="heron_300")
    assert got.left == pytest.approx(1e-16)
    assert got.finding == ("If heron_300 leaves: payouts stay as they are, price down by less than 1 %")
    assert (np.abs(got.prices.change) < 1e-9).all()


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(0.01, 1e5), min_size=2, max_size=20), st.integers(1, 19))
async def test_what_leaves_and_what_stays_add_up(stake: list[float], top: int) -> None:
    got = await ask(made_up(*stake), top=min(top, len(stake) - 1))
    assert got.left + got.after.sum() == pytest.approx(sum(stake))
    assert got.before.size == got.after.size + min(top, len(stake) - 1)
    assert got.after.max() <= got.before[got.before.size - got.after.size - 1]
    assert 1 <= got.result.pay_ratio <= got.result.weight_ratio * (1 + 1e-12)
    assert got.largest_weight[1] > got.largest_weight[0]
