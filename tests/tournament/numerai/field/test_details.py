"""What a whole round is read as: a field that is null, absent or of another type is a gap."""

import json
from typing import Any

import numpy as np
import pytest

from tests import numerai_data
from tests.numerai_data import CLASSIC, NOW, SIGNALS
from tournament.numerai.field.details import WholeRound, whole_round
from tournament.source import SourceError

ROUND = 1310
ODD: tuple[Any, ...] = (None, "", "x", True, [], {}, 1e300, "1" * 300, -(10**20), "NaN", float("inf"))


def told(number: int = ROUND, tournament: int = CLASSIC) -> Any:
    models = [model for model in numerai_data.invented_models().values() if tournament in model.spans][:12]
    return json.loads(json.dumps(numerai_data.whole_round(models, number, tournament)))


def read(answer: Any, number: int = ROUND) -> WholeRound:
    found = whole_round(answer, number, NOW)
    assert found is not None
    return found


def test_a_resolved_round_has_what_every_model_staked_scored_and_was_paid() -> None:
    answer = told()
    found = read(answer)
    assert (found.head.number, found.head.resolved, found.head.told) == (ROUND, True, 12)
    assert found.head.multipliers == {"corr": 0.75, "mmc": 2.25}
    assert found.head.factor == numerai_data.factor(ROUND, CLASSIC)
    assert found.names == tuple(row["modelName"] for row in answer["models"])
    assert found.keys == tuple(row["id"] for row in answer["models"])
    for row, stake, payout, corr, mmc in zip(
        answer["models"], *(found.columns[each] for each in ("stake", "payout", "corr", "mmc")), strict=True
    ):
        assert stake == float(row["selectedStakeValue"])
        assert payout == float(row["payoutSettled"])
        assert (corr, mmc) == (row["v2Corr20"], row["mmc"])
    assert found.head.at_risk == pytest.approx(found.columns["stake"].sum())
    assert found.columns["mean_corr_with_others"].tolist() == [0.5] * 12


def test_an_open_round_has_what_is_pending() -> None:
    answer = told(1350)
    found = read(answer, 1350)
    assert not found.head.resolved
    np.testing.assert_array_equal(
        found.columns["payout"], [float(row["payoutPending"]) for row in answer["models"]]
    )
    assert found.head.multipliers == {"corr60": 3.0, "mmc60": 15.0}


def test_what_is_still_on_its_way_counts_in_a_resolved_round() -> None:
    answer = told()
    answer["models"][0] |= {"payoutSettled": "0E-18", "payoutPending": "1.25"}
    answer["models"][1] |= {"payoutSettled": None, "payoutPending": "-0.5"}
    answer["models"][2] |= {"payoutSettled": "0.0", "payoutPending": "0.0"}
    assert read(answer).columns["payout"][:3].tolist() == [1.25, -0.5, 0.0]


def test_scores_of_signals_are_those_it_is_paid_by() -> None:
    found = read(told(1390, SIGNALS), 1390)
    assert found.head.multipliers == {"ncorr": 0.5, "nmmc": 2.0}
    assert {"ncorr", "nmmc", "alpha", "mpc", "fnc_v4"} <= found.columns.keys()


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_any_field_may_be_anything(odd: Any) -> None:
    whole = read(told())
    for name in told():
        if name in ("roundNumber", "models"):
            continue
        for answer in (told() | {name: odd}, {k: v for k, v in told().items() if k != name}):
            if name == "payoutMultipliers" and name in answer and odd is not None and odd != []:
                with pytest.raises(SourceError, match="not in a form this bot can read"):
                    read(answer)
            else:
                assert read(answer).keys == whole.keys
    for name in told()["models"][0]:
        answer = told()
        answer["models"][3][name] = odd
        if name == "modelName" and not (isinstance(odd, str) and 0 < len(odd) <= 200):
            assert len(read(answer).keys) == 11
            continue
        found = read(answer)
        assert len(found.keys) == 12
        for column in found.columns.values():
            assert np.isfinite(np.delete(column, 3)).all() or np.isnan(column).any()
            assert not np.isinf(column).any()


@pytest.mark.parametrize("odd", [*ODD[1:], [1], [None], {"models": []}], ids=repr)
def test_a_round_that_is_no_round_is_refused(odd: Any) -> None:
    for answer in (odd, told() | {"roundNumber": odd}):
        with pytest.raises(SourceError, match="not in a form this bot can read"):
            read(answer)
    if odd not in ([], None):
        with pytest.raises(SourceError, match="not in a form this bot can read"):
            read(told() | {"models": odd})


def test_no_round_and_a_round_without_models_are_no_error() -> None:
    assert whole_round(None, ROUND, NOW) is None
    for nothing in (None, []):
        empty = read(told() | {"models": nothing})
        assert (empty.keys, empty.head.told) == ((), 0)


def test_of_two_rows_of_a_model_the_last_counts() -> None:
    answer = told()
    answer["models"].append({**answer["models"][0], "selectedStakeValue": "7.5"})
    found = read(answer)
    assert (len(found.keys), found.columns["stake"][0], found.head.told) == (12, 7.5, 13)


def test_a_model_without_an_id_is_known_by_its_name() -> None:
    answer = told()
    del answer["models"][0]["id"]
    answer["models"][0]["modelName"] = "Tidewater"
    assert read(answer).keys[0] == "tidewater"
