"""Scores and multipliers matched by their names, and what a payout rule says of the clip."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring._arrays import Labels, as_numbers, has_labels, refuse
from scoring.rules import PayoutRule
from scoring.rules.text import SCORE_NAMES, score_key

Numbers = NDArray[np.float64]
Multipliers = ArrayLike | Mapping[str, float] | PayoutRule | Sequence[PayoutRule]
Scores = ArrayLike | Mapping[str, ArrayLike]
Terms = tuple[Numbers, Numbers, Numbers, Numbers, Numbers, str]

CLIP = 0.05
CLIP_ORDERS = ("factor_inside_clip", "factor_outside_clip")


def read_terms(
    labels: Labels,
    scores: Scores,
    multipliers: Multipliers,
    stake: ArrayLike,
    factor: ArrayLike,
    clip: ArrayLike | PayoutRule | None,
    clip_order: str | None,
    *,
    of_multipliers: str = "row",
) -> Terms:
    """Scores, multipliers, stake, factor and clip as arrays that make sense one by one, and the order."""
    clip, clip_order = clip_terms(clip, clip_order, multipliers)
    rates, weights = _scores_and_multipliers(labels, scores, multipliers, of_multipliers)
    given = ((stake, "The stake"), (factor, "The payout factor"), (clip, "The clip"))
    staked, paid, bound = (as_numbers(labels.read(each, "outer row", what), what) for each, what in given)
    refuse(np.isinf(rates), "A score must be a finite number, or NaN where it is missing.")
    if not _all_between(weights, 0.0):
        refuse(~((weights >= 0) & (weights < np.inf)), "Multipliers must be numbers of 0 or more.")
    if not _all_between(staked, 0.0):
        refuse(~((staked >= 0) & (staked < np.inf)), "A stake must be a number of 0 NMR or more.")
    refuse((paid < 0) | np.isinf(paid), "A payout factor must be a number of 0 or more.")
    refuse(~(bound > 0), "A clip must be above 0.")
    if 0 in (weights.shape[-1], rates.shape[-1]):
        raise ValueError("A payout needs at least one score.")
    if weights.shape[-1] != rates.shape[-1] and 1 not in (weights.shape[-1], rates.shape[-1]):
        raise ValueError(f"{weights.shape[-1]} multipliers do not fit {rates.shape[-1]} scores.")
    return rates, weights, staked, paid, bound, clip_order


def clip_terms(
    clip: ArrayLike | PayoutRule | None, clip_order: str | None, multipliers: object = None
) -> tuple[ArrayLike, str]:
    """The clip and its order as given, else as the rules have them, else 0.05 and the factor inside."""
    rules = [clip] if isinstance(clip, PayoutRule) else _rules_among(multipliers)
    given = None if isinstance(clip, PayoutRule) else clip
    if given is None and len({(rule.clip, rule.clip_order) for rule in rules}) > 1:
        raise ValueError("These rules have different clips: say which they share, or ask for each alone.")
    if rules:
        given = rules[0].clip if given is None else given
        clip_order = rules[0].clip_order if clip_order is None else clip_order
    clip_order = CLIP_ORDERS[0] if clip_order is None else clip_order
    if clip_order not in CLIP_ORDERS:
        raise ValueError(f"The clip order is one of {' and '.join(CLIP_ORDERS)}.")
    return CLIP if given is None else given, clip_order


def multipliers_of(rule: PayoutRule | Mapping[str, float]) -> dict[str, float]:
    """Multipliers by score, of a rule, a mapping or a Series."""
    named = _by_name(rule)
    if named is None or any(np.ndim(value) for value in named.values()):
        raise ValueError("Multipliers are given by score, such as {'corr': 1, 'tc': 3}.")
    return {name: float(as_numbers(value, "The multipliers")) for name, value in named.items()}


def _scores_and_multipliers(
    labels: Labels, scores: Scores, multipliers: Any, of_multipliers: str
) -> tuple[Numbers, Numbers]:
    """Scores (..., k) and multipliers (..., k), kind by kind; ValueError where their names don't match."""
    weights = _by_name(multipliers)
    parts = _columns(scores, weights)
    if weights is None:
        given = np.atleast_1d(as_numbers(multipliers, "The multipliers"))
        read = _rows(labels, scores, given) if parts is None else _stacked(labels, parts)
        ordered = labels.read(multipliers, f"{of_multipliers} _", "The multipliers")
        return read, np.atleast_1d(as_numbers(ordered, "The multipliers"))
    if parts is None:
        if len(weights) > 1 and not _has_an_order(multipliers):
            raise ValueError(
                f"The multipliers are named ({', '.join(weights)}) and the scores are not: give the scores "
                "by name too, as a DataFrame or as a dictionary."
            )
        paid, read = list(weights), None
    else:
        missing = [name for name in weights if name not in parts and np.any(np.asarray(weights[name]) != 0)]
        if missing:
            known = ", ".join(parts)
            raise ValueError(f"{missing[0]} has a multiplier and no scores; there are scores of {known}.")
        paid = [name for name in weights if name in parts]
        if not paid:
            raise ValueError("A payout needs at least one score.")
        read = _stacked(labels, {name: parts[name] for name in paid})
    given = [labels.read(weights[name], of_multipliers, "The multipliers") for name in paid]
    values = np.stack(np.broadcast_arrays(*(as_numbers(each, "The multipliers") for each in given)), axis=-1)
    return (_rows(labels, scores, values) if read is None else read), values


