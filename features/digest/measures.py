"""How the stake and everyone's pay moved in a week."""

import logging
import math
from datetime import datetime, timedelta

import numpy as np

from features.stakes.history import stake_history
from governance.digest.summary import Measure
from storage.database import Database
from tournament.source import EVERYONE, Source, SourceError

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
        everyone = await source.history(EVERYONE)
    except SourceError as error:
        log.info("the summary goes without pay: %s", error)
        return found
    paid = everyone.resolved & (everyone.stake > 0) & ~np.isnan(everyone.payout)
    numbers = np.unique(everyone.round[paid])
    if numbers.size >= 2:
        totals: list[float] = []
        counts: list[int] = []
        for number in numbers[-2:]:
            rows = paid & (everyone.round == number)
            totals.append(math.fsum(everyone.payout[rows]))
            counts.append(int(np.count_nonzero(rows)))
        name = f"paid in round {numbers[-1]}, against round {numbers[-2]}"
        found.append(Measure(name, totals[1], totals[0], "NMR", counts[1], counts[0]))
    return found
