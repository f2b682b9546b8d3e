"""`/privacy`: a member sees, takes and deletes what is kept, and nobody else's."""

import json

from storage.members.links import link_of
from storage.members.privacy import PERSONAL_TABLES, stored_about
from tests.features.proposals.proposing import FORM, ask, card_in, draft, file, view_of
from tests.offline import Server, check_limits, said, text_of


async def fill(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    for rounds in ("10", "20", "30", "all"):
        await server.ben.slash(server.channel, "payout compare", proposed="1C3T", rounds=rounds)


async def test_show_lists_every_kind_of_thing_that_is_kept(server: Server) -> None:
    await fill(server)
    text = text_of(said(await server.ben.slash(server.channel, "privacy show")))
    assert "Account links: 1" in text
    assert "Asked questions: 4" in text
    assert "and 1 more" in text


async def test_export_is_a_file_that_holds_every_row(server: Server) -> None:
    await fill(server)
    reply = said(await server.ben.slash(server.channel, "privacy export"))
    kept = json.loads(await reply.attachments[0].read())
    assert kept["member_id"] == str(server.ben.id)
    assert kept["tables"]["account_links"]["rows"][0]["name"] == "model_07585"
    assert len(kept["tables"]["asked_questions"]["rows"]) == 4


async def test_delete_asks_once_more_and_then_leaves_nothing(server: Server) -> None:
    await fill(server)
    await server.moderator.slash(server.channel, "account link", name="model_00005")
    asked = await server.ben.slash(server.channel, "privacy delete")
    assert await link_of(server.database, server.ben.id) is not None
    await server.ben.click(said(asked).message, label="Delete everything")
    assert said(asked).content.startswith("Deleted: 5 rows. The text of a proposal that you filed stays")
    assert not any((await stored_about(server.database, server.ben.id)).values())
    assert await link_of(server.database, server.moderator.id) is not None


async def test_delete_can_be_left(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    asked = await server.ben.slash(server.channel, "privacy delete")
    await server.ben.click(said(asked).message, label="Leave it")
    assert said(asked).content == "Nothing was deleted."
    assert await link_of(server.database, server.ben.id) is not None


async def test_a_question_left_open_deletes_nothing(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    asked = await server.ben.slash(server.channel, "privacy delete")
    await server.env.advance_time(301)
    assert said(asked).content == "Nothing was deleted: no answer in time."
    assert await link_of(server.database, server.ben.id) is not None


async def test_what_was_proposed_is_shown_and_taken_along(server: Server) -> None:
    await file(server, server.moderator)
    await draft(server, server.ben)
    await ask(server, server.ben, "second", number=1)
    await ask(server, server.ben, "argue", number=1, side="for", claim="*Mine*.")
    reply = said(await server.ben.slash(server.channel, "privacy show"))
    check_limits(reply)
    text = text_of(reply)
    for line in ("Proposal drafts: 1", "Proposal seconds: 1", "Proposal arguments: 1", "claim \\*Mine\\*."):
        assert line in text
    assert "What deleting leaves\n• The text of a proposal that you filed stays" in text
    reply = said(await server.ben.slash(server.channel, "privacy export"))
    tables = json.loads(await reply.attachments[0].read())["tables"]
    assert set(tables) == set(PERSONAL_TABLES)
    assert FORM["problem"] in tables["proposal_drafts"]["rows"][0]["content"]
    assert tables["proposal_arguments"]["rows"][0]["claim"] == "*Mine*."


async def test_an_author_leaves_and_the_proposal_stays(server: Server) -> None:
    await file(server, server.ben)
    await ask(server, server.moderator, "second", number=1)
    asked = await server.ben.slash(server.channel, "privacy delete")
    assert "takes your name off what you proposed" in said(asked).content
    await server.ben.click(said(asked).message, label="Delete everything")
    assert "your name does not" in said(asked).content
    view = await view_of(server)
    assert (view.stored.author, view.seconds, view.proposal.title) == (None, 1, FORM["title"])
    refused = await ask(server, server.ben, "revise", number=1)
    assert refused.content.startswith("Only its author can revise")
    assert "1 of 2 secondings" in text_of(card_in(server.channel))
    told = await ask(server, server.moderator, "argue", number=1, side="question", claim="Who?")
    assert told.content.startswith("Your question is on record.")
