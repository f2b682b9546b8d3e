"""Clusters: cases done by hand, slow definitions, planted clusters, properties."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.cluster.vq import kmeans2

from governance.opinions.clusters import adjusted_rand, k_means, silhouettes

labels = st.lists(st.integers(0, 3), min_size=2, max_size=25)
coordinates = st.tuples(st.integers(-5, 5), st.integers(-5, 5))


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


# ---------------------------------------------------------------- by hand


def test_two_heaps_on_a_line() -> None:
    own, centres = k_means([[0.0], [1], [10], [11], [12]], 2, rng=rng())
    assert sorted(centres[:, 0]) == [0.5, 11]
    assert [centres[label, 0] for label in own] == [0.5, 0.5, 11, 11, 11]


def test_one_cluster_is_the_mean_and_as_many_as_points_are_the_points() -> None:
    points = np.array([[0.0, 0], [4, 0], [0, 8]])
    own, centres = k_means(points, 1, rng=rng())
    assert own.tolist() == [0, 0, 0]
    assert centres[0] == pytest.approx([4 / 3, 8 / 3])
    own, centres = k_means(points, 3, rng=rng())
    assert centres[own].tolist() == points.tolist()


def test_points_on_top_of_each_other_do_not_fill_two_clusters() -> None:
    own, centres = k_means(np.ones((6, 2)), 2, rng=rng())
    assert len(set(own)) == 1
    assert (centres == 1).all()


def test_silhouette_by_hand() -> None:
    # 0: a = 1, b = 5, 1 - 1/5; 1: a = 1, b = 4, 1 - 1/4; the point alone at 5 counts as 0
    got = silhouettes([[0.0], [1], [5]], [np.array([0, 0, 1]), np.array([7, 7, 2]), np.array([0, 0, 0])])
    assert got[:2] == pytest.approx([(0.8 + 0.75 + 0) / 3] * 2)
    assert math.isnan(got[2])
    assert silhouettes(np.ones((4, 2)), [np.array([0, 0, 1, 1])]) == [0]


def test_adjusted_rand_by_hand() -> None:
    # together in both: 2 pairs; in one: 6, in the other: 3; expected 6 x 3 / 15 = 1.2
    assert adjusted_rand([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 2, 2]) == pytest.approx((2 - 1.2) / (4.5 - 1.2))
    assert adjusted_rand([0, 0, 1, 1], [0, 1, 0, 1]) == pytest.approx((0 - 2 / 3) / (2 - 2 / 3))


def test_adjusted_rand_where_nothing_is_parted() -> None:
    assert adjusted_rand([0, 0, 0], [5, 5, 5]) == 1
    assert adjusted_rand([0, 1, 2], [2, 1, 0]) == 1
    assert adjusted_rand([0, 1, 2], [0, 0, 0]) == 0
    assert adjusted_rand([0], [0]) == 1
    assert math.isnan(adjusted_rand([], []))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: k_means([[0.0], [1]], 3, rng=rng()), "between 1 and 2"),
        (lambda: k_means([[0.0], [1]], 0, rng=rng()), "between 1 and 2"),
        (lambda: k_means([[0.0], [math.nan]], 1, rng=rng()), "finite"),
        (lambda: k_means([0.0, 1], 1, rng=rng()), "rows of finite numbers"),
        (lambda: silhouettes([[math.inf]], []), "finite"),
        (lambda: adjusted_rand([1, 2], [1]), "2 points can't be compared with 1"),
    ],
)
def test_bad_input_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# ---------------------------------------------------------------- slow definitions


@given(st.lists(coordinates, min_size=2, max_size=12), st.data())
def test_silhouettes_are_what_their_definition_says(points: list, data: st.DataObject) -> None:
    own = data.draw(st.lists(st.integers(0, 2), min_size=len(points), max_size=len(points)))
    if len(set(own)) < 2:
        return
    scores = []
    for i, point in enumerate(points):
        means = {
            label: [math.dist(point, other) for j, other in enumerate(points) if own[j] == label and j != i]
            for label in set(own)
        }
        inside = means.pop(own[i])
        if not inside:
            scores.append(0.0)
            continue
        a, b = sum(inside) / len(inside), min(sum(away) / len(away) for away in means.values())
        scores.append((b - a) / max(a, b) if max(a, b) else 0.0)
    got = silhouettes(points, [np.array(own)])[0]
    assert got == pytest.approx(sum(scores) / len(scores), abs=1e-6)
    assert -1 <= got <= 1


@given(labels, st.data())
def test_adjusted_rand_counts_pairs(one: list[int], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.integers(0, 3), min_size=len(one), max_size=len(one)))
    pairs = list(itertools.combinations(range(len(one)), 2))
    in_one = [one[i] == one[j] for i, j in pairs]
    in_other = [other[i] == other[j] for i, j in pairs]
    both = sum(map(lambda a, b: a and b, in_one, in_other))
    expected, most = sum(in_one) * sum(in_other) / len(pairs), (sum(in_one) + sum(in_other)) / 2
    wanted = 1.0 if most == expected else (both - expected) / (most - expected)
    assert adjusted_rand(one, other) == pytest.approx(wanted)
    assert adjusted_rand(other, one) == pytest.approx(wanted)
    assert adjusted_rand(one, [9 - label for label in one]) == 1


@pytest.mark.parametrize("seed", range(5))
def test_k_means_finds_the_best_parting_of_few_points(seed: int) -> None:
    points = rng(seed).normal(size=(8, 2))
    least = min(
        sum(
            ((points[chosen] - points[chosen].mean(axis=0)) ** 2).sum()
            for chosen in (np.array(sides) == side for side in (0, 1))
            if chosen.any()
        )
        for sides in itertools.product((0, 1), repeat=8)
    )
    own, centres = k_means(points, 2, polish=True, rng=rng())
    assert ((points - centres[own]) ** 2).sum() == pytest.approx(least)


def test_k_means_ends_where_a_hundred_starts_of_another_end() -> None:
    points = np.concatenate([rng(6).normal(size=(150, 2)) * (3, 1), rng(7).normal(2, 1, (80, 2))])
    for k in (2, 3, 4, 5):
        own, centres = k_means(points, k, starts=48, polish=True, rng=rng(k))
        left = ((points - centres[own]) ** 2).sum()
        theirs = [kmeans2(points, k, minit="++", rng=seed)[0] for seed in range(100)]
        least = min(((points[:, None] - each) ** 2).sum(axis=2).min(axis=1).sum() for each in theirs)
        assert left <= least * (1 + 1e-9)


def test_a_point_of_weight_two_is_two_points() -> None:
    points = np.array([[0.0], [1], [10], [11], [12]])
    _, centres = k_means(points, 2, weights=[1, 3, 1, 1, 2], rng=rng())
    assert sorted(centres[:, 0]) == pytest.approx([0.75, 11.25])
    heavy, _ = k_means(points, 2, weights=[1, 3, 1, 1, 2], polish=True, rng=rng())
    assert adjusted_rand(heavy, [0, 0, 1, 1, 1]) == 1


# ---------------------------------------------------------------- properties


@given(st.lists(coordinates, min_size=1, max_size=30), st.integers(1, 5), st.integers(0, 9), st.booleans())
def test_everybody_is_in_the_nearest_cluster(points: list, k: int, seed: int, polish: bool) -> None:
    k = min(k, len(points))
    own, centres = k_means(points, k, polish=polish, rng=rng(seed))
    away = ((np.array(points, dtype=float)[:, None] - centres) ** 2).sum(axis=2)
    assert away[np.arange(len(points)), own] == pytest.approx(away.min(axis=1), abs=1e-9)
    for label in set(own.tolist()):
        assert centres[label] == pytest.approx(np.array(points)[own == label].mean(axis=0))


def test_planted_clusters_are_found_and_told_apart() -> None:
    planted = np.repeat(range(5), [40, 30, 20, 10, 5])
    points = np.array([[0, 0], [9, 0], [0, 9], [9, 9], [20, 20]])[planted] + rng(3).normal(size=(105, 2))
    own, _ = k_means(points, 5, starts=8, rng=rng())
    assert adjusted_rand(own, planted) == 1
    clear = silhouettes(points, [k_means(points, k, starts=8, rng=rng())[0] for k in (2, 3, 4, 5, 6)])
    assert np.argmax(clear) == 3


def test_chance_agrees_by_nothing_and_one_seed_with_itself() -> None:
    source = rng(2)
    drawn = [adjusted_rand(source.integers(0, 3, 50), source.integers(0, 4, 50)) for _ in range(400)]
    assert np.mean(drawn) == pytest.approx(0, abs=0.01)
    points = source.normal(size=(60, 2))
    assert (k_means(points, 4, rng=rng(7))[0] == k_means(points, 4, rng=rng(7))[0]).all()
