"""What happens by itself: Discord that fails, trouble that stays where it is, and restarts."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from bot import create_bot
from features.polls.closing import end_if_due
from storage.database import execute, transaction
from storage.polls.polls import due_polls
from storage.polls.reminders import add_reminder
from tests.features.polls.polling import close, labels, look, next_mark, people, poll_of, start, vote
from tests.features.proposals.proposing import Clock, ask, card_in, file, rows, view_of, without_limits
from tests.offline import Server, text_of

pytestmark = pytest.mark.slow  # a bot for each test


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def ada(server: Server) -> Any:
    return server.guild.add_member(server.env.create_user("ada", global_name="Ada"))


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


async def change(server: Server, sql: str) -> None:
    async with transaction(server.database):
        await execute(server.database, sql)


def fail_edits(server: Server, times: int | None, status: int = 503) -> None:
    path = f"/channels/{server.channel.id}/messages/*"
    server.env.inject_error("PATCH", path, status=status, times=times)


async def test_a_503_while_a_poll_closes_is_made_up_for(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    card = await start(server, ada, hours=48.0)
    for member in (server.ben, server.moderator):
        await vote(server, member, card, "single", [1])
    now.move(days=2)
    fail_edits(server, times=3)
    await look(server)
    now.move(days=1)
    await look(server)
    assert (await poll_of(server)).poll.state == "closed"
    assert "Vote" in labels(card_in(server.channel))
    assert "503" in " ".join(warnings(caplog))
    for _ in range(6):
        now.move(minutes=10)
        await look(server)
    shown = card_in(server.channel)
    assert labels(shown) == ["My ballot", "Details"]
    assert "Cut TC wins." in text_of(shown)


async def test_what_fails_is_tried_less_and_less_often_and_told_each_time(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await start(server, ada, hours=48.0)
    fail_edits(server, times=None)
    now.move(days=2)
    for _ in range(64):
        await look(server)
        now.move(minutes=1)
    # after 0, 1, 3, 7, 15, 31 and 63 minutes
    assert len([told for told in warnings(caplog) if told.startswith("the card of a poll failed")]) == 7
    server.env.backend.faults.clear()
    now.move(hours=6)  # never longer
    await look(server)
    assert labels(card_in(server.channel)) == ["My ballot", "Details"]


async def test_a_refusal_is_tried_again_too_and_heals(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await start(server, ada, hours=48.0)
    fail_edits(server, times=1, status=403)
    now.move(days=2)
    await look(server)
    assert any("I can't edit the card" in told for told in warnings(caplog))
    now.move(minutes=1)
    await look(server)
    assert labels(card_in(server.channel)) == ["My ballot", "Details"]


async def test_a_poll_that_cannot_be_counted_stops_no_other(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    first = await start(server, ada, hours=24.0)
    await vote(server, server.ben, first, "single", [0])
    await start(server, ada, hours=48.0)
    await change(server, "UPDATE ballots SET choice = '\"nothing of the kind\"'")
    now.move(days=3)
    await look(server)
    assert await rows(server, "number, state", "polls ORDER BY number") == [
        (1, "open"),
        (2, "closed"),
    ]
    assert labels(card_in(server.channel)) == ["My ballot", "Details"]
    assert any(told.startswith("ending a poll failed") for told in warnings(caplog))


async def test_a_card_that_cannot_be_made_stops_no_other(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await start(server, ada, hours=24.0)
    await start(server, ada, hours=24.0)
    now.move(days=1)
    for poll in await due_polls(server.database, now()):
        assert await end_if_due(server.database, poll, now())
    await change(server, """UPDATE polls SET result = '{"result": {}, "head": ""}' WHERE number = 1""")
    await look(server)
    cards = [message for message in server.channel.history() if message.components]
    assert [labels(card) for card in cards] == [["Vote", "My ballot", "Details"], ["My ballot", "Details"]]
    assert any(told.startswith("the card of a poll failed") for told in warnings(caplog))


async def test_a_vote_without_numbers_of_its_tournament_stops_no_other(
    server: Server, ada: Any, now: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await without_limits(server)
    await start(server, ada, hours=24.0)
    await file(server, ada)
    await file(server, ada, title="Another one altogether", change="Pay on Mondays.", problem="Late pay.")
    await change(server, "UPDATE proposals SET tournament = 'signals' WHERE number = 1")
    await change(
        server,
        "UPDATE proposal_revisions SET content = json_set(content, '$.tournament', 'signals') "
        "WHERE proposal_id = (SELECT proposal_id FROM proposals WHERE number = 1)",
    )
    await change(server, f"UPDATE proposals SET stage = 'vote', due_at = NULL, stage_since = '{_text(now)}'")
    now.move(days=2)
    for _ in range(2):
        await look(server)
    assert await rows(server, "p.number", "polls v JOIN proposals p USING (guild_id, proposal_id)") == [(2,)]
    assert (await poll_of(server, 1)).poll.state == "closed"
    assert any("There are no numbers of Signals here" in told for told in warnings(caplog))
    now.move(days=8)
    await look(server)
    assert (await view_of(server, 2)).stage == "result"
    assert (await view_of(server, 1)).stage == "vote"


def _text(now: Clock) -> str:
    return now().isoformat(timespec="microseconds")


async def test_a_kill_between_the_close_and_its_card_is_made_up_for_at_the_next_start(
    server: Server, ada: Any, now: Clock, settings: Any, source: Any
) -> None:
    await start(server, ada, hours=24.0)
    now.move(days=1)
    [poll] = await due_polls(server.database, now())
    assert await end_if_due(server.database, poll, now())  # and the bot is gone before it shows that
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await server.env.settle()
    await look(server)
    assert labels(card_in(server.channel)) == ["My ballot", "Details"]


async def test_a_poll_that_could_not_be_posted_is_posted_where_it_was_typed(
    server: Server, ada: Any, now: Clock
) -> None:
    server.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=503)
    with pytest.raises(AssertionError, match="but not shown yet"):
        await start(server, ada, hours=24.0)
    assert (await poll_of(server)).poll.message is None
    await look(server)
    assert labels(card_in(server.channel)) == ["Vote", "My ballot", "Details"]


async def test_a_proposal_that_could_not_be_posted_says_so_and_follows(
    server: Server, ada: Any, now: Clock
) -> None:
    server.env.inject_error("POST", f"/channels/{server.channel.id}/messages", status=503)
    told = await file(server, ada)
    assert told.content == "Filed as #1. Discord can't show it just now; its card follows by itself."
    await look(server)
    assert "Say it eight weeks ahead" in text_of(card_in(server.channel))


async def test_a_proposal_s_card_shows_what_a_503_kept_from_it(server: Server, ada: Any, now: Clock) -> None:
    await file(server, ada)
    fail_edits(server, times=1)
    told = await ask(server, server.ben, "second", number=1)
    assert "its card follows by itself" in told.content
    assert "1 of 2 secondings" not in text_of(card_in(server.channel))
    await look(server)
    assert "1 of 2 secondings" in text_of(card_in(server.channel))


async def test_nothing_is_edited_that_shows_its_state(server: Server, ada: Any, now: Clock) -> None:
    await file(server, ada)
    await ask(server, server.ben, "second", number=1)
    await ask(server, server.ben, "argue", number=1, side="for", claim="It is fair.")
    card = await start(server, ada, hours=24.0)
    await vote(server, server.ben, card, "single", [1])
    await look(server)

    def edits() -> int:
        room = f"/channels/{server.channel.id}/messages/"
        return sum(
            entry.method == "PATCH" and entry.path.startswith(room) for entry in server.env.http_requests
        )

    before = edits()
    for member in people(server, 3):
        await vote(server, member, card, "single", [1])
    await next_mark(server, now)
    assert edits() == before, "four ballots are told as fewer than five"
    [member] = people(server, 1)
    await vote(server, member, card, "single", [1])
    await look(server)
    assert edits() == before, "a number is told at marks alone"
    await next_mark(server, now)
    assert edits() == before + 1
    assert "at least 5" in text_of(card_in(server.channel))
    await close(server, now)
    again = edits()
    await look(server)
    assert edits() == again


async def test_a_reminder_that_discord_could_not_take_comes_later(
    server: Server, ada: Any, now: Clock
) -> None:
    await start(server, ada, hours=48.0)
    poll = (await poll_of(server)).poll
    due = now() + timedelta(hours=1)
    assert await add_reminder(server.database, server.guild.id, poll.poll_id, server.ben.id, due)
    now.move(hours=1)
    server.env.inject_error("POST", "/users/@me/channels", status=503)
    await look(server)
    assert await rows(server, "member_id", "reminders") == [(server.ben.id,)]
    now.move(minutes=1)
    await look(server)
    assert await rows(server, "member_id", "reminders") == []
    [told] = [entry for entry in server.env.http_requests if entry.path == "/users/@me/channels"][-1:]
    assert told.method == "POST"
