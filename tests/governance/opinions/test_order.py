"""People and statements in an order of their own: the same however they come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.opinions.order import own_order
from tests.governance.opinions.votes import rng

matrices = st.integers(0, 9).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([1.0, -1.0, 0.0, np.nan]), min_size=width, max_size=width), max_size=12
    ).map(lambda rows: np.array(rows, dtype=float).reshape(len(rows), width))
)


def ordered(votes: np.ndarray) -> np.ndarray:
    return votes[np.ix_(*own_order(votes))]


@given(matrices)
def test_nobody_is_lost(votes: np.ndarray) -> None:
    people, statements = own_order(votes)
    assert sorted(people) == list(range(votes.shape[0]))
    assert sorted(statements) == list(range(votes.shape[1]))


@pytest.mark.parametrize("shape", [(1, 1), (5, 3), (40, 20), (200, 60)])
def test_votes_end_alike_however_they_come(shape: tuple[int, int]) -> None:
    for seed in range(20):
        source = rng(seed)
        votes = source.choice([1.0, -1.0, 0.0, np.nan], shape)
        other = votes[source.permutation(shape[0])][:, source.permutation(shape[1])]
        assert np.array_equal(ordered(other), ordered(votes), equal_nan=True)


def test_a_vote_more_is_another_order_of_other_votes() -> None:
    votes = rng().choice([1.0, -1.0, 0.0, np.nan], (30, 12))
    for vote in (1.0, -1.0, 0.0, np.nan):
        other = votes.copy()
        other[3, 4] = vote
        same = np.array_equal(votes, other, equal_nan=True)
        assert np.array_equal(ordered(votes), ordered(other), equal_nan=True) == same
