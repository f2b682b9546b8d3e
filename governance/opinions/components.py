"""Where votes place people: the first two principal components of votes of which many are missing."""

import numpy as np
from numpy.typing import NDArray

# A linear algebra library starts threads for larger products, and waits for all of them: on a busy machine
# that takes forty times as long as the work. Pieces of this size are done at once.
PIECE = 262_144  # multiplications

_TILE, _BLOCK, _POWERS = 64, 4, 6  # a tile's cube is a piece; four directions, with five images of each
_CLOSE = 1e-4  # of the largest variance: what two directions may miss
_RESTARTS = 100  # a dozen will do, unless directions are hardly told apart, and then either will do

Floats = NDArray[np.float64]


def axes(matrix: Floats, weights: NDArray[np.integer] | None = None) -> tuple[Floats, Floats]:
    """The mean of each statement (m,) and its loadings on the first two principal components (m, 2).

    matrix (n, m), nan where there is no vote: it counts as a vote at the mean. A row of weight 2 counts like
    two. What has fewer than two directions gets zeros.
    """
    cast = ~np.isnan(matrix)
    weight = np.ones((len(matrix), 1)) if weights is None else weights.astype(np.float64)[:, None]
    mean = (weight * np.where(cast, matrix, 0)).sum(axis=0) / np.maximum((weight * cast).sum(axis=0), 1)
    return mean, directions(np.where(cast, matrix - mean, 0) * np.sqrt(weight))


def place(matrix: Floats, mean: Floats, axes: Floats) -> Floats:
    """Where votes (n, m) lie on a map (n, 2) of these means and axes, further out with fewer votes."""
    cast = ~np.isnan(matrix)
    return np.einsum("nm,md->nd", np.where(cast, matrix - mean, 0), axes) * outward(cast)


def outward(cast: NDArray[np.bool_]) -> Floats:
    """How much further out everybody is moved (n, 1): a missing vote, at the mean, pulls to the middle."""
    return np.sqrt(cast.any(axis=0).sum() / np.maximum(cast.sum(axis=1), 1))[:, None]


def directions(centred: Floats) -> Floats:
    """The first two right singular vectors (m, 2) of rows (n, m); zeros for those of no length.

    Each is turned so that its sum is not negative. Block Krylov steps, restarted from the best four, until
    they miss no more than a ten-thousandth of the largest variance. Source: Musco and Musco 2015.
    """
    size = centred.shape[1]
    if not centred.size:
        return np.zeros((size, 2))
    products = _products(centred)
    if size <= _BLOCK * _POWERS:
        variances, vectors = np.linalg.eigh(products)
        vectors = np.pad(vectors[:, :-3:-1], ((0, 0), (0, max(0, 2 - size))))
        variances = np.pad(variances[:-3:-1], (0, max(0, 2 - size)))
    else:
        variances, vectors = _longest(products)
    vectors = np.where(variances > 1e-9 * max(1.0, variances[0]), vectors, 0)
    return vectors * np.where(vectors.sum(axis=0) < 0, -1, 1)  # either sign would do: keep to one


def _longest(products: Floats) -> tuple[Floats, Floats]:
    """The two largest eigenvalues of a symmetric matrix (m, m), and their vectors (m, 2)."""
    best = np.random.default_rng(0).normal(size=(len(products), _BLOCK))  # any would do
    variances = np.zeros(2)
    for _ in range(_RESTARTS):
        blocks = [np.linalg.qr(best)[0]]
        for _ in range(_POWERS - 1):
            blocks.append(np.linalg.qr(products @ blocks[-1])[0])
        space = np.linalg.qr(np.concatenate(blocks, axis=1))[0]
        image = np.concatenate([products @ block for block in np.hsplit(space, _POWERS)], axis=1)
        every, turned = np.linalg.eigh(space.T @ image)
        turned, variances = turned[:, : -_BLOCK - 1 : -1], every[:-3:-1]
        best = space @ turned
        missed = np.linalg.norm(image @ turned[:, :2] - best[:, :2] * variances, axis=0)
        if (missed <= _CLOSE * variances[0]).all():
            break
    return variances, best[:, :2]


def _products(rows: Floats) -> Floats:
    """rows.T @ rows of (n, m), tile by tile."""
    size = rows.shape[1]
    stack = np.pad(rows, ((0, -len(rows) % _TILE), (0, 0))).reshape(-1, _TILE, size)
    found = np.empty((size, size))
    for one in range(0, size, _TILE):
        for other in range(0, one + 1, _TILE):
            left, right = stack[:, :, one : one + _TILE], stack[:, :, other : other + _TILE]
            found[one : one + _TILE, other : other + _TILE] = (left.transpose(0, 2, 1) @ right).sum(axis=0)
            found[other : other + _TILE, one : one + _TILE] = found[
                one : one + _TILE, other : other + _TILE
            ].T
    return found
