"""A member who asks for one code after another spends their own share of what the bot may ask Numerai."""

from collections.abc import Callable

import pytest

from bot import Roundtable, Settings, create_bot
from storage.database import Database
from tests.cogs.account.verify.asking import ask, press
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.offline import Server
from tests.patience import CALM
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.sample import SampleSource

pytestmark = pytest.mark.slow  # a bot
REFUSED = "You have asked Numerai as much as one member may. Try again in a minute."


@pytest.fixture
def new_bot(
    api: LoopbackNumerai, settings: Settings, kept: Database, present: Present, source: SampleSource
) -> Callable[[], Roundtable]:
    """A bot that may ask forty times in an hour: what is refused stays so for the whole test."""

    def make() -> Roundtable:
        throttle = Throttle(40, 3600.0)
        live = NumeraiSource(kept, address=api.address, now=present, patience=CALM, throttle=throttle)
        bot = create_bot(settings, source=live, now=present, sample=source)
        assert isinstance(bot, Roundtable)
        return bot

    return make


async def test_thirty_codes_of_one_member_leave_the_others_theirs(
    server: Server, api: LoopbackNumerai
) -> None:
    replies = [await ask(server, server.ben) for _ in range(30)]
    codes = [reply for reply in replies if len(reply.content) < 40]
    assert len(codes) == 10, "each takes two requests of half of forty"
    assert {reply.content for reply in replies[10:]} == {REFUSED}
    assert len(api.requests) == 20
    pressed = await press(codes[-1], server.ben)
    assert pressed.content == REFUSED, "a button asks as well"

    other = await ask(server, server.moderator, "solo_wren")
    assert len(other.content) < 40
    assert len(api.requests) == 22
