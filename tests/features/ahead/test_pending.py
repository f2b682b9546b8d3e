"""Open rounds by their daily scores: by hand, over the API of a server on this machine, and told truly."""

import math
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from features.ahead.pending import FEWEST, OpenRounds, standing
from features.ahead.pending_card import standing_answer
from scoring.rules import rule_in_force
from storage.database import Database
from tests import numerai_data
from tests.numerai.daily import by_day
from tests.numerai_data import CLASSIC, Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.overview import DailyScores
from tournament.sample import SampleSource
from tournament.source import History, SourceError
from wording.numbers import amount

NEW = rule_in_force("classic", round=1350)


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1290) as api:
        yield api


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database) -> AsyncIterator[NumeraiSource]:
    live = NumeraiSource(
        database, address=api.address, now=Present(), patience=CALM, throttle=Throttle(100_000)
    )
    yield live
    await live.close()


class ByHand(SampleSource):
    """The sample with made-up rounds and daily scores: 25 that ended, one that is open, one unscored.

    Every one stood at 0.01 x its place on day 3 and ended 0.002 x (its place - 12) above that.
    """

    tells = True

    async def find(self, typed: str) -> str | None:
        return typed

    async def history(self, name: str) -> History:
        numbers = np.arange(280, 307)
        end = 0.0001 * np.arange(27) + 0.002 * (np.arange(27) - 12)
        return History(
            name=name,
            kind="model",
            models=(name,),
            model=np.zeros(27, dtype=np.int64),
            round=numbers,
            scores={"corr": end, "mmc": np.zeros(27)},
            chosen={},
            payout_factor=np.full(27, 0.5),
            stake=np.full(27, 10.0),
            payout=np.zeros(27),
            resolved=numbers < 305,
        )

    async def daily_scores(self, model: str) -> DailyScores | None:
        if not self.tells:
            return None
        numbers = np.arange(280, 306)  # of 306 there is no score yet
        day, value = np.full(26, 3), 0.0001 * np.arange(26)
        of = {"corr": numbers, "mmc": numbers}
        return DailyScores(model, of, dict.fromkeys(of, day), {"corr": value, "mmc": np.zeros(26)})


async def test_by_hand() -> None:
    found = await standing(ByHand(), "quiet_heron")
    [each] = found.rounds
    assert (each.number, each.day, each.ended, each.stake) == (305, 3, 25, 10.0)
    assert found.unscored == (306,)
    rule = rule_in_force("classic", round=305)
    times = rule.multipliers["corr"] * 0.5  # at the factor of the round
    assert each.now == pytest.approx(times * 0.0025)
    changes = times * 0.002 * (np.arange(25) - 12)
    assert np.abs(changes).max() < rule.clip
    expected = each.now + np.quantile(changes, (0.05, 0.5, 0.95))
    assert (each.low, each.middle, each.high) == pytest.approx(tuple(expected))
    assert found.finding == (
        f"1 of 1 open round with a score above 0 so far, {amount(10 * each.now, 'NMR')} in all"
    )


async def test_too_few_that_ended_have_no_spread() -> None:
    class Younger(ByHand):
        async def history(self, name: str) -> History:
            every = await super().history(name)
            return every.only(every.round > 305 - FEWEST)

    found = await standing(Younger(), "quiet_heron")
    [each] = found.rounds
    assert each.ended == FEWEST - 1
    assert math.isnan(each.low)
    assert found.how_sure.startswith(f"Where they may end can't be told: of {FEWEST - 1} rounds that ended")


async def test_before_the_first_score_nothing_is_said() -> None:
    class Unscored(ByHand):
        async def daily_scores(self, model: str) -> DailyScores | None:
            told = await super().daily_scores(model)
            assert told is not None
            return replace(told, value={name: np.full(26, np.nan) for name in told.value})

    found = await standing(Unscored(), "quiet_heron")
    assert found.rounds == ()
    assert found.unscored == (305, 306)
    card = standing_answer(found).card
    assert card.heading == "2 open rounds and no score yet: nothing can be said"
    assert card.draw is None


async def test_bad_input_gets_one_sentence(source: SampleSource) -> None:
    with pytest.raises(ValueError, match="does not tell what a round's scores were from day to day"):
        await standing(source, "model_07585")
    with pytest.raises(ValueError, match="name a model or an account"):
        await standing(source, "everyone")
    with pytest.raises(ValueError, match="model_0758"):
        await standing(source, "model_0758x")


@pytest.mark.slow
async def test_over_the_api(live: NumeraiSource, api: LoopbackNumerai) -> None:
    found = await standing(live, "solo_wren")
    model = api.models["solo_wren"]
    assert [each.number for each in found.rounds] == [
        number
        for number in range(NEW.first_round or 0, api.numbers.stop)
        if not numerai_data.is_resolved(number)
        and numerai_data.opening(number) + timedelta(days=6) < numerai_data.NOW
    ]
    newest = found.rounds[-1]
    assert newest.now == pytest.approx(paid(numerai_data.scores(model, newest.number, CLASSIC)))
    # the rounds that ended, from what the API was made of
    ended = [number for number in api.numbers if numerai_data.is_resolved(number)]
    changes: list[float] = []
    for number in ended:
        then = {
            entry["displayName"]: entry["value"]
            for entry in by_day(model, number, CLASSIC)
            if entry["day"] == newest.day
        }
        if then:
            changes.append(paid(numerai_data.scores(model, number, CLASSIC)) - paid(then))
    assert newest.ended == len(changes) >= FEWEST
    assert newest.low == pytest.approx(newest.now + np.quantile(changes, 0.05))
    assert newest.high == pytest.approx(newest.now + np.quantile(changes, 0.95))
    assert_said_truly(found)


@pytest.mark.slow
async def test_of_an_account_the_model_with_the_most_at_risk(live: NumeraiSource) -> None:
    found = await standing(live, "tidewater")
    assert (found.model, found.asked) == ("tidewater", "tidewater")
    found = await standing(live, "drifters")
    assert found.model == "drifter_2"
    assert "drifter_2, the one of drifters with the most at risk" in standing_answer(found).card.small


@pytest.mark.slow
async def test_an_api_without_daily_scores(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.says["submissionScores"] = "null"
    with pytest.raises(ValueError, match="does not tell what a round's scores were"):
        await standing(live, "solo_wren")
    with pytest.raises((ValueError, SourceError)):
        await standing(live, "nobody_at_all")


def paid(scores: Mapping[str, float | None]) -> float:
    """3 x CORR60 + 15 x MMC60 of what the API tells."""
    return 3 * (scores["corr60"] or 0.0) + 15 * (scores["mmc60"] or 0.0)


def assert_said_truly(found: OpenRounds) -> None:
    """Every number of the card is one of the answer."""
    card = standing_answer(found).card
    newest = found.rounds[-1]
    above = sum(each.now > 0 for each in found.rounds)
    assert card.heading.startswith(f"{above} of {len(found.rounds)} open rounds with a score above 0")
    shown = [float(text.replace("−", "-")) for text in re.findall(r"[+−][0-9.]+", card.text.split("\n")[0])]
    assert shown == pytest.approx([100 * newest.now, 100 * newest.low, 100 * newest.high], abs=0.0051)
