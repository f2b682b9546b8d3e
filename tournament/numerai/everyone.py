"""The models with the largest stakes, read a few at a time behind the scenes, as one history."""

import asyncio
import logging
from datetime import datetime
from typing import NamedTuple

from tournament.numerai import columns
from tournament.numerai.board import Board
from tournament.numerai.cache import Cache
from tournament.numerai.reading import BACKGROUND_AGE, Reading
from tournament.source import EVERYONE, History, SourceError

log = logging.getLogger(__name__)

LARGEST = 200
FAILURES = 3  # in a row, before a pass gives up


class Coverage(NamedTuple):
    """How many models are read, how many have a stake, and the share of that stake the read ones hold."""

    fetched: int
    known: int
    share: float


class Everyone:
    """What has been read so far of the models with the largest stakes."""

    def __init__(self, reading: Reading, board: Board, cache: Cache) -> None:
        self._reading, self._board, self._cache = reading, board, cache
        self._made: tuple[dict[str, datetime], History] | None = None

    async def refresh(self, count: int = LARGEST) -> None:
        """Read the leaderboards and the `count` largest models again, those that are old; politely.

        Goes on with the next model after a failure, gives up after a few in a row; raises no SourceError.
        """
        try:
            await self._board.refresh()
        except SourceError as error:
            log.warning("the leaderboards can't be read: %s", error)
        failures = 0
        for name, _ in (await self._board.staked())[:count]:
            try:
                model = await self._reading.model(name, background=BACKGROUND_AGE)
                answer = model
                if model.value is not None:
                    answer = await self._reading.performances(model.value[0], background=BACKGROUND_AGE)
                failures = failures + 1 if answer.late else 0
            except SourceError as error:
                log.info("a model can't be read: %s", error)
                failures += 1
            if failures >= FAILURES:
                log.warning("the largest models can't be read; the next pass tries again")
                return

    async def coverage(self) -> Coverage:
        """How much of the tournament EVERYONE is so far."""
        staked = await self._board.staked()
        total = sum(stake for _, stake in staked)
        read = await self._read(staked[:LARGEST])
        held = sum(stake for name, stake in staked[:LARGEST] if name in read)
        return Coverage(len(read), len(staked), held / total if total else 0.0)

    async def history(self) -> History:
        """The rows of all models that are read. Raises SourceError while there are none."""
        staked = (await self._board.staked())[:LARGEST]
        read = await self._read(staked)
        if not read:
            raise SourceError(
                "None of the models with the largest stakes is read yet",
                "The bot reads them one by one; try again in ten minutes.",
            )
        moments = {name: moment for name, (_, moment) in read.items()}
        if self._made is None or self._made[0] != moments:
            self._made = moments, await self._make(read)
        return self._made[1]

    async def _read(self, staked: list[tuple[str, float]]) -> dict[str, tuple[str, datetime]]:
        """Of these models the ones whose history is kept: name -> under which question, and since when."""
        questions = {}
        for name, _ in staked:
            model = await self._cache.stored(self._reading.question("model", name.casefold()))
            if model is not None:
                questions[name] = self._reading.question("history", model.value[0])
        moments = await self._cache.moments(questions.values())
        return {
            name: (question, moments[question])
            for name, question in sorted(questions.items())
            if question in moments
        }

    async def _make(self, read: dict[str, tuple[str, datetime]]) -> History:
        parts = {}
        for name, (question, _) in read.items():
            answer = await self._cache.stored(question)
            if answer is not None:
                # as arrays right away: lists of numbers take seven times the memory
                parts[name] = await asyncio.to_thread(columns.as_arrays, answer.value)
        _, known, share = await self.coverage()
        one = len(parts) == 1
        which = "model that is" if one else f"{len(parts):,} models with the largest stakes that are"
        notice = f"Everyone is the {which} read so far, of {known:,} with a stake: {100 * share:.0f} % of it."
        notice = " ".join([notice, *columns.gaps(parts.values())])
        asked_at = min(moment for _, moment in read.values())
        return await asyncio.to_thread(
            columns.history, EVERYONE, EVERYONE, parts, asked_at=asked_at, notice=notice
        )
