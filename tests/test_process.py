"""The real bot.py as a process, against a Discord on this machine: start, answer, stop, be killed."""

import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.loopback.messages import DEFERRED
from tests.loopback.server import BOB, GOOD_TOKEN, MODERATOR, LoopbackDiscord
from tests.offline import TEXT, parts_of
from tests.process import BotProcess

ROOT = Path(__file__).parent.parent
LAUNCH = ROOT / "tests" / "launch.py"
WHO = {"proposed": "1C3T", "who": "model_07585"}

pytestmark = pytest.mark.slow


def told(reply: Any) -> str:
    """Every text of a reply's components."""
    return "\n".join(part["content"] for part in parts_of(reply) if part["type"] == TEXT)


def bot_process(address: str, folder: Path, **env: str) -> BotProcess:
    settings = {
        "DISCORD_TOKEN": GOOD_TOKEN,
        "DATABASE_PATH": str(folder / "bot.sqlite3"),
        "DATA_SOURCE": "sample",
    }
    return BotProcess([LAUNCH, address], settings | env, cwd=folder)


@dataclass
class Running:
    """A bot at work: where it is, its lines, and its database."""

    discord: LoopbackDiscord
    process: BotProcess
    file: Path


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """One for all that ask and leave it running."""
    folder = tmp_path_factory.mktemp("running")
    async with LoopbackDiscord() as discord_server, ready_bot(discord_server, folder) as bot:
        yield Running(discord_server, bot, folder / "bot.sqlite3")


one_bot = pytest.mark.asyncio(loop_scope="module")


@asynccontextmanager
async def ready_bot(discord_server: LoopbackDiscord, folder: Path) -> AsyncIterator[BotProcess]:
    async with bot_process(discord_server.address, folder) as bot:
        await bot.wait_for_line('message="ready"')
        yield bot


@one_bot
async def test_a_typed_command_comes_back_with_a_chart(running: Running) -> None:
    reply = await running.discord.command("payout compare", options=WHO)
    assert reply.ephemeral
    assert "1xCORR + 3xTC would have paid" in told(reply)
    [(name, png, alt)] = reply.files
    assert name == "chart-1.png"
    assert png.startswith(b"\x89PNG")
    assert alt is not None
    assert "pay adding up" in alt
    assert reply.response_type == DEFERRED, "three seconds are little, so work comes after it"
    how = await running.discord.click(reply, label="Share")
    sent = len(running.discord.requests_to("POST", "/webhooks/*/*"))
    await running.discord.click(how, label="With amounts of NMR")
    await running.discord.wait_for_request("POST", "/webhooks/*/*", count=sent + 1)
    [shared] = running.discord.posts()
    assert shared.files[0][0] == "chart-1.png"
    assert "Shared by" in told(shared)


@one_bot
async def test_it_answers_in_a_direct_message_and_completes_names(running: Running) -> None:
    choices = await running.discord.autocomplete(
        "payout compare", "who", "0758", options={"proposed": "1C3T"}
    )
    assert "model_07585" in [choice["value"] for choice in choices]
    reply = await running.discord.command("payout compare", options=WHO, dm=True)
    assert "would have paid" in told(reply)
    refused = await running.discord.command("setup show", dm=True, member=MODERATOR)
    assert "belongs to a server" in refused.content


@one_bot
async def test_who_brought_the_bot_along_gets_every_answer_and_shares_none(running: Running) -> None:
    asked: dict[str, tuple[dict[str, str], int]] = {
        "payout compare": (WHO, 1),
        "stakes concentration": ({}, 1),
        "stakes influence": ({}, 1),
        "stakes unstake": ({}, 1),
        "stakes history": ({}, 1),
        "stakes who": ({"name": "model_07585"}, 1),
    }
    before, answers = kept_questions(running), []
    for name, (options, charts) in asked.items():
        reply = await running.discord.command(name, options=options, brought_along=True)
        assert reply.ephemeral, name
        assert reply.response_type == DEFERRED, name
        assert told(reply), reply.content
        answers.append(reply)
        assert len(reply.files) == charts
        share = [part for part in parts_of(reply) if ":share:" in part.get("custom_id", "")]
        assert share == [], "the server has not invited the bot, so nothing is posted there"
    invited = await running.discord.command("stakes who", options={"name": "model_07585"})
    assert invited.components
    assert kept_questions(running) == before + 1 + sum(bool(told(reply)) for reply in answers)


def kept_questions(running: Running) -> int:
    with closing(sqlite3.connect(running.file)) as file:
        return file.execute("SELECT count(*) FROM asked_questions").fetchone()[0]


