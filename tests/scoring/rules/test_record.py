"""The dated payout rules: the table, and the rule in force."""

import csv
import datetime
import itertools

import numpy as np
import pytest

from scoring.rules import (
    TOURNAMENTS,
    PayoutRule,
    load_rules,
    rule_in_force,
)
from scoring.rules.text import SCORE_NAMES
from tests.scoring.rules.on_record import BASE, RULES, SAMPLE

EFFECTIVE = [rule for rule in RULES if rule.status == "effective"]
CLASSIC = [rule for rule in EFFECTIVE if rule.tournament == "classic"]
DAY = datetime.date


def by_id(name: str) -> PayoutRule:
    (rule,) = [rule for rule in RULES if rule.id == name]
    return rule


# ---------------------------------------------------------------- the table


def test_the_table_is_read_once_in_order_with_an_id_each() -> None:
    assert load_rules() is RULES
    assert [(rule.tournament, rule.effective_on) for rule in RULES] == sorted(
        (rule.tournament, rule.effective_on or DAY.min) for rule in RULES
    )
    assert [rule.id for rule in RULES] == [f"{rule.tournament}-{rule.effective_on}" for rule in RULES]
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert {rule.tournament for rule in RULES} == set(TOURNAMENTS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_entry_is_sound(rule: PayoutRule) -> None:
    assert rule.status in {"effective", "announced", "superseded"}
    assert rule.clip_order in {"factor_inside_clip", "factor_outside_clip"}
    assert rule.multipliers in rule.choices
    assert rule.fallback in rule.choices
    assert all(set(choice) == set(rule.multipliers) <= set(SCORE_NAMES) for choice in rule.choices)
    assert len({tuple(choice.values()) for choice in rule.choices}) == len(rule.choices)
    largest = max(sum(choice.values()) for choice in rule.choices)
    assert sum(rule.multipliers.values()) == largest
    assert all(isinstance(value, float) for choice in rule.choices for value in choice.values())
    assert 0 < rule.clip <= 1
    assert rule.stake_threshold is None or rule.stake_threshold >= 10_000
    assert 0 < rule.stake_fraction <= 1
    assert rule.rounds_at_once in {5, 24, 25, 64}
    assert rule.source
    assert "\n" not in rule.note
    assert hash(rule) == hash(by_id(rule.id))


def test_a_rule_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        BASE.multipliers["corr"] = 9  # pyright: ignore[reportIndexIssue]
    with pytest.raises(TypeError):
        BASE.choices[0]["corr"] = 9  # pyright: ignore[reportIndexIssue]
    with pytest.raises(AttributeError):
        BASE.clip = 1  # pyright: ignore[reportAttributeAccessIssue]


def test_dates_and_rounds_of_classic_rise_together() -> None:
    for earlier, later in itertools.pairwise(CLASSIC):
        assert earlier.effective_on
        assert later.effective_on
        assert earlier.effective_on < later.effective_on
        assert earlier.first_round
        assert later.first_round
        assert earlier.first_round < later.first_round


def test_rounds_of_classic_are_the_first_to_open_from_the_rule_s_date_on() -> None:
    with (SAMPLE / "rounds_2022-12-22.csv").open(encoding="utf-8") as file:
        opened = {int(row["round"]): DAY.fromisoformat(row["open_time"][:10]) for row in csv.DictReader(file)}
    # from there on a round has opened every Tuesday to Saturday
    number, day = max(opened.items())
    while number < 1400:
        day += datetime.timedelta(days=1)
        if 1 <= day.weekday() <= 5:
            number += 1
            opened[number] = day
    for rule in CLASSIC:
        assert rule.effective_on
        assert rule.first_round == min(number for number, day in opened.items() if day >= rule.effective_on)


def test_superseded_rules_are_never_in_force() -> None:
    superseded = [rule for rule in RULES if rule.status == "superseded"]
    assert {rule.id for rule in superseded} == {
        "classic-2023-11-15",
        "classic-2026-06-25",
        "classic-2026-10-08",
        "signals-2024-03-22",
        "signals-2026-10-08",
    }
    day = DAY(2019, 10, 26)
    while day < DAY(2027, 1, 1):
        assert rule_in_force("classic", on=day).status == "effective"
        day += datetime.timedelta(days=1)
    assert rule_in_force("classic", on=DAY(2023, 12, 1)).id == "classic-2023-10-07"
    assert rule_in_force("classic", on=DAY(2026, 7, 1)).id == "classic-2026-01-01"


def test_what_could_not_be_verified_says_so() -> None:
    assert {rule.id for rule in EFFECTIVE if not rule.verified} == {
        "classic-2026-08-28",
        "crypto-2026-01-01",
        "signals-2023-05-01",
        "signals-2026-09-25",
    }
    assert all(rule.note for rule in RULES if not rule.verified)


# ---------------------------------------------------------------- the rule in force


def test_round_600_is_the_change_the_thread_is_about() -> None:
    assert BASE.id == "classic-2023-10-07"
    assert BASE.multipliers == {"corr": 2, "tc": 1}
    assert BASE.fallback == {"corr": 1, "tc": 0}
    assert (BASE.clip, BASE.stake_threshold, BASE.stake_fraction) == (0.05, 72_000, 1)
    assert (BASE.first_round, BASE.effective_on, BASE.rounds_at_once) == (589, DAY(2023, 10, 7), 25)
    assert BASE.clip_order == "factor_inside_clip"


def test_round_1343_risks_a_64th_at_clip_1() -> None:
    rule = rule_in_force("classic", round=1343)
    assert rule.multipliers == {"corr60": 3, "mmc60": 15}
    assert (rule.clip, rule.stake_threshold, rule.stake_fraction) == (1, None, 1 / 64)
    assert rule.rounds_at_once == 64
    assert rule_in_force("classic", round=1342).multipliers == {"corr": 0.75, "mmc": 2.25}


def test_round_1172_is_the_first_of_2026_and_round_1363_the_first_of_neutral_scores() -> None:
    assert rule_in_force("classic", round=1171).multipliers == {"corr": 0.5, "mmc": 2}
    assert rule_in_force("classic", round=1172).multipliers == {"corr": 0.75, "mmc": 2.25}
    assert rule_in_force("classic", round=1172).verified
    assert by_id("signals-2026-09-25").first_round == 1363


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (183, "classic-2019-10-26"),
        (215, "classic-2020-05-31"),
        (222, "classic-2020-07-25"),
        (242, "classic-2020-12-12"),
        (252, "classic-2021-02-20"),
        (310, "classic-2021-02-20"),
        (313, "classic-2022-04-09"),
        (316, "classic-2022-05-14"),
        (325, "classic-2022-06-18"),
        (400, "classic-2023-01-08"),
        (588, "classic-2023-05-01"),
        (589, "classic-2023-10-07"),
        (650, "classic-2024-01-02"),
        (1200, "classic-2026-01-01"),
        (99_999, "classic-2026-08-28"),
    ],
)
def test_the_rule_of_a_round(number: int, expected: str) -> None:
    assert rule_in_force("classic", round=number).id == expected
    assert rule_in_force("classic", round=np.int64(number)).id == expected


