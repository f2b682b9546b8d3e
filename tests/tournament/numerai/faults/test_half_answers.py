"""What is left when a part fails: some models, names, the background, a locked database, a closed source."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from storage.database import Database
from tests import numerai_data
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, eventually
from tests.tournament.numerai.faults.faulty import Moving, ask, was_asked
from tournament.numerai.source import NumeraiSource
from tournament.source import Names, SourceError

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(("times", "words"), [(1, "1 of the 10 models"), (5, "5 of the 10 models")])
async def test_nothing_adds_up_without_a_model_and_what_is_missing_is_read_meanwhile(
    live: NumeraiSource, api: LoopbackNumerai, times: int, words: str
) -> None:
    api.fail("errors", times=times, only="v2RoundModelPerformances")
    with pytest.raises(SourceError, match=f"^{words} of tidewater could not be read just now ") as caught:
        await ask(live)
    named = str(caught.value).partition("(")[2].partition(")")[0]
    assert named.endswith(" and 2 more") == (times == 5)
    assert all(name.startswith("tidewater") for name in named.removesuffix(" and 2 more").split(", "))

    async def all_are_read() -> bool:
        return len(api.asked("v2RoundModelPerformances")) == 10 + times

    await eventually(all_are_read)
    history = await ask(live)
    assert (len(history.models), history.notice) == (10, "")


@pytest.mark.parametrize(("count", "which"), [(1, "1 model is"), (3, "3 models are")])
async def test_some_models_of_an_account_may_be_old(
    live: NumeraiSource, api: LoopbackNumerai, moving: Moving, count: int, which: str
) -> None:
    await ask(live)
    moving.now += timedelta(minutes=20)
    api.fail("errors", times=count, only="v2RoundModelPerformances")
    history = await ask(live)
    assert len(history.models) == 10
    assert history.notice == f"Numerai answered with an error; {which} shown as of 20 minutes ago."
    assert history.asked_at == numerai_data.NOW


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
    with pytest.raises(SourceError):
        await live.refresh_board()
    asked = len(api.requests)
    assert await live.names() == Names((), ())
    await asyncio.sleep(0.05)
    assert len(api.requests) == asked  # a keystroke does not ask again so soon
    api.heal()
    await live.refresh_board()
    known = await live.names()
    assert "tidewater" in known.models
    moving.now += timedelta(days=2)
    api.fail("cut")
    assert await live.names() == known


async def test_the_background_gives_up_and_goes_on_later(
    live: NumeraiSource, api: LoopbackNumerai, moving: Moving
) -> None:
    api.fail("500")
    with pytest.raises(SourceError):
        await live.read_rounds()
    assert len(api.requests) < 10
    api.heal()
    api.fail("malformed", times=2, only="roundDetails")
    with pytest.raises(SourceError):
        await live.read_rounds()
    assert (await live.coverage()).kept == len(api.numbers) - 2
    await live.read_rounds()
    assert (await live.coverage()).kept == len(api.numbers)
    moving.now += timedelta(days=3)
    api.fail("500")
    with pytest.raises(SourceError):
        await live.read_rounds()
    assert (await live.everyone()).numbers.size == len(api.numbers)


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
