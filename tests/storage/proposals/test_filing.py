"""Filing within the limits of a server, and revising without losing anybody's revision."""

import asyncio
import sqlite3
from datetime import timedelta

import pytest

from storage.database import Database, fetch_all
from storage.proposals.blocks import block
from storage.proposals.drafts import Draft, draft_of, save_draft
from storage.proposals.events import events_of
from storage.proposals.filing import StaleRevisionError, file_proposal, revise
from storage.proposals.grounds import grounds_of
from storage.proposals.proposals import StoredProposal, proposal_of, proposals_in, revision_of, revisions_of
from storage.proposals.seconds import second
from storage.proposals.stages import hide, move_stage
from storage.server.settings import change_settings, forget_guild
from tests.features.proposals.proposals import (
    ADA,
    BERT,
    CLEO,
    EARLY,
    HERE,
    NOW,
    THERE,
    content,
    filed,
    without_limits,
)

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


async def rows(db: Database, table: str) -> int:
    [row] = await fetch_all(db, f"SELECT count(*) FROM {table}")
    return row[0]


async def test_what_is_filed_is_an_idea_with_its_first_revision(db: Database) -> None:
    proposal = await file_proposal(
        db, HERE, ADA, content("Ωμέγα 🦉"), NOW, due_at=NOW + HOUR, note="First try"
    )
    assert proposal == StoredProposal(
        proposal_id=1,
        guild_id=HERE,
        number=1,
        stage="idea",
        open=True,
        stage_since=NOW,
        created_at=NOW,
        changed_at=NOW,
        revision=1,
        title="Ωμέγα 🦉",
        tournament="classic",
        kind="weights",
        content_hash=content("Ωμέγα 🦉").content_hash,
        hidden_reason=None,
        channel=None,
        thread=None,
        message=None,
        due_at=NOW + HOUR,
        author=ADA,
        seconds=0,
        successor=None,
    )
    assert await proposal_of(db, HERE, 1) == proposal
    revision = await revision_of(db, HERE, 1)
    assert revision is not None
    assert (revision.revision, revision.content, revision.note) == (1, '{"title": "Ωμέγα 🦉"}', "First try")
    [event] = await events_of(db, HERE, 1)
    assert (event.kind, event.detail, event.happened_at, event.actor) == ("filed", "", NOW, ADA)


async def test_every_server_counts_for_itself_and_ids_for_all(db: Database) -> None:
    await without_limits(db)
    here, there, here_again = [await filed(db, guild_id=guild_id) for guild_id in (HERE, THERE, HERE)]
    assert [proposal.number for proposal in (here, there, here_again)] == [1, 1, 2]
    assert len({proposal.proposal_id for proposal in (here, there, here_again)}) == 3


async def test_many_at_once_get_each_number_once(db: Database) -> None:
    await asyncio.gather(*(filed(db, member_id=ADA + number) for number in range(20)))
    assert [proposal.number for proposal in await proposals_in(db, HERE)] == list(range(20, 0, -1))


async def test_an_id_never_names_a_proposal_of_before(db: Database) -> None:
    first = await filed(db)
    await forget_guild(db, HERE)
    assert (await filed(db)).proposal_id > first.proposal_id


async def test_the_cool_down_ends_to_the_microsecond(db: Database) -> None:
    await filed(db)
    await filed(db, member_id=BERT, now=NOW + MOMENT)
    await filed(db, guild_id=THERE, now=NOW + MOMENT)
    with pytest.raises(ValueError, match=r"24 hours .* possible from 2031-05-05 12:00 UTC\."):
        await filed(db, now=NOW + 24 * HOUR - MOMENT)
    assert (await filed(db, now=NOW + 24 * HOUR)).number == 3


@pytest.mark.parametrize(
    ("seconds", "minute"), [(0, "13:00"), (0.000001, "13:01"), (59, "13:01"), (60, "13:01")]
)
async def test_who_comes_at_the_minute_they_were_told_may_file(
    db: Database, seconds: float, minute: str
) -> None:
    await change_settings(db, HERE, NOW, cooldown_hours=1)
    await filed(db, now=NOW + timedelta(seconds=seconds))
    with pytest.raises(ValueError, match=rf"1 hour between .* 2031-05-04 {minute} UTC"):
        await filed(db, now=NOW + timedelta(minutes=2))
    hour, minutes = map(int, minute.split(":"))
    await filed(db, now=NOW.replace(hour=hour, minute=minutes))


