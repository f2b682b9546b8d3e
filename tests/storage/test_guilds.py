"""A server's settings: defaults, changes, and none left when the bot is sent away."""

from datetime import UTC, datetime, timedelta

from storage.database import Database, fetch_all
from storage.guilds import GuildSettings, forget_guild, set_sharing, settings_of

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)


async def test_a_server_shares_until_somebody_says_otherwise(db: Database) -> None:
    assert await settings_of(db, 7) == GuildSettings(7, sharing=True)
    assert await fetch_all(db, "SELECT 1 FROM guild_settings") == []


async def test_sharing_is_kept_for_each_server(db: Database) -> None:
    await set_sharing(db, 7, False, NOW)
    await set_sharing(db, 8, True, NOW)
    assert await settings_of(db, 7) == GuildSettings(7, sharing=False)
    assert await settings_of(db, 8) == GuildSettings(8, sharing=True)


async def test_the_last_change_counts_and_its_time_is_kept(db: Database) -> None:
    await set_sharing(db, 7, False, NOW)
    await set_sharing(db, 7, True, NOW + timedelta(hours=1))
    assert (await settings_of(db, 7)).sharing
    [row] = await fetch_all(db, "SELECT changed_at FROM guild_settings")
    assert row["changed_at"] == "2031-05-04T13:00:00.000000+00:00"


async def test_a_forgotten_server_has_the_defaults_again(db: Database) -> None:
    await set_sharing(db, 7, False, NOW)
    await set_sharing(db, 8, False, NOW)
    await forget_guild(db, 7)
    await forget_guild(db, 7)
    assert (await settings_of(db, 7)).sharing
    assert not (await settings_of(db, 8)).sharing
