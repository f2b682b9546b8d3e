"""Pressing Second again: a question, and a seconding that is taken back from the rows and the card."""

from typing import Any

from storage.database import execute, transaction
from tests.features.proposals.proposing import ask, card_in, file, rows, view_of
from tests.offline import Server, said, text_of


async def test_the_button_and_the_command_ask_first_and_take_it_back(server: Server, ada: Any) -> None:
    await file(server, ada)
    for press in (
        lambda: server.ben.click(card_in(server.channel), label="Second"),
        lambda: server.ben.slash(server.channel, "proposal second", number=1),
    ):
        await ask(server, server.ben, "second", number=1)
        assert "1 of 2 secondings" in text_of(card_in(server.channel))
        asked = await press()
        assert said(asked).content == "You second #1 already. Take it back?"
        assert await rows(server, "member_id", "proposal_seconds") == [(server.ben.id,)]
        told = said(await server.ben.click(said(asked).message, label="Take it back"))
        assert told.content.startswith("You do not second #1 any more: 0 of 2. <")
        assert said(asked).components == []
        assert await rows(server, "member_id", "proposal_seconds") == []
        assert "0 of 2 secondings" in text_of(card_in(server.channel))


async def test_a_discussion_stays_one_when_a_seconding_is_taken_back(server: Server, ada: Any) -> None:
    await file(server, ada)
    for member in (server.ben, server.moderator):
        await ask(server, member, "second", number=1)
    asked = await server.ben.click(card_in(server.channel), label="Second")
    told = said(await server.ben.click(said(asked).message, label="Take it back"))
    assert told.content.startswith("You do not second #1 any more: 1 of 2. <")
    assert ((await view_of(server)).stage, (await view_of(server)).seconds) == ("discussion", 1)


async def test_once_they_no_longer_count_one_sentence_says_so(server: Server, ada: Any) -> None:
    await file(server, ada)
    await ask(server, server.ben, "second", number=1)
    asked = await ask(server, server.ben, "second", number=1)
    async with transaction(server.database):
        await execute(server.database, "UPDATE proposals SET stage = 'last_call' WHERE number = 1")
    told = said(await server.ben.click(asked.message, label="Take it back"))
    assert told.content == "Proposal #1 stands at “last call” now, where that is not possible."
    told = await ask(server, server.ben, "second", number=1)
    assert told.content == "Proposal #1 stands at “last call” now, where that is not possible."
    assert (await view_of(server)).seconds == 1


async def test_two_answers_to_two_questions_take_one_seconding_back(server: Server, ada: Any) -> None:
    await file(server, ada)
    await ask(server, server.ben, "second", number=1)
    questions = [await ask(server, server.ben, "second", number=1) for _ in range(2)]
    first, second = [said(await server.ben.click(each.message, label="Take it back")) for each in questions]
    assert first.content.startswith("You do not second #1 any more: 0 of 2. <")
    assert second.content == "You do not second #1 any more."
    questions = await ask(server, server.ben, "second", number=1)
    assert questions.content.startswith("You second #1: 1 of 2. <")
