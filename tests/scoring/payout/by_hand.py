"""The rule calculated by hand, and what properties draw their numbers from."""

from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from scoring.payout import CLIP_ORDERS

INSIDE, OUTSIDE = CLIP_ORDERS
SAMPLE = Path(__file__).parents[3] / "data" / "sample"

unhurried = settings(deadline=None)  # a busy machine is no failure
shares = st.floats(-1, 1, allow_subnormal=False)
factors = st.floats(0, 1, allow_subnormal=False)
multipliers = st.floats(0, 10, allow_subnormal=False)
stakes = st.floats(0, 1e6, allow_subnormal=False)
clips = st.floats(0.01, 1)
orders = st.sampled_from(CLIP_ORDERS)


def by_hand(
    scores: list[float], weights: list[float], stake: float, factor: float, clip: float, order: str
) -> float:
    """The rule as its documentation says it, one row at a time."""
    weighted = sum(weight * score for weight, score in zip(weights, scores, strict=True) if weight != 0)
    if order == INSIDE:
        return stake * max(-clip, min(clip, factor * weighted))
    return stake * factor * max(-clip, min(clip, weighted))
