"""Whether the deepest fall of a record is unusual: a model's, an account's, or the meta model's."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from features.meta_model.implied import meta_model_of
from scoring.drawdown import Drawdown, worst_drawdown
from scoring.drawdown.resampled import DrawdownChances, drawdown_chances, moving_average_drawdowns
from tournament.source import EVERYONE, Floats, History, Numbers, Rounds, Source
from wording.names import find_name
from wording.numbers import counted, number, percent, span

SEED = 20231101  # the same question gets the same shares
RESAMPLES = 4000
RARE = 0.05  # a share below this is called unusual

By = Callable[[History], Floats]


@dataclass(frozen=True)
class RecordKind:
    """What a record is made of: how it is typed, in words, its unit, and the value of a row."""

    typed: str
    words: str
    of_row: By
    unit: str
    times: float = 1.0  # what is shown of a number


def _paid(rows: History) -> Floats:
    return np.divide(rows.payout, rows.stake, out=np.full(rows.stake.size, np.nan), where=rows.stake > 0)


def _scored(score: str) -> By:
    return lambda rows: rows.scores[score] if score in rows.scores else np.full(rows.round.size, np.nan)


MEASURES = {
    each.typed: each
    for each in (
        RecordKind("corr", "CORR", _scored("corr"), " CORR"),
        RecordKind("mmc", "MMC", _scored("mmc"), " MMC"),
        RecordKind("tc", "TC", _scored("tc"), " TC"),
        RecordKind("pay", "pay as a share of the stake", _paid, " %", 100.0),
    )
}


@dataclass(frozen=True)
class UnusualFall:
    """The deepest fall of a record (r,) of rounds, and how often records like it fall as deep."""

    name: str  # "" for the meta model
    kind: str
    measure: RecordKind
    numbers: Numbers
    values: Floats = field(repr=False)
    fall: Drawdown
    chances: DrawdownChances
    usual: tuple[float, float, float]  # deepest falls of such records: a tenth, half, nine tenths are less
    overlap: int
    missing: int  # rounds between the first and the last that have no value
    notes: tuple[str, ...]
    source: str
    until: date

    @property
    def whose(self) -> str:
        """The model or the account, or what is meant without a name."""
        return self.name or "The meta model"

    @property
    def depth(self) -> str:
        """The depth as it is shown."""
        return f"{number(self.measure.times * self.fall.depth)}{self.measure.unit}"

    @property
    def when(self) -> str:
        """ "rounds 218-227", from the peak to the bottom."""
        first = min(self.fall.peak, self.numbers.size - 1)
        return span(int(self.numbers[first]), int(self.numbers[self.fall.trough - 1]))

    @property
    def shares(self) -> str:
        """ "37 % to 73 %", of the treatments that keep the dependence of rounds."""
        low, high = percent(self.chances.lowest), percent(self.chances.highest)
        return low if low == high else f"{low} to {high}"

    @property
    def verdict(self) -> str:
        """Whether it is unusual, in a word or two."""
        if self.chances.lowest >= RARE:
            return "not unusual"
        return "unusual" if self.chances.highest < RARE else "perhaps unusual"

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if not self.fall.depth:
            return f"{self.whose} never fell below its best so far in {counted(self.numbers.size, 'round')}."
        return (
            f"{self.whose}: the fall of {self.depth} is {self.verdict}. "
            f"Of records like this one {self.shares} fall as deep by chance."
        )

    def for_others(self, own_name: str | None) -> "UnusualFall":
        """The same to be shown in public: only the member's own name is told."""
        return self if self.name in ("", own_name) else replace(self, name=f"One {self.kind}")


async def unusual_fall(source: Source, name: str | None = None, measure: str = "corr") -> UnusualFall:
    """The deepest fall in final rounds of a model or an account, or of the meta model without a name.

    An account's value of a round is that of its models weighted by stake, of all alike where none has one.
    Raises ValueError with a sentence for an unknown name, everyone, and a record that is too short.
    """
    if measure not in MEASURES:
        raise ValueError(f"A record is made of {', '.join(MEASURES)}, and “{measure[:20]}” is none of them.")
    if name is None and measure != "corr":
        raise ValueError("The meta model has a CORR, which public scores imply, and nothing else.")
    found = None if name is None else await find_name(source, name)
    if found == EVERYONE:
        raise ValueError("Name a model or an account; without a name it is the meta model's fall.")
    calendar, until = await asyncio.gather(source.rounds(), source.until())
    notes: tuple[str, ...] = ()
    if found is None:
        everyone = await source.everyone()
        meta_model = await asyncio.to_thread(meta_model_of, everyone, calendar)
        numbers, values, kind = meta_model.numbers, meta_model.corr, "meta model"
        notes = tuple(filter(None, ("Its CORR is implied by its models' public scores.", meta_model.proxy)))
    else:
        history = await source.history(found)
        numbers, values = _record_of(history, MEASURES[measure])
        kind = history.kind
        notes = (history.notice,) if history.notice else ()
    known = ~np.isnan(values)
    return await asyncio.to_thread(
        _judged,
        found or "",
        kind,
        MEASURES[measure],
        numbers[known],
        values[known],
        calendar,
        notes,
        source.label,
        until,
    )


def _record_of(history: History, measure: RecordKind) -> tuple[Numbers, Floats]:
    """Rounds (r,) with a final row, and the value of each (r,)."""
    rows = history.only(history.resolved)
    values = measure.of_row(rows)
    rows, values = rows.only(~np.isnan(values)), values[~np.isnan(values)]
    numbers, at = np.unique(rows.round, return_inverse=True)
    staked = np.bincount(at, weights=np.nan_to_num(rows.stake), minlength=numbers.size)
    weights = np.where(staked[at] > 0, np.nan_to_num(rows.stake), 1.0)
    sums = (np.bincount(at, weights=each, minlength=numbers.size) for each in (weights * values, weights))
    return numbers, np.divide(*sums)


def _judged(
    name: str,
    kind: str,
    measure: RecordKind,
    numbers: Numbers,
    values: Floats,
    calendar: Rounds,
    notes: tuple[str, ...],
    source: str,
    until: date,
) -> UnusualFall:
    overlap = calendar.overlap(numbers)
    if numbers.size < 4 * overlap:
        raise ValueError(
            f"{name or 'The meta model'} has {counted(numbers.size, 'final round')} with {measure.words}, of "
            f"which {overlap} are open at once: {4 * overlap} are needed to tell whether a fall is unusual."
        )
    rng = np.random.default_rng(SEED)
    chances = drawdown_chances(values, overlap=overlap, resamples=RESAMPLES, rng=rng)
    like = moving_average_drawdowns(values, overlap, resamples=RESAMPLES, rng=rng)
    low, middle, high = np.quantile(like, [0.1, 0.5, 0.9]).tolist()
    between = calendar.number[calendar.paid]
    between = between[(between >= numbers[0]) & (between <= numbers[-1])]
    return UnusualFall(
        name=name,
        kind=kind,
        measure=measure,
        numbers=numbers,
        values=values,
        fall=worst_drawdown(values),
        chances=chances,
        usual=(low, middle, high),
        overlap=overlap,
        missing=int(np.count_nonzero(~np.isin(between, numbers))),
        notes=notes,
        source=source,
        until=until,
    )
