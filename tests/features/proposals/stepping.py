"""A proposal that is filed complete, where it stands, and steps that are refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from features.proposals.drafts import file_draft, replace_draft
from features.proposals.view import ProposalView, proposal_view
from storage.database import Database, execute, transaction
from tests.features.proposals.proposals import ADA, HERE, NOW

DAY = timedelta(days=1)
TYPED = {
    "title": "Say it ahead", "problem": "Too sudden.", "change": "Eight weeks.", "kind": "communication",
    "tournament": "classic", "drawbacks": "Slow.", "wrong_if": "A loss.",
    "parameters": "notice: 8 weeks; phase-in: none, because it holds; fallback: as before; "
    "review: 2099-01-01; compensation: none, because nobody loses",
}  # fmt: skip


async def file(db: Database, member: int = ADA, now: datetime = NOW, **typed: str) -> ProposalView:
    await replace_draft(db, HERE, member, TYPED | typed, now)
    view, _ = await file_draft(db, HERE, member, now)
    return view


async def at(db: Database, stage: str) -> None:
    """Put #1 at a stage that only votes lead to."""
    async with transaction(db):
        await execute(db, "UPDATE proposals SET stage = ? WHERE number = 1", (stage,))


async def view(db: Database, now: datetime = NOW) -> ProposalView:
    return await proposal_view(db, HERE, 1, now)


async def refused(step: Any) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        await step
    return str(caught.value)
