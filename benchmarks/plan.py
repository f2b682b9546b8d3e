"""Records drawn again by the thousand, beside arch drawing the same."""

import numpy as np
from arch.bootstrap import CircularBlockBootstrap, StationaryBootstrap

from benchmarks.timing import agreement, side_by_side
from scoring.drawdown import max_drawdown
from scoring.drawdown.resampled import resampled_drawdowns

RECORDS, ROUNDS, BLOCK = 10_000, 500, 10


def run() -> None:
    """Deepest falls of 10,000 records of 500 rounds, in blocks of fixed and of random length."""
    values = np.random.default_rng(7).normal(0.02, 1, ROUNDS)
    for name, kind, stationary in (
        ("circular", CircularBlockBootstrap, False),
        ("stationary", StationaryBootstrap, True),
    ):
        found: dict[str, np.ndarray] = {}

        def with_arch(kind=kind, found=found) -> None:
            drawn = kind(BLOCK, values, seed=np.random.default_rng(1))
            found["arch"] = drawn.apply(_deepest, RECORDS)[:, 0]

        def with_scoring(stationary=stationary, found=found) -> None:
            found["scoring"] = resampled_drawdowns(
                values, BLOCK, stationary=stationary, resamples=RECORDS, rng=np.random.default_rng(2)
            )

        side_by_side(
            f"Deepest falls of {RECORDS:,} {name} resamples of {ROUNDS} rounds",
            3,
            arch=with_arch,
            scoring_drawdown=with_scoring,
        )
        for share in (0.25, 0.5, 0.9):  # lower ones move by a hundredth from seed to seed
            theirs, ours = (float(np.quantile(found[who], share)) for who in ("arch", "scoring"))
            agreement(f"the {share:.0%} quantile, of itself", abs(ours / theirs - 1), 0.03)
    assert max_drawdown(values) == _deepest(values)


def _deepest(values: np.ndarray) -> float:
    level = np.cumsum(values)
    return float(np.max(np.maximum(np.maximum.accumulate(level), 0) - level))


if __name__ == "__main__":
    run()
