"""What a member is shown, takes along, and deletes."""

import json
from datetime import UTC, datetime

from storage.database import Database
from storage.links import AccountLink, link_of, set_link
from storage.privacy import PERSONAL_TABLES, delete, export, stored_about
from storage.questions import recall, remember

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
ADA, BERT = 900719925474099301, 900719925474099302


async def test_a_stranger_has_nothing(db: Database) -> None:
    assert await stored_about(db, ADA) == {"account_links": [], "asked_questions": []}
    assert await delete(db, ADA) == {"account_links": 0, "asked_questions": 0}


async def test_what_is_stored_is_shown_row_by_row(db: Database) -> None:
    await set_link(db, AccountLink(ADA, "quiet_heron", "model", "classic", NOW))
    number = await remember(db, ADA, "payout", {"round": 600}, NOW)
    await remember(db, BERT, "stakes", {}, NOW)
    time = "2031-05-04T12:00:00.000000+00:00"
    link = {"name": "quiet_heron", "kind": "model", "tournament": "classic", "linked_at": time}
    question = {"question_id": number, "question": "payout", "arguments": '{"round": 600}', "asked_at": time}
    assert await stored_about(db, ADA) == {
        "account_links": [{"member_id": ADA, **link}],
        "asked_questions": [{"member_id": ADA, **question}],
    }


async def test_the_export_says_whose_it_is_what_why_and_when(db: Database) -> None:
    await set_link(db, AccountLink(ADA, "Ωμέγα", "account", "crypto", NOW))
    text = await export(db, ADA, NOW)
    assert "Ωμέγα" in text
    assert "\n  " in text
    exported = json.loads(text)
    assert exported["member_id"] == str(ADA)
    assert exported["exported_at"] == "2031-05-04T12:00:00.000000+00:00"
    stored = await stored_about(db, ADA)
    assert exported["tables"] == {
        table: {"what_and_why": PERSONAL_TABLES[table], "rows": stored[table]} for table in PERSONAL_TABLES
    }


async def test_deleting_leaves_the_others_alone(db: Database) -> None:
    for member_id in (ADA, BERT):
        await set_link(db, AccountLink(member_id, "quiet_heron", "model", "classic", NOW))
    numbers = [await remember(db, member_id, "payout", {}, NOW) for member_id in (ADA, ADA, BERT)]
    assert await delete(db, ADA) == {"account_links": 1, "asked_questions": 2}
    assert await delete(db, ADA) == {"account_links": 0, "asked_questions": 0}
    assert await link_of(db, BERT) is not None
    assert await recall(db, numbers[2], BERT) is not None


def test_every_sentence_is_one_sentence() -> None:
    for sentence in PERSONAL_TABLES.values():
        assert sentence.endswith(".")
        assert ". " not in sentence
