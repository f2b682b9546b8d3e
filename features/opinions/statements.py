"""Statements and what members say to them, one after the other."""

import asyncio
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

import numpy as np

from features.opinions.map import indexed
from governance.looks import look
from governance.opinions.map import draw_statement, statement_weights
from governance.opinions.statement import check_statement
from kept import KeptResults
from storage import opinions
from storage.database import Database
from storage.opinions import Statement
from storage.proposals.blocks import block_reason
from wording.numbers import listed
from wording.reasons import read_reason

VOTES: Mapping[str, int] = MappingProxyType({"agree": 1, "disagree": -1, "pass": 0})
GROWN = 1.05  # as many times more votes, and statements are weighed anew
NEW = 9.9  # the weight of a statement without a vote
SEED = 20231007  # of the draw of the next statement, beside the member and their votes
PAGE = 5  # statements on a page of the list, which a phone shows whole


@dataclass(frozen=True)
class Turn:
    """The statement that a member may vote on next; None when nothing is left."""

    statement: Statement | None
    own: int | None  # what they said to it before
    left: int  # statements that they have not voted on, this one among them
    total: int


@dataclass(frozen=True)
class StatementPage:
    """A page of statements, the newest first, with what the member said to each."""

    statements: tuple[Statement, ...]
    own: Mapping[int, int]  # by statement id
    page: int
    pages: int
    total: int


async def add_statement(db: Database, guild_id: int, member_id: int, text: str, now: datetime) -> Statement:
    """Add one claim. Raises ValueError for what can't be voted on, what is there, a block, and the limits."""
    claim = check_statement(text)
    await _check_allowed(db, guild_id, member_id)
    return await opinions.add_statement(db, guild_id, member_id, claim, folded(claim), now)


async def next_turn(db: Database, kept: KeptResults, guild_id: int, member_id: int) -> Turn:
    """The statement to show a member next: the new, disputed and telling first, and in the end every one.

    How telling each is, is worked out anew for every statement more and every twentieth vote more. The draw
    follows from that and the member, so a question that is asked twice has one answer.
    """
    seen, votes, _ = await opinions.version_of(db, guild_id)
    grown = int(np.log1p(votes) / np.log(GROWN))
    weighed = await kept.get(("next statement", guild_id), (seen, grown), lambda: _weighed(db, guild_id))
    statements = await opinions.statements_of(db, guild_id)
    own = await own_votes(db, guild_id, member_id)
    left = sorted(each.statement_id for each in statements if each.statement_id not in own)
    if not left:
        return Turn(None, None, 0, len(statements))
    rng = np.random.default_rng([SEED, member_id, len(own)])
    chosen = draw_statement(left, [weighed.get(number, NEW) for number in left], rng=rng)
    by_id = {statement.statement_id: statement for statement in statements}
    return Turn(by_id[chosen], None, len(left), len(statements))


async def _weighed(db: Database, guild_id: int) -> dict[int, float]:
    """How likely each statement in sight is to be shown next, by its id."""
    order = sorted(each.statement_id for each in await opinions.statements_of(db, guild_id))
    votes = await opinions.votes_in(db, guild_id)
    if not order:
        return {}
    weights = await asyncio.to_thread(lambda: statement_weights(indexed(votes, order)[0], len(order)))
    return dict(zip(order, weights.tolist(), strict=True))


async def turn_to(db: Database, guild_id: int, member_id: int, number: int) -> Turn:
    """A statement by its number, to change a vote on it. Raises ValueError for none, or a hidden one."""
    statement = await opinions.statement_of(db, guild_id, number)
    own = await own_votes(db, guild_id, member_id)
    total = await opinions.count_statements(db, guild_id)
    return Turn(statement, own.get(statement.statement_id), total - len(own), total)


async def vote(
    db: Database, guild_id: int, statement_id: int, member_id: int, said: str, now: datetime
) -> int | None:
    """Keep a member's vote: agree, disagree or pass. Returns the one it replaces, None if there was none."""
    if said not in VOTES:
        raise ValueError(f"A vote is {listed(list(VOTES), 'or')}.")
    await _check_allowed(db, guild_id, member_id)
    return await opinions.cast_vote(db, guild_id, statement_id, member_id, VOTES[said], now)


async def own_votes(db: Database, guild_id: int, member_id: int) -> dict[int, int]:
    """What a member said to the statements in sight, by statement id."""
    votes = await opinions.votes_in(db, guild_id, member_id=member_id)
    return {vote.statement_id: vote.vote for vote in votes}


async def list_statements(
    db: Database, guild_id: int, member_id: int, *, page: int = 1, size: int = PAGE
) -> StatementPage:
    """A page of statements, of hidden ones the reason; a page beyond the last one is the last one."""
    total = await opinions.count_statements(db, guild_id, include_hidden=True)
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = await opinions.statements_of(
        db, guild_id, include_hidden=True, limit=size, offset=size * (page - 1)
    )
    own = await own_votes(db, guild_id, member_id)
    return StatementPage(tuple(found), MappingProxyType(own), page, pages, total)


async def suggest_statements(db: Database, guild_id: int, typed: str) -> list[tuple[str, int]]:
    """(what is shown, number) of up to 25 statements in sight whose number or claim holds what was typed."""
    wanted = typed.strip().lstrip("#").casefold()
    return [
        (f"#{each.number} {each.claim}"[:100], each.number)
        for each in await opinions.statements_of(db, guild_id)
        if wanted in f"{each.number} {each.claim}".casefold()
    ][:25]


async def hide_statement(
    db: Database, guild_id: int, number: int, member_id: int, reason: str, now: datetime, *, hidden: bool
) -> bool:
    """Hide a statement, or show it again, for a reason that is logged; whether that changed anything."""
    text = read_reason(reason)
    return await opinions.hide_statement(db, guild_id, number, member_id, text, now, hidden=hidden)


def folded(claim: str) -> str:
    """What spellings of the same claim have in common: letters and digits, in lower case."""
    text = unicodedata.normalize("NFKC", look(claim))
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text).split())


async def _check_allowed(db: Database, guild_id: int, member_id: int) -> None:
    reason = await block_reason(db, guild_id, member_id)
    if reason is not None:
        raise ValueError(f"You may not take part on this server, for this reason: {reason}")
