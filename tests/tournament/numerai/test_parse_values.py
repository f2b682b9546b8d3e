"""Numbers, times, names of scores, prices and profiles are read however the API spells them."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tournament.numerai.told import UNREADABLE
from tournament.numerai import parse
from tournament.source import SourceError


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
