"""Everyone is who has been read so far, and reading leaves members a third of the requests."""

import asyncio

import numpy as np
import pytest
from aiolimiter import AsyncLimiter

from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, eventually
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.source import EVERYONE, SourceError


@pytest.mark.slow
async def test_everyone_is_who_has_been_read_so_far(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    with pytest.raises(SourceError, match="None of the models with the largest stakes is read yet"):
        await live.history(EVERYONE)
    assert await live.coverage() == (0, 0, 0.0)
    fast = source_of("classic", api, database, present)
    await fast.refresh_top(12)
    staked = sorted(
        (model.stake for model in api.models.values() if numerai_data.CLASSIC in model.spans), reverse=True
    )
    fetched, known, share = await fast.coverage()
    assert (fetched, known) == (12, sum(stake > 0 for stake in staked))
    assert share == pytest.approx(sum(staked[:12]) / sum(staked))

    everyone = await fast.history(EVERYONE)
    assert (everyone.name, everyone.kind, len(everyone.models)) == (EVERYONE, "everyone", 12)
    assert everyone.round.size == 12 * len(api.numbers)
    assert everyone.notice.startswith(
        "Everyone is the 12 models with the largest stakes that are read so far, of "
    )
    assert everyone.asked_at == present.moment
    alone = await fast.history("crowd_000")
    rows = everyone.model == everyone.models.index("crowd_000")
    np.testing.assert_array_equal(everyone.payout[rows], alone.payout)

    asked = len(api.requests)
    await fast.refresh_top(12)
    assert len(api.requests) == asked  # all of it is young
    await fast.refresh_top(15)
    assert len((await fast.history(EVERYONE)).models) == 15
    await fast.close()


@pytest.mark.slow
async def test_the_background_leaves_a_third_to_members(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    throttle = Throttle(12, 3600.0, clock=Clock())
    throttle._pace = AsyncLimiter(100)  # how its share is spread over an hour is not waited for
    live = NumeraiSource(database, address=api.address, now=present, patience=CALM, throttle=throttle)
    reading = asyncio.create_task(live.refresh_top(200))

    async def share_is_gone() -> bool:
        return len(api.requests) == 8

    await eventually(share_is_gone)
    assert (await live.history("solo_wren")).kind == "model"  # a member is not kept waiting
    assert len(api.requests) == 11
    assert not reading.done()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await live.close()


class Clock:
    """A clock that stands still."""

    def __call__(self) -> float:
        return 1000.0


@pytest.mark.slow
async def test_a_large_account_is_read_as_far_as_a_minute_s_requests_go(
    database: Database, present: Present
) -> None:
    async with LoopbackNumerai(first_round=1390) as api:
        throttle = Throttle(60, 3600.0, clock=Clock())
        live = NumeraiSource(database, address=api.address, now=present, patience=CALM, throttle=throttle)
        with pytest.raises(SourceError, match=r"^42 of the 100 models of hundred_herons could not be read"):
            await live.history("hundred_herons")
        assert len(api.requests) == 60
        with pytest.raises(SourceError, match=r"as much as it may for now\. Try again in a minute\."):
            await live.history("solo_wren")
        await live.close()

        later = source_of("classic", api, database, present)
        assert len((await later.history("hundred_herons")).models) == 100
        assert len(api.asked("v2RoundModelPerformances")) == 100  # nobody was asked for twice
        await later.close()
