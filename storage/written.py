"""Whether anything was written while one command, press or form is answered."""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar

_noted: ContextVar[list[bool] | None] = ContextVar("written", default=None)


def begin() -> None:
    """Note from here on what this task, and those that it starts, write."""
    _noted.set([])


def mark() -> None:
    """Something is written."""
    noted = _noted.get()
    if noted is not None:
        noted.append(True)


def anything() -> bool:
    """Whether something was written since `begin`."""
    return bool(_noted.get())


@contextmanager
def aside() -> Generator[None]:
    """What is written meanwhile is not what was asked for."""
    before = _noted.set(None)
    try:
        yield
    finally:
        _noted.reset(before)
