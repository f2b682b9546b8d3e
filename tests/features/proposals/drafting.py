"""Drafts as members type, file and revise them."""

from features.proposals.drafts import file_draft, replace_draft, revision_fields
from storage.database import Database
from tests.features.proposals.proposals import ADA, HERE, NOW

TYPED = {
    "title": "Say it ahead", "problem": "Too sudden.", "change": "Eight weeks.", "kind": "communication",
    "tournament": "classic", "parameters": "notice: 8 weeks",
}  # fmt: skip


async def filed(db: Database, member: int = ADA, **typed: str) -> int:
    await replace_draft(db, HERE, member, TYPED | typed, NOW)
    view, dropped = await file_draft(db, HERE, member, NOW)
    assert dropped is None
    return view.number


async def revise(db: Database, **typed: str) -> None:
    """Start a revision of #1 in the draft."""
    fields = await revision_fields(db, HERE, 1, ADA, NOW)
    await replace_draft(db, HERE, ADA, fields | typed, NOW)
