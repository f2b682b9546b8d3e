"""A cap on holders that belong together: each cluster counts as one."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled
from scoring.weighting import account_weights, cap_weights


@labelled("model", weights="model", clusters="model")
def cluster_cap_weights(weights: ArrayLike, clusters: Iterable[Hashable], cap: float) -> NDArray[np.float64]:
    """Weights (n,) of which no cluster has more than a cap together; the others share what is cut off.

    clusters (n,): which cluster each holder belongs to; one that is like nobody is a cluster of its own.
    The totals of clusters are capped as by cap_weights, and inside a cluster it goes by weight, so that a
    holder that splits gains nothing as long as its parts are in one cluster. Clusters by distance
    sqrt(2 (1 - correlation)) (Mantegna 1999) with complete linkage are what this is for: single linkage
    chains what is not alike. No weight at all: nan. Raises ValueError as cap_weights and account_weights do.
    """
    held = as_numbers(weights, "Weights")
    shares = cap_weights(held, 1.0)
    numbers: dict[Hashable, int] = {}
    member = [numbers.setdefault(label, len(numbers)) for label in clusters]
    if len(member) != shares.size:
        raise ValueError(f"{len(member)} clusters do not fit {shares.size} weights.")
    if any(label is None or label != label for label in numbers):  # only NaN differs from itself
        raise ValueError("Every weight needs a cluster.")
    if not shares.size or np.isnan(shares).any():
        return shares
    totals = np.bincount(member, weights=shares, minlength=len(numbers))
    try:
        capped = cap_weights(totals, cap)
    except ValueError as error:
        raise ValueError(str(error).replace("holders with", "clusters with")) from None
    of_cluster: dict[Hashable, float] = dict(enumerate(map(float, capped)))
    return account_weights(of_cluster, shares, member)
