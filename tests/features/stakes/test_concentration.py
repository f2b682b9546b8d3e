"""How concentrated the stake is: known numbers of the sample, and made-up leaderboards by hand."""

import asyncio
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.stakes.concentration import LAWS, REFITS, SEED, StakeConcentration, stake_concentration, tail_of
from scoring.stakes.concentration_intervals import bootstrap_intervals
from scoring.tails import ALTERNATIVES, goodness_of_fit
from tests.features.stakes.made_up import MadeUp, leaderboard, stakes_of
from tournament.sample import SampleSource

NAN = math.nan


async def concentration_of(*stake: float, unit: str = "account", zeros: bool = False) -> StakeConcentration:
    return await stake_concentration(MadeUp(stakes_of(stake)), unit=unit, zeros=zeros)


@cache
def asked_of_sample(source: SampleSource, unit: str = "account", zeros: bool = False) -> StakeConcentration:
    """The same question is asked once for all tests of its answer."""
    return asyncio.run(stake_concentration(source, unit=unit, zeros=zeros))


def gini_by_area(x: np.ndarray) -> float:
    curve = np.concatenate(([0.0], np.sort(x).cumsum())) / x.sum()
    return float(1 - 2 * np.trapezoid(curve, dx=1 / x.size))


def theil_by_pandas(stake: pd.Series) -> float:
    ratio = stake[stake > 0] / stake.mean()
    return float((ratio * np.log(ratio)).sum() / len(stake))


# ---------------------------------------------------------------- the sample


@pytest.mark.slow
def test_by_model_half_lies_with_72_and_is_no_power_law(source: SampleSource) -> None:
    got = asked_of_sample(source, "model")
    assert got.finding == "72 models hold half of the stake"
    assert got.measures.gini == pytest.approx(0.926, abs=5e-4)
    assert got.measures.effective_number == pytest.approx(192, abs=0.5)
    assert (got.measures.half, got.measures.holders, got.without_stake) == (72, 6264, 15025 - 6264)
    assert got.tail.verdict == "Not a power law: a lognormal describes it better (p < .001)."
    assert (got.tail.fit.tail_size, got.tail.goodness) == (916, 0)
    assert got.apart is None


@pytest.mark.slow
def test_by_guessed_account_half_lies_with_40_and_nobody_can_tell(source: SampleSource) -> None:
    got = asked_of_sample(source)
    assert got.finding == "40 accounts hold half of the stake (51 if one guess is wrong)"
    assert got.who == "4,227 guessed accounts"
    assert got.measures.effective_number == pytest.approx(30, abs=0.5)
    assert got.measures.half == 40
    assert got.tail.verdict == "Cannot tell a power law from a lognormal."
    assert got.apart is not None
    assert got.apart.measures.effective_number == pytest.approx(103, abs=0.5)
    assert (got.apart.measures.half, got.apart.measures.holders) == (51, 4227 - 1 + 12)
    assert (got.apart.models, got.apart.share) == (12, pytest.approx(0.160, abs=5e-4))
    assert got.apart.tail.verdict == ("Not a power law: one with a cut-off describes it better (p = .04).")


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["account", "model"])
def test_everything_else_agrees_with_pandas(source: SampleSource, unit: str) -> None:
    got = asked_of_sample(source, unit)
    frame = leaderboard()
    staked = frame[frame["nmr_staked"] > 0]
    stake = staked.groupby(unit)["nmr_staked"].sum().sort_values(ascending=False)
    assert got.measures.gini == pytest.approx(gini_by_area(stake.to_numpy()), rel=1e-9)
    running = stake.cumsum() / stake.sum()
    assert got.third == (running <= 1 / 3).sum() + 1
    assert got.top == {k: pytest.approx(running.iloc[k - 1], rel=1e-12) for k in (1, 10, 50)}
    for left_out, without in got.left_out.items():
        rest = stake.iloc[left_out:]
        assert without.effective_number == pytest.approx(rest.sum() ** 2 / (rest**2).sum(), rel=1e-9)
        assert without.half == (rest.cumsum() <= rest.sum() / 2).sum() + 1
    assert got.theil == pytest.approx(theil_by_pandas(stake), rel=1e-9)
    # by model the index splits into what lies within accounts and between them, whoever is looked at
    mean = staked.groupby("account")["nmr_staked"].transform("mean")
    between = theil_by_pandas(mean)
    assert got.theil_between == pytest.approx(between, rel=1e-9)
    assert got.theil_within + got.theil_between == pytest.approx(
        theil_by_pandas(staked["nmr_staked"]), rel=1e-12
    )
    lorenz = np.interp(got.population, np.arange(len(stake) + 1) / len(stake), [0, *stake[::-1].cumsum()])
    np.testing.assert_allclose(got.share, lorenz / stake.sum(), atol=1e-12)
    assert got.population.size == 400


