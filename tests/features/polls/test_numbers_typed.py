"""Numbers and ranges of a poll as members type them: what is read, what is refused, and what would do."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.polls.ballot_text import exact_text, read_number, read_range
from scoring.typed import spell_clearly


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.05", "0.05"),
        ("-3", "-3"),
        ("+2", "2"),
        (" 7 ", "7"),
        (".5", "0.5"),
        ("1,5", "1.5"),
        ("1e3", "1000"),
    ],
)
def test_a_number(text: str, number: str) -> None:
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("1,000", "“1,000” can mean 1 or 1000: write one of these."),
        ("1e-19", "A number has at most 18 decimals"),
        ("50%", "“50%” can mean 50 or 0.5: write one of these."),
        ("", "That is not a number: write it like 1.5."),
        ("five", "“five” is not a number"),
        ("nan", "“nan” is not a number"),
        ("inf", "“inf” is not a number"),
        ("1.", "“1.” is not a number"),
        ("1" * 20, "the number must be at most"),
        ("%", "“%” is not a number"),
        ("١", "is not a number"),
    ],
)
def test_what_is_no_number(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        read_number(text)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n ", []),
        ("0 to 1 step 0.05", ["0", "1", "0.05"]),
        ("-1..1", ["-1", "1", "1"]),
        ("0-10, by 5", ["0", "10", "5"]),
        ("0\nto\n1", ["0", "1", "1"]),
        ("0 to 1 by .05", ["0", "1", "0.05"]),
        ("0 ~ 1", ["0", "1", "1"]),
        ("0〜1 step 0.1", ["0", "1", "0.1"]),
        ("−1 – 1", ["-1", "1", "1"]),
        ("between 0 and 10 in steps of 2", ["0", "10", "2"]),
        ("0 to 1 (step 0.1)", ["0", "1", "0.1"]),
        ("0,5 to 1,5 step 0,5", ["0.5", "1.5", "0.5"]),
        ("0% to 100%", ["0", "1", "0.01"]),
        ("0 to 20 % by 5 %", ["0", "0.2", "0.05"]),
        ("10 to 20% step 2", ["0.1", "0.2", "0.02"]),
    ],
)
def test_a_range(text: str, found: list[str]) -> None:
    assert read_range(text.splitlines()) == found


@pytest.mark.parametrize("text", ["1", "0 to", "a to b", "0 to 1 step", "0 to 1 to 2"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no range; write it like “0 to 1 step 0\.05”"):
        read_range([text])


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0 to 0", "From 0 to 0 there is one answer only: write two ends, like “0 to 1”."),
        ("1 to 0", "“1 to 0” goes down: did you mean 0 to 1?"),
        ("0 to 1 step 0", "A step must be above 0: write it like “0 to 1 step 0.05”."),
        ("0 to 1 step -1", "A step must be above 0"),
        ("-1 to 1 step 0.3", "from -1 do not reach 1: take steps of 0.25, or end at 0.8 or 1.1."),
        ("0 to 10 step 3", "Steps of 3 from 0 do not reach 10: take steps of 2.5, or end at 9 or 12."),
        ("0 to 1 step 2", "Steps of 2 from 0 do not reach 1: take steps of 1, or end at 2."),
        ("0 to 0.5", "write a step, like “0 to 0.5 step 0.1”."),
        ("-5 to 1.25", "Steps of 1 do not reach 1.25 from -5: write a step, like “-5 to 1.25 step 0.01”."),
    ],
)
def test_a_range_that_cannot_be_meant_is_refused_with_what_would_do(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        read_range([text])
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.decimals(-99, 99, places=2), st.decimals("0.01", 99, places=2), st.decimals("0.01", 9, places=2))
def test_the_step_that_is_offered_instead_does(low: Decimal, width: Decimal, step: Decimal) -> None:
    ends = f"{spell_clearly(low)} to {spell_clearly(low + width)}"
    if width % step:
        with pytest.raises(ValueError, match="do not reach") as refused:
            read_range([f"{ends} step {spell_clearly(step)}"])
        offered = re.search(r"take steps of (\S+), or end at (?:.* or )?(\S+)\.$", str(refused.value))
        assert offered, str(refused.value)
        assert (Decimal(offered[2]) - low) % step == 0
        step = Decimal(offered[1])
    found = read_range([f"{ends} step {spell_clearly(step)}"])
    assert [Decimal(each) for each in found] == [low, low + width, step]


def test_a_percentage_is_a_share_where_the_numbers_are_shares() -> None:
    shares = read_range(["0% to 20%"])
    assert read_number("5%", shares) == read_number("0.05", shares) == read_number("5 ％", shares) == "0.05"
    with pytest.raises(ValueError, match=r"“5”: the number must be from 0 to 0\.2\."):
        read_number("5", shares)
    assert read_number("5%", ["0", "100", "1"]) == read_number("5", ["0", "100", "1"]) == "5"
    with pytest.raises(ValueError, match=r"can mean 5 or 0\.05"):
        read_number("5%", ["0", "10", "1"])


@pytest.mark.parametrize(
    ("number", "text"),
    [("1000001", "1000001"), ("-1/20", "-0.05"), ("11/20", "0.55"), ("1/3", "1/3"), ("1/8", "0.125"),
     ("3", "3"), ("-700", "-700"), ("1234567890123456789.000000000000000001", None), ("1.234", "1.2340")],
)  # fmt: skip
def test_a_number_is_told_exactly(number: str, text: str | None) -> None:
    assert exact_text(Fraction(number)) == (text or number)
    assert Fraction(exact_text(Fraction(number))) == Fraction(number)
