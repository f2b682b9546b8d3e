"""Two thousand random models, with ties and gaps, scored here and by Numerai's own numerai-tools."""

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
    meta_model_contribution,
    numerai_corr,
    stake_weighted_meta_model,
    turnover,
)

pytestmark = pytest.mark.slow
ROUNDS, MODELS, FEATURES = 25, 10, 3


@pytest.fixture(scope="module")
def theirs() -> types.SimpleNamespace:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own libraries say when they are loaded
        from numerai_tools import scoring, signals
    return types.SimpleNamespace(**{**vars(scoring), **vars(signals)})


def skewed(draw: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Numbers of one sign most of which are tiny."""
    return np.exp(draw.normal(0, draw.uniform(1, 8), shape)) * draw.choice([-1, 1])


def with_gaps(draw: np.random.Generator, stocks: int) -> np.ndarray:
    """Predictions that all lack the same stocks, of which theirs makes one round."""
    p = draw.normal(size=(stocks, MODELS))
    p[draw.random(stocks) < draw.choice([0.05, 0.1, 0.25])] = np.nan  # a fifth may lack
    return p


KINDS: dict[str, tuple[tuple[int, int], Callable[[np.random.Generator, int], np.ndarray]]] = {
    # stocks from, below; predictions of so many
    "as they come": ((20, 300), lambda draw, stocks: draw.normal(size=(stocks, MODELS))),
    "ties everywhere": (
        (20, 300),
        lambda draw, stocks: draw.integers(0, draw.integers(2, 9), (stocks, MODELS)),
    ),
    "some ties": ((20, 300), lambda draw, stocks: draw.random((stocks, MODELS)).round(draw.integers(1, 3))),
    "skewed": ((20, 300), lambda draw, stocks: skewed(draw, (stocks, MODELS))),
    "gaps": ((20, 300), with_gaps),
    "few stocks": (
        (5, 9),
        lambda draw, stocks: draw.normal(size=(stocks, MODELS)).round(draw.integers(1, 9)),
    ),
    "one stock or two": ((1, 3), lambda draw, stocks: draw.random((stocks, MODELS))),
    "constants": ((1, 60), lambda draw, stocks: np.tile(draw.normal(size=MODELS), (stocks, 1))),
}

# CORR, MMC and feature-neutral CORR that are no refusal: 1,590, 1,590 and 1,250 in all, of 2,000
SCORED = {"gaps": [190, 190, 0], "one stock or two": [150, 150, 0], "constants": [0, 0, 0]}


def drawn(kind: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Predictions of a kind, a meta model, a target and features: with ties and gaps where there is room."""
    draw = np.random.default_rng(1000 * [*KINDS].index(kind) + seed)
    (fewest, below), predictions = KINDS[kind]
    stocks = int(draw.integers(fewest, below))
    p = predictions(draw, stocks)
    m = skewed(draw, (stocks,)) if kind == "skewed" else draw.random(stocks).round(int(draw.integers(1, 9)))
    target = [
        lambda: draw.integers(0, 5, stocks) / 4,
        lambda: draw.normal(0, 0.1, stocks),
        lambda: skewed(draw, (stocks,)),
    ]
    t = target[seed % 3]()
    t = t / max(np.abs(t).max(), 1)  # MMC is in its unit
    if stocks > 20:
        t[draw.random(stocks) < 0.02] = np.nan
        m[draw.random(stocks) < 0.02] = np.nan
    return p, m, t, draw.normal(size=(stocks, FEATURES))


def theirs_or_nan(function: Callable[..., pd.Series], *arguments: object) -> np.ndarray:
    """The scores that numerai-tools gives, nan where it refuses or divides by nothing."""
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.atleast_1d(np.asarray(function(*arguments), dtype=float))
    except AssertionError:
        return np.array([np.nan])


@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_the_same_to_twelve_digits(kind: str, theirs: types.SimpleNamespace) -> None:
    """A quarter of a thousand models of each kind; theirs is given a round at once."""
    scored = np.zeros(3, dtype=int)
    for seed in range(ROUNDS):
        p, m, t, f = drawn(kind, seed)
        frame, meta = pd.DataFrame(p), pd.Series(m, name="m")
        target, features = pd.Series(t, name="t"), pd.DataFrame(f)
        got = np.array([numerai_corr(p, t), meta_model_contribution(p, m, t), feature_neutral_corr(p, f, t)])
        wanted = np.empty((3, MODELS))
        wanted[0] = theirs_or_nan(theirs.numerai_corr, frame, target)
        wanted[1] = theirs_or_nan(theirs.correlation_contribution, frame, meta, target)
        wanted[2] = theirs_or_nan(theirs.feature_neutral_corr, frame, features, target)
        if kind == "constants" or len(p) == 1:
            wanted[1] = np.where(wanted[1] == 0, np.nan, wanted[1])  # 0 there
        if len(p) <= FEATURES + 1:
            wanted[2] = np.nan  # the features explain everything: theirs scores what rounding left
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12, err_msg=f"{kind} {seed}")
        assert np.array_equal(corr_and_mmc(p, m, t), got[:2], equal_nan=True)
        scored += np.count_nonzero(~np.isnan(wanted), axis=1)
    assert list(scored) == SCORED.get(kind, [ROUNDS * MODELS] * 3)


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


def test_a_thousand_meta_models_are_the_same(theirs: types.SimpleNamespace) -> None:
    kinds = [*KINDS]
    for seed in range(1000):
        draw = np.random.default_rng(seed)
        p = drawn(kinds[seed % len(kinds)], seed)[0][:, : draw.integers(1, MODELS + 1)]
        stakes = [draw.lognormal(2, 2, p.shape[1]), skewed(draw, p.shape[1:]) ** 2, np.ones(p.shape[1])][
            seed % 3
        ]
        stakes[draw.random(stakes.size) < 0.1] = 0  # now and then of all
        frame, held = pd.DataFrame(p), pd.Series(stakes)
        wanted = theirs_or_nan(theirs.stake_weight, frame, held)
        scale = np.abs(np.nan_to_num(p)).max()
        np.testing.assert_allclose(
            stake_weighted_meta_model(p, stakes) / scale, wanted / scale, rtol=0, atol=1e-12
        )


def test_churn_and_turnover(theirs: types.SimpleNamespace) -> None:
    for seed in range(40):
        p, m, _, _ = drawn(["as they come", "some ties", "gaps"][seed % 3], seed)
        m = np.nan_to_num(m)
        one, other = pd.Series(p[:, seed % MODELS]), pd.Series(m)
        np.testing.assert_allclose(churn(one, other), *theirs_or_nan(theirs.churn, one, other), atol=1e-12)
        changed = theirs_or_nan(theirs.turnover, one, other)
        np.testing.assert_allclose(turnover(one, other), *changed, rtol=1e-12)
        if not one.isna().any():
            assert churn(one, other, 5) == pytest.approx(theirs.churn(one, other, 5), abs=1e-12)
