"""The rule a round announces becomes a rule like the dated ones, and a difference becomes a sentence."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from scoring.payout import payouts
from scoring.rules import load_rules, parse_rule, rule_in_force, unknown_scores
from tournament.numerai import columns, parse
from tournament.numerai.live_rule import announced, announced_rule, difference, paid_spans

CURRENT = rule_in_force("classic", round=1343)


def config(name: str, times: float | str | None, **more: Any) -> dict[str, Any]:
    told = dict.fromkeys(("minMultiplier", "maxMultiplier", "defaultMultiplier"), times)
    return {"displayName": name, "isPayout": True, **told, "clipThreshold": 1.0, **more}


def told(*configs: dict[str, Any], **more: Any) -> dict[str, Any]:
    entry = {"number": 1402, "openTime": "2026-11-19T13:00:00Z", "roundScoreConfigs": list(configs), **more}
    found = announced([entry])
    assert found is not None
    return found


def test_a_fixed_rule_is_read_whole() -> None:
    bmc = config("bmc", 0.0, isPayout=False)
    rule = announced_rule("classic", told(config("corr60", 3, payoutFactor="1"), config("mmc60", "15"), bmc))
    assert rule is not None
    assert dict(rule.multipliers) == dict(rule.fallback) == {"corr60": 3.0, "mmc60": 15.0}
    assert [dict(choice) for choice in rule.choices] == [{"corr60": 3.0, "mmc60": 15.0}]
    assert (rule.clip, rule.stake_threshold, rule.stake_fraction) == (1.0, None, 1 / 64)
    assert (rule.status, rule.verified, rule.source) == ("effective", True, "live round 1402")
    assert (rule.first_round, rule.effective_on) == (1402, date(2026, 11, 19))
    assert parse_rule("1xCORR60", rule).clip == 1.0
    assert payouts([[0.01, 0.01]], list(rule.multipliers.values()), [64.0], clip=rule.clip)[
        0
    ] == pytest.approx(11.52)


def test_a_choice_is_between_the_least_and_the_most() -> None:
    free = config("tc", None, minMultiplier=0.0, maxMultiplier=1.0, defaultMultiplier=0.0)
    rule = announced_rule("classic", told(config("v2_corr20", 2), free, stakeThreshold=72_000))
    assert rule is not None
    assert dict(rule.multipliers) == {"corr": 2.0, "tc": 1.0}
    assert dict(rule.fallback) == {"corr": 2.0, "tc": 0.0}
    assert [dict(choice) for choice in rule.choices] == [{"corr": 2.0, "tc": 0.0}, {"corr": 2.0, "tc": 1.0}]
    assert rule.stake_threshold == 72_000


def test_a_paying_score_nobody_knows_keeps_its_name() -> None:
    rule = announced_rule("classic", told(config("corr60", 3), config("Season_Score", 2), config("tc", 0.0)))
    assert rule is not None
    assert dict(rule.multipliers) == {"corr60": 3.0, "season_score": 2.0, "tc": 0.0}
    assert unknown_scores(rule) == ("season_score",)
    assert unknown_scores(CURRENT) == ()
    assert "2xSEASON_SCORE" in difference(rule, CURRENT)


@pytest.mark.parametrize("names", [("v2_corr20", "correlation"), ("correlation", "v2_corr20")])
def test_two_names_of_one_score_are_two_scores_where_both_are_paid(names: tuple[str, str]) -> None:
    rule = announced_rule("classic", told(*(config(name, len(name)) for name in names)))
    assert rule is not None
    assert dict(rule.multipliers) == {"corr": 9.0, "correlation": 11.0}
    assert unknown_scores(rule) == ("correlation",)


def test_alpha_is_not_corr_and_mpc_is_not_mmc() -> None:
    rule = announced_rule("signals", told(config("alpha", 4), config("mpc", 8)))
    assert rule is not None
    assert dict(rule.multipliers) == {"alpha": 4.0, "mpc": 8.0}


def test_what_a_round_does_not_tell_is_the_dated_rule_s() -> None:
    rule = announced_rule("classic", told(config("corr60", 3, clipThreshold=None)))
    assert rule is not None
    assert (rule.clip, rule.rounds_at_once, rule.clip_order) == (
        CURRENT.clip,
        CURRENT.rounds_at_once,
        CURRENT.clip_order,
    )


@pytest.mark.parametrize("configs", [[], [config("corr60", 0.0)], [config("corr60", None)]])
def test_a_round_that_pays_by_nothing_has_no_rule(configs: list[dict[str, Any]]) -> None:
    assert announced_rule("classic", told(*configs)) is None


@pytest.mark.parametrize("nothing", [None, [], [{"number": None}]])
def test_no_round_is_none(nothing: Any) -> None:
    assert announced(nothing) is None


def test_the_same_rule_is_no_difference() -> None:
    rule = announced_rule("classic", told(config("corr60", 3), config("mmc60", 15), config("tc", 0.0)))
    assert rule is not None
    assert difference(rule, CURRENT) == ""


def test_a_threshold_beside_a_factor_of_1_is_no_difference_to_a_rule_without_one() -> None:
    kept = config("corr60", 3, stakeThreshold=72_000), config("mmc60", 15, stakeThreshold=72_000)
    rule = announced_rule("classic", told(*kept, payoutFactor="1"))
    assert rule is not None
    assert difference(rule, CURRENT) == ""
    bound = announced_rule("classic", told(*kept, payoutFactor="0.12"))
    assert bound is not None
    assert "a threshold of 72,000;" in difference(bound, CURRENT)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"multipliers": {"corr60": 4.0}},
            "Round 1402 announces 4xCORR60 with a clip of 1 and no threshold;",
        ),
        ({"clip": 0.05}, "with a clip of 0.05 and no threshold;"),
        ({"stake_threshold": 72_000.0}, "with a clip of 1 and a threshold of 72,000;"),
    ],
)
def test_a_difference_is_one_sentence(change: dict[str, Any], words: str) -> None:
    rule = announced_rule("classic", told(config("corr60", 3), config("mmc60", 15)))
    assert rule is not None
    sentence = difference(replace(rule, **change), CURRENT)
    assert words in sentence
    assert (
        "the dated rules have 3xCORR60 + 15xMMC60 with a clip of 1 and no threshold since 2026-08-28"
        in sentence
    )
    assert sentence.endswith("may be out of date.")


@pytest.mark.parametrize("tournament", ["classic", "signals", "crypto"])
def test_every_dated_rule_s_scores_have_a_span(tournament: str) -> None:
    rounds = [
        {
            "number": number,
            "openTime": f"{2019 + number // 12}-{number % 12 + 1:02}-15T18:00:00Z",
            "resolveTime": f"{2019 + (number + 1) // 12}-{(number + 1) % 12 + 1:02}-15T18:00:00Z",
            "resolvedGeneral": number < 90,
        }
        for number in range(96)
    ]
    spans = paid_spans(tournament, columns.calendar(parse.rounds(rounds)))
    for rule in load_rules():
        if rule.tournament == tournament and rule.status == "effective":
            for score in rule.multipliers:
                first, last = spans[score]
                assert 0 <= first <= last <= 89
    if tournament == "classic":
        assert spans["tc"] == (39, 59)  # April 2022 to December 2023
        assert spans["corr60"] == (89, 89)  # the first rounds paid by it are still under way


def test_a_tournament_without_resolved_rounds_has_scores_all_the_same() -> None:
    rounds = columns.calendar(parse.rounds([{"number": 5, "openTime": "2026-11-19T13:00:00Z"}]))
    assert paid_spans("classic", rounds) == {"corr60": (5, 5), "mmc60": (5, 5)}
