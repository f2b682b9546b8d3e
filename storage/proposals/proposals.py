"""The proposals of a server: where each stands, what it says now, and what it said before."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Row

from storage.database import Database, fetch_all, fetch_one
from storage.moments import from_text, to_text


@dataclass(frozen=True)
class Content:
    """What a proposal says, as checked JSON text with its hash, and what lists show of it."""

    title: str
    tournament: str
    kind: str
    text: str
    content_hash: str  # SHA-256, hex


@dataclass(frozen=True)
class StoredProposal:
    """Where a proposal stands, without what it says."""

    proposal_id: int
    guild_id: int
    number: int  # from 1 in each server
    stage: str
    open: bool  # neither ended nor stale
    stage_since: datetime
    created_at: datetime
    changed_at: datetime  # when a member last filed, revised, seconded or argued, or its author moved it
    revision: int  # the newest, from 1
    title: str
    tournament: str
    kind: str
    content_hash: str
    hidden_reason: str | None  # hidden unless None
    channel: int | None
    thread: int | None
    message: int | None
    due_at: datetime | None  # when the clock has to look at it
    author: int | None  # None once the author has deleted their data
    seconds: int  # members who second it
    successor: int | None  # number of the one that superseded it

    @classmethod
    def from_row(cls, row: Row) -> "StoredProposal":
        """Return what a row of `_PROPOSALS` says."""
        return cls(
            proposal_id=row["proposal_id"],
            guild_id=row["guild_id"],
            number=row["number"],
            stage=row["stage"],
            open=bool(row["open"]),
            stage_since=from_text(row["stage_since"]),
            created_at=from_text(row["created_at"]),
            changed_at=from_text(row["changed_at"]),
            revision=row["revision"],
            title=row["title"],
            tournament=row["tournament"],
            kind=row["kind"],
            content_hash=row["content_hash"],
            hidden_reason=row["hidden_reason"],
            channel=row["channel"],
            thread=row["thread"],
            message=row["message"],
            due_at=None if row["due_at"] is None else from_text(row["due_at"]),
            author=row["author"],
            seconds=row["seconds"],
            successor=row["successor"],
        )


@dataclass(frozen=True)
class Revision:
    """One version of what a proposal says, as JSON text."""

    revision: int
    content: str
    content_hash: str
    note: str  # what its author says about the change
    created_at: datetime

    @classmethod
    def from_row(cls, row: Row) -> "Revision":
        """Return what a row of `_REVISIONS` says."""
        return cls(
            revision=row["revision"],
            content=row["content"],
            content_hash=row["content_hash"],
            note=row["note"],
            created_at=from_text(row["created_at"]),
        )


@dataclass(frozen=True)
class OpenContent:
    """What an open proposal says now, to find others that are alike and to complete a number."""

    number: int
    title: str
    content: str

    @classmethod
    def from_row(cls, row: Row) -> "OpenContent":
        """Return what a row of `open_contents` says."""
        return cls(row["number"], row["title"], row["content"])


_PROPOSALS = """
SELECT p.proposal_id, p.guild_id, p.number, p.stage, p.open, p.stage_since, p.created_at, p.changed_at,
    p.revision, p.title, p.tournament, p.kind, p.content_hash, p.hidden_reason, p.channel, p.thread,
    p.message, p.due_at, a.member_id AS author, s.number AS successor,
    (SELECT count(*) FROM proposal_seconds WHERE proposal_id = p.proposal_id) AS seconds
FROM proposals p
LEFT JOIN proposal_authors a ON a.proposal_id = p.proposal_id
LEFT JOIN proposals s ON s.proposal_id = p.successor_id
"""
_COUNT = """
SELECT count(*) FROM proposals p LEFT JOIN proposal_authors a ON a.proposal_id = p.proposal_id
"""
_FILTERED = """
WHERE p.guild_id = ?1 AND (?2 IS NULL OR p.stage IN (SELECT value FROM json_each(?2)))
    AND (?3 IS NULL OR p.kind = ?3) AND (?4 IS NULL OR p.tournament = ?4)
    AND (?5 IS NULL OR a.member_id = ?5) AND (?6 OR p.hidden_reason IS NULL)
"""
_REVISIONS = """
SELECT r.revision, r.content, r.content_hash, r.note, r.created_at
FROM proposal_revisions r JOIN proposals p USING (guild_id, proposal_id)
"""


async def proposal_of(db: Database, guild_id: int, number: int) -> StoredProposal | None:
    """Return a server's proposal by its number, hidden or not, or None."""
    row = await fetch_one(db, _PROPOSALS + "WHERE p.guild_id = ? AND p.number = ?", (guild_id, number))
    return None if row is None else StoredProposal.from_row(row)


async def proposal_with_id(db: Database, guild_id: int, proposal_id: int) -> StoredProposal | None:
    """Return a server's proposal by the id that its buttons carry, hidden or not, or None."""
    row = await fetch_one(
        db, _PROPOSALS + "WHERE p.guild_id = ? AND p.proposal_id = ?", (guild_id, proposal_id)
    )
    return None if row is None else StoredProposal.from_row(row)


