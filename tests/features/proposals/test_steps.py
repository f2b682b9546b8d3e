"""Who may take which step of a proposal, and what the clock does alone."""

from datetime import datetime, timedelta

import pytest

from features.proposals.drafts import file_draft, replace_draft
from features.proposals.steps import (
    advance_proposal,
    argue,
    checked_link,
    hide,
    hide_argument,
    respond,
    second,
    unsecond,
)
from governance.proposals.stages import NAMES
from storage.database import Database, fetch_all
from storage.proposals.blocks import block
from storage.proposals.events import events_of
from storage.server.settings import change_settings
from tests.features.proposals.proposals import ADA, BERT, CLEO, DORA, HERE, NOW, THERE, do_due
from tests.features.proposals.stepping import DAY, TYPED, at, file, refused, view

# ---------------------------------------------------------------- steps of members


async def test_secondings_bring_the_discussion(db: Database) -> None:
    await file(db)

    async def seconded(member: int) -> tuple[bool, bool]:
        done = await second(db, HERE, 1, member, NOW)
        assert done.view == await view(db), "what a step returns is what anybody reads after it"
        return done.new, done.moved

    assert await seconded(BERT) == (True, False)
    assert await seconded(BERT) == (False, False)
    assert await seconded(CLEO) == (True, True)
    assert (await view(db)).stage == "discussion"
    assert await seconded(DORA) == (True, False)
    assert "it is your own" in await refused(second(db, HERE, 1, ADA, NOW))
    await block(db, HERE, BERT, "Spam.", NOW)
    assert (await refused(second(db, HERE, 1, BERT, NOW))).endswith("for this reason: Spam.")
    await advance_proposal(db, HERE, 1, "withdrawn", ADA, NOW, moderator=False)
    assert "stands at “withdrawn”" in await refused(second(db, HERE, 1, DORA, NOW))


async def test_a_seconding_can_be_taken_back_and_moves_no_stage_back(db: Database) -> None:
    await file(db)
    assert await unsecond(db, HERE, 1, BERT, NOW) is None
    for member in (BERT, CLEO):
        await second(db, HERE, 1, member, NOW)
    after = await unsecond(db, HERE, 1, CLEO, NOW + DAY)
    assert after is not None
    assert after == await view(db, NOW + DAY)
    assert (after.stage, after.seconds, after.standing.seconded_by) == ("discussion", 1, {BERT})
    assert await do_due(db, NOW + 2 * DAY) == []
    assert await unsecond(db, HERE, 1, CLEO, NOW) is None
    assert (await second(db, HERE, 1, CLEO, NOW + 2 * DAY)).view.seconds == 2
    for stage in ("last_call", "vote", "closed"):
        await at(db, stage)
        told = await refused(unsecond(db, HERE, 1, CLEO, NOW + 3 * DAY))
        assert told == (f"Proposal #1 stands at “{NAMES[stage]}” now, where that is not possible.")
    assert (await view(db, NOW + 3 * DAY)).seconds == 2


async def test_a_step_that_fails_leaves_nothing(db: Database) -> None:
    """Seconding and what follows from it are one transaction."""
    await file(db)
    await second(db, HERE, 1, BERT, NOW)
    with pytest.raises(ValueError, match="before it came to where it stands"):
        await second(db, HERE, 1, CLEO, NOW - DAY)
    assert (await view(db)).seconds == 1


@pytest.mark.parametrize(("least", "needed"), [(0, 1), (1, 1), (3, 3)])
async def test_a_server_says_how_many_must_second(db: Database, least: int, needed: int) -> None:
    await change_settings(db, HERE, NOW, seconds_least=least)
    await file(db)
    assert (await view(db)).seconds_needed == needed
    moved = [await second(db, HERE, 1, member, NOW) for member in (BERT, CLEO, DORA)[:needed]]
    assert [each.moved for each in moved] == [False] * (needed - 1) + [True]


async def test_arguments_are_claims_about_the_proposal(db: Database) -> None:
    await file(db)
    argued = await argue(db, HERE, 1, BERT, "for", "  Good\n *idea*. ", NOW)
    assert argued == await view(db)
    assert [each.claim for each in argued.arguments] == ["Good *idea*."]
    await argue(db, HERE, 1, BERT, "question", "0.5 @ 50 NMR?", NOW)
    assert dict((await view(db)).arguments_by_side) == {"for": 1, "against": 0, "question": 1}
    assert await refused(argue(db, HERE, 1, BERT, "maybe", "c", NOW)) == (
        "An argument is for, against or a question."
    )
    assert "nothing in that claim" in await refused(argue(db, HERE, 1, BERT, "for", "\u200b", NOW))
    assert "this one has 301" in await refused(argue(db, HERE, 1, BERT, "for", "x" * 301, NOW))
    assert "said exactly that" in await refused(argue(db, HERE, 1, BERT, "for", "Good *idea*.", NOW))
    for claim in ("@cleo is wrong", "so says <@1>", "<@&5>", "(@x)"):
        assert "without naming anybody" in await refused(argue(db, HERE, 1, BERT, "for", claim, NOW))
    await at(db, "closed")
    assert "stands at “closed”" in await refused(argue(db, HERE, 1, BERT, "for", "Late.", NOW))


