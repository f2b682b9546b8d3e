"""The map of opinions: counts done by hand, planted groups, noise, an oracle, and what is refused."""

import functools
import json
import math
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.opinions.clusters import adjusted_rand
from governance.opinions.map import NO_GROUPS, OpinionMap, next_statement, opinion_map

ORACLE = Path(__file__).parent / "opinion_oracle.json"


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def triples(matrix: np.ndarray) -> np.ndarray:
    """Votes (v, 3) of a matrix with nan where nobody voted."""
    people, statements = np.nonzero(~np.isnan(matrix))
    return np.column_stack((people, statements, matrix[people, statements]))


def labels_of(found: OpinionMap, people: int) -> np.ndarray:
    own = np.full(people, -1)
    for label, group in enumerate(found.groups):
        own[list(group.members)] = label
    return own


def noise(seed: int, people: int, statements: int) -> np.ndarray:
    source = rng(seed)
    votes = np.where(source.random((people, statements)) < source.uniform(0.1, 0.9, statements), 1.0, -1.0)
    votes[source.random(votes.shape) < 0.1] = 0
    votes[source.random(votes.shape) > 0.65] = np.nan
    return votes


def camps(first: int, second: int) -> np.ndarray:
    """Two camps: they agree on 0, disagree on 1, part on 2 to 7; the last statement is passed by all."""
    one, other = [1.0, -1, 1, 1, 1, -1, -1, -1, 0], [1.0, -1, -1, -1, -1, 1, 1, 1, 0]
    return np.array([one] * first + [other] * second)


def blurred(votes: np.ndarray) -> np.ndarray:
    """The same with one vote in ten drawn anew."""
    source = rng(8)
    return np.where(source.random(votes.shape) < 0.1, source.integers(-1, 2, votes.shape), votes)


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
    return opinion_map(triples(oracle_votes()), limit=30, rng=rng())


# ---------------------------------------------------------------- by hand


def test_two_camps_with_every_count() -> None:
    found = opinion_map(triples(camps(18, 12)), limit=3, rng=rng())
    assert (found.participants, found.clustered, found.statements) == (30, 30, 9)
    assert found.verdict == "2 groups"
    assert [group.members for group in found.groups] == [tuple(range(18)), tuple(range(18, 30))]
    assert found.silhouette == pytest.approx(1)
    assert found.stability == 1
    assert found.p_value == pytest.approx(1 / 60)
    assert "1.00, where 1 is the same" in found.reason
    assert "vary gradually" not in found.reason

    telling = found.groups[0].typical[0]
    assert (telling.statement, telling.vote) == (2, 1)
    assert (telling.said, telling.voted, telling.said_elsewhere, telling.voted_elsewhere) == (18, 18, 0, 12)
    pooled = 20 / 34
    gap = 19 / 20 - 1 / 14
    assert telling.z == pytest.approx(gap / math.sqrt(pooled * (1 - pooled) * (1 / 20 + 1 / 14)))
    assert [(t.statement, t.vote) for t in found.groups[1].typical] == [(2, -1), (3, -1), (4, -1)]

    assert [(c.statement, c.vote, c.said, c.voted) for c in found.unites] == [
        (0, 1, (18, 12), (18, 12)),
        (1, -1, (18, 12), (18, 12)),
    ]
    assert found.unites[0].consensus == pytest.approx(19 / 20 * 13 / 14)
    assert [(d.statement, d.agreed, d.voted) for d in found.divides] == [
        (2, (18, 0), (18, 12)),
        (3, (18, 0), (18, 12)),
        (4, (18, 0), (18, 12)),
    ]
    assert found.divides[0].spread == pytest.approx(19 / 20 - 1 / 14)


def test_the_latest_vote_counts() -> None:
    votes = triples(camps(18, 12))
    earlier = votes.copy()
    earlier[:, 2] = rng().integers(-1, 2, len(votes))
    changed = opinion_map(np.concatenate((earlier, votes)), rng=rng())
    plain = opinion_map(votes, rng=rng())
    assert repr(changed) == repr(plain)
    assert changed.unites[0].voted == (18, 12)


def test_who_has_few_votes_is_counted_and_not_placed() -> None:
    votes = np.pad(camps(18, 12), ((0, 2), (0, 0)), constant_values=np.nan)
    votes[30, :7], votes[31, :6] = votes[0, :7], votes[0, :6]
    found = opinion_map(triples(votes), rng=rng())
    assert (found.participants, found.clustered) == (32, 31)
    assert 30 in found.groups[0].members
    assert np.isfinite(found.positions[30]).all()
    assert np.isnan(found.positions[31]).all()
    assert found.unites[0].voted == (19, 12)


def test_sparse_voters_are_moved_out_again() -> None:
    votes = np.pad(camps(18, 12), ((0, 1), (0, 0)), constant_values=np.nan)
    votes[30, 2:9] = votes[0, 2:9]  # all that parts the camps, 7 of 9
    found = opinion_map(triples(votes), rng=rng())
    # statements 0 and 1 say nothing, so that its place is that of its camp, 9 / 7 in squares further out
    assert found.positions[30, 0] / found.positions[0, 0] == pytest.approx(math.sqrt(9 / 7))


def test_fewer_than_seven_statements_need_all_of_them() -> None:
    votes = camps(15, 15)[:, :5]
    assert opinion_map(triples(votes), rng=rng()).verdict == "2 groups"
    votes[:11, 0] = np.nan
    found = opinion_map(triples(votes), rng=rng())
    assert found.clustered == 19
    assert found.reason == "Groups need 20 people with votes on at least 5 statements; so far there are 19."


