"""Scores of many eras, each by itself: in this process, or spread over whatever takes tasks."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import labelled
from scoring.metrics import corr_and_mmc, feature_neutral_corr, numerai_corr

TASK_BYTES = (
    2**22
)  # an era that would begin beyond these begins the next task: long beside its way, quick to send
AT_ONCE = 64  # tasks that are handed out and not back yet

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class EraScores:
    """Scores of n models in e eras; NaN where an era has none."""

    eras: tuple[Any, ...]  # their labels, in order
    stocks: Whole  # (e,) rows of each
    corr: Numbers  # (e, n)
    mmc: Numbers | None  # None without a meta model
    fnc: Numbers | None  # None without features
    tasks: int  # pieces in which they were scored

    @property
    def by_name(self) -> dict[str, Numbers]:
        """The scores that there are, CORR first."""
        every = {"CORR": self.corr, "MMC": self.mmc, "FNC": self.fnc}
        return {name: scores for name, scores in every.items() if scores is not None}


@dataclass(frozen=True)
class EraSummary:
    """One score of n models over the eras that have it; NaN where none has."""

    mean: Numbers
    sd: Numbers  # over eras, n - 1; NaN for one
    sharpe: Numbers  # mean over sd, of one era; NaN where nothing swings
    eras: Whole


@dataclass(frozen=True)
class _EraRows:
    """Rows of s stocks, and where those of each era end (k,): what a task is sent."""

    predictions: NDArray[Any]
    target: NDArray[Any]
    meta_model: NDArray[Any] | None
    features: NDArray[Any] | None
    ends: Whole

    def at(self, rows: slice | Whole, ends: Whole) -> _EraRows:
        """Some rows alone. They lie in memory as they would if they had been sent: sums depend on it."""
        return _EraRows(
            np.ascontiguousarray(self.predictions[rows]),
            np.ascontiguousarray(self.target[rows]),
            None if self.meta_model is None else np.ascontiguousarray(self.meta_model[rows]),
            None if self.features is None else np.ascontiguousarray(self.features[rows]),
            ends,
        )


_Scores = tuple[Numbers, Numbers | None, Numbers | None]  # CORR, MMC and FNC, (k, n) each


@labelled(
    dict.fromkeys(("corr", "mmc", "fnc"), "era model"),
    predictions="stock model",
    target="stock",
    eras="stock",
    meta_model="stock",
    features="stock feature",
)
def scores_by_era(
    predictions: ArrayLike,
    target: ArrayLike,
    eras: ArrayLike,
    *,
    meta_model: ArrayLike | None = None,
    features: ArrayLike | None = None,
    executor: Executor | None = None,
    task_bytes: int = TASK_BYTES,
    at_once: int = AT_ONCE,
    patience: float | None = None,
) -> EraScores:
    """CORR, MMC and feature-neutral CORR of each model in each era, as scoring.metrics has them.

    predictions (s, n), target (s,), eras (s,) labels; meta_model (s,) for MMC, features (s, f) for FNC.
    Rows stand in any order; eras come back in that of era_order, with the predictions' labels of models where
    they have some. An era of no more stocks than f + 1 has no
    FNC: so many features explain whatever is predicted, and what is left is rounding.

    executor: any of concurrent.futures, such as a pool of processes, or that of scoring.metrics.cluster;
    without one, this process. Whole eras go to it in tasks of about `task_bytes`, and at most `at_once` of
    them are out, which bounds what is copied. Every era is worked out by the same code from the same
    numbers, so that scores are the same to the last digit wherever it happens, among processors of one kind
    with one numpy; beyond 10,000 stocks sums are split among threads, of which there must be as many too.

    Raises ValueError for shapes that do not fit and as the scores of an era do, TimeoutError where
    `patience` seconds were not enough, and what the executor raises where it broke.
    """
    rows = _read(predictions, target, meta_model, features)
    labels, codes = _numbered(eras, len(rows.target))
    stocks = np.bincount(codes, minlength=len(labels)).astype(np.int64)
    shape = len(labels), rows.predictions.shape[1]
    corr, mmc, fnc = (np.full(shape, np.nan) for _ in range(3))
    tasks = 0
    for first, scores in _worked(executor, _pieces(rows, codes, stocks, task_bytes), at_once, patience):
        for whole, part in zip((corr, mmc, fnc), scores, strict=True):
            if part is not None:
                whole[first : first + len(part)] = part
        tasks += 1
    return EraScores(
        labels,
        stocks,
        corr,
        None if rows.meta_model is None else mmc,
        None if rows.features is None else fnc,
        tasks,
    )


def summary_over_eras(scores: NDArray[Any]) -> EraSummary:
    """Mean, standard deviation and Sharpe ratio (n,) of scores (e, n), of the eras that have one."""
    known = ~np.isnan(scores)
    eras = known.sum(axis=0, dtype=np.int64)
    there = np.where(known, scores, 0.0)
    nan = np.full(scores.shape[1:], np.nan)
    mean = np.divide(there.sum(axis=0), eras, out=nan.copy(), where=eras > 0)
    apart = np.where(known, scores - mean, 0.0)
    sd = np.sqrt(np.divide((apart**2).sum(axis=0), eras - 1, out=nan.copy(), where=eras > 1))
    return EraSummary(mean, sd, np.divide(mean, sd, out=nan.copy(), where=sd > 0), eras)


def era_order(labels: Sequence[str]) -> Whole:
    """The labels' places in order (e,): by day or number where all are such, else as they stand."""
    order = list(range(len(labels)))
    numbers = [era_number(label) for label in labels]
    if all(_is_day(label) for label in labels):
        order.sort(key=lambda at: labels[at])
    elif None not in numbers:
        order.sort(key=lambda at: numbers[at] or 0)
    return np.array(order, dtype=np.int64)


