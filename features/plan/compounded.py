"""What the meta model would have scored if stakes had compounded under other payout rules."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from features.payout.pricing import rules_of_rounds
from scoring.change.staking import follow_stake
from scoring.meta_model import LEAST_ALIKE
from scoring.payout import payouts
from tournament.source import Floats, History, Numbers, Rounds, TournamentField

MOST_CELLS = 3_000_000  # rounds x models that are followed at once: 24 MB for each table
CORR, ALIKE = "corr", "corr_with_meta_model"


@dataclass(frozen=True)
class Followed:
    """Final rounds (r,) of n models with all that stakes are followed by; tables are (r, n), NaN without."""

    numbers: Numbers
    scores: Mapping[str, Floats] = field(repr=False)
    alike: Floats = field(repr=False)
    at_risk: Floats = field(repr=False)
    factor: Floats = field(repr=False)
    clip: Floats = field(repr=False)  # (r, 1)
    clip_order: np.ndarray = field(repr=False)  # (r, 1) names of it
    opened: np.ndarray = field(repr=False)
    resolves: np.ndarray = field(repr=False)
    overlap: int
    cut: bool  # whether older rounds were left out, as more would not fit


def followed_rounds(
    tournament: str, everyone: TournamentField, calendar: Rounds, scores: Sequence[str]
) -> Followed:
    """The newest final rounds in which somebody has every one of these scores, as far as they fit.

    Raises ValueError with a sentence where there are none.
    """
    most = max(1, MOST_CELLS // max(1, len(everyone.models)))
    kept: list[History] = []
    found: list[int] = []
    cut = False
    for piece in everyone.pieces(newest_first=True):
        rows = piece.only(piece.resolved & (piece.stake > 0))
        there = np.ones(rows.round.size, dtype=bool)
        for score in (CORR, *scores):
            there &= ~np.isnan(rows.scores[score]) if score in rows.scores else False
        there &= ~np.isnan(rows.likeness[ALIKE]) if ALIKE in rows.likeness else False
        rounds = np.unique(rows.round[there])[::-1].tolist()
        cut = len(found) + len(rounds) > most
        rounds = rounds[: most - len(found)]
        found += rounds
        kept.append(_needed(rows, scores).only(np.isin(rows.round, rounds)))
        if cut:
            break
    if not found:
        raise ValueError(
            "No final round has a CORR, a correlation with the meta model and the scores of this grid."
        )
    numbers = np.array(sorted(found), dtype=np.int64)
    at = np.searchsorted(calendar.number, numbers)
    in_force = rules_of_rounds(tournament, numbers.tolist(), calendar)

    def table(of: Callable[[History], Floats]) -> Floats:
        cells = np.full((numbers.size, len(everyone.models)), np.nan)
        for rows in kept:
            cells[np.searchsorted(numbers, rows.round), rows.model] = of(rows)
        return cells

    return Followed(
        numbers=numbers,
        scores={score: table(_of(score)) for score in dict.fromkeys((CORR, *scores))},
        alike=table(lambda rows: rows.likeness[ALIKE]),
        at_risk=table(lambda rows: rows.stake),
        factor=table(lambda rows: rows.payout_factor),
        clip=np.array([[in_force[each].clip] for each in numbers.tolist()]),
        clip_order=np.array([[in_force[each].clip_order] for each in numbers.tolist()]),
        opened=calendar.opened[at],
        resolves=calendar.resolves[at],
        overlap=calendar.overlap(numbers),
        cut=cut,
    )


def meta_model_under(followed: Followed, rule: Mapping[str, float]) -> dict[str, Floats]:
    """What the meta model scores (r,) if stakes begin as they were and compound under a rule from then on.

    CORR is the implied one; other scores are stake-weighted means. A model begins with the stake of its first
    round, pays in and takes out nothing, and weighs in the rounds in which it really had a stake.
    """
    paid = {score: times for score, times in rule.items() if times}
    scored = np.stack([followed.scores[score] for score in paid], axis=-1)
    rates = np.full(followed.at_risk.shape, np.nan)
    for order in np.unique(followed.clip_order).tolist():
        at = np.flatnonzero(followed.clip_order[:, 0] == order)
        rates[at] = payouts(
            scored[at],
            list(paid.values()),
            1.0,
            factor=followed.factor[at],
            clip=followed.clip[at],
            clip_order=order,
        )
    there = ~np.isnan(followed.at_risk)
    first = followed.at_risk[there.argmax(axis=0), np.arange(there.shape[1])]
    path = follow_stake(rates, followed.opened, followed.resolves, np.nan_to_num(first))
    found: dict[str, Floats] = {}
    for score, values in followed.scores.items():
        counts = there & ~np.isnan(values)
        below = followed.alike if score == CORR else np.ones(values.shape)
        counts &= ~np.isnan(below)
        weights = np.where(counts, path.stake, 0.0)
        whole = (weights * np.nan_to_num(below)).sum(axis=1)
        held = weights.sum(axis=1)
        above = (weights * np.nan_to_num(values)).sum(axis=1)
        enough = (held > 0) & (np.abs(whole) > LEAST_ALIKE * held)
        unknown: Floats = np.full(followed.numbers.size, np.nan)
        found[score] = np.divide(above, whole, out=unknown, where=enough)
    return found


def _of(score: str) -> Callable[[History], Floats]:
    return lambda rows: rows.scores[score]


def _needed(rows: History, scores: Sequence[str]) -> History:
    """Rows with nothing that is not followed: they may be many."""
    wanted = {score: rows.scores[score] for score in (CORR, *scores) if score in rows.scores}
    filled = {score: np.full(rows.round.size, np.nan) for score in (CORR, *scores)}
    alike = rows.likeness.get(ALIKE, np.full(rows.round.size, np.nan))
    return replace(rows, scores=filled | wanted, chosen={}, other_unit={}, likeness={ALIKE: alike})
