"""Several rules, models or accounts in one answer, against the comparisons of two that they are made of."""

import pandas as pd
import pytest

from features.payout.compare import compare_payouts
from features.payout.several import rules_typed, several_payouts
from features.payout.several_card import several_answer
from features.payout.several_chart import picture_of_several
from tests.features.payout.compare.by_pandas import total_by_ewc
from tests.features.payout.compare.test_sentences import ASKED
from tests.ui.cards import check_answer
from tournament.sample import SampleSource
from wording.names import names_typed

MODEL, OTHER = "model_07585", "model_02765"
RULES = ["1xCORR + 3xTC", "2xCORR + 1xTC", "1xCORR"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1C3T vs 2C1T vs 0.5 corr + 2 mmc", ["1C3T", "2C1T", "0.5 corr + 2 mmc"]),
        ("1C3T ; 2C1T;1C", ["1C3T", "2C1T", "1C"]),
        ("1C3T\n2C1T\n", ["1C3T", "2C1T"]),
        ("1C3T versus 2C1T VS. 1C", ["1C3T", "2C1T", "1C"]),
        ("1C3T", ["1C3T"]),
        ("1C3T vs 1C3T", ["1C3T"]),
        ("  ", ["  "]),
        ("canvas", ["canvas"]),
    ],
)
def test_rules_are_read_as_members_write_them(typed: str, read: list[str]) -> None:
    assert rules_typed(typed) == read


def test_names_are_read_as_members_write_them() -> None:
    assert names_typed("heron, owl;wren\nswan") == ["heron", "owl", "wren", "swan"]
    assert names_typed("heron") == ["heron"]


def test_too_many_get_a_sentence() -> None:
    with pytest.raises(ValueError, match="That is 5 rules; 4 at most fit in one answer"):
        rules_typed("1C;2C;3C;4C;5C")
    with pytest.raises(ValueError, match="That is 5 models or accounts; 4 at most"):
        names_typed("a,b,c,d,e")


@pytest.mark.slow
async def test_three_rules_are_on_the_same_rounds_and_against_the_first(source: SampleSource) -> None:
    found = await several_payouts(source, [MODEL], RULES, rounds="all")
    rounds = f"{found.rounds[0]}-{found.rounds[-1]}"
    assert [line.label for line in found.lines] == RULES
    assert found.lines[0].to_first is None
    for line, rule in zip(found.lines[1:], RULES[1:], strict=True):
        two = await compare_payouts(source, MODEL, rule, current=RULES[0], rounds=rounds)
        assert line.side.total == pytest.approx(two.proposed.total, rel=1e-12)
        assert found.lines[0].side.total == pytest.approx(two.current.total, rel=1e-12)
        assert line.to_first is not None
        assert line.to_first.difference == pytest.approx(two.difference, rel=1e-9)
        low, high = total_by_ewc(pd.Series(line.side.by_round - found.lines[0].side.by_round))
        assert line.to_first.interval == pytest.approx((low, high), rel=1e-6)
    [best] = found.best
    assert best.side.total == max(line.side.total for line in found.lines)
    told = check_answer(several_answer(found, ASKED))
    assert told.startswith(f"{best.label} would have paid most: ")
    assert "**B** 2xCORR + 1xTC: " in told
    for line in found.lines:
        assert f"{line.label} ends at " in picture_of_several(found).alt


async def test_rules_that_other_rounds_can_pay_meet_on_those_of_all(source: SampleSource) -> None:
    alone = await compare_payouts(source, MODEL, "1xCORR", current="0.5xCORR", rounds="all")
    found = await several_payouts(source, [MODEL], ["0.5xCORR", "1xCORR", "1xCORR + 1xTC"], rounds="all")
    assert found.rounds[0] > alone.rounds[0], "TC came later"
    assert all(line.side.by_round.size == found.rounds.size for line in found.lines)


async def test_several_names_are_told_what_one_rule_would_change_for_each(source: SampleSource) -> None:
    found = await several_payouts(source, [MODEL, OTHER], ["1C3T"])
    assert found.one_rule
    assert [line.label for line in found.lines] == [MODEL, OTHER]
    rounds = f"{found.rounds[0]}-{found.rounds[-1]}"
    for line in found.lines:
        alone = await compare_payouts(source, line.name, "1C3T", rounds=rounds)
        assert line.side.total == pytest.approx(alone.difference, rel=1e-9)
    told = check_answer(several_answer(found, ASKED))
    assert f"By 1xCORR + 3xTC, {MODEL}" in told


async def test_several_names_under_several_rules_are_compared_each_with_its_own(source: SampleSource) -> None:
    found = await several_payouts(source, [MODEL, OTHER], RULES)
    assert [(line.name, line.label) for line in found.lines] == [
        (name, rule) for name in (MODEL, OTHER) for rule in RULES
    ]
    assert [line.to_first is None for line in found.lines] == [True, False, False] * 2
    told = check_answer(several_answer(found, ASKED))
    assert " to D (95 %" in told
    with pytest.raises(ValueError, match="2 names under 4 rules are 8 lines; 6 at most"):
        await several_payouts(source, [MODEL, OTHER], [*RULES, "2C"])


async def test_others_are_not_named(source: SampleSource) -> None:
    found = (await several_payouts(source, [MODEL, OTHER, "everyone"], ["1C3T"])).for_others(MODEL)
    assert [line.label for line in found.lines] == [MODEL, "model 2", "everyone"]
    told = check_answer(several_answer(found, ASKED))
    assert not any(name in told for name in (OTHER, OTHER))
