"""Real elections are counted as those who counted them first did, equal ranks, lots and all."""

import random
from fractions import Fraction

import pytest

from governance.votes.ranked import Beatpaths
from governance.votes.tally import tally
from tests.public_cases.elections.election_files import (
    CASES,
    EXPECTED,
    Ballot,
    ballots_of,
    options_of,
    rank_of,
)

DEBIAN = ["debian_leader_2006.csv", "debian_leader_2020.csv"]


@pytest.mark.parametrize("name", DEBIAN)
def test_debian_elects_whom_it_elected_with_every_pair(name: str) -> None:
    right = EXPECTED[name]
    ballots, many = ballots_of(name)
    equal = sum(
        times
        for ballot, times in zip(ballots, many, strict=True)
        if any(not isinstance(rank, str) for rank in ballot)
    )
    assert equal == right["ballots_with_equal_ranks"]
    found = tally("ranked_schulze", ballots, right["options"], weights=many)
    assert found.total_weight == right["voters"]
    assert (list(found.winners), found.tie) == (right["schulze_winner"], ())
    assert isinstance(found.detail, Beatpaths)
    for option, row in zip(right["options"], right["pairwise_row_over_column"], strict=True):
        table = [found.detail.pairwise[option].get(other, 0) for other in right["options"]]
        assert table == row, option
    each = [ballot for ballot, times in zip(ballots, many, strict=True) for _ in range(times)]
    assert tally("ranked_schulze", each, right["options"]).detail == found.detail


@pytest.mark.parametrize("name", DEBIAN)
def test_no_opinion_compares_nobody(name: str) -> None:
    """Each pair by plain counting, of the ballots that rank both."""
    ballots, many = ballots_of(name)
    options = EXPECTED[name]["options"]
    found = tally("ranked_schulze", ballots, options, weights=many, unranked="no_opinion")
    assert isinstance(found.detail, Beatpaths)
    for a in options:
        for b in options:
            above = 0
            for ballot, times in zip(ballots, many, strict=True):
                place = {option: at for at, rank in enumerate(ballot) for option in rank_of(rank)}
                above += times * (a in place and b in place and place[a] < place[b])
            assert a == b or found.detail.pairwise[a][b] == above
    assert found.detail.pairwise["A"]["B"] < EXPECTED[name]["pairwise_row_over_column"][0][1]


def test_minneapolis_elects_whom_it_elected() -> None:
    right = EXPECTED["2017_minneapolis_mayor.csv"]
    ballots, many = ballots_of("2017_minneapolis_mayor.csv")
    options = options_of(ballots)
    assert (sum(many), len(options)) == (right["ballots"], right["options"])
    found = tally("ranked_irv", ballots, options, weights=many, seed="s")
    assert (found.winners, found.tie, found.unsettled) == ((right["irv_winner"],), (), ())
    # the city eliminates in batches and stops with two; one by one, the same two are left
    assert dict(found.rounds[-1].totals) == right["irv_last_two"]
    first = found.rounds[0]
    assert sum(first.totals.values()) + first.exhausted == found.total_weight
    assert found.empty
    assert found.total_weight == sum(times for ballot, times in zip(ballots, many, strict=True) if ballot)


@pytest.mark.slow
def test_portland_s_sample_takes_fourteen_rounds() -> None:
    right = EXPECTED["portland_mayor_2015_sample.csv"]
    ballots, many = ballots_of("portland_mayor_2015_sample.csv")
    options = options_of(ballots)
    assert (sum(many), len(options)) == (right["ballots"], right["options"])
    found = tally("ranked_irv", ballots, options, weights=many)
    assert found.winners == (right["irv_winner"],)
    seeded = [tally("ranked_irv", ballots, options, weights=many, seed=str(n)) for n in range(20)]
    assert {each.winners for each in seeded} == {("K",)}
    assert right["irv_last_two_by_the_list_order_tiebreak"] in [
        dict(each.rounds[-1].totals) for each in seeded
    ]


def test_a_false_tie_is_none() -> None:
    case = CASES["A01"]
    for seed in (None, "s"):
        found = tally("ranked_irv", case["ballots"], case["options"], seed=seed)
        assert (list(found.winners), list(found.tie)) == (case["right"]["winners"], case["right"]["tie"])


def who_could_win(ballots: list[Ballot], options: list[str]) -> set[str]:
    """Every option that some lots let win: every way of drawing them, the same history counted once."""
    known: dict[object, set[str]] = {}

    def winners(standing: tuple[str, ...], before: tuple[dict[str, Fraction], ...]) -> set[str]:
        totals = dict.fromkeys(standing, Fraction(0))
        for ballot in ballots:
            held = next(
                (there for rank in ballot if (there := [o for o in rank_of(rank) if o in totals])), []
            )
            for option in held:
                totals[option] += Fraction(1, len(held))
        most = max(totals, key=totals.__getitem__)
        if 2 * totals[most] > sum(totals.values()):
            return {most}
        key = (standing, tuple(tuple(each[option] for option in standing) for each in before))
        if key not in known:
            fewest = min(totals.values())
            tied = [option for option in standing if totals[option] == fewest]
            if len(tied) > 1 and fewest * len(tied) < min(
                [t for t in totals.values() if t > fewest], default=0
            ):
                gone = [set(tied)]
            else:
                past = {option: [each[option] for each in reversed(before)] for option in tied}
                gone = [{option} for option in tied if past[option] == min(past.values())]
            known[key] = set().union(
                *(winners(tuple(o for o in standing if o not in out), (*before, totals)) for out in gone)
            )
        return known[key]

    return winners(tuple(options), ())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "flat", "several"),
    [
        ("2017_minneapolis_mayor.csv", 1.0, 200),
        ("2017_minneapolis_mayor.csv", 0.5, 9),
        ("portland_mayor_2015_sample.csv", 0.0, 30),
    ],
)
def test_of_draws_of_thirty_ballots_those_are_tied_that_lots_decide(
    name: str, flat: float, several: int
) -> None:
    """Few ballots tie often; flat brings more of those that few cast."""
    ballots, many = ballots_of(name)
    options = options_of(ballots)
    for number in range(several):
        drawn = random.Random(number).choices(ballots, weights=[times**flat for times in many], k=30)
        found = tally("ranked_irv", drawn, options, seed="s")
        right = who_could_win([ballot for ballot in drawn if ballot], options)
        assert set(found.tie or found.winners) == right, number
        assert set(found.winners) <= right, number
        assert not found.unsettled, number
