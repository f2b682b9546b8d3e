"""Correlations of lists that have gaps."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def correlations(columns: Numbers) -> Numbers:
    """Correlations (n, n) of columns over the rows that both have; nan where one is constant."""
    there = (~np.isnan(columns)).astype(np.float64)
    x = np.where(there > 0, columns, 0.0)
    common = np.maximum(there.T @ there, 1)
    sums, squares = x.T @ there, (x * x).T @ there  # of the first, over the rows of both
    covariance = x.T @ x - sums * sums.T / common
    spread = squares - sums**2 / common
    spread = np.where(spread > 1e-12 * squares, spread, 0.0)  # a constant record but for rounding
    size = np.sqrt(spread * spread.T)
    r = np.divide(covariance, size, out=np.full(size.shape, np.nan), where=size > 0)
    return np.clip(r, -1, 1)
