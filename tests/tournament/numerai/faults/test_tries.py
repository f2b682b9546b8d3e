"""What is tried again and how often, and how long a wish to wait is granted."""

import time
from dataclasses import replace

import pytest

from storage.database import Database
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tests.tournament.numerai.faults.faulty import SAID, SILENT, TRIED_AGAIN, Moving, source_of
from tournament.numerai.asking.throttle import LONGEST_HOLD
from tournament.numerai.source import NumeraiSource
from tournament.source import SourceError

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("fault", [fault for fault in TRIED_AGAIN if fault not in SILENT])
async def test_a_passing_fault_is_not_even_noticed(
    live: NumeraiSource, api: LoopbackNumerai, fault: str
) -> None:
    api.fail(fault, times=1)
    assert (await live.rounds()).number.size == len(api.numbers)
    assert len(api.requests) == 2


@pytest.mark.parametrize("fault", SILENT)
async def test_a_passing_silence_is_not_even_noticed(
    api: LoopbackNumerai, database: Database, moving: Moving, fault: str
) -> None:
    once = source_of(api, database, moving, replace(CALM, read=0.3))
    api.fail(fault, times=1)
    assert (await once.rounds()).number.size == len(api.numbers)
    assert len(api.requests) >= 2
    await once.close()


@pytest.mark.parametrize("fault", [fault for fault in SAID if fault not in TRIED_AGAIN])
async def test_what_another_try_would_not_mend_is_not_tried_again(
    live: NumeraiSource, api: LoopbackNumerai, fault: str
) -> None:
    api.fail(fault)
    with pytest.raises(SourceError):
        await live.rounds()
    assert len(api.requests) == 1


async def test_the_number_of_tries_has_an_end(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.fail("500")
    with pytest.raises(SourceError):
        await live.rounds()
    assert len(api.requests) == CALM.attempts


@pytest.mark.parametrize(
    ("retry_after", "at_least"), [("0.1", 0.1), ("Fri, 20 Nov 2020 12:00:00 GMT", 0.0), ("x", 0.0)]
)
async def test_a_wish_to_wait_a_little_is_granted(
    live: NumeraiSource, api: LoopbackNumerai, retry_after: str, at_least: float
) -> None:
    api.fail("429", times=1, retry_after=retry_after)
    started = time.monotonic()
    assert (await live.rounds()).number.size == len(api.numbers)
    assert time.monotonic() - started >= at_least


async def test_a_wish_to_wait_long_is_told_at_once_and_kept(
    api: LoopbackNumerai, database: Database, moving: Moving
) -> None:
    live = source_of(api, database, moving, replace(CALM, budget=LONGEST_HOLD / 2))
    api.fail("429", times=1, retry_after="70")
    with pytest.raises(SourceError, match="asks this bot to slow down"):
        await live.rounds()
    with pytest.raises(SourceError, match="asks this bot to slow down"):
        await live.rounds()
    assert len(api.requests) == 1
    moving.ahead += LONGEST_HOLD
    assert (await live.rounds()).number.size == len(api.numbers)
    await live.close()
