"""What is said of a tail: the headline knows the size, every rival and how badly a power law fits."""

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from features.stakes.concentration import StakeConcentration, stake_concentration, tail_of
from features.stakes.concentration_card import concentration_answer
from features.stakes.moments import Moments
from scoring.tails import ALTERNATIVES, TailComparison
from tests.features.stakes.made_up import MadeUp, stakes_of
from tests.scoring.tails.samples import planted
from tournament.sample import SampleSource
from ui.card import Card

NAN = math.nan
CANNOT_TELL = "Cannot tell a power law from a lognormal."
TOO_BADLY = "Not a power law: it fits too badly, and no other law is clearly better."


def tail_page(found: StakeConcentration) -> Card:
    """What stands behind the answer on the tail."""
    asked = {"unit": found.holders.unit, "zeros": False, "day": None}
    _, page = concentration_answer(found, asked, Moments((found.holders.day,), ())).details
    return page


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "ratio", "p", "goodness", "size", "verdict"),
    [
        ("lognormal", -9.0, 2e-5, 0.0, 916, "Not a power law: a lognormal describes it better (p < .001)."),
        ("lognormal", -9.0, 2e-5, 0.9, 50, "Not a power law: a lognormal describes it better (p < .001)."),
        ("lognormal", 9.0, 0.04, 0.9, 50, CANNOT_TELL),
        ("lognormal", 9.0, 0.04, 0.0, 50, TOO_BADLY),
        ("lognormal", 0.0, NAN, 0.3, 110, CANNOT_TELL),
        ("lognormal", 0.0, NAN, 0.1, 110, TOO_BADLY),
        ("lognormal", -5.0, 0.1, 0.11, 110, CANNOT_TELL),
        ("lognormal", -5.0, 0.1, 0.05, 110, TOO_BADLY),
        ("lognormal", -5.0, 0.099, 0.3, 110, "Not a power law: a lognormal describes it better (p = .10)."),
        (
            "exponential", -5.0, 0.01, 0.3, 110,
            "Not a power law: an exponential describes it better (p = .01).",
        ),
        ("exponential", 5.0, 0.01, 0.3, 110, CANNOT_TELL),
        (
            "truncated_power_law", -5.0, 0.01, 0.3, 110,
            "Not a power law: one with a cut-off describes it better (p = .01).",
        ),
        (
            "lognormal", -9.0, 0.0, 0.0, 49,
            "Cannot tell whether it is a power law: the tail has 49 holders, and 50 are needed.",
        ),
        (
            "lognormal", -9.0, 0.0, 0.0, 1,
            "Cannot tell whether it is a power law: the tail has 1 holder, and 50 are needed.",
        ),
    ],
)  # fmt: skip
def test_the_verdict_follows_the_size_the_fit_and_every_rival(
    law: str, ratio: float, p: float, goodness: float, size: int, verdict: str
) -> None:
    tail = tail_of(np.array([1.0, 2.0, 4.0]))
    rivals = {each: TailComparison(0.0, NAN) for each in ALTERNATIVES} | {law: TailComparison(ratio, p)}
    found = replace(
        tail, fit=replace(tail.fit, tail_size=size), comparisons=MappingProxyType(rivals), goodness=goodness
    )
    assert found.verdict == verdict


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [-9.0, 0.0, 9.0])
@pytest.mark.parametrize("p", [0.0, 0.04, 0.5, NAN])
@pytest.mark.parametrize("law", ALTERNATIVES)
def test_what_is_refused_is_never_called_a_power_law(law: str, p: float, ratio: float) -> None:
    tail = tail_of(np.array([1.0, 2.0, 4.0]))
    rivals = {each: TailComparison(0.0, NAN) for each in ALTERNATIVES} | {law: TailComparison(ratio, p)}
    found = replace(
        tail, fit=replace(tail.fit, tail_size=80), comparisons=MappingProxyType(rivals), goodness=0.02
    )
    assert found.verdict.startswith("Not a power law: ")


async def test_a_bad_fit_is_refused_in_the_headline_and_below_it() -> None:
    got = await stake_concentration(MadeUp(stakes_of(planted())))
    assert (got.tail.fit.tail_size, got.tail.goodness) == (65, 0)
    assert got.tail.verdict == TOO_BADLY
    card = tail_page(got)
    assert card.heading == f"By account: {TOO_BADLY[0].lower()}{TOO_BADLY[1:-1]}"
    told = card.text
    assert "Of 200 samples drawn from the fitted power law, none fit their own law worse" in told
    assert "It is ruled out: that takes 10 % or less." in told
    assert "A lognormal is no better." in told
    assert "An exponential is worse (p < .001)." in told


@pytest.mark.slow
async def test_the_exponent_is_as_unsure_as_its_start(source: SampleSource) -> None:
    got = await stake_concentration(source, unit="model")
    assert got.tail.fit.alpha_se == pytest.approx(0.02, abs=0.005)  # if the start were known
    assert got.tail.alpha_se == pytest.approx(0.146, abs=0.04)
    exponent = f"Exponent 1.71 (± {got.tail.alpha_se:.2f}, the standard error over 60 resamples"
    assert exponent in tail_page(got).text
