"""What may stand on a ballot under each method, and the one form in which it is counted."""

import math
import operator
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar, cast

from governance.votes.rule import Rule

HIGHEST_SCORE = 5
BUDGET = 10  # dots to give away, where a vote names no other number
# The gradients of agreement (Kaner) in five steps, best first, and what they mean.
STEPS = {
    "strong_for": "whole-hearted support",
    "for": "support with reservations",
    "neutral": "neither for nor against",
    "against": "serious disagreement",
    "strong_against": "block",
}

_DECIMAL = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")  # short: 1e999999999 would never be finished
_SIZED = (str, list, tuple, set, frozenset, Mapping)

Key = TypeVar("Key")
Read = Callable[[Any], Hashable]


@dataclass(frozen=True)
class Method:
    """An entry of METHODS: what voters are told it is and what wins, and the reader of its ballots."""

    words: str
    wins: str  # a sentence
    reads: Callable[[Sequence[Any] | None, int], Read]


def check_ballot(method: str, ballot: object, options: Sequence[Any] | None, *, budget: int = BUDGET) -> None:
    """Raises ValueError, with the sentence for who cast it, unless the ballot can be counted.

    Ballots are plain JSON values. None and what is empty ("", [], {}) abstains under every method.

    | method         | ballot                                                         | options        |
    | -------------- | -------------------------------------------------------------- | -------------- |
    | single         | "a"                                                            | list of names  |
    | approval       | ["a", "b"], in any order                                       | list of names  |
    | ranked_irv     | ["b", ["a", "c"]], best first; those in a list of their own    | list of names  |
    |                | are ranked equally, and ["a"] is "a"                           |                |
    | ranked_schulze | the same                                                       | list of names  |
    | score          | {"a": 5, "b": 2}, from 0 to 5; who is left out gets 0          | list of names  |
    | dots           | {"a": 7, "b": 3}, together at most the budget                  | list of names  |
    | numeric        | "0.05", a whole number, a Fraction; a float as it is written   | range, or none |
    | gradient       | one of STEPS                                                   | not looked at  |

    A range is [lowest, highest, step], numbers like those of the ballots; steps count from the lowest. With
    empty options any number will do. Raises ValueError too for a method, options or a budget with which
    nobody can vote.
    """
    reader(method, options, budget=budget)(ballot)


def reader(method: str, options: Sequence[Any] | None, *, budget: int) -> Read:
    """The function from a ballot to the form it is counted in, which is None for an empty one.

    Two ballots that say the same have the same form. Raises ValueError as check_ballot does.
    """
    if method not in METHODS:
        raise ValueError(f"There is no method called {method}.")
    read = METHODS[method].reads(options, budget)
    return lambda ballot: (
        None if ballot is None or (isinstance(ballot, _SIZED) and not ballot) else read(ballot)
    )


def as_names(options: Iterable[Any] | None) -> tuple[str, ...]:
    """The options that can be chosen. Raises ValueError unless they are different names."""
    if isinstance(options, str) or not isinstance(options, Iterable):
        raise ValueError("The options must be a list of names.")
    names = tuple(options)
    if not names or not all(isinstance(name, str) and name for name in names):
        raise ValueError("A vote needs at least one option, and every option a name.")
    if len(set(names)) < len(names):
        raise ValueError("Two options have the same name.")
    return names


def as_range(options: Sequence[Any]) -> tuple[Fraction, Fraction, Fraction]:
    """The lowest number that can be chosen, the highest, and the step. Raises ValueError for no range."""
    if isinstance(options, str) or len(options) != 3:
        raise ValueError("A range needs its lowest number, its highest and its step.")
    lowest, highest, step = map(_as_number, options)
    if lowest > highest or step <= 0:
        raise ValueError("A range must go up from its lowest to its highest number, in steps above 0.")
    return lowest, highest, step


def as_whole(weights: Iterable[Any] | None, ballots: int) -> tuple[list[int], int]:
    """Weights as whole multiples of one unit, and how many units make 1: without rounding, quick to add.

    None gives every ballot one unit. A float is what it is in binary. Raises ValueError unless there is one
    finite weight of 0 or more for each ballot.
    """
    if weights is None:
        return [1] * ballots, 1
    ratios = [_ratio(weight) for weight in weights]
    if len(ratios) != ballots:
        raise ValueError(f"{len(ratios)} and {ballots}: weights do not fit ballots.")
    unit = math.lcm(*{below for _, below in ratios})
    return [above * (unit // below) for above, below in ratios], unit


def scaled(weights: Mapping[Key, int], unit: int) -> dict[Key, Fraction]:
    """Weights in units, over the units that make 1."""
    if unit == 1:  # in half the time
        return {key: Fraction(weight) for key, weight in weights.items()}
    return {key: Fraction(weight, unit) for key, weight in weights.items()}


def _ratio(weight: Any) -> tuple[int, int]:
    try:
        above, below = operator.index(weight), 1
    except TypeError:
        try:
            above, below = weight.as_integer_ratio()
        except (AttributeError, ValueError, OverflowError):  # not a number, NaN, infinite
            above, below = -1, 1
    if above < 0:
        raise ValueError("A weight must be a finite number of 0 or more.")
    return above, below


def _reads_one(names: Collection[str]) -> Read:
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, str):
            raise ValueError("This ballot must name one option.")
        return (_known(ballot, known),)

    return read


def _reads_several(names: Collection[str]) -> Read:
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, (list, tuple, set, frozenset)):
            raise ValueError("This ballot must be a list of options.")
        chosen = [_known(name, known) for name in cast("Iterable[Any]", ballot)]
        _check_once(chosen)
        return frozenset(chosen)

    return read


