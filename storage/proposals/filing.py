"""Filing a proposal within a server's limits, and revising it without losing anybody's revision."""

from collections.abc import Collection
from datetime import datetime, timedelta

from governance.text import counted
from storage.database import Database, execute, fetch_all, transaction
from storage.members.fingerprints import fingerprint, note_opening
from storage.moments import from_text, to_text
from storage.proposals.blocks import block_reason
from storage.proposals.events import record_event
from storage.proposals.proposals import Content, StoredProposal, proposal_in
from storage.server.settings import GuildSettings, settings_of


class StaleRevisionError(ValueError):
    """Somebody saved another revision after the one that was changed here."""


async def file_proposal(
    db: Database,
    guild_id: int,
    member_id: int,
    content: Content,
    now: datetime,
    *,
    due_at: datetime | None,
    note: str = "",
    from_draft: bool = False,
) -> StoredProposal:
    """File an idea as the server's next number; its author's draft goes if it was made `from_draft`.

    Raises ValueError for a blocked member, at the server's cap of open proposals and in its cool-down, with
    what has to happen first or the minute from which it is possible.
    """
    async with transaction(db):
        reason = await block_reason(db, guild_id, member_id)
        if reason is not None:
            raise ValueError(blocked(reason))
        await _check_limits(db, await settings_of(db, guild_id), member_id, now)
        time = to_text(now)
        [row] = await fetch_all(
            db,
            "INSERT INTO proposals (guild_id, number, stage, stage_since, created_at, changed_at, revision, "
            "title, tournament, kind, content_hash, due_at) SELECT ?1, ifnull(max(number), 0) + 1, 'idea', "
            "?2, ?2, ?2, 1, ?3, ?4, ?5, ?6, ?7 FROM proposals WHERE guild_id = ?1 "
            "RETURNING proposal_id, number",
            (
                guild_id,
                time,
                content.title,
                content.tournament,
                content.kind,
                content.content_hash,
                None if due_at is None else to_text(due_at),
            ),
        )
        await _add_revision(db, guild_id, row["proposal_id"], 1, content, note, time)
        await execute(
            db,
            "INSERT INTO proposal_authors (proposal_id, guild_id, member_id) VALUES (?, ?, ?)",
            (row["proposal_id"], guild_id, member_id),
        )
        await note_opening(db, guild_id, "proposal", row["proposal_id"], member_id, now)
        await record_event(db, guild_id, row["proposal_id"], "filed", now, actor=member_id)
        if from_draft and not await execute(
            db, "DELETE FROM proposal_drafts WHERE guild_id = ? AND member_id = ?", (guild_id, member_id)
        ):
            raise ValueError("That draft was filed or discarded already.")  # a button pressed twice
        return await proposal_in(db, guild_id, row["number"])


async def revise(
    db: Database,
    guild_id: int,
    number: int,
    member_id: int,
    content: Content,
    now: datetime,
    *,
    expected_revision: int,
    stages: Collection[str],
    substantive: bool,
    due_at: datetime | None,
    note: str = "",
) -> tuple[StoredProposal, int]:
    """Save the revision after `expected_revision`, and return the proposal and how many seconds it dropped.

    A substantive one is an idea again and drops them all: nobody has seconded what it says now. Raises
    StaleRevisionError if another revision was saved meanwhile, and ValueError if the proposal is hidden or
    in none of these stages. Whether this member may revise it is the caller's to check.
    """
    async with transaction(db):
        before = await proposal_in(db, guild_id, number, stages=stages)
        if before.revision != expected_revision:
            raise StaleRevisionError(
                f"Somebody, or you elsewhere, saved revision {before.revision} of proposal #{number} "
                "meanwhile; nothing was lost, but yours was not saved over it: look at it, then save again."
            )
        revision, time = before.revision + 1, to_text(now)
        await _add_revision(db, guild_id, before.proposal_id, revision, content, note, time)
        await execute(
            db,
            "UPDATE proposals SET revision = ?, changed_at = ?, title = ?, tournament = ?, kind = ?, "
            "content_hash = ?, due_at = ? WHERE guild_id = ? AND number = ?",
            (
                revision,
                time,
                content.title,
                content.tournament,
                content.kind,
                content.content_hash,
                None if due_at is None else to_text(due_at),
                guild_id,
                number,
            ),
        )
        await record_event(
            db, guild_id, before.proposal_id, "revised", now, detail=str(revision), actor=member_id
        )
        dropped = await _start_again(db, before, member_id, now) if substantive else 0
        return await proposal_in(db, guild_id, number), dropped


def blocked(reason: str) -> str:
    """What a member is told who may not file."""
    return f"You may not file proposals on this server, for this reason: {reason}"


async def refusal_to_file(db: Database, guild_id: int, member_id: int, now: datetime) -> str | None:
    """Return why a member could not file a proposal now, at the server's limits; None where they could."""
    try:
        await _check_limits(db, await settings_of(db, guild_id), member_id, now)
    except ValueError as error:
        return str(error)
    return None


async def _check_limits(db: Database, settings: GuildSettings, member_id: int, now: datetime) -> None:
    # by the fingerprint too: who has deleted their data since is the same member
    [own] = await fetch_all(
        db,
        "SELECT total(p.open) AS open, max(p.created_at) AS last FROM proposals p "
        "LEFT JOIN proposal_authors a USING (guild_id, proposal_id) "
        "LEFT JOIN openings o ON o.guild_id = p.guild_id AND o.kind = 'proposal' "
        "AND o.thing_id = p.proposal_id "
        "WHERE p.guild_id = ? AND (a.member_id = ? OR o.fingerprint = ?)",
        (settings.guild_id, member_id, await fingerprint(db, settings.guild_id, member_id)),
    )
    if own["open"] >= settings.open_cap:
        raise ValueError(
            f"You have as many open proposals as this server allows a member, {settings.open_cap} at once; "
            "the next is possible as soon as one of them is closed, withdrawn, superseded or stale."
        )
    if own["last"] is None:
        return
    again = from_text(own["last"]) + timedelta(hours=settings.cooldown_hours)
    if now < again:
        # to the next whole minute, so that who comes at the minute they read is not sent away again
        minute = again + timedelta(minutes=1, microseconds=-1)
        hours = counted(settings.cooldown_hours, "hour")
        raise ValueError(
            f"This server asks for {hours} between two proposals of a member; "
            f"your next is possible from {minute:%Y-%m-%d %H:%M} UTC."
        )


async def _add_revision(
    db: Database, guild_id: int, proposal_id: int, revision: int, content: Content, note: str, time: str
) -> None:
    await execute(
        db,
        "INSERT INTO proposal_revisions (proposal_id, guild_id, revision, content, content_hash, note, "
        "created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (proposal_id, guild_id, revision, content.text, content.content_hash, note, time),
    )


async def _start_again(db: Database, before: StoredProposal, member_id: int, now: datetime) -> int:
    guild_id, proposal_id = before.guild_id, before.proposal_id
    await execute(
        db,
        "UPDATE proposals SET stage = 'idea', stage_since = ? WHERE guild_id = ? AND proposal_id = ?",
        (to_text(now), guild_id, proposal_id),
    )
    if before.stage != "idea":
        await record_event(db, guild_id, proposal_id, "advanced", now, detail="idea", actor=member_id)
    return await execute(
        db, "DELETE FROM proposal_seconds WHERE guild_id = ? AND proposal_id = ?", (guild_id, proposal_id)
    )
