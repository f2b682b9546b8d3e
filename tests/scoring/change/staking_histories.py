"""Made-up histories of stakes, and what they are drawn from."""

import math

import numpy as np
from hypothesis import strategies as st

ARRAYS = ("stake", "at_risk", "payout", "final")


def decimals(low: int, high: int, *, places: int) -> st.SearchStrategy[float]:
    return st.integers(low * 10**places, high * 10**places).map(lambda units: units / 10**places)


rates_of_a_round = st.one_of(
    decimals(-1, 1, places=1),
    decimals(-1, 1, places=6),
    st.sampled_from([math.nan, -1.0, -0.25, 0.25, 0.0, -1.5]),
)
deposits = st.one_of(st.just(0.0), decimals(-200, 200, places=3), st.just(-1e6))
amounts = decimals(0, 10_000, places=4)
lags = st.one_of(st.integers(0, 12), st.sampled_from([0, 0, 1, 5, 25, 64]))


@st.composite
def histories(draw: st.DrawFn, columns: int = 2) -> dict:
    """Up to 16 rounds in no order, several of them opening, resolving or passing at the same moment."""
    rounds = draw(st.integers(1, 16))

    def each(values: st.SearchStrategy) -> list:
        return draw(st.lists(values, min_size=rounds, max_size=rounds))

    opened = each(st.integers(0, 20))
    return {
        "rates": np.array(each(st.tuples(*[rates_of_a_round] * columns))),
        "opened": opened,
        "resolves": [start + lag for start, lag in zip(opened, each(lags), strict=True)],
        "stake": np.array(draw(st.tuples(*[amounts] * columns))),
        "fractions": draw(
            st.one_of(
                st.sampled_from([1.0, 1 / 64, 1 / 24]).map(lambda one: [one] * rounds),
                st.lists(st.floats(0.01, 1), min_size=rounds, max_size=rounds),
            )
        ),
        "added": each(deposits) if draw(st.booleans()) else [0.0] * rounds,
        "compounding": draw(st.booleans()),
    }
