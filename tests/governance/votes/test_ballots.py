"""What may not stand on a ballot, in the sentence that whoever cast it reads."""

import math
import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.votes.tally import METHODS, STEPS, check_ballot, tally

ABC = ["a", "b", "c"]
RANGE = ["0", "0.2", "0.05"]


@pytest.mark.parametrize(
    ("method", "ballot", "sentence"),
    [
        ("single", "d", "“d” is not one of the options."),
        ("single", "A", "“A” is not one of the options."),
        ("single", ["a"], "This ballot must name one option."),
        ("single", 0, "This ballot must name one option."),
        ("single", False, "This ballot must name one option."),
        ("approval", "a", "This ballot must be a list of options."),
        ("approval", {"a": 1}, "This ballot must be a list of options."),
        ("approval", ["a", "d"], "“d” is not one of the options."),
        ("approval", ["a", "b", "a"], "“a” stands on the ballot twice."),
        ("approval", [["a"]], "“['a']” is not one of the options."),
        ("approval", [None], "“None” is not one of the options."),
        ("ranked_irv", ["b", "a", "b"], "“b” stands on the ballot twice."),
        ("ranked_irv", {"a", "b"}, "This ballot must be a list of options."),
        ("ranked_schulze", ["x" * 200], f"“{'x' * 80}” is not one of the options."),
        ("ranked_irv", ["a", ["b", "a"]], "“a” stands on the ballot twice."),
        ("ranked_irv", [["c", "c"]], "“c” stands on the ballot twice."),
        ("ranked_irv", ["a", []], "This ballot has a rank without an option."),
        ("ranked_schulze", [["a", ["b"]]], "“['b']” is not one of the options."),
        ("ranked_schulze", [["a", "d"]], "“d” is not one of the options."),
        ("ranked_schulze", ["a", None], "“None” is not one of the options."),
        ("score", {"d": 1}, "“d” is not one of the options."),
        ("score", {"a": 6}, "The score of “a” must be a whole number from 0 to 5."),
        ("score", {"a": -1}, "The score of “a” must be a whole number from 0 to 5."),
        ("score", {"b": 1.0}, "The score of “b” must be a whole number from 0 to 5."),
        ("score", {"b": True}, "The score of “b” must be a whole number from 0 to 5."),
        ("score", {"b": "3"}, "The score of “b” must be a whole number from 0 to 5."),
        ("score", {"b": None}, "The score of “b” must be a whole number from 0 to 5."),
        ("score", ["a"], "This ballot must give options their score."),
        ("score", {1: 1}, "“1” is not one of the options."),
        ("dots", {"a": 11}, "The dots of “a” must be a whole number from 0 to 10."),
        ("dots", {"a": 6, "b": 5}, "The ballot gives 11 dots, and there are 10 to give."),
        ("dots", 3, "This ballot must give options their dots."),
        ("numeric", "0.25", "The number must lie between 0 and 0.2."),
        ("numeric", "-0.05", "The number must lie between 0 and 0.2."),
        ("numeric", 0.07, "The number must lie whole steps of 0.05 above 0."),
        ("numeric", Fraction(1, 3), "The number must lie between 0 and 0.2."),
        ("numeric", "a", "“a” is not a number; write it like 0.05."),
        ("numeric", "0,05", "“0,05” is not a number; write it like 0.05."),
        ("numeric", "1/20", "“1/20” is not a number; write it like 0.05."),
        ("numeric", "1e-2", "“1e-2” is not a number; write it like 0.05."),
        ("numeric", "1e999999999", "“1e999999999” is not a number; write it like 0.05."),
        ("numeric", "nan", "“nan” is not a number; write it like 0.05."),
        ("numeric", math.nan, "“nan” is not a number; write it like 0.05."),
        ("numeric", math.inf, "“inf” is not a number; write it like 0.05."),
        ("numeric", True, "“True” is not a number; write it like 0.05."),
        ("numeric", " 0.05", "“ 0.05” is not a number; write it like 0.05."),
        ("numeric", "٣", "“٣” is not a number; write it like 0.05."),
        ("numeric", "9" * 100, f"“{'9' * 80}” is not a number; write it like 0.05."),
        ("numeric", [0], "“[0]” is not a number; write it like 0.05."),
        ("gradient", "yes", "“yes” is not one of the options."),
        ("gradient", ["for"], "This ballot must name one option."),
    ],
)
def test_bad_ballots(method: str, ballot: object, sentence: str) -> None:
    options = RANGE if method == "numeric" else ABC
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        check_ballot(method, ballot, options)
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        tally(method, [None, ballot], options)


@pytest.mark.parametrize("others", [[{"a": 1}, {"a": True}], [{"a": True}, {"a": 1}]])
def test_a_bad_ballot_does_not_hide_behind_a_good_one_that_equals_it(others: list[dict[str, object]]) -> None:
    for method in ("score", "dots"):
        with pytest.raises(ValueError, match="whole number"):
            tally(method, others, ABC)
    with pytest.raises(ValueError, match="not a number"):
        tally("numeric", [1, True], None)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("nothing", [None, "", [], {}, (), set()])
def test_what_is_empty_abstains_under_every_method(method: str, nothing: object) -> None:
    options = RANGE if method == "numeric" else ABC
    check_ballot(method, nothing, options)
    assert tally(method, [nothing], options).empty == 1


