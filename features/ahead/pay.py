"""What a stake may earn or burn over the next weeks, under up to four rules, by a name's own past."""

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from features.ahead.record import OwnRecord, Whose, rules_asked, whose_record
from features.payout.at_risk import check_stake
from features.payout.priced.terms import Terms, ToldRule
from kept import KeptResults
from scoring.ahead.means import LookAhead, look_ahead
from scoring.ahead.pay import fewest_rounds
from tournament.source import EVERYONE, Source, caveats_of
from wording.numbers import MINUS, brief

WEEKS = {13: "a quarter", 26: "half a year", 52: "a year"}
BASES = ("compounding", "per-round", "fixed")
UNITS = ("NMR", "%")
UNSTAKED = 100.0  # NMR, for who has none
WAYS = 4000
SEED = 7  # the same question has the same answer


@dataclass(frozen=True)
class AheadLine:
    """What may come under one rule, and the rounds (final, first and last) it was drawn from."""

    told: ToldRule
    rounds: int
    first: int
    last: int
    ahead: LookAhead
    kept: float  # how much of its distance to everyone's its mean keeps; NaN where nobody else is known

    @property
    def why(self) -> str:
        """What its mean was moved to, after a comma; "" where it stays."""
        if math.isnan(self.kept):
            return ""
        if self.kept == 0:
            return ", everyone's"
        return ", nearer to everyone's"


@dataclass(frozen=True)
class PayAhead:
    """Ways a stake may go over some weeks under each rule; shares are of the stake at the start."""

    name: str
    kind: str
    lines: tuple[AheadLine, ...]
    weeks: int
    rounds: int  # ahead
    weekly: float
    stake: float
    is_example: bool  # nobody has it: the model has none, and none was given
    basis: str
    share: float  # of the whole stake that a round risks
    unit: str
    factor: float
    factor_round: int
    block: int
    lag: int
    notes: tuple[str, ...]
    source: str
    until: date
    asked_at: datetime | None

    @property
    def when(self) -> str:
        """ "a year"."""
        return WEEKS[self.weeks]

    @property
    def finding(self) -> str:
        """The answer in one sentence, on the first rule."""
        first = self.lines[0]
        wide = first.ahead.wide
        return (
            f"{self.when.capitalize()} of {first.told.short} for {self.name}: {share_told(wide.low)} to "
            f"{share_told(wide.high)} of the stake"
        )

    @property
    def same_rounds(self) -> bool:
        """Whether all rules were drawn from the same rounds."""
        return len({(line.rounds, line.first, line.last) for line in self.lines}) == 1

    @property
    def how_sure(self) -> str:
        """How far the bands can be trusted."""
        first = self.lines[0]
        past = first.ahead.past
        return (
            f"Nine of ten ways, if rounds go on like these {first.rounds}. Their mean lies within "
            f"{points(past.low)} to {points(past.high)} a round; "
            f"taken as {points(first.ahead.mean)}{first.why}."
        )

    def for_others(self, own_name: str | None) -> "PayAhead":
        """The same to be shown in public: only the member's own name is told."""
        if self.name == own_name:
            return self
        hidden = f"one {self.kind}"
        notes = tuple(note.replace(self.name, hidden[:1].upper() + hidden[1:]) for note in self.notes)
        return replace(self, name=hidden, notes=notes)

    def in_nmr(self, share: float) -> str:
        """What a stake becomes whose change is this share of it."""
        return brief(self.stake * (1 + share))


