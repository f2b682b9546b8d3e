"""What a model or account earned, and what is still pending, round by round."""

import asyncio
import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tournament.overview import Likeness, ScoresOfTheDay
from tournament.source import EVERYONE, History, Numbers, Rounds, Source, TournamentField, field_of
from wording.names import DEFAULT_ROUNDS, find_name, find_rounds
from wording.numbers import amount, counted, span


@dataclass(frozen=True)
class PayRecord:
    """Pay by round (r,), in NMR; `resolved` is what is final, the rest is what it would be by now."""

    name: str
    kind: str
    models: int
    rounds: NDArray[np.int64]
    at_risk: NDArray[np.float64]
    payout: NDArray[np.float64]
    gained: NDArray[np.float64]  # what those models got that burned nothing; the others burned the rest
    scores: Mapping[str, NDArray[np.float64]]  # weighted by stake over an account's models
    resolved: NDArray[np.bool_]
    unknown: NDArray[np.int64]  # how many payouts of each round nobody knows
    source: str
    until: date
    usd: tuple[date, float] | None
    asked_at: datetime | None
    notice: str
    next_final: datetime | None = None  # when the next of the open rounds resolves
    today: tuple[str, datetime | None] = ("", None)  # whether the day's scores are out, and since or by when
    likeness: Likeness | None = None  # of a model, where that is told

    def for_others(self, own_name: str | None) -> "PayRecord":
        """The same to be shown in public: only the member's own name and everyone's are told."""
        if self.name in (EVERYONE, own_name):
            return self
        return replace(self, name=f"one {self.kind}")

    def only(self, rounds: NDArray[np.bool_]) -> "PayRecord":
        """The same with these of its rounds alone."""
        return replace(
            self,
            **{
                field: getattr(self, field)[rounds]
                for field in ("rounds", "at_risk", "payout", "gained", "resolved", "unknown")
            },
            scores={score: values[rounds] for score, values in self.scores.items()},
        )

    @property
    def earned(self) -> float:
        """NMR of the rounds that are resolved."""
        return math.fsum(self.payout[self.resolved])

    @property
    def burned(self) -> float:
        """NMR that models lost in resolved rounds, whatever others got in them."""
        return math.fsum((self.gained - self.payout)[self.resolved])

    @property
    def pending(self) -> float:
        """NMR the open rounds would pay by now."""
        return math.fsum(self.payout[~self.resolved])

    @property
    def unknowns(self) -> str:
        """A sentence on the payouts that nobody knows; "" where all are known."""
        unknown = int(self.unknown.sum())
        verbs = "is not known and counts" if unknown == 1 else "are not known and count"
        return f"{counted(unknown, 'payout')} {verbs} as 0." if unknown else ""

    @property
    def span(self) -> str:
        """ "rounds 306-325"."""
        return span(int(self.rounds[0]), int(self.rounds[-1]))

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        final, still_open = int(self.resolved.sum()), int((~self.resolved).sum())
        verb = "earned" if self.earned >= 0 else "burned"
        told = f"{self.name} {verb} {amount(abs(self.earned), 'NMR')} in {counted(final, 'round')}"
        if self.resolved.all():
            return f"{told}."
        if not final:
            return (
                f"{self.name} has nothing final yet; {amount(self.pending, 'NMR')} is pending "
                f"in {counted(still_open, 'round')}."
            )
        more = "more " if self.pending > 0 else ""
        return f"{told}; {amount(self.pending, 'NMR')} {more}is pending in {counted(still_open, 'round')}."


class NoPayError(ValueError):
    """A model or account that had no stake where it was asked about."""

    def __init__(self, sentence: str, name: str, kind: str) -> None:
        super().__init__(sentence)
        self.name, self.kind = name, kind


async def pay_record(
    source: Source, name: str, *, rounds: str | None = None, now: datetime | None = None
) -> PayRecord:
    """What `name` was paid and what is pending; now tells which round is the next to be final.

    Raises NoPayError where it had no stake in the rounds.
    """
    found, all_rounds, usd, today = await asyncio.gather(
        find_name(source, name), source.rounds(), source.usd_per_nmr(), source.scores_of_the_day()
    )
    field, until = await asyncio.gather(field_of(source, found), source.until())
    # elsewhere: everyone in all rounds are millions of rows
    record = await asyncio.to_thread(_recorded, field, rounds, all_rounds, source.label, until, usd)
    if record.kind == "model":
        record = replace(record, likeness=await source.likeness(found))
    if now is None:
        return record
    said = ("", None) if record.resolved.all() else scores_today(today, now)
    return replace(record, next_final=_next_final(record, all_rounds, now), today=said)


def scores_today(told: ScoresOfTheDay | None, now: datetime) -> tuple[str, datetime | None]:
    """Whether the day's scores are out, in words that a moment follows where there is one; "" for unknown."""
    if told is None:
        return "", None
    if told.came is not None and told.came.date() == now.date():
        return "Today's scores are out since", told.came
    if told.are_expected is False:
        return "No scores come today", None
    if told.expected is None or told.expected.date() != now.date():
        return ("Today's scores are not out yet" if told.are_expected else ""), None
    return f"Today's scores are {'due' if now < told.expected else 'late: they were due'} by", told.expected


