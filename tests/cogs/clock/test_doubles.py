"""What the bot posts by itself comes once: after an error whose effect happened, and with two processes."""

import ast
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from features.digest.digest_card import mark
from storage.database import open_database
from storage.polls.closing import set_poll_place
from storage.polls.opening import open_poll
from storage.polls.polls import PollTerms
from storage.server.digests import Schedule, set_schedule
from tests.loopback.server import CHANNEL_IDS, LoopbackDiscord
from tests.loopback.state import GUILD_ID
from tests.offline import TEXT, parts_of
from tests.patience import eventually
from tests.test_process import ROOT, bot_process, ready_bot
from ui.posting import nonce_of

ROOM = CHANNEL_IDS["general"]


async def furnished(file: Path, *, poll: bool = False, summary: bool = False) -> None:
    """A poll that was not posted yet, or a summary that is due, for the clock to see to at the next start."""
    db, present = await open_database(file), datetime.now(UTC)
    if poll:
        terms = PollTerms("Which?", "single", ["a", "b"], present, present + timedelta(days=7), "ab" * 32, 12)
        opened = await open_poll(db, int(GUILD_ID), 1, terms, present)
        place = {"channel": int(ROOM), "thread": None, "message": None}
        await set_poll_place(db, int(GUILD_ID), opened.poll_id, **place)
    if summary:
        # it is late by a week at least, whatever day it is
        schedule = Schedule(int(GUILD_ID), present.weekday(), 0, "UTC", int(ROOM), _week(present, 3))
        await set_schedule(db, schedule, present - timedelta(days=20))
    await db.close()


def _week(now: datetime, ago: int) -> str:
    year, week, _ = (now - timedelta(weeks=ago)).isocalendar()
    return f"{year}-W{week:02}"


def kept(folder: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / "bot.sqlite3")) as file:
        return file.execute(sql).fetchall()


@pytest.mark.slow
async def test_a_card_whose_post_was_answered_by_an_error_is_there_once(tmp_path: Path) -> None:
    await furnished(tmp_path / "bot.sqlite3", poll=True)
    posts = ("POST", f"/channels/{ROOM}/messages")
    async with LoopbackDiscord() as discord_server:
        discord_server.fail_next(*posts, 500, taken=True, times=2)  # the library tries these again by itself
        discord_server.fail_next(*posts, 503, taken=True)  # and leaves this one to the bot
        discord_server.fail_next("POST", "/channels/*/messages/*/threads", 403)
        async with ready_bot(discord_server, tmp_path) as bot:
            await bot.wait_for_line("the card of a poll failed")
            assert len(discord_server.requests_to(*posts)) == 3
            bot.kill()
            await bot.wait()
        async with ready_bot(discord_server, tmp_path) as bot:
            await discord_server.wait_for_request(*posts, count=4)
            [card] = discord_server.posts()

            async def is_noted() -> bool:
                return kept(tmp_path, "SELECT message FROM polls") == [(int(card.message_id),)]

            await eventually(is_noted)


@pytest.mark.slow
async def test_two_processes_post_one_summary(tmp_path: Path) -> None:
    await furnished(tmp_path / "bot.sqlite3", summary=True)
    async with (
        LoopbackDiscord() as discord_server,
        bot_process(discord_server.address, tmp_path) as one,
        bot_process(discord_server.address, tmp_path) as other,
    ):
        discord_server.fail_next("POST", "/channels/*/messages/*/threads", 403, times=2)
        await discord_server.wait_for_request("POST", f"/channels/{ROOM}/messages")
        first = next(bot for bot in (one, other) if any('message="ready"' in line for line in bot.lines))
        second = other if first is one else one
        assert await second.wait() == 1
        assert "Another process works with the bot's database" in second.lines[-1]
        assert await first.stop() == 0
        [(key,)] = kept(tmp_path, "SELECT key FROM digest_posts")
        texts = [
            part["content"]
            for post in discord_server.posts()
            for part in parts_of(post)
            if part["type"] == TEXT
        ]
    assert sum(f"-# {mark(str(key))}" in text for text in texts) == 1


def test_a_nonce_says_what_is_posted_within_discords_limit() -> None:
    assert nonce_of("poll", 1, None) == nonce_of("poll", 1, None)
    assert len({nonce_of("poll", 1, None), nonce_of("poll", 1, 2), nonce_of("page", 1, None)}) == 3
    assert len(nonce_of("poll", 2**63, "x" * 1000)) <= 25


def sends() -> Iterator[tuple[str, int, set[str | None]]]:
    """Every message that a feature sends by itself, with the names of what it gives along."""
    for path in [*(ROOT / "features").rglob("*.py"), *(ROOT / "ui").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "send"
                and not ast.unparse(node.func.value).endswith("followup")
            ):
                place = path.relative_to(ROOT).as_posix()
                yield place, node.lineno, {keyword.arg for keyword in node.keywords}


def test_whatever_is_sent_to_a_channel_has_its_nonce() -> None:
    found = list(sends())
    assert len(found) > 5
    # a trial of /setup check is answered to at once, and is removed
    without = {place for place, _, given in found if "nonce" not in given}
    assert without <= {"features/server/posting.py"}, without
