"""Scores of everybody as tables, a row per round and a column per model, as far as memory allows."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from features.meta_model.implied import MMC_OF, PUBLISHED, published_mmc
from features.payout.windows import newest_that_fit
from tournament.source import Floats, History, Numbers, Rounds, TournamentField
from wording.numbers import counted, listed, score_name, span

MOST_ROWS = 1_000_000  # of final scores that are looked at at once: a table of them takes some 15 MB
MMC = MMC_OF["corr"]


@dataclass(frozen=True)
class RecordTables:
    """Final scores of everybody in rounds (r,), in order, those without a score included.

    models: the names of those that have any. overlap: how many rounds are open at once. left: a sentence on
    rounds that did not fit, and on rows that are interim; "" where all count.
    """

    numbers: Numbers
    models: tuple[str, ...]
    overlap: int
    left: str
    scores: tuple[str, ...]  # those that anybody has
    _round: NDArray[np.int32] = field(repr=False)  # of each row
    _model: NDArray[np.int32] = field(repr=False)
    _values: Mapping[str, NDArray[np.float32]] = field(repr=False)

    def of(self, score: str) -> Floats:
        """The table (r, n) of one score; NaN where a model has none."""
        table = np.full((self.numbers.size, len(self.models)), np.nan)
        table[self._round, self._model] = self._values[score]
        return table

    def spread_of(self, score: str) -> tuple[Numbers, int]:
        """The rounds that have a score, and how many models do."""
        there = ~np.isnan(self._values[score])
        return self.numbers[np.unique(self._round[there])], int(np.unique(self._model[there]).size)

    def known(self, typed: str | None, *preferred: str) -> str:
        """The score that was typed, else the first preferred one there is.

        Raises ValueError with a sentence for one that nobody has.
        """
        if not self.scores:
            raise ValueError("Nobody has a final score here yet, so there is no record to look at.")
        if typed is None:
            return next((each for each in preferred if each in self.scores), self.scores[0])
        wanted = "".join(letter for letter in typed.casefold() if letter.isalnum())
        for score in self.scores:
            if wanted == "".join(letter for letter in score if letter.isalnum()):
                return score
        raise ValueError(
            f"“{typed.strip()[:40]}” is not a score here: there "
            f"{'is' if len(self.scores) == 1 else 'are'} {listed(list(map(score_name, self.scores)))}."
        )


def read_tables(everyone: TournamentField, calendar: Rounds) -> RecordTables:
    """The final scores of the newest rounds that fit, a piece at a time."""
    numbers = (
        newest_that_fit(everyone.numbers, everyone.rows, MOST_ROWS)
        if everyone.numbers.size
        else everyone.numbers
    )
    parts: list[tuple[Numbers, NDArray[np.int64], dict[str, NDArray[np.float32]]]] = []
    interim = 0
    for piece in everyone.pieces(numbers):
        interim += int(np.count_nonzero(~piece.resolved))
        rows = piece.only(piece.resolved)
        columns = {name: values.astype(np.float32) for name, values in columns_of(rows).items()}
        if rows.round.size:
            parts.append((rows.round, rows.model, columns))
    nothing = np.empty(0, dtype=np.int64)
    rounds: Numbers = np.concatenate([nothing, *(part[0] for part in parts)])
    model: Numbers = np.concatenate([nothing, *(part[1] for part in parts)])
    values: dict[str, NDArray[np.float32]] = {}
    for name in dict.fromkeys(name for part in parts for name in part[2]):
        column = [part[2].get(name, np.full(part[0].size, np.nan, dtype=np.float32)) for part in parts]
        whole: NDArray[np.float32] = np.concatenate(column)
        if not np.isnan(whole).all():
            values[name] = whole
    every: Numbers = np.unique(rounds)
    if every.size:
        paid = calendar.number[calendar.paid]
        every = np.union1d(every, paid[(paid >= every[0]) & (paid <= every[-1])])
    there: Numbers = np.unique(model)
    which: list[int] = there.tolist()
    return RecordTables(
        numbers=every,
        models=tuple(everyone.models[each] for each in which),
        overlap=calendar.overlap(every),
        left=_left(everyone.numbers, numbers, interim),
        scores=tuple(values),
        _round=np.searchsorted(every, rounds).astype(np.int32),
        _model=np.searchsorted(there, model).astype(np.int32),
        _values=values,
    )


def own_columns(tables: RecordTables, history: History) -> NDArray[np.intp]:
    """Which columns of the tables are of the models that a history has rows of."""
    which: list[int] = np.unique(history.model).tolist()
    names = {history.models[each] for each in which}
    return np.array([at for at, name in enumerate(tables.models) if name in names], dtype=np.intp)


def means_of(table: Floats) -> Floats:
    """Means of columns over the rows that are there; nan for none."""
    counts = np.count_nonzero(~np.isnan(table), axis=0)
    return np.where(counts, np.nansum(table, axis=0) / np.maximum(counts, 1), np.nan)


def beyond(table: Floats) -> Floats:
    """Scores (r, n) beyond the mean of all in the round."""
    return table - means_of(table.T)[:, np.newaxis]


def columns_of(rows: History) -> dict[str, Floats]:
    """The scores of rows (n,), with the MMC that is known of some where it is no score of them."""
    columns = dict(rows.scores)
    if MMC not in columns and PUBLISHED in rows.likeness:
        columns[MMC] = published_mmc(rows, MMC)
    return columns


def _left(every: Numbers, read: Numbers, interim: int) -> str:
    told: list[str] = []
    if read.size < every.size:
        told.append(f"Only the newest fit, {span(int(read[0]), int(read[-1]))}.")
    if interim:
        told.append(f"{counted(interim, 'interim score is', 'interim scores are')} left out.")
    return " ".join(told)
