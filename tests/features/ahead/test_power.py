"""When a difference is seen: on the sample and on made-up rounds, its card, and what it refuses."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import chi2

from features.ahead.power import WhenSeen, when_seen, years_told
from features.ahead.power_card import METHOD, power_answer
from features.ahead.power_chart import picture_of_power
from scoring.intervals import ewc_interval
from tests.features.ahead.records import ahead_of, lucky
from tests.ui.cards import check_answer
from tournament.sample import SampleSource

ASKED = {"rule_a": None, "rule_b": None, "difference": 1.0, "name": "everyone"}


@pytest.mark.slow
async def test_everyone_on_final_rows(source: SampleSource, rows: pd.DataFrame) -> None:
    """As shipped, with interim rows, it is 556, 2,224 and 188: see the tests of scoring.ahead."""
    some = rows[(rows["round"] >= 200) & (rows["stake_nmr"] > 0) & rows["corr"].notna() & rows["tc"].notna()]
    outside = some["round"].between(311, 315)

    def rate(corr: float, tc: float) -> np.ndarray:
        score, factor = corr * some["corr"] + tc * some["tc"], some["payout_factor"]
        return np.where(outside, factor * np.clip(score, -0.25, 0.25), np.clip(factor * score, -0.25, 0.25))

    gap = ((rate(1, 3) - rate(2, 1)) * some["stake_nmr"]).groupby(some["round"]).sum()
    by_round = 100 * gap / some["stake_nmr"].groupby(some["round"]).sum()
    own = ewc_interval(by_round.to_numpy())
    found = await when_seen(source)
    assert (found.rule, found.other) == ("1xCORR + 3xTC", "2xCORR + 1xTC")
    assert found.found.rounds == by_round.size == 122
    assert found.interval.mean == pytest.approx(own.mean)
    assert found.needed == pytest.approx(own.se**2 * 122 * 2.8016**2, rel=1e-4)
    assert found.needed == pytest.approx(613.5, abs=0.5)
    assert found.finding == (
        "1 % of the stake a round between 1xCORR + 3xTC and 2xCORR + 1xTC is seen after "
        "614 rounds, 12 years; 122 rounds on record"
    )
    assert found.seen == (
        "rounds 200-321 show 2.24 % or more. Seen: −1.73 % (−3.52 % to +0.05 %), not told from luck."
    )
    told = check_answer(
        power_answer(found, ASKED, [("1xCORR", "1xCORR"), ("2xCORR + 1xTC", "2xCORR + 1xTC")])
    )
    assert "0.5 % a round: 2,454 rounds, 47 years" in told
    picture = picture_of_power(found)
    assert picture.png.startswith(b"\x89PNG")
    assert "614 for 1 %, 122 on record, which show 2.24 %" in picture.alt


def test_what_the_method_says_of_itself() -> None:
    """A long-run variance of 122 rounds has 10 degrees of freedom."""
    assert ewc_interval(np.random.default_rng(1).normal(size=122)).df == 10
    low, high = 10 / chi2(10).ppf([0.975, 0.025])
    assert low == pytest.approx(1 / 2, abs=0.02)
    assert high == pytest.approx(3, abs=0.1)
    assert any("half as many or three times as many" in each for each in METHOD)


async def test_enough_rounds_and_no_difference() -> None:
    made = ahead_of(lucky(60), tc=0.01)
    found = await when_seen(made, 50.0, "1C", "2C")
    assert "are enough" in found.finding
    check_answer(power_answer(found, {**ASKED, "difference": 50.0}))
    alike = await when_seen(made, 1.0, "1C", "1C0T")
    assert alike.finding.startswith("There is no difference")
    assert alike.seen == "Nothing to see: no round differs."
    check_answer(power_answer(alike, ASKED))
    assert picture_of_power(alike).alt == "They paid alike in every round."
    own: WhenSeen = await when_seen(made, 1.0, "1C", "2C", name="owl_0")
    assert own.for_others(None).name == "one model"
    assert own.for_others("owl_0").name == "owl_0"
    assert found.for_others(None).name == "everyone"


async def test_rules_that_nobody_typed() -> None:
    made = ahead_of(lucky(60), tc=0.01)
    both = await when_seen(made)
    assert (both.rule, both.other) == ("1xCORR + 3xTC", "2xCORR + 1xTC")
    first = await when_seen(made, 1.0, "1xCORR + 2xTC")
    assert (first.rule, first.other) == ("1xCORR + 2xTC", "1xCORR + 3xTC")
    second = await when_seen(made, 1.0, None, "2C")
    assert (second.rule, second.other) == ("1xCORR + 3xTC", "2xCORR")


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ((0.0, "1C", "2C"), "A difference is 0.01 to 100 percent of the stake a round."),
        ((101.0, "1C", "2C"), "A difference is 0.01 to 100"),
        ((math.nan, "1C", "2C"), "A difference is 0.01 to 100"),
        ((1.0, "1xMMC", "2C"), "This data has no MMC"),
        ((1.0, "7xLUCK", "2C"), "“LUCK” is not a score I know"),
    ],
)
async def test_what_cannot_be_asked(asked: tuple[float, str, str], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        await when_seen(ahead_of(lucky(60)), *asked)
    assert sentence in str(refused.value)


async def test_too_few_rounds_and_unknown_names() -> None:
    with pytest.raises(ValueError, match="everyone has 14 rounds that can be compared; 15 are needed"):
        await when_seen(ahead_of(lucky(14)), 1.0, "1C", "2C")
    with pytest.raises(ValueError, match="no model or account called"):
        await when_seen(ahead_of(lucky(60)), 1.0, "1C", "2C", name="owl_9")


def test_years_are_told() -> None:
    assert [years_told(each) for each in (0.01, 1 / 12, 0.9, 1.9, 2, 188.1)] == [
        "under a month", "1 month", "11 months", "23 months", "2 years", "188 years",
    ]  # fmt: skip
