"""The performance file as it is shipped, interim rows too: what the right values were worked out on."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

FILE = Path(__file__).parents[3] / "data" / "sample" / "performance_r168_r325.csv.gz"
ONE = "model_07585"  # staked in nearly every round
FACTOR = 0.4158  # of round 325


@cache
def rows() -> pd.DataFrame:
    """Rounds 200 to 325 with both scores, without the code under test."""
    found = pd.read_csv(FILE)
    return found[(found["round"] >= 200) & found["corr"].notna() & found["tc"].notna()]


def rates_of_one(corr: float, tc: float) -> np.ndarray:
    """Pay per NMR of one model (126,) at the newest payout factor."""
    own = rows()[rows()["model"] == ONE].sort_values("round")
    return np.clip(FACTOR * (corr * own["corr"] + tc * own["tc"]), -0.25, 0.25).to_numpy()
