"""A model's rounds become plain columns, whatever the API leaves out or tells twice."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tournament.numerai.told import UNREADABLE, only, row, score
from tournament.numerai import columns, parse
from tournament.source import SourceError


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
    assert told["skipped"] == []


def test_a_resolved_row_of_a_round_counts_before_one_that_is_not() -> None:
    told = parse.performances([row(1, atRisk="7"), row(1, atRisk="8", roundResolved=False)], 8)
    assert (told["stake"], told["resolved"]) == ([7.0], [True])


def test_rows_that_lack_what_matters_are_counted() -> None:
    bare = {key: value for key, value in row(7).items() if key != "submissionScores"}
    told = parse.performances([row(1), row(None), row("2"), row(True), row(-1), bare], 8)
    assert (told["round"], len(told["skipped"])) == ([1], 5)


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
