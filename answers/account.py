"""Which model or account a member says is theirs, and what the data knows of it."""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from answers.names import find_name
from storage.database import Database
from storage.links import AccountLink, link_of, set_link
from tournament.source import EVERYONE, Source

NOT_LINKED = (
    "You have not linked a model yet. Type /account link and pick yours, "
    "or fill in “who” with any model to try it."
)


@dataclass(frozen=True)
class LinkedAccount:
    """A member's claim, and the rounds behind it; stake is in NMR, of the newest round with one."""

    link: AccountLink
    models: tuple[str, ...]
    first_round: int
    last_round: int
    staked_rounds: int
    stake: float
    source: str
    until: date


async def link_account(
    database: Database, source: Source, member_id: int, typed: str, now: datetime
) -> LinkedAccount:
    """Store which model or account a member claims. Raises ValueError for a name the data lacks."""
    name = await find_name(source, typed)
    if name == EVERYONE:
        raise ValueError("Everyone can't be linked: pick one model or account.")
    kind = "account" if (await source.history(name)).kind == "account" else "model"
    link = AccountLink(member_id, name, kind, source.tournament, now)
    await set_link(database, link)
    return await _describe(source, link)


async def linked_account(database: Database, source: Source, member_id: int) -> LinkedAccount:
    """What a member has linked. Raises ValueError, with the remedy, when there is nothing."""
    link = await link_of(database, member_id)
    if link is None:
        raise ValueError(NOT_LINKED)
    await find_name(source, link.name)  # the source may have changed since
    return await _describe(source, link)


async def asked_name(database: Database, member_id: int, typed: str | None) -> str:
    """The name a question is about: what was typed, else what the member linked."""
    if typed is not None:
        return typed
    link = await link_of(database, member_id)
    if link is None:
        raise ValueError(NOT_LINKED)
    return link.name


async def _describe(source: Source, link: AccountLink) -> LinkedAccount:
    history = await source.history(link.name)
    staked = np.unique(history.round[history.stake > 0])
    newest = history.stake[(history.round == staked[-1]) & (history.stake > 0)].sum() if staked.size else 0.0
    return LinkedAccount(
        link=link,
        models=history.models,
        first_round=int(history.round.min()),
        last_round=int(history.round.max()),
        staked_rounds=staked.size,
        stake=float(newest),
        source=source.label,
        until=await source.until(),
    )