async def pay_ahead(
    source: Source,
    name: str,
    rules: Sequence[str] = (),
    *,
    weeks: int = 52,
    stake: float | None = None,
    basis: str = "compounding",
    unit: str = "NMR",
    kept: KeptResults | None = None,
) -> PayAhead:
    """What a model's or an account's stake may become, by its own final rounds at today's terms.

    rules: what people type, at most four; without any the current one and two others. weeks: 13, 26 or 52.
    stake: NMR at the start, its own without it. basis: the stake compounds, a share of it for each round that
    is open, or it stays fixed. kept: where everyone's means are kept for others who ask. Raises ValueError
    with a sentence for a person, also where the record is too short for every rule: with how many rounds
    are missing.
    """
    if weeks not in WEEKS:
        raise ValueError(f"Weeks are one of {', '.join(map(str, WEEKS))}.")
    if basis not in BASES:
        raise ValueError(f"The basis is one of {', '.join(BASES)}.")
    if unit not in UNITS:
        raise ValueError(f"The unit is one of {' and '.join(UNITS)}.")
    if stake is not None:
        check_stake(stake)
    asked = await whose_record(source, name)
    compared = await rules_asked(source, asked.now, rules)
    caveats = [*caveats_of(source, asked.history), *filter(None, [source.caveats.get(EVERYONE, "")])]
    now = asked.now
    found = await asyncio.to_thread(lambda: [asked.record(rule) for rule in compared])
    records, left = usable(asked, found)
    keep = kept or KeptResults()
    drawn = [await asked.drawn(each, keep) for each in records]

    def work() -> PayAhead:
        share = 1 / now.overlap if basis == "per-round" else now.base.stake_fraction
        rounds = max(1, round(weeks * now.weekly))
        lines = [
            AheadLine(
                each.told,
                each.rounds.size,
                int(each.rounds[0]),
                int(each.rounds[-1]),
                look_ahead(
                    each.rates, rounds, shift=towards.shift, block=now.block, lag=now.overlap,
                    fraction=share, compounding=basis != "fixed", bound=bound_of(each, asked), ways=WAYS,
                    rng=np.random.default_rng(SEED),
                ),
                towards.kept,
            )
            for each, towards in zip(records, drawn, strict=True)
        ]  # fmt: skip
        told = dict.fromkeys(note for each in records for note in each.told.notes)
        return PayAhead(
            name=asked.name,
            kind=asked.kind,
            lines=tuple(lines),
            weeks=weeks,
            rounds=rounds,
            weekly=now.weekly,
            stake=stake or asked.stake or UNSTAKED,
            is_example=stake is None and not asked.stake,
            basis=basis,
            share=share,
            unit=unit,
            factor=now.factor,
            factor_round=now.round,
            block=now.block,
            lag=now.overlap,
            notes=(*asked.stopped, *left, *told, *asked.differs, *caveats),
            source=asked.source,
            until=asked.until,
            asked_at=asked.history.asked_at,
        )

    return await asyncio.to_thread(work)


def usable(asked: Whose, records: list[OwnRecord]) -> tuple[list[OwnRecord], list[str]]:
    """Records that are long enough, on the same rounds where those suffice, and why others are left out.

    Raises ValueError where none is.
    """
    good: list[OwnRecord] = []
    left: list[str] = []
    for each in records:
        try:
            asked.check(each)
        except ValueError as error:
            left.append(str(error))
        else:
            good.append(each)
    if not good:
        raise ValueError(left[0])
    common = good[0].rounds
    for each in good[1:]:
        common = np.intersect1d(common, each.rounds)
    if common.size >= fewest_rounds(asked.now.block):
        good = [each.only(common) for each in good]
    return good, left


def bound_of(record: OwnRecord, asked: Whose) -> float:
    """The most that a round can pay or burn per NMR at risk."""
    base = asked.now.base
    clip = Terms.of(record.rule.read, base).clip
    return clip * asked.now.factor if base.clip_order == "factor_outside_clip" else clip


def share_told(share: float) -> str:
    """A change of the stake as people read it: "+54 %", "−3.2 %", "0.0 %"."""
    size = abs(100 * share)
    told = f"{size:,.0f}" if size >= 9.95 else f"{size:.1f}"
    sign = "" if told == "0.0" else MINUS if share < 0 else "+"
    return f"{sign}{told} %"


def points(share: float) -> str:
    """A mean of a round in percent of what is at risk: "+1.07 %"."""
    return "unknown" if math.isnan(share) else f"{100 * share:+.2f} %".replace("-", MINUS)


def chances(share: float) -> str:
    """A chance as people read it: "35 in 100", "fewer than 1 in 100"."""
    return "none" if share == 0 else "fewer than 1 in 100" if share < 0.005 else f"{100 * share:.0f} in 100"
