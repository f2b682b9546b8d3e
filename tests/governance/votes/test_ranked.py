"""Rankings counted by hand: instant runoff with its ties and lots, Schulze with its pairs and paths."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.votes import ranked
from governance.votes.ranked import Round, order_of_lot
from governance.votes.tally import TallyResult, tally

MNCK = ["Memphis", "Nashville", "Chattanooga", "Knoxville"]
TENNESSEE = {
    ("Memphis", "Nashville", "Chattanooga", "Knoxville"): 42,
    ("Nashville", "Chattanooga", "Knoxville", "Memphis"): 26,
    ("Chattanooga", "Knoxville", "Nashville", "Memphis"): 15,
    ("Knoxville", "Chattanooga", "Nashville", "Memphis"): 17,
}
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


def count(method: str, votes: dict, options: list[str], seed: str | None = None) -> TallyResult:
    """A ballot of that weight for each ranking, which is a tuple or a text of one-letter options."""
    return tally(method, [list(ranking) for ranking in votes], options, weights=votes.values(), seed=seed)


def ends(result: TallyResult) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    return [(each.eliminated, each.reason, each.tied) for each in result.rounds]


# ---------------------------------------------------------------- instant runoff


def test_rounds_until_a_majority() -> None:
    got = count("ranked_irv", TENNESSEE, MNCK)
    assert got.winners == ("Knoxville",)
    assert got.rounds == (
        Round(dict(zip(MNCK, (42, 26, 15, 17), strict=True)), Fraction(0), ("Chattanooga",), "fewest", ()),
        Round({"Memphis": 42, "Nashville": 26, "Knoxville": 32}, Fraction(0), ("Nashville",), "fewest", ()),
        Round({"Memphis": 42, "Knoxville": 58}, Fraction(0), (), "majority", ()),
    )
    assert got.totals == dict(zip(MNCK, (42, 26, 15, 58), strict=True))
    assert (got.tie, got.detail, got.ballots, got.total_weight) == ((), None, 4, 100)


def test_exhausted_ballots_are_counted_and_lower_the_majority() -> None:
    got = count("ranked_irv", {"a": 4, "bc": 3, "c": 2}, ["a", "b", "c"])
    assert got.winners == ("a",)
    assert [each.exhausted for each in got.rounds] == [0, 2]
    assert got.rounds[-1].totals == {"a": 4, "b": 3}  # 4 of 9 cast, but of 7 that still rank somebody


def test_a_tie_for_the_fewest_is_broken_by_the_latest_earlier_round_that_differs() -> None:
    got = count("ranked_irv", {"a": 5, "b": 4, "cb": 3, "dc": 1}, list("abcd"))
    assert ends(got) == [
        (("d",), "fewest", ()),
        (("c",), "earlier_round", ("b", "c")),  # 4 each now, 4 and 3 before
        ((), "majority", ()),
    ]
    assert (got.winners, got.tie) == (("b",), ())
    assert got.rounds[-1].totals == {"a": 5, "b": 7}
    assert got.rounds[-1].exhausted == 1


def test_of_several_earlier_rounds_the_latest_that_differs_counts() -> None:
    got = count("ranked_irv", {"a": 4, "de": 3, "bc": 2, "eda": 1, "c": 3}, list("abcde"))
    assert [each.totals for each in got.rounds] == [
        {"a": 4, "b": 2, "c": 3, "d": 3, "e": 1},
        {"a": 4, "b": 2, "c": 3, "d": 4},
        {"a": 4, "c": 5, "d": 4},
        {"a": 5, "c": 5},
        {"c": 5},
    ]
    assert ends(got) == [
        (("e",), "fewest", ()),
        (("b",), "fewest", ()),
        (("d",), "earlier_round", ("a", "d")),  # alike in the second round, fewer in the first
        (("a",), "earlier_round", ("a", "c")),  # more in the first and second round, fewer in the third
        ((), "majority", ()),
    ]
    assert got.winners == ("c",)


def test_together_go_those_who_cannot_overtake_anybody() -> None:
    got = count("ranked_irv", {"a": 6, "b": 5, "cb": 2, "dc": 2}, list("abcde"))
    assert ends(got)[0] == (("e",), "fewest", ())
    assert ends(got)[1] == (("c", "d"), "together", ("c", "d"))
    assert got.rounds[2].totals == {"a": 6, "b": 7}
    assert got.winners == ("b",)


def test_options_that_nobody_ranks_go_together() -> None:
    got = count("ranked_irv", {"a": 2, "b": 2, "cb": 1}, list("abcdef"))
    assert ends(got)[0] == (("d", "e", "f"), "together", ("d", "e", "f"))
    assert got.winners == ("b",)


def test_without_a_seed_all_win_whom_a_lot_could_let_win() -> None:
    votes = {"a": 3, "bc": 2, "cb": 2}
    got = count("ranked_irv", votes, list("abc"))
    assert ends(got) == [((), "tie", ("b", "c"))]
    assert got.winners == got.tie == ("b", "c")  # not a: whoever is left has 4
    for seed in ("1", "2", "3", "4"):
        drawn = count("ranked_irv", votes, list("abc"), seed)
        out = order_of_lot(["b", "c"], seed)[-1]
        assert ends(drawn) == [((out,), "lot", ("b", "c")), ((), "majority", ())]
        assert set(drawn.winners) == {"b", "c"} - {out}
        assert drawn.tie == ("b", "c")


def test_a_lot_that_decides_nothing_leaves_one_winner() -> None:
    got = count("ranked_irv", {"a": 4, "b": 2, "c": 1, "d": 1}, list("abcd"))
    assert (got.winners, got.tie) == (("a",), ())
    assert ends(got) == [((), "tie", ("c", "d"))]


def test_the_lot_eliminates_and_does_not_elect() -> None:
    heirs = {"a": "b", "b": "c", "c": "a"}
    lucky = []
    for seed in map(str, range(10)):
        got = count("ranked_irv", {"ab": 2, "bc": 2, "ca": 2}, list("abc"), seed)
        order = order_of_lot("abc", seed)
        assert got.winners == (heirs[order[-1]],)
        assert got.rounds[-1].totals[got.winners[0]] == 4
        assert got.tie == ("a", "b", "c")
        lucky.append(got.winners == order[:1])
    assert set(lucky) == {True, False}


def test_a_dead_heat() -> None:
    got = count("ranked_irv", {"a": 1, "b": 1}, list("ab"))
    assert got.winners == got.tie == ("a", "b")
    picked = count("ranked_irv", {"a": 1, "b": 1}, list("ab"), "s")
    assert picked.winners == (order_of_lot("ab", "s")[0],)
    assert picked.rounds[-1].totals == {picked.winners[0]: 1}
    assert picked.rounds[-1].exhausted == 1


def test_one_option_and_one_ballot() -> None:
    for method in ("ranked_irv", "ranked_schulze"):
        assert tally(method, [["a"]], ["a"]).winners == ("a",)
        assert tally(method, [["b"]], ["a", "b"]).winners == ("b",)


def test_where_there_are_too_many_ways_to_draw_all_who_stood_win() -> None:
    names = [f"{n}" for n in range(12)]
    votes = {(name,): 1 for name in names}
    assert count("ranked_irv", votes, names).winners == tuple(names)
    assert ranked.MOST_COUNTS < 12 * 11 * 10  # ways to draw the first three
    picked = count("ranked_irv", votes, names, "s")
    assert picked.winners == (order_of_lot(names, "s")[0],)
    assert picked.tie == tuple(names)


def by_the_book(votes: dict[tuple[str, ...], int], standing: tuple[str, ...], before: list[dict]) -> set[str]:
    """Everybody whom some lots let win: each round counted afresh, each lot drawn in every way."""
    totals = dict.fromkeys(standing, 0)
    for ranking, weight in votes.items():
        for option in ranking:
            if option in standing:
                totals[option] += weight
                break
    for option in standing:
        if totals[option] * 2 > sum(totals.values()):
            return {option}
    tied = [option for option in standing if totals[option] == min(totals.values())]
    higher = [total for total in totals.values() if total > min(totals.values())]
    history = [*before, totals]
    if len(tied) > 1 and higher and sum(totals[option] for option in tied) < min(higher):
        return by_the_book(votes, tuple(o for o in standing if o not in tied), history)
    keys = {option: [each[option] for each in reversed(before)] for option in tied}
    lowest = [option for option in tied if keys[option] == min(keys.values())]
    return set().union(
        *(by_the_book(votes, tuple(o for o in standing if o != out), history) for out in lowest)
    )


small = st.lists(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=4, unique=True), min_size=1, max_size=9
)


@given(small, st.text(max_size=3))
def test_winners_are_those_of_a_count_by_the_book(ballots: list[list[str]], seed: str) -> None:
    votes = {}
    for ballot in ballots:
        votes[tuple(ballot)] = votes.get(tuple(ballot), 0) + 1
    expected = by_the_book(votes, tuple("abcd"), [])
    got = tally("ranked_irv", ballots, list("abcd"))
    assert set(got.winners) == expected
    assert got.tie == (got.winners if len(expected) > 1 else ())
    drawn = tally("ranked_irv", ballots, list("abcd"), seed=seed)
    assert len(drawn.winners) == 1
    assert set(drawn.winners) <= expected
    assert drawn.tie == got.tie
    for each in drawn.rounds:
        assert sum(each.totals.values()) + each.exhausted == len(ballots)


# ---------------------------------------------------------------- Schulze


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
