"""The weighting schemes that a proposal can name, one entry each: what reads them reads this table."""

import math
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

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
from scoring.weights.by_score import gated_weights, performance_limited_weights, quality, reshaped_weights
from scoring.weights.cluster_cap import cluster_cap_weights
from scoring.weights.soft_cap import soft_cap_weights

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class KnownOfHolders:
    """What is known of holders (a,) besides their stake; None where the data has nothing of the kind."""

    scores: Floats | None = None  # (a,), NaN where there is none
    errors: Floats | None = None  # (a,), standard errors of the scores
    correlations: Floats | None = None  # (a,), with the meta model
    clusters: NDArray[np.intp] | None = None  # (a,)
    similarity: Any = None  # (a, a), correlations, as a table or as a sparse array of scipy

    def of(self, at: NDArray[np.intp]) -> "KnownOfHolders":
        """What is known of these holders, some of them several times: the parts of a holder are like it."""
        lists = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "similarity"}
        taken = {name: None if values is None else values[at] for name, values in lists.items()}
        alike = None if self.similarity is None else self.similarity[at][:, at]
        return replace(self, **taken, similarity=alike)

    def with_unknown(self) -> "KnownOfHolders":
        """The same with one more holder, the last, of whom nothing is known: it is like nobody."""
        alone = {
            name: None if values is None else np.append(values, np.nan)
            for name, values in (
                ("scores", self.scores),
                ("errors", self.errors),
                ("correlations", self.correlations),
            )
        }
        clusters, alike = self.clusters, self.similarity
        if clusters is not None:
            clusters = np.append(clusters, clusters.max(initial=-1) + 1)
        if alike is not None:
            from scipy import sparse  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

            scipy: Any = sparse
            joined = scipy.block_diag((alike, [[1.0]]), format="csr")
            alike = joined if scipy.issparse(alike) else joined.toarray()
        return replace(self, **alone, clusters=clusters, similarity=alike)


@dataclass(frozen=True)
class Weighing:
    """A way to weigh accounts, all its numbers filled in.

    words go after "with" ("a cap of 2 %"); weigh takes stakes (a,) in NMR and what is known of the accounts
    besides, and gives weights (a,) that add up to 1. needs: what of KnownOfHolders has to be there, by name;
    leaves_out: accounts for which that is NaN are weighed neither before nor after.
    unlike: what it comes to where no two are alike; None where it is the same.
    """

    words: str
    weigh: Callable[[Floats, KnownOfHolders], Floats]
    needs: tuple[str, ...] = ()
    leaves_out: str = ""
    unlike: "Weighing | None" = None


@dataclass(frozen=True)
class Scheme:
    """An entry of SCHEMES.

    typed: what people may call it, first as it is spelled back to them. weighing: what it does, or, for a
    scheme that is typed with a share after its name ("cap 2%"), a function of that share; shares: those
    that are offered, as they are typed; share: what it is.
    """

    typed: tuple[str, ...]
    weighing: Weighing | Callable[[float], Weighing]
    shares: tuple[str, ...] = ("1%", "2%")
    share: str = "cap"

    @property
    def needs_share(self) -> bool:
        """Whether it is typed with a share, such as a largest weight."""
        return not isinstance(self.weighing, Weighing)

    @property
    def example(self) -> str:
        """As it can be typed: "cap 2%"."""
        return f"{self.typed[0]} {self.shares[-1]}" if self.needs_share else self.typed[0]

    @property
    def in_percent(self) -> bool:
        """Whether its share is spelled in percent."""
        return self.shares[-1].endswith("%")

    def with_share(self, share: float | None) -> Weighing:
        """How it weighs; share is above 0 and at most 1, or None for a scheme that has none."""
        if isinstance(self.weighing, Weighing):
            return self.weighing
        if share is None:
            raise ValueError(f"“{self.typed[0]}” needs its {self.share}, such as “{self.example}”.")
        return self.weighing(share)


