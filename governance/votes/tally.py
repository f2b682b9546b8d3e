"""What a vote decides: ballots in, winners and everything that led to them out, without rounding."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from governance.votes.ballots import BUDGET, METHODS, STEPS, as_names, as_whole, check_ballot, reader, scaled
from governance.votes.measured import (
    Gradient,
    Numbers,
    Scores,
    describe_gradient,
    describe_numbers,
    describe_scores,
    midpoint,
)
from governance.votes.plain import plain_counts
from governance.votes.ranked import Beatpaths, break_tie, schulze
from governance.votes.rule import DEFAULT, Rule
from governance.votes.runoff import Round, instant_runoff

__all__ = ["METHODS", "STEPS", "TallyResult", "break_tie", "check_ballot", "tally"]


@dataclass(frozen=True)
class TallyResult:
    """The outcome of a vote.

    `winners`: all that win together, or the one that the seed picks; empty if nothing has weight. `tie`: all
    that win together without a seed, or of an instant runoff all that could win if lots fell otherwise, in
    the order of the options; empty for fewer than two. `unsettled`: who might be in that tie as well, in an
    instant runoff with so many ways to draw the lots that it was not found out. Every weight, share and
    number is a Fraction.

    | method           | winners                       | totals                                  | detail    |
    | ---------------- | ----------------------------- | --------------------------------------- | --------- |
    | single, approval | options with the most weight  | weight                                  | None      |
    | score            | options with the most points  | points x weight                         | Scores    |
    | dots             | options with the most points  | points x weight                         | None      |
    | ranked_irv       | see instant_runoff            | weight in the last round it stood       | None      |
    | ranked_schulze   | options that nobody beats     | how many others it beats                | Beatpaths |
    | numeric          | the median, see midpoint      | weight by number, ascending             | Numbers   |
    | gradient         | the outcome, see Gradient     | weight by step                          | Gradient  |
    """

    method: str
    winners: tuple[str | Fraction, ...]
    totals: Mapping[Any, Fraction]
    rounds: tuple[Round, ...]  # of an instant runoff
    tie: tuple[str | Fraction, ...]
    unsettled: tuple[str, ...]
    detail: Scores | Beatpaths | Numbers | Gradient | None  # None too where nothing has weight
    ballots: int  # counted; those of weight 0 too
    empty: int  # abstentions, counted apart
    total_weight: Fraction  # of the ballots counted


def tally(
    method: str,
    ballots: Iterable[Any],
    options: Sequence[Any] | None,
    *,
    weights: Iterable[Any] | None = None,
    seed: str | None = None,
    budget: int = BUDGET,
    rule: Rule = DEFAULT,
    known: int = 0,
    unranked: Literal["last", "no_opinion"] = "last",
) -> TallyResult:
    """The result of ballots (n,) under a method; check_ballot says what they and the options look like.

    weights (n,): whole numbers, Fractions, Decimals or floats, taken for exactly what they are; None counts
    everybody once. Only their ratios matter, a weight of 2 is two ballots (but for the interval of a median,
    which asks how many voted), and neither does the order of the ballots. seed: where one winner must be
    picked, break_tie picks it; fix the seed before the close. budget: dots that a ballot may give. rule: when
    gradients adopt, and known, for its share of the electorate, how many might have voted; those who took
    part are among them. unranked: what leaving an option out of a ranking means under Schulze, that it is
    last or that it is compared with no other.

    Raises ValueError for the first ballot that can't be counted, and for weights that are negative, not
    finite, or not one for each ballot.
    """
    if unranked not in ("last", "no_opinion"):
        raise ValueError("What is not ranked is “last” or stands for “no_opinion”.")
    read = reader(method, options, budget=budget)
    cast = list(ballots)
    names = _names(method, options)
    sizes: set[int] = set()
    empty = abstained = 0
    unit, counts = 1, None
    if weights is None:
        counts = plain_counts(method, cast, names, read, budget=budget)
    if counts is not None:
        empty = abstained = counts.pop(None, 0)
        sizes.add(1)
    else:
        whole, unit = as_whole(weights, len(cast))
        counts = dict[Hashable, int]()  # equal ballots are added up once and counted once
        for ballot, weight in zip(cast, whole, strict=True):
            form = read(ballot)
            if form is None:
                empty += 1
                abstained += weight
            else:
                counts[form] = counts.get(form, 0) + weight
                sizes.add(weight)
    counted, total = len(cast) - empty, sum(counts.values())
    if total:
        alike = counted if len(sizes) == 1 else None
        if method == "gradient":
            found = _count_steps(counts, tuple(STEPS), unit, rule, abstained, known * unit)
        else:
            found = _count(
                method, counts, names, options, unit=unit, seed=seed, alike=alike, last=unranked == "last"
            )
    else:
        found = _Count((), dict.fromkeys(names, Fraction(0)))
    tie = found.best if len(found.best) > 1 else ()
    return TallyResult(
        method=method,
        winners=(found.picked or break_tie(tie, seed),) if tie and seed is not None else found.best,
        totals=found.totals,
        rounds=found.rounds,
        tie=tie,
        unsettled=found.unsettled,
        detail=found.detail,
        ballots=counted,
        empty=empty,
        total_weight=Fraction(total, unit),
    )


@dataclass(frozen=True)
class _Count:
    best: tuple[str | Fraction, ...]  # all that win without a seed
    totals: Mapping[Any, Fraction]
    detail: Scores | Beatpaths | Numbers | Gradient | None = None
    rounds: tuple[Round, ...] = ()
    picked: str | None = None  # by lots on the way
    unsettled: tuple[str, ...] = ()


def _count(
    method: str,
    counts: Any,
    names: tuple[str, ...],
    options: Sequence[Any] | None,
    *,
    unit: int,
    seed: str | None,
    alike: int | None,
    last: bool,
) -> _Count:
    """The count of ballots of some weight; counts: weight in units by form of ballot (see reader)."""
    if method == "ranked_irv":
        runoff = instant_runoff(counts, names, unit=unit, seed=seed)
        last_held = {option: total for each in runoff.rounds for option, total in each.totals.items()}
        return _Count(
            runoff.possible,
            last_held,
            rounds=runoff.rounds,
            picked=runoff.winner,
            unsettled=runoff.unsettled,
        )
    if method == "ranked_schulze":
        return _Count(*schulze(counts, names, unit=unit, left_out_last=last))
    if method == "numeric":
        ascending = dict(sorted((Fraction(*ratio), weight) for ratio, weight in counts.items()))
        numbers = describe_numbers(ascending, alike)
        return _Count((midpoint(numbers.median, options),), scaled(ascending, unit), numbers)
    totals, detail = dict.fromkeys(names, 0), None
    if method == "score":
        totals, detail = describe_scores(counts, names)
    elif method == "dots":
        for points, weight in counts.items():
            for option, given in zip(names, points, strict=True):
                totals[option] += given * weight
    else:
        for chosen, weight in counts.items():
            for option in chosen:
                totals[option] += weight
    most = max(totals.values())
    best = tuple(option for option, total in totals.items() if total == most)
    return _Count(best, scaled(totals, unit), detail)


def _count_steps(
    counts: Any, names: tuple[str, ...], unit: int, rule: Rule, empty: int, known: int
) -> _Count:
    totals = {step: counts.get((step,), 0) for step in names}
    gradient = describe_gradient(totals, rule=rule, empty=empty, known=known)
    return _Count((gradient.outcome,), scaled(totals, unit), gradient)


def _names(method: str, options: Sequence[Any] | None) -> tuple[str, ...]:
    if method == "numeric":
        return ()
    return tuple(STEPS) if method == "gradient" else as_names(options)
