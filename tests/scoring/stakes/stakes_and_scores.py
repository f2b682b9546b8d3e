"""Made-up accounts."""

import numpy as np


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def accounts(n: int, seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    draw = rng(seed)
    return draw.lognormal(2, 2, n), draw.normal(0, 0.02, n)
