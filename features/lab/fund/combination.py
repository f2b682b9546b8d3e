"""Whether a model, or a mix of models, did well while the fund did badly: with what the test can see."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from features.lab.fund.panel import FUND_SCORE, FundRounds, fund_rounds, read_panel
from scoring.intervals import Interval, ewc_interval
from scoring.lab.combination import FlipTest, flip_sizes, sign_flip_test
from scoring.lab.redundancy import FEWEST, clusters, score_similarity
from tournament.source import Floats, Numbers, Rounds, Source, TournamentField
from wording.numbers import counted, span

EDGES = (0.005, 0.010, 0.015, 0.020)  # CORR a round
LOOKED_FOR = 0.010  # an edge that matters: what a test should see in 4 of 5 cases to say no
ENOUGH_POWER = 0.8
LEVEL = 0.05
FEWEST_BLOCKS = 5  # of rounds in a window that is chosen: p can then fall to 1 in 32
MOST_CELLS = 40_000  # models x rounds in a simulation of a second or two
RECORDS, MIX_RECORDS = 200, 60  # simulated ones, for a model and for a mix
FLIPS = 199
MIX_FLIPS = 63
ALIKE = (0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0)  # correlations at which models make a group
WORST, ASIDE, CHOSEN = 10, 20, 20  # rounds of the worst stretch, rounds on either side, models
SEED = 20231010

Verdict = Literal["yes", "no", "cannot tell"]


@dataclass(frozen=True)
class Tested:
    """The best that was found afterwards, and what the test of it is worth.

    rejects[0] is how often the test says yes where nobody has an edge, then with each of the EDGES; empty but
    for the first where it was not simulated. by_round (r,): the difference to the fund.
    """

    test: FlipTest
    by_round: Floats = field(repr=False)
    rejects: tuple[float, ...]
    records: int

    @property
    def size_error(self) -> float:
        """Standard error of the simulated size."""
        return float(np.sqrt(self.rejects[0] * (1 - self.rejects[0]) / self.records))


@dataclass(frozen=True)
class Mix:
    """The best mix of models, or of groups of models that score alike, with weights of 0 or more."""

    tested: Tested
    parts: int  # models or groups that could be mixed
    used: int  # that have a weight
    alike: float | None  # the correlation from which models are one group; None where models were mixed


@dataclass(frozen=True)
class WorstRounds:
    """The fund's worst rounds in a row, and the models best in them, less the fund, before and after."""

    first: int
    last: int
    fund: float  # mean CORR
    chosen: int  # models
    inside: float
    before: Interval
    after: Interval


@dataclass(frozen=True)
class FundCombination:
    """The best model and the best mix against the fund in rounds (r,), and a verdict."""

    numbers: Numbers
    models: int
    fund: Floats = field(repr=False)
    mean_score: float  # the stake-weighted mean, which is not the fund
    above: float  # share of models whose mean is above the fund's
    above_mean_score: float
    single: Tested
    mix: Mix | None
    why_no_mix: str
    worst: WorstRounds | None
    monthly: dict[str, float] = field(repr=False)  # mean CORR of the fund by month
    chosen: str  # how the rounds and models were chosen, in a sentence
    block: int
    proxy: str
    notes: tuple[str, ...]
    source: str
    day: date

    @property
    def verdict(self) -> Verdict:
        """Whether somebody beat the fund by more than luck."""
        tests = [self.single.test] + ([] if self.mix is None else [self.mix.tested.test])
        if any(each.p * len(tests) <= LEVEL for each in tests):
            return "yes"
        power = self.single.rejects[1 + EDGES.index(LOOKED_FOR)]
        return "no" if power >= ENOUGH_POWER else "cannot tell"

    @property
    def span(self) -> str:
        """ "rounds 256-306"."""
        return span(int(self.numbers[0]), int(self.numbers[-1]))

    @property
    def finding(self) -> str:
        """The answer in one sentence."""
        some = counted(self.models, "model")
        if self.verdict == "yes":
            what = "the best model" if self.single.test.p * 2 <= LEVEL or self.mix is None else "a mix"
            return f"Yes: {what} of {some} beat the fund by more than luck explains."
        if self.verdict == "no":
            return f"No: none of {some} beat the fund by more than luck explains."
        return f"Cannot tell whether any of {some} beat the fund: luck alone makes a best one, too."


