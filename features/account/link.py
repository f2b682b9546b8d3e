"""Which model or account a member says is theirs, and what the data knows of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from storage.database import Database
from storage.members.links import AccountLink, link_of, set_link
from tournament.source import EVERYONE, Source
from wording.names import find_name
from wording.tongue import marked

EXAMPLE = "model_07585"  # in the sample, staked in nearly every round: to try for who has no model


class NotLinkedError(ValueError):
    """A member asked about themselves before saying who they are."""

    def __init__(self) -> None:
        super().__init__(
            marked(
                "You have not linked a model yet. Type /account link and pick yours, or name any model "
                "to try it."
            )
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
    warnings: tuple[str, ...] = ()  # sentences on models over a limit of the tournament, or close to one


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


async def linked_account(
    database: Database, source_of: Callable[[str], Source], member_id: int
) -> LinkedAccount:
    """What a member has linked. Raises NotLinkedError, with the remedy, when there is nothing."""
    link = await link_of(database, member_id)
    if link is None:
        raise NotLinkedError
    source = source_of(link.tournament)
    await find_name(source, link.name)  # the source may have changed since
    return await _describe(source, link)


async def asked_about(
    database: Database, member_id: int, typed: str | None, tournament: str | None
) -> tuple[str, str]:
    """(name, tournament) a question is about: what was typed, else what the member linked.

    Raises NotLinkedError for a member who neither typed nor linked a name.
    """
    link = await link_of(database, member_id)
    if typed is None and link is None:
        raise NotLinkedError
    name = typed if typed is not None or link is None else link.name
    return name or "", tournament or (link.tournament if link else "classic")


async def own_name(database: Database, member_id: int) -> str | None:
    """The name that a member linked; None for a member without a link."""
    link = await link_of(database, member_id)
    return None if link is None else link.name


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
        warnings=history.warnings,
    )
