"""The payout rules: every dated one on record, the one in force, and the ones that people type."""

import datetime
import difflib
import functools
import itertools
import operator
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, SupportsIndex

from scoring.rules.text import (
    LONGEST_TEXT,
    SCORE_NAMES,
    read,
    refusal,
    spell_multipliers,
    spell_number,
    spell_threshold,
    tidy,
)
from scoring.typed import quote

TOURNAMENTS = ("classic", "signals", "crypto")

_LOOKS_LIKE_AN_ID = re.compile(r"(?:classic|signals|crypto)\b.*|[a-z]+-[0-9]{4}\b.*", re.DOTALL)


@dataclass(frozen=True)
class PayoutRule:
    """What a round pays: stake at risk x clip(payout factor x weighted score), factor inside or outside."""

    id: str  # "classic-2023-10-07", or the canonical text of a typed rule
    tournament: str  # classic | signals | crypto
    status: str  # effective | announced | superseded | proposed
    first_round: int | None  # None: not known
    effective_on: datetime.date | None  # UTC; None for a typed rule
    multipliers: Mapping[str, float] = field(hash=False)  # by score, the largest permitted combination
    choices: tuple[Mapping[str, float], ...] = field(hash=False)  # every permitted combination
    fallback: Mapping[str, float] = field(hash=False)  # what members who do nothing are paid by
    clip: float  # bound of a round's payout, as a share of the stake at risk
    clip_order: str  # factor_inside_clip | factor_outside_clip
    stake_threshold: float | None  # NMR; payout factor = min(1, threshold / total at risk); None: always 1
    stake_fraction: float  # share of a member's whole stake that one round risks
    rounds_at_once: int  # about how many unresolved rounds overlap
    verified: bool
    source: str
    note: str


@functools.cache
def load_rules() -> tuple[PayoutRule, ...]:
    """Every rule on record, ordered by tournament, then date, from the table beside this file."""
    tables = tomllib.loads(Path(__file__).with_name("rules.toml").read_text(encoding="utf-8"))
    rules = [_rule(tournament, entry) for tournament, entries in tables.items() for entry in entries]
    return tuple(sorted(rules, key=lambda rule: (rule.tournament, rule.effective_on or datetime.date.min)))


def rule_in_force(
    tournament: str,
    *,
    round: SupportsIndex | None = None,  # noqa: A002 - the word people use
    on: datetime.date | str | None = None,
    date: datetime.date | str | None = None,
) -> PayoutRule:
    """The effective rule of a round, by its number, or of the rounds that open on a day.

    The tournament in any case. `on`, or `date`, is a date, its text (2023-10-07) or an aware datetime, which
    counts as its UTC date. Raises ValueError with a sentence for the asker: for an unknown tournament, unless
    exactly one of the three is given, before the first rule on record, and for a round number where the
    tournament's rules are known by date only.
    """
    tournament = tournament.strip().lower() if isinstance(tournament, str) else ""  # pyright: ignore[reportUnnecessaryIsInstance] - notebooks hand over anything
    if tournament not in TOURNAMENTS:
        raise ValueError(f"There is no such tournament; choose one of {', '.join(TOURNAMENTS)}.")
    if [round, on, date].count(None) != 2:
        raise ValueError("Ask for a rule either by round number or by date.")
    on = date if on is None else on
    effective = [
        rule for rule in load_rules() if rule.tournament == tournament and rule.status == "effective"
    ]
    first = effective[0]
    if on is not None:
        day = _utc_date(on)
        found = [rule for rule in effective if rule.effective_on is not None and rule.effective_on <= day]
    else:
        if first.first_round is None:
            raise ValueError(f"The rules of {tournament} are known by date, not by round; ask by date.")
        number = _round_number(round)
        found = [rule for rule in effective if rule.first_round is not None and rule.first_round <= number]
    if not found:
        since = f"round {first.first_round}, " if first.first_round is not None else ""
        raise ValueError(f"The first {tournament} rule on record is that of {since}{first.effective_on}.")
    return found[-1]


