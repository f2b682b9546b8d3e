"""What is shown of a weighted poll, by hand."""

import math
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from governance.votes.dealings import STEP, Column, Columns, Dealing, Parts
from governance.votes.secrecy import OTHERS, guarded_views
from governance.votes.strategies import Voter
from tests.governance.votes.voters import STAKED, election, voters_of

# ---------------------------------------------------------------- by hand

EQUAL = voters_of([10.0] * 20)


def test_equal_stakes_are_shown_rounded() -> None:
    views = guarded_views("single", ["a"] * 13 + ["b"] * 7, ["a", "b"], EQUAL, closed=True)
    assert [view.strategy for view in views] == list(STAKED)
    for view in views:
        assert view.shares == {"a": 65, "b": 35}
        assert view.leaders == ("a",)
        assert (
            view.sentence == "Shares of the weight, rounded to 5 points; at least 5 members voted for each."
        )


def test_shares_are_rounded_half_up_and_a_tie_after_rounding_is_one() -> None:
    voters = voters_of([10.0] * 40)
    (view, *_) = guarded_views("single", ["a"] * 21 + ["b"] * 19, ["a", "b"], voters, closed=True)
    assert (view.shares, view.leaders) == ({"a": 55, "b": 50}, ("a",))  # 52.5 and 47.5
    voters = voters_of([10.0] * 49)
    (view, *_) = guarded_views("single", ["a"] * 25 + ["b"] * 24, ["a", "b"], voters, closed=True)
    assert (view.shares, view.leaders) == ({"a": 50, "b": 50}, ("a", "b"))


def sentences(*asked: Any, closed: bool = True) -> dict[str, str]:
    views = guarded_views(*asked, closed=closed)
    assert all((view.shares, view.leaders) == (None, ()) for view in views if "rounded" not in view.sentence)
    return {view.strategy: view.sentence for view in views}


def test_nothing_is_shown_before_the_close_nor_of_medians_and_rankings() -> None:
    ballots = ["a"] * 13 + ["b"] * 7
    early = sentences("single", ballots, ["a", "b"], EQUAL, closed=False)
    assert set(early.values()) == {"Weighted results are shown after the close."}
    for method, ballot in (("numeric", "0.05"), ("ranked_irv", ["a"]), ("ranked_schulze", ["a"])):
        told = sentences(method, [ballot] * 20, ["a", "b"], EQUAL)
        assert set(told.values()) == {
            "A weighted result of this method would be somebody's own ballot, so it is not shown."
        }


def test_a_side_of_fewer_than_five_is_not_shown() -> None:
    few = "Fewer than 5 voters stand behind one of the sides, so weights are not shown."
    for ballots in (["a"] * 16 + ["b"] * 4, ["a"] * 20, ["a"] * 16 + ["b", "c", "d", "e"]):
        assert set(sentences("single", ballots, list("abcde"), EQUAL).values()) == {few}
    assert set(sentences("single", [], ["a", "b"], []).values()) == {few}
    assert set(sentences("approval", [["a"]] * 16 + [["b"]] * 4, ["a", "b"], EQUAL).values()) == {few}


@pytest.mark.parametrize(
    ("counts", "labels"),
    [
        ({"a": 10, "b": 10}, {"a": 50, "b": 50}),
        ({"a": 10, "b": 5, "c": 3, "d": 2}, {"a": 50, "b": 25, OTHERS: 25}),
        (
            {"a": 9, "b": 7, "c": 4},
            {"a": 45, OTHERS: 55},
        ),  # the four are too few: the smallest side joins them
        ({"a": 10, "b": 5, "c": 5}, {"a": 50, "b": 25, "c": 25}),
    ],
)
def test_small_options_are_joined(counts: dict[str, int], labels: dict[str, int]) -> None:
    (view, *_) = guarded_views("single", list(Counter(counts).elements()), list("abcd"), EQUAL, closed=True)
    assert view.shares == labels


def test_gradients_collapse_to_their_sides() -> None:
    whole = ["strong_for", "for", "neutral", "against"]
    (view, *_) = guarded_views("gradient", whole * 5, [], EQUAL, closed=True)
    assert view.shares == dict.fromkeys(whole, 25)
    cast = ["strong_for"] * 2 + ["for"] * 8 + ["neutral"] * 5 + ["strong_against"] * 5
    (view, *_) = guarded_views("gradient", cast, [], EQUAL, closed=True)
    assert view.shares == {"for": 50, "neutral": 25, "against": 25}