async def test_a_refused_proposal_leaves_nothing(db: Database) -> None:
    await filed(db)
    tables = ("proposals", "proposal_revisions", "proposal_authors", "proposal_events", "event_actors")
    with pytest.raises(ValueError, match="24 hours"):
        await filed(db, now=NOW + HOUR)
    assert [await rows(db, table) for table in tables] == [1] * 5


async def test_a_cool_down_of_nothing_and_a_longer_one(db: Database) -> None:
    await change_settings(db, HERE, NOW, cooldown_hours=0)
    await filed(db)
    await filed(db)
    await change_settings(db, HERE, NOW, cooldown_hours=720)
    with pytest.raises(ValueError, match=r"720 hours .* 2031-06-03 12:00 UTC"):
        await filed(db)


async def test_the_cap_counts_what_is_open(db: Database) -> None:
    await change_settings(db, HERE, NOW, cooldown_hours=0, open_cap=2)
    first, _ = await filed(db), await filed(db)
    with pytest.raises(
        ValueError, match=r"allows a member, 2 at once; the next .* as soon as one of them is"
    ):
        await filed(db)
    await hide(db, HERE, first.number, BERT, "Spam", NOW)
    with pytest.raises(ValueError, match="2 at once"):
        await filed(db)
    await filed(db, member_id=BERT)
    hidden = await proposal_of(db, HERE, first.number)
    assert hidden is not None
    assert await move_stage(db, hidden, "withdrawn", NOW, due_at=None, actor=ADA)
    assert (await filed(db)).number == 4
    with pytest.raises(ValueError, match="2 at once"):
        await filed(db)


@pytest.mark.parametrize("stage", ["closed", "withdrawn", "stale"])
async def test_what_ended_leaves_room_and_what_is_under_way_does_not(db: Database, stage: str) -> None:
    await change_settings(db, HERE, NOW, cooldown_hours=0, open_cap=1)
    proposal: StoredProposal | None = await filed(db)
    for under_way in ("discussion", "last_call", "vote", "result", "response", "review"):
        assert proposal is not None
        proposal = await move_stage(db, proposal, under_way, NOW, due_at=None)
        with pytest.raises(ValueError, match="1 at once"):
            await filed(db)
    assert proposal is not None
    assert await move_stage(db, proposal, stage, NOW, due_at=None)
    await filed(db)


async def test_two_clicks_at_once_file_one_proposal(db: Database) -> None:
    results = await asyncio.gather(filed(db), filed(db), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["StoredProposal", "ValueError"]
    assert await rows(db, "proposals") == 1


async def test_who_is_blocked_is_told_why(db: Database) -> None:
    await block(db, HERE, ADA, "Nothing but rants", NOW)
    with pytest.raises(ValueError, match=r"may not file .* for this reason: Nothing but rants"):
        await filed(db)
    await filed(db, guild_id=THERE)
    await filed(db, member_id=BERT)


async def test_a_draft_goes_only_with_what_was_made_from_it(db: Database) -> None:
    await without_limits(db)
    for guild_id, member_id in ((HERE, ADA), (HERE, BERT), (THERE, ADA)):
        await save_draft(db, guild_id, member_id, "{}", NOW)
    await filed(db)
    assert await draft_of(db, HERE, ADA) == Draft("{}", NOW)
    await file_proposal(db, HERE, ADA, content(), NOW, due_at=None, from_draft=True)
    assert await draft_of(db, HERE, ADA) is None
    assert await draft_of(db, HERE, BERT) == await draft_of(db, THERE, ADA) == Draft("{}", NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 101},
        {"tournament": "chess"},
        {"kind": ""},
        {"text": "{"},
        {"content_hash": "0" * 63},
        {"content_hash": "Z" * 64},
    ],
)
async def test_what_makes_no_sense_is_refused_whole(db: Database, wrong: dict[str, str]) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await file_proposal(db, HERE, ADA, content(**{"title": "Fine", **wrong}), NOW, due_at=None)
    assert await rows(db, "proposals") == await rows(db, "proposal_revisions") == 0


