"""The real bot killed while members vote: no acknowledged ballot is lost, and none counts twice."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.database import open_database
from storage.polls.ballots import ballots_of
from storage.polls.opening import open_poll
from storage.polls.polls import PollTerms
from tests.loopback.server import BOB, LoopbackDiscord, Reply
from tests.loopback.state import GUILD_ID, Person
from tests.patience import PATIENCE
from tests.test_process import ready_bot

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kill", [2, 8, *(pytest.param(kill, marks=pytest.mark.long) for kill in (0, 5, 11))])
async def test_no_ballot_that_was_acknowledged_is_lost_by_a_kill(tmp_path: Path, kill: int) -> None:
    """Twelve members vote at once, and the bot is killed somewhere amid their answers."""
    db = await open_database(tmp_path / "bot.sqlite3")
    present = datetime.now(UTC)
    terms = PollTerms("Which?", "ranked_irv", ["a", "b"], present, present + timedelta(days=7), "ab" * 32, 12)
    poll = await open_poll(db, int(GUILD_ID), 1, terms, present)
    await db.close()
    members = [replace(BOB, name=f"voter{n}", id=str(900_000_000_000_000_000 + n)) for n in range(12)]
    acknowledged: list[int] = []

    async def vote(discord_server: LoopbackDiscord, dialog: Reply, member: Person) -> None:
        told = await discord_server.click(dialog, label="Cast this ranking")
        assert "Your ballot" in str(told.components), told.content
        acknowledged.append(int(member.id))

    async with LoopbackDiscord() as discord_server:
        async with ready_bot(discord_server, tmp_path) as bot:
            dialogs = []
            for member in members:
                shown = await discord_server.command("poll show", options={"number": 1}, member=member)
                asked = await discord_server.click(shown, label="Vote")
                dialogs.append(await discord_server.click(asked, custom_id="poll:rank-next:1", values=["1"]))
            votes = [
                asyncio.create_task(vote(discord_server, dialog, member))
                for dialog, member in zip(dialogs, members, strict=True)
            ]
            await asyncio.wait(votes[kill : kill + 1], timeout=PATIENCE)
            bot.kill()
            for each in votes:
                each.cancel()
            await asyncio.gather(*votes, return_exceptions=True)
        assert acknowledged
        db = await open_database(tmp_path / "bot.sqlite3")
        kept = [ballot.member_id for ballot in await ballots_of(db, poll.guild_id, poll.poll_id)]
        assert len(kept) == len(set(kept))
        await db.close()
        assert set(acknowledged) <= set(kept) <= {int(member.id) for member in members}


async def test_a_form_that_was_open_while_the_bot_was_killed_is_cast(tmp_path: Path) -> None:
    """Through the network and two processes: the second has never seen the form."""
    db = await open_database(tmp_path / "bot.sqlite3")
    present = datetime.now(UTC)
    for method, options in (("single", ["a", "b"]), ("score", ["a", "b"]), ("ranked_irv", ["a", "b"])):
        terms = PollTerms("Which?", method, options, present, present + timedelta(days=7), "ab" * 32, 12)
        poll = await open_poll(db, int(GUILD_ID), 1, terms, present)
    await db.close()
    async with LoopbackDiscord() as discord_server:
        async with ready_bot(discord_server, tmp_path) as bot:
            opened = []
            for number in (1, 2, 3):
                shown = await discord_server.command("poll show", options={"number": number}, member=BOB)
                opened.append(await discord_server.click(shown, label="Vote"))
            ranking = await discord_server.click(opened[2], custom_id="poll:rank-next:3", values=["1"])
            typing = await discord_server.click(ranking, label="Type it")
            bot.kill()
        async with ready_bot(discord_server, tmp_path):
            assert "Your ballot" in str((await discord_server.submit(opened[0], {"choice": "1"})).components)
            assert "Nothing was cast" in (await discord_server.submit(opened[1], {"text": ""})).content
            assert "Your ballot" in str(
                (await discord_server.submit(typing, {"text": "a = b"}, under=ranking)).components
            )
    db = await open_database(tmp_path / "bot.sqlite3")
    kept = [[ballot.choice for ballot in await ballots_of(db, poll.guild_id, number)] for number in (1, 2, 3)]
    await db.close()
    assert kept == [['"b"'], [], ['[["a","b"]]']]
