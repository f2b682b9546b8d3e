"""One round by hand: scores as people type them, and payouts that were really paid."""

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.payout.what_if import LONGEST_TEXT, read_scores, what_if
from tournament.sample import FOLDER, SampleSource


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("corr 0.02", {"corr": 0.02}), ("corr .02, tc -.01", {"corr": 0.02, "tc": -0.01}),
        ("CORR=0.02 TC=-0.01", {"corr": 0.02, "tc": -0.01}),
        ("corr: 0.02; mmc: 0.01", {"corr": 0.02, "mmc": 0.01}),
        ("corr 2.5 %, tc -1%", {"corr": 0.025, "tc": -0.01}),
        ("corr 0,02, tc 0,01", {"corr": 0.02, "tc": 0.01}), ("tc −0.01", {"tc": -0.01}),
        ("tc +0.01", {"tc": 0.01}), ("corr 0.02 and tc 0.01", {"corr": 0.02, "tc": 0.01}),
        ("corr = 0.02 + tc = 0.01", {"corr": 0.02, "tc": 0.01}),
        ("corr 0.02,tc -0.01", {"corr": 0.02, "tc": -0.01}),
        ("corr 0.02, and tc 0.01", {"corr": 0.02, "tc": 0.01}), ("  corr20v2 0.5  ", {"corr": 0.5}),
        ("corr60 0.01 mmc60 0.02", {"corr60": 0.01, "mmc60": 0.02}),
        ("fncv3 0.01, FNC_V4 0.02", {"fnc_v3": 0.01, "fnc_v4": 0.02}),
        ("corr 100%, tc -0", {"corr": 1.0, "tc": 0.0}),
    ],
)  # fmt: skip
def test_scores_are_read_as_people_write_them(typed: str, meant: dict[str, float]) -> None:
    assert read_scores(typed) == pytest.approx(meant, rel=1e-12)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "There are no scores in that."),
        ("corr", "“corr” has no number."),
        ("corr 0.02 0.03", "“0.03” is the second number in a row"),
        ("corr nan", "“corr” has no number."),
        ("corr ٣", "“٣” is not a score I know"),
        ("corr 1.01", "“1.01” would be 101 %: did you mean 1.01%?"),
        ("tc -150%", "“-150%”: a score must be from -1 to 1."),
        ("corr 0.1, c 0.2", "CORR is given twice."),
        ("banana 0.1", "“banana” is not a score I know"),
        ("x" * 201, "Those scores have 201 characters, 200 at most."),
    ],
)
def test_what_are_no_scores_is_pointed_at(typed: str, told: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        read_scores(typed)
    assert str(caught.value).startswith(told)
    assert len(str(caught.value)) < 400


WORDS = [
    "corr",
    "tc",
    "fnc_v3",
    "banana",
    "and",
    "0.02",
    ".5",
    "0,1",
    "1e9",
    "99999999999999999999",
    "nan",
    "=",
    ":",
    ",",
    ";",
    "&",
    "+",
    "%",
    "-",
    "−",
    "–",
    "1",
    "٣",
    "”",
]
PIECES = st.sampled_from([*WORDS, " ", "\n"])


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=250), st.lists(PIECES, max_size=40).map("".join)))
def test_any_text_is_scores_or_a_sentence(typed: str) -> None:
    try:
        found = read_scores(typed)
    except ValueError as error:
        assert 10 < len(str(error)) < 400  # noqa: PT017 - most texts are no scores, some are
        return
    assert found
    assert len(typed) <= LONGEST_TEXT
    assert all(-1 <= value <= 1 for value in found.values())


# ---------------------------------------------------------------- what is paid


