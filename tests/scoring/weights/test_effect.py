"""What other weights change for the meta model: by hand, against the real change, and in simulated rounds."""

import numpy as np
import pytest

from scoring.weights.effect import first_order_in_simulation, meta_model_change

NAN = float("nan")
TWO = np.ones(2)


def test_by_hand() -> None:
    # weights .75 and .25: CORR of the meta model (.03 + .01) / (.75 x .8 + .25 x .4) = .04 / .7
    stakes, corr, alike = [3.0, 1.0], [0.04, 0.04], [0.8, 0.4]
    whole = 0.04 / 0.7
    owed = [0.04 - 0.8 * whole, 0.04 - 0.4 * whole]
    expected = (-0.25 * owed[0] + 0.25 * owed[1]) / 0.7
    assert meta_model_change(stakes, [0.5, 0.5], corr, alike) == pytest.approx(expected)
    assert meta_model_change(stakes, [0.75, 0.25], corr, alike) == pytest.approx(0)
    # one without a score counts neither before nor after; weights need not add up to 1
    more = meta_model_change([*stakes, 50.0], [5.0, 5.0, 3.0], [*corr, NAN], [*alike, 0.5])
    assert more == pytest.approx(expected)


def test_it_is_the_derivative_of_the_real_change() -> None:
    rng = np.random.default_rng(11)
    predictions = rng.standard_normal((400, 12)) + rng.standard_normal((400, 1))
    predictions -= predictions.mean(axis=0)
    predictions /= np.linalg.norm(predictions, axis=0)
    target = predictions @ rng.normal(0.1, 0.1, 12) + rng.standard_normal(400)
    stakes = rng.lognormal(0, 1.5, 12)
    towards = rng.dirichlet(np.ones(12))
    before = stakes / stakes.sum()

    def corr_of(weights: np.ndarray) -> float:
        return float(np.corrcoef(predictions @ weights, target)[0, 1])

    corr = np.array([np.corrcoef(column, target)[0, 1] for column in predictions.T])
    alike = np.array([np.corrcoef(column, predictions @ before)[0, 1] for column in predictions.T])
    step = 1e-5
    after = before + step * (towards - before)
    told = meta_model_change(stakes, after, corr, alike)
    assert told == pytest.approx(corr_of(after) - corr_of(before), rel=1e-3)


@pytest.mark.parametrize(
    ("stakes", "after", "corr", "alike"),
    [
        ([1.0, 1.0], [0.5, 0.5], [NAN, NAN], [0.5, 0.5]),
        ([0.0, 0.0], [0.5, 0.5], [0.1, 0.2], [0.5, 0.5]),
        ([1.0, 1.0], [0.0, 0.0], [0.1, 0.2], [0.5, 0.5]),
        ([1.0, 1.0], [1.0, 0.0], [0.1, 0.2], [0.5, -0.5]),
        ([], [], [], []),
    ],
)
def test_nothing_to_tell(
    stakes: list[float], after: list[float], corr: list[float], alike: list[float]
) -> None:
    assert np.isnan(meta_model_change(stakes, after, corr, alike))


def test_all_in_one_and_ties_everywhere() -> None:
    assert meta_model_change([5.0], [1.0], [0.1], [0.9]) == pytest.approx(0)
    assert meta_model_change([5.0, 0.0], [1.0, 0.0], [0.1, 0.3], [0.9, 0.5]) == pytest.approx(0)
    assert meta_model_change([2.0] * 4, [0.7, 0.1, 0.1, 0.1], [0.02] * 4, [0.5] * 4) == pytest.approx(0)


@pytest.mark.parametrize("clones", [1, 100])
def test_clones_change_nothing_if_they_weigh_what_the_whole_did(clones: int) -> None:
    stakes, corr, alike = [40.0, 60.0], [0.01, 0.03], [0.7, 0.6]
    whole = meta_model_change(stakes, [0.3, 0.7], corr, alike)
    split = meta_model_change(
        [*[40.0 / clones] * clones, 60.0],
        [*[0.3 / clones] * clones, 0.7],
        [*[0.01] * clones, 0.03],
        [*[0.7] * clones, 0.6],
    )
    assert split == pytest.approx(whole)


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^1 weights do not fit 2 stakes\.$"):
        meta_model_change([1, 1], [1], [0.1, 0.1], [0.5, 0.5])
    with pytest.raises(ValueError, match=r"A weight must be a finite number of 0 or more"):
        meta_model_change([1, 1], [-0.5, 1.5], [0.1, 0.1], [0.5, 0.5])
    with pytest.raises(ValueError, match="one CORR, one correlation with the meta model and one stake"):
        meta_model_change([1, 1], [1, 1], [0.1], [0.5])
    rng = np.random.default_rng(1)
    with pytest.raises(ValueError, match="A correlation must be between 0 and 1 here"):
        first_order_in_simulation(_equal, TWO, np.array([0.5, -0.5]), rng=rng)
    with pytest.raises(ValueError, match=r"one correlation and one weight per stake\.$"):
        first_order_in_simulation(_equal, TWO, np.array([0.5]), rng=rng)
    with pytest.raises(ValueError, match="needs a round or more, and 20 stocks or more"):
        first_order_in_simulation(_equal, TWO, np.array([0.5, 0.5]), rng=rng, rounds=0)


def test_the_simulation_says_nothing_of_no_change() -> None:
    stakes, alike = np.array([1.0, 3, 2]), np.array([0.5, 0.6, 0.9])
    same = first_order_in_simulation(
        lambda held: held / held.sum(), stakes, alike, rng=np.random.default_rng(2), rounds=3
    )
    np.testing.assert_allclose(same.first_order, 0, atol=1e-12)
    np.testing.assert_allclose(same.exact, 0, atol=1e-12)


@pytest.mark.slow
def test_the_first_order_is_too_high() -> None:
    """It leaves out that a sum of other length results: the smaller the change, the less that matters."""
    rng = np.random.default_rng(4)
    stakes, alike = rng.lognormal(4, 2, 150), rng.uniform(0.4, 0.95, 150)
    large = first_order_in_simulation(_equal, stakes, alike, rng=np.random.default_rng(5), rounds=60)
    small = first_order_in_simulation(
        lambda held: 0.9 * held / held.sum() + 0.1 * _equal(held),
        stakes, alike, rng=np.random.default_rng(5), rounds=60,
    )  # fmt: skip
    assert 0 < small.too_high < large.too_high / 10
    assert large.r > 0.98


def _equal(held: np.ndarray) -> np.ndarray:
    return np.full(held.size, 1 / held.size)
