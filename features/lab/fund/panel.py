"""Scores by round and model beside the fund, as large as a small host can hold."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from features.meta_model.implied import WITH_META_MODEL, ImpliedMetaModel, meta_model_of
from tournament.source import Floats, History, Numbers, Rounds, TournamentField
from wording.names import find_rounds
from wording.numbers import counted

FUND_SCORE = "corr"
MOST_CELLS = 500_000  # models x rounds of a table, of which a question holds several at once
MOST_ROUNDS = 400
NO_FUND = (
    "There is no fund to hold anything against here: it is made of each model's CORR and its correlation "
    "with the meta model, and no final round has both beside a stake."
)


@dataclass(frozen=True)
class FundRounds:
    """The final rounds (r,) in which the fund is told, and what is known of the models (m,) in them.

    scored (r, m): whether a model has a final CORR. held (m,): its stake at risk, added up over the rounds.
    """

    everyone: TournamentField = field(repr=False)
    fund: ImpliedMetaModel = field(repr=False)
    numbers: Numbers
    overlap: int  # rounds that are open at once
    scored: NDArray[np.bool_] = field(repr=False)
    held: Floats = field(repr=False)
    left_out: str  # which rounds are not looked at, in a sentence; "" where all are

    @property
    def corr(self) -> Floats:
        """CORR of the fund (r,)."""
        return self.fund.corr[np.isin(self.fund.numbers, self.numbers)]

    @property
    def mean_score(self) -> Floats:
        """The stake-weighted mean CORR (r,), which is not the fund."""
        return self.fund.mean_score[np.isin(self.fund.numbers, self.numbers)]

    @property
    def block(self) -> int:
        """Rounds of a stretch that stands for one independent case: ten at least, twice the overlap."""
        return max(10, 2 * self.overlap)


@dataclass(frozen=True)
class FundPanel:
    """Final rounds (r,) of models (n,): each table (r, n) has NaN where a model has none."""

    numbers: Numbers
    models: NDArray[np.intp]  # as they are numbered in the field
    stake: Floats = field(repr=False)
    scores: Mapping[str, Floats] = field(repr=False)
    alike: Floats = field(repr=False)  # correlation with the meta model
    left_out: str  # which models are not looked at, in a sentence; "" where all are


def fund_rounds(everyone: TournamentField, calendar: Rounds, rounds: str | None = None) -> FundRounds:
    """The final rounds that were typed, all without, in which the fund is told; the newest where too many.

    Raises ValueError with a sentence where there is none, and for rounds that can't be read.
    """
    fund = meta_model_of(everyone, calendar, score=FUND_SCORE)
    told = fund.numbers
    if not told.size:
        raise ValueError(NO_FUND)
    asked = told if rounds is None else find_rounds(rounds, told)
    numbers, left_out = asked[-MOST_ROUNDS:], ""
    if numbers.size < asked.size:
        left_out = f"Of {counted(asked.size, 'round')} the newest {MOST_ROUNDS} are looked at."
    scored = np.zeros((numbers.size, len(everyone.models)), dtype=np.bool_)
    held = np.zeros(len(everyone.models))
    for rows in everyone.pieces(numbers):
        some = _final(rows, numbers)
        if FUND_SCORE not in some.scores:
            continue
        there = some.only(~np.isnan(some.scores[FUND_SCORE]))
        scored[np.searchsorted(numbers, there.round), there.model] = True
        held += np.bincount(there.model, weights=np.nan_to_num(there.stake), minlength=held.size)
    return FundRounds(everyone, fund, numbers, calendar.overlap(numbers), scored, held, left_out)


def read_panel(
    known: FundRounds,
    numbers: Numbers,
    models: NDArray[np.intp],
    *,
    others: tuple[str, ...] = (),
    most: int = MOST_CELLS,
) -> FundPanel:
    """The tables of these rounds and models; of too many models those with the largest stakes."""
    fit = max(2, most // max(numbers.size, 1))
    left_out = ""
    if models.size > fit:
        largest = np.argsort(-known.held[models], kind="stable")[:fit]
        left_out = f"Of {counted(models.size, 'model')} the {fit:,} with the largest stakes are looked at."
        models = np.sort(models[largest])
    place = np.full(len(known.everyone.models), -1, dtype=np.intp)
    place[models] = np.arange(models.size)
    shape = (numbers.size, models.size)
    names = (FUND_SCORE, *others)
    tables = {name: np.full(shape, np.nan) for name in (*names, "stake", "alike")}
    for piece in known.everyone.pieces(numbers):
        rows = _final(piece, numbers)
        rows = rows.only(place[rows.model] >= 0)
        at = (np.searchsorted(numbers, rows.round), place[rows.model])
        columns = dict(rows.scores) | {"stake": rows.stake, "alike": rows.likeness.get(WITH_META_MODEL)}
        for name, table in tables.items():
            values = columns.get(name)
            if values is not None:
                table[at] = values
    stake, alike = tables.pop("stake"), tables.pop("alike")
    return FundPanel(numbers, models, stake, tables, alike, left_out)


def _final(rows: History, numbers: Numbers) -> History:
    return rows.only(rows.resolved & np.isin(rows.round, numbers))