@pytest.mark.parametrize(
    ("scores", "stake", "rule", "factor", "paid", "clipped"),
    [
        ("corr .074352, tc 0.5", 3711.952874, "1C0T", 0.427248, 117.9167, False),
        ("corr .016472, tc -.055199", 267.725528, "1C2T", 0.428648, -10.778805, False),
        ("corr .2567", 0.106289, "1xCORR", 1.0, 0.026572, True),
    ],
)
async def test_rows_that_were_paid_come_out_as_they_were(
    source: SampleSource, scores: str, stake: float, rule: str, factor: float, paid: float, clipped: bool
) -> None:
    got = await what_if(source, scores, stake, rule=rule, factor=factor)
    assert got.payout == pytest.approx(paid, rel=2e-5)
    assert (got.clipped, got.stake, got.factor) == (clipped, stake, factor)
    assert "The payout factor is the one you gave." in got.assumptions


async def test_a_round_by_hand(source: SampleSource) -> None:
    got = await what_if(source, "corr 0.02, tc -0.03", 200, rule="2C1T", factor=0.5)
    assert got.weighted == pytest.approx(2 * 0.02 - 0.03)
    assert got.payout == pytest.approx(200 * 0.5 * 0.01)
    assert got.finding == "2xCORR + 1xTC would earn 1.00 NMR on 200.0 NMR: +0.50 %."
    burned = await what_if(source, "corr -0.5", 80, rule="1xCORR clip 0.05", factor=1)
    assert (burned.payout, burned.clipped) == (pytest.approx(-4), True)


async def test_without_a_factor_it_is_that_of_the_newest_round_under_the_threshold(
    source: SampleSource,
) -> None:
    rounds = pd.read_csv(FOLDER / "rounds_2022-12-22.csv").sort_values("round")
    newest = rounds[~rounds["is_daily"] & (rounds["payout_factor"] > 0)].iloc[-1]
    got = await what_if(source, "corr 0.01, tc 0.02", 100)
    assert got.rule.id == "classic-2022-06-18"
    assert got.factor == pytest.approx(newest["payout_factor"])
    assert got.payout == pytest.approx(100 * newest["payout_factor"] * (0.01 + 3 * 0.02))
    assert "The payout factor is that of the newest round." in got.assumptions
    typed = await what_if(source, "corr 0.01", 100, rule="1xCORR threshold 150K")
    assert typed.factor == pytest.approx(150_000 / newest["total_at_risk_nmr"], rel=1e-4)


async def test_without_a_threshold_the_factor_is_1_and_not_that_of_a_round(source: SampleSource) -> None:
    got = await what_if(source, "corr 0.01", 100, rule="1xCORR threshold none")
    assert (got.factor, got.payout) == (1, pytest.approx(1))
    assert not any("newest round" in line for line in got.assumptions)


@pytest.mark.parametrize(
    ("scores", "told"),
    [("corr .1, tc .1", "TC does not count"), ("corr .1, tc .1, fnc .1", "TC and FNCv3 do not count")],
)
async def test_scores_that_do_not_count_are_named(source: SampleSource, scores: str, told: str) -> None:
    got = await what_if(source, scores, 1, rule="1xCORR", factor=1)
    assert got.payout == pytest.approx(0.1)
    assert got.assumptions[-1] == f"{told} under this rule."


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"stake": 0}, "A stake is a number of NMR above 0 and at most 11,000,000."),
        ({"stake": 11_000_001}, "A stake is a number of NMR above 0"),
        ({"factor": 0}, "A payout factor is a number above 0 and at most 1."),
        ({"factor": math.nan}, "A payout factor is a number above 0"),
        ({"rule": "1C3T"}, "1xCORR + 3xTC pays by TC too: add that score."),
        ({"rule": "1C2M3T"}, "1xCORR + 2xMMC + 3xTC pays by MMC and TC too: add "),
    ],
)
async def test_what_makes_no_sense_is_refused(source: SampleSource, asked: dict[str, Any], told: str) -> None:
    question: dict[str, Any] = {"scores": "corr 0.1", "stake": 1.0, "rule": "1xCORR"} | asked
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - whole sentences are compared
        await what_if(source, **question)
    assert str(caught.value).startswith(told)
