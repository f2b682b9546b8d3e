"""What members were paid, and what another rule would have paid them on the same rounds."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.payout.at_risk import AS_STAKED, pay_on
from features.payout.comparison import PayoutComparison, Side
from features.payout.pricing import (
    ComparedRule,
    Priced,
    compared_rule,
    named_rule,
    price_as_paid,
    price_rule,
    rules_in_force,
)
from scoring.change.difference import DifferenceSplit, split_difference
from scoring.change.resampling import block_bootstrap_interval
from scoring.payout import break_even
from scoring.rules import PayoutRule
from tournament.source import EVERYONE, History, Rounds, Source, SourceError, caveats_of
from wording.names import DEFAULT_ROUNDS, find_name, find_rounds
from wording.numbers import counted, pays_more_when, span

LEVEL = 0.95
LARGEST_STAKE = 11_000_000.0  # NMR; there will never be more of it
UNITS = ("NMR", "%")
SEED = 20231007  # the same question gets the same interval


async def compare_payouts(
    source: Source,
    name: str,
    proposed: str,
    *,
    current: str | None = None,
    rounds: str | None = None,
    stake: float | None = None,
    basis: str = AS_STAKED,
    unit: str = "NMR",
) -> PayoutComparison:
    """What `name` was or would be paid under the current and a proposed rule, on the same rounds.

    name: a model, an account or EVERYONE. proposed, current: what people type, a dated rule's id or LIVE;
    without `current`, the amounts really paid. rounds: "20", "311-325", "round 318" or "all"; without it the
    last 20. stake: NMR instead of the stake of the time, split evenly over an account's models. basis: what
    is at risk in a round, see at_risk. unit: NMR, or % of the stake. Raises ValueError with a sentence for
    a person wherever one of them makes no sense or nothing is left to compare.
    """
    if stake is not None:
        check_stake(stake)
    if unit not in UNITS:
        raise ValueError(f"The unit is one of {' and '.join(UNITS)}.")
    named = (
        await named_rule(source, proposed),
        None if current is None else await named_rule(source, current),
    )
    # at once, not one by one: a source may be half a second away, or silent
    found, all_rounds, usd, everyone = await asyncio.gather(
        find_name(source, name), source.rounds(), source.usd_per_nmr(), _everyone(source, basis)
    )
    history, scores, until = await asyncio.gather(source.history(found), source.scores(), source.until())
    facts = _Facts(
        source.tournament,
        source.label,
        caveats_of(source, history),
        until,
        all_rounds,
        scores,
        history,
        everyone if found != EVERYONE else None,
        usd,
    )
    return await asyncio.to_thread(_compare, facts, *named, rounds, stake, basis, unit)


def check_stake(stake: float) -> None:
    """Raise ValueError unless somebody could have this many NMR at stake."""
    if not (math.isfinite(stake) and 0 < stake <= LARGEST_STAKE):
        raise ValueError(f"A stake is a number of NMR above 0 and at most {LARGEST_STAKE:,.0f}.")


async def _everyone(source: Source, basis: str) -> History | None:
    """Everyone's rows, which a difference is split by; None on other bases and while a source has none."""
    if basis != AS_STAKED:
        return None
    try:
        return await source.history(EVERYONE)
    except SourceError:
        return None


@dataclass(frozen=True)
class _Facts:
    tournament: str
    label: str
    caveats: tuple[str, ...]
    until: date
    rounds: Rounds
    scores: Mapping[str, tuple[int, int]]
    history: History
    everyone: History | None
    usd: tuple[date, float] | None

    def rules(
        self, proposed: str | PayoutRule, current: str | PayoutRule | None
    ) -> tuple[ComparedRule, ComparedRule | None]:
        """Both rules; multipliers that neither says are those in force in the newest round."""
        in_force = rules_in_force(self.tournament, self.history, self.rounds)
        base = in_force[int(self.history.round.max())]
        if current is None:
            return compared_rule(proposed, base), None
        old = compared_rule(current, base)
        return compared_rule(proposed, replace(base, multipliers=old.multipliers)), old

    def price(
        self, history: History, proposed: ComparedRule, current: ComparedRule | None
    ) -> tuple[Priced, Priced]:
        """Rows under both rules."""
        in_force = rules_in_force(self.tournament, history, self.rounds)
        return (
            price_rule(proposed.read, history, self.rounds, in_force, self.scores),
            price_as_paid(self.tournament, history, in_force)
            if current is None
            else price_rule(current.read, history, self.rounds, in_force, self.scores),
        )


