"""Statements and votes: what is refused, who is asked what next, and what the votes say together."""

import pytest

from features.opinions.statements import (
    add_statement,
    hide_statement,
    list_statements,
    next_turn,
    suggest_statements,
    turn_to,
    vote,
)
from kept import KeptResults
from storage.database import Database
from storage.opinions import count_statements, votes_in
from storage.proposals.blocks import block
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW, THERE

# ---------------------------------------------------------------- adding


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs words"),
        ("  …  ", "needs words"),
        ("x" * 141, "at most 140 characters; this one has 141"),
        ("@somebody stakes too much", "names nobody"),
        ("<@900719925474099301> stakes too much", "names nobody"),
        ("Read https://forum.example/t/1", "no links"),
        ("Is stake confidence?", "can't be agreed with"),
        ("Stake is confidence. Cap it", "one claim"),
    ],
)
async def test_what_can_t_be_voted_on_is_told(db: Database, text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        await add_statement(db, HERE, ADA, text, NOW)
    assert await count_statements(db, HERE, include_hidden=True) == 0


async def test_spellings_of_a_claim_are_one_statement(db: Database) -> None:
    added = await add_statement(db, HERE, ADA, "  Cap the\u200b  weights! ", NOW)
    assert added.claim == "Cap the weights!"
    for again in ("Cap the weights!", "cap the WEIGHTS", "“Cap the weights.”", "Ｃap the weights"):
        with pytest.raises(ValueError, match="statement #1 already"):
            await add_statement(db, HERE, BERT, again, NOW)
    assert (await add_statement(db, HERE, BERT, "Cap the stakes", NOW)).number == 2


async def test_a_blocked_member_neither_adds_nor_votes(db: Database) -> None:
    added = await add_statement(db, HERE, ADA, "Cap the weights", NOW)
    await block(db, HERE, BERT, "Rants", NOW)
    for step in (
        add_statement(db, HERE, BERT, "Cap the stakes", NOW),
        vote(db, HERE, added.statement_id, BERT, "agree", NOW),
    ):
        with pytest.raises(ValueError, match="may not take part on this server, for this reason: Rants"):
            await step
    assert await votes_in(db, HERE) == []


@pytest.mark.parametrize("reason", ["", "x" * 301])
async def test_hiding_needs_a_reason(db: Database, reason: str) -> None:
    await add_statement(db, HERE, ADA, "Cap the weights", NOW)
    with pytest.raises(ValueError, match="A reason has 1 to 300 characters"):
        await hide_statement(db, HERE, 1, BERT, reason, NOW, hidden=True)
    assert await count_statements(db, HERE) == 1


# ---------------------------------------------------------------- voting


async def test_every_statement_comes_up_once_and_then_nothing(db: Database) -> None:
    for number in range(4):
        await add_statement(db, HERE, ADA, f"Claim {number}", NOW)
    seen = []
    for left in (4, 3, 2, 1):
        turn = await next_turn(db, KeptResults(), HERE, BERT)
        assert (turn.left, turn.total, turn.own) == (left, 4, None)
        assert turn == await next_turn(db, KeptResults(), HERE, BERT), "asked twice, answered alike"
        assert turn.statement is not None
        seen.append(turn.statement.number)
        await vote(db, HERE, turn.statement.statement_id, BERT, "pass", NOW)
    assert sorted(seen) == [1, 2, 3, 4]
    assert (await next_turn(db, KeptResults(), HERE, BERT)).statement is None
    assert (await next_turn(db, KeptResults(), HERE, ADA)).left == 4
    assert (await next_turn(db, KeptResults(), THERE, BERT)).total == 0


async def test_a_statement_can_be_called_up_to_change_a_vote(db: Database) -> None:
    added = await add_statement(db, HERE, ADA, "Cap the weights", NOW)
    assert await vote(db, HERE, added.statement_id, BERT, "agree", NOW) is None
    turn = await turn_to(db, HERE, BERT, 1)
    assert (turn.own, turn.left, turn.total) == (1, 0, 1)
    assert await vote(db, HERE, added.statement_id, BERT, "disagree", NOW) == 1
    assert (await turn_to(db, HERE, BERT, 1)).own == -1
    with pytest.raises(ValueError, match="A vote is agree, disagree or pass"):
        await vote(db, HERE, added.statement_id, BERT, "maybe", NOW)


async def test_a_page_has_own_votes_and_reasons_of_hidden_ones(db: Database) -> None:
    added = [await add_statement(db, HERE, ADA, f"Claim {number}", NOW) for number in range(5)]
    await vote(db, HERE, added[3].statement_id, BERT, "disagree", NOW)
    await hide_statement(db, HERE, 3, ADA, "Twice", NOW, hidden=True)
    page = await list_statements(db, HERE, BERT, page=9, size=3)
    assert (page.page, page.pages, page.total) == (2, 2, 5)
    assert [each.number for each in page.statements] == [2, 1]
    first = await list_statements(db, HERE, BERT, page=0, size=3)
    assert [each.hidden_reason for each in first.statements] == [None, None, "Twice"]
    assert dict(first.own) == {added[3].statement_id: -1}
    assert await suggest_statements(db, HERE, "claim 4") == [("#5 Claim 4", 5)]
    assert 3 not in [number for _, number in await suggest_statements(db, HERE, "")]
