"""Two rules over the whole sample and a hundred over a large one, beside pandas doing the same.

Last, what a member asks about everyone in two years of an invented tournament.
"""

import asyncio
import contextlib
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.invented.fields import InventedSource, frame_of, invented_field
from benchmarks.rows import Beside, Row, loop_pays
from benchmarks.timing import agreement, asked_for, by_numpy, side_by_side
from features.payout.compare import compare_payouts
from features.payout.comparison import PayoutComparison
from scoring.payout import payout_totals, payouts
from scoring.rules import load_rules, parse_rule
from tournament.sample import FOLDER
from tournament.source import EVERYONE

RULES = {"1C3T": [1.0, 3.0], "2C1T": [2.0, 1.0]}
CLIP = 0.25
ROUNDS, MODELS, CLIP_OF_MANY = 500, 10_000, 0.05
NEW_CLIP = 1343  # the first round whose clip is 1
EVERYONE_WITHIN, EVERYONE_IN = 1000, 100  # ms, MB
HOSTILE_WITHIN = 500  # ms
HOSTILE = {
    "5,000 numbers": "1 " * 5000,
    "10,000 letters": "x" * 10_000,
    "words without a gap": "corr" * 50,
    "points": "1." * 100,
    "spaces": " " * 199 + "x",
    "commas": "1,1" * 66,
}
MANY_RULES = [(0.3 * c, 0.4 * t) for c in range(1, 11) for t in range(1, 11)]


def two_rules() -> list[Row]:
    """Pay per model under 1xCORR + 3xTC and 2xCORR + 1xTC, all 60,756 rows."""
    frame = pd.read_csv(FOLDER / "performance_r168_r325.csv.gz")
    frame = frame.sort_values(["model", "round"], ignore_index=True)  # as the sample is kept in memory
    frame["stake_nmr"] = frame["stake_nmr"].fillna(0.0)
    names, first_rows = np.unique(frame["model"].to_numpy(str), return_index=True)
    scores = np.ascontiguousarray(frame[["corr", "tc"]].to_numpy())
    stake, factor = frame["stake_nmr"].to_numpy(), frame["payout_factor"].to_numpy()

    def with_apply() -> pd.DataFrame:
        def pay(rows: pd.DataFrame) -> pd.Series:
            weighted = {rule: c * rows["corr"] + t * rows["tc"] for rule, (c, t) in RULES.items()}
            return pd.Series(
                {
                    rule: (rows["stake_nmr"] * (rows["payout_factor"] * score).clip(-CLIP, CLIP)).sum()
                    for rule, score in weighted.items()
                }
            )

        return frame.groupby("model")[["corr", "tc", "payout_factor", "stake_nmr"]].apply(pay)

    def with_columns() -> pd.DataFrame:
        paid = pd.DataFrame(
            {
                rule: frame["stake_nmr"]
                * (frame["payout_factor"] * (c * frame["corr"] + t * frame["tc"])).clip(-CLIP, CLIP)
                for rule, (c, t) in RULES.items()
            }
        )
        return paid.groupby(frame["model"]).sum()

    def with_scoring() -> np.ndarray:
        by_model = []
        for rule in RULES.values():
            paid = payouts(scores, rule, stake, factor=factor, clip=CLIP)
            paid[np.isnan(paid)] = 0.0  # as pandas does: an unscored row adds nothing
            by_model.append(np.add.reduceat(paid, first_rows))
        return np.stack(by_model)

    medians = side_by_side(
        "Pay per model under two rules, 60,756 rows",
        9,
        pandas_groupby_apply=with_apply,
        pandas_columns_then_groupby=with_columns,
        scoring_payouts=with_scoring,
    )
    got = pd.DataFrame(with_scoring().T, index=names, columns=list(RULES))
    apart = (got - with_columns()).abs().to_numpy().max()
    agreement("scoring and columns, NMR", apart, 1e-9)
    return [
        Row(
            "pay-two-rules",
            "pay per model under two rules, 60,756 rows",
            medians["scoring_payouts"],
            Beside("pandas", medians["pandas_columns_then_groupby"]),
            apart=(apart, 1e-9),
        )
    ]


