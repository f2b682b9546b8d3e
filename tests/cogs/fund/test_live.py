"""`/fund` over a Numerai API on this machine: nothing told, a crowd of daily rounds, the other tournament."""

from typing import Any

import pytest
import simcord

from tests.numerai.crowd import Crowd
from tests.numerai_server import LoopbackNumerai
from tests.offline import Server, said, text_of
from tournament.numerai.source import NumeraiSource

pytestmark = pytest.mark.slow

QUESTIONS = ("combination", "alignment", "rules")


@pytest.fixture
def env(live_env: simcord.Env) -> simcord.Env:
    return live_env


async def ask(server: Server, question: str) -> Any:
    return said(await server.ben.slash(server.channel, f"fund {question}"))


async def test_where_nothing_is_read_or_told_there_is_a_sentence(
    server: Server, live: NumeraiSource, api: LoopbackNumerai
) -> None:
    for question in QUESTIONS:
        assert "No whole round of this tournament is read yet." in text_of(await ask(server, question))
    api.numbers = range(1330, 1345)
    await live.read_rounds()  # of models whose correlation with the meta model is not published
    for question in QUESTIONS:
        assert "There is no fund to hold anything against here" in text_of(await ask(server, question))


async def test_daily_rounds_overlap_more_and_so_stretches_are_longer(
    server: Server, live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.crowd = Crowd(80)
    await live.read_rounds()
    combination = text_of(await ask(server, "combination"))
    assert "That needs 88 final rounds in which the fund is told, two stretches of 44" in combination
    alignment = text_of(await ask(server, "alignment"))
    assert "Too few rounds to say whether pay goes with what a model adds afterwards" in alignment
    assert "0.5xCORR + 2xMMC" in alignment
    rules = text_of(await ask(server, "rules"))
    assert "the newest score known is 22 rounds old" in rules
