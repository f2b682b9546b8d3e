"""Eras scored by dask's workers, one of which is killed while it has work in hand."""

import os
import signal
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from features.lab.score_file import scores_csv, scores_of_file
from features.lab.score_file_card import AWAY, scores_card
from scoring.__main__ import main
from scoring.metrics.cluster import ClusterError, cluster_executor
from scoring.metrics.eras import scores_by_era
from tests.features.lab.files import as_file, as_parquet, frame
from tests.scoring.eras.made import tables
from tests.scoring.eras.test_eras import same

if TYPE_CHECKING:
    from distributed import LocalCluster, Scheduler

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster() -> "Iterator[LocalCluster]":
    from distributed import LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        yield cluster


class Killing(Executor):
    """Hands tasks on, and once the first is back kills the process of a worker that has some in hand."""

    def __init__(self, inner: Executor, scheduler: "Scheduler", pids: dict[str, int]) -> None:
        self.inner, self.scheduler = inner, scheduler
        self.victim, self.pid = next(iter(pids.items()))
        self.back_at_kill = 0
        self.in_hand: set[str] = set()
        self.tasks: list[Future[Any]] = []
        self._is_stopped = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        back = sum(task.done() for task in self.tasks)
        if self._is_stopped and not self.in_hand:
            self.in_hand = {task.key for task in list(self.scheduler.workers[self.victim].processing)}
            if self.in_hand:
                self.back_at_kill = back
                os.kill(self.pid, signal.SIGKILL)
        elif back and not self._is_stopped:
            # stopped first: what it is given from now on stays in its hands until it is killed
            os.kill(self.pid, signal.SIGSTOP)
            self._is_stopped = True
        self.tasks.append(self.inner.submit(fn, *args, **kwargs))
        return self.tasks[-1]


def test_a_worker_that_is_killed_half_way_changes_nothing(cluster: "LocalCluster") -> None:
    made = tables(eras=60, stocks=400)
    alone = scores_by_era(**made)
    with cluster_executor(cluster.scheduler_address, patience=60) as executor:
        pids = executor._client.run(os.getpid)  # type: ignore[attr-defined]
        assert len(set(pids.values()) - {os.getpid()}) == 2, "two processes, and none of them this one"
        killing = Killing(executor, cluster.scheduler, pids)
        found = scores_by_era(**made, executor=killing, task_bytes=20_000, at_once=8, patience=120)
        assert killing.in_hand, "it had nothing to lose"
        assert 0 < killing.back_at_kill < found.tasks == len(killing.tasks)
        begun = Counter(line[0] for line in list(cluster.scheduler.transition_log) if line[2] == "processing")
        assert any(begun[key] > 1 for key in killing.in_hand), "what it had in hand was worked out again"
    with pytest.raises(ProcessLookupError):
        os.kill(killing.pid, 0)
    same(found, alone)


def test_the_command_and_the_bot_have_the_workers_score_a_file(
    cluster: "LocalCluster", tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = as_parquet(frame(eras=9, features=3), tmp_path)
    words = ["score", str(tmp_path / "made.parquet")]
    assert main([*words, "--workers", "1"]) == main([*words, "--scheduler", cluster.scheduler_address]) == 0
    alone, there = np.array_split(capsys.readouterr().out.splitlines(), 2)
    assert list(alone) == list(there)
    assert len(alone) == 4
    here, by_others = scores_of_file(content), scores_of_file(content, cluster.scheduler_address)
    assert not by_others.others_were_away
    for name, score in here.scores.items():
        assert np.array_equal(score.by_era, by_others.scores[name].by_era), name


def test_what_a_worker_refuses_is_said_as_it_is_here(cluster: "LocalCluster") -> None:
    made = tables()
    made["target"][5] = np.inf
    with (
        pytest.raises(ValueError, match="The target must be finite numbers"),
        cluster_executor(cluster.scheduler_address, patience=60) as executor,
    ):
        scores_by_era(**made, executor=executor)


def test_work_that_takes_too_long_over_there_is_one_error(cluster: "LocalCluster") -> None:
    with (
        pytest.raises(ClusterError, match="broke off: Scoring took longer than it may"),
        cluster_executor(cluster.scheduler_address, patience=60) as executor,
    ):
        scores_by_era(**tables(eras=3), executor=executor, task_bytes=1, patience=0)


@pytest.mark.parametrize("takes_calls", [False, True])
def test_a_scheduler_that_is_not_there_is_a_sentence(takes_calls: bool) -> None:
    with socket.socket() as silent:  # nobody listens, or somebody who never says a word
        silent.bind(("127.0.0.1", 0))
        if takes_calls:
            silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with (
            pytest.raises(ClusterError, match=f"^No dask scheduler answers at {address}\\.$"),
            cluster_executor(address, patience=0.5),
        ):
            pytest.fail("nobody is there")


def test_where_others_are_away_the_bot_scores_itself_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    content = as_file(frame(eras=9))
    found = scores_of_file(content, "tcp://nowhere")
    assert found.others_were_away
    assert AWAY in scores_card(found).small
    assert "scored here" in caplog.text
    here = scores_of_file(content)
    assert AWAY not in scores_card(here).small
    assert scores_csv(found) == scores_csv(here)


@pytest.mark.parametrize("address", ["nonsense", "http://127.0.0.1:8786", "tcp://", "tcp://127.0.0.1"])
def test_what_is_no_address_is_told(address: str) -> None:
    with pytest.raises(ClusterError, match="is no scheduler's address"), cluster_executor(address):
        pytest.fail("that is no address")
