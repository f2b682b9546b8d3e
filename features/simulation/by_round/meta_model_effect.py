"""What schemes would have changed for the CORR of the meta model, which is not what they change in pay."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from features.meta_model.implied import WITH_META_MODEL
from features.simulation.by_round.account_rounds import (
    CORR,
    FEWEST_ACCOUNTS,
    AccountRound,
    AccountRounds,
)
from scoring.intervals import Interval, ewc_interval
from scoring.meta_model import meta_model_corr
from scoring.schemes import KnownOfHolders, Weighing
from scoring.weighting import stake_weights
from scoring.weights.effect import meta_model_change
from tournament.source import Numbers
from wording.numbers import counted, percent, plus_minus, spans, too_few

Floats = NDArray[np.float64]
# of first_order_in_simulation with the stakes of 475 accounts and CORR .03; tests hold both
TRACKS = 0.95
TOO_HIGH = 0.0003
# accounts of all rounds together, from which a solver takes a second, and some
SOME_SOLVED, MOST_SOLVED = 10_000, 100_000
MOST_WEIGHED = 400_000  # from which a dozen other schemes take seconds
HINDSIGHT = ("clusters", "similarity")


@dataclass(frozen=True)
class MetaModelEffect:
    """Change of the meta model's CORR under a scheme in rounds (r,), to first order, with its interval."""

    change: Interval  # a round, in CORR
    corr: float  # of the meta model in these rounds
    moved: float  # share of all weight, on average
    rounds: Numbers
    left_out: int  # rounds that count for others, to which the scheme can't be applied
    block: int  # rounds of one independent stretch
    step: int  # of so many rounds one is looked at
    hindsight: bool  # whether who is alike is known from all rounds
    of_a_round: Floats = field(repr=False)
    why_not: str = ""  # why nothing is told of any scheme

    @classmethod
    def untold(cls, why_not: str) -> "MetaModelEffect":
        """None, and why."""
        none, nan = np.zeros(0), float("nan")
        nothing = Interval(nan, nan, nan, nan, nan)
        return cls(nothing, nan, nan, none.astype(np.int64), 0, 1, 1, False, none, why_not)

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if not self.rounds.size:
            why = self.why_not or "It can be applied to no final round of enough accounts."
            return f"What it would change for the meta model can't be told. {why}"
        if not self.change.excludes_0:
            return f"Whether the meta model would be better or worse can't be told: {self.told} CORR a round."
        raised = "raised" if self.change.mean > 0 else "lowered"
        return (
            f"It would have {raised} the meta model by {abs(self.change.mean):.4f} CORR a round "
            f"({self.between})."
        )

    @property
    def told(self) -> str:
        """ "+0.0022 (+0.0003 to +0.0040)", CORR a round."""
        if not self.rounds.size:
            return "not told"
        return f"{plus_minus(self.change.mean, 4)} ({self.between})"

    @property
    def between(self) -> str:
        """The interval, or why there is none."""
        if np.isnan(self.change.low):
            return too_few(self.rounds.size, self.block).removesuffix(".")
        return f"{plus_minus(self.change.low, 4)} to {plus_minus(self.change.high, 4)}"

    @property
    def basis(self) -> str:
        """Of what it is, and what it can't say, in sentences."""
        if not self.rounds.size:
            return ""
        left = f" To {counted(self.left_out, 'more round')} it can't be applied." if self.left_out else ""
        alike = " Who is alike is known from all rounds: in part hindsight." if self.hindsight else ""
        return f"{self.common} {percent(self.moved)} of weight moves in them.{left}{alike} {FIRST_ORDER}"

    @property
    def common(self) -> str:
        """What rounds these are, in a sentence."""
        every = "" if self.step == 1 else f", one of {self.step}"
        return (
            f"{counted(self.rounds.size, 'final round')} of {spans([int(each) for each in self.rounds])}"
            f"{every}, with the stakes of each and what was known as it opened; the meta model has a CORR of "
            f"{self.corr:.4f} in them."
        )


FIRST_ORDER = (
    "To first order, from public scores: in simulated rounds it goes with the exact change "
    f"(r {TRACKS:.2f}) and is up to {TOO_HIGH:.4f} too high, so a gain of that size may be none."
)


