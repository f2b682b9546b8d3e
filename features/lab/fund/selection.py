"""Rules for choosing models that could be used beforehand, against weights by stake."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.lab.fund.panel import FUND_SCORE, FundPanel, FundRounds, fund_rounds, read_panel
from scoring.intervals import Interval, ewc_interval
from scoring.lab.selection import (
    Rule,
    best_of,
    better_half,
    equally,
    exponentially,
    follow_rule,
    limited_by_performance,
)
from tournament.source import Floats, Rounds, Source, TournamentField
from wording.numbers import counted, score_name, span

KNOWN = 20  # rounds that must be known before a rule is followed
RATE = 3.0  # of exponential weights: about root(8 ln n / rounds) by the range of scores
CAP = 0.05

# what each is called, and how it is made for rounds that overlap so much
RULES: tuple[tuple[str, Callable[[int], Rule]], ...] = (
    ("top 20 of the last 20", lambda overlap: best_of(20, KNOWN)),
    ("best one of the last 20", lambda overlap: best_of(1, KNOWN)),
    ("all alike", lambda overlap: equally()),
    ("better half, by stake", lambda overlap: better_half()),
    ("growing with each score", lambda overlap: exponentially(RATE)),
    ("stake limited by record", lambda overlap: limited_by_performance(CAP, overlap=overlap)),
)
FUND = "the fund"
OTHERS = ("tc", "mmc")  # the first that is there is looked at, too


@dataclass(frozen=True)
class FollowedRule:
    """What a rule made of a measure in a round, less what stake weights made, over so many rounds.

    allowed: the interval that allows for all intervals looked at (Bonferroni).
    """

    rule: str
    measure: str  # a score's name: chosen and weighed by it; or the fund: chosen by CORR
    rounds: int
    interval: Interval
    allowed: Interval


@dataclass(frozen=True)
class RulesFollowed:
    """All rules by all measures, and how many intervals that is."""

    followed: tuple[FollowedRule, ...]
    measures: tuple[str, ...]
    first: int
    last: int
    lag: int  # rounds that are under way when one opens: so old is the newest score that is known
    proxy: str
    notes: tuple[str, ...]
    source: str
    day: date

    @property
    def span(self) -> str:
        """ "rounds 206-321"."""
        return span(self.first, self.last)

    @property
    def looked_at(self) -> int:
        """Intervals: of 20, one leaves out 0 by luck."""
        return len(self.followed)

    @property
    def apart(self) -> tuple[FollowedRule, ...]:
        """Those whose own interval leaves out 0."""
        return tuple(each for each in self.followed if each.interval.excludes_0)

    @property
    def clear(self) -> tuple[FollowedRule, ...]:
        """Those whose interval leaves out 0 when all that were looked at are allowed for."""
        return tuple(each for each in self.followed if each.allowed.excludes_0)

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if all(math.isnan(each.interval.low) for each in self.followed):
            return "Too few rounds to hold any rule against stake."
        better = [each for each in self.clear if each.interval.mean > 0]
        if better:
            return f"{_upper(better[0].rule)} beat stake in {better[0].measure}, all tries allowed for."
        return "No rule that could be used beforehand can be called better than stake."

    @property
    def how_many(self) -> str:
        """How many intervals were looked at and what is left of them, in a sentence."""
        some = counted(self.looked_at, "interval")
        apart = f"{len(self.apart)} leave out 0" if len(self.apart) != 1 else "1 leaves out 0"
        left = "none" if not self.clear else str(len(self.clear))
        return f"Of {some} looked at {apart}, and {left} once it is allowed for that many."


async def rules_followed(source: Source, rounds: str | None = None) -> RulesFollowed:
    """Follow each rule with the lag that scores really have, by each measure.

    Raises ValueError with a sentence where the fund is not told or rounds are too few.
    """
    everyone, calendar = await asyncio.gather(source.everyone(), source.rounds())
    until = await source.until()
    return await asyncio.to_thread(followed_of, everyone, calendar, rounds, source.label, until)


def followed_of(
    everyone: TournamentField, calendar: Rounds, rounds: str | None, source: str, day: date
) -> RulesFollowed:
    """The same, of what has been read. Rules look at all rounds; those that were typed are told."""
    known = fund_rounds(everyone, calendar)
    asked = known if rounds is None else fund_rounds(everyone, calendar, rounds)
    lag = known.overlap
    panel = read_panel(known, known.numbers, np.flatnonzero(known.held > 0), others=OTHERS)
    inside = np.isin(known.numbers, asked.numbers)
    inside[: lag - 1 + KNOWN] = False
    if not inside.any():
        raise ValueError(
            f"Rules need {counted(KNOWN, 'round')} that are known when one opens, scores are known "
            f"{counted(lag, 'round')} later, and there are {known.numbers.size}."
        )
    records: list[tuple[str, str, Floats]] = []
    measures = _measures(known, panel)
    for measure, (scores, outcomes) in measures.items():
        for name, rule in RULES:
            found = follow_rule(scores, panel.stake, rule(lag), lag=lag, fewest=KNOWN, outcomes=outcomes)[
                inside
            ]
            records.append((name, measure, found[~np.isnan(found)]))
    level = 1 - 0.05 / len(records)
    return RulesFollowed(
        followed=tuple(
            FollowedRule(name, measure, each.size, ewc_interval(each), ewc_interval(each, level=level))
            for name, measure, each in records
        ),
        measures=tuple(measures),
        first=int(known.numbers[inside][0]),
        last=int(known.numbers[inside][-1]),
        lag=lag,
        proxy=known.fund.proxy,
        notes=tuple(filter(None, (known.left_out, panel.left_out, everyone.notice))),
        source=source,
        day=day,
    )


def _measures(known: FundRounds, panel: FundPanel) -> dict[str, tuple[Floats, Floats | None]]:
    """What rules look at and what their weights are held against (None: the same), by name."""
    corr = panel.scores[FUND_SCORE]
    both = (panel.stake > 0) & ~np.isnan(corr) & ~np.isnan(panel.alike)
    held = np.where(both, panel.stake, 0.0)
    alike = (held * np.nan_to_num(panel.alike)).sum(axis=1)
    total = held.sum(axis=1)
    length = np.where(total > 0, alike / np.where(total > 0, total, 1.0), np.nan)
    # to the first order the fund's CORR changes by the mean contribution over the length of the mix
    added = (corr - panel.alike * known.corr[:, np.newaxis]) / length[:, np.newaxis]
    measures: dict[str, tuple[Floats, Floats | None]] = {
        FUND: (corr, np.where(np.isfinite(added), added, np.nan)),
        score_name(FUND_SCORE): (corr, None),
    }
    for other in OTHERS:
        if not np.isnan(panel.scores[other]).all():
            measures[score_name(other)] = (panel.scores[other], None)
            break
    return measures


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
