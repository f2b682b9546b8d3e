"""The steps of proposals that the clock takes."""

from datetime import datetime

from features.proposals.view import ProposalView, moved_view, view_of
from governance.proposals.stages import Standing, advance, next_steps
from storage.database import Database
from storage.proposals import proposals
from storage.proposals.stages import move_stage, set_due


async def do_due(db: Database, now: datetime) -> list[ProposalView]:
    """Take every step that the clock has to take by now, in all servers; those that moved.

    Idempotent: what is due is read from the database, so a restart, an outage and a late tick are the same.
    """
    moved: list[ProposalView] = []
    for stored in await proposals.due_proposals(db, now):
        view = await view_of(db, stored, now)
        after = await move_by_clock(db, view, now)
        if after is not None:
            moved.append(after)
        else:
            await set_due(db, stored.guild_id, stored.number, due_after(view.standing, now))
    return moved


async def settle_votes(db: Database, now: datetime) -> list[ProposalView]:
    """Bring every proposal whose vote is closed to its result; those that moved. Idempotent, as do_due."""
    moved: list[ProposalView] = []
    for stored in await proposals.in_stage(db, "vote"):
        after = await move_by_clock(db, await view_of(db, stored, now), now)
        if after is not None:
            moved.append(after)
    return moved


async def awaiting_a_vote(db: Database, now: datetime) -> list[ProposalView]:
    """Proposals of all servers that have come to their vote and have no poll, or one that is not shown."""
    views = [await view_of(db, stored, now) for stored in await proposals.in_stage(db, "vote")]
    return [
        view
        for view in views
        if view.poll is None
        or view.poll.state == "cancelled"
        or (view.poll.state == "open" and view.poll.message is None)
    ]


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