def effects_of(
    schemes: Sequence[Weighing], past: AccountRounds | str, today: KnownOfHolders
) -> tuple[MetaModelEffect, ...]:
    """effects_on_meta_model of what past_of found."""
    if isinstance(past, str):
        return (MetaModelEffect.untold(past),) * len(schemes)
    return effects_on_meta_model(schemes, past, today)


def effects_on_meta_model(
    schemes: Sequence[Weighing],
    past: AccountRounds,
    today: KnownOfHolders | None = None,
    *,
    fewest: int = FEWEST_ACCOUNTS,
    of: Numbers | None = None,
) -> tuple[MetaModelEffect, ...]:
    """What each scheme would have changed for the meta model over final rounds.

    Of at least `fewest` accounts; each round with its own stakes, and scores and correlations with the meta
    model as far as they were known when it opened. today: who is alike, of all accounts that are listed;
    accounts that have left are then left out. Accounts that a scheme can't weigh are left out before and
    after. of: these rounds alone.
    """
    rounds: list[list[int]] = [[] for _ in schemes]
    values: list[list[tuple[float, float, float]]] = [[] for _ in schemes]
    looked_at = 0
    for each, known in past.with_what_was_known():
        if each.account.size < fewest or (of is not None and each.number not in of):
            continue
        for at, scheme in enumerate(schemes):
            if looked_at % _every(scheme, past):
                continue
            found = _in_round(scheme, each, known, today)
            if found is not None:
                rounds[at].append(each.number)
                values[at].append(found)
        looked_at += 1
    return tuple(
        _effect(scheme, past, numbers, found, -(-looked_at // _every(scheme, past)))
        for scheme, numbers, found in zip(schemes, rounds, values, strict=True)
    )


def _every(scheme: Weighing, past: AccountRounds) -> int:
    """Of how many rounds one is looked at: what needs a solver takes its time, and neighbours overlap."""
    rows, half = sum(each.account.size for each in past.rounds), max(1, past.overlap // 2)
    if "similarity" not in scheme.needs:
        return half if rows > MOST_WEIGHED else 1
    if rows <= SOME_SOLVED:
        return 1
    return past.overlap if rows > MOST_SOLVED else half


def _in_round(
    scheme: Weighing, of: AccountRound, known: KnownOfHolders, today: KnownOfHolders | None
) -> tuple[float, float, float] | None:
    """Change, CORR before and weight moved in one round; None where the scheme can't be applied."""
    kept = np.arange(of.account.size)
    if set(HINDSIGHT) & set(scheme.needs):
        listed = None if today is None or today.clusters is None else today.clusters.size
        if today is None or listed is None:
            return None
        kept = np.flatnonzero(of.account < listed)
        alike = today.of(of.account[kept])
        known = replace(known.of(kept), clusters=alike.clusters, similarity=alike.similarity)
    if scheme.leaves_out:
        lacking = getattr(known, scheme.leaves_out)
        if lacking is None:
            return None
        there = np.flatnonzero(~np.isnan(lacking))
        kept, known = kept[there], known.of(there)
    if any(getattr(known, need) is None for need in scheme.needs) or not kept.size:
        return None
    stake = of.stake[kept]
    corr, alike_mm = of.scores[CORR][kept], of.scores[WITH_META_MODEL][kept]
    try:
        after = scheme.weigh(stake, known)
    except ValueError:
        return None
    change = meta_model_change(stake, after, corr, alike_mm)
    if np.isnan(change):
        return None
    moved = float(np.abs(after - stake_weights(stake)).sum() / 2)
    return change, meta_model_corr(corr, alike_mm, stake), moved


def _effect(
    scheme: Weighing,
    past: AccountRounds,
    numbers: list[int],
    found: list[tuple[float, float, float]],
    looked_at: int,
) -> MetaModelEffect:
    changes, corr, moved = np.array(found, dtype=np.float64).reshape(-1, 3).T
    nothing = float("nan")
    return MetaModelEffect(
        change=ewc_interval(changes),
        corr=float(corr.mean()) if corr.size else nothing,
        moved=float(moved.mean()) if moved.size else nothing,
        rounds=np.array(numbers, dtype=np.int64),
        left_out=looked_at - len(numbers),
        block=max(1, 2 * past.overlap // _every(scheme, past)),
        step=past.step * _every(scheme, past),
        hindsight=bool(set(HINDSIGHT) & set(scheme.needs)),
        of_a_round=changes,
    )
