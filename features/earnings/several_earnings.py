"""What several models or accounts earned, side by side on the same rounds."""

import asyncio
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from string import ascii_uppercase

import numpy as np
from numpy.typing import NDArray

from features.earnings.earnings import NoPayError, PayRecord, csv_columns, csv_of, csv_rows, pay_record
from tournament.source import Source
from wording.names import DEFAULT_ROUNDS, names_for_others, rounds_meant
from wording.numbers import amount, span


@dataclass(frozen=True)
class EarnedLine:
    """Pay of one name, by the rounds (r,) that all share: 0 where it had no stake, and no record without any.

    pay and at_risk are in NMR.
    """

    letter: str
    name: str
    kind: str
    record: PayRecord | None
    pay: NDArray[np.float64]
    at_risk: NDArray[np.float64]

    @property
    def earned(self) -> float:
        """NMR of its rounds that are final."""
        return 0.0 if self.record is None else self.record.earned

    @property
    def percent(self) -> float:
        """Each final round's pay in % of what that round risked, added up; NaN where none is final."""
        if self.record is None or not self.record.resolved.any():
            return math.nan
        final = self.record.resolved
        return math.fsum(100 * self.record.payout[final] / self.record.at_risk[final])


@dataclass(frozen=True)
class SeveralEarnings:
    """Lines on the same rounds (r,); a round is open until it is final for one of them."""

    lines: tuple[EarnedLine, ...]
    rounds: NDArray[np.int64]
    resolved: NDArray[np.bool_]

    def for_others(self, own_name: str | None) -> "SeveralEarnings":
        """The same to be shown in public: only the member's own name and everyone's are told."""
        told_as = names_for_others({line.name: line.kind for line in self.lines}, own_name)
        return replace(
            self,
            lines=tuple(
                replace(
                    line,
                    name=told_as[line.name],
                    record=line.record and replace(line.record, name=told_as[line.name]),
                )
                for line in self.lines
            ),
        )

    @property
    def records(self) -> list[PayRecord]:
        """Those of the lines that have one: at least one."""
        return [line.record for line in self.lines if line.record is not None]

    @property
    def span(self) -> str:
        """ "rounds 306-325"."""
        return span(int(self.rounds[0]), int(self.rounds[-1]))

    @property
    def best(self) -> EarnedLine:
        """The line that earned most; where nothing is final, with most pending."""
        final = [line for line in self.lines if line.record is not None and line.record.resolved.any()]
        pending = [line for line in self.lines if line.record is not None]
        return max(final or pending, key=self._earned)

    @property
    def finding(self) -> str:
        """The answer in one sentence, without its full stop."""
        return self.told(str)

    def told(self, shown: Callable[[str], str]) -> str:
        """The same with its name as it is to be shown."""
        best, most = shown(self.best.name), self._earned(self.best)
        if not self.resolved.any():
            return f"Nothing is final yet; {best} has most pending: {amount(most, 'NMR')}"
        final = self.rounds[self.resolved]
        way = "earned most" if most >= 0 else "burned least"
        return f"{best} {way}: {amount(abs(most), 'NMR')} in {span(int(final[0]), int(final[-1]))}"

    def _earned(self, line: EarnedLine) -> float:
        assert line.record is not None
        return line.record.earned if self.resolved.any() else line.record.pending


async def several_earnings(
    source: Source, names: list[str], *, rounds: str | None = None, now: datetime | None = None
) -> SeveralEarnings:
    """What each name was paid in the last 20 final rounds in which any had a stake, and what is pending.

    rounds: those instead, as pay_record reads them. Who had no stake in them has no record. Raises ValueError
    as pay_record does, NoPayError where nobody had a stake.
    """
    asked = (_record_or_none(source, name, rounds, now) for name in names)
    found = {each.name: each for each in await asyncio.gather(*asked)}  # two may be one, spelled otherwise
    records = [each for each in found.values() if isinstance(each, PayRecord)]
    if not records:
        raise next(each for each in found.values() if isinstance(each, NoPayError))
    chosen = _common(records, rounds)
    final = _union(record.rounds[record.resolved] for record in records)
    lines = [
        _line(letter, each, chosen) for letter, each in zip(ascii_uppercase, found.values(), strict=False)
    ]
    return SeveralEarnings(tuple(lines), chosen, np.isin(chosen, final))


def several_as_csv(found: SeveralEarnings) -> str:
    """Every round of every name as CSV, one below the other."""
    scores = list(dict.fromkeys(score for record in found.records for score in record.scores))
    rows = [[record.name, *row] for record in found.records for row in csv_rows(record, scores)]
    return csv_of([["name", "round", *csv_columns(scores)], *rows])


async def _record_or_none(
    source: Source, name: str, rounds: str | None, now: datetime | None
) -> PayRecord | NoPayError:
    try:
        return await pay_record(source, name, rounds=rounds, now=now)
    except NoPayError as none:
        return none


def _union(rounds: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.unique(np.concatenate(list(rounds)))


def _common(records: list[PayRecord], rounds: str | None) -> NDArray[np.int64]:
    """The rounds that are told: the newest of them all, as many as were asked for of each."""
    every = _union(record.rounds for record in records)
    if rounds is None:
        final = _union(record.rounds[record.resolved] for record in records)
        return np.union1d(final[-DEFAULT_ROUNDS:], np.setdiff1d(every, final))
    meant = rounds_meant(rounds)
    return every[-meant:] if isinstance(meant, int) else every


def _line(letter: str, found: PayRecord | NoPayError, rounds: NDArray[np.int64]) -> EarnedLine:
    pay, at_risk = np.zeros(rounds.size), np.zeros(rounds.size)
    record = found.only(np.isin(found.rounds, rounds)) if isinstance(found, PayRecord) else None
    if record is None or not record.rounds.size:
        return EarnedLine(letter, found.name, found.kind, None, pay, at_risk)
    at = np.searchsorted(rounds, record.rounds)
    pay[at], at_risk[at] = record.payout, record.at_risk
    return EarnedLine(letter, found.name, found.kind, record, pay, at_risk)
