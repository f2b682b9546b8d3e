"""What the API says becomes plain columns, whatever it leaves out, doubles or spells in its own way."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tournament.numerai import columns, parse
from tournament.source import SourceError

UNREADABLE = "not in a form this bot can read"


def score(
    name: str, value: Any, day: int | None = 20, settled: Any = None, pending: Any = None
) -> dict[str, Any]:
    return {
        "displayName": name,
        "value": value,
        "day": day,
        "payoutSettled": settled,
        "payoutPending": pending,
    }


def row(number: Any = 1200, scores: Any = (), paid: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "roundNumber": number,
        "roundResolved": True,
        "atRisk": "12.500000000000000000",
        "roundPayoutFactor": "0.25",
        "payoutMultipliers": None
        if paid is None
        else [{"displayName": name, "multiplier": times} for name, times in paid.items()],
        "submissionScores": scores if scores is None else list(scores),
        **more,
    }


def only(entry: dict[str, Any]) -> dict[str, Any]:
    """The columns of one row, each with its one value."""
    told = parse.performances([entry], 8)
    values = {name: told[name][0] for name in ("round", "resolved", "stake", "factor", "payout")}
    return values | {group: {key: of[0] for key, of in told[group].items()} for group in ("scores", "chosen")}


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("0.000000000000000001", 1e-18),
        ("1,234.5", 1234.5),
        (" 7 ", 7.0),
        ("-0.25", -0.25),
        (3, 3.0),
        (0.1, 0.1),
        *(
            (nothing, None)
            for nothing in (None, "", "x", "NaN", "Infinity", True, [], {}, math.nan, math.inf)
        ),
        (10**400, None),
    ],
)
def test_a_number_is_read_from_a_number_or_a_text(said: Any, meant: float | None) -> None:
    assert parse.number(said) == meant


@given(st.decimals(min_value=-(10**8), max_value=10**8, places=18))
def test_a_decimal_text_becomes_the_nearest_float(value: Any) -> None:
    assert parse.number(f"{value:f}") == float(value)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-08-28T13:00:00Z", "2026-08-28T13:00:00"),
        ("2026-08-28T15:00:00.123456+02:00", "2026-08-28T13:00:00"),
        ("2026-08-28", "2026-08-28T00:00:00"),
        *((nothing, None) for nothing in (None, "", "soon", 5)),
    ],
)
def test_a_time_is_told_in_utc(said: Any, meant: str | None) -> None:
    assert parse.moment(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("CORR20", "corr"),
        ("v2Corr20", "corr"),
        ("v2_corr20", "corr"),
        ("corr20V2", "corr"),
        ("corr_20", "corr"),
        ("correlation", "corr"),
        ("canon_corr", "corr"),
        ("mmc", "mmc"),
        ("canon_mmc", "mmc"),
        ("meta_model_contribution", "mmc"),
        ("TC", "tc"),
        ("fncV3", "fnc_v3"),
        ("canon_fnc_v3", "fnc_v3"),
        ("fnc_v4", "fnc_v4"),
        ("corr60", "corr60"),
        ("canon_corr60", "corr60"),
        ("mmc60", "mmc60"),
        ("alpha", "alpha"),
        ("meta_portfolio_contribution", "mpc"),
        ("neutral_corr", "ncorr"),
        ("neutral_mmc", "nmmc"),
        ("corj60", "corj60"),
        ("Corr_W_Meta_Model", "corr_w_meta_model"),
        ("canon_bmc", "bmc"),
        ("canon", "canon"),
    ],
)
def test_a_score_has_one_name(said: str, meant: str) -> None:
    assert parse.score_key(said)[0] == meant


def test_every_known_score_keeps_its_name() -> None:
    assert [parse.score_key(name)[0] for name in parse.SCORES] == list(parse.SCORES)


def test_the_latest_day_counts() -> None:
    told = only(
        row(
            scores=[score("mmc", 0.3, 20), score("mmc", 0.1, 19), score("tc", 1.0, None), score("tc", 2.0, 1)]
        )
    )
    assert told["scores"] == {"mmc": 0.3, "tc": 2.0}


def test_of_two_names_for_a_score_the_one_the_round_is_paid_by_counts() -> None:
    scores = [score("canon_corr", 0.1), score("v2_corr20", 0.2), score("corr20", 0.3)]
    assert only(row(scores=scores))["scores"] == {"corr": 0.2}
    assert only(row(scores=scores[::-1]))["scores"] == {"corr": 0.2}
    assert only(row(scores=scores, paid={"corr20": 1.0}))["scores"] == {"corr": 0.3}
    assert only(row(scores=scores, paid={"corr20": 0.0, "v2_corr20": 1.0}))["scores"] == {"corr": 0.2}


def test_a_score_without_a_value_gives_way_to_one_with() -> None:
    assert only(row(scores=[score("v2_corr20", None), score("canon_corr", 0.1)]))["scores"] == {"corr": 0.1}
    assert only(row(scores=[score("tc", None)]))["scores"] == {"tc": None}


def test_multipliers_are_kept_by_score() -> None:
    assert only(row(paid={"v2_corr20": 0.5, "mmc": 2, "season_score": 0.0}))["chosen"] == {
        "corr": 0.5,
        "mmc": 2.0,
        "season_score": 0.0,
    }
    assert only(row(paid={"corr20": 1.0, "v2_corr20": 0.0}))["chosen"] == {"corr": 1.0}
    named = row(
        payoutMultipliers=[{"name": "correlation", "multiplier": "1.5"}, {"multiplier": 1}, {"name": "x"}]
    )
    assert only(named)["chosen"] == {"corr": 1.5}


PAID = {"v2_corr20": 0.5, "mmc": 2.0}


@pytest.mark.parametrize(
    ("scores", "paid", "amount"),
    [
        # the amount for the round, told once with every score
        ([score(name, 0.1, 20, "1.25", "1.25") for name in ("v2_corr20", "mmc", "bmc", "tc")], PAID, 1.25),
        ([score(name, 0.1, 20, "1.25", "1.25") for name in ("v2_corr20", "mmc", "bmc", "tc")], None, 1.25),
        # parts that differ
        (
            [score("v2_corr20", 0.1, 20, "1.25"), score("mmc", 0.1, 20, "-0.5"), score("bmc", 0.1, 20, "9")],
            PAID,
            0.75,
        ),
        # another score goes on after the round is paid
        (
            [
                score("v2_corr20", 0.1, 20, "1.25"),
                score("mmc", 0.1, 20, "1.25"),
                score("mmc60", 0.1, 60, "7"),
            ],
            PAID,
            1.25,
        ),
        # an earlier day
        ([score("mmc", 0.1, 20, "1.25"), score("mmc", 0.1, 19, "1")], PAID, 1.25),
        # not settled yet, though resolved
        ([score("mmc", 0.1, 20, None, "0.75")], PAID, 0.75),
        ([score("mmc", 0.1, 20, "0.000000000000000000", "0.000000000000000000")], PAID, 0.0),
        ([score("mmc", 0.1, 20)], PAID, None),
        ([], PAID, None),
        (None, None, None),
    ],
)
def test_the_payout_of_a_round_counts_once(scores: Any, paid: Any, amount: float | None) -> None:
    assert only(row(scores=scores, paid=paid))["payout"] == amount


def test_a_round_under_way_has_the_payout_it_would_have_now() -> None:
    told = only(row(scores=[score("mmc", 0.1, 5, "0.0", "0.75")], roundResolved=False))
    assert (told["resolved"], told["payout"]) == (False, 0.75)


def test_nulls_are_nothing_and_texts_are_numbers() -> None:
    told = only(row(scores=None, atRisk=None, roundPayoutFactor=None, roundResolved=None))
    assert told == {
        "round": 1200,
        "resolved": False,
        "stake": None,
        "factor": None,
        "payout": None,
        "scores": {},
        "chosen": {},
    }
    assert only(row())["stake"] == 12.5
    assert only(row())["factor"] == 0.25


def test_of_two_rows_for_a_round_the_last_counts_and_rounds_are_in_order() -> None:
    told = parse.performances([row(3), row(1), row(2), row(1, atRisk="7")], 8)
    assert told["round"] == [1, 2, 3]
    assert told["stake"] == [7.0, 12.5, 12.5]
    assert told["skipped"] == 0


def test_rows_that_lack_what_matters_are_counted() -> None:
    bare = {key: value for key, value in row(7).items() if key != "submissionScores"}
    told = parse.performances([row(1), row(None), row("2"), row(True), row(-1), bare], 8)
    assert (told["round"], told["skipped"]) == ([1], 5)


def test_rows_of_another_tournament_are_not_ours() -> None:
    assert parse.performances([row(1, tournament=8), row(2, tournament=11), row(3)], 8)["round"] == [1, 3]


@pytest.mark.parametrize("nothing", [None, []])
def test_no_rows_are_no_fault(nothing: Any) -> None:
    assert parse.performances(nothing, 8)["round"] == []
    assert parse.leaderboard(nothing) == []


@pytest.mark.parametrize("spoiled", [{}, "rows", 5, [1], [None], [{"roundNumber": 5}], [[]]])
def test_another_form_is_a_sentence(spoiled: Any) -> None:
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.performances(spoiled, 8)
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.rounds(spoiled)


@pytest.mark.parametrize("read", [parse.model, lambda answer: parse.models_of_account(answer, 8)])
def test_nobody_is_none_and_half_a_profile_is_a_sentence(read: Any) -> None:
    assert read(None) is None
    for spoiled in ({}, {"id": "1"}, {"models": [{}]}, [], "x"):
        with pytest.raises(SourceError, match=UNREADABLE):
            read(spoiled)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ({"price": "9.00260163", "lastUpdated": "2026-01-31 20:18:00Z"}, ["2026-01-31", 9.00260163]),
        ({"price": None, "lastUpdated": "2026-01-31 20:18:00Z"}, None),
        ({"price": "0", "lastUpdated": "2026-01-31 20:18:00Z"}, None),
        ({"price": "9", "lastUpdated": None}, None),
        (None, None),
    ],
)
def test_a_price_needs_its_day(said: Any, meant: list[Any] | None) -> None:
    assert parse.price(said) == meant


def test_an_account_has_the_models_of_its_tournament_by_name() -> None:
    models = [
        {"id": "2", "displayName": "b", "tournament": 8},
        {"id": "3", "displayName": "c", "tournament": 11},
        {"id": "1", "displayName": "a"},
    ]
    assert parse.models_of_account({"models": models}, 8) == [["1", "a"], ["2", "b"]]
    assert parse.models_of_account({"models": None}, 8) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["roundNumber", "roundResolved", "atRisk", "submissionScores", "displayName", "value", "day"]
            )
            | st.sampled_from(
                ["payoutMultipliers", "multiplier", "payoutSettled", "roundPayoutFactor", "tournament"]
            ),
            inner,
            max_size=8,
        )
    ),
    max_leaves=30,
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.lists(st.builds(lambda more: {**row(), **more}, json_values.filter(lambda v: isinstance(v, dict)))))
def test_whatever_is_said_is_columns_or_a_sentence(rows: list[dict[str, Any]]) -> None:
    try:
        told = parse.performances(rows, 8)
    except SourceError:
        return
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    history = columns.history("a", "model", {"a": told})
    assert history.round.size == len(told["round"])
    assert np.all(np.diff(history.round) > 0)


def test_a_history_has_a_column_for_every_score_and_a_multiplier() -> None:
    parts = {
        "a": parse.performances([row(1, [score("mmc", 0.1)], {"mmc": 2}), row(2, [score("bmc", 0.2)])], 8),
        "b": parse.performances([row(2, [score("tc", 0.3)], {"tc": 1})], 8),
    }
    history = columns.history("ab", "account", parts, also=["ric"])
    assert history.models == ("a", "b")
    assert history.model.tolist() == [0, 0, 1]
    assert history.round.tolist() == [1, 2, 2]
    assert set(history.scores) == {*parse.SCORES, "bmc", "ric"}
    assert list(history.chosen) == ["mmc", "tc"]
    np.testing.assert_array_equal(history.scores["mmc"], [0.1, np.nan, np.nan])
    np.testing.assert_array_equal(history.chosen["tc"], [np.nan, np.nan, 1.0])
    assert columns.score_spans(history) == {"mmc": (1, 1), "tc": (2, 2), "bmc": (2, 2)}
    same = columns.history("ab", "account", {name: columns.as_arrays(part) for name, part in parts.items()})
    for score_name, values in same.scores.items():
        np.testing.assert_array_equal(values, history.scores[score_name])
    np.testing.assert_array_equal(same.resolved, history.resolved)


def test_no_rows_are_an_empty_history() -> None:
    history = columns.history("a", "model", {"a": parse.performances([], 8)})
    assert (history.round.size, history.stake.dtype, list(history.chosen)) == (0, np.float64, ["corr"])


def entry(number: int, opened: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "openTime": opened, **more}


def test_rounds_come_in_order_and_tell_what_was_at_risk() -> None:
    told = parse.rounds(
        [
            entry(3, "2024-01-04T13:00:00Z", payoutFactor="1", stakeThreshold=72000),
            entry(
                2, "2024-01-03T13:00:00Z", payoutFactor="0.1", stakeThreshold=72000, resolveTime="2024-02-03"
            ),
            entry(
                2, "2024-01-03T13:00:00Z", payoutFactor="0.12", stakeThreshold=72000.0, resolvedGeneral=True
            ),
            entry(
                1,
                "2024-01-02T13:00:00Z",
                payoutFactor=None,
                resolvedGeneral=True,
                resolveTime="2024-02-02T20:00Z",
            ),
            entry(4, ""),
        ]
    )
    found = columns.calendar(told)
    assert found.rounds.number.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.rounds.total_at_risk, [np.nan, 600_000.0, np.nan])
    np.testing.assert_array_equal(found.rounds.payout_factor, [np.nan, 0.12, 1.0])
    assert np.isnat(found.rounds.resolves).tolist() == [False, True, True]
    assert found.until().isoformat() == "2024-02-02"
    assert found.rounds.overlap(found.rounds.number) >= 1


def test_the_first_daily_rounds_were_trials_on_weekdays() -> None:
    days = ["2022-10-22", "2022-10-25", "2022-10-29", "2023-04-28", "2023-04-29", "2023-05-02"]
    told = parse.rounds([entry(number, f"{day}T18:00:00Z") for number, day in enumerate(days)])
    assert columns.calendar(told).rounds.paid.tolist() == [True, False, True, False, True, True]


def test_without_a_resolved_round_the_data_is_as_old_as_the_newest_one() -> None:
    assert (
        columns.calendar(parse.rounds([entry(1, "2024-01-02T13:00:00Z")])).until().isoformat() == "2024-01-02"
    )
