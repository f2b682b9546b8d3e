"""Everyone is every model of the rounds that are read, and says how much of a round that is."""

import json
import sqlite3
from contextlib import closing

import numpy as np
import pandas as pd
import pytest

from storage.database import Database, fetch_all
from tests import numerai_data
from tests.numerai_data import CLASSIC, SIGNALS, Present
from tests.numerai_server import LoopbackNumerai
from tests.tournament.numerai.source.sources import source_of
from tournament.numerai.parse import SCORES
from tournament.numerai.source import NumeraiSource
from tournament.overview import Likeness
from tournament.source import EVERYONE, SourceError, field_of


def told(api: LoopbackNumerai) -> pd.DataFrame:
    """Every row that the API has, from the data it was made of."""
    return pd.DataFrame(
        {
            "model": model.name,
            "round": number,
            "stake": numerai_data.at_risk(model, number),
            "payout": numerai_data.paid(model, number, CLASSIC),
            "corr": numerai_data.scores(model, number, CLASSIC)["v2_corr20"],
            "mmc60": numerai_data.scores(model, number, CLASSIC)["mmc60"],
            "factor": numerai_data.factor(number, CLASSIC),
            "resolved": numerai_data.is_resolved(number),
        }
        for number in api.numbers
        for model in api.models.values()
        if CLASSIC in model.spans and model.spans[CLASSIC][0] <= number <= model.spans[CLASSIC][1]
    ).sort_values(["round", "model"])


async def test_everyone_is_every_model_of_every_round(live: NumeraiSource, api: LoopbackNumerai) -> None:
    with pytest.raises(SourceError, match=r"is read yet\. They are read one by one"):
        await live.everyone()
    await live.read_rounds()
    field = await field_of(live, EVERYONE)
    assert field.notice == ""
    assert field.asked_at == numerai_data.NOW
    expected = told(api)
    assert field.rows.tolist() == expected.groupby("round").size().tolist()
    assert field.staked.tolist() == expected[expected["stake"] > 0].groupby("round").size().tolist()
    [rows] = field.pieces()
    found = pd.DataFrame(
        {
            "model": np.array(rows.models)[rows.model],
            "round": rows.round,
            "stake": rows.stake,
            "payout": rows.payout,
            "corr": rows.scores["corr"],
            "mmc60": rows.scores["mmc60"],
            "factor": rows.payout_factor,
            "resolved": rows.resolved,
        }
    ).sort_values(["round", "model"])
    for name in ("model", "round", "resolved"):
        assert found[name].tolist() == expected[name].tolist()
    np.testing.assert_allclose(found["factor"], expected["factor"], rtol=1e-12)
    np.testing.assert_allclose(np.nan_to_num(found["stake"]), expected["stake"], atol=6e-6)
    np.testing.assert_allclose(found["payout"], expected["payout"], atol=6e-6)
    np.testing.assert_allclose(found[["corr", "mmc60"]], expected[["corr", "mmc60"]], atol=6e-7)
    assert list(rows.scores) == list(SCORES), "in one order, whatever a round has"
    alike = [
        numerai_data.scores(api.models[rows.models[model].lower()], number, CLASSIC)["corr_w_meta_model"]
        for model, number in zip(rows.model.tolist(), rows.round.tolist(), strict=True)
    ]
    np.testing.assert_allclose(rows.likeness["corr_with_meta_model"], alike, atol=6e-4)
    assert np.isnan(rows.scores["tc"]).all(), "a score that no round has"
    new = rows.only(rows.round >= numerai_data.NEW_RULE)
    assert set(new.chosen["mmc60"].tolist()) == {15.0}
    assert set(new.chosen["mmc"].tolist()) == {0.0}
    assert set(rows.only(rows.round < numerai_data.NEW_RULE).chosen["mmc"].tolist()) == {2.25}


