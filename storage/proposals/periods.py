"""What happened to a server's proposals in a period: one statement for all of them, none of a hidden one.

A period begins after `since` and ends with `until`.
"""

from datetime import datetime

from storage.database import Database, fetch_all
from storage.moments import to_text
from storage.proposals.arguments import Argument
from storage.proposals.events import ProposalEvent
from storage.proposals.proposals import Revision
from storage.proposals.responses import Response


async def revisions_between(
    db: Database, guild_id: int, since: datetime, until: datetime
) -> list[tuple[int, Revision]]:
    """Return (number, revision) of what was filed or revised, each with the revision before the first."""
    rows = await fetch_all(
        db,
        "SELECT p.number, r.revision, r.content, r.content_hash, r.note, r.created_at "
        "FROM proposal_revisions r "
        "JOIN proposals p USING (guild_id, proposal_id) "
        "WHERE p.guild_id = ?1 AND p.hidden_reason IS NULL AND "
        "r.created_at <= ?3 AND r.revision >= (SELECT min(late.revision) - 1 FROM proposal_revisions late "
        "WHERE late.proposal_id = p.proposal_id AND late.created_at > ?2 AND late.created_at <= ?3) "
        "ORDER BY p.number DESC, r.revision",
        (guild_id, to_text(since), to_text(until)),
    )
    return [(row["number"], Revision.from_row(row)) for row in rows]


async def responses_between(
    db: Database, guild_id: int, since: datetime, until: datetime
) -> list[tuple[int, Response]]:
    """Return (number, answer) of the official answers, the newest proposal first."""
    rows = await fetch_all(
        db,
        "SELECT p.number, r.response_id, r.outcome, r.statement, r.link, r.responded_at, "
        "a.member_id AS actor FROM proposal_responses r "
        "JOIN proposals p USING (guild_id, proposal_id) "
        "LEFT JOIN response_actors a USING (guild_id, response_id) "
        "WHERE p.guild_id = ?1 AND p.hidden_reason IS NULL AND "
        "r.responded_at > ?2 AND r.responded_at <= ?3 ORDER BY p.number DESC, r.response_id",
        (guild_id, to_text(since), to_text(until)),
    )
    return [(row["number"], Response.from_row(row)) for row in rows]


async def ends_between(
    db: Database, guild_id: int, since: datetime, until: datetime
) -> list[tuple[int, ProposalEvent]]:
    """Return (number, event) of what was withdrawn or superseded, the newest proposal first."""
    rows = await fetch_all(
        db,
        "SELECT p.number, e.event_id, e.kind, e.detail, e.happened_at, a.member_id AS actor "
        "FROM proposal_events e "
        "JOIN proposals p USING (guild_id, proposal_id) "
        "LEFT JOIN event_actors a USING (guild_id, event_id) "
        "WHERE p.guild_id = ?1 AND p.hidden_reason IS NULL AND "
        "e.kind IN ('withdrawn', 'superseded') AND e.happened_at > ?2 AND e.happened_at <= ?3 "
        "ORDER BY p.number DESC, e.event_id",
        (guild_id, to_text(since), to_text(until)),
    )
    return [(row["number"], ProposalEvent.from_row(row)) for row in rows]


async def arguments_between(
    db: Database, guild_id: int, since: datetime, until: datetime
) -> list[tuple[int, Argument]]:
    """Return (proposal_id, argument) of the arguments that are not hidden, the first one first."""
    rows = await fetch_all(
        db,
        "SELECT p.proposal_id, a.argument_id, a.member_id, a.side, a.claim, a.made_at, a.hidden_reason "
        "FROM proposal_arguments a "
        "JOIN proposals p USING (guild_id, proposal_id) "
        "WHERE p.guild_id = ?1 AND p.hidden_reason IS NULL AND "
        "a.hidden_reason IS NULL AND a.made_at > ?2 AND a.made_at <= ?3 ORDER BY a.argument_id",
        (guild_id, to_text(since), to_text(until)),
    )
    return [(row["proposal_id"], Argument.from_row(row)) for row in rows]
