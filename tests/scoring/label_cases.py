"""What each public function of several arrays is tried with, and its axes."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from scoring.lab.selection import equally
from scoring.tails import fit_power_law

RNG = np.random.default_rng(5)
N, S, R = 24, 9, 16
STAKE, SCORE, PAY = RNG.lognormal(3, 1, N), RNG.normal(0, 0.03, N), RNG.normal(0, 1, N)
GROUP = np.array([f"account {number % 7}" for number in range(N)], dtype=object)
COUNTED, PERIOD = np.arange(N) % 7, np.arange(N) % 4
TABLE, BY_ROUND = RNG.normal(0, 0.03, (N, 2)), RNG.normal(0, 0.03, (R, N))


@dataclass(frozen=True)
class Case:
    """Arguments of a function as plain arrays, and the axes of those that have labels."""

    arguments: dict[str, Any]
    axes: dict[str, str]
    own_order: bool = False  # the order of its answer is that of appearance


def case(axes: dict[str, str], own_order: bool = False, **arguments: Any) -> Case:
    return Case(arguments, axes, own_order)


def rows(**arguments: Any) -> Case:
    return case(
        dict.fromkeys(arguments.keys() & {"pay_old", "pay_new", "accounts", "periods", "share"}, "row"),
        **arguments,
    )


def alike(axis: str, own_order: bool = False, **arguments: Any) -> Case:
    """All arguments that are arrays of N have one axis."""
    named = {name: axis for name, value in arguments.items() if isinstance(value, np.ndarray)}
    return case(named, own_order, **arguments)


def with_labels(value: Any, axes: str) -> Any:
    if axes == "{}":
        return pd.Series(value)
    names = axes.split()
    if names == ["numbered"]:
        return pd.Series(value)
    index = [
        pd.Index(["corr", "tc"] if name == "kind" else [f"{name} {at}" for at in range(size)], name=name)
        for name, size in zip(names, value.shape, strict=True)
    ]
    return pd.Series(value, *index) if value.ndim == 1 else pd.DataFrame(value, *index)


def by_cell(value: np.ndarray) -> pd.DataFrame:
    return with_labels(value, "outer row")


ACCOUNTS = {"stakes": STAKE, "scores": SCORE}
ROWS = {"pay_old": PAY, "pay_new": PAY + SCORE, "accounts": COUNTED, "periods": PERIOD}
INFLUENCE = case(
    {"predictions": "stock model", "stakes": "model", "target": "stock"},
    predictions=RNG.random((S, N)),
    stakes=STAKE,
    target=RNG.random(S),
)
SHARE = RNG.uniform(0.3, 1, N)
# within the cap as it is, so that the answer is exact
SIMILAR = case(
    {"weights": "model", "similarity": "model model"},
    weights=STAKE,
    similarity=(GROUP[:, None] == GROUP).astype(float),
    cap=1.0,
)
BY_MODEL, BY_STOCK = {"predictions": "stock model"}, dict.fromkeys(("meta_model", "target"), "stock")
PREDICTED = {"predictions": RNG.random((S, N)), "meta_model": RNG.random(S), "target": RNG.random(S)}
CASES = {
    "metrics.numerai_corr": case(
        BY_MODEL | {"target": "stock"}, predictions=PREDICTED["predictions"], target=PREDICTED["target"]
    ),
    "metrics.meta_model_contribution": case(BY_MODEL | BY_STOCK, **PREDICTED),
    "metrics.corr_and_mmc": case(BY_MODEL | BY_STOCK, **PREDICTED),
    "metrics.eras.scores_by_era": case(
        BY_MODEL | BY_STOCK | {"eras": "stock", "features": "stock feature"},
        eras=np.array([f"{number % 3}" for number in range(S)]),
        features=RNG.random((S, 1)),
        **PREDICTED,
    ),
    "metrics.feature_neutral_corr": case(
        BY_MODEL | {"features": "stock feature", "target": "stock"},
        predictions=PREDICTED["predictions"],
        features=RNG.random((S, 2)),
        target=PREDICTED["target"],
    ),
    "metrics.stake_weighted_meta_model": case(
        BY_MODEL | {"stakes": "model"}, predictions=PREDICTED["predictions"], stakes=STAKE
    ),
    "meta_model.meta_model_corr": alike("model", corr=SCORE, corr_with_meta_model=SHARE, stakes=STAKE),
    "meta_model.contributions": alike("model", corr=SCORE, corr_with_meta_model=SHARE, stakes=STAKE),
    "meta_model.fit_mmc_scale": alike("row", mmc=PAY, contribution=SCORE),
    "meta_model.fit_meta_model": alike("model", mmc=SCORE, corr=SHARE + SCORE, corr_with_meta_model=-SHARE),
    "lab.redundancy.clear_pairs": case(
        dict.fromkeys(("r", "effective_rounds"), "model model"),
        r=np.eye(S),
        effective_rounds=np.full((S, S), 20.0),
    ),
    "lab.track_record.shrink": alike("model", scores=SCORE, standard_errors=SHARE),
    "lab.track_record.rerank": alike("model", scores=SCORE, other=PAY),
    "lab.selection.follow_rule": case(
        dict.fromkeys(("scores", "stakes", "outcomes"), "round model"),
        scores=BY_ROUND,
        outcomes=BY_ROUND[:, ::-1].copy(),
        stakes=np.tile(STAKE, (R, 1)),
        rule=equally(),
        fewest=0,
    ),
    "metrics.between_rounds.churn": alike("stock", s1=STAKE, s2=PAY, top_bottom=3),
    "metrics.between_rounds.turnover": alike("stock", s1=STAKE, s2=PAY),
    "payout.payout_factor": alike("row", total_at_risk=STAKE, stake_threshold=STAKE[::-1].copy()),
    "payout.payouts": case(
        {"scores": "row kind", "multipliers": "kind", "stake": "row", "factor": "row", "clip": "row"},
        scores=TABLE,
        multipliers=np.array([1.0, 3.0]),
        stake=STAKE,
        factor=np.linspace(0.3, 1, N),
        clip=np.linspace(0.01, 0.2, N),
    ),
    "payout.payout_totals": case(
        {"stake": "outer row", "factor": "outer row", "clip": "outer row", "multipliers": "rule kind"},
        scores={"corr": by_cell(BY_ROUND), "tc": by_cell(BY_ROUND[:, ::-1])},
        multipliers=np.array([[1.0, 3], [2, 1]]),
        stake=np.tile(STAKE, (R, 1)),
        factor=np.abs(BY_ROUND),
        clip=np.abs(BY_ROUND) + 0.01,
    ),
    "payout.is_clipped": alike(
        "row", paid=STAKE * 0.05, stake=STAKE, factor=np.abs(SCORE) * 30, clip=np.abs(SCORE)
    ),
    "payout.break_even": case(
        {"proposed": "{}", "current": "{}"}, proposed={"corr": 1, "tc": 3}, current={"corr": 2, "tc": 1}
    ),
    "concentration.theil_split": alike("holder", x=STAKE, groups=GROUP),
    "weighting.account_weights": case(
        {"account_weight": "{}", "stakes": "model", "accounts": "model"},
        account_weight={label: 1.0 + at for at, label in enumerate(sorted(set(GROUP)))},
        stakes=STAKE,
        accounts=GROUP,
    ),
    "weighting.power_weights": alike("model", stakes=STAKE, accounts=GROUP, exponent=0.5),
    "weighting.log_weights": alike("model", stakes=STAKE, accounts=GROUP),
    "weighting.limited_weights": alike("model", weights=STAKE, limits=np.linspace(0.1, 0.2, N)),
    "weights.cluster_cap.cluster_cap_weights": alike("model", weights=STAKE, clusters=GROUP, cap=0.2),
    "weights.effect.meta_model_change": alike(
        "model", stakes=STAKE, after=SHARE, corr=SCORE, corr_with_meta_model=SHARE
    ),
    "weights.soft_cap.soft_cap_weights": SIMILAR,
    "weights.soft_cap.smallest_soft_cap": case(
        SIMILAR.axes, **{name: value for name, value in SIMILAR.arguments.items() if name != "cap"}
    ),
    "weights.by_score.quality": alike("model", scores=SCORE, errors=np.linspace(0, 0.02, N)),
    "weights.by_score.performance_limited_weights": alike(
        "model", **ACCOUNTS, errors=np.linspace(0, 0.02, N), cap=0.2
    ),
    "weights.by_score.reshaped_weights": alike("model", stakes=STAKE, qualities=np.exp(SCORE), dial=0.5),
    "weights.by_score.gated_weights": alike("model", stakes=STAKE, correlations=SCORE, least=0.0),
    "influence.leave_one_out": INFLUENCE,
    "influence.contribution_gradient": INFLUENCE,
    "tails.tail_survival": case(
        {"x": "holder", "at": "place"},
        x=STAKE,
        fit=fit_power_law(STAKE),
        law="power_law",
        at=np.array([1.0, 90.0]),
    ),
    "stakes.association.by_account": case(
        dict.fromkeys(("stakes", "scores", "accounts"), "model"), own_order=True, **ACCOUNTS, accounts=GROUP
    ),
    "stakes.association.rank_association": alike("account", **ACCOUNTS, permutations=20),
    "stakes.association.log_slope": alike("account", **ACCOUNTS, resamples=20, own_order=True),
    "stakes.association.null_band": alike("account", **ACCOUNTS),
    "stakes.association.spearman": alike("account", **ACCOUNTS),
    "stakes.association.stakes_and_scores": alike("account", **ACCOUNTS),
    "stakes.breakpoint.range_breakpoint": alike("account", **ACCOUNTS, resamples=20, permutations=20),
    "stakes.breakpoint.log_density": case(
        {"stakes": "account", "at": "place"}, stakes=STAKE, at=np.array([1.0, 9.0])
    ),
    "stakes.breakpoint.compare_across": alike("account", **ACCOUNTS, threshold=20.0),
    "stakes.price_impact.price_impact": alike(
        "row",
        sold=STAKE,
        daily_volume=STAKE[::-1].copy(),
        daily_volatility=np.abs(SCORE),
        strength=np.abs(SCORE),
    ),
    "stakes.price_impact.price_table": case(
        {"strengths": "strength", "sell_shares": "share"},
        unstaked=10.0,
        daily_volume=9.0,
        daily_volatility=0.1,
        strengths=np.array([1, 2.0]),
        sell_shares=np.array([0.1, 1]),
    ),
    "stakes.unstaking.leaves": case({"stakes": "numbered"}, stakes=STAKE, holders=[1, 3]),
    "stakes.unstaking.unstake": alike("holder", stakes=STAKE, leaving=STAKE > 30),
    "change.difference.split_difference": alike("member", proposed=STAKE, current=STAKE[::-1].copy()),
    "change.difference.account_pay": rows(**ROWS),
    "change.softening.transition_pay": rows(pay_old=PAY, pay_new=PAY + SCORE, share=np.linspace(0, 1, N)),
    "change.softening.softening_costs": rows(**ROWS, notice=1, phase_in=2),
    "change.softening.rolling_costs": rows(**ROWS, notice=1, phase_in=1, grandfather=1),
    "change.clear.clear_changes": rows(**ROWS, fewest=1),
    "change.transition.gains": rows(pay_old=PAY, pay_new=PAY + SCORE, accounts=COUNTED),
    "change.transition.by_stake_decile": alike("account", difference=PAY, stakes=STAKE),
    "change.transition.losing_share": alike("account", difference=PAY, stakes=STAKE),
    "change.transition.transition": case(
        {**dict.fromkeys(ROWS, "row"), "stakes": "numbered"}, **ROWS, stakes=STAKE[:7]
    ),
    "change.transition.transition_intervals": rows(**ROWS, block=1, resamples=20),
    "change.staking.follow_stake": case(
        {
            "rates": "round model",
            "opened": "round",
            "resolves": "round",
            "stake": "model",
            "fraction": "round",
            "added": "round",
        },
        rates=BY_ROUND,
        opened=np.arange(R),
        resolves=np.arange(R) + 3,
        stake=STAKE,
        fraction=np.full(R, 0.5),
        added=np.arange(R) / 9,
    ),
}
