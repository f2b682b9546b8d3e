"""Rules that could be used beforehand: their lag, their count, and what the sample gives."""

import math
from datetime import date

import numpy as np
import pytest

from features.lab.fund.alignment_card import rules_answer
from features.lab.fund.selection import FUND, RULES, RulesFollowed, followed_of, rules_followed
from scoring.intervals import ewc_interval
from scoring.lab.selection import best_of, follow_rule
from tests.features.lab.fund.fields import field_of_scores, moving
from tournament.sample import SampleSource

DAY = date(2031, 6, 1)
ASKED = {"rounds": None, "tournament": "classic"}


def found_in(corr: np.ndarray, rounds: str | None = None, stake: np.ndarray | float = 1.0) -> RulesFollowed:
    return followed_of(*field_of_scores(corr, stake=stake), rounds, "Invented", DAY)


def of(found: RulesFollowed, rule: str, measure: str) -> tuple[float, float, float]:
    [each] = [each for each in found.followed if (each.rule, each.measure) == (rule, measure)]
    return each.interval.mean, each.interval.low, each.interval.high


def test_rules_by_hand() -> None:
    rng = np.random.default_rng(1)
    corr, stake = moving(rng, 60, 30) + 0.02, rng.lognormal(0, 1, 30)
    found = found_in(corr, stake=stake)
    assert (found.lag, found.looked_at, found.measures) == (5, 2 * len(RULES), (FUND, "CORR"))
    assert found.span == "rounds 225-260"
    shares = stake / stake.sum()
    record = corr.mean(axis=1) - corr @ shares
    expected = ewc_interval(record[24:])
    assert of(found, "all alike", "CORR") == pytest.approx((expected.mean, expected.low, expected.high))
    # as like the fund as each other: contribution over the length, corr / .6 less the fund's
    expected = ewc_interval(record[24:] / 0.6)
    assert of(found, "all alike", FUND) == pytest.approx((expected.mean, expected.low, expected.high))
    top = follow_rule(corr, np.tile(stake, (60, 1)), best_of(20, 20), lag=5)[24:]
    assert of(found, "top 20 of the last 20", "CORR")[0] == pytest.approx(top.mean())


def test_more_intervals_ask_for_more() -> None:
    found = found_in(moving(np.random.default_rng(2), 80, 30))
    for each in found.followed:
        assert each.allowed.low <= each.interval.low
        assert each.allowed.high >= each.interval.high
    level = 1 - 0.05 / found.looked_at
    assert level == pytest.approx(1 - 0.05 / 12)
    told = f"Of 12 intervals looked at {len(found.apart)} leave"
    assert found.how_many.startswith(told)


@pytest.mark.slow
def test_a_rule_that_is_better_is_named() -> None:
    rng = np.random.default_rng(3)
    corr = moving(rng, 200, 40) + np.linspace(-0.05, 0.05, 40)
    found = found_in(corr, stake=np.linspace(2, 1, 40))
    assert "beat stake in the fund, all tries allowed for." in found.finding


@pytest.mark.long
def test_luck_alone_names_a_rule_seldom_and_intervals_hold_as_they_say() -> None:
    """Fields in which nobody is better: 95 % intervals hold 0 nine times in ten, a rule is named 1 in 20."""
    rng = np.random.default_rng(4)
    held, named, looked_at = 0, 0, 0
    for _ in range(24):
        found = found_in(moving(rng, 120, 40), stake=rng.lognormal(0, 1, 40))
        held += sum(not each.interval.excludes_0 for each in found.followed)
        looked_at += found.looked_at
        named += bool(found.clear)
    assert held / looked_at >= 0.90
    assert named <= 4  # of 24, at .05 with room for luck


@pytest.mark.slow
async def test_the_sample_over_230_to_306() -> None:
    """As shipped over 230-310 it was top 20 +.0046, best one +.0003, equal +.0016, exponential +.0020,
    limited by record +.0002; on final rows to 306 these, and none is left once all are allowed for."""
    found = await rules_followed(SampleSource(), "230-306")
    assert (found.lag, found.looked_at) == (5, 18)
    assert of(found, "top 20 of the last 20", "CORR") == pytest.approx((0.0039, 0.0007, 0.0071), abs=6e-5)
    assert of(found, "best one of the last 20", "CORR") == pytest.approx((-0.0002, -0.0037, 0.0034), abs=6e-5)
    assert of(found, "all alike", "CORR") == pytest.approx((0.0020, -0.0007, 0.0047), abs=6e-5)
    assert of(found, "growing with each score", "CORR") == pytest.approx((0.0025, -0.0001, 0.0052), abs=6e-5)
    assert of(found, "stake limited by record", "CORR") == pytest.approx((0.0004, -0.0005, 0.0013), abs=1e-4)
    # dropping the worse half, .0000 within .0018 as measured elsewhere
    assert of(found, "better half, by stake", FUND) == pytest.approx((0.0001, -0.0015, 0.0016), abs=6e-5)
    assert not any(each.interval.excludes_0 for each in found.followed if each.measure == "TC")
    assert found.clear == ()
    assert found.finding == "No rule that could be used beforehand can be called better than stake."
    answer = rules_answer(found, ASKED)
    assert "Of 18 intervals looked at 5 leave out 0, and none once it is allowed for that many." in (
        answer.card.after
    )
    assert all("nan" not in card.said for card in (answer.card, *answer.details))


@pytest.mark.slow
async def test_all_rounds_of_the_sample() -> None:
    """Equal models +.0024 (-.0002 to +.0050) for the fund by account elsewhere; by model about as much."""
    found = await rules_followed(SampleSource())
    assert found.span == "rounds 206-321"
    assert of(found, "all alike", FUND) == pytest.approx((0.0025, 0.0000, 0.0049), abs=6e-5)
    assert found.clear == ()


def test_few_rounds_have_no_interval_and_no_answer() -> None:
    found = found_in(moving(np.random.default_rng(5), 30, 12))
    assert all(math.isnan(each.interval.low) for each in found.followed)
    assert found.finding == "Too few rounds to hold any rule against stake."


@pytest.mark.parametrize(
    ("corr", "rounds", "stake", "sentence"),
    [
        (np.full((30, 12), np.nan), None, 1.0, "There is no fund to hold anything against here"),
        (np.full((30, 12), 0.01), None, 0.0, "There is no fund to hold anything against here"),
        (np.full((20, 12), 0.01), None, 1.0, "Rules need 20 rounds that are known when one opens"),
        (np.full((40, 12), 0.01), "201-205", 1.0, "Rules need 20 rounds that are known when one opens"),
    ],
)
def test_what_can_not_be_answered_gets_one_sentence(
    corr: np.ndarray, rounds: str | None, stake: float, sentence: str
) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        found_in(corr, rounds, stake)


def test_one_model_is_as_good_as_itself() -> None:
    found = found_in(moving(np.random.default_rng(6), 60, 1))
    assert of(found, "all alike", "CORR") == (0, 0, 0)
    assert found.clear == ()
