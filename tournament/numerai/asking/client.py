"""The one connection to Numerai's API: each request bounded in time, in size and in number."""

import asyncio
import email.utils
import json
import logging
import random
import time
import zlib
from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any

import aiohttp

from tournament.numerai.asking.throttle import Patience, Throttle
from tournament.numerai.parse import UNREADABLE, field, number
from tournament.source import SourceError, asker

log = logging.getLogger(__name__)

ADDRESS = "https://api-tournament.numer.ai"
LARGEST_ANSWER = 32 * 1024 * 1024  # bytes, unpacked
MOST_VALUES = 3_000_000  # in one answer: each costs some 60 bytes as an object
PIECE = 64 * 1024  # bytes
UNPACKED_PIECE = 1024 * 1024  # bytes; more at once would keep the event loop
MOST_TIMES = 200  # as large as it was packed: JSON gets to 40, what is made to fill a memory to 1,000
LONG_ANSWER = 20_000  # bytes; more is read in a thread
BACKGROUND_READ = 60.0  # seconds for a whole answer that nobody waits for
KEPT_OPEN = 90.0  # seconds that a connection waits for the next question
MOST_RESTS = 6  # that the API asks for before a question is given up
GZIP = zlib.MAX_WBITS | 16

_NOT_THERE = ("not found", "does not exist", "doesn't exist", "no such", "could not find")
_LIMITS = frozenset({"rate_limited", "rate_limit", "rate_limit_exceeded", "too_many_requests", "throttled"})


class RefusedError(SourceError):
    """The API answered with an error; `told` is what it says, which belongs in no log."""

    def __init__(self, told: str = "") -> None:
        super().__init__("Numerai answered with an error")
        self.told = told