def _compare(
    facts: _Facts,
    proposed_named: str | PayoutRule,
    current_named: str | PayoutRule | None,
    rounds: str | None,
    stake: float | None,
    basis: str,
    unit: str,
) -> PayoutComparison:
    own_stake = stake is None or current_named is None  # what was paid per NMR is known of a stake alone
    history = _in_rounds(facts, rounds, own_stake)
    new, old = facts.rules(proposed_named, current_named)
    # once to see which rows both rules can pay, then those alone: what is left out must not colour a word
    kept, left_out = _comparable(history, *facts.price(history, new, old), own_stake)
    history = history.only(kept)
    proposed, current = facts.price(history, new, old)
    in_force = rules_in_force(facts.tournament, history, facts.rounds)
    paid = pay_on(basis, history, facts.rounds, in_force, proposed.rate, current.rate, stake)
    numbers, at = np.unique(history.round, return_inverse=True)
    in_unit = np.ones(numbers.size) if unit == "NMR" else 100 / np.bincount(at, weights=paid.percent_of)
    proposed_side, current_side = (
        Side(
            priced.short,
            priced.words,
            np.bincount(at, weights=nmr) * in_unit,
            float(priced.clipped.mean()),
        )
        for priced, nmr in ((proposed, paid.proposed), (current, paid.current))
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
        assumptions=(
            *(paid.words if unit == "NMR" else paid.percent_words),
            "Nobody changes what they submit or stake.",
            *facts.caveats,
            *dict.fromkeys(filter(None, (proposed.terms_sentence, current.terms_sentence))),
        ),
        source=facts.label,
        until=facts.until,
        split=_split(facts, numbers, new, old, proposed_side, current_side),
        usd=facts.usd,
        asked_at=history.asked_at,
        notice=history.notice,
    )


def _in_rounds(facts: _Facts, rounds: str | None, own_stake: bool) -> History:
    """The rows of the rounds that were asked for; without a wish, of the last ones that can be compared."""
    history = facts.history.only(facts.history.resolved)
    usable = np.unique(history.round[history.stake > 0] if own_stake else history.round)
    if not usable.size:
        usable = np.unique(history.round)
    if rounds is None:
        chosen = usable[-DEFAULT_ROUNDS:]
    else:
        first = min(first for first, _ in facts.scores.values())
        last = max(last for _, last in facts.scores.values())
        known = facts.rounds.number[(facts.rounds.number >= first) & (facts.rounds.number <= last)]
        chosen = find_rounds(rounds, known, usable)
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
        "without a stake": ~staked,
        "without a recorded payout"
        if current.as_paid
        else "without a score that the current rule pays": staked & np.isnan(current.rate),
        "without a score that the proposed rule pays": staked
        & ~np.isnan(current.rate)
        & np.isnan(proposed.rate),
    }
    counts = {reason: int(rows.sum()) for reason, rows in reasons.items() if rows.any()}
    kept = np.flatnonzero(staked & ~np.isnan(proposed.rate) & ~np.isnan(current.rate))
    if not kept.size:
        most = max(counts, key=lambda reason: counts[reason])
        hint = (
            " Name a stake and a current rule to compare two rules on its scores, "
            "for example stake 100 and current 2xCORR + 1xTC."
            if most == "without a stake"
            else " Try other rounds."
        )
        raise ValueError(
            f"Nothing can be compared: the rounds of {history.name} from {history.round.min()} to "
            f"{history.round.max()} are {most}.{hint}"
        )
    row, what = ("round", "") if history.kind == "model" else ("row", " (a model in a round)")
    return kept, tuple(f"Left out: {counted(n, row)}{what} {reason}." for reason, n in counts.items())


def _more_when(proposed: Priced, current: Priced) -> str:
    if current.multipliers is None or proposed.multipliers is None:
        return "No single answer: the multipliers that were paid changed, or are not all in the data."
    ratio = proposed.factor / current.factor
    if not np.allclose(ratio, ratio[0]):
        return "No single answer: the payout factors of the two rules differ from round to round."
    weights = break_even(proposed.multipliers, current.multipliers, proposed_scale=float(ratio[0]))
    return f"{pays_more_when(weights)}, before clipping."


def _split(
    facts: _Facts,
    numbers: NDArray[np.int64],
    new: ComparedRule,
    old: ComparedRule | None,
    proposed_side: Side,
    current_side: Side,
) -> DifferenceSplit | None:
    """The difference as level and mix, by everyone's pay under both rules in the same rounds."""
    if facts.everyone is None:
        return None
    rows = facts.everyone.only(np.isin(facts.everyone.round, numbers) & (facts.everyone.stake > 0))
    if not rows.round.size:
        return None
    proposed, current = facts.price(rows, new, old)
    both = ~np.isnan(proposed.rate) & ~np.isnan(current.rate)
    scale = split_difference(
        (proposed.rate * rows.stake)[both].sum(keepdims=True),
        (current.rate * rows.stake)[both].sum(keepdims=True),
    ).scale
    proposed_total, current_total = np.array([proposed_side.total]), np.array([current_side.total])
    return DifferenceSplit(scale, (1 - scale) * proposed_total, scale * proposed_total - current_total)
