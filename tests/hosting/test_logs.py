"""What a host finds in the log: nothing that members typed, chose or are called, and never a secret."""

import logging
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from logs import LogLine
from storage.database import open_database
from storage.polls.opening import open_poll
from storage.polls.polls import PollTerms
from tests.loopback.server import BOB, GOOD_TOKEN, LoopbackDiscord
from tests.loopback.state import GUILD_ID
from tests.offline import Server, said
from tests.test_process import bot_process

ADA = replace(BOB, id="912345678901234567", name="ada_of_the_log")
TYPED = ("1xBANANA", "model_07585", "model_0758x", "mango", "pomelo", "kumquat", "ada_of_the_log")


@pytest.mark.slow
@pytest.mark.parametrize("level", ["info", "debug"])
async def test_nothing_of_what_members_do_is_in_the_log(tmp_path: Path, level: str) -> None:
    file = tmp_path / "bot.sqlite3"
    db, present = await open_database(file), datetime.now(UTC)
    terms = PollTerms("Which?", "score", ["a", "b"], present, present + timedelta(days=7), "ab" * 32, 12)
    await open_poll(db, int(GUILD_ID), 1, terms, present)
    await db.close()
    async with (
        LoopbackDiscord() as discord_server,
        bot_process(discord_server.address, tmp_path, LOG_LEVEL=level) as bot,
    ):
        await bot.wait_for_line('message="warm"')
        before = len(bot.lines)
        wrong = await discord_server.command(
            "payout compare", options={"proposed": "1xBANANA", "who": "model_07585"}, member=ADA
        )
        assert "BANANA" in wrong.content
        refusal = [line for line in bot.lines[before:] if "refused" in line]
        assert len(refusal) == len(bot.lines[before:]) == 1, "one line for a mistyped rule"
        assert 'command="payout compare" why=' in refusal[0]
        await discord_server.command("account link", options={"name": "model_0758x"}, member=ADA)
        await discord_server.autocomplete("payout compare", "who", "pomelo", options={"proposed": "kumquat"})
        shown = await discord_server.command("poll show", options={"number": 1}, member=ADA)
        form = await discord_server.click(shown, label="Vote")
        assert "mango" in (await discord_server.submit(form, {"text": "a: mango"})).content
        discord_server.fail_next("POST", "/webhooks/*/*", 429)  # of which the library warns, with the address
        ballot = await discord_server.submit(form, {"text": "a: 3\nb: 1"})
        assert "Your ballot" in str(ballot.components)
        assert await bot.stop() == 0
        secrets = [asked.token for asked in discord_server._state.interactions.values()]
    with closing(sqlite3.connect(file)) as database:
        secrets += [salt for (salt,) in database.execute("SELECT salt FROM ballots")]
    log = "\n".join(bot.lines)
    assert len(secrets) > 5
    assert [text for text in (*TYPED, ADA.id, GOOD_TOKEN, *secrets) if text in log] == []
    assert "Traceback" not in log


@pytest.mark.parametrize("trouble", ["read-only", "full"])
async def test_what_the_host_has_to_mend_is_an_error_and_not_a_traceback(
    server: Server, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    caplog.set_level(logging.INFO)
    pragma = {"read-only": "query_only = ON", "full": "max_page_count = 1"}[trouble]
    await server.database.connection.execute_fetchall(f"PRAGMA {pragma}")
    for number in range(40):  # until every page that is there is full
        claim = f"{number} " + "".join(Random(number).choices("abcdefghij ", k=125))
        member = server.guild.add_member(server.env.create_user(f"member{number}"))
        reply = said(await member.slash(server.channel, "opinion add", claim=claim))
        if trouble in reply.content:
            break
    assert f"{trouble}, so nothing was changed" in reply.content
    [told] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    line = LogLine().format(told)
    assert 'level="error"' in line
    assert trouble in line
    assert "\n" not in line


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060)])
async def test_an_answer_that_comes_too_late_is_no_error(
    server: Server, caplog: pytest.LogCaptureFixture, status: int, code: int
) -> None:
    caplog.set_level(logging.INFO)
    server.env.inject_error("POST", "/interactions/*/*/callback", status=status, code=code, times=None)
    await server.ben.slash(server.channel, "help")
    lines = [LogLine().format(record) for record in caplog.records]
    assert [line for line in lines if 'level="error"' in line or 'level="warning"' in line] == []
    assert any("too late" in line or "could not answer" in line for line in lines)


def raised(error: BaseException, cause: BaseException | None = None) -> str:
    try:
        raise error from cause
    except BaseException:  # noqa: BLE001
        record = logging.LogRecord("x", logging.ERROR, "", 0, "unexpected error", (), sys.exc_info())
    return LogLine().format(record)


def test_a_traceback_tells_where_and_of_what_kind_and_quotes_nobody() -> None:
    line = raised(RuntimeError("the drawing thread is gone"), KeyError("model_07585"))
    assert "test_logs.py" in line
    assert "builtins.RuntimeError: the drawing thread is gone" in line
    assert "builtins.KeyError (it may quote what was typed)" in line
    assert line.index("KeyError") < line.index("RuntimeError")
    assert "model_07585" not in line


def test_secrets_are_masked_wherever_they_stand() -> None:
    text = (
        "POST https://discord.com/api/v10/webhooks/12/aW50ZXJhY3Rpb24:abc/messages/@original and "
        "https://discord.com/api/v10/interactions/34/c2VjcmV0/callback with salt " + "5a17" * 8
    )
    record = logging.LogRecord("discord.http", logging.WARNING, "", 0, text, (), None)
    line = LogLine().format(record)
    assert "/webhooks/12/***/messages/@original" in line
    assert "/interactions/34/***/callback" in line
    assert not any(secret in line for secret in ("aW50ZXJhY3Rpb24", "c2VjcmV0", "5a17"))
