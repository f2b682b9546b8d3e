"""A ranking as a member puts it together: tapped twice, moved, made equal, undone, after an hour, typed."""

import asyncio
import json
from typing import Any

import discord
import pytest

from bot import create_bot
from features.polls.buttons import RankItem
from storage.polls import closing
from tests.cogs.poll.pressing import Answered, press
from tests.features.polls.polling import poll_of, pressable, start, vote
from tests.features.proposals.proposing import Clock, rows
from tests.offline import Server, custom_id, parts_of, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
FIVE = "\n".join("ABCDE")


def ranked(reply: Any) -> list[str]:
    """The lines of a ranking, like "1 A" and "2 = B"."""
    return [
        line.replace("**", "").strip()
        for line in text_of(reply).split("\n")
        if line.startswith("**") and line[2].isdigit()
    ]


async def begin(server: Server, card: Any, *places: int) -> Any:
    """Press Vote and rank these; the message that is shown."""
    reply = said(await server.ben.click(card, label="Vote"))
    for place in places:
        await server.ben.select(reply.message, [str(place)], custom_id=custom_id(reply, "rank-next"))
    return reply


async def do(server: Server, reply: Any, verb: str, place: int | None = None) -> Any:
    """Select an option, then press a button."""
    if place is not None:
        await server.ben.select(reply.message, [str(place)], custom_id=custom_id(reply, "rank-pick"))
    return await server.ben.click(reply.message, custom_id=custom_id(reply, f"rank-{verb}"))


async def steps(server: Server) -> list[Any]:
    return [json.loads(text) for (text,) in await rows(server, "steps", "ranking_drafts")]


async def test_a_ranking_is_moved_made_equal_and_undone(server: Server) -> None:
    reply = await begin(server, await start(server, server.ben, "ranked_schulze", typed=FIVE), 0, 1, 2)
    assert ranked(reply) == ["1 A", "2 B", "3 C"]
    assert not pressable(reply, "down"), "the newest is selected, and it is the last"
    for verb, place, shown in (
        ("up", None, ["1 A", "2 C", "3 B"]),
        ("up", None, ["1 C", "2 A", "3 B"]),
        ("level", 1, ["1 C", "2 = A", "2 = B"]),
        ("level", 0, ["1 C", "2 B", "3 A"]),
        ("level", None, ["1 C", "2 = B", "2 = A"]),
        ("level", 1, ["1 C", "2 A", "3 B"]),
        ("level", None, ["1 C", "2 = A", "2 = B"]),
        ("up", None, ["1 C", "2 B", "3 A"]),
        ("down", 2, ["1 B", "2 C", "3 A"]),
        ("out", 2, ["1 B", "2 A"]),
        ("undo", None, ["1 B", "2 C", "3 A"]),
        ("again", None, []),
        ("undo", None, ["1 B", "2 C", "3 A"]),
    ):
        await do(server, reply, verb, place)
        assert ranked(reply) == shown, (verb, place)
    assert "3 of 5" in text_of(reply)
    for _ in range(15):
        if not pressable(reply, "undo"):
            break
        await do(server, reply, "undo")
    assert ranked(reply) == []
    assert await steps(server) == [[[]]]


async def test_two_quick_taps_rank_once_and_move_once(server: Server) -> None:
    card = await start(server, server.ben, "ranked_irv", typed=FIVE)
    reply = await begin(server, card, 0, 1)
    seen = [custom_id(reply, f"rank-{verb}") for verb in ("up", "undo", "out", "again")]
    for custom in seen:
        await asyncio.gather(*(tapped(press(server, server.ben, custom), custom) for _ in range(2)))
    assert await steps(server) == [[[], [[0]], [[0], [1]], [[1], [0]]]], "only the first was seen so"
    fresh = await begin(server, card)
    menu = custom_id(fresh, "rank-next")
    await asyncio.gather(*(tapped(press(server, server.ben, menu), menu, "2") for _ in range(3)))
    assert (await steps(server))[0][-1] == [[1], [0], [2]]
    await asyncio.gather(*(tapped(press(server, server.ben, menu), menu, each) for each in "34"))
    assert sorted((await steps(server))[0][-1][3:]) == [[3], [4]], "two at once are both ranked"


async def tapped(pressed: Any, custom: str, value: str = "") -> None:
    """A press as it reaches the item, whatever stands under the message by now."""
    match = RankItem.__discord_ui_compiled_template__.fullmatch(custom)
    assert match is not None
    item: Any = discord.ui.Button(custom_id=custom)
    if value:
        item = discord.ui.Select(custom_id=custom, options=[discord.SelectOption(label=value)])
        item._values = [value]
    await (await RankItem.from_custom_id(pressed, item, match)).callback(pressed)
    assert isinstance(pressed.response, Answered)


