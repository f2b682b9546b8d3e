"""Whether stake and score go together: by today's stake, or by round with the stake at risk in it."""

import asyncio
import math
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from features.payout.windows import asked_otherwise, left_out_unit
from features.stakes.holders import owners_of
from scoring.intervals import ewc_interval
from scoring.stakes.association import (
    LogSlope,
    NullBand,
    RankAssociation,
    by_account,
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
from tournament.source import EVERYONE, History, Rounds, Source, Stakes
from wording.names import find_rounds
from wording.numbers import counted, score_name, span

SEED = 20231010
BY = ("today", "round")
CONTRIBUTIONS = ("tc", "mmc", "mpc", "corr")  # the first one a source has is what stake is compared with
THRESHOLD = 8_000.0  # NMR: where the thread's picture changes
LARGEST_STAKE = 11_000_000.0
FEWEST = 20  # accounts above a threshold for a density
FEWEST_A_ROUND = 10  # accounts for a rank correlation of one round
LEVEL = 0.05
DRAWN = 10**8  # numbers that resamples may draw together: 2,000 times 50,000 accounts, and more seldom above

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ByRound:
    """Rank correlation of stake at risk and score in each round (r,), their mean, and its interval."""

    rounds: NDArray[np.int64]
    spearman: Floats
    mean: float
    low: float
    high: float
    block: int  # rounds that one independent stretch takes


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
    history = await source.history(EVERYONE)
    return await asyncio.to_thread(
        _compare, source, stakes, calendar, history, by, name, tuple(scores), rounds, threshold, zoom
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
    history: History,
    by: str,
    score: str,
    scores: tuple[str, ...],
    rounds: str | None,
    threshold: float,
    zoom: float | None,
) -> StakeInfluence:
    scored = history.only(history.resolved & ~np.isnan(history.scores[score]))
    if by == "round":
        scored = scored.only(scored.stake > 0)
    if not scored.round.size:
        raise ValueError(f"Nobody here has a {score_name(score)} to compare stake with.")
    numbers = find_rounds(rounds or "all", np.unique(scored.round))
    scored = scored.only(np.isin(scored.round, numbers))
    owners = owners_of(history, stakes)
    unit = "model" if owners is None else "account"
    owner = scored.model if owners is None else owners[scored.model]
    rng = np.random.default_rng(SEED)
    over_rounds = None
    covered = math.nan
    if by == "today":
        stake, value, covered = _today(stakes, scored, score)
    else:
        _, stake, value = by_account(
            scored.stake, scored.scores[score], zip(scored.round.tolist(), owner.tolist(), strict=True)
        )
        if numbers.size > 1:
            over_rounds = _over_rounds(calendar, scored, owner, score, rng)
    if not stake.size:
        raise ValueError(
            f"Nobody with a stake has a {score_name(score)} in {span(*numbers[[0, -1]].tolist())}."
        )
    once = over_rounds is None  # each account is one point: chance can be computed by shuffling them
    at = np.geomspace(max(float(stake.min()), 0.01), float(stake.max()), 200)
    above = stake > threshold
    times = min(2000, max(99, DRAWN // stake.size))
    return StakeInfluence(
        unit=unit,
        guessed=unit == "account" and stakes.guessed,
        by=by,
        score=score,
        scores=scores,
        stake=stake,
        value=value,
        holders=stake.size if once else int(np.unique(owner).size),
        covered=covered,
        first_round=int(numbers[0]),
        last_round=int(numbers[-1]),
        threshold=threshold,
        zoom=zoom,
        association=rank_association(stake, value, rng=rng) if once else None,
        product=rank_association(stake, stake * value, rng=rng) if once else None,
        slope=log_slope(stake, value, resamples=times, rng=rng) if once else None,
        split=range_breakpoint(stake, value, resamples=times, permutations=times, rng=rng) if once else None,
        band=null_band(stake, value),
        across=compare_across(stake, value, threshold, permutations=2000 if once else 1, rng=rng),
        above=sparsity(stake, threshold),
        density_at=at,
        density_below=_density(stake[~above], at),
        density_above=_density(stake[above], at),
        over_rounds=over_rounds,
        left_out=left_out_unit(history, score),
        asked=asked_otherwise(rounds, numbers),
        source=source.label,
        day=stakes.day,
    )


def _today(stakes: Stakes, scored: History, score: str) -> tuple[Floats, Floats, float]:
    """(stake, mean score, share of all stake covered) by account, of the models with a stake and a score."""
    count = np.bincount(scored.model, minlength=len(scored.models))
    total = np.bincount(scored.model, weights=scored.scores[score], minlength=len(scored.models))
    with np.errstate(invalid="ignore"):
        mean = dict(zip(scored.models, (total / count).tolist(), strict=True))
    value = np.array([mean.get(model, math.nan) for model in stakes.models])
    owner = range(len(stakes.models)) if stakes.account_of is None else stakes.account_of.tolist()
    _, stake, of_account = by_account(stakes.model_stake, value, owner)
    covered = float(stake.sum() / stakes.model_stake.sum()) if stake.size else math.nan
    return stake, of_account, covered


def _over_rounds(
    calendar: Rounds, scored: History, owner: NDArray[np.intp], score: str, rng: np.random.Generator
) -> ByRound:
    """The rank correlation of every round with enough accounts, and their mean with its interval."""
    numbers: list[int] = []
    found: list[float] = []
    for number in np.unique(scored.round).tolist():
        rows = np.flatnonzero(scored.round == number)
        _, stake, value = by_account(scored.stake[rows], scored.scores[score][rows], owner[rows].tolist())
        if stake.size >= FEWEST_A_ROUND:
            correlation = rank_association(stake, value, permutations=1, rng=rng).spearman
            if not math.isnan(correlation):
                numbers.append(number)
                found.append(correlation)
    spearman, kept = np.array(found), np.array(numbers, dtype=np.int64)
    mean = ewc_interval(spearman)
    return ByRound(kept, spearman, mean.mean, mean.low, mean.high, 2 * calendar.overlap(kept))


def _density(stake: Floats, at: Floats) -> Floats:
    """Accounts per factor of ten of stake; nan below FEWEST accounts, where the points say more."""
    if stake.size < FEWEST:
        return np.full(at.size, math.nan)
    return stake.size * log_density(stake, at)
