"""How fast weight leaves a holder whose skill fades, and comes back: simulated, and in closed form."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring._arrays import as_numbers
from scoring.weighting import stake_weights

Floats = NDArray[np.float64]
Weigh = Callable[[Floats, Floats, Floats], Floats]
_STEP = 0.1  # of the rounds gone by: weights are looked at so much later each time


@dataclass(frozen=True)
class Fading:
    """Rounds until a holder has half its weight, and until it has it back, over simulated records (p,).

    inf where that did not happen in `horizon` rounds. The second starts where the first ends.
    """

    leaves: Floats
    returns: Floats
    horizon: int

    @staticmethod
    def quantile(rounds: Floats, at: float) -> float:
        """The quantile of rounds (p,), one of them: inf if so many did not get there."""
        return float(np.sort(rounds)[min(int(at * rounds.size), rounds.size - 1)])


def rounds_to_halve(pay: float, skill: float) -> float:
    """Rounds in which a stake that compounds loses half of its share: ln 2 / (pay x skill).

    pay: payout factor x multiplier, NMR per NMR and unit of score; skill: how far the score is below that of
    others. To first order in pay x skill. A product of 0 or below: never, infinity. Raises ValueError for
    NaN. Source: derived here.
    """
    if math.isnan(pay) or math.isnan(skill):
        raise ValueError("Pay and skill must be numbers.")
    lost = pay * skill
    return math.log(2) / lost if lost > 0 else math.inf


@dataclass(frozen=True)
class Scored:
    """A score of holders: how far the one of interest is above or below others, and how those differ.

    skill: of the one; spread: standard deviation of the true skills of others; noise: of a round's luck.
    """

    skill: float
    spread: float
    noise: float


def simulated_fading(
    schemes: Sequence[Weigh],
    stakes: Floats,
    holder: int,
    *,
    rng: np.random.Generator,
    pay: float,
    paid: Scored,
    recorded: Scored | None = None,
    record: int = 100,
    overlap: int = 5,
    horizon: int = 400,
    paths: int = 20,
) -> tuple[Fading, ...]:
    """How long a holder keeps its weight when its score falls from above others to as much below.

    Each scheme gives weights (n,) from stakes, and from mean scores on record with their standard errors (all
    (n,)); stakes (n,) of the start. Every round a stake grows by `pay` (payout factor x multiplier) x its
    score: skill, and luck of which neighbouring rounds share all but one of `overlap` parts. The record is of
    another score if there is `recorded`. It starts with `record` rounds of the good time, and a round is on
    it `overlap` rounds later. Once the weight has halved the skill returns, until the weight is back. All
    schemes see the same luck; weights are looked at 10 % of the rounds gone by later each time. Raises
    ValueError for a holder that is not one of them or has no stake, and numbers that are not in range.
    """
    held = as_numbers(stakes, "The stakes")
    shares = stake_weights(held)
    if not 0 <= holder < held.size or not held[holder] > 0:
        raise ValueError("The holder must be one of those with a stake.")
    both = (paid, paid if recorded is None else recorded)
    sizes = np.array([pay, *(size for each in both for size in (each.skill, each.spread, each.noise))])
    if not ((sizes >= 0) & np.isfinite(sizes)).all():
        raise ValueError("Pay, skill and luck must be finite numbers of 0 or more.")
    if min(record, overlap, horizon, paths) < 1:
        raise ValueError("Rounds and paths are counted from 1.")
    looked_at = _looked_at(horizon)
    found = np.full((len(schemes), 2, paths), np.inf)
    for path in range(paths):
        drawn = _Path(rng, shares, holder, pay, both, record, overlap, 2 * horizon, recorded is None)
        for at, weigh in enumerate(schemes):
            full = drawn.weight(weigh, 0, 0)
            gone = next((t for t in looked_at if drawn.weight(weigh, t, t) <= full / 2), 0)
            if gone:
                back = (t for t in looked_at if drawn.weight(weigh, gone + t, gone) >= full)
                found[at, :, path] = gone, next(back, math.inf)
    return tuple(Fading(each[0], each[1], horizon) for each in found)


class _Path:
    """One draw of luck: stakes and records of holders (n,) after any number of rounds."""

    def __init__(
        self,
        rng: np.random.Generator,
        shares: Floats,
        holder: int,
        pay: float,
        scores: tuple[Scored, Scored],
        record: int,
        overlap: int,
        rounds: int,
        same: bool,
    ) -> None:
        n = shares.size
        self._holder, self._pay, self._scores = holder, pay, scores
        self._record, self._overlap = record, overlap
        paid, recorded = scores
        skills = rng.standard_normal(n)
        skills[holder] = 0
        luck = self._luck(rng, rounds, n)
        also = luck if same else self._luck(rng, rounds, n)
        start = recorded.spread * skills + recorded.noise * math.sqrt(overlap / record) * rng.standard_normal(
            n
        )
        start[holder] += recorded.skill
        # what each has been paid and has scored by then but for the holder's skill, from 0 rounds on
        grown = np.log(np.maximum(1 + pay * (paid.spread * skills + paid.noise * luck), 1e-9))
        self._stakes = np.log(np.maximum(shares, 1e-300)) + _summed(grown)
        self._luck_of_holder = paid.noise * luck[:, holder]
        self._scored = record * start + _summed(recorded.spread * skills + recorded.noise * also)

    def _luck(self, rng: np.random.Generator, rounds: int, n: int) -> Floats:
        """Rounds (r, n) with variance 1, each the sum of `overlap` parts of which one is new."""
        parts = _summed(rng.standard_normal((rounds + self._overlap - 1, n)))
        return (parts[self._overlap :] - parts[: -self._overlap]) / math.sqrt(self._overlap)

    def weight(self, weigh: Weigh, rounds: int, bad: int) -> float:
        """The holder's weight after so many rounds, the first `bad` of them the bad ones."""
        paid, recorded = self._scores
        logs: Floats = self._stakes[rounds].copy()
        sign: Floats = np.where(np.arange(rounds) < bad, -1.0, 1.0).astype(np.float64)
        own = np.maximum(1 + self._pay * (self._luck_of_holder[:rounds] + sign * paid.skill), 1e-9)
        logs[self._holder] = self._stakes[0, self._holder] + float(np.log(own).sum())
        known = max(rounds - self._overlap, 0)
        mean: Floats = self._scored[known] / (self._record + known)
        mean[self._holder] += recorded.skill * float(sign[:known].sum()) / (self._record + known)
        error = recorded.noise * math.sqrt(self._overlap / (self._record + known))
        stakes: Floats = np.exp(logs - float(logs.max()))
        found = weigh(stakes / float(stakes.sum()), mean, np.full(mean.size, error))
        return float(found[self._holder] / found.sum())


def _summed(rounds: Floats) -> Floats:
    """Sums (r + 1, n) of the first 0 to r rows."""
    return np.concatenate((np.zeros((1, rounds.shape[1])), np.cumsum(rounds, axis=0)))


def _looked_at(horizon: int) -> list[int]:
    found: list[int] = []
    at = 1
    while at < horizon:
        found.append(at)
        at += max(1, round(_STEP * at))
    return [*found, horizon]
