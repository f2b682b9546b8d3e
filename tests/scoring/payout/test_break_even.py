"""The line on which two rules pay the same."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.payout import break_even, payouts
from tests.scoring.payout.by_hand import multipliers, shares, unhurried

# ---------------------------------------------------------------- the line on which two rules agree


@pytest.mark.parametrize(
    ("proposed", "current", "line"),
    [
        ({"corr": 1, "tc": 3}, {"corr": 2, "tc": 1}, {"corr": -1, "tc": 2}),
        ({"corr": 2, "tc": 1}, {"corr": 1, "tc": 3}, {"corr": 1, "tc": -2}),
        ({"corr": 1, "tc": 3}, {"corr": 1, "tc": 0}, {"tc": 3}),
        ({"corr": 1, "tc": 3}, {"corr": 1}, {"tc": 3}),
        ({"corr": 1}, {"corr": 1, "tc": 3}, {"tc": -3}),
        ({"corr": 0.5, "mmc": 2}, {"corr": 2, "tc": 1}, {"corr": -1.5, "mmc": 2, "tc": -1}),
        ({"corr": 1}, {"corr": 1, "tc": 0}, {}),
        ({"corr": 1}, {"corr": 1}, {}),
        ({}, {}, {}),
    ],
)
def test_break_even_lines_by_hand(
    proposed: dict[str, float], current: dict[str, float], line: dict[str, float]
) -> None:
    assert break_even(proposed, current) == line


@unhurried
@given(shares, shares, st.tuples(multipliers, multipliers), st.tuples(multipliers, multipliers))
def test_the_line_says_which_rule_pays_more(
    corr: float, tc: float, proposed: tuple[float, float], current: tuple[float, float]
) -> None:
    line = break_even(
        dict(zip(("corr", "tc"), proposed, strict=True)), dict(zip(("corr", "tc"), current, strict=True))
    )
    above = line.get("corr", 0.0) * corr + line.get("tc", 0.0) * tc
    more, less = (payouts([corr, tc], rule, 1.0, clip=np.inf) for rule in (proposed, current))
    assert more - less == pytest.approx(above, abs=1e-9)


@pytest.mark.parametrize(
    ("proposed", "current", "scales", "line"),
    [
        # what one round of 64 parts pays beside one that counts the whole stake at a factor of .125
        ({"corr": 3, "mmc": 16}, {"corr": 1, "mmc": 2}, (1 / 64, 1 / 8), {"corr": -5 / 64, "mmc": 0}),
        ({"corr": 4, "mmc": 15}, {"corr": 1}, (1 / 64, 1 / 8), {"corr": -1 / 16, "mmc": 15 / 64}),
        ({"corr": 1, "tc": 3}, {"corr": 2, "tc": 1}, (0.5, 0.5), {"corr": -0.5, "tc": 1}),
        ({"corr": 1}, {"corr": 2}, (2, 1), {}),
        ({"corr": 1}, {"tc": 2}, (1, 4), {"corr": 1, "tc": -8}),
        # equal but for rounding: 3 x 0.1 is not quite 0.3
        ({"corr": 3, "tc": 1}, {"corr": 0.3, "tc": 1}, (0.1, 1), {"tc": -0.9}),
    ],
)
def test_break_even_lines_of_rules_at_their_own_scales(
    proposed: dict[str, float],
    current: dict[str, float],
    scales: tuple[float, float],
    line: dict[str, float],
) -> None:
    got = break_even(proposed, current, proposed_scale=scales[0], current_scale=scales[1])
    assert got == {name: weight for name, weight in line.items() if weight}


def test_without_scales_the_smallest_difference_counts() -> None:
    assert break_even({"corr": 1}, {"corr": 1 + 2**-52}) == {"corr": -(2**-52)}


@unhurried
@given(
    st.tuples(shares, shares),
    st.tuples(multipliers, multipliers),
    st.tuples(multipliers, multipliers),
    st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)),
)
def test_the_line_at_two_scales_says_which_rule_pays_more_on_the_whole_stake(
    scores: tuple[float, float],
    proposed: tuple[float, float],
    current: tuple[float, float],
    scales: tuple[float, float],
) -> None:
    named = [{"corr": corr, "tc": tc} for corr, tc in (proposed, current)]
    line = break_even(*named, proposed_scale=scales[0], current_scale=scales[1])
    above = sum(line.get(name, 0.0) * score for name, score in zip(("corr", "tc"), scores, strict=True))
    more, less = (
        payouts(scores, rule, 1.0, factor=scale, clip=np.inf)
        for rule, scale in zip((proposed, current), scales, strict=True)
    )
    assert more - less == pytest.approx(above, abs=1e-9)


@pytest.mark.parametrize("scale", [0, -1, math.nan, math.inf])
def test_a_scale_of_nonsense_gets_a_sentence(scale: float) -> None:
    for side in ("proposed_scale", "current_scale"):
        with pytest.raises(ValueError, match=r"^A scale must be a finite number above 0\.$"):
            break_even({"corr": 1}, {"corr": 2}, **{side: scale})
    with pytest.raises(ValueError, match=r"^The scales must be numbers\.$"):
        break_even({"corr": 1}, {"corr": 2}, proposed_scale="large")  # pyright: ignore[reportArgumentType]
