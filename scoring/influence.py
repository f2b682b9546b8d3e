"""What one model's stake moves in the meta model, when everybody's predictions are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.kernels import compiled, in_parts

_CONSTANT = 1e-12  # a meta model that varies by less than this share of its size varies by rounding alone
_NARROW = (
    1e-3  # below this share of the raw sum of squares, too few digits are left after taking the mean out
)
_LEFT = 1e-2  # below this share, too few digits are left of a meta model once one model is taken out
_AT_A_TIME = 2**17  # numbers: a megabyte, which stays in a processor's own cache

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class _MetaModel:
    """Shares w of all stake, the centred target t and v = predictions @ w, and what f(w) is made of.

    hit = t·v and size = v·v; of_target, of_meta and squares (n,) are t·p, v·p and p·p of every model's
    predictions p: the last one not centred, because the means (n,) are known only afterwards.
    """

    predictions: Numbers
    shares: Numbers
    target: Numbers
    hit: float
    size: float
    of_target: Numbers
    of_meta: Numbers
    squares: Numbers
    means: Numbers


@labelled("model", predictions="stock model", stakes="model", target="stock")
def leave_one_out(predictions: ArrayLike, stakes: ArrayLike, target: ArrayLike) -> Numbers:
    """What the meta model's score owes to each model (n,): f(all) - f(without it).

    predictions (s, n) of n models on s stocks, stakes (n,) in any unit, target (s,). f(w) = t·v / |v| with
    v = predictions @ w, and with the columns of predictions and the target centred; nothing is ranked. The
    unit is that of the target, times the root of s. With x = t·p, y = v·p and z = p·p of a model's centred
    predictions p, shares w of all stake, a = t·v and b = v·v, the rest has b' = b - 2wy + w²z, and

        f - f' = w / root(b') (x - a (2y - wz) / (root(b) (root(b) + root(b'))))

    which is the difference without two nearly equal numbers in it, so that the smallest stakes keep their
    digits. It costs as much as about four products predictions @ stakes, and makes no copy of predictions
    that are float64. Where hardly anything is left without a model, its rest is added up instead.

    A model without stake has 0. The only holder, one without whom the meta model says the same of every
    stock, and everybody when it does so anyway: nan. Raises ValueError for shapes that do not fit, for a
    stake that is negative, and for numbers that are NaN or infinite. Source: derived here.
    """
    meta = _meta_model(predictions, stakes, target)
    if not meta.size:
        return np.full(meta.shares.size, np.nan)
    w, b = meta.shares, meta.size
    z = _centred_squares(meta)
    rest = b - w * (2 * meta.of_meta - w * z)
    whole, part = np.sqrt(b), np.sqrt(np.maximum(rest, 0.0))
    moved = meta.hit * (2 * meta.of_meta - w * z) / (whole * (whole + part))
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing is left: added up below
        lost = w / part * (meta.of_target - moved)
    for model in np.flatnonzero(rest < _LEFT * (b + w * w * z)):
        others = w.copy()
        others[model] = 0.0
        left, left_size = _centred(meta.predictions @ others)
        f_rest = meta.target @ left / np.sqrt(left_size) if left_size else np.nan
        lost[model] = meta.hit / whole - f_rest
    return lost


@labelled("model", predictions="stock model", stakes="model", target="stock")
def contribution_gradient(predictions: ArrayLike, stakes: ArrayLike, target: ArrayLike) -> Numbers:
    """How fast the meta model's score grows with each stake (n,): df / dw_i.

    Arguments and f as in leave_one_out; per unit of stake. (t·p - (t·v) (v·p) / v·v) / |v|: what a model
    says of the target beyond what the meta model says already. f does not change when every stake is
    doubled, so stakes · gradient = 0 whatever the predictions: stake x gradient adds up to nothing, and is
    no measure of who moves how much. Models without stake have a gradient too. No stake, or a meta model
    that says the same of every stock: nan. Raises ValueError as leave_one_out does. Source: Euler's theorem
    on homogeneous functions; Numerai's meta model contribution has this form.
    """
    meta = _meta_model(predictions, stakes, target)
    if not meta.size:
        return np.full(meta.shares.size, np.nan)
    total = as_numbers(stakes, "The stakes").sum()
    beyond = meta.of_target - meta.hit * meta.of_meta / meta.size
    return beyond / (np.sqrt(meta.size) * total)


def _meta_model(predictions: ArrayLike, stakes: ArrayLike, target: ArrayLike) -> _MetaModel:
    p = as_numbers(predictions, "The predictions")
    held = as_numbers(stakes, "The stakes")
    t = as_numbers(target, "The target")
    if p.ndim != 2 or held.shape != p.shape[1:] or t.shape != p.shape[:1]:
        raise ValueError(
            "Predictions need a row per stock and a column per model, as target and stakes have."
        )
    if not t.size or not held.size:
        raise ValueError("A meta model needs at least one stock and one model.")
    refuse(~((held >= 0) & (held < np.inf)), "A stake must be a finite number of 0 or more.")
    refuse(~np.isfinite(t), "The target must be a finite number for every stock.")
    with np.errstate(invalid="ignore", over="ignore"):
        return _read_once(p, held / held.sum() if held.any() else held, t - t.mean())


def _read_once(p: Numbers, shares: Numbers, t: Numbers) -> _MetaModel:
    """Every sum over stocks, from pieces of the predictions that are read once for all of them."""
    stocks, models = p.shape
    near = p[0] @ shares  # v less a number of its own size: centring it afterwards costs no digits
    lines = np.stack([t, t, np.ones(stocks)])
    in_rows = p.strides[0] >= p.strides[1]
    by_stock, by_model = p.flags.c_contiguous, p.flags.f_contiguous
    name = "products_by_stock" if by_stock else "products_by_model"
    loop = compiled(name, p.size) if by_stock or by_model else None
    if loop or not in_rows:  # whole columns need all of v
        lines[1] = p @ shares - near
    sums, squares = np.zeros((3, models)), np.zeros(models)
    if loop:
        added = np.empty((4, models))
        in_parts(loop, models, p if by_stock else p.T, t, lines[1], added)
        sums, squares = added[:3], added[3]
    for rows, columns in () if loop else _pieces(stocks, models, in_rows):
        piece = p[rows, columns]
        if in_rows:
            lines[1, rows] = piece @ shares - near
        sums[:, columns] += lines[:, rows] @ piece
        squares[columns] += np.einsum("ij,ij->j", piece, piece)
    if not np.isfinite(sums[2]).all():  # one NaN in a column shows in its sum
        refuse(~np.isfinite(p), "Predictions must be finite numbers.")
    v, size = _centred(lines[1], near)
    of_meta = sums[1] - lines[1].mean() * sums[2]
    return _MetaModel(p, shares, t, float(t @ v), size, sums[0], of_meta, squares, sums[2] / stocks)


def _pieces(stocks: int, models: int, in_rows: bool) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of pieces that lie in one place of the memory and stay in a processor's own cache."""
    number, length = (stocks, models) if in_rows else (models, stocks)
    step = max(1, _AT_A_TIME // length)
    for first in range(0, number, step):
        piece = slice(first, first + step)
        yield (piece, slice(None)) if in_rows else (slice(None), piece)


def _centred(v: Numbers, near: float = 0.0) -> tuple[Numbers, float]:
    """v centred, and its v·v: exactly 0 where v + near is the same for every stock."""
    centred = v - v.mean()
    size = float(centred @ centred)
    return centred, size if size > _CONSTANT**2 * (float(v @ v) + v.size * near**2) else 0.0


def _centred_squares(meta: _MetaModel) -> Numbers:
    """p·p of every column, centred, without a centred copy: the raw sum of squares less s mean².

    Predictions spread over 0 to 1 lose less than a digit by that. Columns that stay close to a mean far
    from 0 would lose more than three: they are centred after all, a few at a time.
    """
    p = meta.predictions
    squares = meta.squares - len(p) * meta.means**2
    narrow = np.flatnonzero(squares < _NARROW * meta.squares)
    step = max(1, _AT_A_TIME // len(p))
    for first in range(0, narrow.size, step):
        columns = narrow[first : first + step]
        centred = p[:, columns] - meta.means[columns]
        squares[columns] = np.einsum("ij,ij->j", centred, centred)
    return squares
