"""Ballots of plain JSON read all at once: what many say alike is read once."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from governance.votes.ballots import HIGHEST_SCORE, Read


def plain_counts(
    method: str, ballots: Sequence[Any], names: tuple[str, ...], read: Read, *, budget: int
) -> dict[Hashable, int] | None:
    """How many of the ballots have each form, that of the empty ones being None; see reader.

    None where a ballot is not of the plain kind of its method, or may not be right: who reads them one by one
    finds the first of those and says what it lacks.
    """
    kind = next(map(type, ballots), None)
    try:
        if kind is str:
            said = Counter(ballots)
            return _read_once(said, read) if {*map(type, said)} == {str} else None
        if {*map(type, ballots)} != {kind}:
            return None
        if kind is list and method == "approval":
            chosen = Counter(map(frozenset, ballots))
            # looked at once for all who chose alike; whatever is named twice makes the lists longer
            told = sum(len(form) * times for form, times in chosen.items())
            wrong = told < sum(map(len, ballots)) or not frozenset().union(*chosen) <= {*names}
            return None if wrong else {form or None: times for form, times in chosen.items()}
        if kind is dict and method == "score":
            return _points(ballots, names, HIGHEST_SCORE, len(names) * HIGHEST_SCORE)
        if kind is dict and method == "dots":
            return _points(ballots, names, budget, budget)
    except (TypeError, ValueError, KeyError):  # what can't be looked up, or can't be counted
        pass
    return None


def _read_once(said: Counter[Any], read: Read) -> dict[Hashable, int]:
    counts: dict[Hashable, int] = {}
    for ballot, times in said.items():
        form = read(ballot)
        counts[form] = counts.get(form, 0) + times
    return counts


def _points(
    ballots: Sequence[dict[Any, Any]], names: tuple[str, ...], highest: int, budget: int
) -> dict[Hashable, int] | None:
    cast = [ballot for ballot in ballots if ballot]
    if len(names) > 1 and {*map(len, cast)} == {len(names)}:
        forms: list[tuple[Any, ...]] = [*map(itemgetter(*names), cast)]  # in the options' order
    else:
        nothing = dict.fromkeys(names, 0)
        whole = [nothing | ballot for ballot in cast]  # longer by what is none of the options
        if any(len(each) > len(names) for each in whole):
            return None
        forms = [tuple(each.values()) for each in whole]
    if not {*map(type, _all(forms))} <= {int}:  # True is an int to isinstance
        return None
    given = {0, *_all(forms)}
    if min(given) < 0 or max(given) > highest:
        return None
    if budget < len(names) * highest and max(map(sum, forms), default=0) > budget:
        return None
    counts: dict[Hashable, int] = dict(Counter(forms))
    if len(cast) < len(ballots):
        counts[None] = len(ballots) - len(cast)
    return counts


def _all(forms: Iterable[tuple[Any, ...]]) -> Iterable[Any]:
    return chain.from_iterable(forms)
