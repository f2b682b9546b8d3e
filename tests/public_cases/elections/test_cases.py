"""Small polls that were once counted or shown wrongly: what is right of each, from the typed ballot on."""

from fractions import Fraction
from typing import Any

from features.polls.ballot_text import read_number, read_numbers
from features.polls.results.counting import count
from features.polls.results.numeric_chart import histogram
from features.polls.results.result import PollResult
from governance.votes.rule import Rule
from tests.public_cases.elections.election_files import CASES


def counted(method: str, choices: list[Any], options: list[Any], quorum: int = 0) -> PollResult:
    cast = list(enumerate(choices, 1))
    rule = Rule(least_ballots=1)
    return count(method, options, cast, {}, quorum=quorum, seed="5eed" * 16, budget=10, rule=rule)


def test_no_two_answers_are_merged() -> None:
    case = CASES["A03"]
    found = counted("numeric", [read_number(typed) for typed in case["ballots"]], [])
    assert found.winners == (case["right"]["median"],)
    assert found.totals == {number: str(many) for number, many in case["right"]["totals"].items()}


def test_zeros_are_a_ballot() -> None:
    case = CASES["A07"]
    for method in ("score", "dots"):
        choices = [read_numbers(typed, case["options"]) for typed in case["typed"]]
        found = counted(method, choices, case["options"], case["quorum"])
        assert (found.ballots, found.empty) == (case["right"]["ballots"], 0)
        assert found.finding == "A wins."
        if method == "score":
            assert round(found.shares["A"], 4) == case["right"]["share of A"]
    nothing = counted("score", [read_numbers("A: 0\nB: 0", ["A", "B"])] * 5, ["A", "B"])
    assert (nothing.ballots, nothing.valid) == (5, True)


def test_no_answer_is_left_out_of_the_picture() -> None:
    """0.05 to 0.95 in steps of 0.05 once each, and twelve more at 0.50."""
    answers = [f"{5 * step / 100:.2f}" for step in range(1, 20)] + ["0.50"] * 12
    found = counted("numeric", answers, [])
    bars = histogram({Fraction(answer): int(many) for answer, many in found.totals.items()}).bars
    assert len(bars) == 19
    assert [bar.ballots for bar in bars if bar.low == Fraction(1, 2)] == [13]
    assert found.winners == ("0.5",)


def test_numbers_are_read_as_phones_type_them() -> None:
    case = CASES["B06"]
    read = [read_number(typed) for typed in case["numeric"]]
    assert read == case["right"].split(", ")


def test_no_lot_decides_a_number() -> None:
    case = CASES["B08"]
    found = counted("numeric", [read_number(typed) for typed in case["ballots"]], [])
    assert (found.winners, found.tie) == (("0.55",), ())
    assert found.finding == "The median is 0.55, midway between 0.2 and 0.9."
    assert Fraction(found.winners[0]) == Fraction(11, 20)
