"""The bot over several connections: the real bot.py against a Discord of two shards, and its own part."""

from pathlib import Path
from typing import Any

import discord
import pytest

from bot import Roundtable, Settings, create_bot
from tests.loopback.server import GUILD_ID, SECOND_GUILD_ID, LoopbackDiscord
from tests.test_process import bot_process, told

HELP = "What do you want to know?"


@pytest.mark.slow
async def test_two_shards_have_a_server_each_and_resume_alone(tmp_path: Path) -> None:
    async with (
        LoopbackDiscord(shards=2) as discord_server,
        bot_process(discord_server.address, tmp_path, SHARDS="auto") as bot,
    ):
        ready = await bot.wait_for_line('message="ready"')
        assert "guilds=2 shards=2" in ready
        await bot.wait_for_line("warm")
        assert [asked["shard"] for asked in discord_server.identifies] == [[0, 2], [1, 2]]
        assert discord_server.hasty == []
        for shard in range(2):
            await bot.wait_for_line(f'message="shard ready" shard={shard} guilds=1')
        for channel in ("general", "elsewhere"):
            assert HELP in told(await discord_server.command("help", channel=channel))

        # the first server is the second shard's
        seen = len(bot.lines)
        discord_server.hold_back()
        await discord_server.drop(shard=1)
        await bot.wait_for_line('message="shard disconnected" shard=1', after=seen)
        assert HELP in told(await discord_server.command("help", channel="elsewhere"))
        assert discord_server.resumes == []
        discord_server.let_in()
        # asked while that shard may still be away: it comes with the resume
        assert HELP in told(await discord_server.command("help", channel="general"))
        await bot.wait_for_line('message="shard resumed" shard=1', after=seen)
        assert len(discord_server.resumes) == 1
        assert len(discord_server.identifies) == 2
        assert not any("shard=0" in line for line in bot.lines[seen:])
        assert await bot.stop() == 0
        assert "Traceback" not in "\n".join(bot.lines)


@pytest.mark.slow
async def test_too_few_connections_are_told_with_the_remedy(tmp_path: Path) -> None:
    async with (
        LoopbackDiscord(shards=2) as discord_server,
        bot_process(discord_server.address, tmp_path) as bot,
    ):
        assert await bot.wait() == 1
        assert "set SHARDS=auto in .env" in bot.lines[-1]
        assert "Traceback" not in "\n".join(bot.lines)


@pytest.mark.parametrize(
    ("typed", "shards", "count"),
    [("", False, None), ("1", False, None), ("auto", True, None), ("3", True, 3)],
)
def test_the_setting_says_how_many_connections(typed: str, shards: bool, count: int | None) -> None:
    bot = create_bot(Settings.from_env({"SHARDS": typed}))
    assert isinstance(bot, Roundtable)
    assert isinstance(bot, discord.AutoShardedClient) == shards
    if shards:
        assert bot.shard_count == count


@pytest.mark.parametrize("typed", ["many", "0", "-1", "1.5"])
def test_another_number_of_connections_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="SHARDS"):
        Settings.from_env({"SHARDS": typed})


async def test_a_server_that_left_while_its_shard_had_no_session_is_gone(tmp_path: Path) -> None:
    bot: Any = create_bot(Settings.from_env({"SHARDS": "2", "DATABASE_PATH": str(tmp_path / "file")}))
    state = bot._connection
    await bot._async_setup_hook()
    left = str(int(GUILD_ID) + (1 << 23))

    def begin(shard: int, *guilds: str) -> None:
        user = {"id": "1", "username": "table", "discriminator": "0", "avatar": None}
        told = [{"id": guild, "unavailable": True} for guild in guilds]
        state.parse_ready(
            {"shard": [shard, 2], "user": user, "guilds": told, "application": {"id": "1", "flags": 0}}
        )

    try:
        begin(0, SECOND_GUILD_ID)
        begin(1, GUILD_ID, left)
        await bot.on_shard_disconnect(1)
        begin(1, GUILD_ID)
        await bot.on_shard_connect(1)
        assert {str(guild.id) for guild in bot.guilds} == {GUILD_ID, SECOND_GUILD_ID}
        await bot.on_shard_disconnect(1)
        await bot.on_shard_resumed(1)
        await bot.on_shard_connect(1)
        assert len(bot.guilds) == 2
    finally:
        for task in state._ready_tasks.values():
            task.cancel()
        await bot.close()
