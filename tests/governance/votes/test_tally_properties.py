"""What must hold of every vote: who voted first, in which unit and on which machine changes nothing."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.votes.rule import BEFORE
from governance.votes.tally import METHODS, STEPS, TallyResult, tally

ROOT = Path(__file__).parents[3]
NAMES = list("abcd")
orders = st.lists(st.sampled_from(NAMES), unique=True)
BALLOTS: dict[str, st.SearchStrategy[Any]] = {
    "single": st.sampled_from(["", *NAMES]),
    "approval": orders,
    "ranked_irv": orders,
    "ranked_schulze": orders,
    "score": st.dictionaries(st.sampled_from(NAMES), st.integers(0, 5)),
    "numeric": st.one_of(st.none(), st.integers(0, 6).map(lambda n: f"0.{n}")),
    "gradient": st.sampled_from(["", *STEPS]),
    "dots": st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2)),
}
amounts = st.one_of(st.integers(0, 9), st.fractions(0, 9, max_denominator=12), st.floats(0, 1e6))
every_method = pytest.mark.parametrize(
    "method", [pytest.param(each, marks=pytest.mark.slow) for each in METHODS]
)
rankings = st.lists(orders.filter(bool), min_size=1, max_size=12)


def votes(data: st.DataObject, method: str) -> tuple[list[Any], list[Any]]:
    cast = data.draw(st.lists(st.tuples(BALLOTS[method], amounts), max_size=10))
    return [ballot for ballot, _ in cast], [weight for _, weight in cast]


def counted(
    method: str, ballots: Sequence[Any], weights: Sequence[Any] | None = None, **more: Any
) -> TallyResult:
    return tally(
        method, ballots, ["0", "0.6", "0.1"] if method == "numeric" else NAMES, weights=weights, **more
    )


def without_interval(result: TallyResult) -> Any:
    return (
        replace(result.detail, interval=None)
        if result.method == "numeric" and result.detail
        else result.detail
    )


@every_method
@given(data=st.data())
def test_order_does_not_matter(method: str, data: st.DataObject) -> None:
    ballots, weights = votes(data, method)
    seed = data.draw(st.one_of(st.none(), st.text(max_size=3)))
    before = counted(method, ballots, weights, seed=seed)
    shuffled = data.draw(st.permutations(list(zip(ballots, weights, strict=True))))
    after = counted(method, [b for b, _ in shuffled], [w for _, w in shuffled], seed=seed)
    assert after == before
    assert repr(after) == repr(before)  # the order within mappings too


@every_method
@given(data=st.data(), factor=st.fractions(Fraction(1, 50), 50, max_denominator=50))
def test_the_unit_of_weight_does_not_matter(method: str, data: st.DataObject, factor: Fraction) -> None:
    ballots, weights = votes(data, method)
    one = counted(method, ballots, weights, seed="s")
    other = counted(method, ballots, [Fraction(weight) * factor for weight in weights], seed="s")
    assert (other.winners, other.tie) == (one.winners, one.tie)
    assert other.total_weight == one.total_weight * factor
    assert [each.eliminated for each in other.rounds] == [each.eliminated for each in one.rounds]
    if method == "ranked_schulze":
        assert other.totals == one.totals
    else:
        assert other.totals == {option: total * factor for option, total in one.totals.items()}
        assert other.detail == one.detail


@every_method
@given(data=st.data())
def test_a_weight_of_two_is_two_ballots(method: str, data: st.DataObject) -> None:
    ballots = data.draw(st.lists(BALLOTS[method], max_size=8))
    weights = data.draw(st.lists(st.integers(0, 3), min_size=len(ballots), max_size=len(ballots)))
    again = [ballot for ballot, weight in zip(ballots, weights, strict=True) for _ in range(weight)]
    one, other = counted(method, ballots, weights, seed="s"), counted(method, again, seed="s")
    assert (one.winners, one.tie, one.rounds) == (other.winners, other.tie, other.rounds)
    assert one.total_weight == other.total_weight == other.ballots
    if method == "numeric":  # a number that only ballots of weight 0 name stands in one result alone
        assert {value: total for value, total in one.totals.items() if total} == other.totals
        if one.detail and other.detail:
            assert (one.detail.median, one.detail.quartiles) == (other.detail.median, other.detail.quartiles)
    else:
        assert (one.totals, one.detail) == (other.totals, other.detail)


@every_method
@given(data=st.data(), empty=st.integers(1, 5))
def test_empty_ballots_change_nothing_but_their_number(method: str, data: st.DataObject, empty: int) -> None:
    ballots, weights = votes(data, method)
    # that too few are in favour is about all who took part: the one thing that abstentions decide
    before = counted(method, ballots, weights, rule=BEFORE)
    after = counted(method, [*ballots, *[None] * empty], [*weights, *[7] * empty], rule=BEFORE)
    assert after == replace(before, empty=before.empty + empty)


@every_method
@given(data=st.data())
def test_a_seed_picks_one_of_those_who_win_without(method: str, data: st.DataObject) -> None:
    ballots, weights = votes(data, method)
    without = counted(method, ballots, weights)
    drawn = counted(method, ballots, weights, seed=data.draw(st.text(max_size=3)))
    assert len(drawn.winners) == min(1, len(without.winners))
    assert set(drawn.winners) <= set(without.winners)
    assert drawn.tie == without.tie == (without.winners if len(without.winners) > 1 else ())
    assert (drawn.detail, drawn.ballots, drawn.empty) == (without.detail, without.ballots, without.empty)
    assert all(type(total) is Fraction for total in drawn.totals.values())
    assert bool(drawn.winners) == bool(drawn.total_weight)


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 4)), min_size=1, max_size=12))
def test_half_of_the_weight_lies_on_each_side_of_both_medians(cast: list[tuple[int, int]]) -> None:
    got = tally("numeric", [n for n, _ in cast], None, weights=[w for _, w in cast])
    low, high = got.detail.median
    for median in (low, high):
        assert 2 * sum(w for n, w in cast if n <= median) >= got.total_weight
        assert 2 * sum(w for n, w in cast if n >= median) >= got.total_weight
    assert not any(low < n < high for n, _ in cast)
    mirrored = tally("numeric", [-n for n, _ in cast], None, weights=[w for _, w in cast]).detail
    assert mirrored.median == (-high, -low)
    assert mirrored.quartiles == (-got.detail.quartiles[1], -got.detail.quartiles[0])
    for value, share in got.detail.curve.items():
        assert share == Fraction(sum(w for n, w in cast if n <= value), sum(w for _, w in cast))


# ---------------------------------------------------------------- criteria of fair methods


@given(rankings, st.data())
def test_ranking_a_winner_higher_does_not_harm_it_under_schulze(
    ballots: list[list[str]], data: st.DataObject
) -> None:
    winner = data.draw(st.sampled_from(counted("ranked_schulze", ballots).winners))
    place = data.draw(st.integers(0, len(ballots) - 1))
    others = [option for option in ballots[place] if option != winner]
    at = ballots[place].index(winner) if winner in ballots[place] else len(others)
    higher = data.draw(st.integers(0, at))
    raised = [*ballots[:place], [*others[:higher], winner, *others[higher:]], *ballots[place + 1 :]]
    assert winner in counted("ranked_schulze", raised).winners


@given(st.lists(BALLOTS["score"].filter(bool), min_size=1, max_size=8), st.data())
def test_a_better_score_or_one_more_vote_does_not_harm_a_winner(
    ballots: list[dict[str, int]], data: st.DataObject
) -> None:
    winner = data.draw(st.sampled_from(counted("score", ballots).winners))
    place = data.draw(st.integers(0, len(ballots) - 1))
    better = data.draw(st.integers(ballots[place].get(winner, 0), 5))
    raised = [*ballots[:place], {**ballots[place], winner: better}, *ballots[place + 1 :]]
    assert winner in counted("score", raised).winners
    choices = [next(iter(ballot)) for ballot in ballots]
    first = data.draw(st.sampled_from(counted("single", choices).winners))
    choices[place] = first
    assert first in counted("single", choices).winners


@given(rankings)
def test_whoever_beats_everybody_wins_under_schulze(ballots: list[list[str]]) -> None:
    def above(a: str, b: str) -> int:
        return sum(a in ballot and b not in ballot[: ballot.index(a)] for ballot in ballots)

    got = counted("ranked_schulze", ballots)
    for a in NAMES:
        if all(above(a, b) > above(b, a) for b in NAMES if b != a):
            assert got.winners == (a,)
        if all(above(a, b) < above(b, a) for b in NAMES if b != a):
            assert a not in got.winners


@given(rankings, st.sampled_from(NAMES))
def test_the_first_choice_of_a_majority_wins(ballots: list[list[str]], favourite: str) -> None:
    more = [[favourite, *ballot] if favourite not in ballot else [favourite] for ballot in ballots]
    for method in ("ranked_irv", "ranked_schulze"):
        assert counted(method, [*ballots, *more, [favourite]]).winners == (favourite,)


@given(rankings, st.sampled_from(NAMES))
def test_a_clone_changes_nothing_for_others_under_schulze(ballots: list[list[str]], original: str) -> None:
    before = set(counted("ranked_schulze", ballots).winners)
    cloned = [
        [name for option in ballot for name in ([option, "clone"] if option == original else [option])]
        for ballot in ballots
    ]
    after = set(tally("ranked_schulze", cloned, [*NAMES, "clone"]).winners)
    assert after - {"clone"} == before


# ---------------------------------------------------------------- other machines

SCRIPT = """
from governance.votes.tally import tally
names = ["clip", "notice", "cap", "weights", "fallback"]
rankings = [names[k:] + names[:k] for k in range(5)] + [names[::-1]]
print(tally("single", names, names, seed="s"))
print(tally("approval", [names[:2], names[2:], names], names))
print(tally("ranked_irv", rankings, names))
print(tally("ranked_irv", rankings[:5], names, seed="s"))
print(tally("ranked_schulze", rankings[:5], names))
print(tally("score", [dict.fromkeys(names, 3)], names, seed="t"))
print(tally("dots", [dict.fromkeys(names, 2)], names))
print(tally("numeric", ["0.1", "0.2"], None))
print(tally("gradient", ["for", "against"], None))
"""


@pytest.mark.slow
def test_results_are_the_same_under_any_hash_seed() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "2", "77", "4711")
    }
    assert len(said) == 1
    assert said.pop().count("TallyResult") == 9
