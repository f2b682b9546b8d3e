"""Grids of payout rules as members type them: "corr 0..2 step .5, tc 0..3 step .5"."""

import itertools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from scoring.rules import describe_multipliers
from scoring.rules.text import LARGEST_MULTIPLIER, score_key
from scoring.typed import read_number, read_range, tidy
from wording.numbers import counted, score_name

MOST = 400  # rules that are followed
EXAMPLE = "Type it like: corr 0..2 step .5, tc 0..3 step .5"
_BETWEEN = re.compile(r"\s*[,;\n]\s*(?=[a-z])", re.IGNORECASE)  # a comma before digits is a decimal one


@dataclass(frozen=True)
class Grid:
    """Rules of every combination of multipliers, those of one ray together; scores in the order typed.

    A rule whose multipliers are those of another times a number pays everybody in the same proportions until
    clipped: it is on the same ray. rays: one tuple of places in `rules` for each, the smallest rule first.
    """

    rules: tuple[Mapping[str, float], ...]
    rays: tuple[tuple[int, ...], ...]

    @property
    def scores(self) -> tuple[str, ...]:
        """The scores that some rule pays."""
        return tuple(dict.fromkeys(score for rule in self.rules for score in rule))

    @property
    def largest(self) -> tuple[int, ...]:
        """The place of the largest rule of each ray."""
        return tuple(ray[-1] for ray in self.rays)

    @property
    def size(self) -> str:
        """ "34 rules in 18 directions"."""
        told = counted(len(self.rules), "rule")
        return f"{told} in {counted(len(self.rays), 'direction')}"


def read_grid(text: str) -> Grid:
    """The grid that was typed, without the rule that pays nothing.

    Raises ValueError with a sentence for what can't be read, for fewer than two directions, and for more
    rules than are followed.
    """
    scales: dict[str, list[float]] = {}
    for part in _BETWEEN.split(tidy(text).strip(" ,;")):
        name, _, numbers = part.strip().partition(" ")
        score = score_key(name)
        if score in scales:
            raise ValueError(f"{score_name(score)} is there twice. {EXAMPLE}")
        scales[score] = _scale(score_name(score), numbers)
    many = math.prod(map(len, scales.values()))
    if many > MOST:
        raise _too_many(many)
    rules = [
        dict(zip(scales, kind, strict=True)) for kind in itertools.product(*scales.values()) if any(kind)
    ]
    rays: dict[tuple[float, ...], list[int]] = {}
    for at, rule in enumerate(rules):
        top = max(rule.values())
        rays.setdefault(tuple(round(times / top, 9) for times in rule.values()), []).append(at)
    if len(rays) < 2:
        kinds = f"{counted(len(rules), 'rule')} of {counted(len(rays), 'direction')}"
        raise ValueError(
            f"{kinds}: that leaves nothing to choose, since a rule that multiplies all of another pays "
            f"everybody in the same proportions until clipped. {EXAMPLE}"
        )
    return Grid(
        tuple(rules),
        tuple(tuple(sorted(ray, key=lambda at: sum(rules[at].values()))) for ray in rays.values()),
    )


def short(rule: Mapping[str, float]) -> str:
    """ "1xCORR + 3xTC"."""
    return describe_multipliers({score: times for score, times in rule.items() if times})


def _scale(score: str, text: str) -> list[float]:
    """The multipliers from the first to the last by the step, or the one that was typed."""
    found = read_range(text)
    if found is None:
        what = f"The multiplier of {score}"
        return [float(read_number(text, what, low=0.0, high=LARGEST_MULTIPLIER))]
    first, last, step = found
    if step is None:
        raise ValueError(f"{score} runs from {first} to {last} in steps of what? {EXAMPLE}")
    if first < 0 or last > LARGEST_MULTIPLIER or last <= first or step <= 0:
        raise ValueError(
            f"{score} runs from 0 or more up to {LARGEST_MULTIPLIER:,.0f}, in steps above 0. {EXAMPLE}"
        )
    steps = int((last - first) / step)
    if steps >= 10**6:
        raise _too_many(steps + 1)
    return [float(first + each * step) for each in range(steps + 1)]


def _too_many(combinations: int) -> ValueError:
    return ValueError(
        f"That is {counted(combinations, 'combination')}, and {MOST} are the most that are tried: "
        "take larger steps."
    )
