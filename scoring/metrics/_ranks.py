"""Ranks of many models' predictions from one sort, a few models at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_AT_A_TIME = 2**16  # numbers: half a megabyte, which stays in a processor's own cache with what is made of it
_BUT_SIGN = 2**63 - 1

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Block:
    """Models side by side: stocks in ascending order (b, s) and where their average ranks stand (b, s).

    Places are half ranks counted from 0, of which a table has 2s - 1. Where no model has two equal
    predictions there are none: everybody has every second place.
    """

    columns: slice
    order: Whole
    places: Whole | None

    def times(self, line: Numbers, table: Numbers) -> Numbers:
        """Sums over stocks (b,) of a number for each stock (s,) x the table where its prediction stands."""
        ordered, looked_up = line[self.order], self._of(table)
        return ordered @ looked_up if looked_up.ndim == 1 else np.einsum("ij,ij->i", ordered, looked_up)

    def sums(self, table: Numbers) -> Numbers:
        """Sums over stocks of the table where each prediction stands: (b,), or () when all are the same."""
        return np.asarray(self._of(table).sum(axis=-1))

    def by_stock(self, table: Numbers) -> Numbers:
        """The table at the place of each prediction (b, s), in the order of the stocks."""
        found = np.empty(self.order.shape)
        looked_up = np.broadcast_to(self._of(table), found.shape)
        # model by model, which is three times faster than all at once: no place is made of two numbers
        for model, order, values in zip(found, self.order, looked_up, strict=True):
            model.put(order, values)
        return found

    def _of(self, table: Numbers) -> Numbers:
        return table[::2] if self.places is None else table[self.places]


def blocks(predictions: Numbers) -> Iterator[Block]:
    """Predictions (s, n) without NaN, as many models at a time as a processor's own cache holds."""
    stocks, models = predictions.shape
    step = max(1, _AT_A_TIME // stocks)
    for first in range(0, models, step):
        columns = slice(first, min(first + step, models))
        yield ranked(np.ascontiguousarray(predictions[:, columns].T), columns)


def ranked(rows: Numbers, columns: slice) -> Block:
    """Models' predictions (b, s), sorted as whole numbers that end in the number of the stock.

    That is half the time of sorting places and looking up the values. What it can't tell apart is sorted
    again as it is: equal predictions, and those that differ in their last digits only.
    """
    stocks = rows.shape[1]
    bits = stocks.bit_length()
    low = (1 << bits) - 1
    keys: Whole = (rows + 0.0).view(np.int64)  # -0.0 becomes 0.0
    keys ^= (keys >> 63) & _BUT_SIGN  # of negative numbers the larger bits are the smaller number
    keys &= ~low
    numbers: Whole = np.arange(stocks, dtype=np.int64)
    keys |= numbers
    keys.sort(axis=1)
    order = keys & low
    keys >>= bits
    close = np.flatnonzero((keys[:, 1:] == keys[:, :-1]).any(axis=1))
    if not close.size:
        return Block(columns, order, None)
    values = rows[close]
    order[close] = values.argsort(axis=1)
    values = np.take_along_axis(values, order[close], axis=1)
    places: Whole = np.repeat(2 * numbers[np.newaxis], len(rows), axis=0)
    places[close] = _tied_places(values)
    return Block(columns, order, places)


def _tied_places(values: Numbers) -> Whole:
    """Places (b, s) of ascending values: first + last position of those that are equal."""
    position: Whole = np.arange(values.shape[1], dtype=np.int64)
    begins, ends = np.ones(values.shape, dtype=bool), np.ones(values.shape, dtype=bool)
    begins[:, 1:] = ends[:, :-1] = values[:, 1:] != values[:, :-1]
    first = np.maximum.accumulate(np.where(begins, position, 0), axis=1)
    last = np.minimum.accumulate(np.where(ends, position, position[-1])[:, ::-1], axis=1)[:, ::-1]
    return first + last


def gaussian(stocks: int) -> Numbers:
    """Normal quantiles (2s - 1,) of (rank - 1/2) / s, for ranks 1, 1.5, 2 to s."""
    # here, because scipy takes longer to load than an answer may wait
    from scipy.special import ndtri  # pyright: ignore[reportMissingTypeStubs] - scipy brings no types

    return np.asarray(ndtri(np.arange(1, 2 * stocks) / (2 * stocks)), dtype=np.float64)


def powered(values: Numbers) -> Numbers:
    """Values to the power of 1.5, with their sign."""
    return np.sign(values) * np.abs(values) ** 1.5
