"""What can be chosen of a proposal by menus, step by step; each choice is a line of its parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from features.proposals.drafts import Fields
from governance.proposals.parameters import key_of, lines_of, parse_parameters
from governance.proposals.proposal import KINDS, Proposal, read_proposal
from governance.text import counted
from scoring.rules import describe_multipliers, rule_in_force
from scoring.schemes import SCHEMES

STEPS = ("change", "terms", "words")
TOURNAMENTS = ("classic", "signals", "crypto")
WHAT = {
    "payout": "rule",
    "stake_cap": "cap",
    "weights": "weights",
    "eligibility": "gate",
}  # a kind's own line
TERMS = ("notice", "phase-in", "compensation", "fallback", "review")
PREVIEWED = {"title": "Your draft", "problem": "…", "change": "…"}  # where these are not written yet
REVIEWS = ((91, "in three months"), (182, "in half a year"), (365, "in a year"))


@dataclass(frozen=True)
class DraftLine:
    """A line of a proposal that a menu sets."""

    key: str  # as it is typed
    name: str
    now: str  # what holds without it
    choices: tuple[tuple[str, str], ...]  # (in words, as it is typed)
    hint: str  # for the form in which it is typed


def lines_for(
    step: str, fields: Mapping[str, str], rules: Sequence[str], today: date
) -> tuple[DraftLine, ...]:
    """The lines that a step sets. rules: payout rules to offer, as they are typed."""
    if step == "terms":
        return _terms(today)
    what = WHAT.get(fields.get("kind", ""))
    return () if what is None else (_what(what, fields.get("tournament", "classic"), rules, today),)


def value_of(fields: Mapping[str, str], key: str) -> str:
    """What the draft says of a line so far; "" for nothing."""
    for line in lines_of(fields.get("parameters", "")):
        if key_of(line) == key:
            return line.split(":", 1)[-1].split("=", 1)[-1].strip()
    return ""


def with_value(fields: Mapping[str, str], key: str, value: str) -> Fields:
    """The fields with another value of a line, or without it; what else was typed stays as it was.

    Raises ValueError with a sentence for a value that can't be read.
    """
    if value:
        parse_parameters(f"{key}: {value}", fields.get("tournament", "classic"))
    lines = lines_of(fields.get("parameters", ""))
    others = [line for line in lines if key_of(line) != key]
    return {**fields, "parameters": "\n".join([*others, *([f"{key}: {value}"] if value else [])])}


def first_step(fields: Mapping[str, str]) -> str:
    """The first step at which something is to be chosen still."""
    what = WHAT.get(fields.get("kind", ""))
    if what is not None and not value_of(fields, what):
        return "change"
    return "words" if any(value_of(fields, key) for key in TERMS) else "terms"


def previewed(fields: Mapping[str, str]) -> Proposal:
    """The draft as far as it can be simulated. Raises ValueError where its parameters can't be read."""
    tournament = fields.get("tournament", "classic")
    parameters = parse_parameters(fields.get("parameters", ""), tournament)
    return read_proposal(
        {
            **PREVIEWED,
            "tournament": tournament,
            "kind": fields.get("kind", "other"),
            "parameters": parameters.model_dump(exclude_defaults=True),
        }
    )


def kinds() -> tuple[tuple[str, str], ...]:
    """(in words, as it is kept) of each kind of proposal."""
    return tuple((name.capitalize(), kind) for kind, name in KINDS.items())


def _what(key: str, tournament: str, rules: Sequence[str], today: date) -> DraftLine:
    if key == "rule":
        now = describe_multipliers(rule_in_force(tournament, on=today).multipliers)
        offered = tuple((rule, rule) for rule in rules)
        return DraftLine(key, "Payout rule", now, offered, "Like 1.5xCORR + 2xTC, or 1C3T clip 0.05")
    if key == "cap":
        shares = tuple((f"{share} % of all weight", f"{share}%") for share in ("0.5", "1", "2", "5"))
        amounts = tuple((f"{amount:,} NMR", f"{amount} NMR") for amount in (5_000, 20_000))
        return DraftLine(key, "Cap", "none", (*shares, *amounts), "Like 1%, 5000 NMR, or 1% or 5000 NMR")
    if key == "weights":
        schemes = tuple(
            (f"{scheme.typed[0]} {share}", f"{scheme.typed[0]} {share}".strip())
            for name, scheme in SCHEMES.items()
            if name != "stake"
            for share in (scheme.shares if scheme.needs_share else ("",))
        )
        return DraftLine(key, "Weights", "by stake", schemes, "Like sqrt, log, account rank, or cap 2%")
    gates = tuple((f"at least {gate}", gate) for gate in ("0.1", "0.2", "0.3", "0.5"))
    return DraftLine(
        key, "Gate", "none", gates, "Least correlation with the example predictions, from 0 to 1"
    )


def _terms(today: date) -> tuple[DraftLine, ...]:
    none = "none, because the change is small"
    weeks = tuple((told, told) for told in (counted(count, "week") for count in (2, 4, 8, 13)))
    rounds = tuple((f"over {told}", told) for told in (counted(count, "round") for count in (10, 20, 40)))
    longer = tuple(
        (f"the old terms for {told}", f"grandfather {told}")
        for told in (counted(count, "round") for count in (20, 40))
    )
    nobody = ("none, as it is small", none)
    reviews = tuple((words, (today + timedelta(days=days)).isoformat()) for days, words in REVIEWS)
    unsaid = "not said yet"
    return (
        DraftLine("notice", "Notice", unsaid, (*weeks, nobody), "Like 8 weeks, or none, because …"),
        DraftLine("phase-in", "Phase-in", unsaid, (*rounds, nobody), "Like 20 rounds, or none, because …"),
        DraftLine(
            "compensation",
            "Compensation",
            unsaid,
            (("in full", "full"), *longer, nobody),
            "Like full, grandfather 20 rounds, or none, because …",
        ),
        DraftLine(
            "fallback",
            "Who does nothing gets",
            unsaid,
            (("the old terms", "the old terms"), ("the new terms", "the new terms")),
            "Like paid by 1xCORR, or none, because …",
        ),
        DraftLine("review", "Review", unsaid, reviews, "A day like 2027-03-01, or none, because …"),
    )
