"""Spearman's correlation alone: that of the whole association, and scipy's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from scoring.stakes.association import rank_association, spearman

values = st.lists(
    st.tuples(st.integers(1, 6), st.integers(-3, 3)) | st.tuples(st.floats(0.01, 1e4), st.floats(-1, 1)),
    min_size=3,
    max_size=70,
)


@given(values)
def test_it_is_that_of_the_association_and_of_scipy(pairs: list[tuple[float, float]]) -> None:
    stakes, scores = np.array(pairs, dtype=np.float64).T
    rng = np.random.default_rng(1)
    whole = rank_association(stakes, scores, permutations=1, rng=rng).spearman
    np.testing.assert_allclose(spearman(stakes, scores), whole, rtol=1e-12, atol=1e-15)
    if not math.isnan(whole):
        assert spearman(stakes, scores) == pytest.approx(stats.spearmanr(stakes, scores)[0], abs=1e-9)


def test_it_has_the_edges_of_the_association() -> None:
    assert math.isnan(spearman([1, 2], [0.1, 0.2]))
    assert math.isnan(spearman([1, 1, 1], [0.1, 0.2, 0.3]))
    with pytest.raises(ValueError, match="A stake must be a finite number above 0"):
        spearman([0, 1, 2], [0.1, 0.2, 0.3])
