"""Discord refuses a card: the member reads where it is or why it waits, and nothing is lost."""

from typing import Any

import pytest
from simcord.builders import ChannelHandle

from storage.server.settings import change_settings
from tests.features.polls.polling import OPTIONS, form, look, poll_of
from tests.features.proposals.proposing import READY, REST, Clock, ask, deny, file, rows, typing, use, view_of
from tests.offline import Server, parts_of, posted, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
POLL = {"title": "Which rule?", "description": "", "options": OPTIONS}
WAITS = "Discord can't show it just now; its card follows by itself."
CODES = [
    (403, 50013, "I can't post in #payout-talk: I may not do that there."),
    (403, 50001, "I can't post in #payout-talk: I can't see it."),
    (404, 10003, "I can't post in #payout-talk: the channel or thread is gone."),
    (400, 50035, "I can't post in #payout-talk: Discord does not take the card as it is."),
    (400, 50083, "I can't post in #payout-talk: its thread is archived, and I may not open it."),
    (400, 160005, "I can't post in #payout-talk: its thread is locked."),
    (400, 40005, "I can't post in #payout-talk: the picture is too large for this server."),
    (400, 987654, "I can't post in #payout-talk: Discord refused it with its code 987654."),
    (503, 0, WAITS),
    (429, 0, WAITS),
    (400, 130000, WAITS),
]


async def opened(server: Server, **options: Any) -> str:
    return said(await server.ben.submit_modal(await form(server, server.ben, **options), POLL)).content


def told_to(server: Server, person: Any) -> list[str]:
    """The direct messages of the bot to somebody."""
    room = ChannelHandle(server.env, None, server.env.backend.get_dm_channel(person.id))
    return [message.content for message in room.history()]


async def set_up(server: Server, **channels: Any) -> None:
    """The moderator sets the server up: they are told what does not work."""
    await server.moderator.slash(server.channel, "setup limits", hours=0)
    if channels:
        await change_settings(
            server.database, server.guild.id, server.bot.now(), **{k: v.id for k, v in channels.items()}
        )


@pytest.mark.parametrize(("status", "code", "why"), CODES)
async def test_a_poll_that_is_not_shown_is_not_said_to_be(
    server: Server, now: Clock, status: int, code: int, why: str
) -> None:
    await set_up(server)
    server.env.inject_error(
        "POST", f"/channels/{server.channel.id}/messages", status=status, code=code, times=None
    )
    told = await opened(server)
    assert posted(server.channel) == []
    assert "Poll #1 is open" not in told
    assert told.startswith(f"Poll #1 is kept, but not shown yet. {why}")
    passes = why == WAITS
    assert [why in message for message in told_to(server, server.moderator)] == ([] if passes else [True])
    await look(server)
    assert len(told_to(server, server.moderator)) == (0 if passes else 1), "they are told once"
    server.env.backend.faults.clear()
    for _ in range(3):
        now.move(minutes=5)
        await look(server)
    [card] = posted(server.channel)
    assert "Poll #1: Which rule?" in text_of(card)
    assert (await poll_of(server)).poll.message == card.id


@pytest.mark.parametrize("setting", ["announce_channel", "proposal_channel"])
async def test_a_poll_that_is_refused_where_it_was_typed_is_shown_elsewhere(
    server: Server, setting: str
) -> None:
    room = server.guild.create_text_channel("elsewhere")
    await set_up(server, **{setting: room})
    await deny(server, server.channel, send_messages=False)
    told = await opened(server)
    assert told.startswith(
        f"Poll #1 is open. It is shown in <#{room.id}>. I may not post cards in #payout-talk"
    )
    [card] = posted(room)
    assert (await poll_of(server)).poll.message == card.id


async def test_the_result_of_a_poll_whose_card_can_t_be_edited_is_shown_elsewhere(
    server: Server, now: Clock
) -> None:
    room = server.guild.create_text_channel("elsewhere")
    await set_up(server, announce_channel=room)
    assert "Poll #1 is open." in await opened(server, hours=96.0)
    await deny(server, server.channel, view_channel=False, read_message_history=False)
    now.move(hours=97)
    await look(server)
    [card] = posted(room)
    assert "Nobody cast a ballot." in text_of(card)


async def to_vote(server: Server, ada: Any, now: Clock) -> None:
    shown, typed = await typing(server, ada, kind="communication")
    await ada.submit_modal(typed, READY)
    await ada.submit_modal(await ada.click(shown.message, label="Add reasons"), REST)
    await ada.click(shown.message, label="File it")
    for member in (server.ben, server.moderator):
        await ask(server, member, "second", number=1)
    now.move(days=7)
    await ask(server, ada, "advance", number=1, to="last_call")
    now.move(days=3)


