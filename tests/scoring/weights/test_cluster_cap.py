"""Caps on those who belong together, by hand and as they hold for all weights."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.weighting import cap_weights, split_gain
from scoring.weights.cluster_cap import cluster_cap_weights
from tests.scoring.weighting_cases import models, unhurried


def test_by_hand() -> None:
    # clusters of 60, 30 and 10: capped at 40 % they have 40, 40 and 20, split 50 : 10, 30 and 5 : 5 inside
    got = cluster_cap_weights([50, 10, 30, 5, 5], ["a", "a", "b", "c", "c"], 0.4)
    np.testing.assert_allclose(got, [1 / 3, 1 / 15, 0.4, 0.1, 0.1])


def test_alone_in_their_clusters_it_is_a_cap() -> None:
    held = [60.0, 30, 10, 0]
    np.testing.assert_allclose(cluster_cap_weights(held, range(4), 0.4), cap_weights(held, 0.4))


@unhurried
@given(models, st.floats(0.3, 1), st.integers(2, 9))
def test_no_cluster_is_above_the_cap_and_splitting_within_one_gains_nothing(
    rows: list[tuple[str, float]], cap: float, parts: int
) -> None:
    names, held = zip(*rows, strict=True)
    if cap * len(set(names)) < 1 - 1e-9:  # nearer to 1 it is rounding
        with pytest.raises(ValueError, match=r"^A cap of .* is too low: .* clusters with .*\.$"):
            cluster_cap_weights(held, names, cap)
        return
    got = cluster_cap_weights(held, names, cap)
    assert got.sum() == pytest.approx(1)
    totals = {name: sum(got[at] for at, other in enumerate(names) if other == name) for name in names}
    assert max(totals.values()) <= cap * (1 + 1e-9)
    own = np.array(held)
    for name in set(names):
        inside = np.array([other == name for other in names])
        assert (np.diff(got[inside][np.argsort(own[inside])]) >= -1e-15).all()

    def scheme(stakes: np.ndarray) -> np.ndarray:
        return cluster_cap_weights(stakes, [*names, *[names[0]] * (stakes.size - len(names))], cap)

    assert split_gain(scheme, held, 0, parts) == pytest.approx(1)


def test_nobody_and_what_is_refused() -> None:
    assert cluster_cap_weights([], [], 0.5).size == 0
    assert all(map(math.isnan, cluster_cap_weights([0, 0], "ab", 0.5)))
    for weights, clusters, cap, sentence in (
        ([1, 2], "a", 0.5, "1 clusters do not fit 2 weights."),
        ([1, 2], ["a", None], 0.5, "Every weight needs a cluster."),
        ([1, 2], "ab", 0.0, "A cap must be a share above 0 and at most 1."),
        ([1, -2], "ab", 0.5, "A weight must be a finite number of 0 or more"),
        ([1, 2, 3], "aab", 0.4, "A cap of 40 % is too low: 2 clusters with at most that much each"),
    ):
        with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
            cluster_cap_weights(weights, clusters, cap)
        assert str(refused.value).startswith(sentence)