async def test_who_may_advance(db: Database) -> None:
    await file(db)
    for member in (BERT, CLEO):
        await second(db, HERE, 1, member, NOW)
    week = NOW + 7 * DAY

    async def step(to: str, member: int, *, moderator: bool = False, now: datetime = week) -> str:
        after = await advance_proposal(db, HERE, 1, to, member, now, moderator=moderator)
        assert after == await view(db, now)
        return after.stage

    assert "at least 7 days" in await refused(step("last_call", ADA, now=week - timedelta(seconds=1)))
    assert await refused(step("last_call", BERT)) == "Only its author or a moderator can do that."
    assert await refused(step("x" * 99, ADA)) == f"There is no stage called {'x' * 40}."
    assert "From discussion a proposal can't come to review." in await refused(step("review", ADA))
    assert await step("last_call", ADA) == "last_call"
    assert await step("discussion", DORA, moderator=True) == "discussion"
    assert "Only its author can bring" in await refused(step("withdrawn", DORA, moderator=True))
    assert "Only a moderator can bring" in await refused(step("superseded", ADA))
    assert "which other proposal" in await refused(step("superseded", DORA, moderator=True))
    await hide(db, HERE, 1, DORA, "r", week, hidden=True)
    assert "is hidden, for this reason: r" in await refused(step("withdrawn", ADA))
    await hide(db, HERE, 1, DORA, "r", week, hidden=False)
    assert await step("withdrawn", ADA) == "withdrawn"
    assert "From withdrawn a proposal can't come to idea." in await refused(step("idea", ADA))


async def test_a_moderator_who_is_the_author_may_do_both(db: Database) -> None:
    await file(db)
    await file(db, title="Another")
    view = await advance_proposal(db, HERE, 1, "superseded", ADA, NOW, moderator=True, successor=2)
    assert (view.stage, view.stored.successor) == ("superseded", 2)
    assert (await advance_proposal(db, HERE, 2, "withdrawn", ADA, NOW, moderator=True)).stage == "withdrawn"


async def test_a_last_call_comes_to_its_vote_by_itself_and_waits_for_its_count(db: Database) -> None:
    await file(db)
    for member in (BERT, CLEO):
        await second(db, HERE, 1, member, NOW)
    now = NOW + 7 * DAY
    await advance_proposal(db, HERE, 1, "last_call", ADA, now, moderator=False)
    told = await refused(advance_proposal(db, HERE, 1, "vote", ADA, now, moderator=True))
    assert "The last call lasts 72 hours" in told
    assert await do_due(db, now) == []
    [moved] = await do_due(db, now + 3 * DAY)
    assert moved == await view(db, now + 3 * DAY)
    assert moved.stage == "vote"
    assert await do_due(db, now + 400 * DAY) == []
    told = await refused(advance_proposal(db, HERE, 1, "result", ADA, now + 400 * DAY, moderator=True))
    assert told == "Its vote is not closed and counted yet."


async def test_the_answer_moves_on_what_waits_for_it(db: Database) -> None:
    await file(db)
    [response] = (await respond(db, HERE, 1, DORA, "noted", " Seen. ", " ", NOW)).responses
    assert (response.statement, response.link, response.actor) == ("Seen.", None, DORA)
    assert (await view(db)).stage == "idea"
    await at(db, "result")
    after = await respond(db, HERE, 1, DORA, "accepted", "Yes.", "https://forum.example/t/1", NOW)
    assert after == await view(db)
    assert (await view(db)).stage == "response"
    for statement in ("", "x" * 1001):
        assert "An answer has 1 to 1,000 characters" in await refused(
            respond(db, HERE, 1, DORA, "noted", statement, None, NOW)
        )


@pytest.mark.parametrize(
    "link",
    ["http://a.example", "https://", "https://localhost/x", "javascript:x", "https://a.example/ b",
     "https://a.example/>x", "see https://a.example", "https://a.example:x/", "https://" + "a" * 300 + ".b/"],
)  # fmt: skip
def test_what_is_no_link(link: str) -> None:
    with pytest.raises(ValueError, match="A link"):
        checked_link(link)


