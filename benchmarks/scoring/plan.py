"""Records drawn again beside arch drawing the same, and every half of a record beside a plain loop."""

import itertools
import math

import numpy as np
from arch.bootstrap import CircularBlockBootstrap, StationaryBootstrap

from benchmarks.rows import Beside, Row
from benchmarks.timing import agreement, side_by_side
from scoring.drawdown import max_drawdown
from scoring.drawdown.resampled import resampled_drawdowns
from scoring.overfitting import probability_of_backtest_overfitting

RECORDS, ROUNDS, BLOCK = 10_000, 500, 10
BLOCKS, LENGTH, TWEAKS = 16, 480, 500
LOOPED = 30  # of the 12,870 halves that the plain loop gets; it takes each as long as the other


def overfitting() -> list[Row]:
    """Sharpe ratios of 500 tweaks over both halves of 480 rounds, halved in 12,870 ways."""
    values = np.random.default_rng(3).normal(size=(LENGTH, TWEAKS))
    parts = np.split(np.arange(LENGTH), BLOCKS)
    found: dict[str, list[float]] = {}

    def loop() -> None:
        logits = []
        for half in itertools.islice(itertools.combinations(range(BLOCKS), BLOCKS // 2), LOOPED):
            inside = np.concatenate([parts[block] for block in half])
            outside = np.concatenate([parts[block] for block in range(BLOCKS) if block not in half])
            here, there = (values[some].mean(0) / values[some].std(0) for some in (inside, outside))
            chosen = there[here.argmax()]
            rank = ((there < chosen).sum() + (there <= chosen).sum() + 1) / 2
            logits.append(math.log(rank / (TWEAKS + 1 - rank)))
        found["loop"] = logits

    def all_halves() -> None:
        found["scoring"] = probability_of_backtest_overfitting(values, blocks=BLOCKS).logits.tolist()

    title = f"Overfitting, {BLOCKS} blocks of {LENGTH} rounds, {TWEAKS} tweaks; the loop for {LOOPED} halves"
    medians = side_by_side(title, 3, a_plain_loop_in_part=loop, scoring_overfitting=all_halves)
    whole = medians["a_plain_loop_in_part"] * math.comb(BLOCKS, BLOCKS // 2) / LOOPED
    apart = max(min(abs(each - other) for other in found["scoring"]) for each in found["loop"])
    agreement("logits of these halves", apart, 1e-9)
    return [
        Row(
            "overfitting",
            f"backtest overfitting, {BLOCKS} blocks of {LENGTH} rounds, {TWEAKS} tweaks",
            medians["scoring_overfitting"],
            Beside("a plain loop", whole),
            faster=25,
            apart=(apart, 1e-9),
        )
    ]


def drawdowns() -> list[Row]:
    """Deepest falls of 10,000 records of 500 rounds, in blocks of fixed and of random length."""
    values = np.random.default_rng(7).normal(0.02, 1, ROUNDS)
    rows = []
    for name, kind, stationary in (
        ("circular", CircularBlockBootstrap, False),
        ("stationary", StationaryBootstrap, True),
    ):
        found: dict[str, np.ndarray] = {}

        def with_arch(kind=kind, found=found) -> None:
            drawn = kind(BLOCK, values, seed=np.random.default_rng(1))
            found["arch"] = drawn.apply(_deepest, RECORDS)[:, 0]

        def with_scoring(stationary=stationary, found=found) -> None:
            found["scoring"] = resampled_drawdowns(
                values, BLOCK, stationary=stationary, resamples=RECORDS, rng=np.random.default_rng(2)
            )

        medians = side_by_side(
            f"Deepest falls of {RECORDS:,} {name} resamples of {ROUNDS} rounds",
            3,
            arch=with_arch,
            scoring_drawdown=with_scoring,
        )
        furthest = 0.0
        for share in (0.25, 0.5, 0.9):  # lower ones move by a hundredth from seed to seed
            theirs, ours = (float(np.quantile(found[who], share)) for who in ("arch", "scoring"))
            agreement(f"the {share:.0%} quantile, of itself", abs(ours / theirs - 1), 0.03)
            furthest = max(furthest, abs(ours / theirs - 1))
        rows.append(
            Row(
                "drawdowns",
                f"deepest falls of {RECORDS:,} {name} resamples of {ROUNDS} rounds; apart: quantiles",
                medians["scoring_drawdown"],
                Beside("arch", medians["arch"]),
                faster=8,
                apart=(furthest, 0.03),
            )
        )
    agreement("the record's own", abs(max_drawdown(values) - _deepest(values)), 1e-12)
    return rows


def _deepest(values: np.ndarray) -> float:
    level = np.cumsum(values)
    return float(np.max(np.maximum(np.maximum.accumulate(level), 0) - level))


BENCHMARKS = {"drawdowns": drawdowns, "overfitting": overfitting}
