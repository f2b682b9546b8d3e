"""Results of polls counted by hand, and what of the stakes behind them is shown."""

import json
from dataclasses import asdict, replace
from fractions import Fraction
from typing import Any

import pytest

from features.polls.ballot_text import STEP_WORDS
from features.polls.results.counting import count, exact_weighted
from features.polls.results.result import PollResult, Shown
from features.polls.results.result_card import strategy_rows
from governance.votes.ballots import METHODS, STEPS
from governance.votes.rule import Rule
from governance.votes.strategies import STRATEGIES

AB = ["a", "b"]
SEED = "5eed" * 16


def counted(
    method: str,
    choices: list[Any],
    options: list[Any],
    electors: dict[int, float] | None = None,
    *,
    quorum: int = 0,
    rule: Rule = Rule(least_ballots=1),  # noqa: B008
) -> PollResult:
    return count(
        method,
        options,
        list(enumerate(choices, 1)),
        electors or {},
        quorum=quorum,
        electorate=100,
        seed=SEED,
        budget=10,
        rule=rule,
    )


@pytest.mark.parametrize(
    ("method", "choices", "options", "finding", "details"),
    [
        ("single", ["a", "a", "b"], AB, "a wins.", ("a: 2", "b: 1")),
        ("approval", [["a", "b"], ["b"]], AB, "b wins.", ("a: 1", "b: 2")),
        ("score", [{"a": 5}, {"a": 1, "b": 4}], AB, "a wins.", ("a: 6", "b: 4")),
        ("dots", [{"a": 10}, {"b": 9}], AB, "a wins.", ("a: 10", "b: 9")),
        ("numeric", ["1", "2", "7"], [], "The median is 2.", None),
        ("ranked_irv", [["a"], ["a", "b"], ["b"]], AB, "a wins.", ("Round 1: a 2, b 1",)),
        ("ranked_schulze", [["a", "b"], ["a"], ["b"]], AB, "a wins.", None),
        ("single", [], AB, "Nobody cast a ballot.", None),
    ],
)
def test_the_outcome_in_one_sentence(
    method: str, choices: list[Any], options: list[Any], finding: str, details: tuple[str, ...] | None
) -> None:
    found = counted(method, choices, options)
    assert found.finding == finding
    assert found.valid
    if details is not None:
        assert found.details[: len(details)] == details


def test_ties_are_settled_by_a_lot_that_is_told() -> None:
    found = counted("single", ["a", "b"], AB)
    assert set(found.tie) == {"a", "b"}
    assert found.finding in ("a wins a tie by lot.", "b wins a tie by lot.")
    assert counted("single", ["b", "a"], AB).finding == found.finding


def test_between_two_middle_answers_no_lot_decides() -> None:
    for answers, options, told in (
        (["0.1", "0.2", "0.9", "1.0"], [], "0.55, midway between 0.2 and 0.9."),
        (["0.1", "0.2", "0.9", "1.0"], ["0", "1", "0.1"],
         "0.5, the lower of the two steps nearest midway between 0.2 and 0.9."),
        (["1", "4"], ["1", "7", "1.5"], "2.5, midway between 1 and 4."),
        (["0.1", "0.4"], ["0.1", "0.7", "0.1"],
         "0.2, the lower of the two steps nearest midway between 0.1 and 0.4."),
        (["2", "2", "5"], [], "2."),
    ):  # fmt: skip
        found = counted("numeric", answers, options)
        assert (found.finding, found.tie) == (f"The median is {told}", ())


def test_a_missed_quorum_is_no_result() -> None:
    found = counted("single", ["a", "a"], AB, quorum=3)
    assert not found.valid
    assert found.finding == "No quorum: 2 took part, and 3 were needed."
    assert counted("single", ["a"] * 3, AB, quorum=3).valid


def test_how_near_it_was_is_told_of_few() -> None:
    found = counted("single", ["a"] * 6 + ["b"] * 4, AB)
    assert found.shares == {"a": 0.6, "b": 0.4}
    assert found.interval is not None
    assert found.interval[0] < 0.6 < found.interval[1]
    assert found.flip == 3, "two more make a tie"
    many = counted("single", ["a"] * 60 + ["b"] * 40, AB)
    assert (many.interval, many.flip) == (None, None)
    assert counted("score", [{"a": 1}], AB).interval is None


def test_few_verified_members_are_not_shown() -> None:
    found = counted("single", ["a"] * 3 + ["b"] * 3, AB, {1: 1000.0, 4: 1.0})
    assert {each.shares for each in found.strategies} == {None}
    for each in found.strategies:
        assert each.sentence
        assert (each.leaders, each.flips, each.effective_voters, each.top_three) == ((), None, None, None)
    assert found.turnout == ()


