"""The weighting schemes that a proposal can name, one entry each: what reads them reads this table."""

import math
from collections.abc import Callable, Hashable, Mapping
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


@dataclass(frozen=True)
class Weighing:
    """A way to weigh accounts, all its numbers filled in.

    words go after "with" ("a cap of 2 %"); weigh takes stakes (a,) in NMR and scores (a,) of accounts, NaN
    where there is none, and gives weights (a,) that add up to 1.
    """

    words: str
    weigh: Callable[[Floats, Floats], Floats]
    needs_scores: bool = False


@dataclass(frozen=True)
class Scheme:
    """An entry of SCHEMES.

    typed: what people may call it, first as it is spelled back to them. weighing: what it does, or, for a
    scheme that is typed with a largest weight after its name ("cap 2%"), a function of that share.
    """

    typed: tuple[str, ...]
    weighing: Weighing | Callable[[float], Weighing]

    @property
    def needs_cap(self) -> bool:
        """Whether it is typed with a largest weight."""
        return not isinstance(self.weighing, Weighing)

    def with_cap(self, cap: float | None) -> Weighing:
        """How it weighs; cap is a share above 0 and at most 1, or None for a scheme that has none."""
        if isinstance(self.weighing, Weighing):
            return self.weighing
        if cap is None:
            raise ValueError(f"“{self.typed[0]}” needs its cap, such as “{self.typed[0]} 2%”.")
        return self.weighing(cap)


def capped(cap: float | None, cap_nmr: float | None) -> Weighing:
    """Stake, of which each account counts up to so many NMR, and weighs at most such a share of all."""
    said = [] if cap is None else [f"{100 * cap:g} %"]
    said += [] if cap_nmr is None else [f"{cap_nmr:,g} NMR"]

    def weigh(stakes: Floats, _: Floats) -> Floats:
        return cap_weights(stake_weights(np.minimum(stakes, cap_nmr or math.inf)), cap or 1.0)

    return Weighing(f"a cap of {' and '.join(said)}", weigh)


def _by_rank(stakes: Floats, scores: Floats) -> Floats:
    by_account: dict[Hashable, float] = dict(enumerate(map(float, scores)))
    ranked = rank_account_weights(by_account)
    return account_weights(ranked, stakes, range(stakes.size))


# what a proposal's document holds -> how it is typed, said and weighed
SCHEMES: Mapping[str, Scheme] = {
    "stake": Scheme(
        ("stake", "linear", "by stake"),
        Weighing("weights by stake", lambda stakes, _: stake_weights(stakes)),
    ),
    "cap": Scheme(("cap", "capped", "cap at", "capped at"), lambda cap: capped(cap, None)),
    "account_rank": Scheme(
        ("account rank", "rank", "by account rank"),
        Weighing("weights by account rank", _by_rank, needs_scores=True),
    ),
    "sqrt": Scheme(
        ("sqrt", "square root", "root"),
        Weighing(
            "the square root of stake", lambda stakes, _: power_weights(stakes, range(stakes.size), 0.5)
        ),
    ),
    "log": Scheme(
        ("log", "logarithm", "log stake"),
        Weighing("the logarithm of stake", lambda stakes, _: log_weights(stakes, range(stakes.size))),
    ),
}
