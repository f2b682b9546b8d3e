"""Groups of voters: axes and places by hand, stability and p on what is plain and what is noise."""

import math

import numpy as np
import pytest

from governance.opinions.groups import SMALLEST, STABILITY, axes, part_voters, place


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def noise(seed: int, people: int, statements: int) -> np.ndarray:
    return rng(seed).choice([1.0, -1.0, 0.0, math.nan], (people, statements), p=[0.35, 0.3, 0.05, 0.3])


def test_axes_and_places_by_hand() -> None:
    # the first two statements go together, the third has one vote, nobody voted on the last
    votes = np.array([[1, 1, math.nan, math.nan], [1, 1, 0, math.nan], [-1, -1, math.nan, math.nan]])
    mean, loadings = axes(votes)
    assert mean == pytest.approx([1 / 3, 1 / 3, 0, 0])
    assert loadings == pytest.approx(np.array([[math.sqrt(0.5), 0]] * 2 + [[0, 0]] * 2))
    at = 2 / 3 * math.sqrt(2)
    places = place(votes, mean, loadings)
    assert places[:, 0] == pytest.approx([at * math.sqrt(3 / 2), at, -2 * at * math.sqrt(3 / 2)])
    assert (places[:, 1] == 0).all()


@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (1, 1), (4, 1), (1, 4)])
def test_what_has_no_two_directions_is_flat(shape: tuple[int, int]) -> None:
    mean, loadings = axes(np.ones(shape))
    assert mean.shape == (shape[1],)
    assert (loadings == np.zeros((shape[1], 2))).all()


def test_axes_are_orthonormal_and_of_one_sign() -> None:
    for seed in range(20):
        votes = noise(seed, 30, 8)
        mean, loadings = axes(votes)
        assert loadings.T @ loadings == pytest.approx(np.eye(2), abs=1e-12)
        assert (loadings.sum(axis=0) >= 0).all()
        centred = np.where(np.isnan(votes), 0, votes - mean)
        longest = np.linalg.svd(centred, compute_uv=False)[:2]
        assert np.linalg.norm(centred @ loadings, axis=0) == pytest.approx(longest)


def test_plain_groups_are_stable_and_no_chance() -> None:
    votes = np.repeat([[1.0, 1, 1, -1], [-1.0, -1, 1, 1], [1.0, -1, -1, -1]], [9, 7, SMALLEST], axis=0)
    found = part_voters(votes, rng=rng())
    assert sorted(np.bincount(found.labels)) == [SMALLEST, 7, 9]
    assert (found.silhouette, found.stability) == (pytest.approx(1), 1)
    assert found.p_value == pytest.approx(1 / 60)


@pytest.mark.slow
def test_noise_is_not_stable_and_nobody_asks_further() -> None:
    found = [part_voters(noise(seed, 60, 20), rng=rng(seed)) for seed in range(8)]
    # with the axes of everybody it would be 0.74: those who are drawn must find their own
    assert np.median([parting.stability for parting in found]) < 0.3
    assert all(parting.stability < STABILITY and math.isnan(parting.p_value) for parting in found)


def test_too_small_groups_are_none() -> None:
    votes = np.repeat([[1.0, 1, 1], [-1.0, -1, 1]], [30, SMALLEST - 1], axis=0)
    found = part_voters(votes, rng=rng())
    assert not found.labels.size
    assert math.isnan(found.silhouette)
