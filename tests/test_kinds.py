"""A kind is one entry: an entry written into one file of a copy is read by everything else."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent

SCHEME = """    "fourth_root": Scheme(
        ("fourth root", "double root"),
        Weighing("the fourth root of stake", lambda held, _: power_weights(held, range(held.size), 0.25)),
    ),
    "most": Scheme(("most", "at most"), lambda cap: capped(cap, None)),
"""
SCHEME_READERS = """
import asyncio
from features.simulation.impact_card import impact_answer
from features.simulation.impact_chart import picture_of_weights
from features.simulation.proposal_impact import proposal_impact
from governance.proposals.document import json_schema
from governance.proposals.lint import lint
from governance.proposals.parameters import parameters_text, parse_parameters
from governance.proposals.proposal import read_proposal
from tournament.sample import SampleSource
import datetime, json

def refused(text):
    try:
        parse_parameters(text, "classic")
    except ValueError as error:
        return str(error)
    raise AssertionError(text)

typed = parse_parameters("weights: Double Root", "classic")
assert typed.weights == "fourth_root"
assert parameters_text(typed) == "weights: fourth root"
assert parameters_text(parse_parameters("weights: at most 2%", "classic")) == "weights: most 2%"
assert "“fourth root”" in refused("weights: by luck") and "“most 2%”" in refused("weights: by luck")
assert "fourth_root" in json.dumps(json_schema())
proposal = {
    "title": "t", "tournament": "classic", "kind": "weights", "problem": "p", "change": "c",
    "parameters": {"weights": "fourth_root"},
}
nothing = read_proposal({**proposal, "parameters": {}})
assert any("“fourth root”" in found.sentence for found in lint(nothing, today=datetime.date(2026, 1, 1)))
impact = asyncio.run(proposal_impact(SampleSource(), read_proposal(proposal)))
assert impact.weights.scheme == "the fourth root of stake"
asked = {"number": 1, "rounds": None, "name": None, "tournament": None}
assert "the fourth root of stake" in impact_answer(impact, asked).card.heading
assert "fourth root" in picture_of_weights(impact.weights).alt
"""

STRATEGY = """    "fourth_root_stake": VotingStrategy(
        "root of root of stake", lambda verified, stake, cap: _root(_root(stake))
    ),
"""
STRATEGY_READERS = """
from features.polls.results.counting import count, exact_weighted
from governance.votes.strategies import STRATEGIES, split_gain, weights, Voter

assert weights("fourth_root_stake", [Voter("m", 16, True), Voter("n", 16, False)]) == (2, 0)
assert split_gain("fourth_root_stake", 10**4, parts=16) == 8
cast = [(member, "a" if member % 2 else "b") for member in range(40)]
stakes = {member: 100.0 + member // 4 for member in range(40)}
found = count("single", ["a", "b"], cast, stakes, quorum=0, electorate=40, seed="5eed" * 16, budget=10)
assert [each.name for each in found.strategies] == list(STRATEGIES)[1:]
shown = next(each for each in found.strategies if each.name == "fourth_root_stake")
assert shown.shares == {"a": 50, "b": 50}, shown
assert [each.strategy for each in exact_weighted("single", ["a", "b"], cast, stakes)] == list(STRATEGIES)

from features.polls.results.result_card import strategy_rows
from features.polls.results.result_chart import picture_of_result
assert any("**Root of root of stake** a 50 %; b 50 %." in row for row in strategy_rows(found))
assert picture_of_result(found, "Q").png
"""


def run_with(folder: Path, file: str, before: str, entry: str, script: str) -> None:
    """Run a script with the rooms of the checkout, of which `entry` was written into one file of a copy."""
    for room in ("scoring", "governance"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / file).read_text(encoding="utf-8")
    assert text.count(before) == 1
    (folder / file).write_text(text.replace(before, entry + before), encoding="utf-8")
    # the copied rooms stand before the checkout's
    ran = subprocess.run(
        [sys.executable, "-c", script],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_a_weighting_scheme_is_one_entry_in_one_file(tmp_path: Path) -> None:
    run_with(tmp_path, "scoring/schemes.py", '    "log": Scheme(\n', SCHEME, SCHEME_READERS)


def test_a_voting_strategy_is_one_entry_in_one_file(tmp_path: Path) -> None:
    before = '    "linear_stake": VotingStrategy('
    run_with(tmp_path, "governance/votes/strategies.py", before, STRATEGY, STRATEGY_READERS)