async def test_commands_are_synced_once_and_not_again_while_they_stay_the_same(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord_server:
        for line in ("commands synced", "commands unchanged"):
            async with ready_bot(discord_server, tmp_path) as bot:
                await bot.wait_for_line(line)
        assert len(discord_server.requests_to("PUT", "/applications/*/commands")) == 1


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_it_cleanly(tmp_path: Path, name: signal.Signals) -> None:
    async with LoopbackDiscord() as discord_server, ready_bot(discord_server, tmp_path) as bot:
        await discord_server.command("account link", options={"name": "model_07585"})
        assert await bot.stop(name) == 0
        assert "Traceback" not in "\n".join(bot.lines)
    # a connection that was closed leaves no write-ahead log behind
    assert not (tmp_path / "bot.sqlite3-wal").exists()


async def test_a_signal_before_it_is_ready_stops_it_too(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord_server, bot_process(discord_server.address, tmp_path) as bot:
        await discord_server.wait_for_request("GET", "/users/@me")
        assert await bot.stop(signal.SIGTERM) == 0


async def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord_server:
        async with ready_bot(discord_server, tmp_path) as bot:
            await discord_server.command("account link", options={"name": "model_07585"}, member=BOB)
            bot.kill()
        with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as file:
            assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        async with ready_bot(discord_server, tmp_path):
            reply = await discord_server.command("account show", member=BOB)
            assert "model_07585" in told(reply)


@one_bot
async def test_a_dropped_connection_is_resumed(running: Running) -> None:
    await running.discord.command("help")
    await running.discord.drop()
    await running.discord.wait_ready()
    assert "What do you want to know?" in told(await running.discord.command("help"))


@one_bot
async def test_a_rate_limit_delays_the_answer_and_loses_nothing(running: Running) -> None:
    running.discord.fail_next("POST", "/webhooks/*/*", 429)
    reply = await running.discord.command("payout compare", options=WHO)
    assert reply.files


@one_bot
async def test_log_lines_are_structured(running: Running) -> None:
    line = await running.process.wait_for_line('message="ready"')
    assert 'level="info"' in line
    assert "guilds=1" in line


async def test_a_missing_token_gets_one_line_that_names_the_demo(tmp_path: Path) -> None:
    async with bot_process("http://127.0.0.1:9", tmp_path, DISCORD_TOKEN="") as bot:
        assert await bot.wait() == 1
        [line] = bot.lines
        assert "DISCORD_TOKEN is not set" in line
        assert "make demo" in line


async def test_a_wrong_token_gets_one_line_that_names_the_demo(tmp_path: Path) -> None:
    async with (
        LoopbackDiscord() as discord_server,
        bot_process(discord_server.address, tmp_path, DISCORD_TOKEN="wrong") as bot,
    ):
        assert await bot.wait() == 1
        assert "does not accept this DISCORD_TOKEN" in bot.lines[-1]
        assert "make demo" in bot.lines[-1]
        assert "Traceback" not in "\n".join(bot.lines)


async def test_without_discord_it_says_so_and_tries_again_until_it_is_stopped(tmp_path: Path) -> None:
    async with bot_process("http://127.0.0.1:9", tmp_path) as bot:
        for again in ("1.0", "2.0"):
            line = await bot.wait_for_line(f"again_in={again}")
            assert 'message="Discord can\'t be reached" why="ClientConnectorError"' in line
        assert await bot.stop() == 0
        assert "Traceback" not in "\n".join(bot.lines)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/users/@me"), ("PUT", "/applications/*/commands")], ids=["login", "sync"]
)
async def test_a_discord_that_fails_at_the_start_is_waited_for(
    tmp_path: Path, method: str, path: str
) -> None:
    async with LoopbackDiscord() as discord_server:
        discord_server.fail_next(method, path, 503, times=2)
        async with ready_bot(discord_server, tmp_path) as bot:
            assert sum("Discord can't be reached" in line for line in bot.lines) == 2
            assert await bot.stop() == 0
            assert "Traceback" not in "\n".join(bot.lines)
        assert len(discord_server.identifies) == 1


async def test_a_token_that_is_refused_after_an_outage_ends_it(tmp_path: Path) -> None:
    async with (
        LoopbackDiscord() as discord_server,
        bot_process(discord_server.address, tmp_path, DISCORD_TOKEN="wrong") as bot,
    ):
        discord_server.fail_next("GET", "/users/@me", 503)
        assert await bot.wait() == 1
        assert "does not accept this DISCORD_TOKEN" in bot.lines[-1]


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"DATA_SOURCE": "moon"}, "DATA_SOURCE is “moon”"),
        ({"LOG_LEVEL": "loud"}, "LOG_LEVEL is “loud”"),
    ],
)
async def test_a_bad_setting_gets_one_line(tmp_path: Path, settings: dict[str, str], sentence: str) -> None:
    async with bot_process("http://127.0.0.1:9", tmp_path, **settings) as bot:
        assert await bot.wait() == 1
        [line] = bot.lines
        assert sentence in line


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "bot.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA user_version = 999")
    before = file.read_bytes()
    async with LoopbackDiscord() as discord_server, bot_process(discord_server.address, tmp_path) as bot:
        assert await bot.wait() == 1
        assert "written by a newer version" in bot.lines[-1]
    assert file.read_bytes() == before


async def test_nothing_heavy_is_imported_before_the_gateway_is_ready(tmp_path: Path) -> None:
    script = tmp_path / "watch.py"
    script.write_text(
        f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import bot
ready = bot.Roundtable.on_ready
async def on_ready(self):
    heavy = {{"pandas", "matplotlib", "scipy", "numba"}}
    print("HEAVY", sorted(heavy & set(sys.modules)), flush=True)
    await ready(self)
bot.Roundtable.on_ready = on_ready
sys.exit(bot.main())
""",
        encoding="utf-8",
    )
    async with LoopbackDiscord() as discord_server:
        settings = {
            "DISCORD_TOKEN": GOOD_TOKEN,
            "DATABASE_PATH": str(tmp_path / "bot.sqlite3"),
            "DATA_SOURCE": "sample",
        }
        async with BotProcess([LAUNCH, discord_server.address, script], settings, cwd=tmp_path) as bot:
            assert await bot.wait_for_line("HEAVY") == "HEAVY []"
            await bot.wait_for_line("warm")
