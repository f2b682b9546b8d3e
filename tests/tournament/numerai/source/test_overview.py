"""Whether the day's scores are out, and years of stake, as the API tells them."""

import json
from datetime import timedelta
from typing import Any

import pytest

from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource
from tournament.overview import ScoresOfTheDay
from tournament.source import SourceError, Tournament


async def test_the_day_s_scores_are_out_or_expected(
    live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    await live.look_at_schema()
    assert await live.scores_of_the_day() == ScoresOfTheDay(True, numerai_data.NOW, numerai_data.NOW)
    api.says["pipelineStatus"] = json.dumps(
        {"isScoringDay": False, "scoredAt": None, "scoreP90Eta": "2026-11-20T18:30:00Z"}
    )
    present.moment += timedelta(minutes=11)
    expected = numerai_data.NOW.replace(hour=18, minute=30)
    assert await live.scores_of_the_day() == ScoresOfTheDay(False, None, expected)
    present.moment += timedelta(minutes=11)
    api.fail("errors")
    assert await live.scores_of_the_day() is None, "an old answer is of another day"


@pytest.mark.parametrize("odd", [None, 7, "x", [], [{}]])
async def test_an_odd_status_is_none(live: NumeraiSource, api: LoopbackNumerai, odd: Any) -> None:
    api.says["pipelineStatus"] = json.dumps(odd)
    assert await live.scores_of_the_day() is None


async def test_crypto_has_no_status(api: LoopbackNumerai, database: Database, present: Present) -> None:
    crypto = source_of("crypto", api, database, present)
    assert await crypto.scores_of_the_day() is None
    assert api.requests == []
    await crypto.close()


@pytest.mark.parametrize("tournament", ["classic", "signals", "crypto"])
async def test_years_of_stake_are_told_by_day(
    api: LoopbackNumerai, database: Database, present: Present, tournament: Tournament
) -> None:
    live = source_of(tournament, api, database, present)
    assert await live.stake_over_years() is None, "nobody waits for it"
    await live.look_at_schema()
    await live.refresh_overview()
    told = await live.stake_over_years()
    assert told is not None
    assert told.stake.days[[0, -1]].astype(str).tolist() == ["2024-06-01", "2026-11-01"]
    assert told.stake.values[[0, -1]].tolist() == [507_000.0 - 7_000.0, 500_000.0 + 29 * 7_000.0]
    assert told.accounts.values[-1] == 1_500 - 290
    number = {"classic": 8, "signals": 11, "crypto": 12}[tournament]
    assert set(told.models.values.tolist()) == {5_000.0 + number}
    await live.close()


async def test_of_a_day_the_last_value_counts_and_what_is_no_day_is_left_out(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.says["tournamentOverview"] = json.dumps(
        {
            "totalAtStakeValues": [
                {"time": "2025-02-02T10:00:00Z", "value": "7.5"},
                {"time": "2025-02-01T10:00:00Z", "value": 5},
                {"time": "2025-02-02T12:00:00Z", "value": 8},
                {"time": None, "value": 9},
                {"time": "2025-02-03T12:00:00Z", "value": -1},
                {"time": "2025-02-04T12:00:00Z"},
            ],
            "stakedAccounts": None,
        }
    )
    await live.refresh_overview()
    told = await live.stake_over_years()
    assert told is not None
    assert told.stake.days.astype(str).tolist() == ["2025-02-01", "2025-02-02"]
    assert told.stake.values.tolist() == [5.0, 8.0]
    assert (told.accounts.days.size, told.models.days.size) == (0, 0)
    api.says["tournamentOverview"] = "[1]"


async def test_what_can_t_be_read_is_an_error_of_the_reading(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.says["tournamentOverview"] = "[1]"
    with pytest.raises(SourceError):
        await live.refresh_overview()
    assert await live.stake_over_years() is None
