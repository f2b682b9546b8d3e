"""How much of one's NMR to stake and by which multipliers, and how stable the best choice is."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from features.ahead.pay import SEED, WAYS, bound_of
from features.ahead.record import Whose, rules_asked, whose_record
from features.payout.pricing import ComparedRule
from kept import KeptResults
from scoring.ahead.means import look_ahead
from scoring.ahead.pay import Outlook, fewest_rounds
from scoring.ahead.stake import (
    BestChoice,
    OutOfSample,
    best_choice,
    chosen_out_of_sample,
    growth_of_share,
    kelly_fraction,
    largest_share,
)
from scoring.rules import describe_multipliers
from tournament.source import EVERYONE, Floats, Source, caveats_of
from wording.numbers import counted, percent

LOSSES = (0.1, 0.2, 0.5)
CHANCE = 0.05
SHARES = np.arange(0, 21) / 20
YEAR = 52  # weeks
RESAMPLES = 2000
MOST_CELLS = 10_000_000  # rounds x models x choices that are priced at once: 80 megabytes


@dataclass(frozen=True)
class StakeAhead:
    """How much of one's NMR to stake under a rule for a year, and which of its permitted choices grew most.

    choices (c,) as they are written. largest: shares of all NMR, by the loss that is borne, so that a larger
    one has a chance of 5 % at most. growth: mean log growth over the year at shares of SHARES.
    """

    name: str
    kind: str
    rule: str
    rounds: int
    first: int
    last: int
    choices: tuple[str, ...]
    best: BestChoice
    usual: str  # the choice that the others are held against out of sample
    others: OutOfSample | None
    kelly: float
    drawn_kelly: float  # at the mean as it is drawn towards everyone's
    largest: Mapping[float, float]
    growth: Floats
    year: Outlook
    loss: float
    notes: tuple[str, ...]
    source: str
    until: date
    asked_at: datetime | None

    @property
    def best_name(self) -> str:
        """The choice that grew most."""
        return self.choices[self.best.best]

    @property
    def wins(self) -> float:
        """In which share of resamples it is the best."""
        return float(self.best.wins[self.best.best])

    @property
    def share(self) -> float:
        """The largest share of all NMR for the loss that was asked for."""
        return self.largest[self.loss]

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        loss = f"a loss of over {percent(self.loss)} of your NMR in a year"
        if self.share == 1:
            return f"All of your NMR under {self.rule}: {loss} has a chance of 5 % at most"
        return f"At most {percent(self.share)} of your NMR under {self.rule}, or {loss} is likelier than 5 %"

    @property
    def fastest(self) -> float:
        """The share of all NMR at which it grows fastest in the mean of the ways."""
        return float(SHARES[int(self.growth.argmax())])

    @property
    def choice(self) -> str:
        """Which choice grew most, and whether it can be relied on."""
        if len(self.choices) == 1:
            return f"There is no choice of multipliers under {self.rule}"
        told = f"{self.best_name} grew most, best in {percent(self.wins)} of resamples"
        return told if self.best.stable else f"{told}: no stable choice"

    @property
    def out_of_sample(self) -> str:
        """What choosing by the past gained others; "" where it can't be told."""
        if self.others is None or not self.others.n:
            return ""
        return (
            f"Of {counted(self.others.n, 'model')} that chose by their past, {percent(self.others.better)} "
            f"did better than with {self.usual}, {percent(self.others.worse)} worse"
        )

    def for_others(self, own_name: str | None) -> "StakeAhead":
        """The same to be shown in public: only the member's own name is told."""
        if self.name == own_name:
            return self
        hidden = f"one {self.kind}"
        notes = tuple(note.replace(self.name, hidden[:1].upper() + hidden[1:]) for note in self.notes)
        return replace(self, name=hidden, notes=notes)


