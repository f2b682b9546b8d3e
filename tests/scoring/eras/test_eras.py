"""Eras scored one by one, in pieces and by several at once: the same numbers, and nobody else's."""

import pickle
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from typing import Any
from weakref import WeakSet

import numpy as np
import pandas as pd
import pytest

from scoring.metrics.eras import EraScores, era_order, scores_by_era, summary_over_eras
from tests.scoring.eras.made import tables


class Counting(Executor):
    """Works at once, and counts what nobody has collected yet and how large a task is to send."""

    def __init__(self) -> None:
        self.kept: WeakSet[Future[Any]] = WeakSet()
        self.most_out = 0
        self.sent: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sent.append(len(pickle.dumps((fn, args, kwargs))))
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        self.kept.add(future)
        self.most_out = max(self.most_out, len(self.kept))
        return future


def same(one: EraScores, other: EraScores) -> None:
    assert one.eras == other.eras
    assert np.array_equal(one.stocks, other.stocks)
    assert list(one.by_name) == list(other.by_name)
    for name, scores in one.by_name.items():
        assert np.array_equal(scores, other.by_name[name], equal_nan=True), name


@pytest.mark.slow
def test_each_era_is_scored_as_numerai_tools_scores_it() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own libraries say when they are loaded
        from numerai_tools import scoring as theirs
    made = tables(eras=4, models=2)
    found = scores_by_era(**made)
    assert found.eras == (101, 102, 103, 104)
    for at, era in enumerate(found.eras):
        rows = made["eras"] == era
        assert found.stocks[at] == rows.sum()
        target = pd.Series(made["target"][rows], name="target")
        meta = pd.Series(made["meta_model"][rows], name="meta")
        for model, values in enumerate(made["predictions"][rows].T):
            p = pd.DataFrame({"p": values}).dropna()
            assert found.corr[at, model] == pytest.approx(theirs.numerai_corr(p, target).iloc[0], abs=1e-12)
            assert found.mmc is not None
            assert found.mmc[at, model] == pytest.approx(
                theirs.correlation_contribution(p, meta, target).iloc[0], abs=1e-12
            )
            assert found.fnc is not None
            if len(p) < rows.sum() or era == 104:  # a gap; as many features as stocks
                assert np.isnan(found.fnc[at, model])
            else:
                features = pd.DataFrame(made["features"][rows].astype(float))
                wanted = theirs.feature_neutral_corr(p, features, target).iloc[0]
                assert found.fnc[at, model] == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("task_bytes", [1, 5000, 2**30])
def test_how_eras_are_cut_changes_nothing(task_bytes: int) -> None:
    made = tables()
    found = scores_by_era(**made, task_bytes=task_bytes)
    same(found, scores_by_era(**made))
    assert found.tasks == {1: 12, 2**30: 1}.get(task_bytes, found.tasks)
    assert 1 <= found.tasks <= 12


def test_rows_in_any_order_and_tables_stored_by_column() -> None:
    made = tables()
    made["predictions"] = made["predictions"][:, 1:]  # without gaps: those are summed in order
    order = np.random.default_rng(1).permutation(len(made["target"]))
    order = order[np.argsort(made["eras"][order] % 7, kind="stable")]  # eras apart, rows of each as they fell
    mixed = {name: values[order] for name, values in made.items()}
    mixed["predictions"] = np.asfortranarray(mixed["predictions"])
    found, wanted = scores_by_era(**mixed, task_bytes=5000), scores_by_era(**made)
    assert found.eras == wanted.eras
    for name, scores in wanted.by_name.items():
        np.testing.assert_allclose(found.by_name[name], scores, atol=1e-12)


def test_no_more_is_out_than_may_be_and_no_task_carries_the_whole_table() -> None:
    made, executor = tables(eras=30), Counting()
    found = scores_by_era(**made, executor=executor, task_bytes=5000, at_once=3)
    same(found, scores_by_era(**made))
    assert executor.most_out == 3
    whole = sum(values.nbytes for values in made.values())
    assert max(executor.sent) < whole / 8
    assert sum(executor.sent) < 1.2 * whole
    assert found.tasks == len(executor.sent) > 10


