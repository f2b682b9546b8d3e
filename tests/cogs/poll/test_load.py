"""Hundreds of members who vote at once, through the gateway, the dialogs and a real database."""

import asyncio
import time

import pytest

from features.polls.due_posting import EVERY
from storage.polls.ballots import chain_of
from tests.cogs.poll.pressing import ask_for_dialog, choose
from tests.features.polls.polling import close, exported, people, poll_of, start
from tests.features.proposals.proposing import Clock, rows
from tests.offline import Server

pytestmark = pytest.mark.slow
MEMBERS, TURNS = 500, 2  # each changes their ballot once


async def test_five_hundred_at_once(server: Server, now: Clock) -> None:
    members = people(server, MEMBERS)
    await start(server, server.ben, hours=96.0)
    poll_id = (await poll_of(server)).poll.poll_id
    began = time.perf_counter()
    for turn in range(TURNS):
        asked = await asyncio.gather(*(ask_for_dialog(server, member, poll_id) for member in members))
        await asyncio.gather(
            *(
                choose(server, member, dialog, str((place + turn) % 3))
                for place, (member, (dialog, _)) in enumerate(zip(members, asked, strict=True))
            )
        )
        kept = await rows(server, "member_id, choice", "ballots")
        assert sorted(kept) == sorted(
            (member.id, ('"Keep it"', '"Cut TC"', '"Pay MMC"')[(place + turn) % 3])
            for place, member in enumerate(members)
        )
        assert len(await chain_of(server.database, server.guild.id, poll_id)) == MEMBERS * (turn + 1)
    await server.env.settle()
    # the card is edited now and then, not with every ballot
    assert _edits(server) <= 1 + TURNS + (time.perf_counter() - began) / EVERY
    view = await close(server, now)
    assert view.result is not None
    assert view.result.ballots == MEMBERS
    assert len((await exported(server, server.ben))[0]["choices"]) == MEMBERS


def _edits(server: Server) -> int:
    """How often the public card was edited."""
    return sum(
        entry.method == "PATCH" and f"/channels/{server.channel.id}/messages/" in entry.path
        for entry in server.env.http_requests
    )