# ---------------------------------------------------------------- the gate


@pytest.mark.parametrize(
    ("votes", "reason"),
    [
        (np.empty((0, 3)), "so far there are 0"),
        ([(0, 0, 1)], "so far there is 1"),
        (triples(camps(10, 9)), "at least 7 statements; so far there are 19"),
        (triples(camps(24, 4)), "fewer than 5 people"),
        (triples(camps(30, 0)), "fewer than 5 people"),
        (triples(noise(1, 60, 20)), "When people are drawn again"),
    ],
)
def test_no_groups_and_why(votes: Any, reason: str) -> None:
    found = opinion_map(votes, rng=rng())
    assert found.verdict == NO_GROUPS == "no stable groups"
    assert found.groups == found.divides == ()
    assert reason in found.reason


@pytest.mark.parametrize(("first", "second"), [(10, 10), (25, 5)])
def test_twenty_people_and_groups_of_five_will_do(first: int, second: int) -> None:
    found = opinion_map(triples(camps(first, second)), rng=rng())
    assert [len(group.members) for group in found.groups] == [first, second]


def test_what_few_of_a_group_say_is_not_typical_of_it() -> None:
    votes = blurred(np.tile(camps(20, 20)[:, 2:8], 3))
    votes[:, 8] = -1
    votes[:8, 8] = 1  # 8 of 20 against none: other than the rest, and still not what the group says
    one, other = opinion_map(triples(votes), limit=18, rng=rng()).groups
    assert 8 not in [telling.statement for telling in one.typical]
    assert (8, -1) in [(telling.statement, telling.vote) for telling in other.typical]


def test_parting_that_shuffled_votes_have_too_is_chance() -> None:
    # one statement that splits everybody in halves parts them, again and again, whoever is drawn
    found = opinion_map([(person, 0, 1 if person % 2 else -1) for person in range(40)], rng=rng())
    assert found.stability == 1
    assert found.p_value == 1
    assert found.verdict == NO_GROUPS
    assert found.reason.startswith("Of shuffled votes, 100% look as clear")


def test_without_groups_everybody_is_one_group() -> None:
    found = opinion_map(triples(camps(6, 4)), rng=rng())
    assert [(c.statement, c.vote, c.said, c.voted) for c in found.unites] == [
        (0, 1, (10,), (10,)),
        (1, -1, (10,), (10,)),
        (2, 1, (6,), (10,)),
        (3, 1, (6,), (10,)),
        (4, 1, (6,), (10,)),
    ]
    assert math.isnan(found.silhouette)
    assert math.isnan(found.stability)
    assert math.isnan(found.p_value)


def test_a_few_noisy_votes_show_no_groups() -> None:
    assert [opinion_map(triples(noise(seed, 40, 15)), rng=rng(seed)).verdict for seed in range(6)] == [
        NO_GROUPS
    ] * 6


@pytest.mark.slow
@pytest.mark.parametrize(("people", "statements"), [(200, 30), (60, 20), (30, 20)])
def test_noise_shows_no_groups(people: int, statements: int) -> None:
    false = sum(
        bool(opinion_map(triples(noise(seed, people, statements)), rng=rng(seed)).groups)
        for seed in range(100)
    )
    assert false <= 5


# ---------------------------------------------------------------- an oracle


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


def test_consensus_is_that_of_the_oracle() -> None:
    found = oracle_map()
    assert adjusted_rand(labels_of(found, 200), oracle()["labels"]) == 1
    for common in found.unites:
        side = "agree" if common.vote == 1 else "disagree"
        assert common.consensus == pytest.approx(oracle()["consensus"][side][common.statement], abs=1e-6)
    assert {common.statement for common in found.unites} >= set(range(6))  # as planted


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


def test_one_seed_gives_one_map_and_others_the_same_groups() -> None:
    votes = blurred(camps(24, 16))
    first, again, other = (opinion_map(triples(votes), rng=rng(seed)) for seed in (1, 1, 2))
    assert first.verdict == "2 groups"
    assert repr(first) == repr(again)
    assert (first.positions == again.positions).all()
    assert (labels_of(first, 40) == labels_of(other, 40)).all()


def test_neither_order_of_people_nor_wording_matters() -> None:
    votes = blurred(camps(24, 16))
    order = rng(3).permutation(40)
    turned = votes[order].copy()
    turned[:, ::2] *= -1  # every other statement is worded the other way round
    plain, found = opinion_map(triples(votes), rng=rng()), opinion_map(triples(turned), rng=rng())
    assert (labels_of(found, 40) == labels_of(plain, 40)[order]).all()
    assert found.divides[0].spread == pytest.approx(plain.divides[0].spread)


ballots = st.lists(
    st.tuples(st.integers(0, 25), st.integers(0, 8), st.sampled_from([-1, 0, 1])), max_size=200
)


@given(ballots, st.integers(0, 3))
@settings(max_examples=30, deadline=None)
def test_any_votes_give_a_map_that_adds_up(votes: list[tuple[int, int, int]], seed: int) -> None:
    found = opinion_map(votes, rng=rng(seed))
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
        lambda votes: opinion_map(votes, rng=rng()),
        lambda votes: next_statement([], votes, [0], rng=rng()),
    ],
)
def test_bad_votes_are_refused(votes: Any, message: str, call: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=message):
        call(votes)