async def fund_combination(source: Source, rounds: str | None = None) -> FundCombination:
    """Hold the best model and the best mix against the fund, over rounds that models are in all of.

    rounds: as other commands spell them; the window with the most scores without it. Raises ValueError with a
    sentence where too few rounds or models are there.
    """
    everyone, calendar = await asyncio.gather(source.everyone(), source.rounds())
    until = await source.until()
    return await asyncio.to_thread(combination_of, everyone, calendar, rounds, source.label, until)


def combination_of(
    everyone: TournamentField, calendar: Rounds, rounds: str | None, source: str, day: date
) -> FundCombination:
    """The same, of what has been read. It takes a second or two."""
    known = fund_rounds(everyone, calendar, rounds)
    inside, models, how = _window(known, rounds is not None)
    numbers = known.numbers[inside]
    panel = read_panel(known, numbers, models, most=MOST_CELLS)
    corr, fund = panel.scores[FUND_SCORE], known.corr[inside]
    differences = corr - fund[:, np.newaxis]
    rng = np.random.default_rng(SEED)
    tested = sign_flip_test(differences, block=known.block, rng=rng)
    if np.isnan(tested.p):
        raise ValueError(f"No score of {span(int(numbers[0]), int(numbers[-1]))} differs from the fund's.")
    size: Floats = flip_sizes(
        differences,
        (0.0, *EDGES),
        block=known.block,
        overlap=known.overlap,
        records=RECORDS,
        flips=FLIPS,
        rng=rng,
    )
    mix, why_no_mix = _mix(corr, differences, known, rng)
    beside = known.mean_score[inside]
    return FundCombination(
        numbers=numbers,
        models=panel.models.size,
        fund=fund,
        mean_score=float(beside.mean()),
        above=_share(differences.mean(axis=0) > 0),
        above_mean_score=_share(corr.mean(axis=0) > float(beside.mean())),
        single=Tested(tested, differences @ tested.best.weights, tuple(size.tolist()), RECORDS),
        mix=mix,
        why_no_mix=why_no_mix,
        worst=_worst(known),
        monthly=_by_month(known, calendar),
        chosen=how,
        block=known.block,
        proxy=known.fund.proxy,
        notes=tuple(filter(None, (known.left_out, panel.left_out, everyone.notice))),
        source=source,
        day=day,
    )


def best_window(scored: NDArray[np.bool_], least: int) -> tuple[int, int]:
    """The window (start, stop) of `least` rows or more with the most models x rows, of whole columns alone.

    scored (r, n): whether a model has a score in a round. Of equal windows the latest, then the longest.
    (0, 0) where no window of that length has two whole columns.
    """
    best, found = 0, (0, 0)
    run = np.zeros(scored.shape[1], dtype=np.int64)
    for end in range(1, len(scored) + 1):
        run = np.where(scored[end - 1], run + 1, 0)
        whole = np.bincount(run, minlength=end + 1)[::-1].cumsum()[::-1]  # columns whole for so many rows
        lengths = np.arange(end + 1)
        cells = np.where((lengths >= least) & (whole >= 2), lengths * whole, 0)
        most = int(cells.max())
        if most and most >= best:
            best, found = most, (end - int(np.flatnonzero(cells == most)[-1]), end)
    return found


def _window(known: FundRounds, asked: bool) -> tuple[slice, NDArray[np.intp], str]:
    """The rounds to look at, the models that are in all of them, and how they were chosen."""
    rounds = known.numbers.size
    if rounds < 2 * known.block:
        raise ValueError(
            f"That needs {counted(2 * known.block, 'final round')} in which the fund is told, two stretches "
            f"of {known.block} that share few days, and there are {rounds}."
        )
    inside = slice(0, rounds)
    if asked:
        how = "The rounds you asked for, and the models with a CORR in each of them."
    else:
        least = FEWEST_BLOCKS * known.block if rounds >= FEWEST_BLOCKS * known.block else 2 * known.block
        inside = slice(*best_window(known.scored, least))
        how = (
            f"Of all windows of {counted(least, 'round')} or more the one with the most scores, counting "
            "models with a CORR in each of its rounds."
        )
    models = np.flatnonzero(known.scored[inside].all(axis=0)) if inside.stop else np.arange(0)
    if models.size < 2:
        raise ValueError(
            "Fewer than two models have a CORR in every round of a window long enough, and it takes two to "
            f"speak of a best one: ask for {counted(2 * known.block, 'round')} in which more were there."
        )
    return inside, models, how


