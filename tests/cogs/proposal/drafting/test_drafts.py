"""Drafts and revisions: what they change, and that nothing typed is lost or filed twice."""

import json
from typing import Any

from bot import create_bot
from storage.proposals.drafts import draft_of
from storage.proposals.proposals import revision_of
from tests.features.proposals.proposing import (
    FORM,
    REST,
    Clock,
    ask,
    card_in,
    draft,
    file,
    rows,
    typing,
    view_of,
    without_limits,
)
from tests.offline import Server, posted, said, text_of


async def test_a_revision_shows_what_it_changes(server: Server, ada: Any) -> None:
    await file(server, ada)
    await ask(server, server.ben, "second", number=1)

    async def revised(**typed: str) -> tuple[str, str]:
        form = await ada.slash(server.channel, "proposal revise", number=1)
        filled = {
            label["component"]["custom_id"]: label["component"].get("value", "")
            for label in form.modal["components"]
        }
        assert filled["title"] == FORM["title"]
        shown = said(await ada.submit_modal(form, filled | typed))
        return text_of(shown), said(await ada.click(shown.message, label="Save the revision")).content

    diff, told = await revised(problem="Rules changed within days.")
    assert "Rules ~~change~~**changed** within days." in diff
    assert "Wording and reasons only: secondings stay" in diff
    assert told.startswith("Revision 2 of #1 is saved. <")
    assert (await view_of(server)).seconds == 1

    diff, told = await revised(change="Ten weeks ahead.", parameters="notice: 10 weeks")
    assert "~~8~~**10** weeks" in diff
    assert "its 1 seconding falls and it starts again as an idea" in diff
    assert told.startswith("Revision 3 of #1 is saved. 1 seconding fell. <")
    assert (await view_of(server)).seconds == 0
    assert "revision 3" in text_of(card_in(server.channel))
    assert "Ten weeks ahead." in text_of(card_in(server.channel))

    diff, told = await revised()
    assert "Nothing is different yet." in diff
    assert told == "Nothing is different from what is filed."
    assert await rows(server, "revision", "proposal_revisions") == [(1,), (2,), (3,)]


async def test_only_its_author_revises(server: Server, ada: Any) -> None:
    await file(server, ada)
    for other in (server.ben, server.moderator):
        refused = await ask(server, other, "revise", number=1)
        assert refused.content.startswith("Only its author can revise a proposal")
    asked = await ada.slash(server.channel, "proposal withdraw", number=1)
    await ada.click(said(asked).message, label="Withdraw #1")
    assert "The text is frozen" in (await ask(server, ada, "revise", number=1)).content


async def test_who_revises_in_two_places_is_told_and_loses_nothing(server: Server, ada: Any) -> None:
    await file(server, ada)
    first = await ada.slash(server.channel, "proposal revise", number=1)
    second = await ada.slash(server.channel, "proposal revise", number=1)
    shown = said(await ada.submit_modal(first, FORM | {"problem": "Theirs."}))
    await ada.click(shown.message, label="Save the revision")
    shown = said(await ada.submit_modal(second, FORM | {"problem": "Mine."}))
    told = said(await ada.click(shown.message, label="Save the revision"))
    assert "saved revision 2 of proposal #1 meanwhile; nothing was lost" in told.content.replace("\\", "")
    assert (await view_of(server)).proposal.problem == "Theirs."
    form = await ada.click(shown.message, label="Edit the text")
    assert form.modal["components"][1]["component"]["value"] == "Mine."
    await ada.submit_modal(form, FORM | {"problem": "Mine."})
    assert "~~Theirs.~~\n**Mine.**" in text_of(shown)
    told = said(await ada.click(shown.message, label="Save the revision"))
    assert told.content.startswith("Revision 3 of #1 is saved.")
    kept = [await revision_of(server.database, server.guild.id, 1, number) for number in (1, 2, 3)]
    problems = [json.loads(each.content)["problem"] for each in kept if each is not None]
    assert problems == [FORM["problem"], "Theirs.", "Mine."]


