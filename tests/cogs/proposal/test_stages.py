"""`/proposal` through its stages: filed, seconded, argued about, at its last call, withdrawn, or stale."""

from typing import Any

from bot import create_bot
from tests.features.proposals.proposing import (
    FORM,
    PAYOUT,
    READY,
    REST,
    Clock,
    ask,
    card_in,
    draft,
    events,
    file,
    forum_of,
    labels_of,
    rows,
    tags_of,
    typing,
    view_of,
    whole_text,
)
from tests.offline import Server, posted, said, text_of


async def test_from_a_form_to_the_forum(server: Server, ada: Any) -> None:
    forum = await forum_of(server)
    shown = await draft(server, ada, kind="payout", **PAYOUT)
    text = text_of(shown)
    assert "Needed before the last call" in text
    assert "Say who loses by it" in text
    assert "Give the review date" in text
    assert "Only you see this" in text
    assert forum.threads == []
    assert await rows(server, "guild_id, member_id", "proposal_drafts") == [(server.guild.id, ada.id)]

    more = await ada.click(shown.message, label="Add reasons")
    await ada.submit_modal(more, REST)
    assert "Say who loses by it" not in text_of(shown)
    assert "Give the review date" in text_of(shown)

    told = said(await ada.click(shown.message, label="File it"))
    [post] = forum.threads
    assert told.content.startswith(f"Filed as #1. <https://discord.com/channels/{server.guild.id}/{post.id}/")
    assert post.name == "#1 Pay half as much more"
    assert tags_of(server, post) == {"idea", "Classic", "payout"}
    card = card_in(post)
    text = text_of(card)
    assert text.strip().startswith("### #1 Pay half as much more\nA change takes effect eight weeks after")
    assert "Next discussion: 2 more members must second it." in text.replace("\\", "")
    assert "Everyone −920 NMR in the rounds that paid CORR and TC, +33,171 over all 122 rounds" in text
    assert "□□ 0 of 2 secondings" in text
    assert "Advisory, not binding on Numerai." in text
    assert card.attachments == [], "the picture stands behind the buttons"
    assert labels_of(card) == ["Second", "What it does to me", "Argue", "Full text"]
    assert len(posted(post)) == 1

    stored = (await view_of(server)).stored
    assert (stored.channel, stored.thread, stored.message) == (forum.id, post.id, card.id)
    assert (stored.author, stored.stage, stored.revision) == (ada.id, "idea", 1)
    assert await rows(server, "1", "proposal_drafts") == []
    assert await events(server) == [("filed", "", ada.id)]


async def test_without_numbers_of_its_tournament_it_is_filed_all_the_same(server: Server, ada: Any) -> None:
    shown, form = await typing(server, ada, kind="payout", tournament="signals")
    await ada.submit_modal(form, FORM)
    told = said(await ada.click(shown.message, label="File it"))
    assert told.content.startswith("Filed as #1. <")
    assert "Not simulated. This bot has no numbers of Signals." in text_of(card_in(server.channel))
    for command in ("simulate", "impact"):
        reply = await ask(server, ada, command, number=1, **({"who": "x"} if command == "impact" else {}))
        assert "There are no numbers of Signals here" in reply.content


async def test_members_bring_an_idea_to_its_discussion(server: Server, ada: Any, cleo: Any) -> None:
    forum = await forum_of(server)
    await file(server, ada)
    [post] = forum.threads
    told = said(await server.ben.click(card_in(post), label="Second"))
    assert told.content.startswith("You second #1: 1 of 2. <")
    assert "1 of 2 secondings" in text_of(card_in(post))
    again = await server.ben.click(card_in(post), label="Second")
    assert said(again).content == "You second #1 already. Take it back?"
    left = said(await server.ben.click(said(again).message, label="Leave it"))
    assert left.content == "Nothing was changed."
    assert "it is your own" in (await ask(server, ada, "second", number=1)).content
    assert (await view_of(server)).seconds == 1

    told = await ask(server, cleo, "second", number=1)
    assert told.content.startswith("You second #1: 2 of 2. Its discussion begins. <")
    assert "**Discussion** since" in text_of(card_in(post))
    assert tags_of(server, post) == {"discussion", "Classic", "communication"}
    assert (await view_of(server)).stage == "discussion"
    assert len(post.history()) == 1, "a card is brought up to date, not posted again"


