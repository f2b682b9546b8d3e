"""Whose a live model is, and a gate on what Numerai tells of whole rounds."""

from collections.abc import AsyncIterator
from dataclasses import replace

import numpy as np
import pytest

from features.lab.schemes import schemes_compared
from features.simulation.accounts_known import known_of
from features.stakes.alike.namesakes import OF_NAMESAKES, owners_told
from storage.database import Database
from tests import numerai_data
from tests.features.simulation.proposed import stakes_of
from tests.numerai_data import CLASSIC, Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.source import NumeraiSource

FIRST, LAST = 1300, 1312


@pytest.fixture
async def live(database: Database) -> AsyncIterator[NumeraiSource]:
    async with LoopbackNumerai(first_round=FIRST, last_round=LAST) as api:
        live = source_of("classic", api, database, Present())
        await live.refresh_board()
        await live.read_rounds()
        yield live
        await live.close()


def test_an_account_with_the_name_and_the_stake_of_a_model_is_that_model() -> None:
    told = stakes_of([10, 20, 30, 40], guessed=False)
    owner, words = owners_told(("owl_1", "gone"), told)
    assert owner is not None
    assert (owner.tolist(), words) == ([1, 5], "")
    untold = replace(told, account_of=None, accounts=("Owl_0", "owl_1", "owl_2", "else"))
    owner, words = owners_told(("owl_0", "owl_1", "owl_2", "owl_3"), replace(
        untold, account_stake=np.array([10.0, 25.0, 30.0, 40.0])
    ))  # fmt: skip
    assert owner is not None
    # the second has more than that model, and the last has another name
    assert (owner.tolist(), words) == ([0, 5, 2, 7], OF_NAMESAKES)
    assert owners_told(("owl_0",), replace(untold, accounts=("a", "b", "c", "d"))) == (None, "")


async def test_the_gate_is_on_what_numerai_tells(live: NumeraiSource) -> None:
    stakes, everyone = await live.stakes(), await live.everyone()
    assert stakes.account_of is None
    found = known_of(stakes, everyone, await live.rounds())
    wanted = {}
    for name in ("solo_wren", "crowd_001", "crowd_200"):
        model = numerai_data.invented_models()[name]
        told = [
            numerai_data.scores(model, number, CLASSIC)["corr_w_meta_model"]
            for number in range(FIRST, LAST + 1)
            if numerai_data.is_resolved(number)
        ]
        assert len(told) > 5
        wanted[name] = np.mean(told)  # the stake is the same in each
    assert found.known.correlations is not None
    got = dict(zip(stakes.accounts, found.known.correlations, strict=True))
    for name, mean in wanted.items():
        assert got[name] == pytest.approx(mean, abs=6e-4)
    assert np.isnan(got["tidewater"]), "that account has ten models more"
    assert found.correlated.endswith(OF_NAMESAKES)
    least = round(float(np.nanmedian(found.known.correlations)), 3)
    gate = (await schemes_compared(live, f"gate {least}")).chosen
    assert gate is not None
    assert gate.impact is not None, gate.why_not
    impact = gate.impact
    names = np.array(stakes.accounts)[impact.position]
    assert {"solo_wren", "crowd_001"} <= set(names)
    assert "tidewater" not in names
    kept = np.array([got[name] >= least for name in names])
    assert 0 < kept.sum() < kept.size
    np.testing.assert_array_equal(impact.after > 0, kept)
    assert impact.after[kept].sum() == pytest.approx(1)
    assert OF_NAMESAKES in impact.basis
    assert "left out, before and after." in impact.basis
