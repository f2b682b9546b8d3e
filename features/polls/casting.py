"""Polls of a server: who may vote and until when, ballots with receipts, the close and the recount."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from features.polls.ballot_text import as_text
from features.polls.view import MyBallot, PollView
from governance.commitments import terms_hash
from governance.receipts import Receipt, receipt_text
from governance.text import clean_line
from governance.votes.ballots import BUDGET, check_ballot
from storage.database import Database
from storage.members.verifications import all_verified
from storage.polls import ballots, casting, polls
from storage.polls.casting import CastBallot
from storage.polls.polls import public_terms
from wording.numbers import counted

LONGEST_REASON = 500


@dataclass(frozen=True)
class Member:
    """What is known of a member who wants to vote."""

    member_id: int
    roles: frozenset[int]
    joined_at: datetime | None
    created_at: datetime


async def check_may_vote(db: Database, view: PollView, member: Member, now: datetime) -> None:
    """Raise ValueError with the reason unless this member may vote in this poll now."""
    asked = view.poll.eligibility
    if asked.role is not None and asked.role not in member.roles:
        raise ValueError("This poll asks for a role that you don't have; its card says which.")
    if asked.server_days and (
        member.joined_at is None or now - member.joined_at < timedelta(days=asked.server_days)
    ):
        raise ValueError(f"This poll asks for {counted(asked.server_days, 'day')} on this server.")
    if asked.account_days and now - member.created_at < timedelta(days=asked.account_days):
        raise ValueError(f"This poll asks for a Discord account of {counted(asked.account_days, 'day')}.")
    if asked.verified and member.member_id not in {
        elector.member_id for elector in await polls.electors_of(db, view.poll.guild_id, view.poll.poll_id)
    }:
        raise ValueError(
            "This poll asks for a Numerai account that was verified when it began. See /account verify."
        )


def check_in_sight(view: PollView) -> None:
    """Raise ValueError with the reason where moderators hid a poll."""
    if view.hidden:
        raise ValueError(view.hidden)


def check_open(view: PollView, now: datetime) -> None:
    """Raise ValueError unless the poll takes ballots; casting one checks again, inside its transaction."""
    poll = view.poll
    check_in_sight(view)
    if poll.state != "open" or now >= poll.closes_at:
        closed = poll.closed_at or poll.closes_at
        raise ValueError(f"Poll #{poll.number} closed at {closed:%Y-%m-%d %H:%M} UTC.")


async def choice_of(db: Database, view: PollView, member_id: int) -> tuple[Any, bool]:
    """What a member has voted so far, None without a choice; and whether they have voted."""
    ballot = await ballots.ballot_of(db, view.poll.guild_id, view.poll.poll_id, member_id)
    return (None, False) if ballot is None else (json.loads(ballot.choice) or None, True)


async def verified_ids(db: Database) -> list[int]:
    """Every member, of whatever server, whose account is verified."""
    return await all_verified(db)


async def cast_ballot(db: Database, view: PollView, member: Member, choice: Any, now: datetime) -> MyBallot:
    """Cast or change a ballot; it is durable when this returns. Raises ValueError with the reason if not."""
    await check_may_vote(db, view, member, now)
    check_ballot(view.method, choice, list(view.options), budget=view.poll.budget or BUDGET)
    guild_id, poll_id = view.poll.guild_id, view.poll.poll_id
    cast = await casting.cast(db, guild_id, poll_id, member.member_id, as_text(choice), now)
    return _mine(view, cast)


async def my_ballot(db: Database, view: PollView, member_id: int) -> MyBallot | None:
    """A member's own ballot with its receipt; None where there is none."""
    ballot = await ballots.ballot_of(db, view.poll.guild_id, view.poll.poll_id, member_id)
    return None if ballot is None else _mine(view, CastBallot(ballot.choice, ballot.salt))


async def take_back(db: Database, view: PollView, member_id: int, now: datetime) -> bool:
    """Withdraw one's ballot; whether there was one."""
    return await casting.withdraw_ballot(db, view.poll.guild_id, view.poll.poll_id, member_id, now)


async def give_reason(
    db: Database, view: PollView, member_id: int, text: str, named: bool, now: datetime
) -> None:
    """Keep a reason beside one's ballot. Raises ValueError without a ballot, or for too much."""
    reason = clean_line(text)
    if len(reason) > LONGEST_REASON:
        raise ValueError(f"A reason has at most {LONGEST_REASON} characters; this has {len(reason):,}.")
    guild_id, poll_id = view.poll.guild_id, view.poll.poll_id
    if not await casting.keep_reason(db, guild_id, poll_id, member_id, reason, named, now):
        raise ValueError(f"You have not voted in poll #{view.poll.number}: vote first, then say why.")


def _mine(view: PollView, cast: CastBallot) -> MyBallot:
    terms = terms_hash(public_terms(view.poll))
    receipt = Receipt(view.poll.poll_id, cast.commitment, cast.salt, terms)
    return MyBallot(view.poll.number, view.method, json.loads(cast.choice), receipt_text(receipt))