async def stake_ahead(
    source: Source, name: str, rule: str | None = None, *, loss: float = 0.2, kept: KeptResults | None = None
) -> StakeAhead:
    """How much to stake and by what, from a name's own final rounds at today's terms, over a year.

    rule: what people type; without it the current one. loss: the share of all NMR that may be lost with a
    chance of 5 %: .1, .2 or .5. Raises ValueError with a sentence as pay_ahead does.
    """
    if loss not in LOSSES:
        raise ValueError(f"The loss is one of {', '.join(percent(each) for each in LOSSES)}.")
    asked = await whose_record(source, name)
    [compared, *_] = await rules_asked(source, asked.now, [] if rule is None else [rule])
    record = await asyncio.to_thread(asked.record, compared)
    asked.check(record)
    keep = kept or KeptResults()
    towards = await asked.drawn(record, keep)
    choices = permitted(compared, asked)
    usual = usual_of(compared, asked, choices)
    names = tuple(describe_multipliers(each.multipliers) for each in choices)
    others = await keep.get(
        ("choices ahead", asked.source, asked.now.round, record.told.words, names),
        (asked.until, None if asked.everyone is None else asked.everyone.asked_at),
        lambda: asyncio.to_thread(everyones_choices, asked, choices, usual),
    )
    caveats = [*caveats_of(source, asked.history), *filter(None, [source.caveats.get(EVERYONE, "")])]

    def work() -> StakeAhead:
        now = asked.now
        rng = np.random.default_rng(SEED)
        ahead = look_ahead(
            record.rates, max(1, round(YEAR * now.weekly)), shift=towards.shift, block=now.block,
            lag=now.overlap, fraction=now.base.stake_fraction, bound=bound_of(record, asked),
            ways=WAYS, rng=rng,
        )  # fmt: skip
        final = ahead.wide.final
        records = [asked.record(each) for each in choices]
        # a choice that lacks some of these rounds can't be compared on them
        kept_choices = [bool(np.isin(record.rounds, each.rounds).all()) for each in records]
        by_choice = np.stack(
            [
                each.only(record.rounds).rates
                for each, there in zip(records, kept_choices, strict=True)
                if there
            ],
            axis=1,
        )
        own_kelly = kelly_fraction(record.rates)
        ratio = ahead.mean / ahead.past.mean if ahead.past.mean else math.nan
        return StakeAhead(
            name=asked.name,
            kind=asked.kind,
            rule=record.told.short,
            rounds=record.rounds.size,
            first=int(record.rounds[0]),
            last=int(record.rounds[-1]),
            choices=tuple(name for name, there in zip(names, kept_choices, strict=True) if there),
            best=best_choice(by_choice, block=now.block, resamples=RESAMPLES, rng=rng),
            usual=names[usual],
            others=others,
            kelly=own_kelly,
            drawn_kelly=own_kelly * ratio,
            largest={each: largest_share(final, each, CHANCE) for each in LOSSES},
            growth=np.array([growth_of_share(final, float(share)) for share in SHARES]),
            year=ahead.wide,
            loss=loss,
            notes=(*asked.stopped, *record.told.notes, *asked.differs, *caveats),
            source=asked.source,
            until=asked.until,
            asked_at=asked.history.asked_at,
        )

    return await asyncio.to_thread(work)


def permitted(compared: ComparedRule, asked: Whose) -> list[ComparedRule]:
    """The choices of multipliers that the rule leaves, each of other pay; itself where it leaves none."""
    rule = compared.read(asked.now.base)
    found: dict[str, ComparedRule] = {}
    for multipliers in rule.choices:
        if any(multipliers.values()) and all(
            score in asked.now.scores for score, times in multipliers.items() if times
        ):
            one = ComparedRule(
                multipliers,
                lambda base, own=multipliers: replace(
                    compared.read(base), multipliers=own, choices=(own,), fallback=own
                ),
            )
            found.setdefault(describe_multipliers(multipliers), one)
    return list(found.values()) or [compared]


def usual_of(compared: ComparedRule, asked: Whose, choices: list[ComparedRule]) -> int:
    """The choice of members who do nothing, which the others are held against; else the first."""
    fallback = describe_multipliers(compared.read(asked.now.base).fallback)
    names = [describe_multipliers(each.multipliers) for each in choices]
    return names.index(fallback) if fallback in names else 0


def everyones_choices(asked: Whose, choices: list[ComparedRule], usual: int) -> OutOfSample | None:
    """What models gained that chose by their past, of all there are; None where that is too much to ask."""
    field = asked.everyone
    if field is None or len(choices) < 2:
        return None
    shape = (field.numbers.size, len(field.models), len(choices))
    if math.prod(shape) > MOST_CELLS:
        return None
    table = np.full(shape, np.nan)
    for piece in field.pieces():
        at = np.searchsorted(field.numbers, piece.round)
        for choice, one in enumerate(choices):
            table[at, piece.model, choice] = asked.now.rates(one, piece)
    return chosen_out_of_sample(
        table, usual, overlap=asked.now.overlap, fewest=fewest_rounds(asked.now.block)
    )
