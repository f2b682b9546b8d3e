"""A parquet file of anybody's: read as the CSV of the same is, and what lies about itself costs nothing."""

import os
import pickle
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from features.lab.csv_file import read_csv
from features.lab.predictions import MOST_ROWS, Predictions
from features.lab.score_file import read_predictions
from tests.features.lab.files import WRITTEN, as_file, as_parquet, frame, with_footer
from tests.features.lab.test_csv_file import UNPICKLED, Harmful, sentence_of

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="no limits for a process")]
BROKEN = "That parquet file can't be read: it is damaged, or packed in an unusual way."
TOO_LARGE = "That parquet file takes more memory or time than a file of predictions may."


def check_same(found: Predictions, expected: Predictions) -> None:
    assert found.eras == expected.eras
    for name in ("starts", "prediction", "target", "meta_model", "features"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


def made(**columns: Any) -> pd.DataFrame:
    return frame(eras=3, stocks=12, features=2).assign(**columns)


@pytest.mark.parametrize(
    "name", ["pyarrow", "pyarrow_index_category", "pyarrow_pages_2", "polars", "polars_category"]
)
def test_what_others_wrote_is_read_as_the_csv_is(name: str) -> None:
    found = read_predictions((WRITTEN / f"{name}.parquet").read_bytes())
    check_same(found, read_csv((WRITTEN / "truth.csv").read_bytes()))
    assert found.unread == 0


def test_what_is_null_is_no_number_and_what_is_nested_is_left_alone() -> None:
    found = read_predictions((WRITTEN / "pyarrow_null_nested.parquet").read_bytes())
    assert np.flatnonzero(np.isnan(found.target)).tolist() == [3]
    assert found.unread == 1


@pytest.mark.parametrize(
    "columns",
    [
        {"feature_0": lambda part: (4 * part.feature_0).astype("int8"), "feature_1": 1},
        {"prediction": lambda part: part.prediction.astype("float32")},
        {"target": lambda part: (4 * part.target).astype("int64")},
        {"target": lambda part: (4 * part.target).astype("Int8").mask(part.index == 5)},
        {"era": lambda part: part.era.astype(int)},
        {"era": lambda part: part.era.astype("category")},
        {"era": lambda part: " " + part.era + " "},
        {"id": range(36)},
    ],
    ids=range(8),
)
def test_any_kind_of_number_and_any_name_of_an_era(columns: dict[str, Any], tmp_path: Path) -> None:
    part = made(**columns).sample(frac=1, random_state=2)
    found = read_predictions(as_parquet(part, tmp_path))
    check_same(found, read_csv(as_file(part.assign(prediction=part.prediction.astype(float)))))


def test_a_day_is_an_era(tmp_path: Path) -> None:
    days = pd.to_datetime(np.repeat(["2026-02-06", "2026-01-30", "2026-02-13"], 12))
    assert read_predictions(as_parquet(made(era=days), tmp_path)).eras == (
        "2026-01-30",
        "2026-02-06",
        "2026-02-13",
    )


REFUSED: list[tuple[pd.DataFrame, str]] = [
    (made().drop(columns="target"), "The file lacks the column target: a parquet file names its columns"),
    (made(TARGET=1), "The column target is there twice"),
    (made(prediction="0.5"), "The column prediction is not of whole numbers, or of floats"),
    (made(feature_0="much"), "The column feature_0 is not of whole numbers, or of floats"),
    (made(prediction=np.inf), "The prediction of row 1 is too large to be one."),
    (made(feature_0=1e31), "The feature of row 1 is too large to be one."),
    (made(feature_1=lambda part: part.feature_1.mask(part.index == 6)), "Row 7 lacks a number in one of the"),
    (made(prediction=np.nan), "No row has a prediction: there is nothing to score."),
    (made(era=lambda part: part.era.mask(part.index == 6)), "Row 7 has no era."),
    (made(era=lambda part: part.era.where(part.index != 6, "  ")), "Row 7 has no era."),
    (made(id=lambda part: part.id.mask(part.index == 6)), "Row 7 has no id."),
    (made(id="a"), "Era 101 has an id twice (33 such rows in the file)"),
    (made(era="9" * 41), "An era is longer than 40 characters."),
    (made()[:0], "The file has columns, and no row."),
]


@pytest.mark.parametrize(("part", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_what_holds_no_predictions_gets_one_sentence(
    part: pd.DataFrame, sentence: str, tmp_path: Path
) -> None:
    check_refused(as_parquet(part, tmp_path), sentence.replace("Era 101", "Era 0101"))


def check_refused(content: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z0-9].*\.$") as refused:
        read_predictions(content)
    assert sentence in str(refused.value)
    assert len(str(refused.value)) < 200


def test_too_many_rows_columns_features_and_eras(tmp_path: Path) -> None:
    rows = pd.DataFrame({"era": 1, "id": np.arange(MOST_ROWS + 1), "prediction": 0.0, "target": 0.0})
    check_refused(
        as_parquet(rows, tmp_path, compression="GZIP"),
        "That file has more than 500,000 rows: score it in parts.",
    )
    check_refused(as_parquet(rows[:3001].assign(era=rows.id), tmp_path), "That file has more than 3,000 eras")
    few, many = rows[:4100], np.zeros((4100, 501), dtype=np.int8)
    wide = pd.concat([few, pd.DataFrame(many, columns=[f"feature_{at}" for at in range(501)])], axis=1)
    check_refused(as_parquet(wide[:2], tmp_path), "That file has 501 features; 500 may be there")
    check_refused(
        as_parquet(wide.drop(columns="feature_7"), tmp_path), "500 features of that many rows are more than"
    )
    wider = pd.concat(
        [few[:1], pd.DataFrame(np.zeros((1, 5000)), columns=[f"c{at}" for at in range(5000)])], axis=1
    )
    check_refused(as_parquet(wider, tmp_path), "That file has 5,004 columns; 5,000 may be there.")


def test_a_footer_that_lies_is_not_believed(tmp_path: Path) -> None:
    content = as_parquet(made(), tmp_path)
    check_same(read_predictions(with_footer(content, lambda footer: None)), read_csv(as_file(made())))

    def claim(rows: int) -> Callable[[Any], None]:
        def change(footer: Any) -> None:
            footer.num_rows = rows
            footer.row_groups[0].num_rows = rows

        return change

    check_refused(with_footer(content, claim(10**12)), "That file has more than 500,000 rows")
    check_refused(with_footer(content, claim(1)), BROKEN)
    for rows in (37, MOST_ROWS):
        check_refused(with_footer(content, claim(rows)), "Row 37 has no era.")

    def elsewhere(footer: Any) -> None:  # its columns are said to stand in another file of the machine
        for column in footer.row_groups[0].columns:
            column.file_path = str(tmp_path / "made.parquet")

    check_refused(with_footer(content, elsewhere), BROKEN)


def test_what_unpacks_to_ten_thousand_times_its_size_is_stopped(tmp_path: Path) -> None:
    bomb = (WRITTEN / "bomb.parquet").read_bytes()
    assert len(bomb) * 10_000 < MOST_ROWS * 1204
    check_refused(bomb, TOO_LARGE)

    def small(footer: Any) -> None:
        for column in footer.row_groups[0].columns:
            column.meta_data.total_uncompressed_size = 1

    check_refused(with_footer(bomb, small), TOO_LARGE)


@pytest.mark.parametrize("name", ["unread_encoding", "unread_half", "unread_nested"])
def test_what_is_packed_unusually_is_told(name: str) -> None:
    sentence = BROKEN if name == "unread_encoding" else "The column prediction is not of whole numbers"
    check_refused((WRITTEN / f"{name}.parquet").read_bytes(), sentence)


def test_what_is_no_parquet_at_all() -> None:
    whole = (WRITTEN / "pyarrow.parquet").read_bytes()
    noise = np.random.default_rng(3).bytes(3000)
    for content in (
        b"PAR1",
        b"PAR1PAR1",
        b"PAR1" + b"\0" * 40 + b"PAR1",
        whole[: len(whole) // 2],
        whole[:-1],
        b"PAR1" + noise + struct.pack("<i", 2000) + b"PAR1",
        b"PAR1" + noise + struct.pack("<i", -5) + b"PAR1",
        b"PAR1" + pickle.dumps(Harmful()) + whole,
    ):
        check_refused(content, BROKEN)
    check_refused(pickle.dumps(Harmful()), "That is no CSV, as it is not text in UTF-8, and no parquet")
    assert UNPICKLED == []


def test_bytes_that_were_changed_are_refused_or_read_and_never_more() -> None:
    """Wherever a byte is another one: numbers or a sentence, whatever becomes of the process."""
    draw, whole = np.random.default_rng(11), (WRITTEN / "pyarrow.parquet").read_bytes()
    for _ in range(12):
        changed = bytearray(whole)
        for at in draw.integers(4, len(whole) - 4, 6):
            changed[at] = draw.integers(256)
        told = sentence_of(bytes(changed))
        assert told.endswith(".") or not told
