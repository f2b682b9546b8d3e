"""The line of what a proposal would do: its numbers are those that pandas finds, and its words are true."""

import math
from datetime import date, timedelta

import pandas as pd
import pytest

from features.simulation.effect import basis_of, effect_sentence, review_too_early
from features.simulation.proposal_impact import ProposalImpact, proposal_impact
from tests.features.simulation.proposed import made_up, proposal, stakes_of, weights_of


def test_pay_in_the_rounds_that_paid_it_and_over_all(
    impacts: dict[int, ProposalImpact], frame: pd.DataFrame
) -> None:
    every, newest = frame["gap"].sum(), frame.loc[frame["round"] >= 311, "gap"].sum()
    assert effect_sentence(impacts[1]) == (
        f"Everyone −{-newest:,.0f} NMR in the rounds that paid CORR and TC, +{every:,.0f} over all "
        f"{frame['round'].nunique()} rounds; of 423 accounts 88 clearly gain, none clearly loses."
    )
    assert basis_of(impacts[1]) == "Sample, 2022, until 2022-07-23"


def test_weights_count_who_gains_and_loses(impacts: dict[int, ProposalImpact]) -> None:
    for number in (3, 4, 5):
        found = weights_of(impacts[number])
        ratio = pd.Series(found.after / found.before).round(9)
        gain, lose = (ratio > 1).sum(), (ratio < 1).sum()
        told = effect_sentence(impacts[number])
        assert told.startswith(f"{found.finding.removesuffix('.')}; ")
        assert told.endswith(f" of all weight moves, {gain:,} gain, {lose:,} lose.")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (proposal("communication"), "It changes how things are announced, not what is paid or weighed."),
        (proposal(), "It names no payout rule, so there is nothing to price."),
    ],
)
async def test_what_is_not_simulated_says_why(asked: object, reason: str) -> None:
    impact = await proposal_impact(made_up([[0.01] * 20]), asked)  # type: ignore[arg-type]
    assert effect_sentence(impact) == f"Not simulated. {reason}"
    assert basis_of(impact) == ""


async def test_a_rule_that_pays_the_same_does_nothing() -> None:
    impact = await proposal_impact(made_up([[0.01] * 20]), proposal(rule="1C"), baseline="1C")
    assert effect_sentence(impact) == "Nobody would have been paid anything else in rounds 316-335."
    told = effect_sentence(await proposal_impact(made_up([[0.01] * 20]), proposal(rule="2C"), baseline="1C"))
    assert told == "Everyone +20.0 NMR over all 20 rounds; too few rounds to tell who gains."


def test_a_review_before_anybody_can_know_is_told_so(
    impacts: dict[int, ProposalImpact], frame: pd.DataFrame
) -> None:
    """n = long-run variance x (1.96 + .84)² / mean², the variance by cosines over 2.8 % of the rounds."""
    gaps = frame.groupby("round")["gap"].sum().to_numpy()
    terms = max(2, round(0.4 * gaps.size ** (2 / 3)))
    at = (pd.RangeIndex(1, gaps.size + 1).to_numpy() - 0.5) / gaps.size
    weighted = [
        math.sqrt(2 / gaps.size)
        * sum(math.cos(math.pi * j * x) * gap for x, gap in zip(at, gaps, strict=True))
        for j in range(1, terms + 1)
    ]
    variance = sum(each**2 for each in weighted) / terms
    needed = math.ceil(variance * (1.959964 + 0.841621) ** 2 / gaps.mean() ** 2)
    today = date(2031, 5, 4)
    told = review_too_early(impacts[1], today + timedelta(days=70), today, 7.0)
    assert told == (
        "Its review on 2031-07-13 comes after 10 rounds. If the rules go on to differ as on record, it takes "
        f"about {needed} rounds until that can be told from luck."
    )
    assert review_too_early(impacts[1], today + timedelta(days=7 * needed), today, 7.0) == ""
    assert review_too_early(impacts[1], None, today, 7.0) == ""
    assert review_too_early(impacts[1], today, today, math.nan) == ""
    assert review_too_early(impacts[3], today, today, 7.0) == "", "weights are no pay"


async def test_rules_that_pay_the_same_need_no_later_review() -> None:
    impact = await proposal_impact(made_up([[0.01] * 20]), proposal(rule="1C"), baseline="1C")
    assert review_too_early(impact, date(2031, 5, 4), date(2031, 5, 4), 7.0) == ""


async def test_weights_that_stay_are_said_to_stay() -> None:
    made = made_up([[0.01] * 20] * 2, stakes_of([5.0, 5.0]))
    impact = await proposal_impact(made, proposal("weights", weights="sqrt"))
    assert effect_sentence(impact) == "Every account would weigh what it weighs now."
