"""What a member is shown, takes along, and deletes."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from storage.database import Database
from storage.members.links import AccountLink, link_of, set_link
from storage.members.privacy import KEPT_OTHERWISE, PERSONAL_TABLES, delete, export, stored_about
from storage.members.questions import recall, remember
from storage.proposals.arguments import argue, arguments_of
from storage.proposals.blocks import block, block_reason
from storage.proposals.drafts import save_draft
from storage.proposals.events import events_of
from storage.proposals.proposals import proposal_of, revisions_of
from storage.proposals.responses import respond, responses_of
from storage.proposals.seconds import second
from tests.features.proposals.proposals import ADA, BERT, EARLY, HERE, NOW, filed, without_limits

NOTHING: dict[str, list[object]] = {table: [] for table in PERSONAL_TABLES}
NONE = dict.fromkeys(PERSONAL_TABLES, 0)


async def test_a_stranger_has_nothing(db: Database) -> None:
    assert await stored_about(db, ADA) == NOTHING
    assert await delete(db, ADA) == NONE


async def test_what_is_stored_is_shown_row_by_row(db: Database) -> None:
    await set_link(db, AccountLink(ADA, "quiet_heron", "model", "classic", NOW))
    number = await remember(db, ADA, "payout", {"round": 600}, NOW)
    await remember(db, BERT, "stakes", {}, NOW)
    time = "2031-05-04T12:00:00.000000+00:00"
    link = {"name": "quiet_heron", "kind": "model", "tournament": "classic", "linked_at": time}
    question = {"question_id": number, "question": "payout", "arguments": '{"round": 600}', "asked_at": time}
    assert await stored_about(db, ADA) == NOTHING | {
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
        table: {"what_and_why": PERSONAL_TABLES[table].why, "rows": stored[table]}
        for table in PERSONAL_TABLES
    }


async def test_deleting_leaves_the_others_alone(db: Database) -> None:
    for member_id in (ADA, BERT):
        await set_link(db, AccountLink(member_id, "quiet_heron", "model", "classic", NOW))
    numbers = [await remember(db, member_id, "payout", {}, NOW) for member_id in (ADA, ADA, BERT)]
    assert await delete(db, ADA) == NONE | {"account_links": 1, "asked_questions": 2}
    assert await delete(db, ADA) == NONE
    assert await link_of(db, BERT) is not None
    assert await recall(db, numbers[2], BERT) is not None


async def test_what_others_took_part_in_stays_without_the_name(db: Database) -> None:
    await without_limits(db)
    await filed(db)
    await filed(db, member_id=BERT)
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    await second(db, HERE, 2, ADA, NOW, stages=EARLY)
    await argue(db, HERE, 1, BERT, "against", "Why 2 %?", NOW, stages=EARLY)
    await argue(db, HERE, 2, ADA, "question", "Why now?", NOW, stages=EARLY)
    await respond(db, HERE, 2, ADA, "partly", "From June on", NOW)
    await save_draft(db, HERE, ADA, "{}", NOW)
    await block(db, HERE, ADA, "Rants", NOW)
    before = [await revisions_of(db, HERE, number) for number in (1, 2)]

    assert await delete(db, ADA) == NONE | {
        "proposal_drafts": 1,
        "proposal_authors": 1,
        "proposal_seconds": 1,
        "proposal_arguments": 1,
        "event_actors": 2,
        "response_actors": 1,
    }
    first, other = await proposal_of(db, HERE, 1), await proposal_of(db, HERE, 2)
    assert first is not None
    assert other is not None
    assert (first.author, first.seconds, first.title) == (None, 1, "Cap the weights")
    assert (other.author, other.seconds) == (BERT, 0)
    assert [await revisions_of(db, HERE, number) for number in (1, 2)] == before
    assert [argument.member_id for argument in await arguments_of(db, HERE, 1)] == [BERT]
    assert await arguments_of(db, HERE, 2) == []
    [response] = await responses_of(db, HERE, 2)
    assert (response.statement, response.actor) == ("From June on", None)
    assert [event.actor for event in await events_of(db, HERE, 1)] == [None]
    assert [event.actor for event in await events_of(db, HERE, 2)] == [BERT, None]
    assert await block_reason(db, HERE, ADA) is not None
    assert not any((await stored_about(db, ADA)).values())


async def test_no_table_holds_the_id_of_who_deleted_their_data(db: Database, file: Path) -> None:
    await filed(db)
    await block(db, HERE, ADA, "Rants", NOW)
    await delete(db, ADA)
    with closing(sqlite3.connect(file)) as other:
        assert str(ADA) not in "".join(other.iterdump())


def test_every_sentence_is_one_sentence() -> None:
    for sentence in (*(kind.why for kind in PERSONAL_TABLES.values()), *KEPT_OTHERWISE):
        assert sentence.endswith(".")
        assert ". " not in sentence
