"""A file of monthly returns that anybody may have made, and what it says beside the fund's CORR."""

import math
import re
from typing import Any

import numpy as np
import pytest

from features.lab.fund.returns import LARGEST_RETURNS, read_returns, returns_beside, returns_told

HEADER = "month,return\n"


def test_months_come_in_order_whatever_they_stand_in() -> None:
    content = "\ufeffMonth;Return\r\n2031-02; -1.25 %\r\n\r\n2031-01;+3\r\n2031-03;\N{MINUS SIGN}0.5\r\n"
    assert list(read_returns(content.encode()).items()) == [
        ("2031-01", 3.0),
        ("2031-02", -1.25),
        ("2031-03", -0.5),
    ]
    assert read_returns(b'"month","return"\n"2031-01","1.5"') == {"2031-01": 1.5}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b" \n\n", "The file is empty."),
        (b"\x89PNG\r\n\x1a\n\xff", "That is no CSV: it is not text in UTF-8."),
        (b"month,return\n2031-01,\x00", "That is no CSV: it is not text in UTF-8."),
        (HEADER.encode("utf-16"), "That is no CSV: it is not text in UTF-8."),
        (b"day,return\n2031-01,1", "The first line must name two columns, month and return."),
        (b"month,return,fee\n2031-01,1,2", "The first line must name two columns, month and return."),
        (b"2031-01,1\n2031-02,2", "The first line must name two columns, month and return."),
        (b"month,return\n", "The file has a first line, and no month below it."),
        (b"month,return\n2031-01", "Line 2 has 1 cell, and it takes two."),
        (b"month,return\n2031-01,1,2", "Line 2 has 3 cells, and it takes two."),
        (b"month,return\n2031-13,1", "The month of line 2 is not written like 2022-01."),
        (b"month,return\n=A1,1", "The month of line 2 is not written like 2022-01."),
        (b"month,return\n2031-01,=1+1", "The return of line 2 is not a number of percent"),
        (b"month,return\n2031-01,@SUM(A1)", "The return of line 2 is not a number of percent"),
        (b"month,return\n2031-01,nan", "The return of line 2 is not a number of percent"),
        (b"month,return\n2031-01,1e3", "The return of line 2 is not a number of percent"),
        ("month,return\n2031-01,١".encode(), "The return of line 2 is not a number of percent"),
        (b"month,return\n2031-01,-101", "The return of line 2 is not between -100 and 1000 percent."),
        (b"month,return\n2031-01,1\n2031-01,1", "2031-01 is there twice, the second time in line 3"),
        (b'month,return\n"2031-01,1', "Line 2 is no line of a CSV: its quotation marks never end."),
        ((HEADER + "2031-01,1\n" * 600).encode(), "That file has 601 lines; 600 are 50 years of months."),
        ((HEADER + "2031-01,1\n" * 10**6).encode(), "That file has 10,000,013 bytes; it may have 65,536."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}"):
        read_returns(content)


def test_a_file_of_the_largest_size_is_read_or_refused_and_no_more() -> None:
    with pytest.raises(ValueError, match="is not written like"):
        read_returns((HEADER + "x" * (LARGEST_RETURNS - 20) + ",1").encode())


def test_the_correlation_by_hand() -> None:
    rng = np.random.default_rng(1)
    months = [f"{2031 + at // 12}-{at % 12 + 1:02}" for at in range(24)]
    corr = dict(zip(months, rng.normal(size=24), strict=True))
    returns = {month: value + rng.normal() for month, value in corr.items()}
    found = returns_beside(returns | {"2050-01": 1.0}, corr)
    assert found is not None
    assert (found.loaded, len(found.both)) == (25, 24)
    from scipy.stats import pearsonr

    oracle: Any = pearsonr(list(returns.values()), list(corr.values()))
    interval = oracle.confidence_interval(0.95)
    assert (found.r, found.low, found.high) == pytest.approx((oracle.statistic, *interval))
    assert f"by +{found.r:.2f} over 24 months (" in found.line


def test_few_months_have_no_interval_and_none_no_line() -> None:
    corr = {f"2031-{at:02}": float(at % 3) for at in range(1, 12)}
    few = returns_beside(corr, corr)
    assert few is not None
    assert few.r == pytest.approx(1)
    assert math.isnan(few.low)
    assert "Fewer than 12 months have no interval." in few.in_full
    apart = returns_beside({"1999-01": 1.0}, corr)
    assert apart is not None
    assert (
        apart.line == "The returns loaded here: 0 months in common, too few to compare them with this CORR."
    )
    assert returns_beside({}, corr) is None


def test_what_is_told_of_loading() -> None:
    assert returns_told({}, None).startswith("No returns are loaded here.")
    assert returns_told({}, 3) == "Deleted: 3 months of returns."
    told = returns_told({"2031-01": 1.0, "2031-02": 1.0}, 5)
    assert told.startswith("Loaded: 2 months, 2031-01 to 2031-02 in place of the 5 there were.")
