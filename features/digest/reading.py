"""What is read from Numerai's API before anybody asks for it: so that answers are there, and young."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from features.account.verify import recheck_due
from features.digest.rule_watch import take_rules
from features.stakes.history import take_snapshot
from storage.database import Database
from storage.members.links import linked_names
from tournament.numerai.source import NumeraiSource
from tournament.source import Source, SourceError

log = logging.getLogger("roundtable.reading")

EVERY = timedelta(minutes=15)  # the API is asked again
MOST_IN_A_ROW = 3  # names that can't be read before the rest is left for later


async def read_histories(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Read what linked members need; what can't be read is tried later, and stops no other name at once.

    Raises the last SourceError where there was one.
    """
    failed, in_a_row = None, 0
    for name in await linked_names(db, source.tournament):
        try:
            await source.history(name)
            in_a_row = 0
        except KeyError:  # it is gone from the tournament: its member is told when they ask
            in_a_row = 0
        except SourceError as error:
            failed, in_a_row = error, in_a_row + 1
            if in_a_row == MOST_IN_A_ROW:
                break
    if failed is not None:
        raise failed


async def recheck_accounts(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Ask again about verified accounts whose check is old."""
    await recheck_due(db, source, now)


async def read_largest(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Read the leaderboard and the largest stakes where they are old."""
    await source.refresh_top()


async def watch_rule(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Log where the live rule is not the one on record."""
    differs = await source.live_rule_differs()
    if differs:
        log.warning("the live rule differs", extra={"fields": {"sentence": differs}})


async def keep_day(db: Database, source: Source, now: datetime) -> None:
    """Keep the stakes and the rules of the day, once."""
    await take_snapshot(db, source, now)
    await take_rules(db, source, now)


Reading = Callable[[Database, NumeraiSource, datetime], Awaitable[None]]
READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "histories": read_histories,
        "accounts": recheck_accounts,
        "largest stakes": read_largest,
        "live rule": watch_rule,
        "stakes and rules of the day": keep_day,
    }
)


async def read_ahead(db: Database, source: object, what: str, now: datetime) -> None:
    """Do one of the READINGS."""
    assert isinstance(source, NumeraiSource)
    await READINGS[what](db, source, now)
