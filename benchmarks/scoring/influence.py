"""What leaving each model out costs: beside a loop that adds up the others, and beside one product."""

import math

import numpy as np

from benchmarks.rows import Beside, Row, loop_pays
from benchmarks.timing import agreement, asked_for, by_numpy, side_by_side
from scoring.influence import leave_one_out

STOCKS, MODELS = 5_000, 2_000
LOOPED = 20  # models that the loops leave out: what all would take is counted from them


def leaving_out() -> list[Row]:
    """Leaving out each of 2,000 models of 5,000 stocks, in one pass, in two loops, and one product."""
    rng = np.random.default_rng(7)
    target = rng.normal(size=STOCKS)
    predictions = rng.random((STOCKS, MODELS)) + 0.02 * target[:, None]
    stakes = rng.lognormal(2, 2, MODELS)
    some = rng.choice(MODELS, LOOPED, replace=False)

    def score(meta_model: np.ndarray) -> float:
        centred = meta_model - meta_model.mean()
        return float((target - target.mean()) @ centred / math.sqrt(centred @ centred))

    whole = score(predictions @ stakes)

    def without_its_column() -> list[float]:
        return [
            whole - score(np.delete(predictions, model, axis=1) @ np.delete(stakes, model)) for model in some
        ]

    def without_its_stake() -> list[float]:
        lost = []
        for model in some:
            others = stakes.copy()
            others[model] = 0.0
            lost.append(whole - score(predictions @ others))
        return lost

    in_columns = np.asfortranarray(predictions)
    medians = side_by_side(
        f"Leaving out each of {MODELS:,} models, {STOCKS:,} stocks (loops: {LOOPED} of the models only)",
        9,
        loop_without_its_column=without_its_column,
        loop_without_its_stake=without_its_stake,
        scoring_leave_one_out=lambda: leave_one_out(predictions, stakes, target),
        the_same_stored_by_column=lambda: leave_one_out(in_columns, stakes, target),
        by_column_by_numpy=by_numpy(lambda: leave_one_out(in_columns, stakes, target)),
        one_product_with_the_stakes=lambda: predictions @ stakes,
    )
    by_column, by_stake, in_rows, stored_by_column, slower, product = medians.values()
    for name, loop in (("without its column", by_column), ("without its stake", by_stake)):
        every = loop * MODELS / LOOPED
        print(f"  all {MODELS:,} models {name}: {every / 1000:.1f} s, {every / in_rows:,.0f}x")
    asked_for("all at once, of the loop's time", in_rows / (by_column * MODELS / LOOPED), 0.001, "x")
    ours = leave_one_out(predictions, stakes, target)[some]
    apart = 0.0
    for name, looped in (("column", without_its_column()), ("stake", without_its_stake())):
        # a loop's own rounding is a share of the score, not of what one model adds to it
        apart = max(apart, np.abs(ours - looped).max() / abs(whole))
        agreement(f"without its {name}, of the score", apart, 1e-13)
    rows = [
        Row(
            "leave-one-out",
            f"leaving out each of {MODELS:,} models, {STOCKS:,} stocks, stored by {stored}",
            taken,
            Beside("a loop without its stake", by_stake * MODELS / LOOPED),
            Beside("one product with the stakes", product),
            faster=1000,
            of_bound=4,
            apart=(apart, 1e-13),
        )
        for stored, taken in (("stock", in_rows), ("model", stored_by_column))
    ]
    return [*rows, loop_pays("leave-one-out", "stored by model", stored_by_column, slower)]


BENCHMARKS = {"leave-one-out": leaving_out}
