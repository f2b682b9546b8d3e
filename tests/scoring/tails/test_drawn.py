"""Laws to be drawn."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from scoring.tails import (
    PowerLawFit,
    fit_power_law,
    tail_survival,
)
from tests.scoring.sentences import without_places
from tests.scoring.tails.samples import LAWS, samples

pytestmark = pytest.mark.slow


def test_drawn_laws_by_hand() -> None:
    fit = PowerLawFit(3.0, 2.0, 0.0, 3, 0.5)
    x = [1, 2, 4, 12]  # the tail is 4 above xmin on average
    at = [2, 4, 6, 20]
    np.testing.assert_allclose(tail_survival(x, fit, "power_law", at), [1, 1 / 4, 1 / 9, 1 / 100])
    np.testing.assert_allclose(
        tail_survival(x, fit, "exponential", at), [math.exp(-(value - 2) / 4) for value in at]
    )


@pytest.mark.parametrize("name", ["blackouts", "stakes by model", "lognormal"])
def test_drawn_bent_laws_are_the_integrals_of_those_a_direct_search_finds(name: str) -> None:
    values = samples()[name]
    fit = fit_power_law(values)
    tail = values[values >= fit.xmin]
    at = np.geomspace(fit.xmin, values.max(), 15)
    mean, sd = float(np.log(tail).mean()), 2.0

    def loss(parameters: np.ndarray) -> float:
        middle, spread = parameters[0], math.exp(parameters[1])
        logs = stats.norm.logpdf(np.log(tail), middle, spread)
        return -float((logs - stats.norm.logsf(math.log(fit.xmin), middle, spread)).sum())

    best = optimize.minimize(
        loss,
        [mean, math.log(sd)],
        method="Nelder-Mead",
        options={"maxiter": 4000, "xatol": 1e-8, "fatol": 1e-10},
    ).x
    law = stats.norm(best[0], math.exp(best[1]))
    expected = law.sf(np.log(at)) / law.sf(math.log(fit.xmin))
    np.testing.assert_allclose(tail_survival(values, fit, "lognormal", at), expected, atol=1e-3)


@pytest.mark.parametrize("law", LAWS)
def test_drawn_laws_fall_from_1_to_0(law: str) -> None:
    for name in ("blackouts", "power law", "many ties", "stakes by account"):
        values = samples()[name]
        fit = fit_power_law(values)
        at = np.concatenate(([0.0, fit.xmin / 2], np.geomspace(fit.xmin, 1e40 * values.max(), 300)))
        drawn = tail_survival(values, fit, law, at)
        assert (drawn[:3] == 1).all()
        assert (np.diff(drawn) <= 0).all()
        assert 0 <= drawn[-1] < 1e-6


@given(st.lists(st.integers(1, 500), min_size=2, max_size=40).filter(lambda x: len(set(x)) > 1))
def test_drawn_laws_are_shares_whatever_the_tail(x: list[int]) -> None:
    fit = fit_power_law(x)
    for law in LAWS:
        drawn = tail_survival(x, fit, law, np.geomspace(fit.xmin, max(x), 20))
        assert drawn[0] == 1
        assert ((drawn >= 0) & (drawn <= 1)).all()


def test_without_a_fit_there_is_no_law_to_draw() -> None:
    fit = fit_power_law([1, 1, 1])
    assert np.isnan(tail_survival([1, 1, 1], fit, "lognormal", [1, 2])).all()
    assert tail_survival([1, 1, 1], fit, "lognormal", []).size == 0


@pytest.mark.parametrize(
    ("x", "discrete", "law", "told"),
    [
        (
            [1, 2],
            False,
            "weibull",
            "The law is power_law or one of lognormal, exponential, truncated_power_law.",
        ),
        ([1, 2], True, "lognormal", "Only laws of continuous fits can be drawn."),
        ([0.1, 0.2], False, "lognormal", "The fit belongs to other numbers: none of these is in its tail."),
        ([1, -2], False, "power_law", "A tail needs finite numbers of 0 or more."),
        ([1, math.nan], False, "exponential", "A tail needs finite numbers of 0 or more."),
    ],
)
def test_laws_that_cannot_be_drawn_are_explained(x: list[float], discrete: bool, law: str, told: str) -> None:
    fit = fit_power_law([1, 2, 3], discrete=discrete)
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        tail_survival(x, fit, law, [2])
    assert without_places(caught.value) == told