@pytest.mark.slow
def test_shares_of_many_are_rounded_and_say_whether_they_flip() -> None:
    stakes = {member: float(member * member) for member in range(1, 61)}
    choices = ["a"] * 30 + ["b", "a", "b"] * 10  # the minority holds more
    found = counted("single", choices, AB, stakes)
    assert found.finding == "a wins."
    linear = next(each for each in found.strategies if each.name == "linear_stake")
    assert linear.shares is not None
    assert all(share % 5 == 0 for share in linear.shares.values())
    assert linear.leaders == ("b",)
    assert linear.flips
    [exact] = [
        each
        for each in exact_weighted("single", AB, list(enumerate(choices, 1)), stakes)
        if each.strategy == "linear_stake"
    ]
    part = sum(Fraction(stakes[member]) for member in stakes if choices[member - 1] == "b")
    assert exact.result.totals["b"] == part
    assert abs(100 * part / sum(map(Fraction, stakes.values())) - linear.shares["b"]) <= Fraction(5, 2)


def test_what_is_told_of_the_weights_depends_on_who_voted_and_not_on_how() -> None:
    stakes = {member: 100.0 + member for member in range(1, 61)}
    one = counted("single", ["a", "b"] * 30, AB, stakes)
    other = counted("single", ["b", "a"] * 30, AB, stakes)
    for mine, theirs in zip(one.strategies, other.strategies, strict=True):
        if mine.shares and theirs.shares:
            for name in ("effective_voters", "smallest_majority", "top_three"):
                assert getattr(mine, name) == getattr(theirs, name)


def test_turnout_is_told_by_tenths_of_a_hundred() -> None:
    stakes = {member: float(member) for member in range(1, 101)}
    assert counted("single", ["a"] * 40, AB, {m: stakes[m] for m in range(1, 100)}).turnout == ()
    found = counted("single", ["a"] * 40, AB, stakes)
    assert [members for members, _ in found.turnout] == [10] * 10
    assert sum(voted for _, voted in found.turnout) == 40


def test_it_is_kept_as_json() -> None:
    found = counted("ranked_irv", [["a"], ["b", "a"], ["b"]], AB)
    kept = json.loads(json.dumps(asdict(found)))
    assert kept["winners"] == ["b"]
    assert replace(found) == found


def test_an_option_nearly_everybody_approved_is_withheld_and_not_gone() -> None:
    """38 of 40 approve of a: its share would tell of the two who do not, and without it b seems to win."""
    stakes = dict.fromkeys(range(1, 41), 100.0)
    choices = [["a"] + (["b"] if member % 2 else ["d"]) for member in range(38)]
    found = counted("approval", [*choices, ["c", "b"], ["c", "b"]], ["a", "b", "c", "d"], stakes)
    assert found.finding == "a wins."
    assert found.totals == {"a": "38", "b": "21", "c": "2", "d": "19"}
    assert {tuple(each.shares or ()) for each in found.strategies} == {("b", "d")}
    assert not any(each.flips for each in found.strategies)
    assert Shown.of(found).missing == {
        "fewer than 5 do not approve of it": ("a",),
        "fewer than 5 approve of it": ("c",),
    }


def test_what_else_is_left_out_of_shares_says_why() -> None:
    stakes = dict.fromkeys(range(1, 41), 100.0)
    scored = counted(
        "score", [{"a": 5, "b": at % 2, "c": 1 - at % 2} for at in range(40)], [*AB, "c"], stakes
    )
    assert Shown.of(scored).missing == {"fewer than 5 give it points, or fewer than 5 give it none": ("a",)}
    joined = counted("single", ["a"] * 20 + ["b"] * 15 + ["c"] * 3 + ["d"] * 2, [*"abcde"], stakes)
    about = Shown.of(joined)
    assert (about.joined, about.missing) == ({"others": ("c", "d")}, {"nobody chose it": ("e",)})
    whole = Shown.of(counted("single", ["a", "b"] * 20, AB, stakes))
    assert (whole.joined, whole.missing) == ({}, {})
    assert Shown.of(counted("single", ["a"] * 3, AB, stakes)) == Shown({}, {}, {})


def test_steps_of_agreement_are_told_alone_or_by_their_sides() -> None:
    stakes = dict.fromkeys(range(1, 61), 100.0)
    alone = Shown.of(counted("gradient", ["for"] * 20 + ["against"] * 20, [], stakes))
    assert alone.named == {"for": "Support with reservations", "against": "Serious disagreement"}
    assert alone.joined == {}
    assert alone.missing == {
        "nobody chose it": ("Whole-hearted support", "Neither for nor against", "Block"),
    }
    choices = ["strong_for"] * 3 + ["for"] * 20 + ["against"] * 20 + ["strong_against"] * 4
    sides = Shown.of(counted("gradient", choices, [], stakes))
    assert sides.joined == {
        "for": ("Whole-hearted support", "Support with reservations"),
        "against": ("Serious disagreement", "Block"),
    }
    assert sides.missing == {"nobody chose it": ("Neither for nor against",)}


