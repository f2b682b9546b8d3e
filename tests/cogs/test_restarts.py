"""A restart between what was opened and what is submitted or pressed: it is done, or said to be not done."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot import create_bot
from features.polls.ballot_text import STEP_WORDS
from storage.database import execute, transaction
from storage.server.settings import settings_of
from tests.features.polls.polling import OPTIONS, ask, labels, start
from tests.features.proposals.proposing import FORM, REST, Clock, card_in, rows, typing
from tests.offline import Server, all_told, custom_id, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
Restart = Callable[[], Awaitable[None]]
STEPS = list(STEP_WORDS)


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def restart(server: Server, settings: Any, source: Any, now: Clock) -> Restart:
    async def again() -> None:
        await server.bot.close()
        await server.env.restart_bot(create_bot(settings, source=source, now=now))

    return again


@pytest.mark.parametrize(
    ("method", "typed", "kept"),
    [
        ("single", {"choice": "1"}, '"Cut TC"'),
        ("approval", {"choice": ["0", "2"]}, '["Keep it","Pay MMC"]'),
        ("gradient", {"choice": "4"}, f'"{STEPS[4]}"'),
        ("numeric", {"text": "0.35"}, '"0.35"'),
        ("score", {"text": "Keep it: 1\nCut TC: 5\nPay MMC: 2"}, '{"Cut TC":5,"Keep it":1,"Pay MMC":2}'),
        ("dots", {"text": "Keep it: 4\nCut TC: 5\nPay MMC: 1"}, '{"Cut TC":5,"Keep it":4,"Pay MMC":1}'),
        ("score", {"abstain": True}, "null"),
    ],
)
async def test_a_ballot_is_cast(
    server: Server, restart: Restart, method: str, typed: dict[str, Any], kept: str
) -> None:
    card = await start(server, server.ben, method)
    form = await server.ben.click(card, label="Vote")
    await restart()
    told = said(await server.ben.submit_modal(form, typed))
    assert "### Your ballot in poll #1\n" in text_of(told)
    assert await rows(server, "member_id, choice", "ballots") == [(server.ben.id, kept)]


async def test_a_ballot_that_is_refused_comes_back_with_what_was_typed(
    server: Server, restart: Restart
) -> None:
    card = await start(server, server.ben, "score")
    form = await server.ben.click(card, label="Vote")
    await restart()
    told = said(await server.ben.submit_modal(form, {"text": "Keep it: nine\nCut TC: 5"}))
    assert "“nine” is not a whole number" in told.content
    back = await server.ben.click(told.message, label="Back to the form")
    assert "Keep it: nine\nCut TC: 5" in str(back.modal).replace("\\n", "\n")
    await restart()
    await server.ben.submit_modal(back, {"text": "Keep it: 0\nCut TC: 5\nPay MMC: 0"})
    assert [choice for (choice,) in await rows(server, "choice", "ballots")] != []


async def test_a_button_back_to_a_form_has_what_was_typed(server: Server, restart: Restart) -> None:
    card = await start(server, server.ben, "score")
    form = await server.ben.click(card, label="Vote")
    told = said(await server.ben.submit_modal(form, {"text": "Keep it: nine"}))
    await restart()
    back = await server.ben.click(told.message, label="Back to the form")
    assert "Keep it: nine" in str(back.modal)
    assert await rows(server, "1", "ballots") == []
    await restart()
    await server.ben.submit_modal(back, {"text": "Keep it: 1\nCut TC: 5\nPay MMC: 0"})
    assert len(await rows(server, "1", "ballots")) == 1
    assert await rows(server, "1", "typed_forms") == [], "it is kept until it is cast"


async def test_a_reason_is_kept(server: Server, restart: Restart) -> None:
    card = await start(server, server.ben)
    form = await server.ben.click(card, label="Vote")
    mine = said(await server.ben.submit_modal(form, {"choice": "1"}))
    why = await server.ben.click(mine.message, label="Say why")
    await restart()
    told = said(await server.ben.submit_modal(why, {"reason": "Because.", "named": "yes"}))
    assert told.content == "Your reason is kept; it is shown after the close."
    assert await rows(server, "reason, reason_named", "ballots") == [("Because.", 1)]


async def test_a_closed_poll_says_so(server: Server, restart: Restart, now: Clock) -> None:
    card = await start(server, server.ben, hours=1.0)
    form = await server.ben.click(card, label="Vote")
    now.move(hours=2)
    await restart()
    assert "closed at" in said(await server.ben.submit_modal(form, {"choice": "1"})).content
    assert await rows(server, "1", "ballots") == []


async def test_what_is_written_about_proposals_is_kept(server: Server, restart: Restart) -> None:
    ada = server.guild.add_member(server.env.create_user("ada"))
    shown, form = await typing(server, ada, kind="communication")
    await restart()
    await ada.submit_modal(form, FORM)
    more = await ada.click(shown.message, label="Add reasons")
    await restart()
    await ada.submit_modal(more, REST)
    [(content,)] = await rows(server, "content", "proposal_drafts")
    assert {FORM["title"], FORM["problem"], REST["drawbacks"]} <= set(json.loads(content).values())
    await ada.click(shown.message, label="File it")
    argue = await server.ben.click(card_in(server.channel), label="Argue")
    await restart()
    told = said(await server.ben.submit_modal(argue, {"side": ["for"], "claim": "It is clear."}))
    assert told.content.startswith("Your argument is on record.")
    revise = await ada.slash(server.channel, "proposal revise", number=1)
    await restart()
    await ada.submit_modal(revise, FORM | {"problem": "Another problem."})
    [(content,)] = await rows(server, "content", "proposal_drafts")
    assert "Another problem." in content
    assert '"revises": "1"' in content


async def test_a_field_under_an_answer_is_read(server: Server, restart: Restart) -> None:
    reply = said(await server.ben.slash(server.channel, "stakes unstake"))
    form = await server.ben.click(reply.message, label="Daily volume")
    await restart()
    await server.ben.submit_modal(form, {"text": "1,000,000,000"})
    assert "A day's volume of 1,000,000,000 NMR" in await all_told(server.ben, reply.message)


async def test_settings_are_kept(server: Server, restart: Restart) -> None:
    shown = said(await server.moderator.slash(server.channel, "setup show"))
    zone = await server.moderator.select(shown.message, ["another"], custom_id=custom_id(shown, "zone"))
    limits = await server.moderator.click(shown.message, label="Limits")
    await restart()
    asked = (await server.moderator.submit_modal(zone, {"text": "america/st johns"})).response
    await restart()
    await server.moderator.click(asked.message, label="Keep it")
    typed = {"cooldown_hours": "5", "open_cap": "1", "seconds_least": "0"}
    await server.moderator.submit_modal(limits, typed)
    settings = await settings_of(server.database, server.guild.id)
    assert (settings.zone, settings.cooldown_hours, settings.open_cap) == ("America/St_Johns", 5, 1)


async def test_a_statement_is_added_and_words_are_found(server: Server, restart: Restart) -> None:
    message = await server.ben.send(server.channel, "Announce changes early, please")
    form = await server.ben.context_menu(server.channel, "Add as statement", message)
    help_ = said(await server.ben.slash(server.channel, "help")).message
    search = await server.ben.click(help_, label="Search")
    await restart()
    await server.ben.submit_modal(form, {"claim": "Announce changes early"})
    assert await rows(server, "claim", "opinion_statements") == [("Announce changes early",)]
    assert "</poll export:" in text_of(said(await server.ben.submit_modal(search, {"text": "recount"})))


async def test_a_poll_is_opened_with_the_settings_that_were_typed(server: Server, restart: Restart) -> None:
    form = await server.ben.slash(server.channel, "poll new", method="approval", hours=5.0, quorum=3)
    await restart()
    typed = {"title": "Which rule?", "description": "Take your time.", "options": OPTIONS + "x" * 900}
    refused = said(await server.ben.submit_modal(form, typed))
    assert "An option has at most 80 characters" in refused.content
    await restart()
    back = await server.ben.click(refused.message, label="Back to the form")
    assert "x" * 900 in str(back.modal)
    assert "Take your time." in str(back.modal)
    await restart()
    told = said(await server.ben.submit_modal(back, typed | {"options": OPTIONS}))
    assert "Poll #1 is open" in told.content
    assert await rows(server, "title, method, quorum", "polls") == [("Which rule?", "approval", 3)]
    assert await rows(server, "1", "typed_forms") == []


async def test_who_you_are_is_linked_and_the_question_answered(server: Server, restart: Restart) -> None:
    asked = said(await server.ben.slash(server.channel, "payout show"))
    await restart()
    form = await server.ben.click(asked.message, label="Link my model")
    await restart()
    refused = said(await server.ben.submit_modal(form, {"text": "model_0758"}))
    assert "Did you mean" in refused.content
    await restart()
    back = await server.ben.click(refused.message, label="Back to the form")
    assert "model_0758" in str(back.modal)
    told = said(await server.ben.submit_modal(back, {"text": "model_07585"}))
    assert "model_07585" in text_of(told)
    assert await rows(server, "name", "account_links") == [("model_07585",)]
    await restart()
    tried = said(await server.ben.click(asked.message, label="Try a model of the sample"))
    assert "model_07585" in text_of(tried)


@pytest.mark.parametrize("text", ["What now?", "long " * 190, "``` what ```"])
async def test_what_was_typed_about_something_gone_is_given_back(
    server: Server, restart: Restart, text: str
) -> None:
    form = await server.ben.slash(server.channel, "poll new")
    async with transaction(server.database):
        await execute(server.database, "DELETE FROM asked_questions")
    await restart()
    typed = {"title": "Which rule?", "description": text, "options": OPTIONS + "x" * 900}
    told = said(await server.ben.submit_modal(form, typed))
    assert told.content.startswith("That form is too old, and no poll was opened: type /poll new again.")
    back = told.content
    if told.attachments:
        back = (await told.attachments[0].read()).decode()
    assert all(value in back for value in typed.values())
    assert bool(told.attachments) == (len(text) > 100 or "```" in text)
    assert await rows(server, "1", "polls") == []


async def test_every_button_that_is_remembered_nowhere_says_so(server: Server, restart: Restart) -> None:
    """A question back, the pages of a list, a name that was nearly right: none dies without a word."""
    for _ in range(9):
        await start(server, server.ben)
    pages = await ask(server, server.ben, "list")
    close = said(await server.ben.slash(server.channel, "poll close", number=1))
    nearly = said(await server.ben.slash(server.channel, "payout show", who="model_0758"))
    await restart()
    for message, label in (
        (pages.message, "Older"),
        (close.message, "Close #1"),
        (close.message, "Leave it"),
        (nearly.message, labels(nearly)[0]),
    ):
        told = said(await server.ben.click(message, label=label))
        assert "Nothing more was changed: open it again." in told.content
    assert await rows(server, "DISTINCT state", "polls") == [("open",)]


async def test_what_is_known_is_answered_once(server: Server) -> None:
    """Whoever answers a press or a form notes it: nobody is told that it waits for nothing."""
    card = await start(server, server.ben)
    form = await server.ben.click(card, label="Vote")
    results = [await server.ben.submit_modal(form, {"choice": "1"})]
    mine = said(results[0])
    results.append(await server.ben.click(mine.message, label="Change it"))
    listed = await ask(server, server.ben, "list")
    results.append(await server.ben.click(listed.message, label="Vote in #1"))
    close = said(await server.ben.slash(server.channel, "poll close", number=1))
    results.append(await server.ben.click(close.message, label="Close #1"))
    for result in results:
        told = [result.response, *result.followups]
        assert not [each for each in told if each is not None and "I don't wait" in (each.content or "")]
