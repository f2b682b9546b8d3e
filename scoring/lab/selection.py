"""Rules that choose models by what is known when a round opens, and what they would have scored."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse

Numbers = NDArray[np.float64]
Rule = Callable[[Numbers, Numbers], Numbers]


def equally() -> Rule:
    """A rule: the same weight for every model, whatever it did."""
    return lambda past, stakes: np.ones(stakes.size)


def best_of(count: int, last: int) -> Rule:
    """A rule: the same weight for the `count` models with the best mean over the `last` rounds known.

    A model counts if it has a score in half of those rounds at least; equal means: the earlier model.
    """
    if count < 1 or last < 1:
        raise ValueError("A rule chooses at least one model, by at least one round.")

    def rule(past: Numbers, stakes: Numbers) -> Numbers:
        recent = past[-last:]
        known = np.count_nonzero(~np.isnan(recent), axis=0)
        means = np.where(2 * known >= last, np.nansum(recent, axis=0) / np.maximum(known, 1), -np.inf)
        chosen = np.argsort(-means, kind="stable")[:count]
        weights = np.zeros(stakes.size)
        weights[chosen[np.isfinite(means[chosen])]] = 1.0
        return weights

    return rule


def exponentially(rate: float, *, by_stake: bool = False) -> Rule:
    """A rule: weights that grow by exp(rate x score beyond the round's mean) with each round known.

    They begin equal, or in proportion to the stakes; a round without a score leaves a weight as it is.
    Source: Kivinen and Warmuth 1997, exponentiated gradient for linear scores.
    """

    def rule(past: Numbers, stakes: Numbers) -> Numbers:
        counts = np.maximum(np.count_nonzero(~np.isnan(past), axis=1), 1)
        means = np.nansum(past, axis=1) / counts
        exponent = rate * np.nansum(past - means[:, np.newaxis], axis=0)
        grown = np.exp(exponent - exponent.max(initial=-np.inf)) if exponent.size else exponent
        return grown * stakes if by_stake else grown

    return rule


@labelled("|round", scores="|round model", stakes="|round model")
def follow_rule(
    scores: ArrayLike, stakes: ArrayLike, rule: Rule, *, lag: int = 5, fewest: int = 20
) -> Numbers:
    """What a rule would have scored in each round (r,), less the stake-weighted mean score of that round.

    scores, stakes (r, n): a row per round in order, NaN where a model has none. rule(past (p, n), stakes
    (n,)) gives weights of 0 or more in any unit. lag: when a round opens, the scores of the round so many
    before it are the newest that are known. Means are over models with a score and a stake in the round.
    Rounds for which fewer than `fewest` are known, in which nobody counts, or in which the rule finds nobody:
    nan. A mean of scores leaves out what mixing predictions takes out: compare rules with each other and with
    stakes, not with the fund. The best of many rules that were tried is no finding. Raises ValueError for
    tables that do not fit, infinite scores, negative stakes, negative weights, and a lag below 1.
    """
    s, held = as_numbers(scores, "The scores"), as_numbers(stakes, "The stakes")
    if s.ndim != 2 or held.shape != s.shape:
        raise ValueError("Scores and stakes need a row per round and a column per model.")
    refuse(np.isinf(s), "A score must be a finite number, or NaN where there is none.")
    refuse((held < 0) | np.isinf(held), "A stake must be a finite number of 0 or more.")
    if lag < 1 or fewest < 0:
        raise ValueError("A round's scores are known one round later at the earliest.")
    found = np.full(len(s), np.nan)
    for now in range(lag - 1 + fewest if fewest else 0, len(s)):
        counts = ~np.isnan(s[now]) & (np.nan_to_num(held[now]) > 0)
        if not counts.any():
            continue
        score, stake = s[now, counts], held[now, counts]
        weights = as_numbers(rule(s[: max(now - lag + 1, 0), counts], stake), "The weights of a rule")
        if weights.shape != stake.shape or not (weights >= 0).all() or np.isinf(weights).any():
            raise ValueError("A rule must give one weight of 0 or more per model.")
        if weights.any():
            found[now] = weights @ score / weights.sum() - stake @ score / stake.sum()
    return found
