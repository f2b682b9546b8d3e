"""Where the best by one score stand by another, beside where they stand by the same score in other rounds."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from features.lab.record.tables import RecordTables, beyond, means_of, own_columns, read_tables
from scoring.lab.track_record import Reranking, rerank, split_half
from tournament.source import EVERYONE, Floats, Numbers, Source
from wording.names import find_name, find_rounds
from wording.numbers import counted, percent, score_name, span

TOP = 0.1
WINDOW = 8  # times the overlap: 40 weekly rounds
OFTEN = 0.75  # of the rounds that a model must be in
FEWEST_MODELS = 20
FIRST, SECOND = ("corr", "corr60"), ("tc", "mmc", "mmc60", "fnc_v3", "fnc_v4")


@dataclass(frozen=True)
class OwnPlace:
    """Where one model or account stands among n models by both scores; 1 is best, 0 can't be told."""

    name: str
    first: int
    second: int
    n: int
    rounds: int  # that it has both scores in

    def told(self, first: str, second: str) -> str:
        """The same in a sentence."""
        if not self.first:
            return f"{self.name} has both scores in {self.rounds:,} of these rounds: too few."
        half = "lower" if 2 * self.second > self.n + 1 else "upper"
        return (
            f"{self.name}: rank {self.first:,} of {self.n:,} by {first}, {self.second:,} by {second} "
            f"({half} half)."
        )


@dataclass(frozen=True)
class RerankedWindow:
    """The best by one score in some rounds: by the other score there, and by either in other rounds.

    other: by the other score in the same rounds. itself: the best of the first half of the rounds by the same
    score in the second half. later: those by the other score in the second half.
    """

    first_round: int
    last_round: int
    rounds: int
    other: Reranking
    itself: Reranking
    later: Reranking

    @property
    def span(self) -> str:
        """ "rounds 267-306"."""
        return span(self.first_round, self.last_round)


@dataclass(frozen=True)
class Reranked:
    """The best by one score, scored again; tenths (10,): how many of them are in each tenth by the other.

    itself_tenths: the same by the first score in other rounds. windows: the same question of earlier rounds.
    """

    scored_by: str
    by: str
    scores: tuple[str, ...]
    window: RerankedWindow
    tenths: Numbers
    itself_tenths: Numbers
    windows: tuple[RerankedWindow, ...]
    place: OwnPlace | None
    chosen: str  # how the rounds were chosen, in words
    stretches: int  # independent ones among the rounds
    left: str
    source: str
    until: date
    asked_at: datetime | None

    @property
    def names(self) -> tuple[str, str]:
        """How members write the two scores."""
        return score_name(self.scored_by), score_name(self.by)

    @property
    def finding(self) -> str:
        """The answer in one sentence, never without what the first score does to itself."""
        first, second = self.names
        other, itself = self.window.other, self.window.itself
        best = f"{below(other)} of the {other.top:,} best by {first} are below the middle by {second}"
        if not itself.top:
            return f"{best}; how many by {first} itself in other rounds can't be told."
        word = "but" if itself.below_median >= other.below_median else "and"
        of_them = "" if itself.top == other.top else f" of {itself.top:,}"
        return f"{best}, {word} {below(itself)}{of_them} by {first} itself in other rounds."

    @property
    def range_of_windows(self) -> str:
        """What earlier windows say, in a sentence; "" where there are none."""
        told = [each for each in self.windows if each.itself.top]
        if not told:
            return ""
        first, second = self.names
        count = counted(len(told), "earlier window")
        between = [
            _range([getattr(each, which).below_median for each in told]) for which in ("other", "itself")
        ]
        return f"In {count} as long it was {between[0]} by {second}, and {between[1]} by {first} itself."

    def for_others(self, own_name: str | None) -> "Reranked":
        """The same to be shown in public: no place but the member's own."""
        return self if self.place is None or self.place.name == own_name else replace(self, place=None)


