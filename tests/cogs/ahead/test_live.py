"""`/ahead` over a Numerai API on this machine, whose rounds open daily."""

import re
from collections.abc import AsyncIterator

import pytest
import simcord

from tests.numerai_server import LoopbackNumerai
from tests.offline import Server, all_told, said, text_of, titles

pytestmark = pytest.mark.slow


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1000) as api:
        yield api


@pytest.fixture
def env(live_env: simcord.Env) -> simcord.Env:
    return live_env


async def test_daily_rounds(server: Server) -> None:
    reply = said(await server.ben.slash(server.channel, "ahead pay", name="tidewater"))
    assert titles(reply)[0].startswith("A year of 3xCORR60 + 15xMMC60 for tidewater: ")
    told = await all_told(server.ben, reply)
    # more daily rounds are under way at once than weekly ones, and a block is twice as many
    found = re.search(r"blocks of (\d+) neighbours", told)
    assert found is not None
    assert int(found[1]) > 10
    history = await server.bot.tools.source("classic").history("tidewater")
    newest = history.round == history.round[history.stake > 0].max()
    whole = history.stake[newest].sum()
    if history.round.max() >= 1343:  # each round risks 1/64 of the whole since then
        whole *= 64
    shown = re.search(r"([\d,.]+) NMR would be", told)
    assert shown is not None
    assert float(shown[1].replace(",", "")) == pytest.approx(whole, rel=0.01)
    stake = said(await server.ben.slash(server.channel, "ahead stake", name="tidewater"))
    assert "There is no choice of multipliers under 3xCORR60 + 15xMMC60" in text_of(stake)
    power = said(await server.ben.slash(server.channel, "ahead power", name="tidewater", difference=0.01))
    assert "between 3xCORR60 + 15xMMC60 and 1xCORR is seen after" in titles(power)[0]
    restake = said(await server.ben.slash(server.channel, "ahead restake", rule="1xCORR + 2xMMC"))
    assert "No whole round of this tournament is read yet." in text_of(restake)
