"""Groups of voters: what is plain, what is noise, and what is too close to tell."""

import math

import numpy as np
import pytest

from governance.opinions.groups import SMALLEST, STABILITY, part_voters


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def noise(seed: int, people: int, statements: int) -> np.ndarray:
    return rng(seed).choice([1.0, -1.0, 0.0, math.nan], (people, statements), p=[0.35, 0.3, 0.05, 0.3])


def test_plain_groups_are_stable_and_no_chance() -> None:
    votes = np.repeat([[1.0, 1, 1, -1], [-1.0, -1, 1, 1], [1.0, -1, -1, -1]], [9, 7, SMALLEST], axis=0)
    found = part_voters(votes, rng=rng())
    assert sorted(np.bincount(found.labels)) == [SMALLEST, 7, 9]
    assert (found.silhouette, found.stability) == (pytest.approx(1), 1)
    assert (found.stable, found.clear) == (True, True)
    assert found.excess > 3


@pytest.mark.slow
def test_noise_is_not_stable_and_nobody_asks_further() -> None:
    found = [part_voters(noise(seed, 60, 20), rng=rng(seed)) for seed in range(8)]
    # with the axes of everybody it would be 0.74: those who are drawn must find their own
    assert np.median([parting.stability for parting in found]) < 0.3
    assert all(parting.stability < STABILITY and parting.stable is False for parting in found)
    assert all(math.isnan(parting.excess) and parting.clear is None for parting in found)


def test_too_small_groups_are_none() -> None:
    votes = np.repeat([[1.0, 1, 1], [-1.0, -1, 1]], [30, SMALLEST - 1], axis=0)
    found = part_voters(votes, rng=rng())
    assert not found.labels.size
    assert math.isnan(found.silhouette)


def between(seed: int, apart: float) -> np.ndarray:
    """60 people in two halves that differ on 20 statements by so much in their chances to agree."""
    side = np.where(np.arange(60) < 30, 0.5 + apart, 0.5 - apart)[:, None]
    return np.where(rng(seed).random((60, 20)) < side, 1.0, -1.0)


@pytest.mark.slow
def test_near_the_limit_it_is_too_close_to_tell_and_no_other_draw_says_the_opposite() -> None:
    found = {
        seed: [part_voters(between(seed, 0.16), rng=rng(draw)) for draw in range(2)] for seed in (0, 2, 5)
    }
    every = [each for several in found.values() for each in several]
    assert None in {each.stable for each in every}
    assert all(abs(each.stability - STABILITY) < 0.1 for each in every if each.stable is None)
    assert all(each.stability < STABILITY for each in every if each.stable is False)
    assert all({each.stable for each in several} != {True, False} for several in found.values())
    assert part_voters(between(1, 0.4), rng=rng()).stable
