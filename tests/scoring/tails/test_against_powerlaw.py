"""Fits, comparisons and drawn laws against the package powerlaw."""

import warnings
from types import ModuleType

import numpy as np
import pytest

from scoring.tails import (
    ALTERNATIVES,
    compare_tail,
    fit_power_law,
    tail_survival,
)
from tests.scoring.tails.samples import LAWS, published, samples, stakes

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def powerlaw() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the package and of what it imports
        return pytest.importorskip(
            "powerlaw", reason="NOT CHECKED against the package powerlaw: pip install powerlaw==2.0.0"
        )


its_own_warnings = pytest.mark.filterwarnings("ignore")  # the package and what it computes with


# ---------------------------------------------------------------- another package


@its_own_warnings
@pytest.mark.parametrize("name", ["cities", "blackouts", "power law", "lognormal", "many ties"])
def test_fits_agree_with_another_package(powerlaw: ModuleType, name: str) -> None:
    values = samples()[name]
    values = values[:: max(1, values.size // 1000)]  # cities are 19,447, and its search is slow
    fit, other = fit_power_law(values), powerlaw.Fit(values, discrete=False, verbose=0).power_law
    assert fit.xmin == other.xmin
    assert fit.alpha == pytest.approx(other.alpha, rel=1e-10)
    assert fit.ks_distance == pytest.approx(other.D, abs=1e-12)
    assert fit.alpha_se == pytest.approx(other.standard_err, rel=1e-10)


@its_own_warnings
@pytest.mark.parametrize("unit", ["model", "account", "apart"])
def test_fits_of_stakes_agree_with_another_package(powerlaw: ModuleType, unit: str) -> None:
    """Where we start, and at starts all over the stakes, of which none may fit better; its search is slow."""
    values = stakes(unit)
    fit = fit_power_law(values)
    other = powerlaw.Fit(values, discrete=False, xmin=fit.xmin, verbose=0).power_law
    assert (fit.alpha, fit.ks_distance) == pytest.approx((other.alpha, other.D), rel=1e-10)
    for xmin in np.unique(values)[:-1:50]:
        distance = powerlaw.Fit(values, discrete=False, xmin=xmin, verbose=0).power_law.D
        assert distance >= fit.ks_distance - 1e-12
    some = values[:: max(1, values.size // 600)]
    fit, other = fit_power_law(some), powerlaw.Fit(some, discrete=False, verbose=0).power_law
    assert (fit.xmin, fit.alpha) == (other.xmin, pytest.approx(other.alpha, rel=1e-10))


@its_own_warnings
def test_discrete_fit_agrees_with_another_package(powerlaw: ModuleType) -> None:
    fit = fit_power_law(published("words"), discrete=True)
    other = powerlaw.Fit(published("words"), discrete=True, verbose=0).power_law
    assert fit.xmin == other.xmin
    assert fit.alpha == pytest.approx(other.alpha, abs=2e-5)  # it stops its search there


@its_own_warnings
@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize(
    "name", ["cities", "blackouts", "stakes by model", "stakes by account, one guess apart"]
)
def test_comparisons_agree_with_another_package(powerlaw: ModuleType, name: str, alternative: str) -> None:
    values = samples()[name]
    fit = fit_power_law(values)
    other = powerlaw.Fit(values, discrete=False, xmin=fit.xmin, verbose=0)
    ratio, p = other.distribution_compare("power_law", alternative)
    got = compare_tail(values, fit, alternative)
    assert got.log_likelihood_ratio == pytest.approx(ratio, abs=2e-4)
    assert got.p_value == pytest.approx(p, rel=0.06, abs=1e-4)


@its_own_warnings
@pytest.mark.parametrize("alternative", ALTERNATIVES)
@pytest.mark.parametrize("name", ["planted", "stakes by account"])
def test_what_another_package_cannot_tell_apart_is_not_told_apart(
    powerlaw: ModuleType, name: str, alternative: str
) -> None:
    """Where the power law itself is the best of its rival, the package searches up to its bounds."""
    values = samples()[name]
    fit = fit_power_law(values)
    other = powerlaw.Fit(values, discrete=False, xmin=fit.xmin, verbose=0)
    ratio, p = other.distribution_compare("power_law", alternative)
    got = compare_tail(values, fit, alternative)
    assert got.log_likelihood_ratio == pytest.approx(ratio, abs=0.01)
    if alternative == "lognormal":
        assert (got.log_likelihood_ratio, p > 0.8) == (0, True)
        assert np.isnan(got.p_value)
    else:
        assert (got.p_value < 0.1) == (p < 0.1)


@its_own_warnings
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("name", ["cities", "blackouts", "stakes by model", "lognormal"])
def test_drawn_laws_agree_with_another_package(powerlaw: ModuleType, name: str, law: str) -> None:
    values = samples()[name]
    fit = fit_power_law(values)
    at = np.geomspace(fit.xmin, 3 * values.max(), 60)
    other = getattr(powerlaw.Fit(values, discrete=False, xmin=fit.xmin, verbose=0), law)
    np.testing.assert_allclose(tail_survival(values, fit, law, at), other.ccdf(at), atol=1e-3)
