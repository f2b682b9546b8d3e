"""Ballots that can't be counted, are cast twice, or come at the same moment."""

import pytest
from simcord import SetupError

from features.polls.casting import Member, cast_ballot
from tests.features.polls.polling import CUT, KEEP, people, poll_of, receipt_in, start, vote
from tests.features.proposals.proposing import rows
from tests.offline import Server, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test


async def test_a_ballot_that_can_t_be_counted_gets_a_sentence(
    server: Server, subtests: pytest.Subtests
) -> None:
    bad = [
        ("numeric", "1,5", "“1,5”: the number must be from 0 to 1."),
        ("numeric", "500%", "“500%”: the number must be from 0 to 1."),
        ("numeric", "lots", "“lots” is not a number"),
        ("numeric", "1.05", ""),
        ("numeric", "-0.05", ""),
        ("numeric", "0.07", ""),
        ("score", "Keep it: 6", ""),
        ("score", "Keep it: -1", "is not a whole number"),
        ("score", "Keep it: 1.5", "is not a whole number"),
        ("score", "Keep all: 1", "“Keep all: 1” is not one of the options"),
        ("score", "Keep it: 1\nkeep IT: 2", "“Keep it” is there twice."),
        ("dots", "Keep it: 11", ""),
        ("dots", "Keep it: 6\nCut TC: 5", ""),
        ("dots", "Keep it", "is not one of the options"),
    ]
    made = {method: await start(server, server.ben, method) for method in ("numeric", "score", "dots")}
    for method, typed, sentence in bad:
        with subtests.test(f"{method} {typed}"):
            told = await vote(server, server.ben, made[method], method, typed)
            assert sentence in told.content
            assert 10 < len(told.content) < 300
            assert not told.message.attachments
            assert "Back to the form" in str(told.components)
    assert await rows(server, "1", "ballots") == []
    assert await rows(server, "writes", "polls") == [(0,)] * 3
    # what a client could make up, which the dialogs don't offer
    member = Member(server.ben.id, frozenset(), None, server.bot.now())
    for method, choice in [
        ("single", "Burn it"),
        ("approval", [KEEP, KEEP]),
        ("approval", ["Burn it"]),
        ("ranked_irv", [KEEP, KEEP]),
        ("ranked_schulze", [KEEP, "Burn it"]),
        ("gradient", "shrug"),
    ]:
        with subtests.test(f"{method} {choice}"):
            await start(server, server.ben, method)
            [(newest,)] = await rows(server, "max(number)", "polls")
            with pytest.raises(ValueError, match=r"\w+ .+\."):
                await cast_ballot(
                    server.database, await poll_of(server, newest), member, choice, server.bot.now()
                )
    assert await rows(server, "1", "ballots") == []


async def test_a_select_offers_what_there_is_and_a_ranking_each_option_once(server: Server) -> None:
    card = await start(server, server.ben, "ranked_irv")
    message = said(await server.ben.click(card, label="Vote")).message
    with pytest.raises(SetupError, match="disabled"):
        await server.ben.click(message, label="Cast this ranking")
    await server.ben.select(message, ["1"], custom_id="poll:rank-next:1")
    with pytest.raises(SetupError, match="does not exist"):
        await server.ben.select(message, ["1"], custom_id="poll:rank-next:1")
    await server.ben.click(message, label="Start again")
    await server.ben.select(message, ["1"], custom_id="poll:rank-next:1")
    told = said(await server.ben.click(message, label="Cast this ranking"))
    assert f"\n{CUT}\n" in text_of(told), "what is missing comes last"
    assert await rows(server, "choice", "ballots") == [('["Cut TC"]',)]


async def test_the_same_press_twice_is_one_ballot(server: Server) -> None:
    card = await start(server, server.ben)
    form = await server.ben.click(card, label="Vote")
    again = await server.ben.click(card, label="Vote")
    answers = [said(await server.ben.submit_modal(each, {"choice": "1"})) for each in (form, again)]
    assert receipt_in(answers[0]) == receipt_in(answers[1])
    assert await rows(server, "choice", "ballots") == [('"Cut TC"',)]
    assert await rows(server, "writes", "polls") == [(1,)]


async def test_two_members_and_two_forms_at_once(server: Server) -> None:
    other = people(server, 1)[0]
    card = await start(server, server.ben, "score")
    hers = await other.click(card, label="Vote")
    his = await server.ben.click(card, label="Vote")
    again = await server.ben.click(card, label="Vote")
    await other.submit_modal(hers, {"text": "Keep it: 5"})
    await server.ben.submit_modal(his, {"text": "Cut TC: 1"})
    await server.ben.submit_modal(again, {"text": "Cut TC: 2"})
    assert sorted(await rows(server, "member_id, choice", "ballots")) == sorted(
        [(other.id, '{"Keep it":5}'), (server.ben.id, '{"Cut TC":2}')]
    )
    filled = await other.click(card, label="Vote")
    assert "Keep it: 5\nCut TC: 0" in str(filled.modal).replace("\\n", "\n")
