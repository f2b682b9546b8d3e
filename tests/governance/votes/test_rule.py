"""When a vote by gradients adopts: cases by hand, each side of every threshold."""

import itertools
from fractions import Fraction

import pytest

from governance.votes.ballots import STEPS
from governance.votes.rule import BEFORE, DEFAULT, Rule
from governance.votes.tally import tally


def outcome(steps: list[int], rule: Rule = DEFAULT, *, empty: int = 0, known: int = 0) -> str:
    """The outcome of so many ballots on each step, best first, and so many abstentions."""
    ballots = [step for step, times in zip(STEPS, steps, strict=True) for _ in range(times)]
    [found] = tally("gradient", ballots + [None] * empty, None, rule=rule, known=known).winners
    return str(found)


@pytest.mark.parametrize(
    ("steps", "rule", "empty", "known", "found"),
    [
        ([13, 7, 8, 7, 5], DEFAULT, 0, 0, "adopted"),  # 5 of 40 block: below a fifth
        ([13, 7, 8, 4, 8], DEFAULT, 0, 0, "blocked"),  # 8 of 40: a fifth
        ([13, 7, 8, 7, 5], Rule(blocks=0), 0, 0, "blocked"),  # by a single one
        ([13, 7, 8, 7, 0], Rule(blocks=0), 0, 0, "adopted"),
        ([0, 1, 8, 0, 0], DEFAULT, 0, 0, "unsupported"),  # 1 of 9
        ([0, 1, 8, 0, 0], BEFORE, 0, 0, "adopted"),
        ([0, 1, 4, 0, 0], DEFAULT, 0, 0, "adopted"),  # 1 of 5: a fifth
        ([0, 1, 4, 0, 0], DEFAULT, 1, 0, "unsupported"),  # 1 of 6 who took part
        ([0, 0, 0, 1, 0], DEFAULT, 99, 0, "rejected"),
        ([0, 1, 0, 1, 0], DEFAULT, 0, 0, "undecided"),
        ([0, 0, 3, 0, 0], DEFAULT, 0, 0, "undecided"),
        ([5, 5, 0, 0, 0], Rule(electorate=10), 0, 100, "adopted"),
        ([5, 4, 1, 0, 0], Rule(electorate=10), 0, 100, "unsupported"),
        ([5, 4, 1, 0, 0], Rule(electorate=10), 0, 3, "adopted"),  # who took part might vote
        ([3, 0, 1, 0, 0], Rule(favour=80), 0, 0, "unsupported"),
        ([4, 0, 1, 0, 0], Rule(favour=80), 0, 0, "adopted"),
    ],
)
def test_by_hand(steps: list[int], rule: Rule, empty: int, known: int, found: str) -> None:
    assert outcome(steps, rule, empty=empty, known=known) == found


def test_the_sentence_is_what_is_done() -> None:
    """Every poll of up to three ballots a step, counted again by the words of the sentence."""
    for rule in (
        DEFAULT,
        BEFORE,
        Rule(blocks=0, favour=50, electorate=9),
        Rule(blocks=34, favour=0, electorate=25),
    ):
        said = rule.sentence
        assert said.startswith("Adopted when more are for it than against")
        assert (f"fewer than {rule.blocks} % block it" in said) == (rule.blocks > 0)
        assert ("nobody blocks it" in said) == (rule.blocks == 0)
        assert (f"{rule.favour} % of those who took part" in said) == (rule.favour > 0)
        assert (f"{rule.electorate} % of those who might vote" in said) == (rule.electorate > 0)
        for steps in itertools.product(range(4), repeat=5):
            if not any(steps):
                continue
            favour, against = steps[0] + steps[1], steps[3] + steps[4]
            blocking = Fraction(steps[4], sum(steps))
            adopted = (
                favour > against
                and (blocking < Fraction(rule.blocks, 100) if rule.blocks else not steps[4])
                and Fraction(favour, sum(steps) + 1) >= Fraction(rule.favour, 100)
                and Fraction(favour, max(20, sum(steps) + 1)) >= Fraction(rule.electorate, 100)
            )
            assert (outcome(list(steps), rule, empty=1, known=20) == "adopted") == adopted, steps


def test_weights_keep_their_shares() -> None:
    """Half weights, abstentions among them, decide as whole ones."""
    ballots = ["for", "neutral", "neutral", "neutral", "neutral", None]
    for weight in (1, Fraction(1, 2), 0.25, 7):
        found = tally("gradient", ballots, None, weights=[weight] * 6)
        assert found.winners == ("unsupported",)
        assert tally("gradient", ballots[:5], None, weights=[weight] * 5).winners == ("adopted",)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"blocks": -1}, "blocks is a percentage from 0 to 100; this is -1"),
        ({"favour": 101}, "favour is a percentage from 0 to 100; this is 101"),
        ({"electorate": 1000}, "electorate is a percentage from 0 to 100; this is 1000"),
        ({"least_ballots": 0}, "least is a number of ballots from 1 to 1,000; this is 0"),
    ],
)
def test_settings_that_make_no_rule_are_refused(settings: dict[str, int], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Rule(**settings)
