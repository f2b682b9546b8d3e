"""Our winners and totals beside those of votelib and starvote, in a thousand made-up elections each."""

import contextlib
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest
import starvote
from votelib.convert import ApprovalToSimpleVotes, RankedToCondorcetVotes
from votelib.evaluate.cardinal import ScoreVoting
from votelib.evaluate.condorcet import Schulze
from votelib.evaluate.core import Plurality, Tie
from votelib.evaluate.sequential import TransferableVoteSelector

from governance.votes.tally import tally

pytestmark = pytest.mark.slow
ELECTIONS = 1_000
NAMES = list("abcde")


def elections(seed: int, several: int = ELECTIONS) -> Iterator[random.Random]:
    for number in range(several):
        yield random.Random(1_000_000 * seed + number)


def rankings(source: random.Random, most: int) -> list[tuple[str, ...]]:
    """Complete and partial; votelib knows only options that somebody ranks, so the first is complete."""
    some = [tuple(source.sample(NAMES, source.randint(1, 5))) for _ in range(source.randint(1, most))]
    return [tuple(source.sample(NAMES, 5)), *some]


def theirs(winners: Iterable[object]) -> set[object]:
    """The one winner, or all that a tie of votelib holds."""
    return {option for each in winners for option in (each if isinstance(each, Tie) else [each])}


def test_single_agrees_with_votelib() -> None:
    ties = 0
    for source in elections(1):
        ballots = source.choices(NAMES, k=source.randint(1, 40))
        got = tally("single", ballots, NAMES)
        assert set(got.winners) == theirs(Plurality().evaluate(dict(Counter(ballots))))
        ties += len(got.tie) > 1
    assert ties == 253


def test_approval_agrees_with_votelib() -> None:
    ties = 0
    for source in elections(2):
        ballots = [source.sample(NAMES, source.randint(1, 5)) for _ in range(source.randint(1, 40))]
        got = tally("approval", ballots, NAMES)
        totals = ApprovalToSimpleVotes().convert(dict(Counter(map(frozenset, ballots))))
        assert {option: total for option, total in got.totals.items() if total} == totals
        assert set(got.winners) == theirs(Plurality().evaluate(totals))
        ties += len(got.tie) > 1
    assert ties == 316


def test_score_agrees_with_votelib_and_starvote() -> None:
    ties = 0
    for source in elections(3):
        ballots = [{name: source.randint(0, 5) for name in NAMES} for _ in range(source.randint(1, 40))]
        got = tally("score", ballots, NAMES)
        votes = dict(Counter(frozenset(ballot.items()) for ballot in ballots))
        assert set(got.winners) == theirs(ScoreVoting().evaluate(votes))
        medians = ScoreVoting(function="median_low").evaluate(votes, 5)
        assert got.detail.medians[next(iter(theirs(medians[:1])))] == max(got.detail.medians.values())
        winners, totals = by_starvote(ballots)
        assert set(got.winners) == winners
        assert got.totals == totals
        ties += len(got.tie) > 1
    assert ties == 100


def by_starvote(ballots: list[dict[str, int]]) -> tuple[set[str], dict[str, int]]:
    """The first round of reweighted range voting is score voting; starvote prints its totals and winner."""
    lines: list[str] = []

    def say(*said: str, **_: object) -> None:
        lines.append(" ".join(said))

    with contextlib.suppress(starvote.UnbreakableTieError):  # the lines of the first round are there
        starvote.reweighted_range_voting(ballots, seats=2, verbosity=1, tiebreaker=None, print=say)
    first_round = "\n".join(lines).split("Round 2")[0].split("Reweighing")[0]
    rows = re.findall(r"^ +(\w) -- +(\d+) \(average[^)]*\)(.*)$", first_round, re.MULTILINE)
    winners = {name for name, _, place in rows if "irst place" in place}
    return winners, {name: int(total) for name, total, _ in rows}


def test_schulze_agrees_with_votelib() -> None:
    ties = 0
    for source in elections(4):
        ballots = rankings(source, 40)
        got = tally("ranked_schulze", ballots, NAMES)
        pairs = RankedToCondorcetVotes().convert(dict(Counter(ballots)))
        paths = Schulze.widest_paths(pairs)
        for a in NAMES:
            assert got.detail.pairwise[a] == {b: pairs.get((a, b), 0) for b in NAMES if b != a}
            assert got.detail.paths[a] == {b: paths.get((a, b), 0) for b in NAMES if b != a}
        # of those whom nobody beats votelib takes who beats most; nobody beating anybody it leaves empty
        found = theirs(Schulze().evaluate(pairs))
        assert found <= set(got.winners) if got.tie else found == set(got.winners)
        ties += len(got.tie) > 1
    assert ties == 172


def test_schulze_with_equal_ranks_agrees_with_votelib() -> None:
    converted = {"last": RankedToCondorcetVotes(), "no_opinion": RankedToCondorcetVotes(False)}
    for source in elections(6, 500):
        ballots = [[*NAMES], *(joined(source) for _ in range(source.randint(1, 40)))]
        votes = dict(
            Counter(
                tuple(rank if isinstance(rank, str) else frozenset(rank) for rank in ballot)
                for ballot in ballots
            )
        )
        for unranked, conversion in converted.items():
            got = tally("ranked_schulze", ballots, NAMES, unranked=unranked)
            pairs = conversion.convert(votes)
            paths = Schulze.widest_paths(pairs)
            for a in NAMES:
                assert got.detail.pairwise[a] == {b: pairs.get((a, b), 0) for b in NAMES if b != a}
                assert got.detail.paths[a] == {b: paths.get((a, b), 0) for b in NAMES if b != a}


def joined(source: random.Random) -> list[str | list[str]]:
    """A ranking in which some are equal, and some left out."""
    order = source.sample(NAMES, source.randint(1, 5))
    ballot: list[list[str]] = [[order[0]]]
    for name in order[1:]:
        if source.random() < 0.4:
            ballot[-1].append(name)
        else:
            ballot.append([name])
    return [rank[0] if len(rank) == 1 else rank for rank in ballot]


def test_instant_runoff_agrees_with_votelib_where_it_knows_an_answer() -> None:
    refused = 0
    for source in elections(5, 1_600):  # so many that it knows 1,000
        ballots = rankings(source, 300)
        try:
            found = TransferableVoteSelector().evaluate(dict(Counter(ballots)))
        except NotImplementedError:  # it has no rule for a tie at the bottom
            refused += 1
            continue
        assert tally("ranked_irv", ballots, NAMES).winners == tuple(found)
    assert refused == 578
