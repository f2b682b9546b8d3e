"""Whether a model, or a mix of models, beat the fund by more than luck, and what the test is worth."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse

SHORTEST_BLOCK = 10  # rounds: in blocks of 5 the test rejects four times as often as it says
_CELLS_AT_ONCE = 500_000  # rounds x models of simulated records
_PER_MODEL = 3  # rounds there must be more of than this many a model, or some mix always wins

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Best:
    """The best weights (n,) afterwards, and their information ratio: mean by standard deviation a round."""

    weights: Numbers
    ratio: float


@dataclass(frozen=True)
class FlipTest:
    """The best that was found, how often chance finds as good, and what chance finds in 1 of 20 cases.

    least_p is the smallest p that so few blocks can give.
    """

    best: Best
    p: float
    null_95: float
    blocks: int
    least_p: float


@labelled(differences="round model")
def best_model(differences: ArrayLike) -> Best:
    """The single model with the best information ratio against the fund: mean / standard deviation a round.

    differences (r, n): a model's score less the fund's (scoring.meta_model.meta_model_corr) in each round,
    every model in every round. Never raw scores: what all models share would count. Picked afterwards, so
    that it is above 0 for luck alone; sign_flip_test says how often. nan where no model's differences vary.
    Raises ValueError for what is no table of finite numbers, and fewer than two rounds or no model.
    """
    d = _differences(differences)
    ratios = _ratio(_shares(d.mean(axis=0), _root_mean_square(d)), len(d))
    weights = np.zeros(d.shape[1])
    if np.isnan(ratios).all():
        return Best(np.full(weights.shape, np.nan), math.nan)
    weights[np.nanargmax(ratios)] = 1.0
    return Best(weights, float(np.nanmax(ratios)))


@labelled(differences="round model")
def best_combination(differences: ArrayLike) -> Best:
    """The weights of 0 or more, adding up to 1, with the best information ratio against the fund.

    differences (r, n) as in best_model. Least squares of differences @ w against 1 with w >= 0, whose
    solution has the largest mean by standard deviation. A mix whose every member is worse than the fund does
    not exist: then it is best_model. Raises ValueError as best_model does, and unless the models are fewer
    than a third of the rounds: with more, some mix always looks well. Source: Lawson and Hanson 1974.
    """
    d = _differences(differences)
    _few_models(d)
    if not (d.mean(axis=0) > 0).any():
        return best_model(d)
    weights = _mixed(d)
    return Best(weights / weights.sum(), float(_ratio(np.array(_share(d, weights)), len(d))))


@labelled(differences="round model")
def sign_flip_test(
    differences: ArrayLike,
    *,
    combination: bool = False,
    block: int = SHORTEST_BLOCK,
    flips: int = 999,
    rng: np.random.Generator,
) -> FlipTest:
    """How often luck alone finds a model (or a mix) as far above the fund as the best of these.

    differences (r, n) as in best_model. The signs of whole blocks of rounds are drawn at random, the same
    for every model, which keeps what models share and what neighbouring rounds share; each time the best is
    picked anew. p = (1 + as good) / (1 + flips); with few blocks every pattern of signs is tried instead.
    Blocks have `block` rounds or a few more. Where rounds overlap and are few it rejects more often than it
    says: print flip_size beside p (.05 to .11 in panels of the bundled sample, at .05).

    Raises ValueError as best_model and best_combination do, for blocks below 10 rounds, for fewer than two
    blocks, and for no flips. Source: Romano and Wolf 2005 for flipping all models alike.
    """
    d = _differences(differences)
    blocks = _blocks(d, block)
    if flips < 1:
        raise ValueError("There must be at least one flip.")
    best = best_combination(d) if combination else best_model(d)
    signs = _signs(len(blocks), flips, rng)
    null = _null(d, blocks, signs, combination=combination)
    if math.isnan(best.ratio):
        return FlipTest(best, math.nan, math.nan, len(blocks), math.nan)
    as_good = int(np.count_nonzero(null >= best.ratio - 1e-12))
    least = 1 / len(null)  # the signs as they are stand among them
    return FlipTest(best, as_good / len(null), float(np.quantile(null, 0.95)), len(blocks), least)


@labelled(differences="round model")
def flip_size(
    differences: ArrayLike,
    *,
    edge: float = 0.0,
    combination: bool = False,
    block: int = SHORTEST_BLOCK,
    overlap: int = 5,
    level: float = 0.05,
    records: int = 200,
    flips: int = 199,
    rng: np.random.Generator,
) -> float:
    """How often sign_flip_test rejects at a level in records like these, in which one model has an edge.

    Without an edge it is the test's real size, to be printed beside its p; with an edge, in the unit of
    differences a round, its power. The records have as many rounds and models, the models' own variances and
    correlations, no means, and rounds that are moving sums of `overlap` independent ones. Its own error is
    root(size (1 - size) / records). Arguments and errors as in sign_flip_test; ValueError for an overlap or
    a number of records below 1.
    """
    [size] = flip_sizes(
        differences,
        (edge,),
        combination=combination,
        block=block,
        overlap=overlap,
        level=level,
        records=records,
        flips=flips,
        rng=rng,
    )
    return float(size)


@labelled(differences="round model")
def flip_sizes(
    differences: ArrayLike,
    edges: tuple[float, ...],
    *,
    combination: bool = False,
    block: int = SHORTEST_BLOCK,
    overlap: int = 5,
    level: float = 0.05,
    records: int = 200,
    flips: int = 199,
    rng: np.random.Generator,
) -> Numbers:
    """flip_size for several edges (e,) in the same records, in about the time of one.

    The same records make the numbers comparable: power never falls as the edge grows by luck of the draw
    alone. Arguments, result and errors as in flip_size.
    """
    d = _differences(differences)
    blocks = _blocks(d, block)
    if overlap < 1 or records < 1 or not 0 < level < 1:
        raise ValueError(
            "A simulation needs an overlap and records of 1 or more, and a level between 0 and 1."
        )
    if combination:
        _few_models(d)
    rounds, models = d.shape
    centred: Numbers = (d - d.mean(axis=0)) / math.sqrt(rounds * overlap)
    rejected = np.zeros(len(edges))
    together = max(1, _CELLS_AT_ONCE // d.size)
    left = records
    while left > 0:
        some = min(together, left)
        left -= some
        shocks = rng.normal(size=(some, rounds + overlap - 1, rounds))
        moving: Numbers = np.zeros((some, rounds, rounds))
        for lag in range(overlap):
            moving += shocks[:, lag : lag + rounds]
        # one large product: many small ones keep processors waiting for each other
        records_drawn: Numbers = (moving.reshape(-1, rounds) @ centred).reshape(some, rounds, models)
        chosen = rng.integers(0, models, size=some).tolist()
        for drawn, favoured in zip(records_drawn, chosen, strict=True):
            signs = _signs(len(blocks), flips, rng)
            own = drawn[:, [favoured]]
            drawn[:, favoured] = 0.0
            # what the others reach is the same whatever the edge
            others = None if combination else _null(drawn, blocks, signs, combination=False)
            for at, edge in enumerate(edges):
                if others is None:
                    drawn[:, favoured] = own[:, 0] + edge
                    null = _null(drawn, blocks, signs, combination=True)
                else:
                    null = np.fmax(others, _null(own + edge, blocks, signs, combination=False))
                rejected[at] += bool(np.count_nonzero(null >= null[0] - 1e-12) <= level * len(null))
    return rejected / records


def _differences(differences: ArrayLike) -> Numbers:
    d = as_numbers(differences, "The differences")
    if d.ndim != 2 or len(d) < 2 or not d.shape[1]:
        raise ValueError("Differences need two rounds or more as rows, and a column per model.")
    refuse(~np.isfinite(d), "Every model needs a finite difference to the fund in every round.")
    return d


def _few_models(d: Numbers) -> None:
    rounds, models = d.shape
    if models * _PER_MODEL >= rounds:
        raise ValueError(
            f"The best mix of {models} models needs more than {_PER_MODEL * models:,} rounds, and there are "
            f"{rounds}: with fewer, some mix always looks well."
        )


def _blocks(d: Numbers, block: int) -> list[NDArray[np.intp]]:
    if block < SHORTEST_BLOCK:
        raise ValueError(f"Blocks have {SHORTEST_BLOCK} rounds or more: shorter ones reject far too often.")
    if len(d) < 2 * block:
        raise ValueError(f"The test needs two blocks of {block} rounds, and there are {len(d)} rounds.")
    return np.array_split(np.arange(len(d)), len(d) // block)


def _signs(blocks: int, flips: int, rng: np.random.Generator) -> Numbers:
    """Signs (k, blocks), those as they are first; all patterns where they are no more than asked for."""
    if 2**blocks <= flips + 1:
        return np.array(list(itertools.product((1.0, -1.0), repeat=blocks)))
    drawn = rng.choice((1.0, -1.0), size=(flips + 1, blocks))
    drawn[0] = 1.0
    return drawn


def _null(d: Numbers, blocks: list[NDArray[np.intp]], signs: Numbers, *, combination: bool) -> Numbers:
    """The best ratio (k,) under each pattern of signs."""
    rounds = len(d)
    sums = np.add.reduceat(d, [int(part[0]) for part in blocks], axis=0)
    # signs change the mean and not the mean square
    shares = _shares(signs @ sums / rounds, _root_mean_square(d))
    if np.isnan(shares).all():
        return np.full(len(signs), np.nan)
    best = np.nanmax(shares, axis=1)
    if combination:
        lengths = [part.size for part in blocks]
        for at in np.flatnonzero(best > 0):
            flipped = d * np.repeat(signs[at], lengths)[:, np.newaxis]
            best[at] = _share(flipped, _mixed(flipped))
    return _ratio(best, rounds)


def _mixed(d: Numbers) -> Numbers:
    # here, because scipy takes longer to load than an answer may wait
    from scipy.optimize import nnls  # pyright: ignore[reportMissingTypeStubs,reportUnknownVariableType]

    solve = cast("Any", nnls)
    scaled = d / np.sqrt(np.mean(d * d))  # so that the stopping rule means the same in any unit
    weights, _ = solve(scaled, np.ones(len(d)), maxiter=100 * d.shape[1])
    return np.asarray(weights, dtype=np.float64)


def _share(d: Numbers, weights: Numbers) -> float:
    mixed = d @ weights
    return float(mixed.mean() / np.sqrt(np.mean(mixed**2)))


def _root_mean_square(d: Numbers) -> Numbers:
    return np.sqrt(np.mean(d * d, axis=0))


def _shares(means: Numbers, sizes: Numbers) -> Numbers:
    """Mean by root mean square, from -1 to 1; nan for a model that never differs from the fund."""
    return np.divide(means, sizes, out=np.full(means.shape, np.nan), where=sizes > 0)


def _ratio(shares: Numbers, rounds: int) -> Numbers:
    """Mean by standard deviation (of a sample) that a mean by root mean square is."""
    clipped = np.clip(shares, -1 + 1e-15, 1 - 1e-15)
    return clipped / np.sqrt(1 - clipped**2) * math.sqrt((rounds - 1) / rounds)
