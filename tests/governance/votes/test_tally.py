"""Votes counted by hand under every method but rankings, with ties, empty ballots, weights and lots."""

import hashlib
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from governance.votes.measured import describe_numbers
from governance.votes.ranked import order_of_lot
from governance.votes.tally import METHODS, STEPS, break_tie, tally

ABC = ["a", "b", "c"]
THIRD = Fraction(1, 3)


# ---------------------------------------------------------------- one option, several options


def test_most_votes_win() -> None:
    got = tally("single", ["a", "b", "b", None, ""], ABC)
    assert (got.method, got.winners, got.tie) == ("single", ("b",), ())
    assert got.totals == {"a": 1, "b": 2, "c": 0}
    assert list(got.totals) == ABC
    assert (got.ballots, got.empty, got.total_weight) == (3, 2, 3)
    assert (got.rounds, got.detail) == ((), None)


def test_a_tie_has_all_its_winners_in_the_order_of_the_options() -> None:
    got = tally("single", ["c", "a", "b", "c", "a"], ABC)
    assert got.winners == got.tie == ("a", "c")


def test_every_approval_counts_in_full() -> None:
    got = tally("approval", [["a", "b"], ("b", "c"), {"b"}, [], ["c"]], ABC)
    assert got.totals == {"a": 1, "b": 3, "c": 2}
    assert (got.winners, got.ballots, got.empty) == (("b",), 4, 1)


def test_weights_decide() -> None:
    got = tally("single", ["a", "b", "b", ""], ABC, weights=[Fraction(7, 3), 1, Decimal("1.25"), 9])
    assert got.totals == {"a": Fraction(7, 3), "b": Fraction(9, 4), "c": 0}
    assert got.winners == ("a",)
    assert got.total_weight == Fraction(7, 3) + Fraction(9, 4)  # an empty ballot has no say


def test_floats_are_taken_for_exactly_what_they_are() -> None:
    got = tally("single", ["a", "a", "b"], ABC, weights=[0.1, 0.2, 0.3])
    assert 0.1 + 0.2 > 0.3  # rounded up: as floats a would win
    assert got.totals["a"] == Fraction(0.1) + Fraction(0.2)
    assert got.winners == ("a",)
    tenths = [Decimal("0.1"), Decimal("0.2"), Decimal("0.3")]
    assert tally("single", ["a", "a", "b"], ABC, weights=tenths).winners == ("a", "b")
    # 2**53 + 1 is no float: added up as floats the two would tie
    assert tally("single", ["a", "a", "b"], ABC, weights=[2.0**53, 1.0, 2.0**53]).winners == ("a",)


def test_weights_may_be_an_array() -> None:
    for weights in (np.array([1, 2, 3]), np.array([1.0, 2.0, 3.0]), np.array([1, 2, 3], dtype=np.float32)):
        got = tally("single", ["a", "a", "b"], ABC, weights=weights)
        assert got.winners == ("a", "b")
        assert got.total_weight == 6
        assert type(got.total_weight.numerator) is int


# ---------------------------------------------------------------- scores and dots


def test_scores_with_mean_and_median() -> None:
    got = tally("score", [{"a": 5, "b": 3}, {"a": 0, "b": 4, "c": 5}, {"b": 1}, {}], ABC)
    assert got.totals == {"a": 5, "b": 8, "c": 5}
    assert got.winners == ("b",)
    assert got.detail.means == {"a": 5 * THIRD, "b": 8 * THIRD, "c": 5 * THIRD}
    assert got.detail.medians == {"a": 0, "b": 3, "c": 0}
    assert (got.ballots, got.empty) == (3, 1)


def test_of_two_middle_scores_the_lower_counts_and_weights_move_it() -> None:
    ballots = [{"a": 2}, {"a": 5}]
    assert tally("score", ballots, ABC).detail.medians["a"] == 2
    assert tally("score", ballots, ABC, weights=[1, 2]).detail.medians["a"] == 5
    assert tally("score", ballots, ABC, weights=[1, 2]).detail.means["a"] == 4


def test_zero_is_a_score_and_an_empty_ballot_is_not() -> None:
    got = tally("score", [{"a": 0}, {}], ABC)
    assert (got.ballots, got.empty) == (1, 1)
    assert got.winners == got.tie == tuple(ABC)  # all have nothing


def test_dots() -> None:
    got = tally("dots", [{"a": 7, "c": 3}, {"b": 10}, {"c": 4}, None], ABC)
    assert got.totals == {"a": 7, "b": 10, "c": 7}
    assert (got.winners, got.detail) == (("b",), None)
    assert tally("dots", [{"a": 2, "b": 1}], ABC, budget=3).totals == {"a": 2, "b": 1, "c": 0}
    assert tally("dots", [{"a": 2}, {"b": 1}], ABC, weights=[1, 2]).winners == ("a", "b")