async def test_a_vote_does_not_begin_where_nobody_could_see_it(server: Server, ada: Any, now: Clock) -> None:
    await set_up(server)
    room = await use(server, server.guild.create_text_channel("proposals"))
    await to_vote(server, ada, now)
    [thread] = room.threads
    server.env.backend.delete_channel(thread.id)
    await deny(server, room, send_messages=False, send_messages_in_threads=False)
    for _ in range(3):
        await look(server)
        now.move(days=2)
    assert (await view_of(server)).stage == "vote"
    assert await rows(server, "state", "polls") == [], (
        "it would be over by now, and nobody would have seen it"
    )
    [told] = [
        message for message in told_to(server, server.moderator) if "the vote on proposal #1" in message
    ]
    assert "I may not post cards in #proposals: I lack Send Messages" in told
    server.env.backend.edit_channel(room.id, {}, overwrites=[])
    await server.env.settle()
    now.move(days=1)
    await look(server)
    assert await rows(server, "state", "polls") == [("open",)]
    assert any("Should this be done?" in text_of(card) for card in posted(room))


@pytest.mark.parametrize("trouble", ["deleted", "locked"])
async def test_a_vote_whose_thread_is_gone_or_locked_is_held_in_the_channel(
    server: Server, ada: Any, now: Clock, trouble: str
) -> None:
    room = await use(server, server.guild.create_text_channel("proposals"))
    await to_vote(server, ada, now)
    [thread] = room.threads
    if trouble == "deleted":
        server.env.backend.delete_channel(thread.id)
    else:
        await deny(server, room, manage_threads=False)
        server.env.backend.edit_channel(thread.id, {}, thread_metadata={"archived": True, "locked": True})
    await server.env.settle()
    for _ in range(2):
        await look(server)
    assert await rows(server, "state", "polls") == [("open",)]
    assert any("Should this be done?" in text_of(card) for card in posted(room))


async def test_a_vote_that_is_refused_as_it_is_shown_is_taken_back(
    server: Server, ada: Any, now: Clock
) -> None:
    room = await use(server, server.guild.create_text_channel("proposals"))
    await to_vote(server, ada, now)
    server.env.inject_error("POST", "/channels/*/messages", status=400, code=50035, times=None)
    await look(server)
    await look(server)
    assert await rows(server, "DISTINCT state", "polls") == [("cancelled",)]
    server.env.backend.faults.clear()
    now.move(hours=7)
    await look(server)
    assert (await rows(server, "state", "polls ORDER BY poll_id"))[-1] == ("open",)
    assert any(
        "Should this be done?" in text_of(card) for each in (room, *room.threads) for card in posted(each)
    )


async def test_a_proposal_that_is_shown_nowhere_is_tried_again_by_itself(
    server: Server, ada: Any, now: Clock
) -> None:
    await set_up(server)
    await deny(server, server.channel, send_messages=False)
    told = await file(server, ada)
    assert "I may not post cards in #payout-talk: I lack Send Messages" in told.content
    assert len(told_to(server, server.moderator)) == 1
    server.env.backend.edit_channel(server.channel.id, {}, overwrites=[])
    await server.env.settle()
    now.move(minutes=5)
    await look(server)
    assert len(posted(server.channel)) == 1


async def test_what_is_written_down_is_not_said_to_be_undone(server: Server) -> None:
    promise = {
        "what": "A cap",
        "who": "the team",
        "link": "https://forum.example/t/1",
        "said_on": "2031-05-01",
    }
    server.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035)
    told = said(await server.moderator.slash(server.channel, "promise add", **promise))
    assert await rows(server, "what", "promises") == [("A cap",)]
    assert "nothing was changed" not in told.content
    assert "What you asked for is written down" in told.content
    server.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035)
    told = said(await server.ben.slash(server.channel, "poll list"))
    assert "nothing was changed" in told.content
    for member, command, options, table in (
        (server.ben, "opinion add", {"claim": "Caps help."}, "opinion_statements"),
        (server.moderator, "opinion hide", {"number": 1, "reason": "Checked."}, "opinion_events"),
        (server.moderator, "setup sharing", {"allowed": False}, "guild_settings"),
        (server.moderator, "digest schedule", {}, "digest_schedules"),
    ):
        server.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035)
        told = said(await member.slash(server.channel, command, **options))
        assert await rows(server, "1", table) != [], command
        assert "nothing was changed" not in told.content, command


async def test_the_check_says_what_is_wrong_with_the_summaries(server: Server, now: Clock) -> None:
    room = server.guild.create_text_channel("summaries")
    await server.moderator.slash(server.channel, "digest schedule", channel=room)
    checked = said(await server.moderator.slash(server.channel, "setup check"))
    assert "**Summaries in #summaries** works: permissions, posting" in text_of(checked)
    server.env.backend.delete_channel(room.id)
    now.move(days=7)
    await look(server)
    [told] = told_to(server, server.moderator)
    assert "the summary of the week" in told
    assert "was not posted" in told
    checked = said(await server.moderator.slash(server.channel, "setup check"))
    text = text_of(checked)
    assert "Everything works" not in text
    assert "the channel: it is gone, or I can't see it; pick another with /digest schedule" in text
    assert "the newest summary: it was not posted: I can't post where it belongs" in text
    assert parts_of(checked)
