"""Who holds the stake: the sample by pandas, and made-up leaderboards for what it has not."""

import math
from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.stakes.holders import biggest_guess, find_holder, holder, holders_of, suggest_holders
from tests.features.stakes.made_up import NAN, MadeUp, leaderboard, stakes_of
from tournament.sample import SampleSource


def test_the_fake_says_who_owns_what() -> None:
    made = stakes_of([1, 2, 3], [1, 0, 1])
    assert made.account_stake.tolist() == [2, 4]
    assert stakes_of([1], known=False).account_of is None


# ---------------------------------------------------------------- one holder among all


@pytest.mark.parametrize("unit", ["account", "model"])
async def test_share_and_rank_are_those_pandas_counts(source: SampleSource, unit: str) -> None:
    frame = leaderboard()
    by_unit = frame.groupby(unit)["nmr_staked"].sum()
    ranks = by_unit.rank(ascending=False, method="min")
    staked_models = frame[frame["nmr_staked"] > 0].groupby("account").size()
    ordered = by_unit.sort_values(ascending=False).cumsum() / by_unit.sum()
    for name in (by_unit.idxmax(), ordered.index[1234], by_unit[by_unit == 0].index[0]):
        got = await holder(source, f"  {name.upper()} ")
        assert (got.name, got.unit, got.guessed) == (name, unit, unit == "account")
        assert got.stake == pytest.approx(by_unit[name], rel=1e-12)
        assert got.share == pytest.approx(by_unit[name] / by_unit.sum(), rel=1e-12)
        assert got.rank == ranks[name]
        assert got.ties == (by_unit == by_unit[name]).sum() - 1
        assert got.holders == (by_unit > 0).sum()
        assert got.half == (ordered <= 0.5).sum() + 1
        assert got.models == (staked_models.get(name, 0) if unit == "account" else None)
        assert (got.source, got.day) == ("Sample, 2022", date(2022, 12, 22))


async def test_what_is_said_of_a_holder() -> None:
    made = MadeUp(stakes_of([70, 20, 9.97, 0.03, 0]))
    assert (await holder(made, "heron_0")).finding == "heron_0 holds 70.0 % of all stake, rank 1 of 4."
    assert (await holder(made, "model_00001")).finding == (
        "model_00001 holds 20.0 % of all stake, rank 2 of 4."
    )
    assert (await holder(made, "heron_3")).finding == "heron_3 holds 0.03 % of all stake, rank 4 of 4."
    nothing = await holder(made, "heron_4")
    assert nothing.finding == "heron_4 has no stake, so it moves nothing."
    assert (nothing.share, nothing.models) == (0, 0)
    assert math.isnan(nothing.like_it)
    dust = await holder(MadeUp(stakes_of([1e-16, 9e5])), "heron_0")
    assert dust.finding == "heron_0 holds less than 0.01 % of all stake, rank 2 of 2."


@pytest.mark.parametrize(("share", "expected"), [(1.0, 1), (0.5, 2), (0.25, 3), (0.3, 2), (0.1, 6), (0.7, 1)])
async def test_how_many_like_it_hold_half(share: float, expected: int) -> None:
    rest = [1 - share] if share < 1 else []
    assert (await holder(MadeUp(stakes_of([share, *rest])), "heron_0")).like_it == expected


@given(st.integers(1, 300), st.sampled_from([0.1, 0.3, 1 / 3, 1.0, 7.7]))
async def test_among_equals_as_many_like_it_hold_half_as_do(count: int, stake: float) -> None:
    got = await holder(MadeUp(stakes_of([stake] * count)), "heron_0")
    assert got.like_it == got.half == count // 2 + 1
    assert (got.rank, got.ties) == (1, count - 1)


@pytest.mark.slow
async def test_a_crowd_of_equals_is_not_miscounted_by_rounding() -> None:
    got = await holder(MadeUp(stakes_of(np.full(300_002, 0.1), known=False)), "heron_7")
    assert got.like_it == got.half == 150_002


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=30))
async def test_like_it_is_the_first_number_above_half(stakes: list[int]) -> None:
    got = await holder(MadeUp(stakes_of(stakes)), "heron_0")
    share = Fraction(stakes[0], sum(stakes))
    assert (got.like_it - 1) * share <= Fraction(1, 2) < got.like_it * share


async def test_whose_models_an_account_has_is_told_only_where_it_is_known() -> None:
    told = await holder(MadeUp(stakes_of([1, 2, 0], [0, 0, 0], guessed=False)), "heron_0")
    assert (told.models, told.guessed) == (2, False)  # the third has no stake
    untold = await holder(MadeUp(stakes_of([1, 2], known=False)), "heron_0")
    assert (untold.models, untold.guessed) == (None, False)


async def test_others_are_not_named() -> None:
    got = await holder(MadeUp(stakes_of([3, 1])), "heron_0")
    assert got.for_others("heron_0") == got
    for own in (None, "heron_1"):
        hidden = got.for_others(own)
        assert hidden == replace(got, name="One account")
        assert hidden.finding == "One account holds 75.0 % of all stake, rank 1 of 2."
    assert (await holder(MadeUp(stakes_of([3])), "model_00000")).for_others(None).name == "One model"