def test_the_payout_factor_left_the_clip_for_five_rounds() -> None:
    outside = [n for n in range(183, 700) if "outside" in rule_in_force("classic", round=n).clip_order]
    assert outside == [311, 312, 313, 314, 315]
    assert [rule.id for rule in EFFECTIVE if rule.clip_order == "factor_outside_clip"] == [
        "classic-2022-04-09"
    ]


@pytest.mark.parametrize(
    ("tournament", "on", "expected"),
    [
        ("classic", DAY(2023, 10, 6), "classic-2023-05-01"),
        ("classic", DAY(2023, 10, 7), "classic-2023-10-07"),
        ("classic", datetime.datetime(2023, 10, 7, tzinfo=datetime.UTC), "classic-2023-10-07"),
        # still the 6th in New York, the 7th in UTC; then the other way round in Tokyo
        (
            "classic",
            datetime.datetime(2023, 10, 6, 21, tzinfo=datetime.timezone(datetime.timedelta(hours=-4))),
            "classic-2023-10-07",
        ),
        (
            "classic",
            datetime.datetime(2023, 10, 7, 8, tzinfo=datetime.timezone(datetime.timedelta(hours=9))),
            "classic-2023-05-01",
        ),
        ("signals", DAY(2024, 3, 29), "signals-2023-10-07"),  # 1xFNCv4 + 2xTC was never in force
        ("signals", DAY(2024, 3, 30), "signals-2024-03-30"),
        ("signals", DAY(2025, 9, 1), "signals-2024-03-30"),
        ("signals", DAY(2026, 11, 22), "signals-2026-09-25"),  # nor what was announced that autumn
        ("classic", DAY(2026, 11, 22), "classic-2026-08-28"),
        ("crypto", DAY(2025, 1, 24), "crypto-2024-06-17"),
        ("crypto", DAY(2025, 1, 25), "crypto-2025-01-25"),  # a Saturday, the day after it was announced
        ("signals", DAY(2025, 9, 2), "signals-2025-09-02"),
        ("crypto", DAY(2026, 11, 22), "crypto-2026-06-18"),
    ],
)
def test_the_rule_of_a_day(tournament: str, on: datetime.date, expected: str) -> None:
    assert rule_in_force(tournament, on=on).id == expected


