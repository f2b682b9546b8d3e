"""How the stake and everyone's pay moved in a week."""

import asyncio
import logging
import math
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from features.payout.comparison import LARGE
from features.payout.pricing import rules_in_force
from features.payout.windows import changes_of_pay, was_paid
from features.rules.rules import announced_rule
from features.stakes.changes import stake_changes
from features.stakes.history import stake_history
from governance.digest.summary import Measure
from storage.database import Database
from tournament.source import History, Source, SourceError
from wording.numbers import percent

log = logging.getLogger("roundtable.digest")


async def measures_of(db: Database, source: Source, now: datetime) -> list[Measure]:
    """Concentration against the snapshot of a week ago, and everyone's pay against the round before."""
    found: list[Measure] = []
    try:
        history = await stake_history(db, source, now)
        last = history.measures[-1]
        earlier = [
            each
            for day, each in zip(history.days, history.measures, strict=True)
            if timedelta(days=6) <= history.days[-1] - day <= timedelta(days=9)
        ]
        before = earlier[-1] if earlier else None
        for name, value, then in (
            ("accounts hold half of the stake", last.half, before.half if before else math.nan),
            (
                "effective number of accounts",
                last.effective_number,
                before.effective_number if before else math.nan,
            ),
        ):
            found.append(Measure(name, value, then, "", last.holders, before.holders if before else 0))
    except (SourceError, ValueError) as error:
        log.info("the summary goes without the stakes: %s", error)
    try:
        everyone = await source.everyone()
    except SourceError as error:
        log.info("the summary goes without pay: %s", error)
        return found
    rows = await asyncio.to_thread(everyone.newest, 2, was_paid)
    numbers = np.unique(rows.round)
    if numbers.size == 2:
        live, _ = await announced_rule(source)  # that it differs is a notice above the summary
        in_force = rules_in_force(source.tournament, rows, await source.rounds(), live)
        name = f"paid in round {numbers[1]}, against round {numbers[0]}"
        changes = changes_of_pay(source.tournament, rows, in_force)
        found.append(_paid(f"{name} ({changes})" if changes else name, rows, numbers))
        newest = rows.round == numbers[1]
        held = np.bincount(rows.model[newest], weights=rows.stake[newest])
        share = float(held.max() / held.sum())
        if share > LARGE and np.count_nonzero(held) > 1:
            name = f"the same without the largest model, {percent(share)} of the stake"
            found.append(_paid(name, rows.only(rows.model != held.argmax()), numbers))
    return found


async def moves_of(source: Source) -> tuple[str, ...]:
    """Sentences on how many began to stake and stopped within a week; none where that can't be told."""
    try:
        changes = await stake_changes(source)
    except SourceError as error:
        log.info("the summary goes without who began to stake: %s", error)
        return ()
    return () if changes is None else changes.sentences


def _paid(name: str, rows: History, numbers: NDArray[np.int64]) -> Measure:
    """Pay of the newest of two rounds against that of the one before."""
    before, now = (rows.payout[rows.round == number] for number in numbers)
    return Measure(name, math.fsum(now), math.fsum(before), "NMR", now.size, before.size)
