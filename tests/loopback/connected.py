"""The small bot as a process of its own, connected to a loopback Discord."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.loopback.server import GOOD_TOKEN, GUILD_ID, LoopbackDiscord
from tests.process import BotProcess

LAUNCH = Path(__file__).parents[1] / "launch.py"
SMALL_BOT = Path(__file__).parent / "small_bot.py"


def small_bot(discord_server: LoopbackDiscord, cwd: Path, token: str = GOOD_TOKEN, **env: str) -> BotProcess:
    env |= {"DISCORD_TOKEN": token, "GUILD": GUILD_ID}
    return BotProcess([LAUNCH, discord_server.address, SMALL_BOT], env, cwd)


@asynccontextmanager
async def connected(tmp_path: Path) -> AsyncIterator[tuple[LoopbackDiscord, BotProcess]]:
    async with LoopbackDiscord() as discord_server, small_bot(discord_server, tmp_path) as process:
        await discord_server.wait_ready()
        yield discord_server, process
