"""A file of anybody's: what is no CSV of predictions is refused with one sentence, and nothing is run."""

import gzip
import io
import pickle
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.lab.predictions import (
    LARGEST,
    MOST_CELLS,
    MOST_ERAS,
    MOST_FEATURES,
    MOST_ROWS,
)
from features.lab.score_file import read_predictions
from scoring.metrics.eras import era_number
from tests.features.lab.files import HEADER, as_file, frame, rows

UNPICKLED: list[str] = []


class Harmful:
    def __reduce__(self) -> tuple[Any, ...]:
        return UNPICKLED.append, ("it ran",)


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("file.csv", HEADER + "0" * 10**6)
    return file.getvalue()


NO_TEXT = "That is no CSV, as it is not text in UTF-8, and no parquet"
PACKED = "That file is compressed, and is not unpacked here"
REFUSED: list[tuple[bytes, str]] = [
    (b"", "The file is empty."),
    (b"\xef\xbb\xbf \n", "The file lacks the columns era, id, prediction and target"),
    (b" \n\n", "The file is empty."),
    (b"x" * (LARGEST + 1), "That file has 10,485,761 bytes; it may have 10,485,760."),
    (bomb(), PACKED),
    (gzip.compress(HEADER.encode()), PACKED),
    *((pickle.dumps(Harmful(), protocol), NO_TEXT) for protocol in range(1, 6)),
    (pickle.dumps(Harmful(), 0), "The file lacks the columns era, id, prediction and target"),
    ("era,id,prediction,target\n1,a,1,1".encode("utf-16"), NO_TEXT),
    (HEADER.encode() + "1,\xe9,1,1".encode("latin-1"), NO_TEXT),
    (b"era,id,prediction\n1,a,1", "The file lacks the column target: its first line names the columns"),
    (b"ERA,ID,prediction,target,Target\n1,a,1,1,1", "The column target is there twice"),
    (HEADER.encode(), "The file has a first line with the columns, and no row below it."),
    (rows("1,a,1"), "Line 2 has 3 cells, and the first line 4: every line needs as many."),
    (rows("1,a,1,1", "", "1,b,1,1,9"), "Line 4 has 5 cells, and the first line 4"),
    (rows("1,a,1,1", "1,b,=1+1,1"), "The prediction of line 3 is not a number."),
    (rows("1,a,=cmd|' /C calc'!A0,1"), "The prediction of line 2 is not a number."),
    (rows("1,a,1,inf"), "The target of line 2 is too large to be one."),
    (rows("1,a,1e300,0"), "The prediction of line 2 is too large to be one."),
    (rows('1,a,"0,5",0'), "The prediction of line 2 is not a number."),
    (rows("1,a,,1", "1,b,nan,0"), "No row has a prediction: there is nothing to score."),
    (rows("1,a,1,", "1,b,2,NaN"), "No row has a target: there is nothing to score."),
    (rows(",a,1,1"), "Line 2 has no era."),
    (rows("1, ,1,1"), "Line 2 has no id."),
    (rows("9" * 41 + ",a,1,1"), "The era of line 2 is longer than 40 characters."),
    (rows("1,a,1,1", "2,a,1,1", "1,b,1,1", "1,a,2,1"), "Era 1 has an id twice (1 such row in the file)"),
    (rows('1,"a', 'b",1,1'), "Line 2 has a quotation mark that doesn't end on it."),
    (rows("1,a,1,1", "0" * 2**16 + ",b,1,1"), "Line 3 is longer than 65,536 characters"),
    (HEADER.encode() + b"," * 2**20, "Line 2 is longer than 65,536 characters"),
    (
        ",".join(["era,id,prediction,target", *(f"feature_{at}" for at in range(501))]).encode(),
        f"That file has 501 features; {MOST_FEATURES} may be there",
    ),
    (b"era,id,prediction,target,feature_a\n1,a,1,1,", "Line 2 lacks a number in one of the features."),
    (b"era,id,prediction,target,feature_a\n1,a,1,1,x", "The feature of line 2 is not a number."),
    (rows(*(f"{era},a,1,1" for era in range(MOST_ERAS + 1))), "That file has more than 3,000 eras"),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_file_of_predictions_gets_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$") as refused:
        read_predictions(content)
    assert sentence in str(refused.value)
    assert len(str(refused.value)) < 200
    assert UNPICKLED == []


@pytest.mark.slow
def test_too_many_rows_and_too_many_features() -> None:
    line = "1,{},1,1"
    with pytest.raises(ValueError, match="That file has more than 500,000 rows"):
        read_predictions(rows(*(f"1,{at:x},1,1" for at in range(MOST_ROWS + 1))))
    names = [f"feature_{at}" for at in range(MOST_FEATURES)]
    wide = ",".join(["era,id,prediction,target", *names]) + "\n"
    ones = ",1" * MOST_FEATURES
    many = MOST_CELLS // MOST_FEATURES + 1
    content = wide + "\n".join(line.format(at) + ones for at in range(many))
    with pytest.raises(ValueError, match="500 features of that many rows are more than 2,000,000 numbers"):
        read_predictions(content.encode())


@pytest.mark.slow
def test_a_row_takes_few_bytes() -> None:
    line = "{},{:x},.5,.25,.75"
    header = "era,id,prediction,target,meta_model\n"
    content = (header + "\n".join(line.format(at % 50, at) for at in range(50_000))).encode()
    tracemalloc.start()
    try:
        read_predictions(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak * MOST_ROWS / 50_000 < 120 * 2**20, "as many rows as may be stay far under 150 MB"


def test_it_reads_what_pandas_wrote_in_any_way() -> None:
    made = frame(eras=6, features=2)
    for content in (
        as_file(made),
        b"\xef\xbb\xbf" + as_file(made),
        as_file(made, sep=";", decimal=","),
        as_file(made, sep="\t", lineterminator="\r\n"),
        as_file(made, quoting=1),
        as_file(made.rename(columns=str.upper)),
        as_file(made.assign(comment="=1+1")[["comment", *made.columns[::-1]]]),
        as_file(made.sample(frac=1, random_state=1).sort_values("id", kind="stable")),
    ):
        read = read_predictions(content)
        assert read.eras == tuple(made.era.unique())
        assert list(read.starts) == list(range(0, 241, 40))
        for name in ("prediction", "target", "meta_model"):
            np.testing.assert_array_equal(getattr(read, name), made[name])
        columns = made[["feature_0", "feature_1"]].to_numpy(np.float32)
        assert read.features is not None
        backwards = content.startswith(b"comment")
        np.testing.assert_array_equal(read.features, columns[:, ::-1] if backwards else columns)


def test_rows_of_an_era_are_brought_together_as_they_stand() -> None:
    shuffled = frame().sample(frac=1, random_state=3)
    read = read_predictions(as_file(shuffled))
    together = shuffled.sort_values("era", kind="stable")
    np.testing.assert_array_equal(read.prediction, together.prediction)
    np.testing.assert_array_equal(read.target, together.target)


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        (["10", "9", "0011"], ["9", "10", "0011"]),
        (["era10", "era9"], ["era9", "era10"]),
        (["2.0", "1.0"], ["1.0", "2.0"]),
        (["2026-02-06", "2026-01-30"], ["2026-01-30", "2026-02-06"]),
        (["b", "a", "7"], ["b", "a", "7"]),
        (["-1", "2"], ["-1", "2"]),
    ],
)
def test_eras_may_be_numbers_days_or_text(typed: list[str], order: list[str]) -> None:
    read = read_predictions(rows(*(f"{era},a,1,1" for era in typed)))
    assert list(read.eras) == order


