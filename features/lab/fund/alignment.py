"""Whether pay goes with what a model adds to the fund: in the same round, and in the rounds after."""

import asyncio
import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from features.lab.fund.panel import FUND_SCORE, FundPanel, FundRounds, fund_rounds, read_panel
from scoring.intervals import Interval, ewc_interval
from scoring.rules import describe_multipliers
from scoring.stakes.association import spearman
from tournament.source import Floats, Numbers, Rounds, Source, TournamentField
from wording.numbers import counted, listed, span

# by name of score; those whose scores are there are compared
PAID_BY = (
    {"corr": 1.0},
    {"corr": 2.0, "tc": 1.0},
    {"corr": 1.0, "tc": 3.0},
    {"corr": 0.5, "mmc": 2.0},
)
FEWEST_MODELS = 10  # for a rank correlation of one round
NAN = math.nan


@dataclass(frozen=True)
class AlignedRule:
    """Rank correlation of pay per NMR under a rule with contribution, over models.

    same: in the same round, over rounds (r,). following: the mean of a stretch of rounds against that of the
    next stretch that shares no day with it, over all places at which a stretch can begin.
    """

    rule: str
    rounds: Numbers
    by_round: Floats = field(repr=False)
    same: Interval
    following: Interval
    places: int


@dataclass(frozen=True)
class FundAlignment:
    """Rules side by side, and how the rounds were cut."""

    rules: tuple[AlignedRule, ...]
    first: int
    last: int
    stretch: int  # rounds
    apart: int  # rounds between two stretches that share days with both
    proxy: str
    notes: tuple[str, ...]
    source: str
    day: date

    @property
    def span(self) -> str:
        """ "rounds 182-321"."""
        return span(self.first, self.last)

    @property
    def telling(self) -> tuple[str, ...]:
        """Rules under which pay clearly says something of the next rounds."""
        return tuple(each.rule for each in self.rules if each.following.low > 0)

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        if all(math.isnan(each.following.low) for each in self.rules):
            return "Too few rounds to say whether pay goes with what a model adds afterwards."
        ahead = f"the next {counted(self.stretch, 'round')}"
        if self.telling:
            return f"Pay by {listed(self.telling)} says a little of what a model adds in {ahead}."
        return f"Pay rewards what a model adds in the same round, and says nothing sure of {ahead}."


async def fund_alignment(source: Source, rounds: str | None = None) -> FundAlignment:
    """Pay under rules of the data against contribution to the fund.

    Raises ValueError with a sentence where the fund is not told, or nobody has enough models in a round.
    """
    everyone, calendar = await asyncio.gather(source.everyone(), source.rounds())
    until = await source.until()
    return await asyncio.to_thread(alignment_of, everyone, calendar, rounds, source.label, until)


def alignment_of(
    everyone: TournamentField, calendar: Rounds, rounds: str | None, source: str, day: date
) -> FundAlignment:
    """The same, of what has been read."""
    known = fund_rounds(everyone, calendar, rounds)
    names = tuple(sorted({name for rule in PAID_BY for name in rule} - {FUND_SCORE}))
    panel = read_panel(known, known.numbers, np.flatnonzero(known.held > 0), others=names)
    contribution = panel.scores[FUND_SCORE] - panel.alike * known.corr[:, np.newaxis]
    found = [
        each for weights in PAID_BY if (each := _aligned(weights, panel, contribution, known)) is not None
    ]
    if not found:
        raise ValueError(
            f"No round of {span(int(known.numbers[0]), int(known.numbers[-1]))} has {FEWEST_MODELS} models "
            "with a stake, a score and a correlation with the meta model."
        )
    return FundAlignment(
        rules=tuple(found),
        first=int(known.numbers[0]),
        last=int(known.numbers[-1]),
        stretch=known.block,
        apart=known.overlap - 1,
        proxy=known.fund.proxy,
        notes=tuple(filter(None, (known.left_out, panel.left_out, everyone.notice))),
        source=source,
        day=day,
    )


def _aligned(
    weights: dict[str, float], panel: FundPanel, contribution: Floats, known: FundRounds
) -> AlignedRule | None:
    """A rule's rank correlations; None where no round has its scores."""
    pay = sum((times * panel.scores[name] for name, times in weights.items()), np.zeros(contribution.shape))
    # the factor and the clip change no rank, save where the clip makes two equal
    pay = np.where(panel.stake > 0, pay, np.nan)
    by_round = np.array([_rank_correlation(*each) for each in zip(pay, contribution, strict=True)])
    told = ~np.isnan(by_round)
    if not told.any():
        return None
    after = _following(pay, contribution, known.block, known.overlap - 1)
    return AlignedRule(
        rule=describe_multipliers(weights),
        rounds=panel.numbers[told],
        by_round=by_round[told],
        same=ewc_interval(by_round[told]),
        following=ewc_interval(after),
        places=after.size,
    )


def _following(pay: Floats, contribution: Floats, stretch: int, apart: int) -> Floats:
    """Rank correlation of each stretch's mean pay with the mean contribution of the next one (k,).

    A model counts where it has half of the rounds of either. apart: rounds between that are left out.
    """
    before, then = _running_means(pay, stretch), _running_means(contribution, stretch)
    places = max(len(before) - stretch - apart, 0)
    found = [_rank_correlation(before[at], then[at + stretch + apart]) for at in range(places)]
    return np.array([each for each in found if not math.isnan(each)], dtype=np.float64)


def _running_means(table: Floats, stretch: int) -> Floats:
    """Means (k, n) over rounds in a row, of those with half of them at least; nan elsewhere."""
    there = ~np.isnan(table)
    if len(table) < stretch:
        return np.empty((0, table.shape[1]))
    sums, counts = (
        np.cumsum(np.vstack((np.zeros((1, table.shape[1])), part)), axis=0)
        for part in (np.where(there, table, 0.0), there)
    )
    total, count = sums[stretch:] - sums[:-stretch], counts[stretch:] - counts[:-stretch]
    return np.where(2 * count >= stretch, total / np.maximum(count, 1), np.nan)


def _rank_correlation(pay: Floats, added: Floats) -> float:
    both = ~(np.isnan(pay) | np.isnan(added))
    if np.count_nonzero(both) < FEWEST_MODELS:
        return NAN
    # ranks are what is compared, and a stake must be above 0
    return spearman(1 + pay[both] - pay[both].min(), added[both])
