"""The rule that the newest rounds announce: kept once a day, and told where it changed."""

import json
import math
from datetime import datetime, timedelta

import numpy as np

from governance.digest.summary import Period
from scoring.rules import describe_multipliers
from storage.database import Database
from storage.server import digests
from tournament.source import Source, SourceError

NEWEST_ROUNDS = 20


async def take_rules(db: Database, source: Source, now: datetime) -> bool:
    """Keep what the newest rounds are paid by and the rule they announce; once a day. Whether that is new."""
    rounds = await source.rounds()
    paid = np.flatnonzero(rounds.paid)[-NEWEST_ROUNDS:]
    columns = (rounds.payout_factor[paid], rounds.stake_threshold[paid], rounds.total_at_risk[paid])
    newest = [
        {
            "round": number,
            "payout_factor": _known(factor),
            "stake_threshold": _known(threshold),
            "total_at_risk": _known(total),
        }
        for number, factor, threshold, total in zip(
            rounds.number[paid].tolist(), *(column.tolist() for column in columns), strict=True
        )
    ]
    rule = await source.live_rule()
    return await digests.keep_rules(
        db,
        source.tournament,
        source.label,
        now.date(),
        rule="" if rule is None else describe_multipliers(rule.multipliers),
        differs=await source.live_rule_differs(),
        rounds=json.dumps(newest),
    )


async def rule_notices(db: Database, source: Source, period: Period) -> tuple[str, ...]:
    """A sentence where the newest round announces something else than the dated table, or than before."""
    try:
        differs = await source.live_rule_differs()
        rule = await source.live_rule()
    except SourceError:
        return ()
    notices = [differs] if differs else []
    known_on = period.starts.date() + timedelta(days=1)  # not yesterday: somebody may have looked then
    before = await digests.rules_before(db, source.tournament, source.label, known_on)
    told = "" if rule is None else describe_multipliers(rule.multipliers)
    if before is not None and before[0] != told:
        notices.append(f"The announced rule changed from {before[0] or 'nothing'} to {told or 'nothing'}.")
    return tuple(notices)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
