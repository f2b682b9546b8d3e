"""Groups of opinions by hand, and where there are none."""

import math
from typing import Any

import numpy as np
import pytest

from governance.opinions.map import NO_GROUPS, opinion_map
from tests.governance.opinions.votes import blurred, camps, rng, triples


def noise(seed: int, people: int, statements: int) -> np.ndarray:
    source = rng(seed)
    votes = np.where(source.random((people, statements)) < source.uniform(0.1, 0.9, statements), 1.0, -1.0)
    votes[source.random(votes.shape) < 0.1] = 0
    votes[source.random(votes.shape) > 0.65] = np.nan
    return votes


# ---------------------------------------------------------------- by hand


@pytest.mark.slow
def test_two_camps_with_every_count() -> None:
    found = opinion_map(triples(camps(18, 12)), limit=3)
    assert (found.participants, found.clustered, found.statements) == (30, 30, 9)
    assert found.verdict == "2 groups"
    assert [group.members for group in found.groups] == [tuple(range(18)), tuple(range(18, 30))]
    assert found.silhouette == pytest.approx(1)
    assert found.stability == 1
    assert found.excess > 10
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


@pytest.mark.slow
def test_the_latest_vote_counts() -> None:
    votes = triples(camps(18, 12))
    earlier = votes.copy()
    earlier[:, 2] = rng().integers(-1, 2, len(votes))
    changed = opinion_map(np.concatenate((earlier, votes)))
    plain = opinion_map(votes)
    assert repr(changed) == repr(plain)
    assert changed.unites[0].voted == (18, 12)


@pytest.mark.slow
def test_who_has_few_votes_is_counted_and_not_placed() -> None:
    votes = np.pad(camps(18, 12), ((0, 2), (0, 0)), constant_values=np.nan)
    votes[30, :7], votes[31, :6] = votes[0, :7], votes[0, :6]
    found = opinion_map(triples(votes))
    assert (found.participants, found.clustered) == (32, 31)
    assert 30 in found.groups[0].members
    assert np.isfinite(found.positions[30]).all()
    assert np.isnan(found.positions[31]).all()
    assert found.unites[0].voted == (19, 12)


@pytest.mark.slow
def test_sparse_voters_are_moved_out_again() -> None:
    votes = np.pad(camps(18, 12), ((0, 1), (0, 0)), constant_values=np.nan)
    votes[30, 2:9] = votes[0, 2:9]  # all that parts the camps, 7 of 9
    found = opinion_map(triples(votes))
    # statements 0 and 1 say nothing, so that its place is that of its camp, 9 / 7 in squares further out
    assert found.positions[30, 0] / found.positions[0, 0] == pytest.approx(math.sqrt(9 / 7))


@pytest.mark.slow
def test_fewer_than_seven_statements_need_all_of_them() -> None:
    votes = camps(15, 15)[:, :5]
    assert opinion_map(triples(votes)).verdict == "2 groups"
    votes[:11, 0] = np.nan
    found = opinion_map(triples(votes))
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
    found = opinion_map(votes)
    assert found.verdict == NO_GROUPS == "no stable groups"
    assert found.groups == found.divides == ()
    assert reason in found.reason


@pytest.mark.parametrize(("first", "second"), [(10, 10), (25, 5)])
def test_twenty_people_and_groups_of_five_will_do(first: int, second: int) -> None:
    found = opinion_map(triples(camps(first, second)))
    assert [len(group.members) for group in found.groups] == [first, second]


@pytest.mark.slow
def test_what_few_of_a_group_say_is_not_typical_of_it() -> None:
    votes = blurred(np.tile(camps(20, 20)[:, 2:8], 3))
    votes[:, 8] = -1
    votes[:8, 8] = 1  # 8 of 20 against none: other than the rest, and still not what the group says
    one, other = sorted(opinion_map(triples(votes), limit=18).groups, key=lambda group: group.members)
    assert 8 not in [telling.statement for telling in one.typical]
    assert (8, -1) in [(telling.statement, telling.vote) for telling in other.typical]


@pytest.mark.slow
def test_parting_that_shuffled_votes_have_too_is_chance() -> None:
    # one statement that splits everybody in halves parts them, again and again, whoever is drawn
    found = opinion_map([(person, 0, 1 if person % 2 else -1) for person in range(40)])
    assert found.stability == 1
    assert found.excess < 0
    assert found.verdict == NO_GROUPS
    assert found.reason == "Votes that are shuffled between people look about as grouped as these."


def test_without_groups_everybody_is_one_group() -> None:
    found = opinion_map(triples(camps(6, 4)))
    assert [(c.statement, c.vote, c.said, c.voted) for c in found.unites] == [
        (0, 1, (10,), (10,)),
        (1, -1, (10,), (10,)),
        (2, 1, (6,), (10,)),
        (3, 1, (6,), (10,)),
        (4, 1, (6,), (10,)),
    ]
    assert math.isnan(found.silhouette)
    assert math.isnan(found.stability)
    assert math.isnan(found.excess)


@pytest.mark.slow
def test_a_few_noisy_votes_show_no_groups() -> None:
    assert [opinion_map(triples(noise(seed, 40, 15))).verdict for seed in range(6)] == [NO_GROUPS] * 6


@pytest.mark.slow
@pytest.mark.parametrize(("people", "statements", "maps"), [(120, 30, 6), (60, 20, 20), (30, 20, 20)])
def test_noise_shows_no_groups(people: int, statements: int, maps: int) -> None:
    false = sum(bool(opinion_map(triples(noise(seed, people, statements))).groups) for seed in range(maps))
    assert false <= maps // 20  # of 60 each, none is
