"""What moderators and the team do about proposals: answer, hide with a reason, and block a member."""

from typing import Any

from storage.server.settings import change_settings
from tests.features.proposals.proposing import (
    FORM,
    MODEL,
    ask,
    card_in,
    events,
    file,
    forum_of,
    labels_of,
    rows,
    tags_of,
    view_of,
    without_limits,
)
from tests.offline import Server, said, text_of


async def test_an_answer_of_the_team(server: Server, ada: Any, cleo: Any) -> None:
    await file(server, ada)
    answer = {
        "number": 1,
        "outcome": "partly",
        "statement": "Four weeks.",
        "link": "https://forum.example/t/1",
    }
    assert "Only moderators" in (await ask(server, ada, "respond", **answer)).content
    told = await ask(server, server.moderator, "respond", **answer)
    assert told.content.startswith("The answer is on record. <")
    team = server.guild.create_role("Team")
    await change_settings(server.database, server.guild.id, server.bot.now(), team_role=team.id)
    assert "team's role" in (await ask(server, server.moderator, "respond", **answer)).content
    dora = server.guild.add_member(server.env.create_user("dora"), roles=[team])
    await ask(server, dora, "respond", number=1, outcome="accepted", statement="All *eight* of them.")
    text = text_of(card_in(server.channel))
    assert "**The team: accepted.** All \\*eight\\* of them." in text
    assert "Four weeks" not in text, "the newest is shown"
    assert await rows(server, "outcome, statement, link", "proposal_responses") == [
        ("partly", "Four weeks.", "https://forum.example/t/1"),
        ("accepted", "All *eight* of them.", None),
    ]
    assert await rows(server, "member_id", "response_actors") == [(server.moderator.id,), (dora.id,)]
    bad = await ask(
        server, dora, "respond", number=1, outcome="noted", statement="s", link="http://x.example"
    )
    assert "A link starts with https://" in bad.content
    assert len(await rows(server, "1", "proposal_responses")) == 2


async def test_moderators_hide_for_a_reason_that_all_can_read(server: Server, ada: Any) -> None:
    forum = await forum_of(server)
    await file(server, ada)
    [post] = forum.threads
    refused = await ask(server, ada, "hide", number=1, reason="Mine.")
    assert refused.content == "Only moderators of this server can do that."
    told = await ask(server, server.moderator, "hide", number=1, reason="Names a *person*.")
    assert told.content.startswith("#1 is hidden. <")
    assert post.name == "#1 is hidden"
    assert tags_of(server, post) == {"hidden"}
    shown = text_of(card_in(post)).strip()
    assert shown == "### #1 is hidden\nBy the moderators: Names a \\*person\\*."
    assert labels_of(card_in(post)) == []
    assert FORM["title"] not in text_of(await ask(server, server.ben, "list"))
    assert "· hidden" in text_of(await ask(server, server.moderator, "list"))
    for command, options in (
        ("second", {}), ("argue", {"side": "for", "claim": "c"}), ("impact", {"who": MODEL}),
        ("simulate", {}), ("export", {}), ("advance", {"to": "withdrawn"}),
    ):  # fmt: skip
        refused = await ask(server, server.ben, command, number=1, **options)
        assert refused.content == "Proposal #1 is hidden, for this reason: Names a \\*person\\*.", command
    for what in ("card", "whole text", "arguments"):
        assert (
            text_of(await ask(server, server.ben, "show", number=1, what=what))
            .strip()
            .startswith("### #1 is hidden")
        )
    again = await ask(server, server.moderator, "hide", number=1, reason="Twice.")
    assert again.content == "There was nothing to change: it is like that already, or not there."

    await ask(server, server.moderator, "hide", number=1, reason="It was a mistake.", show_again=True)
    assert post.name == "#1 Say it eight weeks ahead"
    assert tags_of(server, post) == {"idea", "Classic", "communication"}
    assert "### #1 Say it eight weeks ahead" in text_of(card_in(post))
    assert "What it would do" in text_of(card_in(post))
    assert await events(server) == [
        ("filed", "", ada.id),
        ("hidden", "Names a *person*.", server.moderator.id),
        ("unhidden", "It was a mistake.", server.moderator.id),
    ]


async def test_one_argument_is_hidden_and_shown_again(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada)
    await file(server, ada, title="Another")
    await ask(server, server.ben, "argue", number=1, side="for", claim="Good.")
    hide = {"argument": 1, "reason": "Rude."}
    wrong = await ask(server, server.moderator, "hide", number=2, **hide)
    assert wrong.content == "Proposal #2 has no argument 1."
    assert (await ask(server, server.moderator, "hide", number=1, **hide)).content.startswith(
        "Argument 1 is hidden."
    )
    assert (await view_of(server)).arguments == ()
    told = await ask(server, server.moderator, "hide", number=1, **hide, show_again=True)
    assert told.content.startswith("Argument 1 is shown again.")
    assert [each.claim for each in (await view_of(server)).arguments] == ["Good."]
    assert (await events(server))[1:] == [
        ("argument_hidden", "1: Rude.", server.moderator.id),
        ("argument_unhidden", "1: Rude.", server.moderator.id),
    ]


async def test_who_is_blocked_may_read_only(server: Server, ada: Any) -> None:
    await file(server, ada)
    blocked = said(
        await server.moderator.slash(server.channel, "setup block", member=server.ben, reason="*Spam*.")
    )
    assert blocked.content == f"{server.ben.mention} can't file, second, argue or open polls here any more."
    for reply in (
        await ask(server, server.ben, "new", kind="other"),
        await ask(server, server.ben, "second", number=1),
        await ask(server, server.ben, "argue", number=1, side="for", claim="c"),
        said(await server.ben.click(card_in(server.channel), label="Second")),
    ):
        assert reply.content.endswith("on this server, for this reason: \\*Spam\\*.")
    assert "Say it eight weeks ahead" in text_of(await ask(server, server.ben, "show", number=1))
    assert await rows(server, "1", "proposal_seconds") == []
    assert await rows(server, "1", "proposal_drafts") == [], "it is said before anything is typed"
    lift = {"member": server.ben, "lift": True}
    told = said(await server.moderator.slash(server.channel, "setup block", **lift))
    assert told.content == f"{server.ben.mention} may file proposals again."
    assert (await ask(server, server.ben, "second", number=1)).content.startswith("You second #1")
    told = said(await server.moderator.slash(server.channel, "setup block", **lift))
    assert told.content == f"{server.ben.mention} was not blocked."
