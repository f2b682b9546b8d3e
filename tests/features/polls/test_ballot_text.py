"""What members type into ballots and polls: what is read, what is refused, and with which sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.polls.ballot_text import (
    as_text,
    in_words,
    numbers_template,
    read_numbers,
    read_options,
)
from features.polls.voting.ranking_text import ranking_template, read_ranking
from scoring.typed import NearMissError

OPTIONS = ["Keep it", "Cut TC: now", "é"]
RANKED = [*OPTIONS, "a > b", "x = y, z", "2", "#1 of all"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("Keep it: 3", {"Keep it": 3}),
        ("  keep IT :3  \n\n É: 05 \n", {"Keep it": 3, "é": 5}),
        ("Cut TC: now: 2", {"Cut TC: now": 2}),
        ("Keep it: 0\né: 9999", {"Keep it": 0, "é": 9999}),
        ("Keep it: 0\nCut TC: now: 0\né: 0", {"Keep it": 0, "Cut TC: now": 0, "é": 0}),
    ],
)
def test_numbers_of_options(text: str, found: dict[str, int]) -> None:
    assert read_numbers(text, OPTIONS) == found


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Keep: 3", "“Keep: 3” is not one of the options; keep the lines and change the numbers."),
        ("Keep it 3", "“Keep it 3” is not one of the options"),
        ("Keep it: 1\nkeep it: 1", "“Keep it” is there twice."),
        ("Keep it: 0\nkeep it: 0", "“Keep it” is there twice."),
        ("Keep it: -1", "“-1” is not a whole number; write “Keep it: 3”."),
        ("Keep it: 1.5", "“1.5” is not a whole number"),
        ("Keep it: ", "“” is not a whole number"),
        ("Keep it: 10000", "“10000” is not a whole number"),
        ("Keep it: ٣", "“٣” is not a whole number"),
    ],
)
def test_what_are_no_numbers(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        read_numbers(text, OPTIONS)
    assert sentence in str(refused.value)


@given(st.dictionaries(st.sampled_from(OPTIONS), st.integers(0, 9999)))
def test_a_form_is_read_back_as_it_was_filled(ballot: dict[str, int]) -> None:
    found = read_numbers(numbers_template(OPTIONS, ballot), OPTIONS)
    assert found == dict.fromkeys(OPTIONS, 0) | ballot
    assert len(numbers_template(OPTIONS, None).splitlines()) == len(OPTIONS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (" \n\n", []),
        ("Keep it", ["Keep it"]),
        ("keep IT\n É", ["Keep it", "é"]),
        ("é > keep it", ["é", "Keep it"]),
        ("é＞keep it", ["é", "Keep it"]),
        ("é, keep it; 2", ["é", "Keep it", "2"]),
        ("Keep it = é > 2", [["Keep it", "é"], "2"]),
        ("é = Keep it", [["Keep it", "é"]]),
        ("2 > é ＝ Cut TC: now\nKeep it", ["2", ["Cut TC: now", "é"], "Keep it"]),
        ("- Keep it\n• é", ["Keep it", "é"]),
        ("```\nKeep it > é\n```", ["Keep it", "é"]),
        ("1. Keep it\n2. é", ["Keep it", "é"]),
        ("2) Keep it\n1) é", ["é", "Keep it"]),
        ("1st Keep it\n2nd é\n2nd 2", ["Keep it", ["é", "2"]]),
        ("1. é > 2. Keep it = 2", ["é", ["Keep it", "2"]]),
        ("#2 é\n1 Keep it", ["Keep it", "é"]),
        ("Keep it: 1\nCut TC: now: 2\né: 2\na > b:\nx = y, z:\n2: 3\n#1 of all:",
         ["Keep it", ["Cut TC: now", "é"], "2"]),
        ("Keep it: 1, é: 2, 2: 2, a > b: 4", ["Keep it", ["é", "2"], "a > b"]),
        ("Keep it: 0\né: 1", ["é"]),
        ("é = 1\nKeep it = 3\na > b = 1", [["é", "a > b"], "Keep it"]),
        ("a > b > é", ["a > b", "é"]),
        ("x = y, z = a > b, #1 of all", [["a > b", "x = y, z"], "#1 of all"]),
        ("1. #1 of all\n2. 2", ["#1 of all", "2"]),
        ("Keep it\né:", ["Keep it"]),
    ],
)  # fmt: skip
def test_a_ranking(text: str, found: list[str | list[str]]) -> None:
    assert read_ranking(text, RANKED) == found


@pytest.mark.parametrize(
    ("text", "sentence", "near"),
    [
        ("Kep it > é", "“Kep it” is not one of the options. Did you mean “Keep it”?", "Keep it"),
        ("é\n1. Kep it", "“Kep it” is not one of the options. Did you mean “Keep it”?", "Keep it"),
        ("Kep it: 1\né: 2", "“Kep it” is not one of the options. Did you mean “Keep it”?", "Keep it"),
        ("é > ??", "“??” is not one of the options.", None),
        ("é > é", "“é” is there twice.", None),
        ("é = é", "“é” is there twice.", None),
        ("é: 1\né: 2", "“é” is there twice.", None),
        ("é:\né: 1", "“é” is there twice.", None),
        ("é >= 2", "Between two options stands either > or =, not both.", None),
        ("é: 1\n2: 3", "“2” has place 3 and nothing has place 2: leave no gap", None),
        ("é: 2\n2: 3", "“é” has place 2 and nothing has place 1: leave no gap", None),
        ("é: 1\n2: 1\nKeep it: 4", "“Keep it” has place 4 and nothing has place 2: leave no gap", None),
        ("é: 1\n2", "“2” has no place and others have one: give each option that you rank a place", None),
        ("é: 1 = Keep it: 2", "“é” has two places: give it one.", None),
        ("9" * 4000, "is not one of the options.", None),
        (">" * 4000 + "🙂", "“🙂” is not one of the options.", None),
        ("a>" * 2000, "“a” is not one of the options.", None),
    ],
)
def test_what_is_no_ranking(text: str, sentence: str, near: str | None) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        read_ranking(text, RANKED)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)
    if near is not None:
        assert isinstance(refused.value, NearMissError)
        mended = text.replace(refused.value.typed, refused.value.near[0])
        assert near in str(read_ranking(mended.replace("é\n", ""), RANKED))


rankings = st.permutations(RANKED).flatmap(
    lambda order: st.lists(st.booleans(), min_size=len(order), max_size=len(order)).map(
        lambda joined: [
            [name for name, group in zip(order, _numbers(joined), strict=True) if group == number]
            for number in range(1, 1 + max(_numbers(joined), default=0))
        ]
    )
)


def _numbers(joined: list[bool]) -> list[int]:
    return [1 + sum(not each for each in joined[1 : at + 1]) for at in range(len(joined))]


@given(rankings, st.integers(0, len(RANKED)))
def test_a_ranking_is_read_back_as_it_was_filled(ranks: list[list[str]], ranked: int) -> None:
    ballot = [
        rank[0] if len(rank) == 1 else sorted(rank, key=RANKED.index) for rank in ranks[:ranked] if rank
    ]
    filled = ranking_template(RANKED, ballot)
    assert len(filled.splitlines()) == len(RANKED)
    assert read_ranking(filled, RANKED) == ballot
    arrows = " > ".join(" = ".join([rank] if isinstance(rank, str) else rank) for rank in ballot)
    assert read_ranking(arrows, RANKED) == ballot
    assert read_ranking(ranking_template(RANKED, None), RANKED) == []


def test_options_one_on_each_line() -> None:
    assert read_options(" a  b \n\nc\n") == ["a b", "c"]
    longest = "x" * 80
    assert read_options(f"a\n{longest}") == ["a", longest]
    assert len(read_options("\n".join(map(str, range(25))))) == 25


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A poll has 2 to 25 options, one on each line; these are 0."),
        ("a\n \n", "these are 1."),
        ("\n".join(map(str, range(26))), "these are 26."),
        ("a\n" + "x" * 81, f"An option has at most 80 characters; “{'x' * 40}…” has 81."),
        ("Yes\n  YES ", "“Yes” and “YES”: nobody could tell them apart."),
        ("straße\nSTRASSE", "“straße” and “STRASSE”: nobody could tell them apart."),
    ],
)
def test_what_are_no_options(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011
        read_options(text)
    assert sentence in str(refused.value)


@pytest.mark.parametrize(
    ("method", "choice", "words"),
    [
        ("single", "Keep it", "Keep it"),
        ("single", None, "an abstention"),
        ("approval", [], "an abstention"),
        ("approval", ["a", "b"], "a, b"),
        ("ranked_irv", ["a", "b"], "a, then b"),
        ("ranked_irv", [["a"], "b"], "a, then b"),
        ("ranked_schulze", ["d", ["a", "b", "c"], "e"], "d, then a, b and c equally, then e"),
        ("score", {"a": 5, "b": 1}, "a 5, b 1"),
        ("dots", {}, "an abstention"),
        ("numeric", "0.5", "0.5"),
        ("gradient", "strong_against", "Block"),
    ],
)
def test_a_ballot_in_words(method: str, choice: object, words: str) -> None:
    assert in_words(method, choice) == words
    assert json.loads(as_text(choice)) == choice
