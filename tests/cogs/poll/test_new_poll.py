"""`/poll new`: forms that make no poll, the largest poll, and a question full of marks."""

from datetime import timedelta
from typing import Any

import pytest
from simcord import SetupError

from features.polls.opening import new_poll
from storage.polls.polls import Eligibility
from tests.features.polls.polling import OPTIONS, ask, close, details, form, start, vote
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
ID = 123456789012345678


async def test_what_makes_no_poll_gets_a_sentence(server: Server, subtests: pytest.Subtests) -> None:
    bad: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
        ("single", {}, {"options": "a"}, "A poll has 2 to 25 options, one on each line; these are 1."),
        ("single", {}, {"options": "\n".join(map(str, range(26)))}, "these are 26."),
        ("single", {}, {"options": "a\n" + "x" * 81}, "An option has at most 80 characters"),
        ("dots", {}, {"options": "a\nb\n A"}, "“a” and “A”: nobody could tell them apart"),
        ("numeric", {}, {"options": "1 to"}, "“1 to” is no range"),
        ("numeric", {}, {"options": "1 to 0 step 1"}, ""),
        ("numeric", {}, {"options": "0 to 1 step 0"}, ""),
        ("single", {}, {"title": " \u200b ", "options": OPTIONS}, "The question has 1 to 200 characters"),
    ]
    for method, options, typed, sentence in bad:
        with subtests.test(f"{method} {typed}"):
            shown = await form(server, server.ben, method, **options)
            told = said(await server.ben.submit_modal(shown, {"title": "Q", "description": ""} | typed))
            assert sentence in told.content
            assert 10 < len(told.content) < 400
            assert "Back to the form" in str(told.components)
    for options, sentence in [
        ({"hours": 1441.0}, "A poll lasts up to 60 days"),
        ({"hours": 0.01}, "A poll lasts from 5 minutes to 60 days."),
        ({"quorum": -1}, "A quorum is a number of ballots from 0 on."),
        ({"quorum": 1_000_001}, "A quorum is a number of ballots from 0 on."),
        ({"hours": 0.0}, "A poll lasts up to 60 days"),
        ({"hours": -3.0}, "A poll lasts up to 60 days"),
        ({"server_days": -1}, "server_days is a number of days from 0 to 3650."),
        ({"account_days": 3651}, "account_days is a number of days from 0 to 3650."),
    ]:
        with subtests.test(sentence):
            refused = await form(server, server.ben, **options)
            assert sentence in said(refused).content.replace("\\", "")
    with pytest.raises(SetupError):
        await form(server, server.ben, "borda")
    with pytest.raises(ValueError, match="People vote by one choice, every option you approve of"):
        await new_poll(
            server.database,
            server.bot.tools.source("classic"),
            server.guild.id,
            server.ben.id,
            {"title": "Q", "options": OPTIONS},
            method="borda",
            lasts=timedelta(days=1),
            eligibility=Eligibility(),
            quorum=0,
            members=[],
            now=server.bot.now(),
        )
    assert await rows(server, "1", "polls") == []
    assert server.channel.history() == []


async def test_the_largest_poll_fits(server: Server, now: Clock) -> None:
    options = "\n".join(f"{place:02} {'é*' * 38}" for place in range(25))
    card = await start(server, server.ben, "approval", typed=options, hours=96.0)
    assert len(text_of(card)) < 4000
    assert "and 17 more" in text_of(card)
    await vote(server, server.moderator, card, "approval", range(25))
    told = await vote(server, server.ben, card, "approval", range(25))
    assert len(text_of(told)) < 4000
    await close(server, now)
    for shown in (card_in(server.channel), await ask(server, server.ben, "results", number=1)):
        assert len(text_of(shown)) < 4000
        pages = [text for text, _ in await details(server.ben, shown)]
        assert all(len(page) < 4000 for page in pages)
        behind = "\n".join(pages)
        assert all(f"• {place:02} é" in behind.replace("\\", "") for place in range(25))


async def test_a_question_neither_formats_nor_pings(server: Server) -> None:
    shown = await form(server, server.ben)
    await server.ben.submit_modal(
        shown,
        {"title": f"@everyone **x** <@{ID}>", "description": f"# <@&{ID}>", "options": f"<@{ID}>\n||s||"},
    )
    text = text_of(card_in(server.channel))
    for bad in ("@everyone", "**x**", f"<@{ID}>", f"<@&{ID}>", "||s||", "\n# "):
        assert bad not in text, bad
