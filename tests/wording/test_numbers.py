"""Numbers, lists and half-planes as people read them, in tables."""

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wording.numbers import (
    amount,
    counted,
    listed,
    number,
    p_told,
    pays_more_when,
    percent,
    score_name,
    signed,
    span,
    spans,
    too_few,
    whole,
)

unhurried = settings(deadline=None)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (124_091.4, "124,091"),
        (11_000_000, "11,000,000"),
        (1000, "1,000"),
        (999.44, "999.4"),
        (654.63, "654.6"),
        (100, "100.0"),
        (65.463, "65.46"),
        (1, "1.00"),
        (1.005e1, "10.05"),
        (0.5, "0.5000"),
        (0.0123, "0.0123"),
        (0.0001, "0.0001"),
        (0.00004, "less than 0.0001"),
        (-0.00004, "less than 0.0001"),
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (-4.2, "−4.20"),
        (-124_091, "−124,091"),
        (-0.0123, "−0.0123"),
        (math.nan, "unknown"),
    ],
)
def test_numbers_have_as_many_digits_as_their_size_deserves(value: float, text: str) -> None:
    assert number(value) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (12.34, "NMR", "12.34 NMR"),
        (-3.1, "%", "−3.10 %"),
        (0, "NMR", "0 NMR"),
        (math.nan, "NMR", "unknown NMR"),
    ],
)
def test_amounts_carry_their_unit(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(2125, "+2,125 NMR"), (-2125, "−2,125 NMR"), (0, "0 NMR"), (-0.0, "0 NMR"), (0.5, "+0.5000 NMR")],
)
def test_differences_spell_out_their_sign(value: float, text: str) -> None:
    assert signed(value, "NMR") == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (1, "1"),
        (40.0, "40"),
        (191.77, "192"),
        (6264, "6,264"),
        (1e6, "1,000,000"),
        (math.nan, "unknown"),
    ],
)
def test_whole_numbers_have_no_decimals(value: float, text: str) -> None:
    assert whole(value) == text


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1, "p > .99"),
        (0.99, "p = .99"),
        (0.876, "p = .88"),
        (0.05, "p = .05"),
        (0.01, "p = .01"),
        (0.0099, "p = .010"),
        (0.004, "p = .004"),
        (0.001, "p = .001"),
        (0.00099, "p < .001"),
        (1.9e-13, "p < .001"),
        (0, "p < .001"),
        (math.nan, "p unknown"),
    ],
)
def test_p_values_have_as_many_digits_as_matter(p: float, text: str) -> None:
    assert p_told(p) == text


@given(st.floats(0, 1))
def test_a_p_value_reads_back_within_half_of_its_last_digit(p: float) -> None:
    sign, told = p_told(p).removeprefix("p ").split(" ")
    if sign == "=":
        assert float(told) == pytest.approx(p, abs=0.00501 if p >= 0.01 else 0.000501)
    else:
        assert p < 0.001 if sign == "<" else p > 0.99


@unhurried
@given(st.floats(-1e9, 1e9))
def test_a_number_reads_back_within_its_last_digit(value: float) -> None:
    text = number(value)
    if text.startswith("less than"):
        assert 0 < abs(value) < 0.0001
        return
    assert re.fullmatch(r"−?[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]+)?", text)
    back = float(text.replace("−", "-").replace(",", ""))
    assert back == pytest.approx(value, rel=0.006, abs=0.00006)
    assert math.copysign(1, back) == math.copysign(1, value) or back == 0


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0, "none"),
        (0.0, "none"),
        (0.00025, "under 1 %"),
        (0.0099, "under 1 %"),
        (0.01, "1 %"),
        (0.042, "4 %"),
        (0.174, "17 %"),
        (0.5, "50 %"),
        (0.99, "99 %"),
        (1, "100 %"),
    ],
)
def test_shares_as_people_read_them(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("things", "last", "text"),
    [
        (["corr"], "and", "corr"),
        (["corr", "tc"], "and", "corr and tc"),
        (["corr", "tc", "mmc"], "and", "corr, tc and mmc"),
        (["corr", "tc", "mmc"], "or", "corr, tc or mmc"),
        (("a", "b", "c", "d"), "or", "a, b, c or d"),
    ],
)
def test_lists_end_in_a_word(things: list[str], last: str, text: str) -> None:
    assert listed(things, last) == text


def test_a_list_ends_in_and_unless_told_otherwise() -> None:
    assert listed(["quiet_heron", "loud_heron"]) == "quiet_heron and loud_heron"


