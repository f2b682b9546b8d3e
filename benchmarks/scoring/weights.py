"""The soft cap on a thousand models, beside a linear programme with the same bounds."""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from benchmarks.rows import Beside, Row
from benchmarks.timing import agreement, side_by_side
from scoring.weighting import stake_weights
from scoring.weights.soft_cap import ALIKE, soft_cap_weights

MODELS, CLUSTERS, CAP = 1_000, 120, 0.02


def soft_cap() -> list[Row]:
    """Models in clusters that are alike by degrees, with stakes as uneven as they are."""
    rng = np.random.default_rng(5)
    cluster = rng.integers(0, CLUSTERS, MODELS)
    common, own = rng.normal(size=(400, CLUSTERS)), rng.normal(size=(400, MODELS))
    similarity = np.corrcoef(common[:, cluster] + rng.uniform(0.3, 0.9, MODELS) * own, rowvar=False)
    stakes = rng.lognormal(3, 2, MODELS)
    above = csr_array(np.where(similarity >= ALIKE, similarity, 0.0))
    weights = stake_weights(stakes)
    found: dict[str, np.ndarray] = {}

    def programme() -> None:
        # the weights that keep most of the stake where it is: the same bounds, without the nearest of them
        told = linprog(-weights, A_ub=above, b_ub=np.full(MODELS, CAP), A_eq=np.ones((1, MODELS)), b_eq=[1.0])
        found["linprog"] = told.x

    def ours() -> None:
        found["scoring"] = soft_cap_weights(stakes, similarity, CAP)

    pairs = (above.nnz - MODELS) // 2
    medians = side_by_side(
        f"A soft cap of {100 * CAP:g} % on {MODELS:,} models, {pairs:,} pairs of them alike",
        3,
        linprog_with_these_bounds=programme,
        scoring_soft_cap=ours,
    )
    over = max(float((above @ each).max()) - CAP for each in found.values())
    agreement("above the cap", max(over, 0.0), 1e-6)
    return [
        Row(
            "soft-cap",
            f"a soft cap on {MODELS:,} models, {pairs:,} pairs alike; apart: above the cap",
            medians["scoring_soft_cap"],
            Beside("a linear programme of its bounds", medians["linprog_with_these_bounds"]),
            within=500,
            apart=(max(over, 0.0), 1e-6),
        )
    ]


BENCHMARKS = {"soft-cap": soft_cap}
