"""Whether stake and score go together: by today's stake, or by round with the stake at risk in it."""

import asyncio
import math
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from features.payout.windows import asked_otherwise
from features.stakes.influence_points import ByRound, read_points
from scoring.stakes.association import (
    LogSlope,
    NullBand,
    RankAssociation,
    log_slope,
    null_band,
    rank_association,
)
from scoring.stakes.breakpoint import (
    AcrossThreshold,
    RangeBreakpoint,
    Sparsity,
    compare_across,
    log_density,
    range_breakpoint,
    sparsity,
)
from tournament.source import Rounds, Source, Stakes, TournamentField
from wording.numbers import counted, score_name, span

SEED = 20231010
BY = ("today", "round")
CONTRIBUTIONS = ("tc", "mmc", "mpc", "corr")  # the first one a source has is what stake is compared with
THRESHOLD = 8_000.0  # NMR: where the thread's picture changes
LARGEST_STAKE = 11_000_000.0
FEWEST = 20  # accounts above a threshold for a density
LEVEL = 0.05
TESTED = 16  # pairs of stakes and scores whose tests are kept
DRAWN = 10**8  # numbers that resamples may draw together: 2,000 times 50,000 accounts, and more seldom above

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StakeInfluence:
    """Stake (n,) in NMR against score (n,), one point per account (by round: per account and round)."""

    unit: str  # account | model
    guessed: bool
    by: str
    score: str
    scores: tuple[str, ...]  # that stake can be compared with
    stake: Floats
    value: Floats
    holders: int
    covered: float  # share of all stake that the points have; nan by round
    first_round: int
    last_round: int
    first_drawn: int  # the round that the points begin with: later than the first where they are too many
    threshold: float
    zoom: float | None
    association: RankAssociation | None  # by today's stake or of one round; None over several
    product: RankAssociation | None  # of stake and stake x score: what the artefact looks like
    slope: LogSlope | None
    split: RangeBreakpoint | None
    band: NullBand
    across: AcrossThreshold
    above: Sparsity
    density_at: Floats  # NMR
    density_below: Floats  # accounts per factor of ten; nan where fewer than FEWEST
    density_above: Floats
    over_rounds: ByRound | None
    left_out: str  # which rounds do not count; "" where all do
    asked: str  # "rounds 183-400" where that was asked for and other rounds are answered
    source: str
    day: date

    @property
    def who(self) -> str:
        """ "480 guessed accounts"."""
        return counted(self.holders, f"{'guessed ' if self.guessed else ''}{self.unit}")

    @property
    def span(self) -> str:
        """ "rounds 178-325"."""
        return span(self.first_round, self.last_round)

    @property
    def drawn(self) -> str:
        """ "rounds 270-325": the rounds that the points are of."""
        return span(self.first_drawn, self.last_round)

    @property
    def too_many(self) -> str:
        """Which rounds have no points, in a sentence; "" where all have."""
        if self.first_drawn == self.first_round:
            return ""
        return f"The points are those of {self.drawn}: more would not fit. Correlations are of {self.span}."

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        name = score_name(self.score)
        if self.over_rounds is not None:
            low, high = self.over_rounds.low, self.over_rounds.high
            if math.isnan(low):
                return f"Too few rounds to say whether more stake at risk went with more {name}."
            if low <= 0 <= high:
                return f"More stake at risk in a round did not go with more or less {name}."
            return f"More stake at risk in a round went with {'more' if low > 0 else 'less'} {name}."
        if self.association is None or math.isnan(self.association.spearman):
            return f"Too few different {self.unit}s to say whether stake and {name} go together."
        if self.association.spearman_p > LEVEL:
            return f"Larger stakes score no better in {name}, and no worse."
        return f"Larger stakes come with {'higher' if self.association.spearman > 0 else 'lower'} {name}."

    @property
    def artefact(self) -> str:
        """What everybody should know before looking at stake x score."""
        return (
            f"The range of stake x {score_name(self.score)} grows with stake even where "
            f"{score_name(self.score)} has nothing to do with stake: 90 % would lie in the shaded band."
        )


