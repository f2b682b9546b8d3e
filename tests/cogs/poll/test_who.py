"""Who may vote, by role, age and a verified account, whose stake is frozen; and who may close a poll."""

from datetime import timedelta
from typing import Any

import pytest

from features.polls.casting import Member, check_may_vote
from features.polls.closing import ballots_and_electors
from storage.members.verifications import make_code, use_code
from storage.polls.polls import electors_of
from tests.features.polls.polling import KEEP, ask, close, exported, people, poll_of, receipt_in, start, vote
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
LARGE, SMALLER = "account_03061", "account_02578"


async def verify(server: Server, member: Any, account: str) -> None:
    present = server.bot.now()
    code = await make_code(server.database, member.id, "classic", "model", present)
    await use_code(server.database, member.id, code.code, account, present)


async def test_a_role_is_asked_for_when_a_ballot_is_cast(server: Server) -> None:
    role = server.guild.create_role("Stakers")
    member = server.guild.add_member(server.env.create_user("ada"), roles=[role])
    card = await start(server, server.ben, role=role)
    assert f"<@&{role.id}>" in text_of(card)
    form = await member.click(card, label="Vote")
    refused = said(await server.ben.click(card, label="Vote")).content
    assert refused == "This poll asks for a role that you don't have; its card says which."
    server.env.backend.edit_member(server.guild.id, member.id, {"role_ids": []})
    await server.env.settle()
    lost = said(await member.submit_modal(form, {"choice": "0"}))
    assert lost.content == refused
    assert await rows(server, "1", "ballots") == []


async def test_ages_and_verification_are_asked_for(server: Server, now: Clock) -> None:
    await verify(server, server.moderator, LARGE)
    young = await start(server, server.ben, server_days=3650)
    assert said(await server.ben.click(young, label="Vote")).content == (
        "This poll asks for 3,650 days on this server."
    )
    card = await start(server, server.ben, verified=True)
    refused = said(await server.ben.click(card, label="Vote")).content
    assert "verified when it began. See /account verify." in refused
    assert receipt_in(await vote(server, server.moderator, card, "single", [0]))
    await verify(server, server.ben, SMALLER)
    assert said(await server.ben.click(card, label="Vote")).content == refused, "the electorate is frozen"

    view = await poll_of(server, 1)
    present = server.bot.now()
    asked = [
        (Member(1, frozenset(), present - timedelta(days=3650), present), None),
        (Member(1, frozenset(), present - timedelta(days=3649), present), "3,650 days on this server"),
        (Member(1, frozenset(), None, present), "3,650 days on this server"),
    ]
    for member, sentence in asked:
        if sentence is None:
            await check_may_vote(server.database, view, member, present)
        else:
            with pytest.raises(ValueError, match=sentence):
                await check_may_vote(server.database, view, member, present)
    await start(server, server.ben, account_days=30)
    view = await poll_of(server, 3)
    await check_may_vote(
        server.database, view, Member(1, frozenset(), None, present - timedelta(days=30)), present
    )
    with pytest.raises(ValueError, match="a Discord account of 30 days"):
        await check_may_vote(
            server.database, view, Member(1, frozenset(), None, present - timedelta(days=29)), present
        )


async def test_stakes_are_frozen_at_the_start(server: Server, now: Clock) -> None:
    await verify(server, server.moderator, LARGE)
    card = await start(server, server.ben, hours=96.0)
    await verify(server, server.ben, SMALLER)
    [elector] = await electors_of(server.database, server.guild.id, 1)
    assert (elector.member_id, elector.account) == (server.moderator.id, LARGE)
    assert elector.stake == pytest.approx(147136.7328)
    for member in (server.moderator, server.ben):
        await vote(server, member, card, "single", [0])
    await close(server, now)
    assert [each.stake for each in await electors_of(server.database, server.guild.id, 1)] == [elector.stake]
    cast_there, stakes = await ballots_and_electors(server.database, (await poll_of(server)).poll)
    assert len(cast_there) == 2
    assert stakes == {server.moderator.id: elector.stake}


async def test_closing_is_for_the_author_and_moderators(server: Server, now: Clock) -> None:
    other, another = people(server, 2)
    card = await start(server, server.ben, hours=96.0)
    for member in (other, another):
        await vote(server, member, card, "single", [0])
    refused = await ask(server, other, "close", number=1)
    assert refused.components == []
    assert (await poll_of(server)).poll.state == "open"
    asked = await ask(server, server.ben, "close", number=1)
    told = said(await server.ben.click(asked.message, label="Close #1"))
    assert told.content == "Poll #1 is closed."
    assert "Keep it wins." in text_of(card_in(server.channel))
    assert (await ask(server, server.ben, "close", number=1)).content == "Poll #1 is closed already."
    assert (await exported(server, other))[0]["ballots"][0]["choice"] == KEEP

    await start(server, server.ben, hours=96.0)
    asked = await ask(server, server.moderator, "close", number=2, cancel=True)
    told = said(await server.moderator.click(asked.message, label="Cancel #2"))
    assert told.content == "Poll #2 is cancelled."
    assert "Cancelled**, without a result." in text_of(card_in(server.channel))
    for command in ("results", "export"):
        assert (await ask(server, server.ben, command, number=2)).attachments == []
    assert "it was cancelled" in (await ask(server, server.ben, "results", number=2)).content
