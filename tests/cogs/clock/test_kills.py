"""The real bot as a process: a 503 while a poll closes, a kill before the card shows it, and a new start."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import open_database
from storage.polls.closing import set_poll_place
from storage.polls.opening import open_poll
from storage.polls.polls import PollTerms
from tests.features.polls.polling import labels
from tests.loopback.server import CHANNEL_IDS, LoopbackDiscord
from tests.loopback.state import GUILD_ID
from tests.test_process import ready_bot

pytestmark = pytest.mark.slow


POLLS = 6


@pytest.mark.long
async def test_whenever_it_is_killed_amid_closes_every_card_shows_its_result_in_the_end(
    tmp_path: Path,
) -> None:
    file, room = tmp_path / "bot.sqlite3", CHANNEL_IDS["general"]
    db = await open_database(file)
    present = datetime.now(UTC)
    terms = PollTerms("Which?", "single", ["a", "b"], present, present + timedelta(days=7), "ab" * 32, 12)
    for _ in range(POLLS):
        poll = await open_poll(db, int(GUILD_ID), 1, terms, present)
        await set_poll_place(db, int(GUILD_ID), poll.poll_id, channel=int(room), thread=None, message=None)
    await db.close()
    async with LoopbackDiscord() as discord_server:
        for _ in range(POLLS):
            discord_server.fail_next("POST", "/channels/*/messages/*/threads", 403)
        async with ready_bot(discord_server, tmp_path) as bot:
            while _kept(file, "SELECT count(*) FROM poll_cards") != [(POLLS,)]:
                await discord_server.command("poll list")  # a round trip later
            bot.kill()
        _kept(file, "UPDATE polls SET opens_at = '2020-01-01T00:00:00.000000+00:00', "
               "closes_at = '2020-01-02T00:00:00.000000+00:00'")  # fmt: skip
        for edits in (1, 2, 4):  # the kill comes with an edit, before what it shows is noted
            async with ready_bot(discord_server, tmp_path) as bot:
                await discord_server.wait_for_request("PATCH", f"/channels/{room}/messages/*", count=edits)
                bot.kill()
        assert _kept(file, "SELECT DISTINCT state FROM polls") == [("closed",)]
        async with ready_bot(discord_server, tmp_path):
            while any("Vote" in labels(card) for card in discord_server.posts()):
                await discord_server.command("poll list")
        assert len(discord_server.posts()) == POLLS


def _kept(file: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        return connection.execute(sql).fetchall()


async def test_the_next_start_shows_what_a_503_and_a_kill_kept_from_the_card(tmp_path: Path) -> None:
    file, room = tmp_path / "bot.sqlite3", CHANNEL_IDS["general"]
    db = await open_database(file)
    present = datetime.now(UTC)
    terms = PollTerms("Which?", "single", ["a", "b"], present, present + timedelta(days=7), "ab" * 32, 12)
    poll = await open_poll(db, int(GUILD_ID), 1, terms, present)
    await set_poll_place(db, int(GUILD_ID), poll.poll_id, channel=int(room), thread=None, message=None)
    await db.close()

    async with LoopbackDiscord() as discord_server:
        discord_server.fail_next("POST", "/channels/*/messages/*/threads", 403)
        async with ready_bot(discord_server, tmp_path) as bot:
            await discord_server.wait_for_request("POST", f"/channels/{room}/messages/*/threads")
            while not _kept(file, "SELECT 1 FROM poll_cards"):
                await discord_server.command("poll list")  # a round trip later
            bot.kill()
        [card] = discord_server.posts()
        assert labels(card) == ["Vote", "My ballot", "Details"]

        _kept(file, "UPDATE polls SET opens_at = '2020-01-01T00:00:00.000000+00:00', "
              "closes_at = '2020-01-02T00:00:00.000000+00:00'")  # fmt: skip
        discord_server.fail_next("PATCH", f"/channels/{room}/messages/*", 503)
        async with ready_bot(discord_server, tmp_path) as bot:
            line = await bot.wait_for_line("the card of a poll failed")
            assert "503" in line
            bot.kill()
        assert _kept(file, "SELECT state FROM polls") == [("closed",)]
        [card] = discord_server.posts()
        assert labels(card) == ["Vote", "My ballot", "Details"]

        async with ready_bot(discord_server, tmp_path):
            await discord_server.wait_for_request("PATCH", f"/channels/{room}/messages/*", count=2)
        [card] = discord_server.posts()
        assert labels(card) == ["My ballot", "Details"]
