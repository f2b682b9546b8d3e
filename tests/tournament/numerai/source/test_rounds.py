"""Rounds, their scores and rules, and the price of NMR as a live source tells them."""

import math
from datetime import date, timedelta

import pytest

from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource


async def test_rounds_tell_when_and_on_what(live: NumeraiSource, api: LoopbackNumerai) -> None:
    rounds = await live.rounds()
    assert rounds.number.tolist() == list(api.numbers)
    at = list(api.numbers).index(1300)
    assert rounds.opened[at].item() == numerai_data.opening(1300).replace(tzinfo=None)
    assert rounds.resolves[at].item() == numerai_data.resolving(1300).replace(tzinfo=None)
    assert rounds.total_at_risk[at] == pytest.approx(numerai_data.at_stake(1300))
    assert math.isnan(rounds.total_at_risk[-1])
    assert rounds.paid.all()
    assert await live.until() == numerai_data.resolving(1342).date() == date(2026, 9, 27)


@pytest.mark.slow
async def test_scores_are_those_the_rules_paid_and_then_those_that_were_seen(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    assert await live.scores() == {
        "corr": (1280, 1342),
        "mmc": (1280, 1342),
        "corr60": (1342, 1342),
        "mmc60": (1342, 1342),
    }
    await live.history("tidewater_2")
    seen = await live.scores()
    assert seen["corr60"] == (1280, 1342)
    assert seen["season_score"] == (1280, 1342)
    assert "tc" not in seen
    await live.close()
    again = source_of("classic", api, database, present)
    assert await again.scores() == seen
    assert set(seen) <= set((await again.history("solo_wren")).scores)
    await again.close()


async def test_the_live_rule_is_that_of_the_newest_round(live: NumeraiSource, present: Present) -> None:
    rule = await live.live_rule()
    assert rule is not None
    assert (dict(rule.multipliers), rule.clip, rule.source) == (
        {"corr60": 3.0, "mmc60": 15.0},
        1.0,
        "live round 1401",
    )
    assert await live.live_rule_differs() == ""
    present.moment = numerai_data.opening(1342) + timedelta(hours=1)
    earlier = await live.live_rule()
    assert earlier is not None
    assert dict(earlier.multipliers) == {"corr": 0.75, "mmc": 2.25}
    assert (earlier.clip, earlier.stake_threshold) == (0.05, 72_000.0)


async def test_a_live_rule_that_the_table_lacks_is_a_sentence(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.announced = {"corr60": 4.0, "mmc60": 12.0}
    sentence = await live.live_rule_differs()
    assert sentence.startswith("Round 1401 announces 4xCORR60 + 12xMMC60 with a clip of 1 and no threshold; ")
    assert "the dated rules have 3xCORR60 + 15xMMC60" in sentence


async def test_a_round_too_new_for_a_rule_is_passed_over(live: NumeraiSource, present: Present) -> None:
    present.moment = numerai_data.opening(1280) - timedelta(hours=1)
    assert await live.live_rule() is None


async def test_without_numerai_there_is_no_live_rule(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.fail("errors")
    assert await live.live_rule() is None
    assert await live.live_rule_differs() == ""


async def test_a_price_has_its_day_and_may_be_an_old_one(
    live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    api.fail("errors")
    assert await live.usd_per_nmr() is None
    api.heal()
    assert await live.usd_per_nmr() == (date(2026, 11, 20), 7.25)
    present.moment += timedelta(days=3)
    api.fail("errors")
    assert await live.usd_per_nmr() == (date(2026, 11, 20), 7.25)
