"""Whether the best of a grid of payout rules would have been worth choosing, by the meta model it makes."""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from features.plan.compounded import CORR, followed_rounds, meta_model_under
from features.plan.grid import Grid, read_grid, short
from features.rules.rules import announced_rule
from scoring.intervals import Interval, ewc_interval
from scoring.overfitting import (
    OverfittingResult,
    overfitting_on_noise,
    probability_of_backtest_overfitting,
)
from scoring.rules import PayoutRule, parse_rule, rule_in_force
from tournament.source import Floats, Numbers, Rounds, Source, TournamentField
from wording.numbers import counted, listed, number, percent, score_name, span

GRIDS = {True: "corr 0..2 step .5, mmc 0..3 step .5", False: "corr 0..2 step .5, tc 0..3 step .5"}  # by live
RULE = "1xCORR + 3xTC"
SEED = 20231102
BLOCKS = 8  # short records: 16 of 140 rounds would be 9 rounds each, of which purging leaves 5
MOST_BLOCKS = 12  # whose halves are tried again on every record of noise
DRAWS = 60
WORST = 20  # rounds of the worst stretch
CHANCE = 0.1  # more of noise than this being as low says nothing


@dataclass(frozen=True)
class Judged:
    """How a choice among d directions fares by one score of the meta model (r, d)."""

    score: str
    values: Floats = field(repr=False)
    result: OverfittingResult
    noise: Floats = field(repr=False)  # (draws,), the same where no rule is better
    worst: tuple[int, int]  # first and last round of the worst stretch of the rule that is asked about
    best_then: int  # direction that was best in it
    rank_outside: int  # of it in all other rounds, 1 for the best
    difference: Interval  # of the rule that is asked about to that of the grid which is best over all
    best: int

    @property
    def words(self) -> str:
        """What is scored."""
        if self.score == CORR:
            return "meta-model CORR"
        return f"stake-weighted {score_name(self.score)}"

    @property
    def as_low(self) -> float:
        """Share of records without a better rule whose probability is as low."""
        return float(np.mean(self.noise <= self.result.probability + 1e-9))

    @property
    def usual(self) -> str:
        """ "17 % to 83 %", within which two thirds of the noise lie."""
        low, high = np.quantile(self.noise, [1 / 6, 5 / 6]).tolist()
        return f"{percent(low)} to {percent(high)}"


@dataclass(frozen=True)
class OverfitGrid:
    """A grid of rules, one for each direction, judged by what becomes of the meta model."""

    grid: Grid
    rule: Mapping[str, float]
    judged: tuple[Judged, ...]  # CORR first
    numbers: Numbers
    blocks: int
    purge: int
    overlap: int
    notes: tuple[str, ...]
    source: str
    until: date

    @property
    def names(self) -> tuple[str, ...]:
        """The rule of each direction, as it is written."""
        return tuple(short(self.grid.rules[at]) for at in self.grid.largest)

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        told = [f"{percent(each.result.probability)} by {each.words}" for each in self.judged]
        return f"Best on half of the rounds, it is a worse one on the rest in {listed(told)}."

    @property
    def verdict(self) -> str:
        """What follows, in a few words."""
        clear = [each for each in self.judged if each.as_low <= CHANCE]
        if not clear:
            return "no better than choosing by luck"
        if len(clear) < len(self.judged):
            return f"more than luck by {listed([score_name(each.score) for each in clear])} alone"
        return "more than luck"