def parse_rule(text: str, base: PayoutRule | None = None) -> PayoutRule:
    """The rule that a text means: the id of a rule on record, or multipliers, a clip, a threshold.

    Reads `1xCORR + 3xTC`, `1C3T`, `0.75 corr + 2.25 mmc clip 0.05`, `corr threshold none`; what is not said
    is taken from `base`, which is the newest effective rule of Classic unless told. A typed rule is
    `proposed`, and its id read again on the same base gives an equal rule. Raises ValueError with a sentence
    that quotes the word it stumbled over and shows three examples.
    """
    if base is None:
        base = rule_in_force("classic", on=datetime.date.max)
    text = tidy(text)
    on_record = {rule.id: rule for rule in load_rules()}
    if text.lower() in on_record:
        return on_record[text.lower()]
    if _LOOKS_LIKE_AN_ID.fullmatch(text.lower()):
        near = difflib.get_close_matches(text.lower(), on_record, n=3, cutoff=0.3)
        raise refusal(
            f"{quote(text)} is no rule on record; the nearest are {', '.join(near)}."
            if near
            else f"{quote(text)} is no rule on record."
        )
    said = read(text)
    multipliers = _frozen(said.get("multipliers", base.multipliers))
    clip = said.get("clip", base.clip)
    threshold = said.get("stake_threshold", base.stake_threshold)
    name = spell_multipliers(multipliers)
    if clip != base.clip:
        name += f" clip {spell_number(clip)}"
    if threshold != base.stake_threshold:
        name += f" threshold {spell_threshold(threshold)}"
    if len(name) > LONGEST_TEXT:
        raise refusal(f"{quote(text)} has too many digits to be written as a rule.")
    return replace(
        base,
        id=name,
        status="proposed",
        first_round=None,
        effective_on=None,
        multipliers=multipliers,
        choices=(multipliers,),
        fallback=multipliers,
        clip=clip,
        stake_threshold=threshold,
        verified=True,
        source="typed",
        note="",
    )


def is_permitted(rule: PayoutRule, base: PayoutRule) -> bool:
    """Whether members could choose the rule's multipliers under `base`; a score left out counts as 0."""

    def paid(multipliers: Mapping[str, float]) -> dict[str, float]:
        return {score: multiplier for score, multiplier in multipliers.items() if multiplier != 0}

    return paid(rule.multipliers) in [paid(choice) for choice in base.choices]


def describe_multipliers(multipliers: Mapping[str, float] | PayoutRule) -> str:
    """The multipliers as people write them, `1xCORR + 3xTC`, without scores at 0; `0xCORR` if all are."""
    if isinstance(multipliers, PayoutRule):
        multipliers = multipliers.multipliers
    paid = {score: multiplier for score, multiplier in multipliers.items() if multiplier != 0}
    return spell_multipliers(paid or {"corr": 0})


def unknown_scores(rule: PayoutRule) -> tuple[str, ...]:
    """The scores that a rule pays by and that no rule on record or typed one can name."""
    return tuple(score for score, times in rule.multipliers.items() if times and score not in SCORE_NAMES)


def _rule(tournament: str, entry: Mapping[str, Any]) -> PayoutRule:
    multipliers = _frozen(entry["multipliers"])
    grids = entry.get("choices")
    return PayoutRule(
        id=f"{tournament}-{entry['effective_on']}",
        tournament=tournament,
        status=entry.get("status", "effective"),
        first_round=entry.get("first_round"),
        effective_on=entry["effective_on"],
        multipliers=multipliers,
        choices=tuple(itertools.chain(*map(_combinations, grids))) if grids else (multipliers,),
        fallback=_frozen(entry["fallback"]) if "fallback" in entry else multipliers,
        clip=float(entry["clip"]),
        clip_order=entry.get("clip_order", "factor_inside_clip"),
        stake_threshold=float(entry["stake_threshold"]) if "stake_threshold" in entry else None,
        stake_fraction=float(Fraction(entry.get("stake_fraction", "1"))),
        rounds_at_once=entry["rounds_at_once"],
        verified=entry.get("verified", True),
        source=entry["source"],
        note=entry.get("note", ""),
    )


def _combinations(grid: Mapping[str, list[float]]) -> Iterator[Mapping[str, float]]:
    for values in itertools.product(*grid.values()):
        yield _frozen(dict(zip(grid, values, strict=True)))


def _frozen(multipliers: Mapping[str, float]) -> Mapping[str, float]:
    return MappingProxyType({score: float(multiplier) for score, multiplier in multipliers.items()})


def _utc_date(on: object) -> datetime.date:
    if isinstance(on, str):
        try:
            return datetime.date.fromisoformat(on.strip())
        except ValueError:
            on = None
    if isinstance(on, datetime.datetime):
        if on.tzinfo is None:
            raise ValueError("A time needs its time zone; give an aware time or a plain date.")
        return on.astimezone(datetime.UTC).date()
    if not isinstance(on, datetime.date):
        raise ValueError("A day is asked for by a date, such as 2023-10-07.")
    return on


def _round_number(number: Any) -> int:
    try:
        if isinstance(number, bool):
            raise TypeError
        return operator.index(number)
    except TypeError:
        raise ValueError("A round is asked for by its whole number, such as 589.") from None
