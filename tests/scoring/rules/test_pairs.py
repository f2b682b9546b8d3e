"""Lists of names with their numbers: which belongs to which, against every way to deal them out."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.rules.pairs import Pair, read_pairs

WORDS = ["corr", "mmc", "tc", "alpha", "mpc", "ncorr"]
NUMBERS = ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]


def ways(kinds: list[bool]) -> list[dict[int, int]]:
    """Every way in which each number (True) has a name of its own right beside it."""
    numbers = [place for place, is_number in enumerate(kinds) if is_number]
    dealt = itertools.product(*[(place - 1, place + 1) for place in numbers])
    return [
        dict(zip(numbers, names, strict=True))
        for names in dealt
        if len(set(names)) == len(names) and all(0 <= at < len(kinds) and not kinds[at] for at in names)
    ]


@pytest.mark.slow
@settings(max_examples=150)
@given(st.lists(st.booleans(), min_size=1, max_size=6))
def test_a_list_is_read_if_there_is_one_way_to_read_it(kinds: list[bool]) -> None:
    words = [NUMBERS[place] if is_number else WORDS[place] for place, is_number in enumerate(kinds)]
    found = ways(kinds)
    refused = ""
    try:
        pairs = read_pairs(" ".join(words))
    except ValueError as error:
        pairs, refused = [], str(error)
    if any(one and other for one, other in itertools.pairwise(kinds)):
        assert "second number in a row" in refused or "no score after it" in refused
    elif len(found) == 1:
        number_of = {name: words[number] for number, name in found[0].items()}
        names = [place for place, is_number in enumerate(kinds) if not is_number]
        assert pairs == [Pair(words[place], number_of.get(place, "")) for place in names]
    elif found:
        assert "can mean" in refused
    else:
        assert refused


@pytest.mark.parametrize("joint", [" + ", ", ", ",", "; ", " & ", " and ", " plus ", ", and "])
def test_joints_part_what_would_be_asked_back(joint: str) -> None:
    assert read_pairs(f"corr 0.1{joint}mmc") == [Pair("corr", "0.1"), Pair("mmc", "")]
    assert read_pairs(f"corr{joint}0.1 mmc") == [Pair("corr", ""), Pair("mmc", "0.1")]


@pytest.mark.parametrize(
    "text", ["corr: 0.1 mmc", "corr=0.1 mmc", "corr x 0.1 mmc", "corrx0.1 mmc", "corr0.1 mmc"]
)
def test_marks_bind_a_number_to_the_name_before_it(text: str) -> None:
    assert read_pairs(text)[-1] == Pair("mmc", "")


@pytest.mark.parametrize("text", ["corr 0.1x mmc", "corr 0.1×mmc", "corr 0.1 * mmc", "corr 0.1mmc"])
def test_marks_bind_a_number_to_the_name_after_it(text: str) -> None:
    assert read_pairs(text) == [Pair("corr", ""), Pair("mmc", "0.1")]


def test_settings_take_the_number_after_them() -> None:
    pairs = read_pairs("corr clip ±5 % mmc threshold: 72k NMR", settings=("clip", "threshold"))
    assert pairs == [
        Pair("corr", ""),
        Pair("clip", "5 %"),
        Pair("mmc", ""),
        Pair("threshold", "72k NMR"),
    ]