async def overfit_grid(
    source: Source, grid: str | None = None, rule: str | None = None, blocks: int = BLOCKS
) -> OverfitGrid:
    """How a grid of rules that was typed fares on halves of the record that it was not chosen on.

    grid: of CORR and TC without one, on live numbers of CORR and MMC. rule: the one whose worst stretch is
    looked at; the announced one without, on the sample 1xCORR + 3xTC. Stakes compound under each rule from
    the first round on; pay itself says nothing, as the largest multipliers always pay most.
    Raises ValueError with a sentence for a grid, a rule or a number of blocks that make no sense here.
    """
    read = read_grid(grid or GRIDS[source.live])
    if blocks > MOST_BLOCKS:
        tried, most = (counted(math.comb(each, each // 2), "way") for each in (blocks, MOST_BLOCKS))
        raise ValueError(
            f"Half of {counted(blocks, 'block')} can be chosen in {tried}, and {MOST_BLOCKS} with {most} are "
            "the most that are tried here."
        )
    calendar, until, everyone, (live, _) = await asyncio.gather(
        source.rounds(), source.until(), source.everyone(), announced_rule(source)
    )
    base = live or rule_in_force(source.tournament, on=date.max)
    asked = live if rule is None and live is not None else parse_rule(rule or RULE, base)
    return await asyncio.to_thread(_judge, source, read, asked, everyone, calendar, until, blocks)


def _judge(
    source: Source,
    grid: Grid,
    rule: PayoutRule,
    everyone: TournamentField,
    calendar: Rounds,
    until: date,
    blocks: int,
) -> OverfitGrid:
    asked = {score: times for score, times in rule.multipliers.items() if times}
    if not asked:
        raise ValueError("A rule that pays nothing has no worst stretch.")
    scores = tuple(dict.fromkeys((*grid.scores, *asked)))
    followed = followed_rounds(source.tournament, everyone, calendar, scores)
    purge = followed.overlap - 1
    by_rule = [meta_model_under(followed, grid.rules[at]) for at in grid.largest]
    by_asked = meta_model_under(followed, asked)
    judged: list[Judged] = []
    numbers = followed.numbers
    for score in (CORR, *(each for each in scores if each != CORR)):
        table = np.stack([each[score] for each in by_rule], axis=1)
        known = ~np.isnan(table).any(axis=1) & ~np.isnan(by_asked[score])
        judged.append(_one(score, table[known], by_asked[score][known], numbers[known], blocks, purge))
    between = span(int(numbers[0]), int(numbers[-1]))
    length = f"{counted(blocks, 'block')} of about {counted(numbers.size // blocks, 'round')}"
    length = f"{between.capitalize()}: {length}"
    notes = [
        "Every model begins with the stake of its first round, which then grows and shrinks by the rule "
        "alone, at the payout factor and clip of each round. It weighs where it really had a stake.",
        "Pay itself is not judged: the largest multipliers always pay most.",
        f"{length}; the first {purge} of each but the first are left out, as they share days with the block "
        "before."
        if purge
        else f"{length}.",
        "Of rules on one ray the largest is tried: the others pay the same in proportion until clipped.",
    ]
    if followed.cut:
        notes.append(f"The newest {counted(numbers.size, 'round')}: more would not fit.")
    return OverfitGrid(
        grid=grid,
        rule=asked,
        judged=tuple(judged),
        numbers=numbers,
        blocks=blocks,
        purge=purge,
        overlap=followed.overlap,
        notes=tuple(notes),
        source=source.label,
        until=until,
    )


def _one(score: str, table: Floats, asked: Floats, numbers: Numbers, blocks: int, purge: int) -> Judged:
    stretch = min(WORST, numbers.size // 3)
    result = probability_of_backtest_overfitting(table, blocks=blocks, metric="mean", purge=purge)
    noise = overfitting_on_noise(
        table,
        blocks=blocks,
        metric="mean",
        purge=purge,
        block=max(1, min(2 * (purge + 1), numbers.size)),
        draws=DRAWS,
        rng=np.random.default_rng(SEED),
    )
    running = np.convolve(asked, np.ones(stretch), "valid")
    first = int(running.argmin())
    within = np.zeros(numbers.size, dtype=bool)
    within[first : first + stretch] = True
    best_then = int(table[within].mean(axis=0).argmax())
    outside = table[~within].mean(axis=0)
    best = int(table.mean(axis=0).argmax())
    return Judged(
        score=score,
        values=table,
        result=result,
        noise=noise,
        worst=(int(numbers[within][0]), int(numbers[within][-1])),
        best_then=best_then,
        rank_outside=1 + int(np.count_nonzero(outside > outside[best_then])),
        difference=ewc_interval(table[:, best] - asked),
        best=best,
    )


def told_worst(found: OverfitGrid, judged: Judged) -> str:
    """The rule that would have helped most in the worst stretch, and what it did otherwise."""
    return (
        f"{found.names[judged.best_then]}, best in the worst stretch of {short(found.rule)} "
        f"({span(*judged.worst)}), ranks {judged.rank_outside} of {len(found.names)} in all other rounds."
    )


def told_best(found: OverfitGrid, judged: Judged) -> str:
    """How far the best rule of the grid is ahead of the one that is asked about, and how sure that is."""
    gap, name = judged.difference, found.names[judged.best]
    told = f"{name} is best over all rounds, by {number(gap.mean)} a round over {short(found.rule)}"
    if np.isnan(gap.low):
        return f"{told}: too few rounds to tell whether by luck."
    between = f"95 % {number(gap.low)} to {number(gap.high)}"
    return f"{told} ({between}, which does not count that it was chosen)."
