"""Two rules over the whole sample, beside pandas doing the same."""

import numpy as np
import pandas as pd

from benchmarks.timing import side_by_side
from scoring.payout import payouts
from tournament.sample import FOLDER

RULES = {"1C3T": [1.0, 3.0], "2C1T": [2.0, 1.0]}
CLIP = 0.25


def run() -> None:
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

    expected = with_columns()
    got = pd.DataFrame(with_scoring().T, index=names, columns=list(RULES))
    difference = (got - expected).abs().to_numpy().max()
    assert difference < 1e-9, f"the contenders disagree by {difference} NMR"
    side_by_side(
        "Pay per model under two rules, 60,756 rows",
        9,
        pandas_groupby_apply=with_apply,
        pandas_columns_then_groupby=with_columns,
        scoring_payouts=with_scoring,
    )