async def test_what_is_read_is_there_after_a_restart_and_while_the_api_is_away(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    await live.read_rounds()
    before = (await live.everyone()).read(np.array([1335, 1350]))
    api.fail("500")
    again = source_of("classic", api, database, present)
    after = (await again.everyone()).read(np.array([1335, 1350]))
    for name in ("model", "round", "stake", "payout"):
        np.testing.assert_array_equal(getattr(before, name), getattr(after, name))
    await again.close()


async def test_a_round_that_is_read_again_takes_the_place_of_what_was_kept(
    live: NumeraiSource, api: LoopbackNumerai, present: Present
) -> None:
    await live.read_rounds()
    old = await live.everyone()
    newest = np.array([1350])
    assert old.read(newest).stake.max() == pytest.approx(1000 / 64, abs=1e-5)
    api.models["newcomer"] = numerai_data.Invented("newcomer", "newcomers", 64_000.0)
    api.forget()
    present.moment += pd.Timedelta(hours=21).to_pytimedelta()
    await live.read_rounds()
    new = await live.everyone()
    assert new.read(newest).stake.max() == pytest.approx(1000.0)
    assert new.models[: len(old.models)] == old.models
    assert new.models[-1] == "newcomer"
    assert old.read(newest).stake.max() == pytest.approx(1000 / 64, abs=1e-5), (
        "an answer keeps what it began with"
    )


async def test_a_renamed_model_is_one_model(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    await live.read_rounds()
    answer = numerai_data.whole_round(api.models.values(), 1350, CLASSIC)
    for row in answer["models"]:
        row["modelName"] = row["modelName"].replace("solo_wren", "choir_wren")
    api.says["roundDetails"] = json.dumps(answer)
    present.moment += pd.Timedelta(hours=21).to_pytimedelta()
    with pytest.raises(SourceError):  # it is 1350 whatever is asked for
        await live.read_rounds()
    for source in (live, source_of("classic", api, database, present)):
        field = await source.everyone()
        assert "choir_wren" in field.models
        assert "solo_wren" not in field.models
        rows = field.read(field.numbers)
        assert np.count_nonzero(rows.model == field.models.index("choir_wren")) == 21
    await source.close()


class TwiceAtStake(LoopbackNumerai):
    """Its rounds have twice the stake that its models hold."""

    def _roundDetails(self, variables: dict) -> numerai_data.Json | None:  # noqa: N802 - the API's word
        answer = super()._roundDetails(variables)
        return answer and answer | {"totalAtStake": 2 * answer["totalAtStake"]}


async def test_it_says_how_much_of_a_round_its_models_hold(database: Database, present: Present) -> None:
    async with TwiceAtStake(first_round=1330, last_round=1350) as api:
        live = source_of("classic", api, database, present)
        await live.read_rounds()
        field, rounds = await live.everyone(), await live.rounds()
        await live.close()
    assert field.notice == "The models that Numerai tells hold 50 % of the stake at risk."
    at = rounds.number.tolist().index(1350)
    expected = sum(
        numerai_data.at_risk(model, 1350) for model in api.models.values() if CLASSIC in model.spans
    )
    assert rounds.total_at_risk[at] == pytest.approx(2 * expected, rel=0.01), "the round's own total"


async def test_what_the_api_no_longer_tells_is_said(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.change("selectedStakeValue", "chosenStake")
    api.change("v2Corr20: Float", "corr21: Float")
    await live.look_at_schema()
    await live.read_rounds()
    field = await live.everyone()
    assert field.notice == "Numerai no longer tells the stake of everyone and everyone's CORR."
    assert field.staked.sum() == 0
    assert np.isnan(field.read(field.numbers).scores["corr"]).all()


async def test_without_the_question_there_is_a_sentence(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.change("roundDetails(", "roundsInDetail(")
    await live.look_at_schema()
    with pytest.raises(SourceError, match="Numerai no longer tells whole rounds of Classic"):
        await live.read_rounds()
    assert api.asked("roundDetails") == []
    with pytest.raises(SourceError, match=r"^No whole round of this tournament is read yet\."):
        await live.everyone()


async def test_a_damaged_round_is_left_out(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present
) -> None:
    await live.read_rounds()
    await fetch_all(database, "UPDATE whole_rounds SET packed = x'00' WHERE number = 1340")
    again = source_of("classic", api, database, present)
    field = await again.everyone()
    assert 1340 not in field.numbers
    assert field.numbers.size == 20
    await again.close()


async def test_a_locked_database_is_a_sentence(live: NumeraiSource, database: Database) -> None:
    database.patience = 0.1
    with closing(sqlite3.connect(database.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SourceError, match="A round that was read can't be kept"):
            await live.read_rounds()
        other.execute("ROLLBACK")
    await live.read_rounds()
    assert (await live.coverage()).kept == 21


async def test_every_tournament_has_its_own(
    api: LoopbackNumerai, database: Database, present: Present
) -> None:
    signals = source_of("signals", api, database, present)
    await signals.read_rounds()
    field = await signals.everyone()
    assert set(field.models) == {model.name for model in api.models.values() if SIGNALS in model.spans}
    assert "harbor_light" in field.models
    assert (await signals.scores()).keys() >= {"alpha", "mpc"}
    await signals.close()


async def test_what_a_model_is_like_is_that_of_the_newest_round_that_tells_it(
    live: NumeraiSource, api: LoopbackNumerai, database: Database
) -> None:
    assert await live.likeness("solo_wren") is None
    await live.read_rounds()
    told = await live.likeness("Solo_Wren")
    assert told is not None
    model = api.models["solo_wren"]
    expected = numerai_data.scores(model, 1350, CLASSIC)["corr_w_meta_model"]
    assert told == Likeness(1350, pytest.approx(expected, abs=6e-4), 0.5, 0.875)
    assert await live.likeness("nobody_here") is None
    await fetch_all(database, "UPDATE whole_rounds SET packed = x'00' WHERE number = 1350")
    older = await live.likeness("solo_wren")
    assert older is not None
    assert older.round == 1349
    await fetch_all(database, "ALTER TABLE whole_rounds RENAME TO gone")
    assert await live.likeness("solo_wren") is None, "nobody's answer fails for it"


@pytest.mark.slow
@pytest.mark.parametrize("head", ["{}", '{"head": {"number": 1340, "more": 1}, "columns": []}', "[1]", "7"])
async def test_a_round_of_another_version_is_read_again(
    live: NumeraiSource, api: LoopbackNumerai, database: Database, present: Present, head: str
) -> None:
    await live.read_rounds()
    await fetch_all(database, "UPDATE whole_rounds SET head = ? WHERE number = 1340", (head,))
    again = source_of("classic", api, database, present)
    assert (await again.coverage()).kept == 20
    before = len(api.asked("roundDetails"))
    await again.read_rounds()
    assert [each.variables["roundNumber"] for each in api.asked("roundDetails")[before:]] == [1340]
    assert 1340 in (await again.everyone()).numbers
    await again.close()
