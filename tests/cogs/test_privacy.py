"""`/privacy`: a member sees, takes and deletes what is kept, and nobody else's."""

import json
from typing import Any

from bot import create_bot
from features.server.privacy_buttons import PrivacyButton
from storage.members.links import link_of
from storage.members.privacy import PERSONAL_TABLES, stored_about
from tests.features.proposals.proposing import FORM, ask, card_in, draft, file, view_of
from tests.offline import Server, said, text_of


async def fill(server: Server) -> None:
    await server.ben.slash(server.channel, "account link", name="model_07585")
    for rounds in ("10", "20", "30", "all"):
        await server.ben.slash(server.channel, "payout compare", proposed="1C3T", rounds=rounds)


async def pages_behind(server: Server, shown: Any) -> list[str]:
    """What can be read on the pages behind what is kept."""
    details = said(await server.ben.click(shown.message, label="Details"))
    pages = [text_of(details)]
    while True:
        turned = (await server.ben.click(details.message, label="Next")).response
        if text_of(turned) == pages[-1]:
            return pages
        pages.append(text_of(turned))


async def test_the_buttons_are_the_member_s_own_and_outlive_a_restart(
    server: Server, settings: Any, source: Any
) -> None:
    await fill(server)
    shown = said(await server.ben.slash(server.channel, "privacy show")).message
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source))
    for _ in range(2):
        reply = said(await server.ben.click(shown, label="Take it along"))
        assert json.loads(await reply.attachments[0].read())["member_id"] == str(server.ben.id)
    row = PrivacyButton("export", server.moderator.id).item.custom_id
    assert row in str(said(await server.moderator.slash(server.channel, "privacy show")).components)
    asked = await server.ben.click(shown, label="Delete everything")
    await server.ben.click(said(asked).message, label="Delete everything")
    assert said(asked).content.startswith("Deleted: 5 things.")
    empty = said(await server.ben.slash(server.channel, "privacy show"))
    assert "Nothing is kept about you" in text_of(empty)
    assert "Nothing is kept about you." in "".join(await pages_behind(server, empty))


async def test_show_lists_every_kind_of_thing_that_is_kept(server: Server) -> None:
    await fill(server)
    shown = said(await server.ben.slash(server.channel, "privacy show"))
    text = text_of(shown)
    assert "### 5 things are kept about you\n" in text
    assert "• Your model or account: 1\n• Questions that you asked: 4" in text
    behind = "".join(await pages_behind(server, shown))
    assert "payout compare, 20" in behind
    assert "and 1 more: see Take it along" in behind
    for told in (text, behind):
        assert not [table for table in PERSONAL_TABLES if "_" in table and table in told.replace("\\", "")]
        assert "{" not in told


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
    assert said(asked).content.startswith("Deleted: 5 things. The text of a proposal that you filed stays")
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
    text = text_of(reply) + "".join(await pages_behind(server, reply))
    for line in (
        "Drafts of proposals: 1", "Proposals that you second: 1", "What you argued: 1", "for, \\*Mine\\*.",
    ):  # fmt: skip
        assert line in text
    assert "What deleting leaves\n• The text of a proposal that you filed stays" in text
    assert "What is not there\n• " in text
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
