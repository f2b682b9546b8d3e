"""Published and real samples, and where they are."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from scoring.tails import (
    ALTERNATIVES,
)

DATA = Path(__file__).parents[1] / "data"
LEADERBOARD = DATA.parents[2] / "data" / "sample" / "leaderboard_2022-12-22.csv.gz"


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def published(name: str) -> np.ndarray:
    return np.loadtxt(DATA / f"{name}.txt")


def stakes(unit: str) -> np.ndarray:
    """By model, by guessed account, or by account with the models of the largest guess apart."""
    frame = pd.read_csv(LEADERBOARD)
    frame = frame[frame["nmr_staked"] > 0]
    by_account = frame.groupby("account")["nmr_staked"].sum()
    if unit == "model":
        return frame["nmr_staked"].to_numpy()
    if unit == "account":
        return by_account.to_numpy()
    account = frame["account"].where(frame["account"] != by_account.idxmax(), frame["model"])
    return frame.groupby(account)["nmr_staked"].sum().to_numpy()


def planted() -> np.ndarray:
    """Sixty quantiles of a power law and five equal values far out: no bend helps, and no power law fits."""
    return np.concatenate(((np.arange(1, 61) / 61) ** (-1 / 3), np.full(5, 50.0)))


@cache
def samples() -> dict[str, np.ndarray]:
    return {
        "words": published("words"),
        "cities": published("cities"),
        "blackouts": published("blackouts"),
        "stakes by model": stakes("model"),
        "stakes by account": stakes("account"),
        "stakes by account, one guess apart": stakes("apart"),
        "planted": planted(),
        "power law": 3 * (1 - rng(1).random(400)) ** (-1 / 1.5),
        "lognormal": rng(2).lognormal(1, 1.5, 400),
        "many ties": np.concatenate((np.repeat([0.01, 0.1, 1.0, 10.0], 60), rng(3).lognormal(2, 1, 240))),
    }


# ---------------------------------------------------------------- laws to be drawn

LAWS = ("power_law", *ALTERNATIVES)