async def test_a_revision_keeps_what_was_said_before(db: Database) -> None:
    await filed(db)
    later, newer = NOW + HOUR, content("Cap them at 2 %", kind="stake_cap")
    proposal, dropped = await revise(
        db, HERE, 1, ADA, newer, later, expected_revision=1, stages=EARLY, substantive=False,
        due_at=later + HOUR, note="Numbers",
    )  # fmt: skip
    assert dropped == 0
    assert (proposal.revision, proposal.title, proposal.kind) == (2, "Cap them at 2 %", "stake_cap")
    assert (proposal.content_hash, proposal.due_at) == (newer.content_hash, later + HOUR)
    assert (proposal.created_at, proposal.stage_since, proposal.changed_at) == (NOW, NOW, later)
    first, last = await revisions_of(db, HERE, 1)
    assert (first.content, first.note, first.created_at) == (content().text, "", NOW)
    assert (last.content, last.note, last.created_at) == (newer.text, "Numbers", later)
    assert await revision_of(db, HERE, 1) == last
    assert await revision_of(db, HERE, 1, 1) == first
    assert [(event.kind, event.detail) for event in await events_of(db, HERE, 1)] == [
        ("filed", ""),
        ("revised", "2"),
    ]


async def test_two_who_revise_at_once_both_keep_their_words(db: Database) -> None:
    await filed(db)
    results = await asyncio.gather(
        *(
            revise(
                db, HERE, 1, member_id, content(f"By {member_id}"), NOW,
                expected_revision=1, stages=EARLY, substantive=True, due_at=None,
            )
            for member_id in (ADA, BERT)
        ),
        return_exceptions=True,
    )  # fmt: skip
    [told] = [result for result in results if isinstance(result, StaleRevisionError)]
    assert "saved revision 2 of proposal #1 meanwhile; nothing was lost" in str(told)
    proposal = await proposal_of(db, HERE, 1)
    assert proposal is not None
    assert (proposal.revision, await rows(db, "proposal_revisions")) == (2, 2)
    assert proposal.title in (f"By {ADA}", f"By {BERT}")


async def test_a_substantive_revision_starts_again_without_seconds(db: Database) -> None:
    proposal = await filed(db)
    for member_id in (BERT, CLEO):
        await second(db, HERE, 1, member_id, NOW, stages=EARLY)
    seconded = await proposal_of(db, HERE, 1)
    assert seconded is not None
    assert await move_stage(db, seconded, "discussion", NOW + HOUR, due_at=None)
    later = NOW + 2 * HOUR
    proposal, dropped = await revise(
        db, HERE, 1, ADA, content("Other"), later,
        expected_revision=1, stages=EARLY, substantive=True, due_at=None,
    )  # fmt: skip
    assert (dropped, proposal.seconds, proposal.stage, proposal.stage_since) == (2, 0, "idea", later)
    assert (await grounds_of(db, HERE, proposal.proposal_id, NOW)).seconded_by == frozenset()
    assert [(event.kind, event.detail) for event in await events_of(db, HERE, 1)][-2:] == [
        ("revised", "2"),
        ("advanced", "idea"),
    ]


async def test_seconds_survive_an_editorial_revision(db: Database) -> None:
    await filed(db)
    await second(db, HERE, 1, BERT, NOW, stages=EARLY)
    proposal, dropped = await revise(
        db, HERE, 1, ADA, content("Better said"), NOW,
        expected_revision=1, stages=EARLY, substantive=False, due_at=None,
    )  # fmt: skip
    assert (dropped, proposal.seconds) == (0, 1)


async def test_a_text_that_was_frozen_meanwhile_stays(db: Database) -> None:
    proposal = await filed(db)
    assert await move_stage(db, proposal, "vote", NOW, due_at=None)
    with pytest.raises(ValueError, match="#1 stands at “vote” now, where that is not possible"):
        await revise(
            db, HERE, 1, ADA, content("Late"), NOW,
            expected_revision=1, stages=EARLY, substantive=False, due_at=None,
        )  # fmt: skip
    assert await rows(db, "proposal_revisions") == 1


async def test_nobody_revises_what_stands_on_another_server(db: Database) -> None:
    await filed(db)
    with pytest.raises(ValueError, match="no proposal #1 on this server"):
        await revise(
            db, THERE, 1, ADA, content(), NOW,
            expected_revision=1, stages=EARLY, substantive=False, due_at=None,
        )  # fmt: skip
