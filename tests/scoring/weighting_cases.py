"""Weights that are drawn, and schemes by themselves."""

import functools
from collections.abc import Callable

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from scoring.weighting import (
    power_weights,
)

unhurried = settings(deadline=None, max_examples=30)  # a busy machine is no failure
amounts = st.floats(0.01, 1e6)
with_zeros = st.lists(st.one_of(amounts, st.just(0.0)), min_size=1, max_size=20).filter(any)
models = st.lists(st.tuples(st.sampled_from("abcd"), amounts), min_size=1, max_size=20)


def each_alone(scheme: Callable[..., np.ndarray], **options: float) -> Callable[[np.ndarray], np.ndarray]:
    """The scheme when every stake is an account of its own."""
    return lambda stakes: scheme(stakes, range(len(stakes)), **options)


square_root = functools.partial(power_weights, exponent=0.5)
