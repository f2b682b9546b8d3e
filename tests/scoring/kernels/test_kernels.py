"""The compiled loops say what numpy says, whoever asks, and nobody waits for them who did not ask."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from scoring import kernels

ROOT = Path(__file__).parents[3]


def run(*command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_compiled_or_not_the_answer_is_the_same(tmp_path: Path) -> None:
    files = {how: tmp_path / f"{how}.npz" for how in ("compiled", "numpy")}
    for how, file in files.items():
        run("-m", "tests.scoring.kernels.cases", how, str(file))
    found, wanted = (np.load(files[how]) for how in ("compiled", "numpy"))
    assert sorted(found.files) == sorted(wanted.files)
    for name in wanted.files:
        size = np.nanmax(np.abs(wanted[name]), initial=0.0)
        np.testing.assert_allclose(found[name], wanted[name], rtol=1e-12, atol=1e-12 * size, err_msg=name)


@pytest.mark.slow
def test_a_server_is_answered_by_numpy_until_it_has_loaded_them() -> None:
    run(
        "-c",
        """
import sys, threading
import scoring
from scoring import kernels
def ask():
    answers.append(kernels.compiled("paid_by_model", 10**9))
answers = []
thread = threading.Thread(target=ask)
thread.start()
thread.join()
kernels.compiled("paid_by_model", 10**4)  # too little work to load anything for
assert answers == [None] and "numba" not in sys.modules
assert kernels.load("paid_by_model")
ask()
assert answers[1] is not None
""",
    )


def test_parts_cover_everything_once() -> None:
    for count in (0, 1, 7):
        seen: list[int] = []
        kernels.in_parts(lambda first, last, seen=seen: seen.extend(range(first, last)), count)
        assert sorted(seen) == list(range(count))
