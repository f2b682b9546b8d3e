"""What is shown of a server's proposals, and how one is found."""

from typing import Any

import pytest

from features.proposals.steps import advance_proposal, hide
from features.proposals.view import (
    list_proposals,
    proposal_view,
    proposal_with_id,
    read_once,
    rule_of,
    suggest_proposals,
    suggest_rules,
)
from storage.database import Database
from tests.features.proposals.proposals import ADA, BERT, DORA, HERE, NOW, THERE
from tests.features.proposals.stepping import DAY, file, refused, view


async def test_a_view_knows_everything(db: Database) -> None:
    filed = await file(db, parameters="")
    seen = await proposal_with_id(db, HERE, filed.stored.proposal_id, NOW)
    assert seen == await view(db)
    assert (seen.number, seen.stage, seen.since, seen.revision) == (1, "idea", NOW, 1)
    assert (seen.seconds, seen.seconds_needed, seen.lacking) == (0, 2, 5)
    assert seen.hidden_reason is None
    assert seen.content_hash == filed.content_hash
    assert dict(seen.arguments_by_side) == {"for": 0, "against": 0, "question": 0}
    assert await refused(proposal_view(db, THERE, 1, NOW)) == "There is no proposal #1 on this server."
    assert "is not on this server any more" in await refused(
        proposal_with_id(db, THERE, filed.stored.proposal_id, NOW)
    )
    # a clock that went back is no reason to show nothing
    assert (await view(db, NOW - DAY)).stage == "idea"


async def test_lists_are_filtered_and_paged(db: Database) -> None:
    assert await list_proposals(db, HERE) == ([], 1, 0)
    for number in range(1, 8):
        kind = "other" if number % 2 else "communication"
        await file(db, (ADA, BERT)[number % 2], title=f"Idea {number}", kind=kind)
    await file(db, title="Signals", tournament="signals")
    await advance_proposal(db, HERE, 2, "withdrawn", ADA, NOW, moderator=False)
    await hide(db, HERE, 3, DORA, "r", NOW, hidden=True)

    async def numbers(**wanted: Any) -> list[int]:
        lines, _, total = await list_proposals(db, HERE, **{"size": 50} | wanted)
        assert len(lines) == total
        return [line.number for line in lines]

    assert await numbers() == [8, 7, 6, 5, 4, 2, 1]
    assert await numbers(include_hidden=True) == [8, 7, 6, 5, 4, 3, 2, 1]
    assert await numbers(stage="open") == [8, 7, 6, 5, 4, 1]
    assert await numbers(stage="withdrawn") == [2]
    assert await numbers(kind="other", author=BERT) == [7, 5, 1]
    assert await numbers(tournament="signals") == [8]
    lines, pages, total = await list_proposals(db, HERE, page=3, size=3)
    assert ([line.number for line in lines], pages, total) == ([1], 3, 7)
    assert (await list_proposals(db, HERE, page=99, size=3))[0] == lines
    assert (await list_proposals(db, HERE, page=-1, size=3))[0][0].number == 8
    assert await refused(list_proposals(db, HERE, stage="x" * 50)) == f"There is no stage called {'x' * 40}."
    assert (await list_proposals(db, THERE))[2] == 0


@pytest.mark.slow
async def test_numbers_are_suggested_by_number_or_title(db: Database) -> None:
    for number in range(1, 28):
        await file(db, title=f"Idea {number}" + "x" * 90)
    assert [number for _, number in await suggest_proposals(db, HERE, "#27")] == [27]
    found = await suggest_proposals(db, HERE, "IDEA")
    assert len(found) == 25
    assert found[0][1] == 27
    assert all(len(shown) <= 100 for shown, _ in found)
    assert await suggest_proposals(db, THERE, "") == []


async def test_a_number_stands_for_its_rule(db: Database) -> None:
    await file(db, title="Half", kind="payout", parameters="rule: 1.5xCORR + 2xTC")
    await file(db)
    await file(db, kind="payout", tournament="signals", parameters="rule: 2xFNCV4")
    assert await rule_of(db, HERE, " #1 Half: 1.5xCORR") == await rule_of(db, HERE, "#1") == "1.5xCORR + 2xTC"
    for typed in ("1C3T", "#", "#x", "# 1", "#1x", ""):
        assert await rule_of(db, HERE, typed) == typed
    assert await rule_of(db, None, "#1") == "#1"
    assert "sets no payout rule" in await refused(rule_of(db, HERE, "#2"))
    assert "There is no proposal #9" in await refused(rule_of(db, HERE, "#9"))
    assert "There is no proposal #1" in await refused(rule_of(db, THERE, "#1"))
    assert await suggest_rules(db, HERE, "classic", "HALF") == [("#1 Half: 1.5xCORR + 2xTC", "#1")]
    assert await suggest_rules(db, HERE, "classic", "whole") == []
    assert [value for _, value in await suggest_rules(db, HERE, "signals", "")] == ["#3"]
    await hide(db, HERE, 1, DORA, "r", NOW, hidden=True)
    assert "is hidden" in await refused(rule_of(db, HERE, "#1"))
    assert await suggest_rules(db, HERE, "classic", "") == []
    await hide(db, HERE, 1, DORA, "r", NOW, hidden=False)
    await advance_proposal(db, HERE, 1, "withdrawn", ADA, NOW, moderator=False)
    assert "stands at “withdrawn”" in await refused(rule_of(db, HERE, "#1"))


async def test_with_every_letter_typed_no_proposal_is_read_anew(db: Database) -> None:
    await file(db, parameters="rule: 1.5xCORR + 2xTC")
    before = read_once.cache_info()
    for typed in ("", "1", "1.", "1.5"):
        assert len(await suggest_rules(db, HERE, "classic", typed)) == 1
    after = read_once.cache_info()
    assert (after.misses - before.misses, after.hits - before.hits) == (1, 3)
