"""Every answer of a numeric poll has its ballots in one bar, where it lies, and the far ones are told."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.polls.results.numeric_chart import Bar, histogram
from features.polls.results.result_chart import picture_of_result
from tests.features.polls.test_result import counted

numbers = st.one_of(st.integers(-50, 50), st.decimals(-1, 1, places=3), st.integers(-(10**18), 10**18))


@given(st.lists(numbers.map(Fraction), min_size=1, max_size=60))
def test_every_answer_is_in_one_bar(answers: list[Fraction]) -> None:
    found = histogram(dict(sorted(Counter(answers).items())))
    ends = [end for end in (found.below, found.above) if end is not None]
    assert sum(bar.ballots for bar in [*found.bars, *ends]) == len(answers)
    for bar in found.bars:
        held = [a for a in answers if (a == bar.low if bar.low == bar.high else bar.low <= a < bar.high)]
        assert len(held) == bar.ballots > 0
    for one, next_one in zip(found.bars, found.bars[1:], strict=False):
        assert one.high <= next_one.low
    for end in ends:
        assert sum(end.low <= answer <= end.high for answer in answers) == end.ballots
        assert 10 * end.ballots <= len(answers)


def test_far_answers_do_not_crush_the_rest_and_are_told() -> None:
    answers = [str(n) for n in range(1, 21) for _ in "ab"] + ["1000000", "9000000"]
    found = histogram({Fraction(n): answers.count(n) for n in dict.fromkeys(answers)})
    assert [bar.low for bar in found.bars] == list(range(1, 21))
    assert found.above == Bar(Fraction(1000000), Fraction(9000000), 2)
    alt = picture_of_result(counted("numeric", answers, []), "Which?").alt
    assert "Grey: 2 answers far above, 1000000 to 9000000." in alt


def test_many_different_answers_are_joined_in_bins_of_a_round_width() -> None:
    answers = [Fraction(n, 1000) for n in range(137, 637)]
    found = histogram(dict.fromkeys(answers, 1))
    assert {bar.high - bar.low for bar in found.bars} == {Fraction(5, 100)}
    assert sum(bar.ballots for bar in found.bars) == 500


@pytest.mark.parametrize(
    "answers", [["5"] * 3, ["-3", "0.5"], ["1", "1.0010", "100"], ["1000001", "1000002"]]
)
def test_any_answers_can_be_drawn(answers: list[str]) -> None:
    picture = picture_of_result(counted("numeric", answers, []), "Which?", False)
    assert picture.png
    assert all(str(answer).rstrip("0") in picture.alt for answer in answers[:1])
