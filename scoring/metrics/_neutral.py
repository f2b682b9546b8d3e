"""What features explain of predictions, taken out of many models at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SMALLEST = 1e-6  # directions of the features below this share of the largest are none, as in numerai-tools
_ROUND = 1e3  # how much further one direction may reach than another for one pass to be exact
_FLAT = 1e8  # beyond this, products of the features tell directions too badly apart

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Explained:
    """The directions that features and a constant span, on the same s stocks."""

    columns: Numbers  # (s, k)
    inverse: Numbers | None  # (k, k) of the columns' products; None where the columns are at right angles
    passes: int
    equal: NDArray[np.intp] | None  # (s,) the first stock of the same features; None where all differ

    @classmethod
    def by(cls, features: Numbers) -> Explained:
        """Of features (s, f), without their directions below 1e-6 of the largest.

        From the products of the features, less their means and of length 1, which is many times faster than
        a decomposition of the features. Where those say too little, or a direction may be so short that it
        is none, the features are decomposed.
        """
        equal = _first_of_equal(features)
        # what is too large for a square is decomposed too
        with np.errstate(over="ignore", invalid="ignore"):
            found = _by_products(features)
        if found is not None:
            return cls(*found, equal)
        basis = np.column_stack((features, np.ones(len(features))))
        _, sizes, turned = np.linalg.svd(basis, full_matrices=False)
        kept = sizes > _SMALLEST * sizes[0]
        return cls(basis @ (turned[kept].T / sizes[kept]), None, 2, equal)

    def take_out_of(self, rows: Numbers) -> None:
        """Leave of each model's numbers (b, s) what is not explained, in place; equal features keep ties."""
        if self.inverse is not None:
            rows -= rows.mean(axis=1, keepdims=True)
        fit = np.empty(rows.shape)
        for _ in range(self.passes):
            along = rows @ self.columns
            np.matmul(along if self.inverse is None else along @ self.inverse, self.columns.T, out=fit)
            # a product may round the same sum differently from stock to stock
            rows -= fit if self.equal is None else fit[:, self.equal]


def _first_of_equal(features: Numbers) -> NDArray[np.intp] | None:
    first: dict[bytes, int] = {}
    # 0 and -0 are equal, and not their bytes
    stocks = [first.setdefault(stock.tobytes(), number) for number, stock in enumerate(features + 0.0)]
    return np.array(stocks) if len(first) < len(features) else None


def _by_products(features: Numbers) -> tuple[Numbers, Numbers, int] | None:
    """Columns, inverse and passes from products of the features; None where that would not be exact."""
    varied = features[:, (features != features[0]).any(axis=0)]
    stocks, count = varied.shape
    if not 0 < count < stocks - 1:
        return None
    means = varied.mean(axis=0)
    columns: Numbers = varied - means
    lengths = np.sqrt(np.einsum("ij,ij->j", columns, columns))
    columns /= lengths
    products: Numbers = columns.T @ columns
    try:
        turned = np.linalg.inv(np.linalg.cholesky(products))
    except np.linalg.LinAlgError:
        return None
    inverse: Numbers = turned.T @ turned
    reach, shortest = _largest_sum(products), _largest_sum(inverse)
    # bounds: the features are these columns, stretched by their lengths and moved by their means
    stretched = np.sqrt(1 + ((1 + means**2) / lengths**2).sum())
    smallest = min(1 / np.sqrt(shortest), np.sqrt(stocks)) / stretched
    largest = np.sqrt((features**2).sum() + stocks)
    if not (reach * shortest < _FLAT and smallest > _SMALLEST * largest):
        return None
    return columns, inverse, 1 if reach * shortest < _ROUND else 2


def _largest_sum(square: Numbers) -> float:
    """At least the largest eigenvalue of a symmetric matrix."""
    return float(np.abs(square).sum(axis=0).max())
