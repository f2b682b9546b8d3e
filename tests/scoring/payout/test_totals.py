"""Totals over rounds are the sums of their payouts."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from scoring.payout import CLIP_ORDERS, payout_totals, payouts
from tests.scoring.payout.by_hand import INSIDE, clips, factors, multipliers, shares, stakes, unhurried
from tests.scoring.sentences import without_places

# ---------------------------------------------------------------- totals over rounds


def check_totals(
    scores: np.ndarray,
    rules: np.ndarray,
    stake: ArrayLike,
    *,
    factor: ArrayLike = 1.0,
    clip: ArrayLike = 0.05,
) -> np.ndarray:
    """Totals in both orders beside the sums of single payouts; hands back those with the factor inside."""
    found = {}
    for order in CLIP_ORDERS:
        paid = np.stack(
            [payouts(scores, rule, stake, factor=factor, clip=clip, clip_order=order) for rule in rules]
        )
        found[order] = payout_totals(scores, rules, stake, factor=factor, clip=clip, clip_order=order)
        size = np.nansum(np.abs(paid), axis=1).max(initial=1e-9)
        np.testing.assert_allclose(found[order], np.nansum(paid, axis=1), rtol=1e-9, atol=1e-12 * size)
    return found[INSIDE]


def test_totals_by_hand() -> None:
    scores = [[[0.01, 0.02], [0.04, 0.04]], [[-0.02, 0.01], [0.0, -0.01]]]  # two rounds of two models
    got = payout_totals(scores, [[1, 3], [2, 1], [0, 0]], [[100, 10], [200, 10]], clip=0.05)
    # 1C3T: .07 clipped, .01 | .16 clipped, -.03; 2C1T: .04, -.03 | .12 clipped, -.01
    np.testing.assert_allclose(got, [[5 + 2, 0.5 - 0.3], [4 - 6, 0.5 - 0.1], [0, 0]], atol=1e-15)
    one_stake = payout_totals(scores, [[2, 1]], 100, factor=[[0.5], [1]], clip=[[0.01], [math.inf]])
    np.testing.assert_allclose(one_stake, [[1 - 3, 1 - 1]], atol=1e-15)


@pytest.mark.parametrize(
    ("rounds", "models", "rules"),
    [(1, 1, 1), (7, 5, 3), (3, 3000, 2), (3000, 3, 60), (131_073, 2, 2), (40, 30, 120)],
)
def test_totals_of_any_size_are_the_sums_of_payouts(rounds: int, models: int, rules: int) -> None:
    # the sizes cut the work in every way: by rules, by models, and a single record too long for a piece
    rng = np.random.default_rng(rounds)
    scores = rng.normal(0, 0.05, (rounds, models, 2))
    scores[rng.random(scores.shape) < 0.1] = np.nan
    weights = rng.integers(0, 4, (rules, 2)).astype(float)
    factor = rng.uniform(0.3, 1, (rounds, 1))
    factor[rng.random(rounds) < 0.05] = np.nan
    check_totals(scores, weights, rng.exponential(50, (rounds, models)), factor=factor, clip=0.1)


def test_totals_of_rules_that_miss_different_scores() -> None:
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 0.05, (20, 6, 3))
    scores[rng.random(scores.shape) < 0.3] = np.nan
    scores[:, 0] = np.nan
    rules = np.array(list(itertools.product([0, 1, 2.5], repeat=3)))
    totals = check_totals(scores, rules, rng.exponential(50, (20, 6)))
    assert not totals[:, 0].any()
    assert totals[1:, 1:].all()


def test_totals_where_the_clip_differs_by_round_by_model_or_is_none() -> None:
    rng = np.random.default_rng(8)
    scores, stake = rng.normal(0, 0.2, (30, 4, 2)), rng.exponential(50, (30, 4))
    rules, several = np.array([[1.0, 3.0], [2.0, 1.0], [0.0, 9.0]]), np.array([0.05, 0.25, 1.0, np.inf])
    by_round, by_cell = rng.choice(several, (30, 1)), rng.choice(several, (30, 4))
    for clip in (0.05, np.inf, by_round, by_cell, several):
        check_totals(scores, rules, stake, factor=rng.uniform(0.3, 1, (30, 4)), clip=clip)
    no_clip = payout_totals(scores, rules, stake, clip=np.inf)
    np.testing.assert_allclose(no_clip, np.einsum("rnk,pk,rn->pn", scores, rules, stake))


def test_totals_of_nothing() -> None:
    assert payout_totals(np.zeros((4, 0, 2)), [[1, 3]], 10).shape == (1, 0)
    assert payout_totals(np.zeros((4, 3, 2)), np.zeros((0, 2)), 10).shape == (0, 3)
    np.testing.assert_array_equal(payout_totals(np.zeros((0, 3, 2)), [[1, 3]], 10), np.zeros((1, 3)))


def test_totals_leave_what_is_passed_in_as_it_was() -> None:
    arrays = [
        np.array([[[0.4, np.nan]], [[0.1, -0.2]]]),
        np.array([[1.0, 0.0], [1.0, 2.0]]),
        np.array([[10.0]]),
    ]
    factor, clip = np.array([[np.nan], [0.5]]), np.array([[0.25], [np.inf]])
    copies = [array.copy() for array in (*arrays, factor, clip)]
    for order in CLIP_ORDERS:
        payout_totals(*arrays, factor=factor, clip=clip, clip_order=order)
    for array, copy in zip((*arrays, factor, clip), copies, strict=True):
        np.testing.assert_array_equal(array, copy)


@unhurried
@given(
    st.lists(st.tuples(shares, shares, stakes, factors, clips), min_size=1, max_size=12),
    st.lists(st.tuples(multipliers, multipliers), min_size=1, max_size=4),
)
def test_totals_of_one_model_are_the_sum_of_its_payouts(
    rows: list[tuple[float, float, float, float, float]], rules: list[tuple[float, float]]
) -> None:
    corr, tc, stake, factor, clip = (np.array(column)[:, None] for column in zip(*rows, strict=True))
    check_totals(np.stack([corr, tc], axis=-1), np.array(rules), stake, factor=factor, clip=clip)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"scores": "none"}, "The scores must be numbers."),
        (
            {"scores": [[0.1, 0.2]]},
            "Totals need scores by round, model and kind, and multipliers by rule and kind.",
        ),
        (
            {"multipliers": [1, 3]},
            "Totals need scores by round, model and kind, and multipliers by rule and kind.",
        ),
        ({"multipliers": [[1, 2, 3]]}, "3 multipliers do not fit 2 scores."),
        ({"multipliers": [[1, -3]]}, "Multipliers must be numbers of 0 or more."),
        ({"scores": np.zeros((3, 4, 0))}, "A payout needs at least one score."),
        (
            {"scores": np.full((3, 4, 2), np.inf)},
            "A score must be a finite number, or NaN where it is missing.",
        ),
        ({"stake": -1}, "A stake must be a number of 0 NMR or more."),
        ({"factor": -1}, "A payout factor must be a number of 0 or more."),
        ({"clip": 0}, "A clip must be above 0."),
        ({"clip_order": "inside"}, "The clip order is one of factor_inside_clip and factor_outside_clip."),
        (
            {"stake": np.ones((5, 3, 4))},
            "The stake, the payout factor and the clip must be given by round and model.",
        ),
        (
            {"stake": np.ones(3)},
            "The shapes do not fit each other: scores (3, 4), stake (3,), factor (), clip ().",
        ),
    ],
)
def test_totals_of_nonsense_get_a_sentence(changed: dict[str, object], words: str) -> None:
    asked: dict = {"scores": np.zeros((3, 4, 2)), "multipliers": [[1, 3]], "stake": 100} | changed
    positional = [asked.pop(name) for name in ("scores", "multipliers", "stake")]
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        payout_totals(*positional, **asked)
    assert without_places(caught.value) == words