def capped(cap: float | None, cap_nmr: float | None) -> Weighing:
    """Stake, of which each account counts up to so many NMR, and weighs at most such a share of all."""
    said = [] if cap is None else [f"{100 * cap:g} %"]
    said += [] if cap_nmr is None else [f"{cap_nmr:,g} NMR"]

    def weigh(stakes: Floats, _: KnownOfHolders) -> Floats:
        return cap_weights(stake_weights(np.minimum(stakes, cap_nmr or math.inf)), cap or 1.0)

    return Weighing(f"a cap of {' and '.join(said)}", weigh)


def _by_rank(stakes: Floats, known: KnownOfHolders) -> Floats:
    by_account: dict[Hashable, float] = dict(enumerate(map(float, _there(known.scores))))
    ranked = rank_account_weights(by_account)
    return account_weights(ranked, stakes, range(stakes.size))


def _cluster_capped(cap: float) -> Weighing:
    return Weighing(
        f"a cap of {100 * cap:g} % on accounts that are alike, together",
        lambda stakes, known: cluster_cap_weights(stakes, _there(known.clusters).tolist(), cap),
        needs=("clusters",),
        unlike=capped(cap, None),
    )


def _soft_capped(cap: float) -> Weighing:
    return Weighing(
        f"a soft cap of {100 * cap:g} % on accounts that are alike",
        lambda stakes, known: soft_cap_weights(stakes, _there(known.similarity), cap),
        needs=("similarity",),
        unlike=capped(cap, None),
    )


def _performance_capped(cap: float) -> Weighing:
    return Weighing(
        f"a cap of {100 * cap:g} % that past scores raise or lower",
        lambda stakes, known: performance_limited_weights(
            stakes, _there(known.scores), _there(known.errors), cap
        ),
        needs=("scores", "errors"),
    )


def _reshaped(dial: float) -> Weighing:
    def weigh(stakes: Floats, known: KnownOfHolders) -> Floats:
        scores = _there(known.scores)
        z = quality(scores, _there(known.errors))
        return reshaped_weights(stakes, np.where(np.isnan(scores), np.nan, np.exp(z)), dial)

    how_far = "" if dial == 1 else f", {100 * dial:g} % of the way"
    return Weighing(f"stakes reshaped like quality{how_far}", weigh, needs=("scores", "errors"))


def _gated(least: float) -> Weighing:
    return Weighing(
        f"a gate at a correlation of {least:g} with the meta model",
        lambda stakes, known: gated_weights(stakes, _there(known.correlations), least),
        needs=("correlations",),
        leaves_out="correlations",
    )


def _there(known: NDArray[np.float64] | NDArray[np.intp] | None) -> NDArray[np.float64] | NDArray[np.intp]:
    if known is None:
        raise ValueError("What this scheme weighs by is not known here.")
    return known


# what a proposal's document holds -> how it is typed, said and weighed
SCHEMES: Mapping[str, Scheme] = {
    "stake": Scheme(
        ("stake", "linear", "by stake"),
        Weighing("weights by stake", lambda stakes, _: stake_weights(stakes)),
    ),
    "cap": Scheme(("cap", "capped", "cap at", "capped at"), lambda cap: capped(cap, None)),
    "cluster_cap": Scheme(("cluster cap", "cap of clusters"), _cluster_capped),
    "soft_cap": Scheme(("soft cap", "similarity cap"), _soft_capped),
    "performance_cap": Scheme(("performance cap", "performance limit"), _performance_capped),
    "account_rank": Scheme(
        ("account rank", "rank", "by account rank"),
        Weighing("weights by account rank", _by_rank, needs=("scores",), leaves_out="scores"),
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
    "reshape": Scheme(
        ("reshape", "reshaped", "like quality"), _reshaped, shares=("50%", "100%"), share="dial"
    ),
    "gate": Scheme(("gate", "minimum correlation"), _gated, shares=("0.3", "0.5"), share="correlation"),
}
