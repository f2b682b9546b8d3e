"""Who holds the stake according to the leaderboards of a loopback API, as last read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from storage.database import Database
from storage.market.api_answers import FetchedAnswer, keep_answers
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.reading import FORM
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.source import SourceError, Stakes

UNREAD = r"^The leaderboard has not been read yet\. Try again in a minute or two\.$"


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1390) as api:
        yield api


@pytest.fixture
def present() -> Present:
    return Present()


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database, present: Present) -> AsyncIterator[NumeraiSource]:
    live = NumeraiSource(
        database, address=api.address, now=present, patience=CALM, throttle=Throttle(100_000)
    )
    yield live
    await live.close()


def by_name(stakes: Stakes) -> tuple[dict[str, float], dict[str, float]]:
    return (
        dict(zip(stakes.models, stakes.model_stake.tolist(), strict=True)),
        dict(zip(stakes.accounts, stakes.account_stake.tolist(), strict=True)),
    )


async def test_stakes_are_those_of_both_leaderboards(live: NumeraiSource, api: LoopbackNumerai) -> None:
    await live.refresh_board()
    stakes = await live.stakes()
    models, accounts = by_name(stakes)
    there = [model for model in api.models.values() if numerai_data.CLASSIC in model.spans]
    assert len(stakes.models) == len(there) > 200  # more than one page
    assert models == {model.name: pytest.approx(model.stake) for model in there}
    assert accounts["tidewater"] == pytest.approx(500 + sum(100 + n for n in range(2, 11)))
    assert sum(accounts.values()) == pytest.approx(sum(models.values()))
    assert "harbor" not in accounts, "it takes part in Signals alone"
    assert (stakes.day, stakes.guessed) == (numerai_data.NOW.date(), False)
    assert stakes.account_of is None, "whose a model is stands on neither leaderboard"


async def test_who_has_no_stake_is_listed_with_0(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert api.models["empty_nest"].stake == 0  # the API says null
    await live.refresh_board()
    stakes = await live.stakes()
    models, _ = by_name(stakes)
    assert models["empty_nest"] == 0
    assert np.isfinite(stakes.model_stake).all()


async def test_before_anything_was_read_there_is_a_sentence(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.fail("500")
    with pytest.raises(SourceError, match=UNREAD):
        await live.stakes()
    with pytest.raises(SourceError, match="a problem of its own"):
        await live.refresh_board()
    with pytest.raises(SourceError, match=UNREAD):
        await live.stakes()
    api.heal()
    await live.refresh_board()
    assert (await live.stakes()).models


async def test_one_leaderboard_is_not_enough(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.fail("500", only="accountLeaderboard")
    with pytest.raises(SourceError):
        await live.refresh_board()
    with pytest.raises(SourceError, match=UNREAD):
        await live.stakes()


async def test_the_first_who_asks_has_them_read(live: NumeraiSource, api: LoopbackNumerai) -> None:
    with pytest.raises(SourceError, match=UNREAD):
        await live.stakes()
    await live.refresh_board()  # shares the reading that has begun
    assert (await live.stakes()).accounts
    assert [asked.variables["offset"] for asked in api.asked("v2Leaderboard")].count(0) == 1


async def test_the_day_is_that_of_the_older_of_the_two(
    live: NumeraiSource, database: Database, present: Present
) -> None:
    for kind, age in (("models", 5), ("accounts", 29)):
        answer = FetchedAnswer(
            f"classic/{FORM}/leaderboard/{kind}",
            '[["quiet_heron", 7.5]]',
            numerai_data.NOW - timedelta(hours=age),
        )
        await keep_answers(database, [answer], present())
    assert (await live.stakes()).day == numerai_data.NOW.date() - timedelta(days=1)


@pytest.mark.slow
async def test_what_was_read_is_served_while_the_api_is_away(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    await live.refresh_board()
    before = await live.stakes()
    await live.close()
    present.moment += timedelta(days=2)
    api.fail("cut")
    again = NumeraiSource(
        database, address=api.address, now=present, patience=CALM, throttle=Throttle(100_000)
    )
    for _ in range(2):
        after = await again.stakes()
        assert by_name(after) == by_name(before)
        assert after.day == numerai_data.NOW.date(), "the day it was read, not the day it is asked"
        with pytest.raises(SourceError):
            await again.refresh_board()
    await again.close()


@pytest.mark.slow
async def test_a_stake_that_changes_is_read_again_when_it_is_old(
    live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    await live.refresh_board()
    api.models["solo_wren"] = replace(api.models["solo_wren"], stake=51.0)
    api.forget()
    await live.refresh_board()
    assert by_name(await live.stakes())[0]["solo_wren"] == 50
    present.moment += timedelta(hours=12)
    await live.refresh_board()
    stakes = await live.stakes()
    assert by_name(stakes)[0]["solo_wren"] == 51
    assert stakes.day == numerai_data.NOW.date() + timedelta(days=1)
