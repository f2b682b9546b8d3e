"""numerapi with bounded requests; importing this costs half a second, so only its first question does."""

import email.utils
import json
import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import requests
from numerapi.base_api import Api
from requests.adapters import HTTPAdapter

from tournament.numerai.parse import TOURNAMENT_NUMBERS, UNREADABLE, field
from tournament.numerai.throttle import Patience, Throttle
from tournament.source import SourceError

log = logging.getLogger(__name__)

LARGEST_ANSWER = 64 * 1024 * 1024  # bytes
PIECE = 64 * 1024  # bytes
LONGEST_HOLD = 60.0  # seconds that the API can silence the bot for
_NOT_THERE = ("not found", "does not exist", "doesn't exist", "no such", "could not find")


class PatientClient(Api):
    """numerapi's methods without keys, on one pooled connection, each request bounded in time and number.

    Works for every tournament: `tournament_id` is what its methods ask about. Threads may share it.
    """

    def __init__(
        self,
        tournament: str,
        address: str,
        throttle: Throttle,
        patience: Patience,
        closing: threading.Event,
        *,
        threads: int,
        clock: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        # not numerapi's own: it would set up the root logger and load keys, and all of .env with them
        self.logger, self.token = log, None
        self.show_progress_bars, self.global_data_dir = False, "."
        self.tournament_id = TOURNAMENT_NUMBERS[tournament]
        self._address, self._throttle, self._patience, self._closing = address, throttle, patience, closing
        self._clock, self._rng = clock, rng or random.Random()
        self._session = requests.Session()
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(pool_maxsize=threads))

    def close(self) -> None:
        """Close the connections that wait for the next request."""
        self._session.close()

    def raw_query(
        self,
        query: str,
        variables: dict[str, Any] | None = None,
        authorization: bool = False,
        *,
        retries: int | None = None,
        delay: int = 0,
        backoff: int = 2,
        deadline: float | None = None,
        counted: bool = False,
    ) -> dict[str, Any]:
        """numerapi's, but it ends before `deadline` on the clock and raises nothing but SourceError.

        `counted`: the throttle has counted the first attempt already. Pauses come from Patience, not `delay`.
        """
        if authorization:
            raise SourceError("This bot has no keys of anybody", "Ask for what is public.")
        deadline = self._clock() + self._patience.budget if deadline is None else deadline
        attempts = self._patience.attempts if retries is None else retries
        body = {"query": query, "variables": variables}
        for attempt in range(attempts):
            if not (counted and attempt == 0):
                self._take_turn(deadline)
            try:
                return self._checked(self._post(body, deadline))
            except _TryAgainError as again:
                error = again
            pause = self._rng.uniform(0, self._patience.backoff * backoff**attempt)
            pause = max(pause, error.wait)
            if error.wait:
                self._throttle.hold(min(error.wait, LONGEST_HOLD))
            if attempt + 1 == attempts or self._clock() + pause >= deadline or self._closing.wait(pause):
                log.info("gave up on Numerai after attempt %d: %s", attempt + 1, error)
                raise SourceError(error.reason) from error
        raise SourceError(UNREADABLE)  # nothing was tried

    def _take_turn(self, deadline: float) -> None:
        left = deadline - self._clock()
        if left <= 0:  # all threads were busy for that long
            raise SourceError("Numerai takes too long to answer")
        wait = self._throttle.reserve(left)
        if wait is None:
            raise SourceError(
                "This bot has asked Numerai as much as it may for now", "Try again in a minute."
            )
        if self._closing.wait(wait):
            raise SourceError("The bot is shutting down", "Try again once it is back.")

    def _post(self, body: dict[str, Any], deadline: float) -> bytes:
        left = max(deadline - self._clock(), 0.001)  # 0 would mean no limit
        timeout = (min(self._patience.connect, left), min(self._patience.read, left))
        try:
            with self._session.post(
                self._address,
                json=body,
                headers={"Accept": "application/json"},
                timeout=timeout,
                allow_redirects=False,
                stream=True,
            ) as response:
                if response.status_code == requests.codes.too_many_requests:
                    raise _TryAgainError(
                        "Numerai asks this bot to slow down", _seconds(response.headers.get("Retry-After"))
                    )
                if response.status_code >= 500:
                    raise _TryAgainError(f"Numerai has a problem of its own (error {response.status_code})")
                if response.status_code != requests.codes.ok:
                    raise SourceError(f"Numerai did not accept the question (error {response.status_code})")
                return self._read(response, deadline)
        except requests.Timeout as error:
            raise _TryAgainError("Numerai takes too long to answer") from error
        except (requests.RequestException, OSError) as error:
            raise _TryAgainError("Numerai can't be reached") from error

    def _read(self, response: requests.Response, deadline: float) -> bytes:
        # requests bounds each wait for the next piece, not how many pieces there are
        pieces, size = [], 0
        for piece in response.iter_content(PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > LARGEST_ANSWER:
                raise SourceError("Numerai's answer is too large")
            if self._clock() > deadline:
                raise _TryAgainError("Numerai takes too long to answer")
        return b"".join(pieces)

    def _checked(self, content: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(content)
        except ValueError as error:
            raise SourceError(UNREADABLE) from error
        if isinstance(answer, dict) and answer.get("errors"):
            message = str(answer["errors"])[:500]
            if any(words in message.lower() for words in _NOT_THERE) and isinstance(answer.get("data"), dict):
                return answer  # how GraphQL says that a name is unknown: the error, and null for data
            log.warning("Numerai answered with errors: %s", message)
            raise SourceError("Numerai answered with an error")
        field(answer, "data")
        return answer


class _TryAgainError(Exception):
    """What may be gone in a moment, in words, and how many seconds the API asks to wait."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.wait = reason, wait


def _seconds(retry_after: str | None) -> float:
    """Retry-After, in seconds or as a date, as seconds from now."""
    if not retry_after:
        return 0.0
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        return max(0.0, email.utils.parsedate_to_datetime(retry_after).timestamp() - time.time())
    except (TypeError, ValueError):
        return 0.0
