"""Planted relations are found, few accounts say nothing, and what can't be asked is explained."""

import math
from dataclasses import replace

import numpy as np
import pytest

from features.stakes.influence import FEWEST, StakeInfluence, stake_influence
from features.stakes.influence_card import influence_answer
from scoring.stakes.association import RankAssociation
from tests.features.stakes.made_up import MadeUp, calendar, rows_of, stakes_of
from tests.features.stakes.related import NAN, made_up, rng
from tournament.source import History

# ---------------------------------------------------------------- planted relations


@pytest.mark.slow
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
        found += not got.finding.startswith("Larger stakes score no better")
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
    stake = rng().lognormal(3, 2, (30, 14))  # fifteen are the least
    got = await stake_influence(made_up(stake[:, 0], stake, stake), by="round")
    assert got.over_rounds is not None
    assert (got.over_rounds.rounds.size, got.over_rounds.mean) == (14, pytest.approx(1))
    assert math.isnan(got.over_rounds.low)
    assert got.finding == "Too few rounds to say whether more stake at risk went with more TC."
    asked = {"by": "round", "rounds": None, "zoom": None}
    told = influence_answer(got, asked).details[0].text
    assert (
        "14 rounds are too few for an interval: neighbouring ones overlap, so they hold about "
        f"{max(1, 14 // got.over_rounds.block)} independent stretch."
    ) in told


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
    assert finding(got, 0.3, 0.0501) == "Larger stakes score no better in TC, and no worse."
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
NOT_A_STAKE = "A stake must be a finite number of 0 or more (see position 1, counted from 0)."


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
