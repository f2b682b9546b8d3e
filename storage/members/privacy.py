"""Everything the bot keeps about a member: to be shown, taken along, or deleted."""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from storage.database import Database, execute, fetch_all, transaction
from storage.moments import to_text
from storage.polls.casting import unname_ballots

# table -> what is kept and why, for the member to read; a test compares it with the schema
PERSONAL_TABLES: Mapping[str, str] = MappingProxyType(
    {
        "account_links": (
            "The Numerai model or account that you said is yours, so that you need not type it each time; "
            "nobody has verified it."
        ),
        "asked_questions": (
            "Your newest questions, at most 50, so that a Share button can ask one again; "
            "whenever anybody asks something, all that are older than 30 days are removed."
        ),
        "shared_answers": (
            "Which answers you shared, at most 200, so that others can ask the same about themselves and you "
            "can delete one; once this is deleted the messages stay, and you can't delete them here any more."
        ),
        "proposal_drafts": (
            "What you have begun to propose and not filed yet, one draft for each server, "
            "so that you can go on."
        ),
        "proposal_authors": (
            "Which proposals you filed, so that your name stands on them and the limits of the server count "
            "them; once this is deleted they stay without it."
        ),
        "proposal_seconds": "Which proposals you second, so that each member counts once.",
        "proposal_arguments": (
            "What you said for or against proposals or asked about them, for others to read."
        ),
        "event_actors": (
            "Which steps in the history of proposals were yours, so that others can see who took them; "
            "once this is deleted the steps stay without your name."
        ),
        "response_actors": (
            "Which official answers to proposals you wrote; "
            "once this is deleted the answers stay without your name."
        ),
        "poll_authors": "Which polls you opened; once this is deleted they stay without your name.",
        "ballots": (
            "Your ballots, so that each member counts once and you can change yours; deleting takes them "
            "back where the poll is open."
        ),
        "electors": (
            "Polls that opened while you had a verified account, which one, and its stake on that day."
        ),
        "reminders": "Which polls you asked to be reminded of.",
        "account_verifications": (
            "The Numerai account that you have shown to be yours, so that stake can weigh and an account "
            "stands for one member only."
        ),
        "verification_codes": (
            "The code with which you are showing that an account is yours; it is of use for 15 minutes."
        ),
        "promise_step_actors": (
            "Which promises and questions you put on record or settled, so that others can see who did; "
            "once this is deleted they stay without your name."
        ),
        "opinion_authors": (
            "Which statements you added, so that the limits of the server count them; "
            "once this is deleted they stay without your name."
        ),
        "opinion_votes": (
            "What you voted on statements, so that you are asked once and the map of opinions has a place "
            "for you; others see counts and unnamed dots only."
        ),
        "opinion_event_actors": (
            "Which statements you hid or showed again as a moderator; "
            "once this is deleted the steps stay without your name."
        ),
    }
)

# what none of these tables holds and deleting leaves, for the member to read
KEPT_OTHERWISE: tuple[str, ...] = (
    "The text of a proposal that you filed stays, with every revision of it and the answers to it, because "
    "others took part in it; your name does not.",
    "A statement that you added stays, because others voted on it, and so does what you put on record as a "
    "promise or a question; your votes and your name do not.",
    "If a server's moderators keep you from filing proposals there, the bot holds their reason and a "
    "fingerprint instead of your id, and deleting your data does not lift that.",
    "A closed poll still counts what you chose, as nobody's; and every poll keeps, in its list of what was "
    "done with ballots, a number for each of yours, which says neither whose it is nor what was chosen.",
)


async def stored_about(db: Database, member_id: int) -> dict[str, list[dict[str, Any]]]:
    """Return every row that is kept about a member, by table; a table without one has an empty list."""
    stored: dict[str, list[dict[str, Any]]] = {}
    for table in PERSONAL_TABLES:  # names we wrote ourselves, so they may stand in the SQL
        rows = await fetch_all(db, f"SELECT * FROM {table} WHERE member_id = ?", (member_id,))  # noqa: S608
        stored[table] = [dict(row) for row in rows]
    return stored


async def export(db: Database, member_id: int, now: datetime) -> str:
    """Return all that is kept about a member as JSON text to read and to take along."""
    stored = await stored_about(db, member_id)
    return json.dumps(
        {
            # as text: many readers of JSON round a number this long
            "member_id": str(member_id),
            "exported_at": to_text(now),
            "tables": {
                table: {"what_and_why": sentence, "rows": stored[table]}
                for table, sentence in PERSONAL_TABLES.items()
            },
        },
        indent=2,
        ensure_ascii=False,
    )


async def delete(db: Database, member_id: int) -> dict[str, int]:
    """Delete all that is kept about a member, and return how many rows that was in each table."""
    async with transaction(db):
        await unname_ballots(db, member_id)
        return {
            table: await execute(db, f"DELETE FROM {table} WHERE member_id = ?", (member_id,))  # noqa: S608
            for table in PERSONAL_TABLES
        }
