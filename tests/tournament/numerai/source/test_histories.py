"""A history is what the API says, of a model, of an account and in each tournament."""

import math

import numpy as np
import pytest

from scoring.payout import payouts
from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource
from tournament.source import History, SourceError


def of_round(history: History, number: int) -> int:
    [at] = np.flatnonzero(history.round == number)
    return int(at)


async def test_a_history_is_what_the_api_says(live: NumeraiSource, api: LoopbackNumerai) -> None:
    model = api.models["tidewater_2"]
    history = await live.history("tidewater_2")
    assert history.round.tolist() == list(api.numbers)
    assert history.asked_at == numerai_data.NOW
    assert history.notice == ""
    for number in (1290, 1342, 1350):
        at = of_round(history, number)
        told = numerai_data.scores(model, number, numerai_data.CLASSIC)
        assert history.scores["corr"][at] == told["v2_corr20"]
        assert history.scores["mmc60"][at] == told["mmc60"]
        assert history.scores["corr_w_meta_model"][at] == told["corr_w_meta_model"]
        assert math.isnan(history.scores["tc"][at])
        assert history.stake[at] == numerai_data.at_risk(model, number)
        assert history.payout[at] == numerai_data.paid(model, number, numerai_data.CLASSIC)
        assert history.payout_factor[at] == numerai_data.factor(number, numerai_data.CLASSIC)
        assert bool(history.resolved[at]) == (number < 1343)
    old, new = of_round(history, 1342), of_round(history, 1343)
    assert {
        score: values[old] for score, values in history.chosen.items() if not math.isnan(values[old])
    } == {
        "corr": 0.75,
        "mmc": 2.25,
    }
    assert (history.chosen["corr60"][new], history.chosen["mmc60"][new]) == (3.0, 15.0)


@pytest.mark.slow
async def test_its_own_numbers_price_its_own_payouts(live: NumeraiSource) -> None:
    history = await live.history("tidewater")
    rows = history.resolved
    scores = np.stack([history.scores["corr"], history.scores["mmc"]], axis=-1)[rows]
    pay = payouts(scores, [0.75, 2.25], history.stake[rows], factor=history.payout_factor[rows], clip=0.05)
    np.testing.assert_allclose(pay, history.payout[rows], atol=1e-9)


async def test_a_round_that_has_just_opened_has_a_stake_and_no_scores(live: NumeraiSource) -> None:
    history = await live.history("tidewater_2")
    newest = history.only(history.round == 1401)
    assert newest.stake[0] > 0
    assert math.isnan(newest.payout[0])
    assert all(math.isnan(values[0]) for values in newest.scores.values())


async def test_odd_rounds_are_taken_once_or_left_out_and_counted(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    history = await live.history("odd_rounds")
    assert math.isnan(history.payout_factor[of_round(history, numerai_data.NO_FACTOR)])
    assert history.stake[of_round(history, numerai_data.TWICE)] == 20.0
    assert set(api.numbers) - set(history.round.tolist()) == {numerai_data.NAMELESS}
    assert history.notice == "Left out: 1 round that came without a number, a stake or scores."


@pytest.mark.slow
async def test_a_stake_may_begin_in_the_middle(live: NumeraiSource) -> None:
    history = await live.history("late_starter")
    assert history.round[history.stake > 0].min() == 1305
    assert history.round.min() == 1280


async def test_a_model_that_moved_has_the_rounds_of_each_tournament(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    signals = source_of("signals", api, database, present)
    before, after = await live.history("drifter"), await signals.history("drifter")
    assert (before.round.min(), before.round.max()) == (1280, 1299)
    assert (after.round.min(), after.round.max()) == (1300, 1401)
    assert not np.isnan(after.scores["alpha"][0])
    assert after.chosen["ncorr"][of_round(after, 1401)] == 0.5
    assert [asked.variables["tournament"] for asked in api.asked("v2RoundModelPerformances")] == [8, 11]
    await signals.close()


async def test_crypto_is_a_tournament_of_its_own(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    crypto = source_of("crypto", api, database, present)
    await crypto.refresh_board()
    assert (await crypto.names()).models == ("comet_trail",)
    history = await crypto.history("comet_trail")
    assert history.chosen["mmc"][0] == 1.0
    assert not np.isnan(history.scores["corr"][0])
    assert {"corr", "mmc"} <= set(await crypto.scores())
    await crypto.close()


async def test_a_model_without_rounds_is_a_sentence(live: NumeraiSource) -> None:
    assert await live.find("empty_nest") == "empty_nest"
    with pytest.raises(SourceError, match="empty_nest has no rounds in Numerai Classic"):
        await live.history("empty_nest")
