"""Worked examples: right ones pass, wrong ones are refused with the right numbers."""

import itertools
import math
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.proposals.examples import HOW_TO_WRITE, check_example
from scoring.rules import rule_in_force


def test_the_example_of_the_thread_is_corrected() -> None:
    with pytest.raises(ValueError, match=r"^They must add up to 0\.02: 0\.018 and 0\.002, not 0\.18\.$"):
        check_example("weight 0.02, split 90/10 -> 0.18 and 0.002")
    right = check_example("weight 0.02, split 90/10 -> 0.018 and 0.002")
    assert right.kind == "weights"
    assert right.results == pytest.approx((0.018, 0.002), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "results"),
    [
        ("Weight: 2%, Split: 90%/10% → 1.8% and 0.2%", (0.018, 0.002)),
        ("weight 0.01, split 50/30/20 -> 0.005, 0.003 and 0.002", (0.005, 0.003, 0.002)),
        ("weight 0.01; split 100/0 => 0.01/0", (0.01, 0)),
        ("weight 1, split 100 -> 1", (1,)),
        ("weight 0.02, split 33.3/33.3/33.4 -> 0.00666, 0.00666, 0.00668", (0.00666, 0.00666, 0.00668)),
        ("weight 0.01, split 66.6666666/33.3333334 -> 0.00667 and 0.00333", (0.00666666666, 0.00333333334)),
    ],
)
def test_weights(text: str, results: tuple[float, ...]) -> None:
    assert check_example(text).results == pytest.approx(results, rel=1e-9)


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("stake 100, corr 0.02, tc 0.01, rule 1C3T, factor 0.5 -> 2.5", 2.5),
        ("stake 100 NMR, corr 0.02, tc 0.01, rule 2xCORR + 1xTC, factor 0.5 -> 2.5 NMR", 2.5),
        ("Stake 100, CORR20V2 -0.02, rule 1C -> −2", -2),
        ("stake 100, corr 0.4, rule 1C clip 0.05 -> 5", 5),
        ("stake 100, corr 0.4, rule 1C -> 40", 40),
        ("stake 100, corr 2%, mmc 0.5, rule corr -> 2", 2),
        ("stake 0, corr 0.4, rule 1C -> 0", 0),
        ("stake 1,000, corr 0,02, rule 1C -> 20", 20),
        ("stake 100, corr 0.02, tc 0.06, rule classic-2023-10-07 -> 5", 5),  # 0.1, clipped at 0.05
        ("stake 37, corr 0.0137, rule 1C, factor 0.73 -> 0.370", 0.370037),
    ],
)
def test_payouts(text: str, paid: float) -> None:
    got = check_example(text)
    assert got.kind == "payout"
    assert got.results == pytest.approx((paid,), rel=1e-6)


