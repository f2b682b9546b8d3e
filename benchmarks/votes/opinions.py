"""What the map of opinions takes for a large server, beside a plain pass that tests nothing of it."""

import time

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.vq import kmeans2

from benchmarks.rows import Beside, Row
from benchmarks.timing import agreement, asked_for, side_by_side
from governance.opinions.clusters import adjusted_rand
from governance.opinions.map import OpinionMap, opinion_map

SIZES = ((1_000, 100, 1.0), (1_900, 200, 3.0))  # people, statements, seconds at most
KINDS = ("planted", "noise", "gradual")


def every_size() -> list[Row]:
    """Three groups, none, and opinions that vary gradually, which are drawn again most often."""
    rows = []
    for people, statements, most in SIZES:
        print(f"\nMap of opinions, {people:,} people x {statements} statements (processor time in brackets)")
        for kind in KINDS:
            votes = triples(made(people, statements, kind))
            start, worked = time.perf_counter(), time.process_time()
            found = opinion_map(votes, limit=statements)
            taken, worked = time.perf_counter() - start, time.process_time() - worked
            asked_for(f"{kind} ({worked:.2f} s): {found.verdict}", taken, most, "s")
            rows.append(
                Row(
                    "opinion-map",
                    f"opinions of {people:,} people on {statements} statements, {kind}",
                    1000 * taken,
                    within=1000 * most,
                )
            )
    return rows


def beside_peers() -> list[Row]:
    """The same votes through numpy's decomposition and scipy's k-means once, and through red-dwarf."""
    people, statements, _ = SIZES[0]
    matrix = made(people, statements, "planted")
    votes = triples(matrix)
    contenders = {"numpy_svd_and_scipy_kmeans_once": lambda: plain(matrix, 3)}
    try:
        from reddwarf.implementations.base import run_pipeline
    except ImportError:
        print("\nred-dwarf: LEFT OUT, it is not installed (pip install red-dwarf==0.4.0)")
    else:
        cast = [
            {"participant_id": int(person), "statement_id": int(statement), "vote": int(vote), "modified": at}
            for at, (person, statement, vote) in enumerate(votes)
        ]
        contenders["red_dwarf"] = lambda: run_pipeline(cast, random_state=42)
    medians = side_by_side(
        f"Map of opinions, {people:,} x {statements}", 5, **contenders, opinion_map=lambda: opinion_map(votes)
    )
    ours = labels_of(opinion_map(votes), people)
    apart = 1 - adjusted_rand(ours, plain(matrix, 3))
    agreement("1 - adjusted Rand with the plain pass", apart, 0.05)
    return [
        Row(
            "opinion-peers",
            f"map of opinions, {people:,} x {statements}; apart: 1 - adjusted Rand with the plain pass",
            medians["opinion_map"],
            Beside(name.replace("_", " "), medians[name]),
            apart=(apart, 0.05),
        )
        for name in contenders
    ]


def plain(matrix: NDArray[np.float64], k: int) -> NDArray[np.intp]:
    """Everybody's cluster among k, by the first two components of the votes."""
    cast = ~np.isnan(matrix)
    centred = np.where(cast, matrix - np.nanmean(matrix, axis=0), 0)
    places = centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T
    places *= np.sqrt(matrix.shape[1] / cast.sum(axis=1))[:, None]
    return min(
        (kmeans2(places, k, minit="++", rng=start) for start in range(10)),
        key=lambda found: ((places - found[0][found[1]]) ** 2).sum(),
    )[1]


def made(people: int, statements: int, kind: str) -> NDArray[np.float64]:
    """Made-up votes, a third of them missing; the same at every call."""
    source = np.random.default_rng(1)
    if kind == "planted":
        camps = np.where(source.random((3, statements)) < 0.5, 0.8, 0.2)
        chance = camps[source.choice(3, people, p=[0.5, 0.3, 0.2])]
    elif kind == "noise":
        chance = np.broadcast_to(source.uniform(0.1, 0.9, statements), (people, statements))
    else:
        leaning = source.normal(size=(people, 2)) @ source.normal(size=(2, statements))
        chance = 1 / (1 + np.exp(-leaning - source.normal(size=statements)))
    votes = np.where(source.random((people, statements)) < chance, 1.0, -1.0)
    votes[source.random(votes.shape) < 0.1] = 0
    votes[source.random(votes.shape) < 0.3] = np.nan
    return votes


def triples(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    people, statements = np.nonzero(~np.isnan(matrix))
    return np.column_stack((people, statements, matrix[people, statements]))


def labels_of(found: OpinionMap, people: int) -> NDArray[np.intp]:
    own = np.full(people, -1, dtype=np.intp)
    for label, group in enumerate(found.groups):
        own[list(group.members)] = label
    return own


BENCHMARKS = {"opinion-map": every_size, "opinion-peers": beside_peers}
