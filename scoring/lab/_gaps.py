"""Correlations of lists that have gaps."""

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def correlations(columns: Numbers, others: Numbers | None = None) -> Numbers:
    """Correlations (n, m) of columns (r, n) with others (r, m) over the rows that both have.

    Without others, of the columns with each other; nan where one is constant.
    """
    other = columns if others is None else others
    here, there = (~np.isnan(each) for each in (columns, other))
    x, y = np.where(here, columns, 0.0), np.where(there, other, 0.0)
    a, b = here.T.astype(np.float64), there.astype(np.float64)
    common = np.maximum(a @ b, 1)
    sum_x, sum_y = x.T @ b, a @ y  # over the rows of both
    covariance = x.T @ y - sum_x * sum_y / common
    size = np.sqrt(_spread((x * x).T @ b, sum_x, common) * _spread(a @ (y * y), sum_y, common))
    r = np.divide(covariance, size, out=np.full(size.shape, np.nan), where=size > 0)
    return np.clip(r, -1, 1)


def _spread(squares: Numbers, sums: Numbers, common: Numbers) -> Numbers:
    """Squared distances to the mean; 0 for a constant record but for rounding."""
    spread = squares - sums**2 / common
    return np.where(spread > 1e-12 * squares, spread, 0.0)
