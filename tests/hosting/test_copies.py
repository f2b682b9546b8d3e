"""What hosts do, with real processes: copies of a bot at work, the way back, and a second one by mistake."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.loopback.server import BOB, LoopbackDiscord
from tests.process import BotProcess
from tests.test_process import ROOT, bot_process, ready_bot, told

pytestmark = pytest.mark.slow

# writes one row after the other as the bot does, and says so once it is on the disk
WRITES = f"""
import asyncio, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from bot import utc_now
from storage.upkeep.files import Copies
from storage.upkeep.lease import open_alone
from storage.server.syncs import record_sync

async def main():
    db, lease = await open_alone(Path(sys.argv[1]), Copies(Path("backups"), 0), utc_now)
    for number in range(1, 100_000):
        await record_sync(db, number, "a" * 200, utc_now())
        print("wrote", number, flush=True)

asyncio.run(main())
"""


def host(folder: Path, *typed: str | Path) -> BotProcess:
    return BotProcess([ROOT / "bot.py", *typed], {"DATABASE_PATH": str(folder / "bot.sqlite3")}, cwd=folder)


async def types(folder: Path, *typed: str | Path) -> tuple[int, str]:
    async with host(folder, *typed) as process:
        return await process.wait(), "\n".join(process.lines)


def rows(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count, last = database.execute("SELECT count(*), max(application_id) FROM command_syncs").fetchone()
        assert count == (last or 0), "every row up to the last"
        return count


def written(process: BotProcess) -> int:
    return int(process.lines[-1].split()[1]) if process.lines else 0


async def test_a_copy_made_amid_writes_replaces_what_a_kill_and_a_lost_wal_left(tmp_path: Path) -> None:
    file, copy = tmp_path / "bot.sqlite3", tmp_path / "copy.sqlite3"
    async with BotProcess(["-c", WRITES, file], cwd=tmp_path) as writer:
        await writer.wait_for_line("wrote 50")
        least = written(writer)
        assert await types(tmp_path, "backup", copy) == (0, f"{copy} is a copy of {file} as it was just now.")
        most = written(writer) + 1
        code, said = await types(tmp_path, "restore", copy)
        assert code == 1
        assert "Another process works with the bot's database" in said
        await writer.wait_for_line(f"wrote {most + 50}")
        writer.kill()
        await writer.wait()
    assert least <= rows(copy) <= most
    aside = tmp_path / "aside"
    aside.mkdir()
    file.with_name(f"{file.name}-wal").rename(aside / "wal")
    async with LoopbackDiscord() as discord_server, bot_process(discord_server.address, tmp_path) as bot:
        assert await bot.wait() == 1
        assert "holds less than was written to it (its -wal file is missing" in bot.lines[-1]
    code, said = await types(tmp_path, "restore", copy)
    assert code == 0, said
    assert f"{file} is now what {copy} holds." in said
    assert rows(file) == rows(copy)
    async with LoopbackDiscord() as discord_server, ready_bot(discord_server, tmp_path) as bot:
        reply = await discord_server.command("account show", member=BOB)
        assert told(reply) or reply.content


async def test_a_second_bot_is_refused_and_follows_once_the_first_is_dead(tmp_path: Path) -> None:
    async with LoopbackDiscord() as discord_server:
        async with ready_bot(discord_server, tmp_path) as first:
            async with bot_process(discord_server.address, tmp_path) as second:
                assert await second.wait() == 1
                assert "Another process works with the bot's database" in second.lines[-1]
                assert "Traceback" not in "\n".join(second.lines)
            assert len(discord_server.identifies) == 1
            first.kill()
            await first.wait()
        async with ready_bot(discord_server, tmp_path) as third:
            assert await third.stop() == 0


def test_what_can_be_typed_is_told() -> None:
    told = subprocess.run([sys.executable, ROOT / "bot.py", "--help"], capture_output=True, text=True)
    assert "backup" in told.stdout
    assert "restore" in told.stdout
