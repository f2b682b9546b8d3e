"""Voters of a weighted poll."""

from typing import Any

import numpy as np

from governance.votes.strategies import Voter

STAKED = ("verified_only", "log_stake", "sqrt_stake", "capped_stake", "linear_stake")


def voters_of(stakes: Any, verified: Any = None) -> list[Voter]:
    verified = [True] * len(stakes) if verified is None else verified
    return [Voter(f"m{i}", float(s), bool(v)) for i, (s, v) in enumerate(zip(stakes, verified, strict=True))]


def election(seed: int, n: int, first: int, spread: float) -> tuple[list[Voter], list[str]]:
    rng = np.random.default_rng(seed)
    stakes = np.sort(rng.lognormal(3, spread, n))[::-1]
    ballots = ["a"] * first + ["b"] * (n - first)
    rng.shuffle(ballots)
    return voters_of(stakes), ballots