def era_number(label: str) -> int | None:
    """The number of an era, like 0123, era123 or 123.0; None where it has none."""
    digits = label.lower().removeprefix("era").strip(" _").removesuffix(".0")
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) < 10 else None


def _is_day(label: str) -> bool:
    parts = label.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)


def _read(
    predictions: ArrayLike, target: ArrayLike, meta_model: ArrayLike | None, features: ArrayLike | None
) -> _EraRows:
    """The tables, of a size that fits; what stands in them is looked at era by era."""
    p = np.asarray(predictions)
    if p.ndim != 2:
        raise ValueError("Predictions need a row per stock and a column per model.")
    if not len(p):
        raise ValueError("A score needs at least one stock.")
    f = None if features is None else np.asarray(features)
    if f is not None and (f.ndim != 2 or len(f) != len(p)):
        raise ValueError("Features need a row per stock and a column per feature.")
    t, m = np.asarray(target), None if meta_model is None else np.asarray(meta_model)
    for what, values in (("The target", t), ("The meta model", m)):
        if values is not None and values.shape != p.shape[:1]:
            raise ValueError(f"{what} must have one number per stock, as the predictions have rows.")
    return _EraRows(p, t, m, f, np.array([len(p)]))


def _numbered(eras: ArrayLike, rows: int) -> tuple[tuple[Any, ...], NDArray[np.intp]]:
    """Labels in order, and the place of each row's among them (s,)."""
    read = np.asarray(eras)
    if read.shape != (rows,):
        raise ValueError("There must be one era per stock, as the predictions have rows.")
    found, first, codes = np.unique(read, return_index=True, return_inverse=True)
    order = np.arange(len(found))
    if found.dtype.kind not in "biufM":
        order = np.argsort(first)
        order = order[era_order([str(found[at]) for at in order])]
    return tuple(found[order].tolist()), np.argsort(order)[codes]


def _pieces(
    rows: _EraRows, codes: NDArray[np.intp], stocks: Whole, task_bytes: int
) -> Iterator[tuple[int, _EraRows]]:
    """The first era of each task, and its rows; made when somebody takes them."""
    columns = (rows.predictions, rows.target, rows.meta_model, rows.features)
    width = sum(each.nbytes for each in columns if each is not None) / len(codes)
    ends = np.cumsum(stocks)
    order = None if (np.diff(codes) >= 0).all() else np.argsort(codes, kind="stable")
    first, start = 0, 0
    for era, end in enumerate(ends):
        if (end - start) * width < task_bytes and era + 1 < len(ends):
            continue
        which = slice(start, end) if order is None else order[start:end]
        yield first, rows.at(which, ends[first : era + 1] - start)
        first, start = era + 1, end


def _worked(
    executor: Executor | None, pieces: Iterator[tuple[int, _EraRows]], at_once: int, patience: float | None
) -> Iterator[tuple[int, _Scores]]:
    """Each piece's first era and its scores, as they are done."""
    if executor is None:
        for first, rows in pieces:
            yield first, _scores(rows)
        return
    until = None if patience is None else time.monotonic() + patience
    out: dict[Future[_Scores], int] = {}
    try:
        for first, rows in pieces:
            out[executor.submit(_scores, rows)] = first
            if len(out) >= at_once:
                yield from _done(out, until)
        while out:
            yield from _done(out, until)
    finally:  # who stops early leaves nobody at work on what nobody waits for
        for future in out:
            future.cancel()


def _done(out: dict[Future[_Scores], int], until: float | None) -> Iterator[tuple[int, _Scores]]:
    """Those that are back, of which there is one at least; they are out no more."""
    left = None if until is None else max(until - time.monotonic(), 0)
    done, _ = wait(out, left, FIRST_COMPLETED)
    if not done:
        raise TimeoutError("Scoring took longer than it may.")
    for future in done:
        yield out.pop(future), future.result()


def _scores(rows: _EraRows) -> _Scores:
    """Every era by itself: what a task does, on this machine or another."""
    p, start = rows.predictions, 0
    shape = len(rows.ends), p.shape[1]
    corr = np.full(shape, np.nan)
    mmc = None if rows.meta_model is None else corr.copy()
    fnc = None if rows.features is None else corr.copy()
    for era, end in enumerate(rows.ends.tolist()):
        here = slice(start, end)
        target = rows.target[here]
        if rows.meta_model is None or mmc is None:
            corr[era] = numerai_corr(p[here], target)
        else:
            corr[era], mmc[era] = corr_and_mmc(p[here], rows.meta_model[here], target)
        if rows.features is not None and fnc is not None and end - start > rows.features.shape[1] + 1:
            fnc[era] = feature_neutral_corr(p[here], rows.features[here], target)
        start = end
    return corr, mmc, fnc
