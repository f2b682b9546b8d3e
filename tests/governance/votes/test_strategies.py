"""Voting strategies: weights by hand and by slower arithmetic, splitting, views side by side, small polls."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from governance.votes.strategies import (
    STRATEGIES,
    Turnout,
    Voter,
    share_interval,
    side_by_side,
    split_gain,
    turnout_by_decile,
    voters_to_flip,
    weights,
)

STEPS = {"strong_for": 2, "for": 1, "neutral": 0, "against": -1, "strong_against": -2}


@dataclass(frozen=True)
class Counted:
    winners: tuple[str, ...]
    totals: dict[str, Fraction]


def count(
    method: str, ballots: Sequence[Any], options: Sequence[str], *, weights: Sequence[Fraction] | None = None
) -> Counted:
    """A stand-in for the tally: the most weight wins, a gradient by the sign of its mean."""
    cast = [Fraction(1)] * len(ballots) if weights is None else weights
    assert all(weight > 0 for weight in cast)
    totals = {option: Fraction(0) for option in options}
    if method == "gradient":
        mean = sum((STEPS[b] * w for b, w in zip(ballots, cast, strict=True)), Fraction(0))
        return Counted(("supported" if mean > 0 else "opposed" if mean < 0 else "split",), totals)
    for ballot, weight in zip(ballots, cast, strict=True):
        for option in [ballot] if method == "single" else ballot:
            totals[option] += weight
    return Counted(tuple(o for o in options if totals[o] == max(totals.values())), totals)


def voters_of(*stakes: float, unverified: int = 0) -> list[Voter]:
    verified = [Voter(f"v{i}", stake, True) for i, stake in enumerate(stakes)]
    return verified + [Voter(f"u{i}", 1000.0, False) for i in range(unverified)]


# ---------------------------------------------------------------- weights


def test_weights_by_hand() -> None:
    voters = voters_of(0, 1, 4, 9, 2.25, 100, unverified=1)
    assert weights("one_member_one_vote", voters) == (1,) * 7
    assert weights("verified_only", voters) == (1, 1, 1, 1, 1, 1, 0)
    assert weights("linear_stake", voters) == (0, 1, 4, 9, Fraction(9, 4), 100, 0)
    assert weights("sqrt_stake", voters) == (0, 1, 2, 3, Fraction(3, 2), 10, 0)
    assert weights("capped_stake", voters) == (0, 1, 4, 9, Fraction(9, 4), 9, 0)  # the 4th of 5 stakers
    logs = weights("log_stake", voters)
    assert logs[1] == Fraction("0.693147180559")  # ln 2 = 0.69314718055994...: cut off, not rounded
    assert logs[5] == Fraction("4.615120516841")  # ln 101 = 4.61512051684125...
    assert (logs[0], logs[6]) == (0, 0)
    assert all(isinstance(weight, Fraction) for s in STRATEGIES for weight in weights(s, voters))


@given(st.fractions(0, 10**9, max_denominator=10**18))
def test_roots_and_logarithms_are_exact_to_twelve_decimals(stake: Fraction) -> None:
    voters = [Voter("m", stake, True)]
    (root,), (logarithm,) = weights("sqrt_stake", voters), weights("log_stake", voters)
    tick = Fraction(1, 10**12)
    assert root**2 <= stake < (root + tick) ** 2
    with localcontext(prec=60):
        exact = Fraction((1 + Decimal(stake.numerator) / stake.denominator).ln())
    assert logarithm <= exact < logarithm + tick
    assert float(logarithm) == pytest.approx(math.log1p(stake), rel=1e-9, abs=2e-12)
    assert 10**12 % root.denominator == 0 == 10**12 % logarithm.denominator


def test_a_cap_without_stakes_and_of_one_staker() -> None:
    assert weights("capped_stake", voters_of(0, 0)) == (0, 0)
    assert weights("capped_stake", voters_of(0, 7)) == (0, 7)
    assert weights("linear_stake", []) == ()


stakes_of_many = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)


@given(stakes_of_many, st.randoms(use_true_random=False))
def test_who_has_more_never_weighs_less_and_the_order_of_voters_does_not_matter(
    stakes: list[float], source: Any
) -> None:
    voters = voters_of(*sorted(stakes))
    shuffled = source.sample(voters, len(voters))
    for strategy in STRATEGIES:
        cast = weights(strategy, voters)
        assert list(cast) == sorted(cast)
        assert dict(zip(shuffled, weights(strategy, shuffled), strict=True)) == dict(
            zip(voters, cast, strict=True)
        )


@given(st.floats(0, 1e6))
def test_what_an_unverified_member_says_to_have_staked_changes_nothing(stake: float) -> None:
    voters = [*voters_of(1, 5, 9), Voter("u", stake, False)]
    for strategy in STRATEGIES:
        assert weights(strategy, voters) == weights(strategy, [*voters[:3], Voter("u", 0, False)])


@pytest.mark.parametrize("bad", [-1, math.nan, math.inf])
def test_a_stake_must_be_one(bad: float) -> None:
    with pytest.raises(ValueError, match="A stake must be a finite number of 0 NMR or more"):
        weights("verified_only", [Voter("m", bad, False)])
    with pytest.raises(ValueError, match="A stake must be"):
        split_gain("linear_stake", bad)
    with pytest.raises(ValueError, match="A stake must be"):
        turnout_by_decile([bad], [True])


def test_other_bad_voters() -> None:
    with pytest.raises(ValueError, match="There is no such voting strategy; there are one_member_one_vote, "):
        weights("quadratic", [])
    with pytest.raises(ValueError, match="A member can vote only once"):
        weights("verified_only", [Voter("m", 1, True), Voter("m", 2, True)])


# ---------------------------------------------------------------- splitting


def test_what_splitting_an_account_into_ten_gains() -> None:
    assert split_gain("one_member_one_vote", 5) == split_gain("verified_only", 5) == 10
    assert split_gain("linear_stake", 1234.5) == 1
    assert split_gain("sqrt_stake", 1000) == pytest.approx(math.sqrt(10), rel=1e-9)
    assert split_gain("log_stake", 1000) == pytest.approx(10 * math.log(101) / math.log(1001), rel=1e-9)
    assert split_gain("capped_stake", 1000, cap=100) == 10
    assert split_gain("capped_stake", 315, cap=100) == pytest.approx(3.15)
    assert split_gain("capped_stake", 50, cap=100) == 1
    assert split_gain("sqrt_stake", 9, parts=1) == 1


def test_a_gain_that_is_undefined_or_asked_wrongly() -> None:
    for strategy in ("log_stake", "sqrt_stake", "linear_stake"):
        assert math.isnan(split_gain(strategy, 0))
    assert math.isnan(split_gain("capped_stake", 5, cap=0))
    with pytest.raises(ValueError, match="needs the cap in NMR"):
        split_gain("capped_stake", 5)
    with pytest.raises(ValueError, match="at least 1 part"):
        split_gain("linear_stake", 5, 0)
    with pytest.raises(ValueError, match="no such voting strategy"):
        split_gain("none", 5)


@given(st.floats(0.01, 1e6), st.integers(2, 40))
def test_splitting_gains_at_most_the_number_of_parts(stake: float, parts: int) -> None:
    for strategy in STRATEGIES:
        gain = split_gain(strategy, stake, parts, cap=50)
        assert 1 - 1e-9 <= gain <= parts * (1 + 1e-9)


# ---------------------------------------------------------------- side by side


def test_views_by_hand() -> None:
    # three small ones say a, one large one and a member without a verified account say b
    voters = voters_of(1, 1, 1, 96, unverified=1)
    views = side_by_side("single", ["a", "a", "a", "b", "b"], ["a", "b"], voters, count)
    by_name = {view.strategy: view for view in views}
    assert list(by_name) == list(STRATEGIES)
    assert {name: view.winners for name, view in by_name.items()} == {
        "one_member_one_vote": ("a",),
        "verified_only": ("a",),
        "log_stake": ("b",),
        "sqrt_stake": ("b",),
        "capped_stake": ("b",),  # the 4th of 4 stakers is the largest
        "linear_stake": ("b",),
    }
    assert [view.flips for view in views] == [False, False, True, True, True, True]
    linear, members = by_name["linear_stake"], by_name["one_member_one_vote"]
    assert linear.effective_voters == pytest.approx(99**2 / (96**2 + 3))
    assert (linear.smallest_majority, members.smallest_majority) == (1, 3)
    assert linear.top_three == pytest.approx(98 / 99)
    assert (members.effective_voters, members.top_three) == (pytest.approx(5), pytest.approx(0.6))
    assert isinstance(linear.result, Counted)
    assert linear.result.totals == {"a": 3, "b": 96}


def test_a_tie_differs_from_a_winner() -> None:
    views = side_by_side("single", ["a", "a", "b"], ["a", "b"], voters_of(1, 1, 2), count)
    assert (views[-1].winners, views[-1].flips) == (("a", "b"), True)


def test_a_strategy_under_which_nobody_has_weight() -> None:
    views = side_by_side("single", ["a", "b"], ["a", "b"], voters_of(unverified=2), count)
    assert views[0].winners == ("a", "b")
    for view in views[1:]:
        assert (view.result, view.winners, view.flips) == (None, (), None)
        assert all(map(math.isnan, (view.effective_voters, view.smallest_majority, view.top_three)))
    nobody = side_by_side("single", [], ["a", "b"], [], count)
    assert all(view.result is None and view.flips is None for view in nobody)
    with pytest.raises(ValueError, match="1 and 0: ballots do not fit voters"):
        side_by_side("single", ["a"], ["a"], [], count)


# ---------------------------------------------------------------- who voted


def test_turnout_by_hand() -> None:
    got = turnout_by_decile(range(20), [stake >= 10 for stake in range(20)])
    assert got == (Turnout(2, 0, 0.0),) * 5 + (Turnout(2, 2, 1.0),) * 5
    assert turnout_by_decile([3, 1, 2] * 10, [True, False, False] * 10)[8] == Turnout(10, 10, 1.0)


def test_equal_stakes_are_never_parted() -> None:
    got = turnout_by_decile([0] * 60 + [5] * 40, [False] * 60 + [True] * 40)
    assert [tenth.electorate for tenth in got] == [0, 0, 0, 60, 0, 0, 0, 0, 40, 0]
    assert (got[3].share, got[8].share) == (0, 1)
    assert math.isnan(got[0].share)
    assert all(math.isnan(tenth.share) for tenth in turnout_by_decile([], []))
    with pytest.raises(ValueError, match="2 and 1: stakes do not fit"):
        turnout_by_decile([1, 2], [True])


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=60))
def test_every_member_is_in_one_tenth(members: list[tuple[int, bool]]) -> None:
    got = turnout_by_decile([stake for stake, _ in members], [answer for _, answer in members])
    assert sum(tenth.electorate for tenth in got) == len(members)
    assert sum(tenth.voted for tenth in got) == sum(answer for _, answer in members)


# ---------------------------------------------------------------- small polls


@pytest.mark.parametrize(("votes", "total"), [(0, 7), (7, 7), (9, 31), (16, 31), (1, 1), (500, 1000)])
@pytest.mark.parametrize("level", [0.8, 0.95])
def test_intervals_agree_with_those_of_scipy(votes: int, total: int, level: float) -> None:
    expected = binomtest(votes, total).proportion_ci(level, method="wilson")
    assert share_interval(votes, total, level=level) == pytest.approx(
        (expected.low, expected.high), abs=1e-12
    )


def test_intervals_that_are_undefined_or_asked_wrongly() -> None:
    assert all(map(math.isnan, share_interval(0, 0)))
    for votes, total, level in ((-1, 5, 0.9), (6, 5, 0.9), (1, 5, 0), (1, 5, 1)):
        with pytest.raises(ValueError, match="An interval needs"):
            share_interval(votes, total, level=level)


@pytest.mark.parametrize(
    ("method", "ballots", "expected"),
    [
        ("single", ["a"] * 5 + ["b"] * 2, 4),
        ("single", ["a"] * 5 + ["b"] * 2 + ["c"] * 4, 2),
        ("single", ["a", "b"], 1),  # the tie is broken
        ("single", ["a"], 2),
        ("single", [], 1),
        ("approval", [["a", "b"], ["a"], ["a"]], 3),
        ("gradient", ["strong_for"] * 3 + ["against"], 3),  # 5 points: two against leave 1, three -1
        ("gradient", ["neutral"], 1),
        ("numeric", ["1"], None),
        ("ranked_irv", [["a"]], None),
    ],
)
def test_how_many_more_voters_change_it(method: str, ballots: list[Any], expected: int | None) -> None:
    assert voters_to_flip(method, ballots, ["a", "b", "c"], count) == expected


def test_a_single_option_can_not_lose() -> None:
    assert voters_to_flip("single", ["a"] * 3, ["a"], count) is None


@given(st.lists(st.sampled_from("abc"), max_size=25))
def test_the_number_that_flips_is_the_margin_and_one(ballots: list[str]) -> None:
    counts = sorted((Counter(ballots)[option] for option in "abc"), reverse=True)
    assert voters_to_flip("single", ballots, list("abc"), count) == counts[0] - counts[1] + 1
