"""Numbers as people type them: one reading, or a refusal that shows both."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.typed import read_number, spell, tidy


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0", "0"),
        ("1.5", "1.5"),
        ("1,5", "1.5"),
        ("0,05", "0.05"),
        (".05", "0.05"),
        (",05", "0.05"),
        ("+3", "3"),
        ("-0.05", "-0.05"),
        ("−0.05", "-0.05"),  # the minus that the bot itself prints
        ("–0.05", "-0.05"),
        ("—0.05", "-0.05"),
        ("- 0.05", "-0.05"),
        ("０．０５", "0.05"),
        ("１，５", "1.5"),
        ("`0.5`", "0.5"),
        (" 7 ", "7"),
        ("0,125", "0.125"),  # nobody writes thousands that begin with 0
        ("1 234,5", "1234.5"),
        ("1\u202f234\u202f567", "1234567"),
        ("1'234'567.5", "1234567.5"),
        ("1,234,567", "1234567"),
        ("1.234.567,8", "1234567.8"),
        ("1_000", "1000"),
        ("72k", "72000"),
        ("1.5K", "1500"),
        ("1e-3", "0.001"),
        ("1\u200b2", "12"),
        ("0%", "0"),  # the same as a share and as a number
    ],
)
def test_what_can_only_mean_one_number(typed: str, value: str) -> None:
    assert read_number(typed) == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "options", "one", "other"),
    [
        ("72,000", {}, "72", "72000"),
        ("72.000", {"low": 0, "high": 1e9, "unit": "NMR"}, "72", "72000"),
        ("1.234", {}, "1.2340", "1234"),  # each as it will be read
        ("5%", {}, "5", "0.05"),
        ("-1,500", {}, "-1.5", "-1500"),
        ("25", {"share": True}, "25%", "2500%"),
        ("1,5", {"share": True}, "1.5%", "150%"),
    ],
)
def test_what_can_mean_two_numbers_shows_both(
    typed: str, options: dict[str, Any], one: str, other: str
) -> None:
    with pytest.raises(ValueError, match="write") as caught:
        read_number(typed, **options)
    words = re.findall(r"-?[0-9.]+%?", str(caught.value).split(":")[-1] + str(caught.value).split("”")[-1])
    assert {one, other} <= {word.rstrip(".") for word in words}


def test_where_only_one_reading_is_allowed_it_is_the_one() -> None:
    assert read_number("12.345", low=0, high=1000) == Decimal("12.345")
    assert read_number("72,000", low=100) == 72000


@pytest.mark.parametrize(
    ("typed", "value"), [("5%", "0.05"), ("5 %", "0.05"), ("５％", "0.05"), ("0.05", "0.05"), ("250%", "2.5")]
)
def test_shares(typed: str, value: str) -> None:
    assert read_number(typed, share=True) == Decimal(value)


@pytest.mark.parametrize("typed", ["72k NMR", "72000 nmr", "72000NMR"])
def test_a_unit_may_follow(typed: str) -> None:
    assert read_number(typed, unit="NMR") == 72000


@pytest.mark.parametrize(
    "typed",
    ["", " ", "💸", "nan", "inf", "-inf", "0x1f", "1,23,456", "1.2.3", "1,2,3", "1 2", "--1", "1-", "five",
     "1/2", "٣", "1..5", "1.", "5 apples", "1,234.567.8", "01,234,567"],
)  # fmt: skip
def test_what_is_no_number_gets_a_sentence(typed: str) -> None:
    with pytest.raises(ValueError, match=r"\bis not (a|one) number: write it like 1\.5\.$"):
        read_number(typed)


def test_limits_and_signs_have_their_sentences() -> None:
    with pytest.raises(ValueError, match=r"^“2”: the stake must be from 0 to 1\.$"):
        read_number("2", "The stake", low=0, high=1)
    with pytest.raises(ValueError, match=r"at least 0\.$"):
        read_number("-2", "The stake", low=0)
    with pytest.raises(ValueError, match=r"^“25” would be 2500 %: did you mean 25%\?$"):
        read_number("25", "The clip", above=0, high=1, share=True)
    with pytest.raises(ValueError, match=r"^“0”: the clip must be above 0 and at most 1\.$"):
        read_number("0", "The clip", above=0, high=1, share=True)


def test_a_quoted_text_neither_formats_nor_pings() -> None:
    with pytest.raises(ValueError, match="is not a number") as caught:
        read_number("**@everyone** <#1> [x](https://evil.example)")
    assert not set("*@<>[]()`|~_#") & set(str(caught.value))


@given(st.decimals(-(10**12), 10**12, places=4))
def test_what_is_spelled_reads_back(value: Decimal) -> None:
    written = spell(value)
    assert Fraction(read_number(written, low=value, high=value)) == Fraction(value)


@given(st.text(max_size=70), st.booleans())
def test_any_text_is_a_number_or_a_sentence(typed: str, share: bool) -> None:
    refused = ""
    try:
        read_number(typed, share=share)
    except ValueError as error:
        refused = str(error)
    assert not refused or (refused.endswith(".") and len(refused) < 150)


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing(typed: str) -> None:
    assert tidy(tidy(typed)) == tidy(typed)


def test_lists_come_in_one_spelling() -> None:
    assert tidy("１xCORR、3xTC") == "1xCORR, 3xTC"
    assert tidy("A：3\r\nB：２") == "A:3\nB:2"
    assert tidy("`1C3T`") == "1C3T"