def _recorded(
    field: TournamentField,
    typed: str | None,
    rounds: Rounds,
    label: str,
    until: date,
    usd: tuple[date, float] | None,
) -> PayRecord:
    numbers = field.numbers[field.staked > 0]
    if not numbers.size:
        sentence = f"{field.name} has no round with a stake in {label}, so nothing was paid."
        raise NoPayError(sentence, field.name, field.kind)
    chosen = _open_and_newest(field) if typed is None else find_rounds(typed, rounds.number, numbers)
    if not np.isin(chosen, numbers).any():
        raise NoPayError(
            f"{field.name} had no stake in {span(chosen[0], chosen[-1])}: "
            f"it had one in {span(numbers[0], numbers[-1])}.",
            field.name,
            field.kind,
        )
    records: list[PayRecord] = []
    seen = np.zeros(len(field.models), dtype=np.bool_)
    for piece in field.pieces(np.intersect1d(chosen, numbers)):
        staked = piece.only(piece.stake > 0)
        seen[staked.model] = True
        records.append(_record(staked, label, until, usd))
    return replace(
        records[0],
        **{
            name: np.concatenate([getattr(record, name) for record in records])
            for name in ("rounds", "at_risk", "payout", "gained", "resolved", "unknown")
        },
        scores={
            score: np.concatenate([record.scores[score] for record in records]) for score in records[0].scores
        },
        models=int(seen.sum()),
        asked_at=field.asked_at,
        notice=field.notice,
    )


def _open_and_newest(field: TournamentField) -> Numbers:
    """The rounds with a stake that are open, and the newest of those that are final, the newest read first.

    What is open is looked for as far back as what is final.
    """
    still_open: list[int] = []
    final: list[int] = []
    for piece in field.pieces(newest_first=True):
        staked = piece.stake > 0
        still_open += np.unique(piece.round[staked & ~piece.resolved]).tolist()
        final = [*np.unique(piece.round[staked & piece.resolved]).tolist(), *final]
        if len(final) >= DEFAULT_ROUNDS:
            break
    return np.union1d(np.array(final[-DEFAULT_ROUNDS:], dtype=np.int64), still_open).astype(np.int64)


def as_csv(record: PayRecord) -> str:
    """Every round of a record as CSV: NMR at risk and paid, final or not, and the scores."""
    return csv_of([["round", *csv_columns(record.scores)], *csv_rows(record, list(record.scores))])


def csv_columns(scores: Iterable[str]) -> list[str]:
    """What is told of each round besides its number."""
    return ["nmr_at_risk", "nmr_paid", "final", *scores]


def csv_rows(record: PayRecord, scores: Sequence[str]) -> list[list[Any]]:
    """Every round of a record with its number; NaN for a score it has not got."""
    none = np.full(record.rounds.size, math.nan)
    columns = [record.scores.get(score, none).tolist() for score in scores]
    final = [str(each).lower() for each in record.resolved.tolist()]
    told = (record.rounds.tolist(), record.at_risk.tolist(), record.payout.tolist(), final, *columns)
    return [list(row) for row in zip(*told, strict=True)]


def csv_of(rows: Iterable[Sequence[Any]]) -> str:
    """Rows as CSV with a line feed after each, and nothing where a number is not known."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows(
        ["" if isinstance(value, float) and math.isnan(value) else value for value in row] for row in rows
    )
    return file.getvalue()


def _next_final(record: PayRecord, rounds: Rounds, now: datetime) -> datetime | None:
    """When the first of the open rounds resolves that has not yet."""
    pending = np.isin(rounds.number, record.rounds[~record.resolved])
    times = [each.replace(tzinfo=UTC) for each in rounds.resolves[pending].astype("datetime64[s]").tolist()]
    return min((each for each in times if each > now), default=None)


def _record(rows: History, label: str, until: date, usd: tuple[date, float] | None) -> PayRecord:
    numbers, at = np.unique(rows.round, return_inverse=True)
    at_risk = np.bincount(at, weights=rows.stake).astype(np.float64)
    scores: dict[str, NDArray[np.float64]] = {}
    for score, values in rows.scores.items():
        known = ~np.isnan(values)
        weight = np.bincount(at[known], weights=rows.stake[known], minlength=numbers.size)
        total = np.bincount(at[known], weights=(values * rows.stake)[known], minlength=numbers.size)
        with np.errstate(invalid="ignore"):
            scores[score] = total / weight
    return PayRecord(
        name=rows.name,
        kind=rows.kind,
        models=np.unique(rows.model).size,
        rounds=numbers,
        at_risk=at_risk,
        payout=np.bincount(at, weights=np.nan_to_num(rows.payout)).astype(np.float64),
        gained=np.bincount(at, weights=np.maximum(np.nan_to_num(rows.payout), 0.0)).astype(np.float64),
        scores=scores,
        resolved=np.bincount(at, weights=rows.resolved) == np.bincount(at),
        unknown=np.bincount(at, weights=_are_unknown(rows)).astype(np.int64),
        source=label,
        until=until,
        usd=usd,
        asked_at=rows.asked_at,
        notice=rows.notice,
    )


def _are_unknown(rows: History) -> NDArray[np.bool_]:
    """Which payouts (n,) nobody knows; a round that has just opened has none yet, for it has no scores."""
    scored = np.zeros(rows.round.shape, dtype=np.bool_)
    for values in rows.scores.values():
        scored |= ~np.isnan(values)
    return np.isnan(rows.payout) & (rows.resolved | scored)
