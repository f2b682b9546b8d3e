"""Proposals of a server: where each stands, what may happen next, and the steps members take."""

import re
from dataclasses import dataclass
from datetime import datetime

from features.proposals.clock import due_after, move_by_clock
from features.proposals.view import SIDES, ProposalView, moved_view, proposal_view, view_of
from governance.proposals.stages import (
    STAGES,
    advance,
)
from governance.text import clean_line, names_somebody
from storage.database import Database, transaction
from storage.proposals import arguments, responses, seconds
from storage.proposals.blocks import block_reason
from storage.proposals.responses import Outcome
from storage.proposals.stages import hide as hide_proposal
from storage.proposals.stages import move_stage
from storage.proposals.stages import unhide as unhide_proposal
from wording.reasons import read_reason

OPEN_TO_SECONDS = ("idea", "discussion")
OPEN_TO_ARGUMENTS = ("idea", "discussion", "last_call", "vote")
LONGEST_CLAIM, LONGEST_STATEMENT = 300, 1000


@dataclass(frozen=True)
class Seconded:
    """A proposal after a member seconded it; neither new nor moved where nothing changed."""

    view: ProposalView
    new: bool  # whether this member did not second it before
    moved: bool  # whether that brought it to its discussion


async def second(db: Database, guild_id: int, number: int, member_id: int, now: datetime) -> Seconded:
    """Second a proposal, which may bring it to its discussion."""
    async with transaction(db):
        await _check_allowed(db, guild_id, member_id)
        stored, new = await seconds.second(db, guild_id, number, member_id, now, stages=OPEN_TO_SECONDS)
        view = await view_of(db, stored, now)
        moved = await move_by_clock(db, view, now)
        return Seconded(moved or view, new, moved is not None)


async def unsecond(
    db: Database, guild_id: int, number: int, member_id: int, now: datetime
) -> ProposalView | None:
    """Take one's seconding back, None without one; the proposal stays at its stage."""
    async with transaction(db):
        if not await seconds.unsecond(db, guild_id, number, member_id, stages=OPEN_TO_SECONDS):
            return None
        return await proposal_view(db, guild_id, number, now)


async def argue(
    db: Database, guild_id: int, number: int, member_id: int, side: str, claim: str, now: datetime
) -> ProposalView:
    """Put one claim for, against, or a question on record. Raises ValueError for names and for too much."""
    if side not in SIDES:
        raise ValueError(f"An argument is {', '.join(SIDES[:-1])} or a {SIDES[-1]}.")
    text = clean_line(claim)
    if not text:
        raise ValueError("There is nothing in that claim.")
    if len(text) > LONGEST_CLAIM:
        raise ValueError(f"A claim has at most {LONGEST_CLAIM} characters; this one has {len(text):,}.")
    if names_somebody(text):
        raise ValueError("Please argue without naming anybody: it is about the proposal.")
    async with transaction(db):
        await _check_allowed(db, guild_id, member_id)
        await arguments.argue(db, guild_id, number, member_id, side, text, now, stages=OPEN_TO_ARGUMENTS)
        return await proposal_view(db, guild_id, number, now)


async def respond(
    db: Database,
    guild_id: int,
    number: int,
    member_id: int,
    outcome: Outcome,
    statement: str,
    link: str | None,
    now: datetime,
) -> ProposalView:
    """Put the team's answer on record; a proposal that waits for one moves on."""
    text = clean_line(statement)
    if not 0 < len(text) <= LONGEST_STATEMENT:
        raise ValueError(f"An answer has 1 to {LONGEST_STATEMENT:,} characters; this one has {len(text):,}.")
    page = checked_link(link)
    async with transaction(db):
        await responses.respond(db, guild_id, number, member_id, outcome, text, now, link=page)
        view = await proposal_view(db, guild_id, number, now)
        if view.stage != "result" or view.hidden_reason is not None:
            return view
        return await _advanced(db, view, "response", member_id, now, moderator=True)