# ---------------------------------------------------------------- names that are typed


def test_an_account_comes_before_a_model_of_the_same_name() -> None:
    made = replace(stakes_of([1, 2]), models=("Heron_1", "owl"))
    assert find_holder(made, "HERON_1") == ("account", 1)
    assert find_holder(made, " owl\n") == ("model", 1)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("heron_", "There is no model or account called “heron_” on the leaderboard. Did you mean heron_"),
        ("nobody at all", "There is no model or account called “nobody at all” on the leaderboard."),
        ("", "Start typing a model's or an account's name and pick one from the list."),
        ("  ", "Start typing a model's or an account's name and pick one from the list."),
        ("x" * 101, "Start typing a model's or an account's name and pick one from the list."),
    ],
)
async def test_a_name_that_is_not_there_is_met_with_the_nearest(typed: str, told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await holder(MadeUp(stakes_of([3, 1])), typed)
    assert str(caught.value).startswith(told)
    assert str(caught.value).endswith("?" if "Did you mean" in told else ".")


async def test_names_are_suggested_by_stake() -> None:
    made = MadeUp(stakes_of([1, 5, 0, 3], [0, 1, 2, 1]))
    assert await suggest_holders(made, " HERON") == [
        ("heron_1 · 8.00 NMR", "heron_1"),
        ("heron_0 · 1.00 NMR", "heron_0"),
        ("heron_2 · no stake", "heron_2"),
    ]
    every = ["heron_1", "model_00001", "model_00003", "heron_0", "model_00000", "heron_2", "model_00002"]
    assert [name for _, name in await suggest_holders(made, "")] == every
    assert await suggest_holders(made, "owl") == await suggest_holders(MadeUp(None), "heron") == []
    assert (len(await suggest_holders(MadeUp(stakes_of([1] * 40)), ""))) == 25
    long = MadeUp(replace(stakes_of([1235]), models=("m" * 100,)))
    assert await suggest_holders(long, "mm") == [("m" * 88 + " · 1,235 NMR", "m" * 100)]


# ---------------------------------------------------------------- who counts


@pytest.mark.parametrize(
    ("stake", "unit", "told"),
    [
        ([0, 0], "account", "None of 2 accounts in Made up has a stake."),
        ([0], "model", "None of 1 model in Made up has a stake."),
        ([1, -1], "model", "Made up lists a stake that is negative or not a number, so I can't count it."),
        ([1, NAN], "account", "Made up lists a stake that is negative or not a number, so I can't count it."),
        (
            [1, math.inf],
            "model",
            "Made up lists a stake that is negative or not a number, so I can't count it.",
        ),
        ([], "account", "Made up lists no accounts yet, so there is no stake to look at."),
        ([], "model", "Made up lists no models yet, so there is no stake to look at."),
        ([1], "team", "Holders are counted by account or model."),
    ],
)
def test_what_cannot_be_counted_is_explained(stake: list[float], unit: str, told: str) -> None:
    made = MadeUp(None)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        holders_of(made, stakes_of(stake), unit)
    assert str(caught.value) == told


def test_holders_know_who_they_are() -> None:
    made = MadeUp(None)
    got = holders_of(made, stakes_of([0, 2, 1000]), "account")
    assert got.counted(4227) == "4,227 guessed accounts"
    assert (got.staked.names, got.staked.stake.tolist()) == (("heron_1", "heron_2"), [2, 1000])
    assert holders_of(made, stakes_of([1]), "model").counted(1) == "1 model"
    assert holders_of(made, stakes_of([1], guessed=False), "account").counted(2) == "2 accounts"


# ---------------------------------------------------------------- the largest guess


def test_the_largest_guess_is_taken_apart_into_its_models_with_a_stake() -> None:
    made = stakes_of([5, 4, 0, 8, 1, 1], [0, 0, 0, 1, 2, 2])
    guess = biggest_guess(holders_of(MadeUp(None), made, "account"), made)
    assert guess is not None
    assert (guess.models, guess.share) == (2, pytest.approx(9 / 19))  # account 1 has one model: no guess
    assert guess.apart.names == ("heron_1", "heron_2", "model_00000", "model_00001")
    assert guess.apart.stake.tolist() == [8, 2, 5, 4]


def test_without_a_guess_there_is_nothing_to_take_apart() -> None:
    for made, unit in (
        (stakes_of([5, 4], [0, 0], guessed=False), "account"),
        (stakes_of([5, 4], [0, 0]), "model"),
        (stakes_of([5, 4]), "account"),  # nobody has several
        (stakes_of([5, 4, 0], [0, 1, 1]), "account"),  # nor several with a stake
        (stakes_of([5, 4], known=False), "account"),
    ):
        assert biggest_guess(holders_of(MadeUp(None), made, unit), made) is None
