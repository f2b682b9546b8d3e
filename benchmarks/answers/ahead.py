"""How often pay fell where it was said that it would fall, and how long that takes to say."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from benchmarks.rows import Row
from benchmarks.timing import asked_for
from features.ahead.pay import pay_ahead
from features.ahead.pay_chart import picture_of_pay_ahead
from scoring.ahead.means import draw_towards, look_ahead, record_means
from scoring.ahead.pay import outlook
from tournament.sample import SampleSource
from tournament.source import Floats, Source

RULES = ((1.0, 0.0), (2.0, 1.0), (1.0, 3.0))
FACTOR, CLIP = 0.4158, 0.25  # of the sample's newest round
LONG = 80  # rounds of a model that is asked about
KNOWN, AHEAD, LAG, STEP = 40, 20, 5, 20
WITHIN = (0.85, 0.95)


@dataclass(frozen=True)
class Held:
    """Whether what came lay inside both bands of 90 %, of one model from one round on."""

    first: int
    wide: bool
    alone: bool


def pay() -> list[Row]:
    """The calibration of the bands, then an answer and its picture."""
    return [asyncio.run(_report())]


async def scores_of(source: Source) -> tuple[Floats, Floats, Floats]:
    """Numbers (r,) of the rounds, and final CORR and TC (r, n) of all models."""
    field = await source.everyone()
    tables = [np.full((field.numbers.size, len(field.models)), np.nan) for _ in range(2)]
    for rows in field.pieces():
        at = np.searchsorted(field.numbers, rows.round[rows.resolved]), rows.model[rows.resolved]
        for table, score in zip(tables, ("corr", "tc"), strict=True):
            table[at] = rows.scores[score][rows.resolved]
    return field.numbers.astype(np.float64), tables[0], tables[1]


def calibration(numbers: Floats, rates: Floats, *, ways: int = 1000) -> Iterator[Held]:
    """Of every model with 80 rounds or more, from every 20th round on: what came, and what was said.

    rates (r, n): of final rounds. Only rounds that had resolved when the first of the 20 opened are looked
    at, of the model and of everybody; 40 at the least.
    """
    long = np.flatnonzero(np.count_nonzero(~np.isnan(rates), axis=0) >= LONG)
    known = np.flatnonzero(~np.isnan(rates).all(axis=1))
    rng = np.random.default_rng(1)
    for first in range(int(known[0]) + KNOWN + LAG, int(known[-1]) - AHEAD + 2, STEP):
        past, came = rates[: first - LAG + 1], rates[first : first + AHEAD]
        counts = np.count_nonzero(~np.isnan(past), axis=1)
        beyond = past - (np.nansum(past, axis=1) / np.maximum(counts, 1))[:, np.newaxis]
        means = record_means(beyond)
        for at in long.tolist():
            there = ~np.isnan(past[:, at])
            own = past[there, at]
            if own.size < KNOWN or np.isnan(came[:, at]).any():
                continue
            others = means.without(np.array([at]))
            shift = draw_towards(beyond[there, at], others).shift
            said = look_ahead(own, AHEAD, shift=shift, bound=CLIP, ways=ways, rng=rng)
            end = outlook(came[:, at : at + 1]).median
            yield Held(
                int(numbers[first]),
                said.wide.low <= end <= said.wide.high,
                said.alone.low <= end <= said.alone.high,
            )


def rates_under(rule: tuple[float, float], corr: Floats, tc: Floats) -> Floats:
    """Pay per NMR at risk at the sample's newest terms; TC counts only where the rule pays it."""
    score = rule[0] * corr + (rule[1] * tc if rule[1] else 0.0)
    return np.clip(FACTOR * score, -CLIP, CLIP)


async def _report() -> Row:
    source = SampleSource()
    numbers, corr, tc = await scores_of(source)
    print(
        "\nNext 20 rounds' pay inside the band of 90 %, models with 80 rounds or more (asked for: .85 to .95)"
    )
    every: list[Held] = []
    for rule in RULES:
        found = list(calibration(numbers, rates_under(rule, corr, tc)))
        every += found
        by_first = {
            first: np.mean([each.wide for each in found if each.first == first])
            for first in sorted({each.first for each in found})
        }
        told = ", ".join(f"from {first} {share:.2f}" for first, share in by_first.items())
        print(f"  {rule[0]:g}xCORR + {rule[1]:g}xTC, {_told(found)}; {told}")
    wide = float(np.mean([each.wide for each in every]))
    verdict = "" if WITHIN[0] <= wide <= WITHIN[1] else "  MISSED"
    print(f"  all three, {_told(every)}{verdict}")
    times = []
    for _ in range(9):
        start = time.perf_counter()
        picture_of_pay_ahead(await pay_ahead(source, "model_07585"), False)
        times.append(1000 * (time.perf_counter() - start))
    print("\n/ahead pay, three rules and the picture")
    asked_for("warm, median of 8", float(np.median(times[1:])), 500)
    return Row(
        "ahead-pay", "/ahead pay of three rules with its picture", float(np.median(times[1:])), within=500
    )


def _told(found: list[Held]) -> str:
    wide, alone = (np.mean([getattr(each, name) for each in found]) for name in ("wide", "alone"))
    return f"{len(found)} trials: {wide:.3f}, with the past mean for certain {alone:.3f}"


BENCHMARKS = {"ahead-pay": pay}
