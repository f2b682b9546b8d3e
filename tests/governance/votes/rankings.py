"""Rankings for tests: a well-known example, and any with equal ranks."""

from hypothesis import strategies as st

from governance.votes.tally import TallyResult, tally

MNCK = ["Memphis", "Nashville", "Chattanooga", "Knoxville"]
TENNESSEE = {
    ("Memphis", "Nashville", "Chattanooga", "Knoxville"): 42,
    ("Nashville", "Chattanooga", "Knoxville", "Memphis"): 26,
    ("Chattanooga", "Knoxville", "Nashville", "Memphis"): 15,
    ("Knoxville", "Chattanooga", "Nashville", "Memphis"): 17,
}


def count(method: str, votes: dict, options: list[str], seed: str | None = None) -> TallyResult:
    """A ballot of that weight for each ranking, which is a tuple or a text of one-letter options."""
    return tally(method, [list(ranking) for ranking in votes], options, weights=votes.values(), seed=seed)


@st.composite
def ranks(draw: st.DrawFn, names: str) -> list[list[str]]:
    """Options in ranks, some equal, some left out."""
    order = draw(st.permutations(names))[: draw(st.integers(1, len(names)))]
    found = [[order[0]]]
    for option in order[1:]:
        if draw(st.integers(0, 3)):
            found.append([option])
        else:
            found[-1].append(option)
    return found
