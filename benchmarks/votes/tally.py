"""What it takes to count 100,000 ballots under every method, and fewer beside votelib and starvote."""

import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.rows import Beside, Row
from benchmarks.timing import side_by_side
from governance.votes.tally import METHODS, STEPS, tally

BALLOTS, FEWER = 100_000, 2_000
FASTER = {"single": 1, "approval": 1, "score": 2}  # than votelib, with the checks that it leaves out
LIMIT = 2.0  # seconds for all ballots under one method
NAMES = [f"option {number}" for number in range(8)]
RANGE = ["0", "1", "0.0001"]


def every_method() -> list[Row]:
    """100,000 ballots, hardly two of them alike where they can differ, with a weight each and without."""
    print(f"\n{BALLOTS:,} ballots, {len(NAMES)} options")
    print(f"  {'':<16} {'equal weights':>14} {'weights':>10}")
    rows = []
    weights = [random.Random(8).lognormvariate(3, 2) for _ in range(BALLOTS)]
    for method in METHODS:
        cast = ballots(method, BALLOTS)
        options = RANGE if method == "numeric" else NAMES
        taken = []
        for held in (None, weights):
            start = time.perf_counter()
            tally(method, cast, options, weights=held)
            taken.append(time.perf_counter() - start)
        missed = "" if max(taken) < LIMIT else "  MISSED"
        print(f"  {method:<16} {taken[0]:>12.2f} s {taken[1]:>8.2f} s  (asked for: {LIMIT:g} s){missed}")
        rows.append(
            Row(
                "tally-many",
                f"{BALLOTS:,} ballots by {method}, the slower of weighted and not",
                1000 * max(taken),
                within=1000 * LIMIT,
            )
        )
    return rows


def ballots(method: str, number: int) -> list[Any]:
    """Made-up ballots, the same at every call."""
    source = random.Random(7)

    def some() -> list[str]:
        return source.sample(NAMES, source.randint(1, len(NAMES)))

    one: dict[str, Callable[[], Any]] = {
        "single": lambda: source.choice(NAMES),
        "score": lambda: {name: source.randint(0, 5) for name in NAMES},
        "dots": lambda: dict(Counter(source.choices(NAMES, k=10))),
        "numeric": lambda: f"{source.random():.4f}",
        "gradient": lambda: source.choice(list(STEPS)),
    }
    return [one.get(method, some)() for _ in range(number)]


def beside_peers() -> list[Row]:
    """The same ballots, one by one, to what each package takes in and on to its winner."""
    try:
        import starvote
        from votelib.convert import ApprovalToSimpleVotes, RankedToCondorcetVotes
        from votelib.evaluate.cardinal import ScoreVoting
        from votelib.evaluate.condorcet import Schulze
        from votelib.evaluate.core import Plurality
    except ImportError as missing:
        print(f"\nTallies: LEFT OUT, {missing.name} is missing (pip install votelib==0.4.0 starvote==2.1.6)")
        return []

    def approval(cast: Sequence[Any]) -> list[Any]:
        return Plurality().evaluate(ApprovalToSimpleVotes().convert(Counter(map(frozenset, cast))))

    def schulze(cast: Sequence[Any]) -> list[Any]:
        return Schulze().evaluate(RankedToCondorcetVotes().convert(Counter(map(tuple, cast))))

    def score(cast: Sequence[Any]) -> list[Any]:
        return ScoreVoting().evaluate(Counter(frozenset(ballot.items()) for ballot in cast))

    def ranges(cast: Sequence[Any]) -> list[Any]:
        return list(starvote.reweighted_range_voting(cast, seats=2) or ())  # its first seat is ours

    peers: dict[str, dict[str, Callable[[Sequence[Any]], list[Any]]]] = {
        "single": {"votelib": lambda cast: Plurality().evaluate(Counter(cast))},
        "approval": {"votelib": approval},
        "ranked_schulze": {"votelib": schulze},
        "score": {"votelib": score, "starvote": ranges},
    }
    rows = []
    for method, packages in peers.items():
        cast = ballots(method, FEWER)
        winners, verdicts, differ = tally(method, cast, NAMES).winners, [], 0
        for name, package in packages.items():
            # the two seats come in alphabetical order, so that only one of them is ours
            found = package(cast)
            agrees = winners[0] in found if name == "starvote" else tuple(found) == winners
            differ += not agrees
            verdicts.append(f"{name} {'finds the same' if agrees else f'DISAGREES: {found}, we {winners}'}")
        medians = side_by_side(
            f"Tally by {method}, {FEWER:,} ballots",
            5,
            **{name: lambda cast=cast, package=package: package(cast) for name, package in packages.items()},
            governance_tally=lambda cast=cast, method=method: tally(method, cast, NAMES),
        )
        print("  " + "; ".join(verdicts))
        rows.append(
            Row(
                "tally",
                f"{method}, {FEWER:,} ballots; apart: packages with other winners",
                medians["governance_tally"],
                Beside("votelib", medians["votelib"]),
                faster=FASTER.get(method),
                apart=(differ, 0),
            )
        )
    return rows


BENCHMARKS = {"tally-many": every_method, "tally": beside_peers}