async def test_a_draft_is_not_lost_by_starting_another(server: Server, ada: Any) -> None:
    await without_limits(server)
    await file(server, ada)
    await draft(server, ada, title="Another idea", problem="p", change="c")
    shown = await ask(server, ada, "revise", number=1)
    assert "You have this draft already: file or discard it first." in text_of(shown)
    assert "Another idea" in text_of(shown)
    assert said(await ada.click(shown.message, label="Discard")).content == "Your draft is gone."
    assert await rows(server, "1", "proposal_drafts") == []

    form = await ada.slash(server.channel, "proposal revise", number=1)
    await ada.submit_modal(form, FORM | {"problem": "Another problem."})
    shown = await ask(server, ada, "new", kind="other")
    assert "You have this draft already: file or discard it first." in text_of(shown)
    assert "Revision of #1" in text_of(shown)
    assert "Saved" not in said(await ada.click(shown.message, label="Save the revision")).content
    assert (await view_of(server)).proposal.problem == "Another problem."
    _, form = await typing(server, ada, kind="other")
    assert [label["component"].get("value") for label in form.modal["components"]] == [None] * 4
    await ada.submit_modal(form, FORM)
    kept = await draft_of(server.database, server.guild.id, ada.id)
    assert kept is not None
    assert "revises" not in kept.content


async def test_drafts_say_what_exists_already(server: Server, ada: Any, cleo: Any) -> None:
    await file(server, ada)
    assert "**Much like it already**\n• #1 Say it eight weeks ahead" in text_of(await draft(server, cleo))
    other = await draft(server, cleo, title="Whales", problem="Large stakes.", change="A cap.", parameters="")
    assert "Much like it" not in text_of(other)


async def test_two_members_fill_in_forms_at_once(server: Server, ada: Any) -> None:
    _, hers = await typing(server, ada, kind="other")
    _, his = await typing(server, server.ben, kind="weights", tournament="crypto")
    await ada.submit_modal(hers, FORM | {"title": "Hers"})
    await server.ben.submit_modal(his, FORM | {"title": "His"})
    for member, expected in ((ada, ("Hers", "other", "classic")), (server.ben, ("His", "weights", "crypto"))):
        kept = await draft_of(server.database, server.guild.id, member.id)
        assert kept is not None
        fields = json.loads(kept.content)
        found = (fields["title"], fields["kind"], fields.get("tournament", "classic"))
        assert found == expected


async def test_pressed_twice_it_is_filed_once(server: Server, ada: Any) -> None:
    shown = await draft(server, ada)
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1.")
    for label in ("File it", "Edit the text", "Add reasons", "Discard", "Back"):
        told = said(await ada.click(shown.message, label=label))
        assert told.content == "That draft was filed or discarded. Start one with /proposal new."
    assert await rows(server, "number", "proposals") == [(1,)]
    assert len(posted(server.channel)) == 1


async def test_a_locked_database_loses_nothing_that_was_typed(
    server: Server, ada: Any, settings: Any, source: Any
) -> None:
    shown = await draft(server, ada)
    await server.database.connection.execute("PRAGMA query_only = ON")
    assert (
        "read-only, so nothing was changed" in said(await ada.click(shown.message, label="File it")).content
    )
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=server.bot.now))
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #1.")


async def test_drafts_and_buttons_outlive_the_process(
    server: Server, settings: Any, source: Any, ada: Any, now: Clock
) -> None:
    await without_limits(server)
    await file(server, ada)
    shown = await draft(server, ada, title="Half done")
    await server.bot.close()  # the process ends
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    _, form = await typing(server, ada)
    assert form.modal["components"][0]["component"]["value"] == "Half done"
    form = await ada.click(shown.message, label="Add reasons")
    await ada.submit_modal(form, REST)
    assert "Say who loses by it" not in text_of(shown)
    assert said(await ada.click(shown.message, label="File it")).content.startswith("Filed as #2.")
    card = posted(server.channel)[0]
    assert said(await server.ben.click(card, label="Second")).content.startswith("You second #1: 1 of 2.")
    form = await server.ben.click(card, label="Argue")
    await server.ben.submit_modal(form, {"side": ["for"], "claim": "Good."})
    read = await server.ben.click(card, label="Full text")
    assert "### #1 Say it eight weeks ahead" in text_of(read.response)
    assert (await view_of(server)).seconds == len((await view_of(server)).arguments) == 1