async def advance_proposal(
    db: Database,
    guild_id: int,
    number: int,
    to: str,
    member_id: int,
    now: datetime,
    *,
    moderator: bool,
    successor: int | None = None,
) -> ProposalView:
    """Bring a proposal to another stage, as its author or a moderator. Raises ValueError with the reason."""
    if to not in STAGES:
        raise ValueError(f"There is no stage called {to[:40]}.")
    view = await proposal_view(db, guild_id, number, now)
    return await _advanced(db, view, to, member_id, now, moderator=moderator, successor=successor)


async def _advanced(
    db: Database,
    view: ProposalView,
    to: str,
    member_id: int,
    now: datetime,
    *,
    moderator: bool,
    successor: int | None = None,
) -> ProposalView:
    number = view.number
    if view.hidden_reason is not None:
        raise ValueError(f"Proposal #{number} is hidden, for this reason: {view.hidden_reason}")
    own = view.stored.author == member_id
    # who may take the step decides in which role it is taken: a moderator may be the author, too
    roles = {step.who for step in view.steps if step.to == to}
    by = "author" if own and "author" in roles else "moderator" if moderator else "author" if own else ""
    if moderator and roles == {"author"} and not own and to != "withdrawn":
        by = "author"  # moderators may help along whoever has left
    if roles == {"clock"}:
        by = "clock"
    if not by:
        raise ValueError("Only its author or a moderator can do that.")
    moved = advance(view.standing, to, by=by, now=now)
    if to == "superseded" and successor in (None, number):
        raise ValueError("Say which other proposal takes its place.")
    stored = await move_stage(
        db,
        view.stored,
        to,
        now,
        due_at=due_after(moved, now),
        actor=member_id,
        successor=successor if to == "superseded" else None,
    )
    if stored is None:
        raise ValueError(f"Proposal #{number} changed in this very moment: look at it and try again.")
    return moved_view(view, stored, moved)


async def hide(
    db: Database, guild_id: int, number: int, member_id: int, reason: str, now: datetime, *, hidden: bool
) -> ProposalView | None:
    """Hide a proposal, or show it again, for a reason that is logged; None where that changed nothing."""
    text = read_reason(reason)
    turn = hide_proposal if hidden else unhide_proposal
    changed = await turn(db, guild_id, number, member_id, text, now)
    view = await proposal_view(db, guild_id, number, now)  # says so where there is none
    return view if changed else None


async def hide_argument(
    db: Database,
    guild_id: int,
    number: int,
    argument_id: int,
    member_id: int,
    reason: str,
    now: datetime,
    *,
    hidden: bool,
) -> ProposalView | None:
    """Hide an argument about a proposal, or show it again; None where that changed nothing."""
    text = read_reason(reason)
    about = await arguments.arguments_of(db, guild_id, number, include_hidden=True)
    if argument_id not in {each.argument_id for each in about}:
        raise ValueError(f"Proposal #{number} has no argument {argument_id}.")
    turn = arguments.hide_argument if hidden else arguments.unhide_argument
    changed = await turn(db, guild_id, argument_id, member_id, text, now)
    return await proposal_view(db, guild_id, number, now) if changed else None


def checked_link(link: str | None) -> str | None:
    """A link to a page. Raises ValueError for anything else."""
    if link is None or not link.strip():
        return None
    if not re.fullmatch(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]{1,5})?(/[^\s<>]*)?", link.strip()):
        raise ValueError("A link starts with https:// and leads to a page, like https://forum.example/t/1.")
    if len(link.strip()) > 300:
        raise ValueError("A link has at most 300 characters.")
    return link.strip()


async def _check_allowed(db: Database, guild_id: int, member_id: int) -> None:
    reason = await block_reason(db, guild_id, member_id)
    if reason is not None:
        raise ValueError(f"You may not take part in proposals on this server, for this reason: {reason}")
