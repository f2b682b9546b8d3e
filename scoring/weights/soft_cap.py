"""A cap on what is alike, by degrees: each holder's weight counts with that of those who are like it.

The one file that needs clarabel, an interior-point solver, which is imported when it is asked for.
"""

# neither scipy.sparse nor clarabel has types
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.weighting import cap_weights

ALIKE = 0.6  # correlations below it are no more than noise over a hundred rounds
MOST_PAIRS = 100_000  # a thousand holders who are all alike take half a minute
_SLACK = 1e-6  # what the solver may be off by
_NEAR = 1e-4  # farther from what it found other edges bind
_ROUNDING = 1e-12
_MOST_EDGES = 2**21  # caps that bind x holders: half a second, and 16 MB

Floats = NDArray[np.float64]
Sparse = Any  # a sparse array of scipy, which has no types


@labelled("model", weights="model", similarity="model model")
def soft_cap_weights(
    weights: ArrayLike, similarity: ArrayLike | Sparse, cap: float, *, alike: float = ALIKE
) -> Floats:
    """The weights (n,) nearest to those given with which nobody, counted with those like it, is above a cap.

    similarity (n, n), correlations of holders, as a table or as a sparse array of scipy, in which what is not
    there is 0; below `alike` they count as 0, so those who differ, and those who are opposites, are not held
    against each other. With R what remains: the w that minimises
    sum (w - weight)² / weight with R w <= cap, w >= 0 and sum 1, weights normalised first. Distances are
    measured in units of the weight, which makes it split-proof: a holder's clones weigh together what it
    weighed whole. With no two alike it is cap_weights, with clusters that are wholly alike
    cluster_cap_weights. A weight of 0 stays 0; no weight at all: nan.

    Raises ValueError for a cap that is not above 0 and at most 1, for one that can't be kept (with the
    smallest that can), for a similarity that is no table of correlations, and for one with more than 100,000
    pairs that are alike.
    """
    if not 0 < cap <= 1:
        raise ValueError("A cap must be a share above 0 and at most 1.")
    shares = cap_weights(weights, 1.0)
    together, held = _together(shares, similarity, alike)
    if together is None:
        return shares
    own = shares[held]
    if (together @ own <= cap).all():
        return shares
    least = 0.0 if _surely_fits(together, cap) else _smallest(together)
    if cap < least * (1 - _SLACK):
        raise ValueError(
            f"A soft cap of {100 * cap:g} % can't be kept: with who is like whom here, "
            f"{_rounded_up(100 * least)} % is the smallest that can."
        )
    found = np.zeros(shares.size)
    found[held] = _nearest(together, own, max(cap, least))
    return found


@labelled(weights="model", similarity="model model")
def smallest_soft_cap(weights: ArrayLike, similarity: ArrayLike | Sparse, *, alike: float = ALIKE) -> float:
    """The smallest cap that soft_cap_weights can keep for these holders; nan if nobody has weight."""
    together, _ = _together(cap_weights(weights, 1.0), similarity, alike)
    return np.nan if together is None else _smallest(together)


def _together(shares: Floats, similarity: ArrayLike | Sparse, alike: float) -> tuple[Any, NDArray[np.intp]]:
    """The thresholded similarity of those with weight, and who they are; None without any."""
    from scipy.sparse import coo_array, csr_array, issparse

    if not 0 < alike <= 1:
        raise ValueError("Holders are alike from a correlation above 0 and at most 1.")
    sparse = issparse(similarity)
    table: Any = csr_array(similarity) if sparse else as_numbers(similarity, "The similarity")
    if table.shape != (shares.size, shares.size):
        raise ValueError(f"The similarity must be a table of {shares.size} x {shares.size} correlations.")
    # of a sparse array no positions are named
    values = table.data if sparse else table
    refuse(
        _bad(~(np.abs(values) <= 1 + 1e-9), sparse), "A similarity must be a correlation between -1 and 1."
    )
    apart = (table - table.T).data if sparse else table - table.T
    refuse(_bad(np.abs(apart) > 1e-9, sparse), "A similarity must be the same in both directions.")
    itself = table.diagonal()
    refuse(np.abs(itself - 1) > 1e-9, "Everybody must have a similarity of 1 with themselves.")
    held = np.flatnonzero(shares > 0)
    if not held.size:
        return None, held
    if sparse:
        listed: Any = table[held][:, held].tocoo()
        row, column, value = listed.row, listed.col, listed.data
    else:
        row, column = np.nonzero(table[np.ix_(held, held)] >= alike)
        value = table[held[row], held[column]]
    counts = value >= alike
    # each is there twice, and everybody with themselves
    pairs = (int(np.count_nonzero(counts)) - held.size) // 2
    if pairs > MOST_PAIRS:
        raise ValueError(
            f"Of {held.size:,} holders {pairs:,} pairs are alike, more than the {MOST_PAIRS:,} that can be "
            "worked out: count them as alike from a higher correlation."
        )
    kept = coo_array((value[counts], (row[counts], column[counts])), shape=(held.size, held.size))
    return kept.tocsc(), held


