"""`/poll` by those who may not, too early, too late, twice, mistyped, and where things are gone."""

from datetime import timedelta
from typing import Any

import pytest
from simcord import SetupError
from simcord.actors import MemberActor
from simcord.builders import UserHandle

from features.polls.casting import Member, cast_ballot, check_may_vote
from features.polls.closing import ballots_and_electors
from features.polls.opening import new_poll
from storage.database import execute, transaction
from storage.members.verifications import make_code, use_code
from storage.polls.casting import cast
from storage.polls.polls import Elector, Eligibility, electors_of
from storage.server.settings import forget_guild
from tests.features.polls.polling import (
    CUT,
    KEEP,
    OPTIONS,
    ask,
    at_once,
    close,
    exported,
    form,
    look,
    people,
    poll_of,
    receipt_in,
    start,
    vote,
)
from tests.features.proposals.proposing import Clock, card_in, rows
from tests.offline import Server, check_limits, said, text_of

pytestmark = pytest.mark.slow  # a bot for each test
ID = 123456789012345678
LARGE, SMALLER = "account_03061", "account_02578"


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture(autouse=True)
def cards(server: Server) -> None:
    at_once(server)


async def verify(server: Server, member: Any, account: str) -> None:
    present = server.bot.now()
    code = await make_code(server.database, member.id, "classic", "model", present)
    await use_code(server.database, member.id, code.code, account, present)


# ---------------------------------------------------------------- a new poll


async def test_what_makes_no_poll_gets_a_sentence(server: Server, subtests: pytest.Subtests) -> None:
    bad: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
        ("single", {}, {"options": "a"}, "A poll has 2 to 25 options, one on each line; these are 1."),
        ("single", {}, {"options": "\n".join(map(str, range(26)))}, "these are 26."),
        ("single", {}, {"options": "a\n" + "x" * 81}, "An option has at most 80 characters"),
        ("dots", {}, {"options": "a\nb\n A"}, "Two options are the same"),
        ("numeric", {}, {"options": "1 to"}, "“1 to” is no range"),
        ("numeric", {}, {"options": "1 to 0 step 1"}, ""),
        ("numeric", {}, {"options": "0 to 1 step 0"}, ""),
        ("single", {}, {"title": " \u200b ", "options": OPTIONS}, "The question has 1 to 200 characters"),
        ("single", {"hours": 0.01}, {"options": OPTIONS}, "A poll lasts from 5 minutes to 60 days."),
        ("single", {"quorum": -1}, {"options": OPTIONS}, "A quorum is a number of ballots from 0 on."),
        ("single", {"quorum": 1_000_001}, {"options": OPTIONS}, "A quorum is a number of ballots from 0 on."),
    ]
    for method, options, typed, sentence in bad:
        with subtests.test(f"{method} {typed}"):
            shown = await form(server, server.ben, method, **options)
            told = said(await server.ben.submit_modal(shown, {"title": "Q", "description": ""} | typed))
            assert sentence in told.content
            assert 10 < len(told.content) < 400
            assert told.embeds == []
    for options, sentence in [
        ({"hours": 1441.0}, "A poll lasts up to 60 days"),
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
    with pytest.raises(ValueError, match="A poll is one of single, approval"):
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
            electorate=1,
            members=[],
            now=server.bot.now(),
        )
    assert await rows(server, "1", "polls") == []
    assert server.channel.history() == []


async def test_the_largest_poll_fits(server: Server, now: Clock) -> None:
    options = "\n".join(f"{place:02} {'é*' * 38}" for place in range(25))
    card = await start(server, server.ben, "approval", typed=options, hours=96.0)
    check_limits(card)
    told = await vote(server, server.ben, card, "approval", range(25))
    check_limits(told)
    await close(server, now)
    check_limits(card_in(server.channel))
    check_limits(await ask(server, server.ben, "results", number=1))


async def test_a_question_neither_formats_nor_pings(server: Server) -> None:
    shown = await form(server, server.ben)
    await server.ben.submit_modal(
        shown,
        {"title": f"@everyone **x** <@{ID}>", "description": f"# <@&{ID}>", "options": f"<@{ID}>\n||s||"},
    )
    text = text_of(card_in(server.channel))
    for bad in ("@everyone", "**x**", f"<@{ID}>", f"<@&{ID}>", "||s||", "\n# "):
        assert bad not in text, bad


# ---------------------------------------------------------------- ballots


