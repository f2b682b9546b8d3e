"""Every button and menu of a poll: pressed twice, by others, after a restart, with no poll; its forms."""

from typing import Any

import pytest

from bot import create_bot
from storage.server.settings import forget_guild
from tests.features.polls.polling import (
    OPTIONS,
    ask,
    close,
    details,
    form,
    labels,
    people,
    start,
    vote,
)
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, custom_id, parts_of, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
ODD = "שלום 🦆 " * 20


async def test_one_s_own_ballot_leads_on(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=96.0)
    none = said(await server.ben.click(card, label="My ballot"))
    assert "You have not voted in poll #1." in text_of(none)
    assert labels(none) == ["Vote", "Remind me"]
    form_ = await server.ben.click(none.message, label="Vote")
    mine = said(await server.ben.submit_modal(form_, {"choice": "1"}))
    assert labels(mine) == ["Change it", "Say why", "Take it back"]
    again = await server.ben.click(mine.message, label="Change it")
    assert again.modal is not None
    boxes = again.modal["components"][1]["component"]["options"]
    assert [(box["label"], box["default"]) for box in boxes] == [
        ("Keep it", False), ("Cut TC", True), ("Pay MMC", False),
    ]  # fmt: skip
    for told in ("Your ballot is withdrawn.", "You have not voted in it."):
        assert said(await server.ben.click(mine.message, label="Take it back")).content == told
    assert await rows(server, "1", "ballots") == []
    why = await server.ben.click(mine.message, label="Say why")
    refused = said(await server.ben.submit_modal(why, {"reason": ODD, "named": "yes"}))
    assert "vote first, then say why" in refused.content
    back = await server.ben.click(refused.message, label="Back to the form")
    assert ODD.strip() in str(back.modal), "what was typed is there"
    await close(server, now)
    assert labels(said(await server.ben.click(card_in(server.channel), label="My ballot"))) == [
        "Check my receipt"
    ]


async def test_an_earlier_ballot_is_filled_in(server: Server) -> None:
    card = await start(server, server.ben, "approval")
    await vote(server, server.ben, card, "approval", [0, 2])
    again = await server.ben.click(card, label="Vote")
    assert str(again.modal).count("'default': True") == 2
    told = said(await server.ben.submit_modal(again, {"choice": [], "abstain": True}))
    assert "an abstention" in text_of(told)
    card = await start(server, server.ben, "ranked_schulze")
    await vote(server, server.ben, card, "ranked_schulze", [2, 0])
    ranked = said(await server.ben.click(card, label="Vote"))
    assert "\n**1** Pay MMC\n**2** Keep it\n" in text_of(ranked)
    card = await start(server, server.ben, "numeric")
    await vote(server, server.ben, card, "numeric", "0.35")
    assert "0.35" in str((await server.ben.click(card, label="Vote")).modal)


@pytest.mark.parametrize(
    ("method", "many"), [("single", 10), ("approval", 10), ("single", 11), ("approval", 25)]
)
async def test_options_are_boxes_in_one_form_and_a_menu_above_ten(
    server: Server, method: str, many: int
) -> None:
    card = await start(server, server.ben, method, typed="\n".join(f"option {at}" for at in range(many)))
    shown = await server.ben.click(card, label="Vote")
    assert shown.modal is not None
    [_, label, _] = shown.modal["components"]
    boxes = {"single": 21, "approval": 22}[method]
    assert label["component"]["type"] == (boxes if many <= 10 else 3)
    assert len(label["component"]["options"]) == many
    picked = str(many - 1) if method == "single" and many <= 10 else [str(many - 1)]
    told = said(await server.ben.submit_modal(shown, {"choice": picked}))
    assert f"option {many - 1}" in text_of(told)


async def test_a_refused_number_is_not_lost(server: Server) -> None:
    card = await start(server, server.ben, "score")
    for typed in ("Keep it: 1\nCut TC: nine", ODD, "x" * 4000):
        told = await vote(server, server.ben, card, "score", typed)
        back = await server.ben.click(told.message, label="Back to the form")
        assert typed.strip() in str(back.modal).replace("\\n", "\n")
    assert await rows(server, "choice", "ballots") == []


async def test_a_poll_s_form_tells_every_mistake_and_keeps_what_was_typed(server: Server) -> None:
    shown = await form(server, server.ben)
    typed = {"title": " \u200b ", "description": ODD, "options": f"a\nA\n{'x' * 81}"}
    told = said(await server.ben.submit_modal(shown, typed))
    for sentence in ("The question has 1", "at most 80 characters", "“a” and “A”: nobody could tell"):
        assert sentence in told.content
    back = await server.ben.click(told.message, label="Back to the form")
    assert ODD.strip() in str(back.modal)
    assert "x" * 81 in str(back.modal)
    done = said(await server.ben.submit_modal(back, typed | {"title": ODD, "options": OPTIONS}))
    assert done.content == "Poll #1 is open."
    assert "🦆" in text_of(card_in(server.channel))


async def test_pages_turn_after_a_restart_and_for_everybody(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    card = await start(server, server.ben, hours=96.0)
    voter, other = people(server, 2)
    for member in (voter, other):
        await vote(server, member, card, "single", [0])
    opened = said(await server.ben.click(card, label="Details"))
    assert "the fingerprint of its seed" in text_of(opened)
    assert [part for part in parts_of(opened) if "custom_id" in part] == [], "one page needs no menu"
    await close(server, now)
    public = card_in(server.channel)
    first = await details(voter, public)
    assert len(first) == 3
    shown = said(await server.ben.click(public, label="Details"))
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    for page in ("2", "2", "0"):
        turned = (await server.ben.select(shown, [page], custom_id=custom_id(shown, "page"))).response
        assert text_of(turned) == first[int(page)][0]
    assert await details(server.moderator, public) == first
    await forget_guild(server.database, server.guild.id)
    gone = "That poll is not on this server any more."
    assert said(await server.ben.click(public, label="Details")).content == gone
    told = await server.ben.select(shown, ["1"], custom_id=custom_id(shown, "page"))
    assert told.followups[0].content == gone


async def test_the_list_turns_its_pages_and_takes_votes(server: Server) -> None:
    for _ in range(9):
        await start(server, server.ben)
    shown = await ask(server, server.ben, "list")
    assert labels(shown) == ["Newer", "Older", *(f"Vote in #{number}" for number in (9, 8, 7, 6, 5))]
    older = (await server.ben.click(shown.message, label="Older")).response
    assert "#1" in text_of(older)
    assert "Page 2 of 2" in text_of(older)
    ballot = await server.ben.click(shown.message, label="Vote in #7")
    assert "poll #7" in str(ballot.modal)
    assert "One choice · closes" in text_of(shown).replace("one", "One")


async def test_a_poll_needs_no_option(server: Server) -> None:
    shown = await server.ben.slash(server.channel, "poll new")
    said(await server.ben.submit_modal(shown, {"title": "Q", "options": OPTIONS}))
    assert await rows(server, "method", "polls") == [("single",)]
