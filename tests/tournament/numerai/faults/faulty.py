"""What an API can do wrong, what is said of it, and how a source is asked meanwhile."""

import contextlib
import time
from datetime import datetime

import numpy as np

from storage.database import Database
from tests import numerai_data
from tests.numerai_server import LoopbackNumerai
from tests.patience import eventually
from tournament.numerai.source import NumeraiSource, Patience, Throttle
from tournament.source import History, SourceError

TRIED_AGAIN = ("429", "rate limited", "500", "hang", "drip", "cut", "cut halfway")
SILENT = ("hang", "drip")
SAID = {
    "429": "Numerai asks this bot to slow down",
    "rate limited": "Numerai asks this bot to slow down",
    "500": "Numerai has a problem of its own (error 500)",
    "404": "Numerai did not accept the question (error 404)",
    "hang": "Numerai takes too long to answer",
    "drip": "Numerai takes too long to answer",
    "bomb": "Numerai's answer is too large",
    "deep": "Numerai's answer is not in a form this bot can read",
    "cut": "Numerai can't be reached",
    "cut halfway": "Numerai can't be reached",
    "malformed": "Numerai's answer is not in a form this bot can read",
    "missing": "Numerai's answer is not in a form this bot can read",
    "bare rows": "Numerai's answer is not in a form this bot can read",
    "html": "Numerai's answer is not in a form this bot can read",
    "errors": "Numerai answered with an error",
}
ANSWERED = [fault for fault in SAID if fault not in SILENT]


class Moving:
    """The present, and a clock that runs and can be put forward."""

    def __init__(self) -> None:
        self.now, self.ahead = numerai_data.NOW, 0.0

    def present(self) -> datetime:
        return self.now

    def clock(self) -> float:
        return time.monotonic() + self.ahead


def source_of(api: LoopbackNumerai, database: Database, moving: Moving, patience: Patience) -> NumeraiSource:
    return NumeraiSource(
        database,
        address=api.address,
        now=moving.present,
        patience=patience,
        throttle=Throttle(100_000, clock=moving.clock),
        clock=moving.clock,
    )


async def ask(live: NumeraiSource, name: str = "tidewater") -> History:
    """What a command asks."""
    found = await live.find(name)
    assert found is not None
    await live.scores()
    await live.until()
    await live.rounds()
    return await live.history(found)


def same(one: History, other: History) -> None:
    np.testing.assert_array_equal(one.round, other.round)
    np.testing.assert_array_equal(one.payout, other.payout)
    np.testing.assert_array_equal(one.scores["corr"], other.scores["corr"])


async def as_soon_as_it_answers(hasty: NumeraiSource) -> History:
    """Ask until every model's answer came in time; a busy machine may need several turns for them."""
    found: list[History] = []

    async def is_whole() -> bool:
        with contextlib.suppress(SourceError):
            found.append(await ask(hasty))
        return bool(found) and not found[-1].notice

    await eventually(is_whole)
    return found[-1]


async def was_asked(api: LoopbackNumerai) -> None:
    async def has_requests() -> bool:
        return bool(api.requests)

    await eventually(has_requests)
