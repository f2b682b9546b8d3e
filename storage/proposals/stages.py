"""A proposal moves on: to another stage, to its place in Discord, out of sight and back."""

from dataclasses import replace
from datetime import datetime

from storage.database import Database, execute, fetch_all, joined, transaction
from storage.moments import to_text
from storage.proposals.cards import note_shown
from storage.proposals.events import record_event
from storage.proposals.proposals import StoredProposal, proposal_in, proposal_of


async def move_stage(
    db: Database,
    expected: StoredProposal,
    to: str,
    now: datetime,
    *,
    due_at: datetime | None,
    actor: int | None = None,
    only_due: bool = False,
    successor: int | None = None,
) -> StoredProposal | None:
    """Bring a proposal to a stage and return it, or None if it is not as expected any more.

    Whatever the step was decided on must be unchanged: stage, revision, author, secondings, activity, and
    whether it is hidden. With `only_due`, its time must have come, too. A step by its author counts as
    activity. `successor` is the number of the proposal that supersedes it. Raises ValueError if there is no
    such successor, or if it came to its stage after `now`.
    """
    async with joined(db):
        present = await proposal_of(db, expected.guild_id, expected.number)
        if present is None or _grounds(present) != _grounds(expected):
            return None
        if only_due and (present.due_at is None or now < present.due_at):
            return None
        if now < present.stage_since:
            raise ValueError(f"Proposal #{present.number} can't move before it came to where it stands.")
        newer = None if successor is None else await proposal_in(db, expected.guild_id, successor)
        own = actor is not None and actor == present.author
        await execute(
            db,
            "UPDATE proposals SET stage = ?, stage_since = ?, changed_at = ?, due_at = ?, successor_id = ? "
            "WHERE guild_id = ? AND number = ?",
            (
                to,
                to_text(now),
                to_text(now if own else present.changed_at),
                None if due_at is None else to_text(due_at),
                None if newer is None else newer.proposal_id,
                present.guild_id,
                present.number,
            ),
        )
        kind = to if to in ("withdrawn", "superseded") else "advanced"
        await record_event(db, present.guild_id, present.proposal_id, kind, now, detail=to, actor=actor)
        return replace(
            present,
            stage=to,
            open=to not in ("closed", "withdrawn", "superseded", "stale"),
            stage_since=now,
            changed_at=now if own else present.changed_at,
            due_at=due_at,
            successor=successor,
        )


async def set_due(db: Database, guild_id: int, number: int, due_at: datetime | None) -> bool:
    """Say when the clock has to look at a proposal next, and whether there is that proposal."""
    async with transaction(db):
        time = None if due_at is None else to_text(due_at)
        return bool(
            await execute(
                db,
                "UPDATE proposals SET due_at = ? WHERE guild_id = ? AND number = ?",
                (time, guild_id, number),
            )
        )


async def set_place(
    db: Database,
    guild_id: int,
    number: int,
    *,
    channel: int | None,
    thread: int | None,
    message: int | None,
    shown: str | None = None,
) -> bool:
    """Keep where a proposal's card is and what it shows, and say whether there is that proposal."""
    async with transaction(db):
        if shown is not None:
            await note_shown(db, guild_id, number, shown)
        return bool(
            await execute(
                db,
                "UPDATE proposals SET channel = ?, thread = ?, message = ? WHERE guild_id = ? AND number = ?",
                (channel, thread, message, guild_id, number),
            )
        )


async def hide(db: Database, guild_id: int, number: int, member_id: int, reason: str, now: datetime) -> bool:
    """Hide a proposal for a reason; False if there is none in sight."""
    async with transaction(db):
        rows = await fetch_all(
            db,
            "UPDATE proposals SET hidden_reason = ? "
            "WHERE guild_id = ? AND number = ? AND hidden_reason IS NULL RETURNING proposal_id",
            (reason, guild_id, number),
        )
        for row in rows:
            await record_event(
                db, guild_id, row["proposal_id"], "hidden", now, detail=reason, actor=member_id
            )
        return bool(rows)


async def unhide(
    db: Database, guild_id: int, number: int, member_id: int, reason: str, now: datetime
) -> bool:
    """Show a hidden proposal again for a reason; False if there is none hidden."""
    async with transaction(db):
        rows = await fetch_all(
            db,
            "UPDATE proposals SET hidden_reason = NULL "
            "WHERE guild_id = ? AND number = ? AND hidden_reason IS NOT NULL RETURNING proposal_id",
            (guild_id, number),
        )
        for row in rows:
            await record_event(
                db, guild_id, row["proposal_id"], "unhidden", now, detail=reason, actor=member_id
            )
        return bool(rows)


def _grounds(proposal: StoredProposal) -> tuple[object, ...]:
    return (
        proposal.proposal_id,
        proposal.stage,
        proposal.stage_since,
        proposal.revision,
        proposal.seconds,
        proposal.changed_at,
        proposal.author,
        proposal.hidden_reason,
    )
