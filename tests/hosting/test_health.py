"""What monitors are told: of a real bot on a real port, well and not."""

import asyncio
import json
import socket
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot import Roundtable, Settings, create_bot
from health import WITHOUT_COPY, WITHOUT_DISCORD, ask
from storage.database import write_alone
from storage.moments import to_text
from tests.loopback.server import LoopbackDiscord
from tests.numerai_data import Present
from tests.offline import OfflineDiscord, furnished
from tests.process import BotProcess
from tests.test_process import ROOT, bot_process

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def fetched(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


def figures(text: str) -> dict[str, float]:
    """Every sample of a page in Prometheus' format, read by Prometheus' own reader."""
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_a_running_bot_tells_and_counts(tmp_path: Path) -> None:
    port = free_port()
    async with (
        LoopbackDiscord() as discord,
        bot_process(discord.address, tmp_path, HEALTH_PORT=str(port)) as bot,
    ):
        await bot.wait_for_line('message="ready"')
        await discord.command("payout rules")
        status, text = await asyncio.to_thread(fetched, port, "/health")
        told = json.loads(text)
        assert (status, told["is_well"], told["problems"], told["warnings"]) == (200, True, [], [])
        assert told["gateway"]["is_connected"]
        assert told["gateway"]["servers"] == 1
        assert told["numerai_answered"] is None, "the sample asks nobody"
        _, text = await asyncio.to_thread(fetched, port, "/metrics")
        found = figures(text)
        assert found["roundtable_well"] == found["roundtable_gateway_connected"] == 1
        assert found["roundtable_interactions_total application_command"] == 1
        assert found["roundtable_answer_seconds_count payout rules"] == 1
        assert found["process_resident_memory_bytes"] > 50e6
        typed = {"DATABASE_PATH": str(tmp_path / "bot.sqlite3"), "HEALTH_PORT": str(port)}
        async with BotProcess([ROOT / "bot.py", "health"], typed, cwd=tmp_path) as asked:
            assert await asked.wait() == 0
            assert json.loads(asked.lines[-1])["is_well"]
        (tmp_path / "other").mkdir()
        async with bot_process(discord.address, tmp_path / "other", HEALTH_PORT=str(port)) as second:
            assert await second.wait() == 1
            assert second.lines[-1].startswith(f"HEALTH_PORT is {port}, but another process listens there")
        assert await bot.stop() == 0
    told, is_well = ask(port)
    assert not is_well
    assert told.startswith(f"No bot answers on port {port}")


async def test_what_is_wrong_is_told_in_sentences(tmp_path: Path) -> None:
    port = free_port()
    settings = Settings.from_env(
        {"DATABASE_PATH": str(tmp_path / "bot.sqlite3"), "DATA_SOURCE": "sample", "HEALTH_PORT": str(port)}
    )
    present = Present()
    bot = create_bot(settings, now=present)
    assert isinstance(bot, Roundtable)
    env = OfflineDiscord(bot)
    await env.start()
    try:
        furnished(env)
        bot.dispatch("disconnect")
        await asyncio.sleep(0)
        status, told = await seen(port)
        assert (status, told["gateway"]["is_connected"], told["problems"]) == (200, False, [])
        present.moment += WITHOUT_DISCORD
        status, told = await seen(port)
        assert (status, told["is_well"]) == (503, False)
        assert told["problems"][0].startswith("Not connected to Discord for 3 minutes")
        bot.dispatch("resumed")
        await asyncio.sleep(0)
        bot.tools.copies.make(bot.tools.database.path, present())
        await write_alone(
            bot.tools.database,
            "INSERT INTO fetched_answers (question, answer, fetched_at) VALUES ('q', '1', ?)",
            (to_text(present()),),
        )
        bot.read_ahead = ["classic"]
        present.moment += WITHOUT_COPY
        status, told = await seen(port)
        assert (status, told["is_well"]) == (200, True)
        assert [each.split(":")[0].split(" 20")[0] for each in told["warnings"]] == [
            "Numerai's API has not answered since",
            "The database was last copied at",
        ]
    finally:
        await env.shutdown()
        await bot.close()


async def seen(port: int) -> tuple[int, dict[str, Any]]:
    status, text = await asyncio.to_thread(fetched, port, "/health")
    return status, json.loads(text)
