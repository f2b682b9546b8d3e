"""`python -m scoring score`: what it prints and writes, and what it says of a file that can't be scored."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from features.lab.score_file import read_predictions, scores_of
from scoring.__main__ import main
from tests.features.lab.files import WRITTEN, as_parquet, frame

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def typed(capsys: pytest.CaptureFixture[str]) -> Typed:
    """What typing this ends with, prints, and says of an error."""

    def typed(*words: object) -> tuple[int, str, str]:
        code = main(["score", *map(str, words)])
        told = capsys.readouterr()
        return code, told.out, told.err

    return typed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two models, in groups of rows that cut eras in two."""
    made = frame(eras=9, features=3)
    made["prediction_other"] = made.prediction.round(1)
    as_parquet(made, tmp_path, row_group_offsets=100)
    return tmp_path / "made.parquet"


def test_it_scores_what_the_bot_scores(file: Path, tmp_path: Path, typed: Typed) -> None:
    table = tmp_path / "eras.csv"
    code, told, errors = typed(file, "--workers", 1, "--csv", table)
    assert (code, errors) == (0, "")
    wanted = scores_of(read_predictions(file.read_bytes()))
    lines = [line.split() for line in told.splitlines()]
    assert lines[0] == ["model", "score", "mean", "sd", "sharpe", "eras"]
    assert [line[:2] for line in lines[1:]] == [
        [model, score] for model in ("prediction", "prediction_other") for score in ("CORR", "MMC", "FNC")
    ]
    for line, score in zip(lines[1:4], wanted.scores.values(), strict=True):
        shown = [float(number) for number in line[2:]]
        assert shown == pytest.approx([score.mean, score.sd, score.sharpe, score.eras], abs=0.0051)
    read = pd.read_csv(table, dtype={"era": str})
    assert list(read) == ["era", "stocks", "model", "corr", "mmc", "fnc"]
    own = read[read.model == "prediction"]
    assert list(own.era) == list(wanted.eras)
    for name, score in wanted.scores.items():
        np.testing.assert_allclose(own[name.lower()], score.by_era, atol=1e-8)


def test_processes_print_the_same(file: Path, typed: Typed) -> None:
    command = [sys.executable, "-m", "scoring", "score", str(file), "--workers", "2"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == typed(file, "--workers", 1)


@pytest.mark.parametrize("name", ["pyarrow.parquet", "polars.parquet", "pyarrow_index_category.parquet"])
def test_files_of_other_tools_are_read_as_the_bot_reads_them(name: str, typed: Typed) -> None:
    code, told, errors = typed(WRITTEN / name, "--workers", 1)
    assert (code, errors) == (0, "")
    corr = scores_of(read_predictions((WRITTEN / name).read_bytes())).scores["CORR"]
    assert f"{corr.mean:.4f}" in told.splitlines()[1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda made: made.drop(columns=["id", "target"]),
            "The file lacks the columns id and target: a parq",
        ),
        (lambda made: made.drop(columns="prediction"), "The file lacks the column prediction: a parquet"),
        (lambda made: made.assign(Prediction=1.0), "The column prediction is there twice: keep one of them."),
        (lambda made: made.assign(id="a"), "Era 0101 has an id twice (117 such rows in the file): an era"),
        (lambda made: made.assign(target="x"), "The column target is not of whole numbers, or of floats of"),
        (lambda made: made.assign(target=np.nan), "No row has a target: there is nothing to score."),
        (lambda made: made.assign(meta_model=1e31), "The meta_model of row 1 is too large to be one."),
        (lambda made: made.assign(era=["x" * 41] * len(made)), "An era is longer than 40 characters."),
        (lambda made: made.assign(era=[None, *made.era[1:]]), "Row 1 has no era."),
        (
            lambda made: made.assign(feature_0=made.feature_0.where(made.index != 77)),
            "Row 78 lacks a number in one of the features.",
        ),
        (lambda made: made.iloc[:0], "The file has columns, and no row."),
    ],
)
def test_a_bad_file_gets_a_sentence(
    change: Callable[[pd.DataFrame], pd.DataFrame], sentence: str, tmp_path: Path, typed: Typed
) -> None:
    as_parquet(change(frame(eras=3, features=1)), tmp_path, row_group_offsets=50)
    code, told, errors = typed(tmp_path / "made.parquet", "--workers", 1)
    assert (code, told) == (1, "")
    assert errors.startswith(sentence)
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"era,id,prediction,target\n", "{} is no parquet. Write it again with df.to_parquet"),
        (b"PAR1" + b"\0" * 20 + b"PAR1", "That parquet file can't be read: it is damaged"),
        (None, "{}: No such file or directory."),
    ],
)
def test_what_is_no_parquet_gets_a_sentence(
    content: bytes | None, sentence: str, tmp_path: Path, typed: Typed
) -> None:
    path = tmp_path / "x.parquet"
    if content is not None:
        path.write_bytes(content)
    code, _, errors = typed(path)
    assert code == 1
    assert errors.startswith(sentence.format(path))


def test_a_scheduler_or_processes_that_are_none_are_a_sentence(file: Path, typed: Typed) -> None:
    assert typed(file, "--scheduler", "here")[2].startswith("“here” is no scheduler's address")
    assert typed(file, "--workers", 0)[2] == "At least one process must work: --workers 1.\n"
