"""Asks Numerai's API off the event loop, in a few threads of its own."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from tournament.numerai.parse import field
from tournament.numerai.throttle import Patience, Throttle
from tournament.source import SourceError

if TYPE_CHECKING:
    from tournament.numerai.client import PatientClient

T = TypeVar("T")

ADDRESS = "https://api-tournament.numer.ai"
THREADS = 10  # an account of ten models in one go


class Asking:
    """Numerai's API for one tournament; nothing is imported, opened or started before the first question."""

    def __init__(
        self,
        tournament: str,
        address: str = ADDRESS,
        *,
        throttle: Throttle,
        patience: Patience,
        threads: int = THREADS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tournament, self._address, self._size, self._clock = tournament, address, threads, clock
        self._throttle, self._patience = throttle, patience
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="numerai")
        self._lock, self._closing = threading.Lock(), threading.Event()
        self._client: PatientClient | None = None

    async def ask(
        self,
        query: str,
        variables: Mapping[str, Any],
        root: str,
        parse: Callable[[Any], T],
        *,
        background: bool = False,
    ) -> T:
        """What `parse`, in the same thread, makes of the answer under `root`.

        A background question has had its turn and is tried once. Raises SourceError with a sentence, after at
        most the budget of Patience.
        """
        loop = asyncio.get_running_loop()
        self._refuse_if_closing()
        client = self._client or await loop.run_in_executor(self._threads, self._open)
        self._refuse_if_closing()
        deadline = self._clock() + self._patience.budget

        def in_thread() -> T:
            answer = client.raw_query(
                query,
                dict(variables),
                retries=1 if background else None,
                deadline=deadline,
                counted=background,
            )
            return parse(field(answer["data"], root))

        return await loop.run_in_executor(self._threads, in_thread)

    async def background_turn(self) -> None:
        """Wait, for as long as it takes, until a question of nobody's may be asked: members go first."""
        while wait := self._throttle.spare():  # noqa: ASYNC110 - time alone frees a place
            await asyncio.sleep(wait)

    async def close(self) -> None:
        """Let nobody ask any more and interrupt all pauses; a request under way ends by its own limit."""
        self._closing.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            await asyncio.to_thread(self._client.close)

    def _refuse_if_closing(self) -> None:
        if self._closing.is_set():
            raise SourceError("The bot is shutting down", "Try again once it is back.")

    def _open(self) -> "PatientClient":
        from tournament.numerai.client import PatientClient  # half a second that must not delay the gateway

        with self._lock:
            if self._client is None:
                self._client = PatientClient(
                    self._tournament,
                    self._address,
                    self._throttle,
                    self._patience,
                    self._closing,
                    threads=self._size,
                    clock=self._clock,
                )
            return self._client
