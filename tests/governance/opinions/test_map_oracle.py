"""Groups of opinions as others find them, and the next statement."""

import functools
import json
import math
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.opinions.clusters import adjusted_rand
from governance.opinions.map import NO_GROUPS, OpinionMap, draw_statement, opinion_map, statement_weights
from tests.governance.opinions.votes import blurred, camps, labels_of, rng, triples

ORACLE = Path(__file__).parent / "opinion_oracle.json"


@functools.cache
def oracle() -> dict[str, Any]:
    """200 people, 30 statements, three planted groups of 100, 70 and 30, and what red-dwarf 0.4.0 says.

    Made once: rng(0); each group agrees with each statement with a chance of 0.85 or 0.15, drawn, and all
    with 0.9 on the first six; 8 % of votes became passes, 35 % of all cells were emptied ('.', and '+', '-',
    '0' else). `labels` are cluster_id, `consensus` group_aware_consensus and `representative` repness of
    run_pipeline(votes, random_state=42), its defaults otherwise.
    """
    return json.loads(ORACLE.read_text(encoding="utf-8"))


def oracle_votes() -> np.ndarray:
    value = {"+": 1.0, "-": -1.0, "0": 0.0, ".": math.nan}
    return np.array([[value[sign] for sign in row] for row in oracle()["votes"]])


@functools.cache
def oracle_map() -> OpinionMap:
    return opinion_map(triples(oracle_votes()), limit=30)


# ---------------------------------------------------------------- an oracle


@pytest.mark.slow
def test_planted_groups_are_found_as_the_oracle_finds_them() -> None:
    found = oracle_map()
    own = labels_of(found, 200)
    assert len(found.groups) == 3
    assert found.verdict == "3 groups"
    assert adjusted_rand(own, oracle()["labels"]) >= 0.8
    assert adjusted_rand(own, oracle()["planted"]) >= 0.8
    # the same map, but for turns, mirrors and the size of the picture
    for axis, name in enumerate("xy"):
        assert abs(np.corrcoef(found.positions[:, axis], oracle()[name])[0, 1]) > 0.999


@pytest.mark.slow
def test_consensus_is_that_of_the_oracle() -> None:
    found = oracle_map()
    assert adjusted_rand(labels_of(found, 200), oracle()["labels"]) == 1
    for common in found.unites:
        side = "agree" if common.vote == 1 else "disagree"
        assert common.consensus == pytest.approx(oracle()["consensus"][side][common.statement], abs=1e-6)
    assert {common.statement for common in found.unites} >= set(range(6))  # as planted


@pytest.mark.slow
def test_typical_statements_are_those_of_the_oracle() -> None:
    groups = {tuple(np.flatnonzero(np.array(oracle()["labels"]) == label)): label for label in range(3)}
    for group in oracle_map().groups:
        ours = {(t.statement, t.vote): t for t in group.typical}
        for theirs in oracle()["representative"][str(groups[group.members])]:
            mine = ours[theirs["statement"], theirs["vote"]]
            assert (mine.said, mine.voted) == (theirs["said"], theirs["voted"])
            assert mine.z == pytest.approx(theirs["z"], rel=0.1)  # they add one vote, we two


@pytest.mark.slow
def test_red_dwarf_still_says_so() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what it imports
        base = pytest.importorskip("reddwarf.implementations.base", reason="red-dwarf is not installed")
        votes = [
            {"participant_id": int(person), "statement_id": int(statement), "vote": int(vote), "modified": n}
            for n, (person, statement, vote) in enumerate(triples(oracle_votes()))
        ]
        result = base.run_pipeline(votes, random_state=42)
    theirs = result.participants_df["cluster_id"].astype(int).to_numpy()
    assert adjusted_rand(theirs, oracle()["labels"]) == 1
    assert adjusted_rand(theirs, labels_of(oracle_map(), 200)) >= 0.8


# ---------------------------------------------------------------- properties


ballots = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 8), st.sampled_from([-1, 0, 1])), max_size=200
)


@given(ballots, st.integers(0, 99))
@settings(max_examples=15, deadline=None)
def test_nobody_s_number_matters(votes: list[tuple[int, int, int]], seed: int) -> None:
    source = rng(seed)
    last = np.array([(*pair, vote) for pair, vote in {(p, s): v for p, s, v in votes}.items()]).reshape(-1, 3)
    person, statement = source.permutation(26), source.permutation(9)
    other = source.permutation(last)
    if last.size:
        other = np.column_stack((person[other[:, 0]], statement[other[:, 1]], other[:, 2]))
    plain, found = opinion_map(last, limit=9), opinion_map(other, limit=9)
    assert (found.verdict, found.reason, found.clustered) == (plain.verdict, plain.reason, plain.clustered)
    assert sorted(len(group.members) for group in found.groups) == sorted(
        len(group.members) for group in plain.groups
    )
    assert {frozenset(group.members) for group in found.groups} == {
        frozenset(int(person[member]) for member in group.members) for group in plain.groups
    }
    assert {(statement[each.statement], each.vote) for each in plain.unites} == {
        (each.statement, each.vote) for each in found.unites
    }


