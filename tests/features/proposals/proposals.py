"""Proposals to file, for the tests of what is kept about them."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from features.proposals.clock import take_due_step
from features.proposals.view import ProposalView, proposal_view
from storage.database import Database
from storage.proposals.filing import file_proposal
from storage.proposals.proposals import Content, StoredProposal, due_proposals
from storage.server.settings import change_settings

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
ADA, BERT, CLEO, DORA = (900719925474099301 + number for number in range(4))
HERE, THERE = 700719925474099301, 700719925474099302
EARLY = ("idea", "discussion")


def content(title: str = "Cap the weights", **changes: Any) -> Content:
    text = json.dumps({"title": title}, ensure_ascii=False)
    fields = {"title": title, "tournament": "classic", "kind": "weights", "text": text}
    return Content(**{**fields, "content_hash": hashlib.sha256(text.encode()).hexdigest(), **changes})


async def filed(
    db: Database,
    title: str = "Cap the weights",
    *,
    guild_id: int = HERE,
    member_id: int = ADA,
    now: datetime = NOW,
    due_at: datetime | None = None,
    **changes: Any,
) -> StoredProposal:
    return await file_proposal(db, guild_id, member_id, content(title, **changes), now, due_at=due_at)


async def without_limits(db: Database, *guild_ids: int) -> None:
    for guild_id in guild_ids or (HERE, THERE):
        await change_settings(db, guild_id, NOW, cooldown_hours=0, open_cap=50)


async def do_due(db: Database, now: datetime) -> list[ProposalView]:
    """Take the steps that are due, as the clock does it one by one; those that moved."""
    return [
        await proposal_view(db, each.guild_id, each.number, now)
        for each in await due_proposals(db, now)
        if await take_due_step(db, each.guild_id, each.number, now)
    ]
