"""A poll opens: as the server's next number, with its electors frozen."""

import json
import secrets
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from typing import Any

from governance.commitments import canonical, sha256
from governance.text import counted
from storage.database import Database, execute, fetch_all, transaction
from storage.members.fingerprints import fingerprint, note_opening
from storage.moments import to_text
from storage.polls.polls import Elector, Poll, PollTerms, open_poll_of, poll_in


async def open_poll(
    db: Database,
    guild_id: int,
    author: int,
    terms: PollTerms,
    now: datetime,
    *,
    electors: Collection[Elector] = (),
    proposal_id: int | None = None,
    tie_seed: str | None = None,
    most_open: int | None = None,
) -> Poll:
    """Open a poll as the server's next number, with the electors as they are now.

    tie_seed: 64 hex digits, by chance unless given. most_open: polls that the author may have open on this
    server; None for any number. Raises ValueError at that limit, for a proposal that is being voted on
    already, and as the export does for options that JSON can't say; the table refuses other nonsense.
    """
    seed = secrets.token_hex(32) if tie_seed is None else tie_seed
    async with transaction(db):
        if most_open is not None and await _open_of(db, guild_id, author) >= most_open:
            raise ValueError(
                f"You have {counted(most_open, 'open poll')} on this server, as many as a member may have: "
                "close one with /poll close, or wait until one is over."
            )
        if proposal_id is not None:
            under_way = await open_poll_of(db, guild_id, proposal_id)
            if under_way is not None:
                raise ValueError(f"That proposal is being voted on already, in poll #{under_way.number}.")
        row: dict[str, Any] = {
            **asdict(terms),
            "guild_id": guild_id,
            "proposal_id": proposal_id,
            "options": canonical(terms.options),
            "opens_at": to_text(terms.opens_at),
            "closes_at": to_text(terms.closes_at),
            "eligibility": json.dumps(asdict(terms.eligibility)),
            "rule": json.dumps(asdict(terms.rule)),
            "tie_seed": seed,
            "tie_commitment": sha256(seed),
            "told_at": to_text(terms.opens_at),
            "changed_at": to_text(now),
        }
        [made] = await fetch_all(
            db,
            f"INSERT INTO polls (number, {', '.join(row)}) SELECT ifnull(max(number), 0) + 1, "  # noqa: S608
            f"{', '.join('?' * len(row))} FROM polls WHERE guild_id = ? RETURNING poll_id, number",
            (*row.values(), guild_id),
        )
        await execute(
            db,
            "INSERT INTO poll_authors (poll_id, guild_id, member_id) VALUES (?, ?, ?)",
            (made["poll_id"], guild_id, author),
        )
        if proposal_id is None:  # else the clock opened it
            await note_opening(db, guild_id, "poll", made["poll_id"], author, now)
        for elector in electors:
            await execute(
                db,
                "INSERT INTO electors (poll_id, guild_id, member_id, stake, account) VALUES (?, ?, ?, ?, ?)",
                (made["poll_id"], guild_id, elector.member_id, elector.stake, elector.account),
            )
        return await poll_in(db, guild_id, made["number"])


async def _open_of(db: Database, guild_id: int, member_id: int) -> int:
    [row] = await fetch_all(
        db,
        "SELECT count(*) AS open FROM polls p JOIN openings o ON o.guild_id = p.guild_id "
        "AND o.kind = 'poll' AND o.thing_id = p.poll_id "
        "WHERE p.guild_id = ? AND p.state = 'open' AND o.fingerprint = ?",
        (guild_id, await fingerprint(db, guild_id, member_id)),
    )
    return row["open"]
