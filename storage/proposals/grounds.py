"""What decides where a proposal stands, beside its own row, in one statement."""

import json
from dataclasses import dataclass
from datetime import datetime

from storage.database import Database, fetch_all
from storage.moments import to_text
from storage.proposals.effects import Effect
from storage.server.settings import GuildSettings


@dataclass(frozen=True)
class Grounds:
    """What a proposal says now, who seconds it, and by what a server measures whether those are enough."""

    content: str  # JSON text of the newest revision
    seconded_by: frozenset[int]
    active: int  # members who have filed, seconded or argued lately, each once
    seconds_least: int  # the server's setting
    effect: Effect | None  # of the newest revision; None before it was computed


async def grounds_of(db: Database, guild_id: int, proposal_id: int, since: datetime) -> Grounds:
    """Return the grounds of a proposal; `since` says from when on members count as active."""
    [row] = await fetch_all(
        db,
        "SELECT r.content, e.effect, e.basis, (SELECT json_group_array(member_id) FROM proposal_seconds "
        "WHERE guild_id = ?1 AND proposal_id = ?2) AS seconded_by, (SELECT count(*) FROM ("
        "SELECT a.member_id FROM proposal_authors a "
        "JOIN proposals q USING (guild_id, proposal_id) WHERE q.guild_id = ?1 AND q.created_at >= ?3 "
        "UNION SELECT member_id FROM proposal_seconds WHERE guild_id = ?1 AND seconded_at >= ?3 "
        "UNION SELECT member_id FROM proposal_arguments WHERE guild_id = ?1 AND made_at >= ?3)) AS active, "
        "(SELECT seconds_least FROM guild_settings WHERE guild_id = ?1) AS seconds_least "
        "FROM proposals p JOIN proposal_revisions r USING (guild_id, proposal_id, revision) "
        "LEFT JOIN proposal_effects e ON e.proposal_id = p.proposal_id AND e.revision = p.revision "
        "WHERE p.guild_id = ?1 AND p.proposal_id = ?2",
        (guild_id, proposal_id, to_text(since)),
    )
    least = row["seconds_least"]
    return Grounds(
        content=row["content"],
        seconded_by=frozenset(json.loads(row["seconded_by"])),
        active=row["active"],
        seconds_least=GuildSettings(guild_id).seconds_least if least is None else least,
        effect=None if row["effect"] is None else Effect(row["effect"], row["basis"]),
    )
