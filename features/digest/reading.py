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
from tournament.source import Source

log = logging.getLogger("roundtable.reading")

EVERY = timedelta(minutes=15)  # the API is asked again


async def look_at_schema(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Look once a day which fields the API has: what is gone is not asked for."""
    await source.look_at_schema()


async def read_histories(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Read what linked members need, behind all that members ask; the oldest first."""
    await source.read_ahead(await linked_names(db, source.tournament))


async def recheck_accounts(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Ask again about verified accounts whose check is old."""
    await recheck_due(db, source, now)


async def read_leaderboards(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Read who holds the stake where that is old."""
    await source.refresh_board()


async def read_overview(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Read the years of stake where they are old."""
    await source.refresh_overview()


async def read_rounds(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Read whole rounds that are missing, or that may have changed: minutes at first, a few a day later."""
    await source.read_rounds()


async def watch_rule(db: Database, source: NumeraiSource, now: datetime) -> None:
    """Log where the live rule is not the one on record."""
    differs = await source.live_rule_differs()
    if differs:
        log.warning("the live rule differs", extra={"fields": {"sentence": differs}})


async def keep_day(db: Database, source: Source, now: datetime) -> None:
    """Keep the prices, the stakes and the rules of the day, once."""
    await source.keep_prices()  # what is paid in a currency needs the price of each day
    await take_snapshot(db, source, now)
    await take_rules(db, source, now)


Reading = Callable[[Database, NumeraiSource, datetime], Awaitable[None]]
READINGS: Mapping[str, Reading] = MappingProxyType(
    {
        "fields": look_at_schema,
        "histories": read_histories,
        "accounts": recheck_accounts,
        "leaderboards": read_leaderboards,
        "years of stake": read_overview,
        "live rule": watch_rule,
        "stakes and rules of the day": keep_day,
        "whole rounds": read_rounds,
    }
)
# what takes minutes is for itself: nothing waits behind it
LANES = (tuple(what for what in READINGS if what != "whole rounds"), ("whole rounds",))


async def read_ahead(db: Database, source: object, what: str, now: datetime) -> None:
    """Do one of the READINGS."""
    assert isinstance(source, NumeraiSource)
    await READINGS[what](db, source, now)
