"""What members could choose, and what the sample's rounds paid by."""

import csv
import gzip

import pytest

from scoring.rules import (
    is_permitted,
    parse_rule,
    rule_in_force,
)
from tests.scoring.rules.on_record import BASE, SAMPLE

# ---------------------------------------------------------------- what members could choose


def permitted(multipliers: str, number: int) -> bool:
    rule = rule_in_force("classic", round=number)
    return is_permitted(parse_rule(multipliers, rule), rule)


@pytest.mark.parametrize(
    ("multipliers", "number", "expected"),
    [
        ("1C3T", 325, True),
        ("0.5C2.5T", 325, True),
        ("2C1T", 325, False),
        ("1C3T", 320, False),
        ("1C2T", 320, True),
        ("2C1T", 589, True),
        ("2C0.5T", 589, True),
        ("1C1T", 589, False),
        ("1.5C0.5T", 589, False),
        ("1.5C", 589, True),
        ("1.5C0T", 589, True),
        ("1C3T", 589, False),
        ("0C", 589, True),
        ("1C2M", 589, False),
        ("1C", 215, True),
        ("2M", 215, True),
        ("1C2M", 215, False),
        ("0.5C2M", 650, True),
        ("0.5C3M", 650, False),
        ("1C", 650, False),
    ],
)
def test_what_was_permitted(multipliers: str, number: int, expected: bool) -> None:
    assert permitted(multipliers, number) is expected


def test_tc_needed_twice_corr_from_round_589_on() -> None:
    assert all(choice["corr"] == 2 for choice in BASE.choices if choice["tc"] > 0)
    assert {"corr": 2, "tc": 1} in BASE.choices
    assert len(BASE.choices) == 7


@pytest.mark.slow
def test_every_combination_that_was_paid_was_permitted_and_clipped_in_that_order() -> None:
    columns = ("round", "corr_multiplier", "second_multiplier", "second_score_name", "clip_order")
    with gzip.open(SAMPLE / "payouts_paid.csv.gz", "rt", encoding="utf-8") as file:
        paid = {tuple(row[column] for column in columns) for row in csv.DictReader(file)}
    assert len(paid) > 250
    for number, corr, second, name, clip_order in paid:
        rule = rule_in_force("classic", round=int(number))
        assert is_permitted(parse_rule(f"{corr}xCORR + {second}x{name}", rule), rule), (number, corr, second)
        assert clip_order == rule.clip_order, number


@pytest.mark.slow
def test_every_combination_that_the_sample_stood_at_was_permitted() -> None:
    with gzip.open(SAMPLE / "performance_r168_r325.csv.gz", "rt", encoding="utf-8") as file:
        stood = {
            (int(row["round"]), row["corr_multiplier"], row["tc_multiplier"]) for row in csv.DictReader(file)
        }
    # before round 311 the second multiplier was that of MMC, which the file does not have
    for number, corr, tc in stood:
        if number >= 311 and corr:
            rule = rule_in_force("classic", round=number)
            assert is_permitted(parse_rule(f"{corr}C{tc}T", rule), rule), (number, corr, tc)


def test_every_weekly_round_of_the_sample_has_the_threshold_of_its_rule() -> None:
    with (SAMPLE / "rounds_2022-12-22.csv").open(encoding="utf-8") as file:
        weekly = [row for row in csv.DictReader(file) if row["is_daily"] == "False"]
    for row in weekly:
        number, factor = int(row["round"]), float(row["payout_factor"])
        if number >= 252:
            assert rule_in_force("classic", round=number).stake_threshold == float(row["stake_threshold_nmr"])
            assert float(row["stake_threshold_nmr"]) == 300_000
        elif number >= 183:
            assert rule_in_force("classic", round=number).stake_threshold is None
            assert factor == 1
        if number >= 263:
            # not exact: the total still counts stake that turned out not to be at risk
            assert factor * float(row["total_at_risk_nmr"]) == pytest.approx(300_000, rel=0.021)
