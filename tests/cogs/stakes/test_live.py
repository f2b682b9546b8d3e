"""`/stakes` over a Numerai API on this machine: unread, read, failing, without guessed accounts."""

from datetime import timedelta
from typing import Any

import pytest
import simcord

from features.stakes.history import take_snapshot
from storage.database import fetch_all
from tests.numerai_data import CLASSIC, Present, at_risk, takes_part
from tests.numerai_server import LoopbackNumerai
from tests.offline import Server, said, text_of, titles
from tournament.numerai.source import NumeraiSource

pytestmark = pytest.mark.slow

FINDINGS = {
    "concentration": "6 accounts hold half of the stake",
    "influence": "Larger stakes score no better in MMC, and no worse",
    "unstake": "If the 20 largest accounts leave: payouts",
    "history": "6 accounts hold half of the stake on 2026-11-20 (one day so far)",
    "who": "solo_wren holds",
}


@pytest.fixture
def env(live_env: simcord.Env) -> simcord.Env:
    return live_env


async def ask(server: Server, question: str) -> Any:
    options = {"name": "solo_wren"} if question == "who" else {}
    return said(await server.ben.slash(server.channel, f"stakes {question}", **options))


async def test_every_command_answers_from_the_leaderboards(server: Server, live: NumeraiSource) -> None:
    await live.refresh_board()
    await live.read_rounds()
    for question, finding in FINDINGS.items():
        text = text_of(await ask(server, question)).replace("\\", "")
        assert finding in text
        assert "Numerai Classic" in text
        assert "guess" not in text
    assert await fetch_all(server.database, "SELECT 1 FROM stake_snapshots") == [], "asking stores nothing"


async def test_before_the_leaderboards_are_read_there_is_a_sentence(
    server: Server, api: LoopbackNumerai
) -> None:
    api.fail("500")
    for question in FINDINGS:
        reply = await ask(server, question)
        assert "The leaderboard has not been read yet. Try again in a minute or two." in reply.content
    assert await fetch_all(server.database, "SELECT 1 FROM stake_snapshots") == []


async def test_what_was_read_answers_while_the_api_is_away(
    server: Server, live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    await live.refresh_board()
    await live.read_rounds()
    before = {question: titles(await ask(server, question)) for question in FINDINGS}
    present.moment += timedelta(hours=3)
    api.fail("cut")
    after = {question: titles(await ask(server, question)) for question in FINDINGS}
    assert after == before


async def test_each_new_day_is_shown_beside_those_that_are_kept(
    server: Server, live: NumeraiSource, present: Present
) -> None:
    await live.refresh_board()
    assert await take_snapshot(server.database, live, present())
    present.moment += timedelta(days=1)
    await live.refresh_board()
    text = text_of(await ask(server, "history"))
    assert "6 accounts hold half of the stake, as many as on 2026-11-20" in text
    days = [row["day"] for row in await fetch_all(server.database, "SELECT day FROM stake_snapshots")]
    assert days == ["2026-11-20"]


async def test_how_far_the_reading_of_rounds_has_come_is_told_with_the_settings(
    server: Server, live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.numbers = range(1396, 1402)

    async def checked() -> str:
        return text_of(said(await server.moderator.slash(server.channel, "setup check")))

    assert "Numerai Classic: No round is read whole yet." in await checked()
    await live.read_rounds()
    assert "Numerai Classic: All 6 rounds 1396-1401 are read whole." in await checked()


async def test_any_round_is_answered_by_model_where_nobody_tells_whose_each_is(
    server: Server, live: NumeraiSource, api: LoopbackNumerai
) -> None:
    await live.refresh_board()
    await live.read_rounds()
    for number in (1290, 1350, 1401):
        reply = said(await server.ben.slash(server.channel, "stakes concentration", day=f"round {number}"))
        text = text_of(reply)
        there = [model for model in api.models.values() if CLASSIC in model.spans]
        held = sorted(
            (at_risk(each, number) for each in there if takes_part(each, number, CLASSIC)), reverse=True
        )
        staked = [each for each in held if each > 0]
        half = next(n for n in range(1, len(held)) if sum(held[:n]) > sum(held) / 2)
        assert f"{half} models hold half of the stake at risk in round {number}" in text
        assert (
            f"Everybody in it is counted: {len(staked)} models; whose each is, Numerai does not tell." in text
        )
