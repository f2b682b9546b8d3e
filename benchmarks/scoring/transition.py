"""A change of rules for many models and rounds, beside pandas adding up the same rows."""

import statistics
import time

import numpy as np
import pandas as pd

from benchmarks.rows import Beside, Row, loop_pays
from benchmarks.timing import agreement, by_numpy, side_by_side
from scoring.change.difference import AccountPay, account_pay
from scoring.change.transition import Transition, transition, transition_intervals

MODELS, ROUNDS = 15_000, 150
NOTICE, PHASE_IN, GRANDFATHER = 4, 10, 26


def change_of_rules() -> list[Row]:
    """Gains, deciles and the costs of softening, over 2,250,000 rows of made-up pay."""
    rng = np.random.default_rng(7)
    stakes = rng.lognormal(2, 2, MODELS)
    market = rng.normal(0.002, 0.01, (ROUNDS, 1))
    old, new = (
        (stakes * (factor * market + rng.normal(0, 0.02, (ROUNDS, MODELS)))).ravel() for factor in (1.0, 0.6)
    )
    period, account = (numbers.ravel() for numbers in np.indices((ROUNDS, MODELS)))
    rows = pd.DataFrame({"old": old, "new": new, "account": account, "period": period})
    kept_by_period = pd.Series(
        np.clip(1 - (np.arange(ROUNDS) - NOTICE) / PHASE_IN, 0, 1), index=range(ROUNDS)
    )
    results: dict[str, dict[str, np.ndarray]] = {}

    def with_pandas() -> None:
        by_account = rows.groupby("account")[["old", "new"]].sum()
        difference = by_account["new"] - by_account["old"]
        scale = by_account["old"].sum() / by_account["new"].sum()
        decile = pd.qcut(pd.Series(stakes), 10, labels=False)
        lost = rows["old"] - rows["new"]
        kept = rows["period"].map(kept_by_period).where(rows["period"] >= GRANDFATHER, 1.0)
        cost = (kept * lost).groupby(rows["period"]).sum()
        losing = rows["account"].map(difference < 0)
        saved = (kept * lost).where(losing, 0.0).groupby(rows["period"]).sum()
        results["pandas"] = {
            "difference": difference.to_numpy(),
            "mix": (scale * by_account["new"] - by_account["old"]).to_numpy(),
            "by decile": difference.groupby(decile).sum().to_numpy(),
            "cost by round": cost.to_numpy(),
            "saved by round": saved.to_numpy(),
            "compensation": np.array(-difference.clip(upper=0).sum()),
        }

    def all_of_it() -> Transition:
        terms = {"notice": NOTICE, "phase_in": PHASE_IN, "grandfather": GRANDFATHER}
        return transition(old, new, account, period, stakes, **terms)

    def with_scoring() -> None:
        found = all_of_it()
        results["scoring"] = {
            "difference": found.gains.difference,
            "mix": found.gains.split.mix,
            "by decile": found.deciles.difference,
            "cost by round": found.costs.together.cost_by_period,
            "saved by round": found.costs.together.saved_by_period,
            "compensation": np.array(found.costs.compensation),
        }

    def adding_up() -> AccountPay:
        return account_pay(old, new, account, period)

    medians = side_by_side(
        f"A change of rules, {MODELS:,} models x {ROUNDS} rounds",
        5,
        pandas_groupby=with_pandas,
        scoring_transition=with_scoring,
        adding_up_its_rows=adding_up,
        adding_up_by_numpy=by_numpy(adding_up),
        one_pass=lambda: float(old @ new),
    )
    furthest = 0.0
    for name, expected in results["pandas"].items():
        apart = np.abs(results["scoring"][name] - expected).max() / np.abs(expected).max()
        agreement(f"{name}, of the largest", apart, 1e-9)
        furthest = max(furthest, apart)

    times = []
    for seed in range(3):
        start = time.perf_counter()
        transition_intervals(old, new, account, period, block=10, rng=np.random.default_rng(seed))
        times.append(1000 * (time.perf_counter() - start))
    print(f"  {'its intervals, 2,000 resamples':<34} {statistics.median(times):9.2f} ms  (3 turns, median)")
    return [
        Row(
            "transition",
            f"a change of rules, {MODELS:,} models x {ROUNDS} rounds",
            medians["scoring_transition"],
            Beside("pandas, less of it", medians["pandas_groupby"]),
            Beside("one pass over the rows", medians["one_pass"]),
            faster=10,
            apart=(furthest, 1e-9),
        ),
        loop_pays(
            "transition",
            "its rows added up",
            medians["adding_up_its_rows"],
            medians["adding_up_by_numpy"],
        ),
    ]


BENCHMARKS = {"transition": change_of_rules}
