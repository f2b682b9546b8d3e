"""Made-up votes, and a map that others have drawn."""

import numpy as np

from governance.opinions.map import OpinionMap


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def triples(matrix: np.ndarray) -> np.ndarray:
    """Votes (v, 3) of a matrix with nan where nobody voted."""
    people, statements = np.nonzero(~np.isnan(matrix))
    return np.column_stack((people, statements, matrix[people, statements]))


def camps(first: int, second: int) -> np.ndarray:
    """Two camps: they agree on 0, disagree on 1, part on 2 to 7; the last statement is passed by all."""
    one, other = [1.0, -1, 1, 1, 1, -1, -1, -1, 0], [1.0, -1, -1, -1, -1, 1, 1, 1, 0]
    return np.array([one] * first + [other] * second)


def blurred(votes: np.ndarray) -> np.ndarray:
    """The same with one vote in ten drawn anew."""
    source = rng(8)
    return np.where(source.random(votes.shape) < 0.1, source.integers(-1, 2, votes.shape), votes)


def labels_of(found: OpinionMap, people: int) -> np.ndarray:
    """Everybody's group, -1 for none."""
    own = np.full(people, -1)
    for label, group in enumerate(found.groups):
        own[list(group.members)] = label
    return own
