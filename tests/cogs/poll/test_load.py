"""Hundreds of members who vote at once, through the gateway, the dialogs and a real database."""

import asyncio

import pytest

from tests.cogs.poll.pressing import ask_for_dialog, choose
from tests.features.polls.polling import close, exported, next_mark, people, poll_of, start
from tests.features.proposals.proposing import Clock, rows
from tests.offline import Server

pytestmark = pytest.mark.slow
MEMBERS, TURNS = 500, 2  # each changes their ballot once


async def test_five_hundred_at_once(server: Server, now: Clock) -> None:
    members = people(server, MEMBERS)
    await start(server, server.ben, hours=96.0)
    poll_id = (await poll_of(server)).poll.poll_id
    before = _edits(server)
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
        assert await rows(server, "writes", "polls") == [(MEMBERS * (turn + 1),)]
    await server.env.settle()
    assert _edits(server) == before, "a ballot edits no card"
    await next_mark(server, now)
    assert _edits(server) == before + 1
    view = await close(server, now)
    assert view.result is not None
    assert view.result.ballots == MEMBERS
    groups = (await exported(server, server.ben))[0]["ballots"]
    assert sum(len(group["salts"]) for group in groups) == MEMBERS


def _edits(server: Server) -> int:
    """How often the public card was edited."""
    return sum(
        entry.method == "PATCH" and f"/channels/{server.channel.id}/messages/" in entry.path
        for entry in server.env.http_requests
    )
