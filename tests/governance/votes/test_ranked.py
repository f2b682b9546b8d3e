"""Schulze counted by hand, with pairs and paths, and what rankings of both methods have in common."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.votes.ballots import reader
from governance.votes.ranked import order_of_lot
from governance.votes.tally import tally
from tests.governance.votes.rankings import MNCK, TENNESSEE, count, ranks

# 45 voters, the worked example of Schulze's papers
FORTY_FIVE = {
    "ACBED": 5,
    "ADECB": 5,
    "BEDAC": 8,
    "CABED": 3,
    "CAEBD": 7,
    "CBADE": 2,
    "DCEBA": 7,
    "EBADC": 8,
}


def test_two_ballots_that_say_the_same_are_counted_as_one() -> None:
    for method in ("ranked_irv", "ranked_schulze"):
        read = reader(method, list("abc"), budget=1)
        assert read([["b", "a"], "c"]) == read([("a", "b"), ["c"]])
        assert read([["a"], "b"]) == read(["a", "b"]) != read([["a", "b"]])
        assert read([["a", "b", "c"]]) is not None  # no preference, but a ballot


@given(st.lists(ranks("abcde"), min_size=1, max_size=12), st.permutations("abcde"))
def test_equal_ranks_do_not_depend_on_the_order_they_are_written_in(
    ballots: list[list[list[str]]], order: list[str]
) -> None:
    turned = [[sorted(rank, key=order.index) for rank in ballot] for ballot in reversed(ballots)]
    for method in ("ranked_irv", "ranked_schulze"):
        one, other = (tally(method, each, list("abcde"), seed="s") for each in (ballots, turned))
        assert (one.winners, one.totals, one.rounds, one.detail) == (
            other.winners, other.totals, other.rounds, other.detail,
        )  # fmt: skip


def test_whoever_beats_all_others_wins() -> None:
    got = count("ranked_schulze", TENNESSEE, MNCK)
    assert got.winners == ("Nashville",)
    assert got.totals == dict(zip(MNCK, (0, 3, 2, 1), strict=True))
    assert got.detail.pairwise["Memphis"] == {"Nashville": 42, "Chattanooga": 42, "Knoxville": 42}
    assert got.detail.pairwise["Nashville"]["Chattanooga"] == 68
    assert got.detail.margin("Nashville", "Chattanooga") == 36
    assert got.detail.margin("Memphis", "Nashville") == -16
    assert (got.rounds, got.tie) == ((), ())


def test_paths_of_the_published_example() -> None:
    got = count("ranked_schulze", FORTY_FIVE, list("ABCDE"))
    pairs = {
        "A": (20, 26, 30, 22),
        "B": (25, 16, 33, 18),
        "C": (19, 29, 17, 24),
        "D": (15, 12, 28, 14),
        "E": (23, 27, 21, 31),
    }
    paths = {
        "A": (28, 28, 30, 24),
        "B": (25, 28, 33, 24),
        "C": (25, 29, 29, 24),
        "D": (25, 28, 28, 24),
        "E": (25, 28, 28, 31),
    }
    for a in "ABCDE":
        others = [b for b in "ABCDE" if b != a]
        assert got.detail.pairwise[a] == dict(zip(others, pairs[a], strict=True))
        assert got.detail.paths[a] == dict(zip(others, paths[a], strict=True))
    assert got.winners == ("E",)
    assert sorted(got.totals, key=got.totals.__getitem__, reverse=True) == list("EACBD")
    assert got.total_weight == 45


def test_a_circle_is_cut_at_its_weakest_link() -> None:
    got = count("ranked_schulze", {"abc": 4, "bca": 3, "cab": 2}, list("abc"))
    # a over b by 6, b over c by 7, c over a by 5: c's claim on a is the weakest
    assert got.winners == ("a",)
    assert got.detail.paths["a"] == {"b": 6, "c": 6}


def test_who_is_left_out_comes_last_and_level() -> None:
    got = count("ranked_schulze", {"a": 3, "bc": 2}, list("abcd"))
    assert got.detail.pairwise["a"] == {"b": 3, "c": 3, "d": 3}
    assert got.detail.pairwise["b"] == {"a": 2, "c": 2, "d": 2}
    assert got.detail.pairwise["c"] == {"a": 2, "b": 0, "d": 2}
    assert not any(got.detail.pairwise["d"].values())


def test_equal_ranks_are_no_preference_and_no_opinion_compares_nobody() -> None:
    ballots = [["a", ["b", "c"]], [["a", "b"]], ["d"]]
    last = tally("ranked_schulze", ballots, list("abcd")).detail.pairwise
    assert last["a"] == {"b": 1, "c": 2, "d": 2}
    assert last["b"] == {"a": 0, "c": 1, "d": 2}
    assert last["d"] == {"a": 1, "b": 1, "c": 1}
    none = tally("ranked_schulze", ballots, list("abcd"), unranked="no_opinion").detail.pairwise
    assert none["a"] == {"b": 1, "c": 1, "d": 0}
    assert not any(none["d"].values())
    with pytest.raises(ValueError, match="is “last” or stands for “no_opinion”"):
        tally("ranked_schulze", ballots, list("abcd"), unranked="first")  # type: ignore[arg-type]


def test_links_count_by_winning_votes_not_by_margins() -> None:
    got = count("ranked_schulze", {"c": 3, "acb": 2, "bac": 4}, list("abc"))
    # b over a 4:2, a over c 6:3, c over b 5:4: by votes the first is weakest, by margins the last
    assert [got.detail.margin(*pair) for pair in ("ba", "ac", "cb")] == [2, 3, 1]
    assert got.winners == ("a",)
    assert got.detail.paths == {"a": {"b": 5, "c": 6}, "b": {"a": 4, "c": 4}, "c": {"a": 4, "b": 5}}


def test_ties_have_several_winners_and_a_seed_picks_one() -> None:
    got = count("ranked_schulze", {"abc": 1, "bca": 1, "cab": 1}, list("abc"))
    assert got.winners == got.tie == ("a", "b", "c")
    level = count("ranked_schulze", {"abc": 1, "bac": 1}, list("abc"))
    assert level.winners == ("a", "b")
    assert level.detail.paths["a"] == {"b": 0, "c": 2}  # one vote each way is no link
    picked = count("ranked_schulze", {"abc": 1, "bac": 1}, list("abc"), "s")
    assert picked.winners == (order_of_lot("ab", "s")[0],)


@pytest.mark.parametrize("method", ["ranked_irv", "ranked_schulze"])
def test_empty_rankings_are_counted_apart(method: str) -> None:
    got = tally(
        method, [["a"], [], None, ["b", "a"], ["a", "b"]], ["a", "b"], weights=[1, 9, 9, 1, Fraction(1, 3)]
    )
    assert (got.winners, got.ballots, got.empty) == (("a",), 3, 2)
    assert got.total_weight == Fraction(7, 3)
