"""What goes wrong at the other end is a sentence or an older answer, in time; the next question works."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from storage.database import Database, open_database
from tests import numerai_data
from tests.numerai_server import FAULTS, LoopbackNumerai
from tests.patience import CALM, HASTY, eventually
from tournament.numerai.client import LONGEST_HOLD
from tournament.numerai.source import NumeraiSource, Patience, Throttle
from tournament.source import EVERYONE, History, Names, SourceError

pytestmark = pytest.mark.slow

TRIED_AGAIN = ("429", "500", "hang", "cut", "cut halfway")
SAID = {
    "429": "Numerai asks this bot to slow down",
    "500": "Numerai has a problem of its own (error 500)",
    "404": "Numerai did not accept the question (error 404)",
    "hang": "Numerai takes too long to answer",
    "cut": "Numerai can't be reached",
    "cut halfway": "Numerai can't be reached",
    "malformed": "Numerai's answer is not in a form this bot can read",
    "missing": "Numerai's answer is not in a form this bot can read",
    "bare rows": "Numerai's answer is not in a form this bot can read",
    "html": "Numerai's answer is not in a form this bot can read",
    "errors": "Numerai answered with an error",
}
ANSWERED = [fault for fault in SAID if fault != "hang"]


class Moving:
    """The present, and a clock that runs and can be put forward."""

    def __init__(self) -> None:
        self.now, self.ahead = numerai_data.NOW, 0.0

    def present(self) -> datetime:
        return self.now

    def clock(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
async def database(database_file: Path) -> AsyncIterator[Database]:
    database = await open_database(database_file, busy_timeout_ms=50)
    yield database
    await database.close()


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1330) as api:
        yield api


@pytest.fixture
def moving() -> Moving:
    return Moving()


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database, moving: Moving) -> AsyncIterator[NumeraiSource]:
    live = source_of(api, database, moving, CALM)
    yield live
    await live.close()


@pytest.fixture
async def hasty(api: LoopbackNumerai, database: Database, moving: Moving) -> AsyncIterator[NumeraiSource]:
    """The same for an API that is silent."""
    hasty = source_of(api, database, moving, HASTY)
    yield hasty
    await hasty.close()


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


def test_every_fault_has_its_sentence() -> None:
    assert set(SAID) | {"not found"} == set(FAULTS)


@pytest.mark.parametrize("fault", ANSWERED)
async def test_a_fault_is_a_sentence_and_the_next_question_works(
    live: NumeraiSource, api: LoopbackNumerai, fault: str
) -> None:
    api.fail(fault)
    with pytest.raises(SourceError) as caught:
        await ask(live)
    assert str(caught.value).startswith(f"{SAID[fault]}. Try again")
    api.heal()
    assert (await ask(live)).notice == ""


@pytest.mark.parametrize("fault", ANSWERED)
async def test_a_fault_halfway_through_a_question_is_one_too(
    live: NumeraiSource, api: LoopbackNumerai, fault: str
) -> None:
    api.fail(fault, only="v2RoundModelPerformances")
    with pytest.raises(SourceError) as caught:
        await ask(live)
    assert str(caught.value).startswith(SAID[fault])
    api.heal()
    assert len((await ask(live)).models) == 10


@pytest.mark.parametrize("fault", ANSWERED)
async def test_a_fault_shows_the_last_answer_with_its_age_and_loses_nothing(
    live: NumeraiSource, api: LoopbackNumerai, moving: Moving, fault: str
) -> None:
    before = await ask(live)
    rounds = await live.rounds()
    moving.now += timedelta(hours=3, minutes=10)
    api.fail(fault)
    during = await ask(live)
    assert during.notice == f"{SAID[fault]}; this is its answer of 3 hours ago."
    assert during.asked_at == before.asked_at == numerai_data.NOW
    same(during, before)
    np.testing.assert_array_equal((await live.rounds()).number, rounds.number)
    api.heal()
    after = await ask(live)
    assert (after.notice, after.asked_at) == ("", moving.now)
    same(after, before)


@pytest.mark.parametrize("only", [None, "v2RoundModelPerformances"])
async def test_a_silence_is_a_sentence_and_a_later_question_works(
    hasty: NumeraiSource, live: NumeraiSource, api: LoopbackNumerai, only: str | None
) -> None:
    if only is not None:
        await live.find("tidewater")
        await live.rounds()
    api.fail("hang", only=only)
    with pytest.raises(SourceError, match=r"^Numerai takes too long to answer\. Try again"):
        await ask(hasty)
    api.heal()
    history = await as_soon_as_it_answers(hasty)
    assert (len(history.models), history.notice) == (10, "")


async def test_a_silence_shows_the_last_answer_with_its_age_and_loses_nothing(
    hasty: NumeraiSource, live: NumeraiSource, api: LoopbackNumerai, moving: Moving
) -> None:
    before = await ask(live)
    rounds = await live.rounds()
    moving.now += timedelta(hours=3, minutes=10)
    api.fail("hang")
    during = await ask(hasty)
    assert during.notice == "Numerai takes too long to answer; this is its answer of 3 hours ago."
    assert during.asked_at == before.asked_at == numerai_data.NOW
    same(during, before)
    np.testing.assert_array_equal((await hasty.rounds()).number, rounds.number)
    api.heal()
    after = await as_soon_as_it_answers(hasty)
    assert after.asked_at == moving.now
    same(after, before)


async def as_soon_as_it_answers(hasty: NumeraiSource) -> History:
    """Ask until every model's answer came in time; a busy machine may need several turns for them."""
    found: list[History] = []

    async def is_whole() -> bool:
        with contextlib.suppress(SourceError):
            found.append(await ask(hasty))
        return bool(found) and not found[-1].notice

    await eventually(is_whole)
    return found[-1]


