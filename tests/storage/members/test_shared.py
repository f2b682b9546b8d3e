"""Answers that members shared: claimed once, noted, taken back, and never more than so many."""

import json
from datetime import timedelta

from storage.database import Database, fetch_all
from storage.members.questions import AskedQuestion, change_arguments, recall, remember
from storage.members.shared import (
    KEPT_PER_MEMBER,
    STILL_POSTING,
    claim_share,
    drop_share,
    note_share,
    share_with_id,
)
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW

THERE = HERE + 1


async def asked_by(db: Database, member: int) -> AskedQuestion:
    asked = await recall(db, await remember(db, member, "payout show", {"rounds": None}, NOW), member)
    assert asked is not None
    return asked


async def test_a_second_claim_of_the_same_answer_is_the_first_again(db: Database) -> None:
    asked = await asked_by(db, ADA)
    first, new = await claim_share(db, HERE, 5, asked, {"rounds": None}, NOW)
    again, new_again = await claim_share(db, HERE, 5, asked, {"rounds": None}, NOW)
    assert (new, new_again, again.share_id) == (True, False, first.share_id)
    for channel, arguments in ((6, {"rounds": None}), (5, {"rounds": "all"})):
        assert (await claim_share(db, HERE, channel, asked, arguments, NOW))[1]
    await note_share(db, HERE, first.share_id, 9)
    kept = await share_with_id(db, HERE, first.share_id)
    assert kept is not None
    assert (kept.member_id, kept.question, kept.arguments) == (ADA, "payout show", {"rounds": None})
    assert (kept.channel, kept.message) == (5, 9)
    assert await share_with_id(db, THERE, first.share_id) is None


async def test_a_claim_that_was_never_posted_is_given_up(db: Database) -> None:
    asked = await asked_by(db, ADA)
    first, _ = await claim_share(db, HERE, 5, asked, {}, NOW)
    late = NOW + STILL_POSTING + timedelta(seconds=1)
    again, new = await claim_share(db, HERE, 5, asked, {}, late)
    assert new
    await note_share(db, HERE, again.share_id, 9)
    assert not (await claim_share(db, HERE, 5, asked, {}, late + STILL_POSTING * 2))[1], "that one is there"
    assert await share_with_id(db, HERE, first.share_id) != first


async def test_what_was_taken_back_may_be_shared_again(db: Database) -> None:
    asked = await asked_by(db, ADA)
    first, _ = await claim_share(db, HERE, 5, asked, {}, NOW)
    await drop_share(db, THERE, first.share_id)
    assert await share_with_id(db, HERE, first.share_id) is not None, "another server's"
    await drop_share(db, HERE, first.share_id)
    assert (await claim_share(db, HERE, 5, asked, {}, NOW))[1]


async def test_the_oldest_of_a_member_make_room(db: Database) -> None:
    asked, other = await asked_by(db, ADA), await asked_by(db, BERT)
    await claim_share(db, HERE, 5, other, {}, NOW)
    for number in range(KEPT_PER_MEMBER + 3):
        await claim_share(db, HERE, 5, asked, {"rounds": number}, NOW)
    rows = await fetch_all(db, "SELECT share_id, arguments FROM shared_answers WHERE member_id = ?", (ADA,))
    assert len(rows) == KEPT_PER_MEMBER
    assert json.loads(max(rows, key=lambda row: row["share_id"])["arguments"]) == {
        "rounds": KEPT_PER_MEMBER + 2
    }
    assert len(await fetch_all(db, "SELECT 1 FROM shared_answers WHERE member_id = ?", (BERT,))) == 1


async def test_a_question_is_changed_only_as_it_was_read(db: Database) -> None:
    asked = await asked_by(db, ADA)
    changed = await change_arguments(db, asked, {"rounds": "all"})
    assert changed is not None
    assert await change_arguments(db, asked, {"rounds": "20"}) is None, "it was changed meanwhile"
    kept = await recall(db, asked.question_id, ADA)
    assert kept is not None
    assert kept.arguments == changed.arguments == {"rounds": "all"}