async def stake_influence(
    source: Source,
    *,
    by: str = "today",
    score: str | None = None,
    rounds: str | None = None,
    threshold: float = THRESHOLD,
    zoom: float | None = None,
) -> StakeInfluence:
    """Stake against score by account, and stake x score beside what chance alone gives.

    by: "today" joins the newest stakes with each account's mean score over the rounds; "round" takes the
    stake at risk in each round with the score of that round. score: tc unless the source has none. zoom: NMR
    up to which the picture goes. Raises ValueError with a sentence for what can't be compared.
    """
    if by not in BY:
        raise ValueError(f"Stakes are those of {' or by '.join(BY)}.")
    for what, value in (("threshold", threshold), ("zoom", zoom)):
        if value is not None and not 0 < value <= LARGEST_STAKE:
            raise ValueError(f"The {what} is a number of NMR above 0, like 8000.")
    stakes, calendar, scores = await asyncio.gather(source.stakes(), source.rounds(), source.scores())
    name = _score(score, tuple(scores))
    field = await source.everyone()
    return await asyncio.to_thread(
        _compare, source, stakes, calendar, field, by, name, tuple(scores), rounds, threshold, zoom
    )


def _score(typed: str | None, there: tuple[str, ...]) -> str:
    if not there:
        raise ValueError("There are no scores here to compare stake with.")
    if typed is None:
        return next((score for score in CONTRIBUTIONS if score in there), there[0])
    wanted = typed.strip().casefold()
    if wanted not in there:
        known = ", ".join(score_name(score) for score in there)
        raise ValueError(f"“{typed.strip()[:40]}” is not a score here: there are {known}.")
    return wanted


def _compare(
    source: Source,
    stakes: Stakes,
    calendar: Rounds,
    field: TournamentField,
    by: str,
    score: str,
    scores: tuple[str, ...],
    rounds: str | None,
    threshold: float,
    zoom: float | None,
) -> StakeInfluence:
    points = read_points(field, stakes, calendar, by, score, rounds)
    stake, value, over_rounds = points.stake, points.value, points.over_rounds
    unit = "model" if stakes.account_of is None else "account"
    once = over_rounds is None  # each account is one point: chance can be computed by shuffling them
    at = np.geomspace(max(float(stake.min()), 0.01), float(stake.max()), 200)
    above = stake > threshold
    tests = _tested(stake.tobytes(), value.tobytes(), threshold, once)
    return StakeInfluence(
        unit=unit,
        guessed=unit == "account" and stakes.guessed,
        by=by,
        score=score,
        scores=scores,
        stake=stake,
        value=value,
        holders=points.holders,
        covered=points.covered,
        first_round=int(points.numbers[0]),
        last_round=int(points.numbers[-1]),
        first_drawn=points.first,
        threshold=threshold,
        zoom=zoom,
        association=tests.association,
        product=tests.product,
        slope=tests.slope,
        split=tests.split,
        band=null_band(stake, value),
        across=tests.across,
        above=sparsity(stake, threshold),
        density_at=at,
        density_below=_density(stake[~above], at),
        density_above=_density(stake[above], at),
        over_rounds=over_rounds,
        left_out=points.left_out,
        asked=asked_otherwise(rounds, points.numbers),
        source=source.label,
        day=stakes.day,
    )


@dataclass(frozen=True)
class _Tests:
    """What takes thousands of shuffles and resamples, as in StakeInfluence."""

    association: RankAssociation | None
    product: RankAssociation | None
    slope: LogSlope | None
    split: RangeBreakpoint | None
    across: AcrossThreshold


@lru_cache(TESTED)
def _tested(stakes: bytes, values: bytes, threshold: float, once: bool) -> _Tests:
    """Nine tenths of an answer's work, of numbers that change once a day and in no menu but two."""
    stake, value = np.frombuffer(stakes, dtype=np.float64), np.frombuffer(values, dtype=np.float64)
    rng = np.random.default_rng(SEED)
    times = min(2000, max(99, DRAWN // stake.size))
    return _Tests(
        association=rank_association(stake, value, rng=rng) if once else None,
        product=rank_association(stake, stake * value, rng=rng) if once else None,
        slope=log_slope(stake, value, resamples=times, rng=rng) if once else None,
        split=range_breakpoint(stake, value, resamples=times, permutations=times, rng=rng) if once else None,
        across=compare_across(stake, value, threshold, permutations=2000 if once else 1, rng=rng),
    )


def _density(stake: Floats, at: Floats) -> Floats:
    """Accounts per factor of ten of stake; nan below FEWEST accounts, where the points say more."""
    if stake.size < FEWEST:
        return np.full(at.size, math.nan)
    return stake.size * log_density(stake, at)