@pytest.mark.parametrize(
    ("score", "name"),
    [
        ("corr", "CORR"),
        ("tc", "TC"),
        ("mmc", "MMC"),
        ("fnc_v3", "FNCv3"),
        ("corr60", "CORR60"),
        ("nmmc", "NMMC"),
    ],
)
def test_scores_as_members_write_them(score: str, name: str) -> None:
    assert score_name(score) == name


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([318], "round 318"),
        ([318, 319], "rounds 318-319"),
        (list(range(306, 326)), "rounds 306-325"),
        ([306, 307, 308, 312], "rounds 306-308 and 312"),
        ([306, 308], "rounds 306 and 308"),
        ([306, 308, 310, 311], "rounds 306, 308 and 310-311"),
        ([306, 308, 310, 312], "rounds 306-312 with gaps"),
        ([1, 3, 5, 7, 9, 10], "rounds 1-10 with gaps"),
    ],
)
def test_runs_of_rounds(numbers: list[int], text: str) -> None:
    assert spans(numbers) == text


@pytest.mark.parametrize(("first", "last", "text"), [(318, 318, "round 318"), (311, 325, "rounds 311-325")])
def test_a_span_of_rounds(first: int, last: int, text: str) -> None:
    assert span(first, last) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 rounds"), (1, "1 round"), (2, "2 rounds"), (23_353, "23,353 rounds")]
)
def test_things_are_counted_in_singular_and_plural(count: int, text: str) -> None:
    assert counted(count, "round") == text


@unhurried
@given(st.sets(st.integers(168, 400), min_size=1, max_size=40).map(sorted))
def test_runs_name_every_round_and_no_other(numbers: list[int]) -> None:
    text = spans(numbers)
    if text.endswith(" with gaps"):
        assert text == f"rounds {numbers[0]}-{numbers[-1]} with gaps"
        return
    beginning, _, runs = text.partition(" ")
    assert beginning == ("round" if len(numbers) == 1 else "rounds")
    named: list[int] = []
    for run in re.split(r", | and ", runs):
        first, _, last = run.partition("-")
        named += range(int(first), int(last or first) + 1)
    assert named == numbers


@pytest.mark.parametrize(
    ("weights", "text"),
    [
        ({"corr": -1, "tc": 2}, "Whenever TC is above half of CORR"),
        ({"corr": 1, "tc": -2}, "Whenever TC is below half of CORR"),
        ({"corr": -1, "tc": 1}, "Whenever TC is above CORR"),
        ({"corr": -2, "tc": 1}, "Whenever TC is above twice CORR"),
        ({"corr": -1, "tc": 3}, "Whenever TC is above a third of CORR"),
        ({"corr": -0.5, "mmc": 2}, "Whenever MMC is above a quarter of CORR"),
        ({"corr": -1.5, "mmc": 2}, "Whenever MMC is above 0.75 times CORR"),
        ({"corr": 3, "mmc": -1}, "Whenever MMC is below three times CORR"),
        ({"tc": -1, "fnc_v3": 1}, "Whenever FNCv3 is above TC"),
        ({"tc": 3}, "Whenever TC is above 0"),
        ({"corr": -0.5}, "Whenever CORR is below 0"),
        ({"corr": 1, "tc": 1}, "Whenever 1xCORR + 1xTC is above 0"),
        ({"corr": -1, "tc": -1}, "Whenever −1xCORR − 1xTC is above 0"),
        ({"corr": -1.5, "mmc": 2, "tc": -1}, "Whenever −1.5xCORR + 2xMMC − 1xTC is above 0"),
        ({}, "Never: both rules weigh the scores alike"),
    ],
)
def test_where_a_rule_pays_more(weights: dict[str, float], text: str) -> None:
    assert pays_more_when(weights) == text


@unhurried
@given(
    st.sampled_from([-3, -2, -1, -0.5, 0.5, 1, 2, 3]),
    st.sampled_from([-3, -2, -1, -0.5, 0.5, 1, 2, 3]),
    st.floats(-1, 1),
    st.floats(-1, 1),
)
def test_the_sentence_on_two_scores_is_true(a: float, b: float, corr: float, tc: float) -> None:
    text = pays_more_when({"corr": a, "tc": b})
    above = a * corr + b * tc
    if abs(above) < 1e-6:
        return
    shares = {
        "half of ": 0.5,
        "a third of ": 1 / 3,
        "a quarter of ": 0.25,
        "twice ": 2,
        "three times ": 3,
        "": 1,
    }
    if match := re.fullmatch(r"Whenever TC is (above|below) (.*)CORR", text):
        share = shares[match[2]] if match[2] in shares else float(match[2].removesuffix(" times "))
        line = share * corr
        # written with three digits: close to the line the words cannot tell
        if abs(tc - line) > 0.002 * abs(corr):
            assert (tc > line if match[1] == "above" else tc < line) == (above > 0)
    else:
        assert a * b > 0
        assert text.endswith(" is above 0")


@pytest.mark.parametrize(
    ("rounds", "block", "held"),
    [
        (11, 10, "1 independent stretch."),
        (14, 4, "3 independent stretches."),
        (3, 10, "1 independent stretch."),
    ],
)
def test_too_few_rounds_say_how_many_stretches_they_hold(rounds: int, block: int, held: str) -> None:
    assert too_few(rounds, block) == (
        f"{rounds} rounds are too few for an interval: neighbouring ones overlap, so they hold about {held}"
    )
    assert too_few(1, block) == "1 round is too few for an interval."
