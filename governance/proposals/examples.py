"""Worked examples that a proposal gives, calculated again."""

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from governance.text import counted
from scoring.payout import payouts
from scoring.rules import PayoutRule, load_rules, parse_rule
from scoring.rules.text import score_key, spell_number
from scoring.typed import is_number, parts, quote, read_number, spell_clearly, tidy

HOW_TO_WRITE = (
    "Write it like “weight 0.02, split 90/10 -> 0.018 and 0.002” "
    "or “stake 100, corr 0.02, tc 0.01, rule 1C3T, factor 0.5 -> 2.5”."
)

LONGEST = 200  # characters

_TOLERANCE = 5e-3  # people write three digits
_ARROW = re.compile(r"\s*(?:->|=>|→|⇒)\s*")


@dataclass(frozen=True)
class Example:
    """A worked example that is right."""

    kind: str  # weights | payout
    results: tuple[float, ...]  # exact: the weight of each model, or the one payout in NMR


def check_example(text: str, base: PayoutRule | None = None) -> Example:
    """Calculates a worked example again: weights within an account, or the payout of one round.

    `weight W, split a/b/... -> x and y ...` needs x = W a / 100 and so on; W and the results are shares or
    percents, the split percents that add up to 100. `stake S, score x, ..., rule R, factor F -> P` needs
    P = payouts(...) with S the NMR at risk in that round; without a factor it is 1. What the rule does not
    say comes from `base`; without one nothing is clipped, so that an example stays right when the rule in
    force changes. A result may be rounded to three digits. Raises ValueError with the correct
    numbers, or with how to write an example.
    """
    if len(text) > LONGEST:
        raise ValueError(f"An example has at most {LONGEST} characters; this one has {len(text):,}.")
    sides = _ARROW.split(" ".join(tidy(text).split()))
    if len(sides) != 2 or not all(sides):
        raise ValueError(f"An example needs what goes in, an arrow and what comes out. {HOW_TO_WRITE}")
    given: dict[str, str] = {}
    for part in parts(sides[0]):
        key, _, value = part.strip().partition(" ")
        key = key.casefold().rstrip(":=")
        if not value or key in given:
            raise ValueError(
                f"{quote(part)} in the example is {'said twice' if value else 'incomplete'}. {HOW_TO_WRITE}"
            )
        given[key] = value.strip(" :=")
    claims = [re.split(r"\s*(?:/|\band\b|&|\+)\s*", part) for part in parts(sides[1].rstrip(". "))]
    claimed = tuple(_number(claim) for claim in itertools.chain(*claims) if claim)
    if "weight" in given:
        return _check_weights(given, claimed)
    if "stake" in given:
        return _check_payout(given, claimed, base)
    raise ValueError(f"An example starts with a weight or a stake. {HOW_TO_WRITE}")


def _check_weights(given: dict[str, str], claimed: Sequence[float]) -> Example:
    if given.keys() != {"weight", "split"}:
        raise ValueError(f"An example of weights has a weight and a split, nothing else. {HOW_TO_WRITE}")
    weight = _number(given["weight"])
    parts = [_number(part.replace("%", "")) for part in given["split"].split("/")]
    if not 0 < weight <= 1:
        raise ValueError(f"The account's weight must be above 0 and at most 1, not {spell_number(weight)}.")
    if min(parts) < 0 or not math.isclose(math.fsum(parts), 100):
        raise ValueError(
            f"The split must be percents that add up to 100; these add up to {_short(math.fsum(parts))}."
        )
    exact = tuple(weight * part / 100 for part in parts)
    wrong = [_short(claim) for claim, right in zip(claimed, exact, strict=False) if not _close(claim, right)]
    if len(claimed) != len(exact):
        wrong = [counted(len(claimed), "number")]
    if wrong:
        right = _listed([_short(value) for value in exact])
        raise ValueError(f"They must add up to {_short(weight)}: {right}, not {_listed(wrong)}.")
    return Example("weights", exact)


def _check_payout(given: dict[str, str], claimed: Sequence[float], base: PayoutRule | None) -> Example:
    given = dict(given)
    stake, rule_text = _number(given.pop("stake")), given.pop("rule", "")
    factor = _number(given.pop("factor", "1"))
    if not rule_text:
        raise ValueError(f"An example of a payout needs its rule. {HOW_TO_WRITE}")
    rule = parse_rule(rule_text, base or replace(load_rules()[0], clip=math.inf))
    try:
        scores = {score_key(word): _number(value) for word, value in given.items()}
    except ValueError as error:
        raise ValueError(f"{error} {HOW_TO_WRITE}") from None
    paying = [score for score, multiplier in rule.multipliers.items() if multiplier]
    missing = [score.upper() for score in paying if score not in scores]
    if missing:
        raise ValueError(f"The rule pays {_listed(missing)}, which the example does not give.")
    if not 0 <= factor <= 1:
        raise ValueError(f"A payout factor is between 0 and 1, not {_short(factor)}.")
    order = list(scores)
    if not order:
        raise ValueError(f"An example of a payout needs at least one score. {HOW_TO_WRITE}")
    multipliers = [rule.multipliers.get(score, 0.0) for score in order]
    paid = payouts(
        [scores[score] for score in order],
        multipliers,
        stake,
        factor=factor,
        clip=rule.clip,
        clip_order=rule.clip_order,
    )
    exact = float(paid)
    if len(claimed) != 1 or not _close(claimed[0], exact):
        wrong = _listed([_short(claim) for claim in claimed]) if claimed else "nothing"
        raise ValueError(f"A stake of {_short(stake)} under {rule.id} comes to {_short(exact)}, not {wrong}.")
    return Example("payout", (exact,))


def _number(text: str) -> float:
    if not is_number(text, "NMR"):
        raise ValueError(f"{quote(text)} in the example is no number. {HOW_TO_WRITE}")
    if text.rstrip().endswith("%"):
        return float(read_number(text, share=True))
    return float(read_number(text, unit="NMR"))


def _close(claim: float, right: float) -> bool:
    return math.isclose(claim, right, rel_tol=_TOLERANCE, abs_tol=1e-12)


def _short(value: float) -> str:
    return spell_clearly(Decimal(f"{value:.6g}"))


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
