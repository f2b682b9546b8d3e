"""Everything the bot keeps about a member: to be shown, taken along, or deleted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from storage.database import Database, checkpoint, execute, fetch_all, transaction
from storage.moments import to_text
from storage.polls.casting import unname_ballots


@dataclass(frozen=True)
class Kept:
    """A kind of thing that is kept about members, in words that a member reads."""

    name: str
    why: str  # what it is and what for, one sentence
    shows: tuple[str, ...]  # the columns that say something to a person; the file has all of them


# by table; a test compares it with the schema
PERSONAL_TABLES: Mapping[str, Kept] = MappingProxyType(
    {
        "account_links": Kept(
            "Your model or account",
            (
                "The Numerai model or account that you said is yours, so that you need not type it each "
                "time; nobody has verified it."
            ),
            ("name", "tournament", "linked_at"),
        ),
        "name_groups": Kept(
            "Your groups of names",
            "The models and accounts that you grouped under names of your own, so that you can type those.",
            ("name", "names", "saved_at"),
        ),
        "asked_questions": Kept(
            "Questions that you asked",
            ("Your newest questions, at most 50 and for 30 days, so that a Share button can ask one again."),
            ("question", "asked_at"),
        ),
        "typed_forms": Kept(
            "What you typed into forms",
            (
                "What you typed into a form that was not taken, so that you can go on; it goes when it is "
                "taken, and after a week."
            ),
            ("form", "typed_at"),
        ),
        "server_setters": Kept(
            "Servers that you set up",
            "On which servers you changed the settings last, so that you are told what does not work there.",
            ("set_at",),
        ),
        "shared_answers": Kept(
            "Answers that you shared",
            (
                "Which answers you shared, at most 200, so that others can ask the same about themselves "
                "and you can delete one; once this is deleted the messages stay, and you can't delete them "
                "here any more."
            ),
            ("question", "shared_at"),
        ),
        "proposal_drafts": Kept(
            "Drafts of proposals",
            (
                "What you have begun to propose and not filed yet, one draft for each server, so that you "
                "can go on."
            ),
            ("changed_at",),
        ),
        "proposal_authors": Kept(
            "Proposals that you filed",
            (
                "Which proposals you filed, so that your name stands on them and the limits of the server "
                "count them; once this is deleted they stay without it."
            ),
            (),
        ),
        "proposal_seconds": Kept(
            "Proposals that you second",
            "Which proposals you second, so that each member counts once.",
            ("seconded_at",),
        ),
        "proposal_arguments": Kept(
            "What you argued",
            "What you said for or against proposals or asked about them, for others to read.",
            ("side", "claim"),
        ),
        "event_actors": Kept(
            "Your steps in proposals",
            (
                "Which steps in the history of proposals were yours, so that others can see who took them; "
                "once this is deleted the steps stay without your name."
            ),
            (),
        ),
        "response_actors": Kept(
            "Official answers that you wrote",
            (
                "Which official answers to proposals you wrote; once this is deleted the answers stay "
                "without your name."
            ),
            (),
        ),
        "poll_authors": Kept(
            "Polls that you opened",
            "Which polls you opened; once this is deleted they stay without your name.",
            (),
        ),
        "ballots": Kept(
            "Your ballots",
            (
                "Your ballots, so that each member counts once and you can change yours; deleting takes "
                "them back where the poll is open."
            ),
            ("reason", "cast_at"),
        ),
        "ranking_drafts": Kept(
            "Rankings that you have begun",
            (
                "What you have ranked in polls and not cast yet, so that you can go on; it goes when you "
                "cast it and when the poll ends."
            ),
            ("changed_at",),
        ),
        "electors": Kept(
            "Polls that know your stake",
            "Polls that opened while you had a verified account, which one, and its stake on that day.",
            ("account", "stake"),
        ),
        "reminders": Kept(
            "Reminders that you asked for",
            "Which polls you asked to be reminded of.",
            ("due_at",),
        ),
        "member_warnings": Kept(
            "Warnings that you asked for",
            (
                "What you want to be warned of by direct message, and what was found last, so that nothing "
                "is told twice; deleting it turns them off."
            ),
            ("kinds", "bound"),
        ),
        "account_verifications": Kept(
            "Your verified account",
            (
                "The Numerai account that you have shown to be yours, so that stake can weigh and an "
                "account stands for one member only."
            ),
            ("account", "tournament", "verified_at"),
        ),
        "verification_codes": Kept(
            "A code that waits to be used",
            "The code with which you are showing that an account is yours; it is of use for 15 minutes.",
            ("model", "expires_at"),
        ),
        "promise_step_actors": Kept(
            "Promises and questions that you put on record",
            (
                "Which promises and questions you put on record or settled, so that others can see who did; "
                "once this is deleted they stay without your name."
            ),
            (),
        ),
        "opinion_authors": Kept(
            "Statements that you added",
            (
                "Which statements you added, so that the limits of the server count them; once this is "
                "deleted they stay without your name."
            ),
            (),
        ),
        "opinion_votes": Kept(
            "Your votes on statements",
            (
                "What you voted on statements, so that you are asked once and the map of opinions has a "
                "place for you; others see counts and unnamed dots only."
            ),
            ("cast_at",),
        ),
        "opinion_event_actors": Kept(
            "Statements that you hid or showed",
            (
                "Which statements you hid or showed again as a moderator; once this is deleted the steps "
                "stay without your name."
            ),
            (),
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
    "For 31 days, and while it is open, what you opened counts towards what a member may open here: the bot "
    "holds a fingerprint instead of your id, as for blocks.",
    "A closed poll still counts what you chose, as nobody's, and keeps a number in its list for your ballot, "
    "which says neither whose it is nor what was chosen.",
    "A file of predictions that you have scored is read in memory and let go with the answer: nothing of it "
    "is kept or logged, and there is nothing to delete.",
    "Whoever runs the bot keeps copies of its data, so that none is lost; what you delete is in them until "
    "they are removed, which is after a week unless they have set another time.",
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
                table: {"what_and_why": kind.why, "rows": stored[table]}
                for table, kind in PERSONAL_TABLES.items()
            },
        },
        indent=2,
        ensure_ascii=False,
    )


async def delete(db: Database, member_id: int) -> dict[str, int]:
    """Delete all that is kept about a member, and return how many rows that was in each table."""
    async with transaction(db):
        await unname_ballots(db, member_id)
        deleted = {
            table: await execute(db, f"DELETE FROM {table} WHERE member_id = ?", (member_id,))  # noqa: S608
            for table in PERSONAL_TABLES
        }
    await checkpoint(db)  # the WAL still has it as it was
    return deleted
