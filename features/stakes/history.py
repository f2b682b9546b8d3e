"""How the concentration of the stake has changed, from one snapshot to the next."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from features.stakes.holders import UNITS
from scoring.concentration import Concentration, concentration
from storage.database import Database
from storage.market.snapshots import StakeSnapshot, keep_snapshot, snapshots
from tournament.overview import Series, StakeOverYears
from tournament.source import Rounds, Source, SourceError, Stakes
from wording.numbers import counted, percent, whole


@dataclass(frozen=True)
class StakeHistory:
    """Measures of every known day, oldest first, and the stake at risk by round for what lies between."""

    unit: str
    guessed: bool
    days: tuple[date, ...]
    measures: tuple[Concentration, ...]
    opened: NDArray[np.datetime64]  # of paid rounds with a known stake at risk
    at_risk: NDArray[np.float64]  # NMR
    source: str
    years: StakeOverYears | None = None  # the source's own record, where it has one

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        last = self.measures[-1]
        who = counted(int(last.half), f"guessed {self.unit}" if self.guessed else self.unit)
        hold = f"{who} {'holds' if last.half == 1 else 'hold'} half of the stake"
        if len(self.days) == 1:
            return f"{hold} on {self.days[0]} (one day so far)."
        first = self.measures[0]
        change = last.half - first.half
        if change == 0:
            return f"{hold}, as many as on {self.days[0]}."
        return f"{hold}, {abs(change):,.0f} {'more' if change > 0 else 'fewer'} than on {self.days[0]}."

    @property
    def over_years(self) -> tuple[str, ...]:
        """The last year by the source's own record: of stake, of accounts and of models with one."""
        if self.years is None:
            return ()
        told = [
            _over_a_year("NMR at stake", self.years.stake),
            _over_a_year("accounts stake", self.years.accounts),
            _over_a_year("models have a stake", self.years.models),
        ]
        return tuple(filter(None, told))


async def stake_history(
    database: Database, source: Source, now: datetime, *, unit: str = "account"
) -> StakeHistory:
    """The concentration of every snapshot of a source, and of its newest stakes, which are not kept here.

    Raises ValueError where there is no snapshot yet and no leaderboard to read.
    """
    if unit not in UNITS:
        raise ValueError(f"Holders are counted by {' or '.join(UNITS)}.")
    kept = await snapshots(database, source.tournament, source.label)
    unread = ""
    try:
        newest = await _newest(source, now)
    except SourceError as error:
        unread = str(error)
    else:
        if newest is not None and newest.day not in {each.day for each in kept}:
            kept = sorted([*kept, newest], key=lambda each: each.day)
    if not kept:
        raise ValueError(f"There is no snapshot of the stake yet. {unread}".strip())
    found = await asyncio.to_thread(_describe, kept, await _rounds(source), unit, source.label)
    return replace(found, years=await source.stake_over_years())


def _over_a_year(what: str, series: Series) -> str:
    """ "703,000 NMR at stake, 8 % more than on 2025-11-01"; "" where nothing is told."""
    if not series.days.size:
        return ""
    last, newest = series.days[-1], float(series.values[-1])
    before = np.flatnonzero(series.days <= last - np.timedelta64(365, "D"))
    at = int(before[-1]) if before.size else 0
    told = f"{whole(newest)} {what}"
    earlier, day = float(series.values[at]), series.days[at]
    if day == last or not earlier:
        return f"{told} on {last}"
    change = newest / earlier - 1
    if abs(change) < 0.005:
        return f"{told}, as on {day}"
    return f"{told}, {percent(abs(change))} {'more' if change > 0 else 'fewer'} than on {day}"


async def take_snapshot(database: Database, source: Source, now: datetime) -> bool:
    """Keep the stakes as the source has them, once a day and unless nobody has any; say whether it is new."""
    snapshot = await _newest(source, now)
    return snapshot is not None and await keep_snapshot(database, snapshot)


async def _newest(source: Source, now: datetime) -> StakeSnapshot | None:
    """The stakes as the source has them; None where nobody has any."""
    snapshot = await asyncio.to_thread(_snapshot, await source.stakes(), source, now)
    return snapshot if snapshot.models and snapshot.accounts else None


def _snapshot(stakes: Stakes, source: Source, now: datetime) -> StakeSnapshot:
    models, accounts = (
        tuple(
            sorted(((n, s) for n, s in zip(names, stake.tolist(), strict=True) if s > 0), key=lambda h: -h[1])
        )
        for names, stake in ((stakes.models, stakes.model_stake), (stakes.accounts, stakes.account_stake))
    )
    return StakeSnapshot(source.tournament, source.label, stakes.day, models, accounts, stakes.guessed, now)


async def _rounds(source: Source) -> Rounds | None:
    try:
        return await source.rounds()
    except SourceError:
        return None  # the snapshots are the answer; the rounds only show what lies between them


def _describe(kept: list[StakeSnapshot], rounds: Rounds | None, unit: str, label: str) -> StakeHistory:
    holders = [each.accounts if unit == "account" else each.models for each in kept]
    known = np.zeros(0, dtype=np.bool_) if rounds is None else rounds.paid & (rounds.total_at_risk > 0)
    return StakeHistory(
        unit=unit,
        guessed=unit == "account" and any(each.guessed for each in kept),
        days=tuple(each.day for each in kept),
        measures=tuple(concentration(np.array([stake for _, stake in each])) for each in holders),
        opened=np.zeros(0, dtype="datetime64[s]") if rounds is None else rounds.opened[known],
        at_risk=np.zeros(0) if rounds is None else rounds.total_at_risk[known],
        source=label,
    )
