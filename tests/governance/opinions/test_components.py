"""Principal components of votes: by hand, against the singular values of numpy, and in awkward cases."""

import math

import numpy as np
import pytest

from governance.opinions.components import axes, directions, place
from tests.governance.opinions.votes import rng


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
    for seed, (people, statements) in enumerate([(30, 8)] * 10 + [(60, 30), (20, 70), (300, 130), (90, 24)]):
        votes = noise(seed, people, statements)
        mean, loadings = axes(votes)
        assert loadings.T @ loadings == pytest.approx(np.eye(2), abs=1e-12)
        assert (loadings.sum(axis=0) >= 0).all()
        centred = np.where(np.isnan(votes), 0, votes - mean)
        longest = np.linalg.svd(centred, compute_uv=False)[:2]
        assert np.linalg.norm(centred @ loadings, axis=0) == pytest.approx(longest)


def test_a_row_of_weight_two_is_two_rows() -> None:
    votes = noise(3, 40, 30)
    times = rng(4).integers(1, 4, 40)
    mean, loadings = axes(votes, times)
    repeated_mean, repeated = axes(np.repeat(votes, times, axis=0))
    assert mean == pytest.approx(repeated_mean)
    assert abs(loadings.T @ repeated) == pytest.approx(np.eye(2), abs=1e-3)


@pytest.mark.parametrize("size", [5, 24, 25, 64, 65, 130])
def test_what_has_one_direction_has_one(size: int) -> None:
    found = directions(np.outer(np.linspace(-1, 1, 50), np.ones(size)))
    assert found[:, 0] == pytest.approx(np.full(size, 1 / math.sqrt(size)))
    assert (found[:, 1] == 0).all()
    assert (directions(np.zeros((50, size))) == 0).all()


def test_two_directions_of_one_length_are_both_found() -> None:
    rows = np.zeros((100, 60))
    rows[:50, 7], rows[50:, 31] = 1, 1
    rows[:, 50] = 0.1
    found = directions(rows)
    assert found.T @ found == pytest.approx(np.eye(2), abs=1e-9)
    assert np.linalg.norm(rows @ found, axis=0) == pytest.approx(
        np.linalg.svd(rows, compute_uv=False)[:2], rel=1e-6
    )
