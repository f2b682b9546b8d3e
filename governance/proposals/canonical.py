"""The one spelling of a payout rule that a proposal keeps."""

import datetime
import re

from scoring.rules import load_rules, parse_rule, rule_in_force
from scoring.rules.text import read, spell_multipliers, spell_number, spell_threshold, tidy

_PAID_BY = re.compile(r"paid by\b\s*", re.IGNORECASE)


def canonical_terms(rule: str | None, fallback: str | None, tournament: str) -> dict[str, str | None]:
    """Rule and fallback in canonical form; a fallback is a rule where it starts with “paid by”.

    Raises ValueError with a sentence that begins with the one of the two that can't be read.
    """
    prefix = _PAID_BY.match(fallback) if fallback else None
    label = "Payout rule"
    try:
        if rule is not None:
            rule = canonical_rule(rule, tournament)
        label = "Fallback"
        if fallback is not None and prefix:
            fallback = f"paid by {canonical_rule(fallback[prefix.end() :], tournament)}"
    except ValueError as error:
        raise ValueError(f"{label}: {error}") from None
    return {"rule": rule, "fallback": fallback}


def canonical_rule(text: str, tournament: str) -> str:
    """A rule of a tournament as it is always spelled: the id of a rule on record, or exactly what was said.

    `1c3t CLIP=5%` becomes `1xCORR + 3xTC clip 0.05`. Unlike the id of parse_rule, it does not leave out what
    equals the rule in force: a proposal must mean the same after that rule has changed. Spelling it again
    changes nothing. Raises ValueError as parse_rule does, and for a rule on record of another tournament.
    """
    rule = parse_rule(text, rule_in_force(tournament, on=datetime.date.max))
    if rule in load_rules():
        if rule.tournament != tournament:
            raise ValueError(f"{rule.id} is a rule of {rule.tournament}, and this is about {tournament}.")
        return rule.id
    said = read(text)
    parts = [spell_multipliers(said["multipliers"])] if "multipliers" in said else []
    if "clip" in said:
        parts.append(f"clip {spell_number(said['clip'])}")
    if "stake_threshold" in said:
        parts.append(f"threshold {spell_threshold(said['stake_threshold'])}")
    return tidy(" ".join(parts))