async def proposal_in(
    db: Database, guild_id: int, number: int, *, stages: Collection[str] | None = None
) -> StoredProposal:
    """Return a proposal that members may act on, in one of these stages.

    Raises ValueError if there is none of that number; for given stages, also if it is hidden or elsewhere.
    """
    proposal = await proposal_of(db, guild_id, number)
    if proposal is None:
        raise ValueError(f"There is no proposal #{number} on this server.")
    if stages is None:
        return proposal
    if proposal.hidden_reason is not None:
        raise ValueError(f"Proposal #{number} is hidden, for this reason: {proposal.hidden_reason}")
    if proposal.stage not in stages:
        stage = proposal.stage.replace("_", " ")
        raise ValueError(f"Proposal #{number} stands at “{stage}” now, where that is not possible.")
    return proposal


async def proposals_in(
    db: Database,
    guild_id: int,
    *,
    stages: Collection[str] | None = None,
    kind: str | None = None,
    tournament: str | None = None,
    author: int | None = None,
    include_hidden: bool = False,
    limit: int = 25,
    offset: int = 0,
) -> list[StoredProposal]:
    """Return a server's proposals of these kinds, the newest first; None filters nothing."""
    rows = await fetch_all(
        db,
        _PROPOSALS + _FILTERED + "ORDER BY p.number DESC LIMIT ?7 OFFSET ?8",
        (*_filters(guild_id, stages, kind, tournament, author, include_hidden), limit, offset),
    )
    return [StoredProposal.from_row(row) for row in rows]


async def count_proposals(
    db: Database,
    guild_id: int,
    *,
    stages: Collection[str] | None = None,
    kind: str | None = None,
    tournament: str | None = None,
    author: int | None = None,
    include_hidden: bool = False,
) -> int:
    """Return how many proposals `proposals_in` has with the same filters and no limit."""
    [row] = await fetch_all(
        db,
        _COUNT + _FILTERED,
        _filters(guild_id, stages, kind, tournament, author, include_hidden),
    )
    return row[0]


async def open_contents(db: Database, guild_id: int) -> list[OpenContent]:
    """Return what a server's open proposals say now, the newest first, without the hidden ones."""
    rows = await fetch_all(
        db,
        "SELECT p.number, p.title, r.content FROM proposals p "
        "JOIN proposal_revisions r USING (guild_id, proposal_id, revision) "
        "WHERE p.guild_id = ? AND p.open AND p.hidden_reason IS NULL ORDER BY p.number DESC",
        (guild_id,),
    )
    return [OpenContent.from_row(row) for row in rows]


async def revision_of(
    db: Database, guild_id: int, number: int, revision: int | None = None
) -> Revision | None:
    """Return one version of a proposal, the newest unless told, or None."""
    row = await fetch_one(
        db,
        _REVISIONS + "WHERE p.guild_id = ? AND p.number = ? AND r.revision = ifnull(?, p.revision)",
        (guild_id, number, revision),
    )
    return None if row is None else Revision.from_row(row)


async def revisions_of(db: Database, guild_id: int, number: int) -> list[Revision]:
    """Return every version of a proposal, the first one first."""
    rows = await fetch_all(
        db, _REVISIONS + "WHERE p.guild_id = ? AND p.number = ? ORDER BY r.revision", (guild_id, number)
    )
    return [Revision.from_row(row) for row in rows]


async def at_vote(db: Database) -> list[tuple[int, int, str | None]]:
    """Return (server, number, state of the newest poll) of all at their vote, without the hidden ones."""
    rows = await fetch_all(
        db,
        "SELECT p.guild_id, p.number, (SELECT v.state FROM polls v WHERE v.guild_id = p.guild_id "
        "AND v.proposal_id = p.proposal_id ORDER BY v.poll_id DESC LIMIT 1) AS poll FROM proposals p "
        "WHERE p.stage = 'vote' AND p.hidden_reason IS NULL ORDER BY p.proposal_id",
    )
    return [tuple(row) for row in rows]


async def due_proposals(db: Database, now: datetime) -> list[StoredProposal]:
    """Return the proposals of all servers that the clock has to look at, the longest due first."""
    rows = await fetch_all(
        db, _PROPOSALS + "WHERE p.due_at <= ? ORDER BY p.due_at, p.proposal_id", (to_text(now),)
    )
    return [StoredProposal.from_row(row) for row in rows]


def _filters(
    guild_id: int,
    stages: Collection[str] | None,
    kind: str | None,
    tournament: str | None,
    author: int | None,
    include_hidden: bool,
) -> tuple[int, str | None, str | None, str | None, int | None, bool]:
    among = None if stages is None else json.dumps(list(stages))
    return guild_id, among, kind, tournament, author, include_hidden
