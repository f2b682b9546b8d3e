"""Which payout rules there have been, which of them the data can price, and one of them in full."""

import asyncio
import difflib
from dataclasses import dataclass
from datetime import date

from features.meta_model.derived import derived_of
from scoring.rules import (
    TOURNAMENTS,
    PayoutRule,
    describe_multipliers,
    load_rules,
    parse_rule,
    rule_in_force,
    unknown_scores,
)
from scoring.typed import tidy
from tournament.source import Source
from wording.numbers import listed, score_name

LIVE = "live"  # what people type for the rule that the newest round announces

# what the thread compared; offered beside the dated rules as long as the data holds the scores
OFFERED = ("1xCORR + 3xTC", "2xCORR + 1xTC", "1xCORR", "1xCORR + 2xMMC", "0.5xCORR + 2xMMC")


@dataclass(frozen=True)
class Timeline:
    """Every dated rule of a tournament, oldest first."""

    tournament: str
    rules: tuple[PayoutRule, ...]
    live: str  # what the newest round announces, and whether the table agrees; "" where nobody can tell
    derived: tuple[str, ...] = ()  # in which rounds MMC is derived, and how; empty where it is not


async def timeline(tournament: str, source: Source | None) -> Timeline:
    """Every dated rule of a tournament, and the live one if `source` has it.

    Raises ValueError for a tournament that does not exist.
    """
    if tournament not in TOURNAMENTS:
        raise ValueError(f"There is no tournament called that: it is {', '.join(TOURNAMENTS)}.")
    rules = tuple(rule for rule in load_rules() if rule.tournament == tournament)
    live = None if source is None else await source.live_rule()
    derived = None if source is None else await derived_of(source)
    how = () if derived is None else (f"{derived.told}.", *derived.how)
    if source is None or live is None:
        return Timeline(tournament, rules, "", how)
    agreed = (
        f"Round {live.first_round} announces {describe_multipliers(live.multipliers)}, as the table says."
    )
    told = await source.live_rule_differs() or agreed
    if unknown := unknown_scores(live):
        named = listed([score_name(score) for score in unknown])
        told += f" This bot does not know {named}: nothing is priced by it."
    return Timeline(tournament, rules, told, how)


async def announced_rule(source: Source) -> tuple[PayoutRule | None, tuple[str, ...]]:
    """The live rule that rounds are priced by, and a sentence where it departs from the dated table.

    None where none is announced, or where it pays by a score that nobody here knows.
    """
    live, differs = await asyncio.gather(source.live_rule(), source.live_rule_differs())
    return None if live is None or unknown_scores(live) else live, (differs,) if differs else ()


def find_rule(rule_id: str) -> PayoutRule:
    """A dated rule by its id. Raises ValueError with the nearest ids."""
    by_id = {rule.id: rule for rule in load_rules()}
    wanted = tidy(rule_id[:100]).casefold()
    if wanted in by_id:
        return by_id[wanted]
    near = difflib.get_close_matches(wanted, by_id, n=3, cutoff=0.4) or list(by_id)[-3:]
    raise ValueError(f"There is no rule with that name. Rules are named like {', '.join(near)}.")


def rule_ids(typed: str) -> list[str]:
    """Ids of dated rules that hold the text, newest first, Classic before the others."""
    wanted = tidy(typed).casefold()
    return [rule.id for rule in _newest_first() if wanted in rule.id]


async def suggest_priced_rules(source: Source, typed: str, *, limit: int = 25) -> list[tuple[str, str]]:
    """(shown, value) pairs for an autocomplete: the text itself if it is a rule, then what can be priced.

    What can be priced by a derived MMC alone says so, and stands behind the others of its kind.
    """
    scores, derived = await asyncio.gather(source.scores(), derived_of(source))
    more = {} if derived is None else derived.scores(scores)
    base = rule_in_force(source.tournament, on=await source.until())

    label = "" if derived is None else derived.label
    wanted = tidy(typed).casefold()
    found: dict[str, str] = {}
    if source.live and wanted in LIVE:
        found[LIVE] = "live: the rule that the newest round announces"
    as_typed, offered = _read(typed, base), [_read(text, base) for text in OFFERED]
    dated = [
        (
            rule,
            f"{describe_multipliers(rule.multipliers)}, {rule.tournament.title()} from {rule.effective_on}",
        )
        for rule in _newest_first()
        if rule.status == "effective"
    ]
    groups = (
        [(rule, rule.id) for rule in (as_typed,) if rule is not None],
        [
            (rule, rule.id)
            for rule in offered
            if rule is not None and typed.strip().casefold() in rule.id.casefold()
        ],
        [(rule, shown) for rule, shown in dated if wanted in f"{shown} {rule.id}".casefold()],
    )
    for group in groups:
        for there, told in ((scores, ""), (more, label)):
            for rule, shown in group:
                if {score for score, times in rule.multipliers.items() if times} <= there.keys():
                    found.setdefault(rule.id, f"{shown[: 100 - len(told)]}{told}")
    # a value longer than Discord takes is left out: cut short it would be another rule
    return [(shown, value) for value, shown in found.items() if len(value) <= 100][:limit]


def _read(text: str, base: PayoutRule) -> PayoutRule | None:
    """A typed rule; None for half a one, which is no error while it is being typed."""
    try:
        return parse_rule(text, base)
    except ValueError:
        return None


def _newest_first() -> list[PayoutRule]:
    """Every dated rule, newest first, Classic before the others."""
    rules = sorted(load_rules(), key=lambda rule: rule.effective_on or date.min, reverse=True)
    return sorted(rules, key=lambda rule: TOURNAMENTS.index(rule.tournament))
