"""What is news to a member who wants to be warned, and when to look again."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from features.warnings.kinds import KINDS, Watched
from storage.database import Database
from storage.members.links import link_of
from storage.members.warnings import WantedWarnings
from tournament.source import Source, SourceError

log = logging.getLogger("roundtable.warnings")

LOOKED_EVERY = timedelta(hours=3)
WRITTEN_EVERY = timedelta(days=1)  # at most


@dataclass(frozen=True)
class News:
    """What a member is to be told, and what to keep once it is."""

    sentences: tuple[str, ...]
    told: dict[str, Any]


async def news_for(
    database: Database, source_of: Callable[[str], Source], wanted: WantedWarnings, now: datetime
) -> News:
    """What there is to tell a member now. A kind that can't be looked at keeps what it had."""
    link = await link_of(database, wanted.member_id)
    source, history = source_of("classic"), None
    if link is not None:
        try:
            source = source_of(link.tournament)
            if any(KINDS[name].of_account for name in wanted.kinds):
                history = await source.history(link.name)
        except (
            KeyError,
            ValueError,
            SourceError,
        ):  # gone, of a tournament that is not read, or not reachable
            log.info("a linked account can't be read for its warnings")
    watched = Watched(database, source, wanted.guild_id, history, wanted.bound, now)
    told, sentences = dict(wanted.told), list[str]()
    for name in wanted.kinds:
        try:
            found = await KINDS[name].look(watched, wanted.told.get(name))
        except SourceError:
            continue
        told[name] = found.keep
        sentences += found.sentences
    return News(tuple(sentences), told)
