"""Answers over an API on this machine: of a whole account, of each tournament, and once it is silent."""

from datetime import timedelta

import numpy as np
import pytest

from features.earnings.earnings import pay_record
from features.payout.compare import compare_payouts
from features.payout.what_if import what_if
from features.rules.rules import suggest_priced_rules
from storage.database import Database
from tests import numerai_data
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, HASTY
from tournament.numerai.source import NumeraiSource
from tournament.source import SourceError, Tournament

pytestmark = pytest.mark.slow

QUESTION = {"proposed": "1xCORR + 3xMMC", "current": "0.75xCORR + 2.25xMMC", "rounds": "1290-1320"}


async def test_an_account_is_asked_for_once_and_answered_from_what_is_kept(database: Database) -> None:
    async with LoopbackNumerai(first_round=1290) as api:
        source = NumeraiSource(database, address=api.address, now=lambda: numerai_data.NOW, patience=CALM)
        cold = await compare_payouts(source, "tidewater", **QUESTION)
        assert cold.models == 10
        cached = await compare_payouts(source, "tidewater", **QUESTION)
        assert len(api.asked("v2RoundModelPerformances")) == 10
        assert cached.finding == cold.finding
        await source.close()


@pytest.mark.parametrize(
    ("tournament", "name", "proposed", "scores"),
    [
        ("signals", "harbor_light", "0.4xALPHA + 0.9xMPC", "alpha 0.02, mpc 0.03, ncorr 0.01, nmmc 0.01"),
        ("crypto", "comet_trail", "0.1xCORR + 2xMMC", "corr 0.02, mmc 0.03"),
    ],
)
async def test_the_other_tournaments_are_answered_too(
    database: Database, tournament: Tournament, name: str, proposed: str, scores: str
) -> None:
    async with LoopbackNumerai(first_round=1200) as api:
        source = NumeraiSource(
            database, tournament=tournament, address=api.address, now=lambda: numerai_data.NOW, patience=CALM
        )
        compared = await compare_payouts(source, name, proposed, rounds="all")
        history = await source.history(name)
        paid = history.payout[np.isin(history.round, compared.rounds) & history.resolved]
        assert compared.current.total == pytest.approx(np.nansum(paid))
        record = await pay_record(source, name)
        assert record.resolved.sum() == 20
        assert not record.resolved.all()
        assert (await what_if(source, scores, 100)).payout > 0
        offered = [value for _, value in await suggest_priced_rules(source, "")]
        assert offered[0] == "live"
        assert any(value.startswith(tournament) for value in offered)
        with pytest.raises(ValueError, match=r"This data has no TC, so that rule can't be priced\. It has"):
            await compare_payouts(source, name, "3xTC")
        await source.close()


async def test_a_silent_api_is_a_sentence(database: Database) -> None:
    async with LoopbackNumerai(first_round=1290) as api:
        source = NumeraiSource(database, address=api.address, now=lambda: numerai_data.NOW, patience=HASTY)
        api.fail("hang")
        with pytest.raises(SourceError, match="takes too long"):
            await compare_payouts(source, "tidewater", **QUESTION)
        await source.close()


async def test_an_api_that_falls_silent_leaves_its_last_answer(database: Database) -> None:
    present = Present()
    async with LoopbackNumerai(first_round=1290) as api:
        calm, hasty = (
            NumeraiSource(database, address=api.address, now=present, patience=patience)
            for patience in (CALM, HASTY)
        )
        before = await compare_payouts(calm, "tidewater", **QUESTION)
        await calm.close()
        present.moment += timedelta(hours=3, minutes=10)
        api.fail("hang")
        during = await compare_payouts(hasty, "tidewater", **QUESTION)
        assert during.finding == before.finding
        assert during.notice.endswith("this is its answer of 3 hours ago.")
        await hasty.close()
