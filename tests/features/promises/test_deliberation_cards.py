"""The longest texts that the tables take still fit into Discord's limits."""

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from features.opinions.forms import StatementForm
from features.opinions.map import LETTERS, Camp, Line, OpinionPicture
from features.opinions.opinion_card import added_card, hidden_card, list_card, opinion_answer, turn_card
from features.opinions.statements import PAGE as STATEMENTS
from features.opinions.statements import StatementPage, Turn
from features.promises.ledger import PAGE, Ledger, LedgerEntry
from features.promises.promise_card import ledger_answer, recorded_card
from storage.opinions import Statement
from tests.ui.cards import check, check_answer

NOW = datetime(2031, 5, 4, tzinfo=UTC)
DAY = date(2031, 5, 4)
TEXTS = ("x", "*", "_")  # the others become twice as long when they are escaped


def longest(sign: str, kind: Any = "promise", resolution: str = "broken") -> LedgerEntry:
    link = "https://forum.example/" + "x" * 278
    return LedgerEntry(
        "proposal #999999", kind, sign * 300, sign * 80, link, DAY, DAY, 0 if resolution else 99999,
        resolution, DAY if resolution else None, sign * 300 if resolution else "", link if resolution else "",
    )  # fmt: skip


@pytest.mark.parametrize("sign", TEXTS)
@pytest.mark.parametrize("resolution", ["", "broken"])
def test_a_full_page_of_promises_fits_and_keeps_its_links(sign: str, resolution: str) -> None:
    entries = tuple(longest(sign, resolution=resolution) for _ in range(PAGE))
    answer = ledger_answer(Ledger("overdue", entries, 999, 999, 99999, 99999, 99999, DAY))
    check_answer(answer)
    behind = "\n".join(page.said for page in answer.details)
    for told in (answer.card.said, behind):
        assert told.count(f"<{entries[0].link}>") == PAGE * (1 + bool(resolution))
    assert behind.replace("\\", "").count(sign * 300) == PAGE * (1 + bool(resolution)), "nothing is cut"
    assert answer.card.length < 3600, "the list is for a glance"
    check(recorded_card(entries[0]))


@pytest.mark.parametrize("sign", TEXTS)
def test_statements_of_the_greatest_length_fit(sign: str) -> None:
    claim = sign * 140
    seen = Statement(1, 99999, claim, NOW, None, 99999)
    hidden = Statement(1, 99999, claim, NOW, sign * 300, 99999)
    for page in ((seen,) * STATEMENTS, (hidden,) * STATEMENTS):
        check(list_card(StatementPage(page, {1: -1}, 99, 99, 999)))
    check(turn_card(Turn(seen, -1, 99, 99), done="You disagreed with the last one, and more"))
    check(added_card(seen))
    check(hidden_card(99999, sign * 300 + "\u200b" * 5000, hidden=True))


@pytest.mark.parametrize("sign", TEXTS)
def test_the_fullest_map_fits(sign: str) -> None:
    said = (
        "A 99,999 of 99,999, B 99,999 of 99,999, C 99,999 of 99,999, D 99,999 of 99,999 and E 9 of 9 disagree"
    )
    line = Line(99999, sign * 140, said)
    camps = tuple(Camp(letter, 99999, (line, line)) for letter in LETTERS)
    answer = opinion_answer(
        OpinionPicture(
            "x" * 300, sign * 250, "z" * 250, ("z" * 250,) * 6, 99999, 99999, 999, 9999999, camps,
            (line,) * 4, (line,) * 4, np.ones((1, 2)), np.zeros(1, dtype=np.intp), "E", False, NOW,
        )
    )  # fmt: skip
    check_answer(answer)
    behind = "\n".join(page.said for page in answer.details)
    assert behind.count("#99999") == 5 * 2 + 4 + 4, (
        "every statement of every group, and what unites and divides"
    )
    assert behind.replace("\\", "").count(sign * 140) == 5 * 2 + 4 + 4, "none is cut"


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Short", "Short"),
        ("x" * 140, "x" * 140),
        ("x" * 2000, "x" * 140),
        (" two\n\nlines ", "two lines"),
        ("\u200b", None),
        ("x" * 139 + " y", "x" * 139),
    ],
)
def test_the_form_is_filled_with_what_fits(text: str, filled: str | None) -> None:
    async def done(interaction: Any, claim: str) -> None:
        raise AssertionError

    form = StatementForm(7, text, done)
    [label] = form.to_dict()["components"]
    assert label["component"].get("value") == filled
    assert len(form.title) <= 45
