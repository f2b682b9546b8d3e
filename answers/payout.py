"""What members were paid, and what another rule would have paid them on the same rounds."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from answers.names import find_name, find_rounds
from answers.pricing import Priced, price_as_paid, price_rule
from answers.words import amount, counted, number, pays_more_when, span
from scoring.payout import break_even
from scoring.resampling import block_bootstrap_interval
from scoring.rules import parse_rule, rule_in_force
from tournament.source import EVERYONE, History, Rounds, Source

DEFAULT_ROUNDS = 20
LEVEL = 0.95
LARGEST_STAKE = 11_000_000.0  # NMR; there will never be more of it
UNITS = ("NMR", "%")
SEED = 20231007  # the same question gets the same interval


@dataclass(frozen=True)
class Side:
    """Pay under one rule, by round (r,) and what it comes to, in the unit of the comparison."""

    short: str
    words: str
    by_round: NDArray[np.float64]
    clipped: float  # share of rows at the clip

    @property
    def total(self) -> float:
        """Pay over all rounds."""
        return math.fsum(self.by_round)

    @property
    def mean(self) -> float:
        """Pay in the average round."""
        return self.total / self.by_round.size

    @property
    def spread(self) -> float:
        """Standard deviation between rounds; NaN for a single one."""
        return float(np.std(self.by_round, ddof=1)) if self.by_round.size > 1 else math.nan

    @property
    def burned(self) -> float:
        """Share of rounds that burned stake."""
        return float((self.by_round < 0).mean())


@dataclass(frozen=True)
class PayoutComparison:
    """Pay under two rules on the same rounds (r,), with everything that was assumed."""

    name: str
    kind: str  # model | account | everyone
    models: int
    unit: str  # NMR | %
    rounds: NDArray[np.int64]
    first_day: date
    last_day: date
    proposed: Side
    current: Side
    interval: tuple[float, float]
    block: int
    rows: int
    more_when: str
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]
    source: str
    until: date

    @property
    def difference(self) -> float:
        """Proposed minus current."""
        return self.proposed.total - self.current.total

    def for_others(self, own_name: str | None) -> "PayoutComparison":
        """The same result to be shown in public: only the member's own name and everyone's are told."""
        if self.kind == EVERYONE or self.name == own_name:
            return self
        return replace(self, name=f"one {self.kind}")

    @property
    def span(self) -> str:
        """ "rounds 306-325"."""
        return span(int(self.rounds[0]), int(self.rounds[-1]))

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        proposed, current = self.proposed, self.current
        if abs(self.difference) < 1e-9 * max(1.0, abs(current.total)):
            return f"{proposed.short} would have paid the same as {current.short} over {self.span}."
        more = "more" if self.difference > 0 else "less"
        return (
            f"{proposed.short} would have paid {amount(abs(self.difference), self.unit)} {more} "
            f"than {current.short} over {self.span}: "
            f"{number(proposed.total)} against {amount(current.total, self.unit)}."
        )

    @property
    def certainty(self) -> str:
        """What the interval of the difference says, and what it can't."""
        low, high = self.interval
        blocks = self.rounds.size // self.block
        if math.isnan(low):
            few = counted(self.rounds.size, "round")
            verb = "is" if self.rounds.size == 1 else "are"
            return f"{few} {verb} too few for an interval: neighbouring ones overlap."
        verdict = "It includes 0: luck alone could turn it." if low <= 0 <= high else "It leaves out 0."
        few = f" Only {blocks} independent stretches, so take it as a rough guide." if blocks < 5 else ""
        return f"{verdict}{few}"


async def compare_payouts(
    source: Source,
    name: str,
    proposed: str,
    *,
    current: str | None = None,
    rounds: str | None = None,
    stake: float | None = None,
    unit: str = "NMR",
) -> PayoutComparison:
    """What `name` was or would be paid under the current and a proposed rule, on the same rounds.

    name: a model, an account or EVERYONE. proposed, current: what people type or a dated rule's id; without
    `current`, the amounts really paid. rounds: "20", "311-325", "318" or "all"; without it the last 20.
    stake: NMR at risk in every round instead of the stake of the time, split evenly over an account's
    models. unit: NMR, or % of what was at risk in each round. Raises ValueError with a sentence for a person
    wherever one of them makes no sense or nothing is left to compare.
    """
    if stake is not None and not (math.isfinite(stake) and 0 < stake <= LARGEST_STAKE):
        raise ValueError(f"A stake is a number of NMR above 0 and at most {LARGEST_STAKE:,.0f}.")
    if unit not in UNITS:
        raise ValueError(f"The unit is one of {' and '.join(UNITS)}.")
    found = await find_name(source, name)
    scores = await source.scores()
    # a mistyped rule is named before anything else is looked at
    newest = rule_in_force(source.tournament, round=max(last for _, last in scores.values()))
    for text in (proposed, current):
        if text is not None:
            parse_rule(text, newest)
    facts = _Facts(
        source.tournament,
        source.label,
        await source.until(),
        await source.rounds(),
        scores,
        await source.history(found),
    )
    return await asyncio.to_thread(_compare, facts, proposed, current, rounds, stake, unit)


@dataclass(frozen=True)
class _Facts:
    tournament: str
    label: str
    until: date
    rounds: Rounds
    scores: Mapping[str, tuple[int, int]]
    history: History


