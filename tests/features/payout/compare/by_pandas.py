"""The rules, models and accounts that are asked about, and what rows earn according to pandas."""

import pandas as pd

ONE_THREE, TWO_ONE = "1xCORR + 3xTC", "2xCORR + 1xTC"

MODEL = "model_02765"  # staked in all of rounds 311-325, always at 1xCORR + 2xTC
ONCE_UNSTAKED = "model_00930"  # staked in 14 of rounds 311-325
FOUR_TIMES_STAKED = "model_04295"  # in 4 of rounds 311-325, always at 1xCORR + 3xTC
NEVER_STAKED = "model_00112"  # rounds 239-310
ENDED = "model_00005"  # rounds 260-310
ACCOUNT = "account_06446"  # 13 models, not all staked in every round


def paid_by(rows: pd.DataFrame, corr: float, tc: float, *, always_inside: bool = False) -> pd.Series:
    """Share of the stake that each row earns: rounds 311 to 315 had the factor outside the clip."""
    weighted = corr * rows["corr"] + tc * rows["tc"]
    inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
    outside = rows["payout_factor"] * weighted.clip(-0.25, 0.25)
    return inside.where(~rows["round"].between(311, 315) | always_inside, outside)


def staked_with_tc(rows: pd.DataFrame, first: int = 168, last: int = 325) -> pd.DataFrame:
    return rows[rows["round"].between(first, last) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]
