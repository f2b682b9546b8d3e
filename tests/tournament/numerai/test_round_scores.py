"""A round's scores are those it was settled by, and its payout is told once or said to be unknown."""

from typing import Any

import pytest

from scoring.rules import load_rules
from tests.tournament.numerai.told import only, row, score
from tournament.numerai import columns, parse
from tournament.numerai.round_scores import MOST_PAID

PAID = {"v2_corr20": 0.5, "mmc": 2.0}


def pays(scores: Any, paid: Any = PAID, **more: Any) -> float | None:
    return only(row(scores=scores, paid=paid, **more))["payout"]


@pytest.mark.parametrize(
    ("scores", "amount"),
    [
        # the amount for the round, told with every score
        ([score(name, 0.1, 20, "1.25", "1.25") for name in ("v2_corr20", "mmc", "bmc", "tc")], 1.25),
        # parts that differ
        ([score("v2_corr20", 0.1, 20, "1.25"), score("mmc", 0.1, 20, "-0.5"), score("bmc", 0.1)], 0.75),
        # another score goes on after the round is paid
        (
            [
                score("v2_corr20", 0.1, 20, "1.25"),
                score("mmc", 0.1, 20, "1.25"),
                score("mmc60", 0.1, 60, "7"),
            ],
            1.25,
        ),
        # an earlier day
        ([score("mmc", 0.1, 20, "1.25"), score("mmc", 0.1, 19, "1")], 1.25),
        # not settled yet, though resolved
        ([score("mmc", 0.1, 20, None, "0.75")], 0.75),
        ([score("mmc", 0.1, 20, "0.000000000000000000", "0.75")], 0.75),
        ([score("mmc", 0.1, 20, "0.000000000000000000", "0.000000000000000000")], 0.0),
        ([score("mmc", 0.1, 20)], None),
        ([], None),
        (None, None),
    ],
)
def test_the_payout_of_a_round_counts_once(scores: Any, amount: float | None) -> None:
    assert pays(scores) == amount


def test_a_round_under_way_has_the_payout_it_would_have_now() -> None:
    told = only(row(scores=[score("mmc", 0.1, 5, "0.0", "0.75")], roundResolved=False))
    assert (told["resolved"], told["payout"]) == (False, 0.75)


@pytest.mark.parametrize("paid", [PAID, None])
@pytest.mark.parametrize("later", [None, "0E-18"])
def test_a_paid_score_is_the_one_it_was_settled_by_though_it_goes_on(later: Any, paid: Any) -> None:
    days = [score("mmc", 0.03, 20, "1.5"), score("mmc", 0.05, 25, later), score("mmc", 0.07, 60, later)]
    for scores in (days, days[::-1]):
        told = only(row(scores=scores, paid=paid))
        assert (told["scores"], told["payout"]) == ({"mmc": 0.03}, 1.5)


def test_a_score_that_paid_nothing_is_the_one_it_was_settled_by_too() -> None:
    told = only(row(scores=[score("mmc", 0.03, 20, "0E-18"), score("mmc", 0.07, 60)], paid=PAID))
    assert (told["scores"], told["payout"]) == ({"mmc": 0.03}, 0.0)


def test_a_score_that_is_not_paid_is_that_of_its_latest_day() -> None:
    scores = [score("mmc", 0.03, 20, "1.5"), score("mmc60", 0.01, 20, "1.5"), score("mmc60", 0.02, 60)]
    told = only(row(scores=scores, paid=PAID))
    assert (told["scores"], told["payout"]) == ({"mmc": 0.03, "mmc60": 0.02}, 1.5)


def test_in_a_round_under_way_the_latest_day_counts_whatever_is_settled() -> None:
    scores = [score("mmc", 0.03, 20, "1.5", "1.5"), score("mmc", 0.07, 21, "0.0", "2.5")]
    told = only(row(scores=scores, paid=PAID, roundResolved=False))
    assert (told["scores"], told["payout"]) == ({"mmc": 0.07}, 2.5)


@pytest.mark.parametrize(
    ("scores", "paid"),
    [
        # the whole twice, or two halves
        ({"v2_corr20": "2.5", "mmc": "2.5"}, PAID),
        ({"v2_corr20": "2.5", "mmc": "2.5", "bmc": "0.0", "tc": None}, PAID),
        ({"v2_corr20": "2.5", "mmc": "2.5", "canon_corr": "2.5", "canon_mmc": "2.5"}, PAID),
        ({"v2_corr20": "2.5", "mmc": "2.5"}, None),
        # parts, one of which nobody was paid by
        ({"v2_corr20": "1.25", "mmc": "-0.5", "bmc": "9"}, PAID),
        ({"v2_corr20": "1.25", "mmc": "-0.5", "bmc": "9"}, None),
    ],
)
@pytest.mark.parametrize("resolved", [True, False])
def test_a_payout_that_can_be_read_in_two_ways_is_unknown(scores: Any, paid: Any, resolved: bool) -> None:
    rows = [score(name, 0.1, 20, amount, amount) for name, amount in scores.items()]
    told = parse.performances([row(scores=rows, paid=paid, roundResolved=resolved), row(7, rows[:1])], 8)
    assert told["payout"] == [float(scores["v2_corr20"]), None]
    assert sum(told["unclear"]) == 1
    assert columns.gaps([told]) == [
        "Not known: the payout of 1 round, told by score in amounts that can be read in two ways."
    ]
    assert columns.gaps([told, told])[0].startswith("Not known: the payouts of 2 rounds, ")


@pytest.mark.parametrize(
    ("amounts", "paid", "whole"),
    [
        (["2.5", "2.6"], PAID, 5.1),
        (["2.5", "2.6", "2.5"], {**PAID, "tc": 1.0}, 7.6),  # equal parts are parts all the same
        (["0.0", "0.0"], PAID, 0.0),
        (["2.5", "0.0"], PAID, 2.5),
        (["2.5", "2.6", "0.0"], None, 5.1),
        (["2.5", "2.5", "2.5"], None, 2.5),  # no round was ever paid by three scores
    ],
)
def test_amounts_count_by_the_score_they_are_of(amounts: list[str], paid: Any, whole: float) -> None:
    names = ("v2_corr20", "mmc", "tc")[: len(amounts)]
    scores = [score(name, 0.1, 20, amount) for name, amount in zip(names, amounts, strict=True)]
    assert pays(scores, paid) == pytest.approx(whole, abs=1e-12)
    told = parse.performances([row(scores=scores, paid=paid)], 8)
    assert (sum(told["unclear"]), columns.gaps([told])) == (0, [])


def test_two_names_of_a_score_are_one_part() -> None:
    scores = [score("v2_corr20", 0.1, 20, "1.25"), score("mmc", 0.1, 20, "0.5")]
    again = [score("canon_corr", 0.2, 20, "1.25"), score("canon_mmc", 0.2, 20, "0.5")]
    assert pays(scores + again) == pays(scores + again, None) == 1.75


def test_a_paid_score_may_be_spelled_in_another_way() -> None:
    scores = [score("canon_corr", 0.1, 20, "1.25"), score("bmc", 0.1, 20, "0.0"), score("tc", 0.2, 60)]
    told = only(row(scores=[*scores, score("canon_corr", 0.3, 60)], paid={"CORR20": 1.0}))
    assert (told["payout"], told["scores"]["corr"]) == (1.25, 0.1)


def test_the_most_scores_a_round_was_paid_by_is_that_of_the_rules_on_record() -> None:
    assert max(sum(1 for times in rule.multipliers.values() if times) for rule in load_rules()) == MOST_PAID