def _bad(values: Any, sparse: bool) -> Any:
    return values.any() if sparse else values


def _surely_fits(together: Any, cap: float) -> bool:
    """Whether less weight for who has many like it is enough: then no programme is needed to know."""
    spread = 1 / np.asarray(together.sum(axis=1)).ravel()
    return bool((together @ spread).max() <= 0.99 * cap * spread.sum())


def _smallest(together: Any) -> float:
    """The least largest row of R w over all weights: a linear programme."""
    from scipy.optimize import linprog
    from scipy.sparse import csc_array, hstack

    n = together.shape[0]
    ones = csc_array(np.ones((n, 1)))
    solved: Any = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=hstack((together, -ones), format="csc"),
        b_ub=np.zeros(n),
        A_eq=np.append(np.ones(n), 0.0)[None, :],
        b_eq=[1.0],
        method="highs",
    )
    if solved.x is None:
        raise ValueError("Whether this soft cap can be kept can't be worked out.")
    return float(solved.fun)


def _nearest(together: Any, own: Floats, cap: float) -> Floats:
    """The quadratic programme in v = w / sqrt(weight), whose distance is the plain one.

    Weights that differ by more than 10⁷ are beyond the solver in these units at times, and not in v = w.
    """
    together = _different_rows(together)
    for unit in (np.sqrt(own), np.ones(own.size)):
        weights, edges = _solved(together, own, cap, unit)
        total = float(weights.sum())
        if abs(total - 1) < _SLACK and (together @ weights).max() <= cap * (1 + _SLACK):
            return _on_the_edges(together, own, cap, weights / total, edges)
    raise ValueError("The weights under this soft cap can't be worked out.")


def _different_rows(together: Any) -> Any:
    """One row for all who are like the same: said several times it keeps the solver from coming to an end."""
    rows, first = together.tocsr(), dict[tuple[bytes, bytes], int]()
    for number, (start, end) in enumerate(pairwise(rows.indptr.tolist())):
        first.setdefault((rows.indices[start:end].tobytes(), rows.data[start:end].tobytes()), number)
    return rows[list(first.values())]


def _solved(together: Any, own: Floats, cap: float, unit: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """What the solver finds for v = w / unit, as w, nan where it gives up; and which caps and zeros bind."""
    import clarabel
    from scipy.sparse import csc_array, diags_array, eye_array, vstack

    solver: Any = clarabel
    caps, n = together.shape
    rows = csc_array(vstack((unit[None, :], together @ diags_array(unit) / cap, -eye_array(n))))
    settings = solver.DefaultSettings()
    settings.verbose = False
    settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = 1e-10
    solved = solver.DefaultSolver(
        csc_array(diags_array(unit**2 / own)),
        -unit,
        rows,
        np.concatenate(([1.0], np.ones(caps), np.zeros(n))),
        [solver.ZeroConeT(1), solver.NonnegativeConeT(caps + n)],
        settings,
    ).solve()
    binds = np.array(solved.z)[1:] > np.array(solved.s)[1:]
    if solved.status not in (solver.SolverStatus.Solved, solver.SolverStatus.AlmostSolved):
        return np.full(n, np.nan), binds
    return np.maximum(unit * np.array(solved.x), 0.0), binds


def _on_the_edges(together: Any, own: Floats, cap: float, near: Floats, binds: NDArray[np.bool_]) -> Floats:
    """The weights that an interior point came near to: it stops a little before the edges that bind.

    In v = w / sqrt(weight) they are a projection: the shortest way from the weights given to where the caps
    that bind are equalities. Where those edges do not hold together, or are too many, what the solver found
    stays.
    """
    from scipy.linalg import lstsq

    capped, held = binds[: -own.size], ~binds[-own.size :]
    if int(capped.sum()) * int(held.sum()) > _MOST_EDGES:
        return near
    root = np.sqrt(own[held])
    rows = np.vstack((root, together[capped][:, held].toarray() * root / cap))
    # those of holders who are all but wholly alike are one and the same edge
    solved: Any = lstsq(rows, 1 - rows @ root, cond=1e-9, lapack_driver="gelsy")
    exact = np.zeros(own.size)
    exact[held] = root * (root + solved[0])
    kept = (exact >= 0).all() and (together @ exact).max() <= cap * (1 + _ROUNDING)
    stands = kept and abs(exact.sum() - 1) < _ROUNDING and np.abs(exact - near).max() < _NEAR
    return exact if stands else near


def _rounded_up(percent: float) -> str:
    return f"{np.ceil(1000 * percent - 1e-6) / 1000:g}"