def _by_name(multipliers: Any) -> dict[str, Any] | None:
    """Multipliers by the name of their score; None where they have no names."""
    if isinstance(multipliers, PayoutRule):
        return dict(sorted(multipliers.multipliers.items(), key=lambda item: _place(item[0])))
    if isinstance(multipliers, Mapping):
        return _named(cast("Mapping[Any, Any]", multipliers))
    if has_labels(multipliers) and multipliers.ndim == 2 and _are_names(multipliers.columns):
        return _named({name: multipliers[name] for name in multipliers.columns})
    if has_labels(multipliers) and hasattr(multipliers, "index") and _are_names(multipliers.index):
        return _named(dict(zip(multipliers.index, as_numbers(multipliers, "The multipliers"), strict=True)))
    several = _listed(multipliers)
    if any(isinstance(each, (PayoutRule, Mapping)) for each in several):
        rules = [multipliers_of(each) for each in several]
        names = sorted({name for rule in rules for name in rule}, key=_place)
        return {name: np.array([rule.get(name, 0.0) for rule in rules]) for name in names}
    return None


def _listed(given: object) -> list[Any]:
    return [*cast("Sequence[Any]", given)] if isinstance(given, (list, tuple)) else []


def _rules_among(multipliers: object) -> list[PayoutRule]:
    given = [multipliers, *_listed(multipliers)]
    return [each for each in given if isinstance(each, PayoutRule)]


def _has_an_order(multipliers: object) -> bool:
    """Whether the scores of these multipliers have an order of their own: that of SCORE_NAMES."""
    return isinstance(multipliers, PayoutRule) or bool(_rules_among(multipliers))


def _place(name: str) -> int:
    return list(SCORE_NAMES).index(name) if name in SCORE_NAMES else len(SCORE_NAMES)


def _columns(scores: Any, weights: dict[str, Any] | None) -> dict[str, Any] | None:
    """Scores by name; None where they have no names, or names of models rather than of scores."""
    if isinstance(scores, Mapping):
        return _named(cast("Mapping[Any, Any]", scores))
    if has_labels(scores) and scores.ndim == 2:
        return _named({name: scores[name] for name in scores.columns}) if _are_names(scores.columns) else None
    if weights is None or not (has_labels(scores) and hasattr(scores, "index") and _are_names(scores.index)):
        return None
    named = _named(dict(zip(scores.index, as_numbers(scores, "The scores"), strict=True)))
    return named if len(weights) > 1 or not named.keys().isdisjoint(weights) else None


def _named(given: Mapping[Any, Any]) -> dict[str, Any]:
    named = {_name(key): value for key, value in given.items()}
    if len(named) < len(given):
        raise ValueError(f"Two of {', '.join(map(str, given))} name the same score.")
    return named


def _name(label: object) -> str:
    """The score that a label names, `CORR20` or `corr_multiplier` -> corr; any other label as it is."""
    word = re.sub("_(multiplier|score)s?$", "", str(label))
    try:
        return score_key(word)
    except ValueError:
        return word


def _are_names(index: Any) -> bool:
    """Whether labels can be those of scores; more than there are kinds of scores are those of models."""
    few = 0 < len(index) <= 2 * len(SCORE_NAMES)
    return few and bool(index.is_unique) and all(isinstance(label, str) for label in index)


def _stacked(labels: Labels, parts: Mapping[str, Any]) -> Numbers:
    read = [
        as_numbers(labels.read(part, "outer row", f"The scores of {name}"), f"The scores of {name}")
        for name, part in parts.items()
    ]
    try:
        return np.stack(np.broadcast_arrays(*read), axis=-1)
    except ValueError as error:
        raise ValueError("The scores of each kind must be as many as those of the others.") from error


def _rows(labels: Labels, scores: Any, multipliers: Numbers) -> Numbers:
    """Scores (..., k) as given; a list of scores with one multiplier is one score for each of many."""
    if multipliers.size == 1 and has_labels(scores) and scores.ndim == 1:
        return as_numbers(labels.read(scores, "outer row", "The scores"), "The scores")[:, np.newaxis]
    read = as_numbers(labels.read(scores, "outer row _", "The scores"), "The scores")
    return (
        read[:, np.newaxis]
        if multipliers.size == 1 and read.ndim == 1 and read.size > 1
        else np.atleast_1d(read)
    )


def _all_between(values: Numbers, low: float) -> bool:
    """Whether all are finite and at least `low`; NaN fails both comparisons."""
    return not values.size or bool(values.min() >= low and values.max() < np.inf)
