"""The schemes that a proposal can name: how stakes and scores of accounts become weights."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.weighting import (
    account_weights,
    cap_weights,
    log_weights,
    power_weights,
    rank_account_weights,
    stake_weights,
)

Floats = NDArray[np.float64]
Weigh = Callable[[Floats], Floats]  # stakes of accounts -> their weights


@dataclass(frozen=True)
class Scheme:
    """A way to weigh accounts: in words, and as a function of their stakes (a,) and scores (a,)."""

    words: str
    weigh: Callable[[Floats, Floats], Floats]
    by_score: bool = False


def capped(cap: float | None, cap_nmr: float | None) -> Scheme:
    """Stake, of which each account counts up to so many NMR, and weighs at most such a share of all."""
    said = [] if cap is None else [f"{100 * cap:g} %"]
    said += [] if cap_nmr is None else [f"{cap_nmr:,g} NMR"]

    def weigh(stakes: Floats, _: Floats) -> Floats:
        return cap_weights(stake_weights(np.minimum(stakes, cap_nmr or math.inf)), cap or 1.0)

    return Scheme(f"a cap of {' and '.join(said)}", weigh)


def scheme_named(name: str, cap: float | None) -> Scheme:
    """The scheme of a proposal's weights: stake, cap, account_rank, sqrt or log."""
    if name == "cap":
        return capped(cap, None)
    if name == "account_rank":
        return Scheme("weights by account rank", _by_rank, by_score=True)
    words, weigh = _BY_STAKE[name]
    return Scheme(words, lambda stakes, _: weigh(stakes))


def _by_rank(stakes: Floats, scores: Floats) -> Floats:
    ranked = rank_account_weights(dict(enumerate(scores.tolist())))
    return account_weights(ranked, stakes, range(stakes.size))


_BY_STAKE: dict[str, tuple[str, Weigh]] = {
    "stake": ("weights by stake", stake_weights),
    "sqrt": ("the square root of stake", lambda stakes: power_weights(stakes, range(stakes.size), 0.5)),
    "log": ("the logarithm of stake", lambda stakes: log_weights(stakes, range(stakes.size))),
}
