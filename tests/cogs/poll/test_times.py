"""When a poll takes ballots: not after its close, though it may be extended once, nor by a clock set back."""

from typing import Any

import pytest

from tests.features.polls.polling import ask, close, look, people, poll_of, start, vote
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


async def test_no_ballot_after_the_close_though_nobody_has_counted_yet(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=96.0)
    forms = [await server.ben.click(card, label="Vote") for _ in range(2)]
    now.move(hours=96)
    late = said(await server.ben.submit_modal(forms[0], {"choice": "0"}))
    assert late.content == "Poll #1 closed at 2031-05-08 12:00 UTC."
    for label in ("Vote",):
        assert said(await server.ben.click(card, label=label)).content == late.content
    assert (await ask(server, server.ben, "my", number=1, take_back=True)).content == late.content
    assert await rows(server, "1", "ballots") == []
    await look(server)
    assert (await poll_of(server)).poll.state == "closed"
    assert said(await server.ben.submit_modal(forms[1], {"choice": "0"})).content == late.content
    assert "Nobody cast a ballot." in text_of(card_in(server.channel))


async def test_a_clock_that_jumps_back(server: Server, now: Clock) -> None:
    one, two, three = people(server, 3)
    card = await start(server, server.ben, hours=96.0)
    forms = [await three.click(card, label="Vote") for _ in range(2)]
    now.move(hours=10)
    await vote(server, one, card, "single", [0])
    now.move(hours=-5)
    await vote(server, two, card, "single", [1])
    now.move(hours=-6)
    early = await vote_refused(three, forms[0])
    assert early == "Poll #1 opens at 2031-05-04 12:00 UTC."
    assert len(await rows(server, "1", "ballots")) == 2
    view = await close(server, now)
    assert view.poll.state == "closed"
    now.move(hours=-90)
    assert "closed at" in await vote_refused(three, forms[1])
    await look(server)
    assert (await poll_of(server)).result == view.result


async def vote_refused(member: Any, form: Any) -> str:
    told = said(await member.submit_modal(form, {"choice": "0"}))
    return told.content


async def test_it_is_extended_once_and_not_by_who_leads(server: Server, now: Clock) -> None:
    voters = people(server, 8)
    for number, late in ((1, 2), (2, 3)):  # 2 of 8 are a quarter, 3 are more
        card = await start(server, server.ben, hours=96.0)
        for member in voters[late:]:
            await vote(server, member, card, "single", [0])
        now.move(hours=90)
        for member in voters[:late]:
            await vote(server, member, card, "single", [0])  # for whom leads anyway
        now.move(hours=6)
        await look(server)
        view = await poll_of(server, number)
        assert (view.poll.state, view.poll.extended) == (("closed", False) if late == 2 else ("open", True))
    assert "extended once because many voted late" in text_of(card_in(server.channel))
    now.move(hours=23)
    for member in voters:
        await vote(server, member, card, "single", [1])
    now.move(hours=1)
    await look(server)
    assert (await poll_of(server, 2)).poll.state == "closed"
    assert "Cut TC wins." in text_of(card_in(server.channel))


async def test_a_quorum_that_is_met_late_extends_and_a_missed_one_voids(server: Server, now: Clock) -> None:
    voters = people(server, 10)
    met = await start(server, server.ben, hours=96.0, quorum=10)
    for member in voters[:9]:
        await vote(server, member, met, "single", [0])
    missed = await start(server, server.ben, hours=96.0, quorum=3)
    for member in voters[:2]:
        await vote(server, member, missed, "single", [0])
    now.move(hours=90)
    await vote(server, voters[9], met, "single", [0])  # one of ten is few, but it makes the quorum
    now.move(hours=6)
    await look(server)
    assert [
        (view.poll.state, view.poll.extended) for view in (await poll_of(server, 1), await poll_of(server, 2))
    ] == [
        ("open", True),
        ("closed", False),
    ]
    text = text_of(await ask(server, server.ben, "results", number=2))
    assert "No quorum: 2 took part, and 3 were needed." in text
    assert "the quorum of 3 was missed" in text
