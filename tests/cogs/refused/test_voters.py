"""Three hundred verified members cost a poll three questions to the gateway, and none is lost."""

from typing import Any

import pytest

from storage.database import execute, transaction
from storage.moments import to_text
from tests.features.polls.polling import OPTIONS, form, people
from tests.features.proposals.proposing import rows
from tests.offline import Server, said

pytestmark = pytest.mark.slow
POLL = {"title": "Which rule?", "description": "", "options": OPTIONS}


async def verify(server: Server, members: list[Any]) -> None:
    now = to_text(server.bot.now())
    async with transaction(server.database):
        for at, member in enumerate(members):
            await execute(
                server.database,
                "INSERT INTO account_verifications (member_id, tournament, account, state, verified_at, "
                "checked_at) VALUES (?, 'classic', ?, 'verified', ?, ?)",
                (member.id, f"account{at}", now, now),
            )


async def test_who_is_here_is_asked_a_hundred_at_once(server: Server) -> None:
    here = people(server, 250)
    elsewhere = [server.env.create_user(f"stranger{at}") for at in range(50)]
    await verify(server, [*here, *elsewhere])
    before = len(server.env.http_requests)
    told = said(await server.ben.submit_modal(await form(server, server.ben), POLL))
    assert told.content == "Poll #1 is open."
    asked = [each for each in server.env.http_requests[before:] if "/members" in each.path]
    assert asked == []
    assert sorted(await rows(server, "member_id", "electors")) == sorted((member.id,) for member in here)


async def test_a_gateway_that_does_not_answer_loses_no_poll(server: Server) -> None:
    await verify(server, people(server, 3))
    opened = await form(server, server.ben)
    guild = server.bot.get_guild(server.guild.id)
    assert guild is not None
    guild._state._get_websocket = lambda *_: None  # type: ignore[method-assign, assignment, return-value]
    told = said(await server.ben.submit_modal(opened, POLL))
    assert told.content == "Poll #1 is open."
    assert len(await rows(server, "1", "electors")) == 3