def _compare(
    facts: _Facts,
    proposed_rule: str,
    current_rule: str | None,
    rounds: str | None,
    stake: float | None,
    unit: str,
) -> PayoutComparison:
    own_stake = stake is None or current_rule is None  # what was really paid can only be scaled from a stake
    history = _in_rounds(facts, rounds, own_stake)

    def priced(rows: History, at_risk: NDArray[np.float64]) -> tuple[Priced, Priced]:
        proposed = price_rule(facts.tournament, proposed_rule, rows, facts.rounds, at_risk, facts.scores)
        if current_rule is None:
            return proposed, price_as_paid(facts.tournament, rows, at_risk)
        return proposed, price_rule(facts.tournament, current_rule, rows, facts.rounds, at_risk, facts.scores)

    # once to see which rows both rules can pay, then those alone: what is left out must not colour a word
    kept, left_out = _comparable(history, *priced(history, np.ones(history.round.shape)), own_stake)
    history = history.only(kept)
    at_risk = history.stake if stake is None else _split_evenly(stake, history)
    proposed, current = priced(history, at_risk)
    numbers, at = np.unique(history.round, return_inverse=True)
    in_unit = np.ones(numbers.size) if unit == "NMR" else 100 / np.bincount(at, weights=at_risk)
    proposed_side, current_side = (
        Side(
            priced_rule.short,
            priced_rule.words,
            np.bincount(at, weights=priced_rule.pay) * in_unit,
            float(priced_rule.clipped.mean()),
        )
        for priced_rule in (proposed, current)
    )
    block = 2 * facts.rounds.overlap(numbers)
    days = facts.rounds.opened[np.isin(facts.rounds.number, numbers)].astype("datetime64[D]")
    return PayoutComparison(
        name=history.name,
        kind=history.kind,
        models=np.unique(history.model).size,
        unit=unit,
        rounds=numbers,
        first_day=days.min().item(),
        last_day=days.max().item(),
        proposed=proposed_side,
        current=current_side,
        interval=block_bootstrap_interval(
            proposed_side.by_round - current_side.by_round,
            block,
            level=LEVEL,
            rng=np.random.default_rng(SEED),
        ),
        block=block,
        rows=history.round.size,
        more_when=_more_when(proposed, current),
        warnings=(*proposed.notes, *current.notes, *left_out),
        assumptions=_assumptions(history, stake, unit),
        source=facts.label,
        until=facts.until,
    )


def _in_rounds(facts: _Facts, rounds: str | None, own_stake: bool) -> History:
    """The rows of the rounds that were asked for; without a wish, of the last ones that can be compared."""
    history = facts.history.only(facts.history.resolved)
    if rounds is None:
        usable = np.unique(history.round[history.stake > 0] if own_stake else history.round)
        chosen = (usable if usable.size else np.unique(history.round))[-DEFAULT_ROUNDS:]
    else:
        first = min(first for first, _ in facts.scores.values())
        last = max(last for _, last in facts.scores.values())
        known = facts.rounds.number[(facts.rounds.number >= first) & (facts.rounds.number <= last)]
        chosen = find_rounds(rounds, known)
    rows = np.isin(history.round, chosen)
    if not rows.any():
        there = np.unique(history.round)
        raise ValueError(
            f"{history.name} has nothing in {span(chosen[0], chosen[-1])}: "
            f"its scores are from {span(there[0], there[-1])}."
        )
    return history.only(rows)


def _comparable(
    history: History, proposed: Priced, current: Priced, own_stake: bool
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """The rows both rules can pay, and sentences on the others. Raises ValueError if none is left."""
    staked = history.stake > 0 if own_stake else np.ones(history.round.shape, dtype=bool)
    reasons = {
        "had no stake": ~staked,
        "have no recorded payout" if current.as_paid else "lack a score that the current rule pays": staked
        & np.isnan(current.pay),
        "lack a score that the proposed rule pays": staked & ~np.isnan(current.pay) & np.isnan(proposed.pay),
    }
    counts = {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}
    kept = np.flatnonzero(staked & ~np.isnan(proposed.pay) & ~np.isnan(current.pay))
    if not kept.size:
        most = max(counts, key=lambda reason: counts[reason])
        hint = (
            " Name a stake and a current rule to compare two rules on its scores, "
            "for example stake 100 and current 2xCORR + 1xTC."
            if most == "had no stake"
            else " Try other rounds."
        )
        raise ValueError(
            f"Nothing can be compared: the rounds of {history.name} from {history.round.min()} to "
            f"{history.round.max()} {most}.{hint}"
        )
    row, what = ("round", "") if history.kind == "model" else ("row", " (a model in a round)")
    return kept, tuple(f"Left out: {counted(n, row)}{what} that {reason}." for reason, n in counts.items())


def _split_evenly(stake: float, history: History) -> NDArray[np.float64]:
    """`stake` in every round, shared by the models that are compared in it."""
    _, at, models = np.unique(history.round, return_inverse=True, return_counts=True)
    return stake / models[at]


def _more_when(proposed: Priced, current: Priced) -> str:
    if current.multipliers is None or proposed.multipliers is None:
        return "No single answer: the multipliers that were paid changed, or are not all in the data."
    return f"{pays_more_when(break_even(proposed.multipliers, current.multipliers))}, before clipping."


def _assumptions(history: History, stake: float | None, unit: str) -> tuple[str, ...]:
    if stake is None:
        basis = "the stake of the time in every round, whatever the rule would have paid before"
    else:
        basis = (
            f"{amount(stake, 'NMR')} at risk in every round" if unit == "NMR" else "the same in every round"
        )
        basis += ", shared evenly by the models" if history.kind != "model" else ""
    in_percent = ("Percentages are of the stake at risk in each round, added up over the rounds.",)
    who = {
        "model": (),
        "account": ("That these models are one account is a guess from their names.",),
        EVERYONE: (
            "The sample is who stayed on a leaderboard, 19 % of all stake at best: not the tournament.",
        ),
    }[history.kind]
    return (
        f"Stake: {basis}.",
        *(in_percent if unit == "%" else ()),
        "Nobody changes what they submit or stake.",
        *who,
    )
