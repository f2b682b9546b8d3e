"""What answers about proposals say, read page by page."""

import re

from features.simulation.impact_card import impact_answer, member_answer
from features.simulation.proposal_impact import MemberImpact, ProposalImpact
from tests.ui.cards import check_answer
from ui.answer import Answer

PHONE = 24  # letters that a line of a table may have on a phone
ASKED = {"number": 1, "rounds": None, "name": None, "tournament": None}


def check(answer: Answer) -> dict[str, str]:
    """What stands behind an answer by its names, which Discord takes and a phone shows."""
    check_answer(answer)
    for card in answer.details:
        for table in re.findall(r"```\n(.*?)\n```", card.text, re.DOTALL):
            assert max(len(line) for line in table.split("\n")) <= PHONE
    assert answer.card.length < 1000, "a first screen is read at a glance"
    fields = {card.heading: card.text for card in answer.details}
    assert len(fields) == len(answer.details)
    assert all(name.strip() and text.strip() for name, text in fields.items())
    return fields


def of_all(impact: ProposalImpact) -> dict[str, str]:
    return check(impact_answer(impact, ASKED))


def of_one(impact: MemberImpact) -> dict[str, str]:
    return check(member_answer(impact, {**ASKED, "name": impact.name}))
