"""The card of a ranked poll shows what decided it: last round, exhausted ballots, lots, closest pair."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace
from typing import Any

import pytest

from features.polls.results.result_card import result_answer
from features.polls.view import result_of
from tests.features.polls.test_result import counted
from tests.public_cases.elections.election_files import ballots_of, options_of


class Shown:
    """As much of a poll's view as its card asks for."""

    class poll:  # noqa: N801
        number, title, state = 1, "Who?", "closed"

    wins, head, reasons = "The last one wins.", "ab" * 32, ()


def card(result: Any) -> str:
    shown = result_answer(Shown(), result).card  # type: ignore[arg-type]
    return f"{shown.heading}\n{shown.text}".replace("\\", "")


def read(kept: dict[str, Any]) -> Any:
    return result_of(SimpleNamespace(result=json.dumps({"result": kept})))  # type: ignore[arg-type]


def portland() -> Any:
    ballots, many = ballots_of("portland_mayor_2015_sample.csv")
    each = [ballot for ballot, times in zip(ballots, many, strict=True) for _ in range(times)]
    return counted("ranked_irv", each, options_of(ballots))


def test_the_last_of_fourteen_rounds_is_on_the_card_and_all_are_behind_it() -> None:
    found = portland()
    last = found.rounds[-1]
    assert (len(found.rounds), found.finding) == (14, "K wins.")
    text = card(found)
    assert "the last of 14 rounds" in text
    for votes in last.totals.values():
        assert f"· {votes} votes" in text
    assert len(last.totals) == 2
    assert f"{last.exhausted} of the ballots rank none of these" in text
    assert "**First choices** " in text
    lots = [each for each in found.rounds if each.lot]
    assert text.count("**Lot in round") + ("more lot" in text) == min(len(lots), 2) + (len(lots) > 2)
    assert [line.split(":")[0] for line in found.details] == [f"Round {n}" for n in range(1, 15)]
    for each, line in zip(found.rounds, found.details, strict=True):
        assert all(f"{option} {votes}" in line for option, votes in each.totals.items())
        assert all(f"out: {option}" in line for option in each.out)
        assert ("by lot among" in line) == bool(each.lot)


def test_lots_that_change_nothing_are_told_and_are_no_tie() -> None:
    found = counted("ranked_irv", [["A"], ["A"], *([name] for name in "CDFGH")], list("ACDFGH"))
    assert (found.finding, found.tie) == ("A wins.", ())
    text = card(found)
    assert text.count("**Lot in round") == 2
    assert "went out; 4 others with as many stayed." in text
    assert "The same option wins however the lots fall." in text
    assert "too much to find out" in card(replace(found, unsettled=("C",)))


def test_shares_of_ballots_are_told_as_they_are() -> None:
    found = counted("ranked_irv", [["a"], ["a"], [["b", "c"]], [["b", "c", "d"], "a"]], list("abcd"))
    assert found.details[0].startswith("Round 1: a 2, b about 0.83, c about 0.83, d about 0.33")


def test_schulze_s_closest_pair_is_on_the_card_and_every_pair_behind_it() -> None:
    ballots, many = ballots_of("debian_leader_2006.csv")
    each = [ballot for ballot, times in zip(ballots, many, strict=True) for _ in range(times)]
    found = counted("ranked_schulze", each, list("ABCDEFGH"))
    assert "**Closest for the winner** D 190 : 184 C" in card(found)
    pairs = [line for line in found.details if " : " in line]
    assert len(pairs) == 8 * 7 / 2
    assert pairs[0].startswith("D ")
    assert "A 310 : 40 B" in pairs


@pytest.mark.parametrize("method", ["ranked_irv", "ranked_schulze", "numeric"])
def test_a_result_kept_is_read_back_and_so_is_one_kept_before(method: str) -> None:
    ballots: list[Any] = ["1", "2"] if method == "numeric" else [["a"], [["b", "c"], "a"], ["c"]]
    found = counted(method, ballots, [] if method == "numeric" else list("abc"))
    kept = json.loads(json.dumps(asdict(found)))
    assert read(kept) == found
    before = {name: kept[name] for name in kept if name not in ("rounds", "unsettled", "closest", "middle")}
    assert "wins" in card(read(before)) or method == "numeric"
