"""Everyone of a tournament as a field: every model of every whole round that is kept."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from tournament.numerai.field.details import HELD, LIKENESS
from tournament.numerai.field.kept import KeptRounds, Narrow, RoundOutline, column
from tournament.numerai.parse import SCORES
from tournament.overview import Likeness
from tournament.source import EVERYONE, WHOLE, Floats, History, Rounds, SourceError, TournamentField

log = logging.getLogger(__name__)

LOOKED_BACK = 10  # rounds: who has missed more is not like that any more
NONE_YET = "No whole round of this tournament is read yet"


@dataclass(frozen=True)
class Coverage:
    """How many whole rounds are kept, of how many that are wanted, and of which share of their stake."""

    kept: int
    wanted: int
    first: int
    last: int
    share: float  # median over the rounds; nan where none tells its total

    @property
    def told(self) -> str:
        """ "118 of 520 rounds are read whole so far, the newest first: 1284-1401"."""
        if not self.kept:
            return (
                f"None of {self.wanted:,} rounds is read whole yet"
                if self.wanted
                else "No round is read whole yet"
            )
        if self.kept < self.wanted:
            return (
                f"{self.kept:,} of {self.wanted:,} rounds are read whole so far, the newest first: "
                f"{self.first}-{self.last}"
            )
        return f"All {self.kept:,} rounds {self.first}-{self.last} are read whole"


def coverage(kept: Mapping[int, RoundOutline], wanted: int) -> Coverage:
    """How far the reading of `wanted` rounds has come."""
    shares = [each.covered for each in kept.values() if each.staked and each.head.at_risk]
    return Coverage(
        kept=len(kept),
        wanted=max(wanted, len(kept)),
        first=min(kept, default=0),
        last=max(kept, default=0),
        share=float(np.median(shares)) if shares else float("nan"),
    )


def with_totals(rounds: Rounds, kept: Mapping[int, RoundOutline]) -> Rounds:
    """The rounds with all that is at risk in those that are kept, as Numerai tells it."""
    told = {number: each.head.at_risk for number, each in kept.items() if each.head.at_risk}
    at_risk = rounds.total_at_risk.copy()
    at_risk[np.isin(rounds.number, list(told))] = [told[n] for n in rounds.number.tolist() if n in told]
    return replace(rounds, total_at_risk=at_risk)


def score_spans(kept: Mapping[int, RoundOutline]) -> dict[str, tuple[int, int]]:
    """The first and last resolved round that has each score."""
    spans: dict[str, tuple[int, int]] = {}
    for number, each in kept.items():
        for score in each.columns if each.head.resolved else ():
            if score in SCORES:
                spans[score] = (spans.get(score, (number, number))[0], number)
    return spans


async def likeness(rounds: KeptRounds, model: str) -> Likeness | None:
    """What a model is like in the newest of the LOOKED_BACK rounds that tell it; None where none can."""
    try:
        names, kept = await rounds.names(), await rounds.all()
        numbers = [at for at, name in enumerate(names) if name.casefold() == model.casefold()]
        told = set(LIKENESS.values())
        telling = [number for number, each in kept.items() if not told.isdisjoint(each.columns)]
        for number in reversed(telling[-LOOKED_BACK:]):
            found = await rounds.likeness(number)
            if found is not None and np.isin(found.model, numbers).any():
                at = int(np.flatnonzero(np.isin(found.model, numbers))[0])
                values = [float(column([found], name)[at]) for name in LIKENESS.values()]
                if not np.isnan(values).all():
                    return Likeness(number, *values)
    except SourceError:  # nobody's answer fails for it
        log.info("what a model is like can't be looked up", exc_info=True)
    return None


async def everyone(rounds: KeptRounds, wanted: int, lacks: str) -> TournamentField:
    """The field of all that is kept, of `wanted` rounds; lacks: what the API no longer tells, a sentence.

    Raises SourceError while nothing is kept.
    """
    kept = await rounds.all()
    if not any(each.models for each in kept.values()):
        raise SourceError(NONE_YET, lacks or "They are read one by one: try again in a few minutes.")
    narrow = await rounds.narrow()
    names = await rounds.names()
    notice = " ".join(filter(None, (lacks, _notice(coverage(kept, wanted)))))
    return await asyncio.to_thread(_field, kept, narrow, names, notice)


def _field(
    kept: Mapping[int, RoundOutline], narrow: Mapping[int, Narrow], names: tuple[str, ...], notice: str
) -> TournamentField:
    numbers = np.array([number for number, rows in narrow.items() if rows.model.size], dtype=np.int64)
    heads = {number: kept[number] for number in numbers.tolist()}

    def read(wanted: NDArray[np.int64]) -> History:
        some = [number for number in wanted.tolist() if number in heads]
        return _rows([heads[number] for number in some], [narrow[number] for number in some], names)

    return TournamentField(
        name=EVERYONE,
        kind=EVERYONE,
        models=names,
        numbers=numbers,
        rows=np.array([heads[number].models for number in heads], dtype=np.intp),
        staked=np.array([heads[number].staked for number in heads], dtype=np.intp),
        read=read,
        asked_at=_asked_at(list(heads.values())),
        notice=notice,
    )


def _rows(heads: Sequence[RoundOutline], rounds: Sequence[Narrow], names: tuple[str, ...]) -> History:
    """The rows of some rounds, in their order; scores that none of them has are NaN."""
    sizes = [each.model.size for each in rounds]
    size = sum(sizes)
    nothing = np.broadcast_to(np.float64("nan"), size)

    def told(name: str) -> Floats:
        return column(rounds, name) if any(name in each.columns for each in rounds) else nothing

    def once(values: Sequence[float | None]) -> Floats:
        return np.repeat(np.array(values, dtype=np.float64), sizes)

    chosen = dict.fromkeys(score for each in heads for score in each.head.multipliers) or {"corr": None}
    return History(
        name=EVERYONE,
        kind=EVERYONE,
        models=names,
        model=np.concatenate([np.empty(0, np.int64), *(each.model for each in rounds)], dtype=np.int64),
        round=np.repeat(np.array([each.head.number for each in heads], dtype=np.int64), sizes),
        scores={score: told(score) for score in SCORES},
        chosen={score: once([each.head.multipliers.get(score, 0.0) for each in heads]) for score in chosen},
        payout_factor=once([each.head.factor for each in heads]),
        stake=told("stake"),
        payout=told("payout"),
        resolved=np.repeat(np.array([each.head.resolved for each in heads], dtype=np.bool_), sizes),
        likeness={name: told(name) for name in HELD if any(name in each.columns for each in rounds)},
    )


def _asked_at(heads: Sequence[RoundOutline]) -> datetime:
    """How old what may still change is; where nothing may, when the newest was read."""
    still_open = [each.fetched_at for each in heads if not each.head.resolved]
    return min(still_open) if still_open else max(each.fetched_at for each in heads)


def _notice(found: Coverage) -> str:
    """What everyone is here, where it is not every model of every round that is wanted."""
    told = []
    if found.kept < found.wanted:
        told.append(f"{found.told}.")
    if found.share < WHOLE:
        told.append(f"The models that Numerai tells hold {100 * found.share:.0f} % of the stake at risk.")
    return " ".join(told)