@pytest.mark.parametrize(
    ("method", "options", "sentence"),
    [
        ("borda", ABC, "There is no method called borda."),
        ("single", "abc", "The options must be a list of names."),
        ("single", None, "The options must be a list of names."),
        ("dots", 3, "The options must be a list of names."),
        ("approval", [], "A vote needs at least one option, and every option a name."),
        ("approval", ["a", ""], "A vote needs at least one option, and every option a name."),
        ("score", ["a", 1], "A vote needs at least one option, and every option a name."),
        ("ranked_irv", ["a", "b", "a"], "Two options have the same name."),
        ("numeric", "0.1", "A range needs its lowest number, its highest and its step."),
        ("numeric", ["0", "1"], "A range needs its lowest number, its highest and its step."),
        ("numeric", ["0", "x", "1"], "“x” is not a number; write it like 0.05."),
        ("numeric", [1, 0, 1], "A range must go up from its lowest to its highest number, in steps above 0."),
        ("numeric", [0, 1, 0], "A range must go up from its lowest to its highest number, in steps above 0."),
    ],
)
def test_votes_in_which_nobody_can_vote(method: str, options: object, sentence: str) -> None:
    for call in (lambda: check_ballot(method, None, options), lambda: tally(method, [], options)):  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
            call()


@pytest.mark.parametrize("budget", [0, -3, 1.5, True, None])
def test_a_budget_is_a_whole_number_above_zero(budget: object) -> None:
    with pytest.raises(ValueError, match=r"^The budget must be a whole number of 1 or more\.$"):
        tally("dots", [], ABC, budget=budget)  # type: ignore[arg-type]


@pytest.mark.parametrize("weight", [-1, -0.5, math.nan, math.inf, -math.inf, "1", None, [1], Fraction(-1, 7)])
@pytest.mark.parametrize("method", ["single", "ranked_irv"])
def test_bad_weights(method: str, weight: object) -> None:
    with pytest.raises(ValueError, match=r"^A weight must be a finite number of 0 or more\.$"):
        tally(method, [None, None], ABC, weights=[1, weight])


@pytest.mark.parametrize(("weights", "n"), [([], 2), ([1], 2), ([1, 1, 1], 2)])
def test_a_weight_for_each_ballot(weights: list[int], n: int) -> None:
    with pytest.raises(ValueError, match=rf"^{len(weights)} and {n}: weights do not fit ballots\.$"):
        tally("single", ["a"] * n, ABC, weights=weights)


def test_ballots_at_the_edge_are_good() -> None:
    check_ballot("dots", {"a": 10, "b": 0}, ABC)
    check_ballot("dots", {"a": 25}, ABC, budget=25)
    check_ballot("score", {"a": 0, "b": 5}, ABC)
    check_ballot("numeric", "0.2", RANGE)
    check_ballot("numeric", 0, RANGE)
    check_ballot("numeric", "7", [7, 7, 1])
    check_ballot("ranked_irv", ["c", "a", "b"], ABC)
    check_ballot("ranked_schulze", ("c",), ABC)
    check_ballot("ranked_irv", [["c", "a"], "b"], ABC)
    check_ballot("ranked_schulze", [["a", "b", "c"]], ABC)
    check_ballot("gradient", "strong_against", None)


names = st.sampled_from([*ABC, "d", ""])
odd = st.sampled_from(
    [None, True, 1, 0, 1.0, "", [], {}, (), ["a", ["b"]], {"a": True}, {"a": 1.0}, [1, True]]
)
ONE: dict[str, st.SearchStrategy[Any]] = {
    "single": st.sampled_from(ABC),
    "approval": st.lists(st.sampled_from(ABC), unique=True),
    "score": st.dictionaries(st.sampled_from(ABC), st.integers(0, 5)),
    "dots": st.dictionaries(st.sampled_from(ABC), st.integers(0, 3)),
    "numeric": st.sampled_from(["0.1", "0.10", "1", "-3", "", "1e3"]),
    "gradient": st.sampled_from([*STEPS, ""]),
}
BAD: dict[str, st.SearchStrategy[Any]] = {
    "approval": st.lists(names),
    "score": st.dictionaries(names, st.integers(-1, 6)),
    "dots": st.dictionaries(names, st.integers(-1, 11)),
}


def outcome(method: str, ballots: list[Any], weights: list[int] | None) -> Any:
    try:
        return tally(method, ballots, None if method == "numeric" else ABC, weights=weights)
    except ValueError as refused:
        return str(refused)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
@given(st.data())
def test_ballots_at_once_and_one_by_one(method: str, data: st.DataObject) -> None:
    right = ONE.get(method, st.lists(st.sampled_from(ABC), unique=True))
    ballots = data.draw(st.lists(right, max_size=8), label="right")
    wrong = data.draw(st.lists(BAD.get(method, names) | odd, max_size=2), label="perhaps wrong")
    for ballot in wrong:
        ballots.insert(data.draw(st.integers(0, len(ballots))), ballot)
    assert outcome(method, ballots, None) == outcome(method, ballots, [1] * len(ballots))


@pytest.mark.parametrize(
    ("method", "ballots", "said"),
    [
        ("single", ["a", "a", "d", "e"], "“d” is not one of the options."),
        ("approval", [["a"], ["b", "a", "b"], ["d"]], "“b” stands on the ballot twice."),
        ("score", [{"a": 5}, {"b": True}], "The score of “b” must be a whole number from 0 to 5."),
        ("dots", [{"a": 5}, {"a": 6, "b": 5}], "The ballot gives 11 dots, and there are 10 to give."),
    ],
)
def test_the_first_that_is_wrong_is_told(method: str, ballots: list[Any], said: str) -> None:
    assert outcome(method, ballots, None) == said


def test_equal_numbers_in_other_spelling_add_up() -> None:
    found = tally("numeric", ["0.1", "0.10", "1", ""], None)
    assert {str(number): int(weight) for number, weight in found.totals.items()} == {"1/10": 2, "1": 1}
    assert (found.ballots, found.empty) == (3, 1)
