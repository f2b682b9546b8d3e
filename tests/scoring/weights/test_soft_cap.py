"""Caps by degrees of likeness: by hand, against the caps they contain, and as they hold for all."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.sparse import csr_array, eye_array

from scoring.weighting import cap_weights, split_gain
from scoring.weights.cluster_cap import cluster_cap_weights
from scoring.weights.soft_cap import smallest_soft_cap, soft_cap_weights
from tests.scoring.weighting_cases import amounts, unhurried

pytestmark = pytest.mark.slow

HELD = [5.0, 3, 1.5, 0.5]
PAIR = [[1, 0.8, 0, 0], [0.8, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]  # the two largest are alike

SOLVED_TO = 1e-6  # of all weight, among weights that differ by up to 10⁸


def drawn(seed: int, holders: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    series = draw.normal(size=(30, holders)) + 1.2 * draw.normal(size=(30, 1))
    return np.corrcoef(series.T)


def test_the_smallest_cap_by_hand() -> None:
    assert smallest_soft_cap([1, 1, 1, 1], np.eye(4)) == pytest.approx(0.25)
    # x each of the pair, y of the others: 1.8 x = y and 2 x + 2 y = 1
    assert smallest_soft_cap([1, 2, 3, 4], PAIR) == pytest.approx(1.8 / 5.6)
    assert smallest_soft_cap([1, 2], [[1, 1], [1, 1]]) == pytest.approx(1)  # singular, and nothing to do
    assert math.isnan(smallest_soft_cap([0, 0], np.eye(2)))


def test_two_that_are_alike_by_hand() -> None:
    # only .5 + .8 x .3 is above .5: u of row (1, .8) is taken from both in proportion to their weight
    got = soft_cap_weights(HELD, PAIR, 0.5)
    assert got.sum() == pytest.approx(1)
    assert got[0] + 0.8 * got[1] == pytest.approx(0.5)
    level, taken = np.linalg.solve(
        [[1, -(0.5 + 0.3 * 0.8)], [0.5 + 0.8 * 0.3, -(0.5 + 0.8**2 * 0.3)]], [1, 0.5]
    )
    np.testing.assert_allclose(
        got, [0.5 * (level - taken), 0.3 * (level - 0.8 * taken), 0.15 * level, 0.05 * level], rtol=1e-6
    )


def test_against_another_solver() -> None:
    similarity = drawn(3, 12)
    counted = np.where(similarity >= 0.6, similarity, 0.0)
    own = np.random.default_rng(4).pareto(1.2, 12)
    own /= own.sum()
    cap = 1.1 * smallest_soft_cap(own, similarity)
    solved = minimize(
        lambda w: ((w - own) ** 2 / own).sum(),
        np.full(12, 1 / 12),
        jac=lambda w: 2 * (w - own) / own,
        method="SLSQP",
        bounds=[(0, None)] * 12,
        constraints=[
            {"type": "eq", "fun": lambda w: w.sum() - 1},
            {"type": "ineq", "fun": lambda w: cap - counted @ w},
        ],
        options={"ftol": 1e-14, "maxiter": 2000},
    )
    np.testing.assert_allclose(soft_cap_weights(own, similarity, cap), solved.x, atol=1e-5)


@unhurried
@given(st.lists(amounts, min_size=4, max_size=15), st.floats(0.3, 1))
def test_with_nobody_alike_it_is_a_cap(held: list[float], cap: float) -> None:
    apart = np.full((len(held), len(held)), 0.59)
    np.fill_diagonal(apart, 1)
    np.testing.assert_allclose(soft_cap_weights(held, apart, cap), cap_weights(held, cap), atol=SOLVED_TO)


def test_many_caps_that_bind_are_kept_as_a_few_are() -> None:
    """Of 1,600 holders with a cap near a 1,600th nearly all stand at it."""
    held = np.random.default_rng(1).pareto(1.2, 1600) + 0.01
    got = soft_cap_weights(held, eye_array(1600, format="csr"), 1.05 / 1600)
    np.testing.assert_allclose(got, cap_weights(held, 1.05 / 1600), atol=SOLVED_TO)


@unhurried
@given(st.lists(st.tuples(st.sampled_from("abcde"), amounts), min_size=1, max_size=15), st.floats(0.3, 1))
@example([("a", 1.0), ("b", 1.0), ("b", 7.0), ("b", 474328.0)], 0.75)
@example([("a", 1.0), ("b", 0.01), ("c", 71411.0), ("d", 379163.0)], 0.5)
def test_with_clusters_that_are_wholly_alike_it_is_their_cap(
    rows: list[tuple[str, float]], cap: float
) -> None:
    names, held = (np.array(each) for each in zip(*rows, strict=True))
    alike = (names[:, None] == names).astype(float)
    if cap * len(set(names)) < 1 - 1e-6:
        with pytest.raises(ValueError, match=r"^A soft cap of .* can't be kept: .* % is the smallest"):
            soft_cap_weights(held, alike, cap)
    elif cap * len(set(names)) > 1 + 1e-6:
        wanted = cluster_cap_weights(held, names.tolist(), cap)
        np.testing.assert_allclose(soft_cap_weights(held, alike, cap), wanted, atol=SOLVED_TO)


@unhurried
@given(
    st.lists(st.floats(1, 1e4), min_size=2, max_size=12),
    st.integers(0, 20),
    st.floats(1.01, 2),
    st.integers(2, 6),
)
@example([1.0, 1.0, 2.0, 4.0], 2, 1.03125, 6)
def test_it_adds_up_holds_and_clones_gain_nothing(
    held: list[float], seed: int, above: float, parts: int
) -> None:
    similarity = drawn(seed, len(held))
    cap = min(1.0, above * smallest_soft_cap(held, similarity))

    def scheme(stakes: np.ndarray) -> np.ndarray:
        every = [*range(len(held)), *[0] * (stakes.size - len(held))]
        return soft_cap_weights(stakes, similarity[np.ix_(every, every)], cap)

    got = scheme(np.array(held))
    assert got.sum() == pytest.approx(1)
    assert (got >= 0).all()
    assert (np.where(similarity >= 0.6, similarity, 0) @ got).max() <= cap * (1 + 1e-5)
    if got[0] > 1e-4:
        assert split_gain(scheme, held, 0, parts) == pytest.approx(1, abs=1e-3)


def test_a_sparse_table_is_the_table() -> None:
    similarity = drawn(5, 14)
    sparse = csr_array(np.where(similarity >= 0.6, similarity, 0.0))
    held = np.random.default_rng(6).pareto(1.2, 14)
    held[3] = 0
    least = smallest_soft_cap(held, similarity)
    assert smallest_soft_cap(held, sparse) == pytest.approx(least)
    for cap in (1.02 * least, 2 * least, 1.0):
        found = soft_cap_weights(held, sparse, min(cap, 1))
        np.testing.assert_allclose(found, soft_cap_weights(held, similarity, min(cap, 1)), atol=SOLVED_TO)
    for bad, sentence in (
        (np.diag([1.0, 0.5]), "Everybody must have a similarity of 1 with themselves"),
        ([[1, 0.7], [0, 1]], "A similarity must be the same in both directions."),
        ([[1, 2.0], [2, 1]], "A similarity must be a correlation between -1 and 1."),
        (np.eye(3), "The similarity must be a table of 2 x 2 correlations."),
    ):
        with pytest.raises(ValueError, match=f"^{sentence}"):
            soft_cap_weights([1, 2], csr_array(bad), 0.5)
    with pytest.raises(ValueError, match=r"^Of 500 holders 124,750 pairs are alike, more than the 100,000"):
        soft_cap_weights(np.ones(500), csr_array(np.ones((500, 500))), 0.5)


def test_what_is_below_the_threshold_or_opposite_counts_for_nothing() -> None:
    held, opposite = [6.0, 3, 1], np.array([[1, -1, 0.5], [-1, 1, 0], [0.5, 0, 1]])
    np.testing.assert_allclose(soft_cap_weights(held, opposite, 0.4), cap_weights(held, 0.4), atol=SOLVED_TO)
    # at .5 the first counts half of the third: w1 + w3 / 2 is .45
    got = soft_cap_weights(held, opposite, 0.45, alike=0.5)
    assert got[0] + got[2] / 2 == pytest.approx(0.45)


def test_nobody_and_what_is_refused() -> None:
    assert all(map(math.isnan, soft_cap_weights([0, 0], np.eye(2), 0.5)))
    got = soft_cap_weights([1, 0, 1, 1], np.eye(4), 0.4)
    assert got[1] == 0
    many = np.ones((500, 500))
    for weights, similarity, cap, sentence in (
        ([1, 2], np.eye(2), 0.0, "A cap must be a share above 0 and at most 1."),
        ([1, 2], np.eye(3), 0.5, "The similarity must be a table of 2 x 2 correlations."),
        ([1, 2], [[1, np.nan], [np.nan, 1]], 0.5, "A similarity must be a correlation between -1 and 1"),
        ([1, 2], [[1, 0.2], [0.3, 1]], 0.5, "A similarity must be the same in both directions"),
        ([1, 2], [[2, 0], [0, 1]], 0.5, "A similarity must be a correlation between -1 and 1"),
        ([1, 2], np.zeros((2, 2)), 0.5, "Everybody must have a similarity of 1 with themselves"),
        ([1, 2], np.ones((2, 2)), 0.6, "A soft cap of 60 % can't be kept: with who is like whom here, 100 %"),
        (HELD, PAIR, 0.32, "A soft cap of 32 % can't be kept: with who is like whom here, 32.143 % is the"),
        (np.ones(500), many, 0.5, "Of 500 holders 124,750 pairs are alike, more than the 100,000"),
        ([1, np.inf], np.eye(2), 0.5, "A weight must be a finite number of 0 or more"),
    ):
        with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
            soft_cap_weights(weights, similarity, cap)
        assert str(refused.value).startswith(sentence)
    with pytest.raises(ValueError, match=r"^Holders are alike from a correlation above 0"):
        soft_cap_weights([1, 2], np.eye(2), 0.5, alike=0)


def test_the_other_schemes_need_no_solver() -> None:
    script = (
        "import sys; sys.modules['clarabel'] = None\n"
        "from scoring.schemes import SCHEMES, KnownOfHolders\nimport numpy as np\n"
        "print(SCHEMES['cap'].with_share(.5).weigh(np.array([3., 1, 1]), KnownOfHolders()))\n"
        "assert 'scipy' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