async def test_arguments_carry_no_names(server: Server, ada: Any, cleo: Any) -> None:
    await file(server, ada)
    assert "Nobody has argued" in (await ask(server, cleo, "show", number=1, what="arguments")).content
    told = await ask(server, cleo, "argue", number=1, side="against", claim="  Too *slow*. ")
    assert told.content.startswith("Your argument is on record. <")
    form = await server.ben.click(card_in(server.channel), label="Argue")
    told = said(await server.ben.submit_modal(form, {"side": ["question"], "claim": "Who decides?"}))
    assert told.content.startswith("Your question is on record.")
    assert "0 for, 1 against, 1 question" in text_of(card_in(server.channel))
    text = await whole_text(ada, server.channel, what="arguments")
    assert "1. Too \\*slow\\*." in text
    assert "2. Who decides?" in text
    assert not {"cleo", "ben", "Ben", str(cleo.id), str(server.ben.id)} & set(text.split())
    assert await rows(server, "member_id, side, claim", "proposal_arguments") == [
        (cleo.id, "against", "Too *slow*."),
        (server.ben.id, "question", "Who decides?"),
    ]


async def test_the_last_call_says_what_is_missing(server: Server, ada: Any, cleo: Any, now: Clock) -> None:
    await file(server, ada, **READY)
    for member in (server.ben, cleo):
        await ask(server, member, "second", number=1)
    refused = await ask(server, ada, "advance", number=1, to="last call")
    assert refused.content == (
        "The discussion lasts at least 7 days: until 2031-05-11 12:00 UTC. 2 things must be filled in first."
    )
    now.move(days=7)
    refused = await ask(server, ada, "advance", number=1, to="last_call")
    assert refused.content == "2 things must be filled in first."
    form = await ada.slash(server.channel, "proposal revise", number=1)
    shown = said(await ada.submit_modal(form, READY))
    form = await ada.click(shown.message, label="Add reasons")
    await ada.submit_modal(form, REST)
    assert said(await ada.click(shown.message, label="Save the revision")).content.startswith(
        "Revision 2 of #1 is saved. <"
    )
    refused = await ask(server, cleo, "advance", number=1, to="last_call")
    assert refused.content == "Only its author or a moderator can do that."
    assert (await view_of(server)).stage == "discussion"
    told = await ask(server, ada, "advance", number=1, to="last_call")
    assert told.content.startswith("#1 is at “last call” now. <")
    voted_on = int(now().timestamp()) + 72 * 3600
    assert f"Next vote, from <t:{voted_on}:d>" in text_of(card_in(server.channel))
    pages = await whole_text(server.ben, server.channel)
    assert "The last call lasts 72 hours: until 2031-05-14 12:00 UTC." in pages
    told = await ask(server, ada, "advance", number=1, to="vote")
    assert told.content.startswith("The last call lasts 72 hours: until ")
    assert (await view_of(server)).stage == "last_call"
    back = await ask(server, server.moderator, "advance", number=1, to="discussion")
    assert back.content.startswith("#1 is at “discussion” now.")
    assert (await events(server))[-2:] == [
        ("advanced", "last_call", ada.id),
        ("advanced", "discussion", server.moderator.id),
    ]


async def test_withdrawing_asks_once_more(server: Server, ada: Any) -> None:
    await file(server, ada)
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    left = await ada.click(said(asked).message, label="Leave it")
    assert said(left).content == "Nothing was changed."
    assert said(asked).components == []
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await server.env.advance_time(301)
    assert said(asked).components == []
    assert (await view_of(server)).stage == "idea"
    for other in (server.ben, server.moderator):
        asked = await other.slash(server.channel, "proposal withdraw", number=1)
        refused = said(await other.click(said(asked).message, label="Withdraw #1"))
        assert refused.content.startswith("Only its author")
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    told = said(await ada.click(said(asked).message, label="Withdraw #1"))
    assert told.content.startswith("#1 is withdrawn. <")
    assert (await view_of(server)).stage == "withdrawn"
    assert "**Withdrawn** since" in text_of(card_in(server.channel))
    assert labels_of(card_in(server.channel)) == ["What it does to me", "Full text"]
    assert (await events(server))[-1] == ("withdrawn", "withdrawn", ada.id)


async def test_a_quiet_idea_becomes_stale_and_can_be_taken_up_again(
    server: Server, settings: Any, source: Any, ada: Any, now: Clock
) -> None:
    await file(server, ada)
    now.move(days=20)
    await ask(server, server.ben, "second", number=1)
    now.move(days=29)
    await server.env.advance_time(301)
    assert (await view_of(server)).stage == "idea", "it was seconded in between"
    now.move(days=1)
    await server.env.advance_time(301)
    assert (await view_of(server)).stage == "stale"
    assert "**Stale** since" in text_of(card_in(server.channel))
    await server.env.advance_time(301)
    assert await events(server) == [("filed", "", ada.id), ("advanced", "stale", None)]
    told = await ask(server, ada, "advance", number=1, to="idea")
    assert told.content.startswith("#1 is at “idea” now.")

    await server.bot.close()
    now.move(days=300)
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    assert (await view_of(server)).stage == "stale", "what was missed is due at the start"
    assert "**Stale** since" in text_of(card_in(server.channel))
