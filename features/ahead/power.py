"""How many rounds it takes until a difference between two rules is seen, by how their pay has varied."""

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import date, datetime

from features.ahead.record import TermsNow, rules_asked, terms_of
from features.payout.compare import compare_payouts
from features.payout.comparison import PayoutComparison
from scoring.ahead.power import RoundsNeeded, rounds_to_see
from scoring.intervals import Interval, ewc_interval
from scoring.typed import read_number
from tournament.source import EVERYONE, Source
from wording.numbers import MINUS, counted, number, span

LEAST, MOST = 0.01, 100.0  # percent of the stake a round
STEPS = (0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True)
class WhenSeen:
    """How long until a difference in pay between two rules is seen; all numbers in percent of the stake."""

    name: str
    kind: str
    rule: str
    other: str
    difference: float
    found: RoundsNeeded
    interval: Interval
    first: int
    last: int
    yearly: float  # rounds
    notes: tuple[str, ...]
    source: str
    until: date
    asked_at: datetime | None

    @property
    def needed(self) -> float:
        """Rounds, one at the least."""
        return max(1.0, self.found.needed(self.difference))

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        rules = f"between {self.rule} and {self.other}"
        if self.found.variance == 0:
            return f"There is no difference {rules} that could be seen: they paid alike in every round"
        there = f"{counted(self.found.rounds, 'round')} on record"
        if self.needed <= self.found.rounds:
            return (
                f"{self.difference:g} % of the stake a round {rules} is seen in "
                f"{counted(self.needed, 'round')}: the {there} are enough"
            )
        return (
            f"{self.difference:g} % of the stake a round {rules} is seen after "
            f"{counted(self.needed, 'round')}, {years_told(self.needed / self.yearly)}; {there}"
        )

    @property
    def seen(self) -> str:
        """What the rounds there are can show, and what they did."""
        if self.found.variance == 0:
            return "Nothing to see: no round differs."
        mean, low, high = self.interval.mean, self.interval.low, self.interval.high
        verdict = "clearly apart" if self.interval.excludes_0 else "not told from luck"
        return (
            f"{span(self.first, self.last)} show {number(self.found.visible)} % or more. "
            f"Seen: {_signed(mean)} ({_signed(low)} to {_signed(high)}), {verdict}."
        )

    def for_others(self, own_name: str | None) -> "WhenSeen":
        """The same to be shown in public: only the member's own name and everyone's are told."""
        return self if self.name in (EVERYONE, own_name) else replace(self, name=f"one {self.kind}")


async def when_seen(
    source: Source,
    difference: float = 1.0,
    rule: str | None = None,
    other: str | None = None,
    *,
    name: str = EVERYONE,
) -> WhenSeen:
    """Rounds until a mean difference of so many percent of the stake a round is seen between two rules.

    rule, other: what people type; without them the current one, and another that the data can price. name:
    whose stake: everyone's, a model's or an account's. Each round is priced at its own terms, as in a
    comparison of rules, on final rows. Raises ValueError with a sentence for a difference that is not between
    0.01 and 100, what a comparison refuses, and fewer than 15 rounds.
    """
    if not LEAST <= difference <= MOST:
        raise ValueError(f"A difference is {LEAST:g} to {MOST:g} percent of the stake a round.")
    now, _ = await terms_of(source)
    rule, other = await _both(source, now, rule, other)
    found = await compare_payouts(source, name, rule, current=other, rounds="all", unit="%")
    return await asyncio.to_thread(_when_seen, found, now, difference)


async def _both(source: Source, now: TermsNow, rule: str | None, other: str | None) -> tuple[str, str]:
    """The rules that are compared: one that nobody typed is another that the data can price."""
    if rule is not None and other is not None:
        return rule, other
    current, *others = [each.short for each in await rules_asked(source, now, ())]
    given = rule if rule is not None else other
    if given is None:
        if not others:
            raise ValueError("Name two rules: this data can price no other than the current one.")
        return current, others[0]
    [typed] = await rules_asked(source, now, [given])
    spare = next((each for each in (current, *others) if each != typed.short), current)
    return (given, spare) if rule is not None else (spare, given)


def _when_seen(found: PayoutComparison, now: TermsNow, difference: float) -> WhenSeen:
    by_round = found.proposed.by_round - found.current.by_round
    power = rounds_to_see(by_round)
    if math.isnan(power.variance):
        raise ValueError(
            f"{found.name} has {counted(by_round.size, 'round')} that can be compared; 15 are needed to tell "
            "how long it takes."
        )
    return WhenSeen(
        name=found.name,
        kind=found.kind,
        rule=found.proposed.short,
        other=found.current.short,
        difference=difference,
        found=power,
        interval=ewc_interval(by_round),
        first=int(found.rounds[0]),
        last=int(found.rounds[-1]),
        yearly=now.weekly * 365.25 / 7,
        notes=tuple(each for each in (*found.assumptions, *found.warnings) if each),
        source=found.source,
        until=found.until,
        asked_at=found.asked_at,
    )


def read_difference(text: str) -> float:
    """The difference that was typed, in percent of the stake a round. Raises ValueError as when_seen does."""
    typed = text.strip().removesuffix("%")
    return float(read_number(typed, "A difference", low=LEAST, high=MOST))


def years_told(years: float) -> str:
    """A time as people read it: "12 years", "7 months", "under a month"."""
    if years >= 1.95:
        return counted(years, "year")
    months = round(12 * years)
    return counted(months, "month") if months else "under a month"


def _signed(value: float) -> str:
    return f"{value:+.2f} %".replace("-", MINUS)
