"""The meta model from public scores: by hand, on simulated predictions, and on MMC that was published."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.meta_model import (
    contributions,
    derived_mmc,
    fit_meta_model,
    fit_mmc_scale,
    meta_model_corr,
)
from scoring.metrics import numerai_corr, stake_weighted_meta_model

SAMPLE = Path(__file__).parents[2] / "data" / "sample"
NAN = math.nan


# ---------------------------------------------------------------- by hand


def test_three_models_by_hand() -> None:
    corr, alike, stakes = [0.02, 0.03, -0.01], [0.5, 0.9, 0.2], [100, 200, 100]
    # (2 + 6 - 1) / (50 + 180 + 20) = 7 / 250
    assert meta_model_corr(corr, alike, stakes) == pytest.approx(0.028)
    expected = [0.02 - 0.014, 0.03 - 0.0252, -0.01 - 0.0056]
    np.testing.assert_allclose(contributions(corr, alike, stakes), expected)


@pytest.mark.parametrize("missing", [(NAN, 0.7, 50), (0.3, NAN, 50), (0.3, 0.7, NAN)])
def test_a_model_with_a_gap_counts_in_neither_sum(missing: tuple[float, float, float]) -> None:
    corr, alike, stakes = ([*some, gap] for some, gap in zip(([0.02, 0.03], [0.5, 0.9], [1, 2]), missing))  # noqa: B905
    assert meta_model_corr(corr, alike, stakes) == pytest.approx(0.08 / 2.3)
    found = contributions(corr, alike, stakes)
    np.testing.assert_allclose(found[:2], [0.02 - 0.5 * 0.08 / 2.3, 0.03 - 0.9 * 0.08 / 2.3])
    assert math.isnan(found[2]) == math.isnan(missing[0] + missing[1])


@pytest.mark.parametrize(
    ("alike", "stakes"),
    [
        ([0.5, 0.5], [0, 0]),  # nobody has a stake
        ([0.5, -0.5], [1, 1]),
        ([0.04, 0.06], [1, 1]),  # .05 of all stake is near 0
        ([NAN, NAN], [1, 1]),
    ],
)
def test_near_0_there_is_no_meta_model(alike: list[float], stakes: list[float]) -> None:
    assert math.isnan(meta_model_corr([0.1, 0.2], alike, stakes))
    assert np.isnan(contributions([0.1, 0.2], alike, stakes)).all()


def test_nobody_and_one() -> None:
    assert math.isnan(meta_model_corr([], [], []))
    assert contributions([], [], []).shape == (0,)
    assert meta_model_corr([0.03], [1], [7]) == pytest.approx(0.03)
    # the ratio is as defined for a model that goes against the meta model
    assert meta_model_corr([0.03], [-0.6], [7]) == pytest.approx(-0.05)


@given(st.integers(0, 10_000))
def test_stake_times_contribution_adds_up_to_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    corr, alike, stakes = rng.normal(0, 0.03, 20), rng.uniform(0.2, 1, 20), rng.lognormal(2, 2, 20)
    found = contributions(corr, alike, stakes)
    assert stakes @ found == pytest.approx(0, abs=1e-12 * stakes.sum())
    np.testing.assert_allclose(contributions(corr, alike, 7 * stakes), found, atol=1e-14)
    both = fit_meta_model(0.8 * found, corr, alike)
    assert (both.corr, both.scale) == pytest.approx((meta_model_corr(corr, alike, stakes), 0.8))
    assert both.r_squared == pytest.approx(1)


def test_the_scale_of_mmc_by_hand() -> None:
    # (1·2 + 2·3 + 0·1) / (1 + 4 + 0); what is left: 2 - 1.6, 3 - 3.2, 1
    found = fit_mmc_scale([2, 3, 1, NAN, 5], [1, 2, 0, 4, NAN])
    assert (found.scale, found.rows) == (pytest.approx(1.6), 3)
    assert found.rmse == pytest.approx(math.sqrt((0.4**2 + 0.2**2 + 1) / 3))
    assert found.r == pytest.approx(np.corrcoef([2, 3, 1], [1, 2, 0])[0, 1])
    np.testing.assert_allclose(derived_mmc([0.5, NAN], found.scale), [0.8, NAN])


def test_too_little_to_fit() -> None:
    assert fit_mmc_scale([1, 2, NAN], [1, 2, 3]).rows == 2
    assert math.isnan(fit_mmc_scale([1, 2, NAN], [1, 2, 3]).scale)
    assert math.isnan(fit_mmc_scale([1, 2, 3], [0, 0, 0]).scale)
    assert math.isnan(fit_meta_model([1, 2], [1, 2], [3, 1]).corr)
    assert math.isnan(fit_meta_model([1, 2, 3], [1, 2, 3], [2, 4, 6]).corr)


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (lambda: meta_model_corr([1], [1, 2], [1]), "A round needs one CORR, one correlation"),
        (lambda: contributions([[1]], [[1]], [[1]]), "A round needs one CORR, one correlation"),
        (lambda: meta_model_corr([0.1], [0.5], [-1]), "A stake must be a finite number of 0 or more"),
        (lambda: meta_model_corr([0.1], [0.5], [math.inf]), "A stake must be a finite number of 0 or more"),
        (lambda: meta_model_corr([math.inf], [0.5], [1]), "Scores must be finite numbers, or NaN"),
        (lambda: meta_model_corr(["a"], [0.5], [1]), "CORR must be numbers."),
        (lambda: fit_mmc_scale([1, 2], [1]), "There must be as many numbers of MMC as of contribution."),
        (lambda: fit_meta_model([1, 2], [1], [1]), "There must be as many numbers of MMC, CORR as of the"),
        (lambda: fit_mmc_scale([1, math.inf], [1, 2]), "Scores must be finite numbers, or NaN"),
    ],
)
def test_bad_input_gets_one_sentence(asked: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{sentence}"):
        asked()


# ---------------------------------------------------------------- simulated predictions


@pytest.mark.slow
def test_a_meta_model_made_of_predictions_is_found_in_its_models_scores() -> None:
    """60 rounds of 40 models: real CORR of the stake-weighted sum of predictions against the implied one."""
    rng = np.random.default_rng(11)
    stocks, models = 1000, 40
    real, implied, means = [], [], []
    for _ in range(60):
        target = rng.normal(size=stocks)
        common = rng.normal(size=(stocks, 1)) + rng.normal(0, 0.03) * target[:, None]
        raw = common + rng.uniform(0.5, 2, models) * rng.normal(size=(stocks, models))
        p = (raw.argsort(axis=0).argsort(axis=0) + 0.5) / stocks
        bins = np.searchsorted(np.quantile(target, [0.05, 0.25, 0.75, 0.95]), target) / 4
        stakes = rng.lognormal(2, 2, models)
        meta = stake_weighted_meta_model(p, stakes)
        corr, alike = numerai_corr(p, bins), numerai_corr(p, meta)
        real.append(numerai_corr(meta[:, None], bins)[0])
        implied.append(meta_model_corr(corr, alike, stakes))
        means.append(corr @ stakes / stakes.sum())
    slope, r = np.polyfit(implied, real, 1)[0], np.corrcoef(implied, real)[0, 1]
    assert 0.9 < slope < 1.1
    assert r > 0.95
    assert np.std(np.subtract(real, implied)) < 0.3 * np.std(real)
    # the mean of scores leaves out what averaging predictions takes out
    assert np.std(means) < 0.95 * np.std(real)


# ---------------------------------------------------------------- the bundled sample


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    read = pd.read_csv(SAMPLE / "performance_r168_r325.csv.gz")
    return read.rename(columns={"corr_with_meta_model": "alike", "stake_nmr": "stake"})


@pytest.fixture(scope="module")
def implied(rows: pd.DataFrame) -> pd.Series:
    return pd.Series(
        {
            number: meta_model_corr(some["corr"], some["alike"], some["stake"])
            for number, some in rows.groupby("round")
        }
    )


@pytest.fixture(scope="module")
def published(rows: pd.DataFrame, implied: pd.Series) -> pd.DataFrame:
    """Rows with an MMC on record and their contribution, of rounds that were final when exported."""
    paid = pd.read_csv(SAMPLE / "payouts_paid.csv.gz")
    paid = paid[(paid["second_score_name"] == "mmc") & (paid["round"] < 274)]
    both = paid.rename(columns={"second_score": "mmc"})[["model", "round", "mmc"]].merge(
        rows[["model", "round", "corr", "alike"]], on=["model", "round"]
    )
    both["contribution"] = both["corr"] - both["alike"] * both["round"].map(implied)
    return both.dropna()


@pytest.mark.slow
def test_the_fund_of_the_sample(rows: pd.DataFrame, implied: pd.Series) -> None:
    """Rounds 260 to 310 as shipped: .0243 implied, .0191 as a mean of scores; 212 to 306: .0296."""
    assert implied.loc[260:310].mean() == pytest.approx(0.0243, abs=5e-5)
    assert implied.loc[212:306].mean() == pytest.approx(0.0296, abs=5e-5)
    staked = rows[rows["round"].between(260, 310)].dropna(subset=["corr", "alike"])
    staked = staked.assign(weighted=staked["corr"] * staked["stake"])
    by_round = staked.groupby("round")[["weighted", "stake"]].sum()
    assert (by_round["weighted"] / by_round["stake"]).mean() == pytest.approx(0.0191, abs=5e-5)
    assert implied.notna().sum() == 144  # nobody has a stake on record in the others


@pytest.mark.slow
def test_published_mmc_is_a_multiple_of_the_contribution(published: pd.DataFrame, implied: pd.Series) -> None:
    assert (len(published), published["model"].nunique(), published["round"].nunique()) == (5526, 216, 49)
    found = fit_mmc_scale(published["mmc"], published["contribution"])
    assert (found.scale, found.r, found.rmse) == pytest.approx((0.794, 0.931, 0.0044), abs=6e-4)
    ranks = [
        some["mmc"].corr(some["contribution"], method="spearman") for _, some in published.groupby("round")
    ]
    assert np.mean(ranks) == pytest.approx(0.991, abs=0.001)
    fits = {
        number: fit_meta_model(some["mmc"], some["corr"], some["alike"])
        for number, some in published.groupby("round")
    }
    fitted = pd.Series({number: fit.corr for number, fit in fits.items()})
    scales = pd.Series({number: fit.scale for number, fit in fits.items()})
    assert scales.loc[:237].between(1.15, 1.25).all()
    assert scales.loc[238:].median() == pytest.approx(0.776, abs=0.002)
    assert np.median([fit.r_squared for fit in fits.values()]) == pytest.approx(0.998, abs=0.0006)
    apart = implied.loc[fitted.index] - fitted
    assert fitted.corr(implied.loc[fitted.index]) == pytest.approx(0.991, abs=0.0006)
    assert apart.mean() == pytest.approx(0.0008, abs=1e-4)
    assert np.sqrt((apart**2).mean()) == pytest.approx(0.0059, abs=1e-4)
