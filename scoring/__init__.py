"""Payout rules and the numbers that follow from them: arrays in, arrays and frozen results out."""

import importlib
from typing import Any

# what notebooks ask for by name, and the module that is loaded once they do
_FOUND_IN = {
    **dict.fromkeys(("PayoutRule", "load_rules", "parse_rule", "rule_in_force"), "rules"),
    **dict.fromkeys(("payout_factor", "payouts", "payout_totals", "is_clipped", "break_even"), "payout"),
    **dict.fromkeys(
        ("gini", "herfindahl", "effective_number", "theil", "top_share", "lorenz_curve", "nakamoto"),
        "concentration",
    ),
    **dict.fromkeys(("PowerLawFit", "TailComparison", "fit_power_law", "compare_tail"), "tails"),
    **dict.fromkeys(("Interval", "ewc_interval"), "intervals"),
    **dict.fromkeys(("leave_one_out", "contribution_gradient"), "influence"),
    **dict.fromkeys(
        (
            "numerai_corr",
            "meta_model_contribution",
            "corr_and_mmc",
            "feature_neutral_corr",
            "stake_weighted_meta_model",
        ),
        "metrics",
    ),
    **dict.fromkeys(("meta_model_corr", "contributions", "fit_mmc_scale", "derived_mmc"), "meta_model"),
    **dict.fromkeys(("max_drawdown", "expected_max_drawdown", "drawdown_probability"), "drawdown"),
    **dict.fromkeys(("probability_of_backtest_overfitting", "deflated_sharpe_ratio"), "overfitting"),
    **dict.fromkeys(("stake_weights", "cap_weights", "account_weights", "split_gain"), "weighting"),
}


def __getattr__(name: str) -> Any:
    if name not in _FOUND_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_FOUND_IN[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_FOUND_IN})
