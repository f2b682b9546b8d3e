"""Grids of payout rules as members type them."""

import math

import pytest

from features.plan.grid import MOST, read_grid, short


def test_the_usual_grid_has_18_directions() -> None:
    """5 x 7 rules but the one that pays nothing; a direction is a pair of whole numbers without a divisor."""
    grid = read_grid("corr 0..2 step .5, tc 0..3 step .5")
    assert (len(grid.rules), len(grid.rays), grid.scores) == (34, 18, ("corr", "tc"))
    pairs = {(c, t) for c in range(5) for t in range(7) if math.gcd(c, t) == 1}
    assert len(pairs) == 18
    assert grid.size == "34 rules in 18 directions"
    assert {short(grid.rules[at]) for at in grid.largest} >= {
        "3xTC",
        "2xCORR",
        "2xCORR + 2xTC",
        "1xCORR + 3xTC",
    }
    for ray in grid.rays:
        sizes = [sum(grid.rules[at].values()) for at in ray]
        assert sizes == sorted(sizes)


@pytest.mark.parametrize(
    "typed",
    [
        "CORR 0 to 1 step 0,5; TC 1",
        "corr 0-1 by .5, tc 1",
        "Corr20v2 0..1 in steps of 0.5\ntc 1",
        "corr ０..1 step .5, tc 1",
    ],
)
def test_it_is_read_as_people_type(typed: str) -> None:
    grid = read_grid(typed)
    assert grid.rules == ({"corr": 0, "tc": 1}, {"corr": 0.5, "tc": 1}, {"corr": 1, "tc": 1})
    assert len(grid.rays) == 3


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "not a score"),
        ("corr", "not a number"),
        ("magic 0..1 step 1, tc 1", "not a score I know"),
        ("corr 0..2 step .5", "4 rules of 1 direction: that leaves nothing to choose"),
        ("corr 1, tc 2", "1 rule of 1 direction"),
        ("corr 0, tc 0", "0 rules of 0 directions"),
        ("corr 0..2, tc 1", "in steps of what"),
        ("corr 2..1 step 1, tc 1", "in steps above 0"),
        ("corr 0..1 step 0, tc 1", "in steps above 0"),
        ("corr -1..1 step 1, tc 1", "from 0 or more"),
        ("corr 0..9999 step 1, tc 1", "up to 1,000"),
        ("corr 0..1 step 1, corr 2", "CORR is there twice"),
        ("corr 0..100 step .1, tc 0..100 step .1", f"1,002,001 combinations, and {MOST} are the most"),
        ("corr 0..1000 step .0001, tc 1", f"10,000,001 combinations, and {MOST} are the most"),
        ("corr 0..20 step 1, tc 0..20 step 1", "441 combinations"),
    ],
)
def test_what_is_no_grid_is_refused(typed: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_grid(typed)