@pytest.mark.slow
def test_zeros_change_how_many_and_how_unequal_but_not_who_holds_half(source: SampleSource) -> None:
    for unit in ("model", "account"):
        without, with_zeros = [asked_of_sample(source, unit, z) for z in (False, True)]
        everyone = leaderboard().groupby(unit)["nmr_staked"].sum().to_numpy()
        assert with_zeros.measures.holders == everyone.size > without.measures.holders
        assert with_zeros.measures.gini == pytest.approx(gini_by_area(everyone), rel=1e-9)
        assert with_zeros.measures.gini > without.measures.gini + 0.03
        assert with_zeros.measures.half == without.measures.half
        assert with_zeros.measures.effective_number == pytest.approx(
            without.measures.effective_number, rel=1e-12
        )
        assert (with_zeros.third, with_zeros.tail.fit) == (without.third, without.tail.fit)
        assert with_zeros.top == pytest.approx(without.top)
        assert with_zeros.without_stake == without.without_stake == (everyone == 0).sum()
        assert (with_zeros.zeros, without.zeros) == (True, False)


@pytest.mark.slow
async def test_intervals_are_those_of_the_house_and_come_out_alike_twice(source: SampleSource) -> None:
    first, second = await stake_concentration(source), await stake_concentration(source)
    assert first.intervals == second.intervals
    assert first.tail.goodness == second.tail.goodness
    by_account = leaderboard().groupby("account")["nmr_staked"].sum()
    rng = np.random.default_rng(SEED)
    expected = bootstrap_intervals(by_account[by_account > 0].to_numpy(), rng=rng)
    assert first.intervals.gini == pytest.approx(expected.gini, rel=1e-9)
    assert first.intervals.gini[0] < first.measures.gini < first.intervals.gini[1]
    assert first.certainty.startswith(
        "Everybody who stakes is counted, so nothing is uncertain about this day."
    )


# ---------------------------------------------------------------- by hand


