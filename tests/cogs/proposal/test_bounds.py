"""What bounds proposals: limits of a member, and the server that they belong to."""

import json
from typing import Any

from storage.server.settings import change_settings, forget_guild
from tests.features.proposals.proposing import LEAST, Clock, card_in, file, rows
from tests.offline import Server, said, text_of


async def test_limits_of_a_member_keep_the_draft(server: Server, ada: Any, now: Clock) -> None:
    await file(server, ada)
    refused = await file(server, ada, title="Second")
    assert refused.content == (
        "This server asks for 24 hours between two proposals of a member; "
        "your next is possible from 2031-05-05 12:00 UTC."
    )
    assert await rows(server, "1", "proposal_drafts") == [(1,)]
    now.move(hours=24)
    assert (await file(server, ada, title="Second")).content.startswith("Filed as #2.")
    await change_settings(server.database, server.guild.id, now(), cooldown_hours=0, open_cap=2)
    refused = await file(server, ada, title="Third")
    assert "as many open proposals as this server allows a member, 2 at once" in refused.content
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await ada.click(said(asked).message, label="Withdraw #1")
    assert (await file(server, ada, title="Third")).content.startswith("Filed as #3.")
    assert (await file(server, server.ben)).content.startswith("Filed as #4."), "limits are a member's own"


async def test_another_server_s_proposals_are_not_there(server: Server, ada: Any) -> None:
    await file(server, ada)
    card = card_in(server.channel)
    other = server.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    dora = other.add_member(server.env.create_user("dora"))
    for command in ("show", "second", "export", "revise"):
        reply = said(await dora.slash(there, f"proposal {command}", number=1))
        assert reply.content == "There is no proposal #1 on this server."
    assert "Nothing here yet" in text_of(said(await dora.slash(there, "proposal list")))
    assert await dora.autocomplete(there, "proposal show", "number", "") == []
    drafted = said(await dora.slash(there, "proposal import", file=("p.json", json.dumps(LEAST).encode())))
    assert "Much like it" not in text_of(drafted)
    told = said(await dora.click(drafted.message, label="File it"))
    assert told.content.startswith("Filed as #1.")
    assert await rows(server, "guild_id, number", "proposals") == [(server.guild.id, 1), (other.id, 1)]

    await forget_guild(server.database, server.guild.id)
    for label in ("Second", "Argue", "What it does to me", "Full text"):
        reply = said(await server.ben.click(card, label=label))
        assert reply.content == "That proposal is not on this server any more.", label


async def test_commands_of_proposals_belong_to_servers(server: Server) -> None:
    dora = server.env.create_user("dora")
    assert not [name for name in dora.available_commands() if name.startswith(("proposal", "setup"))]
