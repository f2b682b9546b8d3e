"""A bot as a process of its own: clean environment, its lines as they come, never left running."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.patience import PATIENCE

# what a Python process needs; nothing of the developer's own bot, so no DISCORD_* by accident
INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
LINE_LIMIT = 1024 * 1024


class BotProcess:
    """`async with BotProcess([script, address], env, cwd)`: this Python runs the arguments until the end."""

    def __init__(
        self, args: Sequence[str | Path], env: Mapping[str, str] | None = None, cwd: str | Path | None = None
    ) -> None:
        self._args = [str(arg) for arg in args]
        self._env = {name: os.environ[name] for name in INHERITED if name in os.environ}
        self._env |= {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", **(env or {})}
        self._cwd = cwd
        self._news = asyncio.Event()
        self._closed = False
        self.lines: list[str] = []

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._args,
            env=self._env,
            cwd=self._cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LINE_LIMIT,
        )
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.kill()
        await self._process.wait()
        # a grandchild may hold the pipe open
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._reader, 2.0)
        if error is not None:
            error.add_note(self._tail())

    async def _read(self) -> None:
        try:
            async for line in self._process.stdout:
                self.lines.append(line.decode(errors="replace").rstrip("\r\n"))
                self._tell()
        finally:
            self._closed = True
            self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _tail(self) -> str:
        return "\n".join(["The last lines of the process:", *self.lines[-40:]])

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait_for_line(self, substring: str, within: float = PATIENCE, *, after: int = 0) -> str:
        """Wait for a line, written already or to come; `after` leaves out the first lines."""
        try:
            async with asyncio.timeout(within):
                while True:
                    for line in self.lines[after:]:
                        if substring in line:
                            return line
                    assert not self._closed, f"the process ended without {substring!r}\n{self._tail()}"
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"no {substring!r} within {within:g} s\n{self._tail()}") from None

    async def wait(self, within: float = PATIENCE) -> int:
        """Wait for the process to end by itself, and give its return code."""
        try:
            async with asyncio.timeout(within):
                code = await self._process.wait()
                await asyncio.shield(self._reader)
        except TimeoutError:
            raise AssertionError(f"still running after {within:g} s\n{self._tail()}") from None
        return code

    async def stop(self, number: signal.Signals = signal.SIGTERM, within: float = PATIENCE) -> int:
        """Send a signal and wait for the end; a process that ended before keeps its return code."""
        if self._process.returncode is None:
            self._process.send_signal(number)
        return await self.wait(within)

    def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
