"""What members may not open, what moderators take out of sight, and cards that somebody deleted."""

from typing import Any

import pytest

from features.polls.opening import MOST_OPEN
from storage.members.fingerprints import KEPT, drop_old_openings
from storage.members.privacy import delete
from tests.features.polls.polling import OPTIONS, ask, close, details, form, labels, look, start, vote
from tests.features.proposals.proposing import Clock, card_in, file, rows
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
QUICK = {"question": "Now?", "answers": "yes; no"}


@pytest.fixture
def now() -> Clock:
    return Clock()


def polls_in(room: Any) -> list[Any]:
    return [message for message in room.history() if message.components or message.poll]


async def test_a_blocked_member_opens_no_poll(server: Server) -> None:
    await server.moderator.slash(server.channel, "setup block", member=server.ben, reason="*Spam*.")
    refused = "You may not open polls on this server, for this reason: \\*Spam\\*."
    assert said(await form(server, server.ben)).content == refused
    assert (await ask(server, server.ben, "quick", **QUICK)).content == refused
    assert polls_in(server.channel) == []
    await server.moderator.slash(server.channel, "setup block", member=server.ben, lift=True)
    await start(server, server.ben)


async def test_nobody_posts_where_they_may_not_write(server: Server) -> None:
    room = server.read_only
    refused = "You can't write in this channel, so you can't post anything here either."
    assert said(await form(server, server.ben, channel=room)).content == refused
    told = said(await server.ben.slash(room, "poll quick", **QUICK))
    assert told.content == refused
    assert room.history() == []
    assert await rows(server, "1", "polls") == []


async def test_a_proposal_is_filed_where_its_author_may_write_or_where_moderators_said(
    server: Server,
) -> None:
    refused = "You can't write in this channel, so you can't post anything here either."
    told = await file(server, server.ben, channel=server.read_only)
    assert told.content == refused
    assert await rows(server, "1", "proposals") == []
    proposals = server.guild.create_text_channel("proposals")
    await server.moderator.slash(server.channel, "setup channels", proposals=proposals)
    assert (await file(server, server.ben, channel=server.read_only)).content.startswith("Filed as #1.")


async def test_polls_have_a_cap_that_deleting_one_s_data_does_not_lift(server: Server, now: Clock) -> None:
    for _ in range(MOST_OPEN):
        await start(server, server.ben, hours=24.0)
    shown = await form(server, server.ben, hours=24.0)
    typed = {"title": "One more", "options": OPTIONS}
    refused = said(await server.ben.submit_modal(shown, typed))
    assert refused.content.startswith(f"You have {MOST_OPEN} open polls on this server, as many as a member")
    assert "Back to the form" in labels(refused), "what was typed is not lost"
    await delete(server.database, server.ben.id)
    shown = await form(server, server.ben, hours=24.0)
    assert "as many as a member may have" in said(await server.ben.submit_modal(shown, typed)).content
    await start(server, server.moderator)  # the cap is each member's own
    await close(server, now, 1)
    await start(server, server.ben)
    # what is over is forgotten in time, what is open is not
    now.move(days=KEPT.days + 1)
    assert await drop_old_openings(server.database, now()) > 0
    open_polls = await rows(server, "1", "polls WHERE state = 'open'")
    assert len(await rows(server, "1", "openings")) == len(open_polls)


async def test_a_hidden_poll_is_gone_from_sight_and_takes_no_ballots(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=48.0)
    for member in (server.ben, server.moderator):
        await vote(server, member, card, "single", [0])
    why = "Names a *person*."
    refused = await ask(server, server.ben, "hide", number=1, reason=why)
    assert refused.content == "Only moderators of this server can do that."
    filled = await server.ben.click(card, label="Vote")
    told = await ask(server, server.moderator, "hide", number=1, reason=why)
    assert told.content == "Poll #1 is hidden."
    public = card_in(server.channel)
    assert text_of(public).split("\n")[1:] == [
        "### Poll #1 is hidden.",
        "Poll #1 was hidden by the moderators, for this reason: Names a \\*person\\*.",
    ]
    assert labels(public) == []
    sentence = "Poll #1 was hidden by the moderators, for this reason: Names a \\*person\\*."
    assert said(await server.ben.submit_modal(filled, {"choice": "1"})).content == sentence
    for command in ("results", "export"):
        assert (await ask(server, server.ben, command, number=1)).content == sentence
    assert "No polls yet" in text_of(await ask(server, server.ben, "list"))
    again = await ask(server, server.moderator, "hide", number=1, reason=why)
    assert again.content == "There was nothing to change: it is like that already."
    now.move(days=2)
    await look(server)
    assert text_of(card_in(server.channel)) == text_of(public), "it is counted, and shown to nobody"
    await ask(server, server.moderator, "hide", number=1, reason="A mistake.", show_again=True)
    assert "Keep it wins." in text_of(card_in(server.channel))
    assert len(polls_in(server.channel)) == 1
    assert len(await details(server.ben, card_in(server.channel))) > 0


async def test_a_card_that_was_deleted_stays_away_until_there_is_a_result(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=48.0)
    server.env.backend.delete_message(card.channel.id, card.id)
    await server.env.settle()
    for member in (server.ben, server.moderator):
        shown = await ask(server, member, "show", number=1)
        await vote(server, member, shown.message, "single", [0])
    for _ in range(3):
        now.move(hours=1)
        await look(server)
    assert polls_in(server.channel) == []
    await close(server, now)
    [result] = polls_in(server.channel)
    assert "Keep it wins." in text_of(result)