@pytest.mark.parametrize("fault", [fault for fault in TRIED_AGAIN if fault != "hang"])
async def test_a_passing_fault_is_not_even_noticed(
    live: NumeraiSource, api: LoopbackNumerai, fault: str
) -> None:
    api.fail(fault, times=1)
    assert (await live.rounds()).number.size == len(api.numbers)
    assert len(api.requests) == 2


async def test_a_passing_silence_is_not_even_noticed(
    api: LoopbackNumerai, database: Database, moving: Moving
) -> None:
    once = source_of(api, database, moving, replace(CALM, read=0.3))
    api.fail("hang", times=1)
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
    with pytest.raises(SourceError, match="as much as it may for now"):
        await live.rounds()
    assert len(api.requests) == 1
    moving.ahead += LONGEST_HOLD
    assert (await live.rounds()).number.size == len(api.numbers)
    await live.close()


async def test_some_models_of_an_account_may_be_missing(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.fail("errors", times=2, only="v2RoundModelPerformances")
    history = await ask(live)
    assert len(history.models) == 8
    assert history.notice == "Left out: 2 of 10 models, which could not be read just now."
    history = await ask(live)
    assert (len(history.models), history.notice) == (10, "")


async def test_some_models_of_an_account_may_be_old(
    live: NumeraiSource, api: LoopbackNumerai, moving: Moving
) -> None:
    await ask(live)
    moving.now += timedelta(minutes=20)
    api.fail("errors", times=3, only="v2RoundModelPerformances")
    history = await ask(live)
    assert len(history.models) == 10
    assert history.notice == "Numerai answered with an error; 3 models are shown as of 20 minutes ago."
    assert history.asked_at == numerai_data.NOW


@pytest.mark.parametrize(
    ("elapsed", "words"), [(15, "15 minutes"), (60, "1 hour"), (1440, "1 day"), (100_000, "69 days")]
)
async def test_an_age_is_told_in_its_largest_unit(
    live: NumeraiSource, api: LoopbackNumerai, moving: Moving, elapsed: int, words: str
) -> None:
    await live.history("solo_wren")
    moving.now += timedelta(minutes=elapsed)
    api.fail("errors")
    assert (await live.history("solo_wren")).notice.endswith(f"this is its answer of {words} ago.")


async def test_one_of_two_lookups_is_enough_to_find_somebody_and_not_to_rule_it_out(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.fail("errors", only="v3UserProfile")
    assert await live.find("drifters") == "drifters"
    with pytest.raises(SourceError, match="answered with an error"):
        await live.find("late_starter")


async def test_an_error_that_says_there_is_nobody_means_nobody(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.fail("not found")
    assert await live.find("late_starter") is None


async def test_nobody_at_the_address_is_a_sentence(api: LoopbackNumerai, database: Database) -> None:
    nowhere = NumeraiSource(database, address="http://127.0.0.1:9", patience=CALM)
    with pytest.raises(SourceError, match=r"^Numerai can't be reached\. Try again in a few minutes\.$"):
        await nowhere.find("tidewater")
    await nowhere.close()


async def test_names_stay_what_they_were(live: NumeraiSource, api: LoopbackNumerai, moving: Moving) -> None:
    api.fail("500")
    assert await live.names() == Names((), ())
    await was_asked(api)
    await live.refresh_top(0)
    asked = len(api.requests)
    assert await live.names() == Names((), ())
    await asyncio.sleep(0.05)
    assert len(api.requests) == asked  # a keystroke does not ask again so soon
    api.heal()
    await live.refresh_top(0)
    known = await live.names()
    assert "tidewater" in known.models
    moving.now += timedelta(days=2)
    api.fail("cut")
    assert await live.names() == known


async def test_the_background_gives_up_quietly_and_goes_on_later(
    live: NumeraiSource, api: LoopbackNumerai, moving: Moving
) -> None:
    api.fail("errors")
    await live.refresh_top(50)
    assert len(api.requests) < 10
    api.heal()
    api.fail("malformed", times=2, only="v2RoundModelPerformances")
    await live.refresh_top(5)
    assert (await live.coverage()).fetched == 3
    await live.refresh_top(5)
    assert (await live.coverage()).fetched == 5
    moving.now += timedelta(days=3)
    api.fail("500")
    await live.refresh_top(5)
    assert len((await live.history(EVERYONE)).models) == 5


async def test_a_database_that_is_locked_costs_no_answer(live: NumeraiSource, database: Database) -> None:
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert (await ask(live)).notice == ""
        assert (await ask(live)).notice == ""
        other.execute("ROLLBACK")


async def test_a_source_that_is_closed_says_so(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.fail("hang")
    asking = asyncio.create_task(live.rounds())
    await was_asked(api)
    await live.close()
    assert api.at_once == 1, "closing does not wait for what is under way"
    with pytest.raises(SourceError):
        await asking
    with pytest.raises(SourceError, match="shutting down"):
        await live.rounds()


async def was_asked(api: LoopbackNumerai) -> None:
    async def has_requests() -> bool:
        return bool(api.requests)

    await eventually(has_requests)
