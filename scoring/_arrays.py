"""Arrays as the public functions take them: read, checked and brought to one shape."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def common_shape(**shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape to which all of these broadcast; ValueError says which do not fit."""
    try:
        return np.broadcast_shapes(*shapes.values())
    except ValueError as error:
        told = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"The shapes do not fit each other: {told}.") from error


def as_numbers(values: ArrayLike, what: str) -> NDArray[np.float64]:
    """The same as float64; ValueError says what (`The stake`, ...) can't be read as numbers."""
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{what} must be numbers.") from error