# ---------------------------------------------------------------- numbers


def test_the_middle_of_the_numbers() -> None:
    got = tally("numeric", ["0.05", "0.10", "0.20", None], ["0", "0.25", "0.05"])
    assert got.winners == (Fraction(1, 10),)
    assert got.totals == {Fraction(1, 20): 1, Fraction(1, 10): 1, Fraction(1, 5): 1}
    assert got.detail.curve == {Fraction(1, 20): THIRD, Fraction(1, 10): 2 * THIRD, Fraction(1, 5): 1}
    assert got.detail.median == (Fraction(1, 10), Fraction(1, 10))
    assert (got.ballots, got.empty, got.detail.interval) == (3, 1, None)


def test_between_two_middle_answers_their_midpoint_wins() -> None:
    got = tally("numeric", [3, 10, "1", 2], None)
    assert (got.winners, got.tie) == ((Fraction(5, 2),), ())
    assert got.detail.median == (2, 3)
    assert got.detail.quartiles == (1, 10)
    assert tally("numeric", [3, 10, "1", 2], None, seed="s").winners == got.winners
    assert tally("numeric", range(1, 8), []).detail.quartiles == (2, 6)


@pytest.mark.parametrize(
    ("answers", "options", "wins"),
    [
        (["0.1", "0.2", "0.9", "1.0"], None, "0.55"),
        (["0.1", "0.2", "0.9", "1.0"], ["0", "1", "0.05"], "0.55"),
        (["0.1", "0.2", "0.9", "1.0"], ["0", "1", "0.1"], "0.5"),  # as near as 0.6: the lower one
        (["1", "2"], ["1", "9", "1"], "1"),
        (["-2", "-1"], ["-5", "5", "1"], "-2"),
        (["-0.5", "1"], ["-1", "1", "0.5"], "0"),  # midway is 0.25, as near to 0.5
        (["0", "0.75"], ["0", "3", "0.75"], "0"),
        (["1", "8"], ["1", "10", "7"], "1"),
        (["0.1", "0.4"], ["0.1", "0.7", "0.1"], "0.2"),
    ],
)
def test_in_a_range_the_step_nearest_to_the_midpoint_wins(
    answers: list[str], options: list[str] | None, wins: str
) -> None:
    got = tally("numeric", answers, options, seed="s")
    assert (got.winners, got.tie) == ((Fraction(wins),), ())


def test_weights_move_the_median_and_one_wild_bid_does_not() -> None:
    assert tally("numeric", [1, 2, 3], None, weights=[1, 1, 3]).winners == (3,)
    assert tally("numeric", [1, 2, 3], None, weights=[1, 1, 2]).winners == (Fraction(5, 2),)
    assert tally("numeric", [1, 2, 3, 4, 10**12], None).winners == (3,)
    assert tally("numeric", [1, 2, 3], None, weights=[0, 1, 0]).detail.median == (2, 2)


def test_ways_to_write_a_number_are_one_number() -> None:
    got = tally("numeric", ["0.05", "0.050", "+0.05", 0.05, Fraction(1, 20), np.float64(0.05)], (0, 1, 0.05))
    assert got.totals == {Fraction(1, 20): 6}


def test_steps_count_from_the_lowest() -> None:
    assert tally("numeric", ["-0.75", 0.25], ["-1", 1, "0.25"]).winners == (Fraction(-1, 4),)
    assert tally("numeric", ["0.3"], ["0.1", "0.3", "0.2"]).winners == (Fraction(3, 10),)


@pytest.mark.parametrize(("n", "rank"), [(6, 1), (8, 1), (9, 2), (10, 2), (20, 6), (100, 40)])  # usual tables
def test_the_interval_of_a_median_reaches_from_rank_to_rank(n: int, rank: int) -> None:
    assert tally("numeric", range(1, n + 1), None).detail.interval == (rank, n + 1 - rank)


def test_the_interval_needs_six_ballots_of_equal_weight() -> None:
    assert tally("numeric", range(5), None).detail.interval is None
    assert tally("numeric", range(10), None, weights=[2.5] * 10).detail.interval == (1, 8)
    assert tally("numeric", range(10), None, weights=[1] * 9 + [2]).detail.interval is None
    assert tally("numeric", [*range(10), None], None, weights=[1] * 10 + [7]).detail.interval == (1, 8)


