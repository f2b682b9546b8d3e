"""Processes of bots: a clean environment, none left running, and none sent to another machine."""

import signal
from pathlib import Path

import pytest

from tests.loopback.connected import LAUNCH
from tests.process import BotProcess


@pytest.mark.slow
async def test_a_process_gets_a_clean_environment_and_is_never_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "somebody's real token")
    script = "import os, threading; print('has', 'DISCORD_TOKEN' in os.environ, os.environ['NOTE'])\n"
    script += "print('x' * 100_000); threading.Event().wait()"
    async with BotProcess(["-c", script], {"NOTE": "ü"}, tmp_path) as process:
        assert await process.wait_for_line("has") == "has False ü"
        assert len(await process.wait_for_line("xxx")) == 100_000
        with pytest.raises(AssertionError, match=r"no 'has' within 0.01 s\n.*\nhas False"):
            await process.wait_for_line("has", 0.01, after=2)
        with pytest.raises(AssertionError, match=r"still running after 0.01 s"):
            await process.wait(0.01)
        assert await process.stop(signal.SIGTERM) == -signal.SIGTERM
        with pytest.raises(AssertionError, match="the process ended without 'more'"):
            await process.wait_for_line("more")
        assert await process.stop() == -signal.SIGTERM
    async with BotProcess(["-c", script], {"NOTE": ""}) as process:
        await process.wait_for_line("has")
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.slow
async def test_launch_refuses_an_address_that_is_not_this_machine(tmp_path: Path) -> None:
    async with BotProcess([LAUNCH, "https://example.org"], cwd=tmp_path) as process:
        assert await process.wait() == 1
        assert process.lines == ["https://example.org is not this machine: a token must not go there"]