def test_options_of_which_a_ballot_can_name_several_are_left_out() -> None:
    cast = [["a", "b"]] * 8 + [["a", "c"]] * 4 + [["d"]] * 8
    (view, *_) = guarded_views("approval", cast, list("abcd"), EQUAL, closed=True)
    assert view.shares == {"a": 60, "b": 40, "d": 40}
    dots = [{"a": 3, "b": 1}] * 10 + [{"b": 2}] * 5 + [{"c": 4}] * 5
    (view, *_) = guarded_views("dots", dots, list("abc"), EQUAL, closed=True)
    assert view.shares == {"a": 40, "b": 25, "c": 25}  # of 4 dots each: 30, 20 and 20 of 80
    (view, *_) = guarded_views("score", dots, list("abc"), EQUAL, closed=True)
    assert view.shares == {"a": 40, "b": 25, "c": 25}  # of scores of 4


def test_one_who_outweighs_all_others_and_too_few_with_weight() -> None:
    ballots = ["a"] * 13 + ["b"] * 7
    told = sentences("single", ballots, ["a", "b"], voters_of([1000.0] + [10.0] * 19))
    assert told["linear_stake"] == (
        "One voter has more than half of the weight, so its shares would be that voter's ballot."
    )
    assert "rounded" in told["capped_stake"]  # there all are equal
    told = sentences("single", ballots, ["a", "b"], voters_of([10.0] * 20, [True] * 9 + [False] * 11))
    few = "Fewer than 10 voters have weight under this strategy, so its shares are not shown."
    assert set(told.values()) == {few}
    told = sentences("single", ballots, ["a", "b"], voters_of([0.0] * 20))
    assert told["linear_stake"] == "Nobody who voted has weight under this strategy."


def test_one_who_moves_the_share_by_more_than_rounding_hides_is_not_shown() -> None:
    # 30 % of the weight, the others alike: no half, and yet each share would tell
    stakes = [30.0 * 19 / 70] + [1.0] * 19
    for first in ("a", "b"):
        told = sentences("single", [first] + ["a"] * 9 + ["b"] * 10, ["a", "b"], voters_of(stakes))
        assert told["linear_stake"] == (
            "With the stakes being public, these numbers could tell how a large holder voted."
        )
        assert "rounded" in told["capped_stake"]


@pytest.mark.slow
def test_asking_again_tells_the_same_and_the_order_of_voters_tells_nothing() -> None:
    voters, ballots = election(3, 40, 22, 1)
    views = guarded_views("single", ballots, ["a", "b"], voters, closed=True)
    assert views == guarded_views("single", ballots, ["a", "b"], voters, closed=True)
    pairs = list(zip(ballots, voters, strict=True))[::-1]
    turned = guarded_views("single", [b for b, _ in pairs], ["a", "b"], [v for _, v in pairs], closed=True)
    assert turned == views


def test_abstentions_are_left_out() -> None:
    views = guarded_views("single", ["a"] * 13 + ["b"] * 7, ["a", "b"], EQUAL, closed=True)
    more = [*EQUAL, Voter("x", 1e6, True), Voter("y", 1e6, True)]
    assert (
        guarded_views("single", ["a"] * 13 + ["b"] * 7 + [None, ""], ["a", "b"], more, closed=True) == views
    )


def test_bad_voters_are_refused() -> None:
    with pytest.raises(ValueError, match="1 and 20: ballots do not fit voters"):
        guarded_views("single", ["a"], ["a", "b"], EQUAL, closed=True)
    with pytest.raises(ValueError, match="A member can vote only once"):
        guarded_views("single", ["a", "b"], ["a", "b"], [EQUAL[0]] * 2, closed=True)


@given(st.lists(st.tuples(st.integers(0, 50), st.booleans()), min_size=1, max_size=12))
def test_values_within_the_bounds_are_rounded_alike_and_the_next_ones_are_not(
    voters: list[tuple[int, bool]],
) -> None:
    weight = [each for each, _ in voters]
    assume(sum(weight))
    parts, column = Parts([(int(is_a), int(not is_a)) for _, is_a in voters], 1), Column(weight)
    values = column.sums(parts, parts.of)
    assert values[0] == sum(each for each, is_a in voters if is_a)
    dealing = Dealing(parts, Columns([column]), parts.of, [values])

    def step(value: int) -> int:
        return math.floor(Fraction(100 * value, STEP * sum(weight)) + Fraction(1, 2))

    for value, (low, high, whole) in zip(dealing.values, dealing.bounds, strict=True):
        assert (low <= value <= high, whole) == (True, sum(weight))
        assert step(low) == step(value) == step(high)
        assert step(low - 1) < step(value) < step(high + 1)
