"""What the managers of a server have decided for it."""

from dataclasses import astuple, dataclass, replace
from datetime import datetime
from sqlite3 import Row
from typing import Any

from governance.zones import in_force
from storage.database import Database, execute, fetch_one, transaction
from storage.moments import to_text


@dataclass(frozen=True)
class GuildSettings:
    """One server's settings; a channel or role that is None was not chosen."""

    guild_id: int
    sharing: bool = True  # whether replies carry a Share button
    proposal_channel: int | None = None  # text or forum; None: where the command was typed
    announce_channel: int | None = None
    moderator_role: int | None = None
    team_role: int | None = None  # who may give official answers
    zone: str = "UTC"  # IANA name, as it was chosen
    cooldown_hours: int = 24  # between two proposals of a member
    open_cap: int = 3  # proposals of a member that may be open at once
    seconds_least: int = 2  # members who must second an idea at least

    @property
    def zone_in_force(self) -> str:
        """The zone by which the server's days are counted: one that this host has."""
        return in_force(self.zone)

    @classmethod
    def from_row(cls, row: Row) -> "GuildSettings":
        """Return what a row of `guild_settings` says."""
        return cls(
            guild_id=row["guild_id"],
            sharing=bool(row["sharing"]),
            proposal_channel=row["proposal_channel"],
            announce_channel=row["announce_channel"],
            moderator_role=row["moderator_role"],
            team_role=row["team_role"],
            zone=row["zone"],
            cooldown_hours=row["cooldown_hours"],
            open_cap=row["open_cap"],
            seconds_least=row["seconds_least"],
        )


async def settings_of(db: Database, guild_id: int) -> GuildSettings:
    """Return the server's settings, which are the defaults until somebody changes one."""
    row = await fetch_one(
        db,
        "SELECT guild_id, sharing, proposal_channel, announce_channel, moderator_role, team_role, zone, "
        "cooldown_hours, open_cap, seconds_least FROM guild_settings WHERE guild_id = ?",
        (guild_id,),
    )
    return GuildSettings(guild_id) if row is None else GuildSettings.from_row(row)


async def change_settings(db: Database, guild_id: int, now: datetime, **changes: Any) -> GuildSettings:
    """Change these settings of a server, leave its others, and return them all.

    Raises ValueError for a name that is no setting; the table refuses a value out of its range.
    """
    unknown = set(changes) - set(GuildSettings.__dataclass_fields__)
    if unknown:
        raise ValueError(f"There is no setting called {min(unknown)}.")
    async with transaction(db):
        settings = replace(await settings_of(db, guild_id), **changes)
        await execute(
            db,
            "INSERT INTO guild_settings (guild_id, sharing, proposal_channel, announce_channel, "
            "moderator_role, team_role, zone, cooldown_hours, open_cap, seconds_least, changed_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (guild_id) DO UPDATE SET "
            "sharing = excluded.sharing, proposal_channel = excluded.proposal_channel, "
            "announce_channel = excluded.announce_channel, moderator_role = excluded.moderator_role, "
            "team_role = excluded.team_role, zone = excluded.zone, cooldown_hours = excluded.cooldown_hours, "
            "open_cap = excluded.open_cap, seconds_least = excluded.seconds_least, "
            "changed_at = excluded.changed_at",
            (*astuple(settings), to_text(now)),
        )
    return settings


async def set_sharing(db: Database, guild_id: int, sharing: bool, now: datetime) -> None:
    """Turn the Share button on or off for a server."""
    await change_settings(db, guild_id, now, sharing=sharing)


async def forget_guild(db: Database, guild_id: int) -> None:
    """Remove everything kept for a server, for example after the bot was sent away."""
    async with transaction(db):
        # what belongs to a poll or a proposal goes with it; a poll before the proposal that it is about
        await execute(db, "DELETE FROM polls WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM proposals WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM promises WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM opinion_statements WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM digest_schedules WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM digest_posts WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM digest_posts_by_hand WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM shared_answers WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM proposal_drafts WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM typed_forms WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM openings WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM server_setters WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM member_warnings WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM told_troubles WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM proposal_blocks WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM fund_returns WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM guild_settings WHERE guild_id = ?", (guild_id,))
        await execute(db, "DELETE FROM left_guilds WHERE guild_id = ?", (guild_id,))