@pytest.mark.parametrize("method", ["single", "approval", "score", "dots", "gradient"])
def test_every_row_of_a_strategy_has_every_option_or_why_not(method: str) -> None:
    names = [f"option {letter}" for letter in "abcdefgh"]
    steps = list(STEP_WORDS)
    stakes = {member: 100.0 + member for member in range(1, 101)}
    choices: list[Any] = []
    for at in range(100):
        name = names[min(at % 12, 6)] if at % 12 < 7 else names[at % 3]
        choices.append(
            {
                "single": name,
                "approval": [*{name, names[0]}],
                "score": {name: 1 + at % 5},
                "dots": {name: 10},
            }.get(method, steps[at % 4])
        )
    rows = strategy_rows(counted(method, choices, [] if method == "gradient" else names, stakes))
    for strategy in [each.words for each in STRATEGIES.values()][1:]:
        [row] = [
            row for row in rows if strategy in row.split("**")[1].lower().replace(" and ", ", ").split(", ")
        ]
        assert row
    told = [row for row in rows if "Not shown." not in row]
    assert told
    for row in told:
        for option in STEP_WORDS.values() if method == "gradient" else names:
            assert option in row, row
    for row in set(rows) - set(told):
        assert len(row.split("Not shown. ")[1]) > 20, "a reason"


@pytest.mark.parametrize(
    ("steps", "finding"),
    [
        ([3, 2, 9, 1, 3], "Adopted: 5 for it, 4 against, 3 of them blocking."),
        ([3, 2, 9, 1, 0], "Adopted: 5 for it, 1 against."),
        ([3, 2, 1, 1, 2], "Blocked: 2 of 9 block it."),
        ([0, 1, 8, 0, 0], "Not adopted: too few for it, 1 of 9 who took part."),
        ([0, 2, 9, 3, 0], "Rejected: 3 against it, 2 for it."),
        ([0, 2, 9, 2, 0], "Undecided: 2 for it, and 2 against."),
        ([0, 0, 0, 0, 0], "Nobody cast a ballot."),
    ],
)
def test_a_proposal_s_vote_says_how_it_ended(steps: list[int], finding: str) -> None:
    """3 of 18 blocks are 17 %, 2 of 9 are 22 %; 1 of 9 for it are 11 %."""
    choices = [name for name, times in zip(STEPS, steps, strict=True) for _ in range(times)]
    assert counted("gradient", choices, [], rule=Rule(least_ballots=1)).finding == finding


@pytest.mark.parametrize("method", METHODS)
def test_of_fewer_than_the_least_nothing_is_told(method: str) -> None:
    """Not what they voted, nor how many they were: only that they were too few."""
    ballots: dict[str, Any] = {
        "approval": ["a"], "ranked_irv": ["a", "b"], "ranked_schulze": ["a", "b"], "score": {"a": 5},
        "dots": {"a": 10}, "numeric": "3", "gradient": "strong_for",
    }  # fmt: skip
    ballot, options = ballots.get(method, "a"), [] if method in ("numeric", "gradient") else AB
    few = counted(method, [ballot] * 3 + [None], options, dict.fromkeys(range(1, 5), 10.0), rule=Rule())
    assert few.finding == "Too few: fewer than 5 took part, so nothing is told."
    assert not few.valid
    empty: dict[str, Any] = dict.fromkeys(("winners", "tie", "strategies", "turnout", "details"), ())
    empty |= {"totals": {}, "shares": {}, "interval": None, "flip": None}
    assert {name: getattr(few, name) for name in empty} == empty
    enough = counted(method, [ballot] * 4 + [None], options, rule=Rule())
    assert enough.valid
    assert enough.winners


def test_abstaining_is_taking_part() -> None:
    all_three = counted("approval", [[], None, []], AB, quorum=2)
    assert (all_three.took_part, all_three.valid) == (3, True)
    assert all_three.finding == "All 3 who took part abstained."
    assert counted("single", [None], AB, quorum=1).finding == "The one who took part abstained."
    scored = counted("score", [{"a": 0, "b": 0}] * 2 + [{"a": 5, "b": 0}], AB, quorum=3)
    assert (scored.ballots, scored.valid) == (3, True)
    assert scored.shares["a"] == pytest.approx(1 / 3)
