"""What a track record proves: scores of a model or an account, drawn to everybody's as far as luck goes."""

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from features.lab.record.fund import FundGap, gap_to_everybody, gap_to_fund
from features.lab.record.scores import signal_of
from features.lab.record.tables import beyond, means_of, own_columns, read_tables
from scoring.lab.track_record import variance_inflation
from tournament.source import EVERYONE, Floats, Source
from wording.names import find_name
from wording.numbers import counted, score_name, span

PREFERRED = ("corr", "corr60", "mmc", "tc")
IN_FUND = ("corr", "corr60")  # scores that the meta model's own is known in
Z, POWER = 1.96, 1.96 + 0.84  # of a 95 % interval, and to see what is there four times of five
BEYOND_SIGHT = 1000  # rounds; more than that are no plan


@dataclass(frozen=True)
class TrackRecord:
    """One model's or account's record of one score beside everybody's.

    mean: of its rounds; everybody: of all models in the same rounds; lead: between them, with its error.
    likely, likely_low, likely_high: the lead drawn to 0 as far as it is luck, and where it may lie. kept: how
    much of the lead that is, 0 to 1, and its ends. worth: independent rounds. half: rounds until its own
    record weighs half; clear: until such a lead would be told from luck. others: leads (m,) of all models
    with a record long enough.
    """

    name: str
    kind: str
    models: int
    score: str
    scores: tuple[str, ...]
    first_round: int
    last_round: int
    rounds: int
    mean: float
    everybody: float
    lead: float
    error: float
    likely: float
    likely_low: float
    likely_high: float
    kept: float
    kept_low: float
    kept_high: float
    inflation: float
    half: float
    clear: float
    others: Floats
    gap: FundGap | None
    left: str
    source: str
    until: date
    asked_at: datetime | None

    @property
    def shown(self) -> str:
        """The score as members write it."""
        return score_name(self.score)

    @property
    def worth(self) -> float:
        """How many rounds that share no day its rounds are worth."""
        return self.rounds / max(self.inflation, 1.0)

    @property
    def span(self) -> str:
        """ "rounds 183-321"."""
        return span(self.first_round, self.last_round)

    @property
    def is_told(self) -> bool:
        """Whether it is clearly apart from everybody's mean, with luck and everybody's records counted in."""
        return self.likely_low > 0 or self.likely_high < 0

    @property
    def more(self) -> str:
        """How many more rounds it takes, in words; "" where that is not known."""
        left = self.clear - self.rounds
        if math.isnan(left) or left <= 0:
            return ""
        if left > BEYOND_SIGHT:
            return f"more than {BEYOND_SIGHT:,} more rounds"
        return "about " + counted(_two_digits(left), "more round")

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if self.likely_low > 0:
            return f"{self.name} has more {self.shown} than most, by more than luck."
        if self.likely_high < 0:
            return f"{self.name} has less {self.shown} than most, by more than luck."
        told = f"{self.name}'s {self.shown} can't be told from luck yet"
        return f"{told}: {self.more}." if self.more else f"{told}."

    @property
    def rank(self) -> int:
        """Its place among all models by the lead as it is, 1 is best."""
        return int(np.count_nonzero(self.others > self.lead + 1e-12)) + 1

    def for_others(self, own_name: str | None) -> "TrackRecord":
        """The same to be shown in public: only the member's own name is told."""
        return self if self.name == own_name else replace(self, name=f"One {self.kind}")


async def track_record(source: Source, name: str, score: str | None = None) -> TrackRecord:
    """What the final rounds of a model or an account prove in a score, CORR without it.

    An account is the mean of its models in each round. Raises ValueError with a sentence for an unknown name,
    a score nobody has, and too few rounds or models.
    """
    spelled = await find_name(source, name)
    if spelled == EVERYONE:
        raise ValueError("Name one model or account: everyone is what it is compared with.")
    everyone, calendar, until, history = await asyncio.gather(
        source.everyone(), source.rounds(), source.until(), source.history(spelled)
    )

    def work() -> TrackRecord:
        tables = read_tables(everyone, calendar)
        chosen = tables.known(score, *PREFERRED)
        table, overlap = tables.of(chosen), tables.overlap
        columns = own_columns(tables, history)
        edges = beyond(table)
        record, own = means_of(table[:, columns].T), means_of(edges[:, columns].T)
        there = np.flatnonzero(~np.isnan(own))
        fewest = 3 * overlap
        if there.size < fewest:
            raise ValueError(
                f"{spelled} has {counted(there.size, 'final round')} with {score_name(chosen)} here; a "
                f"record takes {fewest} or more."
            )
        share, inflation = signal_of(table, overlap), variance_inflation(table, overlap=overlap)
        if math.isnan(share.low) or not inflation > 0:
            raise ValueError(
                f"There are too few rounds or models, or too alike ones, to say how much of a "
                f"{score_name(chosen)} is luck."
            )
        everyones = float(np.nanmean(edges**2))
        lead, variance = float(own[there].mean()), float(own[there].var())
        long_run = variance / max(1 - inflation / there.size, 0.1) * inflation
        error = math.sqrt(long_run / there.size)
        drawn = [
            _drawn(lead, error, min(max(each, 0.0), 1.0) * everyones)
            for each in (share.value, share.low, share.high)
        ]
        spread = max(share.value, 0.0) * everyones
        half = long_run / spread if spread > 0 else math.inf
        often = np.count_nonzero(~np.isnan(edges), axis=0) >= fewest
        gap = gap_to_fund(everyone, calendar, tables, chosen, columns) if chosen in IN_FUND else None
        return TrackRecord(
            name=spelled,
            kind=history.kind,
            models=columns.size,
            score=chosen,
            scores=tables.scores,
            first_round=int(tables.numbers[there[0]]),
            last_round=int(tables.numbers[there[-1]]),
            rounds=there.size,
            mean=float(record[there].mean()),
            everybody=float((record[there] - own[there]).mean()),
            lead=lead,
            error=error,
            likely=drawn[0][1],
            likely_low=min(each[2] for each in drawn),
            likely_high=max(each[3] for each in drawn),
            kept=drawn[0][0],
            kept_low=min(each[0] for each in drawn),
            kept_high=max(each[0] for each in drawn),
            inflation=inflation,
            half=half,
            clear=_until_clear(lead, long_run, half),
            others=np.sort(means_of(edges)[often]),
            gap=gap or gap_to_everybody(tables, chosen, columns),
            left=tables.left,
            source=source.label,
            until=until,
            asked_at=everyone.asked_at,
        )

    return await asyncio.to_thread(work)


def _drawn(lead: float, error: float, spread: float) -> tuple[float, float, float, float]:
    """How much of a lead stays, the lead that is likely, and its ends, if true leads vary by `spread`."""
    kept = spread / (spread + error**2) if spread > 0 else 0.0
    likely, width = kept * lead, Z * math.sqrt(kept) * error
    return kept, likely, likely - width, likely + width


def _two_digits(count: float) -> float:
    """A number above 0 to its first two digits, 1 at least."""
    return max(1.0, round(count, 1 - math.floor(math.log10(count))))


def _until_clear(lead: float, long_run: float, half: float) -> float:
    """Rounds in all until a lead that stays as it is would be told from luck, four times of five.

    In n rounds the drawn lead is n / (n + half) of the lead, with variance long_run / (n + half).
    """
    if not lead or math.isinf(half):
        return math.inf
    needed = POWER**2 * long_run / lead**2
    return (needed + math.sqrt(needed**2 + 4 * needed * half)) / 2
