"""The steps of proposals that the clock takes."""

from datetime import datetime

from features.proposals.view import ProposalView, moved_view, proposal_view
from governance.proposals.stages import Standing, advance, next_steps
from storage.database import Database
from storage.proposals.stages import move_stage, set_due


async def take_due_step(db: Database, guild_id: int, number: int, now: datetime) -> ProposalView | None:
    """Take the step that the clock has to take by now; the view after it. None: noted when to look again.

    Idempotent: what is due is read from the database, so a restart, an outage and a late tick are the same.
    """
    view = await proposal_view(db, guild_id, number, now)
    after = await move_by_clock(db, view, now)
    if after is None:
        await set_due(db, guild_id, number, due_after(view.standing, now))
    return after


async def settle_vote(db: Database, guild_id: int, number: int, now: datetime) -> ProposalView | None:
    """Bring a proposal whose vote is closed to its result; the view after it. Idempotent as well."""
    return await move_by_clock(db, await proposal_view(db, guild_id, number, now), now)


def due_after(standing: Standing, now: datetime) -> datetime | None:
    """When the clock has to look at a proposal next: the first time to come at which it may take a step."""
    return min(
        (
            step.due
            for step in next_steps(standing, now)
            if step.who == "clock" and step.due and step.due > now
        ),
        default=None,
    )


async def move_by_clock(db: Database, view: ProposalView, now: datetime) -> ProposalView | None:
    """Take the first step that the clock may take; the view after it, None where there was none."""
    for step in view.steps:
        if step.who == "clock" and step.allowed:
            moved = advance(view.standing, step.to, by="clock", now=now)
            stored = await move_stage(db, view.stored, step.to, now, due_at=due_after(moved, now))
            return None if stored is None else moved_view(view, stored, moved)
    return None
