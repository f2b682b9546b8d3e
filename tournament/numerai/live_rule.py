"""The payout rule that a round announces, and where it departs from the dated table."""

import itertools
import math
from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from scoring.rules import PayoutRule, describe_multipliers, load_rules, rule_in_force
from tournament.numerai.columns import Calendar
from tournament.numerai.parse import (
    MOST_SCORES,
    UNREADABLE,
    is_name,
    is_round_number,
    moment,
    number,
    rows_of,
    score_key,
)
from tournament.source import SourceError

MOST_CHOICES = 1000  # combinations of multipliers that are told one by one; a round was never paid by over 50


def announced(answer: Any) -> dict[str, Any] | None:
    """What the first of these rounds says it pays by; None where there is no such round."""
    rows = [
        row for row in rows_of(answer) if is_round_number(row.get("number")) and moment(row.get("openTime"))
    ]
    if not rows:
        return None
    paying = [
        (name, config)
        for config in rows_of(rows[0].get("roundScoreConfigs"))
        if config.get("isPayout") is True and is_name(name := config.get("displayName") or config.get("name"))
    ]
    if len(paying) > MOST_SCORES:
        raise SourceError(UNREADABLE)
    scores: dict[str, Mapping[str, Any]] = {}
    for name, config in sorted(paying, key=lambda each: score_key(each[0])[1]):
        known = score_key(name)[0]
        # two names that mean one score can't both be paid by it: the less telling one stays what it is called
        scores[name.strip().lower() if known in scores else known] = config
    return {
        "number": rows[0]["number"],
        "opened": moment(rows[0]["openTime"]),
        "threshold": number(rows[0].get("stakeThreshold")),
        "factor": number(rows[0].get("payoutFactor")),
        "scores": {
            score: {
                "least": number(config.get("minMultiplier")),
                "most": number(config.get("maxMultiplier")),
                "default": number(config.get("defaultMultiplier")),
                "clip": number(config.get("clipThreshold")),
                "threshold": number(config.get("stakeThreshold")),
                "factor": number(config.get("payoutFactor")),
            }
            for score, config in scores.items()
        },
    }


def announced_rule(tournament: str, told: Mapping[str, Any]) -> PayoutRule | None:
    """The rule that a round's payout configuration tells; None where it pays by no score.

    `told` is what announced makes of a round. What a configuration does not tell (how much of a stake
    one round risks, how many rounds overlap, a missing clip) is that of the dated rule of the round's day.
    """
    scores: Mapping[str, Mapping[str, float | None]] = told["scores"]
    if not any(max(_range(config)) for config in scores.values()):
        return None
    opened = date.fromisoformat(told["opened"][:10])
    dated = rule_in_force(tournament, on=opened)
    clips = _told(scores, "clip")
    thresholds = _told(scores, "threshold") or [told["threshold"]]
    # a configuration may keep a threshold that no longer counts: then the round's own factor is 1
    fixed = 1.0 in _told(scores, "factor") or (dated.stake_threshold is None and told["factor"] == 1)
    return PayoutRule(
        id=f"{tournament}-round-{told['number']}",
        tournament=tournament,
        status="effective",
        first_round=told["number"],
        effective_on=opened,
        multipliers=_frozen({score: max(_range(config)) for score, config in scores.items()}),
        choices=tuple(_combinations(scores)),
        fallback=_frozen({score: _default(config) for score, config in scores.items()}),
        clip=min(clips) if clips else dated.clip,
        clip_order=dated.clip_order,
        stake_threshold=None if fixed else thresholds[0] or None,
        stake_fraction=dated.stake_fraction,
        rounds_at_once=dated.rounds_at_once,
        verified=True,
        source=f"live round {told['number']}",
        note="",
    )


def difference(live: PayoutRule, dated: PayoutRule) -> str:
    """A sentence on what the live rule and the dated one say differently; "" where they agree."""
    if (_paid(live), live.clip, live.stake_threshold) == (_paid(dated), dated.clip, dated.stake_threshold):
        return ""
    return (
        f"Round {live.first_round} announces {_words(live)}; the dated rules have {_words(dated)} "
        f"since {dated.effective_on}, so answers by the dated rule may be out of date."
    )


def paid_spans(tournament: str, calendar: Calendar) -> dict[str, tuple[int, int]]:
    """The scores that the dated rules pay, each with the first and last resolved round paid by it.

    Those of a rule whose rounds have not resolved yet get the newest round that has: scores were often known
    before they were paid. Never empty.
    """
    rules = [rule for rule in load_rules() if rule.tournament == tournament and rule.status == "effective"]
    days = np.array([rule.effective_on for rule in rules[1:]], dtype="datetime64[s]")
    done = calendar.resolved if calendar.resolved.any() else np.ones(calendar.resolved.shape, dtype=bool)
    resolved = calendar.rounds.number[done]
    which = np.searchsorted(days, calendar.rounds.opened[done], side="right")
    spans: dict[str, tuple[int, int]] = {}
    for index, rule in enumerate(rules):
        numbers = resolved[which == index]
        if rule is rules[-1] and not numbers.size:
            numbers = resolved[-1:]
        for score in rule.multipliers if numbers.size else ():
            first, _ = spans.get(score, (int(numbers[0]), 0))
            spans[score] = (first, int(numbers[-1]))
    return spans


def _combinations(scores: Mapping[str, Mapping[str, float | None]]) -> Iterator[Mapping[str, float]]:
    ranges = [_range(config) for config in scores.values()]
    if math.prod(len(values) for values in ranges) > MOST_CHOICES:  # three values of 14 scores: 5 million
        ranges = [[values[-1]] for values in ranges]
    for values in itertools.product(*ranges):
        yield _frozen(dict(zip(scores, values, strict=True)))


def _range(config: Mapping[str, float | None]) -> list[float]:
    return sorted({value for key in ("least", "default", "most") if (value := config[key]) is not None}) or [
        0.0
    ]


def _default(config: Mapping[str, float | None]) -> float:
    return max(_range(config)) if config["default"] is None else config["default"]


def _told(scores: Mapping[str, Mapping[str, float | None]], key: str) -> list[float]:
    return [value for config in scores.values() if (value := config[key]) is not None]


def _frozen(multipliers: dict[str, float]) -> Mapping[str, float]:
    return MappingProxyType(multipliers)


def _paid(rule: PayoutRule) -> dict[str, float]:
    return {score: multiplier for score, multiplier in rule.multipliers.items() if multiplier}


def _words(rule: PayoutRule) -> str:
    threshold = (
        "no threshold" if rule.stake_threshold is None else f"a threshold of {rule.stake_threshold:,.0f}"
    )
    return f"{describe_multipliers(rule.multipliers)} with a clip of {rule.clip:g} and {threshold}"
