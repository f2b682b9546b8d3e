"""The seven proposals of the thread: each is ready for a vote, and says what it should."""

import datetime
import re
from pathlib import Path

import pytest

from governance.proposals.document import content_hash, from_json, to_json
from governance.proposals.lint import lint
from governance.proposals.parameters import parameters_text, parse_parameters
from governance.proposals.proposal import Proposal

PATHS = sorted((Path(__file__).parents[3] / "data" / "examples").glob("*.json"))
TODAY = datetime.date(2026, 11, 22)


def read(path: Path) -> Proposal:
    return from_json(path.read_bytes())


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_each_is_ready_for_a_vote(path: Path) -> None:
    proposal = read(path)
    assert lint(proposal, today=TODAY) == ()
    assert to_json(proposal) == path.read_text(encoding="utf-8")
    lines = parameters_text(proposal.parameters)
    assert parse_parameters(lines, proposal.tournament) == proposal.parameters
    assert not re.search(r"@|https?:", to_json(proposal))


def test_they_are_seven_and_all_different() -> None:
    assert len(PATHS) == 7
    assert len({content_hash(read(path)) for path in PATHS}) == 7
    kinds = [read(path).kind for path in PATHS]
    assert kinds == ["payout", "payout", "stake_cap", "weights", "weights", "eligibility", "communication"]


def test_what_the_thread_asked_for_is_in_the_numbers() -> None:
    first, second, cap, rank, log, gate, notice = (read(path).parameters for path in PATHS)
    assert first.rule == second.rule == "2xCORR + 1xTC clip 0.05 threshold 72000"
    assert (first.notice_weeks, first.phase_in_rounds, first.compensation) == (None, None, None)
    assert second.notice_weeks
    assert second.phase_in_rounds
    assert second.compensation
    assert cap.stake_cap == 0.01
    assert (rank.weights, rank.worked_examples) == (
        "account_rank",
        ("weight 0.02, split 90/10 -> 0.018 and 0.002",),
    )
    assert log.weights == "log"
    assert gate.min_correlation == 0.2
    assert notice.notice_weeks == 8
