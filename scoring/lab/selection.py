"""Rules that choose models by what is known when a round opens, and what they would have scored."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import as_numbers, labelled, refuse
from scoring.weights.by_score import performance_limited_weights

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


def better_half() -> Rule:
    """A rule: weights by stake of the models whose mean of all known rounds is at or above the median."""

    def rule(past: Numbers, stakes: Numbers) -> Numbers:
        means = _means(past)
        known = means[~np.isnan(means)]
        return np.where(means >= np.median(known), stakes, 0.0) if known.size else np.zeros(stakes.size)

    return rule


def limited_by_performance(cap: float, *, overlap: int = 5, fewest: int = 10) -> Rule:
    """A rule: weights by stake, each up to a limit that the shrunk mean of its known rounds earns.

    scoring.weights.by_score.performance_limited_weights with the mean beyond each round's mean, and its error
    root(variance x overlap / rounds), as of sums over days that `overlap` rounds share; a model with fewer
    than `fewest` known rounds counts as average. Where the limits of so few models do not add up to 1, it
    finds nobody. Raises ValueError for a cap that is not above 0 and at most 1, and an overlap below 1.
    """
    if not 0 < cap <= 1:
        raise ValueError("A cap must be a share above 0 and at most 1.")
    if overlap < 1:
        raise ValueError("Rounds overlap by 1 (not at all) or more.")

    def rule(past: Numbers, stakes: Numbers) -> Numbers:
        beyond = past - _means(past.T)[:, np.newaxis]
        counts = np.count_nonzero(~np.isnan(past), axis=0)
        enough = counts >= max(fewest, 2)
        if not enough.any():
            return np.zeros(stakes.size)
        means = np.where(enough, _means(beyond), np.nan)
        spread = np.nansum((beyond - means) ** 2, axis=0) / np.maximum(counts - 1, 1)
        errors = np.sqrt(spread * overlap / np.maximum(counts, 1))
        try:
            return performance_limited_weights(stakes, means, errors, cap)
        except ValueError:
            return np.zeros(stakes.size)

    return rule


@labelled("|round", scores="|round model", stakes="|round model", outcomes="|round model")
def follow_rule(
    scores: ArrayLike,
    stakes: ArrayLike,
    rule: Rule,
    *,
    lag: int = 5,
    fewest: int = 20,
    outcomes: ArrayLike | None = None,
) -> Numbers:
    """What a rule would have scored in each round (r,), less the stake-weighted mean score of that round.

    scores, stakes (r, n): a row per round in order, NaN where a model has none. rule(past (p, n), stakes
    (n,)) gives weights of 0 or more in any unit. lag: when a round opens, the scores of the round so many
    before it are the newest that are known. Means are over models with a score and a stake in the round.
    outcomes (r, n): what the rule's weights and those by stake are held against, where it is not the scores
    that it looks at; a model counts in a round where it has that, too.
    Rounds for which fewer than `fewest` are known, in which nobody counts, or in which the rule finds nobody:
    nan. A mean of scores leaves out what mixing predictions takes out: compare rules with each other and with
    stakes, not with the fund. With contributions over the stake-weighted correlation as outcomes it is the
    change of the meta model's CORR, to the first order. The best of many rules that were tried is no finding.
    Raises ValueError for tables that do not fit, infinite scores, negative stakes, negative weights, and a
    lag below 1.
    """
    s, held = as_numbers(scores, "The scores"), as_numbers(stakes, "The stakes")
    told = s if outcomes is None else as_numbers(outcomes, "The outcomes")
    if s.ndim != 2 or held.shape != s.shape or told.shape != s.shape:
        raise ValueError("Scores and stakes need a row per round and a column per model.")
    refuse(np.isinf(s) | np.isinf(told), "A score must be a finite number, or NaN where there is none.")
    refuse((held < 0) | np.isinf(held), "A stake must be a finite number of 0 or more.")
    if lag < 1 or fewest < 0:
        raise ValueError("A round's scores are known one round later at the earliest.")
    found = np.full(len(s), np.nan)
    for now in range(lag - 1 + fewest if fewest else 0, len(s)):
        counts = ~np.isnan(s[now]) & ~np.isnan(told[now]) & (np.nan_to_num(held[now]) > 0)
        if not counts.any():
            continue
        outcome, stake = told[now, counts], held[now, counts]
        weights = as_numbers(rule(s[: max(now - lag + 1, 0), counts], stake), "The weights of a rule")
        if weights.shape != stake.shape or not (weights >= 0).all() or np.isinf(weights).any():
            raise ValueError("A rule must give one weight of 0 or more per model.")
        if weights.any():
            found[now] = weights @ outcome / weights.sum() - stake @ outcome / stake.sum()
    return found


def _means(table: Numbers) -> Numbers:
    """Means of columns over the rows that are there; nan for none."""
    counts = np.count_nonzero(~np.isnan(table), axis=0)
    return np.where(counts, np.nansum(table, axis=0) / np.maximum(counts, 1), np.nan)
