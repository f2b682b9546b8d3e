"""How repeatable each score is: what of one round comes again in later ones, and what is its luck."""

import asyncio
import math
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from features.lab.record.tables import RecordTables, read_tables
from scoring.lab.track_record import (
    Estimate,
    inflation_estimate,
    lasting_means,
    persistence,
    rounds_to_half_weight,
    signal_share,
)
from tournament.source import Floats, Source
from wording.numbers import listed, score_name, span

A_LITTLE = 0.15  # of one round's differences; what comes again less than that is little


@dataclass(frozen=True)
class Repeatability:
    """What of one score comes again, each with its interval, and the rounds until half of a mean is no luck.

    share: of the differences between models in one round, that which is the models' own. lasting: the
    correlation of two rounds that share no day. means: of means of `rounds` rounds with the next. inflation:
    by how much overlap raises the variance of a mean. half, half_low, half_high: rounds; infinity for never.
    earlier, later: lasting in the first and second half of the rounds.
    """

    score: str
    models: int
    first_round: int
    last_round: int
    share: Estimate
    lasting: Estimate
    means: Estimate
    inflation: Estimate
    half: float
    half_low: float
    half_high: float
    earlier: Estimate
    later: Estimate

    @property
    def name(self) -> str:
        """How members write it."""
        return score_name(self.score)

    @property
    def is_seen(self) -> bool:
        """Whether it clearly comes again."""
        return self.share.low > 0

    @property
    def can_be_told(self) -> bool:
        """Whether there are rounds enough for an interval."""
        return not math.isnan(self.share.low)

    @property
    def halves_differ(self) -> bool:
        """Whether it came again clearly more in one half of the rounds than in the other."""
        return self.earlier.is_apart_from(self.later)


@dataclass(frozen=True)
class ScoresRepeated:
    """Every score that a source has, by how repeatable it is."""

    scores: tuple[Repeatability, ...]
    overlap: int
    left: str
    source: str
    until: date
    asked_at: datetime | None

    @property
    def lags(self) -> tuple[int, int]:
        """How far apart the rounds are whose rankings are compared."""
        return self.overlap + 1, 3 * self.overlap

    @property
    def span(self) -> str:
        """ "rounds 168-321": of all scores together."""
        return span(
            min(each.first_round for each in self.scores), max(each.last_round for each in self.scores)
        )

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        seen = [each for each in self.scores if each.is_seen]
        unseen = [each.name for each in self.scores if each.can_be_told and not each.is_seen]
        if not seen and not unseen:
            return "Too few rounds to say whether any score comes again."
        if not seen:
            return f"{listed(unseen)} can't be seen to come again."
        little = all(each.share.value < A_LITTLE for each in seen)
        verb = "comes" if len(seen) == 1 else "come"
        told = f"{listed([each.name for each in seen])} {verb} again{' a little' if little else ''}"
        return f"{told}; {listed(unseen)} can't be seen to." if unseen else f"{told}."


async def scores_repeated(source: Source) -> ScoresRepeated:
    """How repeatable every score is, of the final rounds of everybody.

    Raises ValueError with a sentence where nobody has a final score.
    """
    everyone, calendar, until = await asyncio.gather(source.everyone(), source.rounds(), source.until())

    def work() -> ScoresRepeated:
        tables = read_tables(everyone, calendar)
        tables.known(None)
        found = tuple(_repeated(tables, score) for score in tables.scores)
        return ScoresRepeated(
            scores=tuple(sorted(found, key=lambda each: not each.can_be_told)),
            overlap=tables.overlap,
            left=tables.left,
            source=source.label,
            until=until,
            asked_at=everyone.asked_at,
        )

    return await asyncio.to_thread(work)


def signal_of(table: Floats, overlap: int) -> Estimate:
    """signal_share of a table (r, n) whose rounds overlap so."""
    return signal_share(table, first=overlap + 1, last=6 * overlap, block=2 * overlap)


def _repeated(tables: RecordTables, score: str) -> Repeatability:
    numbers, models = tables.spread_of(score)
    table, overlap = tables.of(score), tables.overlap
    inside = (tables.numbers >= numbers[0]) & (tables.numbers <= numbers[-1])
    table = table[inside]
    share = signal_of(table, overlap)
    inflation = inflation_estimate(table, overlap=overlap, block=2 * overlap)
    middle = len(table) // 2
    whole, earlier, later = (
        persistence(part, first=overlap + 1, last=3 * overlap, block=2 * overlap)
        for part in (table, table[:middle], table[middle:])
    )
    half, low, high = (
        rounds_until_half(inflation.value, each) for each in (share.value, share.high, share.low)
    )
    return Repeatability(
        score=score,
        models=models,
        first_round=int(numbers[0]),
        last_round=int(numbers[-1]),
        share=share,
        lasting=whole,
        means=lasting_means(table, rounds=2 * overlap, overlap=overlap),
        inflation=inflation,
        half=half,
        half_low=low,
        half_high=high,
        earlier=earlier,
        later=later,
    )


def rounds_until_half(inflation: float, share: float) -> float:
    """rounds_to_half_weight; nan where one of them can't be told, and 0 where nothing is luck."""
    if not inflation > 0 or np.isnan(share):
        return math.nan
    return rounds_to_half_weight(inflation, share) if share < 1 else 0.0
