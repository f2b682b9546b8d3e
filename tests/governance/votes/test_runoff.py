"""Instant runoff counted by hand and by the book: rounds, exhausted ballots, equal ranks, ties and lots."""

import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.votes.ranked import order_of_lot
from governance.votes.runoff import Round, instant_runoff
from governance.votes.tally import TallyResult, tally
from tests.governance.votes.rankings import MNCK, TENNESSEE, count, ranks


def ends(result: TallyResult) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    return [(each.eliminated, each.reason, each.tied) for each in result.rounds]


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


def test_all_who_could_win_and_no_others_are_tied_however_many_ways_there_are_to_draw() -> None:
    names = [f"{n}" for n in range(25)]
    votes = {(name,): 1 for name in names}
    assert count("ranked_irv", votes, names).winners == tuple(names)
    picked = count("ranked_irv", votes, names, "s")
    assert picked.winners == (order_of_lot(names, "s")[0],)
    assert picked.tie == tuple(names)
    for ahead in ({"0": 2}, {"0": 9, "1": 8}):  # whatever the order of the others, it leads
        got = tally("ranked_irv", [[n] for n in names for _ in range(ahead.get(n, 1))], names)
        assert (got.winners, got.tie, got.unsettled) == (("0",), (), ())


@pytest.mark.slow
def test_what_takes_too_long_to_find_out_is_said_and_never_called_a_tie() -> None:
    """25 who have one first choice each, and the others in every order: as hard as such a count can be."""
    names = [f"{n}" for n in range(25)]
    source = random.Random(1)
    ballots = [[name, *source.sample([n for n in names if n != name], 24)] for name in names]
    got = tally("ranked_irv", ballots, names, seed="s")
    assert set(got.winners) <= set(got.tie or got.winners)
    assert got.unsettled
    assert not {*got.tie, *got.winners} & {*got.unsettled}


def by_the_book(votes: list[list[list[str]]], standing: tuple[str, ...], before: list[dict]) -> set[str]:
    """Everybody whom some lots let win: each round counted afresh, each lot drawn in every way."""
    totals = dict.fromkeys(standing, Fraction(0))
    for ballot in votes:
        held = next(([o for o in rank if o in standing] for rank in ballot if {*rank} & {*standing}), [])
        for option in held:
            totals[option] += Fraction(1, len(held))
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


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.lists(ranks("abcde"), min_size=1, max_size=9), st.text(max_size=3))
def test_winners_are_those_of_a_count_by_the_book(ballots: list[list[list[str]]], seed: str) -> None:
    expected = by_the_book(ballots, tuple("abcde"), [])
    got = tally("ranked_irv", ballots, list("abcde"))
    assert set(got.winners) == expected
    assert got.tie == (got.winners if len(expected) > 1 else ())
    assert got.unsettled == ()
    drawn = tally("ranked_irv", ballots, list("abcde"), seed=seed)
    assert len(drawn.winners) == 1
    assert set(drawn.winners) <= expected
    assert drawn.tie == got.tie
    for each in drawn.rounds:
        assert sum(each.totals.values()) + each.exhausted == len(ballots)


@settings(deadline=None)
@given(st.lists(ranks("abcdefg"), min_size=1, max_size=9), st.integers(0, 20_000))
def test_what_was_not_found_out_in_time_is_not_taken_for_known(
    ballots: list[list[list[str]]], looks: int
) -> None:
    expected = by_the_book(ballots, tuple("abcdefg"), [])
    counts = Counter(tuple(tuple(rank) for rank in ballot) for ballot in ballots)
    got = instant_runoff(counts, tuple("abcdefg"), unit=1, seed="s", most_looks=looks)
    assert {got.winner} <= set(got.possible) <= expected <= {*got.possible, *got.unsettled}
    assert not set(got.possible) & set(got.unsettled)


def test_equal_ranks_are_shared_in_equal_parts_and_shared_again_when_one_goes() -> None:
    got = tally(
        "ranked_irv",
        [["a"], ["a"], ["a"], [["b", "c", "d"]], [["c", "b"], "a"], ["c"], ["d", ["a", "b"]]],
        list("abcd"),
    )
    assert [dict(each.totals) for each in got.rounds] == [
        {"a": 3, "b": Fraction(5, 6), "c": Fraction(11, 6), "d": Fraction(4, 3)},
        {"a": 3, "c": Fraction(5, 2), "d": Fraction(3, 2)},  # of b's third a half each; the half is c's
        {"a": 4, "c": 3},
    ]
    assert [each.exhausted for each in got.rounds] == [0, 0, 0]
    assert got.winners == ("a",)
