"""What comes again of the sample's scores, how long a newcomer waits for it, and how fast weight leaves."""

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from features.lab.newcomer import earned, newcomer, newcomer_line, newcomers_weight
from features.lab.schemes import read_scheme
from features.simulation.accounts_known import known_of
from features.simulation.by_round.account_rounds import AccountRounds, account_rounds
from features.simulation.by_round.fading import FROM_TO, fading_of
from features.simulation.by_round.skill import skill_of
from scoring.lab.track_record import rounds_to_half_weight
from scoring.schemes import SCHEMES, KnownOfHolders
from scoring.weights.fading import rounds_to_halve
from tests.features.simulation.proposed import calendar, rows_of, stakes_of
from tournament.sample import SampleSource
from tournament.source import Rounds, Stakes, TournamentField


@pytest.fixture(scope="module")
def read(source: SampleSource) -> tuple[Stakes, TournamentField, Rounds]:
    async def every() -> tuple[Stakes, TournamentField, Rounds]:
        return await source.stakes(), await source.everyone(), await source.rounds()

    return asyncio.run(every())


@pytest.fixture(scope="module")
def past(read: tuple[Stakes, TournamentField, Rounds]) -> AccountRounds:
    return account_rounds(*read)


@pytest.mark.slow
def test_what_comes_again_on_the_sample(past: AccountRounds) -> None:
    """On record, by model: CORR .042 +- .030, TC -.006 +- .015; 97 weekly rounds to half, 52 to 520."""
    corr, tc = skill_of(past, "corr"), skill_of(past, "tc")
    assert corr.share.value == pytest.approx(0.036, abs=0.001)
    assert abs(corr.share.value - 0.042) < 0.03
    assert tc.share.value == pytest.approx(-0.006, abs=0.001)
    assert (corr.inflation, tc.inflation) == pytest.approx((3.1, 1.9), abs=0.05)
    assert corr.half[0] == pytest.approx(84, abs=1)
    assert corr.half[0] == pytest.approx(rounds_to_half_weight(corr.inflation, corr.share.value))
    assert corr.half[1] < 97 < corr.half[2]
    assert corr.told == "after 84 rounds, by CORR (95 %: 43 to 734)"
    assert tc.told == "in effect never, by TC (95 %: 116 to never)"
    assert tc.own == 0


@pytest.mark.slow
def test_a_newcomer_on_the_sample(read: tuple[Stakes, TournamentField, Rounds], past: AccountRounds) -> None:
    stakes, everyone, rounds = read
    known, skill = known_of(stakes, everyone, rounds), skill_of(past, "tc")
    said: dict[str, str] = {}
    for typed in ("sqrt", "account rank", "gate 0.5", "performance cap 2%"):
        weighing = read_scheme(typed)[1]
        weight = newcomers_weight(weighing, stakes, known)
        said[typed] = newcomer(weighing, weight, skill)
        assert newcomer_line(weighing, weight, skill).split(";")[0] in (
            "nothing at first",
            f"{weight[0] / weight[1]:.2f} times its weight by stake",
        )
    assert said["sqrt"].endswith("No record has to be earned: nothing of it goes by scores.")
    assert said["account rank"].startswith("A newcomer weighs nothing before there is a score")
    assert "by in effect never, by TC (95 %: 116 to never)." in said["account rank"]
    assert said["gate 0.5"].endswith("No record has to be earned: nothing of it goes by scores.")
    assert "Without a score it counts as average." in said["performance cap 2%"]
    assert "can't be told" in earned(read_scheme("account rank")[1], None)


@pytest.mark.slow
def test_fading_on_the_sample(read: tuple[Stakes, TournamentField, Rounds], past: AccountRounds) -> None:
    stakes, _, rounds = read
    names = ("stake", "cap 1%", "cap 2%", "soft cap 2%", "cluster cap 2%", "sqrt", "cap 0.1%")
    found = fading_of([read_scheme(each) for each in names], stakes, past, rounds)
    assert found.paid is not None
    assert found.paid.score == "CORR"
    assert found.recorded is not None
    assert found.recorded.score == "TC"
    stake = found.fading["stake"]
    closed = rounds_to_halve(found.pay, FROM_TO * found.paid.own)
    assert stake.quantile(stake.leaves, 0.5) == pytest.approx(closed, rel=0.25)
    assert f"gone after {closed:.0f} rounds" in found.basis
    # who is above a cap keeps its weight while its stake burns, and a root leaves more than stakes do
    assert found.told("cap 1%") == found.told("sqrt") == "in effect never"
    assert found.finding("sqrt", "a root") == (
        "With a root, half of the weight of an account whose skill fades is in effect never gone."
    )
    for alike in ("soft cap 2%", "cluster cap 2%"):
        np.testing.assert_array_equal(found.fading[alike].leaves, found.fading["cap 2%"].leaves)
    # of 200 accounts a cap of .1 % can't be kept
    assert "cap 0.1%" not in found.fading
    assert found.told("cap 0.1%") == "not told"


@pytest.mark.parametrize("typed", ["cluster cap 2%", "soft cap 2%"])
def test_a_cap_on_who_is_alike_is_a_cap_where_nobody_is(typed: str) -> None:
    stakes, scheme = np.linspace(1, 9, 90) ** 2, read_scheme(typed)[1]
    assert scheme.unlike is not None
    known = KnownOfHolders(clusters=np.arange(90), similarity=np.eye(90))
    np.testing.assert_allclose(
        scheme.weigh(stakes, known), scheme.unlike.weigh(stakes, KnownOfHolders()), atol=1e-6
    )


def test_where_nothing_is_known_of_skill() -> None:
    n = 12
    rows = rows_of([[0.02] * n, [0.03] * n])
    rows = replace(rows, likeness={"corr_with_meta_model": np.full(2 * n, 0.5)})
    stakes = stakes_of([1.0, 2.0])
    past = account_rounds(stakes, TournamentField.of(rows), calendar(n))
    same = skill_of(past, "corr")
    assert same.share.value == pytest.approx(1), "two accounts that always score the same are all skill"
    assert same.half[0] == pytest.approx(0, abs=1e-6)
    few = replace(past, rounds=past.rounds[:3], known_from=past.known_from[:3])
    untold = fading_of([("sqrt", SCHEMES["sqrt"].with_share(None))], stakes, few, calendar(n))
    assert untold.finding("sqrt", "a root").endswith("so how fast weight leaves can't either.")
    assert (untold.told("sqrt"), untold.basis) == ("not told", "")
    assert same.rounds[-1] == past.numbers[-1]