@pytest.mark.slow
def test_interval_ranks_are_those_of_the_binomial() -> None:
    for n in [*range(6, 300), 999, 1000]:
        low, high = describe_numbers(dict.fromkeys(map(Fraction, range(1, n + 1)), 1), n).interval
        below = stats.binom.cdf(np.arange(n), n, 0.5)  # below[k - 1]: the chance that fewer than k lie below
        assert low == np.count_nonzero(2 * below <= 0.05)
        assert high == n + 1 - low
    for n in (1001, 5000, 100_000):
        low, _ = describe_numbers(dict.fromkeys(map(Fraction, range(1, n + 1)), 1), n).interval
        assert 2 * stats.binom.cdf(int(low) - 1, n, 0.5) <= 0.05 < 2 * stats.binom.cdf(int(low) + 1, n, 0.5)


# ---------------------------------------------------------------- gradients


@pytest.mark.parametrize(
    ("counts", "outcome", "support", "median", "consent"),
    [
        ((3, 2, 1, 1, 0), "adopted", Fraction(5, 6), "for", True),
        ((0, 5, 0, 0, 1), "adopted", Fraction(5, 6), "for", False),
        ((0, 4, 0, 0, 1), "blocked", Fraction(4, 5), "for", False),  # a fifth is no longer below a fifth
        ((9, 0, 0, 0, 3), "blocked", Fraction(3, 4), "strong_for", False),
        ((2, 0, 5, 2, 0), "undecided", Fraction(1, 2), "neutral", True),
        ((0, 0, 4, 0, 0), "undecided", None, "neutral", True),
        ((1, 0, 0, 1, 1), "rejected", Fraction(1, 3), "against", False),
        ((1, 1, 0, 2, 0), "undecided", Fraction(1, 2), "against", True),  # of two middle steps the worse
        ((0, 0, 0, 0, 2), "rejected", 0, "strong_against", False),
    ],
)
def test_outcomes_of_a_gradient(
    counts: tuple[int, ...], outcome: str, support: Fraction | None, median: str, consent: bool
) -> None:
    ballots = [step for step, count in zip(STEPS, counts, strict=True) for _ in range(count)]
    got = tally("gradient", [*ballots, None], None)
    assert got.totals == dict(zip(STEPS, counts, strict=True))
    assert (got.winners, got.tie) == ((outcome,), ())
    found = got.detail
    assert (found.outcome, found.support, found.median, found.consent) == (outcome, support, median, consent)
    assert found.blocks == Fraction(counts[4], sum(counts))
    assert found.shares == {step: Fraction(n, sum(counts)) for step, n in zip(STEPS, counts, strict=True)}
    assert got == tally("gradient", [*reversed(ballots), None], [], seed="no lot here")


# ---------------------------------------------------------------- nothing to count, and lots


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("weighted", [False, True])
def test_without_weight_nobody_wins(method: str, weighted: bool) -> None:
    ballot = {"numeric": 1, "gradient": "for", "single": "a", "score": {"a": 1}, "dots": {"a": 1}}
    some = ballot.get(method, ["a"])
    options = None if method == "numeric" else ABC
    got = tally(
        method, [some, None] if weighted else [None], options, weights=[0, 1] if weighted else None, seed="s"
    )
    assert (got.winners, got.tie, got.rounds, got.detail) == ((), (), (), None)
    assert (got.ballots, got.empty, got.total_weight) == (int(weighted), 1, 0)
    assert not any(got.totals.values())
    nobody = tally(method, [], options)
    assert (nobody.winners, nobody.ballots, nobody.empty) == ((), 0, 0)


def test_a_lot_is_the_smallest_hash_and_everybody_can_check_it() -> None:
    seed = "poll 7, closes 2026-01-01"
    digests = {option: hashlib.sha256((seed + option).encode()).hexdigest() for option in ABC}
    assert break_tie(ABC, seed) == min(ABC, key=lambda option: digests[option])
    assert order_of_lot(ABC, seed) == tuple(sorted(ABC, key=lambda option: digests[option]))
    assert break_tie([Fraction(1, 20), Fraction(1, 10)], "2") == min(
        (Fraction(1, 20), Fraction(1, 10)), key=lambda n: hashlib.sha256(f"2{n}".encode()).hexdigest()
    )
    with pytest.raises(ValueError, match="at least one option"):
        break_tie([], seed)


def test_a_seed_picks_one_and_keeps_the_tie() -> None:
    seen = set()
    for seed in map(str, range(30)):
        got = tally("approval", [["a", "c"], ["b"]], ABC, seed=seed)
        assert got.tie == tuple(ABC)
        assert got.winners == (break_tie(ABC, seed),)
        seen |= set(got.winners)
    assert seen == set(ABC)
    assert tally("single", ["b", "b", "a"], ABC, seed="s").winners == ("b",)
