"""Numerai's scores of predictions, thousands of models at once: CORR, MMC and feature-neutral CORR."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.kernels import compiled, in_parts
from scoring.metrics._neutral import Explained
from scoring.metrics._ranks import blocks, gaussian, powered, ranked
from scoring.metrics.between_rounds import churn, turnover

__all__ = [
    "churn",
    "corr_and_mmc",
    "feature_neutral_corr",
    "meta_model_contribution",
    "numerai_corr",
    "stake_weighted_meta_model",
    "turnover",
]

MOST_MISSING = 0.2  # numerai-tools scores nobody who lacks a larger share of the stocks
_TOGETHER = 256  # models that are made neutral at once: a product needs many to be fast
_EXPLAINED = 1e-10  # what the features leave of a prediction below this share of it is rounding


Numbers = NDArray[np.float64]
Mask = NDArray[np.bool_]


@labelled("model", predictions="stock model", target="stock")
def numerai_corr(predictions: ArrayLike, target: ArrayLike) -> Numbers:
    """Numerai's CORR of each model (n,): how well its predictions go with the target, extremes first.

    predictions (s, n) of n models on s stocks, in any unit, because they are ranked; target (s,). With
    z = the normal quantile of (average rank - 1/2) / s, and x^ = sign(x) |x|^1.5, it is Pearson's
    correlation of z^ and (target - its mean)^.

    Stocks without a target (NaN) count for nobody. A model without a prediction (NaN) for some stocks is
    scored on those it has, and nobody else's score changes; if more than a fifth of all stocks is missing,
    it has none (nan), where numerai-tools refuses. That is how numerai-tools scores a model alone; given
    many, it drops for all of them every stock that one lacks. Constant predictions, a constant target, and
    one stock: nan. Raises ValueError for shapes that do not fit and for infinite numbers. Source:
    numerai-tools 0.7.2.
    """
    p = _predictions(predictions)
    t = _per_stock(target, "The target", len(p))
    return _corr_and_mmc(p, t, None)[0]


@labelled("model", predictions="stock model", meta_model="stock", target="stock")
def meta_model_contribution(predictions: ArrayLike, meta_model: ArrayLike, target: ArrayLike) -> Numbers:
    """Numerai's MMC of each model (n,): what its predictions say of the target beyond the meta model.

    predictions (s, n), meta_model (s,), target (s,). With z as in numerai_corr, m that of the meta model and
    t = target - its mean, it is t·(z - m (z·m) / (m·m)) / s. Targets that all lie between 0 and 1 are first
    multiplied by 4, which is Numerai's scale; any other is taken as it is.

    A model is scored on the stocks that have a prediction, a meta model and a target; nan if more than a
    fifth of all has not. Constant predictions (0 in numerai-tools) and a constant meta model: nan. Raises
    ValueError as numerai_corr does. Source: numerai-tools 0.7.2, correlation_contribution.
    """
    p = _predictions(predictions)
    m = _per_stock(meta_model, "The meta model", len(p))
    return _corr_and_mmc(p, _per_stock(target, "The target", len(p)), m, corr=False)[1]


@labelled("model", predictions="stock model", meta_model="stock", target="stock")
def corr_and_mmc(predictions: ArrayLike, meta_model: ArrayLike, target: ArrayLike) -> tuple[Numbers, Numbers]:
    """numerai_corr and meta_model_contribution (n,) of the same predictions, which are sorted once for both.

    Arguments, missing numbers and errors as there. Where the meta model lacks a stock that has a target, the
    two are about different stocks, and take a sort each.
    """
    p = _predictions(predictions)
    m = _per_stock(meta_model, "The meta model", len(p))
    t = _per_stock(target, "The target", len(p))
    if (np.isnan(m) & ~np.isnan(t)).any():
        return _corr_and_mmc(p, t, None)[0], _corr_and_mmc(p, t, m, corr=False)[1]
    return _corr_and_mmc(p, t, m)


@labelled("model", predictions="stock model", features="stock feature", target="stock")
def feature_neutral_corr(predictions: ArrayLike, features: ArrayLike, target: ArrayLike) -> Numbers:
    """Numerai's feature-neutral CORR (n,): CORR of what the features do not explain of the predictions.

    predictions (s, n), features (s, f), target (s,). z as in numerai_corr, less its least-squares fit on the
    features and a constant (without their directions below 1e-6 of the largest), is scored by numerai_corr.
    Stocks without a target (NaN) count in the fit and not in the score. A model that lacks a prediction
    (NaN) has no score (nan): numerai-tools refuses it. Constant predictions, and those that the features
    explain but for rounding: nan. Raises ValueError for features that are not finite, and as numerai_corr
    does. Source: numerai-tools 0.7.2.
    """
    p = _predictions(predictions)
    t = _per_stock(target, "The target", len(p))
    f = as_numbers(features, "The features")
    if f.ndim != 2 or len(f) != len(p):
        raise ValueError("Features need a row per stock and a column per feature.")
    refuse(~np.isfinite(f), "A feature must be a finite number for every stock.")
    scores, known = np.full(p.shape[1], np.nan), ~np.isnan(t)
    if not _enough(known):
        return scores
    complete = np.flatnonzero(~_lacking(p))
    explained = Explained.by(f)
    table, lines = gaussian(len(p)), _Lines.of(t, known, None)
    for first in range(0, complete.size, _TOGETHER):
        models = complete[first : first + _TOGETHER]
        z = np.empty((models.size, len(p)))
        for block in blocks(p[:, models]):
            z[block.columns] = block.by_stock(table)
        size = np.einsum("ij,ij->i", z, z)
        explained.take_out_of(z)
        left = np.einsum("ij,ij->i", z, z) > _EXPLAINED**2 * size
        corrs, _ = lines.scores(z.T[known] if not known.all() else z.T)
        scores[models] = np.where(left, corrs, np.nan)
    return scores


@labelled("stock", predictions="stock model", stakes="model")
def stake_weighted_meta_model(predictions: ArrayLike, stakes: ArrayLike) -> Numbers:
    """The meta model (s,) of predictions as they are given: sum of stake x prediction / sum of stakes.

    predictions (s, n), stakes (n,) in any unit. Nothing is ranked: rank first, as Numerai does. A missing
    prediction (NaN) counts as 0 and its stake in full, as in numerai-tools: fill it first unless 0 is the
    middle. No stake: nan. Raises ValueError for shapes that do not fit, infinite predictions, and stakes
    that are negative, NaN or infinite. Source: numerai-tools 0.7.2, stake_weight.
    """
    p, held = _predictions(predictions), as_numbers(stakes, "The stakes")
    if held.shape != p.shape[1:]:
        raise ValueError("There must be one stake per model.")
    refuse(~((held >= 0) & (held < np.inf)), "A stake must be a finite number of 0 or more.")
    if not held.any():
        return np.full(len(p), np.nan)
    shares = held / held.max()
    weighted = p @ shares
    if np.isnan(weighted).any():
        weighted = np.nan_to_num(p) @ shares
    return weighted / shares.sum()


@dataclass(frozen=True)
class _Lines:
    """What predictions on the same s stocks are multiplied with, for CORR and, with a meta model, for MMC."""

    corr_line: Numbers  # (target - mean)^, centred, of length 1; all NaN where the target is constant
    mmc_line: Numbers  # the target less its part along the meta model, over s; all NaN without one
    table: Numbers
    powered_table: Numbers

    @classmethod
    def of(cls, target: Numbers, stocks: Mask, meta_model: Numbers | None) -> _Lines:
        t = target[stocks]
        line = powered(t - np.nanmean(target))  # the mean is that of all stocks, as in numerai-tools
        line = line - line.mean()
        size = np.sqrt(line @ line) if np.ptp(t) else 0.0
        table = gaussian(t.size)
        mmc_line = np.full(t.size, np.nan)
        if meta_model is not None:
            scaled = 4 * t if t.min() >= 0 and t.max() <= 1 else t
            centred = scaled - scaled.mean()
            [m] = ranked(meta_model[stocks][np.newaxis], slice(0, 1)).by_stock(table)
            along = (centred @ m) / (m @ m) if m.any() else np.nan
            mmc_line = (centred - m * along) / t.size
        return cls(line / size if size else np.full(t.size, np.nan), mmc_line, table, powered(table))

    def scores(
        self, predictions: Numbers, *, corr: bool = True, mmc: bool = False
    ) -> tuple[Numbers, Numbers]:
        """CORR and MMC of models (n,) from predictions (s, n) without NaN, where they are asked for."""
        stocks, models = predictions.shape
        hit, beyond, plain, squares, says = sums = np.full((5, models), np.nan)
        if loop := compiled("sums_by_rank", predictions.size):
            lines = np.stack((self.corr_line, self.mmc_line))
            in_parts(loop, models, predictions, lines, self.table, self.powered_table, sums)
        for block in () if loop else blocks(predictions):
            if corr:
                hit[block.columns] = block.times(self.corr_line, self.powered_table)
                plain[block.columns] = block.sums(self.powered_table)
                squares[block.columns] = block.sums(self.powered_table**2)
            if mmc:
                beyond[block.columns] = block.times(self.mmc_line, self.table)
                says[block.columns] = block.sums(self.table**2)
        size = squares - plain**2 / stocks
        with np.errstate(divide="ignore", invalid="ignore"):
            corrs = np.where(size > 0, np.clip(hit / np.sqrt(size), -1, 1), np.nan)
        return corrs, np.where(says > 0, beyond, np.nan)


def _corr_and_mmc(
    p: Numbers, target: Numbers, meta_model: Numbers | None, *, corr: bool = True
) -> tuple[Numbers, Numbers]:
    """CORR and MMC (n,): without a meta model no MMC, and no CORR unless asked for."""
    corrs, mmcs = np.full(p.shape[1], np.nan), np.full(p.shape[1], np.nan)
    known = ~np.isnan(target) if meta_model is None else ~(np.isnan(target) | np.isnan(meta_model))
    for stocks, models in _alike(p, known):
        if not _enough(stocks):
            continue
        lines = _Lines.of(target, stocks, meta_model)
        theirs = p if models.size == p.shape[1] else p[:, models]
        theirs = theirs if stocks.all() else theirs[stocks]
        corrs[models], mmcs[models] = lines.scores(theirs, corr=corr, mmc=meta_model is not None)
    return corrs, mmcs


def _alike(p: Numbers, known: Mask) -> Iterator[tuple[Mask, NDArray[np.intp]]]:
    """Which stocks (s,) are there for which models, models with the same ones together."""
    lacking = _lacking(p)
    if not lacking.all():
        yield known, np.flatnonzero(~lacking)
    together: dict[bytes, list[int]] = {}
    for model in np.flatnonzero(lacking):
        there = known & ~np.isnan(p[:, model])
        together.setdefault(np.packbits(there).tobytes(), []).append(int(model))
    for models in together.values():
        yield known & ~np.isnan(p[:, models[0]]), np.array(models, dtype=np.intp)


def _enough(stocks: Mask) -> bool:
    return bool(np.count_nonzero(stocks) / stocks.size >= 1 - MOST_MISSING)


def _lacking(p: Numbers) -> Mask:
    """Which models (n,) lack a prediction: one NaN in a column shows in its sum."""
    with np.errstate(over="ignore", invalid="ignore"):
        return np.isnan(p.sum(axis=0))


def _predictions(predictions: ArrayLike) -> Numbers:
    p = as_numbers(predictions, "The predictions")
    if p.ndim != 2:
        raise ValueError("Predictions need a row per stock and a column per model.")
    if not len(p):
        raise ValueError("A score needs at least one stock.")
    with np.errstate(over="ignore", invalid="ignore"):
        looks_infinite = not np.isfinite(p.sum(axis=0)).all()
    if looks_infinite:
        refuse(np.isinf(p), "A prediction must be a finite number, or NaN where there is none.")
    return p


def _per_stock(values: ArrayLike, what: str, stocks: int) -> Numbers:
    read = as_numbers(values, what)
    if read.shape != (stocks,):
        raise ValueError(f"{what} must have one number per stock, as the predictions have rows.")
    refuse(np.isinf(read), f"{what} must be finite numbers, or NaN where there is none.")
    return read
