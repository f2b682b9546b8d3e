"""Who takes part on a server, as far as the bot keeps it."""

from datetime import datetime

from storage.database import Database, fetch_all
from storage.moments import to_text

_TRACES = (  # table with a member's id and the moment of what they did
    ("ballots", "changed_at"),
    ("proposal_seconds", "seconded_at"),
    ("proposal_arguments", "made_at"),
    ("opinion_votes", "cast_at"),
)
_ACTIVE = " UNION ".join(
    f"SELECT member_id FROM {table} WHERE guild_id = ?1 AND {moment} >= ?2"  # noqa: S608
    for table, moment in _TRACES
)
_AUTHORS = """
UNION SELECT a.member_id FROM event_actors a JOIN proposal_events e USING (guild_id, event_id)
WHERE a.guild_id = ?1 AND e.happened_at >= ?2
"""


async def active_members(db: Database, guild_id: int, since: datetime) -> frozenset[int]:
    """Return who voted, seconded, argued, told an opinion or took a step in a proposal since then."""
    rows = await fetch_all(db, _ACTIVE + _AUTHORS, (guild_id, to_text(since)))
    return frozenset(row["member_id"] for row in rows)