class NumeraiClient:
    """Asks Numerai's API, for all tournaments; nothing is opened before the first question.

    Those who ask the same at the same time share one request.
    """

    def __init__(
        self,
        address: str = ADDRESS,
        *,
        patience: Patience | None = None,
        throttle: Throttle | None = None,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        self.address, self._clock, self._rng = address, clock, rng or random.Random()
        self._patience = patience or Patience()
        self._throttle = throttle or Throttle(clock=clock)
        self._session: aiohttp.ClientSession | None = None
        self._under_way: dict[tuple[str, str, bool], asyncio.Task[Mapping[str, Any]]] = {}
        self._closing = False

    async def ask(
        self, query: str, variables: Mapping[str, Any], *, background: bool = False
    ) -> Mapping[str, Any]:
        """What the API has under "data"; it is shared, so nobody may change it.

        In the background it waits its turn behind members, for as long as it takes. Raises SourceError with a
        sentence, for members after at most the budget of Patience.
        """
        key = (query, json.dumps(variables, sort_keys=True), background)
        if self._closing:
            raise _closed()
        task = self._under_way.get(key)
        if task is None:
            body = {"query": query, "variables": dict(variables)}
            # it is shared, so it is nobody's: it begins in a context of its own
            task = Context().run(asyncio.create_task, self._tried(body, asker.get(), background))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled() and self._closing:
                raise _closed() from None
            raise
        except RefusedError as failed:
            raise RefusedError(failed.told) from failed
        except SourceError as failed:  # several may raise it, and each needs its own traceback
            raise SourceError(failed.reason, failed.remedy) from failed

    async def close(self) -> None:
        """Give up all that is under way, at once."""
        self._closing = True
        tasks = list(self._under_way.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def _forget(self, key: tuple[str, str, bool], done: asyncio.Task[Mapping[str, Any]]) -> None:
        self._under_way.pop(key, None)
        if not done.cancelled():
            done.exception()  # whoever asked may be gone

    async def _tried(self, body: Mapping[str, Any], who: int | None, background: bool) -> Mapping[str, Any]:
        deadline = float("inf") if background else self._clock() + self._patience.budget
        attempts = 1 if background else self._patience.attempts
        failures = rests = 0
        while True:
            if background:
                sent_at = await self._throttle.background_turn()
            else:
                sent_at = await self._throttle.turn(deadline - self._clock(), who)
            try:
                answer = await self._post(body, deadline, background)
            except _LimitedError as limited:
                self._throttle.limited(sent_at, limited.wait, self._patience.backoff)
                rests += 1
                if rests == MOST_RESTS:
                    raise SourceError(limited.reason) from limited
            except _TryAgainError as again:
                failures += 1
                pause = self._rng.uniform(0, self._patience.backoff * 2 ** (failures - 1))
                if failures == attempts or self._clock() + pause >= deadline:
                    log.info("gave up on Numerai after attempt %d: %s", failures, again)
                    raise SourceError(again.reason) from again
                await asyncio.sleep(pause)
            else:
                self._throttle.answered()
                return answer

    async def _post(self, body: Mapping[str, Any], deadline: float, background: bool) -> Mapping[str, Any]:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_OPEN),
                auto_decompress=False,  # unpacked here, piece by piece
                timeout=aiohttp.ClientTimeout(total=None, connect=self._patience.connect),
                headers={"Accept": "application/json", "Accept-Encoding": "gzip"},
            )
        read = max(BACKGROUND_READ, self._patience.read) if background else self._patience.read
        try:
            # for the whole answer: one that comes a byte a second ends here too
            async with (
                asyncio.timeout(max(0.0, min(read, deadline - self._clock()))),
                self._session.post(self.address, json=body, allow_redirects=False) as response,
            ):
                status, wait = response.status, _seconds(response.headers.get("Retry-After"))
                if status == 429 or (status == 503 and wait):
                    raise _LimitedError(wait)
                if status >= 500:
                    raise _TryAgainError(f"Numerai has a problem of its own (error {status})")
                if status not in (200, 400):
                    raise _not_accepted(status)
                content = await _read(response)
        except TimeoutError as error:
            raise _TryAgainError("Numerai takes too long to answer") from error
        except (aiohttp.ClientError, OSError) as error:
            raise _TryAgainError("Numerai can't be reached") from error
        if len(content) > LONG_ANSWER:
            answer = await asyncio.to_thread(_decoded, content)
        else:
            answer = _decoded(content)
        return _checked(answer, status, wait)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The whole answer, unpacked; no more of it is ever held than an answer may have."""
    packed = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("identity", "gzip", ""):
        raise SourceError(UNREADABLE)
    unpack = zlib.decompressobj(GZIP) if packed == "gzip" else None
    pieces: list[bytes] = []
    size = received = 0

    def keep(piece: bytes) -> None:
        nonlocal size
        size += len(piece)
        if size > LARGEST_ANSWER or size > UNPACKED_PIECE + MOST_TIMES * received:
            raise SourceError("Numerai's answer is too large")
        pieces.append(piece)

    async for piece in response.content.iter_chunked(PIECE):
        received += len(piece)
        if unpack is None:
            keep(piece)
            continue
        left = piece
        while left:
            try:
                keep(unpack.decompress(left, UNPACKED_PIECE))
            except zlib.error as error:
                raise SourceError(UNREADABLE) from error
            left = unpack.unconsumed_tail
            await asyncio.sleep(0)
    if unpack is not None and not unpack.eof:
        raise SourceError(UNREADABLE)
    return b"".join(pieces)


def _decoded(content: bytes) -> Any:
    if content.count(b",") + content.count(b"[") + content.count(b"{") > MOST_VALUES:
        raise SourceError("Numerai's answer is too large")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:  # one is nested a thousand deep
        raise SourceError(UNREADABLE) from error


def _checked(answer: Any, status: int, wait: float) -> Mapping[str, Any]:
    """What is under "data", or the error that the answer tells of."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    if errors:
        told = str(errors)[:2000]
        if _is_limit(errors):
            raise _LimitedError(wait)
        if any(words in told.lower() for words in _NOT_THERE) and isinstance(answer.get("data"), dict):
            return answer["data"]  # how GraphQL says that a name is unknown: the error, and null for data
        log.warning("Numerai answered with errors", extra={"fields": {"codes": _codes(errors)}})
        log.debug("Numerai answered with errors: %s", told)
        raise RefusedError(told)
    if status != 200:
        raise _not_accepted(status)
    data = field(answer, "data")
    if not isinstance(data, dict):
        raise SourceError(UNREADABLE)
    return data


def _codes(errors: Any) -> list[str]:
    """What each error calls itself, in lower case."""
    told = [error for error in errors[:20] if isinstance(error, dict)] if isinstance(errors, list) else []
    more = [each for error in told if isinstance(each := error.get("extensions"), dict)]
    codes = [each["code"] for each in (*told, *more) if isinstance(each.get("code"), str)]
    return [code.strip().lower()[:40].replace(" ", "_").replace("-", "_") for code in codes]


def _is_limit(errors: Any) -> bool:
    """Whether it is the limit that errors tell of, by a code or in words."""
    return not _LIMITS.isdisjoint(_codes(errors)) or "rate limit" in str(errors)[:2000].lower()


class _TryAgainError(Exception):
    """What may be gone in a moment, in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _LimitedError(Exception):
    """The API asks for a rest; `wait` is for how many seconds, 0 where it does not say."""

    reason = "Numerai asks this bot to slow down"

    def __init__(self, wait: float) -> None:
        super().__init__(self.reason)
        self.wait = wait


def _closed() -> SourceError:
    return SourceError("The bot is shutting down", "Try again once it is back.")


def _not_accepted(status: int) -> SourceError:
    return SourceError(f"Numerai did not accept the question (error {status})")


def _seconds(retry_after: str | None) -> float:
    """Retry-After, in seconds or as a date, as seconds from now."""
    if not retry_after:
        return 0.0
    if (seconds := number(retry_after.strip())) is not None:
        return max(0.0, seconds)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
