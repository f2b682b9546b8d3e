"""One round from typed scores: what a rule would pay on a stake."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.payout.at_risk import check_stake
from features.payout.pricing import check_known
from scoring.payout import is_clipped, payout_factor, payouts
from scoring.rules import PayoutRule, describe_multipliers, parse_rule, rule_in_force
from scoring.rules.pairs import read_pairs
from scoring.rules.text import score_key
from scoring.typed import quote, read_number, tidy
from tournament.source import Source
from wording.numbers import MINUS, amount, counted, listed, score_name

LONGEST_TEXT = 200
LARGEST_SCORE = 1.0
_EXAMPLE = "Write them like corr 0.02, tc -0.01."


@dataclass(frozen=True)
class WhatIf:
    """A round's payout in NMR, before and after clipping, and what it was made of."""

    rule: PayoutRule
    scores: Mapping[str, float]
    stake: float
    factor: float
    weighted: float
    payout: float
    clipped: bool
    assumptions: tuple[str, ...]

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        verb = "earn" if self.payout >= 0 else "burn"
        share = f"{100 * self.payout / self.stake:+.2f} %".replace("-", MINUS)
        return (
            f"{describe_multipliers(self.rule.multipliers)} would {verb} {amount(abs(self.payout), 'NMR')} "
            f"on {amount(self.stake, 'NMR')}: {share}."
        )


async def what_if(
    source: Source, scores: str, stake: float, *, rule: str | None = None, factor: float | None = None
) -> WhatIf:
    """The payout of one round. rule: what people type; without it the newest one of the source.

    Raises ValueError with a sentence for a rule, scores, a stake or a factor that can't be read.
    """
    check_stake(stake)
    if factor is not None and not 0 < factor <= 1:
        raise ValueError("A payout factor is a number above 0 and at most 1.")
    given = read_scores(scores)
    live, differs = await source.live_rule(), await source.live_rule_differs()
    rounds = await source.rounds()
    base = live or rule_in_force(source.tournament, on=await source.until())
    if live is not None and rule is None:
        check_known(live)
    priced = base if rule is None else parse_rule(rule, base)
    missing = [score for score, weight in priced.multipliers.items() if weight and score not in given]
    if missing:
        lacking = listed([score_name(score) for score in missing])
        raise ValueError(
            f"{describe_multipliers(priced.multipliers)} pays by {lacking} too: add that score. {_EXAMPLE}"
        )
    told, whence = factor, "the one you gave"
    if told is None:
        newest = np.flatnonzero(rounds.paid & (rounds.payout_factor > 0))[-1:]
        told, whence = 1.0, "1: this rule has no threshold"
        if priced.stake_threshold is not None and newest.size:
            told, whence = float(rounds.payout_factor[newest[0]]), "that of the newest round"
            if priced.status == "proposed" and priced.stake_threshold != base.stake_threshold:
                told = float(payout_factor(rounds.total_at_risk[newest[0]], priced.stake_threshold))
                whence = "what this threshold makes of the stake in the newest round"
    weighted = sum(weight * given.get(score, 0.0) for score, weight in priced.multipliers.items())
    terms: dict[str, Any] = {"factor": told, "clip": priced.clip, "clip_order": priced.clip_order}
    paid = float(
        payouts(list(given.values()), [priced.multipliers.get(s, 0.0) for s in given], stake, **terms)
    )
    unused = [score_name(score) for score in given if not priced.multipliers.get(score)]
    verb = "does" if len(unused) == 1 else "do"
    return WhatIf(
        rule=priced,
        scores=given,
        stake=stake,
        factor=told,
        weighted=weighted,
        payout=paid,
        clipped=bool(is_clipped(paid, stake, **terms)),
        assumptions=(
            "The stake is what this one round risks"
            + (
                f": 1/{round(1 / priced.stake_fraction)} of a whole stake under this rule."
                if priced.stake_fraction < 1
                else ", the whole of it under this rule."
            ),
            f"The payout factor is {whence}.",
            *([f"{listed(unused)} {verb} not count under this rule."] if unused else ()),
            *([differs] if differs and priced is live else ()),
        ),
    )


def read_scores(text: str) -> dict[str, float]:
    """Scores by name from "corr 0.02, tc -0.01", "CORR=2%" or "0.02 corr, tc 5%".

    Raises ValueError with a sentence that points at what can't be read.
    """
    if len(text) > LONGEST_TEXT:
        length = counted(len(text), "character")
        raise ValueError(f"Those scores have {length}, {LONGEST_TEXT} at most. {_EXAMPLE}")
    try:
        found = _read(" ".join(tidy(text).split()))
    except ValueError as error:
        raise ValueError(f"{error} {_EXAMPLE}") from None
    if not found:
        raise ValueError(f"There are no scores in that. {_EXAMPLE}")
    return found


def _read(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for pair in read_pairs(text, signed=True):
        score = score_key(pair.name)
        if not pair.number:
            raise ValueError(f"{quote(pair.name)} has no number.")
        if score in found:
            raise ValueError(f"{score_name(score)} is given twice.")
        value = read_number(pair.number, "A score", low=-LARGEST_SCORE, high=LARGEST_SCORE, share=True)
        found[score] = float(value)
    return found
