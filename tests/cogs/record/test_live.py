"""`/record` over a Numerai API on this machine: before its rounds are read, and with the few that are."""

from typing import Any

import pytest
import simcord

from tests.offline import Server, said, text_of
from tournament.numerai.source import NumeraiSource

pytestmark = pytest.mark.slow

QUESTIONS: dict[str, dict[str, Any]] = {"scores": {}, "rerank": {}, "show": {"name": "solo_wren"}}


@pytest.fixture
def env(live_env: simcord.Env) -> simcord.Env:
    return live_env


async def ask(server: Server, question: str) -> Any:
    return said(await server.ben.slash(server.channel, f"record {question}", **QUESTIONS[question]))


async def test_before_the_rounds_are_read_there_is_a_sentence(server: Server, live: NumeraiSource) -> None:
    await live.refresh_board()
    for question in QUESTIONS:
        assert "No whole round of this tournament is read yet." in (await ask(server, question)).content


async def test_of_a_few_daily_rounds_it_is_said_that_they_are_few(
    server: Server, live: NumeraiSource
) -> None:
    """22 of them are open at once, so that 53 rounds are hardly more than two that share no day."""
    await live.refresh_board()
    await live.read_rounds()
    told = text_of(await ask(server, "scores"))
    assert "Too few rounds to say whether any score comes again" in told
    assert "there are too few rounds yet to tell what of one comes again" in told
    assert "Numerai Classic, rounds 1290-1342" in told
    assert (await ask(server, "rerank")).content == (
        "That is 53 rounds with both scores; two halves that share no day take 88 or more."
    )
    short = (await ask(server, "show")).content.replace("\\", "")
    assert short == "solo_wren has 53 final rounds with CORR here; a record takes 66 or more."
