"""Reads rounds whole, one by one behind all that members ask: the newest first, then backwards."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from tournament.numerai.asking.client import RefusedError
from tournament.numerai.columns import Calendar
from tournament.numerai.field.details import no_round
from tournament.numerai.field.kept import KeptRounds, RoundOutline
from tournament.numerai.reading import Reading
from tournament.source import SourceError

log = logging.getLogger(__name__)

AGE = timedelta(hours=20)  # of a round that has not resolved: its scores change once a day
FAILURES = 3  # in a row, before a pass gives up
REFUSALS = 20  # in a row: one round may have no answer where all others have
TOLD_EVERY = 25  # rounds, a line in the log


@dataclass(frozen=True)
class Limits:
    """How far back whole rounds are read, and how much of the database they may take."""

    weeks: int = 104
    megabytes: int = 60  # of each tournament


class RoundReader:
    """Keeps the whole rounds of one tournament up to date."""

    def __init__(
        self, reading: Reading, kept: KeptRounds, now: Callable[[], datetime], limits: Limits
    ) -> None:
        self._reading, self._kept, self._now, self._limits = reading, kept, now, limits

    def wanted(self, calendar: Calendar) -> list[int]:
        """The rounds to be read, the newest first: those that have opened, as far back as the limit says."""
        now = np.datetime64(self._now().replace(tzinfo=None), "s")
        opened = calendar.rounds.opened
        inside = (opened <= now) & (opened > now - np.timedelta64(7 * self._limits.weeks, "D"))
        return calendar.rounds.number[inside & calendar.rounds.paid][::-1].tolist()

    async def read(self, calendar: Calendar) -> None:
        """Read every round that is missing, or may have changed, and drop those that are too old.

        Goes on after a failure, gives up after a few in a row; what is read is kept at once, so that a stop
        at any moment loses one round at most. Raises the last SourceError.
        """
        wanted = self.wanted(calendar)
        if not wanted:
            return
        await self._kept.drop(before=wanted[-1])
        done = set(calendar.rounds.number[calendar.resolved].tolist())
        due = [
            number for number in wanted if self._is_due((await self._kept.all()).get(number), number in done)
        ]
        read = failures = refusals = 0
        failed: SourceError | None = None
        for number in due:
            if not await self._fits(number):
                break
            try:
                asked = self._now()
                told = await self._reading.whole_round(number)
                await self._kept.keep(told or no_round(number, resolved=number in done), asked)
                read, failures, refusals = read + 1, 0, 0
            except RefusedError as error:
                failed, refusals = error, refusals + 1
            except SourceError as error:
                failed, failures = error, failures + 1
            if failures == FAILURES or refusals == REFUSALS:
                break
            if read and read % TOLD_EVERY == 0:
                await self._tell(len(wanted))
        if read % TOLD_EVERY:
            await self._tell(len(wanted))
        await self._kept.narrow()  # so that nobody who asks about everyone waits for it
        if failed is not None:
            raise failed

    def _is_due(self, kept: RoundOutline | None, resolved: bool) -> bool:
        if kept is None:
            return True
        if kept.head.resolved:
            return False
        return resolved or not timedelta() <= self._now() - kept.fetched_at < AGE

    async def _fits(self, number: int) -> bool:
        """Whether there is room for a round: the oldest go for a newer one, never a newer for an older."""
        most = self._limits.megabytes * 1_000_000
        kept = await self._kept.all()
        size = sum(each.size for each in kept.values())
        largest = max((each.size for each in kept.values()), default=0)
        if size + largest <= most or number in kept:
            return True
        if not kept or number < min(kept):
            return False
        await self._kept.drop(before=min(kept) + 1)
        return await self._fits(number)

    async def _tell(self, wanted: int) -> None:
        kept = await self._kept.all()
        log.info(
            "whole rounds are read",
            extra={
                "fields": {
                    "rounds": f"{len(kept)} of {wanted}",
                    "back_to": min(kept),
                    "megabytes": round(sum(each.size for each in kept.values()) / 1e6, 1),
                }
            },
        )
