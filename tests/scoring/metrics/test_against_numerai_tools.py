"""A thousand random rounds, with ties and gaps, scored here and by Numerai's own numerai-tools."""

import types
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from scoring.metrics import (
    churn,
    corr_and_mmc,
    feature_neutral_corr,
    stake_weighted_meta_model,
    turnover,
)

pytestmark = pytest.mark.slow
HUNDREDS = range(10)
MODELS, COMPLETE, GAPS = 5, [0, 1, 2], [3, 4]


@pytest.fixture(scope="module")
def theirs() -> types.SimpleNamespace:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own libraries say when they are loaded
        from numerai_tools import scoring, signals
    return types.SimpleNamespace(**{**vars(scoring), **vars(signals)})


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Predictions with ties and gaps of some models, a meta model, a target and features."""
    draw = np.random.default_rng(seed)
    stocks = int(draw.integers(20, 120))
    p = draw.normal(size=(stocks, MODELS))
    p[:, [1, 3]] = p[:, [1, 3]].round(int(draw.integers(0, 3)))
    p[:, 2] = draw.integers(0, int(draw.integers(3, 30)), stocks)
    for model in GAPS:
        p[draw.random(stocks) < draw.choice([0.05, 0.1, 0.2]), model] = np.nan
    m = draw.random(stocks).round(int(draw.integers(1, 9)))
    t = draw.integers(0, 5, stocks) / 4 if seed % 3 else draw.normal(0, 0.1, stocks)
    t[draw.random(stocks) < 0.02] = np.nan
    return p, m, t, draw.normal(size=(stocks, 3))


def theirs_or_nan(function: Callable[..., pd.Series], *arguments: object) -> np.ndarray:
    """The scores that numerai-tools gives, nan where it refuses."""
    try:
        return np.atleast_1d(np.asarray(function(*arguments), dtype=float))
    except AssertionError:
        return np.array([np.nan])


@pytest.mark.parametrize("hundred", HUNDREDS)
def test_scores_are_the_same_to_twelve_digits(hundred: int, theirs: types.SimpleNamespace) -> None:
    """Twenty rounds of five models: those without a gap scored by theirs together, one with gaps alone."""
    compared = np.zeros(3, dtype=int)  # scores that are no refusal
    for seed in range(20 * hundred, 20 * hundred + 20):
        p, m, t, f = drawn(seed)
        frame, meta = pd.DataFrame(p), pd.Series(m, name="m")
        target, features = pd.Series(t, name="t"), pd.DataFrame(f)
        got = np.array([*corr_and_mmc(p, m, t), feature_neutral_corr(p, f, t)])
        for models in (COMPLETE, GAPS[seed % 2 :][:1]):
            some = frame[models]
            wanted = np.array(
                [
                    theirs_or_nan(theirs.numerai_corr, some, target),
                    theirs_or_nan(theirs.correlation_contribution, some, meta, target),
                    theirs_or_nan(theirs.feature_neutral_corr, some, features, target),
                ]
            )
            np.testing.assert_allclose(got[:, models], wanted, rtol=0, atol=1e-12, err_msg=str(seed))
            compared += np.count_nonzero(~np.isnan(wanted), axis=1)
    assert (compared >= [70, 70, 60]).all()


def test_complete_models_are_scored_together_as_theirs_are(theirs: types.SimpleNamespace) -> None:
    draw = np.random.default_rng(8)
    p, m, t = draw.random((500, 60)), draw.random(500), draw.integers(0, 5, 500) / 4
    p[:, ::3] = p[:, ::3].round(2)
    f = draw.integers(0, 5, (500, 20)) / 4
    frame, meta, target = pd.DataFrame(p), pd.Series(m, name="m"), pd.Series(t, name="t")
    corr, mmc = corr_and_mmc(p, m, t)
    np.testing.assert_allclose(corr, theirs.numerai_corr(frame, target), rtol=0, atol=1e-12)
    np.testing.assert_allclose(mmc, theirs.correlation_contribution(frame, meta, target), rtol=0, atol=1e-12)
    neutral = theirs.feature_neutral_corr(frame, pd.DataFrame(f), target)
    np.testing.assert_allclose(feature_neutral_corr(p, f, t), neutral, rtol=0, atol=1e-12)


def test_the_meta_model_churn_and_turnover(theirs: types.SimpleNamespace) -> None:
    for seed in range(40):
        p, m, _, _ = drawn(seed)
        stakes = np.random.default_rng(seed).lognormal(2, 2, MODELS)
        weighted = theirs.stake_weight(pd.DataFrame(p), pd.Series(stakes))
        np.testing.assert_allclose(stake_weighted_meta_model(p, stakes), weighted, rtol=1e-12, atol=1e-15)
        one, other = pd.Series(p[:, seed % MODELS]), pd.Series(m)
        np.testing.assert_allclose(churn(one, other), *theirs_or_nan(theirs.churn, one, other), atol=1e-12)
        changed = theirs_or_nan(theirs.turnover, one, other)
        np.testing.assert_allclose(turnover(one, other), *changed, rtol=1e-12)
        if not one.isna().any():
            assert churn(one, other, 5) == pytest.approx(theirs.churn(one, other, 5), abs=1e-12)
