"""Time that goes on as soon as everybody waits for it: hours of waiting take no longer than their work."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready; who would wait finds the time has passed, and looking takes a microsecond."""
        self.passed += (timeout or 0.0) + 1e-6
        return super().select(0)


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop for what waits for time alone: no threads, no connections."""

    def __init__(self) -> None:
        self._simulated = _Selector()
        super().__init__(self._simulated)

    def time(self) -> float:
        """Seconds since it began."""
        return self._simulated.passed


def simulate(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns, in simulated time."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(work)


def clock() -> float:
    """The time of the running loop."""
    return asyncio.get_running_loop().time()