async def reranked(
    source: Source,
    *,
    scored_by: str | None = None,
    by: str | None = None,
    name: str | None = None,
    rounds: str | None = None,
) -> Reranked:
    """Of the best tenth by `scored_by`, CORR without it, how many fall by `by`, and how many by itself.

    Of models with both scores in three of four rounds: those typed, else the newest eight overlaps of rounds
    in which half as many models as ever are. Scores are taken beyond the mean of all in the round. name:
    whose own place is told. Raises ValueError with a sentence for what can't be asked.
    """
    everyone, calendar, until = await asyncio.gather(source.everyone(), source.rounds(), source.until())
    spelled, own = "", None
    if name is not None:
        spelled = await find_name(source, name)
        if spelled == EVERYONE:
            raise ValueError("Name one model or account whose place you want to see, or nobody.")
        own = await source.history(spelled)

    def work() -> Reranked:
        tables = read_tables(everyone, calendar)
        one = tables.known(scored_by, *FIRST)
        others = [each for each in (*SECOND, *tables.scores) if each in tables.scores and each != one]
        if by is None and not others:
            raise ValueError(
                f"{score_name(one)} is the only score here, so there is no other to score it again by."
            )
        two = tables.known(by, *others)
        if one == two:
            raise ValueError(
                "Pick two different scores: what a score does to itself is told beside it anyway."
            )
        first, second = tables.of(one), tables.of(two)
        both = ~(np.isnan(first) | np.isnan(second))
        first, second = (np.where(both, table, np.nan) for table in (first, second))
        there = np.flatnonzero(both.any(axis=1))
        if not there.size:
            raise ValueError(f"No round here has both {score_name(one)} and {score_name(two)}.")
        inside, chosen = _window(tables, both, there, rounds)
        models = _often(both[inside])
        kept = _judged(first[inside][:, models], second[inside][:, models], tables, inside, one, two)
        place = None
        if own is not None:
            place = _place(spelled, first[inside], second[inside], own_columns(tables, own), models)
        edges, again = beyond(first[inside][:, models]), beyond(second[inside][:, models])
        half = len(edges) // 2
        before = edges[: max(half - tables.overlap + 1, 0)]
        return Reranked(
            scored_by=one,
            by=two,
            scores=tables.scores,
            window=kept,
            tenths=_tenths(means_of(edges), means_of(again)),
            itself_tenths=_tenths(means_of(before), means_of(edges[half:])),
            windows=_earlier(tables, first, second, both, inside, (one, two)),
            place=place,
            chosen=chosen,
            stretches=max(1, inside.size // (2 * tables.overlap)),
            left=tables.left,
            source=source.label,
            until=until,
            asked_at=everyone.asked_at,
        )

    return await asyncio.to_thread(work)


def below(found: Reranking) -> int:
    """How many of the best are below the median."""
    return round(found.below_median * found.top) if found.top else 0


def still(found: Reranking) -> int:
    """How many of the best are still among as many best."""
    return round(found.still_top * found.top) if found.top else 0


def _window(
    tables: RecordTables, both: np.ndarray, there: np.ndarray, rounds: str | None
) -> tuple[np.ndarray, str]:
    """Which rows of the tables count, and how they were chosen."""
    fewest = 4 * tables.overlap
    if rounds is not None:
        asked = find_rounds(rounds, tables.numbers[there])
        inside = np.flatnonzero(np.isin(tables.numbers, asked) & both.any(axis=1))
        chosen = "the rounds that were typed"
    else:
        often = both.sum(axis=1)
        last = int(np.flatnonzero(2 * often >= often.max())[-1])
        inside = there[(there <= last) & (there > last - WINDOW * tables.overlap)]
        chosen = "the newest with most models"
    if inside.size < fewest:
        raise ValueError(
            f"That is {counted(inside.size, 'round')} with both scores; two halves that share no day take "
            f"{fewest} or more."
        )
    return inside, chosen


def _often(both: np.ndarray) -> np.ndarray:
    return np.flatnonzero(both.sum(axis=0) >= OFTEN * len(both))


def _judged(
    first: Floats, second: Floats, tables: RecordTables, inside: np.ndarray, one: str, two: str
) -> RerankedWindow:
    if first.shape[1] < FEWEST_MODELS:
        raise ValueError(
            f"{counted(first.shape[1], 'model has', 'models have')} both scores in most of these rounds; a "
            f"best tenth takes {FEWEST_MODELS} or more."
        )
    for name, table in ((one, first), (two, second)):
        means = means_of(beyond(table))
        if np.ptp(means) <= 1e-9 * max(float(np.nanmax(np.abs(table))), 1e-30):
            raise ValueError(
                f"Every model has the same {score_name(name)} in these rounds, so nobody is best."
            )
    edges, again = beyond(first), beyond(second)
    half = len(edges) // 2
    before = edges[: max(half - tables.overlap + 1, 0)]
    return RerankedWindow(
        first_round=int(tables.numbers[inside[0]]),
        last_round=int(tables.numbers[inside[-1]]),
        rounds=int(inside.size),
        other=rerank(means_of(edges), means_of(again), top=TOP),
        itself=split_half(edges, overlap=tables.overlap, top=TOP),
        later=rerank(means_of(before), means_of(again[half:]), top=TOP),
    )


def _earlier(
    tables: RecordTables,
    first: Floats,
    second: Floats,
    both: np.ndarray,
    inside: np.ndarray,
    names: tuple[str, str],
) -> tuple[RerankedWindow, ...]:
    """The same question of the windows before, as long as this one, that share no day with the next."""
    found: list[RerankedWindow] = []
    size, end = int(inside[-1] - inside[0]) + 1, int(inside[0]) - tables.overlap
    while end - size + 1 >= 0:
        rows = np.arange(end - size + 1, end + 1)
        rows = rows[both[rows].any(axis=1)]
        end -= size + tables.overlap - 1
        if rows.size < 4 * tables.overlap:
            continue
        models = _often(both[rows])
        try:
            found.append(_judged(first[rows][:, models], second[rows][:, models], tables, rows, *names))
        except ValueError:
            continue  # too few models, or all alike: such a window says nothing
    return tuple(found)


def _place(name: str, first: Floats, second: Floats, own: np.ndarray, models: np.ndarray) -> OwnPlace:
    """Where the mean of some columns stands among models, by both tables."""
    ranks: list[int] = []
    rounds = 0
    for table in (first, second):
        middle = means_of(table[:, models].T)
        record = means_of((table[:, own]).T) - middle
        rounds = int(np.count_nonzero(~np.isnan(record)))
        others = means_of(table[:, models] - middle[:, np.newaxis])
        ranks.append(int(np.count_nonzero(others > np.nanmean(record) + 1e-12)) + 1 if rounds else 0)
    if rounds < OFTEN * len(first):
        return OwnPlace(name, 0, 0, models.size, rounds)
    return OwnPlace(name, min(ranks[0], models.size), min(ranks[1], models.size), models.size, rounds)


def _tenths(first: Floats, second: Floats) -> Numbers:
    """How many of the best by the first are in each tenth (10,) by the second, the best tenth first."""
    there = ~(np.isnan(first) | np.isnan(second))
    one, two = first[there], second[there]
    if not one.size:
        return np.zeros(10, dtype=np.int64)
    best = np.argsort(-one, kind="stable")[: max(1, round(TOP * one.size))]
    place = np.empty(two.size, dtype=np.intp)
    place[np.argsort(-two, kind="stable")] = np.arange(two.size)
    return np.bincount(place[best] * 10 // two.size, minlength=10).astype(np.int64)


def _range(shares: list[float]) -> str:
    low, high = percent(min(shares)), percent(max(shares))
    return low if low == high else f"{low.removesuffix(' %')} to {high}"