@pytest.mark.slow
def test_threads_and_processes_score_the_same_to_the_last_digit() -> None:
    made = tables(eras=20)
    alone = scores_by_era(**made)
    with ThreadPoolExecutor(3) as executor:
        same(scores_by_era(**made, executor=executor, task_bytes=4000), alone)
    for workers in (1, 2):
        with ProcessPoolExecutor(workers, get_context("spawn")) as executor:
            same(scores_by_era(**made, executor=executor, task_bytes=4000), alone)


def test_who_waits_too_long_is_told_and_nothing_stays_out() -> None:
    class Never(Executor):
        out: list[Future[Any]] = []  # noqa: RUF012 - one of it is made

        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            self.out.append(Future())
            return self.out[-1]

    executor = Never()
    with pytest.raises(TimeoutError, match="took longer than it may"):
        scores_by_era(**tables(), executor=executor, task_bytes=1, patience=0)
    assert len(executor.out) == 12
    assert all(future.cancelled() for future in executor.out)


def test_what_a_task_refuses_is_said_as_it_is_without_one() -> None:
    made = tables()
    made["target"][5] = np.inf
    with pytest.raises(ValueError, match="The target must be finite numbers"):
        scores_by_era(**made)
    with ThreadPoolExecutor(2) as executor, pytest.raises(ValueError, match="The target must be finite"):
        scores_by_era(**made, executor=executor, task_bytes=1)


@pytest.mark.parametrize(
    ("name", "values", "sentence"),
    [
        ("predictions", np.zeros(4), "Predictions need a row per stock and a column per model."),
        ("predictions", np.zeros((0, 1)), "A score needs at least one stock."),
        ("target", np.zeros(3), "The target must have one number per stock"),
        ("meta_model", np.zeros(5), "The meta model must have one number per stock"),
        ("features", np.zeros((3, 2)), "Features need a row per stock and a column per feature."),
        ("eras", np.zeros(3), "There must be one era per stock"),
    ],
)
def test_tables_that_do_not_fit_are_refused(name: str, values: Any, sentence: str) -> None:
    given: dict[str, Any] = {"predictions": np.zeros((4, 1)), "target": np.zeros(4), "eras": np.zeros(4)}
    with pytest.raises(ValueError, match=sentence):
        scores_by_era(**{**given, name: values})


@pytest.mark.parametrize(
    ("labels", "wanted"),
    [
        (["0010", "0009", "era8"], ["era8", "0009", "0010"]),
        (["2026-02-01", "2025-12-31"], ["2025-12-31", "2026-02-01"]),
        (["later", "2"], ["later", "2"]),
    ],
)
def test_eras_come_back_by_number_by_day_or_as_they_stood(labels: list[str], wanted: list[str]) -> None:
    assert [labels[at] for at in era_order(labels)] == wanted
    rows = np.repeat(labels, 4)
    found = scores_by_era(np.tile([[1.0], [2], [3], [4]], (len(labels), 1)), np.arange(len(rows)) % 4, rows)
    assert list(found.eras) == wanted
    assert found.mmc is None
    assert found.fnc is None


def test_the_summary_is_that_of_pandas() -> None:
    scores = np.random.default_rng(2).normal(size=(9, 4))
    scores[::2, 1], scores[:, 2], scores[1:, 3] = np.nan, np.nan, np.nan
    found, table = summary_over_eras(scores), pd.DataFrame(scores)
    np.testing.assert_allclose(found.mean, table.mean(), rtol=1e-12)
    np.testing.assert_allclose(found.sd, table.std(), rtol=1e-12)
    np.testing.assert_allclose(found.sharpe, table.mean() / table.std(), rtol=1e-12)
    assert list(found.eras) == [9, 4, 0, 1]
    assert np.isnan(summary_over_eras(np.ones((3, 1))).sharpe).all()