def test_other_tournaments_have_their_own_numbers() -> None:
    alpha = rule_in_force("signals", on=DAY(2026, 1, 1))
    assert (alpha.multipliers, alpha.clip, alpha.stake_threshold) == (
        {"alpha": 0.3, "mpc": 0.8},
        0.035,
        36_000,
    )
    assert rule_in_force("signals", on=DAY(2026, 9, 25)).multipliers == {"ncorr": 0.5, "nmmc": 2}
    atomic = rule_in_force("crypto", on=DAY(2026, 6, 18))
    assert (atomic.multipliers, atomic.clip, atomic.stake_fraction) == ({"corr": 0.1, "mmc": 1}, 1, 1 / 24)


@pytest.mark.parametrize(
    ("tournament", "asked", "words"),
    [
        ("main", {"round": 600}, "classic, signals, crypto"),
        ("classic", {}, "either by round number or by date"),
        ("classic", {"round": 600, "on": DAY(2024, 1, 1)}, "either by round number or by date"),
        ("classic", {"round": 182}, "round 183, 2019-10-26"),
        ("classic", {"round": -1}, "round 183, 2019-10-26"),
        ("classic", {"on": DAY(2019, 10, 25)}, "2019-10-26"),
        ("crypto", {"on": DAY(2024, 6, 16)}, "2024-06-17"),
        ("signals", {"round": 600}, "ask by date"),
        ("crypto", {"round": 600}, "ask by date"),
        ("classic", {"round": True}, "whole number"),
        ("classic", {"round": 600.0}, "whole number"),
        ("classic", {"round": "600"}, "whole number"),
        ("classic", {"on": datetime.datetime(2024, 1, 1)}, "time zone"),  # noqa: DTZ001
        ("classic", {"on": "1st of May"}, "by a date"),
        ("classic", {"on": DAY(2024, 1, 1), "date": DAY(2024, 1, 1)}, "either by round number or by date"),
        ("", {"round": 600}, "no such tournament"),
    ],
)
def test_a_question_without_an_answer_gets_a_sentence(tournament: str, asked: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        rule_in_force(tournament, **asked)
    assert str(caught.value).endswith(".")
