"""What a rule would pay once stakes have followed it: a scenario."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from features.ahead.record import TermsNow, rules_asked, terms_of
from features.payout.pricing import ComparedRule
from scoring.ahead.power import level_if_restaked
from scoring.intervals import Interval, ewc_interval
from tournament.source import EVERYONE, Floats, Numbers, Source, TournamentField
from wording.numbers import MINUS, counted, listed, percent, score_name

ELASTICITIES = (0.0, 0.5, 1.0)
FEWEST = 15  # rounds, for an interval


@dataclass(frozen=True)
class Restaked:
    """How pay per NMR at risk changes from one rule to another if stakes follow pay by some elasticity.

    ratio: mean weighted score per NMR at risk under the rule by that under the current one.
    """

    rule: str
    current: str
    ratio: Interval
    means: tuple[float, float]  # of a round: the rule's, the current one's
    elasticity: float
    factor: float
    factor_round: int
    rounds: Numbers
    notes: tuple[str, ...]
    source: str
    until: date
    asked_at: datetime | None

    @property
    def follows(self) -> bool:
        """Whether what is staked changes what an NMR earns at all."""
        return self.factor < 1

    def level(self, elasticity: float, ratio: float | None = None) -> float:
        """The change of pay per NMR at risk at an elasticity."""
        return level_if_restaked(
            self.ratio.mean if ratio is None else ratio, elasticity if self.follows else 0.0
        )

    def band(self, elasticity: float) -> tuple[float, float]:
        """The same at both ends of the interval; minus everything where the ratio may be 0 or below."""
        low, high = (
            self.level(elasticity, end) if end > 0 else -1.0 for end in (self.ratio.low, self.ratio.high)
        )
        return low, high

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if self.rule == self.current:
            return f"{self.rule} is compared with itself, so stakes have nothing to follow"
        change = self.level(self.elasticity)
        what = {0.0: "If nobody restakes", 0.5: "If stakes follow pay halfway", 1.0: "If stakes follow pay"}
        if not self.follows:
            than = f"pays {_change(change)} per NMR than {self.current}"
            return f"At a payout factor of 1 stakes change no pay: {self.rule} {than}"
        if abs(change) < 0.0005:
            left = ": the mix is left" if self.elasticity else ""
            return f"{what[self.elasticity]}, {self.rule} pays per NMR what {self.current} does{left}"
        return f"{what[self.elasticity]}, {self.rule} pays {_change(change)} per NMR than {self.current}"


async def restaked(
    source: Source, rule: str, *, current: str | None = None, elasticity: float = 0.0
) -> Restaked:
    """What a rule changes in pay per NMR at risk if everybody's stakes follow it.

    rule, current: what people type; without `current` the one in force. elasticity: 0, 0.5 or 1. It is told
    from everyone's final scores, by stake. Raises ValueError with a sentence for other elasticities, rules
    that can't be read or priced, fewer than 15 rounds, and where either rule may as well pay nothing.
    """
    if elasticity not in ELASTICITIES:
        raise ValueError(f"An elasticity is one of {', '.join(f'{each:g}' for each in ELASTICITIES)}.")
    now, differs = await terms_of(source)
    everyone, until = await asyncio.gather(source.everyone(), source.until())
    [new] = await rules_asked(source, now, [rule])
    [old, *_] = await rules_asked(source, now, [] if current is None else [current])

    def work() -> Restaked:
        rounds, stake, (above, below) = _by_round(everyone, (new, old), now)
        if rounds.size < FEWEST:
            raise ValueError(
                f"{counted(rounds.size, 'round')} can be compared; {FEWEST} are needed to tell how it ends."
            )
        if not (ewc_interval(below).low > 0 and above.sum() > 0):
            raise ValueError(
                f"{now.told(new).short} or {now.told(old).short} may as well have paid nothing in these "
                f"{counted(rounds.size, 'round')}, so there is no pay that stakes could follow."
            )
        ratio = above.sum() / below.sum()
        # the error of a ratio of sums: that of what is left of one by the other
        interval = ewc_interval((above - ratio * below) / below.mean() + ratio)
        return Restaked(
            rule=now.told(new).short,
            current=now.told(old).short,
            ratio=interval,
            means=(float(above.sum() / stake.sum()), float(below.sum() / stake.sum())),
            elasticity=elasticity,
            factor=now.factor,
            factor_round=now.round,
            rounds=rounds,
            notes=tuple(filter(None, (*differs, everyone.notice, source.caveats.get(EVERYONE, "")))),
            source=source.label,
            until=until,
            asked_at=everyone.asked_at,
        )

    return await asyncio.to_thread(work)


def _by_round(
    field: TournamentField, rules: tuple[ComparedRule, ...], now: TermsNow
) -> tuple[Numbers, Floats, list[Floats]]:
    """Stake at risk by round (r,) of final rows with all scores, and score x stake under each rule."""
    needed = sorted({score for rule in rules for score, times in rule.multipliers.items() if times})
    missing = [score_name(score) for score in needed if score not in now.scores]
    if missing:
        raise ValueError(f"This data has no {listed(missing, 'or')}, so that rule can't be priced.")
    size = field.numbers.size
    stake, sums = np.zeros(size), [np.zeros(size) for _ in rules]
    for piece in field.pieces():
        scores = {score: piece.scores.get(score, np.full(piece.round.size, np.nan)) for score in needed}
        counts = piece.resolved & (piece.stake > 0)
        for values in scores.values():
            counts &= ~np.isnan(values)
        at = np.searchsorted(field.numbers, piece.round[counts])
        held = piece.stake[counts]
        stake += np.bincount(at, weights=held, minlength=size)
        for rule, total in zip(rules, sums, strict=True):
            score = sum(
                (times * scores[name][counts] for name, times in rule.multipliers.items() if times),
                np.zeros(held.size),
            )
            total += np.bincount(at, weights=held * score, minlength=size)
    there = stake > 0
    return field.numbers[there], stake[there], [total[there] for total in sums]


def _change(level: float) -> str:
    return f"{percent(abs(level))} {'less' if level < 0 else 'more'}"


def level_told(level: float) -> str:
    """ "−41 %"."""
    told = f"{100 * level:+.0f} %".replace("-", MINUS)
    return "0 %" if told[1:] == "0 %" else told
