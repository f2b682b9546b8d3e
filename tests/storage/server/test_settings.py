"""A server's settings: defaults, changes, and none left when the bot is sent away."""

import sqlite3
from datetime import date, timedelta

import pytest

from storage.database import Database, fetch_all
from storage.market.returns import replace_returns
from storage.members.privacy import delete
from storage.members.questions import recall, remember
from storage.members.shared import claim_share
from storage.members.typed import keep_typed
from storage.members.warnings import want_warnings
from storage.opinions import add_statement, cast_vote, hide_statement
from storage.polls import cards as poll_cards
from storage.polls.casting import cast
from storage.polls.drafts import keep_draft
from storage.polls.polls import Elector
from storage.polls.reminders import add_reminder
from storage.promises import NewPromise, add_promise
from storage.proposals import cards as proposal_cards
from storage.proposals.arguments import argue
from storage.proposals.blocks import block
from storage.proposals.drafts import save_draft
from storage.proposals.effects import Effect, keep_effect
from storage.proposals.proposals import proposal_of
from storage.proposals.responses import respond
from storage.proposals.seconds import second
from storage.proposals.stages import move_stage
from storage.server.digests import Schedule, claim, set_schedule
from storage.server.leaving import mark_left
from storage.server.settings import GuildSettings, change_settings, forget_guild, set_sharing, settings_of
from storage.server.shown_digests import claim_by_hand
from storage.server.troubles import claim_trouble, note_setter
from tests.features.polls.polls import close, opened
from tests.features.proposals.proposals import ADA, BERT, CLEO, EARLY, HERE, NOW, THERE, filed, without_limits


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


async def test_a_change_leaves_the_other_settings(db: Database) -> None:
    await set_sharing(db, 7, False, NOW)
    changed = await change_settings(db, 7, NOW, team_role=900719925474099301, zone="Pacific/Chatham")
    assert changed == GuildSettings(7, sharing=False, team_role=900719925474099301, zone="Pacific/Chatham")
    assert await settings_of(db, 7) == changed
    await change_settings(db, 7, NOW, team_role=None, sharing=True)
    assert await settings_of(db, 7) == GuildSettings(7, zone="Pacific/Chatham")


async def test_every_setting_comes_back_as_it_was(db: Database) -> None:
    wanted = GuildSettings(7, False, 1, 2, 3, 4, "Europe/Paris", 0, 50, 1000)
    changes = {name: value for name, value in vars(wanted).items() if name != "guild_id"}
    await change_settings(db, 7, NOW, **changes)
    assert await settings_of(db, 7) == wanted


async def test_what_is_no_setting_changes_nothing(db: Database) -> None:
    with pytest.raises(ValueError, match="no setting called colour"):
        await change_settings(db, 7, NOW, open_cap=5, colour="red")
    assert await settings_of(db, 7) == GuildSettings(7)


@pytest.mark.parametrize(
    ("name", "least", "most"), [("cooldown_hours", 0, 720), ("open_cap", 1, 50), ("seconds_least", 0, 1000)]
)
async def test_settings_have_limits(db: Database, name: str, least: int, most: int) -> None:
    for allowed in (least, most):
        assert vars(await change_settings(db, 7, NOW, **{name: allowed}))[name] == allowed
    for refused in (least - 1, most + 1, None, "many"):
        with pytest.raises(sqlite3.IntegrityError):
            await change_settings(db, 7, NOW, **{name: refused})
    assert vars(await settings_of(db, 7))[name] == most


async def rows_by_guild(db: Database) -> dict[str, list[int]]:
    tables = await fetch_all(
        db,
        "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND c.name = 'guild_id'",
    )
    return {
        table: [row["guild_id"] for row in await fetch_all(db, f"SELECT guild_id FROM {table} ORDER BY 1")]
        for (table,) in tables
    }


async def fill(db: Database, guild_id: int) -> None:
    """Put a row into every table of a server."""
    first, last = await filed(db, guild_id=guild_id), await filed(db, guild_id=guild_id)
    await second(db, guild_id, 1, BERT, NOW, stages=EARLY)
    await argue(db, guild_id, 1, BERT, "for", "Fair", NOW, stages=EARLY)
    await respond(db, guild_id, 1, BERT, "noted", "Thank you", NOW)
    await save_draft(db, guild_id, ADA, "{}", NOW)
    await block(db, guild_id, ADA, "Rants", NOW)
    await keep_typed(db, guild_id, ADA, "poll:new", {"title": "Q"}, NOW)
    said = NewPromise(
        "promise", "A model uploads itself", "the team", "https://forum.example/t/1", date(2031, 5, 1), None
    )
    await add_promise(db, guild_id, ADA, said, NOW)
    statement = await add_statement(db, guild_id, ADA, "Stake is confidence", "stake is confidence", NOW)
    await cast_vote(db, guild_id, statement.statement_id, BERT, 1, NOW)
    await hide_statement(db, guild_id, 1, BERT, "Rude", NOW, hidden=True)
    asked = await recall(db, await remember(db, ADA, "payout show", {}, NOW), ADA)
    assert asked is not None
    await claim_share(db, guild_id, 5, asked, {}, NOW)
    await set_schedule(db, Schedule(guild_id, 0, 18, "UTC", 1, None), NOW)
    await claim(db, guild_id, ("2031-W18",), NOW)
    await claim_by_hand(db, guild_id, NOW.date(), NOW)
    moved = await proposal_of(db, guild_id, last.number)
    assert moved is not None
    assert await move_stage(db, moved, "superseded", NOW, due_at=None, successor=first.number)
    ended = await opened(db, guild_id=guild_id, proposal_id=first.proposal_id)
    await cast(db, guild_id, ended.poll_id, CLEO, '"two"', NOW)
    await close(db, ended)
    await delete(db, CLEO)
    poll = await opened(db, guild_id=guild_id, electors=[Elector(ADA, 1.0, "heron")])
    for choice in ('"two"', '"five"'):
        await cast(db, guild_id, poll.poll_id, ADA, choice, NOW)
    await add_reminder(db, guild_id, poll.poll_id, ADA, NOW)
    await keep_draft(db, guild_id, poll.poll_id, BERT, None, "[[]]", NOW)
    await poll_cards.set_shown(db, guild_id, poll.poll_id, "open")
    await proposal_cards.set_shown(db, guild_id, 1, "1: idea")
    await keep_effect(db, guild_id, first.proposal_id, 1, Effect("Everyone more", "Sample"), NOW)
    await mark_left(db, guild_id, NOW)
    await keep_typed(db, guild_id, BERT, "poll:new", {"title": "Now?"}, NOW)
    await note_setter(db, guild_id, ADA, NOW)
    assert await claim_trouble(db, guild_id, "poll 7", NOW)
    await want_warnings(db, guild_id, guild_id, ["rule"], 5.0, NOW)  # a member is warned for one server
    await replace_returns(db, guild_id, {"2031-01": -1.5}, NOW)


async def test_a_forgotten_server_leaves_nothing_in_any_table(db: Database) -> None:
    await without_limits(db)
    for guild_id in (HERE, THERE):
        await fill(db, guild_id)
    before = await rows_by_guild(db)
    assert all({HERE, THERE} == set(guilds) for guilds in before.values()), before
    await forget_guild(db, HERE)
    assert await rows_by_guild(db) == {
        table: [guild_id for guild_id in guilds if guild_id == THERE] for table, guilds in before.items()
    }
