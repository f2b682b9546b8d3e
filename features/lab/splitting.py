"""What a holder gains under a scheme by splitting a stake over several accounts."""

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.lab.newcomer import with_a_newcomer
from features.lab.schemes import read_scheme
from features.simulation.accounts_known import known_of
from features.simulation.weights import what_splitting_gains
from features.stakes.holders import find_holder
from tournament.source import Source, everyone_if_read
from wording.numbers import amount, counted, number

MOST_PARTS = 100
MOST_NMR = 1e9
STEPS = (1, 2, 3, 5, 10, 20, 50, 100)


@dataclass(frozen=True)
class SplitTest:
    """Weight of the parts of a stake together, over its weight whole, for several numbers of parts (k,)."""

    name: str  # the account; "" where a size was asked for
    stake: float  # NMR
    typed: str  # the scheme
    words: str
    whole: float  # weight as one
    parts: NDArray[np.int64]  # (k,), the last one was asked for
    gains: NDArray[np.float64]  # (k,)
    guessed: bool
    source: str
    day: date

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        gain, parts = float(self.gains[-1]), int(self.parts[-1])
        if math.isnan(gain):
            return f"Under this scheme {self.who} has no weight, whole or split."
        if abs(gain - 1) <= 1e-6:
            return f"Splitting into {parts} gains {self.who} nothing."
        if gain < 1:
            return f"In {counted(parts, 'part')} {self.who} has {number(gain)} times the weight: it loses."
        return f"Splitting into {parts} gives {self.who} {number(gain)} times the weight."

    @property
    def who(self) -> str:
        """Whose stake it is."""
        return self.name or f"a stake of {amount(self.stake, 'NMR')}"

    def for_others(self, own_name: str | None) -> "SplitTest":
        """The same to be shown in public: only the member's own name is told."""
        return self if not self.name or self.name == own_name else replace(self, name="one account")


async def split_test(
    source: Source,
    *,
    who: str | None = None,
    size: float | None = None,
    parts: int = 10,
    scheme: str = "sqrt",
) -> SplitTest:
    """What splitting an account's stake, or a stake of so many NMR, evenly over so many accounts gains.

    Each part is like the whole: it has its score. Without both it is about the largest account. A model's
    name is about its account. Raises ValueError with a sentence for what can't be asked or applied.
    """
    if who is not None and size is not None:
        raise ValueError("Give a name or a size, not both.")
    if not 1 <= parts <= MOST_PARTS:
        raise ValueError(f"A stake is split into 1 to {MOST_PARTS} parts.")
    if size is not None and not 0 < size <= MOST_NMR:
        raise ValueError("A size is an amount above 0 and at most 1,000,000,000 NMR.")
    typed, weighing = read_scheme(scheme)
    stakes, everyone, calendar = await asyncio.gather(
        source.stakes(), everyone_if_read(source), source.rounds()
    )

    def work() -> SplitTest:
        held = stakes.account_stake
        if not held.any():
            raise ValueError("No account on the leaderboard has a stake.")
        known = known_of(stakes, everyone if weighing.needs else None, calendar)
        why_not = known.why_not(weighing.needs)
        if why_not:
            raise ValueError(why_not)
        name = ""
        if size is not None:
            if weighing.leaves_out:
                raise ValueError("This scheme weighs nobody without a past, so name an account.")
            stake, of = with_a_newcomer(stakes, known, weighing, size)
            at = stake.size - 1
        else:
            account = int(held.argmax())
            if who is not None:
                kind, found = find_holder(stakes, who)
                if kind == "model" and stakes.account_of is None:
                    raise ValueError(f"{source.label} does not say whose model that is. Name the account.")
                account = (
                    found if kind == "account" or stakes.account_of is None else int(stakes.account_of[found])
                )
            name = stakes.accounts[account]
            if not held[account]:
                raise ValueError(f"{name} has no stake, so there is nothing to split.")
            lacking = getattr(known.known, weighing.leaves_out) if weighing.leaves_out else None
            counts = np.flatnonzero((held > 0) if lacking is None else (held > 0) & ~np.isnan(lacking))
            if account not in counts:
                raise ValueError(f"{name} has no past that this scheme could weigh it by.")
            stake, of = held[counts], known.known.of(counts)
            at = int(np.searchsorted(counts, account))
        steps = np.array([*(step for step in STEPS if step < parts), parts])
        gains = [what_splitting_gains(weighing, stake, of, at, int(step)) for step in steps]
        return SplitTest(
            name=name,
            stake=float(stake[at]),
            typed=typed,
            words=weighing.words,
            whole=float(weighing.weigh(stake, of)[at]),
            parts=steps,
            gains=np.array(gains),
            guessed=stakes.guessed,
            source=source.label,
            day=stakes.day,
        )

    return await asyncio.to_thread(work)
