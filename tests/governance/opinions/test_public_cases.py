"""Matrices of real Polis conversations: one answer each, and the groups that Polis found."""

import csv
import functools
import math
from pathlib import Path

import numpy as np
import pytest

from governance.opinions.clusters import adjusted_rand
from governance.opinions.groups import part_voters
from governance.opinions.map import OpinionMap, opinion_map
from governance.opinions.order import own_order
from tests.governance.opinions.votes import labels_of, rng, triples

HERE = Path(__file__).parents[2] / "public_cases" / "opinions"
CASES = ("taxes", "biodiversity", "seattle")
VOTES = {"+": 1.0, "-": -1.0, "0": 0.0, ".": math.nan}

pytestmark = pytest.mark.slow


@functools.cache
def conversation(name: str) -> tuple[np.ndarray, np.ndarray]:
    """The group of Polis (-1: none) and the votes of everybody."""
    with (HERE / f"polis_{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    groups = np.array([int(row["polis_group"] or -1) for row in rows])
    return groups, np.array([[VOTES[sign] for sign in row["votes"]] for row in rows])


@functools.cache
def found_in(name: str) -> OpinionMap:
    return opinion_map(triples(conversation(name)[1]))


@pytest.mark.parametrize("name", ["taxes", "biodiversity"])
def test_groups_are_those_of_polis(name: str) -> None:
    groups, votes = conversation(name)
    found = found_in(name)
    own = labels_of(found, len(votes))
    both = (groups >= 0) & (own >= 0)
    assert found.verdict == "2 groups"
    assert both.sum() > 0.6 * len(votes)
    assert adjusted_rand(own[both], groups[both]) >= 0.75


@pytest.mark.parametrize("name", CASES)
def test_a_hundred_ways_to_number_people_and_statements_are_one_matrix(name: str) -> None:
    # whatever follows is made of this matrix alone
    votes = conversation(name)[1]
    people, statements = own_order(votes)
    wanted = votes[np.ix_(people, statements)]
    for seed in range(100):
        source = rng(seed)
        other = votes[source.permutation(votes.shape[0])][:, source.permutation(votes.shape[1])]
        people, statements = own_order(other)
        assert np.array_equal(other[np.ix_(people, statements)], wanted, equal_nan=True)


@pytest.mark.parametrize("name", CASES)
def test_the_same_votes_have_the_same_map(name: str) -> None:
    votes, plain = conversation(name)[1], found_in(name)
    source = rng()
    person, statement = (source.permutation(length) for length in votes.shape)
    found = opinion_map(source.permutation(triples(votes[person][:, statement])))
    assert (found.verdict, found.reason) == (plain.verdict, plain.reason)
    assert (labels_of(found, len(votes)) == labels_of(plain, len(votes))[person]).all()
    measures = (found.silhouette, found.stability, found.excess)
    assert measures == pytest.approx((plain.silhouette, plain.stability, plain.excess), nan_ok=True)


@pytest.mark.parametrize("name", CASES)
def test_other_draws_would_say_the_same(name: str) -> None:
    votes = conversation(name)[1]
    votes = votes[(~np.isnan(votes)).sum(axis=1) >= 7]
    found = [part_voters(votes, rng=rng(seed)) for seed in range(2)]
    assert len({tuple(np.sort(np.bincount(each.labels))) for each in found}) == 1
    assert all(adjusted_rand(found[0].labels, each.labels) == 1 for each in found)
    assert {(each.stable, each.clear) for each in found} <= (
        {(None, True), (None, None), (False, None)} if name == "seattle" else {(True, True)}
    )