async def test_three_holders_by_hand() -> None:
    got = await concentration_of(6, 3, 1)
    assert got.measures.gini == pytest.approx(1 / 3)  # pairs differ by 3, 5 and 2: 2 x 10 / (2 x 9 x 10 / 3)
    assert got.measures.effective_number == pytest.approx(100 / 46)
    assert (got.measures.half, got.third, got.measures.stake) == (1, 1, 10)
    assert got.top == {1: 0.6}
    assert [each.holders for each in got.left_out.values()] == [2]
    assert got.left_out[1].gini == pytest.approx(0.25)
    np.testing.assert_allclose(got.population, [0, 1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(got.share, [0, 0.1, 0.4, 1])
    assert got.finding == "1 account holds half of the stake"


async def test_one_holder_has_all_of_it() -> None:
    got = await concentration_of(5, 0, 0)
    assert got.finding == "One account holds all of the stake"
    assert (got.measures.gini, got.measures.effective_number, got.measures.half) == (0, 1, 1)
    assert (got.without_stake, dict(got.top), dict(got.left_out)) == (2, {}, {})
    assert math.isnan(got.intervals.gini[0])
    assert got.certainty == "Too few holders have a stake for an interval."
    assert got.tail.verdict == (
        "Cannot tell whether it is a power law: the tail has 0 holders, and 50 are needed."
    )


async def test_one_holder_among_zeros_is_one_of_several() -> None:
    got = await concentration_of(5, 0, 0, 0, unit="model", zeros=True)
    assert got.finding == "1 model holds half of the stake"
    assert (got.measures.gini, got.measures.effective_number, got.measures.half) == (0.75, 1, 1)
    # three of four holders have none, and so have many resamples: that is not for want of holders alone
    assert got.certainty == "Too few holders have a stake for an interval."


@pytest.mark.parametrize(
    ("stake", "half"), [([1, 1, 1, 1], 3), ([0.1] * 10, 6), ([3, 1, 1, 1], 2), ([1, 1], 2)]
)
async def test_exactly_half_is_not_more_than_half(stake: list[float], half: int) -> None:
    got = await concentration_of(*stake)
    assert got.measures.half == half
    assert got.finding == f"{half} accounts hold half of the stake"


async def test_all_equal_are_not_unequal() -> None:
    got = await concentration_of(*[0.1] * 60)
    assert got.measures.gini == pytest.approx(0, abs=1e-15)
    assert (got.measures.half, got.theil) == (31, 0)
    assert got.measures.effective_number == pytest.approx(60)
    assert got.tail.fit.tail_size == 0
    assert got.tail.at.size == 0
    assert got.tail.stake.tolist() == [0.1]
    assert got.tail.at_least.tolist() == [60]


async def test_what_nobody_can_count_is_explained() -> None:
    for stake, told in (
        ([0.0, 0.0], "None of 2 accounts in Made up has a stake."),
        ([], "Made up lists no accounts yet, so there is no stake to look at."),
        ([1.0, -1.0], "Made up lists a stake that is negative or not a number, so I can't count it."),
        ([1.0, NAN], "Made up lists a stake that is negative or not a number, so I can't count it."),
    ):
        for zeros in (False, True):
            with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
                await concentration_of(*stake, zeros=zeros)
            assert str(caught.value) == told


async def test_whose_models_are_whose_may_be_unknown() -> None:
    made = MadeUp(stakes_of([4, 3, 2, 1], [0, 0, 1, 1], known=False))
    for unit, who in (("account", "2 accounts"), ("model", "4 models")):
        got = await stake_concentration(made, unit=unit)
        assert got.who == who
        assert got.apart is None
        assert math.isnan(got.theil_within)
        assert math.isnan(got.theil_between)
        assert got.theil > 0


async def test_theil_by_hand_within_and_between() -> None:
    got = await stake_concentration(MadeUp(stakes_of([3, 1, 2, 2, 0], [0, 0, 1, 1, 1])), unit="model")
    # account 0: half of the stake, ratios 1.5 and .5 to its mean; account 1: all equal; both have a half
    assert got.theil_within == pytest.approx(0.5 * (1.5 * math.log(1.5) + 0.5 * math.log(0.5)) / 2)
    assert got.theil_between == pytest.approx(0, abs=1e-12)
    with_zero = await stake_concentration(
        MadeUp(stakes_of([3, 1, 2, 2, 0], [0, 0, 1, 1, 1])), unit="model", zeros=True
    )
    assert with_zero.theil_between == pytest.approx(0.5 * math.log(0.5 / 0.4) + 0.5 * math.log(0.5 / 0.6))


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(st.lists(st.floats(0.01, 1e5), min_size=1, max_size=30), st.integers(0, 5))
async def test_measures_hang_together(stake: list[float], nothing: int) -> None:
    got = await concentration_of(*stake, *[0.0] * nothing)
    assert (got.measures.holders, got.without_stake) == (len(stake), nothing)
    assert 1 <= got.third <= got.measures.half <= len(stake) // 2 + 1
    assert (np.diff(got.share) >= 0).all()
    assert (got.share <= got.population + 1e-12).all()
    assert list(got.top.values()) == sorted(got.top.values())
    assert got.tail.at_least[0] == len(stake)


@pytest.mark.slow
async def test_twenty_thousand_holders() -> None:
    stake = np.random.default_rng(1).lognormal(0, 2, 20_000)
    got = await stake_concentration(MadeUp(stakes_of(stake, known=False)), unit="model")
    assert got.measures.gini == pytest.approx(math.erf(1), abs=0.01)  # of a lognormal: erf(sigma / 2)
    assert got.measures.half == (np.sort(stake)[::-1].cumsum() <= stake.sum() / 2).sum() + 1
    assert got.population.size <= 400
    assert got.tail.fit.tail_size > 0


# ---------------------------------------------------------------- the tail


def test_the_tail_counts_holders_from_the_smallest_stake_on() -> None:
    tail = tail_of(np.array([3.0, 1.0, 1.0, 9.0]))
    assert tail.stake.tolist() == [1, 3, 9]
    assert tail.at_least.tolist() == [4, 2, 1]
    assert set(tail.laws) == set(LAWS)
    assert set(tail.comparisons) == set(ALTERNATIVES)


@pytest.mark.slow
def test_the_goodness_of_fit_is_the_house_s_own() -> None:
    stake = np.random.default_rng(3).lognormal(0, 1, 150)
    tail = tail_of(stake)
    rng = np.random.default_rng(SEED)
    assert tail.goodness == goodness_of_fit(stake, tail.fit, refits=REFITS, rng=rng)
    assert (tail.at[0], tail.at[-1]) == pytest.approx((tail.fit.xmin, stake.max()))
    for law in tail.laws.values():
        assert law[0] == pytest.approx(1)
        assert (np.diff(law) < 0).all()


@pytest.mark.slow
def test_a_planted_power_law_is_not_called_a_lognormal() -> None:
    stake = 10 * (1 - np.random.default_rng(4).random(3000)) ** (-1 / 1.2)
    tail = tail_of(stake)
    assert "a lognormal describes it better" not in tail.verdict
    assert tail.fit.alpha == pytest.approx(2.2, abs=0.15)
    assert tail.goodness > 0.1
