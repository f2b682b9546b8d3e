"""What goes wrong at the other end is a sentence or an older answer, in time; the next question works."""

from datetime import timedelta

import numpy as np
import pytest

from tests import numerai_data
from tests.numerai_server import FAULTS, LoopbackNumerai
from tests.tournament.numerai.faults.faulty import (
    ANSWERED,
    SAID,
    SILENT,
    Moving,
    as_soon_as_it_answers,
    ask,
    same,
)
from tournament.numerai.source import NumeraiSource
from tournament.source import SourceError

pytestmark = pytest.mark.slow


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


@pytest.mark.parametrize("fault", SILENT)
@pytest.mark.parametrize("only", [None, "v2RoundModelPerformances"])
async def test_a_silence_is_a_sentence_and_a_later_question_works(
    hasty: NumeraiSource, live: NumeraiSource, api: LoopbackNumerai, only: str | None, fault: str
) -> None:
    if only is not None:
        await live.find("tidewater")
        await live.rounds()
    api.fail(fault, only=only)
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
