"""The deepest falls of many records at once."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def deepest(periods: Iterable[Numbers], records: int) -> Numbers:
    """Deepest falls (records,) of records that come period by period, each (records,)."""
    fallen, most = np.zeros((2, records))
    for values in periods:
        np.subtract(fallen, values, out=fallen)
        np.maximum(fallen, 0.0, out=fallen)
        np.maximum(most, fallen, out=most)
    return most