@pytest.mark.slow
def test_neither_order_of_people_nor_wording_matters() -> None:
    votes = blurred(camps(24, 16))
    order = rng(3).permutation(40)
    turned = votes[order].copy()
    turned[:, ::2] *= -1  # every other statement is worded the other way round
    plain, found = opinion_map(triples(votes)), opinion_map(triples(turned))
    assert (labels_of(found, 40) == labels_of(plain, 40)[order]).all()
    assert found.divides[0].spread == pytest.approx(plain.divides[0].spread)


@given(ballots)
@settings(max_examples=30, deadline=None)
def test_any_votes_give_a_map_that_adds_up(votes: list[tuple[int, int, int]]) -> None:
    found = opinion_map(votes)
    assert found.participants == len({person for person, _, _ in votes})
    assert found.statements == len({statement for _, statement, _ in votes})
    assert found.clustered == np.isfinite(found.positions).all(axis=1).sum() or found.clustered < 20
    members = [member for group in found.groups for member in group.members]
    assert len(members) == len(set(members)) == (found.clustered if found.groups else 0)
    assert (found.verdict == NO_GROUPS) == (not found.groups)
    last = {(person, statement): vote for person, statement, vote in votes}
    for common in found.unites:
        said = sum(
            vote == common.vote for (_, statement), vote in last.items() if statement == common.statement
        )
        assert found.groups or common.said == (said,)
        assert all(2 * said > voted for said, voted in zip(common.said, common.voted, strict=True))


# ---------------------------------------------------------------- the next statement


def next_statement(
    answered: Collection[int], votes: Any, candidates: Sequence[int], *, rng: np.random.Generator
) -> int | None:
    """The statement that a member would be shown; None where nothing is left."""
    left = [index for index in candidates if index not in answered]
    return draw_statement(left, statement_weights(votes, max(left) + 1)[left], rng=rng) if left else None


@pytest.mark.slow
def test_new_and_disputed_statements_come_first() -> None:
    votes = [(person, 0, 1) for person in range(40)]  # settled
    votes += [(person, 1, 1 if person % 2 else -1) for person in range(40)]  # disputed
    source = rng()
    drawn = Counter(next_statement([], votes, [0, 1, 2], rng=source) for _ in range(1500))
    fresh = 1 + 8 / 41
    # split: nearly none, 1, and 1 of the two votes that are added; only statement 1 pulls
    settled = (0.1 + 1 - (40 / 42) ** 2) * fresh
    weights = np.array([settled, 1.1 * 2 * fresh, 1.1 * 9])
    expected = weights / weights.sum()
    assert [drawn[index] / 1500 for index in range(3)] == pytest.approx(expected.tolist(), abs=0.035)


def test_what_is_answered_or_no_candidate_is_not_shown() -> None:
    votes = triples(camps(3, 3))
    source = rng()
    assert {next_statement({0, 2}, votes, [0, 1, 2, 4], rng=source) for _ in range(200)} == {1, 4}
    assert next_statement({0, 1}, votes, [0, 1], rng=source) is None
    assert next_statement([], [], [], rng=source) is None
    assert {next_statement([], [], [5, 6], rng=source) for _ in range(50)} == {5, 6}
    assert [next_statement([], votes, range(9), rng=rng(4)) for _ in range(3)] == [
        next_statement([], votes, range(9), rng=rng(4))
    ] * 3


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("votes", "message"),
    [
        ([(0, 0, 2)], "1 to agree, -1 to disagree or 0 to pass"),
        ([(0, 0)], "three whole numbers"),
        ([0, 0, 1], "three whole numbers"),
        ([(0.5, 0, 1)], "three whole numbers"),
        ([(-1, 0, 1)], "three whole numbers"),
        ([(0, math.nan, 1)], "three whole numbers"),
        ([(0, math.inf, 1)], "without large gaps"),
        ([(10**17, 0, 1)], "without large gaps"),
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        opinion_map,
        lambda votes: next_statement([], votes, [0], rng=rng()),
    ],
)
def test_bad_votes_are_refused(votes: Any, message: str, call: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=message):
        call(votes)
