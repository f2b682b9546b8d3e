"""Forms: each has an id of its own and an end, none is kept in memory, and nothing that was typed is lost."""

import gc
from typing import Any

import pytest

from storage.database import execute, transaction
from tests.features.polls.polling import OPTIONS, form, start
from tests.features.proposals.proposing import file, rows
from tests.offline import Server, said
from ui.forms import Form

pytestmark = pytest.mark.slow
POLL = {"title": "Which rule?", "description": "Take your time.", "options": OPTIONS}


async def test_two_members_add_statements_from_forms_that_are_open_at_once(server: Server) -> None:
    forms: list[Any] = []
    for who, text in ((server.ben, "Announce changes early"), (server.moderator, "Cap the weights")):
        message = await who.send(server.channel, text)
        forms.append(await who.context_menu(server.channel, "Add as statement", message))
    assert forms[0].modal["custom_id"] != forms[1].modal["custom_id"]
    await server.ben.submit_modal(forms[0], {"claim": "Announce changes early"})
    await server.moderator.submit_modal(forms[1], {"claim": "Cap the weights"})
    assert await rows(server, "claim", "opinion_statements") == [
        ("Announce changes early",),
        ("Cap the weights",),
    ]


async def test_closed_forms_and_cards_stay_nowhere(server: Server) -> None:
    card = await start(server, server.ben)
    store = server.bot._connection._view_store
    views = len(store._views)
    for _ in range(25):
        await server.ben.click(card, label="Vote")
        await form(server, server.ben)
        message = await server.ben.send(server.channel, "Announce changes early")
        await server.ben.context_menu(server.channel, "Add as statement", message)
        await server.ben.slash(server.channel, "digest me")
    gc.collect()
    assert [each for each in gc.get_objects() if isinstance(each, Form)] == []
    assert store._modals == {}
    assert len(store._views) == views


async def test_a_form_that_comes_twice_opens_one_poll(server: Server) -> None:
    opened = await form(server, server.ben)
    first = said(await server.ben.submit_modal(opened, POLL))
    opened._interaction.modal_consumed = False  # Discord's app sends it again where the answer was late
    second = said(await server.ben.submit_modal(opened, POLL))
    assert "Poll #1 is open" in first.content
    assert "it was sent twice" in second.content
    assert len(await rows(server, "1", "polls")) == 1


async def test_what_was_typed_stands_in_the_next_form_until_it_is_filed(server: Server) -> None:
    opened = await form(server, server.ben)
    refused = said(await server.ben.submit_modal(opened, POLL | {"options": "one"}))
    assert "A poll has 2 to 25 options" in refused.content
    other = await form(server, server.ben, "approval")
    assert "Take your time." in str(other.modal)
    assert "Take your time." not in str((await form(server, server.moderator)).modal)
    said(await server.ben.submit_modal(other, POLL))
    assert await rows(server, "1", "typed_forms") == []
    assert "Take your time." not in str((await form(server, server.ben)).modal)


async def test_what_fails_on_our_side_loses_nothing(server: Server) -> None:
    """The database takes no poll: the member is told, and the form comes back with what was typed."""
    full = "CREATE TRIGGER full BEFORE INSERT ON polls BEGIN SELECT RAISE(FAIL, 'no room'); END"
    async with transaction(server.database):
        await execute(server.database, full)
    opened = await form(server, server.ben)
    told = said(await server.ben.submit_modal(opened, POLL))
    back = await server.ben.click(told.message, label="Back to the form")
    assert "Take your time." in str(back.modal)
    async with transaction(server.database):
        await execute(server.database, "DROP TRIGGER full")
    assert "Poll #1 is open" in said(await server.ben.submit_modal(back, POLL)).content
    assert await rows(server, "1", "typed_forms") == []


async def test_arguments_are_kept_until_they_are_on_record(server: Server) -> None:
    await file(server, server.ben)
    shown = await server.ben.slash(server.channel, "proposal show", number=1)
    argue = await server.ben.click(said(shown).message, label="Argue")
    refused = said(await server.ben.submit_modal(argue, {"side": ["for"], "claim": "@ada is right"}))
    assert await rows(server, "form", "typed_forms") == [("proposal:argue:1",)]
    back = await server.ben.click(refused.message, label="Back to the form")
    assert "@ada is right" in str(back.modal)
    await server.ben.submit_modal(back, {"side": ["for"], "claim": "It is right"})
    assert await rows(server, "claim", "proposal_arguments") == [("It is right",)]
    assert await rows(server, "1", "typed_forms") == []