def _reads_ranks(names: Sequence[str]) -> Read:
    places = {name: place for place, name in enumerate(names)}
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, (list, tuple)):
            raise ValueError("This ballot must be a list of options.")
        ranks: list[tuple[str, ...]] = []
        for rank in cast("Sequence[Any]", ballot):
            equal = cast("Sequence[Any]", rank if isinstance(rank, (list, tuple)) else (rank,))
            if not equal:
                raise ValueError("This ballot has a rank without an option.")
            ranks.append(tuple(sorted([_known(name, known) for name in equal], key=places.__getitem__)))
        _check_once([name for rank in ranks for name in rank])
        return tuple(ranks)

    return read


def _check_once(chosen: Sequence[str]) -> None:
    if len(set(chosen)) < len(chosen):
        twice = next(name for name in chosen if chosen.count(name) > 1)
        raise ValueError(f"{_quoted(twice)} stands on the ballot twice.")


def _reads_points(names: Sequence[str], highest: int, points: str, budget: int | None = None) -> Read:
    known = frozenset(names)

    def read(ballot: Any) -> Hashable:
        if not isinstance(ballot, Mapping):
            raise ValueError(f"This ballot must give options their {points}.")
        points_of = cast("Mapping[Any, Any]", ballot)
        for name, given in points_of.items():
            _known(name, known)
            if type(given) is not int or not 0 <= given <= highest:  # True is an int to isinstance
                raise ValueError(
                    f"The {points} of {_quoted(name)} must be a whole number from 0 to {highest}."
                )
        form = tuple([points_of.get(name, 0) for name in names])
        if budget is not None and sum(form) > budget:
            raise ValueError(f"The ballot gives {sum(form)} {points}, and there are {budget} to give.")
        return form

    return read


def _reads_dots(names: Sequence[str], budget: int) -> Read:
    if type(budget) is not int or budget < 1:
        raise ValueError("The budget must be a whole number of 1 or more.")
    return _reads_points(names, budget, "dots", budget)


def _reads_number(options: Sequence[Any] | None) -> Read:
    if not options:
        return lambda ballot: _as_number(ballot).as_integer_ratio()  # quicker to look up than a Fraction
    lowest, highest, step = as_range(options)
    written: dict[str, Hashable] = {}  # few different texts come often, and to read one takes long

    def read(ballot: Any) -> Hashable:
        if isinstance(ballot, str) and ballot in written:
            return written[ballot]
        number = _as_number(ballot)
        if not lowest <= number <= highest:
            raise ValueError(f"The number must lie between {_shown(lowest)} and {_shown(highest)}.")
        if (number - lowest) % step:
            raise ValueError(f"The number must lie whole steps of {_shown(step)} above {_shown(lowest)}.")
        form = number.as_integer_ratio()
        if isinstance(ballot, str):
            written[ballot] = form
        return form

    return read


def _as_number(written: Any) -> Fraction:
    if isinstance(written, str) and _DECIMAL.fullmatch(written):
        return Fraction(written)
    if isinstance(written, float) and math.isfinite(written):
        return Fraction(repr(float(written)))  # 0.05 means a twentieth, not what binary makes of it
    if isinstance(written, int | Fraction) and not isinstance(written, bool):
        return Fraction(written)
    raise ValueError(f"{_quoted(written)} is not a number; write it like 0.05.")


def _known(name: Any, known: frozenset[str]) -> str:
    if not isinstance(name, str) or name not in known:
        raise ValueError(f"{_quoted(name)} is not one of the options.")
    return name


def _quoted(anything: object) -> str:
    return f"“{str(anything)[:80]}”"


def _shown(number: Fraction) -> str:
    return f"{Decimal(number.numerator) / number.denominator:f}"


METHODS: Mapping[str, Method] = {
    "single": Method(
        "one choice",
        "The option with most votes wins.",
        lambda options, _: _reads_one(as_names(options)),
    ),
    "approval": Method(
        "every option you approve of",
        "The option that most approve of wins.",
        lambda options, _: _reads_several(as_names(options)),
    ),
    "ranked_irv": Method(
        "ranked, instant run-off",
        "The option with fewest first choices goes out and its votes go to the next choices, "
        "until one option has more than half.",
        lambda options, _: _reads_ranks(as_names(options)),
    ),
    "ranked_schulze": Method(
        "ranked, Schulze",
        "The option that more prefer to each other one wins, else Schulze's chains decide. Whom a ballot "
        "leaves out comes last on it.",
        lambda options, _: _reads_ranks(as_names(options)),
    ),
    "score": Method(
        f"scores from 0 to {HIGHEST_SCORE}",
        "The option with the highest sum of scores wins.",
        lambda options, _: _reads_points(as_names(options), HIGHEST_SCORE, "score"),
    ),
    "numeric": Method(
        "a number; the median decides",
        "The number in the middle of all answers wins; between two of them, the possible number that is "
        "nearest to their midpoint.",
        lambda options, _: _reads_number(options),
    ),
    "gradient": Method(
        "five steps from support to block",
        Rule().sentence,
        lambda _options, _budget: _reads_one(tuple(STEPS)),
    ),
    "dots": Method(
        f"{BUDGET} dots to give away",
        "The option with most dots wins.",
        lambda options, budget: _reads_dots(as_names(options), budget),
    ),
}