async def test_a_ballot_that_can_t_be_counted_gets_a_sentence(
    server: Server, subtests: pytest.Subtests
) -> None:
    bad = [
        ("numeric", "1,5", "could be two numbers"),
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
            assert told.embeds == []
    assert await rows(server, "1", "ballots") == []
    assert await rows(server, "1", "ballot_chain") == []
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
    await server.ben.select(message, ["1"], custom_id="ballot:next")
    with pytest.raises(SetupError, match="does not exist"):
        await server.ben.select(message, ["1"], custom_id="ballot:next")
    await server.ben.click(message, label="Start again")
    await server.ben.select(message, ["1"], custom_id="ballot:next")
    told = said(await server.ben.click(message, label="Cast this ranking"))
    assert told.embeds[0].description == CUT, "what is missing comes last"
    assert await rows(server, "choice", "ballots") == [('["Cut TC"]',)]


async def test_the_same_press_twice_is_one_ballot(server: Server) -> None:
    card = await start(server, server.ben)
    message = said(await server.ben.click(card, label="Vote")).message
    answers = [said(await server.ben.select(message, ["1"])) for _ in range(2)]
    assert receipt_in(answers[0]) == receipt_in(answers[1])
    assert await rows(server, "choice", "ballots") == [('"Cut TC"',)]
    assert await rows(server, "sequence", "ballot_chain") == [(1,)]


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


# ---------------------------------------------------------------- when


async def test_no_ballot_after_the_close_though_nobody_has_counted_yet(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=96.0)
    message = said(await server.ben.click(card, label="Vote")).message
    now.move(hours=96)
    late = said(await server.ben.select(message, ["0"]))
    assert late.content == "Poll #1 closed at 2031-05-08 12:00 UTC."
    for label in ("Vote",):
        assert said(await server.ben.click(card, label=label)).content == late.content
    assert (await ask(server, server.ben, "my", number=1, take_back=True)).content == late.content
    assert await rows(server, "1", "ballot_chain") == []
    await look(server)
    assert (await poll_of(server)).poll.state == "closed"
    assert said(await server.ben.select(message, ["0"])).content == late.content
    assert "Nobody cast a ballot." in text_of(card_in(server.channel))


async def test_a_clock_that_jumps_back(server: Server, now: Clock) -> None:
    one, two, three = people(server, 3)
    card = await start(server, server.ben, hours=96.0)
    dialog = said(await three.click(card, label="Vote")).message
    now.move(hours=10)
    await vote(server, one, card, "single", [0])
    now.move(hours=-5)
    await vote(server, two, card, "single", [1])
    now.move(hours=-6)
    early = await vote_refused(server, three, dialog)
    assert early == "Poll #1 opens at 2031-05-04 12:00 UTC."
    times = [time for (time,) in await rows(server, "appended_at", "ballot_chain ORDER BY sequence")]
    assert times == sorted(times)
    view = await close(server, now)
    assert view.poll.state == "closed"
    now.move(hours=-90)
    assert "closed at" in await vote_refused(server, three, dialog)
    await look(server)
    assert (await poll_of(server)).result == view.result


async def vote_refused(server: Server, member: Any, dialog: Any) -> str:
    told = said(await member.select(dialog, ["0"]))
    assert told.embeds == []
    return told.content


async def test_it_is_extended_once_and_not_by_who_leads(server: Server, now: Clock) -> None:
    voters = people(server, 8)
    for number, late in ((1, 2), (2, 3)):  # 2 of 8 are a quarter, 3 are more
        card = await start(server, server.ben, hours=96.0)
        for member in voters[late:]:
            await vote(server, member, card, "single", [0])
        now.move(hours=73)
        for member in voters[:late]:
            await vote(server, member, card, "single", [0])  # for whom leads anyway
        now.move(hours=23)
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
    await vote(server, voters[0], missed, "single", [0])
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
    assert "No quorum: 1 ballot, and 3 were needed." in text
    assert "quorum 3 missed" in text


# ---------------------------------------------------------------- who


async def test_a_role_is_asked_for_when_a_ballot_is_cast(server: Server) -> None:
    role = server.guild.create_role("Stakers")
    member = server.guild.add_member(server.env.create_user("ada"), roles=[role])
    card = await start(server, server.ben, role=role)
    assert f"<@&{role.id}>" in text_of(card)
    message = said(await member.click(card, label="Vote")).message
    refused = said(await server.ben.click(card, label="Vote")).content
    assert refused == "This poll asks for a role that you don't have; its card says which."
    server.env.backend.edit_member(server.guild.id, member.id, {"role_ids": []})
    await server.env.settle()
    lost = said(await member.select(message, ["0"]))
    assert lost.content == refused
    assert await rows(server, "1", "ballots") == []


async def test_ages_and_verification_are_asked_for(server: Server, now: Clock) -> None:
    await verify(server, server.moderator, LARGE)
    young = await start(server, server.ben, server_days=3650)
    assert said(await server.ben.click(young, label="Vote")).content == (
        "This poll asks for 3650 days on this server."
    )
    card = await start(server, server.ben, verified=True)
    refused = said(await server.ben.click(card, label="Vote")).content
    assert "verified when it began. See /account verify." in refused
    assert receipt_in(await vote(server, server.moderator, card, "single", [0]))
    await verify(server, server.ben, SMALLER)
    assert said(await server.ben.click(card, label="Vote")).content == refused, "the electorate is frozen"

    view = await poll_of(server, 1)
    present = server.bot.now()
    asked = [
        (Member(1, frozenset(), present - timedelta(days=3650), present), None),
        (Member(1, frozenset(), present - timedelta(days=3649), present), "3650 days on this server"),
        (Member(1, frozenset(), None, present), "3650 days on this server"),
    ]
    for member, sentence in asked:
        if sentence is None:
            await check_may_vote(server.database, view, member, present)
        else:
            with pytest.raises(ValueError, match=sentence):
                await check_may_vote(server.database, view, member, present)
    await start(server, server.ben, account_days=30)
    view = await poll_of(server, 3)
    await check_may_vote(
        server.database, view, Member(1, frozenset(), None, present - timedelta(days=30)), present
    )
    with pytest.raises(ValueError, match="a Discord account of 30 days"):
        await check_may_vote(
            server.database, view, Member(1, frozenset(), None, present - timedelta(days=29)), present
        )


async def test_stakes_are_frozen_at_the_start(server: Server, now: Clock) -> None:
    await verify(server, server.moderator, LARGE)
    card = await start(server, server.ben, hours=96.0)
    await verify(server, server.ben, SMALLER)
    [elector] = await electors_of(server.database, server.guild.id, 1)
    assert (elector.member_id, elector.account) == (server.moderator.id, LARGE)
    assert elector.stake == pytest.approx(147136.7328)
    for member in (server.moderator, server.ben):
        await vote(server, member, card, "single", [0])
    await close(server, now)
    assert [each.stake for each in await electors_of(server.database, server.guild.id, 1)] == [elector.stake]
    cast_there, stakes = await ballots_and_electors(server.database, (await poll_of(server)).poll)
    assert len(cast_there) == 2
    assert stakes == {server.moderator.id: elector.stake}


async def test_closing_is_for_the_author_and_moderators(server: Server, now: Clock) -> None:
    other = people(server, 1)[0]
    card = await start(server, server.ben, hours=96.0)
    await vote(server, other, card, "single", [0])
    refused = await ask(server, other, "close", number=1)
    assert refused.embeds == []
    assert refused.components == []
    assert (await poll_of(server)).poll.state == "open"
    asked = await ask(server, server.ben, "close", number=1)
    told = said(await server.ben.click(asked.message, label="Close #1"))
    assert told.content == "Poll #1 is closed."
    assert "Keep it wins." in text_of(card_in(server.channel))
    assert (await ask(server, server.ben, "close", number=1)).content == "Poll #1 is closed already."
    assert (await exported(server, other))[0]["choices"][0]["choice"] == KEEP

    await start(server, server.ben, hours=96.0)
    asked = await ask(server, server.moderator, "close", number=2, cancel=True)
    told = said(await server.moderator.click(asked.message, label="Cancel #2"))
    assert told.content == "Poll #2 is cancelled."
    assert "Cancelled." in text_of(card_in(server.channel))
    for command in ("results", "export"):
        assert (await ask(server, server.ben, command, number=2)).attachments == []
    assert "it was cancelled" in (await ask(server, server.ben, "results", number=2)).content


# ---------------------------------------------------------------- what is gone, and other servers


async def test_a_card_that_is_gone_is_posted_again(server: Server, now: Clock) -> None:
    card = await start(server, server.ben, hours=96.0)
    server.env.backend.delete_message(card.channel.id, card.id)
    await server.env.settle()
    await close(server, now)
    again = card_in(server.channel)
    assert again.id != card.id
    assert "Nobody cast a ballot." in text_of(again)
    assert (await poll_of(server)).poll.message == again.id


async def test_without_its_channel_it_is_counted_all_the_same(server: Server, now: Clock) -> None:
    room = server.guild.create_text_channel("soon-gone")
    card = await start(server, server.ben, channel=room, hours=96.0)
    await vote(server, server.ben, card, "single", [1])
    server.env.backend.delete_channel(room.id)
    await server.env.settle()
    await close(server, now)
    assert "Cut TC wins." in text_of(await ask(server, server.ben, "results", number=1))


async def test_another_server_s_poll_is_not_there(server: Server) -> None:
    card = await start(server, server.ben)
    other = server.env.create_guild("Elsewhere")
    there = other.create_text_channel("talk")
    dora = other.add_member(server.env.create_user("dora"))
    for command in ("show", "my", "close", "results", "export"):
        told = said(await dora.slash(there, f"poll {command}", number=1))
        assert "no poll #1" in told.content.lower(), told.content
    assert "No polls yet" in text_of(said(await dora.slash(there, "poll list")))
    assert await dora.autocomplete(there, "poll show", "number", "") == []
    await forget_guild(server.database, server.guild.id)
    for label in ("Vote", "My ballot", "Remind me"):
        told = said(await server.ben.click(card, label=label))
        assert told.content == "That poll is not on this server any more.", label


async def test_a_discussion_keeps_its_name_when_a_poll_is_held_in_it(server: Server, now: Clock) -> None:
    first = await start(server, server.ben, hours=96.0)
    [thread] = server.channel.threads
    name = thread.name
    card = await start(server, server.ben, channel=thread, hours=96.0)
    await vote(server, server.ben, card, "single", [0])
    await close(server, now, 2)
    assert thread.name == name
    assert "Keep it wins." in text_of(card_in(thread))
    assert first.id != card_in(thread).id


# ---------------------------------------------------------------- secrecy


async def test_public_results_tell_nothing_exact_of_the_stakes(server: Server, now: Clock) -> None:
    """Sixty verified members, whose stakes everybody can read on the leaderboard."""
    card = await start(server, server.ben, hours=96.0)
    [(poll_id,)] = await rows(server, "poll_id", "polls")
    # ids as long as Discord's: a short one would stand in some hash by chance
    stakes = {900_719_925_474_099_000 + n: 101.25 + 13.37 * n for n in range(60)}
    async with transaction(server.database):
        for member_id, stake in stakes.items():
            elector = Elector(member_id, stake, f"account_{member_id}")
            await execute(
                server.database,
                "INSERT INTO electors (poll_id, guild_id, member_id, stake, account) VALUES (?, ?, ?, ?, ?)",
                (poll_id, server.guild.id, elector.member_id, elector.stake, elector.account),
            )
    votes = {member_id: (KEEP, CUT)[member_id % 5 < 2] for member_id in stakes}
    for member_id, choice in votes.items():
        await cast(server.database, server.guild.id, poll_id, member_id, f'"{choice}"', now())
    await close(server, now)
    view = await poll_of(server)
    assert view.result is not None
    shown = [each for each in view.result.strategies if each.shares is not None]
    assert {"verified_only", "log_stake", "sqrt_stake", "linear_stake"} <= {each.name for each in shown}
    for each in shown:
        assert each.shares
        assert all(share % 5 == 0 for share in each.shares.values()), each
    text = text_of(await ask(server, server.ben, "results", number=1))
    body, content, _ = await exported(server, server.ben)
    everything = text + content.decode() + text_of(card_in(server.channel)) + text_of(card)
    whole = sum(stakes.values())
    for choice in (KEEP, CUT):
        part = sum(stake for member_id, stake in stakes.items() if votes[member_id] == choice)
        for exact in (
            f"{part:.2f}",
            f"{part:,.2f}",
            f"{part:.0f}",
            f"{part:,.0f}",
            f"{100 * part / whole:.1f} %",
        ):
            assert exact not in text, exact
        assert f"{part / whole:.4f}"[1:] not in everything
    assert "electors" not in body
    assert not [member_id for member_id in stakes if str(member_id) in everything]
    assert all(
        share % 5 == 0
        for shares in body["weighted"].values()
        if shares is not None
        for share in shares.values()
    )
    for member in (server.ben, server.moderator):
        refused = await ask(server, member, "results", number=1, exact=True)
        assert "only the host of the bot sees them" in refused.content
    assert (await server.bot.application_info()).owner.id == server.env.backend.bot_user.id
    host = MemberActor(server.env, server.guild, UserHandle(server.env, server.env.backend.bot_user))
    told = await ask(server, host, "results", number=1, exact=True)
    assert "linear_stake: Keep it" in told.content
