"""Pay against contribution: by hand, where pay looks ahead and where it does not, and in the sample."""

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from scipy.stats import spearmanr

from features.lab.fund.alignment import FundAlignment, alignment_of, fund_alignment
from features.lab.fund.alignment_card import alignment_answer
from features.lab.fund.intervals_chart import picture_of_alignment
from scoring.intervals import ewc_interval
from tests.features.lab.fund.fields import field_of_scores, moving
from tournament.sample import SampleSource

DAY = date(2031, 6, 1)
ASKED = {"rounds": None, "tournament": "classic"}


def found_in(
    corr: np.ndarray, tc: np.ndarray | None = None, stake: np.ndarray | float = 1.0
) -> FundAlignment:
    scores = {} if tc is None else {"tc": tc}
    everyone, calendar = field_of_scores(corr, scores, stake=stake)
    return alignment_of(everyone, calendar, None, "Invented", DAY)


def oracle(one: np.ndarray, other: np.ndarray) -> float:
    found: Any = spearmanr(one, other)
    return float(found[0])


def test_both_correlations_by_hand() -> None:
    rng = np.random.default_rng(1)
    corr, tc = moving(rng, 40, 15) + 0.02, moving(rng, 40, 15)
    found = found_in(corr, tc=tc)
    assert [each.rule for each in found.rules] == ["1xCORR", "2xCORR + 1xTC", "1xCORR + 3xTC"]
    # all are as like the meta model as each other: contribution ranks models as CORR does
    assert found.rules[0].by_round == pytest.approx(np.ones(40))
    pay = corr + 3 * tc
    same = [oracle(*each) for each in zip(pay, corr, strict=True)]
    assert found.rules[2].by_round == pytest.approx(same)
    added = corr - 0.6 * (corr.mean(axis=1) / 0.6)[:, None]
    after = [
        oracle(pay[at : at + 10].mean(axis=0), added[at + 14 : at + 24].mean(axis=0)) for at in range(17)
    ]
    assert found.rules[2].places == 17
    expected = ewc_interval(after)
    assert (found.rules[2].following.mean, found.rules[2].following.low) == pytest.approx(
        (expected.mean, expected.low)
    )


def test_pay_that_looks_ahead_is_told() -> None:
    rng = np.random.default_rng(2)
    found = found_in(moving(rng, 120, 40) + np.linspace(-0.03, 0.03, 40))
    assert found.telling == ("1xCORR",)
    assert found.finding == "Pay by 1xCORR says a little of what a model adds in the next 10 rounds."


def test_models_without_a_stake_are_not_paid() -> None:
    corr = moving(np.random.default_rng(3), 40, 30)
    held = np.where(np.arange(30) < 12, 1.0, 0.0)
    alone = found_in(corr[:, :12])
    assert found_in(corr, stake=held).rules[0].following == alone.rules[0].following


def test_few_rounds_have_no_interval_and_no_answer() -> None:
    found = found_in(moving(np.random.default_rng(4), 20, 12))
    assert found.finding == "Too few rounds to say whether pay goes with what a model adds afterwards."
    assert "there are too few rounds to tell." in alignment_answer(found, ASKED).card.after
    assert "nan" not in picture_of_alignment(found).alt


def test_with_the_rounds_that_share_days_it_would_look_ahead() -> None:
    """Why four rounds are left out: in noise, stretches side by side go together by their shared days."""
    rng = np.random.default_rng(5)
    means = []
    for _ in range(20):
        corr = moving(rng, 60, 40)
        sums = np.cumsum(np.vstack((np.zeros(40), corr)), axis=0)
        stretch = sums[10:] - sums[:-10]
        means.append(np.mean([np.corrcoef(stretch[at], stretch[at + 10])[0, 1] for at in range(40)]))
    assert np.mean(means) > 0.05


@pytest.mark.long
def test_intervals_hold_as_often_as_they_say() -> None:
    """Records without any relation between pay and what comes after: nine in ten hold 0 at least."""
    rng = np.random.default_rng(6)
    held, same = 0, []
    for _ in range(50):
        found = found_in(moving(rng, 80, 20), tc=moving(rng, 80, 20))
        held += sum(each.following.low <= 0 <= each.following.high for each in found.rules)
        same.append(found.rules[2].same)
    assert held / 150 >= 0.90
    truth = np.mean([each.mean for each in same])  # of 4,000 rounds
    assert np.mean([each.low <= truth <= each.high for each in same]) >= 0.90


@pytest.mark.slow
async def test_the_sample() -> None:
    """1C .84, 2C1T .56, 1C3T .27 in the same round; of the next ten all hold 0, as measured elsewhere.

    There they were .85, .58 and .28 with other rounds, and the next ten within .11 to .14 of 0.
    """
    found = await fund_alignment(SampleSource())
    one, two, three = found.rules
    told = [(each.same.mean, each.same.low, each.same.high) for each in found.rules]
    assert told[0] == pytest.approx((0.838, 0.780, 0.897), abs=6e-4)
    assert told[1] == pytest.approx((0.557, 0.510, 0.604), abs=6e-4)
    assert told[2] == pytest.approx((0.272, 0.237, 0.308), abs=6e-4)
    for each, elsewhere in ((one, 0.85), (two, 0.58), (three, 0.28)):
        assert each.same.low < elsewhere < each.same.high
        assert each.following.low < 0 < each.following.high
        assert abs(each.following.mean) < 0.11
    told = [(each.following.mean, each.following.low, each.following.high) for each in found.rules]
    assert told[0] == pytest.approx((0.067, -0.022, 0.156), abs=6e-4)
    assert told[1] == pytest.approx((0.018, -0.046, 0.081), abs=6e-4)
    assert told[2] == pytest.approx((-0.014, -0.087, 0.059), abs=6e-4)
    assert (found.stretch, found.apart, one.places) == (10, 4, 117)
    assert found.finding.startswith("Pay rewards what a model adds in the same round, and says nothing sure")
    # correlations with a window that touches would have said that 1C looks ahead
    answer = alignment_answer(found, ASKED)
    assert "1xCORR +0.84, +0.07" in answer.card.text
    assert "a small relation would not be seen" in answer.card.after


@pytest.mark.parametrize(
    ("corr", "stake", "sentence"),
    [
        (np.full((30, 12), np.nan), 1.0, "There is no fund to hold anything against here"),
        (np.full((30, 12), 0.01), 0.0, "There is no fund to hold anything against here"),
        (moving(np.random.default_rng(1), 30, 1), 1.0, "No round of rounds 201-230 has 10 models"),
        (np.full((30, 12), 0.01), 1.0, "No round of rounds 201-230 has 10 models"),
    ],
)
def test_what_can_not_be_answered_gets_one_sentence(corr: np.ndarray, stake: float, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        found_in(corr, stake=stake)


def test_nothing_is_told_as_a_number_that_is_none() -> None:
    found = found_in(moving(np.random.default_rng(7), 16, 12))
    assert math.isnan(found.rules[0].following.mean)
    answer = alignment_answer(found, ASKED)
    assert all("nan" not in card.said for card in (answer.card, *answer.details))
