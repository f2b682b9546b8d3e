"""`/record score-file`: the answer and its CSV, what is refused, and that nothing of the file stays."""

import io
import logging
import pickle
from typing import Any

import pandas as pd
import pytest

from demo.height import height_of
from features.lab.predictions import LARGEST
from features.lab.score_file import scores_of_file
from storage.database import fetch_all
from tests.features.lab.files import WRITTEN, as_file, frame, rows
from tests.offline import Server, parts_of, said, text_of, traced
from tests.ui.messages import check_message

BUSY = "Your last file is still being scored: wait for its answer, then send this one."


async def send(server: Server, content: bytes, name: str = "predictions.csv") -> Any:
    return await server.ben.slash(server.channel, "record score-file", file=(name, content))


async def test_the_answer_has_the_scores_and_a_csv_of_them(server: Server) -> None:
    content = as_file(frame(eras=20, features=2))
    result = await send(server, content)
    told = text_of(said(result))
    found = scores_of_file(content)
    assert f"### CORR {found.scores['CORR'].mean:.4f}".replace("CORR 0.", "CORR .") in told
    for part in ("800 rows, 20 eras, 2 features", "**MMC** beyond the meta model", "**FNC**", "not kept"):
        assert part in told
    assert [part for part in parts_of(said(result)) if "custom_id" in part] == [], "nothing to press"
    _, file = said(result).attachments
    assert file.filename == "scores.csv"
    check_message("scores", said(result).message)
    assert height_of(said(result).message) < 700
    read = pd.read_csv(io.BytesIO(await file.read()))
    assert list(read) == ["era", "stocks", "corr", "mmc", "fnc"]
    assert read["corr"].mean() == pytest.approx(found.scores["CORR"].mean, abs=1e-8)


async def test_a_parquet_scores_as_the_csv_of_the_same(server: Server) -> None:
    answers = [
        text_of(said(await send(server, (WRITTEN / name).read_bytes(), name)))
        for name in ("truth.csv", "pyarrow.parquet", "polars.parquet")
    ]
    assert "### CORR " in answers[0]
    assert answers[1:] == answers[:1] * 2


async def test_nothing_of_a_file_is_kept_or_logged(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "roundtable"):
        async with traced(server) as statements:
            await send(server, as_file(frame(eras=20)), "secret-name.csv")
            await send(server, rows("secretera,secretid,1,1"), "secret-name.csv")
    assert not [each for each in statements if not each.startswith(("SELECT", "PRAGMA"))]
    assert await fetch_all(server.database, "SELECT 1 FROM asked_questions") == []
    logged = " ".join(
        f"{each.getMessage()} {vars(each)}" for each in caplog.records if each.name[:9] == "roundtabl"
    )
    assert "secret" not in logged
    assert "n000001" not in logged


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"PAR1" + b"\0" * 20 + b"PAR1", "x.parquet", "That parquet file can't be read: it is damaged"),
        (b"\x80\x05\x95", "x.csv", "That is no CSV"),
        (pickle.dumps([0.5]), "x.parquet", "That is no CSV, as it is not text in UTF-8, and no parquet"),
        ((WRITTEN / "bomb.parquet").read_bytes(), "x.parquet", "That parquet file takes more memory or"),
        ((WRITTEN / "unread_nested.parquet").read_bytes(), "x.parquet", "The column prediction is not of"),
        (rows("1,a,=1+1,1"), "x.csv", "The prediction of line 2 is not a number."),
        (rows("1,a,1,1", "1,a,1,1"), "x.csv", "Era 1 has an id twice"),
        (rows("@everyone,a,1,1", "@everyone,a,1,1"), "x.csv", "everyone has an id twice"),
        (rows("1,a,1,1"), "x.csv", "No era can be scored: a single stock."),
        (b" " * (LARGEST + 1), "x.csv", "That file has 10,485,761 bytes; a file of predictions has at most"),
    ],
)
async def test_a_bad_file_gets_a_sentence(server: Server, content: bytes, name: str, sentence: str) -> None:
    reply = said(await send(server, content, name))
    assert sentence in reply.content.replace("\\", "")
    assert len(reply.content) < 200
    assert "@everyone" not in reply.content


async def test_one_file_of_a_member_at_a_time(server: Server) -> None:
    async def told(_: float) -> None:
        pytest.fail("nobody waits")

    content = as_file(frame(eras=20, stocks=60))
    cog: Any = server.bot.get_cog("RecordCommands")
    async with cog.turns.turn(server.ben.id, told):
        assert said(await send(server, content)).content == BUSY
    assert "**CORR** with the target" in text_of(said(await send(server, content)))