def test_what_is_a_link() -> None:
    for link in ("https://forum.example/t/1", "https://a.b.example:8080", "https://a.example/?q=1#x"):
        assert checked_link(f" {link} ") == link
    assert checked_link(None) is checked_link("  ") is None
    assert len(checked_link("https://a.example/" + "x" * 282) or "") == 300


async def test_moderators_hide_and_show(db: Database) -> None:
    await file(db)
    await file(db, title="Another")
    [argument] = (await argue(db, HERE, 1, BERT, "for", "Good.", NOW)).arguments
    assert await hide(db, HERE, 1, DORA, " Spam. ", NOW, hidden=True)
    assert not await hide(db, HERE, 1, DORA, "Twice.", NOW, hidden=True)
    assert (await view(db)).hidden_reason == "Spam."
    assert await hide(db, HERE, 1, DORA, "Mistake.", NOW, hidden=False)
    about = (argument.argument_id, DORA, "Rude.", NOW)
    assert await hide_argument(db, HERE, 1, *about, hidden=True)
    assert not await hide_argument(db, HERE, 1, *about, hidden=True)
    assert (await view(db)).arguments == ()
    assert await hide_argument(db, HERE, 1, *about, hidden=False)
    assert "Proposal #2 has no argument 1." in await refused(hide_argument(db, HERE, 2, *about, hidden=True))
    assert "has no argument" in await refused(hide_argument(db, THERE, 1, *about, hidden=True))
    assert "There is no proposal #7" in await refused(hide(db, HERE, 7, DORA, "r", NOW, hidden=True))
    for reason in ("", "\u200b", "x" * 301):
        assert "A reason has 1 to 300" in await refused(hide(db, HERE, 1, DORA, reason, NOW, hidden=True))
        assert "A reason has 1 to 300" in await refused(
            hide_argument(db, HERE, 1, argument.argument_id, DORA, reason, NOW, hidden=True)
        )
    assert [(each.kind, each.detail) for each in await events_of(db, HERE, 1)] == [
        ("filed", ""), ("hidden", "Spam."), ("unhidden", "Mistake."),
        ("argument_hidden", "1: Rude."), ("argument_unhidden", "1: Rude."),
    ]  # fmt: skip


# ---------------------------------------------------------------- steps of the clock


async def test_thirty_quiet_days_make_an_idea_stale(db: Database) -> None:
    await file(db)
    await file(db, now=NOW + 5 * DAY, title="Later")
    assert await do_due(db, NOW + 30 * DAY - timedelta(seconds=1)) == []
    [moved] = await do_due(db, NOW + 30 * DAY)
    assert (moved.number, moved.stage, moved.since) == (1, "stale", NOW + 30 * DAY)
    assert await do_due(db, NOW + 30 * DAY) == []
    # after an outage: late is as good as in time, and once is enough
    assert [each.number for each in await do_due(db, NOW + 400 * DAY)] == [2]
    assert await do_due(db, NOW + 400 * DAY) == []
    events = await fetch_all(db, "SELECT kind, detail FROM proposal_events WHERE kind = 'advanced'")
    assert [tuple(row) for row in events] == [("advanced", "stale")] * 2
    again = await advance_proposal(db, HERE, 1, "idea", ADA, NOW + 401 * DAY, moderator=False)
    assert again.stored.due_at == NOW + 431 * DAY


async def test_whatever_members_do_puts_it_off(db: Database) -> None:
    await file(db)
    now = NOW
    for act in (
        lambda now: second(db, HERE, 1, BERT, now),
        lambda now: argue(db, HERE, 1, BERT, "for", "Good.", now),
        lambda now: second(db, HERE, 1, CLEO, now),
    ):
        now += 20 * DAY
        await act(now)
        assert await do_due(db, now + 29 * DAY) == []
        assert (await view(db, now)).stored.due_at == now + 30 * DAY
    assert (await view(db, now)).stage == "discussion"
    assert [each.stage for each in await do_due(db, now + 30 * DAY)] == ["stale"]


async def test_what_is_due_is_found_in_all_servers(db: Database) -> None:
    await file(db)
    await replace_draft(db, THERE, ADA, TYPED, NOW)
    await file_draft(db, THERE, ADA, NOW)
    moved = await do_due(db, NOW + 31 * DAY)
    assert {each.stored.guild_id for each in moved} == {HERE, THERE}


def test_stages_have_names() -> None:
    assert NAMES["last_call"] == "last call"
    assert NAMES["idea"] == "idea"
