"""What the managers of a server have decided for it."""

from dataclasses import dataclass
from datetime import datetime

from storage.database import Database, execute, fetch_one, transaction
from storage.moments import to_text


@dataclass(frozen=True)
class GuildSettings:
    """One server's settings; `sharing` says whether replies carry a Share button."""

    guild_id: int
    sharing: bool = True


async def settings_of(db: Database, guild_id: int) -> GuildSettings:
    """Return the server's settings, which are the defaults until somebody changes one."""
    row = await fetch_one(db, "SELECT guild_id, sharing FROM guild_settings WHERE guild_id = ?", (guild_id,))
    return GuildSettings(guild_id) if row is None else GuildSettings(row["guild_id"], bool(row["sharing"]))


async def set_sharing(db: Database, guild_id: int, sharing: bool, now: datetime) -> None:
    """Turn the Share button on or off for a server."""
    async with transaction(db):
        await execute(
            db,
            "INSERT INTO guild_settings (guild_id, sharing, changed_at) VALUES (?, ?, ?) "
            "ON CONFLICT (guild_id) DO UPDATE "
            "SET sharing = excluded.sharing, changed_at = excluded.changed_at",
            (guild_id, int(sharing), to_text(now)),
        )


async def forget_guild(db: Database, guild_id: int) -> None:
    """Remove everything kept for a server, for example after the bot was sent away."""
    async with transaction(db):
        await execute(db, "DELETE FROM guild_settings WHERE guild_id = ?", (guild_id,))