def many_rules() -> list[Row]:
    """Pay per model under 100 rules, 500 rounds of 10,000 made-up models, a fifth of the rows clipped."""
    rng = np.random.default_rng(7)
    scores = rng.normal(0, 0.02, (ROUNDS, MODELS, 2))
    stake, factor = rng.exponential(50, (ROUNDS, MODELS)), rng.uniform(0.3, 1, (ROUNDS, 1))

    # each form of pandas starts from the layout it is fastest with, factor already in the scores
    model = np.repeat(np.arange(MODELS), ROUNDS)
    corr, tc = (pd.Series((factor * scores[..., kind]).T.ravel()) for kind in (0, 1))
    at_risk = pd.Series(stake.T.ravel())
    wide_corr, wide_tc = (pd.DataFrame(factor * scores[..., kind]) for kind in (0, 1))
    wide_at_risk = pd.DataFrame(stake)
    results: dict[str, np.ndarray] = {}

    def with_columns() -> None:
        by_model = []
        for first in range(0, len(MANY_RULES), 10):  # ten at a time: faster than one, and than all at once
            paid = {
                rule: (rule[0] * corr + rule[1] * tc).clip(-CLIP_OF_MANY, CLIP_OF_MANY) * at_risk
                for rule in MANY_RULES[first : first + 10]
            }
            by_model.append(pd.DataFrame(paid, copy=False).groupby(model, sort=False).sum())
        results["columns"] = pd.concat(by_model, axis=1).to_numpy().T

    def with_wide_frames() -> None:
        paid = (
            ((c * wide_corr + t * wide_tc).clip(-CLIP_OF_MANY, CLIP_OF_MANY) * wide_at_risk).sum()
            for c, t in MANY_RULES
        )
        results["wide"] = np.stack([totals.to_numpy() for totals in paid])

    def with_scoring() -> None:
        results["scoring"] = payout_totals(scores, MANY_RULES, stake, factor=factor, clip=CLIP_OF_MANY)

    def without_a_clip() -> np.ndarray:
        # rules then only weigh what each model got of each score in all: one pass, and a small product
        each = np.einsum("rnk,rn,rn->nk", scores, stake, np.broadcast_to(factor, stake.shape))
        return np.array(MANY_RULES) @ each.T

    medians = side_by_side(
        f"Pay per model under {len(MANY_RULES)} rules, {ROUNDS * MODELS:,} rows, clipped",
        2,
        pandas_columns_then_groupby=with_columns,
        pandas_a_column_per_model=with_wide_frames,
        scoring_payout_totals=with_scoring,
        the_same_by_numpy=by_numpy(with_scoring),
        the_same_without_a_clip=without_a_clip,
    )
    sizes = np.abs(results["columns"]).max()
    for name in ("wide", "scoring"):
        apart = np.abs(results[name] - results["columns"]).max() / sizes
        agreement(f"{name} and columns, of the largest", apart, 1e-9)
    return [
        Row(
            "payouts",
            f"pay of {ROUNDS} rounds x {MODELS:,} models x {len(MANY_RULES)} rules, clipped",
            medians["scoring_payout_totals"],
            Beside(
                "pandas", min(medians["pandas_columns_then_groupby"], medians["pandas_a_column_per_model"])
            ),
            Beside("the same product without a clip", medians["the_same_without_a_clip"]),
            faster=60,
            of_bound=3,
            apart=(apart, 1e-9),
        ),
        loop_pays(
            "payouts",
            "pay of many rules",
            medians["scoring_payout_totals"],
            medians["the_same_by_numpy"],
        ),
    ]


def everyone() -> list[Row]:
    """`/payout compare who:everyone` of 6,000 models in 520 rounds, from the arrays to the finding."""
    field = invented_field()
    frame = frame_of(field, ["corr", "mmc"])
    source = InventedSource(field)
    clip = np.where(frame["round"] < NEW_CLIP, 0.05, 1.0).astype(np.float32)

    def asked(rounds: str | None) -> PayoutComparison:
        return asyncio.run(compare_payouts(source, EVERYONE, "1C3M", current="2C1M", rounds=rounds))

    factor, corr, mmc = (frame[name] for name in ("factor", "corr", "mmc"))

    def with_pandas() -> pd.DataFrame:
        counts = frame["resolved"] & (frame["stake"] > 0)
        paid = {
            rule: frame["stake"] * (factor * (c * corr + m * mmc)).clip(-clip, clip)
            for rule, (c, m) in {"1C3M": (1, 3), "2C1M": (2, 1)}.items()
        }
        return pd.DataFrame(paid)[counts].groupby(frame["round"][counts]).sum()

    rows = int(field.rows.sum())
    medians = side_by_side(
        f"Everyone under two rules, {rows:,} rows of {field.numbers.size} rounds",
        5,
        pandas_columns_then_groupby=with_pandas,
        asked_for_the_last_20_and_all=lambda: asked(None),
        asked_for_all=lambda: asked("all"),
    )
    asked_for("the last 20 beside all", medians["asked_for_the_last_20_and_all"], EVERYONE_WITHIN)
    asked_for("all", medians["asked_for_all"], EVERYONE_WITHIN)
    print(f"  pandas takes at most               {_peak(with_pandas):9.1f} MB besides its frame")
    asked_for("the answer takes at most", _peak(lambda: asked(None)), EVERYONE_IN, "MB")
    apart = np.abs(asked("all").proposed.by_round - with_pandas()["1C3M"].to_numpy()).max()
    agreement("both, NMR (pandas in four bytes)", apart, 1e-2)
    return [
        Row(
            "pay-everyone",
            f"everyone under two rules, {rows:,} rows, to the finding",
            medians["asked_for_all"],
            Beside("pandas, the sums alone", medians["pandas_columns_then_groupby"]),
            within=EVERYONE_WITHIN,
            apart=(apart, 1e-2),
        )
    ]


def _peak(work: Callable[[], Any]) -> float:
    """Megabytes that are held at once while it is done, besides what is held before."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 2**20


def hostile_texts() -> list[Row]:
    """Texts that could keep a parser busy for ever: each is refused."""
    print("\nRules that are not meant to be read")
    slowest = 0.0
    for name, text in HOSTILE.items():
        start = time.perf_counter()
        with contextlib.suppress(ValueError):
            parse_rule(text, load_rules()[-1])
        taken = 1000 * (time.perf_counter() - start)
        asked_for(name, taken, HOSTILE_WITHIN)
        slowest = max(slowest, taken)
    return [
        Row("hostile-rules", "the slowest text that is refused as a rule", slowest, within=HOSTILE_WITHIN)
    ]


BENCHMARKS = {
    "pay-two-rules": two_rules,
    "payouts": many_rules,
    "pay-everyone": everyone,
    "hostile-rules": hostile_texts,
}
