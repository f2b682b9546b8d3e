"""Rounds are read whole: the newest first, a resolved one once, as far back and as large as is said."""

import logging
from datetime import timedelta

import pytest

from storage.database import Database, fetch_all
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.source import Limits, NumeraiSource, Throttle
from tournament.source import SourceError

NUMBERS = range(1330, 1351)


def asked_for(api: LoopbackNumerai, since: int = 0) -> list[int]:
    return [each.variables["roundNumber"] for each in api.asked("roundDetails")][since:]


def source(api: LoopbackNumerai, database: Database, present: Present, limits: Limits) -> NumeraiSource:
    return NumeraiSource(
        database,
        address=api.address,
        now=present,
        patience=CALM,
        throttle=Throttle(100_000),
        limits=limits,
    )


async def test_the_newest_come_first_and_a_resolved_one_is_never_asked_for_again(
    live: NumeraiSource, api: LoopbackNumerai, present: Present, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await live.read_rounds()
    assert asked_for(api) == list(reversed(NUMBERS))
    told = [record for record in caplog.records if record.message == "whole rounds are read"]
    assert [record.__dict__["fields"]["rounds"] for record in told] == ["21 of 21"]
    await live.read_rounds()
    assert len(asked_for(api)) == 21  # all of it is young
    present.moment += timedelta(hours=21)
    await live.read_rounds()
    still_open = [number for number in reversed(NUMBERS) if not numerai_data.is_resolved(number)]
    assert still_open
    assert asked_for(api, 21) == still_open


async def test_a_round_is_asked_for_at_once_when_it_has_resolved(
    live: NumeraiSource, api: LoopbackNumerai, present: Present, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live.read_rounds()
    assert asked_for(api)[0] == 1350
    present.moment += timedelta(hours=1)
    resolving, just_now = numerai_data.resolving, numerai_data.NOW - timedelta(minutes=5)
    monkeypatch.setattr(
        numerai_data,
        "resolving",
        lambda n: just_now if n == 1350 else resolving(n),
    )
    api.forget()
    await live.read_rounds()
    assert asked_for(api, 21) == [1350]


async def test_a_stop_loses_nothing_that_was_read(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    api.fail("500", times=3, only="roundDetails")
    with pytest.raises(SourceError, match="problem of its own"):
        await live.read_rounds()
    assert asked_for(api) == [1350, 1349, 1348]
    api.heal()
    api.says["roundDetails"] = "7"
    with pytest.raises(SourceError, match="not in a form"):
        await live.read_rounds()
    del api.says["roundDetails"]
    await live.read_rounds()
    asked = len(asked_for(api))
    again = source(api, database, present, Limits())
    await again.read_rounds()
    assert len(asked_for(api)) == asked
    assert (await again.coverage()).kept == 21
    await again.close()


async def test_one_round_that_the_api_refuses_stops_no_other(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.fail("errors", times=5, only="roundDetails")
    with pytest.raises(SourceError, match="answered with an error"):
        await live.read_rounds()
    found = await live.coverage()
    assert (found.kept, found.wanted, found.first) == (16, 21, 1330)
    assert found.told == "16 of 21 rounds are read whole so far, the newest first: 1330-1345"


async def test_a_round_that_the_api_does_not_have_is_not_asked_for_again(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.says["roundDetails"] = "null"
    await live.read_rounds()
    await live.read_rounds()
    assert len(asked_for(api)) == 21
    with pytest.raises(SourceError, match=r"^No whole round of this tournament is read yet"):
        await live.everyone()


async def test_it_goes_back_as_far_as_is_said(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    opened = numerai_data.opening(1340)
    weeks = -((opened - present()) // timedelta(weeks=1))
    few = source(api, database, present, Limits(weeks=weeks))
    await few.read_rounds()
    first = asked_for(api)[-1]
    assert 1340 - 5 < first <= 1340
    present.moment += timedelta(weeks=1)
    await few.read_rounds()
    assert (await few.coverage()).first == first + 5, "what is older goes"
    await few.close()
    none = source(api, database, present, Limits(weeks=0))
    await none.read_rounds()
    await none.close()


async def test_the_newest_are_kept_where_there_is_no_room_for_all(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    whole = source(api, database, present, Limits())
    await whole.read_rounds()
    [row] = await fetch_all(database, "SELECT sum(size) AS size FROM whole_rounds")
    await whole.close()
    await fetch_all(database, "DELETE FROM whole_rounds")
    small = source(api, database, present, Limits(megabytes=0))
    small._reader._limits = Limits(megabytes=row["size"] / 2 / 1e6)  # type: ignore[arg-type]
    before = len(asked_for(api))
    await small.read_rounds()
    found = await small.coverage()
    assert 7 < found.kept < 13
    assert found.last == 1350
    assert len(asked_for(api, before)) == found.kept
    [row] = await fetch_all(database, "SELECT sum(size) AS size FROM whole_rounds")
    assert row["size"] <= small._reader._limits.megabytes * 1e6
    # a new round takes the place of the oldest
    api.numbers = range(1330, 1352)
    api.forget()
    present.moment += timedelta(minutes=30)
    await small.read_rounds()
    later = await small.coverage()
    assert (later.last, later.first) == (1351, found.first + 1)
    await small.close()
