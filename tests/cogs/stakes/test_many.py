"""Many members who ask at once."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from kept import Turns
from tests.offline import Server, said, text_of
from ui.answer import Answer, Question

pytestmark = pytest.mark.slow  # a bot for each test


async def test_a_question_that_many_ask_at_once_is_worked_out_once(server: Server) -> None:
    known, worked = server.bot.questions.known, list[str]()

    def counted(name: str) -> Question:
        answer = known[name].answer

        async def answered(*asked: Any) -> Answer:
            worked.append(name)
            return await answer(*asked)

        return replace(known[name], answer=answered)

    known["stakes concentration"] = counted("stakes concentration")
    members = [server.guild.add_member(server.env.create_user(f"asker{n}")) for n in range(6)]
    asked = [await each.slash(server.channel, "stakes concentration") for each in members]
    assert len({text_of(said(each)) for each in asked}) == 1
    assert worked == ["stakes concentration"]


async def test_who_asks_too_much_or_waits_long_is_told_at_once(server: Server) -> None:
    questions = server.bot.questions
    questions.turns = Turns(at_once=1, each=2)
    questions.turns.lasts = 60.0
    told = "Many are asking just now: yours is answered in about 60 seconds."

    async def tell(seconds: float) -> None:
        """Nobody is told: the others here only hold their turns."""

    async def until_somebody_is_told() -> None:
        async with questions.turns.turn(1, tell):
            while told not in str(server.env.http_requests):  # noqa: ASYNC110 - of simcord, without events
                await asyncio.sleep(0)

    others = asyncio.create_task(until_somebody_is_told())
    await asyncio.sleep(0)
    asked = await server.ben.slash(server.channel, "stakes history")
    await others
    seen = [asked.response, *asked.followups]
    assert [each.content for each in seen if each.content] == [told], [each.content for each in seen]
    assert "hold half of the stake" in text_of(asked.followups[-1])
    async with questions.turns.turn(server.ben.id, tell), AsyncExitStack() as waiting:
        second = asyncio.create_task(waiting.enter_async_context(questions.turns.turn(server.ben.id, tell)))
        await asyncio.sleep(0)
        refused = said(await server.ben.slash(server.channel, "stakes history"))
        assert refused.content.startswith("Two of your questions are being worked on: wait for an answer")
        second.cancel()
