"""The rules, models and accounts that are asked about, and what rows earn according to pandas.

Rounds are those with final rows: up to 306 for models that ended by 310, up to 321 for the others.
"""

import math

import pandas as pd
from scipy.stats import t

ONE_THREE, TWO_ONE = "1xCORR + 3xTC", "2xCORR + 1xTC"

MODEL = "model_02765"  # staked in all of rounds 311-321, always at 1xCORR + 2xTC
ONCE_UNSTAKED = "model_00930"  # staked in 14 of rounds 311-321
TWICE_STAKED = "model_14334"  # in 2 of rounds 311-321, at 1xCORR + 1xTC in both
INTERIM_STAKED = "model_04295"  # in rounds 322-325 alone, at 1xCORR + 3xTC
NEVER_STAKED = "model_00112"  # rounds 239-310
ENDED = "model_00221"  # rounds 248-310
ACCOUNT = "account_03793"  # 4 models, one of them ended, and not all staked in every round


def paid_by(rows: pd.DataFrame, corr: float, tc: float, *, always_inside: bool = False) -> pd.Series:
    """Share of the stake that each row earns: rounds 311 to 315 had the factor outside the clip."""
    weighted = corr * rows["corr"] + tc * rows["tc"]
    inside = (rows["payout_factor"] * weighted).clip(-0.25, 0.25)
    outside = rows["payout_factor"] * weighted.clip(-0.25, 0.25)
    return inside.where(~rows["round"].between(311, 315) | always_inside, outside)


def staked_with_tc(rows: pd.DataFrame, first: int = 168, last: int = 325) -> pd.DataFrame:
    return rows[rows["round"].between(first, last) & (rows["stake_nmr"] > 0) & rows["tc"].notna()]


def total_by_ewc(values: pd.Series) -> tuple[float, float]:
    """The 95 % interval of a total over rounds, written out as the paper has it."""
    size = len(values)
    df = max(2, round(0.4 * size ** (2 / 3)))
    projections = [
        math.sqrt(2 / size)
        * math.fsum(math.cos(math.pi * j * (at + 0.5) / size) * value for at, value in enumerate(values))
        for j in range(1, df + 1)
    ]
    se = math.sqrt(math.fsum(each**2 for each in projections) / df / size)
    width = size * float(t.ppf(0.975, df)) * se
    total = math.fsum(values)
    return total - width, total + width
