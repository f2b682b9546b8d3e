"""The newest round wins over the table, with the difference said; a score nobody knows prices nothing."""

from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest

from features.payout.compare import compare_payouts
from features.payout.pricing import price_rule, rules_in_force, rules_of_rounds
from features.payout.what_if import what_if
from features.rules.rules import timeline
from features.rules.rules_card import timeline_card
from scoring.rules import parse_rule, rule_in_force
from storage.database import Database
from tests import numerai_data
from tests.features.payout.priced import history
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM
from tournament.numerai.source import NumeraiSource
from tournament.source import Rounds

pytestmark = pytest.mark.slow


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1320) as api:
        yield api


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database) -> AsyncIterator[NumeraiSource]:
    live = NumeraiSource(database, address=api.address, now=lambda: numerai_data.NOW, patience=CALM)
    yield live
    await live.close()


async def test_what_is_not_said_is_the_live_rule_s_and_the_difference_is_said(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    dated = await compare_payouts(live, "solo_wren", "2xCORR60", rounds="1320-1340")
    assert not any("announces" in warning for warning in dated.warnings)
    api.announced = {"corr60": 4.0, "mmc60": 12.0}
    api.forget()
    other = NumeraiSource(
        live._cache._database,
        address=api.address,
        now=lambda: numerai_data.NOW.replace(hour=13),
        patience=CALM,
    )
    compared = await compare_payouts(other, "solo_wren", "clip 0.5", rounds="1320-1340")
    assert compared.proposed.short == "4xCORR60 + 12xMMC60 clip 0.5"
    [said] = [warning for warning in compared.warnings if "announces" in warning]
    assert said.startswith("Round 1401 announces 4xCORR60 + 12xMMC60 with a clip of 1")
    assert "the dated rules have 3xCORR60 + 15xMMC60" in said
    assert (await what_if(other, "corr60 0.01, mmc60 0.01", 100)).payout == pytest.approx(16.0)
    await other.close()


async def test_the_live_rule_is_that_of_its_rounds_and_no_earlier_ones(live: NumeraiSource) -> None:
    history, rounds, rule = await live.history("solo_wren"), await live.rounds(), await live.live_rule()
    assert rule is not None
    in_force = rules_in_force("classic", history, rounds, rule)
    assert in_force[1401] == rule
    assert in_force[1400] == rule_in_force("classic", round=1400)
    assert rules_in_force("classic", history, rounds)[1401] == rule_in_force("classic", round=1401)
    assert set(in_force) == set(np.unique(history.round).tolist())


def test_rounds_between_the_newest_dated_rule_and_the_live_round_keep_the_dated_one() -> None:
    newest = rule_in_force("classic", round=1343)
    assert (newest.first_round, newest.multipliers) == (1343, {"corr60": 3.0, "mmc60": 15.0})
    live = replace(
        newest,
        id="classic-round-1401",
        first_round=1401,
        multipliers={"corr60": 4.0, "mmc60": 12.0},
        clip=0.5,
    )
    number = np.array([1342, 1343, 1370, 1400, 1401, 1402])
    opened = np.datetime64("2026-08-27T13:00:00") + np.arange(number.size) * np.timedelta64(1, "D")
    unknown = np.full(number.size, np.nan)
    calendar = Rounds(number, opened, opened, unknown, unknown, unknown, np.ones(number.size, dtype=bool))
    in_force = rules_of_rounds("classic", number.tolist(), calendar, live)
    assert {n: rule.id for n, rule in in_force.items()} == {
        1342: "classic-2026-01-01",
        1343: "classic-2026-08-28",
        1370: "classic-2026-08-28",
        1400: "classic-2026-08-28",
        1401: "classic-round-1401",
        1402: "classic-round-1401",
    }
    # a score far beyond the clip is paid up to that of its round: 0.05, then 1 at first, 0.5 by the live rule
    rows = replace(history(number.tolist(), factor=1.0), scores={"corr60": np.full(number.size, 0.9)})
    priced = price_rule(
        lambda base: parse_rule("1xCORR60", base), rows, calendar, in_force, {"corr60": (1342, 1402)}
    )
    np.testing.assert_allclose(priced.rate, [0.05, 0.9, 0.9, 0.9, 0.5, 0.5])
    assert priced.clipped.tolist() == [True, False, False, False, True, True]


async def test_a_score_nobody_knows_is_shown_and_prices_nothing(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.announced = {"corr60": 3.0, "season_score": 2.0}
    shown = await timeline("classic", live)
    assert "Round 1401 announces 3xCORR60 + 2xSEASON_SCORE with" in shown.live
    assert shown.live.endswith("This bot does not know SEASON_SCORE: nothing is priced by it.")
    for asked in (
        compare_payouts(live, "solo_wren", "live", rounds="1320-1340"),
        what_if(live, "corr60 0.01", 100),
    ):
        with pytest.raises(ValueError, match="pays by SEASON_SCORE, which this bot does not know"):
            await asked
    dated = await compare_payouts(live, "solo_wren", "1xCORR", rounds="1320-1340")
    assert dated.rounds.size == 21, "the rest is priced"


async def test_what_was_only_announced_is_not_called_the_newest_rule() -> None:
    for tournament, paid in (("classic", "3xCORR60 + 15xMMC60"), ("signals", "0.5xNCORR + 2xNMMC")):
        heading = timeline_card(await timeline(tournament, None)).heading
        assert heading.startswith(f"The newest rule of {tournament.title()} pays {paid}, from 2026-")