def _mix(
    corr: Floats, differences: Floats, known: FundRounds, rng: np.random.Generator
) -> tuple[Mix | None, str]:
    """The best mix of models where they are few, else of groups of them; or why there is none."""
    rounds, models = differences.shape
    parts, alike = differences, None
    if 3 * models >= rounds:
        similar = score_similarity(corr, overlap=known.overlap, fewest=max(3, min(FEWEST, rounds))).r
        for alike in ALIKE:
            group = clusters(similar, alike)
            if 3 * (int(group.max()) + 1) < rounds:
                break
        else:
            return None, (
                f"The best mix is left out: {counted(models, 'model')} in {counted(rounds, 'round')} make "
                "some mix look well whatever they are worth, and they fall into too many groups to mix those."
            )
        members = np.bincount(group)
        parts = np.stack(
            [np.bincount(group, weights=row) / members for row in differences]
        )  # the mean of scores: what mixing takes out of noise would come on top
    if parts.shape[1] < 2:
        return None, "The best mix is left out: all models score alike, so there is nothing to mix."
    test = sign_flip_test(parts, combination=True, block=known.block, flips=4 * FLIPS, rng=rng)
    size = flip_sizes(
        parts,
        (0.0,),
        combination=True,
        block=known.block,
        overlap=known.overlap,
        records=MIX_RECORDS,
        flips=MIX_FLIPS,
        rng=rng,
    )
    weights = test.best.weights
    tested = Tested(test, parts @ weights, tuple(size.tolist()), MIX_RECORDS)
    return Mix(tested, parts.shape[1], int(np.count_nonzero(weights > 1e-9)), alike), ""


def _share(true: NDArray[np.bool_]) -> float:
    return np.count_nonzero(true) / true.size


def _worst(known: FundRounds) -> WorstRounds | None:
    """The fund's worst rounds with enough on either side; None where there are too few."""
    fund, rounds = known.corr, known.numbers.size
    if rounds < WORST + 2 * ASIDE:
        return None
    means = np.convolve(fund, np.ones(WORST) / WORST, "valid")[ASIDE : rounds - ASIDE - WORST + 1]
    start = ASIDE + int(np.argmin(means))
    stretch = slice(start - ASIDE, start + WORST + ASIDE)
    there = np.flatnonzero(known.scored[start : start + WORST].all(axis=0))
    if there.size <= CHOSEN:
        return None
    panel = read_panel(known, known.numbers[stretch], there)
    beyond = panel.scores[FUND_SCORE] - fund[stretch, np.newaxis]
    inside = beyond[ASIDE : ASIDE + WORST].mean(axis=0)
    best = np.argsort(-inside, kind="stable")[:CHOSEN]
    before, after = (_over_models(part[:, best]) for part in (beyond[:ASIDE], beyond[ASIDE + WORST :]))
    return WorstRounds(
        first=int(known.numbers[start]),
        last=int(known.numbers[start + WORST - 1]),
        fund=float(fund[start : start + WORST].mean()),
        chosen=CHOSEN,
        inside=float(inside[best].mean()),
        before=ewc_interval(before),
        after=ewc_interval(after),
    )


def _over_models(table: Floats) -> Floats:
    """Means by round over the models that are there, of rounds in which any is."""
    counts = np.count_nonzero(~np.isnan(table), axis=1)
    return np.nansum(table, axis=1)[counts > 0] / counts[counts > 0]


def _by_month(known: FundRounds, calendar: Rounds) -> dict[str, float]:
    """Mean CORR of the fund by the month in which the middle of a round lies."""
    at = np.searchsorted(calendar.number, known.numbers)
    middle = calendar.opened[at] + (calendar.resolves[at] - calendar.opened[at]) / 2
    months = middle.astype("datetime64[M]").astype(str)
    return {month: float(known.corr[months == month].mean()) for month in np.unique(months).tolist()}