async def test_a_ranking_outlives_a_restart_and_an_hour(
    server: Server, now: Clock, settings: Any, source: Any
) -> None:
    card = await start(server, server.ben, "ranked_schulze", typed=FIVE, hours=96.0)
    reply = await begin(server, card, 3, 1)
    now.move(hours=1)
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await server.ben.select(reply.message, ["0"], custom_id=custom_id(reply, "rank-next"))
    assert ranked(reply) == ["1 D", "2 B", "3 A"]
    assert ranked(await begin(server, card)) == ["1 D", "2 B", "3 A"], "a second message has it too"
    await do(server, reply, "cast")
    assert "D, then B, then A" in text_of(reply)
    assert await rows(server, "choice", "ballots") == [('["D","B","A"]',)]
    assert await steps(server) == []
    again = await begin(server, card)
    assert ranked(again) == ["1 D", "2 B", "3 A"], "the ballot is where the next one starts"
    assert not pressable(again, "undo")


async def test_a_ranking_that_was_changed_elsewhere_is_not_cast(server: Server) -> None:
    card = await start(server, server.ben, "ranked_schulze", typed=FIVE)
    one = await begin(server, card, 0, 1)
    other = await begin(server, card, 2)
    await do(server, one, "cast")
    assert "Not cast" in text_of(one)
    assert ranked(one) == ranked(other) == ["1 A", "2 B", "3 C"]
    assert await rows(server, "1", "ballots") == []
    await do(server, one, "cast")
    assert await rows(server, "choice", "ballots") == [('["A","B","C"]',)]
    await do(server, other, "cast")  # twice: the same ballot, with the receipt that it has
    assert await rows(server, "writes", "polls") == [(1,)]


async def test_a_ranking_is_typed_with_equals(server: Server, settings: Any, source: Any, now: Clock) -> None:
    card = await start(server, server.ben, "ranked_schulze", typed=FIVE)
    reply = await begin(server, card, 1, 0)
    form = await server.ben.click(reply.message, label="Type it")
    [label] = form.modal["components"]
    assert label["component"]["value"] == "A: 2\nB: 1\nC:\nD:\nE:"
    refused = said(await server.ben.submit_modal(form, {"text": "A > B = F"}))
    assert "“F” is not one of the options" in refused.content
    back = await server.ben.click(refused.message, label="Back to the form")
    await server.bot.close()
    await server.env.restart_bot(create_bot(settings, source=source, now=now))
    await server.ben.submit_modal(back, {"text": "A > B = C"})
    assert await rows(server, "choice", "ballots") == [('["A",["B","C"]]',)]
    again = await begin(server, card)
    assert ranked(again) == ["1 A", "2 = B", "2 = C"]
    empty = await server.ben.click(again.message, label="Type it")
    told = said(await server.ben.submit_modal(empty, {"text": "A:\nB:"}))
    assert "Nothing was cast" in told.content


async def test_abstaining_is_kept_shown_and_changed(server: Server) -> None:
    card = await start(server, server.ben, "ranked_irv", typed=FIVE)
    reply = await begin(server, card, 1)
    await server.ben.click(reply.message, label="I abstain")
    assert "an abstention" in text_of(reply)
    assert await rows(server, "choice", "ballots") == [("null",)]
    assert "an abstention" in text_of(said(await server.ben.click(card, label="My ballot")))
    await vote(server, server.ben, card, "ranked_irv", [4])
    assert await rows(server, "choice", "ballots") == [('["E"]',)]


async def test_a_draft_goes_with_its_poll(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, "ranked_irv", typed=FIVE, hours=1.0)
    reply = await begin(server, card, 1)
    view = await poll_of(server)
    assert await closing.cancel_poll(server.database, view.poll.guild_id, view.poll.poll_id, now())
    assert await steps(server) == []
    told = said(await server.ben.select(reply.message, ["2"], custom_id=custom_id(reply, "rank-next")))
    assert "closed at" in told.content or "cancelled" in told.content
    assert await steps(server) == []


async def test_25_options_of_80_characters_can_be_ranked(server: Server) -> None:
    options = [f"{place:02} " + "*_long name_* " * 5 + "the end" for place in range(25)]
    assert {len(option) for option in options} == {80}
    card = await start(server, server.ben, "ranked_schulze", typed="\n".join(options))
    reply = await begin(server, card, *range(25))
    assert len(ranked(reply)) == 25
    assert not [part for part in parts_of(reply) if ":rank-next:" in part.get("custom_id", "")]
    await do(server, reply, "up", 24)
    form = await server.ben.click(reply.message, label="Type it")
    assert form.modal is not None
    await do(server, reply, "cast")
    [(choice,)] = await rows(server, "choice", "ballots")
    assert json.loads(choice) == [*options[:23], options[24], options[23]]