def test_what_a_rule_does_not_say_comes_from_the_base() -> None:
    base = replace(rule_in_force("classic", round=600), clip=0.05)
    text = "stake 100, corr 0.4, rule 1C -> "
    assert check_example(text + "5", base).results == (5,)
    with pytest.raises(ValueError, match=r"A stake of 100 under 1xCORR comes to 5, not 40."):
        check_example(text + "40", base)
    outside = replace(base, clip_order="factor_outside_clip")
    assert check_example("stake 100, corr 0.4, rule 1C, factor 0.5 -> 2.5", outside).results == (2.5,)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stake 100, corr 0.02, tc 0.01, rule 1C3T, factor 0.5 -> 25", "comes to 2.5, not 25."),
        ("stake 100, corr 0.02, rule 1C -> 2 and 3", "comes to 2, not 2 and 3."),
        ("stake 100, corr 0.02, rule 1C -> .", "An example|comes to"),
        ("stake 100, corr 0.02, rule 1C3T -> 2", "The rule pays TC, which the example does not give."),
        ("stake 100, foo 0.02, rule 1C -> 2", "“foo” is not a score"),
        ("stake 100, corr 0.02, rule 1X -> 2", "Try “1xCORR"),
        ("stake 100, corr 0.02 -> 2", "needs its rule"),
        ("stake 100, rule 0xCORR -> 0", "needs at least one score"),
        ("stake 100, corr 0.02, rule 1C, factor 1.5 -> 3", "A payout factor is between 0 and 1, not 1.5."),
        ("stake -1, corr 0.02, rule 1C -> 3", "A stake must be a number of 0 NMR or more."),
        ("stake 1.000, corr 0.02, rule 1C -> 20", "“1.000” can mean 1 NMR or 1000 NMR"),
        ("weight 0.02, split 90/10 -> 0.018", "add up to 0.02: 0.018 and 0.002, not 1 number."),
        ("weight 0.02, split 90/10 -> 0.018, 0.001, 0.001", "not 3 numbers."),
        ("weight 0.02, split 90/10 -> 0.002 and 0.018", "0.018 and 0.002, not 0.002 and 0.018."),
        ("weight 0.02, split 90/20 -> 0.018 and 0.004", "add up to 100; these add up to 110."),
        ("weight 0.02, split 110/-10 -> 0.022 and -0.002", "percents that add up to 100"),
        ("weight 2, split 90/10 -> 1.8 and 0.2", "above 0 and at most 1, not 2."),
        ("weight 0, split 90/10 -> 0 and 0", "above 0 and at most 1, not 0."),
        ("weight 0.02, split 90/10 -> 0.0181 and 0.0019", "0.018 and 0.002, not 0.0181 and 0.0019."),
        ("stake 100, corr 0.02, tc 0.01, rule 1C3T, factor 0.5 -> 2.52", "comes to 2.5, not 2.52."),
        ("weight 0.02 -> 0.02", "has a weight and a split, nothing else"),
        ("weight 0.02, split 90/10, corr 1 -> 0.018 and 0.002", "a weight and a split, nothing else"),
        ("weight nan, split 90/10 -> 0.018 and 0.002", "“nan” in the example is no number"),
        ("weight 0.02, weight 0.02 -> 0.02", "“weight 0.02” in the example is said twice"),
        ("weight, split 90/10 -> 0.02", "“weight” in the example is incomplete"),
        ("weight five, split 90/10 -> 0.02", "“five” in the example is no number"),
        ("score 0.02 -> 0.02", "starts with a weight or a stake"),
        ("my models get much more", "an arrow and what comes out"),
        ("weight 0.02, split 90/10 ->", "an arrow and what comes out"),
        ("-> 3", "an arrow and what comes out"),
        ("a -> b -> c", "an arrow and what comes out"),
        ("", "an arrow and what comes out"),
        ("x" * 201, "at most 200 characters; this one has 201"),
        ("@everyone -> <@123>", "is incomplete"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check_example(text)


def test_how_to_write_one_shows_examples_that_are_right() -> None:
    shown = re.findall("“([^”]*)”", HOW_TO_WRITE)
    assert [check_example(text).kind for text in shown] == ["weights", "payout"]


@given(st.integers(1, 999), st.lists(st.integers(1, 100), min_size=1, max_size=5), st.data())
def test_only_what_adds_up_is_right(thousandths: int, cuts: list[int], data: st.DataObject) -> None:
    edges = sorted({0, 100, *cuts})
    parts = [high - low for low, high in itertools.pairwise(edges)]
    exact = [thousandths * part for part in parts]  # in 1e-5

    def written(values: list[int]) -> str:
        claims = " and ".join(f"{value / 1e5:.5f}" for value in values)
        return f"weight {thousandths / 1000:.3f}, split {'/'.join(map(str, parts))} -> {claims}"

    assert math.fsum(check_example(written(exact)).results) == pytest.approx(thousandths / 1000)
    wrong = data.draw(st.integers(0, len(exact) - 1))
    exact[wrong] *= 10
    with pytest.raises(ValueError, match=r"^They must add up to"):
        check_example(written(exact))


@given(
    st.text(max_size=80)
    | st.lists(st.sampled_from(["weight", "stake", " ", ",", "->", "0.1", "/", "rule", "1C"])).map("".join)
)
def test_any_text_is_an_example_or_a_refusal(text: str) -> None:
    try:
        results = check_example(text).results
    except ValueError as error:
        told = str(error)
    else:
        assert all(map(math.isfinite, results))
        return
    assert told[-1] in ".?"