def test_the_number_of_an_era() -> None:
    assert [era_number(era) for era in ("0123", "Era 7", "8.0", "²", "1e3", "", "x1")] == [
        123, 7, 8, None, None, None, None,
    ]  # fmt: skip


def test_what_is_missing_is_no_number() -> None:
    read = read_predictions(rows("1,a,,1", "1,b,NA,null", "1,c,2,None", "1,d,1,1"))
    np.testing.assert_array_equal(read.prediction, [np.nan, np.nan, 2, 1])
    np.testing.assert_array_equal(read.target, [1, np.nan, np.nan, 1])


def sentence_of(content: bytes) -> str:
    """What is wrong with a file; "" where it is read."""
    try:
        read = read_predictions(content)
    except ValueError as refused:
        return str(refused)
    return "" if read.starts[-1] == read.rows > 0 else "no sentence"


@given(st.binary(max_size=300), st.booleans())
def test_nothing_but_a_sentence_comes_of_noise(noise: bytes, under_a_header: bool) -> None:
    refused = sentence_of(HEADER.encode() + noise if under_a_header else noise)
    assert refused.endswith(".") or not refused


@given(st.lists(st.sampled_from([*'1,;\t"\n\r=-.e', "nan", "era", "1,a,1,1\n"]), max_size=60))
def test_nothing_but_a_sentence_comes_of_what_looks_like_rows(parts: list[str]) -> None:
    refused = sentence_of((HEADER + "".join(parts)).encode())
    assert refused.endswith(".") or not refused


def test_pandas_reads_the_same_numbers() -> None:
    content = as_file(frame(seed=9))
    theirs = pd.read_csv(io.BytesIO(content), dtype={"era": str})
    ours = read_predictions(content)
    np.testing.assert_array_equal(ours.meta_model, theirs.meta_model)
